//! Which authorizer guards a service, with its settings.

use super::{
    decode::Object,
    inputs::Inputs,
    introspection::{self, IntrospectionSettings},
    shared_token::{self, SharedTokenSettings},
};
use crate::{
    model::{Authorizer, Sealed},
    protocol::Secret,
};

/// An authorizer and its settings.
#[derive(Debug)]
pub(super) enum Guard {
    SharedToken(SharedTokenSettings),
    Introspection(Box<IntrospectionSettings>),
    None,
}

/// What `authorizer` says.
#[derive(Clone, Copy)]
enum Kind {
    SharedToken,
    Introspection,
    None,
}

impl Guard {
    /// Reads the authorizer; `None` when its settings cannot stand.
    pub(super) fn read(service: &Object<'_>) -> Option<Self> {
        let kind = service.read("authorizer", Kind::SharedToken, |field| field.choice(&KINDS));
        let inputs = Inputs::new(service);
        inputs.refuse_processors();
        match kind {
            Kind::SharedToken => {
                inputs.refuse(&introspection::OWN_SETTINGS, "introspection");
                Some(Self::SharedToken(shared_token::read(service, &inputs)))
            }
            Kind::Introspection => {
                inputs.refuse(&shared_token::OWN_SETTINGS, "shared-token");
                introspection::read(service, &inputs).map(|settings| Self::Introspection(Box::new(settings)))
            }
            Kind::None => {
                inputs.refuse(&introspection::OWN_SETTINGS, "introspection");
                inputs.refuse(&shared_token::OWN_SETTINGS, "shared-token");
                if let Some(field) = service.member("authorizer") {
                    field.findings.warning(
                        &field.place,
                        "none",
                        "an authorizer, unless everybody may call the service",
                    );
                }
                Some(Self::None)
            }
        }
    }

    /// The authorizer as it is stored.
    pub(super) fn authorizer(&self, seal: impl FnOnce(&Secret) -> Sealed) -> Authorizer {
        match self {
            Self::SharedToken(settings) => Authorizer::SharedToken(settings.policy.clone()),
            Self::Introspection(settings) => {
                Authorizer::Introspection(Box::new(settings.policy(settings.validation.method.sealed(seal))))
            }
            Self::None => Authorizer::None,
        }
    }
}

const KINDS: [(&str, Kind); 3] =
    [("shared-token", Kind::SharedToken), ("introspection", Kind::Introspection), ("none", Kind::None)];
