//! Making a grant and its first access token.

use std::sync::Arc;

use super::{Issuance, Issued};
use crate::{
    client_auth::Caller,
    env::Env,
    model::{AccessToken, Grant, GrantKey, MintedToken, Pointer, ServiceDefinition},
    protocol::{Digest, ErrorCode, GrantType, OAuthError, Scope, Subject, TokenResponse},
    store::Change,
};

/// What a token is to be for: at least one service.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// The first decides how the token looks.
    pub first: Arc<ServiceDefinition>,
    /// The others it opens.
    pub others: Vec<Arc<ServiceDefinition>>,
    /// What it allows.
    pub scope: Scope,
}

impl Target {
    /// All of them.
    pub(super) fn services(&self) -> impl Iterator<Item = &Arc<ServiceDefinition>> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// The words of the scope that are one service's.
    pub(super) fn part_of(&self, service: &ServiceDefinition) -> Scope {
        self.scope.iter().filter(|word| service.declares(word.as_str())).cloned().collect()
    }
}

/// Gives a token for a target: the shortest life of its services, the format of the first.
///
/// # Errors
/// `invalid_scope` for more than one grant can hold.
pub(super) fn issue(
    caller: &Caller,
    grant_type: GrantType,
    target: &Target,
    env: &Env<'_>,
) -> Result<Issuance, OAuthError> {
    refuse_too_much(target)?;
    let client = caller.client();
    let expires_in = target.access_ttl(client);
    let subject = Subject::from(&client.client_id);
    let replaces = target.is_alone();
    let id = if replaces { shared_id(target, &client.client_id, &subject) } else { env.random() };
    let token = target.first.oauth.access_token.format.mint(&id, env);
    let grant = Grant {
        id: if replaces || token.carries_key { GrantKey::of_id(&id) } else { GrantKey::of_digest(&token.digest) },
        grant_type,
        client_id: client.client_id.clone(),
        application: client.application.clone(),
        subject: subject.clone(),
        services: target.services().map(|service| service.spkey.clone()).collect(),
        issued_at: env.now,
        revoked_at: None,
        scope: target.scope.clone(),
        listed_until: None,
        code: None,
        refresh_tokens: None,
        access_tokens: vec![AccessToken {
            digest: token.digest,
            issued_at: env.now,
            expires_at: env.now.plus(expires_in),
            scope: None,
        }],
    };
    let issued = Issued {
        services: grant.services.clone(),
        subject,
        scope: target.scope.clone(),
        default_format: target.first.mediator_default_format,
    };
    let changes = changes(grant, &token, replaces, env);
    let (access_token, scope) = (token.text, target.scope.clone());
    let answer = TokenResponse { access_token, expires_in, refresh_token: None, scope };
    Ok(Issuance { changes, answer, issued })
}

/// Refuses what no grant can hold.
///
/// # Errors
/// `invalid_scope`.
pub(super) fn refuse_too_much(target: &Target) -> Result<(), OAuthError> {
    if target.scope.to_string().len() > Scope::MAX_BYTES {
        let text = format!("the scope of the token would be over {} bytes, ask for less", Scope::MAX_BYTES);
        return Err(ErrorCode::InvalidScope.because(text));
    }
    let spkeys: usize = target.services().map(|service| service.spkey.as_str().len()).sum();
    if spkeys > MAX_SPKEY_BYTES || target.services().count() > Grant::MAX_SERVICES {
        let text = "the scope belongs to more services than one token can be for, ask for less";
        return Err(ErrorCode::InvalidScope.because(text));
    }
    Ok(())
}

fn changes(grant: Grant, token: &MintedToken, replaces: bool, env: &Env<'_>) -> Vec<Change> {
    let attempt = env.attempt();
    if !replaces {
        return vec![Change::Issue { grant, attempt }];
    }
    let expires_at = grant.access_tokens[0].expires_at;
    let pointer = || Pointer { id: GrantKey::of_digest(&token.digest), grant: grant.id.clone(), expires_at };
    let point = (!token.carries_key).then(|| Change::Point { pointer: pointer(), attempt: env.attempt() });
    point.into_iter().chain([Change::Replace { grant, attempt }]).collect()
}

/// Where a service lets a client have one token at a time, its grants share one key, so a new one takes its place.
fn shared_id(target: &Target, client_id: &crate::protocol::ClientId, subject: &Subject) -> [u8; 16] {
    let mut parts: Vec<&str> = target.services().map(|service| service.spkey.as_str()).collect();
    parts.sort_unstable();
    parts.extend([client_id.as_str(), subject.as_str()]);
    let digest = Digest::of_parts(&parts);
    let (id, _) = digest.as_bytes().split_first_chunk().expect("a digest has 32 bytes");
    *id
}

/// Bytes of all spkeys of a grant, so that its item stays under 4 KB: 64 generated ones, 24 of the longest.
const MAX_SPKEY_BYTES: usize = 1_536;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        client_auth::testing::authenticated,
        env::testing::{NOW, env},
        model::{
            TokenFormat, TokenKey,
            samples::{client, with_scopes},
        },
    };

    fn verdict(services: Vec<ServiceDefinition>, ttl_of_client: Option<u64>) -> Issuance {
        let mut client = client(&["a", "b"], None);
        client.access_token_ttl = ttl_of_client;
        let mut services = services.into_iter().map(Arc::new);
        let first = services.next().unwrap();
        let target = Target { first, others: services.collect(), scope: Scope::parse("read").unwrap() };
        issue(&authenticated(client), GrantType::ClientCredentials, &target, &env()).unwrap()
    }

    #[test]
    fn a_grant_holds_1_kib_of_scope_and_64_services() {
        let outcome_of = |width: usize, services: usize, scope: String| {
            let service = |at: usize| Arc::new(with_scopes(&format!("{at:0width$}"), &format!("s{at}"), &[]));
            let others = (1..services).map(service).collect();
            let target = Target { first: service(0), others, scope: Scope::parse(&scope).unwrap() };
            issue(&authenticated(client(&["a"], None)), GrantType::ClientCredentials, &target, &env())
                .map(drop)
                .map_err(|error| error.code)
        };
        let outcome = |services, scope| outcome_of(24, services, scope);
        assert_eq!(outcome(64, "s".repeat(1_024)), Ok(()));
        assert_eq!(outcome(1, "s".repeat(1_025)), Err(ErrorCode::InvalidScope));
        for width in [2, 24] {
            assert_eq!(outcome_of(width, 65, "read".into()), Err(ErrorCode::InvalidScope));
        }
        assert_eq!(outcome_of(25, 64, "read".into()), Err(ErrorCode::InvalidScope));
    }

    fn service(spkey: &str, ttl: u64, format: TokenFormat, multiple: bool) -> ServiceDefinition {
        let mut service = with_scopes(spkey, spkey, &[]);
        service.oauth.access_token = crate::model::AccessTokenPolicy { ttl, format };
        service.oauth.allow_multiple_tokens = multiple;
        service
    }

    #[test]
    fn the_shortest_life_counts_and_the_first_services_format() {
        let two = || vec![service("a", 900, TokenFormat::Hex32, true), service("b", 600, TokenFormat::Opaque, true)];
        let issued = verdict(two(), None);
        assert_eq!((issued.answer.expires_in, issued.answer.access_token.expose().len()), (600, 32));
        assert_eq!(verdict(two(), Some(30)).answer.expires_in, 30);
        assert_eq!(verdict(two(), Some(9_000)).answer.expires_in, 600);
    }

    #[test]
    fn t19_a_clients_own_token_is_its_own_subject() {
        let issued = verdict(vec![service("a", 60, TokenFormat::Opaque, true)], None);
        assert_eq!(issued.issued.subject.as_str(), "s6BhdRkqt3");
    }

    #[test]
    fn the_token_leads_to_the_grant_that_is_stored() {
        for format in TokenFormat::ALL {
            let issued = verdict(vec![service("a", 60, format, true)], None);
            let [Change::Issue { grant, .. }] = issued.changes.as_slice() else { panic!("{:?}", issued.changes) };
            let key = match TokenKey::of(&issued.answer.access_token) {
                TokenKey::Grant(key) => key,
                TokenKey::Digest(digest) => GrantKey::of_digest(&digest),
            };
            assert_eq!(grant.id, key, "{format:?}");
            assert_eq!(grant.access_tokens[0].digest, issued.answer.access_token.digest());
            assert_eq!(grant.access_tokens[0].expires_at, NOW.plus(60));
        }
    }

    #[test]
    fn with_one_token_at_a_time_the_new_grant_takes_the_old_ones_place() {
        for format in [TokenFormat::Opaque, TokenFormat::Alnum24] {
            let replaced = |spkey| match verdict(vec![service(spkey, 60, format, false)], None).changes.as_slice() {
                [Change::Replace { grant, .. }] => (grant.id.clone(), false),
                [Change::Point { pointer, .. }, Change::Replace { grant, .. }] if pointer.grant == grant.id => {
                    (grant.id.clone(), true)
                }
                other => panic!("{other:?}"),
            };
            assert_eq!(replaced("a"), replaced("a"));
            assert_ne!(replaced("a").0, replaced("b").0);
            assert_eq!(replaced("a").1, format != TokenFormat::Opaque, "a token without id needs an item of its own");
        }
    }
}
