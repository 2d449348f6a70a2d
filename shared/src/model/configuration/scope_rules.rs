//! `required_scopes`: which calls need which scopes, and whether the answer that says so fits into API Gateway.

use super::{
    decode::{Field, Object},
    open_methods,
    profile::{refuse_long_scope, scope_word},
    report::Placed,
};
use crate::{
    model::{
        MAX_DENY_BYTES, MAX_REFUSED_CALL_BYTES, MAX_RESOURCE_BYTES, Methods, PathPattern, ScopeNeed, ScopeRule,
        UNSAFE_PATHS,
    },
    protocol::Scope,
};

/// Reads the rules of a service.
pub(super) fn read(service: &Object<'_>, methods: &Methods) -> Vec<Placed<ScopeRule>> {
    let Some(field) = service.member("required_scopes") else { return Vec::new() };
    let rules = field.items(rule).unwrap_or_default();
    let values: Vec<&ScopeRule> = rules.iter().map(|rule| &rule.value).collect();
    refuse_long_answer(&field, &values);
    let words: Scope = values.iter().flat_map(|rule| rule.need.scopes().iter().cloned()).collect();
    refuse_long_scope(&field, &words);
    if let Some(open) = open_methods::listed(&values, methods) {
        let found = format!("rules that leave {open} to every valid token");
        field.findings.warning(
            &field.place,
            found,
            "a rule for these as well, or `methods` of the service without them",
        );
    }
    rules
}

fn refuse_long_answer(field: &Field<'_>, rules: &[&ScopeRule]) {
    let bytes: usize = rules.iter().flat_map(|rule| rule.resources()).map(|path| resource_length(&path) + JSON).sum();
    let most = MAX_DENY_BYTES - REFUSED_BYTES;
    if bytes > most {
        let found = format!("rules that need {bytes} bytes in an authorizer's answer");
        field.refuse::<()>(&found, &format!("at most {most}: fewer rules, fewer methods in each, or shorter paths"));
    }
}

/// The methods of a service or a rule.
pub(super) fn methods(field: &Field<'_>) -> Option<Methods> {
    let expected = format!("one of {}", Methods::KNOWN.join(", "));
    let list = field.items(|item| item.parsed(&expected, |name| Methods::parse_one(name).ok_or(())))?;
    if list.is_empty() {
        return field.refuse("no usable method", "at least one method, or no such member for every method");
    }
    Some(Methods::Only(list))
}

fn rule(field: &Field<'_>) -> Option<Placed<ScopeRule>> {
    let object = field.object()?;
    let methods = object.read("methods", Methods::Any, methods);
    let path = object.required("path", PathPattern::EXPECTED);
    let pattern = path.as_ref().and_then(|field| field.parsed(PathPattern::EXPECTED, PathPattern::parse));
    let (all, any) = (object.member("all"), object.member("any"));
    let need = match (all, any) {
        (Some(all), None) => words(&all).map(ScopeNeed::All),
        (None, Some(any)) => words(&any).map(ScopeNeed::Any),
        (Some(_), Some(_)) => field.refuse("both all and any", "one of the two"),
        (None, None) => field.refuse("neither all nor any", "all: or any: with a list of scopes"),
    };
    object.close();
    let rule = ScopeRule { methods, path: pattern?, need: need? };
    let longest = rule.resources().iter().map(|path| resource_length(path)).max().unwrap_or_default();
    if longest > MAX_RESOURCE_BYTES {
        let most = MAX_RESOURCE_BYTES - ARN_PREFIX_CHARACTERS;
        return path?.refuse(
            &format!("a path of {} characters", rule.path.as_str().len()),
            &format!("at most {most} with its method"),
        );
    }
    Some(path?.placed(rule))
}

fn words(field: &Field<'_>) -> Option<Scope> {
    let words = field.items(scope_word)?;
    if words.is_empty() {
        field.refuse("no usable scope", "at least one scope")
    } else {
        Some(words.into_iter().collect())
    }
}

fn resource_length(path: &str) -> usize {
    ARN_PREFIX_CHARACTERS + path.len()
}

/// Room for `arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:a1b2c3d4e5`.
const API_ARN_CHARACTERS: usize = 65;

/// Room for the ARN of an API and a stage of 34 characters.
const ARN_PREFIX_CHARACTERS: usize = API_ARN_CHARACTERS + 35;

/// An answer of a service with scope rules also denies the spellings of paths that could be read in two ways, and the very
/// call that it refuses.
const REFUSED_BYTES: usize = UNSAFE_PATHS.len() * (API_ARN_CHARACTERS + 8 + JSON) + MAX_REFUSED_CALL_BYTES + JSON;

/// Quotation marks and comma of one resource.
const JSON: usize = 3;
