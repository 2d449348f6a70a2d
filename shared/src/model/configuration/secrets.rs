//! The secrets of a client: given, to be generated, or none.

use super::{
    client::AUTH_METHODS,
    decode::{Field, Object},
    report::Place,
};
use crate::{
    model::AuthMethod,
    protocol::{Secret, Timestamp},
};

/// The secrets of a client.
#[derive(Debug)]
pub enum Secrets {
    /// None in the file: those it has are kept, or one is generated.
    Generated,
    /// One or two.
    Given(Vec<GivenSecret>),
    /// None: the client is public, or has keys.
    None,
}

/// A secret of the file.
#[derive(Debug)]
pub struct GivenSecret {
    /// The secret.
    pub value: Secret,
    /// When it ends; `None` = never.
    pub expires_at: Option<Timestamp>,
    /// Whether it is random, so that SHA-256 is enough.
    pub generated: bool,
}

pub(super) fn read(client: &Object<'_>, auth_method: AuthMethod) -> Secrets {
    let generated = client.flag("client_secret_generated", false);
    let (one, several) = (client.member("client_secret"), client.member("client_secrets"));
    let (given, place) = match (&one, &several) {
        (None, None) => {
            return if auth_method == AuthMethod::ClientSecret { Secrets::Generated } else { Secrets::None };
        }
        (Some(_), Some(field)) => {
            field.refuse::<()>("client_secret and client_secrets", "one of the two");
            return Secrets::Generated;
        }
        (Some(field), None) => {
            (secret(field, generated).map(|value| vec![given(value, None, generated)]), &field.place)
        }
        (None, Some(field)) => (list(field, generated), &field.place),
    };
    if auth_method != AuthMethod::ClientSecret {
        refuse_secret(client, auth_method, place);
    }
    given.map_or(Secrets::Generated, Secrets::Given)
}

fn refuse_secret(client: &Object<'_>, auth_method: AuthMethod, place: &Place) {
    let method = AUTH_METHODS.iter().find(|(_, method)| *method == auth_method).map_or("", |(word, _)| word);
    let found = format!("a secret of a client with token_endpoint_auth_method: {method}");
    client.findings.mistake(place, found, "no secret, or another token_endpoint_auth_method");
}

fn list(field: &Field<'_>, generated: bool) -> Option<Vec<GivenSecret>> {
    let secrets = field.items(|item| {
        let object = item.object()?;
        let value = object.required("value", SECRET).and_then(|field| secret(&field, generated));
        let expires_at = object.read("expires_at", None, |field| field.nullable(|field| field.number(MOMENTS)));
        object.close();
        Some(given(value?, expires_at.map(Timestamp::from_secs), generated))
    })?;
    let length = field.length();
    if !(1..=MAX_SECRETS).contains(&length) {
        return field.refuse(&format!("{length} secrets"), "one or two, so that one can replace the other");
    }
    Some(secrets)
}

fn secret(field: &Field<'_>, generated: bool) -> Option<Secret> {
    let secret = field.secret(SECRET)?;
    let length = secret.expose().chars().count();
    if generated && length < RANDOM_ENOUGH {
        let expected = format!("{RANDOM_ENOUGH} random characters or more with client_secret_generated: true");
        return field.refuse(&format!("a secret of {length} characters"), &expected);
    }
    if !generated && length < HARD_TO_GUESS {
        let expected = format!("{HARD_TO_GUESS} characters or more, or no secret, so that one is generated");
        field.findings.warning(&field.place, format!("a secret of {length} characters"), expected);
    }
    Some(secret)
}

fn given(value: Secret, expires_at: Option<Timestamp>, generated: bool) -> GivenSecret {
    GivenSecret { value, expires_at, generated }
}

const SECRET: &str = "a secret, as ${env:NAME} or ${file:PATH}";

const MAX_SECRETS: usize = 2;

/// 20 letters and digits are about 120 bits.
const RANDOM_ENOUGH: usize = 20;

/// What may be left of a secret that a person picked, whose guesses are counted.
const HARD_TO_GUESS: usize = 12;

/// Seconds since 1970-01-01T00:00:00Z, up to the year 9999.
const MOMENTS: std::ops::RangeInclusive<u64> = 1..=253_402_300_799;
