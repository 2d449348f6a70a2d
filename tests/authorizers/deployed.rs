//! The shared-token function behind an API that the test deploys itself: of another kind, or over another store.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use gateway::{Api, ApiKind, BoxFuture, Exchange, Function, FunctionError, Functions, Gateway, Observer};
use lambda_runtime::{Context, LambdaEvent};
use serde_json::Value;
use shared::{
    authorizer::SharedTokenAuthorizer,
    lambda::{Log, SharedTokenFunction},
    protocol::Spkey,
    store::Reader,
};
use tests::{Call, Tollgate};
use tokio::net::TcpListener;

/// The function's ARN.
pub(crate) const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:shared-token-authorizer";

/// A deployed API.
pub(crate) struct Deployed {
    address: SocketAddr,
    invocations: Arc<AtomicUsize>,
}

impl Deployed {
    /// Deploys a document at `/`, for the service `x`.
    pub(crate) async fn new(tollgate: &Tollgate, reader: Reader, kind: ApiKind, document: Value) -> Self {
        let simple_responses = document.pointer(SIMPLE) == Some(&Value::Bool(true));
        let authorizer = SharedTokenAuthorizer { spkey: Some(Spkey::parse("x").unwrap()) };
        let world = tollgate.clock.world();
        let log = Log::new("shared-token-authorizer", world.clone(), Arc::new(()));
        let function = SharedTokenFunction { authorizer, reader, world, simple_responses, log };
        let invocations = Arc::default();
        let counted = Counted { function, invocations: Arc::clone(&invocations) };
        let functions: Functions = [(ARN.to_owned(), Arc::new(counted) as Arc<dyn Function>)].into();
        let api = Api {
            id: "a1b2c3d4e5".into(),
            stage: if kind == ApiKind::Http { "$default".into() } else { "live".into() },
            base_path: String::new(),
            stage_variables: [].into(),
            document,
            kind,
        };
        let gateway = Gateway::new(&[api], &functions, Arc::new(Unheard)).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(Arc::new(gateway).serve(listener, std::future::pending()));
        Self { address, invocations }
    }

    /// A call to be sent.
    pub(crate) fn call(&self, method: &str, target: &str) -> Call {
        Call::new(self.address, method, target)
    }

    /// How often the function was invoked.
    pub(crate) fn invocations(&self) -> usize {
        self.invocations.load(Ordering::SeqCst)
    }
}

struct Counted {
    function: SharedTokenFunction,
    invocations: Arc<AtomicUsize>,
}

impl Function for Counted {
    fn invoke(&self, event: Value) -> BoxFuture<'_, Result<Value, FunctionError>> {
        Box::pin(async move {
            self.invocations.fetch_add(1, Ordering::SeqCst);
            let event = LambdaEvent::new(serde_json::from_value(event).unwrap(), Context::default());
            let answer = self.function.answer(event).await;
            let answer = answer.map_err(|error| FunctionError { message: error.to_string() })?;
            Ok(serde_json::to_value(answer).unwrap())
        })
    }
}

struct Unheard;

impl Observer for Unheard {
    fn answered(&self, _: &Exchange) {}
}

const SIMPLE: &str = "/components/securitySchemes/tollgate/x-amazon-apigateway-authorizer/enableSimpleResponses";
