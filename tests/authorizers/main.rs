//! Both authorizers behind the local gateway, over HTTP.

mod database;
mod hostile;
mod injected_headers;
mod introspection;
mod introspection_provider;
mod scopes;
mod shapes;
mod shared_token;
mod travel;
