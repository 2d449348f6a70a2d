//! Applications, clients, API keys and users.

use super::*;
use crate::{model::AuthMethod, protocol::Timestamp};

/// A file with the service `orders` and one client with these members.
fn client(members: &str) -> String {
    let text = service("scopes: [{ name: orders.read }]");
    format!("{text}applications:\n- name: Shop\n  clients:\n  - client_id: shop\n{}", indented(&indented(members)))
}

fn entry(members: &str) -> ClientEntry {
    configuration(&client(members)).applications.remove(0).clients.remove(0)
}

#[test]
fn a_client_needs_its_id_alone() {
    let entry = entry("");
    assert!(matches!(entry.secrets, Secrets::Generated));
    assert_eq!(entry.auth_method, AuthMethod::ClientSecret);
    let grants = [GrantType::ClientCredentials, GrantType::AuthorizationCode, GrantType::RefreshToken];
    assert_eq!(entry.grant_types, grants.into());
    assert_eq!((entry.scope, entry.access_token_ttl, entry.enabled), (None, None, true));
}

#[test]
fn people_are_told_a_clients_name_and_its_pages() {
    let texts = entry("client_name: Läden\nclient_uri: https://shop.example\npolicy_uri: https://shop.example/p").texts;
    assert_eq!(texts.each(), ["Läden", "https://shop.example/", "", "https://shop.example/p"]);
    assert!(entry("").texts.are_none());
    let long = format!("https://shop.example/{}", "x".repeat(492));
    for (member, found, expected) in [
        ("client_name: ''".to_owned(), "``", "1 to 64 characters"),
        ("client_uri: http://shop.example".to_owned(), "`http://shop.example`", "an https URL"),
        ("tos_uri: 'javascript:alert(1)'".to_owned(), "`javascript:alert(1)`", "an https URL"),
        (format!("policy_uri: {long}"), "a URL of 513 bytes", "at most 512"),
    ] {
        let name = member.split(':').next().unwrap();
        assert_mistake(&client(&member), &format!("applications[0].clients[0].{name}"), found, expected);
    }
}

#[test]
fn services_are_named_by_name_or_spkey() {
    let entry = entry("services: [x1]\nintrospects: [orders]\nscope: orders.read orders\naccess_token_ttl: 60");
    assert_eq!(entry.services, entry.introspects);
    assert_eq!(entry.services[0].as_str(), "orders");
    assert_eq!(entry.scope.unwrap().to_string(), "orders.read orders");
    assert_eq!(entry.access_token_ttl, Some(60));
    let path = "applications[0].clients[0].services[0]";
    assert_mistake(&client("services: [order]"), path, "`order`", "(did you mean orders?)");
}

#[test]
fn a_client_has_as_many_services_as_one_batch_reads() {
    let file = |count: usize| {
        let service = |at: usize| format!("- {{ name: s{at}, base_path: /s{at}, backend: http://127.0.0.1:1 }}\n");
        let services: String = (0..count).map(service).collect();
        let names: Vec<String> = (0..count).map(|at| format!("s{at}")).collect();
        let client = format!("{{ client_id: shop, services: [{}] }}", names.join(", "));
        format!("services:\n{services}applications: [{{ name: Shop, clients: [{client}] }}]")
    };
    assert_eq!(mistakes(&file(100)), Vec::<String>::new());
    assert_mistake(&file(101), "applications[0].clients[0].services", "101 services", "at most 100");
}

#[test]
fn a_client_asks_for_scopes_of_its_services_and_their_names_only() {
    let path = "applications[0].clients[0].scope";
    assert_mistake(
        &client("services: [orders]\nscope: orders.red"),
        path,
        "`orders.red`",
        "(did you mean orders.read?)",
    );
    assert_mistake(&client("scope: orders.read"), path, "`orders.read`", "one of the client's services");
}

#[test]
fn a_public_client_has_no_secret_and_no_client_credentials() {
    let public = "token_endpoint_auth_method: none\n";
    let entry = entry(public);
    assert!(matches!(entry.secrets, Secrets::None));
    assert!(!entry.grant_types.contains(&GrantType::ClientCredentials));
    let path = "applications[0].clients[0].grant_types";
    let found = "client_credentials for a client without a secret (token_endpoint_auth_method: none)";
    assert_mistake(&client(&format!("{public}grant_types: [client_credentials]")), path, found, "public client");
    let secret = client(&format!("{public}client_secret: \"${{env:SHOP_SECRET}}\""));
    let path = "applications[0].clients[0].client_secret";
    assert_mistake(&secret, path, "a secret of a client with token_endpoint_auth_method: none", "no secret");
}

#[test]
fn m8_grant_types_by_which_a_client_gets_nothing_are_doubted() {
    let doubts = |service_members: &str, members: &str| {
        let file = format!(
            "{}applications:\n- name: Shop\n  clients:\n  - client_id: shop\n    services: [orders]\n{}",
            service(service_members),
            indented(&indented(members)),
        );
        let warnings = configuration(&file).warnings.into_iter().filter(|it| it.found.ends_with("gets no token"));
        warnings.map(|it| it.found.split(',').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let uri = "redirect_uris: ['https://client.example/cb']\n";
    let grants = |grants: &str| format!("{uri}grant_types: [{grants}]");
    assert_eq!(doubts("", &grants("authorization_code, client_credentials, refresh_token")), [""; 0]);
    assert_eq!(doubts("", &grants("client_credentials, refresh_token")), ["refresh_token"]);
    let none = "refresh_token: { policy: none }";
    assert_eq!(doubts(none, &grants("authorization_code, refresh_token")), ["refresh_token"]);
    assert_eq!(doubts("", &grants("password, client_credentials")), ["password"]);
    let implicit = "grant_types: [implicit, client_credentials]";
    assert_eq!(doubts(implicit, &grants("implicit")), [""; 0]);
    assert_eq!(doubts(implicit, "grant_types: [implicit]"), ["implicit"]);
    assert_eq!(doubts("", ""), [""; 0]);
}

#[test]
fn a_client_has_one_secret_or_two() {
    let two = entry(
        "client_secrets: [{ value: \"${env:SHOP_SECRET}\", expires_at: 1900000000 }, { value: \"${env:SHOP_KEY}\" }]",
    );
    let Secrets::Given(given) = &two.secrets else { panic!("{two:?}") };
    assert_eq!(given[0].expires_at, Some(Timestamp::from_secs(1_900_000_000)));
    assert_eq!((given[1].expires_at, given[1].generated), (None, false));
    let value = "{ value: \"${env:SHOP_SECRET}\" }";
    let path = "applications[0].clients[0].client_secrets";
    assert_mistake(&client(&format!("client_secrets: [{value}, {value}, {value}]")), path, "3 secrets", "one or two");
    assert_mistake(&client("client_secrets: []"), path, "0 secrets", "one or two");
    let both = client(&format!("client_secrets: [{value}]\nclient_secret: \"${{env:SHOP_SECRET}}\""));
    assert_mistake(&both, path, "client_secret and client_secrets", "one of the two");
}

#[test]
fn an_imported_random_secret_has_20_characters() {
    let long = entry("client_secret_generated: true\nclient_secret: \"${env:SHOP_KEY}\"");
    assert!(matches!(&long.secrets, Secrets::Given(given) if given[0].generated));
    let short = client("client_secret_generated: true\nclient_secret: 1234567890123456789");
    let path = "applications[0].clients[0].client_secret";
    assert_mistake(&short, path, "a secret of 19 characters", "20 random characters");
}

#[test]
fn m3_redirect_uris_are_https_loopback_or_private_use() {
    let good =
        "[https://a.example/cb, http://127.0.0.1:4000/cb, 'http://[::1]/cb', http://localhost/cb, com.example.app:/cb]";
    assert_eq!(entry(&format!("redirect_uris: {good}")).redirect_uris.len(), 5);
    for bad in [
        "http://a.example/cb",
        "https://a.example/#x",
        "/cb",
        "javascript:alert(1)",
        "app:/cb",
        "http://127.0.0.1.a.example/",
    ] {
        let text = client(&format!("redirect_uris: [\"{bad}\"]"));
        assert_mistake(&text, "applications[0].clients[0].redirect_uris[0]", &format!("`{bad}`"), "https URI");
    }
}

#[test]
fn a1_a_redirect_uri_names_its_host_as_browsers_and_rfc_3986_read_it() {
    for scheme in ["https", "HTTPS", "http"] {
        for written in ["127.0.0.1/cb", "/127.0.0.1/cb", "///127.0.0.1/cb", "////127.0.0.1/cb"] {
            let bad = format!("{scheme}:{written}");
            let text = client(&format!("redirect_uris: [\"{bad}\"]"));
            assert_mistake(&text, "applications[0].clients[0].redirect_uris[0]", &format!("`{bad}`"), "with a host");
        }
    }
}

#[test]
fn a1_a_redirect_uri_has_no_parameter_that_the_answer_adds() {
    let with =
        |query: &str| client(&format!("redirect_uris: ['https://a.example/cb?{query}', 'com.a.app:/cb?{query}']"));
    assert_eq!(entry("redirect_uris: ['https://a.example/cb?x=code&states=1&CODE=1']").redirect_uris.len(), 1);
    for (query, member) in [
        ("code=1", "code"),
        ("a=b&state", "state"),
        ("iss=", "iss"),
        ("%65rror=x", "error"),
        ("x&error_description=", "error_description"),
    ] {
        let mistakes = mistakes(&with(query));
        let is_found =
            |mistake: &String| mistake.contains(&format!(", whose query has {member}, expected a query without"));
        assert!(mistakes.len() == 2 && mistakes.iter().all(is_found), "{mistakes:#?}");
    }
}

#[test]
fn a_client_with_keys_has_a_list_or_a_certificate_and_no_secret() {
    let keyed = |members: &str| client(&format!("token_endpoint_auth_method: private_key_jwt\n{members}"));
    let entry = entry(&format!("token_endpoint_auth_method: private_key_jwt\njwks: {{ keys: [{KEY}, {KEY}] }}"));
    assert_eq!(entry.keys.len(), 2);
    assert!(matches!(entry.secrets, Secrets::None) && entry.grant_types.contains(&GrantType::ClientCredentials));
    let path = "applications[0].clients[0]";
    for (text, at, found, expected) in [
        (client("token_endpoint_auth_method: private_key_jwt"), "", "no keys of a client", "jwks"),
        (client(&format!("jwks: {{ keys: [{KEY}] }}")), ".jwks", "keys of a client that proves", "private_key_jwt"),
        (
            keyed(&format!("jwks: {{ keys: [{KEY}] }}\nclient_secret: \"${{env:SHOP_SECRET}}\"")),
            ".client_secret",
            "a secret",
            "no",
        ),
        (keyed("jwks: { keys: [] }"), ".jwks.keys", "0 keys", "1 to 8"),
        (keyed(&format!("jwks: {{ keys: [{KEY}], kid: a }}")), ".jwks.kid", "an unknown member", "keys"),
        (keyed("certificate: x"), ".certificate", "no usable certificate", "PEM"),
        (keyed("certificate: \"-----BEGIN PRIVATE KEY-----\""), ".certificate", "a private key", "PEM"),
        (keyed(&format!("jwks: {{ keys: [{KEY}] }}\njwks_uri: https://a/")), ".jwks_uri", "a setting", "without"),
    ] {
        let report = mistakes(&text);
        let place = format!(": {path}{at}: found {found}");
        assert!(report.len() == 1 && report[0].contains(&place) && report[0].contains(expected), "{report:?}");
    }
}

#[test]
fn a_private_or_an_unfit_key_is_refused() {
    let key = |members: &str| {
        mistakes(&client(&format!("token_endpoint_auth_method: private_key_jwt\njwks: {{ keys: [{{ {members} }}] }}")))
    };
    assert_eq!(
        key("kty: OKP, crv: Ed25519, x: 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo, use: sig, x5t: a"),
        [""; 0]
    );
    for (members, found) in [
        ("kty: OKP, crv: Ed25519, x: 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo, d: x", "the private member d"),
        ("kty: oct, k: c2VjcmV0", "the private member k"),
        ("kty: EC, crv: P-384, x: AA, y: AA", "a key of kty `EC`"),
        ("kty: RSA, n: AQAB, e: AQAB", "a key of kty `RSA`"),
        ("kid: a", "a key without kty"),
        ("kty: OKP, use: enc", "`enc`"),
        ("kty: OKP, crv: Ed25519, x: 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo, key_ops: [sign]", "`sign`"),
    ] {
        let report = key(members);
        assert!(report.len() == 1 && report[0].contains(&format!("found {found}, expected")), "{report:?}");
    }
}

const KEY: &str = "{ kty: OKP, crv: Ed25519, x: 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo }";

#[test]
fn names_stand_once_and_users_are_no_clients() {
    let text = "applications:\n\
        - { name: A, clients: [{ client_id: c }, { client_id: c }], api_keys: [{ name: k }, { name: k }] }\n\
        - { name: A, api_keys: [{ name: k, key: \"${env:SHOP_KEY}\" }, { name: l, key: \"${env:SHOP_KEY}\" }] }\n\
        users: [{ username: a }, { username: a }, { username: c }]\n";
    let report = mistakes(text);
    let found: Vec<&str> =
        report.iter().filter_map(|line| line.split("found ").nth(1)?.split(", expected").next()).collect();
    assert_eq!(
        found,
        [
            "`c` a second time (first in line 2)",
            "`k` a second time (first in line 2)",
            "`A` a second time (first in line 2)",
            "the same API key a second time (first in line 3)",
            "`a` a second time (first in line 4)",
            "`c`, the client_id in line 2",
        ]
    );
}

#[test]
fn an_omitted_key_or_password_stays_open() {
    let configuration = configuration("applications: [{ name: A, api_keys: [{ name: k }] }]\nusers: [{ username: a }]");
    assert!(configuration.applications[0].api_keys[0].key.is_none());
    assert!(configuration.users[0].password.is_none() && configuration.users[0].enabled);
}

#[test]
fn literal_secrets_short_keys_and_useless_grants_are_warnings() {
    let text = client("client_secret: short one\ngrant_types: [authorization_code]\nredirect_uris: []")
        + "  api_keys: [{ name: k, key: short }]\nusers: [{ username: a, password: literal }]\n";
    let warnings = warnings(&text);
    for (path, found) in [
        ("applications[0].clients[0].client_secret", "a secret written into the file"),
        ("applications[0].clients[0].client_secret", "a secret of 9 characters"),
        ("applications[0].clients[0]", "a client with neither services nor introspects"),
        ("applications[0].clients[0].grant_types", "authorization_code without redirect_uris"),
        ("applications[0].api_keys[0].key", "a secret written into the file"),
        ("applications[0].api_keys[0].key", "an API key of 5 characters"),
        ("users[0].password", "a secret written into the file"),
        ("users[0].password", "a password of 7 characters"),
    ] {
        let wanted = format!(": {path}: found {found}, expected");
        assert_eq!(warnings.iter().filter(|line| line.contains(&wanted)).count(), 1, "{wanted} in {warnings:#?}");
    }
    assert_eq!(warnings.len(), 8);
}

#[test]
fn redirect_uris_that_codes_need_and_patterns_in_them_are_doubts() {
    let told = |service_members: &str, members: &str| {
        let client = format!("client_id: c, services: [orders]{members}");
        warnings(&format!("{}applications: [{{ name: A, clients: [{{ {client} }}] }}]\n", service(service_members)))
    };
    let codes =
        "applications[0].clients[0]: found no grant_types, so authorization_code too, and no redirect_uris, expected";
    assert!(told("", "")[0].contains(codes), "{:?}", told("", ""));
    for (service_members, members) in [
        ("", ", grant_types: [client_credentials]"),
        ("", ", redirect_uris: [https://a.example/cb]"),
        ("grant_types: [client_credentials]", ""),
    ] {
        assert_eq!(told(service_members, members), Vec::<String>::new(), "{service_members} {members}");
    }
    let public = told("grant_types: [client_credentials]", ", token_endpoint_auth_method: none");
    assert!(public[0].contains("found no grant_types, and no service gives tokens by the usual ones"), "{public:?}");
    let pattern = told("", ", redirect_uris: ['https://*.a.example/cb']");
    let found =
        "redirect_uris[0]: found `https://*.a.example/cb`, whose `*` stands for itself, expected each redirect URI";
    assert!(pattern.len() == 1 && pattern[0].contains(found), "{pattern:?}");
}

#[test]
fn a_client_of_a_service_whose_own_tokens_open_nothing_is_a_warning() {
    let file = |second: &str, service: &str| {
        super::service("")
            + &format!("- {{ name: b, spkey: b1, base_path: /b, backend: http://h, {second} }}\n")
            + &format!(
                "applications: [{{ name: A, clients: [{{ client_id: c, grant_types: [client_credentials], services: [{service}] }}] }}]\n"
            )
    };
    assert!(warnings(&file("shared_token_spkey: x1", "b"))[0].contains("found `b`, whose own tokens open nothing"));
    assert_eq!(warnings(&file("shared_token_spkey: x1", "orders")), Vec::<String>::new());
    assert_eq!(warnings(&file("shared_token_spkey: x1, accept_own_tokens: true", "b")), Vec::<String>::new());
    let definition_alone =
        file("authorizer: none", "b").replace("spkey: x1\n", "spkey: x1\n  shared_token_spkey: b1\n");
    assert!(
        warnings(&definition_alone).iter().all(|line| !line.contains("open nothing")),
        "another service shares them"
    );
}

#[test]
fn an_api_key_for_a_service_that_asks_for_none_is_a_doubt() {
    let text = service("") + "applications: [{ name: A, api_keys: [{ name: web, services: [orders] }] }]";
    let told = warnings(&text);
    assert!(
        told.len() == 1 && told[0].contains("api_keys[0].services: found `orders`, which asks for no API key"),
        "{told:?}"
    );
}
