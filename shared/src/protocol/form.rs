//! `application/x-www-form-urlencoded` parameters (RFC 6749 sections 3.2 and appendix B).

use super::{ErrorCode, OAuthError, Secret, pairs};

/// Parameters of a request: each at most once, empty ones left out.
#[derive(Debug, Default)]
pub struct Form {
    fields: Vec<(String, Secret)>,
}

impl Form {
    /// Bytes an endpoint reads of a form at most: assertions are the longest values there are.
    pub const LIMIT: usize = 64 * 1024;

    /// Parses a body.
    ///
    /// # Errors
    /// `invalid_request` for a repeated parameter (RFC 6749 section 3.2; `resource` and `audience` may repeat,
    /// RFC 8707 section 2 and RFC 8693 section 2.1), more than 100 parameters, text that is not UTF-8, or a
    /// body over [`Form::LIMIT`].
    pub fn parse(body: &[u8]) -> Result<Self, OAuthError> {
        if body.len() > Self::LIMIT {
            return Err(ErrorCode::ContentTooLarge.because("the body is over 64 KiB"));
        }
        let mut form = Self::default();
        for pair in pairs::parse(body) {
            let (name, value) = pair?;
            form.add(name, Secret::new(value))?;
        }
        Ok(form)
    }

    /// Parameters that came another way than as a form body: the same rules hold.
    ///
    /// # Errors
    /// As [`Form::parse`].
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, Secret)>) -> Result<Self, OAuthError> {
        let mut form = Self::default();
        for (name, value) in pairs {
            form.add(name, value)?;
        }
        Ok(form)
    }

    /// The value of a parameter that is no secret.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, value)| value.expose())
    }

    /// The values of a parameter that may repeat.
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.expose())
    }

    /// Takes a secret out, so that it exists once.
    pub fn take(&mut self, name: &str) -> Option<Secret> {
        let at = self.fields.iter().position(|(n, _)| n == name)?;
        Some(self.fields.swap_remove(at).1)
    }

    /// Reads a parameter as another text.
    pub fn rewrite(&mut self, name: &str, read: impl Fn(&str) -> String) {
        if let Some((_, value)) = self.fields.iter_mut().find(|(n, _)| n == name) {
            *value = Secret::new(read(value.expose()));
        }
    }

    fn add(&mut self, name: String, value: Secret) -> Result<(), OAuthError> {
        pairs::refuse_more_after(self.fields.len())?;
        let is_repeated = self.fields.iter().any(|(n, _)| *n == name);
        if is_repeated && !REPEATABLE.contains(&name.as_str()) {
            return Err(pairs::repeated(&name, &KNOWN));
        }
        self.fields.push((name, value));
        Ok(())
    }

    /// Leaves out what was sent without a value: it counts as omitted (RFC 6749 section 3.2).
    #[must_use]
    pub fn without_empty(mut self) -> Self {
        self.fields.retain(|(_, value)| !value.expose().is_empty());
        self
    }
}

const REPEATABLE: [&str; 2] = ["resource", "audience"];
const KNOWN: [&str; 13] = [
    "grant_type",
    "scope",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "format",
    "code",
    "code_verifier",
    "redirect_uri",
    "refresh_token",
    "username",
    "password",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn t3_refuses_a_repeated_parameter_also_when_one_is_empty() {
        for body in ["scope=a&scope=b", "scope=&scope=a", "client_id=a&client_id=a", "x=1&x=2"] {
            assert_eq!(Form::parse(body.as_bytes()).unwrap_err().code, ErrorCode::InvalidRequest, "{body}");
        }
    }

    #[test]
    fn t3_lets_resource_and_audience_repeat() {
        let form = Form::parse(b"resource=a&resource=b").unwrap();
        assert_eq!(form.get_all("resource").collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn t4_an_empty_parameter_is_an_absent_one() {
        assert_eq!(Form::parse(b"scope=").unwrap().without_empty().get("scope"), None);
    }

    #[test]
    fn refuses_what_is_not_utf8_and_what_is_too_long() {
        assert_eq!(Form::parse(b"scope=%ff").unwrap_err().code, ErrorCode::InvalidRequest);
        assert_eq!(Form::parse(&[b'a'; Form::LIMIT + 1]).unwrap_err().code, ErrorCode::ContentTooLarge);
    }

    #[test]
    fn refuses_more_than_100_parameters() {
        let body = |count| (0..count).map(|n| format!("p{n}=")).collect::<Vec<_>>().join("&");
        assert!(Form::parse(body(100).as_bytes()).is_ok());
        let resources = vec!["resource=a"; 101].join("&");
        for body in [body(101), body(5_000), resources] {
            let error = Form::parse(body.as_bytes()).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidRequest);
            assert_eq!(error.description, "the request has more than 100 parameters");
        }
    }

    proptest! {
        #[test]
        fn takes_any_bytes_without_a_panic(body: Vec<u8>) {
            let _ = Form::parse(&body);
        }

        #[test]
        fn gives_back_what_a_client_encoded(value in "\\PC+") {
            let body = form_urlencoded::Serializer::new(String::new()).append_pair("scope", &value).finish();
            let form = Form::parse(body.as_bytes());
            if !value.contains('\u{fffd}') {
                let form = form.unwrap();
                prop_assert_eq!(form.get("scope"), Some(value.as_str()));
            }
        }
    }
}
