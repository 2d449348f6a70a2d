//! The document of an HTTP API.

use crate::{
    api::{Api, ApiKind, Deployment},
    document::{
        authorizer, cors, integration,
        node::{Findings, Node},
        operation::{self, Authorizers},
    },
    http_api::{HttpApi, Matcher, Route},
    route::Template,
};

pub(crate) fn read(api: &Api, root: &Node<'_>, findings: &mut Findings<'_>) -> HttpApi {
    let authorizers = authorizer::read(ApiKind::Http, root, findings);
    let mut routes = Vec::new();
    for (path, item) in root.members_of("paths") {
        let template = match path.trim_start_matches('/') {
            "$default" => None,
            _ => match findings.keep(&item, Template::parse(path)) {
                Some(template) => Some(template),
                None => continue,
            },
        };
        routes.extend(routes_of(&item, template.as_ref(), &authorizers, findings));
    }
    if routes.is_empty() {
        findings.report_at(root, "paths", "an API has at least one route");
    }
    HttpApi { deployment: Deployment::of(api), routes, cors: cors::read(root, findings) }
}

/// The routes of one path item; without a template it is the default route's.
fn routes_of(
    item: &Node<'_>,
    template: Option<&Template>,
    authorizers: &Authorizers,
    findings: &mut Findings<'_>,
) -> Vec<Route> {
    let mut routes = Vec::new();
    for (member, node) in item.members() {
        let Some(method) = operation::method(member) else { continue };
        let authorizer = operation::authorizer(&node, authorizers, findings);
        let path = template.iter().flat_map(|it| it.variables()).map(str::to_owned).collect();
        let (key, matcher) = match template {
            None => ("$default".to_owned(), Matcher::Default),
            Some(template) => {
                let key = format!("{method} {}", template.text());
                let method = (method != "ANY").then_some(method);
                (key, Matcher::Path { method, template: template.clone() })
            }
        };
        let answers = integration::answers(&node, findings);
        let integration = integration::http(&node, &path, findings);
        routes.extend(integration.map(|integration| Route { key, matcher, authorizer, integration, answers }));
    }
    routes
}
