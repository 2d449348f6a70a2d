//! One API as it is deployed: its document and what only a deployment knows.

use std::collections::BTreeMap;

use serde_json::Value;

/// The Region in every ARN that the gateway makes.
pub const REGION: &str = "us-east-1";

/// The account in every ARN and event that the gateway makes.
pub const ACCOUNT: &str = "123456789012";

/// An API to be served.
#[derive(Clone, Debug)]
pub struct Api {
    /// The API's id, as in its ARNs.
    pub id: String,
    /// The stage; of an HTTP API mostly `$default`. Stages of one API are `Api`s with one id.
    pub stage: String,
    /// Where the API is served: what a custom domain maps to it (`""` or `/orders`), or `/STAGE` as on
    /// `execute-api` addresses; with no slash at its end.
    pub base_path: String,
    /// The stage's variables; they are no part of OpenAPI.
    pub stage_variables: BTreeMap<String, String>,
    /// The OpenAPI 3.0 document with `x-amazon-apigateway-*` extensions.
    pub document: Value,
    /// REST API or HTTP API.
    pub kind: ApiKind,
}

/// The two products that API Gateway offers for HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiKind {
    /// A REST API (version 1).
    Rest,
    /// An HTTP API (version 2).
    Http,
}

/// What a request needs to know of the API it was sent to.
#[derive(Debug)]
pub(crate) struct Deployment {
    pub(crate) id: String,
    pub(crate) stage: String,
    pub(crate) base_path: String,
    pub(crate) stage_variables: BTreeMap<String, String>,
    pub(crate) kind: ApiKind,
}

impl Deployment {
    pub(crate) fn of(api: &Api) -> Self {
        Self {
            id: api.id.clone(),
            stage: api.stage.clone(),
            base_path: api.base_path.clone(),
            stage_variables: api.stage_variables.clone(),
            kind: api.kind,
        }
    }

    /// The ARN of one method request; `path` is without the base path and begins with `/`.
    pub(crate) fn method_arn(&self, method: &str, path: &str) -> String {
        format!("arn:aws:execute-api:{REGION}:{ACCOUNT}:{}/{}/{method}{path}", self.id, self.stage)
    }

    /// The rest of `path` below the base path, which begins with `/`; `None` when the path is another API's.
    pub(crate) fn below_base<'p>(&self, path: &'p str) -> Option<&'p str> {
        match path.strip_prefix(self.base_path.as_str())? {
            "" => Some("/"),
            rest if rest.starts_with('/') => Some(rest),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(base_path: &str) -> Deployment {
        Deployment {
            id: "a1b2c3".into(),
            stage: "live".into(),
            base_path: base_path.into(),
            stage_variables: BTreeMap::new(),
            kind: ApiKind::Rest,
        }
    }

    #[test]
    fn a_base_path_ends_at_a_slash() {
        assert_eq!(at("/orders").below_base("/orders/7"), Some("/7"));
        assert_eq!(at("/orders").below_base("/orders"), Some("/"));
        assert_eq!(at("/orders").below_base("/ordersx"), None);
        assert_eq!(at("").below_base("/any"), Some("/any"));
    }

    #[test]
    fn the_method_arn_has_no_base_path() {
        let arn = at("/orders").method_arn("GET", "/7");
        assert_eq!(arn, "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/live/GET/7");
    }
}
