//! The token endpoint by Axway API Gateway's path: its formats, its scopes, its headers.

use base64::{Engine, engine::general_purpose::STANDARD};
use tests::{Answer, Tollgate};

use crate::{refresh_family::text, shop::refuses};

const PATH: &str = "/api/oauth/token";
/// The product's sample client.
const SAMPLE: (&str, &str) = ("SampleConfidentialApp", "6808d4b6-ef09-4b0d-8f28-3b05da9c48ec");

async fn tollgate() -> Tollgate {
    Tollgate::with(FILE).await
}

async fn ask(tollgate: &Tollgate, form: &str) -> Answer {
    tollgate.call("POST", PATH).basic(SAMPLE.0, SAMPLE.1).form(form).send().await
}

#[tokio::test]
async fn the_products_own_request_gives_a_token() {
    let tollgate = tollgate().await;
    let call = tollgate.call("POST", PATH).header("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8");
    let header = "Basic U2FtcGxlQ29uZmlkZW50aWFsQXBwOjY4MDhkNGI2LWVmMDktNGIwZC04ZjI4LTNiMDVkYTljNDhlYw==";
    let form = "grant_type=password&username=johndoe&password=A3ddj3w&scope=resource.WRITE,resource.READ";
    let answer = call.header("Authorization", header).body(form).send().await.is(200);
    let answer =
        answer.has("cache-control", "no-store").has("pragma", "no-cache").has("content-type", "application/json");
    let tokens = answer.says("token_type", "Bearer").says("scope", "resource.WRITE resource.READ").json();
    assert_eq!((text(&tokens["access_token"]).len(), tokens["expires_in"].as_u64()), (54, Some(3600)));
    let call = tollgate.call("GET", "/resource/1").bearer(text(&tokens["access_token"])).send().await;
    assert_eq!(call.is(200).reached("x-tollgate-oauth-user-context").as_deref(), Some("johndoe"));
    let refresh = format!("grant_type=refresh_token&refresh_token={}", text(&tokens["refresh_token"]));
    ask(&tollgate, &refresh).await.is(200);
}

#[tokio::test]
async fn t12_the_format_is_the_one_asked_for() {
    let tollgate = tollgate().await;
    let form = "grant_type=client_credentials&scope=resource.READ";
    for (format, media_type) in [
        ("json", "application/json"),
        ("urlencoded", "application/x-www-form-urlencoded"),
        ("query", "application/x-www-form-urlencoded"),
        ("xml", "text/xml; charset=utf-8"),
    ] {
        let answer = ask(&tollgate, &format!("{form}&format={format}")).await.is(200).has("content-type", media_type);
        let token = "[0-9A-Za-z]{54}";
        let expected = match format {
            "json" => r#"{"access_token":"T","token_type":"Bearer","expires_in":3600,"scope":"resource.READ"}"#,
            "xml" => {
                "<Response xmlns=\"ISSUER/api/oauth/token\"><access_token>T</access_token>\
                 <expires_in>3600</expires_in><token_type>Bearer</token_type><scope>resource.READ</scope></Response>"
            }
            _ => "access_token=T&token_type=Bearer&expires_in=3600&scope=resource.READ",
        };
        let expected = expected.replace("ISSUER", &format!("http://{}", tollgate.address()));
        let (before, after) = expected.split_once('T').unwrap();
        let drawn = answer.body.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        let is_token = |text: &str| text.len() == 54 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        assert!(drawn.is_some_and(is_token), "{token} in {expected}: {answer:#?}");
    }
    refuses(ask(&tollgate, &format!("{form}&format=yaml")).await, 400, "invalid_request");
}

#[tokio::test]
async fn an_error_has_the_format_too() {
    let tollgate = tollgate().await;
    let form = "grant_type=client_credentials&scope=nothing&format=";
    let answer = ask(&tollgate, &format!("{form}xml")).await.is(400).has("content-type", "text/xml; charset=utf-8");
    assert!(answer.body.contains("<error>invalid_scope</error>"), "{answer:#?}");
    let answer = ask(&tollgate, &format!("{form}urlencoded")).await.is(400);
    assert!(answer.body.starts_with("error=invalid_scope&error_description="), "{answer:#?}");
    refuses(ask(&tollgate, form).await, 400, "invalid_scope");
    refuses(tollgate.call("GET", PATH).send().await, 405, "invalid_request");
}

#[tokio::test]
async fn scopes_may_have_commas_between_them_and_belong_to_several_services() {
    let tollgate = tollgate().await;
    for scope in ["resource.READ,other.READ", "resource.READ other.READ", "resource.READ,+other.READ,"] {
        let form = format!("grant_type=client_credentials&scope={scope}");
        let tokens = ask(&tollgate, &form).await.is(200).says("scope", "resource.READ other.READ").json();
        assert_eq!(tokens["expires_in"], 600, "the shortest life of both");
        for path in ["/resource/1", "/other/1"] {
            tollgate.call("GET", path).bearer(text(&tokens["access_token"])).send().await.is(200);
        }
    }
    let whole = ask(&tollgate, "grant_type=client_credentials").await.is(200);
    whole.says("scope", "resource.READ resource.WRITE other.READ");
}

#[tokio::test]
async fn several_services_have_one_family_of_refresh_tokens() {
    let tollgate = tollgate().await;
    let form = "grant_type=password&username=johndoe&password=A3ddj3w&scope=resource.READ,other.READ";
    let tokens = ask(&tollgate, form).await.is(200).json();
    let refresh = format!("grant_type=refresh_token&refresh_token={}", text(&tokens["refresh_token"]));
    let next = ask(&tollgate, &refresh).await.is(200).says("scope", "resource.READ other.READ").json();
    assert_eq!(next["expires_in"], 600);
    for path in ["/resource/1", "/other/1"] {
        tollgate.call("GET", path).bearer(text(&next["access_token"])).send().await.is(200);
    }
}

#[tokio::test]
async fn old_basic_headers_are_read_as_they_were_sent() {
    let tollgate = tollgate().await;
    let header = format!("Basic {}", STANDARD.encode("plain:100%+1"));
    let call = |path: &str| {
        let call = tollgate.call("POST", path).header("Authorization", &header);
        call.form("grant_type=client_credentials&scope=resource.READ")
    };
    call(PATH).send().await.is(200);
    refuses(call("/oauth2/token").send().await, 401, "invalid_client");
}

#[tokio::test]
async fn t6_at_axways_path_a_client_proves_itself_in_one_way() {
    let tollgate = tollgate().await;
    let form = "grant_type=client_credentials&scope=resource.READ";
    ask(&tollgate, &format!("{form}&client_id={}", SAMPLE.0)).await.is(200);
    for beside_the_header in [
        "client_id=plain&client_secret=100%25%2B1",
        "client_id=SampleConfidentialApp&client_secret=6808d4b6-ef09-4b0d-8f28-3b05da9c48ec",
        "client_secret=wrong",
        "client_assertion=a.b.c&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    ] {
        refuses(ask(&tollgate, &format!("{form}&{beside_the_header}")).await, 400, "invalid_request");
    }
    refuses(ask(&tollgate, &format!("{form}&client_id=plain")).await, 401, "invalid_client");
}

const FILE: &str = "
services:
  - name: resource
    base_path: /resource
    backend: BACKEND/resource
    grant_types: [client_credentials, password, refresh_token]
    access_token: { format: alnum54 }
    scopes: [ { name: resource.READ, default: true }, { name: resource.WRITE, default: true } ]
    forwarded_headers: [user-context]
  - name: other
    base_path: /other
    backend: BACKEND/other
    grant_types: [client_credentials, password, refresh_token]
    access_token: { ttl: 600 }
    scopes: [ { name: other.READ, default: true } ]
applications:
  - name: Sample
    clients:
      - client_id: SampleConfidentialApp
        client_secret: 6808d4b6-ef09-4b0d-8f28-3b05da9c48ec
        client_secret_generated: true
        grant_types: [client_credentials, password, refresh_token]
        services: [resource, other]
      - client_id: plain
        client_secret: 100%+1
        grant_types: [client_credentials]
        services: [resource]
users:
  - { username: johndoe, password: A3ddj3w }
";
