//! The tokens that the functions are asked about and for.

use std::error::Error;

use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::Value;
use shared::{
    endpoint::{self, TokenEndpoint},
    env::World,
    grant::live_until,
    model::{AuthorizationCode, Client, Grant, GrantKey, HttpUri, SelfLocating, ServiceDefinition},
    protocol::{
        ApplicationName, ClientId, CodeChallenge, CodeVerifier, GrantType, Request, Scope, Secret, Spkey, Subject,
    },
    store::{Change, Stored, Writer},
};

/// The tokens' texts.
pub(crate) struct Tokens {
    /// Of the client `shop`, for the service `orders`, by client credentials.
    pub(crate) access_token: String,
    /// A code of the client `shop` that nobody has redeemed.
    pub(crate) code: String,
    /// A refresh token of the client `shop` that nobody has used.
    pub(crate) refresh_token: String,
}

/// An access token of the client `shop` by client credentials.
///
/// # Errors
/// Client or service is not there.
pub(crate) async fn access_token(store: &Writer) -> Result<String, Box<dyn Error>> {
    let (client, service) = parties(store).await?;
    let token = endpoint::issue_for(&client, &service, store, &World::system()).await;
    Ok(token.map_err(|error| format!("{error:?}"))?.expose().to_owned())
}

/// What a resource owner's consent gives the client `shop`, without the pages: a code.
///
/// # Errors
/// Client or service is not there.
pub(crate) async fn code(store: &Writer) -> Result<String, Box<dyn Error>> {
    let (client, service) = parties(store).await?;
    let world = World::system();
    let env = world.env();
    let id = env.random();
    let code = SelfLocating::AuthorizationCode.mint(&id, &env);
    let grant = Grant {
        id: GrantKey::of_id(&id),
        grant_type: GrantType::AuthorizationCode,
        client_id: client.value.client_id.clone(),
        application: ApplicationName::parse("Shop")?,
        subject: Subject::parse("alice")?,
        services: vec![service.spkey.clone()],
        scope: Scope::parse("orders.read orders.write").map_err(|error| format!("{error:?}"))?,
        issued_at: env.now,
        revoked_at: None,
        listed_until: Some(live_until(&client.value, &service.oauth, &env)),
        code: Some(AuthorizationCode {
            digest: code.digest(),
            expires_at: env.now.plus(CODE_LIFETIME),
            redirect_uri: None,
            code_challenge: Some(CodeChallenge::of(&CodeVerifier::parse(Secret::new(VERIFIER.into()))?)),
            redeemed_at: None,
        }),
        refresh_tokens: None,
        access_tokens: Vec::new(),
    };
    store.commit(Change::Issue { grant, attempt: env.attempt() }).await?;
    Ok(code.expose().to_owned())
}

/// The refresh token that the token endpoint gives for a code.
///
/// # Errors
/// The endpoint's answer is another.
pub(crate) async fn refresh_token(code: &str, store: Writer) -> Result<String, Box<dyn Error>> {
    let form = format!(
        "grant_type=authorization_code&code={code}&code_verifier={VERIFIER}&client_id=shop&client_secret={SECRET}"
    );
    let request = Request {
        method: Method::POST,
        path: "/oauth2/token".into(),
        query: None,
        headers: HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(FORM))]),
        body: form.into_bytes(),
        source: "127.0.0.1".into(),
        request_id: "bench".into(),
    };
    let issuer = HttpUri::parse("https://id.example.com")?;
    let served = TokenEndpoint::new(store, World::system(), issuer).serve(&request).await;
    let answer: Value = serde_json::from_slice(&served.response.body)?;
    let token = answer["refresh_token"].as_str();
    Ok(token.ok_or_else(|| format!("no refresh token for the code: {answer}"))?.to_owned())
}

async fn parties(store: &Writer) -> Result<(Stored<Client>, ServiceDefinition), Box<dyn Error>> {
    let client = store.reader().client(&ClientId::parse("shop")?).await?.ok_or("the client was not written")?;
    let service = store.reader().service(&Spkey::parse("942yzkggypg5dq6c4ucfv3ed")?).await?;
    let service = service.ok_or("the service was not written")?;
    Ok(((*client).clone(), (*service).clone()))
}

/// The code verifier of RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const SECRET: &str = "tgs_demo-secret-of-the-client-shop";
const FORM: &str = "application/x-www-form-urlencoded";
/// Seconds: as long as a run may take.
const CODE_LIFETIME: u64 = 86_400;
