//! Members that every service has, and what must hold between services.

use super::*;
use crate::model::Methods;

#[test]
fn only_name_base_path_and_backend_are_required() {
    let report = mistakes("services: [{}]");
    let found: Vec<&str> = report.iter().filter_map(|line| line.split("found ").nth(1)?.split(',').next()).collect();
    assert_eq!(found, ["no name", "no base_path", "no backend"]);
    assert_eq!(mistakes("services: [{ name: a, base_path: /, backend: http://127.0.0.1:1 }]"), Vec::<String>::new());
}

#[test]
fn an_omitted_spkey_stays_open() {
    let configuration = configuration("services: [{ name: a, base_path: /, backend: http://127.0.0.1:1 }]");
    assert_eq!(configuration.services[0].spkey, None);
}

#[test]
fn every_setting_reaches_the_definition() {
    let definition = definition(&service(
        "enabled: false\nforward_authorization: true\nresource: urn:a\nmethods: [GET]\nauthorizer_ttl: 30\napis: [{ id: a1b2c3d4e5 }]\n\
         grant_types: [password]\naccess_token: { ttl: 60, format: alnum24, type: bearer }\n\
         refresh_token: { policy: preserve, ttl: 10, max_ttl: 20, retry_window: 0 }\nauthorization_code: { ttl: 30 }\n\
         pkce: public_only\nskip_consent: true\nallow_multiple_tokens: false\nrevoke_access_on_refresh: true\n\
         scope_match: any\ntoken_metadata: { Department: HR }\nusage_plan: true\ncors_origins: [https://app.example.com]\n\
         vpc_link: abc123\nmediator_default_format: xml\nrate_limits: ignore",
    ));
    let oauth = &definition.oauth;
    assert!(!definition.enabled && definition.usage_plan && oauth.skip_consent && oauth.revoke_access_on_refresh);
    assert!(!oauth.allow_multiple_tokens);
    assert_eq!(definition.methods, Methods::Only(vec![http::Method::GET]));
    assert_eq!((definition.authorizer_ttl, definition.apis[0].id.as_str()), (30, "a1b2c3d4e5"));
    assert_eq!(oauth.grant_types, [GrantType::Password].into());
    assert_eq!((oauth.access_token.ttl, oauth.access_token.format), (60, TokenFormat::Alnum24));
    assert_eq!(
        (oauth.refresh_token.ttl, oauth.refresh_token.max_ttl, oauth.refresh_token.retry_window),
        (10, Some(20), 0)
    );
    assert_eq!(oauth.authorization_code_ttl, 30);
    assert_eq!(oauth.token_metadata["Department"], "HR");
    assert_eq!(definition.cors_origins, ["https://app.example.com"]);
    assert_eq!(definition.vpc_link.as_deref(), Some("abc123"));
    assert_eq!(definition.mediator_default_format, crate::protocol::ResponseFormat::Xml);
}

#[test]
fn wrong_kinds_and_ranges_say_what_is_expected() {
    for (member, path, found, expected) in [
        ("access_token: { ttl: 0 }", "access_token.ttl", "`0`", "a whole number from 1 to 315360000"),
        ("access_token: { ttl: \"60\" }", "access_token.ttl", "the text `60`", "without quotes"),
        ("access_token: 60", "access_token", "a text or number", "a mapping"),
        ("access_token: { format: opaqe }", "access_token.format", "`opaqe`", "(did you mean opaque?)"),
        ("authorization_code: { ttl: 601 }", "authorization_code.ttl", "`601`", "from 1 to 600"),
        ("authorizer_ttl: 3601", "authorizer_ttl", "`3601`", "from 0 to 3600"),
        ("enabled: yes", "enabled", "`yes`", "true or false"),
        ("methods: [get]", "methods[0]", "`get`", "DELETE, GET"),
        ("methods: []", "methods", "no usable method", "at least one"),
        (
            "grant_types: [client_credential]",
            "grant_types[0]",
            "`client_credential`",
            "(did you mean client_credentials?)",
        ),
        ("apis: [{ id: A }]", "apis[0].id", "`A`", "10 lower-case"),
        ("apis: [a1b2c3d4e5]", "apis[0]", "a text or number", "a mapping"),
        ("backend_timeout: 1", "backend_timeout", "an unknown member", "one of spkey, name"),
        ("rate_limits: { qps: 2 }", "rate_limits", "a mapping", "ignore: this version does not serve"),
        ("cors_origins: [https://a.example/x]", "cors_origins[0]", "`https://a.example/x`", "without a path"),
        ("cors_origins: [https://a.example, https://b.example]", "cors_origins", "2 origins", "at most one"),
        ("vpc_link: a/b", "vpc_link", "`a/b`", "the id of a VPC link"),
        ("token_metadata: { a: [1] }", "token_metadata.a", "a list", "a text"),
        ("scopes: [{ name: 'a b' }]", "scopes[0].name", "`a b`", "a scope"),
        ("scopes: [{ name: a }, { name: a }]", "scopes[1].name", "`a` a second time", "each scope once"),
    ] {
        let text = service(member);
        let report = mistakes(&text);
        let matching = report.iter().any(|line| {
            line.contains(&format!(": services[0].{path}: found {found}, expected")) && line.contains(expected)
        });
        assert!(matching, "{member}: {report:?}");
    }
}

#[test]
fn a_backend_has_no_query() {
    let text = service("").replace("http://127.0.0.1:1", "http://127.0.0.1:1/?a=b");
    assert_mistake(&text, "services[0].backend", "`http://127.0.0.1:1/?…`", "without user information, query");
}

#[test]
fn a_token_without_a_lifetime_lives_3650_days_with_a_warning() {
    let text = service("access_token: { ttl: null }");
    assert_eq!(definition(&text).oauth.access_token.ttl, MAX_LIFETIME);
    assert!(warnings(&text)[0].contains("services[0].access_token.ttl: found null"), "{:?}", warnings(&text));
}

#[test]
fn names_keys_paths_resources_and_apis_stand_once() {
    let second = "- { name: orders, spkey: x1, base_path: /orders, backend: http://h, resource: urn:a, apis: [{ id: a1b2c3d4e5 }] }\n";
    let report = mistakes(&(service("resource: urn:a\napis: [{ id: a1b2c3d4e5 }]") + second));
    let kinds: Vec<&str> = report.iter().map(|line| line.split("expected each ").nth(1).unwrap()).collect();
    assert_eq!(kinds, ["service name once", "spkey once", "base_path once", "resource once", "API once"]);
    assert!(report[0].contains("`orders` a second time (first in line 2)"), "{}", report[0]);
}

#[test]
fn a_services_name_is_no_scope_of_another_service() {
    let text =
        service("") + "- { name: b, base_path: /b, backend: http://h, scopes: [{ name: orders }, { name: b }] }\n";
    assert_mistake(&text, "services[1].scopes[0].name", "`orders`, the name of another service", "another name");
}

#[test]
fn the_scopes_of_a_service_are_described_in_8_kib_together() {
    let scopes = |count: usize, description: &str| {
        let scope = |at: usize| format!("- {{ name: '{at:04}', description: '{description}' }}\n");
        service(&format!("scopes:\n{}", (0..count).map(scope).collect::<String>()))
    };
    let oauth = definition(&scopes(2, "Ça, c’est 注文")).oauth;
    assert_eq!(oauth.scope_descriptions.of("0001"), Some("Ça, c’est 注文"));
    assert_mistake(&scopes(1, " x"), "services[0].scopes[0].description", "` x`", "1 to 120 characters");
    let long = "x".repeat(120);
    assert_eq!(mistakes(&scopes(65, &long)), Vec::<String>::new());
    assert_mistake(
        &scopes(66, &long),
        "services[0].scopes",
        "names and descriptions of 8316 bytes together",
        "at most 8192",
    );
}

#[test]
fn a_scope_rule_has_a_path_and_either_all_or_any() {
    let rule = |rule: &str| service(&format!("required_scopes: [{{ {rule} }}]"));
    for (text, path, found) in [
        ("all: [a]", "required_scopes[0]", "no path"),
        ("path: /a", "required_scopes[0]", "neither all nor any"),
        ("path: /a, all: [a], any: [b]", "required_scopes[0]", "both all and any"),
        ("path: /a, all: []", "required_scopes[0].all", "no usable scope"),
        ("path: /a*, all: [a]", "required_scopes[0].path", "`/a*`"),
    ] {
        assert_mistake(&rule(text), &format!("services[0].{path}"), found, "");
    }
}

#[test]
fn rules_that_leave_a_method_open_are_warned_of_once() {
    let rules = "required_scopes: [{ methods: [GET], path: /x, all: [a] }, { methods: [GET], path: /y, all: [a] }]\nscopes: [{ name: a }]";
    let told = warnings(&service(&format!("methods: [GET, POST]\n{rules}")));
    let [warning] = &told[..] else { panic!("{told:?}") };
    let found =
        "f:7:20: services[0].required_scopes: found rules that leave POST on /x; POST on /y to every valid token";
    assert!(warning.starts_with(found), "{warning}");
    assert_eq!(warnings(&service(&format!("methods: [GET]\n{rules}"))), Vec::<String>::new());
}

#[test]
fn the_scopes_of_a_service_have_1_kib_together_and_128_bytes_each() {
    let scopes = |count: usize, length: usize| {
        let scope = |at: usize| format!("- {{ name: '{at:0length$}' }}\n");
        service(&format!("scopes:\n{}", (0..count).map(scope).collect::<String>()))
    };
    assert_eq!(mistakes(&scopes(7, 128)), Vec::<String>::new());
    assert_mistake(&scopes(8, 128), "services[0].scopes", "scopes of 1031 bytes together", "at most 1024");
    let report = mistakes(&scopes(1, 129));
    assert!(report[0].contains("expected a scope: 1 to 128 printable ASCII"), "{report:?}");
    let word = |at: usize| format!("'{at:0128}', ");
    let words = |count| (0..count).map(word).collect::<String>();
    let rules = |count| service(&format!("required_scopes: [{{ path: /a, all: [{}] }}]", words(count)));
    assert_eq!(mistakes(&rules(7)), Vec::<String>::new());
    assert_mistake(&rules(8), "services[0].required_scopes", "scopes of 1031 bytes together", "at most 1024");
}

#[test]
fn scope_rules_fit_into_the_answer_of_an_authorizer() {
    let rule = |at: usize| format!("- {{ path: '/{}{at:02}', methods: [GET, POST], all: [a] }}\n", "p".repeat(90));
    let rules = |count| service(&format!("required_scopes:\n{}", (0..count).map(rule).collect::<String>()));
    assert_eq!(mistakes(&rules(1)), Vec::<String>::new());
    let report = mistakes(&rules(20));
    assert!(report[0].contains("services[0].required_scopes: found rules that need "), "{report:?}");
    assert!(report[0].contains("at most 2137: "), "{report:?}");
    let report = mistakes(&rules(20).replace(", methods: [GET, POST]", "").replace("'/ppppppp", "'/*/pppp"));
    assert_eq!(report, Vec::<String>::new(), "a rule with a single star denies call by call");
}

#[test]
fn an_old_token_url_is_a_path_that_nobody_else_serves() {
    let paths = |paths: &str| format!("{}paths: {{ {paths} }}\n", service(""));
    let read = configuration(&paths("/tokenEP: token, /oauth/token: token")).paths;
    assert!(read.contains("/tokenEP") && read.contains("/oauth/token") && !read.contains("/oauth2/token"));
    for (text, path, found, expected) in [
        ("tokenEP: token", "tokenEP", "the path `tokenEP`", "a path such as"),
        ("/oauth2/token: token", "/oauth2/token", "the path `/oauth2/token`", "none of Tollgate's own"),
        (
            "/orders/token: token",
            "/orders/token",
            "the path `/orders/token`, which the API of the service orders serves",
            "base_path",
        ),
        ("/tokenEP: tokens", "/tokenEP", "`tokens`", "token"),
        ("/revokeEP: revoke", "/revokeEP", "`revoke`, which this version does not serve", "token"),
    ] {
        assert_mistake(&paths(text), &format!("paths.{path}"), found, expected);
    }
}

#[test]
fn a_required_scope_that_no_service_declares_is_a_doubt() {
    let rules =
        "scopes: [{ name: orders.read }]\nrequired_scopes:\n- { path: /**, any: [orders, orders.read, orders.raed] }";
    let [warning] = &warnings(&service(rules))[..] else { panic!("one warning") };
    assert!(warning.starts_with("f:8:") && warning.contains("`orders.raed`, which no token can have"), "{warning}");
    assert!(warning.ends_with("(did you mean orders.read?)"), "{warning}");
}

#[test]
fn what_cannot_run_on_aws_is_a_doubt_there_alone() {
    let file = configuration(&service("usage_plan: true"));
    assert_eq!(file.warnings, vec![]);
    let doubts: Vec<String> = file.services[0].doubts_on_aws("f").iter().map(ToString::to_string).collect();
    let [backend, plan] = &doubts[..] else { panic!("{doubts:?}") };
    assert!(backend.starts_with("f:5:12: services[0].backend: found `http://127.0.0.1:1`"), "{backend}");
    assert!(plan.starts_with("f:6:15: services[0].usage_plan: found true"), "{plan}");
    let elsewhere = service("").replace("http://127.0.0.1:1", "https://orders.example.com");
    assert_eq!(configuration(&elsewhere).services[0].doubts_on_aws("f"), vec![]);
}
