//! Serves any document, its functions invoked by Lambda's own API, as `cargo lambda watch` (port 9000), SAM
//! (`sam local start-lambda`, 3001) and serverless-offline (3002) offer it:
//! `cargo run -p gateway --example serve -- openapi.json http://127.0.0.1:9000`.

use std::{error::Error, sync::Arc};

use bytes::Bytes;
use gateway::{Api, ApiKind, BoxFuture, Exchange, Function, FunctionError, Functions, Gateway, Observer};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let [file, lambda, rest @ ..] = &std::env::args().skip(1).collect::<Vec<_>>()[..] else {
        return Err("usage: serve DOCUMENT.json LAMBDA_URL [rest | http [PORT]]".into());
    };
    let kind = if rest.first().is_some_and(|kind| kind == "http") { ApiKind::Http } else { ApiKind::Rest };
    let port: u16 = rest.get(1).map_or(Ok(3000), |port| port.parse())?;
    let document: Value = serde_json::from_slice(&std::fs::read(file)?)?;
    let functions = functions(&document, lambda);
    let stage = if kind == ApiKind::Http { "$default" } else { "live" };
    let api = Api {
        id: "a1b2c3d4e5".into(),
        stage: stage.into(),
        base_path: String::new(),
        stage_variables: Default::default(),
        document,
        kind,
    };
    let gateway = Gateway::new(&[api], &functions, Arc::new(Terminal)).map_err(|errors| format!("{errors:#?}"))?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("ready on http://{}", listener.local_addr()?);
    Ok(Arc::new(gateway).serve(listener, std::future::pending()).await?)
}

/// Every function whose ARN stands in the document.
fn functions(document: &Value, lambda: &str) -> Functions {
    match document {
        Value::String(text) => text
            .split('/')
            .filter_map(|part| Some((part, part.split_once(":function:")?.1)))
            .map(|(arn, name)| (arn.to_owned(), Arc::new(Remote::new(lambda, name)) as Arc<dyn Function>))
            .collect(),
        Value::Array(items) => items.iter().flat_map(|item| functions(item, lambda)).collect(),
        Value::Object(members) => members.values().flat_map(|member| functions(member, lambda)).collect(),
        _ => Functions::new(),
    }
}

/// A function behind Lambda's `Invoke` operation.
struct Remote {
    client: Client<HttpConnector, Full<Bytes>>,
    uri: String,
}

impl Remote {
    fn new(lambda: &str, name: &str) -> Self {
        let uri = format!("{}/2015-03-31/functions/{name}/invocations", lambda.trim_end_matches('/'));
        Self { client: Client::builder(TokioExecutor::new()).build_http(), uri }
    }

    async fn call(&self, event: &Value) -> Result<Value, Box<dyn Error + Send + Sync>> {
        let request = http::Request::post(&self.uri).body(Full::from(event.to_string()))?;
        let response = self.client.request(request).await?;
        let failed = response.headers().contains_key("x-amz-function-error") || !response.status().is_success();
        let answer: Value = serde_json::from_slice(&response.into_body().collect().await?.to_bytes())?;
        if failed { Err(answer["errorMessage"].as_str().unwrap_or("the function failed").into()) } else { Ok(answer) }
    }
}

impl Function for Remote {
    fn invoke(&self, event: Value) -> BoxFuture<'_, Result<Value, FunctionError>> {
        Box::pin(async move { self.call(&event).await.map_err(|error| FunctionError { message: error.to_string() }) })
    }
}

/// One line for each request.
struct Terminal;

impl Observer for Terminal {
    fn answered(&self, exchange: &Exchange) {
        let Exchange { method, path, status, authorizer, failure, .. } = exchange;
        eprintln!("{status} {method} {path}: {authorizer:?} {}", failure.as_deref().unwrap_or_default());
    }
}
