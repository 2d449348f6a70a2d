//! Proof Key for Code Exchange (RFC 7636), `S256` only.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::{Digest, InvalidId, Secret};

/// `code_challenge` of the method `S256`: SHA-256 of the verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeChallenge(Digest);

impl CodeChallenge {
    /// The only method there is: `plain` protects nobody (RFC 9700 section 2.1.1).
    pub const METHOD: &'static str = "S256";

    /// What a challenge looks like, for messages.
    pub const EXPECTED: &'static str = "43 characters of base64url, the SHA-256 of the code_verifier";

    /// Parses a challenge: base64url without padding, 43 characters.
    ///
    /// # Errors
    /// [`InvalidId`] for a text of another shape.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let mut bytes = [0; 32];
        match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
            Ok(32) => Ok(Self(Digest::from_bytes(bytes))),
            _ => Err(InvalidId { expected: Self::EXPECTED }),
        }
    }

    /// The challenge of a verifier.
    pub fn of(verifier: &CodeVerifier) -> Self {
        Self(verifier.0.digest())
    }

    /// Whether a verifier is the one, in a time that does not depend on the values.
    pub fn is_met_by(&self, verifier: &CodeVerifier) -> bool {
        self.0.matches(&verifier.0.digest())
    }
}

/// `code_verifier`: 43 to 128 unreserved characters (RFC 7636 section 4.1).
#[derive(Debug)]
pub struct CodeVerifier(Secret);

impl CodeVerifier {
    /// What a verifier looks like, for messages.
    pub const EXPECTED: &'static str = "43 to 128 characters of A-Z, a-z, 0-9, '-', '.', '_' and '~'";

    /// Parses a verifier.
    ///
    /// # Errors
    /// [`InvalidId`] for a text of another shape.
    pub fn parse(text: Secret) -> Result<Self, InvalidId> {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let good = (43..=128).contains(&text.expose().len()) && text.expose().bytes().all(unreserved);
        if good { Ok(Self(text)) } else { Err(InvalidId { expected: Self::EXPECTED }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn verifier(text: &str) -> Result<CodeVerifier, InvalidId> {
        CodeVerifier::parse(Secret::new(text.into()))
    }

    #[test]
    fn the_example_of_rfc_7636_appendix_b_holds() {
        let challenge = CodeChallenge::parse(CHALLENGE).unwrap();
        let verifier = verifier(VERIFIER).unwrap();
        assert_eq!(challenge, CodeChallenge::of(&verifier));
        assert!(challenge.is_met_by(&verifier));
    }

    #[test]
    fn a11_a_verifier_has_43_to_128_unreserved_characters() {
        assert!(verifier(&"a".repeat(43)).is_ok() && verifier(&"~".repeat(128)).is_ok());
        for bad in ["a".repeat(42), "a".repeat(129), format!("{}+", "a".repeat(43)), format!("{}é", "a".repeat(43))] {
            assert!(verifier(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a10_a_challenge_has_the_shape_of_s256() {
        for bad in ["", VERIFIER.get(..42).unwrap(), &format!("{CHALLENGE}="), &CHALLENGE.replace('-', "+")] {
            assert!(CodeChallenge::parse(bad).is_err(), "{bad}");
        }
    }
}
