//! What is stored, exported and applied again: nothing is written.

use shared::model::{Alias, configuration::document};

use crate::{
    apply::{apply, keys, parsed},
    store::Store,
};

async fn exported(store: &Store) -> String {
    let snapshot = store.reader(0).snapshot().await.unwrap();
    cli::yaml(&document::file(snapshot.configured()))
}

/// Applies a file to the demo, exports all of it, and applies that to the same store.
async fn survives(text: &str) -> String {
    let store = Store::new().await;
    shared::endpoint::apply(&parsed(text), &store.writer(), &keys(), &store.world()).await.unwrap();
    let file = exported(&store).await;
    assert_eq!(apply(&store, &file).await, (0, vec![]), "{file}");
    assert_eq!(exported(&store).await, file);
    file
}

const EVERY_SETTING: &str = r##"
services:
  - spkey: one1
    name: one
    enabled: false
    base_path: /one
    backend: https://backend.example/v1
    resource: https://api.example.com/one
    methods: [PUT, GET]
    apis: [{ id: a1b2c3d4e5 }, { id: b1b2c3d4e5 }]
    grant_types: [client_credentials, "urn:ietf:params:oauth:grant-type:device_code"]
    access_token: { ttl: null, format: alnum54 }
    refresh_token: { policy: preserve, ttl: 100, max_ttl: 200, retry_window: 0 }
    authorization_code: { ttl: 30 }
    pkce: public_only
    skip_consent: true
    allow_multiple_tokens: false
    revoke_access_on_refresh: true
    scopes: [{ name: "a:b/c", description: "Read: all, of \"yours\"", default: true }, { name: "true" }, { name: "12", description: "12" }]
    scope_match: any
    required_scopes:
      - { methods: [GET], path: "/a/*/b", all: ["a:b/c", "true"] }
      - { path: "/**", any: ["12"] }
    forwarded_headers: [scope, access-token]
    mashery_header_names: true
    forward_authorization: true
    require_client_on_service: true
    token_metadata: { "a key: with colon": "a \"quoted\" value, {braces} and [brackets]", empty: "", "#": "- x" }
    usage_plan: true
    cors_origins: ["*"]
    vpc_link: a1b2c3
    mediator_default_format: xml
  - { spkey: shr1, name: sharing, base_path: /, backend: "http://h", shared_token_spkey: one1, accept_own_tokens: true }
  - { spkey: opn1, name: open, base_path: /open, backend: "http://h", authorizer: none }
  - spkey: int1
    name: introspected
    base_path: /int
    backend: http://h
    authorizer: introspection
    api_key: { in: header, name: X-Api-Key }
    region_required: true
    header_encoding: utf8
    unset_header_value: null
    http_proxy_server: "[::1]"
    http_proxy_port: 3128
    token_validation_uri: { regionCodeHeader: R, regionCodeValue: { NO: "http://h/no", "1": "http://h/1" }, defaultURI: "http://h/?a=b" }
    inject_headers: { NO: { X-A: "//a[@b='c']" }, default: { X-B: "$['d'][0]", X-A: $.a } }
    validation:
      method: introspection
      client_id: "gate: way"
      client_secret: at-the-provider
      timeout_ms: 100
      outage_status: 503
      any_scheme: true
      ca_bundle: "-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----"
  - { spkey: brr1, name: bearer, base_path: /brr, backend: "http://h", authorizer: introspection, api_key: null,
      validation: { judge_active: false }, block_authorization_header: true, token_validation_uri: { defaultURI: "http://h" } }
applications:
  - name: "An application: with, signs"
    enabled: false
    clients:
      - { client_id: "null", client_secrets: [{ value: tgs_one, expires_at: 1900000000 }, { value: tgs_two }],
          grant_types: [], redirect_uris: ["com.example.app:/callback"], scope: "a:b/c true one", services: [one],
          introspects: [sharing], access_token_ttl: 7, enabled: false, client_name: "A name: with 'signs'",
          client_uri: "https://a.example/?b=c#d", tos_uri: "https://a.example/t", policy_uri: "https://a.example/p" }
      - { client_id: "007", token_endpoint_auth_method: none, grant_types: [authorization_code], redirect_uris: ["https://a/b"] }
      - { client_id: "-", services: [one, sharing] }
    api_keys:
      - { name: "a / b", enabled: false, services: [introspected] }
      - { name: web }
  - { name: Empty }
users:
  - { username: "yes", password: "a password", name: "Ann O'Nym", email: "ann@example.com", roles: [admin, "1e3"], enabled: false }
"##;

#[tokio::test]
async fn every_setting_survives_an_export() {
    let file = survives(EVERY_SETTING).await;
    for secret in ["at-the-provider", "tgs_one", "a password"] {
        assert!(!file.contains(secret), "{file}");
    }
}

fn api(id: &str) -> Alias {
    Alias::Api(id.to_owned())
}

#[tokio::test]
async fn what_is_left_after_an_api_was_dropped_survives_an_export() {
    let store = Store::new().await;
    apply(&store, EVERY_SETTING).await;
    apply(&store, &EVERY_SETTING.replace(", { id: b1b2c3d4e5 }", "")).await;
    let snapshot = store.reader(0).snapshot().await.unwrap();
    assert!(snapshot.aliases.contains_key(&api("a1b2c3d4e5")) && !snapshot.aliases.contains_key(&api("b1b2c3d4e5")));
    assert_eq!(apply(&store, &exported(&store).await).await, (0, vec![]));
}

#[tokio::test]
async fn the_demo_survives_an_export() {
    let file = survives("services: []").await;
    assert!(file.contains("name: Shop\n"), "{file}");
}

#[tokio::test]
async fn the_documented_example_survives_an_export() {
    let page = include_str!("../../docs/configuration.md");
    let example = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let example = ["SHOP_SECRET", "SHOP_KEY", "ALICE_PASSWORD"].iter().fold(example.to_owned(), |text, name| {
        text.replace(&format!("${{env:{name}}}"), &format!("the-value-of-{name}"))
    });
    survives(&example).await;
}
