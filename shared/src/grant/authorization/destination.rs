//! Where the answer to an authorization request goes (RFC 6749 sections 3.1.2 and 4.1.2, RFC 9207).

use crate::{
    model::{Client, HttpUri},
    protocol::{ErrorCode, OAuthError, Parameters, RedirectUri, ResponseMode, ResponseType},
};

/// Where the answer goes. There is none but what the client has registered.
#[derive(Clone, Debug, PartialEq)]
pub struct Destination {
    /// The redirect URI; `None` = the client has none, and a page shows the code.
    pub uri: Option<RedirectUri>,
    /// Whether the request named it, so that the code is bound to its text.
    pub is_named: bool,
    mode: ResponseMode,
    state: Option<String>,
}

impl Destination {
    /// Finds it.
    ///
    /// # Errors
    /// `invalid_request`, which no redirect can tell, for a redirect URI that is repeated or not registered, and for none
    /// where there are several.
    pub fn of(client: &Client, parameters: &Parameters) -> Result<Self, OAuthError> {
        let registered = &client.redirect_uris;
        let wrong = |text: &'static str| ErrorCode::InvalidRedirectUri.because(text);
        let named = parameters.only("redirect_uri").map_err(|_| wrong("redirect_uri is given more than once"))?;
        let uri = match named {
            Some(presented) => {
                let known = client.redirect_uri(presented);
                Some(known.ok_or_else(|| wrong("redirect_uri is none that the client has registered"))?)
            }
            None if registered.is_empty() => None,
            None => {
                let only = RedirectUri::only(registered);
                Some(only.ok_or_else(|| wrong("redirect_uri is missing, and the client has registered several"))?)
            }
        };
        let is_token = parameters.all("response_type").any(|text| text == ResponseType::Token.as_str());
        let mode = if is_token { ResponseMode::Fragment } else { ResponseMode::Query };
        let state = parameters.only("state").ok().flatten().map(str::to_owned);
        Ok(Self { uri, is_named: named.is_some(), mode, state })
    }

    /// The URI with an answer: its members, `state` as it came, and who answers. `None` where there is no URI.
    pub fn with(&self, members: &[(&str, &str)], issuer: &HttpUri) -> Option<String> {
        let uri = self.uri.as_ref()?;
        let state = self.state.iter().map(|state| ("state", state.as_str()));
        let all: Vec<_> = members.iter().copied().chain(state).chain([("iss", issuer.as_str())]).collect();
        Some(uri.with(self.mode, &all))
    }

    /// The URI with an error (RFC 6749 section 4.1.2.1).
    pub fn with_error(&self, error: &OAuthError, issuer: &HttpUri) -> Option<String> {
        let body = error.body();
        self.with(&[("error", body.error), ("error_description", &body.error_description)], issuer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AuthMethod, samples};

    fn destination(registered: &[&str], query: &str) -> Result<Destination, ErrorCode> {
        destination_of(AuthMethod::ClientSecret, registered, query)
    }

    fn destination_of(auth_method: AuthMethod, registered: &[&str], query: &str) -> Result<Destination, ErrorCode> {
        let redirect_uris = registered.iter().map(ToString::to_string).collect();
        let client = Client { redirect_uris, auth_method, ..samples::client(&[], None) };
        Destination::of(&client, &Parameters::parse(query).unwrap()).map_err(|error| error.code)
    }

    fn issuer() -> HttpUri {
        HttpUri::parse("https://id.example").unwrap()
    }

    const A: &str = "https://a.example/cb";
    const B: &str = "https://b.example/cb";

    #[test]
    fn a2_only_a_registered_uri_is_ever_redirected_to() {
        let named = |uri| destination(&[A], &format!("redirect_uri={uri}"));
        assert_eq!(named(A).unwrap().uri.unwrap().as_str(), A);
        for query in
            ["redirect_uri=https://evil.example/", "redirect_uri=x", &format!("redirect_uri={A}&redirect_uri={A}")]
        {
            assert_eq!(destination(&[A], query), Err(ErrorCode::InvalidRedirectUri), "{query}");
        }
        assert_eq!(destination(&[], &format!("redirect_uri={A}")), Err(ErrorCode::InvalidRedirectUri));
    }

    #[test]
    fn a1_the_port_of_a_loopback_address_counts_unless_the_client_is_public() {
        for registered in ["http://127.0.0.1/cb", "http://[::1]/cb", "http://localhost:4000/cb"] {
            let (before, after) = registered.rsplit_once('/').unwrap();
            let host = before.trim_end_matches(":4000");
            let at =
                |method, port| destination_of(method, &[registered], &format!("redirect_uri={host}{port}/{after}"));
            assert!(at(AuthMethod::None, ":49152").is_ok(), "{registered}");
            for method in [AuthMethod::ClientSecret, AuthMethod::PrivateKeyJwt] {
                assert_eq!(at(method, ":49152"), Err(ErrorCode::InvalidRedirectUri), "{registered}");
            }
        }
    }

    #[test]
    fn a_request_without_uri_means_the_only_one_or_a_page() {
        assert_eq!(destination(&[A], "").unwrap().uri.unwrap().as_str(), A);
        assert_eq!(destination(&[], "").unwrap().uri, None);
        assert_eq!(destination(&[A, B], ""), Err(ErrorCode::InvalidRedirectUri));
        assert!(!destination(&[A], "").unwrap().is_named);
    }

    #[test]
    fn a3_a4_an_error_has_the_state_as_it_came_and_who_answers() {
        let error = ErrorCode::InvalidScope.because("unknown");
        let told = |query: &str| destination(&[A], query).unwrap().with_error(&error, &issuer()).unwrap();
        assert_eq!(
            told("state=a%20%26%C3%A9"),
            format!("{A}?error=invalid_scope&error_description=unknown&state=a+%26%C3%A9&iss=https%3A%2F%2Fid.example")
        );
        assert!(!told("").contains("state") && !told("state=a&state=b").contains("state"));
        assert!(told("response_type=token").starts_with(&format!("{A}#error=")));
    }
}
