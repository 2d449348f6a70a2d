//! Where a person says what an application may do.

use askama::Template;

use crate::document::{Forms, Look};
use crate::texts::PageUrl;
use crate::theme::Theme;

/// Asks whether an application may have scopes. The form posts `decision` (see [`Decision`]), `csrf` and `shown`.
#[derive(Template)]
#[template(path = "consent.html", whitespace = "minimize")]
pub struct ConsentPage<'a> {
    /// How the page looks.
    pub theme: &'a Theme,
    /// Path and query that the form is posted to.
    pub action: &'a str,
    /// The token against forged posts.
    pub csrf: &'a str,
    /// What the page says, as the server recognises it when the answer comes.
    pub shown: &'a str,
    /// Why it is asked once more.
    pub notice: Option<ConsentNotice>,
    /// The application that asks.
    pub client: &'a str,
    /// Where more is known about it.
    pub about: About<'a>,
    /// The services that it wants to use: one, or more at the endpoints that issue for several.
    pub services: Vec<ServiceAccess<'a>>,
    /// Who is signed in.
    pub account: &'a str,
    /// Path and query where somebody else can sign in.
    pub switch_account: &'a str,
    /// Where the answer goes: the host of the redirect URI, or its scheme if it has none; none where a code is shown.
    pub returns_to: Option<&'a str>,
}

/// Why an answer did not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentNotice {
    /// The page has said something else before.
    Changed,
    /// The page was made before somebody logged in or out in another tab.
    Outdated,
}

/// Pages of an application's makers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct About<'a> {
    /// Its home page, shown as its host.
    pub home: Option<&'a PageUrl>,
    /// Its terms of service.
    pub terms: Option<&'a PageUrl>,
    /// How it treats personal data.
    pub policy: Option<&'a PageUrl>,
}

/// What an application wants to do at one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAccess<'a> {
    /// The service.
    pub name: &'a str,
    /// What it asks for and has not.
    pub new_scopes: Vec<Scope<'a>>,
    /// What it has already.
    pub given_scopes: Vec<Scope<'a>>,
}

impl ServiceAccess<'_> {
    /// Whether there is something to ask: new scopes, or to act there without any.
    fn is_new(&self) -> bool {
        !self.new_scopes.is_empty() || self.given_scopes.is_empty()
    }
}

impl ConsentPage<'_> {
    fn is_for_several(&self) -> bool {
        self.services.len() > 1
    }

    fn has_new(&self) -> bool {
        self.services.iter().any(ServiceAccess::is_new)
    }

    fn given(&self) -> usize {
        self.services.iter().map(|service| service.given_scopes.len()).sum()
    }
}

/// A scope, and what it means if that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope<'a> {
    /// As it stands in a request.
    pub name: &'a str,
    /// In words.
    pub description: Option<&'a str>,
}

/// What a person answers: the value of the form's field `decision`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// `allow`
    Allow,
    /// `deny`
    Deny,
}

impl Decision {
    /// The value in the form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }

    /// The decision that a form's field names.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Allow, Self::Deny].into_iter().find(|decision| decision.as_str() == text)
    }
}

impl Look for ConsentPage<'_> {
    const FORMS: Forms = Forms::ThenToAClient;

    fn theme(&self) -> &Theme {
        self.theme
    }
}
