//! All APIs behind one address.

use std::{io, sync::Arc};

use tokio::net::TcpListener;

use crate::{
    answer::Answer,
    api::{Api, Deployment},
    call::Call,
    clock::{Moment, RequestIds},
    document::{self, DocumentError},
    function::Functions,
    http_api::HttpApi,
    integration::Backends,
    observer::{Exchange, Observer},
    request::Request,
    rest_api::RestApi,
    server,
};

/// API Gateway with any number of APIs, each at its base path.
pub struct Gateway {
    /// Longest base path first.
    apis: Arc<[DeployedApi]>,
    backends: Backends,
    observer: Arc<dyn Observer>,
    ids: RequestIds,
}

/// An API that was read without error.
pub(crate) enum DeployedApi {
    Rest(RestApi),
    Http(HttpApi),
}

impl Gateway {
    /// Reads every API's document.
    ///
    /// # Errors
    /// Every error of every document.
    pub fn new(apis: &[Api], functions: &Functions, observer: Arc<dyn Observer>) -> Result<Self, Vec<DocumentError>> {
        let apis = document::read(apis, functions)?;
        Ok(Self { apis, backends: Backends::new(), observer, ids: RequestIds::starting(Moment::now()) })
    }

    /// Answers HTTP/1.1 on `listener` until `shutdown` is ready; requests on their way are answered first.
    ///
    /// # Errors
    /// The listener's error, when it can't go on.
    pub async fn serve(
        self: Arc<Self>,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send,
    ) -> io::Result<()> {
        server::serve(self, listener, shutdown).await
    }

    pub(crate) async fn answer(&self, request: &Request) -> Answer {
        let id = self.ids.next();
        let found = self.apis.iter().find_map(|api| Some((api, api.deployment().below_base(&request.path)?)));
        let (answer, exchange) = match found {
            Some((api, path)) => {
                let mut call = Call::new(api.deployment(), request, path, &id);
                (api.answer(&mut call, &self.backends).await, call.exchange)
            }
            None => (Answer::message(403, "Forbidden"), Exchange::default()),
        };
        self.observer.answered(&Exchange {
            method: request.method.clone(),
            path: request.path.clone(),
            status: answer.status,
            request_id: id,
            ..exchange
        });
        answer
    }
}

impl DeployedApi {
    pub(crate) fn deployment(&self) -> &Deployment {
        match self {
            Self::Rest(api) => &api.deployment,
            Self::Http(api) => &api.deployment,
        }
    }

    async fn answer<'a>(&'a self, call: &mut Call<'a>, backends: &Backends) -> Answer {
        match self {
            Self::Rest(api) => api.answer(call, backends).await,
            Self::Http(api) => api.answer(call, backends).await,
        }
    }
}
