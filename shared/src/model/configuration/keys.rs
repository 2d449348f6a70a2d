//! The public keys of a client: `jwks` (RFC 7591 section 2), or the `certificate` that one of them is in.

use serde_json::{Map, Value};

use super::{
    application::Context,
    decode::{Field, Object},
};
use crate::model::{AuthMethod, Jwk, PublicKey};

pub(super) fn read(client: &Object<'_>, auth_method: AuthMethod, context: &Context<'_>) -> Vec<PublicKey> {
    let (jwks, certificate) = (client.member("jwks"), client.member("certificate"));
    let needs_keys = auth_method == AuthMethod::PrivateKeyJwt;
    match (&jwks, &certificate) {
        (None, None) if needs_keys => {
            let found = "no keys of a client with token_endpoint_auth_method: private_key_jwt";
            client.findings.mistake(&client.place, found, "jwks: { keys: [ … ] }, or certificate: PEM");
        }
        (Some(field), _) | (None, Some(field)) if !needs_keys => {
            let found = "keys of a client that proves itself in another way";
            field.refuse::<()>(found, "token_endpoint_auth_method: private_key_jwt, or no keys");
        }
        (Some(_), Some(field)) => drop(field.refuse::<()>("jwks and certificate", "one of the two")),
        _ => {}
    }
    let listed = jwks.and_then(|field| key_set(&field)).unwrap_or_default();
    let certified = certificate.and_then(|field| of_certificate(&field, context));
    listed.into_iter().chain(certified).collect()
}

fn key_set(field: &Field<'_>) -> Option<Vec<PublicKey>> {
    let object = field.object()?;
    let keys = object.required("keys", "a list of public keys")?;
    object.close();
    let length = keys.length();
    let read = keys.items(key)?;
    if !(1..=MAX_KEYS).contains(&length) {
        return keys.refuse(&format!("{length} keys"), &format!("1 to {MAX_KEYS} keys"));
    }
    Some(read)
}

/// A key of RFC 7517. Members that do not count here may be there (section 4), those of a private key may not.
fn key(field: &Field<'_>) -> Option<PublicKey> {
    let mut jwk = Map::new();
    for (name, member) in field.pairs()? {
        match name {
            _ if PRIVATE.contains(&name) => return field.refuse(&format!("the private member {name}"), PUBLIC_ALONE),
            "use" => drop(member.choice(&[("sig", ())])?),
            "key_ops" => {
                member.items(|operation| operation.choice(&[("verify", ())]))?;
            }
            "kty" | "kid" | "alg" | "crv" | "x" | "y" | "n" | "e" => {
                jwk.insert(name.to_owned(), Value::from(member.text("a text of RFC 7517 or RFC 7518")?));
            }
            _ => {}
        }
    }
    let jwk: Option<Jwk> = serde_json::from_value(jwk.into()).ok();
    let Some(jwk) = jwk else { return field.refuse("a key without kty", "kty: RSA, EC or OKP") };
    let found = format!("a key of kty {}", super::report::quoted(&jwk.kty));
    PublicKey::try_from(jwk).map_err(|error| field.refuse::<()>(&found, error.expected)).ok()
}

/// PEM is long and may be pasted with its private key: messages do not show it.
fn of_certificate(field: &Field<'_>, context: &Context<'_>) -> Option<PublicKey> {
    let expected = "one certificate in PEM, of an RSA, P-256 or Ed25519 key, and nothing else";
    let pem = field.text(expected)?;
    if pem.contains("PRIVATE KEY") {
        return field.refuse("a private key", expected);
    }
    match context.values.certified_key(pem) {
        Ok(key) => Some(key),
        Err(why) => field.refuse(&format!("no usable certificate ({why})"), expected),
    }
}

const MAX_KEYS: usize = 8;
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const PUBLIC_ALONE: &str = "a public key: a server that holds a private one can act as the client";
