//! The public key in an X.509 certificate. Only the key counts: neither the certificate's dates nor its issuer do.

use shared::model::{InvalidKey, PublicKey};
use x509_parser::{
    certificate::X509Certificate, oid_registry, pem::Pem, prelude::FromDer, public_key, x509::SubjectPublicKeyInfo,
};

/// The key in one certificate in PEM.
///
/// # Errors
/// What is wrong, as a short text.
pub(crate) fn public_key(pem: &str) -> Result<PublicKey, String> {
    let mut blocks = Pem::iter_from_buffer(pem.as_bytes());
    let block = match (blocks.next(), blocks.next()) {
        (Some(Ok(block)), None) if block.label == "CERTIFICATE" => block,
        _ => return Err("it is not one block of PEM".to_owned()),
    };
    let (_, certificate) = X509Certificate::from_der(&block.contents).map_err(|_| "it is no X.509".to_owned())?;
    of(certificate.public_key()).map_err(|error| error.to_string())
}

fn of(info: &SubjectPublicKeyInfo<'_>) -> Result<PublicKey, InvalidKey> {
    if info.algorithm.algorithm == oid_registry::OID_SIG_ED25519 {
        return PublicKey::ed25519(&info.subject_public_key.data);
    }
    let curve = info.algorithm.parameters.as_ref().and_then(|parameters| parameters.as_oid().ok());
    match info.parsed() {
        Ok(public_key::PublicKey::RSA(key)) => PublicKey::rsa(key.modulus, key.exponent),
        Ok(public_key::PublicKey::EC(point)) if curve == Some(oid_registry::OID_EC_P256) => {
            PublicKey::p256(point.data())
        }
        _ => Err(InvalidKey { expected: "a key of RSA, P-256 or Ed25519" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_certificate_is_the_one_that_signed_it() {
        let keys = [(RSA, "RSA"), (P256, "EC"), (ED25519, "OKP")].map(|(pem, kty)| (public_key(pem), kty));
        for (key, kty) in keys {
            let jwk = serde_json::to_value(key.unwrap()).unwrap();
            assert_eq!(jwk["kty"], kty);
        }
    }

    #[test]
    fn other_texts_and_other_curves_are_refused() {
        let two = format!("{P256}{ED25519}");
        let damaged = P256.replace("MIIB", "MIIC");
        for (pem, why) in [
            (SECP256K1, "expected a key of RSA, P-256 or Ed25519"),
            (&two, "it is not one block of PEM"),
            ("", "it is not one block of PEM"),
            (&damaged, "it is no X.509"),
        ] {
            assert_eq!(public_key(pem).unwrap_err(), why);
        }
    }

    const RSA: &str = "-----BEGIN CERTIFICATE-----\n\
MIIC/zCCAeegAwIBAgIUICAqjIswVHmHsdPdMUY53kCxhT4wDQYJKoZIhvcNAQEL\n\
BQAwDzENMAsGA1UEAwwEc2hvcDAeFw0yNjExMjExMjI5NDhaFw0zNjExMTgxMjI5\n\
NDhaMA8xDTALBgNVBAMMBHNob3AwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEK\n\
AoIBAQCvGd9lODPWkWIsV6MaRmk6FFuMIts8dnzN259ad9zeT3l1Al1AQzC/u1Ro\n\
OhwNtH6PMEnXGuTacYcm59XhRS+BJWjs3k2KZ4sqsVE0iJr2PGyDRaaHQAh359p6\n\
03LN0/1fXJ9hipK6nn+pDxRFk0FpsExejwHz3WqX9hRQgyo7tk47xNXBjaQsN3QS\n\
8RmfFKPaP3e2quYvQf9qHUY6kslRv3oaeTKU8MNMqyEICisf+IZPveuqBtEhRslX\n\
cVweclu15RmOoPff3fDUitNjlrktVD3HG9WPwc07v9MtaX5HMl5H0fajvP1xpsJP\n\
bJlL37FTwVi9ghT8v6SohMGAvgLzAgMBAAGjUzBRMB0GA1UdDgQWBBScGOr5Ug9g\n\
xYWTleMJq5i0prR/XzAfBgNVHSMEGDAWgBScGOr5Ug9gxYWTleMJq5i0prR/XzAP\n\
BgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQAYczNd2q2IcptFkeyj\n\
ZPmLUjQ7IH7PLkau8c1gfLUtkzAglrzG/oFe8W379HWQPOyo4zOZxplEg8ozLrhd\n\
y6wgqDhvSH2OooDQtQGhg9vYuEmoD3gp74ZNAfQkr44q63p1FJsDC42aoCK7wGKF\n\
60cXPDClDO8pFyA880yq3unkFdcMtdIEKj6jg4ln2ee6AHCK5aJuPtefJX9WNPDz\n\
DB60KBA7gePNrKTkUG0ktKZzxfnkvKagaErnKqlPl229GDuXGsyY/rI8vIT9K6aL\n\
iCH6cKmujKHjqb/KfSvjISl4il01VbF0ih3tMvnlKUGdlOvwh2jjhy2FAJQpFsZs\n\
0TmZ\n\
-----END CERTIFICATE-----\n";
    const P256: &str = "-----BEGIN CERTIFICATE-----\n\
MIIBczCCARmgAwIBAgIUOXgz7diN+VYJaYFePoiI4XfNuVowCgYIKoZIzj0EAwIw\n\
DzENMAsGA1UEAwwEc2hvcDAeFw0yNjExMjExMjI5NDhaFw0zNjExMTgxMjI5NDha\n\
MA8xDTALBgNVBAMMBHNob3AwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARGVcr2\n\
x1dBDICF9P04rnSv5u10dR6OvUywghWgX3yZcziil6TtFIrdKShG3WW1SOiDpER6\n\
fzYgJsWvrKxsQhfgo1MwUTAdBgNVHQ4EFgQUilp39Ich5F4dotZfPRnYWkrq1uYw\n\
HwYDVR0jBBgwFoAUilp39Ich5F4dotZfPRnYWkrq1uYwDwYDVR0TAQH/BAUwAwEB\n\
/zAKBggqhkjOPQQDAgNIADBFAiEA5Lb0QmBCI1Z9MXVWUOfhEuVl3b8K4Hu8Sb2+\n\
1VLhvgACIDB+mzY+Jv8vuIRB4HSgaxyqAjvK2GmRTrbRXwbPpLhk\n\
-----END CERTIFICATE-----\n";
    const ED25519: &str = "-----BEGIN CERTIFICATE-----\n\
MIIBMjCB5aADAgECAhQyo2LPt95wVzxrE/r+OfJE/2nw/DAFBgMrZXAwDzENMAsG\n\
A1UEAwwEc2hvcDAeFw0yNjExMjExMjI5NDhaFw0zNjExMTgxMjI5NDhaMA8xDTAL\n\
BgNVBAMMBHNob3AwKjAFBgMrZXADIQBLIVtONwgl2fp5D59nPkfCKKHuLdmy3GLr\n\
khIehFXaWaNTMFEwHQYDVR0OBBYEFK0Stke8/bTqGp9/reZMY5lzQdGXMB8GA1Ud\n\
IwQYMBaAFK0Stke8/bTqGp9/reZMY5lzQdGXMA8GA1UdEwEB/wQFMAMBAf8wBQYD\n\
K2VwA0EA6Pk80IHzba+Up9xYyAkN1QeDbLcHacOXeHz6Ewwu2NmGEFH8JUU8zW54\n\
0+c8pUkVOjMamRP27r3CZp2IovMtBg==\n\
-----END CERTIFICATE-----\n";
    const SECP256K1: &str = "-----BEGIN CERTIFICATE-----\n\
MIIBbzCCARagAwIBAgIUWXuWT9eCbOmss86KId+9el8YuwAwCgYIKoZIzj0EAwIw\n\
DzENMAsGA1UEAwwEc2hvcDAeFw0yNjExMjExMjI5NDhaFw0zNjExMTgxMjI5NDha\n\
MA8xDTALBgNVBAMMBHNob3AwVjAQBgcqhkjOPQIBBgUrgQQACgNCAATKVyUJGvEo\n\
Mz91sWOUhGLf9OyNfESkin4qfkxrcD/8EoFMflwzu/929hNKRgjDeha2tF8PVo2X\n\
2JjaLS2h0ODto1MwUTAdBgNVHQ4EFgQUDKpV24AxLmcyyZq9covZ3bSpficwHwYD\n\
VR0jBBgwFoAUDKpV24AxLmcyyZq9covZ3bSpficwDwYDVR0TAQH/BAUwAwEB/zAK\n\
BggqhkjOPQQDAgNHADBEAiBXKXdw88WqkqaEVlEkn2kY++OSam/sQeLlT1Gz/E6k\n\
vgIgWWHxoAcUT4bbdNZf1kE+5BL6910DZnIcnVp5QTqfaKw=\n\
-----END CERTIFICATE-----\n";
}
