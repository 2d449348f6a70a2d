//! What to do about a refusal: one sentence for each code of the closed list.

use shared::protocol::ReasonCode;

/// What whoever looks into a refusal does next; `None` = there was none.
pub(super) fn next_step(code: ReasonCode) -> Option<&'static str> {
    Some(match code {
        ReasonCode::ValidToken => return None,
        ReasonCode::NoToken => "the caller sends `Authorization: Bearer TOKEN`",
        ReasonCode::TokenInUrl => "the caller moves the token from the URL into the Authorization header",
        ReasonCode::MalformedToken => "the caller sends the token as it was given, without quotes or line ends",
        ReasonCode::WrongScheme => "the caller uses the scheme Bearer, or the service sets any_scheme",
        ReasonCode::UnknownToken => {
            "the caller gets a new token from this deployment's token endpoint; a client that may have one token at a \
             time has replaced this one"
        }
        ReasonCode::ForeignToken => {
            "for an access token list its service in `introspects` of the client that asks; a refresh token is shown to its \
             own client alone, and only its own client can revoke a token"
        }
        ReasonCode::TokenExpired => {
            "the caller gets a new token; access_token.ttl of the service and access_token_ttl of the client say how \
             long one lives, of a third-party token its provider"
        }
        ReasonCode::TokenRevoked => "the caller gets a new token; find out who revoked this one",
        ReasonCode::TokenInactive | ReasonCode::TokenRefused => {
            "the caller gets a new token from the identity provider; explain shows what the provider answered"
        }
        ReasonCode::UnreadableAnswer => {
            "mend the identity provider's answer: explain shows its content type, size and members"
        }
        ReasonCode::WrongService => {
            "the caller gets a token for this service, or shared_token_spkey of this service names the token's"
        }
        ReasonCode::ServiceDisabled => "switch the service on (enabled) and apply the file",
        ReasonCode::ClientGone => "add the client to the file again and apply it; its tokens count again then",
        ReasonCode::ClientDisabled => "switch the client or its application on (enabled) and apply the file",
        ReasonCode::ClientNotAllowed => "add the service to the client's services and apply the file",
        ReasonCode::InsufficientScope => {
            "the caller asks for a token with the scopes of the challenge; the client's scope must allow them"
        }
        ReasonCode::ApiKeyMissing => "the caller sends its API key, once, where the service wants it (api_key)",
        ReasonCode::ApiKeyUnknown => "compare the key with the one given to the application; keys are kept as digests",
        ReasonCode::ApiKeyInactive => "switch the key or its application on (enabled) and apply the file",
        ReasonCode::ApiKeyNotAuthorized => "add the service to the key's services and apply the file",
        ReasonCode::InvalidRequest => "the caller mends the request as the reason says",
        ReasonCode::MethodNotAllowed => "the caller uses a method of the header Allow; endpoints take POST",
        ReasonCode::UnsupportedMediaType => "the caller sends a form (application/x-www-form-urlencoded)",
        ReasonCode::ContentTooLarge => "the caller sends a shorter body",
        ReasonCode::InvalidClient => {
            "the message says what failed: compare client_id and secret with what the client was given (the secret may be \
             over), or switch the client on"
        }
        ReasonCode::InvalidAssertion => {
            "the message says which rule is broken: `jwks` or `certificate` of the client has the key that signs, iss and sub \
             are the client_id, aud is the issuer alone, exp an hour ahead at most, jti new each time, and the clocks agree"
        }
        ReasonCode::TooManyFailures => "wait 5 minutes; then mend the secret of the program that keeps trying",
        ReasonCode::InvalidGrant => {
            "the user logs in once more; the message says whether code, refresh token or password were wrong, and why"
        }
        ReasonCode::TokenGuessed => {
            "somebody knows the id of a grant and not its secret: nothing is lost, but find out where the id was read"
        }
        ReasonCode::CodeReplayed => {
            "the user logs in once more; a code, its verifier and its client's secret came twice: find out who has them"
        }
        ReasonCode::RefreshTokenReplayed => {
            "the user logs in once more; two hold copies of one refresh token, or the client keeps an old one for longer \
             than retry_window"
        }
        ReasonCode::UnauthorizedClient => "add the grant type to the client's and the service's grant_types",
        ReasonCode::UnsupportedGrantType => "the caller uses a grant type that this server serves",
        ReasonCode::InvalidScope => {
            "the caller asks for scopes that the service declares and the client's scope allows; scope_match: any drops \
             the others; openid is none, since OpenID Connect is not served"
        }
        ReasonCode::InvalidTarget => "the caller names one service that the client may use, by resource or by scope",
        ReasonCode::NoService => {
            "list a service in `services` of the client, or switch on the one that stands there, and apply the file"
        }
        ReasonCode::UnsupportedResponseType => "the client asks for response_type=code",
        ReasonCode::AccessDenied => "nothing: the resource owner said no",
        ReasonCode::UnknownClient => {
            "compare the request's client_id with the file; switch the client and its application on (enabled)"
        }
        ReasonCode::InvalidRedirectUri => {
            "add the request's redirect_uri to the client's redirect_uris, character for character, and apply the file"
        }
        ReasonCode::InvalidRequestUri => {
            "the client pushes a new request for each try, and sends the browser before expires_in is over"
        }
        ReasonCode::RequestNotSupported => "the client sends plain parameters, or pushes them to /oauth2/par",
        ReasonCode::LoginRequired => "the client asks once more without prompt=none, so that pages can be shown",
        ReasonCode::ConsentRequired => {
            "the client asks once more without prompt=none, so that pages can be shown; skip_consent of the service \
             lets those with a secret or a web address of their own go on unasked"
        }
        ReasonCode::WrongPassword => {
            "the person tries again, or gets a new password (`tollgate user passwd`, or `users` of the file); one who is \
             switched off is switched on by `tollgate user enable`; the message says what was wrong"
        }
        ReasonCode::ForeignForm => {
            "the person goes on from the page that came back: the one before was opened before they signed in or out, or \
             the browser keeps no cookies; many of them from other sites are an attack, and are refused"
        }
        ReasonCode::NotFound => "the caller uses a path of the token service, or PATHS names this one",
        ReasonCode::Conflict => "the caller tries again; if it persists, many use one client at the same moment",
        ReasonCode::StoreFailure => {
            "look at the message's operation, of DynamoDB or KMS (kms:…): throttles, permissions, endpoint and Region"
        }
        ReasonCode::ConfigFailure => {
            "mend what the reason names: the definition, the stage's variables or the environment"
        }
        ReasonCode::ProviderFailure => {
            "look at the identity provider: reachable from the function, certificate, timeout"
        }
    })
}
