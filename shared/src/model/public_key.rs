//! A client's public key for signatures, as a JSON Web Key (RFC 7517).

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde::{Deserialize, Serialize};

use crate::protocol::SignatureAlgorithm;

/// A public key: of which kind, under which name, and for which algorithm if it is for one alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Jwk", into = "Jwk")]
pub struct PublicKey {
    id: Option<String>,
    algorithm: Option<SignatureAlgorithm>,
    material: Material,
}

/// The key itself, with numbers as bytes, the highest first.
#[derive(Clone, Debug, PartialEq)]
enum Material {
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    P256 { x: [u8; 32], y: [u8; 32] },
    Ed25519([u8; 32]),
}

/// The members of a public JSON Web Key, unchecked. Private members have no place in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Jwk {
    /// `RSA`, `EC` or `OKP`.
    pub kty: String,
    /// The key's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// The algorithm that it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// The curve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// The point, or its first coordinate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// The second coordinate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// The modulus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// The exponent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
}

/// Why members are no key that is taken: what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidKey {
    /// What would be right.
    pub expected: &'static str,
}

impl PublicKey {
    /// Whether it may be the key that a token names; a key or a token without a name may be any.
    pub fn may_be(&self, id: Option<&str>) -> bool {
        match (&self.id, id) {
            (Some(own), Some(named)) => own == named,
            _ => true,
        }
    }

    /// Whether signatures of an algorithm can be this key's: it is the key's own, or at least of its kind.
    pub fn may_verify(&self, algorithm: SignatureAlgorithm) -> bool {
        self.takes(algorithm) && self.algorithm.is_none_or(|own| own == algorithm)
    }

    /// Whether a signature is by this key. One of an algorithm that cannot be the key's never is.
    pub fn verifies(&self, algorithm: SignatureAlgorithm, message: &[u8], signature: &[u8]) -> bool {
        if !self.may_verify(algorithm) {
            return false;
        }
        let verified = match (&self.material, algorithm) {
            (Material::Rsa { modulus: n, exponent: e }, SignatureAlgorithm::Rs256) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
            (Material::Rsa { modulus: n, exponent: e }, SignatureAlgorithm::Ps256) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PSS_2048_8192_SHA256, message, signature)
            }
            (Material::P256 { x, y }, SignatureAlgorithm::Es256) => {
                let point = [&[UNCOMPRESSED][..], x, y].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            (Material::Ed25519(point), SignatureAlgorithm::EdDsa) => {
                UnparsedPublicKey::new(&ED25519, point).verify(message, signature)
            }
            _ => return false,
        };
        verified.is_ok()
    }

    /// A key of RSA by its numbers.
    ///
    /// # Errors
    /// [`InvalidKey`] for less than 2048 and more than 8192 bits, and for an exponent that is even, 1, or over 32 bits.
    pub fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, InvalidKey> {
        let (modulus, exponent) = (without_zeros(modulus), without_zeros(exponent));
        let spare = modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
        if !(2048..=8192).contains(&(8 * modulus.len() - spare)) {
            return Err(InvalidKey { expected: "an RSA key of 2048 to 8192 bits" });
        }
        let is_odd = exponent.last().is_some_and(|byte| byte % 2 == 1);
        if !is_odd || exponent == [1] || exponent.len() > 4 {
            return Err(InvalidKey { expected: "an RSA key with an odd exponent from 3 to 4294967295" });
        }
        Ok(Self::of(Material::Rsa { modulus: modulus.to_vec(), exponent: exponent.to_vec() }))
    }

    /// A key of P-256 by its point: 0x04 and both coordinates.
    ///
    /// # Errors
    /// [`InvalidKey`] for other bytes.
    pub fn p256(point: &[u8]) -> Result<Self, InvalidKey> {
        let error = InvalidKey { expected: "an EC key with the 32 bytes of x and y" };
        let coordinates = point.strip_prefix(&[UNCOMPRESSED]).filter(|rest| rest.len() == 64).ok_or(error)?;
        let coordinate = |half: &[u8]| half.try_into().map_err(|_| error);
        Ok(Self::of(Material::P256 { x: coordinate(&coordinates[..32])?, y: coordinate(&coordinates[32..])? }))
    }

    /// A key of Ed25519 by its 32 bytes.
    ///
    /// # Errors
    /// [`InvalidKey`] for another number of bytes.
    pub fn ed25519(point: &[u8]) -> Result<Self, InvalidKey> {
        let error = InvalidKey { expected: "an OKP key with the 32 bytes of x" };
        Ok(Self::of(Material::Ed25519(point.try_into().map_err(|_| error)?)))
    }

    fn of(material: Material) -> Self {
        Self { id: None, algorithm: None, material }
    }

    fn takes(&self, algorithm: SignatureAlgorithm) -> bool {
        use SignatureAlgorithm::{EdDsa, Es256, Ps256, Rs256};
        matches!(
            (&self.material, algorithm),
            (Material::Rsa { .. }, Rs256 | Ps256) | (Material::P256 { .. }, Es256) | (Material::Ed25519(_), EdDsa)
        )
    }
}

impl TryFrom<Jwk> for PublicKey {
    type Error = InvalidKey;

    fn try_from(jwk: Jwk) -> Result<Self, InvalidKey> {
        let number = |member: &Option<String>, expected| {
            let bytes = member.as_ref().and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
            bytes.ok_or(InvalidKey { expected })
        };
        let key = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => Self::rsa(&number(&jwk.n, "n in base64url")?, &number(&jwk.e, "e in base64url")?)?,
            ("EC", Some("P-256")) => {
                let (x, y) = (number(&jwk.x, "x in base64url")?, number(&jwk.y, "y in base64url")?);
                Self::p256(&[&[UNCOMPRESSED][..], &x, &y].concat())?
            }
            ("OKP", Some("Ed25519")) => Self::ed25519(&number(&jwk.x, "x in base64url")?)?,
            _ => return Err(InvalidKey { expected: "kty RSA, EC with crv P-256, or OKP with crv Ed25519" }),
        };
        let algorithm = match jwk.alg.as_deref().map(SignatureAlgorithm::parse) {
            None => None,
            Some(Some(algorithm)) if key.takes(algorithm) => Some(algorithm),
            Some(_) => return Err(InvalidKey { expected: "no alg, or RS256 or PS256 (RSA), ES256 (EC), EdDSA (OKP)" }),
        };
        Ok(Self { id: jwk.kid, algorithm, ..key })
    }
}

impl From<PublicKey> for Jwk {
    fn from(key: PublicKey) -> Self {
        let number = |bytes: &[u8]| Some(URL_SAFE_NO_PAD.encode(bytes));
        let named = Self { kid: key.id, alg: key.algorithm.map(|own| own.as_str().to_owned()), ..Self::default() };
        match &key.material {
            Material::Rsa { modulus, exponent } => {
                Self { kty: "RSA".into(), n: number(modulus), e: number(exponent), ..named }
            }
            Material::P256 { x, y } => {
                Self { kty: "EC".into(), crv: Some("P-256".into()), x: number(x), y: number(y), ..named }
            }
            Material::Ed25519(point) => {
                Self { kty: "OKP".into(), crv: Some("Ed25519".into()), x: number(point), ..named }
            }
        }
    }
}

impl fmt::Display for InvalidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.expected)
    }
}

impl std::error::Error for InvalidKey {}

fn without_zeros(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    &bytes[start..]
}

/// What stands before the coordinates of a point that is not compressed (SEC 1 section 2.3.3).
const UNCOMPRESSED: u8 = 4;

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn key(jwk: Value) -> Result<PublicKey, String> {
        serde_json::from_value(jwk).map_err(|error| error.to_string())
    }

    /// A modulus of that many bits, in base64url.
    fn modulus(bits: usize) -> String {
        let mut bytes = vec![0xff; bits.div_ceil(8)];
        bytes[0] >>= (8 - bits % 8) % 8;
        URL_SAFE_NO_PAD.encode(bytes)
    }

    #[test]
    fn t25_an_rsa_key_has_2048_bits_and_a_good_exponent() {
        let rsa = |bits, e: &str| key(json!({"kty": "RSA", "n": modulus(bits), "e": e}));
        assert!(rsa(2048, "AQAB").is_ok() && rsa(4096, "Aw").is_ok() && rsa(8192, "AQAB").is_ok());
        assert!(rsa(2047, "AQAB").is_err() && rsa(1024, "AQAB").is_err() && rsa(8193, "AQAB").is_err());
        assert!(rsa(2048, "AQ").is_err() && rsa(2048, "Ag").is_err() && rsa(2048, "AQAAAAE").is_err());
    }

    #[test]
    fn t25_a_key_takes_the_algorithms_of_its_kind_alone() {
        let point = URL_SAFE_NO_PAD.encode([7; 32]);
        let okp = |alg: &str| key(json!({"kty": "OKP", "crv": "Ed25519", "x": point, "alg": alg}));
        assert!(okp("EdDSA").is_ok() && okp("Ed25519").is_ok());
        for alg in ["RS256", "ES256", "HS256", "none"] {
            assert!(okp(alg).is_err(), "{alg}");
        }
        let rsa = key(json!({"kty": "RSA", "n": modulus(2048), "e": "AQAB"})).unwrap();
        assert!(!rsa.verifies(SignatureAlgorithm::EdDsa, b"", b""));
    }

    #[test]
    fn other_kinds_of_keys_are_refused() {
        for jwk in [
            json!({"kty": "oct", "k": "c2VjcmV0"}),
            json!({"kty": "EC", "crv": "P-384", "x": "", "y": ""}),
            json!({"kty": "EC", "x": "", "y": ""}),
            json!({"kty": "OKP", "crv": "X25519", "x": ""}),
            json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}),
            json!({"kty": "RSA", "n": "%", "e": "AQAB"}),
        ] {
            assert!(key(jwk.clone()).is_err(), "{jwk}");
        }
    }

    #[test]
    fn a_key_is_kept_as_it_was_given_without_what_does_not_count() {
        let (x, y) = (URL_SAFE_NO_PAD.encode([1; 32]), URL_SAFE_NO_PAD.encode([2; 32]));
        let given = json!({"kty": "EC", "crv": "P-256", "kid": "k1", "alg": "ES256", "x": x, "y": y, "x5t": "…"});
        let kept = json!({"kty": "EC", "kid": "k1", "alg": "ES256", "crv": "P-256", "x": x, "y": y});
        assert_eq!(serde_json::to_value(key(given).unwrap()).unwrap(), kept);
    }

    #[test]
    fn a_key_may_be_the_one_that_is_named() {
        let named = |kid: &str| key(json!({"kty": "OKP", "crv": "Ed25519", "x": modulus(256), "kid": kid})).unwrap();
        assert!(named("a").may_be(Some("a")) && named("a").may_be(None) && !named("a").may_be(Some("b")));
    }

    #[test]
    fn t25_signatures_of_rsa_are_verified_by_the_algorithm_that_made_them() {
        let rsa = |alg: Value| key(json!({"kty": "RSA", "n": MODULUS, "e": "AQAB", "alg": alg})).unwrap();
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let (rs256, ps256) = (bytes(RS256), bytes(PS256));
        use SignatureAlgorithm::{Ps256, Rs256};
        for (key, verified) in [(rsa(Value::Null), [true; 2]), (rsa("RS256".into()), [true, false])] {
            let found = [key.verifies(Rs256, b"signed", &rs256), key.verifies(Ps256, b"signed", &ps256)];
            assert_eq!(found, verified);
        }
        let key = rsa(Value::Null);
        assert!(!key.verifies(Rs256, b"signed", &ps256) && !key.verifies(Ps256, b"signed", &rs256));
        assert!(!key.verifies(Rs256, b"signee", &rs256));
    }

    /// The signature of RFC 7515 appendix A.3.
    #[test]
    fn t25_the_signature_of_the_specification_is_verified() {
        let x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
        let y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
        let key = key(json!({"kty": "EC", "crv": "P-256", "x": x, "y": y})).unwrap();
        let text = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19y\
                    b290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        let jws = crate::protocol::Jws::parse(text).unwrap();
        assert!(key.verifies(jws.algorithm, &jws.signed, &jws.signature));
        assert!(!key.verifies(jws.algorithm, &jws.signed[1..], &jws.signature));
    }

    // A key and its signatures of `signed`, by OpenSSL; the private key is gone.
    const MODULUS: &str = "rxnfZTgz1pFiLFejGkZpOhRbjCLbPHZ8zdufWnfc3k95dQJdQEMwv7tUaDocDbR-\
        jzBJ1xrk2nGHJufV4UUvgSVo7N5NimeLKrFRNIia9jxsg0Wmh0AId-faetNyzdP9X1yfYYqSup5_qQ8URZNBabBMXo8B891ql_YU\
        UIMqO7ZOO8TVwY2kLDd0EvEZnxSj2j93tqrmL0H_ah1GOpLJUb96GnkylPDDTKshCAorH_iGT73rqgbRIUbJV3FcHnJbteUZjqD3\
        393w1IrTY5a5LVQ9xxvVj8HNO7_TLWl-RzJeR9H2o7z9cabCT2yZS9-xU8FYvYIU_L-kqITBgL4C8w";
    const RS256: &str = "fH055nyiWi7FwpoBO1UDl6BwQ9BWAQD7PjW5RPUKUJkCHNylVmVV1_vuqfeZsx3kbgUKF9_bcpamZCWX2Aoe2fO0Wde94TcvBs6f\
        RCDBXeWc1_jefMzUmg-Oq3K-gIf9vEhXx5kazh6F4XSm9H91KfeNOd1pmVerJn5ySRd0RRxqbCSslrR-\
        OVcD2fuFKNTqLDmFaLI4declQwCMlYICLOFQyIvBYlnIsyGs9feM7DjGjg30gyqZ_HygaYa-HQlSS76LN0NQVsmKdABQ4pVI-\
        YiFJLm-qRV-B6jrqlrBT5ifAOVKcYqijs8PzG9p0ELTm0zb3qLAl48XTXshxnx1Aw";
    const PS256: &str = "kWa7VrunZiTDO-UodIkm3uXaffzgP6vfowUUq5fG1-\
        zosmy7Xk3aPxKZP4LIMKkxbOmpgF1LyIKLirA7Qndeib623cUoerM1ru54CxMgdW0NXLU6djfNTdWTegQ5JoNRD_z5QtZrKMvWD8\
        CqvBtgq6WWBGE5OCxDJGLbJwItkb6co51VwgQDeqPgGxHtOOWoeeIjkTkaXANbItqfigpn6QmlKS91lAsMLiB5CrDm0HbrELrwMy\
        VABVKegPSkzXU7sqXMl7ceHksYfYKM_6X8O7WKzEiOCqEZYQ7tDjSYrfrPIN5b5CxltmxHRAQKyz_KqnBtNyK37SeJPqU6RPtBTQ";
}
