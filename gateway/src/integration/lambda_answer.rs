//! The answers of Lambda proxy integrations, in payload formats 1.0 and 2.0.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::{answer::Answer, headers::Headers};

/// Reads an answer of format 1.0; its body is decoded only when `decodes`.
///
/// # Errors
/// Why API Gateway could not use it, in words.
pub(crate) fn v1(answer: &Value, decodes: bool) -> Result<Answer, String> {
    let members = answer.as_object().ok_or("the function's answer is not an object")?;
    let status = status(members.get("statusCode"))?;
    let mut headers = single_values(members)?;
    for (name, values) in object(members, "multiValueHeaders")? {
        let values = values.as_array().ok_or_else(|| format!("multiValueHeaders.{name} is not a list"))?;
        let texts = values.iter().map(|value| scalar(name, value)).collect::<Result<Vec<_>, _>>()?;
        if headers.last(name).is_some_and(|single| texts.iter().any(|text| text == single)) {
            headers.remove(name);
        }
        texts.into_iter().for_each(|text| headers.push(name, text));
    }
    let body = body(members, decodes)?;
    finish(Answer { status, headers, body }, "application/json")
}

/// Reads an answer of format 2.0; one without `statusCode` is itself the body of a 200.
///
/// # Errors
/// Why API Gateway could not use it, in words.
pub(crate) fn v2(answer: &Value) -> Result<Answer, String> {
    let Some(members) = answer.as_object().filter(|members| members.contains_key("statusCode")) else {
        let body = answer.as_str().map_or_else(|| answer.to_string(), str::to_owned);
        return Ok(Answer::json(200, body));
    };
    let status = status(members.get("statusCode"))?;
    let mut headers = single_values(members)?;
    match members.get("cookies") {
        None | Some(Value::Null) => {}
        Some(Value::Array(cookies)) => {
            for cookie in cookies {
                headers.push("Set-Cookie", scalar("cookies", cookie)?);
            }
        }
        Some(_) => return Err("cookies is not a list".to_owned()),
    }
    let body = body(members, true)?;
    finish(Answer { status, headers, body }, "text/plain;charset=UTF-8")
}

fn finish(mut answer: Answer, content_type: &str) -> Result<Answer, String> {
    let unfit = |(name, value): &(&str, &str)| {
        http::HeaderName::from_bytes(name.as_bytes()).is_err() || http::HeaderValue::from_str(value).is_err()
    };
    if let Some((name, _)) = answer.headers.iter().find(unfit) {
        return Err(format!("header `{name}` can't be written to HTTP"));
    }
    if answer.headers.last("content-type").is_none() {
        answer.headers.push("Content-Type", content_type);
    }
    Ok(answer)
}

fn status(value: Option<&Value>) -> Result<u16, String> {
    let number = value.and_then(|value| value.as_u64().or_else(|| value.as_str()?.parse().ok()));
    let status = number.and_then(|number| u16::try_from(number).ok());
    status.filter(|status| (200..600).contains(status)).ok_or_else(|| "statusCode is no status".to_owned())
}

fn single_values(members: &Map<String, Value>) -> Result<Headers, String> {
    object(members, "headers")?
        .map(|(name, value)| Ok((name.clone(), scalar(name, value)?)))
        .collect::<Result<_, _>>()
        .map(|fields: Vec<(String, String)>| fields.into_iter().collect())
}

fn object<'v>(
    members: &'v Map<String, Value>,
    name: &str,
) -> Result<impl Iterator<Item = (&'v String, &'v Value)> + use<'v>, String> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None.into_iter().flatten()),
        Some(Value::Object(object)) => Ok(Some(object.iter()).into_iter().flatten()),
        Some(_) => Err(format!("{name} is not an object")),
    }
}

fn scalar(name: &str, value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
        _ => Err(format!("header `{name}` is neither string, number nor boolean")),
    }
}

fn body(members: &Map<String, Value>, decodes: bool) -> Result<Bytes, String> {
    let encoded = members.get("isBase64Encoded").and_then(Value::as_bool).unwrap_or(false);
    match members.get("body") {
        None | Some(Value::Null) => Ok(Bytes::new()),
        Some(Value::String(text)) if encoded && decodes => {
            STANDARD.decode(text).map(Bytes::from).map_err(|_| "body is not base64".to_owned())
        }
        Some(Value::String(text)) => Ok(Bytes::from(text.clone())),
        Some(_) => Err("body is not a text".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn format_1_merges_both_kinds_of_header() {
        let answer = json!({
            "statusCode": 201, "headers": { "A": "1", "B": 2 }, "multiValueHeaders": { "A": ["1", "3"] }, "body": "x",
        });
        let answer = v1(&answer, false).unwrap();
        let headers: Vec<_> = answer.headers.iter().collect();
        assert_eq!(headers, [("B", "2"), ("A", "1"), ("A", "3"), ("Content-Type", "application/json")]);
        assert_eq!((answer.status, answer.body), (201, Bytes::from("x")));
    }

    #[test]
    fn refuses_what_is_malformed() {
        for answer in [
            json!("text"),
            json!({ "body": "x" }),
            json!({ "statusCode": 99 }),
            json!({ "statusCode": 200, "body": { "a": 1 } }),
            json!({ "statusCode": 200, "headers": { "a": ["b"] } }),
            json!({ "statusCode": 200, "headers": { "a": "b\r\nc: d" } }),
            json!({ "statusCode": 200, "headers": [] }),
            json!({ "statusCode": 200, "body": "%", "isBase64Encoded": true }),
        ] {
            assert!(v1(&answer, true).is_err(), "{answer}");
        }
    }

    #[test]
    fn format_2_takes_an_answer_without_status_as_the_body() {
        for (answer, body) in [(json!("hello"), "hello"), (json!({ "a": 1 }), r#"{"a":1}"#), (json!([1]), "[1]")] {
            let answer = v2(&answer).unwrap();
            assert_eq!((answer.status, answer.body), (200, Bytes::from(body)));
            assert_eq!(answer.headers.last("content-type"), Some("application/json"));
        }
    }

    #[test]
    fn format_2_has_cookies_of_its_own() {
        let answer = v2(&json!({ "statusCode": 204, "cookies": ["a=1", "b=2"] })).unwrap();
        assert_eq!(answer.headers.all("set-cookie").collect::<Vec<_>>(), ["a=1", "b=2"]);
    }

    #[test]
    fn event_answers_in_base64_are_decoded_where_binary_is_accepted() {
        let answer = json!({ "statusCode": 200, "body": "AP8=", "isBase64Encoded": true });
        assert_eq!(v1(&answer, true).unwrap().body, Bytes::from_static(&[0, 255]));
        assert_eq!(v1(&answer, false).unwrap().body, "AP8=");
    }
}
