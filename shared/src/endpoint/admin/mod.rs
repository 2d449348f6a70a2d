//! What operators do by the command: no HTTP request reaches it.

pub mod apply;
mod rotation;
mod shut_out;
mod trial_token;
mod users;

pub use apply::{Applied, ApplyError, DrawnSecret, apply};
pub use rotation::{Rotated, RotationError, rotate_secret};
pub use trial_token::issue_for;
pub use users::{NewUser, UserEdit, UserError, add_user, change_user, revoke_granted};
