//! `responseParameters` of an HTTP API's integration: changes to an answer, by the status with which it came.

use std::collections::BTreeMap;

use crate::{
    answer::Answer,
    call::Call,
    integration::{http_parameters, responses::ResponseSource},
};

/// The changes for each status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AnswerParameters(pub(crate) BTreeMap<u16, Vec<AnswerParameter>>);

/// One change to an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AnswerParameter {
    Append(String, ResponseSource),
    Overwrite(String, ResponseSource),
    Remove(String),
    Status(u16),
}

impl AnswerParameter {
    /// Reads a key such as `overwrite:header.X-Request-Id`, or `overwrite:statuscode`, with its value.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn parse(key: &str, value: &str) -> Result<Self, String> {
        if key == "overwrite:statuscode" {
            let status = value.parse().ok().filter(|status| (200..600).contains(status));
            return status.map(Self::Status).ok_or_else(|| format!("`{value}` is no status from 200 to 599"));
        }
        let (change, name) = key.split_once(":header.").ok_or_else(|| no_change(key))?;
        let name = http_parameters::mappable(name)?;
        match change {
            "append" => Ok(Self::Append(name, ResponseSource::http(value)?)),
            "overwrite" => Ok(Self::Overwrite(name, ResponseSource::http(value)?)),
            "remove" => Ok(Self::Remove(name)),
            _ => Err(no_change(key)),
        }
    }

    /// An absent or empty value skips the change.
    fn apply(&self, answer: &mut Answer, call: &Call<'_>) {
        match self {
            Self::Append(name, source) => {
                if let Some(value) = source.resolve(answer, call) {
                    answer.headers.push(name, value);
                }
            }
            Self::Overwrite(name, source) => {
                if let Some(value) = source.resolve(answer, call) {
                    answer.headers.set(name, value);
                }
            }
            Self::Remove(name) => answer.headers.remove(name),
            Self::Status(status) => answer.status = *status,
        }
    }
}

impl AnswerParameters {
    /// Applies the changes for the answer's status, in the document's order.
    pub(crate) fn apply(&self, answer: &mut Answer, call: &Call<'_>) {
        for change in self.0.get(&answer.status).into_iter().flatten() {
            change.apply(answer, call);
        }
    }
}

fn no_change(key: &str) -> String {
    format!("`{key}` is no change; write append:, overwrite: or remove: before header.NAME, or overwrite:statuscode")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::tests::with_call;

    fn changed(changes: &[(&str, &str)]) -> Answer {
        let changes = changes.iter().map(|(key, value)| AnswerParameter::parse(key, value).unwrap()).collect();
        let parameters = AnswerParameters(BTreeMap::from([(200, changes)]));
        let mut answer = Answer::json(200, "{}");
        answer.headers.push("X-One", "1");
        answer.headers.push("X-Gone", "1");
        with_call(|call| parameters.apply(&mut answer, call));
        answer
    }

    #[test]
    fn mapping_of_an_answer_changes_headers_in_any_case_and_the_status() {
        let answer = changed(&[
            ("overwrite:statuscode", "404"),
            ("append:header.X-Two", "$response.header.x-one"),
            ("overwrite:header.x-one", "$context.requestId"),
            ("remove:header.X-GONE", "''"),
            ("append:header.X-None", "$response.header.none"),
        ]);
        assert_eq!((answer.status, answer.headers.last("X-Two")), (404, Some("1")));
        assert_eq!((answer.headers.last("X-One"), answer.headers.last("X-None")), (Some("id-1"), None));
        assert_eq!(answer.headers.last("X-Gone"), None);
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for (key, value) in [
            ("overwrite:statuscode", "99"),
            ("append:statuscode", "200"),
            ("overwrite:header.Authorization", "x"),
            ("overwrite:header.X", "$request.header.x"),
            ("overwrite:body", "x"),
            ("set:header.X", "x"),
        ] {
            assert!(AnswerParameter::parse(key, value).is_err(), "{key}: {value}");
        }
    }
}
