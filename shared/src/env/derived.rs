//! Bytes that a secret gives again and again (RFC 5869), in the place of random ones.

use std::sync::atomic::{AtomicU32, Ordering};

use ring::hkdf;

use super::Entropy;
use crate::protocol::Secret;

/// HKDF-SHA-256 of a secret and a salt. Whoever has both can draw the same bytes again; one alone gives nothing.
pub struct Derived<'a> {
    key: hkdf::Prk,
    purpose: &'a [u8],
    drawn: AtomicU32,
}

impl<'a> Derived<'a> {
    /// The bytes for a purpose: another one has bytes of its own.
    pub fn new(secret: &Secret, salt: &[u8; 32], purpose: &'a str) -> Self {
        let key = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(secret.expose().as_bytes());
        Self { key, purpose: purpose.as_bytes(), drawn: AtomicU32::new(0) }
    }
}

/// Each draw has the next bytes, in the order in which they are asked for.
impl Entropy for Derived<'_> {
    fn fill(&self, bytes: &mut [u8]) {
        let number = self.drawn.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let info = [self.purpose, &number];
        let drawn = self.key.expand(&info, Length(bytes.len())).and_then(|okm| okm.fill(bytes));
        drawn.expect("a draw is shorter than 8,160 bytes, the most that HKDF-SHA-256 gives");
    }
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(secret: &str, salt: u8, purpose: &str) -> [[u8; 32]; 2] {
        let derived = Derived::new(&Secret::new(secret.into()), &[salt; 32], purpose);
        [(); 2].map(|()| {
            let mut bytes = [0; 32];
            derived.fill(&mut bytes);
            bytes
        })
    }

    #[test]
    fn r6_the_same_secret_salt_and_purpose_give_the_same_bytes_again() {
        assert_eq!(drawn("secret", 1, "access"), drawn("secret", 1, "access"));
        let [first, second] = drawn("secret", 1, "access");
        assert_ne!(first, second);
        for other in [drawn("secreT", 1, "access"), drawn("secret", 2, "access"), drawn("secret", 1, "refresh")] {
            assert_ne!(other[0], first);
        }
    }
}
