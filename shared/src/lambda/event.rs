//! Authorizer events of every shape, parsed with care: maps may be null, values too.

use std::fmt;

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::value::RawValue;

use super::pairs::{List, Pairs, pairs};
use crate::authorizer::{Call, MethodArn, Shape};

/// An event, before it is known whether it is a call.
pub struct Event {
    shape: Shape,
    arn: Option<String>,
    headers: Vec<(String, String)>,
    query: Vec<(String, String)>,
    stage_variables: Vec<(String, String)>,
    request_id: String,
}

/// Without values: the event holds the caller's credentials.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Event")
            .field("shape", &self.shape)
            .field("arn", &self.arn)
            .field("headers", &names.join(", "))
            .finish_non_exhaustive()
    }
}

/// Taken whole and then read, so that the runtime does not track the path to every member of it.
impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let members: Members<'_> = serde_json::from_str(text.get()).map_err(Error::custom)?;
        members.event().map_err(Error::custom)
    }
}

/// The members that count. Of two maps, the one without repetitions is read only where the other is missing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members<'a> {
    version: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    method_arn: Option<String>,
    route_arn: Option<String>,
    authorization_token: Option<String>,
    #[serde(borrow)]
    headers: Option<&'a RawValue>,
    multi_value_headers: Option<Pairs<List>>,
    raw_query_string: Option<String>,
    #[serde(borrow)]
    query_string_parameters: Option<&'a RawValue>,
    multi_value_query_string_parameters: Option<Pairs<List>>,
    stage_variables: Option<Pairs>,
    #[serde(default)]
    request_context: RequestContext,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    request_id: Option<String>,
    connection_id: Option<String>,
}

impl Members<'_> {
    fn event(self) -> serde_json::Result<Event> {
        let shape = self.shape();
        let headers = match shape {
            Shape::RestToken => {
                self.authorization_token.map(|token| ("Authorization".to_owned(), token)).into_iter().collect()
            }
            _ => pairs(self.headers, self.multi_value_headers)?,
        };
        let query = match self.raw_query_string {
            Some(raw) => form_urlencoded::parse(raw.as_bytes()).into_owned().collect(),
            None => pairs(self.query_string_parameters, self.multi_value_query_string_parameters)?,
        };
        Ok(Event {
            shape,
            arn: self.method_arn.or(self.route_arn),
            headers,
            query,
            stage_variables: self.stage_variables.map(Pairs::into_vec).unwrap_or_default(),
            request_id: self.request_context.request_id.unwrap_or_default(),
        })
    }

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
    let Event { shape, arn, headers, query, stage_variables, request_id } = event;
    let target = match arn.map(MethodArn::parse) {
        Some(Some(target)) => target,
        Some(None) => return Err(EventError { message: "methodArn is no ARN of execute-api", request_id }),
        None => {
            let message = "the event has neither methodArn nor routeArn, so it is no authorizer's";
            return Err(EventError { message, request_id });
        }
    };
    let stage_variables = stage_variables.into_iter().collect();
    Ok(Call { shape, target, headers, query, stage_variables, request_id, xray_trace_id: None })
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
