//! `tollgate event FUNCTION`: a sample event with a live token.

mod client;
mod hidden;
mod http;
mod live_token;
mod request;
mod rest;
mod shape;
mod websocket;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::Value;
use shared::{
    env::World,
    lambda::Settings,
    model::{ApiKeyLocation, Authorizer, IntrospectionPolicy, ServiceDefinition},
    protocol::Secret,
    store::{Snapshot, Writer},
};

use self::client::ClientCredentials;
pub(super) use self::{hidden::Hidden, request::Request, shape::Shape};
use super::Failure;
use crate::dev::demo;

/// Print a sample event with a live token for a function.
#[derive(Debug, Args)]
pub struct EventArguments {
    /// The function that the event is for.
    function: Function,
    /// Name or spkey of the service: called, or for `token` what the token is to be for.
    #[arg(long)]
    service: Option<String>,
    /// What calls the function [default: rest; http2 for `token`].
    #[arg(long)]
    shape: Option<Shape>,
    /// The method of the request [default: GET; POST for `token`].
    #[arg(long)]
    method: Option<String>,
    /// The path below the service's base path [default: /42; /oauth2/token for `token`].
    #[arg(long)]
    path: Option<String>,
    /// The access token [default: one issued now; the demo's where another server issues them].
    #[arg(long)]
    token: Option<Hidden>,
    /// The API key [default: the demo's].
    #[arg(long)]
    api_key: Option<Hidden>,
    /// The client of a token request [default: the demo's; with --config, the file's first that gets tokens so].
    #[arg(long)]
    client_id: Option<String>,
    /// Its secret [default: the demo's, or the file's].
    #[arg(long, conflicts_with = "config")]
    client_secret: Option<Hidden>,
    /// The configuration file that has the client and its secret.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// A function of this workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Function {
    /// The token endpoint.
    Token,
    /// The authorizer of Tollgate's own tokens.
    SharedTokenAuthorizer,
    /// The authorizer of third-party tokens.
    IntrospectionAuthorizer,
}

/// Prints the event; its token is written to the store that the environment names.
pub(super) async fn run(arguments: EventArguments) -> Result<(), Failure> {
    let hint = |error: &dyn std::fmt::Display| Failure::new(format!("{error}; {HINT}"));
    let settings = Settings::from_environment().map_err(|error| hint(&error))?;
    let event = arguments.event(&Writer::new(settings.reader), &settings.world).await?;
    anstream::println!("{event:#}");
    Ok(())
}

impl EventArguments {
    /// The event. A token that it needs is issued in `store`.
    ///
    /// # Errors
    /// What to tell the user.
    pub async fn event(&self, store: &Writer, world: &World) -> Result<Value, Failure> {
        if self.function == Function::Token {
            let client = match &self.config {
                Some(file) => ClientCredentials::of_file(file, self.client_id.as_deref())?,
                None => self.given_client(store).await?,
            };
            return self.token_event(client, store).await;
        }
        let snapshot = snapshot(store).await?;
        let service = self.called(&snapshot)?;
        let request = Request::new(self.method.as_deref().unwrap_or("GET"), self.path.as_deref().unwrap_or("/42"))
            .at("api.example.com", service.base_path.prefix())
            .of_service(&service.spkey);
        let request = match (self.function, &service.authorizer) {
            (Function::SharedTokenAuthorizer, Authorizer::SharedToken(policy)) => match &self.token {
                Some(token) => request.bearer(token.expose()),
                None => {
                    let issuer = live_token::issuer(service, policy, &snapshot)?;
                    request.bearer(live_token::issue(issuer, &snapshot, store, world).await?.expose())
                }
            },
            (Function::IntrospectionAuthorizer, Authorizer::Introspection(policy)) => {
                self.third_party(request, service, policy)?
            }
            _ => return Err(Failure::new(format!("the service {} has another authorizer", service.name))),
        };
        Ok(self.shape.unwrap_or(Shape::Rest).authorizer_event(&request))
    }

    /// A token request by client credentials.
    async fn token_event(&self, client: ClientCredentials, store: &Writer) -> Result<Value, Failure> {
        let mut form = vec![("grant_type", "client_credentials".to_owned())];
        if self.service.is_some() {
            form.push(("resource", self.called(&snapshot(store).await?)?.urn()));
        }
        let method = self.method.as_deref().unwrap_or("POST");
        let request = Request::new(method, self.path.as_deref().unwrap_or("/oauth2/token"))
            .at("id.example.com", "")
            .basic(client.id.as_str(), client.secret.expose())
            .form(&form);
        let shape = self.shape.unwrap_or(Shape::Http2);
        shape
            .proxy_event(&request)
            .ok_or_else(|| Failure::new("the function token answers requests, so its shape is rest, http1 or http2"))
    }

    /// The client of the options, or the demo's where the store has the demo.
    async fn given_client(&self, store: &Writer) -> Result<ClientCredentials, Failure> {
        let id = self.client_id.as_deref().unwrap_or(demo::CLIENT_ID);
        if let Some(secret) = &self.client_secret {
            return Ok(ClientCredentials { id: id.to_owned(), secret: Secret::new(secret.expose().to_owned()) });
        }
        let secret = Secret::new(demo::CLIENT_SECRET.to_owned());
        let clients = snapshot(store).await?.clients;
        let is_demos = clients.get(id).is_some_and(|client| {
            let mut secrets = client.value.secrets.iter();
            id == demo::CLIENT_ID && secrets.any(|known| known.digest.matches(&secret))
        });
        if is_demos { Ok(ClientCredentials { id: id.to_owned(), secret }) } else { Err(Failure::new(NO_SECRET)) }
    }

    /// What the connector wants: the provider's token and an API key.
    fn third_party(
        &self,
        request: Request,
        service: &ServiceDefinition,
        policy: &IntrospectionPolicy,
    ) -> Result<Request, Failure> {
        let is_demo = demo::TRAVEL_SPKEY == service.spkey.as_str();
        let given = |option: &Option<Hidden>, default: &str, name: &str| {
            let value = option.as_ref().map(|given| given.expose().to_owned());
            let value = value.or_else(|| is_demo.then(|| default.to_owned()));
            value.ok_or_else(|| Failure::new(format!("the service {} needs {name}", service.name)))
        };
        let request =
            request.bearer(&given(&self.token, demo::TRAVEL_TOKEN, "--token: another server issues its tokens")?);
        let key = || given(&self.api_key, demo::API_KEY, "--api-key");
        Ok(match &policy.api_key {
            None => request,
            Some(ApiKeyLocation::Query(name)) => request.query(name, &key()?),
            Some(ApiKeyLocation::Header(name)) => request.header(name.as_str(), &key()?),
        })
    }

    /// The service that is named by name or spkey.
    fn called<'a>(&self, snapshot: &'a Snapshot) -> Result<&'a ServiceDefinition, Failure> {
        let services = || snapshot.services.values().map(|stored| &stored.value);
        let named =
            |name: &str| services().find(|service| service.name.as_str() == name || service.spkey.as_str() == name);
        self.service.as_deref().and_then(named).ok_or_else(|| {
            let names: Vec<&str> = services().map(|service| service.name.as_str()).collect();
            let asked =
                self.service.as_ref().map_or("--service is missing".into(), |name| format!("no service {name:?}"));
            Failure::new(format!("{asked}; there are: {}", names.join(", ")))
        })
    }
}

async fn snapshot(store: &Writer) -> Result<Snapshot, Failure> {
    store.reader().snapshot().await.map_err(|error| Failure::new(format!("{error}; {HINT}")))
}

const NO_SECRET: &str = "whose request is it? The store has digests of secrets alone: --config FILE names the file that \
                         has client and secret, or give --client-id and --client-secret";
const HINT: &str = "start `tollgate dev` and export the lines it prints";
