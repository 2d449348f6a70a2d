//! The crate `oauth2`, as its documentation has it used.

mod tollgate;

use std::collections::HashMap;

use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    HttpClientError, HttpRequest, HttpResponse, IntrospectionUrl, PkceCodeChallenge, RedirectUrl, RequestTokenError,
    ResourceOwnerPassword, ResourceOwnerUsername, RevocationUrl, Scope, StandardRevocableToken, SyncHttpClient,
    TokenIntrospectionResponse, TokenResponse, TokenUrl,
    basic::{BasicClient, BasicErrorResponseType, BasicTokenResponse},
};
use reqwest::redirect::Policy;
use tollgate::{PASSWORD, SECRET, Tested, Tollgate, allow};

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointSet, EndpointSet, EndpointSet>;

/// A client of Tollgate, found by its metadata.
fn client(tollgate: &Tollgate, id: &str, secret: Option<AuthType>) -> Tested<Client> {
    let client = BasicClient::new(ClientId::new(id.into()))
        .set_auth_uri(AuthUrl::new(tollgate.told("authorization_endpoint"))?)
        .set_token_uri(TokenUrl::new(tollgate.told("token_endpoint"))?)
        .set_introspection_url(IntrospectionUrl::new(tollgate.told("introspection_endpoint"))?)
        .set_revocation_url(RevocationUrl::new(tollgate.told("revocation_endpoint").replace("http:", "https:"))?)
        .set_redirect_uri(RedirectUrl::new("https://client.example/callback".into())?);
    Ok(match secret {
        Some(way) => client.set_client_secret(ClientSecret::new(SECRET.into())).set_auth_type(way),
        None => client,
    })
}

/// Sends what the crate asks for. It refuses to revoke over http, also on this machine, and cannot be told otherwise:
/// its https is http here.
fn http(request: HttpRequest) -> Result<HttpResponse, HttpClientError<reqwest::Error>> {
    let (mut head, body) = request.into_parts();
    head.uri = head.uri.to_string().replace("https://127.0.0.1", "http://127.0.0.1").parse().expect("it was a URI");
    let client = reqwest::blocking::Client::builder().redirect(Policy::none()).build().map_err(Box::new)?;
    client.call(HttpRequest::from_parts(head, body))
}

/// What a code with PKCE gives.
fn authorize(tollgate: &Tollgate, client: &Client) -> Tested<BasicTokenResponse> {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let request = client.authorize_url(CsrfToken::new_random).set_pkce_challenge(challenge);
    let (url, state) = request.add_scopes(scope("orders.read orders.write")).url();
    let answer: HashMap<_, _> = allow(url)?.query_pairs().into_owned().collect();
    assert_eq!(&answer["state"], state.secret());
    // The crate does not look at `iss` (RFC 9207): an application that knows several servers does.
    assert_eq!(answer["iss"], tollgate.told("issuer"));
    let code = AuthorizationCode::new(answer["code"].clone());
    Ok(client.exchange_code(code).set_pkce_verifier(verifier).request(&http)?)
}

fn scope(text: &str) -> impl Iterator<Item = Scope> {
    text.split(' ').map(|name| Scope::new(name.into()))
}

/// The clients that have a code, each with its way to authenticate.
fn clients(tollgate: &Tollgate) -> Tested<[Client; 3]> {
    Ok([
        client(tollgate, "confidential", Some(AuthType::BasicAuth))?,
        client(tollgate, "confidential", Some(AuthType::RequestBody))?,
        client(tollgate, "public", None)?,
    ])
}

#[test]
fn code_with_pkce_refresh_and_revocation() -> Tested {
    let tollgate = Tollgate::start()?;
    for client in clients(&tollgate)? {
        let first = authorize(&tollgate, &client)?;
        assert_eq!(first.scopes().map(Vec::len), Some(2));
        assert_eq!(tollgate.call(first.access_token().secret())?, 204);

        let token = first.refresh_token().ok_or("a code gives a refresh token")?;
        let second = client.exchange_refresh_token(token).add_scopes(scope("orders.read")).request(&http)?;
        assert_eq!(second.scopes(), Some(&vec![Scope::new("orders.read".into())]));
        assert_eq!(tollgate.call(second.access_token().secret())?, 204);

        let token = second.refresh_token().ok_or("a refresh gives another refresh token")?;
        client.revoke_token(StandardRevocableToken::from(token))?.request(&http)?;
        assert_eq!(tollgate.call(second.access_token().secret())?, 401);
        let refused = client.exchange_refresh_token(token).request(&http);
        let Err(RequestTokenError::ServerResponse(refusal)) = refused else { panic!("{refused:?}") };
        assert_eq!(refusal.error(), &BasicErrorResponseType::InvalidGrant);
    }
    Ok(())
}

#[test]
fn client_credentials_introspection_and_revocation() -> Tested {
    let tollgate = Tollgate::start()?;
    for client in clients(&tollgate)?.into_iter().take(2) {
        let token = client.exchange_client_credentials().add_scopes(scope("orders.read")).request(&http)?;
        assert!(token.refresh_token().is_none());
        let told = client.introspect(token.access_token()).request(&http)?;
        assert!(told.active() && told.client_id().is_some_and(|id| id.as_str() == "confidential"));
        assert_eq!(told.scopes(), Some(&vec![Scope::new("orders.read".into())]));
        client.revoke_token(StandardRevocableToken::from(token.access_token()))?.request(&http)?;
        assert!(!client.introspect(token.access_token()).request(&http)?.active());
    }
    Ok(())
}

#[test]
fn the_password_grant_which_service_and_client_have_switched_on() -> Tested {
    let tollgate = Tollgate::start()?;
    let client = client(&tollgate, "confidential", Some(AuthType::BasicAuth))?;
    let name = ResourceOwnerUsername::new("alice".into());
    let right = client.exchange_password(&name, &ResourceOwnerPassword::new(PASSWORD.into())).request(&http)?;
    assert_eq!(tollgate.call(right.access_token().secret())?, 204);
    let wrong = client.exchange_password(&name, &ResourceOwnerPassword::new("wrong".into())).request(&http);
    assert!(matches!(wrong, Err(RequestTokenError::ServerResponse(_))), "{wrong:?}");
    Ok(())
}
