//! A signed token in compact form (RFC 7515 section 3.1), read and not yet believed.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, de::IgnoredAny};

/// The signatures that are taken: a fixed list (RFC 8725 section 3.1) of asymmetric ones (RFC 7518 section 3.1, RFC 8037).
/// `none` and HMAC have no value here, so no token can ask for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519, by the name of RFC 8037 or by that of RFC 9864.
    EdDsa,
}

impl SignatureAlgorithm {
    /// The names that a token may carry, for metadata.
    pub const NAMES: [&'static str; 5] = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"];

    /// An algorithm by its registered name.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rs256,
            "PS256" => Self::Ps256,
            "ES256" => Self::Es256,
            "EdDSA" | "Ed25519" => Self::EdDsa,
            _ => return None,
        })
    }

    /// The name that it is kept under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

/// A token in three parts, whose signature nobody has looked at. It may be good for something: what is signed and the
/// signature do not print.
pub struct Jws {
    /// How it says that it is signed.
    pub algorithm: SignatureAlgorithm,
    /// Which key it says that signed it.
    pub key_id: Option<String>,
    /// What it says that it is, in lower case.
    pub media_type: Option<String>,
    /// What is signed: header and payload as they came.
    pub signed: Vec<u8>,
    /// The payload.
    pub payload: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
}

/// Why a text is no token that could be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwsError {
    /// It has not three parts of base64url with a header of JSON.
    Malformed,
    /// Its algorithm is none that is taken.
    Algorithm,
    /// It asks for an extension (`crit`, RFC 7515 section 4.1.11), and none is known.
    Critical,
}

impl Jws {
    /// Reads a token.
    ///
    /// # Errors
    /// [`JwsError`].
    pub fn parse(text: &str) -> Result<Self, JwsError> {
        let (signed, signature) = text.rsplit_once('.').ok_or(JwsError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(JwsError::Malformed)?;
        let header: Header = serde_json::from_slice(&decoded(header)?).map_err(|_| JwsError::Malformed)?;
        if header.crit.is_some() {
            return Err(JwsError::Critical);
        }
        Ok(Self {
            algorithm: SignatureAlgorithm::parse(&header.alg).ok_or(JwsError::Algorithm)?,
            key_id: header.kid,
            media_type: header.typ.map(|media_type| media_type.to_ascii_lowercase()),
            signed: signed.as_bytes().to_vec(),
            payload: decoded(payload)?,
            signature: decoded(signature)?,
        })
    }
}

impl fmt::Debug for Jws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { algorithm, key_id, media_type, .. } = self;
        let mut shown = f.debug_struct("Jws");
        shown.field("algorithm", algorithm).field("key_id", key_id).field("media_type", media_type);
        shown.finish_non_exhaustive()
    }
}

fn decoded(part: &str) -> Result<Vec<u8>, JwsError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsError::Malformed)
}

/// The members that count; others are passed over (RFC 7515 section 4). serde refuses a repeated one.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    #[serde(default, deserialize_with = "present")]
    crit: Option<IgnoredAny>,
}

/// A member that is there, be it `null`.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<IgnoredAny>, D::Error> {
    IgnoredAny::deserialize(deserializer).map(Some)
}

impl fmt::Display for JwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "no signed JSON Web Token",
            Self::Algorithm => "an alg that is not taken",
            Self::Critical => "a crit that is not known",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(header: &str) -> Result<SignatureAlgorithm, JwsError> {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        Jws::parse(&format!("{}.{}.{}", part(header), part("{}"), part("s"))).map(|jws| jws.algorithm)
    }

    #[test]
    fn t25_algorithms_are_a_fixed_list_without_none_and_hmac() {
        for name in SignatureAlgorithm::NAMES {
            assert!(parsed(&format!(r#"{{"alg":"{name}"}}"#)).is_ok(), "{name}");
        }
        for name in ["none", "None", "NONE", "", "HS256", "HS384", "HS512", "RS384", "RS1", "ES256K", "rs256", "RS256 "]
        {
            assert_eq!(parsed(&format!(r#"{{"alg":"{name}"}}"#)), Err(JwsError::Algorithm), "{name}");
        }
        assert_eq!(parsed("{}"), Err(JwsError::Malformed));
        assert_eq!(parsed(r#"{"alg":"none","alg":"RS256"}"#), Err(JwsError::Malformed));
    }

    #[test]
    fn t25_an_unknown_extension_is_refused() {
        for crit in [r#"["exp"]"#, "[]", "null", r#""b64""#] {
            assert_eq!(parsed(&format!(r#"{{"alg":"RS256","crit":{crit}}}"#)), Err(JwsError::Critical), "{crit}");
        }
    }

    #[test]
    fn nothing_that_could_be_sent_again_prints() {
        let text = "eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl";
        let jws = Jws::parse(text).unwrap();
        let shown = format!("{jws:?}");
        assert_eq!(shown, "Jws { algorithm: Es256, key_id: None, media_type: None, .. }");
    }

    #[test]
    fn only_three_parts_of_base64url_are_a_token() {
        let good = "eyJhbGciOiJFUzI1NiJ9.e30.cw";
        assert!(Jws::parse(good).is_ok());
        for bad in ["", "..", "a.b.c", "eyJhbGciOiJFUzI1NiJ9.e30", "eyJhbGciOiJFUzI1NiJ9.e30.cw.cw"] {
            assert_eq!(Jws::parse(bad).unwrap_err(), JwsError::Malformed, "{bad}");
        }
        assert_eq!(Jws::parse(&format!("{good}==")).unwrap_err(), JwsError::Malformed);
    }
}
