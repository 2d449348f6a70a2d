//! A client's key pair, and what it signs: good assertions and every kind of bad ones.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};

use crate::NOW;

/// A key pair of P-256.
pub struct Signer(EcdsaKeyPair);

impl Signer {
    /// A new one.
    pub fn generate() -> Self {
        let (random, kind) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let key = EcdsaKeyPair::generate_pkcs8(kind, &random).expect("a key is generated");
        Self(EcdsaKeyPair::from_pkcs8(kind, key.as_ref(), &random).expect("a generated key is one"))
    }

    /// The public key, as the configuration file takes it.
    pub fn jwk(&self) -> Value {
        let point = self.0.public_key().as_ref();
        let number = |bytes| URL_SAFE_NO_PAD.encode(bytes);
        json!({"kty": "EC", "crv": "P-256", "x": number(&point[1..33]), "y": number(&point[33..])})
    }

    /// Claims that a server takes within a minute of the tests' time.
    pub fn claims(client_id: &str, issuer: &str, jti: &str) -> Value {
        json!({"iss": client_id, "sub": client_id, "aud": issuer, "exp": NOW + 60, "jti": jti})
    }

    /// A token of these claims.
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_with(&json!({"alg": "ES256"}), claims)
    }

    /// A token of this header and these claims, signed with ES256 whatever the header says.
    pub fn sign_with(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let signature = self.0.sign(&SystemRandom::new(), message.as_bytes()).expect("a message is signed");
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}
