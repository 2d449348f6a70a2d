//! Authorization requests judged: who asks, where the answer goes, for which service and scope, and what the resource
//! owner has to do.

use std::sync::Arc;

use super::{Destination, Owner};
use crate::{
    grant::{
        allow_service,
        issue::{Target, refuse_too_much},
        may_use,
        target::{Breadth, Unresolved, resolve},
    },
    model::{AuthMethod, Client, PushedRequest, SelfLocating, ServiceDefinition},
    protocol::{
        AuthorizationRequest, ClientId, Digest, ErrorCode, OAuthError, Parameters, RedirectUri, ResponseType, Scope,
        ScopeToken, Secret, Timestamp,
    },
    store::{Reader, Seen, Stored},
};

/// What a decision about an authorization request stands on.
#[derive(Debug)]
pub struct RequestFacts {
    /// The client, as it is now.
    pub client: Option<Arc<Stored<Client>>>,
    /// Its services.
    pub services: Vec<Arc<ServiceDefinition>>,
    /// What its `request_uri` leads to.
    pub pushed: Option<Seen<PushedRequest>>,
}

/// A request that its client may make.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The client.
    pub client: Arc<Stored<Client>>,
    /// Where the answer goes.
    pub destination: Destination,
    /// What it asks for.
    pub request: AuthorizationRequest,
    /// The pushed request that it is, which the answer ends.
    pub pushed: Option<Seen<PushedRequest>>,
    pub(super) target: Target,
}

/// A request that is refused.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub error: OAuthError,
    /// Where that may be told; `None` = to the person alone.
    pub destination: Option<Destination>,
}

/// What the resource owner has to do before the client gets its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Log in.
    LogIn,
    /// Agree.
    Consent,
    /// Nothing.
    None,
}

/// Reads the facts. A client that is not named, or not as a client can be, is none.
///
/// # Errors
/// [`OAuthError`] when the store does not answer.
pub async fn load(parameters: &Parameters, reader: &Reader) -> Result<RequestFacts, OAuthError> {
    let client_id = parameters.only("client_id").ok().flatten().and_then(|text| ClientId::parse(text).ok());
    let Some(client_id) = client_id else {
        return Ok(RequestFacts { client: None, services: Vec::new(), pushed: None });
    };
    let client = reader.client_anew(&client_id).await?;
    let services = match &client {
        Some(client) => reader.services(&client.value.services).await?,
        None => Vec::new(),
    };
    let key = request_uri(parameters).ok().flatten().and_then(|uri| SelfLocating::RequestUri.key_of(&uri));
    let pushed = match key {
        Some(key) => reader.pushed_request(&key).await?,
        None => None,
    };
    Ok(RequestFacts { client, services, pushed })
}

/// Decides whether the client may ask.
///
/// # Errors
/// [`Refused`].
pub fn ask(parameters: &Parameters, facts: RequestFacts, now: Timestamp) -> Result<Asked, Box<Refused>> {
    let here = |error: OAuthError| Box::new(Refused { error, destination: None });
    let client = trusted(parameters, facts.client).map_err(here)?;
    let presented = request_uri(parameters).map_err(here)?;
    let pushed = presented.map(|uri| own(facts.pushed, &uri, &client.value)).transpose().map_err(here)?;
    if pushed.as_ref().is_some_and(|seen| seen.value.is_over(now)) {
        return Err(here(no_request("the pushed request is over or was denied")));
    }
    let pushed_parameters = pushed.as_ref().map(|seen| Parameters::from_pairs(seen.value.pushed.clone()));
    let parameters = pushed_parameters.as_ref().unwrap_or(parameters);
    let destination = Destination::of(&client.value, parameters).map_err(here)?;
    match entitled(parameters, &client.value, &facts.services, &destination) {
        Ok((request, target)) => Ok(Asked { client, destination, request, pushed, target }),
        Err(error) => Err(Box::new(Refused { error, destination: Some(destination) })),
    }
}

impl Asked {
    /// The services that the grant is for: one, unless the request may be for several.
    pub fn services(&self) -> impl Iterator<Item = &ServiceDefinition> {
        self.target.services().map(|service| &**service)
    }

    /// Seconds that a code would live.
    pub fn code_ttl(&self) -> u64 {
        self.target.code_ttl()
    }

    /// What the grant would allow.
    pub fn scope(&self) -> &Scope {
        &self.target.scope
    }

    /// What the resource owner has to do first. `owner` is who has logged in, if anybody has.
    ///
    /// # Errors
    /// `login_required` or `consent_required` where the client wants no page shown.
    pub fn next(&self, owner: Option<&Owner>, now: Timestamp) -> Result<Step, OAuthError> {
        let prompt = self.request.prompt;
        let step = match owner.filter(|owner| owner.is_live(now) && owner.has_logged_in_for(self)) {
            None => Step::LogIn,
            Some(_) if prompt.consent => Step::Consent,
            Some(owner) if owner.has_agreed(self) => Step::None,
            Some(_) => Step::Consent,
        };
        match step {
            Step::LogIn if prompt.none => Err(ErrorCode::LoginRequired.because("nobody has logged in")),
            Step::Consent if prompt.none => Err(self.consent_required()),
            step => Ok(step),
        }
    }

    /// What a page says that asks for consent, as one text. It comes back with the answer, which counts for that alone.
    pub fn shown(&self) -> String {
        let Self { client, target, destination, .. } = self;
        let mut parts = vec!["consent".to_owned(), client.value.application.to_string()];
        for service in target.services() {
            parts.extend([service.spkey.to_string(), service.name.to_string(), target.part_of(service).to_string()]);
        }
        parts.push(destination.uri.as_ref().map(RedirectUri::place).unwrap_or_default().to_owned());
        parts.extend(client.value.texts.each().map(str::to_owned));
        for service in target.services() {
            let meant = |word: &ScopeToken| service.oauth.scope_descriptions.of(word.as_str()).unwrap_or_default();
            parts.extend(target.part_of(service).iter().map(|word| meant(word).to_owned()));
        }
        Digest::of_parts(&parts.iter().map(String::as_str).collect::<Vec<_>>()).to_key()
    }

    fn consent_required(&self) -> OAuthError {
        ErrorCode::ConsentRequired.because("the resource owner has to agree").logged_as(if self.reaches_its_client() {
            "the resource owner has not agreed, and skip_consent is off"
        } else {
            "the resource owner is asked each time, also under skip_consent: any program may use the name of this client"
        })
    }

    /// Whether the answer is of use to the client that is named, and to no other program: one that has a secret redeems
    /// its codes, and nobody else answers at its address. Whoever else uses its name must not get in unseen (RFC 6749
    /// section 10.2, RFC 8252 section 8.6).
    pub(super) fn reaches_its_client(&self) -> bool {
        let redeems = self.request.response_type == ResponseType::Code;
        let has_secret = self.client.value.auth_method != AuthMethod::None;
        (redeems && has_secret) || self.destination.uri.as_ref().is_some_and(RedirectUri::is_its_owners)
    }
}

/// Whether a client can get into a service without anybody being asked.
pub fn can_skip_consent(client: &Client, service: &ServiceDefinition) -> bool {
    let known = |uri: &String| RedirectUri::registered(uri, &client.redirect_uris);
    let mut uris = client.redirect_uris.iter().filter_map(known);
    let has_secret = client.auth_method != AuthMethod::None;
    service.oauth.skip_consent && (has_secret || uris.any(|uri| uri.is_its_owners()))
}

fn request_uri(parameters: &Parameters) -> Result<Option<Secret>, OAuthError> {
    Ok(parameters.only("request_uri")?.map(|uri| Secret::new(uri.to_owned())))
}

/// An answer goes only to a client that is there and switched on.
fn trusted(parameters: &Parameters, client: Option<Arc<Stored<Client>>>) -> Result<Arc<Stored<Client>>, OAuthError> {
    if parameters.only("client_id")?.is_none() {
        return Err(ErrorCode::UnknownClient.because("client_id is missing"));
    }
    let unknown = || ErrorCode::UnknownClient.because("the client is not known here");
    let client = client.ok_or_else(|| unknown().logged_as("unknown client"))?;
    if !client.value.is_enabled() {
        return Err(unknown().logged_as("the client or its application is switched off"));
    }
    Ok(client)
}

/// A pushed request counts for the client that pushed it, and once: then it is a grant (RFC 9126 section 4).
fn own(
    pushed: Option<Seen<PushedRequest>>,
    presented: &Secret,
    client: &Client,
) -> Result<Seen<PushedRequest>, OAuthError> {
    let seen = pushed.ok_or_else(|| no_request("the pushed request is unknown or used"))?;
    if !seen.value.digest.matches(&presented.digest()) {
        return Err(no_request("the pushed request has another secret"));
    }
    if seen.value.client_id != client.client_id {
        return Err(no_request("another client has pushed the request"));
    }
    Ok(seen)
}

fn no_request(why: &'static str) -> OAuthError {
    ErrorCode::InvalidRequestUri.because("request_uri is unknown, over, or used already").logged_as(why)
}

fn entitled(
    parameters: &Parameters,
    client: &Client,
    services: &[Arc<ServiceDefinition>],
    destination: &Destination,
) -> Result<(AuthorizationRequest, Target), OAuthError> {
    let request = AuthorizationRequest::parse(parameters)?;
    let grant_type = request.response_type.grant_type();
    may_use(client, grant_type)?;
    let is_broad = parameters.may_be_for_several_services();
    let breadth = if is_broad { Breadth::Several(grant_type) } else { Breadth::One };
    let target = resolve(client, services, (&request.resources, &request.scope), breadth)
        .map_err(Unresolved::told_to_anybody)?;
    target.services().try_for_each(|service| allow_service(service, grant_type))?;
    refuse_too_much(&target)?;
    match request.response_type {
        ResponseType::Code => require_challenge(&request, client, &target)?,
        ResponseType::Token if destination.uri.is_none() => {
            return Err(ErrorCode::InvalidRequest.because("a token needs a redirect URI, and the client has none"));
        }
        ResponseType::Token => {}
    }
    Ok((request, target))
}

fn require_challenge(request: &AuthorizationRequest, client: &Client, target: &Target) -> Result<(), OAuthError> {
    let missing = || ErrorCode::InvalidRequest.because("code_challenge is missing");
    let is_public = client.auth_method == AuthMethod::None;
    match target.requires_challenge() {
        _ if request.code_challenge.is_some() => Ok(()),
        _ if is_public => Err(missing().logged_as("code_challenge is missing: public clients cannot do without")),
        Some(service) => Err(missing().logged_as(format!(
            "code_challenge is missing: the service {} has pkce: required; public_only asks public clients alone",
            service.name
        ))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
