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
    /// Reads the authorizer; `None` when nobody can tell which one is meant.
    pub(super) fn read(service: &Object<'_>) -> Option<Self> {
        let field = service.member("authorizer");
        let kind = field.as_ref().map_or(Some(Kind::SharedToken), |field| field.choice(&KINDS));
        let inputs = Inputs::new(service);
        inputs.refuse_processors();
        let Some(kind) = kind else {
            service.skip(&introspection::OWN_SETTINGS);
            service.skip(&shared_token::OWN_SETTINGS);
            return None;
        };
        Some(match kind {
            Kind::SharedToken => {
                inputs.refuse(&introspection::OWN_SETTINGS, "introspection");
                Self::SharedToken(shared_token::read(service, &inputs))
            }
            Kind::Introspection => {
                inputs.refuse(&shared_token::OWN_SETTINGS, "shared-token");
                Self::Introspection(Box::new(introspection::read(service, &inputs)))
            }
            Kind::None => {
                inputs.refuse(&introspection::OWN_SETTINGS, "introspection");
                inputs.refuse(&shared_token::OWN_SETTINGS, "shared-token");
                if let Some(field) = field {
                    field.findings.warning(
                        &field.place,
                        "none",
                        "an authorizer, unless everybody may call the service",
                    );
                }
                Self::None
            }
        })
    }

    /// Whether it wants an API key beside the token.
    pub(super) fn asks_for_api_key(&self) -> bool {
        matches!(self, Self::Introspection(settings) if settings.api_key.is_some())
    }

    /// The authorizer as it is stored.
    pub(super) fn authorizer(&self, seal: impl FnOnce(Option<&Secret>) -> Sealed) -> Authorizer {
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
