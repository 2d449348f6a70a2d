//! `x-amazon-apigateway-cors` of an HTTP API's document.

use crate::{
    cors::Cors,
    document::node::{Findings, Node},
};

pub(crate) fn read(root: &Node<'_>, findings: &mut Findings<'_>) -> Option<Cors> {
    let node = root.get("x-amazon-apigateway-cors")?;
    let cors = Cors {
        allow_origins: findings.texts(&node, "allowOrigins"),
        allow_methods: findings.texts(&node, "allowMethods"),
        allow_headers: findings.texts(&node, "allowHeaders"),
        expose_headers: findings.texts(&node, "exposeHeaders"),
        max_age: findings.number(&node, "maxAge"),
        allow_credentials: findings.flag(&node, "allowCredentials"),
    };
    if cors.allow_credentials && cors.allow_origins.iter().any(|origin| origin == "*") {
        findings.report_at(&node, "allowCredentials", "credentials are not allowed together with any origin");
    }
    Some(cors)
}
