//! `Authorization: Basic` of an OAuth client (RFC 6749 section 2.3.1, RFC 7617).

use base64::{Engine, engine::general_purpose::STANDARD};
use http::HeaderValue;
use zeroize::Zeroizing;

use super::Secret;

/// Client id and secret of a Basic header, form-decoded (RFC 6749 appendix B) and as they were sent.
///
/// The RFC has both values form-urlencoded before base64; many older clients leave that out, so legacy paths may
/// also try the undecoded reading.
#[derive(Debug)]
pub struct BasicCredentials {
    /// Client id and secret, form-decoded; `None` when they cannot be.
    pub decoded: Option<(String, Secret)>,
    /// Client id and secret as sent, when that differs from the decoded reading.
    pub undecoded: Option<(String, Secret)>,
}

/// Why an `Authorization` header holds no Basic credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BasicError {
    /// Another scheme than Basic.
    OtherScheme,
    /// Not base64, not UTF-8 or without a colon.
    Malformed,
}

impl BasicCredentials {
    /// Parses the value of an `Authorization` header.
    ///
    /// # Errors
    /// [`BasicError`] for another scheme, or a value that is not base64 of `id:secret` in UTF-8.
    pub fn parse(header: &str) -> Result<Self, BasicError> {
        let (scheme, value) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
        if !scheme.eq_ignore_ascii_case("basic") {
            return Err(BasicError::OtherScheme);
        }
        let bytes = Zeroizing::new(STANDARD.decode(value.trim()).map_err(|_| BasicError::Malformed)?);
        let text = std::str::from_utf8(&bytes).map_err(|_| BasicError::Malformed)?;
        let (id, secret) = text.split_once(':').ok_or(BasicError::Malformed)?;
        let decoded = form_decoded(id).zip(form_decoded(secret));
        let same = decoded.as_ref().is_some_and(|(i, s)| i == id && s == secret);
        let undecoded = (!same).then(|| (id.to_owned(), Secret::new(secret.to_owned())));
        Ok(Self { decoded: decoded.map(|(id, secret)| (id, Secret::new(secret))), undecoded })
    }

    /// The value of an `Authorization` header: both parts form-encoded, then base64 (RFC 6749 section 2.3.1).
    pub fn header(client_id: &str, secret: &Secret) -> HeaderValue {
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = Zeroizing::new(format!("{}:{}", encoded(client_id), encoded(secret.expose())));
        let header = format!("Basic {}", STANDARD.encode(pair.as_bytes()));
        HeaderValue::try_from(header).expect("base64 fits a header")
    }
}

/// Undoes `application/x-www-form-urlencoded` strictly: a stray `%` or text that is not UTF-8 gives `None`.
fn form_decoded(text: &str) -> Option<String> {
    let escapes = text.match_indices('%').all(|(at, _)| {
        let digits = text.as_bytes().get(at + 1..at + 3);
        digits.is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit))
    });
    if !escapes {
        return None;
    }
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basic(pair: &str) -> BasicCredentials {
        BasicCredentials::parse(&format!("Basic {}", STANDARD.encode(pair))).unwrap()
    }

    #[test]
    fn t5_the_pair_is_form_decoded() {
        let (id, secret) = basic("my%20shop:a%2Bb%25%3Ac%2F%C3%A9").decoded.unwrap();
        assert_eq!((id.as_str(), secret.expose()), ("my shop", "a+b%:c/é"));
    }

    #[test]
    fn a_header_of_ours_is_read_as_it_was_meant() {
        let header = BasicCredentials::header("my shop:1", &Secret::new("a+b%:c/é".into()));
        let (id, secret) = BasicCredentials::parse(header.to_str().unwrap()).unwrap().decoded.unwrap();
        assert_eq!((id.as_str(), secret.expose()), ("my shop:1", "a+b%:c/é"));
    }

    #[test]
    fn t5_a_stray_percent_has_no_decoded_reading() {
        let credentials = basic("shop:%zz");
        assert!(credentials.decoded.is_none());
        assert_eq!(credentials.undecoded.unwrap().1.expose(), "%zz");
    }

    #[test]
    fn the_secret_may_hold_colons_and_the_scheme_any_case() {
        let header = format!("bAsIc {}", STANDARD.encode("shop:a:b"));
        assert_eq!(BasicCredentials::parse(&header).unwrap().decoded.unwrap().1.expose(), "a:b");
    }

    #[test]
    fn tells_another_scheme_from_a_malformed_value() {
        assert_eq!(BasicCredentials::parse("Bearer abc").unwrap_err(), BasicError::OtherScheme);
        for value in ["Basic", "Basic %%%", "Basic YWJj", "Basic /w=="] {
            assert_eq!(BasicCredentials::parse(value).unwrap_err(), BasicError::Malformed, "{value}");
        }
    }
}
