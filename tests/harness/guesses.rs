//! Guesses as the counters know them: without the Argon2id that each would take.

use shared::{model::ThrottleKey, store::Change};

use crate::Tollgate;

/// Counts wrong passwords of as many names from one address.
///
/// # Panics
/// When the store does not answer or the counter is full.
pub async fn count_wrong_passwords(tollgate: &Tollgate, source: &str, number: usize) {
    for name in 0..number {
        for key in ThrottleKey::of_password(&format!("name-{name}"), source) {
            let guess = begin_guess(tollgate, &key).await;
            end_guess(tollgate, &key, guess, false).await;
        }
    }
}

/// Counts a guess that is being tried, and gives its name.
///
/// # Panics
/// When the store does not answer or the counter is full.
pub async fn begin_guess(tollgate: &Tollgate, key: &ThrottleKey) -> String {
    let world = tollgate.clock.world();
    let guess = world.env().attempt();
    let change = Change::CountGuess { key: key.clone(), now: world.clock.now(), guess: guess.clone() };
    tollgate.store().commit(change).await.expect("the window has a guess left");
    guess
}

/// Tells the end of a guess.
///
/// # Panics
/// When the store does not answer.
pub async fn end_guess(tollgate: &Tollgate, key: &ThrottleKey, guess: String, is_right: bool) {
    let change = Change::EndGuess { key: key.clone(), guess, is_right };
    tollgate.store().commit(change).await.expect("the store answers");
}
