//! Whole files: what loads, and what a report says.

mod applications;
mod authorizers;
mod documentation;
mod schema;
mod services;

use proptest::prelude::*;

use super::*;
use crate::{
    env::testing::env,
    model::{Authorizer, DataKey, SecurityProfile, ServiceDefinition, SharedToken, TokenFormat},
    protocol::{GrantType, MAX_LIFETIME, Spkey},
};

const EXAMPLE: &str = include_str!("../example.yaml");

/// An environment of three variables and one file.
struct Fixed;

impl Values for Fixed {
    fn env(&self, name: &str) -> Option<String> {
        let value = match name {
            "SHOP_SECRET" => "a secret from the environment",
            "SHOP_KEY" => "key-of-20-characters-and-more",
            "ALICE_PASSWORD" => "a password from the environment",
            "EMPTY" => "",
            "TTL" => "120",
            _ => return None,
        };
        Some(value.to_owned())
    }

    fn file(&self, path: &str) -> Result<String, String> {
        if path == "/run/secrets/shop" { Ok("from a file\n".to_owned()) } else { Err("no such file".to_owned()) }
    }
}

#[track_caller]
fn configuration(text: &str) -> Configuration {
    parse("f", text, &Fixed).unwrap_or_else(|report| panic!("{report}"))
}

/// The lines of the report; none when the file is right.
fn mistakes(text: &str) -> Vec<String> {
    let report = parse("f", text, &Fixed).err();
    report.map(|report| report.mistakes.iter().map(ToString::to_string).collect()).unwrap_or_default()
}

/// Asserts that a file has this one mistake: its path, what was found, the start of what is expected.
#[track_caller]
fn assert_mistake(text: &str, path: &str, found: &str, expected: &str) {
    let report = parse("f", text, &Fixed).err().unwrap_or_else(|| panic!("no mistake in\n{text}"));
    let [mistake] = &report.mistakes[..] else { panic!("one mistake wanted:\n{report}") };
    assert_eq!((mistake.path.as_str(), mistake.found.as_str()), (path, found), "{mistake}");
    assert!(mistake.expected.contains(expected), "{mistake}");
}

fn warnings(text: &str) -> Vec<String> {
    configuration(text).warnings.iter().map(ToString::to_string).collect()
}

/// A file with one shared-token service and these members, one per line.
fn service(members: &str) -> String {
    format!(
        "services:\n- name: orders\n  spkey: x1\n  base_path: /orders\n  backend: http://127.0.0.1:1\n{}",
        indented(members)
    )
}

fn indented(members: &str) -> String {
    members.lines().map(|line| format!("  {line}\n")).collect()
}

fn definition(text: &str) -> ServiceDefinition {
    complete(&configuration(text).services[0])
}

fn complete(entry: &ServiceEntry) -> ServiceDefinition {
    let key = DataKey::new(&[7; 32]).unwrap();
    let spkey = entry.spkey.clone().unwrap_or_else(|| Spkey::parse("drawn").unwrap());
    entry.complete(spkey, |secret| key.seal(secret.unwrap(), "spkey#x", &env()))
}

#[test]
fn the_example_loads_without_a_warning() {
    let configuration = configuration(EXAMPLE);
    assert_eq!(configuration.warnings, vec![]);
    assert_eq!(configuration.issuer.unwrap().as_str(), "https://id.example.com");
    let definitions: Vec<_> = configuration.services.iter().map(complete).collect();
    let [orders, invoices, travel] = &definitions[..] else { panic!("three services") };
    let shares = SharedToken::IssuedBy { spkey: orders.spkey.clone(), accept_own_tokens: false };
    assert!(matches!(&invoices.authorizer, Authorizer::SharedToken(policy) if policy.tokens == shares));
    assert!(matches!(&travel.authorizer, Authorizer::Introspection(policy) if policy.inject_headers.len() == 2));
    let shop = &configuration.applications[0].clients[0];
    assert_eq!(shop.services, vec![orders.name.clone()]);
    assert!(
        matches!(&shop.secrets, Secrets::Given(given) if given[0].value.expose() == "a secret from the environment")
    );
    assert_eq!(configuration.users[0].email.as_deref(), Some("alice@example.com"));
}

#[test]
fn the_example_spells_out_the_defaults() {
    let spelled = complete(&configuration(EXAMPLE).services[0]);
    let short = definition(&service("scopes: [{ name: orders.read, default: true }, { name: orders.write }]"));
    let scope_descriptions = spelled.oauth.scope_descriptions.clone();
    assert_eq!(SecurityProfile { scope_descriptions, ..short.oauth }, spelled.oauth);
    assert_eq!(short.authorizer_ttl, spelled.authorizer_ttl);
    assert!(short.enabled && spelled.enabled);
}

#[test]
fn the_same_file_as_json_loads_too() {
    let text = r#"{"services": [{"name": "orders", "base_path": "/orders", "backend": "http://127.0.0.1:1",
        "access_token": {"ttl": 60, "format": "hex32"}, "enabled": false}]}"#;
    let definition = definition(text);
    assert_eq!(definition.oauth.access_token.format, TokenFormat::Hex32);
    assert!(!definition.enabled);
}

#[test]
fn one_run_reports_every_mistake_in_the_order_of_the_file() {
    let text = "issuer: http://id.example.com\n\
                services:\n\
                - name: or ders\n  base_path: orders\n  backend: ftp://x\n  acces_token: {}\n  pkce: sometimes\n\
                applications:\n- name: Shop\n  clients:\n  - client_id: shop\n    client_secret: ${env:UNSET}\n    services: [nobody]\n\
                users:\n- username: alice\n  enabled: perhaps\n";
    let report = mistakes(text);
    let starts: Vec<&str> = report.iter().map(|line| line.split(" expected").next().unwrap()).collect();
    assert_eq!(
        starts,
        [
            "f:1:9: issuer: found `http://id.example.com`,",
            "f:3:9: services[0].name: found `or ders`,",
            "f:4:14: services[0].base_path: found `orders`,",
            "f:5:12: services[0].backend: found `ftp://x`,",
            "f:6:3: services[0].acces_token: found an unknown member,",
            "f:7:9: services[0].pkce: found `sometimes`,",
            "f:12:20: applications[0].clients[0].client_secret: found ${env:UNSET},",
            "f:16:12: users[0].enabled: found `perhaps`,",
        ]
    );
    assert!(report[4].ends_with("expected access_token"), "{}", report[4]);
}

#[test]
fn a_mistake_does_not_drag_others_behind_it() {
    let authorizer = service("authorizer: introspektion\nvalidation: {}\nblock_authorization_header: true");
    assert_mistake(&authorizer, "services[0].authorizer", "`introspektion`", "(did you mean introspection?)");
    let method = "authorizer: introspection\nblock_authorization_header: true\ntoken_validation_uri: { defaultURI: http://h }\n\
                  validation: { method: instrospection, client_id: a, client_secret: \"${env:SHOP_SECRET}\" }";
    assert_mistake(
        &service(method),
        "services[0].validation.method",
        "`instrospection`",
        "(did you mean introspection?)",
    );
    let services = "applications: [{ name: A, clients: [{ client_id: a, services: [x], scope: orders.read }] }]";
    assert_mistake(services, "applications[0].clients[0].services[0]", "`x`", "the name or the spkey");
    let lines = service("authorizer: introspection\npre_inputs: |\n  block_authorization_header:maybe\n");
    assert_mistake(&lines, "services[0].pre_inputs.block_authorization_header", "`maybe`", "`true` or `false`");
}

#[test]
fn a_mistake_in_a_pre_input_line_has_the_line_of_the_file() {
    let text = service("pre_inputs: |\n\n  shared_token_spkey:x2\n  http_proxy_prt:1");
    let report = mistakes(&text);
    assert!(report[0].starts_with("f:8:5: services[0].pre_inputs.shared_token_spkey: found"), "{report:?}");
    assert!(report[1].starts_with("f:9:5: services[0].pre_inputs.http_proxy_prt: found"), "{report:?}");
    let text = service("pre_inputs: |\n\n  shared_token_spkey:x2");
    assert!(mistakes(&text)[0].starts_with("f:8:5: services[0].pre_inputs.shared_token_spkey: found `x2`"));
    let text = service("pre_inputs: shared_token_spkey:x2");
    assert!(mistakes(&text)[0].starts_with("f:6:15: services[0].pre_inputs.shared_token_spkey: found `x2`"));
}

#[test]
fn a_mistake_in_one_pre_input_line_hides_none_of_another_line() {
    let paths = |lines: &str| -> Vec<String> {
        let text = service(&format!("authorizer: introspection\npre_inputs: |\n{}", indented(lines)));
        let report = parse("f", &text, &Fixed).unwrap_err();
        report
            .mistakes
            .iter()
            .map(|mistake| mistake.path.trim_start_matches("services[0].pre_inputs.").to_owned())
            .collect()
    };
    let lines = "inject_headers:{\"Host\":\"$.a\"}\nblock_authorization_header:maybe\n\
                 token_validation_uri:{defaultURI:ftp://h}\nshared_token_spkey:x1";
    let all =
        ["inject_headers.Host", "block_authorization_header", "token_validation_uri.defaultURI", "shared_token_spkey"];
    let found = paths(lines);
    for (found, wanted) in found.iter().zip(all) {
        assert!(found.starts_with(wanted.split('.').next().unwrap()), "{found} for {wanted}");
    }
    assert_eq!(found.len(), all.len(), "{found:?}");
    let unset = "inject_headers:${env:UNSET}\ntoken_validation_uri:${env:UNSET}\nblock_authorization_header:maybe";
    assert_eq!(paths(unset), ["inject_headers", "token_validation_uri", "block_authorization_header"]);
}

#[test]
fn what_is_not_needed_may_be_unset() {
    let text = "issuer: ${env:UNSET}\n".to_owned()
        + &service(
            "authorizer: introspection\nblock_authorization_header: true\ntoken_validation_uri: { defaultURI: https://h }\n\
                    validation: { method: introspection, client_id: a, client_secret: \"${env:UNSET}\" }",
        )
        + "applications: [{ name: A, clients: [{ client_id: a, client_secret: \"${file:/x}\", introspects: [orders] }] }]\n\
           users: [{ username: b, password: \"${env:UNSET}\" }]\n";
    let paths = |findings: &[Mistake]| findings.iter().map(|finding| finding.path.clone()).collect::<Vec<_>>();
    let secrets =
        ["services[0].validation.client_secret", "applications[0].clients[0].client_secret", "users[0].password"];
    assert_eq!(mistakes(&text).len(), 4);
    let report = outline("f", &text, &Fixed, Needed::AllButSecrets).unwrap_err();
    assert_eq!(paths(&report.mistakes), ["issuer"]);
    assert_eq!(paths(&report.warnings), secrets);
    let known = outline("f", &text, &Fixed, Needed::Services).unwrap();
    assert_eq!((known.services.len(), known.clients, known.users), (1, 1, 1));
    assert_eq!(paths(&known.warnings), [&["issuer"], &secrets[..]].concat());
    let backend = text.replace("http://127.0.0.1:1", "${env:UNSET}");
    let report = outline("f", &backend, &Fixed, Needed::Services).unwrap_err();
    assert_eq!(paths(&report.mistakes), ["services[0].backend"], "a document needs it");
}

#[test]
fn ids_of_digits_alone_are_texts() {
    let text = service("").replace("name: orders", "name: 0123").replace("spkey: x1", "spkey: 007");
    let definition = definition(&text);
    assert_eq!((definition.name.as_str(), definition.spkey.as_str()), ("0123", "007"));
}

#[test]
fn a_value_may_come_from_the_environment_or_a_file() {
    assert_eq!(definition(&service("access_token: { ttl: \"${env:TTL}\" }")).oauth.access_token.ttl, 120);
    let user = |password| format!("users: [{{ username: a, password: \"{password}\" }}]");
    let secret = |text: &str| configuration(text).users.remove(0).password.unwrap();
    assert_eq!(secret(&user("${file:/run/secrets/shop}")).expose(), "from a file");
    assert_mistake(&user("${file:/x}"), "users[0].password", "${file:/x} (no such file)", "a file that can be read");
    assert_mistake(&user("${env:UNSET}"), "users[0].password", "${env:UNSET}", "the environment variable UNSET");
    assert_mistake(&user("a${env:TTL}b"), "users[0].password", "a text with ${…} in it", "as the whole value");
    assert_mistake(&user("${env:EMPTY}"), "users[0].password", "an empty text", "a password");
}

#[test]
fn in_pre_inputs_a_reference_is_all_that_follows_the_key() {
    let text = service("pre_inputs: |\n  shared_token_spkey: ${env:TTL}\n")
        + "- { name: b, spkey: 120, base_path: /b, backend: http://h }";
    assert_eq!(mistakes(&text), Vec::<String>::new());
    let unset = service("pre_inputs: |\n\n  shared_token_spkey: ${env:UNSET}\n");
    assert_mistake(&unset, "services[0].pre_inputs.shared_token_spkey", "${env:UNSET}", "UNSET to be set");
    let embedded = service("pre_inputs: |\n  shared_token_spkey: a${env:TTL}\n");
    assert_mistake(&embedded, "services[0].pre_inputs.shared_token_spkey", "a text with ${…} in it", "whole value");
}

#[test]
fn m21_no_message_ever_shows_a_secret() {
    let text = "services:\n- name: a\n  base_path: /a\n  backend: https://joe:hunter2@h\n  authorizer: introspection\n  \
                token_validation_uri: { defaultURI: 'https://h/?key=hunter2 x' }\n  http_proxy_server: hunter2@proxy\n  \
                validation: { method: introspection, client_id: a, client_secret: \"hunter2\\n\", ca_bundle: hunter2 }\n\
                applications:\n- name: Shop\n  clients:\n  - client_id: shop\n    client_secret: [hunter2]\n  - client_id: web\n    \
                client_secrets: [hunter2]\n  - client_id: old\n    client_secret: hunter2\n    client_secret_generated: true\n  \
                api_keys: [{ name: a, key: hunter2 }, { name: b, key: hunter2 }]\n\
                users: [{ username: a, password: { hunter: hunter2 } }]\n";
    let report = parse("f", text, &Fixed).unwrap_err();
    assert!(report.mistakes.len() >= 9, "{report}");
    let lines: Vec<_> = report.mistakes.iter().chain(&report.warnings).map(ToString::to_string).collect();
    assert!(lines.iter().all(|line| !line.contains("hunter2")), "{lines:#?}");
}

#[test]
fn null_is_no_value_unless_the_member_says_so() {
    assert_mistake(&service("resource:"), "services[0].resource", "nothing", "an absolute URI");
    assert_mistake("users: ~", "users", "nothing", "a list");
    assert_mistake("- a", "", "a list", "a mapping");
}

#[test]
fn what_this_version_does_not_serve_is_refused_by_name() {
    for (text, path) in [
        ("connections: [{ name: a }]".to_owned(), "connections"),
        ("paths: { /revokeEP: revoke }".to_owned(), "paths./revokeEP"),
        ("processors: { com.example.First: arn }".to_owned(), "processors"),
        (service("access_token: { format: jwt }"), "services[0].access_token.format"),
        (service("access_token: { type: mac }"), "services[0].access_token.type"),
        (service("trusted_issuers: [{ issuer: a }]"), "services[0].trusted_issuers"),
        (service("trust_client_keys: true"), "services[0].trust_client_keys"),
        (service("processors: com.example.First"), "services[0].processors"),
        (service("pre_inputs: |\n  processors:com.example.First\n"), "services[0].pre_inputs.processors"),
    ] {
        let report = parse("f", &text, &Fixed).unwrap_err();
        let [mistake] = &report.mistakes[..] else { panic!("{report}") };
        assert_eq!(mistake.path, path);
        assert!(mistake.found.contains("this version does not serve"), "{mistake}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        let _ = parse("f", &text, &Fixed);
    }

    #[test]
    fn the_example_with_any_piece_replaced_is_read_or_refused(at in 0..EXAMPLE.len(), length in 0..40usize, piece in "[-a-z0-9:{}\\[\\]\"'$|>&*# \n]{0,12}") {
        let (Some(start), Some(end)) = (EXAMPLE.get(..at), EXAMPLE.get((at + length).min(EXAMPLE.len())..)) else { return Ok(()) };
        let text = format!("{start}{piece}{end}");
        if let Err(report) = parse("f", &text, &Fixed) {
            prop_assert!(!report.mistakes.is_empty());
            let lines = text.lines().count() + 1;
            for mistake in &report.mistakes {
                prop_assert!((1..=lines).contains(&mistake.line) && mistake.column > 0, "{}", mistake);
            }
        }
    }
}
