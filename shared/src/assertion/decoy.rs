//! Keys that are nobody's: a signature that no key could have made takes as long to refuse as one by the wrong key, so
//! that time does not tell which clients have keys (rule T8).

use crate::{
    model::{Jwk, PublicKey},
    protocol::SignatureAlgorithm,
};

/// Does the work of a verification. Its result is nobody's either.
pub(super) fn verify(algorithm: SignatureAlgorithm, message: &[u8], signature: &[u8]) {
    std::hint::black_box(key(algorithm).verifies(algorithm, message, signature));
}

/// The keys of RFC 7515 appendices A.2 and A.3 and of RFC 8037 appendix A.2.
fn key(algorithm: SignatureAlgorithm) -> PublicKey {
    let text = |text: &str| Some(text.to_owned());
    let jwk = match algorithm {
        SignatureAlgorithm::Rs256 | SignatureAlgorithm::Ps256 => {
            Jwk { kty: "RSA".into(), n: text(MODULUS), e: text("AQAB"), ..Jwk::default() }
        }
        SignatureAlgorithm::Es256 => {
            Jwk { kty: "EC".into(), crv: text("P-256"), x: text(X), y: text(Y), ..Jwk::default() }
        }
        SignatureAlgorithm::EdDsa => Jwk { kty: "OKP".into(), crv: text("Ed25519"), x: text(POINT), ..Jwk::default() },
    };
    PublicKey::try_from(jwk).expect("the specifications' keys are keys")
}

const MODULUS: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT\
    -SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTB\
    EMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAc\
    DTW9gb54h4FRWyuXpoQ";
const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
const POINT: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_key_for_every_algorithm() {
        for name in SignatureAlgorithm::NAMES {
            let algorithm = SignatureAlgorithm::parse(name).unwrap();
            assert!(key(algorithm).may_verify(algorithm), "{name}");
        }
    }
}
