//! Both authorizers behind the local gateway, over HTTP.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod data_keys;
mod database;
mod deployed;
mod hostile;
mod http_api;
mod injected_headers;
mod introspection;
mod introspection_provider;
mod introspection_trace;
mod request_ids;
mod scopes;
mod shapes;
mod shared_token;
mod shop;
mod store_outage;
mod travel;
