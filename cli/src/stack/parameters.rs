//! What the operator tells a stack: where the authorizers are, and what differs between deployments.

use serde_json::{Map, Value, json};
use shared::model::Authorizer;

use super::{NamedService, Product, logging};

/// The parameter with the ARN of a service's authorizer; `None` where nobody guards it.
pub(super) fn authorizer_arn(authorizer: &Authorizer) -> Option<&'static str> {
    match authorizer {
        Authorizer::SharedToken(_) => Some("SharedTokenAuthorizerArn"),
        Authorizer::Introspection(_) => Some("IntrospectionAuthorizerArn"),
        Authorizer::None => None,
    }
}

impl NamedService<'_> {
    /// The parameter with the id of its VPC link.
    pub(super) fn vpc_link(&self) -> String {
        format!("{}VpcLinkId", self.id)
    }

    /// The parameter with the listener that the VPC link of an HTTP API leads to.
    pub(super) fn listener(&self) -> String {
        format!("{}ListenerArn", self.id)
    }
}

/// `Parameters`, of which each one is used.
pub(super) fn parameters(services: &[NamedService<'_>], product: Product) -> Map<String, Value> {
    let mut parameters = Map::new();
    for named in services {
        if let Some(name) = authorizer_arn(&named.service.authorizer) {
            let description = format!("Output {name} of Tollgate's own stack");
            parameters.insert(name.into(), arn(&description, LAMBDA_ARN));
        }
    }
    for named in services {
        parameters.extend(private_backend(named, product));
    }
    parameters.insert("DomainName".into(), optional("Custom domain of all these APIs, empty for none"));
    parameters.insert(
        "CertificateArn".into(),
        optional("Certificate of the custom domain, in ACM of this Region; empty for none"),
    );
    parameters.extend(logging::parameters(product));
    parameters
}

fn private_backend(named: &NamedService<'_>, product: Product) -> Vec<(String, Value)> {
    let Some(link) = &named.service.vpc_link else { return Vec::new() };
    let name = &named.service.name;
    let description = format!("VPC link to the backend of {name}");
    let mut parameters =
        vec![(named.vpc_link(), json!({ "Type": "String", "Default": link, "Description": description }))];
    if matches!(product, Product::Http(_)) {
        let description = format!("Listener of the load balancer before the backend of {name}");
        parameters.push((named.listener(), arn(&description, LISTENER_ARN)));
    }
    parameters
}

fn arn(description: &str, pattern: &str) -> Value {
    json!({ "Type": "String", "Description": description, "AllowedPattern": pattern })
}

fn optional(description: &str) -> Value {
    json!({ "Type": "String", "Default": "", "Description": description })
}

const LAMBDA_ARN: &str = "^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_:$-]+$";
const LISTENER_ARN: &str = "^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:listener/.+$";
