//! A signed JSON Web Token as a client's proof (RFC 7523 section 3, with the audience of its revision: the issuer alone).

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use super::decoy;
use crate::{
    model::{PublicKey, UsedAssertion},
    protocol::{ClientId, Jws, JwsError, Secret, Timestamp},
};

/// A token that was read and that nobody has believed yet.
#[derive(Debug)]
pub struct JwtAssertion {
    jws: Jws,
    claims: Claims,
}

/// Which rule an assertion breaks, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is no token that could be looked at.
    Unreadable(JwsError),
    /// `typ` says that it is something else.
    MediaType,
    /// None of the keys has the name that it gives.
    KeyId,
    /// None of the keys made the signature.
    Signature,
    /// `iss` is not the client.
    Issuer,
    /// `sub` is not the client.
    Subject,
    /// `aud` is not the server's issuer as one text.
    Audience,
    /// There is no `exp`.
    NoEnd,
    /// `exp` is over.
    Over,
    /// `exp` is too far away.
    TooLong,
    /// `nbf` or `iat` is yet to come.
    TooEarly,
    /// There is no `jti`, so nobody could tell it from a copy.
    NoId,
}

impl JwtAssertion {
    /// Seconds that an assertion may live, so that its mark need not be kept for long.
    pub const MAX_LIFETIME: u64 = 60 * 60;

    /// Seconds by which two clocks may differ (FAPI 2.0 section 5.3.2.1).
    pub const CLOCK_SKEW: u64 = 10;

    /// Reads an assertion.
    ///
    /// # Errors
    /// [`Fault::Unreadable`].
    pub fn parse(text: &Secret) -> Result<Self, Fault> {
        let jws = Jws::parse(text.expose()).map_err(Fault::Unreadable)?;
        let claims = serde_json::from_slice(&jws.payload).map_err(|_| Fault::Unreadable(JwsError::Malformed))?;
        Ok(Self { jws, claims })
    }

    /// Whom it speaks of, if that can be believed.
    pub fn subject(&self) -> Option<&str> {
        self.claims.sub.as_deref()
    }

    /// Whether one of a client's keys signed it, for this server and now: then it counts, and only once. Without a key
    /// that could have, the refusal takes as long.
    ///
    /// # Errors
    /// [`Fault`], the signature's first and then in the order of RFC 7523 section 3.
    pub fn judge(
        &self,
        client: (&ClientId, &[PublicKey]),
        issuer: &str,
        now: Timestamp,
    ) -> Result<UsedAssertion, Fault> {
        let (client_id, keys) = client;
        self.judge_signature(keys)?;
        let claims = &self.claims;
        let is_client = |name: &Option<String>| name.as_deref() == Some(client_id.as_str());
        let end = claims.exp.ok_or(Fault::NoEnd).map(NumericDate::timestamp);
        let latest = now.plus(Self::MAX_LIFETIME + Self::CLOCK_SKEW);
        let is_early =
            |date: Option<NumericDate>| date.is_some_and(|date| date.timestamp() > now.plus(Self::CLOCK_SKEW));
        match (end, &claims.jti) {
            _ if !is_client(&claims.iss) => Err(Fault::Issuer),
            _ if !is_client(&claims.sub) => Err(Fault::Subject),
            _ if claims.aud.as_ref().and_then(Value::as_str) != Some(issuer) => Err(Fault::Audience),
            (Err(fault), _) => Err(fault),
            (Ok(end), _) if end.plus(Self::CLOCK_SKEW) <= now => Err(Fault::Over),
            (Ok(end), _) if end > latest => Err(Fault::TooLong),
            _ if is_early(claims.nbf) || is_early(claims.iat) => Err(Fault::TooEarly),
            (Ok(end), Some(id)) if !id.is_empty() => {
                Ok(UsedAssertion::of_client(client_id, id, end.plus(Self::CLOCK_SKEW)))
            }
            (Ok(_), _) => Err(Fault::NoId),
        }
    }

    fn judge_signature(&self, keys: &[PublicKey]) -> Result<(), Fault> {
        let Jws { algorithm, key_id, media_type, signed, signature, .. } = &self.jws;
        if media_type.as_ref().is_some_and(|own| !MEDIA_TYPES.contains(&own.as_str())) {
            return Err(Fault::MediaType);
        }
        let named: Vec<&PublicKey> = keys.iter().filter(|key| key.may_be(key_id.as_deref())).collect();
        if !named.iter().any(|key| key.may_verify(*algorithm)) {
            decoy::verify(*algorithm, signed, signature);
        }
        match named.iter().any(|key| key.verifies(*algorithm, signed, signature)) {
            true => Ok(()),
            false if named.is_empty() => Err(Fault::KeyId),
            false => Err(Fault::Signature),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable(error) => return error.fmt(f),
            Self::MediaType => "typ is another kind of token's",
            Self::KeyId => "kid is none of the client's keys'",
            Self::Signature => "the signature is by none of the client's keys",
            Self::Issuer => "iss is not the client",
            Self::Subject => "sub is not the client",
            Self::Audience => "aud is not the issuer as one text",
            Self::NoEnd => "exp is missing",
            Self::Over => "exp is over",
            Self::TooLong => "exp is more than an hour away",
            Self::TooEarly => "nbf or iat is yet to come",
            Self::NoId => "jti is missing",
        })
    }
}

/// The claims that count. serde refuses a repeated one.
#[derive(Debug, Deserialize)]
struct Claims {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Value>,
    exp: Option<NumericDate>,
    nbf: Option<NumericDate>,
    iat: Option<NumericDate>,
    jti: Option<String>,
}

/// Seconds since 1970, which may have fractions (RFC 7519 section 2).
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
enum NumericDate {
    Whole(u64),
    Fraction(f64),
}

impl NumericDate {
    fn timestamp(self) -> Timestamp {
        Timestamp::from_secs(match self {
            Self::Whole(seconds) => seconds,
            // Such a conversion ends at 0 and at the highest number.
            Self::Fraction(seconds) => seconds as u64,
        })
    }
}

/// RFC 7515 section 4.1.9 and the type of the revision of RFC 7523.
const MEDIA_TYPES: [&str; 3] = ["jwt", "client-authentication+jwt", "application/client-authentication+jwt"];

#[cfg(test)]
pub(crate) mod testing {
    //! Keys and assertions for tests.

    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use ring::signature::{Ed25519KeyPair, KeyPair};
    use serde_json::Value;

    use crate::{model::PublicKey, protocol::Secret};

    /// A key pair by the number of its bytes.
    pub(crate) fn pair(seed: u8) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
    }

    pub(crate) fn public(seed: u8) -> PublicKey {
        PublicKey::ed25519(pair(seed).public_key().as_ref()).unwrap()
    }

    /// A token of these parts, signed by a key.
    pub(crate) fn signed(header: &Value, claims: &Value, seed: u8) -> Secret {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let signature = URL_SAFE_NO_PAD.encode(pair(seed).sign(message.as_bytes()));
        Secret::new(format!("{message}.{signature}"))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use serde_json::json;

    use super::{
        testing::{public, signed},
        *,
    };
    use crate::env::testing::NOW;

    const ISSUER: &str = "https://id.example.com";

    fn claims() -> Value {
        json!({"iss": "shop", "sub": "shop", "aud": ISSUER, "exp": NOW.as_secs() + 60, "jti": "1"})
    }

    #[expect(clippy::needless_pass_by_value, reason = "tests write the header where they call")]
    fn judged(header: Value, claims: &Value) -> Result<UsedAssertion, Fault> {
        let shop = ClientId::parse("shop").unwrap();
        let jwt = JwtAssertion::parse(&signed(&header, claims, 1)).unwrap();
        jwt.judge((&shop, &[public(2), public(1)]), ISSUER, NOW)
    }

    /// The verdict about the good claims with one of them changed, or taken out.
    fn with(name: &str, value: Value) -> Result<UsedAssertion, Fault> {
        let mut claims = claims();
        claims[name] = value;
        if claims[name].is_null() {
            claims.as_object_mut().unwrap().remove(name);
        }
        judged(json!({"alg": "EdDSA"}), &claims)
    }

    #[test]
    fn a_good_assertion_counts_until_its_end_and_the_skew() {
        let used = with("nbf", json!(NOW.as_secs())).unwrap();
        assert_eq!(used.expires_at, NOW.plus(70));
        assert_eq!(with("exp", json!(NOW.as_secs() as f64 + 60.9)).unwrap().expires_at, NOW.plus(70));
        assert_ne!(used.key, with("jti", json!("2")).unwrap().key);
    }

    #[test]
    fn t22_the_audience_is_the_issuer_as_one_text() {
        for other in [
            json!("https://id.example.com/"),
            json!("https://id.example.com/oauth2/token"),
            json!([ISSUER]),
            json!([ISSUER, "https://other.example"]),
            json!("https://ID.example.com"),
            json!(7),
            Value::Null,
        ] {
            assert_eq!(with("aud", other.clone()), Err(Fault::Audience), "{other}");
        }
    }

    #[test]
    fn t23_issuer_and_subject_are_the_client() {
        for other in [json!("other"), json!(""), Value::Null] {
            assert_eq!(with("iss", other.clone()), Err(Fault::Issuer));
            assert_eq!(with("sub", other), Err(Fault::Subject));
        }
    }

    #[test]
    fn t24_an_assertion_has_an_end_that_is_near_and_an_id() {
        let at = |seconds: u64| json!(seconds);
        let now = NOW.as_secs();
        assert_eq!(with("exp", Value::Null), Err(Fault::NoEnd));
        assert_eq!(with("exp", at(now - 10)), Err(Fault::Over));
        assert!(with("exp", at(now - 9)).is_ok());
        assert!(with("exp", at(now + 3_610)).is_ok());
        assert_eq!(with("exp", at(now + 3_611)), Err(Fault::TooLong));
        assert_eq!(with("exp", json!(1e300)), Err(Fault::TooLong));
        assert!(with("nbf", at(now + 10)).is_ok() && with("iat", at(now + 10)).is_ok());
        assert_eq!(with("nbf", at(now + 11)), Err(Fault::TooEarly));
        assert_eq!(with("iat", at(now + 11)), Err(Fault::TooEarly));
        assert_eq!(with("jti", Value::Null), Err(Fault::NoId));
        assert_eq!(with("jti", json!("")), Err(Fault::NoId));
    }

    #[test]
    fn t25_the_signature_is_by_one_of_the_keys_and_of_their_kind() {
        let shop = ClientId::parse("shop").unwrap();
        let verdict = |header: Value, keys: &[PublicKey]| {
            let jwt = JwtAssertion::parse(&signed(&header, &claims(), 1)).unwrap();
            jwt.judge((&shop, keys), ISSUER, NOW).err()
        };
        assert_eq!(verdict(json!({"alg": "Ed25519"}), &[public(1)]), None);
        assert_eq!(verdict(json!({"alg": "EdDSA"}), &[public(2)]), Some(Fault::Signature));
        assert_eq!(verdict(json!({"alg": "ES256"}), &[public(1)]), Some(Fault::Signature));
        assert_eq!(verdict(json!({"alg": "RS256"}), &[public(1)]), Some(Fault::Signature));
        assert_eq!(verdict(json!({"alg": "EdDSA"}), &[]), Some(Fault::KeyId));
        for (header, fault) in [("none", JwsError::Algorithm), ("HS256", JwsError::Algorithm)] {
            let text = signed(&json!({"alg": header}), &claims(), 1);
            assert_eq!(JwtAssertion::parse(&text).unwrap_err(), Fault::Unreadable(fault));
        }
    }

    /// The least of many times that a refusal took.
    fn least_time(jwt: &JwtAssertion, keys: &[PublicKey]) -> Duration {
        let shop = ClientId::parse("shop").unwrap();
        let refusal = || {
            let started = Instant::now();
            assert!(jwt.judge((&shop, keys), ISSUER, NOW).is_err());
            started.elapsed()
        };
        (0..50).map(|_| refusal()).min().unwrap()
    }

    #[test]
    fn t8_a_signature_takes_its_time_also_where_there_is_no_key_for_it() {
        let (x, y) = ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        let p256 = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y});
        let p256 = PublicKey::try_from(serde_json::from_value::<crate::model::Jwk>(p256).unwrap()).unwrap();
        for (algorithm, of_its_kind, of_another) in [("EdDSA", public(2), p256.clone()), ("ES256", p256, public(2))] {
            let jwt = JwtAssertion::parse(&signed(&json!({"alg": algorithm}), &claims(), 1)).unwrap();
            let usual = least_time(&jwt, &[of_its_kind]);
            for keys in [&[][..], &[of_another]] {
                let without = least_time(&jwt, keys);
                let is_alike = without < 4 * usual && usual < 4 * without;
                assert!(is_alike, "{algorithm}: {without:?} without a key of its kind, {usual:?} with one");
            }
        }
    }

    #[test]
    fn a_token_of_another_kind_is_no_assertion() {
        let typed = |typ: &str| judged(json!({"alg": "EdDSA", "typ": typ}), &claims()).err();
        for good in ["JWT", "jwt", "client-authentication+jwt", "application/client-authentication+jwt"] {
            assert_eq!(typed(good), None, "{good}");
        }
        for bad in ["at+jwt", "dpop+jwt", "logout+jwt", ""] {
            assert_eq!(typed(bad), Some(Fault::MediaType), "{bad}");
        }
    }

    #[test]
    fn claims_of_another_shape_are_no_assertion() {
        for bad in [json!([]), json!("x"), json!({"exp": "soon"}), json!({"iss": 7}), json!({"exp": -1})] {
            let text = signed(&json!({"alg": "EdDSA"}), &bad, 1);
            let read = JwtAssertion::parse(&text).map(|jwt| jwt.claims.exp.map(NumericDate::timestamp));
            assert!(matches!(read, Err(_) | Ok(Some(Timestamp { .. }))), "{bad}");
        }
    }
}
