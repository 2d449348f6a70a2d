//! From OpenAPI documents to deployed APIs, with every error of every document.

mod authorizer;
mod cors;
mod gateway_responses;
mod http;
mod integration;
mod node;
mod operation;
mod responses;
mod rest;

use std::{collections::BTreeSet, fmt, sync::Arc};

use crate::{
    api::{Api, ApiKind},
    document::node::{Findings, Node},
    function::Functions,
    gateway::DeployedApi,
};

/// One error of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentError {
    /// The API whose document it is.
    pub api: String,
    /// Where it is: a JSON pointer (RFC 6901) into the document.
    pub pointer: String,
    /// What was found, and what would be right.
    pub message: String,
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "API {}, at `{}`: {}", self.api, self.pointer, self.message)
    }
}

impl std::error::Error for DocumentError {}

/// Reads all documents; longest base path first.
///
/// # Errors
/// Every error of every document.
pub(crate) fn read(apis: &[Api], functions: &Functions) -> Result<Arc<[DeployedApi]>, Vec<DocumentError>> {
    let (mut deployed, mut errors, mut taken) = (Vec::new(), Vec::new(), BTreeSet::new());
    for api in apis {
        let mut findings = Findings::new(&api.id, functions);
        let root = Node::root(&api.document);
        if !taken.insert(api.base_path.as_str()) {
            findings.report(&root, format!("another API has the base path `{}` as well", api.base_path));
        }
        deployment(api, &root, &mut findings);
        deployed.push(match api.kind {
            ApiKind::Rest => DeployedApi::Rest(rest::read(api, &root, &mut findings)),
            ApiKind::Http => DeployedApi::Http(http::read(api, &root, &mut findings)),
        });
        errors.extend(findings.into_errors());
    }
    deployed.sort_by_key(|api| std::cmp::Reverse(api.deployment().base_path.len()));
    if errors.is_empty() { Ok(deployed.into()) } else { Err(errors) }
}

/// What is said beside the document, and the version that the document says.
fn deployment(api: &Api, root: &Node<'_>, findings: &mut Findings<'_>) {
    let base = &api.base_path;
    if !base.is_empty() && (!base.starts_with('/') || base.ends_with('/')) {
        findings.report(root, format!("base path `{base}` begins with `/` and does not end with it, or is empty"));
    }
    if !is_stage(api) {
        let more = if api.kind == ApiKind::Http { ", or $default" } else { "" };
        findings.report(root, format!("stage `{}`: it is 1 to 128 letters, digits, `-` and `_`{more}", api.stage));
    }
    if let Some(version) = findings.text(root, "openapi")
        && !version.starts_with("3.0.")
    {
        let found = format!("API Gateway imports OpenAPI 3.0, and this is `{version}`");
        findings.report_at(root, "openapi", found);
    }
}

fn is_stage(api: &Api) -> bool {
    let name = &api.stage;
    let named =
        (1..=128).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    named || (api.kind == ApiKind::Http && name == "$default")
}
