//! How tokens look, and how the item of a token is found from its text.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{GrantKey, TokenFormat};
use crate::{
    env::Env,
    protocol::{Digest, Secret},
};

/// Prefix of a generated client secret: 256 random bits follow in base64url.
pub const GENERATED_SECRET_PREFIX: &str = "tgs_";

const ID_BYTES: usize = 16;
const SECRET_BYTES: usize = 32;
const TEXT_BYTES: usize = ID_BYTES + SECRET_BYTES;

const LOWER_ALNUM: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const ALNUM: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const HEX: &[u8] = b"0123456789abcdef";

/// What has the key of its grant in its text: a prefix, then an id of 128 bits and a secret of 256 bits in base64url, 64
/// characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelfLocating {
    /// An access token of the default format.
    AccessToken,
    /// A refresh token.
    RefreshToken,
    /// An authorization code.
    AuthorizationCode,
    /// The `request_uri` of a pushed authorization request (RFC 9126 section 2.2).
    RequestUri,
}

impl SelfLocating {
    const fn prefix(self) -> &'static str {
        match self {
            Self::AccessToken => "tga_",
            Self::RefreshToken => "tgr_",
            Self::AuthorizationCode => "tgc_",
            Self::RequestUri => "urn:ietf:params:oauth:request_uri:",
        }
    }

    /// The key of the grant that a presented text names; `None` for a text of another shape.
    pub fn key_of(self, presented: &Secret) -> Option<GrantKey> {
        let mut bytes = [0; TEXT_BYTES];
        let text = presented.expose().strip_prefix(self.prefix())?;
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        (length == TEXT_BYTES).then(|| GrantKey::of_id(&bytes[..ID_BYTES]))
    }

    /// Draws one for the grant that `id` names.
    pub fn mint(self, id: &[u8; ID_BYTES], env: &Env<'_>) -> Secret {
        let mut bytes = [0; TEXT_BYTES];
        bytes[..ID_BYTES].copy_from_slice(id);
        bytes[ID_BYTES..].copy_from_slice(&env.random::<SECRET_BYTES>());
        Secret::new(format!("{}{}", self.prefix(), URL_SAFE_NO_PAD.encode(bytes)))
    }
}

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
        let key = SelfLocating::AccessToken.key_of(token);
        key.map_or_else(|| Self::Digest(token.digest()), Self::Grant)
    }

    /// The key of the item that is the grant, or leads to it.
    pub fn item(&self) -> GrantKey {
        match self {
            Self::Grant(key) => key.clone(),
            Self::Digest(digest) => GrantKey::of_digest(digest),
        }
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
            Self::Opaque => SelfLocating::AccessToken.mint(id, env),
            Self::Hex32 => Secret::new(env.random_text(HEX, 32)),
            Self::Alnum24 => Secret::new(env.random_text(LOWER_ALNUM, 24)),
            Self::Alnum54 => Secret::new(env.random_text(ALNUM, 54)),
        };
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::env::{Derived, World, testing::env};

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

    #[test]
    fn each_kind_leads_to_its_grant_and_is_no_other_kind() {
        use SelfLocating::{AccessToken, AuthorizationCode, RefreshToken, RequestUri};
        let kinds = [AccessToken, RefreshToken, AuthorizationCode, RequestUri];
        for kind in kinds {
            let text = kind.mint(&[7; 16], &env());
            for other in kinds {
                assert_eq!(
                    other.key_of(&text),
                    (other == kind).then(|| GrantKey::of_id(&[7; 16])),
                    "{kind:?} {other:?}"
                );
            }
        }
    }

    #[test]
    fn r6_derived_tokens_are_the_same_again_in_every_format() {
        let secret = Secret::new("presented".into());
        for format in TokenFormat::ALL {
            let minted = || {
                let derived = Derived::new(&secret, &[1; 32], "access");
                format.mint(&[7; 16], &Env { entropy: &derived, ..env() }).digest
            };
            assert_eq!(minted(), minted(), "{format:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_leads_to_one_item_by_its_id_or_its_digest(text: String) {
            let key = TokenKey::of(&Secret::new(text)).item();
            prop_assert!([22, 43].contains(&key.as_str().len()), "{}", key.as_str());
        }
    }
}
