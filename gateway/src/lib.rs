//! Amazon API Gateway on your own machine: OpenAPI 3.0 documents with `x-amazon-apigateway-*` extensions in, HTTP out.
//!
//! [`Gateway::new`] reads every document, reporting all of its errors at once, and [`Gateway::serve`] answers HTTP/1.1
//! as API Gateway would: routes, Lambda authorizers and their cache, parameter mapping, integrations and gateway
//! responses. Where AWS documents nothing, the reading that is worse for the API's owner is taken; the crate's README
//! lists those points.
//!
//! ```no_run
//! # async fn run(document: serde_json::Value, functions: gateway::Functions, log: std::sync::Arc<dyn gateway::Observer>)
//! # -> Result<(), Box<dyn std::error::Error>> {
//! use gateway::{Api, ApiKind, Gateway};
//!
//! let orders = Api {
//!     id: "a1b2c3d4e5".into(),
//!     stage: "live".into(),
//!     base_path: "/orders".into(),
//!     stage_variables: Default::default(),
//!     document,
//!     kind: ApiKind::Rest,
//! };
//! let gateway = match Gateway::new(&[orders], &functions, log) {
//!     Ok(gateway) => std::sync::Arc::new(gateway),
//!     Err(errors) => {
//!         errors.iter().for_each(|error| eprintln!("{error}"));
//!         return Ok(());
//!     }
//! };
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//! gateway.serve(listener, std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```

mod answer;
mod api;
mod authorizer;
mod call;
mod clock;
mod cors;
mod document;
mod edge;
mod event;
mod function;
mod gateway;
mod gateway_response;
mod headers;
mod http_api;
mod integration;
mod mapping;
mod observer;
mod request;
mod response_type;
mod rest_api;
mod route;
mod server;
mod template;

pub use crate::{
    api::{ACCOUNT, Api, ApiKind, REGION},
    document::DocumentError,
    function::{BoxFuture, Function, FunctionError, Functions},
    gateway::Gateway,
    observer::{AuthorizerOutcome, Exchange, MappedHeader, MappingOutcome, Observer},
};
