//! What a token is for, as tables.

use super::*;
use crate::model::{
    AbsoluteUri,
    samples::{client, with_scopes},
};

fn services() -> Vec<Arc<ServiceDefinition>> {
    let orders = with_scopes("spkey-o", "orders", &["+read", "write", "admin"]);
    let invoices = with_scopes("spkey-i", "invoices", &["read", "+pay"]);
    vec![Arc::new(orders), Arc::new(invoices)]
}

/// Service and scope, or the error's name and description.
fn resolved(scope: &str, resources: &[&str], allowed: Option<&str>) -> Result<(String, String), (ErrorCode, String)> {
    let client = client(&["spkey-o", "spkey-i"], allowed);
    let resources: Vec<String> = resources.iter().map(ToString::to_string).collect();
    resolve(&client, &services(), (&resources, &Scope::parse(scope).unwrap()), Breadth::One)
        .map(|target| (target.first.name.to_string(), target.scope.to_string()))
        .map_err(OAuthError::from)
        .map_err(|error| (error.code, error.description.into_owned()))
}

fn fits(service: &str, scope: &str) -> Result<(String, String), (ErrorCode, String)> {
    Ok((service.into(), scope.into()))
}

#[test]
fn m11_the_resource_names_the_service() {
    assert_eq!(resolved("", &["urn:tollgate:service:spkey-i"], None), fits("invoices", "pay"));
    assert_eq!(resolved("read", &["urn:tollgate:service:spkey-i"], None), fits("invoices", "read"));
}

#[test]
fn m11_an_unknown_resource_and_two_resources_are_invalid_targets_that_list_what_fits() {
    for resources in [&["https://nowhere"][..], &["urn:tollgate:service:spkey-i", "urn:tollgate:service:spkey-o"]] {
        let (code, text) = resolved("", resources, None).unwrap_err();
        assert_eq!(code, ErrorCode::InvalidTarget);
        assert!(text.contains("urn:tollgate:service:spkey-o (orders)"), "{text}");
    }
}

#[test]
fn who_has_not_proven_to_be_the_client_does_not_learn_its_services() {
    let client = client(&["spkey-o", "spkey-i"], None);
    for (resource, scope) in [(Some("https://nowhere"), ""), (None, "read")] {
        let resources: Vec<String> = resource.into_iter().map(str::to_owned).collect();
        let unresolved =
            resolve(&client, &services(), (&resources, &Scope::parse(scope).unwrap()), Breadth::One).unwrap_err();
        let error = unresolved.told_to_anybody();
        assert_eq!(error.code, ErrorCode::InvalidTarget);
        assert!(!error.description.contains("orders") && !error.description.contains("spkey"), "{error:?}");
        assert!(error.reason.unwrap().contains("urn:tollgate:service:spkey-o (orders)"));
    }
}

#[test]
fn without_a_resource_the_scopes_tell_the_service() {
    assert_eq!(resolved("write", &[], None), fits("orders", "write"));
    assert_eq!(resolved("pay read", &[], None), fits("invoices", "pay read"));
    assert_eq!(resolved("invoices", &[], None), fits("invoices", "invoices"));
}

#[test]
fn a_doubt_and_scopes_of_two_services_are_invalid_targets() {
    for scope in ["", "read", "write pay"] {
        assert_eq!(resolved(scope, &[], None).unwrap_err().0, ErrorCode::InvalidTarget, "{scope}");
    }
}

#[test]
fn t13_a_scope_beyond_the_clients_own_is_refused() {
    assert_eq!(resolved("write", &[], Some("read write")), fits("orders", "write"));
    for scope in ["admin", "orders", "nothing", "write nothing"] {
        assert_eq!(resolved(scope, &[], Some("read write")).unwrap_err().0, ErrorCode::InvalidScope, "{scope}");
    }
}

#[test]
fn t13_any_drops_what_is_unregistered_unless_nothing_is_left() {
    let mut orders = with_scopes("spkey-o", "orders", &["read"]);
    orders.oauth.scope_match = ScopeMatch::Any;
    let any = |scope: &str| {
        let scope = Scope::parse(scope).unwrap();
        resolve(&client(&["spkey-o"], None), &[Arc::new(orders.clone())], (&[], &scope), Breadth::One)
            .map(|t| t.scope.to_string())
    };
    assert_eq!(any("read nothing").unwrap(), "read");
    let refused = Scope::parse("nothing").unwrap();
    assert_eq!(any("nothing").unwrap_err(), Unresolved::Scope { why: NO_SCOPE, refused });
}

#[test]
fn defaults_are_given_as_far_as_the_client_may_have_them() {
    let only = [Arc::new(with_scopes("spkey-o", "orders", &["+read", "+write", "admin"]))];
    let given = |allowed| {
        let client = client(&["spkey-o"], allowed);
        resolve(&client, &only, (&[], &Scope::default()), Breadth::One).unwrap().scope.to_string()
    };
    assert_eq!(given(None), "read write");
    assert_eq!(given(Some("write admin")), "write");
    assert_eq!(given(Some("admin")), "");
}

#[test]
fn a_service_that_is_switched_off_gets_no_tokens() {
    let off = ServiceDefinition { enabled: false, ..with_scopes("spkey-o", "orders", &[]) };
    for breadth in [Breadth::One, Breadth::Several(GrantType::ClientCredentials)] {
        let client = client(&["spkey-o"], None);
        let error = resolve(&client, &[Arc::new(off.clone())], (&[], &Scope::default()), breadth).unwrap_err();
        assert_eq!(OAuthError::from(error).code, ErrorCode::NoService);
    }
}

#[test]
fn what_fits_is_named_as_the_operator_names_it() {
    let resource = Some(AbsoluteUri::parse("https://api.example/orders").unwrap());
    let orders = ServiceDefinition { resource, ..with_scopes("spkey-o", "orders", &[]) };
    let elsewhere = ["https://nowhere".to_owned()];
    let error =
        resolve(&client(&["spkey-o"], None), &[Arc::new(orders)], (&elsewhere, &Scope::default()), Breadth::One);
    let text = OAuthError::from(error.unwrap_err()).description;
    assert!(text.ends_with("these fit: https://api.example/orders (orders)"), "{text}");
}

#[test]
fn the_log_and_the_client_learn_which_scope_is_refused_and_whoever_made_a_link_writes_nothing() {
    let refused = |scope: &str| {
        let scope = Scope::parse(scope).unwrap();
        resolve(&client(&["spkey-o", "spkey-i"], None), &services(), (&[], &scope), Breadth::One).unwrap_err()
    };
    let (told, anybody) = (OAuthError::from(refused("write nothing")), refused("write nothing").told_to_anybody());
    assert_eq!(told.description, "the scope nothing is unknown or beyond what this client may ask for");
    assert!(!anybody.description.contains("nothing"), "{anybody:?}");
    for error in [told, anybody] {
        assert!(error.reason.unwrap().starts_with("the scope nothing: a scope of the request is not declared"));
    }
    let many: String = (0..9).map(|at| format!(" {at}{}", "x".repeat(100))).collect();
    let many = OAuthError::from(refused(many.trim())).description;
    assert!(many.contains(" and 4 more is unknown") && many.len() < 500, "{many}");
    for openid in [OAuthError::from(refused("write openid")), refused("write openid").told_to_anybody()] {
        assert!(openid.description.contains(NO_OPENID) && openid.reason.unwrap().contains(NO_OPENID));
    }
}

#[test]
fn an_older_products_token_is_for_every_service_that_its_scopes_belong_to() {
    let several = |scope: &str, allowed| {
        let client = client(&["spkey-o", "spkey-i"], allowed);
        resolve(
            &client,
            &services(),
            (&[], &Scope::parse(scope).unwrap()),
            Breadth::Several(GrantType::ClientCredentials),
        )
        .map(|target| {
            let names: Vec<_> = target.services().map(|service| service.name.to_string()).collect();
            (names.join(" "), target.scope.to_string())
        })
        .map_err(|error| OAuthError::from(error).code)
    };
    let gives = |services: &str, scope: &str| Ok((services.to_owned(), scope.to_owned()));
    assert_eq!(several("write pay", None), gives("orders invoices", "write pay"));
    assert_eq!(several("read", None), gives("orders invoices", "read"));
    assert_eq!(several("write", None), gives("orders", "write"));
    assert_eq!(several("", None), gives("orders invoices", "read pay"));
    assert_eq!(several("", Some("pay")), gives("orders invoices", "pay"));
    assert_eq!(several("write nothing", None), Err(ErrorCode::InvalidScope));
    assert_eq!(several("write", Some("pay")), Err(ErrorCode::InvalidScope));
}
