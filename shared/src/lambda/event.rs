//! Authorizer events of every shape, parsed with care: maps may be null, values too.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use serde::Deserialize;

use crate::authorizer::{Call, MethodArn, Shape};

/// An event, before it is known what it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    version: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    method_arn: Option<String>,
    route_arn: Option<String>,
    authorization_token: Option<String>,
    headers: Option<HashMap<String, Option<String>>>,
    multi_value_headers: Option<HashMap<String, Option<Vec<String>>>>,
    raw_query_string: Option<String>,
    query_string_parameters: Option<HashMap<String, Option<String>>>,
    multi_value_query_string_parameters: Option<HashMap<String, Option<Vec<String>>>>,
    stage_variables: Option<HashMap<String, Option<String>>>,
    #[serde(default)]
    request_context: RequestContext,
}

/// Without values: the event holds the caller's credentials.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |names: Option<Vec<&str>>| names.unwrap_or_default().join(", ");
        f.debug_struct("Event")
            .field("shape", &self.shape())
            .field("arn", &self.method_arn.as_ref().or(self.route_arn.as_ref()))
            .field("headers", &names(self.headers.as_ref().map(keys)))
            .field("multi_value_headers", &names(self.multi_value_headers.as_ref().map(keys)))
            .finish_non_exhaustive()
    }
}

fn keys<V>(map: &HashMap<String, V>) -> Vec<&str> {
    map.keys().map(String::as_str).collect()
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    request_id: Option<String>,
    connection_id: Option<String>,
}

/// An event that is none of an authorizer.
#[derive(Debug, PartialEq, Eq)]
pub struct EventError {
    /// What is wrong with it.
    pub message: &'static str,
    /// API Gateway's id of the request; empty where the event has none.
    pub request_id: String,
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl std::error::Error for EventError {}

impl TryFrom<Event> for Call {
    type Error = EventError;

    fn try_from(event: Event) -> Result<Self, EventError> {
        parse(event)
    }
}

/// Reads the call out of an event.
///
/// # Errors
/// [`EventError`] for an event without the ARN of the method that is called.
pub(super) fn parse(event: Event) -> Result<Call, EventError> {
    let shape = event.shape();
    let request_id = event.request_context.request_id.unwrap_or_default();
    let arn = event.method_arn.or(event.route_arn);
    let target = match arn.map(MethodArn::parse) {
        Some(Some(target)) => target,
        Some(None) => return Err(EventError { message: "methodArn is no ARN of execute-api", request_id }),
        None => {
            let message = "the event has neither methodArn nor routeArn, so it is no authorizer's";
            return Err(EventError { message, request_id });
        }
    };
    let headers = match shape {
        Shape::RestToken => {
            event.authorization_token.map(|token| ("Authorization".to_owned(), token)).into_iter().collect()
        }
        _ => pairs(event.headers, event.multi_value_headers),
    };
    let query = match event.raw_query_string {
        Some(raw) => form_urlencoded::parse(raw.as_bytes()).into_owned().collect(),
        None => pairs(event.query_string_parameters, event.multi_value_query_string_parameters),
    };
    let stage_variables: BTreeMap<_, _> =
        event.stage_variables.into_iter().flatten().filter_map(|(name, value)| Some((name, value?))).collect();
    Ok(Call { shape, target, headers, query, stage_variables, request_id, xray_trace_id: None })
}

impl Event {
    fn shape(&self) -> Shape {
        match (self.kind.as_deref(), self.version.as_deref()) {
            (Some("TOKEN"), _) => Shape::RestToken,
            (_, Some("2.0")) => Shape::Http2,
            (_, Some(_)) => Shape::Http1,
            (_, None) if self.request_context.connection_id.is_some() => Shape::WebSocket,
            (_, None) => Shape::Rest,
        }
    }
}

/// Every value by name, from the map that shows repetitions where there is one.
fn pairs(
    single: Option<HashMap<String, Option<String>>>,
    multi: Option<HashMap<String, Option<Vec<String>>>>,
) -> Vec<(String, String)> {
    match multi {
        Some(multi) => {
            let each = |(name, values): (String, Option<Vec<String>>)| {
                values.unwrap_or_default().into_iter().map(move |value| (name.clone(), value))
            };
            multi.into_iter().flat_map(each).collect()
        }
        None => single.into_iter().flatten().filter_map(|(name, value)| Some((name, value?))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::authorizer::Authorization;

    const ARN: &str = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/items";

    fn call(event: Value) -> Call {
        parse(serde_json::from_value(event).unwrap()).unwrap()
    }

    #[test]
    fn z15_tells_the_shapes_apart() {
        let shape = |event| call(event).shape;
        assert_eq!(
            shape(json!({"type": "TOKEN", "methodArn": ARN, "authorizationToken": "Bearer a"})),
            Shape::RestToken
        );
        assert_eq!(shape(json!({"type": "REQUEST", "methodArn": ARN})), Shape::Rest);
        assert_eq!(shape(json!({"type": "REQUEST", "version": "1.0", "methodArn": ARN})), Shape::Http1);
        assert_eq!(shape(json!({"type": "REQUEST", "version": "2.0", "routeArn": ARN})), Shape::Http2);
        let connect = json!({"type": "REQUEST", "methodArn": ARN, "requestContext": {"connectionId": "c="}});
        assert_eq!(shape(connect), Shape::WebSocket);
    }

    #[test]
    fn nulls_are_absences() {
        let call = call(json!({
            "type": "REQUEST", "methodArn": ARN, "headers": null, "multiValueHeaders": null,
            "queryStringParameters": null, "multiValueQueryStringParameters": {"a": null}, "stageVariables": null,
        }));
        assert!(call.headers.is_empty() && call.query.is_empty());
        assert!(matches!(call.authorization(), Authorization::Absent));
    }

    #[test]
    fn a_repeated_authorization_shows_in_the_multi_value_map() {
        let call = call(json!({
            "type": "REQUEST", "methodArn": ARN, "headers": {"Authorization": "Bearer b"},
            "multiValueHeaders": {"Authorization": ["Bearer a", "Bearer b"]},
        }));
        assert!(matches!(call.authorization(), Authorization::Repeated));
    }

    #[test]
    fn an_event_of_something_else_is_refused() {
        assert!(parse(serde_json::from_value(json!({"type": "REQUEST"})).unwrap()).is_err());
        assert!(parse(serde_json::from_value(json!({"methodArn": "arn:aws:s3:::x"})).unwrap()).is_err());
    }

    proptest! {
        #[test]
        fn any_query_is_read_without_a_panic(raw: String) {
            let event = json!({"version": "2.0", "routeArn": ARN, "rawQueryString": raw});
            call(event);
        }
    }
}
