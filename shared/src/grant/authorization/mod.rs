//! What the authorization endpoint decides (RFC 6749 section 3.1): whether a client may ask for what it asks, what its
//! resource owner has to do first, and the grant that comes of it.

mod allowed;
mod destination;
mod owner;
mod request;
#[cfg(test)]
mod several;

pub use allowed::{Allowed, Allowing, allow};
pub use destination::Destination;
pub use owner::{Owner, Question};
pub use request::{Asked, Refused, RequestFacts, Step, ask, can_skip_consent, load};
