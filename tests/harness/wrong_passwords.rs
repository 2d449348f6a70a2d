//! Guesses at the passwords of many names, as the counters know them: without the Argon2id that each would take.

use shared::{
    model::ThrottleKey,
    store::{Change, Reader, Tables, Writer},
};

use crate::{Tollgate, dynamodb};

/// Counts wrong passwords of as many names from one address.
///
/// # Panics
/// When the store does not answer or the counter is full.
pub async fn count_wrong_passwords(tollgate: &Tollgate, source: &str, number: u64) {
    let world = tollgate.clock.world();
    let store = Writer::new(Reader::new(dynamodb(tollgate.system.dynamodb), Tables::default(), world.clone(), 0));
    for name in 0..number {
        for key in ThrottleKey::of_password(&format!("name-{name}"), source) {
            let guess = Change::CountGuess { key, now: world.clock.now() };
            store.commit(guess).await.expect("the window has a guess left");
        }
    }
}
