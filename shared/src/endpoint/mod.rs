//! The steps of one endpoint, in order. Endpoints are the only writers.

pub mod apply;
mod authenticate;
mod authorize;
mod axway;
mod contention;
mod cors;
mod giving;
mod guesses;
mod mediator;
mod password;
mod revocation;
mod rotation;
mod sample;
mod served;
mod server;
mod shut_out;
mod status;
mod token;
mod users;

pub use apply::{Applied, ApplyError, DrawnSecret, apply};
pub use authorize::{AuthorizeEndpoint, Examination};
pub use revocation::{revoke_client_of_owner, revoke_owner};
pub use rotation::{Rotated, RotationError, rotate_secret};
pub use sample::issue_for;
pub use served::{Asker, Done, Given, Served, Told};
pub use status::{StatusEndpoint, Unshown};
pub use token::TokenEndpoint;
pub use users::{NewUser, UserEdit, UserError, add_user, change_user, revoke_granted};
