//! One entry of `clients`, with the member names of RFC 7591.

use std::collections::BTreeSet;

use super::{
    application::Context,
    client_texts,
    decode::{Field, Object},
    keys, profile, redirect_uri,
    report::quoted,
    secrets::{self, Secrets},
    service::Draft,
    unserved,
};
use crate::{
    model::{AuthMethod, ClientTexts, GrantMeans, PublicKey, suggestion::did_you_mean},
    protocol::{ClientId, GrantType, Scope, ServiceName},
};

/// An OAuth client of the file.
#[derive(Debug)]
pub struct ClientEntry {
    /// Its id, unique in the file.
    pub client_id: ClientId,
    /// Whether it counts.
    pub enabled: bool,
    /// Its secrets.
    pub secrets: Secrets,
    /// Its public keys.
    pub keys: Vec<PublicKey>,
    /// How it proves who it is.
    pub auth_method: AuthMethod,
    /// Grant types it may use.
    pub grant_types: BTreeSet<GrantType>,
    /// Its redirect URIs, compared as text.
    pub redirect_uris: Vec<String>,
    /// What it may ask for; `None` = whatever its services declare.
    pub scope: Option<Scope>,
    /// Services it gets tokens for, by name.
    pub services: Vec<ServiceName>,
    /// Services whose tokens it may introspect besides its own, by name.
    pub introspects: Vec<ServiceName>,
    /// Seconds its access tokens live at most.
    pub access_token_ttl: Option<u64>,
    /// What people are told about it.
    pub texts: ClientTexts,
}

pub(super) fn read(field: &Field<'_>, context: &Context<'_>) -> Option<ClientEntry> {
    let object = field.object()?;
    let id_field = object.required("client_id", ClientId::EXPECTED);
    let client_id = id_field.as_ref().and_then(|field| field.parsed(ClientId::EXPECTED, ClientId::parse));
    if let (Some(field), Some(id)) = (&id_field, &client_id) {
        context.client_ids.claim(id.as_str(), &field.place, &quoted(id.as_str()));
    }
    let auth_method =
        object.read("token_endpoint_auth_method", AuthMethod::ClientSecret, |field| field.choice(&AUTH_METHODS));
    unserved::refuse_member(&object, "jwks_uri");
    let keys = keys::read(&object, auth_method, context);
    let enabled = object.flag("enabled", true);
    let secrets = secrets::read(&object, auth_method);
    let redirect_uris = object.read("redirect_uris", Vec::new(), |field| field.items(redirect_uri::read));
    let grant_types = grant_types(&object, auth_method, &redirect_uris);
    let services = services(&object, context);
    let scope = scope(&object, &services, context);
    doubt_grant_types(
        &object,
        context,
        &services,
        GrantMeans { auth_method, grant_types: &grant_types, has_redirect_uri: !redirect_uris.is_empty() },
    );
    let introspects = context.service_names(&object, "introspects");
    doubt_use(&object, &services, &redirect_uris, context);
    let access_token_ttl =
        object.read("access_token_ttl", None, |field| field.nullable(|field| field.number(profile::LIFETIMES)));
    let texts = client_texts::read(&object);
    object.close();
    Some(ClientEntry {
        client_id: client_id?,
        enabled,
        secrets,
        keys,
        auth_method,
        grant_types,
        redirect_uris,
        scope,
        services,
        introspects,
        access_token_ttl,
        texts,
    })
}

fn grant_types(object: &Object<'_>, auth_method: AuthMethod, redirect_uris: &[String]) -> BTreeSet<GrantType> {
    let field = object.member("grant_types");
    let Some(grants) = field.as_ref().and_then(profile::grant_types) else { return default_grant_types(auth_method) };
    let Some(Field { place, findings, .. }) = field else { return grants };
    if auth_method == AuthMethod::None && grants.contains(&GrantType::ClientCredentials) {
        let found = "client_credentials for a client without a secret (token_endpoint_auth_method: none)";
        findings.mistake(&place, found, "grant types of a public client (RFC 6749 section 4.4)");
    }
    if redirect_uris.is_empty() && grants.contains(&GrantType::AuthorizationCode) {
        findings.warning(
            &place,
            "authorization_code without redirect_uris",
            "redirect_uris, unless people are to copy its codes from a page",
        );
    }
    grants
}

/// A grant type that none of the client's services gives tokens by.
fn doubt_grant_types(object: &Object<'_>, context: &Context<'_>, services: &[ServiceName], means: GrantMeans<'_>) {
    let drafts = || services.iter().filter_map(|name| context.services.named(name.as_str(), &object.place));
    let works = |grant| drafts().any(|draft| means.suffice(grant, &draft.settings.profile.oauth));
    let Some(Field { place, findings, .. }) = object.member("grant_types") else {
        if !services.is_empty() && !means.grant_types.iter().any(|grant| works(*grant)) {
            let expected = "grant_types that one of its services lists";
            object.findings.warning(
                &object.place,
                "no grant_types, and no service gives tokens by the usual ones",
                expected,
            );
        }
        return;
    };
    for grant in means.grant_types.iter().copied().filter(|grant| !services.is_empty() && !works(*grant)) {
        let expected = match grant {
            GrantType::Implicit if !means.has_redirect_uri => "redirect_uris: its tokens are sent to one",
            GrantType::RefreshToken => {
                "one of its services that lists it, has a refresh_token policy other than none, and gives the client \
                 tokens by authorization_code or password"
            }
            GrantType::JwtBearer | GrantType::Saml2Bearer | GrantType::DeviceCode | GrantType::TokenExchange => {
                "a grant type that this version serves"
            }
            _ => "one of its services that lists it in grant_types",
        };
        findings.warning(&place, format!("{grant}, by which this client gets no token"), expected);
    }
}

/// A client that gets no tokens and may look at nobody's, and one that gets codes by default and has nowhere to take them.
fn doubt_use(object: &Object<'_>, services: &[ServiceName], redirect_uris: &[String], context: &Context<'_>) {
    let is_empty = |name| object.member(name).is_none_or(|field| field.length() == 0);
    let (place, findings) = (&object.place, object.findings);
    let mut drafts = services.iter().filter_map(|name| context.services.named(name.as_str(), place));
    let gives_codes = |draft: &Draft| draft.settings.profile.oauth.grant_types.contains(&GrantType::AuthorizationCode);
    match (is_empty("services"), is_empty("introspects")) {
        (true, true) => {
            let expected = "services that it gets tokens for, or introspects with those whose tokens it looks at";
            findings.warning(place, "a client with neither services nor introspects", expected);
        }
        _ if object.member("grant_types").is_none() && redirect_uris.is_empty() && drafts.any(gives_codes) => {
            let expected = "redirect_uris, or grant_types with those that it uses";
            findings.warning(place, "no grant_types, so authorization_code too, and no redirect_uris", expected);
        }
        _ => {}
    }
}

fn default_grant_types(auth_method: AuthMethod) -> BTreeSet<GrantType> {
    let mut grants = BTreeSet::from([GrantType::AuthorizationCode, GrantType::RefreshToken]);
    if auth_method != AuthMethod::None {
        grants.insert(GrantType::ClientCredentials);
    }
    grants
}

fn services(object: &Object<'_>, context: &Context<'_>) -> Vec<ServiceName> {
    let services = context.service_names(object, "services");
    let Some(Field { place, findings, .. }) = object.member("services") else { return services };
    if services.len() > MAX_SERVICES {
        findings.mistake(&place, format!("{} services", services.len()), format!("at most {MAX_SERVICES}"));
    }
    for name in &services {
        let draft = context.services.named(name.as_str(), &place);
        if draft.is_some_and(|draft| !context.services.opens_something(draft)) {
            let found = format!("{}, whose own tokens open nothing", quoted(name.as_str()));
            findings.warning(&place, found, "the service whose tokens it shares, or accept_own_tokens: true there");
        }
    }
    services
}

/// A scope that no service of the client knows can never be granted. With a mistake among the services nobody can tell.
fn scope(object: &Object<'_>, services: &[ServiceName], context: &Context<'_>) -> Option<Scope> {
    let field = object.member("scope")?;
    let scope = field.parsed("scopes with one space between them", Scope::parse)?;
    if object.member("services").is_some_and(|field| services.len() < field.length()) {
        return Some(scope);
    }
    let known = context.scopes_of(services);
    for word in scope.iter().filter(|word| !known.contains(&word.as_str())) {
        let hint = did_you_mean(word.as_str(), known.iter().copied());
        field.refuse::<()>(
            &quoted(word.as_str()),
            &format!("a scope or the name of one of the client's services{hint}"),
        );
    }
    Some(scope)
}

/// As many as one batch of DynamoDB reads: a token request reads them all.
const MAX_SERVICES: usize = 100;

pub(super) const AUTH_METHODS: [(&str, AuthMethod); 4] = [
    ("client_secret_basic", AuthMethod::ClientSecret),
    ("client_secret_post", AuthMethod::ClientSecret),
    ("private_key_jwt", AuthMethod::PrivateKeyJwt),
    ("none", AuthMethod::None),
];
