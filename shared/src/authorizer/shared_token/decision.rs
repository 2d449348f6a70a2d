//! Whether a token opens a service, and what of it: a plain function of the call, the facts and the time.

use std::borrow::Cow;

use super::{SharedTokenFacts, bearer, forwarding::with_forwarded_headers};
use crate::{
    authorizer::{
        Allow, Authorization, Call, Context, Decision, Opening, Outcome, Reason, Refusal, Trace,
        context::{TOO_LARGE, TOO_MUCH},
        scopes::opening,
        spoofing::{MISSPELLED, SPOOFED, evades_blocking, is_spoofed, with_blocked_authorization},
    },
    env::Env,
    model::{AccessToken, Authorizer, Grant, ServiceDefinition, SharedToken, SharedTokenPolicy, TokenFault},
    protocol::{Secret, Spkey},
};

/// A token that is valid, and the service that it is valid under.
pub(super) struct Valid<'a> {
    pub(super) presented: &'a Secret,
    pub(super) grant: &'a Grant,
    pub(super) token: &'a AccessToken,
    issued_for: &'a Spkey,
}

/// The verdict.
pub(super) fn decide(call: &Call, facts: &SharedTokenFacts, env: &Env<'_>) -> Outcome {
    let called = &facts.called;
    let mut trace = Trace { spkey: Some(called.spkey.to_string()), ..Trace::default() };
    let Authorizer::SharedToken(policy) = &called.authorizer else {
        return failed(trace, "the service is not guarded by the shared-token authorizer");
    };
    let authorization = call.authorization();
    if let Some(refusal) = malformed(call, &authorization, called, policy) {
        let reason = Reason::InvalidRequest(refusal.description);
        return Outcome::new(Decision::Deny(refusal), trace, reason);
    }
    let issuers = match issuers(facts, policy) {
        Ok(issuers) => issuers,
        Err(text) => return failed(trace, text),
    };
    name_grant(&mut trace, facts);
    let presented = presented(call, &authorization);
    let valid = match presented.and_then(|presented| valid(presented, facts, &issuers, env)) {
        Ok(valid) => valid,
        Err(reason) => return Outcome::new(Decision::Unauthenticated, trace, reason),
    };
    trace.token_spkey = Some(valid.issued_for.to_string());
    if policy.require_client_on_service && !allows(facts, &called.spkey) {
        let reason = TokenFault::ClientNotAllowed { spkey: called.spkey.clone() }.into();
        return Outcome::new(Decision::Unauthenticated, trace, reason);
    }
    admit(call, called, policy, &valid, trace)
}

/// What could be read in two ways is refused before anybody asks for whom.
fn malformed(
    call: &Call,
    authorization: &Authorization,
    called: &ServiceDefinition,
    policy: &SharedTokenPolicy,
) -> Option<Refusal> {
    let refuse = |text| Some(Refusal::invalid_request(called, text));
    if matches!(authorization, Authorization::Repeated) {
        return refuse("Authorization is given more than once");
    }
    if evades_blocking(call, called) {
        return refuse(MISSPELLED);
    }
    if policy.forwarded_headers.iter().any(|forwarded| is_spoofed(call, &policy.header(*forwarded), true)) {
        return refuse(SPOOFED);
    }
    None
}

/// The services whose tokens count: X alone, Y's own too where it says so, or Y alone.
fn issuers<'a>(facts: &'a SharedTokenFacts, policy: &SharedTokenPolicy) -> Result<Vec<&'a ServiceDefinition>, String> {
    let SharedToken::IssuedBy { spkey, accept_own_tokens } = &policy.tokens else { return Ok(vec![&facts.called]) };
    let Some(shared) = &facts.shared else {
        return Err(format!("shared_token_spkey names {spkey}, and there is no such service"));
    };
    if matches!(shared.authorizer, Authorizer::Introspection(_)) {
        return Err(format!("shared_token_spkey names {spkey}, whose tokens another server issues"));
    }
    let own = accept_own_tokens.then_some(&*facts.called);
    Ok(std::iter::once(&**shared).chain(own).collect())
}

/// The token, unless it stands in the URL.
fn presented<'a>(call: &Call, authorization: &'a Authorization) -> Result<&'a Secret, Reason> {
    if call.query("access_token").next().is_some() {
        return Err(Reason::TokenInUrl);
    }
    bearer(authorization).ok_or(Reason::NoBearerToken)
}

fn valid<'a>(
    presented: &'a Secret,
    facts: &'a SharedTokenFacts,
    issuers: &[&'a ServiceDefinition],
    env: &Env<'_>,
) -> Result<Valid<'a>, Reason> {
    let grant = facts.grant.as_ref().ok_or(TokenFault::Unknown)?;
    let token = grant.live_token(&presented.digest(), env.now)?;
    let issuer = issuers.iter().find(|service| grant.services.contains(&service.spkey));
    let issuer = issuer.ok_or_else(|| Reason::WrongService { services: grant.services.clone() })?;
    if let Some(service) = [issuer, &&*facts.called].into_iter().find(|service| !service.enabled) {
        return Err(TokenFault::ServiceDisabled { spkey: service.spkey.clone() }.into());
    }
    let client = facts.client.as_ref().ok_or(TokenFault::ClientGone)?;
    if !client.value.is_enabled() {
        return Err(TokenFault::ClientDisabled.into());
    }
    if !allows(facts, &issuer.spkey) {
        return Err(TokenFault::ClientNotAllowed { spkey: issuer.spkey.clone() }.into());
    }
    Ok(Valid { presented, grant, token, issued_for: &issuer.spkey })
}

fn allows(facts: &SharedTokenFacts, spkey: &Spkey) -> bool {
    facts.client.as_ref().is_some_and(|client| client.value.services.contains(spkey))
}

fn admit(
    call: &Call,
    called: &ServiceDefinition,
    policy: &SharedTokenPolicy,
    valid: &Valid<'_>,
    trace: Trace,
) -> Outcome {
    let (opening, refusal) = match opening(called, valid.grant.scope_of(valid.token), call) {
        Ok(opening) => opening,
        Err(refusal) => {
            let reason = refusal.reason();
            return Outcome::new(Decision::Deny(refusal), trace, reason);
        }
    };
    let reason = match (&opening, &refusal) {
        (Opening::Api { permits_this_call: false, .. }, Some(refusal)) => refusal.reason(),
        _ => Reason::ValidToken,
    };
    let Some(mut context) = with_forwarded_headers(context(call, called, valid), policy, valid) else {
        let refusal = Refusal::invalid_request(called, TOO_LARGE);
        return Outcome::new(Decision::Deny(refusal), trace, Reason::InvalidRequest(TOO_LARGE));
    };
    if let Some(refusal) = &refusal {
        context = context.with_refusal(refusal);
    }
    let usage_key = called.usage_plan.then(|| Secret::new(valid.grant.client_id.to_string()));
    let principal = valid.grant.subject.to_string();
    let allow = Allow { principal, context, opening, usage_key };
    if !allow.fits() {
        let refusal = Refusal::invalid_request(called, TOO_MUCH);
        return Outcome::new(Decision::Deny(refusal), trace, Reason::InvalidRequest(TOO_MUCH));
    }
    Outcome::new(Decision::Allow(allow), trace, reason)
}

fn context(call: &Call, called: &ServiceDefinition, valid: &Valid<'_>) -> Context {
    with_blocked_authorization(Context::default(), call, called)
        .with("spkey", called.spkey.as_str())
        .with("token_spkey", valid.issued_for.as_str())
        .with("client_id", valid.grant.client_id.as_str())
        .with("application", valid.grant.application.as_str())
        .with("sub", valid.grant.subject.as_str())
        .with("scope", valid.grant.scope_of(valid.token).to_string())
        .with("token_exp", valid.token.expires_at.to_string())
}

fn name_grant(trace: &mut Trace, facts: &SharedTokenFacts) {
    if let Some(grant) = &facts.grant {
        trace.client_id = Some(grant.client_id.to_string());
        trace.application = Some(grant.application.to_string());
        trace.sub = Some(grant.subject.to_string());
    }
}

fn failed(trace: Trace, reason: impl Into<Cow<'static, str>>) -> Outcome {
    Outcome::new(Decision::Failed, trace, Reason::ConfigFailure(reason.into()))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use super::*;
    use crate::{
        authorizer::{MethodArn, NamedBy, Shape},
        env::testing::{NOW, env},
        model::{
            ForwardedHeader, GrantKey, Methods, PathPattern, ScopeNeed, ScopeRule,
            samples::{client, with_scopes},
        },
        protocol::{Digest, GrantType, Scope},
        store::Stored,
    };

    const TOKEN: &str = "the-token";

    /// The policy of a service.
    fn policy(service: &mut ServiceDefinition) -> &mut SharedTokenPolicy {
        match &mut service.authorizer {
            Authorizer::SharedToken(policy) => policy,
            other => panic!("{other:?}"),
        }
    }

    /// Service `y`, which takes the tokens of `x`, and a live token for `x`.
    fn facts(change: impl FnOnce(&mut ServiceDefinition, &mut ServiceDefinition, &mut Grant)) -> SharedTokenFacts {
        let (mut x, mut y) = (with_scopes("x", "orders", &["read"]), with_scopes("y", "invoices", &[]));
        let spkey = x.spkey.clone();
        policy(&mut y).tokens = SharedToken::IssuedBy { spkey: spkey.clone(), accept_own_tokens: false };
        let client = client(&["x"], None);
        let token =
            AccessToken { digest: Digest::of(TOKEN.as_bytes()), issued_at: NOW, expires_at: NOW.plus(60), scope: None };
        let mut grant = Grant {
            id: GrantKey::of_id(&[1; 16]),
            grant_type: GrantType::ClientCredentials,
            client_id: client.client_id.clone(),
            application: client.application.clone(),
            subject: (&client.client_id).into(),
            services: vec![spkey],
            scope: Scope::parse("read").unwrap(),
            issued_at: NOW,
            revoked_at: None,
            listed_until: None,
            code: None,
            refresh_tokens: None,
            access_tokens: vec![token],
        };
        change(&mut x, &mut y, &mut grant);
        SharedTokenFacts {
            called: Arc::new(y),
            named_by: NamedBy::StageVariable,
            shared: Some(Arc::new(x)),
            grant: Some(grant),
            client: Some(Arc::new(Stored { value: client, revision: 1 })),
        }
    }

    fn call(headers: &[(&str, &str)]) -> Call {
        Call {
            shape: Shape::Rest,
            target: MethodArn::parse("arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/live/GET/items").unwrap(),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            query: Vec::new(),
            stage_variables: BTreeMap::new(),
            request_id: String::new(),
            xray_trace_id: None,
        }
    }

    fn decided(facts: &SharedTokenFacts) -> Outcome {
        decide(&call(&[("Authorization", "Bearer the-token")]), facts, &env())
    }

    #[track_caller]
    fn allowed(facts: &SharedTokenFacts) -> Allow {
        match decided(facts).decision {
            Decision::Allow(allow) => allow,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn unauthenticated(facts: &SharedTokenFacts) -> Reason {
        let outcome = decided(facts);
        assert!(matches!(outcome.decision, Decision::Unauthenticated), "{outcome:?}");
        outcome.reason
    }

    #[test]
    fn z12_a_token_of_x_opens_y_and_both_are_named() {
        let allow = allowed(&facts(|_, _, _| {}));
        assert_eq!((allow.context.get("spkey"), allow.context.get("token_spkey")), (Some("y"), Some("x")));
        assert_eq!(allow.principal, "s6BhdRkqt3");
    }

    #[test]
    fn z12_a_token_of_y_itself_opens_y_only_where_y_says_so() {
        let own = |accept: bool| {
            facts(|x, y, grant| {
                grant.services = vec![y.spkey.clone()];
                policy(y).tokens = SharedToken::IssuedBy { spkey: x.spkey.clone(), accept_own_tokens: accept };
            })
        };
        let y = || Spkey::parse("y").unwrap();
        assert_eq!(unauthenticated(&own(false)), Reason::WrongService { services: vec![y()] });
        assert_eq!(unauthenticated(&own(true)), TokenFault::ClientNotAllowed { spkey: y() }.into());
    }

    #[test]
    fn z2_x_decides_whether_the_token_is_valid() {
        let x = Spkey::parse("x").unwrap();
        let disabled = facts(|x, _, _| x.enabled = false);
        assert_eq!(unauthenticated(&disabled), TokenFault::ServiceDisabled { spkey: x }.into());
        let expired = facts(|_, _, grant| grant.access_tokens[0].expires_at = NOW);
        assert_eq!(unauthenticated(&expired), TokenFault::Expired { at: NOW }.into());
        let revoked = facts(|_, _, grant| grant.revoked_at = Some(NOW));
        assert_eq!(unauthenticated(&revoked), TokenFault::Revoked { at: NOW }.into());
    }

    #[test]
    fn a_missing_shared_service_is_a_failure_and_never_a_verdict() {
        let gone = SharedTokenFacts { shared: None, ..facts(|_, _, _| {}) };
        assert!(matches!(decided(&gone).decision, Decision::Failed));
        let foreign = facts(|x, _, _| x.authorizer = crate::model::samples::travel().authorizer);
        assert!(matches!(decided(&foreign).decision, Decision::Failed));
    }

    #[test]
    fn y_may_ask_that_the_client_is_allowed_on_it_too() {
        let strict = facts(|_, y, _| policy(y).require_client_on_service = true);
        assert_eq!(unauthenticated(&strict), TokenFault::ClientNotAllowed { spkey: Spkey::parse("y").unwrap() }.into());
    }

    #[test]
    fn z1_no_bearer_token_proves_nothing() {
        for headers in [&[][..], &[("Authorization", "Basic abc")], &[("Authorization", "Bearer ")]] {
            let outcome = decide(&call(headers), &facts(|_, _, _| {}), &env());
            assert!(matches!(outcome.decision, Decision::Unauthenticated), "{headers:?}");
        }
    }

    #[test]
    fn z3_y_decides_which_scopes_a_call_needs() {
        let needing = |scope: &str| {
            let rule = ScopeRule {
                methods: Methods::Any,
                path: PathPattern::parse("/**").unwrap(),
                need: ScopeNeed::All(Scope::parse(scope).unwrap()),
            };
            facts(|_, y, _| y.required_scopes = vec![rule])
        };
        assert!(matches!(allowed(&needing("read")).opening, Opening::Api { permits_this_call: true, .. }));
        let shut = allowed(&needing("pay"));
        assert!(matches!(shut.opening, Opening::Api { permits_this_call: false, .. }));
        let challenge = r#"Bearer realm="invoices", error="insufficient_scope", scope="pay""#;
        assert_eq!(shut.context.get("tg_challenge"), Some(challenge));
    }

    #[test]
    fn z9_a_forwarded_header_is_never_empty() {
        let silent = facts(|_, y, grant| {
            policy(y).forwarded_headers = ForwardedHeader::ALL.to_vec();
            grant.access_tokens[0].scope = Some(Scope::default());
        });
        let allow = allowed(&silent);
        assert_eq!(allow.context.get("h_x_tollgate_oauth_scope"), Some("-"));
        assert_eq!(allow.context.get("h_x_tollgate_oauth_access_token"), Some(TOKEN));
        assert_eq!(allow.context.get("h_x_tollgate_oauth_user_context"), Some("s6BhdRkqt3"));
    }

    #[test]
    fn a_token_that_says_more_than_8_kb_hold_is_refused() {
        let saying = |bytes: usize| {
            facts(|_, y, grant| {
                policy(y).forwarded_headers = ForwardedHeader::ALL.to_vec();
                grant.scope = Scope::parse(&"s".repeat(bytes)).unwrap();
            })
        };
        assert!(matches!(decided(&saying(1_024)).decision, Decision::Allow(_)));
        let outcome = decided(&saying(3_900));
        assert!(matches!(&outcome.decision, Decision::Deny(refusal) if refusal.description == TOO_MUCH), "{outcome:?}");
    }

    #[test]
    fn m21_no_trace_holds_the_token() {
        for facts in [facts(|_, _, _| {}), facts(|_, _, grant| grant.revoked_at = Some(NOW))] {
            let outcome = decided(&facts);
            assert!(!format!("{:?} {:?}", outcome.reason, outcome.trace).contains(TOKEN));
        }
    }
}
