//! The parameters of an authorization request as they came (RFC 6749 section 3.1), before anything of them is trusted.

use form_urlencoded::Serializer;

use super::{ErrorCode, Form, OAuthError, pairs, spaced_scopes};

/// Names and values in their order; one without a value counts as omitted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Bytes at most of the query that they make, in which pages and redirects send them on: API Gateway lets 10,240 bytes
    /// through, in which path, redirect URI and the headers of a browser have to find room, too.
    pub const LIMIT: usize = 8 * 1024;

    /// Parses a query. A repeated parameter is kept: to whom it is told depends on the others.
    ///
    /// # Errors
    /// `invalid_request` for more than 100 parameters and for text that is not UTF-8, `ContentTooLarge` for
    /// more than [`Parameters::LIMIT`].
    pub fn parse(query: &str) -> Result<Self, OAuthError> {
        let mut parameters = Vec::new();
        for pair in pairs::parse(query.as_bytes()) {
            let pair = pair?;
            pairs::refuse_more_after(parameters.len())?;
            parameters.push(pair);
        }
        Self(parameters).within_limit()
    }

    /// The parameters of an authorization request among those of a form, which may also prove who the client is.
    ///
    /// # Errors
    /// `ContentTooLarge` for more than [`Parameters::LIMIT`].
    pub fn of_form(form: &Form) -> Result<Self, OAuthError> {
        let values = |name: &'static str| form.get_all(name).map(move |value| (name.to_owned(), value.to_owned()));
        Self(AUTHORIZATION.into_iter().flat_map(values).collect()).within_limit()
    }

    /// The parameters as they are kept.
    pub fn from_pairs(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The parameters to be kept.
    pub fn into_pairs(self) -> Vec<(String, String)> {
        self.0
    }

    /// The value of a parameter; `None` when it is omitted.
    ///
    /// # Errors
    /// `invalid_request` when it is repeated.
    pub fn only(&self, name: &str) -> Result<Option<&str>, OAuthError> {
        let mut values = self.0.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(pairs::repeated(name, &AUTHORIZATION)),
            (value, None) => Ok(value.filter(|value| !value.is_empty())),
        }
    }

    /// The values of a parameter that may repeat.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let values = self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str());
        values.filter(|value| !value.is_empty())
    }

    /// Refuses a repeated parameter (RFC 6749 section 3.1); `resource` may repeat (RFC 8707 section 2).
    ///
    /// # Errors
    /// `invalid_request`.
    pub fn refuse_repetition(&self) -> Result<(), OAuthError> {
        let mut names = self.0.iter().map(|(name, _)| name.as_str()).filter(|name| *name != RESOURCE);
        names.try_for_each(|name| self.only(name).map(drop))
    }

    /// Replaces every value of a parameter by this one.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.retain(|(n, _)| n != name);
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Removes `login` from `prompt`, once somebody has logged in.
    #[must_use]
    pub fn without_login_prompt(mut self) -> Self {
        for (_, value) in self.0.iter_mut().filter(|(name, _)| name == PROMPT) {
            let words: Vec<&str> = value.split(' ').filter(|word| *word != "login").collect();
            *value = words.join(" ");
        }
        self
    }

    /// Replaces the commas that Axway's clients may put between scopes by spaces.
    #[must_use]
    pub fn with_spaces_for_commas(mut self) -> Self {
        for (_, value) in self.0.iter_mut().filter(|(name, _)| name == SCOPE) {
            *value = spaced_scopes(value);
        }
        self
    }

    /// The same of a request that may be for several services, which its way over the pages keeps to.
    ///
    /// # Errors
    /// `ContentTooLarge` for what is over [`Parameters::LIMIT`] by that.
    pub fn for_several_services(self) -> Result<Self, OAuthError> {
        self.with(SERVICES, SEVERAL).within_limit()
    }

    /// The same of a request that is for one service, whatever its client has written.
    #[must_use]
    pub fn for_one_service(mut self) -> Self {
        self.0.retain(|(name, _)| name != SERVICES);
        self
    }

    /// Whether the request may be for several services.
    pub fn may_be_for_several_services(&self) -> bool {
        self.all(SERVICES).any(|value| value == SEVERAL)
    }

    /// The query that they make.
    pub fn to_query(&self) -> String {
        Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    fn within_limit(self) -> Result<Self, OAuthError> {
        if self.to_query().len() > Self::LIMIT {
            return Err(ErrorCode::ContentTooLarge.because("the parameters make a query of more than 8 KiB"));
        }
        Ok(self)
    }
}

const RESOURCE: &str = "resource";
const SCOPE: &str = "scope";
const PROMPT: &str = "prompt";
/// What a request for several services carries from page to page. No client can push it.
const SERVICES: &str = "services";
const SEVERAL: &str = "several";

/// What an authorization request may consist of here.
const AUTHORIZATION: [&str; 11] = [
    "response_type",
    "response_mode",
    "client_id",
    "redirect_uri",
    SCOPE,
    "state",
    "code_challenge",
    "code_challenge_method",
    RESOURCE,
    PROMPT,
    "request",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_repeated_parameter_is_refused_also_when_one_is_empty() {
        for query in ["state=a&state=b", "state=&state=a", "x=1&x=1"] {
            let parameters = Parameters::parse(query).unwrap();
            assert_eq!(parameters.refuse_repetition().unwrap_err().code, ErrorCode::InvalidRequest, "{query}");
        }
        let resources = Parameters::parse("resource=a&resource=b").unwrap();
        assert!(resources.refuse_repetition().is_ok());
        assert_eq!(resources.all("resource").collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn a_parameter_without_value_is_omitted() {
        assert_eq!(Parameters::parse("state=").unwrap().only("state").unwrap(), None);
    }

    #[test]
    fn axways_clients_may_write_commas_between_scopes() {
        let parameters = Parameters::parse("scope=a,b, c+d&state=x,y").unwrap().with_spaces_for_commas();
        assert_eq!(parameters.only("scope").unwrap(), Some("a b c d"));
        assert_eq!(parameters.only("state").unwrap(), Some("x,y"));
    }

    #[test]
    fn of_a_form_only_the_parameters_of_an_authorization_request_are_kept() {
        let form = Form::parse(b"client_id=shop&client_secret=s&state=x&resource=a&resource=b&other=1").unwrap();
        let kept = Parameters::of_form(&form).unwrap().to_query();
        assert_eq!(kept, "client_id=shop&state=x&resource=a&resource=b");
    }

    proptest! {
        #[test]
        fn a_query_survives_being_sent_around(state in "\\PC{0,40}") {
            let query = Parameters(vec![("state".into(), state.clone())]).to_query();
            if !state.contains('\u{fffd}') {
                let parameters = Parameters::parse(&query).unwrap();
                prop_assert_eq!(parameters.only("state").unwrap().unwrap_or_default(), state);
            }
        }
    }
}
