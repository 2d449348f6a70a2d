//! The document of a REST API.

use std::collections::BTreeMap;

use crate::{
    api::{Api, ApiKind, Deployment},
    document::{
        authorizer, gateway_responses,
        integration::{self, RestOperation},
        node::{Findings, Node},
        operation::{self, Authorizers},
    },
    integration::media_types::MediaTypes,
    rest_api::{Method, Resource, RestApi},
    route::Template,
};

pub(crate) fn read(api: &Api, root: &Node<'_>, findings: &mut Findings<'_>) -> RestApi {
    let authorizers = authorizer::read(ApiKind::Rest, root, findings);
    let binary = MediaTypes::new(findings.texts(root, "x-amazon-apigateway-binary-media-types"));
    let mut resources = Vec::new();
    for (path, item) in root.members_of("paths") {
        let template = findings.keep(&item, Template::parse(path));
        let methods = methods(&item, (&authorizers, &binary), findings);
        resources.extend(template.map(|template| Resource { template, methods }));
    }
    if resources.is_empty() {
        findings.report_at(root, "paths", "an API has at least one path");
    }
    RestApi { deployment: Deployment::of(api), resources, responses: gateway_responses::read(root, findings) }
}

fn methods(
    item: &Node<'_>,
    (authorizers, binary): (&Authorizers, &MediaTypes),
    findings: &mut Findings<'_>,
) -> BTreeMap<String, Method> {
    let mut methods = BTreeMap::new();
    for (member, node) in item.members() {
        let Some(method) = operation::method(member) else { continue };
        let authorizer = operation::authorizer(&node, authorizers, findings);
        let declared = operation::declared(item, &node);
        let integration = integration::rest(&RestOperation { node: &node, declared: &declared, binary }, findings);
        methods.extend(integration.map(|integration| (method, Method { authorizer, integration })));
    }
    methods
}
