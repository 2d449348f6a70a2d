//! Everything that the metadata advertises works (rule M8): each member has its trial here, and each value of it.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
};

use serde_json::Value;
use tests::{Answer, Signer, Tollgate};

use crate::{
    browser::{Browser, PASSWORD, members},
    shop::{CALLBACK, CHALLENGE, VERIFIER},
};

/// A server with everything switched on, and what it advertises.
struct Server {
    tollgate: Tollgate,
    metadata: BTreeMap<String, Value>,
    /// Those of the client `bank`, by their algorithms.
    keys: BTreeMap<&'static str, Signer>,
    assertions: AtomicUsize,
}

impl Server {
    async fn start() -> Self {
        let keys: BTreeMap<_, _> = ALGORITHMS.into_iter().filter_map(|name| Some((name, Signer::of(name)?))).collect();
        let public: Vec<Value> = keys.values().map(Signer::jwk).collect();
        let tollgate = Tollgate::with(&FILE.replace("PUBLIC_KEYS", &Value::from(public).to_string())).await;
        let answer = tollgate.call("GET", "/.well-known/oauth-authorization-server").send().await.is(200);
        Self {
            metadata: serde_json::from_value(answer.json()).unwrap(),
            tollgate,
            keys,
            assertions: AtomicUsize::new(0),
        }
    }

    /// The path of an endpoint, which is the issuer's.
    fn path(&self, member: &str) -> String {
        let url = self.metadata[member].as_str().unwrap();
        url.strip_prefix(&self.tollgate.system.url()).unwrap_or_else(|| panic!("{url}")).to_owned()
    }

    fn values(&self, member: &str) -> Vec<&str> {
        let values: Vec<&str> = self.metadata[member].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(!values.is_empty(), "{member} has no value and should be left out");
        values
    }

    /// Sends a form to an endpoint as a client that authenticates by a method.
    async fn send(&self, member: &str, method: &str, form: &str) -> Answer {
        let call = self.tollgate.call("POST", &self.path(member));
        let call = match method {
            "client_secret_basic" => call.basic("all", SECRET).form(form),
            "client_secret_post" => call.form(&format!("{form}&client_id=all&client_secret={SECRET}")),
            "none" => call.form(&format!("{form}&client_id=app")),
            "private_key_jwt" => call.form(&format!("{form}&{}", self.assertion("ES256"))),
            other => panic!("nobody tries {other}"),
        };
        call.send().await
    }

    /// The parameters of an assertion by the client `bank`, each with an id of its own.
    fn assertion(&self, algorithm: &str) -> String {
        let key = self.keys.get(algorithm).unwrap_or_else(|| panic!("nobody signs with {algorithm}"));
        let jti = self.assertions.fetch_add(1, Ordering::Relaxed).to_string();
        let assertion = key.sign(&Signer::claims("bank", self.metadata["issuer"].as_str().unwrap(), &jti));
        format!("client_assertion={assertion}&client_assertion_type={JWT_BEARER}")
    }

    /// The client with keys proves itself at an endpoint by each of its algorithms.
    async fn signing_algorithms(&self, member: &str) {
        let (endpoint, form) = match member.split('_').next().unwrap() {
            "token" => ("token_endpoint", "grant_type=client_credentials"),
            "introspection" => ("introspection_endpoint", "token=unknown"),
            "revocation" => ("revocation_endpoint", "token=unknown"),
            other => panic!("nobody tries {other}"),
        };
        let path = self.path(endpoint);
        for algorithm in self.values(member) {
            let form = format!("{form}&{}", self.assertion(algorithm));
            self.tollgate.call("POST", &path).form(&form).send().await.is(200);
        }
    }

    /// The client that authenticates by a method.
    fn client_of(method: &str) -> &'static str {
        match method {
            "none" => "app",
            "private_key_jwt" => "bank",
            _ => "all",
        }
    }

    /// What the authorization endpoint answers a client, in the redirect.
    async fn authorized(&self, client_id: &str, response_type: &str, separator: char) -> BTreeMap<String, String> {
        let path = self.path("authorization_endpoint");
        let challenge = if response_type == "code" { CHALLENGE } else { "state=s" };
        let target = format!("{path}?response_type={response_type}&client_id={client_id}&scope=read&{challenge}");
        let answer = Browser::new(&self.tollgate).agree(&target).await.is(303);
        assert!(answer.header("location").unwrap().starts_with(CALLBACK), "{answer:#?}");
        let found = members(&answer, separator);
        assert_eq!(found["iss"], self.metadata["issuer"].as_str().unwrap());
        found
    }

    /// The tokens of a client, got by a code and a method.
    async fn redeemed(&self, client_id: &str, method: &str) -> Value {
        let code = &self.authorized(client_id, "code", '?').await["code"];
        let form = format!("grant_type=authorization_code&code={code}&code_verifier={VERIFIER}");
        self.send("token_endpoint", method, &form).await.is(200).json()
    }

    async fn grant_type(&self, grant_type: &str) {
        let form = match grant_type {
            "client_credentials" => "grant_type=client_credentials&scope=read".to_owned(),
            "password" => {
                format!("grant_type=password&username=alice&password={}&scope=read", PASSWORD.replace(' ', "+"))
            }
            "refresh_token" => {
                let tokens = self.redeemed("all", "client_secret_basic").await;
                format!("grant_type=refresh_token&refresh_token={}", tokens["refresh_token"].as_str().unwrap())
            }
            "authorization_code" => return drop(self.redeemed("all", "client_secret_basic").await),
            "implicit" => return drop(self.authorized("browser", "token", '#').await),
            other => panic!("nobody tries {other}"),
        };
        self.send("token_endpoint", "client_secret_basic", &form).await.is(200).says("token_type", "Bearer");
    }

    async fn scope(&self, scope: &str) {
        let form = format!("grant_type=client_credentials&scope={scope}");
        self.send("token_endpoint", "client_secret_basic", &form).await.is(200).says("scope", scope);
    }

    async fn token_endpoint_auth_method(&self, method: &str) {
        self.redeemed(Self::client_of(method), method).await;
    }

    async fn introspection_auth_method(&self, method: &str) {
        let tokens = self.redeemed(Self::client_of(method), method).await;
        let form = format!("token={}", tokens["access_token"].as_str().unwrap());
        self.send("introspection_endpoint", method, &form).await.is(200).says("active", true);
    }

    async fn revocation_auth_method(&self, method: &str) {
        let token = self.redeemed(Self::client_of(method), method).await;
        let token = token["access_token"].as_str().unwrap();
        self.send("revocation_endpoint", method, &format!("token={token}")).await.is(200);
        self.tollgate.call("GET", "/all/1").bearer(token).send().await.is(401);
    }

    async fn response_type(&self, response_type: &str) {
        let (client_id, separator, member) = match response_type {
            "code" => ("all", '?', "code"),
            "token" => ("browser", '#', "access_token"),
            other => panic!("nobody tries {other}"),
        };
        assert!(self.authorized(client_id, response_type, separator).await.contains_key(member));
    }

    async fn response_mode(&self, mode: &str) {
        self.response_type(match mode {
            "query" => "code",
            "fragment" => "token",
            other => panic!("nobody tries {other}"),
        })
        .await;
    }

    async fn pushed(&self) {
        let form = format!("response_type=code&{CHALLENGE}");
        let uri = self.send("pushed_authorization_request_endpoint", "client_secret_basic", &form).await.is(201).json();
        let uri: String = form_urlencoded::byte_serialize(uri["request_uri"].as_str().unwrap().as_bytes()).collect();
        let target = format!("{}?client_id=all&request_uri={uri}", self.path("authorization_endpoint"));
        assert!(members(&Browser::new(&self.tollgate).agree(&target).await.is(303), '?').contains_key("code"));
    }

    /// Tries a member with all its values.
    async fn try_member(&self, member: &str) {
        let each = || self.values(member);
        match member {
            "issuer" => assert_eq!(self.metadata[member], self.tollgate.system.url()),
            "authorization_endpoint" | "authorization_response_iss_parameter_supported" => {
                self.response_type("code").await;
            }
            "token_endpoint" => self.grant_type("client_credentials").await,
            "introspection_endpoint" => self.introspection_auth_method("client_secret_basic").await,
            "revocation_endpoint" => self.revocation_auth_method("client_secret_basic").await,
            "pushed_authorization_request_endpoint" => self.pushed().await,
            "response_types_supported" => {
                for value in each() {
                    self.response_type(value).await;
                }
            }
            "response_modes_supported" => {
                for value in each() {
                    self.response_mode(value).await;
                }
            }
            "grant_types_supported" => {
                for value in each() {
                    self.grant_type(value).await;
                }
            }
            "scopes_supported" => {
                for value in each() {
                    self.scope(value).await;
                }
            }
            "token_endpoint_auth_methods_supported" => {
                for value in each() {
                    self.token_endpoint_auth_method(value).await;
                }
            }
            "introspection_endpoint_auth_methods_supported" => {
                for value in each() {
                    self.introspection_auth_method(value).await;
                }
            }
            "revocation_endpoint_auth_methods_supported" => {
                for value in each() {
                    self.revocation_auth_method(value).await;
                }
            }
            "token_endpoint_auth_signing_alg_values_supported"
            | "introspection_endpoint_auth_signing_alg_values_supported"
            | "revocation_endpoint_auth_signing_alg_values_supported" => self.signing_algorithms(member).await,
            "code_challenge_methods_supported" => {
                assert_eq!(each(), ["S256"], "which every code here is asked for with");
            }
            "op_tos_uri" => {
                let terms = self.metadata[member].as_str().unwrap();
                let page = self.tollgate.call("GET", "/oauth2/login").send().await.is(200);
                assert!(page.body.contains(&format!("href=\"{terms}\"")), "{page:#?}");
            }
            other => panic!("nobody tries {other}"),
        }
    }
}

#[tokio::test]
async fn m8_every_member_and_every_value_of_the_metadata_works() {
    let server = Server::start().await;
    for member in server.metadata.keys() {
        server.try_member(member).await;
    }
    assert_eq!(server.metadata.len(), 19, "every member there is: {:#?}", server.metadata);
}

const ALGORITHMS: [&str; 5] = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"];
const SECRET: &str = "gX1fBat3bV-generated";
const JWT_BEARER: &str = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";

/// One service with every grant type, and a client of each kind.
const FILE: &str = "
branding: { terms_url: 'https://client.example/terms' }
services:
  - name: all
    base_path: /all
    backend: BACKEND/all
    scopes: [ { name: read, default: true }, { name: write } ]
    grant_types: [client_credentials, authorization_code, refresh_token, implicit, password]
applications:
  - name: Clients
    clients:
      - client_id: all
        client_secret: gX1fBat3bV-generated
        client_secret_generated: true
        grant_types: [client_credentials, authorization_code, refresh_token, password]
        redirect_uris: [https://client.example/cb]
        services: [all]
      - client_id: app
        token_endpoint_auth_method: none
        grant_types: [authorization_code]
        redirect_uris: [https://client.example/cb]
        services: [all]
      - client_id: bank
        token_endpoint_auth_method: private_key_jwt
        jwks: { keys: PUBLIC_KEYS }
        grant_types: [authorization_code, client_credentials]
        redirect_uris: [https://client.example/cb]
        services: [all]
      - client_id: browser
        token_endpoint_auth_method: none
        grant_types: [implicit]
        redirect_uris: [https://client.example/cb]
        services: [all]
users:
  - { username: alice, password: wonderland of a password }
";
