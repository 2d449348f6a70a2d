//! What a provider's answer means, and what a provider that misbehaves can do: nothing but refuse.

use std::{sync::Arc, time::Duration};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use tests::{Provider, Reply};
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

use crate::travel::{get, get_with, travel, travel_by};

const BEARER: &str = "validation: { timeout_ms: 500 }";
const INTROSPECTION: &str =
    "validation: { method: introspection, client_id: gateway, client_secret: secret, timeout_ms: 500 }";

/// What callers see.
#[derive(Clone, Copy, Debug)]
enum Outcome {
    Passes,
    Fails,
    NoAnswer,
}

use Outcome::{Fails, NoAnswer, Passes};

#[tokio::test]
async fn z11_only_a_200_is_valid_and_for_introspection_only_active_true() {
    let html = |body| Reply::of(200, "text/html", body);
    for (reply, bearer, introspection) in [
        (Reply::json(r#"{"active":true}"#), Passes, Passes),
        (Reply::of(200, "application/token+json; charset=utf-8", r#"{"active":true}"#), Passes, Passes),
        (Reply::json(r#"{"active":false}"#), Fails, Fails),
        (Reply::json(r#"{"active":"true"}"#), Fails, Fails),
        (Reply::json(r#"{"active":1}"#), Fails, Fails),
        (Reply::json(r#"{"active":null}"#), Fails, Fails),
        (html(r#"{"active":false}"#), Fails, Fails),
        (html(r#"{"active":true}"#), Passes, Fails),
        (Reply::json(r#"{"uid":"u"}"#), Passes, Fails),
        (Reply::json(r#"{"user":{"active":true}}"#), Passes, Fails),
        (Reply::json(r#"[{"active":true}]"#), Passes, Fails),
        (Reply::json("true"), Passes, Fails),
        (Reply::json(r#"{"active":tr"#), Fails, Fails),
        (Reply::json(""), Fails, Fails),
        (html(r#"{"active":tr"#), Passes, Fails),
        (Reply::json(r#"{"active":false,"active":true}"#), Fails, Fails),
        (Reply::json(r#"{"active":true,"active":true}"#), Fails, Fails),
        (html(r#"{"active":false,"active":true}"#), Fails, Fails),
        (Reply::xml("<user><active>true</active></user>"), Passes, Fails),
        (html("<h1>Log in</h1>"), Passes, Fails),
    ] {
        holds(reply, bearer, introspection).await;
    }
}

#[tokio::test]
async fn z11_every_other_status_refuses() {
    for status in [201, 202, 203, 204, 206, 301, 302, 304, 307, 400, 401, 403, 404, 410, 418, 429, 500, 502, 503, 599] {
        let body = if matches!(status, 204 | 304) { "" } else { r#"{"active":true}"# };
        holds(Reply::of(status, "application/json", body), Fails, Fails).await;
    }
}

#[tokio::test]
async fn z11_what_is_no_answer_refuses() {
    let announced = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{\"active\":true}";
    let endless = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (reply, outcome) in [
        (Reply::Hang, NoAnswer),
        (Reply::Reset, NoAnswer),
        (Reply::Last(Vec::new()), NoAnswer),
        (Reply::Last(b"hello".to_vec()), Fails),
        (Reply::Last(b"HTTP/1.1 200 OK\r\nContent-Type: app".to_vec()), Fails),
        (Reply::Last(announced.to_vec()), Fails),
        (Reply::Bytes(announced.to_vec()), Fails),
        (Reply::Last(endless.to_vec()), Fails),
        (Reply::Bytes([endless.as_slice(), b"zz\r\n{}\r\n0\r\n\r\n"].concat()), Fails),
        (Reply::Drip(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), Duration::from_millis(100)), Fails),
    ] {
        holds(reply, outcome, outcome).await;
    }
}

#[tokio::test]
async fn z16_10_mb_are_not_read() {
    let body = format!(r#"{{"active":true,"x":"{}"}}"#, "x".repeat(10 << 20));
    holds(Reply::json(body), Fails, Fails).await;
    let head = format!("HTTP/1.1 200 OK\r\nX-Long: {}\r\nContent-Length: 0\r\n\r\n", "x".repeat(10 << 20));
    holds(Reply::Bytes(head.into()), Fails, Fails).await;
}

#[tokio::test]
async fn nobody_at_the_address_is_a_target_endpoint_error() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for provider in [format!("http://{closed}"), format!("https://{closed}"), "http://nobody.invalid".to_owned()] {
        let tollgate = travel_by(&provider, &["validation: { timeout_ms: 5000 }"]).await;
        get(&tollgate).await.is(401).says("error", "TargetEndpointError");
    }
}

#[tokio::test]
async fn the_whole_call_takes_no_longer_than_timeout_ms() {
    let drip = Reply::Drip(b"HTTP/1.1 200 OK\r\nX-Slow: 1\r\n\r\n".to_vec(), Duration::from_millis(100));
    for reply in [Reply::Hang, drip] {
        let provider = Provider::always(reply).await;
        let tollgate = travel(&provider, &["validation: { timeout_ms: 400 }"]).await;
        let started = Instant::now();
        get(&tollgate).await.is(401);
        let took = started.elapsed();
        assert!(took >= Duration::from_millis(400) && took < Duration::from_secs(3), "{took:?}");
    }
}

#[tokio::test]
async fn a_call_that_hangs_holds_up_nobody_else() {
    let provider = Provider::start(|question| match question.token().as_str() {
        "hanging" => Reply::Hang,
        _ => Reply::json("{}"),
    })
    .await;
    let tollgate = travel(&provider, &["validation: { timeout_ms: 5000 }"]).await;
    let mut hanging = Box::pin(get_with(&tollgate, "hanging"));
    tokio::select! {
        answer = &mut hanging => panic!("{answer:#?}"),
        () = tokio::time::sleep(Duration::from_millis(200)) => {}
    }
    get(&tollgate).await.is(200);
}

#[tokio::test]
async fn the_provider_s_own_words_do_not_reach_the_caller() {
    for status in [200, 401, 500] {
        let body = r#"{"active":false,"errors":[{"message":"Invalid access token: secret-detail"}]}"#;
        let provider = Provider::always(Reply::of(status, "application/json", body)).await;
        let answer = get(&travel(&provider, &[]).await).await.is(401);
        assert!(!format!("{answer:?}").contains("secret-detail"), "{answer:#?}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Provider::always(Reply::json(r#"{"active":true}"#)).await;
    for status in [301, 302, 303, 307, 308] {
        let location =
            format!("HTTP/1.1 {status} -\r\nLocation: http://{}/\r\nContent-Length: 0\r\n\r\n", other.address);
        holds(Reply::Bytes(location.into()), Fails, Fails).await;
    }
    assert_eq!(other.questions().len(), 0);
}

#[tokio::test]
async fn many_calls_take_one_connection() {
    let provider = Provider::always(Reply::json(r#"{"active":true}"#)).await;
    let tollgate = travel(&provider, &[]).await;
    for _ in 0..20 {
        get(&tollgate).await.is(200);
    }
    assert_eq!((provider.questions().len(), provider.connections()), (20, 1));
}

#[tokio::test]
async fn a_kept_connection_that_died_meanwhile_costs_no_call() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    let provider = Provider::always(Reply::Last(answer.into())).await;
    let tollgate = travel(&provider, &[]).await;
    for _ in 0..5 {
        get(&tollgate).await.is(200);
    }
    assert_eq!(provider.questions().len(), 5);
}

#[tokio::test]
async fn an_outage_is_over_with_the_next_call() {
    let provider = Provider::start(|question| match question.token().as_str() {
        "t" => Reply::json(r#"{"active":true}"#),
        _ => Reply::Reset,
    })
    .await;
    let tollgate = travel(&provider, &[]).await;
    for _ in 0..3 {
        get_with(&tollgate, "out").await.is(401).says("error", "TargetEndpointError");
        get(&tollgate).await.is(200);
    }
}

#[tokio::test]
async fn http_proxy_server_and_port_lead_through_the_proxy() {
    let proxy = Provider::always(Reply::json(r#"{"active":true}"#)).await;
    let port = proxy.address.port();
    for settings in [
        ["http_proxy_server: 127.0.0.1".to_owned(), format!("http_proxy_port: {port}")],
        [format!("http_proxy_server: \"127.0.0.1:{port}\""), "enabled: true".to_owned()],
    ] {
        let tollgate = travel_by("http://idp.example", &[&settings[0], &settings[1]]).await;
        get(&tollgate).await.is(200);
        let question = proxy.questions().pop().unwrap();
        assert_eq!(question.target, "http://idp.example/any");
        assert_eq!((question.header("host"), question.token().as_str()), (Some("idp.example"), "t"));
    }
}

#[tokio::test]
async fn ca_bundle_is_trusted_instead_of_the_public_authorities() {
    let authority = authority();
    let provider = Provider::over_tls(tls(&authority), |_| Reply::json(r#"{"active":true}"#)).await;
    let address = format!("https://{}", provider.address);
    let trusting = |pem: String| format!("validation: {{ ca_bundle: {} }}", serde_json::Value::from(pem));
    let tollgate = travel_by(&address, &[&trusting(authority.pem())]).await;
    for _ in 0..3 {
        get(&tollgate).await.is(200);
    }
    assert_eq!((provider.questions().len(), provider.connections()), (3, 1));
    for settings in ["enabled: true", &trusting(self::authority().pem())] {
        let tollgate = travel_by(&address, &[settings]).await;
        get(&tollgate).await.is(401).says("error", "TargetEndpointError");
    }
    assert_eq!(provider.questions().len(), 3);
}

/// Holds for both methods, what callers see of a reply.
async fn holds(reply: Reply, bearer: Outcome, introspection: Outcome) {
    let provider = Provider::always(reply.clone()).await;
    for (settings, outcome) in [(BEARER, bearer), (INTROSPECTION, introspection)] {
        let answer = get(&travel(&provider, &[settings]).await).await;
        let shown = match &reply {
            Reply::Bytes(bytes) | Reply::Last(bytes) => String::from_utf8_lossy(&bytes[..bytes.len().min(400)]),
            other => format!("{other:?}").into(),
        };
        let (status, error) = match outcome {
            Passes => (200, serde_json::Value::Null),
            Fails => (401, "TokenValidationFails".into()),
            NoAnswer => (401, "TargetEndpointError".into()),
        };
        assert_eq!((answer.status, &answer.json()["error"]), (status, &error), "{settings}: {shown}");
    }
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate for the loopback address.
fn tls(authority: &CertifiedIssuer<'static, KeyPair>) -> TlsAcceptor {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["127.0.0.1".into()]).unwrap().signed_by(&key, authority).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}
