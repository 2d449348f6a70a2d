//! A gateway on a port of its own, and what tests say to it.

mod backend;
mod client;
mod documents;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use gateway::{Api, ApiKind, BoxFuture, Exchange, Function, FunctionError, Functions, Gateway, Observer};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

pub(crate) use self::{
    backend::{backend, verbatim_backend},
    client::{Reply, exchange},
    documents::{arn, http_proxy, invocation, lambda_proxy, operation, policy, rest_api, rest_authorizer},
};

/// A gateway before it starts.
#[derive(Default)]
pub(crate) struct Setup {
    pub(crate) apis: Vec<Api>,
    pub(crate) functions: Functions,
    events: BTreeMap<String, Events>,
}

type Events = Arc<Mutex<Vec<Value>>>;

impl Setup {
    pub(crate) fn api(mut self, kind: ApiKind, base_path: &str, document: Value) -> Self {
        let stage = if kind == ApiKind::Http { "$default" } else { "live" };
        self.apis.push(Api {
            id: format!("api{}", self.apis.len()),
            stage: stage.into(),
            base_path: base_path.into(),
            stage_variables: BTreeMap::from([("spkey".into(), "s1".into())]),
            document,
            kind,
        });
        self
    }

    /// A stage of the HTTP API with the id `api`.
    pub(crate) fn stage(mut self, stage: &str, base_path: &str, document: Value) -> Self {
        self = self.api(ApiKind::Http, base_path, document);
        if let Some(api) = self.apis.last_mut() {
            (api.id, api.stage) = ("api".into(), stage.into());
        }
        self
    }

    pub(crate) fn rest(self, document: Value) -> Self {
        self.api(ApiKind::Rest, "", document)
    }

    pub(crate) fn http(self, document: Value) -> Self {
        self.api(ApiKind::Http, "", document)
    }

    pub(crate) fn function<F>(mut self, name: &str, answer: F) -> Self
    where
        F: Fn(&Value) -> Result<Value, FunctionError> + Send + Sync + 'static,
    {
        let events = Events::default();
        self.events.insert(name.to_owned(), Arc::clone(&events));
        self.functions.insert(arn(name), Arc::new(Closure { answer, events }));
        self
    }

    pub(crate) fn read(self) -> Result<Gateway, Vec<gateway::DocumentError>> {
        Gateway::new(&self.apis, &self.functions, Arc::new(Seen::default()))
    }

    pub(crate) async fn start(self) -> Local {
        let seen = Arc::new(Seen::default());
        let gateway = match Gateway::new(&self.apis, &self.functions, Arc::clone(&seen) as Arc<dyn Observer>) {
            Ok(gateway) => Arc::new(gateway),
            Err(errors) => panic!("{errors:#?}"),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(gateway.serve(listener, async { drop(stopped.await) }));
        Local { address, seen, events: self.events, stop, serving }
    }
}

/// A running gateway.
pub(crate) struct Local {
    pub(crate) address: SocketAddr,
    seen: Arc<Seen>,
    events: BTreeMap<String, Events>,
    stop: oneshot::Sender<()>,
    pub(crate) serving: JoinHandle<std::io::Result<()>>,
}

impl Local {
    /// Sends a request with these header lines and no body.
    pub(crate) async fn send(&self, line: &str, headers: &[&str]) -> Reply {
        self.send_body(line, headers, b"").await
    }

    pub(crate) async fn get(&self, path: &str, headers: &[&str]) -> Reply {
        self.send(&format!("GET {path}"), headers).await
    }

    pub(crate) async fn send_body(&self, line: &str, headers: &[&str], body: &[u8]) -> Reply {
        exchange(self.address, line, headers, body).await
    }

    /// The events that a function was invoked with.
    pub(crate) fn events(&self, function: &str) -> Vec<Value> {
        self.events[function].lock().unwrap().clone()
    }

    pub(crate) fn last_exchange(&self) -> Exchange {
        self.seen.0.lock().unwrap().last().cloned().expect("an exchange was observed")
    }

    pub(crate) fn stop(self) -> JoinHandle<std::io::Result<()>> {
        drop(self.stop);
        self.serving
    }
}

#[derive(Default)]
struct Seen(Mutex<Vec<Exchange>>);

impl Observer for Seen {
    fn answered(&self, exchange: &Exchange) {
        self.0.lock().unwrap().push(exchange.clone());
    }
}

struct Closure<F> {
    answer: F,
    events: Events,
}

impl<F: Fn(&Value) -> Result<Value, FunctionError> + Send + Sync> Function for Closure<F> {
    fn invoke(&self, event: Value) -> BoxFuture<'_, Result<Value, FunctionError>> {
        Box::pin(async move {
            self.events.lock().unwrap().push(event.clone());
            (self.answer)(&event)
        })
    }
}

/// A function that fails with this message.
pub(crate) fn fails(message: &'static str) -> impl Fn(&Value) -> Result<Value, FunctionError> {
    move |_| Err(FunctionError { message: message.to_owned() })
}

/// A function that always answers this.
pub(crate) fn answers(answer: Value) -> impl Fn(&Value) -> Result<Value, FunctionError> {
    move |_| Ok(answer.clone())
}

/// An authorizer that allows everything and adds this context.
pub(crate) fn allows(context: Value) -> impl Fn(&Value) -> Result<Value, FunctionError> {
    answers(policy(json!([{ "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*" }]), context))
}
