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

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeMap,
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use bytes::Bytes;
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        api::ApiKind,
        function::{BoxFuture, Function, FunctionError},
        headers::Headers,
        request::RequestBody,
    };

    /// Answers after some time, and counts how often it was asked.
    #[derive(Default)]
    struct Slow {
        takes: Duration,
        asked: AtomicUsize,
    }

    impl Slow {
        fn seconds(seconds: u64) -> Arc<Self> {
            Arc::new(Self { takes: Duration::from_secs(seconds), asked: AtomicUsize::new(0) })
        }
    }

    impl Function for Slow {
        fn invoke(&self, _: Value) -> BoxFuture<'_, Result<Value, FunctionError>> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            Box::pin(async {
                tokio::time::sleep(self.takes).await;
                let statement = json!({ "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*" });
                // An authorizer's answer and a backend's in one.
                Ok(json!({ "principalId": "p", "policyDocument": { "Statement": statement }, "statusCode": 200 }))
            })
        }
    }

    struct Deaf;

    impl Observer for Deaf {
        fn answered(&self, _: &Exchange) {}
    }

    const AUTHORIZER: &str = "arn:aws:lambda:us-east-1:123456789012:function:authorizer";
    const BACKEND: &str = "arn:aws:lambda:us-east-1:123456789012:function:backend";

    /// One API with an authorizer by the `Authorization` header that says nothing of its TTL.
    fn guarded(kind: ApiKind, authorizer: &Arc<Slow>, backend: &Arc<Slow>) -> Gateway {
        let (stage, identity) = match kind {
            ApiKind::Rest => ("live", "method.request.header.Authorization"),
            ApiKind::Http => ("$default", "$request.header.Authorization"),
        };
        let document = json!({
            "openapi": "3.0.1",
            "components": { "securitySchemes": { "auth": { "x-amazon-apigateway-authorizer": {
                "type": "request", "authorizerUri": AUTHORIZER, "identitySource": identity,
                "authorizerPayloadFormatVersion": "2.0" } } } },
            "paths": { "/a": { "get": { "security": [{ "auth": [] }], "x-amazon-apigateway-integration": {
                "type": "aws_proxy", "httpMethod": "POST", "uri": BACKEND, "payloadFormatVersion": "2.0" } } } },
        });
        let (id, stage) = ("a1b2c3".to_owned(), stage.to_owned());
        let api = Api { id, stage, base_path: String::new(), stage_variables: BTreeMap::new(), document, kind };
        let functions: [(String, Arc<dyn Function>); 2] =
            [(AUTHORIZER.to_owned(), authorizer.clone()), (BACKEND.to_owned(), backend.clone())];
        Gateway::new(&[api], &functions.into(), Arc::new(Deaf)).map_err(|errors| format!("{errors:?}")).unwrap()
    }

    async fn answer(gateway: &Gateway) -> (u16, Bytes) {
        let request = Request {
            method: "GET".into(),
            path: "/a".into(),
            query: String::new(),
            headers: Headers::from_iter([("Host", "x"), ("Authorization", "t")]),
            body: RequestBody::Whole(Bytes::new()),
            peer: [127, 0, 0, 1].into(),
        };
        let answer = gateway.answer(&request).await;
        (answer.status, answer.body)
    }

    #[tokio::test(start_paused = true)]
    async fn status_table_a_late_authorizer_is_500() {
        let quick = Slow::seconds(0);
        for (kind, limit, body) in
            [(ApiKind::Rest, 29, r#"{"message":null}"#), (ApiKind::Http, 10, r#"{"message":"Internal Server Error"}"#)]
        {
            assert_eq!(answer(&guarded(kind, &Slow::seconds(limit - 1), &quick)).await.0, 200);
            assert_eq!(answer(&guarded(kind, &Slow::seconds(limit + 1), &quick)).await, (500, Bytes::from(body)));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn limit_a_late_function_is_504_after_29_s_and_on_http_apis_503_after_30_s() {
        let quick = Slow::seconds(0);
        for (kind, limit, status) in [(ApiKind::Rest, 29, 504), (ApiKind::Http, 30, 503)] {
            assert_eq!(answer(&guarded(kind, &quick, &Slow::seconds(limit - 1))).await.0, 200);
            assert_eq!(answer(&guarded(kind, &quick, &Slow::seconds(limit + 1))).await.0, status);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn cache_the_default_ttl_is_300_s() {
        for kind in [ApiKind::Rest, ApiKind::Http] {
            let (authorizer, backend) = (Slow::seconds(0), Slow::seconds(0));
            let gateway = guarded(kind, &authorizer, &backend);
            for (wait, asked) in [(0, 1), (299, 1), (1, 2)] {
                tokio::time::advance(Duration::from_secs(wait)).await;
                assert_eq!(answer(&gateway).await.0, 200);
                assert_eq!(authorizer.asked.load(Ordering::Relaxed), asked, "{kind:?}");
            }
        }
    }
}
