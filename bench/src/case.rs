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
    /// Two GetItems and a PutItem in a row in the first invoke, one PutItem in the others.
    BareGetGetPut,
    /// The token endpoint: client credentials, a generated secret.
    Token,
    /// The same with a hand-picked secret, which Argon2id checks.
    TokenHandPickedSecret,
    /// `SPKEY` preloaded, and a token of the service that it shares tokens with.
    SharedTokenAuthorizer,
    /// `SPKEY` preloaded, and a token of that service itself.
    SharedTokenAuthorizerOwnToken,
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
            Self::BareGetGetPut => "bare-get-get-put",
            Self::Token => "token",
            Self::TokenHandPickedSecret => "token-hand-picked-secret",
            Self::SharedTokenAuthorizer => "shared-token-authorizer",
            Self::SharedTokenAuthorizerOwnToken => "shared-token-authorizer-own-token",
            Self::IntrospectionAuthorizer => "introspection-authorizer",
        }
    }

    /// The package that its binary is built from.
    pub(crate) fn package(self) -> &'static str {
        match self {
            Self::Empty => "empty-handler",
            Self::BareGet | Self::BareGetGet | Self::BarePut | Self::BareGetGetPut => "bare-handlers",
            function => function.binary(),
        }
    }

    /// Its binary.
    pub(crate) fn binary(self) -> &'static str {
        match self {
            Self::Empty => "empty-handler",
            Self::BareGetGet => "bare-get",
            Self::BareGetGetPut => "bare-put",
            Self::TokenHandPickedSecret => "token",
            Self::SharedTokenAuthorizerOwnToken => "shared-token-authorizer",
            other => other.as_str(),
        }
    }

    /// What it is measured beside: handlers that do nothing but the requests it cannot do without when it starts and when
    /// it is warm, for a second case of a function the first one, and the empty handler.
    pub(crate) fn beside(self) -> &'static [Self] {
        match self {
            Self::Empty => &[],
            Self::BareGet | Self::BareGetGet | Self::BarePut | Self::BareGetGetPut => &[Self::Empty],
            Self::Token => &[Self::BareGetGetPut, Self::BareGet, Self::BarePut, Self::Empty],
            Self::TokenHandPickedSecret => &[Self::Token, Self::BarePut, Self::Empty],
            Self::SharedTokenAuthorizer => &[Self::BareGetGet, Self::BareGet, Self::Empty],
            Self::SharedTokenAuthorizerOwnToken => {
                &[Self::SharedTokenAuthorizer, Self::BareGetGet, Self::BareGet, Self::Empty]
            }
            Self::IntrospectionAuthorizer => &[Self::BareGet, Self::Empty],
        }
    }
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
        let item = |reads: &str| {
            vec![("ITEM_TABLE", (*table).to_owned()), ("ITEM_KEY", key.clone()), ("READS", reads.to_owned())]
        };
        let spkey = |spkey: &str| vec![("SPKEY", spkey.to_owned())];
        let issuer = || vec![("ISSUER", "https://id.example.com".to_owned())];
        let (environment, sample, expected) = match name {
            Name::Empty => (Vec::new(), SHARED_TOKEN, "{}"),
            Name::BareGet => (item("1"), SHARED_TOKEN, ALLOW),
            Name::BareGetGet => (item("2"), SHARED_TOKEN, ALLOW),
            Name::BarePut => (item("0"), TOKEN, "200"),
            Name::BareGetGetPut => (item("2"), TOKEN, "200"),
            Name::Token => (issuer(), TOKEN, "access_token"),
            Name::TokenHandPickedSecret => (issuer(), &*TOKEN.replace(SHOP, TILL), "access_token"),
            Name::SharedTokenAuthorizer => (spkey("t4wq8nrb2x6mzc9vkhp3ydsf"), SHARED_TOKEN, ALLOW),
            Name::SharedTokenAuthorizerOwnToken => (spkey("942yzkggypg5dq6c4ucfv3ed"), OWN_TOKEN, ALLOW),
            Name::IntrospectionAuthorizer => (spkey("tpx1"), INTROSPECTION, ALLOW),
        };
        Ok(Self { name, environment, event: event(sample, &around.token)?, expected })
    }
}

const ALLOW: &str = "\"Allow\"";
const TOKEN: &str = include_str!("../../events/token/http2_client_credentials.json");
const SHARED_TOKEN: &str = include_str!("../../events/shared-token-authorizer/rest_shared_token_allowed.json");
const OWN_TOKEN: &str = include_str!("../../events/shared-token-authorizer/rest_allowed.json");
const INTROSPECTION: &str = include_str!("../../events/introspection-authorizer/rest_allowed.json");
/// Credentials in base64: those of the sample, and the same way those of the client with a hand-picked secret.
const SHOP: &str = "c2hvcDp0Z3NfZGVtby1zZWNyZXQtb2YtdGhlLWNsaWVudC1zaG9w";
const TILL: &str = "dGlsbDpjb3JyZWN0LWhvcnNlLWJhdHRlcnktc3RhcGxl";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_and_the_tables_agree_on_names() {
        for name in Name::value_variants() {
            assert_eq!(name.to_possible_value().unwrap().get_name(), name.as_str());
        }
    }

    #[test]
    fn everything_is_measured_beside_the_empty_handler() {
        for name in Name::value_variants().iter().filter(|name| **name != Name::Empty) {
            assert_eq!(name.beside().last(), Some(&Name::Empty), "{name:?}");
        }
    }
}
