//! The harness of the black-box tests: a whole Tollgate, a clock that can be advanced, and a client that sends headers
//! exactly as they are spelled.

mod answer;
mod call;
mod clock;
mod consent;
mod counted;
mod counting_proxy;
mod deed;
mod dynamodb;
mod emf;
mod faults;
mod guesses;
mod kms;
mod lines;
mod message;
mod on_file;
mod printed;
mod provider;
mod replay;
mod road;
mod runtime_api;
pub mod secrets;
mod signer;
mod template;
mod tollgate;
mod yaml;

pub use answer::Answer;
pub use call::Call;
pub use clock::{ManualClock, NOW};
pub use consent::{Consent, REDIRECT_URI, VERIFIER, redemption, refresh};
pub use counted::{Counted, KEEPING, posting, requests};
pub use counting_proxy::{CountingProxy, Requests};
pub use deed::{Deed, befalls_every_write, breaks_off_after_every_write};
pub use dynamodb::{dynamodb, store_at};
pub use faults::{Fault, Faults};
pub use guesses::{begin_guess, count_wrong_passwords, end_guess};
pub use kms::{KMS_KEY, Kms};
pub use lines::Lines;
pub use printed::printed;
pub use provider::{Provider, Question, Reply};
pub use replay::{Replayed, replay, sample, start};
pub use road::Road;
pub use runtime_api::{Function, Invoked};
pub use signer::Signer;
pub use template::{TableCall, Template};
pub use tollgate::Tollgate;

/// The client of RFC 6749's examples.
pub const CLIENT_ID: &str = "s6BhdRkqt3";
/// Its secret.
pub const CLIENT_SECRET: &str = "gX1fBat3bV-generated";
