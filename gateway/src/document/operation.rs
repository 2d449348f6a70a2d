//! What the operations of both kinds of API have in common: methods, declared parameters and the authorizer they name.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    authorizer::Authorizer,
    document::node::{Findings, Node},
};

/// The authorizers of a document, by the name of their security scheme.
pub(crate) type Authorizers = BTreeMap<String, Arc<Authorizer>>;

/// The method that a member of a path item is for; `None` when it is no operation.
pub(crate) fn method(member: &str) -> Option<String> {
    if member == "x-amazon-apigateway-any-method" {
        return Some("ANY".to_owned());
    }
    METHODS.contains(&member).then(|| member.to_ascii_uppercase())
}

/// The authorizer that an operation's `security` names; root-level `security` is ignored, as on import.
pub(crate) fn authorizer(
    operation: &Node<'_>,
    authorizers: &Authorizers,
    findings: &mut Findings<'_>,
) -> Option<Arc<Authorizer>> {
    let security = operation.get("security")?;
    let names: Vec<(&str, Node<'_>)> = security.items().flat_map(|it| it.members().collect::<Vec<_>>()).collect();
    if names.len() > 1 {
        findings.report(&security, "a method has one authorizer at most");
    }
    let (name, node) = names.into_iter().next()?;
    let found = authorizers.get(name).cloned();
    if found.is_none() {
        let message = format!("no security scheme `{name}` has an x-amazon-apigateway-authorizer that was understood");
        findings.report(&node, message);
    }
    found
}

/// The request parameters that a method declares, as `header.X`, `querystring.x` and `path.x`; REST APIs refuse
/// mappings of any other.
pub(crate) fn declared(path_item: &Node<'_>, operation: &Node<'_>) -> BTreeSet<String> {
    let lists = [path_item.get("parameters"), operation.get("parameters")];
    let parameters = lists.iter().flatten().flat_map(|list| list.items().collect::<Vec<_>>());
    let name = |parameter: Node<'_>| {
        let (place, name) = (parameter.get("in")?.as_str()?, parameter.get("name")?.as_str()?);
        Some(format!("{}.{name}", if place == "query" { "querystring" } else { place }))
    };
    parameters.filter_map(name).collect()
}

const METHODS: [&str; 7] = ["delete", "get", "head", "options", "patch", "post", "put"];
