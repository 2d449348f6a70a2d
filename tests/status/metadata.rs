//! What clients find out about the server (RFC 8414) and about a service (RFC 9728).

use http::header;
use serde_json::{Value, json};
use shared::{
    endpoint::StatusEndpoint,
    model::{AbsoluteUri, Alias, HttpUri, ResourceAddress},
    protocol::{Request, Spkey},
    store::{Change, Reader, Record, Tables, Writer},
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

/// What a client is told that inserts the well-known path between host and path of a resource: by one of two endpoints, of
/// which the first stands behind the host that it asks.
async fn inserted(endpoint: &StatusEndpoint, host: &str, path: &str) -> Result<String, u16> {
    let path = format!("/.well-known/oauth-protected-resource{path}");
    let (path, query) = path.split_once('?').map_or((path.as_str(), None), |(path, query)| (path, Some(query)));
    let headers = [(header::HOST, host.parse().unwrap())].into_iter().collect();
    let request = Request { query: query.map(str::to_owned), headers, ..request(path) };
    let response = endpoint.serve(&request).await.response;
    match response.status.as_u16() {
        200 => Ok(serde_json::from_slice::<Value>(&response.body).unwrap()["resource"].as_str().unwrap().to_owned()),
        status => Err(status),
    }
}

#[tokio::test]
async fn m17_the_metadata_is_where_a_client_looks_that_knows_the_resource_alone() {
    let tollgate = Tollgate::with(ADDRESSED).await;
    let endpoint = endpoint(&tollgate, "https://id.example.com/tenant");
    for (path, resource) in [
        ("/orders", Ok("https://id.example.com/orders")),
        ("/shop/v1/items", Ok("https://ID.example.com:443/shop/v1/items")),
        ("/shop/v1/items/", Ok("https://id.example.com/shop/v1/items/")),
        ("/query?of=items", Ok("https://id.example.com/query?of=items")),
        ("/query", Err(404)),
        ("/shop/v1", Err(404)),
        ("/shop/v1/items//", Err(404)),
        ("/Orders", Err(404)),
        ("", Ok("https://id.example.com/")),
        ("/", Ok("https://id.example.com/")),
        ("/elsewhere", Err(404)),
        ("/off", Err(404)),
        ("/shared", Err(404)),
        ("s", Err(404)),
    ] {
        let told = inserted(&endpoint, "id.example.com", path).await;
        assert_eq!(told.as_deref().map_err(|status| *status), resource, "{path}");
        let told = inserted(&endpoint, "d111111abcdef8.cloudfront.net", path).await;
        assert_eq!(told.as_deref().map_err(|status| *status), resource, "{path} behind something else");
    }
    let told = inserted(&endpoint, "api.example.com", "/elsewhere").await;
    assert_eq!(told.unwrap(), "https://api.example.com/elsewhere", "a host that is mapped here, too");
    let told = inserted(&endpoint, "api.example.com", "/orders").await;
    assert_eq!(told.unwrap(), "https://api.example.com/orders", "that of the host that was asked");
}

#[tokio::test]
async fn m17_a_path_that_looks_like_an_spkey_is_that_of_the_resource() {
    let tollgate = Tollgate::with(ADDRESSED).await;
    let endpoint = endpoint(&tollgate, "https://id.example.com");
    let told = async |path| inserted(&endpoint, "id.example.com", path).await;
    assert_eq!(told("/orders").await.unwrap(), "https://id.example.com/orders", "the spkey `orders` is of another one");
    assert_eq!(told("/own").await.unwrap(), "https://id.example.com/orders", "an spkey, as challenges have it");
    assert_eq!(told("/other").await.unwrap(), "https://api.example.com/other");
}

#[tokio::test]
async fn m17_an_alias_that_is_older_than_its_service_leads_nowhere() {
    let tollgate = Tollgate::with(ADDRESSED).await;
    let address = AbsoluteUri::parse("https://id.example.com/former").unwrap();
    let alias = Alias::Resource(ResourceAddress::of(&address).unwrap());
    let record = Record::Alias { alias, spkey: Spkey::parse("own").unwrap() };
    let save = Change::Save { record, over: None, attempt: "former".into() };
    store(&tollgate).commit(save).await.unwrap();
    let endpoint = endpoint(&tollgate, "https://id.example.com");
    assert_eq!(inserted(&endpoint, "id.example.com", "/former").await, Err(404));
}

#[tokio::test]
async fn m17_on_this_machine_a_client_that_knows_the_api_alone_finds_its_metadata() {
    let tollgate = Tollgate::demo().await;
    let document = get(&tollgate, "/.well-known/oauth-protected-resource/orders").await.is(200).json();
    assert_eq!(document["resource"], format!("{}/orders", tollgate.system.url()));
    get(&tollgate, "/.well-known/oauth-protected-resource/invoices").await.is(404);
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

fn store(tollgate: &Tollgate) -> Writer {
    let database = tests::dynamodb(tollgate.system.dynamodb);
    Writer::new(Reader::new(database, Tables::default(), tollgate.clock.world(), 0))
}

/// The endpoints of another issuer over the same store.
fn endpoint(tollgate: &Tollgate, issuer: &str) -> StatusEndpoint {
    StatusEndpoint::new(store(tollgate), tollgate.clock.world(), HttpUri::parse(issuer).unwrap())
}

const ADDRESSED: &str = "
services:
  - { spkey: own, name: own, base_path: /own, backend: BACKEND, resource: 'https://id.example.com/orders' }
  - { spkey: orders, name: a, base_path: /a, backend: BACKEND, resource: 'https://api.example.com/orders' }
  - { spkey: other, name: b, base_path: /b, backend: BACKEND, resource: 'https://api.example.com/other' }
  - { spkey: c, name: c, base_path: /c, backend: BACKEND, resource: 'https://ID.example.com:443/shop/v1/items' }
  - { spkey: d, name: d, base_path: /d, backend: BACKEND, resource: 'https://id.example.com/shop/v1/items/' }
  - { spkey: e, name: e, base_path: /e, backend: BACKEND, resource: 'https://id.example.com/query?of=items' }
  - { spkey: f, name: f, base_path: /f, backend: BACKEND, resource: 'https://id.example.com/' }
  - { spkey: g, name: g, base_path: /g, backend: BACKEND, resource: 'https://api.example.com/elsewhere' }
  - { spkey: h, name: h, base_path: /h, backend: BACKEND, resource: 'https://id.example.com/off', enabled: false }
  - spkey: i
    name: i
    base_path: /i
    backend: BACKEND
    resource: https://id.example.com/shared
    pre_inputs: |
      shared_token_spkey:own
applications: []
";

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
