//! Time and randomness, which come in by the door.

mod derived;

use std::{
    fmt,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
pub use derived::Derived;

use crate::protocol::{Moment, Timestamp};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The moment it is.
    fn moment(&self) -> Moment;

    /// The moment in whole seconds, by which everything is decided.
    fn now(&self) -> Timestamp {
        self.moment().timestamp()
    }
}

/// Gives random bytes fit for secrets.
pub trait Entropy: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, bytes: &mut [u8]);
}

/// The clock and the randomness of the process.
#[derive(Clone)]
pub struct World {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The randomness.
    pub entropy: Arc<dyn Entropy>,
}

impl World {
    /// The real ones.
    pub fn system() -> Self {
        Self { clock: Arc::new(System), entropy: Arc::new(System) }
    }

    /// Time and randomness for one decision.
    pub fn env(&self) -> Env<'_> {
        Env { now: self.clock.now(), entropy: &*self.entropy }
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

/// Time and randomness for one decision: the moment stands still while it is made.
#[derive(Clone, Copy)]
pub struct Env<'a> {
    /// The moment.
    pub now: Timestamp,
    /// The randomness.
    pub entropy: &'a dyn Entropy,
}

impl Env<'_> {
    /// Random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }

    /// A name for one attempt to write: 128 random bits in base64url.
    pub fn attempt(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.random::<16>())
    }

    /// `length` random characters of `alphabet`, each equally likely.
    pub fn random_text(&self, alphabet: &[u8], length: usize) -> String {
        let size = u8::try_from(alphabet.len()).expect("an alphabet has fewer than 256 characters");
        let fair = u8::MAX - u8::MAX % size;
        let mut text = String::with_capacity(length);
        while text.len() < length {
            let drawn = self.random::<64>().into_iter().filter(|byte| *byte < fair);
            text.extend(drawn.take(length - text.len()).map(|byte| char::from(alphabet[usize::from(byte % size)])));
        }
        text
    }
}

/// The operating system's clock and randomness.
struct System;

impl Clock for System {
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    fn moment(&self) -> Moment {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Moment::from_millis(u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX))
    }
}

impl Entropy for System {
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives randomness");
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! Fixed time and counted randomness for tests of decisions.

    use std::sync::atomic::{AtomicU64, Ordering};

    use super::{Entropy, Env};
    use crate::protocol::{Digest, Timestamp};

    /// The digests of 0, 1, 2, …: no bytes come twice, whichever tests draw at the same time.
    pub(crate) struct Counter(AtomicU64);

    impl Entropy for Counter {
        fn fill(&self, bytes: &mut [u8]) {
            for block in bytes.chunks_mut(32) {
                let count = self.0.fetch_add(1, Ordering::Relaxed);
                block.copy_from_slice(&Digest::of(&count.to_be_bytes()).as_bytes()[..block.len()]);
            }
        }
    }

    pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    static COUNTER: Counter = Counter(AtomicU64::new(0));

    pub(crate) fn env() -> Env<'static> {
        Env { now: NOW, entropy: &COUNTER }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t18_random_text_draws_every_character_about_equally_often() {
        let world = World::system();
        let alphabet = b"0123456789abcdefghijklmnopqrstuvwxyz";
        let text = world.env().random_text(alphabet, 36_000);
        for character in alphabet {
            let count = text.bytes().filter(|byte| byte == character).count();
            assert!((800..1_200).contains(&count), "{}: {count}", char::from(*character));
        }
    }
}
