//! RFC 6749 section 4.1.3 with RFC 7636 section 4.5: the client redeems an authorization code.

use std::sync::Arc;

use super::{
    GrantFlow, Verdict, allow_client,
    listing::{Place, revoke},
    target::confirm,
    terms::{Terms, Tokens},
};
use crate::{
    client_auth::{Caller, Freshness},
    env::Env,
    model::{AuthorizationCode, Grant, SelfLocating, ServiceDefinition},
    protocol::{CodeVerifier, Digest, ErrorCode, Form, GrantType, OAuthError, Secret},
    store::{Change, Reader, Seen},
};

/// A request for the tokens of an authorization code.
#[derive(Debug)]
pub struct Redemption {
    code: Secret,
    redirect_uri: Option<String>,
    verifier: Option<CodeVerifier>,
    resources: Vec<String>,
}

/// What the redemption of a code stands on.
#[derive(Debug)]
pub struct CodeFacts {
    grant: Seen<Grant>,
    services: Vec<Arc<ServiceDefinition>>,
    place: Place,
}

impl GrantFlow for Redemption {
    /// The grant that the code names, where there is one.
    type Facts = Option<CodeFacts>;

    const CLIENT: Freshness = Freshness::Anew;

    fn parse(form: &mut Form) -> Result<Self, OAuthError> {
        let missing = || ErrorCode::InvalidRequest.because("code is missing");
        let malformed = || ErrorCode::InvalidRequest.because(format!("code_verifier is {}", CodeVerifier::EXPECTED));
        let verifier = form.take("code_verifier").map(CodeVerifier::parse).transpose().map_err(|_| malformed())?;
        Ok(Self {
            code: form.take("code").ok_or_else(missing)?,
            redirect_uri: form.get("redirect_uri").map(str::to_owned),
            verifier,
            resources: form.get_all("resource").map(str::to_owned).collect(),
        })
    }

    async fn load(&self, caller: &Caller, reader: &Reader) -> Result<Self::Facts, OAuthError> {
        let Some(key) = SelfLocating::AuthorizationCode.key_of(&self.code) else { return Ok(None) };
        let Some(grant) = reader.grant_at(&key).await? else { return Ok(None) };
        let services = reader.services(&grant.value.services).await?;
        let terms = (caller.client(), services.as_slice());
        let place = Place::load(reader, &grant.value, terms, GrantType::AuthorizationCode).await?;
        Ok(Some(CodeFacts { grant, services, place }))
    }

    fn decide(&self, caller: &Caller, facts: &Self::Facts, env: &Env<'_>) -> Result<Verdict, OAuthError> {
        allow_client(caller, GrantType::AuthorizationCode)?;
        let facts = facts.as_ref().ok_or_else(|| refused("there is no such code"))?;
        let grant = &facts.grant.value;
        let code = self.presented(grant)?;
        self.prove(grant, code, caller)?;
        if grant.revoked_at.is_some() {
            return Err(refused("the grant of the code is revoked"));
        }
        if code.redeemed_at.is_some() {
            let reason = format!("a code of {} came again: what it gave is revoked", grant.subject);
            let error = ErrorCode::CodeReplayed.because(REFUSED).logged_as(reason);
            return Ok(Verdict::Revoke { change: revoke(grant.id.clone(), env), error, overtaken: None });
        }
        if env.now >= code.expires_at {
            return Err(refused("the code is over: authorization_code.ttl of the service says how long they live"));
        }
        self.redeem(facts, code, caller, env)
    }
}

impl Redemption {
    /// The grant's code, which is the one that was presented.
    fn presented<'g>(&self, grant: &'g Grant) -> Result<&'g AuthorizationCode, OAuthError> {
        let code = grant.code.as_ref().filter(|code| code.digest.matches(&self.code.digest()));
        let guessed = || ErrorCode::TokenGuessed.because(REFUSED).logged_as("the grant of that id has another code");
        code.ok_or_else(guessed)
    }

    /// Whether this is the client that the code was given to. A wrong try leaves it to the right one.
    fn prove(&self, grant: &Grant, code: &AuthorizationCode, caller: &Caller) -> Result<(), OAuthError> {
        if grant.client_id != caller.client().client_id {
            return Err(refused("the code was given to another client"));
        }
        if !self.names_the_redirect_uri_of(code, caller) {
            return Err(mismatch("redirect_uri is not that of the authorization request"));
        }
        match (&code.code_challenge, &self.verifier) {
            (Some(challenge), Some(verifier)) if challenge.is_met_by(verifier) => Ok(()),
            (Some(_), Some(_)) => Err(mismatch("code_verifier does not meet the code_challenge")),
            (Some(_), None) => {
                Err(mismatch("code_verifier is missing: the authorization request had a code_challenge"))
            }
            (None, Some(_)) => Err(mismatch(
                "code_verifier was sent, but the authorization request had no code_challenge: leave it out",
            )),
            (None, None) if matches!(caller, Caller::Public(_)) => {
                Err(mismatch("a public client's authorization request needs a code_challenge"))
            }
            (None, None) => Ok(()),
        }
    }

    /// What the authorization request named has to be repeated; where it named none, the client has only one.
    fn names_the_redirect_uri_of(&self, code: &AuthorizationCode, caller: &Caller) -> bool {
        match (&code.redirect_uri, &self.redirect_uri) {
            (Some(named), Some(repeated)) => named.matches(&Digest::of(repeated.as_bytes())),
            (Some(_), None) => false,
            (None, Some(repeated)) => caller.client().redirect_uris == [repeated.as_str()],
            (None, None) => true,
        }
    }

    fn redeem(
        &self,
        facts: &CodeFacts,
        code: &AuthorizationCode,
        caller: &Caller,
        env: &Env<'_>,
    ) -> Result<Verdict, OAuthError> {
        let mut grant = facts.grant.value.clone();
        let terms = Terms::of(&grant, caller.client(), &facts.services, GrantType::AuthorizationCode)?;
        confirm(&terms.target, &self.resources).map_err(|unresolved| unresolved.told_to(caller))?;
        let enlisting = facts.place.keep(&mut grant, terms.live_until(env), (&terms.target, env))?;
        grant.code = Some(AuthorizationCode { redeemed_at: Some(env.now), ..code.clone() });
        let refresh = terms.begin_refreshes(&mut grant, env);
        let tokens = terms.add_access(&mut grant, None, env);
        let (over, attempt) = (facts.grant.attempt.clone(), env.attempt());
        let changes = enlisting.around([Change::Advance { grant: grant.clone(), over, attempt }]);
        Ok(Verdict::Issue(terms.issuance(&grant, Tokens { refresh, ..tokens }, changes, env)))
    }
}

/// One text for everything that is wrong with a code, so that it tells nothing of what others were given.
fn refused(reason: &'static str) -> OAuthError {
    ErrorCode::InvalidGrant.because(REFUSED).logged_as(reason)
}

/// Whoever has the code and is its client may know what is wrong with the rest.
fn mismatch(what: &'static str) -> OAuthError {
    ErrorCode::InvalidGrant.because(what)
}

const REFUSED: &str = "the code is unknown, used, over, revoked or another client's";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        client_auth::testing::authenticated,
        env::testing::env,
        grant::{
            listing::Sibling,
            testing::{REDIRECT_URI, VERIFIER, advanced, at, form, granted, orders, proven, public, shop},
        },
        model::{Client, ListedGrant, OwnerAuthorization, RefreshPolicy},
        protocol::{ClientId, Timestamp},
    };

    const RIGHT: [(&str, &str); 2] = [("redirect_uri", REDIRECT_URI), ("code_verifier", VERIFIER)];

    /// The facts of a grant that a test has changed, and its code.
    fn facts(change: impl FnOnce(&mut Grant, &mut ServiceDefinition)) -> (CodeFacts, Secret) {
        let (mut grant, code) = granted();
        let mut service = orders();
        change(&mut grant.value, &mut service);
        (CodeFacts { grant, services: vec![Arc::new(service)], place: Place::Kept }, code)
    }

    /// What becomes of a request with this code.
    fn decided(
        (facts, code): (CodeFacts, Secret),
        caller: &Caller,
        parameters: &[(&str, &str)],
        now: Timestamp,
    ) -> Result<Verdict, OAuthError> {
        let mut form = form(&[&[("code", code.expose())], parameters].concat());
        Redemption::parse(&mut form)?.decide(caller, &Some(facts), &Env { now, ..env() })
    }

    #[track_caller]
    fn refused(verdict: Result<Verdict, OAuthError>) {
        assert_eq!(verdict.unwrap_err().code, ErrorCode::InvalidGrant);
    }

    fn unchanged() -> (CodeFacts, Secret) {
        facts(|_, _| {})
    }

    fn redeemed() -> (CodeFacts, Secret) {
        facts(|grant, _| grant.code.as_mut().unwrap().redeemed_at = Some(at(1)))
    }

    #[test]
    fn a_code_gives_an_access_token_and_a_refresh_token_of_one_grant() {
        let issued = decided(unchanged(), &proven(), &RIGHT, at(59)).unwrap().issued();
        let grant = advanced(&issued.changes).value;
        assert_eq!(grant.code.as_ref().unwrap().redeemed_at, Some(at(59)));
        assert!(grant.token(&issued.answer.access_token.digest()).is_some());
        let refresh = issued.answer.refresh_token.unwrap();
        assert_eq!(SelfLocating::RefreshToken.key_of(&refresh), Some(grant.id.clone()));
        assert_eq!(grant.refresh_tokens.unwrap().current, refresh.digest());
        assert_eq!((issued.answer.expires_in, issued.answer.scope.to_string().as_str()), (3_600, "read write"));
        assert_eq!(issued.issued.subject.as_str(), "alice");
    }

    #[test]
    fn a13_a_wrong_client_or_redirect_uri_is_refused_and_the_code_survives() {
        let other = Client { client_id: ClientId::parse("other").unwrap(), ..shop() };
        refused(decided(unchanged(), &authenticated(other), &RIGHT, at(1)));
        for uri in ["https://shop.example/cb/", "https://shop.example/CB", "http://shop.example/cb"] {
            refused(decided(unchanged(), &proven(), &[("redirect_uri", uri), RIGHT[1]], at(1)));
        }
        refused(decided(unchanged(), &proven(), &RIGHT[1..], at(1)));
    }

    #[test]
    fn a13_where_none_was_named_the_only_registered_redirect_uri_may_be_named_and_no_other() {
        let unnamed = || facts(|grant, _| grant.code.as_mut().unwrap().redirect_uri = None);
        decided(unnamed(), &proven(), &RIGHT[1..], at(1)).unwrap().issued();
        decided(unnamed(), &proven(), &RIGHT, at(1)).unwrap().issued();
        refused(decided(unnamed(), &proven(), &[("redirect_uri", "https://evil.example"), RIGHT[1]], at(1)));
        let two = Client { redirect_uris: vec![REDIRECT_URI.into(), "https://shop.example/2".into()], ..shop() };
        refused(decided(unnamed(), &authenticated(two), &RIGHT, at(1)));
    }

    #[test]
    fn a12_verifier_and_challenge_come_together_or_not_at_all() {
        let plain = || facts(|grant, _| grant.code.as_mut().unwrap().code_challenge = None);
        refused(decided(unchanged(), &proven(), &RIGHT[..1], at(1)));
        refused(decided(plain(), &proven(), &RIGHT, at(1)));
        decided(plain(), &proven(), &RIGHT[..1], at(1)).unwrap().issued();
        refused(decided(unchanged(), &proven(), &[RIGHT[0], ("code_verifier", &"a".repeat(43))], at(1)));
    }

    #[test]
    fn a9_a_public_client_redeems_no_code_without_a_challenge() {
        let plain = facts(|grant, _| grant.code.as_mut().unwrap().code_challenge = None);
        refused(decided(plain, &public(), &RIGHT[..1], at(1)));
        decided(unchanged(), &public(), &RIGHT, at(1)).unwrap().issued();
    }

    #[test]
    fn a11_a_verifier_of_another_shape_is_an_invalid_request() {
        for verifier in ["a".repeat(42), "a".repeat(129), format!("{}+", "a".repeat(43))] {
            let error = decided(unchanged(), &proven(), &[RIGHT[0], ("code_verifier", &verifier)], at(1)).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidRequest);
        }
    }

    #[test]
    fn a16_a_valid_replay_ends_the_grant_and_an_invalid_one_nothing() {
        for late in [2, 1_000_000] {
            match decided(redeemed(), &proven(), &RIGHT, at(late)).unwrap() {
                Verdict::Revoke { change: Change::Revoke { at: moment, .. }, error, overtaken: None } => {
                    assert_eq!((moment, error.code), (at(late), ErrorCode::CodeReplayed));
                }
                other => panic!("{other:?}"),
            }
        }
        refused(decided(redeemed(), &proven(), &RIGHT[..1], at(2)));
        refused(decided(redeemed(), &proven(), &RIGHT[1..], at(2)));
        let other = Client { client_id: ClientId::parse("other").unwrap(), ..shop() };
        refused(decided(redeemed(), &authenticated(other), &RIGHT, at(2)));
    }

    #[test]
    fn a17_a_code_is_over_at_the_second_it_ends() {
        decided(unchanged(), &proven(), &RIGHT, at(59)).unwrap().issued();
        refused(decided(unchanged(), &proven(), &RIGHT, at(60)));
    }

    #[test]
    fn knowing_the_id_of_a_code_changes_nothing() {
        let (facts, _) = redeemed();
        let guess = SelfLocating::AuthorizationCode.mint(&[7; 16], &env());
        let error = decided((facts, guess), &proven(), &RIGHT, at(2)).unwrap_err();
        assert_eq!((error.code, error.code.parts().1), (ErrorCode::TokenGuessed, "invalid_grant"));
    }

    #[test]
    fn a_refresh_token_comes_where_client_service_and_policy_have_it() {
        let refreshes = |caller: &Caller, change: fn(&mut ServiceDefinition)| {
            let facts = facts(|_, service| change(service));
            decided(facts, caller, &RIGHT, at(1)).unwrap().issued().answer.refresh_token.is_some()
        };
        let without = Client { grant_types: [GrantType::AuthorizationCode].into(), ..shop() };
        assert!(refreshes(&proven(), |_| {}));
        assert!(!refreshes(&authenticated(without), |_| {}));
        assert!(!refreshes(&proven(), |service| service.oauth.refresh_token.policy = RefreshPolicy::None));
        assert!(!refreshes(&proven(), |service| service.oauth.grant_types = [GrantType::AuthorizationCode].into()));
    }

    #[test]
    fn m11_the_resource_is_what_was_granted() {
        let with = |resource| decided(unchanged(), &proven(), &[RIGHT[0], RIGHT[1], ("resource", resource)], at(1));
        with("urn:tollgate:service:spkey-o").unwrap().issued();
        assert_eq!(with("urn:tollgate:service:spkey-i").unwrap_err().code, ErrorCode::InvalidTarget);
    }

    #[test]
    fn m11_only_a_client_that_has_proven_itself_hears_what_the_code_is_for() {
        let told = |caller: &Caller| {
            let elsewhere = [RIGHT[0], RIGHT[1], ("resource", "urn:elsewhere")];
            decided(unchanged(), caller, &elsewhere, at(1)).unwrap_err().description
        };
        assert!(told(&proven()).contains("(orders)") && !told(&public()).contains("orders"));
    }

    #[test]
    fn a_service_that_is_off_gone_or_not_the_clients_any_more_gets_no_tokens() {
        refused(decided(facts(|_, service| service.enabled = false), &proven(), &RIGHT, at(1)));
        let (facts, code) = unchanged();
        refused(decided((CodeFacts { services: Vec::new(), ..facts }, code), &proven(), &RIGHT, at(1)));
        refused(decided(unchanged(), &authenticated(Client { services: Vec::new(), ..shop() }), &RIGHT, at(1)));
    }

    /// A list with the grant of the code and those that other tests name, by key and time.
    fn list(more: &[(&Grant, Timestamp)]) -> OwnerAuthorization {
        let (grant, _) = granted();
        let listed =
            |grant: &Grant, until| (grant.id.as_str().to_owned(), ListedGrant { since: grant.issued_at, until });
        OwnerAuthorization {
            client_id: grant.value.client_id.clone(),
            owner: grant.value.subject.clone(),
            consents: [].into(),
            epoch: 3,
            attempt: "seen".into(),
            since: None,
            grants: more
                .iter()
                .map(|(grant, until)| listed(grant, *until))
                .chain([listed(&grant.value, at(100))])
                .collect(),
        }
    }

    #[test]
    fn one_token_at_a_time_ends_what_was_granted_before_and_leaves_later_grants_alone() {
        let other = |id: u8, issued_at, spkey: &str| {
            let services = vec![crate::protocol::Spkey::parse(spkey).unwrap()];
            let id = crate::model::GrantKey::of_id(&[id; 16]);
            Grant { id, issued_at, services, ..granted().0.value }
        };
        let revoked = Grant { revoked_at: Some(at(1)), ..other(3, at(0), "spkey-o") };
        let grants = [other(1, at(0), "spkey-o"), other(9, at(1), "spkey-o"), other(2, at(0), "spkey-i"), revoked];
        let sibling = |grant: &Grant| Sibling {
            id: grant.id.clone(),
            since: grant.issued_at,
            services: Some(grant.services.clone()),
            is_revoked: grant.revoked_at.is_some(),
        };
        let siblings = Vec::from_iter(grants.iter().map(sibling));
        let (mut facts, code) = facts(|_, service| service.oauth.allow_multiple_tokens = false);
        let authorization = Some(list(&grants.iter().map(|grant| (grant, at(100))).collect::<Vec<_>>()));
        facts.place = Place::Listed { authorization, siblings: siblings.clone() };
        let changes = decided((facts, code), &proven(), &RIGHT, at(2)).unwrap().issued().changes;
        let [Change::List { listing, .. }, Change::Advance { .. }, Change::Revoke { id, .. }] = changes.as_slice()
        else {
            panic!("{changes:?}")
        };
        assert_eq!(id, &siblings[0].id);
        assert!(listing.epoch == Some(3) && listing.leaving.iter().eq([siblings[3].id.as_str()]), "{listing:?}");
    }

    #[test]
    fn a_grant_that_is_to_live_longer_is_listed_for_longer_first_and_refused_once_it_is_unlisted() {
        let listed = |authorization| {
            let (mut facts, code) = facts(|grant, _| grant.listed_until = Some(at(100)));
            facts.place = Place::Listed { authorization, siblings: Vec::new() };
            decided((facts, code), &proven(), &RIGHT, at(2))
        };
        let changes = listed(Some(list(&[]))).unwrap().issued().changes;
        let [Change::List { listing, .. }, Change::Advance { grant, .. }] = changes.as_slice() else {
            panic!("{changes:?}")
        };
        assert_eq!(grant.listed_until, Some(listing.listed.until));
        assert!(listing.listed.until >= grant.ends_at());
        refused(listed(Some(OwnerAuthorization { grants: [].into(), ..list(&[]) })));
        refused(listed(None));
    }

    #[test]
    fn nothing_of_a_grant_outlives_its_place_in_the_list() {
        let facts = facts(|grant, _| grant.listed_until = Some(at(100)));
        let issued = decided(facts, &proven(), &RIGHT, at(2)).unwrap().issued();
        assert_eq!(advanced(&issued.changes).value.ends_at(), at(100));
        assert_eq!(issued.answer.expires_in, 98);
    }
}
