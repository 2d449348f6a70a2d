//! What is measured: each function, and the handlers that it is measured beside.

use std::error::Error;

use clap::ValueEnum;

use crate::surroundings::{Surroundings, event};

/// A function or a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Name {
    /// Answers without doing anything.
    Empty,
    /// One GetItem.
    BareGet,
    /// Two GetItems in a row.
    BareGetGet,
    /// One PutItem.
    BarePut,
    /// The token endpoint: client credentials, a generated secret.
    Token,
    /// `SPKEY` preloaded, and a token of the service that it shares tokens with.
    SharedTokenAuthorizer,
    /// `SPKEY` preloaded, an API key and a provider.
    IntrospectionAuthorizer,
}

impl Name {
    /// The name on the command line and in the tables.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::BareGet => "bare-get",
            Self::BareGetGet => "bare-get-get",
            Self::BarePut => "bare-put",
            Self::Token => "token",
            Self::SharedTokenAuthorizer => "shared-token-authorizer",
            Self::IntrospectionAuthorizer => "introspection-authorizer",
        }
    }

    /// The package that its binary is built from.
    pub(crate) fn package(self) -> &'static str {
        match self {
            Self::Empty => "empty-handler",
            Self::BareGet | Self::BareGetGet | Self::BarePut => "bare-handlers",
            function => function.as_str(),
        }
    }

    /// Its binary.
    pub(crate) fn binary(self) -> &'static str {
        match self {
            Self::Empty => "empty-handler",
            Self::BareGetGet => "bare-get",
            other => other.as_str(),
        }
    }

    /// The handlers that a function's start and its warm invokes are measured beside.
    pub(crate) fn floors(self) -> Option<Floors> {
        let floors = |start, warm| Some(Floors { start, warm });
        match self {
            Self::Empty | Self::BareGet | Self::BareGetGet | Self::BarePut => None,
            Self::Token => floors(Self::BareGet, Self::BarePut),
            Self::SharedTokenAuthorizer => floors(Self::BareGetGet, Self::BareGet),
            Self::IntrospectionAuthorizer => floors(Self::BareGet, Self::BareGet),
        }
    }
}

/// Handlers that do nothing but the requests a function cannot do without.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Floors {
    /// For exec to the first answer.
    pub(crate) start: Name,
    /// For warm invokes.
    pub(crate) warm: Name,
}

/// What a function is given, and what it has to answer.
pub(crate) struct Case {
    pub(crate) name: Name,
    /// Environment variables beside Lambda's.
    pub(crate) environment: Vec<(&'static str, String)>,
    /// The event, as compact as API Gateway sends it.
    pub(crate) event: Vec<u8>,
    /// Stands in every right answer.
    pub(crate) expected: &'static str,
}

impl Case {
    /// The case of a name.
    ///
    /// # Errors
    /// A sample event is no JSON.
    pub(crate) fn of(name: Name, around: &Surroundings) -> Result<Self, Box<dyn Error>> {
        let (table, key) = &around.grant;
        let item = || vec![("ITEM_TABLE", (*table).to_owned()), ("ITEM_KEY", key.clone())];
        let reads = |reads: &str| [item(), vec![("READS", reads.to_owned())]].concat();
        let (environment, sample, expected) = match name {
            Name::Empty => (Vec::new(), SHARED_TOKEN, "{}"),
            Name::BareGet => (reads("1"), SHARED_TOKEN, ALLOW),
            Name::BareGetGet => (reads("2"), SHARED_TOKEN, ALLOW),
            Name::BarePut => (item(), TOKEN, "200"),
            Name::Token => (vec![("ISSUER", "https://id.example.com".to_owned())], TOKEN, "access_token"),
            Name::SharedTokenAuthorizer => {
                (vec![("SPKEY", "t4wq8nrb2x6mzc9vkhp3ydsf".to_owned())], SHARED_TOKEN, ALLOW)
            }
            Name::IntrospectionAuthorizer => (vec![("SPKEY", "tpx1".to_owned())], INTROSPECTION, ALLOW),
        };
        Ok(Self { name, environment, event: event(sample, &around.token)?, expected })
    }
}

const ALLOW: &str = "\"Allow\"";
const TOKEN: &str = include_str!("../../events/token/http2_client_credentials.json");
const SHARED_TOKEN: &str = include_str!("../../events/shared-token-authorizer/rest_shared_token_allowed.json");
const INTROSPECTION: &str = include_str!("../../events/introspection-authorizer/rest_allowed.json");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_and_the_tables_agree_on_names() {
        for name in Name::value_variants() {
            assert_eq!(name.to_possible_value().unwrap().get_name(), name.as_str());
        }
    }
}
