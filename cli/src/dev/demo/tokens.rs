//! Tokens, a code and a login that are there from the start, so that sample events can name them. No endpoint gives any whose text
//! is known before, so these alone are written here.

use shared::{
    env::World,
    model::{
        AccessToken, AuthorizationCode, Generations, Grant, GrantKey, RefreshTokens, SelfLocating, Session, SessionKey,
        TokenKey,
    },
    protocol::{ApplicationName, ClientId, CodeChallenge, Digest, GrantType, Scope, Secret, Spkey, Subject, Timestamp},
    store::{Change, CommitError, Writer},
};

/// A token of the demo's client with both scopes; it lives until 2100-01-01.
pub const TOKEN: &str = "tga_demo-token-of-the-client-shop-with-both-scopes-until-2100-000000";
/// One with `orders.read` alone.
pub const READ_ONLY_TOKEN: &str = "tga_demo-token-that-may-read-and-not-write-until-2100-1-1-0000000000";
/// One that is over since 2001-09-09.
pub const EXPIRED_TOKEN: &str = "tga_demo-token-whose-life-ended-in-2001-for-refusals-000000000000000";
/// A code of the demo's client and user; it lives until 2100-01-01, or until it is redeemed.
pub const CODE: &str = "tgc_demo-code-of-the-client-shop-and-the-user-alice-until-2100-00000";
/// One that was redeemed in 2001.
pub const REDEEMED_CODE: &str = "tgc_demo-code-that-the-client-shop-has-redeemed-in-2001-and-again-00";
/// A refresh token of both; it lives until 2100-01-01, or until it is used.
pub const REFRESH_TOKEN: &str = "tgr_demo-refresh-token-of-the-client-shop-for-alice-until-2100-00000";

/// The cookie of a browser in which the demo's user has logged in, until 2100-01-01.
pub const SESSION: &str = "demo-session-of-the-user-alice-until-2100-1";

/// Puts the demo's tokens and its login into the store, where they are not there yet.
///
/// # Errors
/// [`CommitError::Store`].
pub async fn issue_tokens(store: &Writer, world: &World) -> Result<(), CommitError> {
    let tokens = [
        (TOKEN, "orders.read orders.write", FAR_AWAY),
        (READ_ONLY_TOKEN, "orders.read", FAR_AWAY),
        (EXPIRED_TOKEN, "orders.read", LONG_AGO),
    ];
    let attempt = || world.env().attempt();
    let tokens = tokens.map(|(text, scope, end)| Change::Issue { grant: grant(text, scope, end), attempt: attempt() });
    let of_user = [with_code(CODE, None), with_code(REDEEMED_CODE, Some(LONG_AGO)), with_refresh_token()]
        .map(|grant| Change::Issue { grant, attempt: attempt() });
    for change in tokens.into_iter().chain(of_user).chain(login(store, world).await?) {
        match store.commit(change).await {
            Ok(()) | Err(CommitError::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn login(store: &Writer, world: &World) -> Result<Option<Change>, CommitError> {
    let username = Subject::parse(super::USERNAME).expect("the demo's user has a name");
    let user = store.reader().user(&username).await?;
    let key = SessionKey::of(&Secret::new(SESSION.to_owned()));
    Ok(user.map(|user| Change::LogIn {
        key,
        session: Session { expires_at: FAR_AWAY, ..Session::of(&user.value, world.clock.now()) },
        attempt: world.env().attempt(),
    }))
}

/// A code's grant.
fn with_code(text: &str, redeemed_at: Option<Timestamp>) -> Grant {
    let code = Secret::new(text.to_owned());
    let challenge = CodeChallenge::parse(super::CODE_CHALLENGE).expect("the demo's challenge is one");
    Grant {
        code: Some(AuthorizationCode {
            digest: code.digest(),
            expires_at: FAR_AWAY,
            redirect_uri: Some(Digest::of(super::REDIRECT_URI.as_bytes())),
            code_challenge: Some(challenge),
            redeemed_at,
        }),
        ..of_user(SelfLocating::AuthorizationCode.key_of(&code))
    }
}

/// The refresh token's grant.
fn with_refresh_token() -> Grant {
    let token = Secret::new(REFRESH_TOKEN.to_owned());
    Grant {
        refresh_tokens: Some(RefreshTokens {
            current: token.digest(),
            previous: None,
            older: Generations::default(),
            expires_at: FAR_AWAY,
            ends_at: None,
        }),
        ..of_user(SelfLocating::RefreshToken.key_of(&token))
    }
}

/// A grant of the demo's user without any token yet.
fn of_user(id: Option<GrantKey>) -> Grant {
    Grant {
        id: id.expect("the demo's code and refresh token look like any other"),
        grant_type: GrantType::AuthorizationCode,
        subject: Subject::parse(super::USERNAME).expect("the demo's user has a name"),
        access_tokens: Vec::new(),
        ..grant(TOKEN, "orders.read orders.write", FAR_AWAY)
    }
}

fn grant(text: &str, scope: &str, expires_at: Timestamp) -> Grant {
    let token = Secret::new(text.to_owned());
    let id = match TokenKey::of(&token) {
        TokenKey::Grant(key) => key,
        TokenKey::Digest(digest) => GrantKey::of_digest(&digest),
    };
    let scope = Scope::parse(scope).expect("the demo's scopes are well formed");
    let issued_at = Timestamp::from_secs(0);
    Grant {
        id,
        grant_type: GrantType::ClientCredentials,
        client_id: ClientId::parse(super::CLIENT_ID).expect("the demo's client has an id"),
        application: ApplicationName::parse("Shop").expect("the demo's application has a name"),
        subject: Subject::parse(super::CLIENT_ID).expect("the demo's client has an id"),
        services: vec![Spkey::parse("942yzkggypg5dq6c4ucfv3ed").expect("the demo's spkey is one")],
        scope,
        issued_at,
        revoked_at: None,
        listed_until: None,
        code: None,
        refresh_tokens: None,
        access_tokens: vec![AccessToken { digest: token.digest(), issued_at, expires_at, scope: None }],
    }
}

const FAR_AWAY: Timestamp = Timestamp::from_secs(4_102_444_800);
const LONG_AGO: Timestamp = Timestamp::from_secs(1_000_000_000);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demos_tokens_look_like_any_other() {
        for text in [TOKEN, READ_ONLY_TOKEN, EXPIRED_TOKEN] {
            assert!(matches!(TokenKey::of(&Secret::new(text.into())), TokenKey::Grant(_)), "{text}");
        }
        for code in [CODE, REDEEMED_CODE] {
            assert!(SelfLocating::AuthorizationCode.key_of(&Secret::new(code.into())).is_some());
        }
        assert!(SelfLocating::RefreshToken.key_of(&Secret::new(REFRESH_TOKEN.into())).is_some());
    }
}
