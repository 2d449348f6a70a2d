//! A REST API with its authorizer and its backend in one process: `cargo run -p gateway --example orders`.
//!
//! ```text
//! curl -i http://127.0.0.1:3000/orders/7                              # 401, the authorizer is not asked
//! curl -i http://127.0.0.1:3000/orders/7 -H 'Authorization: ada'      # 200, and the authorizer's context
//! curl -i http://127.0.0.1:3000/orders/admin/7 -H 'Authorization: ada'   # 403, from the kept policy
//! ```

use std::{error::Error, sync::Arc};

use gateway::{Api, ApiKind, BoxFuture, Exchange, Function, FunctionError, Functions, Gateway, Observer};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let api = Api {
        id: "a1b2c3d4e5".into(),
        stage: "live".into(),
        base_path: "/orders".into(),
        stage_variables: Default::default(),
        document: serde_json::from_str(include_str!("orders.json"))?,
        kind: ApiKind::Rest,
    };
    let functions = Functions::from([
        (arn("authorizer"), Arc::new(Authorizer) as Arc<dyn Function>),
        (arn("orders"), Arc::new(Orders)),
    ]);
    let gateway = Gateway::new(&[api], &functions, Arc::new(Terminal)).map_err(|errors| format!("{errors:#?}"))?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    println!("http://127.0.0.1:3000/orders/7");
    Ok(Arc::new(gateway).serve(listener, std::future::pending()).await?)
}

fn arn(function: &str) -> String {
    format!("arn:aws:lambda:us-east-1:123456789012:function:{function}")
}

/// Lets `ada` in everywhere but below `/admin`; anyone else is nobody.
struct Authorizer;

impl Function for Authorizer {
    fn invoke(&self, event: Value) -> BoxFuture<'_, Result<Value, FunctionError>> {
        let answer = match event["headers"]["Authorization"].as_str() {
            Some("ada") => Ok(json!({
                "principalId": "ada",
                "policyDocument": { "Version": "2012-10-17", "Statement": [
                    { "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:*/live/*" },
                    { "Effect": "Deny", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:*/admin/*" },
                ] },
                "context": { "name": "Ada", "why": "admins only", "visits": 1 },
            })),
            _ => Err(FunctionError { message: "Unauthorized".into() }),
        };
        Box::pin(std::future::ready(answer))
    }
}

/// Answers with what it was told about the caller.
struct Orders;

impl Function for Orders {
    fn invoke(&self, event: Value) -> BoxFuture<'_, Result<Value, FunctionError>> {
        let body = json!({ "path": event["path"], "caller": event["requestContext"]["authorizer"] });
        let headers = json!({ "Content-Type": "application/json" });
        Box::pin(std::future::ready(Ok(json!({ "statusCode": 200, "headers": headers, "body": body.to_string() }))))
    }
}

/// One line for each refusal.
struct Terminal;

impl Observer for Terminal {
    fn answered(&self, exchange: &Exchange) {
        if exchange.status >= 400 {
            let Exchange { method, path, status, authorizer, .. } = exchange;
            eprintln!("{status} {method} {path}: {authorizer:?}");
        }
    }
}
