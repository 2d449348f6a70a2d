//! The cookie of a browser, and the token that its forms have to carry (RFC 9700 section 4.7).

use http::{HeaderValue, header};

use crate::{
    model::{HttpUri, csrf_token},
    protocol::{Digest, ErrorCode, Form, OAuthError, Request, Response, Secret},
};

/// The cookie of an issuer.
pub(super) struct SessionCookie {
    name: &'static str,
    attributes: &'static str,
}

impl SessionCookie {
    /// `__Host-` keeps other hosts and plain http from setting it. Only a local issuer is served by plain http.
    pub(super) fn of(issuer: &HttpUri) -> Self {
        if issuer.url().scheme() == "https" {
            Self { name: "__Host-tollgate_session", attributes: "Path=/; Secure; HttpOnly; SameSite=Lax" }
        } else {
            Self { name: "tollgate_session", attributes: "Path=/; HttpOnly; SameSite=Lax" }
        }
    }

    pub(super) fn of_request(&self, request: &Request) -> Option<Secret> {
        request.cookie(self.name)
    }

    /// Gives the browser a value, until it is closed.
    pub(super) fn set(&self, response: &mut Response, value: &Secret) {
        self.answer(response, &format!("{}={}; {}", self.name, value.expose(), self.attributes));
    }

    /// Takes it away.
    pub(super) fn clear(&self, response: &mut Response) {
        self.answer(response, &format!("{}=; Max-Age=0; {}", self.name, self.attributes));
    }

    fn answer(&self, response: &mut Response, cookie: &str) {
        let mut value = HeaderValue::from_str(cookie).expect("base64url is fit for a header");
        value.set_sensitive(true);
        response.headers.insert(header::SET_COOKIE, value);
    }
}

/// What a form carries for the browser with this cookie.
pub(super) fn token(cookie: &Secret) -> String {
    csrf_token(cookie).to_key()
}

/// What tells the browser with this cookie, in an address that nobody else can make, that the password was changed.
pub(super) fn confirmation(cookie: &Secret) -> String {
    Digest::of_parts(&["password changed", cookie.expose()]).to_key()
}

/// Refuses a form that was not made for the browser that sends it.
pub(super) fn refuse_foreign(cookie: Option<&Secret>, form: &Form) -> Result<(), OAuthError> {
    let sent = form.get("csrf").map(|text| Digest::of(text.as_bytes()));
    let foreign =
        |why: &'static str| ErrorCode::ForeignForm.because("the form is not from this browser").logged_as(why);
    match (cookie, sent) {
        (None, _) => Err(foreign("the browser sent no cookie")),
        (_, None) => Err(foreign("the form has no csrf token")),
        (Some(cookie), Some(sent)) if Digest::of(token(cookie).as_bytes()).matches(&sent) => Ok(()),
        _ => Err(foreign("the csrf token is another browser's")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a20_a_form_counts_with_the_token_of_its_browsers_cookie_alone() {
        let (own, other) = (Secret::new("own".into()), Secret::new("other".into()));
        let form = |text: &str| Form::parse(text.as_bytes()).unwrap();
        let with_token = form(&format!("csrf={}", token(&own)));
        assert!(refuse_foreign(Some(&own), &with_token).is_ok());
        for (cookie, form) in [
            (None, &with_token),
            (Some(&other), &with_token),
            (Some(&own), &form("csrf=")),
            (Some(&own), &form("")),
            (Some(&own), &form("csrf=own")),
        ] {
            assert_eq!(refuse_foreign(cookie, form).unwrap_err().code, ErrorCode::ForeignForm);
        }
    }

    #[test]
    fn a20_the_cookie_is_bound_to_its_host_wherever_there_is_tls() {
        let cookie = |issuer: &str| {
            let mut response = Response::new("text/plain", Vec::new());
            SessionCookie::of(&HttpUri::parse(issuer).unwrap()).set(&mut response, &Secret::new("v".into()));
            response.headers[header::SET_COOKIE].to_str().unwrap().to_owned()
        };
        assert_eq!(cookie("https://id.example"), "__Host-tollgate_session=v; Path=/; Secure; HttpOnly; SameSite=Lax");
        assert_eq!(cookie("http://127.0.0.1:3000"), "tollgate_session=v; Path=/; HttpOnly; SameSite=Lax");
    }
}
