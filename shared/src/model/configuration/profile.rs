//! The OAuth part of a service: grant types, tokens, scopes (Mashery's security profile, Axway's filter settings).

use std::collections::{BTreeMap, BTreeSet};

use super::{
    decode::{Field, Object},
    report::{Placed, listed, quoted},
    unserved,
};
use crate::{
    model::{
        AccessTokenPolicy, Pkce, RefreshPolicy, RefreshTokenPolicy, ScopeDescription, ScopeDescriptions, ScopeMatch,
        SecurityProfile, ServiceScope, TokenFormat, suggestion::did_you_mean,
    },
    protocol::{GrantType, MAX_LIFETIME, Scope, ScopeToken},
};

/// An entry of `scopes`.
struct ScopeEntry {
    scope: ServiceScope,
    description: Option<ScopeDescription>,
}

/// The profile, and where its scopes stand.
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) oauth: SecurityProfile,
    pub(super) scopes: Vec<Placed<ScopeToken>>,
}

pub(super) fn read(service: &Object<'_>) -> Profile {
    let default = SecurityProfile::default();
    let scopes = service.read("scopes", Vec::new(), |field| {
        let scopes: Vec<Placed<ScopeEntry>> = field.items(scope)?;
        refuse_long_scope(field, &scopes.iter().map(|entry| entry.value.scope.name.clone()).collect());
        refuse_long_descriptions(field, &descriptions(&scopes));
        Some(scopes)
    });
    refuse_repeated_scopes(service, &scopes);
    service.read("rate_limits", (), |field| {
        field.parsed(RATE_LIMITS, |text| if text == "ignore" { Ok(()) } else { Err(()) })
    });
    let oauth = SecurityProfile {
        grant_types: service.read("grant_types", default.grant_types, grant_types),
        access_token: service.read("access_token", default.access_token, access_token),
        refresh_token: service.read("refresh_token", default.refresh_token, refresh_token),
        authorization_code_ttl: service.read("authorization_code", default.authorization_code_ttl, authorization_code),
        pkce: service.read("pkce", default.pkce, |field| field.choice(&PKCE)),
        skip_consent: service.flag("skip_consent", default.skip_consent),
        allow_multiple_tokens: service.flag("allow_multiple_tokens", default.allow_multiple_tokens),
        revoke_access_on_refresh: service.flag("revoke_access_on_refresh", default.revoke_access_on_refresh),
        scopes: scopes.iter().map(|entry| entry.value.scope.clone()).collect(),
        scope_descriptions: descriptions(&scopes),
        scope_match: service.read("scope_match", default.scope_match, |field| field.choice(&SCOPE_MATCH)),
        token_metadata: service.read("token_metadata", default.token_metadata, token_metadata),
    };
    let scopes = scopes.into_iter().map(|Placed { value, place }| Placed { value: value.scope.name, place }).collect();
    Profile { oauth, scopes }
}

/// A list of grant types by their registered names.
pub(super) fn grant_types(field: &Field<'_>) -> Option<BTreeSet<GrantType>> {
    let known = || GrantType::ALL.iter().map(|grant| grant.as_str());
    let one = |item: &Field<'_>| {
        let expected = format!("one of {}", listed(known()));
        let name = item.text(&expected)?;
        let hint = did_you_mean(name, known());
        GrantType::parse(name).or_else(|| item.refuse(&item.shown(), &format!("{expected}{hint}")))
    };
    Some(field.items(one)?.into_iter().collect())
}

fn access_token(field: &Field<'_>) -> Option<AccessTokenPolicy> {
    let object = field.object()?;
    let default = AccessTokenPolicy::default();
    object.read("type", (), |field| match field.text("bearer")? {
        "bearer" | "Bearer" => Some(()),
        _ => unserved::refuse(field, "bearer"),
    });
    let policy = AccessTokenPolicy {
        ttl: object.read("ttl", default.ttl, access_token_ttl),
        format: object.read("format", default.format, |field| match field.text("a token format")? {
            "jwt" => unserved::refuse(field, "opaque, hex32, alnum24 or alnum54"),
            _ => field.choice(&FORMATS),
        }),
    };
    object.close();
    Some(policy)
}

/// `null` is how the products say "never expires".
fn access_token_ttl(field: &Field<'_>) -> Option<u64> {
    if field.is_null() {
        let expected = format!("a lifetime; without one tokens live {MAX_LIFETIME} seconds (3,650 days)");
        field.findings.warning(&field.place, "null", expected);
        return Some(MAX_LIFETIME);
    }
    field.number(LIFETIMES)
}

fn refresh_token(field: &Field<'_>) -> Option<RefreshTokenPolicy> {
    let object = field.object()?;
    let default = RefreshTokenPolicy::default();
    let policy = RefreshTokenPolicy {
        policy: object.read("policy", default.policy, |field| field.choice(&REFRESH)),
        ttl: object.read("ttl", default.ttl, |field| field.number(LIFETIMES)),
        max_ttl: object.read("max_ttl", default.max_ttl, |field| field.nullable(|field| field.number(LIFETIMES))),
        retry_window: object.read("retry_window", default.retry_window, |field| field.number(0..=MAX_RETRY_WINDOW)),
    };
    object.close();
    Some(policy)
}

fn authorization_code(field: &Field<'_>) -> Option<u64> {
    let object = field.object()?;
    let ttl = object.member("ttl").and_then(|field| field.number(1..=MAX_CODE_LIFETIME));
    object.close();
    ttl
}

fn scope(field: &Field<'_>) -> Option<Placed<ScopeEntry>> {
    let object = field.object()?;
    let name = object.required("name", SCOPE_WORD);
    let word = name.as_ref().and_then(scope_word);
    let description = object
        .member("description")
        .and_then(|field| field.parsed(ScopeDescription::EXPECTED, ScopeDescription::parse));
    let default = object.flag("default", false);
    object.close();
    Some(name?.placed(ScopeEntry { scope: ServiceScope { name: word?, default }, description }))
}

fn descriptions(scopes: &[Placed<ScopeEntry>]) -> ScopeDescriptions {
    let entries = scopes.iter().map(|entry| &entry.value);
    entries.filter_map(|entry| Some((&entry.scope.name, entry.description.as_ref()?))).collect()
}

/// One word of a scope.
pub(super) fn scope_word(field: &Field<'_>) -> Option<ScopeToken> {
    let short = |text: &str| ScopeToken::parse(text).ok().filter(|word| word.as_str().len() <= MAX_WORD).ok_or(());
    field.parsed(SCOPE_WORD, short)
}

/// A token may have every scope of a service, and what it may have must fit.
pub(super) fn refuse_long_scope(field: &Field<'_>, scope: &Scope) {
    let bytes = scope.to_string().len();
    if bytes > Scope::MAX_BYTES {
        let expected = format!("at most {}, or a token with all of them could not be kept", Scope::MAX_BYTES);
        field.refuse::<()>(&format!("scopes of {bytes} bytes together"), &expected);
    }
}

fn refuse_long_descriptions(field: &Field<'_>, descriptions: &ScopeDescriptions) {
    let (bytes, most) = (descriptions.bytes(), ScopeDescriptions::MAX_BYTES);
    if bytes > most {
        let found = format!("names and descriptions of {bytes} bytes together");
        field.refuse::<()>(&found, &format!("at most {most}, or shorter descriptions"));
    }
}

fn refuse_repeated_scopes(service: &Object<'_>, scopes: &[Placed<ScopeEntry>]) {
    let name = |entry: &Placed<ScopeEntry>| entry.value.scope.name.clone();
    for (at, scope) in scopes.iter().enumerate() {
        if scopes[..at].iter().any(|earlier| name(earlier) == name(scope)) {
            let found = format!("{} a second time", quoted(name(scope).as_str()));
            service.findings.mistake(&scope.place, found, "each scope once in a service");
        }
    }
}

fn token_metadata(field: &Field<'_>) -> Option<BTreeMap<String, String>> {
    let pair = |(name, value): (&str, Field<'_>)| Some((name.to_owned(), value.text("a text")?.to_owned()));
    Some(field.pairs()?.into_iter().filter_map(pair).collect())
}

/// Lifetimes of tokens in seconds.
pub(super) const LIFETIMES: std::ops::RangeInclusive<u64> = 1..=MAX_LIFETIME;

/// RFC 6749 section 4.1.2: a maximum of 10 minutes is recommended.
const MAX_CODE_LIFETIME: u64 = 600;

const MAX_RETRY_WINDOW: u64 = 3600;

/// Bytes of one scope.
const MAX_WORD: usize = 128;

const SCOPE_WORD: &str = "a scope: 1 to 128 printable ASCII characters without blank, quotation mark and backslash";

const RATE_LIMITS: &str = "ignore: this version does not serve limits per token, usage plans of API Gateway do";

pub(super) const PKCE: [(&str, Pkce); 2] = [("required", Pkce::Required), ("public_only", Pkce::PublicOnly)];

pub(super) const SCOPE_MATCH: [(&str, ScopeMatch); 2] = [("all", ScopeMatch::All), ("any", ScopeMatch::Any)];

pub(super) const REFRESH: [(&str, RefreshPolicy); 3] =
    [("rotate", RefreshPolicy::Rotate), ("preserve", RefreshPolicy::Preserve), ("none", RefreshPolicy::None)];

pub(super) const FORMATS: [(&str, TokenFormat); 4] = [
    ("opaque", TokenFormat::Opaque),
    ("hex32", TokenFormat::Hex32),
    ("alnum24", TokenFormat::Alnum24),
    ("alnum54", TokenFormat::Alnum54),
];
