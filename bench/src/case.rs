//! What is measured: what a function or a handler is given, and what it has to answer.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;

use crate::{name::Name, surroundings::Surroundings, tokens::VERIFIER};

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
    /// This case with another form in the event's body.
    ///
    /// # Errors
    /// The event is no JSON.
    pub(crate) fn posting(self, form: &str) -> Result<Self, serde_json::Error> {
        let event = with_form(serde_json::from_slice(&self.event)?, form);
        Ok(Self { event: event.to_string().into_bytes(), ..self })
    }

    /// The case of a name.
    ///
    /// # Errors
    /// A sample event is no JSON.
    pub(crate) fn of(name: Name, around: &Surroundings) -> Result<Self, serde_json::Error> {
        let (environment, event, expected) = match name {
            Name::Empty => (Vec::new(), authorizers(SHARED_TOKEN, around)?, "{}"),
            Name::BareGet => (item("1", "0", around), authorizers(SHARED_TOKEN, around)?, ALLOW),
            Name::BareGetGet => (item("2", "0", around), authorizers(SHARED_TOKEN, around)?, ALLOW),
            Name::BarePut => (item("0", "0", around), endpoints(TOKEN)?, "200"),
            Name::BareGetGetPut => (item("0", "2", around), endpoints(TOKEN)?, "200"),
            Name::BareGetPut => (item("1", "0", around), endpoints(TOKEN)?, "200"),
            Name::Token => (issuer(), endpoints(TOKEN)?, "access_token"),
            Name::TokenHandPickedSecret => (issuer(), asked_by(TILL, endpoints(TOKEN)?), "access_token"),
            Name::Redeem => (issuer(), posted(TOKEN, &redemption(around))?, "refresh_token"),
            Name::Rotate => (issuer(), posted(TOKEN, &refresh(around))?, "refresh_token"),
            Name::Introspect => (issuer(), posted(INTROSPECT, &asking(around))?, ACTIVE),
            Name::IntrospectGuarded => (issuer(), asked_by(GUARD, posted(INTROSPECT, &asking(around))?), ACTIVE),
            Name::Revoke => (issuer(), posted(REVOKE, &asking(around))?, "200"),
            Name::LoginPage => (issuer(), endpoints(LOGIN_PAGE)?, "current-password"),
            Name::SharedTokenAuthorizer => {
                (spkey("t4wq8nrb2x6mzc9vkhp3ydsf"), authorizers(SHARED_TOKEN, around)?, ALLOW)
            }
            Name::SharedTokenAuthorizerOwnToken => {
                (spkey("942yzkggypg5dq6c4ucfv3ed"), authorizers(OWN_TOKEN, around)?, ALLOW)
            }
            Name::IntrospectionAuthorizer => (spkey("tpx1"), authorizers(INTROSPECTION, around)?, ALLOW),
        };
        Ok(Self { name, environment, event: event.to_string().into_bytes(), expected })
    }
}

/// What a bare handler reads: in every invoke, and before that in the first.
fn item(reads: &str, first_reads: &str, around: &Surroundings) -> Vec<(&'static str, String)> {
    let (table, key) = &around.grant;
    let settings = [("ITEM_TABLE", *table), ("ITEM_KEY", key), ("READS", reads), ("FIRST_READS", first_reads)];
    settings.map(|(name, value)| (name, value.to_owned())).to_vec()
}

fn spkey(spkey: &str) -> Vec<(&'static str, String)> {
    vec![("SPKEY", spkey.to_owned())]
}

fn issuer() -> Vec<(&'static str, String)> {
    vec![("ISSUER", "https://id.example.com".to_owned())]
}

/// A sample of an authorizer's events, with a token that is there.
fn authorizers(sample: &str, around: &Surroundings) -> Result<Value, serde_json::Error> {
    serde_json::from_str(&sample.replace(SAMPLES_TOKEN, &around.tokens.access_token))
}

fn endpoints(sample: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(sample)
}

/// A sample of an endpoint's events with another form.
fn posted(sample: &str, form: &str) -> Result<Value, serde_json::Error> {
    Ok(with_form(endpoints(sample)?, form))
}

/// An event with another form, in base64 as an HTTP API sends it.
fn with_form(mut event: Value, form: &str) -> Value {
    event["headers"]["content-length"] = form.len().to_string().into();
    event["body"] = BASE64_STANDARD.encode(form).into();
    event
}

/// An event of another client.
fn asked_by(credentials: &str, mut event: Value) -> Value {
    event["headers"]["authorization"] = format!("Basic {}", BASE64_STANDARD.encode(credentials)).into();
    event
}

fn asking(around: &Surroundings) -> String {
    format!("token={}", around.tokens.access_token)
}

fn redemption(around: &Surroundings) -> String {
    format!("grant_type=authorization_code&code={}&code_verifier={VERIFIER}", around.tokens.code)
}

fn refresh(around: &Surroundings) -> String {
    format!("grant_type=refresh_token&refresh_token={}", around.tokens.refresh_token)
}

const ALLOW: &str = "\"Allow\"";
const ACTIVE: &str = r#"\"active\":true"#;
const TOKEN: &str = include_str!("../../events/token/http2_client_credentials.json");
const INTROSPECT: &str = include_str!("../../events/token-status/http2_introspect_active.json");
const REVOKE: &str = include_str!("../../events/token-status/http2_revoke_unknown.json");
const LOGIN_PAGE: &str = include_str!("../../events/authorize/http2_login_page.json");
const SHARED_TOKEN: &str = include_str!("../../events/shared-token-authorizer/rest_shared_token_allowed.json");
const OWN_TOKEN: &str = include_str!("../../events/shared-token-authorizer/rest_allowed.json");
const INTROSPECTION: &str = include_str!("../../events/introspection-authorizer/rest_allowed.json");
const SAMPLES_TOKEN: &str = "tga_demo-token-of-the-client-shop-with-both-scopes-until-2100-000000";
/// The clients beside that of the samples, as `bench.yaml` has them.
const TILL: &str = "till:correct-horse-battery-staple";
const GUARD: &str = "guard:tgs_demo-secret-of-the-client-guard";
