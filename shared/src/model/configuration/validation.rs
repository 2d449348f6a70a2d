//! `validation`: how the provider is asked, and what happens when it does not answer.

use super::decode::{Field, Object};
use crate::{
    model::{OutageStatus, Sealed, ValidationMethod},
    protocol::Secret,
};

/// The settings of one call to the provider.
#[derive(Debug)]
pub(super) struct Validation {
    pub(super) method: Method,
    pub(super) timeout_ms: u64,
    pub(super) outage_status: OutageStatus,
    pub(super) any_scheme: bool,
    pub(super) ca_bundle: Option<String>,
}

/// How the provider is asked.
#[derive(Debug)]
pub(super) enum Method {
    Bearer { judge_active: bool },
    Introspection { client_id: String, client_secret: Option<Secret> },
}

impl Default for Validation {
    fn default() -> Self {
        Self {
            method: Method::Bearer { judge_active: true },
            timeout_ms: 3000,
            outage_status: OutageStatus::Unauthorized,
            any_scheme: false,
            ca_bundle: None,
        }
    }
}

impl Method {
    /// The method with its secret sealed.
    pub(super) fn sealed(&self, seal: impl FnOnce(Option<&Secret>) -> Sealed) -> ValidationMethod {
        match self {
            Self::Bearer { judge_active } => ValidationMethod::Bearer { judge_active: *judge_active },
            Self::Introspection { client_id, client_secret } => ValidationMethod::Introspection {
                client_id: client_id.clone(),
                client_secret: seal(client_secret.as_ref()),
            },
        }
    }
}

pub(super) fn read(field: &Field<'_>) -> Option<Validation> {
    let object = field.object()?;
    let default = Validation::default();
    let method = method(&object);
    let validation = Validation {
        method: method.unwrap_or(default.method),
        timeout_ms: object.read("timeout_ms", default.timeout_ms, |field| field.number(TIMEOUTS)),
        outage_status: object.read("outage_status", default.outage_status, |field| field.choice(&OUTAGE)),
        any_scheme: object.flag("any_scheme", default.any_scheme),
        ca_bundle: object.read("ca_bundle", default.ca_bundle, |field| certificates(field).map(Some)),
    };
    object.close();
    Some(validation)
}

fn method(object: &Object<'_>) -> Option<Method> {
    let field = object.member("method");
    let Some(is_introspection) = field.map_or(Some(false), |field| field.choice(&METHODS)) else {
        object.skip(&["judge_active", "client_id", "client_secret"]);
        return None;
    };
    let judge_active = object.member("judge_active");
    if is_introspection {
        refuse(judge_active, "bearer");
        let client_id = object.required("client_id", CLIENT_ID);
        let client_id = client_id.and_then(|field| field.text(CLIENT_ID).map(str::to_owned));
        let client_secret = object.read("client_secret", None, |field| field.secret(CLIENT_SECRET).map(Some));
        return Some(Method::Introspection { client_id: client_id?, client_secret });
    }
    refuse(object.member("client_id"), "introspection");
    refuse(object.member("client_secret"), "introspection");
    Some(Method::Bearer { judge_active: judge_active.and_then(|field| field.flag()).unwrap_or(true) })
}

fn refuse(field: Option<Field<'_>>, method: &str) {
    let expected = format!("method: {method}, or validation without it");
    field.and_then(|field| field.refuse::<()>(&format!("a setting of method: {method}"), &expected));
}

/// PEM is long and may be pasted with its private key: messages do not show it.
fn certificates(field: &Field<'_>) -> Option<String> {
    let expected = "certificates in PEM, and nothing but certificates";
    let text = field.text(expected)?.trim();
    let begins = text.starts_with("-----BEGIN CERTIFICATE-----");
    let ends = text.ends_with("-----END CERTIFICATE-----");
    let is_mixed = text.contains("PRIVATE KEY");
    if begins && ends && !is_mixed { Some(text.to_owned()) } else { field.refuse("another text", expected) }
}

/// Milliseconds. API Gateway gives an integration 29 seconds; the authorizer needs a part of them.
const TIMEOUTS: std::ops::RangeInclusive<u64> = 100..=20_000;

const METHODS: [(&str, bool); 2] = [("bearer", false), ("introspection", true)];

pub(super) const OUTAGE: [(&str, OutageStatus); 2] =
    [("401", OutageStatus::Unauthorized), ("503", OutageStatus::Unavailable)];

const CLIENT_ID: &str = "the gateway's client id at the provider";

const CLIENT_SECRET: &str = "the gateway's secret at the provider, as ${env:NAME} or ${file:PATH}";
