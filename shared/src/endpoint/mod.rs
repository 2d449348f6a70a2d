//! The steps of one endpoint, in order. Endpoints are the only writers.

mod apply;
mod authenticate;
mod mediator;
mod plan;
mod sample;
mod token;

pub use apply::{Applied, ApplyError, apply};
pub use plan::DrawnSecret;
pub use sample::issue_for;
pub use token::TokenEndpoint;
