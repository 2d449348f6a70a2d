//! One request on its way through an API: the route it took and the variables that it has.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::{
    api::{ACCOUNT, ApiKind, Deployment},
    clock::Moment,
    observer::Exchange,
    request::Request,
    response_type::ResponseType,
};

/// Everything that expressions, events and integrations may ask about one request.
pub(crate) struct Call<'a> {
    pub(crate) deployment: &'a Deployment,
    pub(crate) request: &'a Request,
    /// The request's path below the base path.
    pub(crate) path: &'a str,
    pub(crate) id: &'a str,
    pub(crate) received: Moment,
    /// The REST resource (`/{proxy+}`) or the HTTP API's route key (`ANY /{proxy+}`); empty when no route matched.
    pub(crate) resource: &'a str,
    /// The path variables, still percent-encoded.
    pub(crate) path_variables: Vec<(&'a str, &'a str)>,
    /// What the authorizer added.
    pub(crate) authorizer: Option<Arc<AuthorizerContext>>,
    /// The refusal that is being rendered.
    pub(crate) refusal: Option<(ResponseType, Option<&'static str>)>,
    /// What the observer will be told.
    pub(crate) exchange: Exchange,
}

/// Principal and context of an authorizer's answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AuthorizerContext {
    /// Absent in simple answers.
    pub(crate) principal: Option<String>,
    pub(crate) entries: Arc<Map<String, Value>>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(deployment: &'a Deployment, request: &'a Request, path: &'a str, id: &'a str) -> Self {
        Self {
            deployment,
            request,
            path,
            id,
            received: Moment::now(),
            resource: "",
            path_variables: Vec::new(),
            authorizer: None,
            refusal: None,
            exchange: Exchange { api: Some(deployment.id.clone()), ..Exchange::default() },
        }
    }

    pub(crate) fn arn(&self) -> String {
        self.deployment.method_arn(&self.request.method, self.path)
    }

    pub(crate) fn path_variable(&self, name: &str) -> Option<&'a str> {
        self.path_variables.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }

    /// The value of `$context.NAME`.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        if let Some(key) = name.strip_prefix("authorizer.") {
            return self.authorizer_variable(key);
        }
        if let Some(key) = name.strip_prefix("error.") {
            return self.refusal_variable(key);
        }
        Some(match name {
            "accountId" => ACCOUNT.to_owned(),
            "apiId" => self.deployment.id.clone(),
            "domainName" => self.request.host().to_owned(),
            "domainPrefix" => self.domain_prefix().to_owned(),
            "extendedRequestId" | "requestId" => self.id.to_owned(),
            "httpMethod" => self.request.method.clone(),
            "identity.sourceIp" => self.request.peer.to_string(),
            "identity.userAgent" => self.request.headers.last("user-agent")?.to_owned(),
            "path" => self.request.path.clone(),
            "protocol" => PROTOCOL.to_owned(),
            "requestTime" => self.received.clf(),
            "requestTimeEpoch" => self.received.0.to_string(),
            "resourcePath" if self.deployment.kind == ApiKind::Rest => self.resource.to_owned(),
            "routeKey" if self.deployment.kind == ApiKind::Http => self.resource.to_owned(),
            "stage" => self.deployment.stage.clone(),
            _ => return None,
        })
    }

    pub(crate) fn domain_prefix(&self) -> &str {
        self.request.host().split('.').next().unwrap_or_default()
    }

    fn authorizer_variable(&self, key: &str) -> Option<String> {
        let context = self.authorizer.as_ref()?;
        if key == "principalId" && context.principal.is_some() {
            return context.principal.clone();
        }
        let value = context.entries.get(key).or_else(|| nested(&context.entries, key))?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }

    fn refusal_variable(&self, key: &str) -> Option<String> {
        let (response, message) = self.refusal?;
        match key {
            "message" => message.map(str::to_owned),
            "messageString" => Some(message.map_or(Value::Null, Value::from).to_string()),
            "responseType" => Some(response.name().to_owned()),
            _ => None,
        }
    }
}

/// The entry at `a.b.c` of nested objects, which only HTTP APIs have.
fn nested<'v>(entries: &'v Map<String, Value>, key: &str) -> Option<&'v Value> {
    let (first, rest) = key.split_once('.')?;
    rest.split('.').try_fold(entries.get(first)?, |value, part| value.get(part))
}

/// The protocol version of every request: the server speaks no other.
pub(crate) const PROTOCOL: &str = "HTTP/1.1";

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use bytes::Bytes;
    use serde_json::json;

    use super::*;
    use crate::{headers::Headers, request::RequestBody};

    /// Runs `test` with a `GET /orders/7?a=1&a=2` to a REST API at `/orders`.
    pub(crate) fn with_call(test: impl FnOnce(&mut Call<'_>)) {
        let deployment = Deployment {
            id: "a1b2c3".into(),
            stage: "live".into(),
            base_path: "/orders".into(),
            stage_variables: BTreeMap::from([("quoted".into(), "say \"hi\"".into())]),
            kind: ApiKind::Rest,
        };
        let request = Request {
            method: "GET".into(),
            path: "/orders/7".into(),
            query: "a=1&a=2".into(),
            headers: Headers::from_iter([("Host", "api.example.com:3000"), ("X-Key", "k1"), ("x-key", "k2")]),
            body: RequestBody::Whole(Bytes::new()),
            peer: [127, 0, 0, 1].into(),
        };
        let mut call = Call::new(&deployment, &request, "/7", "id-1");
        call.resource = "/{proxy+}";
        call.path_variables = vec![("proxy", "7")];
        test(&mut call);
    }

    #[test]
    fn knows_its_variables() {
        with_call(|call| {
            let variable = |name: &str| call.variable(name);
            assert_eq!(variable("path").as_deref(), Some("/orders/7"));
            assert_eq!(variable("domainName").as_deref(), Some("api.example.com"));
            assert_eq!(variable("identity.sourceIp").as_deref(), Some("127.0.0.1"));
            assert_eq!(variable("resourcePath").as_deref(), Some("/{proxy+}"));
            assert_eq!(variable("routeKey"), None);
            assert_eq!(call.arn(), "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/live/GET/7");
        });
    }

    #[test]
    fn context_entries_are_variables_also_nested_ones() {
        with_call(|call| {
            let entries = json!({ "sub": "ada", "age": 7, "deep": { "er": [1] } });
            let entries = Arc::new(entries.as_object().unwrap().clone());
            call.authorizer = Some(Arc::new(AuthorizerContext { principal: Some("p".into()), entries }));
            assert_eq!(call.variable("authorizer.sub").as_deref(), Some("ada"));
            assert_eq!(call.variable("authorizer.age").as_deref(), Some("7"));
            assert_eq!(call.variable("authorizer.deep.er").as_deref(), Some("[1]"));
            assert_eq!(call.variable("authorizer.principalId").as_deref(), Some("p"));
            assert_eq!(call.variable("authorizer.none"), None);
        });
    }
}
