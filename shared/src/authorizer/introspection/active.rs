//! What a provider's answer says of the token by the member `active` of its JSON.

use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use crate::{authorizer::AnswerFault, model::expression::Document};

/// What `active` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// `true`.
    True,
    /// Anything else.
    Other,
    /// It is not there, or the answer is no JSON and does not say that it is.
    Nothing,
    /// Nobody can tell.
    Unreadable(AnswerFault),
}

impl Said {
    /// Reads it out of an answer's body; `document` is that body as its content type has it.
    pub(super) fn of(document: &Document, body: &[u8]) -> Self {
        match document {
            Document::Json(value) => Self::in_json(value, body),
            Document::NotJson => Self::Unreadable(AnswerFault::NotJson),
            // A provider that forgets to say that it answers JSON means what it says all the same.
            Document::Xml(_) | Document::NotXml | Document::Other => match Document::parse(Some(JSON), body) {
                Document::Json(value) => Self::in_json(&value, body),
                _ => Self::Nothing,
            },
        }
    }

    fn in_json(value: &Value, body: &[u8]) -> Self {
        let Value::Object(members) = value else { return Self::Nothing };
        match members.get("active") {
            None => Self::Nothing,
            Some(_) if is_repeated(body) => Self::Unreadable(AnswerFault::RepeatedActive),
            Some(Value::Bool(true)) => Self::True,
            Some(_) => Self::Other,
        }
    }
}

/// Whether an object has `active` more than once: a [`Value`] keeps the last one alone, a struct takes no second.
fn is_repeated(object: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Once {
        #[expect(dead_code, reason = "how often it is there counts, not what it says")]
        active: IgnoredAny,
    }
    serde_json::from_slice::<Once>(object.strip_prefix(BYTE_ORDER_MARK).unwrap_or(object)).is_err()
}

const JSON: &str = "application/json";
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

#[cfg(test)]
mod tests {
    use super::*;

    fn said(content_type: &str, body: &str) -> Said {
        Said::of(&Document::parse(Some(content_type), body.as_bytes()), body.as_bytes())
    }

    #[test]
    fn z11_an_active_that_is_there_twice_says_nothing_certain() {
        let repeated = Said::Unreadable(AnswerFault::RepeatedActive);
        for body in [
            r#"{"active":true,"active":true}"#,
            r#"{"active":false,"sub":"a","active":true}"#,
            r#"{"\u0061ctive":null,"active":true}"#,
            "\u{feff}{\"active\":true,\"active\":true}",
        ] {
            assert_eq!((said(JSON, body), said("text/html", body)), (repeated, repeated), "{body}");
        }
        for body in [
            r#"{"active":true,"sub":"a","sub":"b"}"#,
            r#"{"user":{"active":1,"active":2},"active":true}"#,
            "\u{feff}{\"active\":true}",
        ] {
            assert_eq!(said(JSON, body), Said::True, "{body}");
        }
    }

    #[test]
    fn z11_what_announces_json_and_is_none_says_nothing_certain() {
        for body in ["", "<h1>Log in</h1>", r#"{"active":tr"#, r#"{"active":true} {}"#, "\u{feff}\u{feff}{}"] {
            assert_eq!(said(JSON, body), Said::Unreadable(AnswerFault::NotJson), "{body}");
            assert_eq!(said("application/token+json", body), Said::Unreadable(AnswerFault::NotJson), "{body}");
            assert_eq!(said("text/html", body), Said::Nothing, "{body}");
        }
    }

    #[test]
    fn only_an_object_has_the_member() {
        for body in ["[true]", r#"["active",true]"#, "true", r#""active""#, "null", "{}"] {
            assert_eq!(said(JSON, body), Said::Nothing, "{body}");
        }
    }
}
