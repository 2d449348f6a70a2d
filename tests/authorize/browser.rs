//! A browser with one cookie, which sends the forms of the pages that it gets.

use std::collections::BTreeMap;

use tests::{Answer, Call, Road, Tollgate};

/// A browser.
pub(crate) struct Browser<'a> {
    door: Door<'a>,
    cookie: Option<String>,
}

/// What a browser reaches the pages by.
#[derive(Clone, Copy)]
pub(crate) enum Door<'a> {
    /// HTTP.
    Tollgate(&'a Tollgate),
    /// An endpoint of the test's own.
    Road(&'a Road),
}

/// A form of a page: where it goes, and its hidden fields.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) action: String,
    fields: Vec<(String, String)>,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(tollgate: &'a Tollgate) -> Self {
        Self { door: Door::Tollgate(tollgate), cookie: None }
    }

    /// One that reaches the pages by a road with faults, with a cookie.
    pub(crate) fn by(road: &'a Road, cookie: &str) -> Self {
        Self { door: Door::Road(road), cookie: Some(cookie.to_owned()) }
    }

    /// One that has logged in.
    pub(crate) async fn of_alice(tollgate: &'a Tollgate) -> Self {
        let mut browser = Self::new(tollgate);
        browser.log_in("/oauth2/login", PASSWORD).await.is(303).has("location", "/oauth2/account");
        browser
    }

    pub(crate) async fn get(&mut self, target: &str) -> Answer {
        self.send("GET", target, None).await
    }

    /// Follows redirects within this server, and stops at the first page or at an address elsewhere.
    pub(crate) async fn visit(&mut self, target: &str) -> Answer {
        let mut answer = self.get(target).await;
        while let Some(next) = answer.header("location").filter(|to| to.starts_with('/')).map(str::to_owned) {
            assert_eq!(answer.status, 303, "{answer:#?}");
            answer = self.get(&next).await;
        }
        answer
    }

    /// Sends a form with these fields besides its hidden ones.
    pub(crate) async fn submit(&mut self, form: &Form, fields: &[(&str, &str)]) -> Answer {
        let hidden = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(hidden).extend_pairs(fields).finish();
        self.send("POST", &form.action, Some(&body)).await
    }

    /// Opens the login page and sends name and password.
    pub(crate) async fn log_in(&mut self, target: &str, password: &str) -> Answer {
        let page = self.visit(target).await.is(200);
        self.submit(&Form::of(&page), &[("username", "alice"), ("password", password)]).await
    }

    /// Goes where an authorization request leads and agrees to everything.
    pub(crate) async fn agree(&mut self, request: &str) -> Answer {
        let mut answer = self.visit(request).await;
        if answer.body.contains("name=\"password\"") {
            answer = self.log_in(request, PASSWORD).await;
            let next = answer.header("location").expect("a login leads on").to_owned();
            answer = if next.starts_with('/') { self.visit(&next).await } else { answer };
        }
        if answer.status == 200 && answer.body.contains("name=\"decision\"") {
            answer = self.submit(&Form::of(&answer), &[("decision", "allow")]).await;
        }
        answer
    }

    /// Forgets the cookie.
    pub(crate) fn lose_cookie(&mut self) {
        self.cookie = None;
    }

    /// The cookie's value.
    pub(crate) fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    pub(crate) fn with_cookie(tollgate: &'a Tollgate, value: &str) -> Self {
        Self { door: Door::Tollgate(tollgate), cookie: Some(value.to_owned()) }
    }

    async fn send(&mut self, method: &str, target: &str, form: Option<&str>) -> Answer {
        let cookie = self.cookie.as_ref().map(|cookie| format!("theme=dark; tollgate_session={cookie}"));
        let answer = match self.door {
            Door::Tollgate(tollgate) => {
                let call = tollgate.call(method, target);
                let call = cookie.iter().fold(call, |call, cookie| call.header("Cookie", cookie));
                let call = call.header("Sec-Fetch-Site", "same-origin");
                form.into_iter().fold(call, Call::form).send().await
            }
            Door::Road(road) => {
                let headers = Vec::from_iter(cookie.iter().map(|cookie| ("cookie", cookie.as_str())));
                match form {
                    Some(form) => road.post(target, &headers, form).await,
                    None => road.get(target, &headers).await,
                }
            }
        };
        if let Some(set) = answer.header("set-cookie") {
            let value = set.strip_prefix("tollgate_session=").and_then(|rest| rest.split(';').next());
            self.cookie = value.filter(|value| !value.is_empty()).map(str::to_owned);
        }
        answer
    }
}

impl Form {
    /// The last form of a page.
    #[track_caller]
    pub(crate) fn of(page: &Answer) -> Self {
        Self::all(page).pop().unwrap_or_else(|| panic!("the page has no form: {page:#?}"))
    }

    /// Every form of a page.
    pub(crate) fn all(page: &Answer) -> Vec<Self> {
        let forms = page.body.split("<form ").skip(1);
        forms.filter_map(|text| Some(Self { action: attribute(text, "action")?, fields: hidden(text) })).collect()
    }

    /// The value of a hidden field.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// This form with another value of a hidden field.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(found, _)| found != name);
        self.fields.push((name.into(), value.into()));
        self
    }

    /// This form without a hidden field.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(found, _)| found != name);
        self
    }
}

fn hidden(form: &str) -> Vec<(String, String)> {
    let form = form.split("</form>").next().unwrap_or_default();
    let inputs = form.split("<input type=\"hidden\"").skip(1);
    inputs.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?))).collect()
}

fn attribute(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("{name}=\""))?;
    let value = rest.split('"').next()?;
    Some(value.replace("&#38;", "&").replace("&amp;", "&").replace("&#34;", "\"").replace("&#39;", "'"))
}

/// The members of the answer in a redirect, after `?` or `#`.
#[track_caller]
pub(crate) fn members(answer: &Answer, separator: char) -> BTreeMap<String, String> {
    let location = answer.header("location").unwrap_or_else(|| panic!("no redirect: {answer:#?}"));
    let (_, members) = location.split_once(separator).unwrap_or_else(|| panic!("no answer in {location}"));
    form_urlencoded::parse(members.as_bytes()).into_owned().collect()
}

/// Alice's.
pub(crate) const PASSWORD: &str = "wonderland of a password";
