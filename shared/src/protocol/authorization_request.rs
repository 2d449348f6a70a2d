//! Authorization requests (RFC 6749 sections 4.1.1 and 4.2.1, RFC 7636 section 4.3, RFC 8707 section 2).

use super::{CodeChallenge, ErrorCode, GrantType, OAuthError, Parameters, ResponseMode, Scope};

/// What a client asks a resource owner for.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizationRequest {
    /// What is to come back.
    pub response_type: ResponseType,
    /// What the token is to allow.
    pub scope: Scope,
    /// What only the client that asks can answer.
    pub code_challenge: Option<CodeChallenge>,
    /// Which services the token is for.
    pub resources: Vec<String>,
    /// Which pages are to be shown.
    pub prompt: Prompt,
}

/// What the authorization endpoint gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseType {
    /// A code, for a token at the token endpoint.
    Code,
    /// A token (RFC 6749 section 4.2).
    Token,
}

/// Which pages a client wants shown, or not shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// Log in, also where someone has.
    pub login: bool,
    /// Ask, also where the answer is known.
    pub consent: bool,
    /// Show none, and fail where one is needed.
    pub none: bool,
}

impl ResponseType {
    /// The parameter's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Token => "token",
        }
    }

    /// The grant type that client and service have to allow.
    pub const fn grant_type(self) -> GrantType {
        match self {
            Self::Code => GrantType::AuthorizationCode,
            Self::Token => GrantType::Implicit,
        }
    }

    /// Where the answer stands, errors too.
    pub const fn mode(self) -> ResponseMode {
        match self {
            Self::Code => ResponseMode::Query,
            Self::Token => ResponseMode::Fragment,
        }
    }

    /// Reads the parameter.
    ///
    /// # Errors
    /// `invalid_request` when it is missing or repeated, `unsupported_response_type` for any other value.
    pub fn of(parameters: &Parameters) -> Result<Self, OAuthError> {
        let text = parameters.only("response_type")?;
        let text = text.ok_or_else(|| ErrorCode::InvalidRequest.because("response_type is missing"))?;
        let known = [Self::Code, Self::Token].into_iter().find(|known| known.as_str() == text);
        let unknown = "response_type must be code, or token where the implicit grant is on";
        known.ok_or_else(|| ErrorCode::UnsupportedResponseType.because(unknown))
    }
}

impl AuthorizationRequest {
    /// Reads the parameters, but for those that say whose request it is and where the answer goes.
    ///
    /// # Errors
    /// [`OAuthError`] for a parameter that is missing, repeated or malformed.
    pub fn parse(parameters: &Parameters) -> Result<Self, OAuthError> {
        parameters.refuse_repetition()?;
        if parameters.only("request")?.is_some() {
            return Err(ErrorCode::RequestNotSupported.because("request objects are not supported: use request_uri"));
        }
        let scope = Scope::parse(parameters.only("scope")?.unwrap_or_default())?;
        let response_type = ResponseType::of(parameters)?;
        let mode = parameters.only("response_mode")?;
        if mode.is_some_and(|mode| mode != response_type.mode().as_str()) {
            let text = format!(
                "response_mode must be {} for the response type {}",
                response_type.mode().as_str(),
                response_type.as_str()
            );
            return Err(ErrorCode::InvalidRequest.because(text));
        }
        Ok(Self {
            response_type,
            scope,
            code_challenge: code_challenge(parameters)?,
            resources: parameters.all("resource").map(str::to_owned).collect(),
            prompt: Prompt::parse(parameters.only("prompt")?.unwrap_or_default())?,
        })
    }
}

impl Prompt {
    fn parse(text: &str) -> Result<Self, OAuthError> {
        let mut prompt = Self::default();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            match word {
                "login" => prompt.login = true,
                "consent" => prompt.consent = true,
                "none" => prompt.none = true,
                _ => return Err(ErrorCode::InvalidRequest.because("prompt must be login, consent or none")),
            }
        }
        if prompt.none && (prompt.login || prompt.consent) {
            return Err(ErrorCode::InvalidRequest.because("prompt must be none alone, or other words without none"));
        }
        Ok(prompt)
    }
}

/// A challenge without a method would be of the method `plain` (RFC 7636 section 4.3), which is not taken.
fn code_challenge(parameters: &Parameters) -> Result<Option<CodeChallenge>, OAuthError> {
    let wrong = |text: String| ErrorCode::InvalidRequest.because(text);
    match (parameters.only("code_challenge")?, parameters.only("code_challenge_method")?) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(wrong("code_challenge is missing".into())),
        (Some(_), method) if method != Some(CodeChallenge::METHOD) => {
            Err(wrong(format!("code_challenge_method must be {}", CodeChallenge::METHOD)))
        }
        (Some(text), _) => CodeChallenge::parse(text)
            .map(Some)
            .map_err(|error| wrong(format!("code_challenge: expected {}", error.expected))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn parsed(query: &str) -> Result<AuthorizationRequest, ErrorCode> {
        AuthorizationRequest::parse(&Parameters::parse(query).unwrap()).map_err(|error| error.code)
    }

    #[test]
    fn a3_the_response_type_is_code_or_token() {
        assert_eq!(parsed("response_type=code").unwrap().response_type, ResponseType::Code);
        assert_eq!(parsed("response_type=token").unwrap().response_type, ResponseType::Token);
        assert_eq!(parsed(""), Err(ErrorCode::InvalidRequest));
        for other in ["bad", "code+token", "id_token", "none", "CODE"] {
            let query = format!("response_type={other}");
            assert_eq!(parsed(&query), Err(ErrorCode::UnsupportedResponseType), "{other}");
        }
    }

    #[test]
    fn a10_a_challenge_is_of_s256_and_says_so() {
        let with = |more: &str| parsed(&format!("response_type=code{more}"));
        let right = format!("&code_challenge={CHALLENGE}&code_challenge_method=S256");
        assert!(with(&right).unwrap().code_challenge.is_some());
        for bad in [
            format!("&code_challenge={CHALLENGE}"),
            format!("&code_challenge={CHALLENGE}&code_challenge_method=plain"),
            format!("&code_challenge={CHALLENGE}&code_challenge_method=s256"),
            "&code_challenge_method=S256".into(),
            "&code_challenge=short&code_challenge_method=S256".into(),
        ] {
            assert_eq!(with(&bad), Err(ErrorCode::InvalidRequest), "{bad}");
        }
    }

    #[test]
    fn the_words_of_prompt_are_closed_and_none_stands_alone() {
        let prompt = |text: &str| parsed(&format!("response_type=code&prompt={text}")).map(|request| request.prompt);
        assert_eq!(prompt("login+consent"), Ok(Prompt { login: true, consent: true, none: false }));
        for bad in ["none+login", "select_account", "Login"] {
            assert_eq!(prompt(bad), Err(ErrorCode::InvalidRequest), "{bad}");
        }
    }

    #[test]
    fn another_response_mode_than_that_of_the_response_type_is_refused() {
        assert!(parsed("response_type=code&response_mode=query").is_ok());
        assert!(parsed("response_type=token&response_mode=fragment").is_ok());
        for bad in ["code&response_mode=fragment", "code&response_mode=form_post", "token&response_mode=query"] {
            assert_eq!(parsed(&format!("response_type={bad}")), Err(ErrorCode::InvalidRequest), "{bad}");
        }
    }

    #[test]
    fn a_request_object_is_refused_and_not_ignored() {
        assert_eq!(parsed("response_type=code&request=e30.e30."), Err(ErrorCode::RequestNotSupported));
    }

    proptest! {
        #[test]
        fn takes_any_query_without_a_panic(query: String) {
            if let Ok(parameters) = Parameters::parse(&query) {
                let _ = AuthorizationRequest::parse(&parameters);
            }
        }
    }
}
