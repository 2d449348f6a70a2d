//! Both authorizers behind the local gateway, over HTTP.

mod database;
mod introspection;
mod scopes;
mod shared_token;
