//! A service without API key whose tokens a scripted provider validates.

use tests::{Answer, Provider, Tollgate};

/// `IDP` in the settings stands for the provider, whose path `/any` is the default endpoint.
pub(crate) async fn travel(provider: &Provider, settings: &[&str]) -> Tollgate {
    travel_by(&format!("http://{}", provider.address), settings).await
}

/// With a provider at any address.
pub(crate) async fn travel_by(provider: &str, settings: &[&str]) -> Tollgate {
    let has_route = settings.iter().any(|line| line.starts_with("token_validation_uri:"));
    let route = if has_route { None } else { Some(&ROUTE) };
    let settings: String = settings.iter().chain(route).map(|line| format!("    {line}\n")).collect();
    let file = FILE.replace("SETTINGS\n", &settings).replace("IDP", provider);
    Tollgate::with(&file).await
}

/// A call with the token `t`.
pub(crate) async fn get(tollgate: &Tollgate) -> Answer {
    get_with(tollgate, "t").await
}

/// A call with a token.
pub(crate) async fn get_with(tollgate: &Tollgate, token: &str) -> Answer {
    tollgate.call("GET", "/travel/1").bearer(token).send().await
}

const ROUTE: &str = "token_validation_uri: { defaultURI: IDP/any }";

const FILE: &str = "
services:
  - spkey: tpx1
    name: travel
    base_path: /travel
    backend: BACKEND/travel
    authorizer: introspection
    api_key: null
SETTINGS
";
