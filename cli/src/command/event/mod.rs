//! `tollgate event FUNCTION`: a sample event with a live token.

mod client;
mod hidden;
mod http;
mod live_token;
mod request;
mod rest;
mod server;
mod shape;
mod websocket;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::Value;
use shared::{
    env::World,
    lambda::Settings,
    model::{ApiKeyLocation, Authorizer, IntrospectionPolicy, ServiceDefinition},
    store::{Snapshot, Writer},
};

pub(super) use self::{hidden::Hidden, request::Request, shape::Shape};
use super::Failure;
use crate::dev::demo;

/// Print a sample event with a live token for a function.
#[derive(Debug, Args)]
pub struct EventArguments {
    /// The function that the event is for.
    function: Function,
    /// Name or spkey of the service: called, or what the token is to be for.
    #[arg(long)]
    service: Option<String>,
    /// What calls the function [default: rest for an authorizer, else http2].
    #[arg(long)]
    shape: Option<Shape>,
    /// The method of the request [default: GET; POST for `token` and `token-status`].
    #[arg(long)]
    method: Option<String>,
    /// The path below the service's base path [default: /42], or the endpoint [default: /oauth2/token,
    /// /oauth2/introspect, /oauth2/authorize].
    #[arg(long)]
    path: Option<String>,
    /// The access token [default: one issued now; the demo's where another server issues them].
    #[arg(long)]
    token: Option<Hidden>,
    /// The API key [default: the demo's].
    #[arg(long)]
    api_key: Option<Hidden>,
    /// The client that asks [default: the demo's; with --config, the file's first that gets tokens by itself; for
    /// `authorize` the first that may ask people].
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
    /// Introspection, revocation, token information and metadata.
    TokenStatus,
    /// The authorization endpoint and its pages.
    Authorize,
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
        match self.function {
            Function::Token => self.token_event(store).await,
            Function::TokenStatus => self.token_status_event(store, world).await,
            Function::Authorize => self.authorize_event(store).await,
            Function::SharedTokenAuthorizer | Function::IntrospectionAuthorizer => {
                self.authorizer_event(store, world).await
            }
        }
    }

    async fn authorizer_event(&self, store: &Writer, world: &World) -> Result<Value, Failure> {
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
                    let holder = live_token::holder(issuer, demo::CLIENT_ID, &snapshot)?;
                    request.bearer(live_token::issue(holder, issuer, store, world).await?.expose())
                }
            },
            (Function::IntrospectionAuthorizer, Authorizer::Introspection(policy)) => {
                self.third_party(request, service, policy)?
            }
            _ => return Err(Failure::new(format!("the service {} has another authorizer", service.name))),
        };
        Ok(self.shape.unwrap_or(Shape::Rest).authorizer_event(&request))
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

const HINT: &str = "start `tollgate dev` and export the lines it prints";
