//! The steps of one endpoint, in order. Endpoints are the only writers.

pub mod apply;
mod authenticate;
mod mediator;
mod sample;
mod served;
mod token;

pub use apply::{Applied, ApplyError, DrawnSecret, apply};
pub use sample::issue_for;
pub use served::{Given, Served};
pub use token::TokenEndpoint;
