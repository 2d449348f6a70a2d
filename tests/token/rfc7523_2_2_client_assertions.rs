//! RFC 7523 section 2.2 and its revision: a client proves itself by an assertion that it signed.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ring::hmac;
use serde_json::{Value, json};
use tests::{Answer, Signer, Tollgate, dynamodb};

use crate::shop::{FILE, GRANT, refuses};

/// A client with a key, beside the shop.
struct Bank {
    tollgate: Tollgate,
    key: Signer,
}

impl Bank {
    async fn open() -> Self {
        let key = Signer::generate();
        Self { tollgate: Tollgate::with(&file_with(&key)).await, key }
    }

    fn issuer(&self) -> String {
        format!("http://{}", self.tollgate.address())
    }

    fn claims(&self, jti: &str) -> Value {
        Signer::claims("bank", &self.issuer(), jti)
    }

    async fn present(&self, assertion: &str) -> Answer {
        self.post(&format!("client_assertion={assertion}&client_assertion_type={JWT_BEARER}")).await
    }

    async fn post(&self, parameters: &str) -> Answer {
        self.tollgate.call("POST", "/oauth2/token").form(&format!("{GRANT}&{parameters}")).send().await
    }

    /// Expects an answer that tells nothing but that the client did not prove itself.
    async fn refuses_claims(&self, claims: &Value) {
        let answer = self.present(&self.key.sign(claims)).await;
        refuses(answer, 401, "invalid_client").says("error_description", "client authentication failed");
    }
}

#[tokio::test]
async fn each_new_assertion_gets_a_token() {
    let bank = Bank::open().await;
    for jti in ["1", "2"] {
        bank.present(&bank.key.sign(&bank.claims(jti))).await.is(200).says("token_type", "Bearer");
    }
}

#[tokio::test]
async fn t22_the_audience_is_the_issuer_as_one_text() {
    let bank = Bank::open().await;
    let issuer = bank.issuer();
    for audience in [
        json!(format!("{issuer}/oauth2/token")),
        json!([issuer]),
        json!(format!("{issuer}/")),
        json!("http://evil.example"),
        Value::Null,
    ] {
        let mut claims = bank.claims("1");
        claims["aud"] = audience;
        bank.refuses_claims(&claims).await;
    }
    let mut claims = bank.claims("1");
    claims["aud"] = json!("http://evil.example");
    let form = format!("{GRANT}&client_assertion={}&client_assertion_type={JWT_BEARER}", bank.key.sign(&claims));
    let call = bank.tollgate.call("POST", "/oauth2/token").header("X-Forwarded-Host", "evil.example").form(&form);
    refuses(call.send().await, 401, "invalid_client");
}

#[tokio::test]
async fn t23_issuer_subject_and_client_id_agree() {
    let bank = Bank::open().await;
    for (name, value) in [("iss", json!("s6BhdRkqt3")), ("sub", json!("s6BhdRkqt3")), ("iss", Value::Null)] {
        let mut claims = bank.claims("1");
        claims[name] = value;
        bank.refuses_claims(&claims).await;
    }
    let assertion = |jti| bank.key.sign(&bank.claims(jti));
    let with_id = |jti, id: &str| {
        format!("client_assertion={}&client_assertion_type={JWT_BEARER}&client_id={id}", assertion(jti))
    };
    refuses(bank.post(&with_id("1", "s6BhdRkqt3")).await, 401, "invalid_client");
    bank.post(&with_id("2", "bank")).await.is(200);
}

#[tokio::test]
async fn t8_assertions_for_unknown_clients_clients_with_secrets_and_clients_with_other_keys_are_refused_alike() {
    let bank = Bank::open().await;
    let stranger = Signer::generate();
    let present =
        async |id| bank.present(&stranger.sign(&Signer::claims(id, &bank.issuer(), "1"))).await.is(401).told();
    let unknown = present("nobody").await;
    assert_eq!(present("s6BhdRkqt3").await, unknown, "a client with a secret");
    assert_eq!(present("bank").await, unknown, "a client with another key");
}

#[tokio::test]
async fn t24_an_assertion_has_an_end_and_an_id() {
    let bank = Bank::open().await;
    for (name, value) in [("exp", Value::Null), ("exp", json!(1)), ("jti", Value::Null), ("jti", json!(""))] {
        let mut claims = bank.claims("1");
        claims[name] = value;
        bank.refuses_claims(&claims).await;
    }
}

#[tokio::test]
async fn t24_a_copy_is_refused_also_at_another_endpoint_and_of_fifty_at_a_time_one_counts() {
    let bank = Bank::open().await;
    let assertion = bank.key.sign(&bank.claims("1"));
    bank.present(&assertion).await.is(200);
    refuses(bank.present(&assertion).await, 401, "invalid_client");
    let form = format!("token=x&client_assertion={assertion}&client_assertion_type={JWT_BEARER}");
    for path in ["/oauth2/introspect", "/oauth2/revoke"] {
        bank.tollgate.call("POST", path).form(&form).send().await.is(401);
    }

    let next = bank.key.sign(&bank.claims("2"));
    let form = format!("{GRANT}&client_assertion={next}&client_assertion_type={JWT_BEARER}");
    let copies: Vec<_> = (0..50).map(|_| bank.tollgate.call("POST", "/oauth2/token").form(&form)).collect();
    let copies: Vec<_> = copies.into_iter().map(|call| tokio::spawn(call.send())).collect();
    let mut won = 0;
    for copy in copies {
        won += usize::from(copy.await.unwrap().status == 200);
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn t24_an_assertion_that_is_over_is_refused_with_and_without_its_mark() {
    let bank = Bank::open().await;
    let assertion = bank.key.sign(&bank.claims("1"));
    bank.present(&assertion).await.is(200);
    bank.tollgate.clock.advance(61 + 10);
    refuses(bank.present(&assertion).await, 401, "invalid_client");
    let unused = bank.key.sign(&bank.claims("2"));
    refuses(bank.present(&unused).await, 401, "invalid_client");
}

#[tokio::test]
async fn t24_an_assertion_costs_one_write_more_and_a_bad_one_none() {
    let bank = Bank::open().await;
    let database = dynamodb(bank.tollgate.system.dynamodb);
    let marks = || async {
        let items = database.scan().table_name("tollgate-tokens").send().await.unwrap();
        items.items().iter().filter(|item| item["id"].as_s().unwrap().starts_with("assertion#")).count()
    };
    bank.present(&bank.key.sign(&bank.claims("1"))).await.is(200);
    assert_eq!(marks().await, 1);
    bank.present(&Signer::generate().sign(&bank.claims("2"))).await.is(401);
    assert_eq!(marks().await, 1);
}

#[tokio::test]
async fn t25_none_hmac_another_key_and_an_unknown_extension_are_refused() {
    let bank = Bank::open().await;
    let claims = bank.claims("1");
    for header in [
        json!({"alg": "none"}),
        json!({"alg": "HS256"}),
        json!({"alg": "RS256"}),
        json!({"alg": "EdDSA"}),
        json!({"alg": "ES256", "crit": ["exp"], "exp": 1}),
        json!({"alg": "ES256", "typ": "at+jwt"}),
    ] {
        refuses(bank.present(&bank.key.sign_with(&header, &claims)).await, 401, "invalid_client");
    }
    let embedded = Signer::generate();
    let header = json!({"alg": "ES256", "jwk": embedded.jwk()});
    refuses(bank.present(&embedded.sign_with(&header, &claims)).await, 401, "invalid_client");
    let good = bank.key.sign(&claims);
    let unsigned = good.rsplit_once('.').unwrap().0;
    refuses(bank.present(&format!("{unsigned}.")).await, 401, "invalid_client");
    bank.present(&good).await.is(200);
}

/// RFC 8725 section 2.1: a server that lets the header choose takes the public key, which everybody has, as a secret.
#[tokio::test]
async fn t25_a_public_key_is_no_hmac_key_and_no_signature_is_none() {
    let bank = Bank::open().await;
    let claims = bank.claims("1");
    let message = |header: Value| {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}", part(&header), part(&claims))
    };
    for key in forms_of(&bank.key.jwk()) {
        let message = message(json!({"alg": "HS256"}));
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), message.as_bytes());
        let forged = format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()));
        refuses(bank.present(&forged).await, 401, "invalid_client");
    }
    for name in ["none", "None", "NONE", ""] {
        refuses(bank.present(&format!("{}.", message(json!({"alg": name})))).await, 401, "invalid_client");
    }
    bank.present(&bank.key.sign(&claims)).await.is(200);
}

/// A public key of P-256 as its owner publishes it: JWK, point, SubjectPublicKeyInfo in DER and in PEM.
fn forms_of(jwk: &Value) -> [Vec<u8>; 4] {
    let number = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().expect("a member")).expect("base64url");
    let point = [vec![4], number("x"), number("y")].concat();
    let spki = [&SPKI_OF_P256[..], &point].concat();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(&spki));
    [jwk.to_string().into_bytes(), point, spki, pem.into_bytes()]
}

/// What stands before the point (RFC 5480 section 2).
const SPKI_OF_P256: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

#[tokio::test]
async fn a_client_with_keys_is_strict_and_so_are_those_without() {
    let bank = Bank::open().await;
    refuses(bank.tollgate.token(("bank", "secret"), GRANT).await, 401, "invalid_client");
    refuses(bank.post("client_id=bank").await, 401, "invalid_client");
    let mut claims = bank.claims("1");
    (claims["iss"], claims["sub"]) = (json!("s6BhdRkqt3"), json!("s6BhdRkqt3"));
    bank.refuses_claims(&claims).await;
}

#[tokio::test]
async fn another_type_or_none_is_refused() {
    let bank = Bank::open().await;
    let assertion = bank.key.sign(&bank.claims("1"));
    let saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
    for parameters in [
        format!("client_assertion={assertion}"),
        format!("client_assertion={assertion}&client_assertion_type={saml}"),
        format!("client_assertion_type={JWT_BEARER}"),
        format!("client_assertion=x&client_assertion_type={JWT_BEARER}"),
    ] {
        refuses(bank.post(&parameters).await, 401, "invalid_client");
    }
}

#[tokio::test]
async fn a_key_that_replaces_another_counts_at_once() {
    let bank = Bank::open().await;
    let key = Signer::generate();
    bank.tollgate.apply(&file_with(&key)).await;
    refuses(bank.present(&bank.key.sign(&bank.claims("1"))).await, 401, "invalid_client");
    bank.present(&key.sign(&bank.claims("2"))).await.is(200);
}

fn file_with(key: &Signer) -> String {
    let jwk = key.jwk();
    format!(
        "{FILE}      - client_id: bank
        token_endpoint_auth_method: private_key_jwt
        jwks: {{ keys: [{jwk}] }}
        services: [orders]
"
    )
}

const JWT_BEARER: &str = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
