//! An entry of `services`.

use serde_json::{Map, Value, json};

use super::{
    guard,
    members::{Members, word},
};
use crate::{
    model::{
        AccessTokenPolicy, Authorizer, Methods, RefreshTokenPolicy, ScopeNeed, ScopeRule, SecurityProfile,
        ServiceDefinition, ServiceScope,
        configuration::{
            profile::{FORMATS, PKCE, REFRESH, SCOPE_MATCH},
            service::RESPONSE_FORMATS,
        },
    },
    protocol::ScopeToken,
};

/// An entry of `services`.
pub fn service(definition: &ServiceDefinition) -> Map<String, Value> {
    let mut members = Members::default();
    members.put("spkey", definition.spkey.as_str());
    members.put("name", definition.name.as_str());
    members.unless("enabled", definition.enabled, true);
    members.put("base_path", definition.base_path.to_string());
    members.put("backend", definition.backend.as_str());
    if let Some(resource) = &definition.resource {
        members.put("resource", resource.as_str());
    }
    methods(&mut members, &definition.methods);
    guard::put(&mut members, &definition.authorizer);
    members.unless("authorizer_ttl", definition.authorizer_ttl, 0);
    members.list("apis", definition.apis.iter().map(|api| json!({ "id": api.id })).collect());
    profile(&mut members, &definition.oauth);
    if !matches!(definition.authorizer, Authorizer::Introspection(_)) {
        members.list("required_scopes", definition.required_scopes.iter().map(rule).collect());
    }
    members.unless("usage_plan", definition.usage_plan, false);
    members.list("cors_origins", definition.cors_origins.iter().map(|origin| origin.as_str().into()).collect());
    if let Some(link) = &definition.vpc_link {
        members.put("vpc_link", link.as_str());
    }
    let format = |value| word(&RESPONSE_FORMATS, value);
    members.unless("mediator_default_format", format(&definition.mediator_default_format), RESPONSE_FORMATS[0].0);
    members.finish()
}

fn methods(members: &mut Members, methods: &Methods) {
    if let Methods::Only(list) = methods {
        members.put("methods", list.iter().map(http::Method::as_str).collect::<Vec<_>>());
    }
}

fn profile(members: &mut Members, profile: &SecurityProfile) {
    let default = SecurityProfile::default();
    if profile.grant_types != default.grant_types {
        members.put("grant_types", profile.grant_types.iter().map(|grant| grant.as_str()).collect::<Vec<_>>());
    }
    members.mapping("access_token", access_token(&profile.access_token));
    members.mapping("refresh_token", refresh_token(&profile.refresh_token));
    if profile.authorization_code_ttl != default.authorization_code_ttl {
        members.put("authorization_code", json!({ "ttl": profile.authorization_code_ttl }));
    }
    members.unless("pkce", word(&PKCE, &profile.pkce), word(&PKCE, &default.pkce));
    members.unless("skip_consent", profile.skip_consent, default.skip_consent);
    members.unless("allow_multiple_tokens", profile.allow_multiple_tokens, default.allow_multiple_tokens);
    members.unless("revoke_access_on_refresh", profile.revoke_access_on_refresh, default.revoke_access_on_refresh);
    let scope = |declared| scope(declared, profile.scope_descriptions.of(declared.name.as_str()));
    members.list("scopes", profile.scopes.iter().map(scope).collect());
    members.unless("scope_match", word(&SCOPE_MATCH, &profile.scope_match), word(&SCOPE_MATCH, &default.scope_match));
    if !profile.token_metadata.is_empty() {
        members.put("token_metadata", json!(profile.token_metadata));
    }
}

fn access_token(policy: &AccessTokenPolicy) -> Members {
    let default = AccessTokenPolicy::default();
    let mut members = Members::default();
    members.unless("ttl", policy.ttl, default.ttl);
    members.unless("format", word(&FORMATS, &policy.format), word(&FORMATS, &default.format));
    members
}

fn refresh_token(policy: &RefreshTokenPolicy) -> Members {
    let default = RefreshTokenPolicy::default();
    let mut members = Members::default();
    members.unless("policy", word(&REFRESH, &policy.policy), word(&REFRESH, &default.policy));
    members.unless("ttl", policy.ttl, default.ttl);
    members.unless("max_ttl", policy.max_ttl, default.max_ttl);
    members.unless("retry_window", policy.retry_window, default.retry_window);
    members
}

fn scope(scope: &ServiceScope, description: Option<&str>) -> Value {
    let mut members = Members::default();
    members.put("name", scope.name.as_str());
    members.text("description", description);
    members.unless("default", scope.default, false);
    members.finish().into()
}

fn rule(rule: &ScopeRule) -> Value {
    let mut members = Members::default();
    methods(&mut members, &rule.methods);
    members.put("path", rule.path.as_str());
    let need = match &rule.need {
        ScopeNeed::All(_) => "all",
        ScopeNeed::Any(_) => "any",
    };
    members.put(need, rule.need.scopes().iter().map(ScopeToken::as_str).collect::<Vec<_>>());
    members.finish().into()
}
