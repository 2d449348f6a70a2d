//! The steps of one endpoint, in order. Endpoints are the only writers.

mod admin;
mod authenticate;
mod authorize;
mod chosen_password;
mod contention;
mod cors;
mod form;
mod guesses;
mod password;
mod revocation;
mod served;
mod server;
mod status;
mod token;

pub use admin::{
    Applied, ApplyError, DrawnSecret, NewUser, Rotated, RotationError, UserEdit, UserError, add_user, apply,
    change_user, issue_for, revoke_granted, rotate_secret,
};
pub use authorize::{AccountExamination, AuthorizeEndpoint, Examination, LetIn};
pub use revocation::{revoke_client_of_owner, revoke_owner};
pub use served::{Asker, Done, Given, Served, Told};
pub use status::{Standing, StatusEndpoint, TokenExamination, Unshown};
pub use token::TokenEndpoint;
