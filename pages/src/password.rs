//! Where a person chooses another password.

use askama::Template;

use crate::document::{Forms, Look};
use crate::theme::Theme;

/// Asks for the password and twice for the new one. The form posts `current`, `new`, `again` and `csrf`.
#[derive(Template)]
#[template(path = "password.html", whitespace = "minimize")]
pub struct PasswordPage<'a> {
    /// How the page looks.
    pub theme: &'a Theme,
    /// Who is signed in: the username.
    pub username: &'a str,
    /// The token against forged posts.
    pub csrf: &'a str,
    /// Path that the form is posted to.
    pub action: &'a str,
    /// Path of the account page.
    pub account: &'a str,
    /// Characters of a password at least.
    pub least: usize,
    /// Why they are here again.
    pub error: Option<PasswordError>,
}

/// Why a password was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordError {
    /// The current password is another one.
    Wrong,
    /// Too many tries; the next counts after so many seconds.
    TooMany {
        /// As in `Retry-After`.
        seconds: u64,
    },
    /// The new one is too short, or has characters that nobody can type.
    Unfit,
    /// The new one is the current one.
    Same,
    /// The new one was typed in two ways.
    Different,
    /// The page was made before somebody logged in or out in another tab.
    Outdated,
}

impl Look for PasswordPage<'_> {
    const FORMS: Forms = Forms::Here;

    fn theme(&self) -> &Theme {
        self.theme
    }
}

impl PasswordPage<'_> {
    fn failed(&self) -> bool {
        self.error.is_some_and(|error| error != PasswordError::Outdated)
    }

    /// Whether what is wrong is the new password.
    fn is_new_wrong(&self) -> bool {
        matches!(self.error, Some(PasswordError::Unfit | PasswordError::Same | PasswordError::Different))
    }

    fn is_current_wrong(&self) -> bool {
        self.error == Some(PasswordError::Wrong)
    }
}
