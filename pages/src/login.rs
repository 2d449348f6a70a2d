//! Where a person says who they are.

use askama::Template;

use crate::document::{Forms, Look};
use crate::theme::Theme;

/// Asks for username and password. The form posts `username`, `password` and `csrf`.
#[derive(Template)]
#[template(path = "login.html", whitespace = "minimize")]
pub struct LoginPage<'a> {
    /// How the page looks.
    pub theme: &'a Theme,
    /// Path and query that the form is posted to.
    pub action: &'a str,
    /// The token against forged posts.
    pub csrf: &'a str,
    /// The application that the person comes from; none where they want their account.
    pub client: Option<&'a str>,
    /// What stands in the field already.
    pub username: &'a str,
    /// Why they are here again.
    pub error: Option<LoginError>,
}

/// Why a person must sign in again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginError {
    /// Username and password do not belong together; which of them is wrong is not said.
    Wrong,
    /// Too many tries; the next counts after so many seconds.
    TooMany {
        /// As in `Retry-After`.
        seconds: u64,
    },
    /// The session is over, or was ended elsewhere.
    SessionEnded,
    /// The page was made before somebody logged in or out in another tab.
    Outdated,
    /// The browser did not bring the cookie of the page along.
    WithoutCookie,
}

impl Look for LoginPage<'_> {
    const FORMS: Forms = Forms::ThenToAClient;

    fn theme(&self) -> &Theme {
        self.theme
    }
}

impl LoginPage<'_> {
    fn failed(&self) -> bool {
        matches!(self.error, Some(LoginError::Wrong | LoginError::TooMany { .. }))
    }

    fn wrong(&self) -> bool {
        self.error == Some(LoginError::Wrong)
    }
}
