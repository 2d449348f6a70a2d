//! What clients find out about the server (RFC 8414) and about a service (RFC 9728).

use serde_json::{Value, json};
use shared::{
    endpoint::StatusEndpoint,
    model::HttpUri,
    protocol::Request,
    store::{Reader, Tables, Writer},
};
use tests::{Answer, Tollgate};

use crate::shop::{FILE, shop};

const WELL_KNOWN: &str = "/.well-known/oauth-authorization-server";
const OF_ORDERS: &str = "/.well-known/oauth-protected-resource/orders-key";

async fn get(tollgate: &Tollgate, path: &str) -> Answer {
    tollgate.call("GET", path).send().await
}

async fn metadata(tollgate: &Tollgate) -> Value {
    get(tollgate, WELL_KNOWN).await.is(200).json()
}

#[tokio::test]
async fn m8_m19_the_metadata_says_what_is_switched_on() {
    let tollgate = shop().await;
    let url = |path: &str| format!("{}{path}", tollgate.system.url());
    let expected = json!({
        "issuer": tollgate.system.url(),
        "authorization_endpoint": url("/oauth2/authorize"),
        "token_endpoint": url("/oauth2/token"),
        "pushed_authorization_request_endpoint": url("/oauth2/par"),
        "introspection_endpoint": url("/oauth2/introspect"),
        "revocation_endpoint": url("/oauth2/revoke"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
        "scopes_supported": ["pay", "read", "write"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    });
    let answer = get(&tollgate, WELL_KNOWN).await.is(200).has("content-type", "application/json");
    assert_eq!(answer.json(), expected);
    answer.has("access-control-allow-origin", "*").has("cache-control", "public, max-age=300");
}

#[tokio::test]
async fn m8_the_metadata_follows_what_is_applied() {
    let tollgate = shop().await;
    let file =
        FILE.replace(", authorization_code, refresh_token]", "]").replace("[authorization_code, refresh_token]", "[]");
    let file = format!("branding: {{ name: Shop, terms_url: 'https://shop.example/terms' }}\n{file}");
    tollgate.apply(&file).await;
    let told = metadata(&tollgate).await;
    assert_eq!(told["grant_types_supported"], json!(["client_credentials"]));
    assert_eq!(told["op_tos_uri"], "https://shop.example/terms");
    for gone in ["authorization_endpoint", "response_types_supported", "code_challenge_methods_supported"] {
        assert!(told.get(gone).is_none(), "{gone}");
    }
    tollgate.apply(FILE).await;
    assert_eq!(metadata(&tollgate).await["op_tos_uri"], "https://shop.example/terms", "what is not named is kept");
}

#[tokio::test]
async fn m7_no_header_changes_the_issuer() {
    let tollgate = shop().await;
    let evil =
        tollgate.call("GET", WELL_KNOWN).header("X-Forwarded-Host", "evil.example").header("Forwarded", "host=evil");
    let evil = evil.header("X-Forwarded-Proto", "https").header("X-Original-Host", "evil.example").send().await.is(200);
    assert_eq!(evil.json(), metadata(&tollgate).await);
    let mut request = request(WELL_KNOWN);
    request.headers.insert("host", "evil.example".parse().unwrap());
    let response = endpoint(&tollgate, "https://id.example.com").serve(&request).await.response;
    let told: Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(
        (&told["issuer"], &told["token_endpoint"]),
        (&json!("https://id.example.com"), &json!("https://id.example.com/oauth2/token"))
    );
}

#[tokio::test]
async fn m6_an_issuer_with_a_path_has_it_behind_the_well_known_one() {
    let tollgate = shop().await;
    let tenant = endpoint(&tollgate, "https://id.example.com/tenant");
    for (path, status) in [
        ("/.well-known/oauth-authorization-server/tenant", 200),
        (WELL_KNOWN, 200),
        ("/.well-known/oauth-authorization-server/other", 404),
        ("/.well-known/oauth-authorization-servers", 404),
    ] {
        let response = tenant.serve(&request(path)).await.response;
        assert_eq!(response.status.as_u16(), status, "{path}");
    }
    get(&tollgate, "/.well-known/oauth-authorization-server/tenant").await.is(404);
}

#[tokio::test]
async fn documents_are_read_by_get_and_head_alone() {
    let tollgate = shop().await;
    for path in [WELL_KNOWN, OF_ORDERS] {
        let head = tollgate.call("HEAD", path).send().await.is(200);
        assert_eq!(head.body, "");
        tollgate.call("POST", path).form("a=b").send().await.is(405).has("allow", "GET, HEAD");
        tollgate.call("OPTIONS", path).send().await.is(204).has("access-control-allow-origin", "*");
    }
}

#[tokio::test]
async fn m17_the_metadata_of_a_service_names_its_resource_and_the_issuer() {
    let tollgate = shop().await;
    let expected = json!({
        "resource": "https://api.example.com/orders",
        "authorization_servers": [tollgate.system.url()],
        "scopes_supported": ["read", "write"],
        "bearer_methods_supported": ["header"],
        "resource_name": "orders",
    });
    assert_eq!(get(&tollgate, OF_ORDERS).await.is(200).has("access-control-allow-origin", "*").json(), expected);
}

#[tokio::test]
async fn m17_a_service_without_an_address_or_with_others_tokens_has_no_metadata() {
    let tollgate = Tollgate::with(GUARDED).await;
    for (spkey, status) in
        [("own", 200), ("urn", 404), ("shared", 404), ("off", 404), ("open", 404), ("none", 404), ("a/b", 404)]
    {
        get(&tollgate, &format!("/.well-known/oauth-protected-resource/{spkey}")).await.is(status);
    }
}

/// RFC 9728 section 3.3: a client drops a document that does not name what it wanted to call.
#[tokio::test]
async fn m17_on_this_machine_the_resource_is_the_address_of_the_api_and_its_challenge_leads_there() {
    let tollgate = Tollgate::demo().await;
    let api = format!("{}/orders", tollgate.system.url());
    let refused = get(&tollgate, "/orders").await.is(401);
    let challenge = refused.header("www-authenticate").unwrap();
    let (_, named) = challenge.split_once("resource_metadata=\"").unwrap();
    let document = named.trim_end_matches('"').strip_prefix(tollgate.system.url().as_str()).unwrap();
    let document = get(&tollgate, document).await.is(200).json();
    assert_eq!((&document["resource"], &document["resource_name"]), (&json!(api), &json!("orders")));
    let client = (cli::dev::demo::CLIENT_ID, cli::dev::demo::CLIENT_SECRET);
    let token = tollgate.access_token(client, &format!("resource={api}")).await;
    tollgate.call("GET", "/orders").bearer(&token).send().await.is(200);
    let shared = get(&tollgate, "/invoices").await.is(401).has("www-authenticate", r#"Bearer realm="invoices""#);
    drop(shared);
}

#[tokio::test]
async fn z5_the_challenge_of_a_service_leads_to_its_metadata_and_from_there_to_a_token() {
    let tollgate = shop().await;
    let refused = get(&tollgate, "/orders/1").await.is(401);
    let url = format!("{}{OF_ORDERS}", tollgate.system.url());
    let refused = refused.has("www-authenticate", &format!(r#"Bearer realm="orders", resource_metadata="{url}""#));
    drop(refused);
    let resource = get(&tollgate, OF_ORDERS).await.json();
    let issuer = resource["authorization_servers"][0].as_str().unwrap();
    assert_eq!(metadata(&tollgate).await["issuer"], issuer);
    let form = format!("resource={}", resource["resource"].as_str().unwrap());
    let token = tollgate.access_token(crate::shop::SHOP, &form).await;
    tollgate.call("GET", "/orders/1").bearer(&token).send().await.is(200);
    let without = get(&tollgate, "/pay/1").await.is(401);
    without.has("www-authenticate", r#"Bearer realm="pay""#);
}

fn request(path: &str) -> Request {
    Request {
        method: "GET".parse().unwrap(),
        path: path.into(),
        query: None,
        headers: [].into_iter().collect(),
        body: Vec::new(),
        source: "192.0.2.1".into(),
        request_id: "1".into(),
    }
}

/// The endpoints of another issuer over the same store.
fn endpoint(tollgate: &Tollgate, issuer: &str) -> StatusEndpoint {
    let world = tollgate.clock.world();
    let reader = Reader::new(tests::dynamodb(tollgate.system.dynamodb), Tables::default(), world.clone(), 0);
    StatusEndpoint::new(Writer::new(reader), world, HttpUri::parse(issuer).unwrap())
}

const GUARDED: &str = "
services:
  - { spkey: own, name: own, base_path: /own, backend: BACKEND, resource: 'https://api.example.com/own' }
  - { spkey: urn, name: urn, base_path: /urn, backend: BACKEND, resource: 'urn:example:urn' }
  - { spkey: off, name: off, base_path: /off, backend: BACKEND, resource: 'https://api.example.com/off', enabled: false }
  - { spkey: open, name: open, base_path: /open, backend: BACKEND, resource: 'https://api.example.com/open', authorizer: none }
  - spkey: shared
    name: shared
    base_path: /shared
    backend: BACKEND
    resource: https://api.example.com/shared
    pre_inputs: |
      shared_token_spkey:own
";
