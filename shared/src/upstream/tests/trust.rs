//! TLS is verified on every connection, by the roots the call names.

use crate::upstream::{local_server::*, *};

fn assert_untrusted(failure: &UpstreamError, cause_holds: &str) {
    let UpstreamError::Tls { cause, .. } = failure else { panic!("{failure:?}") };
    assert!(cause.contains(cause_holds), "{cause}");
    assert!(!failure.answered());
}

#[tokio::test]
async fn a_certificate_of_the_bundles_authority_is_trusted() {
    let authority = TestAuthority::new();
    let server = LocalServer::over_tls(authority.acceptor_for("localhost"));
    let uri = uri(&format!("https://localhost:{}/", server.address.port()));
    answer_to(&Upstream::new(), Outgoing { ca_bundle: Some(&authority.bundle()), ..get(&uri) }).await;
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_refused() {
    let server = LocalServer::over_tls(TestAuthority::new().acceptor_for("127.0.0.1"));
    let uri = uri(&format!("https://{}/", server.address));
    let upstream = Upstream::new();
    let wrong = TestAuthority::new().bundle();
    for ca_bundle in [None, Some(&wrong)] {
        let failure = failure_of(&upstream, Outgoing { ca_bundle, ..get(&uri) }).await;
        assert_untrusted(&failure, "invalid peer certificate");
    }
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused() {
    let authority = TestAuthority::new();
    let server = LocalServer::over_tls(authority.acceptor_for("idp.example"));
    let uri = uri(&format!("https://{}/", server.address));
    let request = Outgoing { ca_bundle: Some(&authority.bundle()), ..get(&uri) };
    assert_untrusted(&failure_of(&Upstream::new(), request).await, "not valid for name");
}

#[tokio::test]
async fn a_kept_connection_serves_only_calls_that_trust_the_same_authorities() {
    let authority = TestAuthority::new();
    let server = LocalServer::over_tls(authority.acceptor_for("127.0.0.1"));
    let uri = uri(&format!("https://{}/", server.address));
    let upstream = Upstream::new();
    answer_to(&upstream, Outgoing { ca_bundle: Some(&authority.bundle()), ..get(&uri) }).await;
    assert_untrusted(&failure_of(&upstream, get(&uri)).await, "invalid peer certificate");
    answer_to(&upstream, Outgoing { ca_bundle: Some(&authority.bundle()), ..get(&uri) }).await;
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn a_server_without_tls_is_refused() {
    let server = LocalServer::start(|mut stream, _| async move {
        use tokio::io::AsyncWriteExt;
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        pause(200).await;
    });
    let failure = failure_of(&Upstream::new(), get(&uri(&format!("https://{}/", server.address)))).await;
    assert!(matches!(failure, UpstreamError::Tls { .. }), "{failure:?}");
}
