//! How tokens look, and how the item of a token is found from its text.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{GrantKey, TokenFormat};
use crate::{
    env::Env,
    protocol::{Digest, Secret},
};

/// Prefix of a generated client secret: 256 random bits follow in base64url.
pub const GENERATED_SECRET_PREFIX: &str = "tgs_";

/// Prefix of an opaque access token: an id of 128 bits and a secret of 256 bits follow in base64url, 64 characters.
const ACCESS_TOKEN_PREFIX: &str = "tga_";

const ID_BYTES: usize = 16;
const TEXT_BYTES: usize = ID_BYTES + 32;

const LOWER_ALNUM: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const ALNUM: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const HEX: &[u8] = b"0123456789abcdef";

/// Where the facts of a presented access token are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenKey {
    /// The grant's key is in the token: the default format.
    Grant(GrantKey),
    /// Nothing is in the token: its item is keyed by its digest.
    Digest(Digest),
}

impl TokenKey {
    /// Reads a presented token. Any text is a token of some format; only the store knows whether it exists.
    pub fn of(token: &Secret) -> Self {
        let text = token.expose();
        let id = text.strip_prefix(ACCESS_TOKEN_PREFIX).and_then(|text| {
            let mut bytes = [0; TEXT_BYTES];
            let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
            (length == TEXT_BYTES).then(|| GrantKey::of_id(&bytes[..ID_BYTES]))
        });
        id.map_or_else(|| Self::Digest(token.digest()), Self::Grant)
    }
}

/// A token just drawn.
#[derive(Debug)]
pub struct MintedToken {
    /// The text, for the client alone.
    pub text: Secret,
    /// What is kept of it.
    pub digest: Digest,
    /// Whether the grant's key is in the text.
    pub carries_key: bool,
}

impl TokenFormat {
    /// Draws an access token for the grant that `id` names. The other formats have no room for the id.
    pub fn mint(self, id: &[u8; ID_BYTES], env: &Env<'_>) -> MintedToken {
        let text = match self {
            Self::Opaque => opaque(ACCESS_TOKEN_PREFIX, id, &env.random()),
            Self::Hex32 => env.random_text(HEX, 32),
            Self::Alnum24 => env.random_text(LOWER_ALNUM, 24),
            Self::Alnum54 => env.random_text(ALNUM, 54),
        };
        let text = Secret::new(text);
        MintedToken { digest: text.digest(), text, carries_key: self == Self::Opaque }
    }
}

/// Draws a client secret.
pub fn generated_secret(env: &Env<'_>) -> Secret {
    Secret::new(format!("{GENERATED_SECRET_PREFIX}{}", URL_SAFE_NO_PAD.encode(env.random::<32>())))
}

/// Draws an spkey: 24 lower-case letters and digits, as the old console did.
pub fn generated_spkey(env: &Env<'_>) -> String {
    env.random_text(LOWER_ALNUM, 24)
}

fn opaque(prefix: &str, id: &[u8; ID_BYTES], secret: &[u8; 32]) -> String {
    let mut bytes = [0; TEXT_BYTES];
    bytes[..ID_BYTES].copy_from_slice(id);
    bytes[ID_BYTES..].copy_from_slice(secret);
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::env::{World, testing::env};

    #[test]
    fn the_default_token_is_a_prefix_and_64_characters_that_lead_to_its_grant() {
        let id = [7; 16];
        let token = TokenFormat::Opaque.mint(&id, &env());
        assert_eq!(token.text.expose().len(), 68);
        assert_eq!(TokenKey::of(&token.text), TokenKey::Grant(GrantKey::of_id(&id)));
        assert_eq!(token.digest, token.text.digest());
    }

    #[test]
    fn the_products_shapes_lead_to_their_digest() {
        for (format, length) in [(TokenFormat::Hex32, 32), (TokenFormat::Alnum24, 24), (TokenFormat::Alnum54, 54)] {
            let token = format.mint(&[0; 16], &env());
            assert_eq!(token.text.expose().len(), length);
            assert_eq!(TokenKey::of(&token.text), TokenKey::Digest(token.digest));
        }
    }

    #[test]
    fn t18_ten_thousand_tokens_have_no_repeats_and_384_bits_each() {
        let world = World::system();
        let texts: std::collections::HashSet<String> = (0..10_000)
            .map(|_| TokenFormat::Opaque.mint(&world.env().random(), &world.env()).text.expose().to_owned())
            .collect();
        assert_eq!(texts.len(), 10_000);
        let secrets: std::collections::HashSet<&str> = texts.iter().map(|text| &text[26..]).collect();
        assert_eq!(secrets.len(), 10_000);
    }

    proptest! {
        #[test]
        fn any_text_is_a_token_of_some_format(text: String) {
            TokenKey::of(&Secret::new(text));
        }
    }
}
