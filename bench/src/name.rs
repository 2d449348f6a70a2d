//! The names of what is measured: functions, and the handlers that they are measured beside.

use clap::ValueEnum;

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
    /// A GetItem and a PutItem in a row in every invoke.
    BareGetPut,
    /// The token endpoint: client credentials, a generated secret.
    Token,
    /// The token endpoint: client credentials, a hand-picked secret, which Argon2id checks.
    TokenHandPickedSecret,
    /// The token endpoint: an authorization code with PKCE.
    Redeem,
    /// The token endpoint: a refresh token, whose successor is given.
    Rotate,
    /// Introspection by the client of the token.
    Introspect,
    /// Introspection by a client that guards the token's service.
    IntrospectGuarded,
    /// Revocation of an access token.
    Revoke,
    /// The login page of somebody who is not known.
    LoginPage,
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
        self.described().0
    }

    /// Its binary.
    pub(crate) fn binary(self) -> &'static str {
        self.described().1
    }

    /// The package that its binary is built from.
    pub(crate) fn package(self) -> &'static str {
        match self.binary() {
            "bare-get" | "bare-put" => "bare-handlers",
            binary => binary,
        }
    }

    fn described(self) -> (&'static str, &'static str) {
        match self {
            Self::Empty => ("empty", "empty-handler"),
            Self::BareGet => ("bare-get", "bare-get"),
            Self::BareGetGet => ("bare-get-get", "bare-get"),
            Self::BarePut => ("bare-put", "bare-put"),
            Self::BareGetGetPut => ("bare-get-get-put", "bare-put"),
            Self::BareGetPut => ("bare-get-put", "bare-put"),
            Self::Token => ("token", "token"),
            Self::TokenHandPickedSecret => ("token-hand-picked-secret", "token"),
            Self::Redeem => ("redeem", "token"),
            Self::Rotate => ("rotate", "token"),
            Self::Introspect => ("introspect", "token-status"),
            Self::IntrospectGuarded => ("introspect-guarded", "token-status"),
            Self::Revoke => ("revoke", "token-status"),
            Self::LoginPage => ("login-page", "authorize"),
            Self::SharedTokenAuthorizer => ("shared-token-authorizer", "shared-token-authorizer"),
            Self::SharedTokenAuthorizerOwnToken => ("shared-token-authorizer-own-token", "shared-token-authorizer"),
            Self::IntrospectionAuthorizer => ("introspection-authorizer", "introspection-authorizer"),
        }
    }

    /// What it is measured beside: handlers that do nothing but the requests it cannot do without when it starts and when
    /// it is warm, for a second case of a function the first one, and the empty handler.
    pub(crate) fn beside(self) -> &'static [Self] {
        match self {
            Self::Empty => &[],
            Self::BareGet | Self::BareGetGet | Self::BarePut | Self::BareGetGetPut | Self::BareGetPut => &[Self::Empty],
            Self::Token => &[Self::BareGetGetPut, Self::BareGet, Self::BarePut, Self::Empty],
            Self::TokenHandPickedSecret => &[Self::Token, Self::BarePut, Self::Empty],
            Self::Redeem | Self::Rotate | Self::Revoke => &[Self::BareGetPut, Self::BareGet, Self::Empty],
            Self::Introspect | Self::LoginPage => &[Self::BareGet, Self::Empty],
            Self::IntrospectGuarded => &[Self::BareGetGet, Self::BareGet, Self::Empty],
            Self::SharedTokenAuthorizer => &[Self::BareGetGet, Self::BareGet, Self::Empty],
            Self::SharedTokenAuthorizerOwnToken => {
                &[Self::SharedTokenAuthorizer, Self::BareGetGet, Self::BareGet, Self::Empty]
            }
            Self::IntrospectionAuthorizer => &[Self::BareGet, Self::Empty],
        }
    }
}

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
