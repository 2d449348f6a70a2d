//! Events of the functions that are the authorization server: requests of clients, and of people's browsers.

use serde_json::Value;
use shared::{
    env::World,
    model::{Authorizer, Client},
    protocol::{GrantType, Secret},
    store::{Snapshot, Writer},
};

use super::{EventArguments, Failure, Request, Shape, client::ClientCredentials, live_token, snapshot};
use crate::dev::demo;

impl EventArguments {
    /// A token request by client credentials.
    pub(super) async fn token_event(&self, store: &Writer) -> Result<Value, Failure> {
        let client = self.client(store).await?;
        let mut form = vec![("grant_type", "client_credentials".to_owned())];
        if self.service.is_some() {
            form.push(("resource", self.called(&snapshot(store).await?)?.urn()));
        }
        self.proxied(&self.asked("POST", "/oauth2/token").basic(&client.id, client.secret.expose()).form(&form))
    }

    /// A request about a token: introspection, unless the path says otherwise.
    pub(super) async fn token_status_event(&self, store: &Writer, world: &World) -> Result<Value, Failure> {
        let request = self.asked("POST", "/oauth2/introspect");
        if request.method != "POST" {
            return self.proxied(&request);
        }
        let client = self.client(store).await?;
        let token = match &self.token {
            Some(token) => Secret::new(token.expose().to_owned()),
            None => self.own_token(&client.id, store, world).await?,
        };
        let is_token_info = request.path.ends_with("/tokeninfo");
        let parameter = if is_token_info { "access_token" } else { "token" };
        let form = [(parameter, token.expose().to_owned())];
        let request = if is_token_info { request } else { request.basic(&client.id, client.secret.expose()) };
        self.proxied(&request.form(&form))
    }

    /// An authorization request for a code, as a browser brings it.
    pub(super) async fn authorize_event(&self, store: &Writer) -> Result<Value, Failure> {
        let snapshot = snapshot(store).await?;
        let client = self.asking(&snapshot)?;
        let mut request = self.asked("GET", "/oauth2/authorize");
        for (name, value) in [
            ("response_type", "code"),
            ("client_id", client.client_id.as_str()),
            ("state", "sample"),
            ("code_challenge", demo::CODE_CHALLENGE),
            ("code_challenge_method", "S256"),
        ] {
            request = request.query(name, value);
        }
        if let Some(first) = client.redirect_uris.first() {
            request = request.query("redirect_uri", first);
        }
        if self.service.is_some() {
            request = request.query("resource", &self.called(&snapshot)?.urn());
        }
        self.proxied(&request)
    }

    fn asked(&self, method: &str, path: &str) -> Request {
        let (method, path) = (self.method.as_deref().unwrap_or(method), self.path.as_deref().unwrap_or(path));
        Request::new(method, path).at("id.example.com", "")
    }

    fn proxied(&self, request: &Request) -> Result<Value, Failure> {
        let event = self.shape.unwrap_or(Shape::Http2).proxy_event(request);
        event.ok_or_else(|| Failure::new("this function answers requests, so its shape is rest, http1 or http2"))
    }

    /// The client of the file, of the options, or the demo's where the store has the demo.
    async fn client(&self, store: &Writer) -> Result<ClientCredentials, Failure> {
        if let Some(file) = &self.config {
            return ClientCredentials::of_file(file, self.client_id.as_deref());
        }
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

    /// A token for the service that is named, or else for one that the client may know about: the client's own, where
    /// it gets any.
    async fn own_token(&self, id: &str, store: &Writer, world: &World) -> Result<Secret, Failure> {
        let snapshot = snapshot(store).await?;
        let known = || {
            let client = &snapshot.clients.get(id)?.value;
            let mut spkeys = client.services.iter().chain(&client.introspects);
            spkeys.find_map(|spkey| Some(&snapshot.services.get(spkey.as_str())?.value))
        };
        let service = match &self.service {
            Some(_) => self.called(&snapshot)?,
            None => {
                known().ok_or_else(|| Failure::new(format!("no client {id:?} with a service: name a --service")))?
            }
        };
        let Authorizer::SharedToken(policy) = &service.authorizer else {
            return Err(Failure::new(format!("another server issues the tokens of the service {}", service.name)));
        };
        let issuer = live_token::issuer(service, policy, &snapshot)?;
        live_token::issue(live_token::holder(issuer, id, &snapshot)?, issuer, store, world).await
    }

    /// The client that asks people: the one of the options, or the first that may.
    fn asking<'s>(&self, snapshot: &'s Snapshot) -> Result<&'s Client, Failure> {
        let asks = |client: &&Client| client.is_enabled() && client.grant_types.contains(&GrantType::AuthorizationCode);
        let clients = || snapshot.clients.values().map(|stored| &stored.value).filter(asks);
        let meant = |client: &&Client| self.client_id.as_deref().is_none_or(|id| client.client_id.as_str() == id);
        clients().find(meant).ok_or_else(|| {
            let ids: Vec<&str> = clients().map(|client| client.client_id.as_str()).collect();
            let asked = self.client_id.as_ref().map_or("no client".into(), |id| format!("no client {id:?}"));
            Failure::new(format!("{asked} with the grant type authorization_code; there are: {}", ids.join(", ")))
        })
    }
}

const NO_SECRET: &str = "whose request is it? The store has digests of secrets alone: --config FILE names the file that \
                         has client and secret, or give --client-id and --client-secret";
