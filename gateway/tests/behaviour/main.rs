//! The gateway over real HTTP: raw requests in, echoing backends and closures as functions behind it.

#![expect(
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    reason = "documents are built from values made in place, and a test ends at the first surprise"
)]

mod documents;
mod http_authorizers;
mod http_integrations;
mod http_stages;
mod limits;
mod rest_authorizers;
mod rest_caching;
mod rest_events;
mod rest_headers;
mod rest_integrations;
mod rest_responses;
mod rows;
mod serving;
mod support;
