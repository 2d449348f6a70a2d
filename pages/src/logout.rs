//! Where a person who is signed in signs out.

use askama::Template;

use crate::document::{Forms, Look};
use crate::theme::Theme;

/// Asks whether the session is to end. The form posts `csrf`.
#[derive(Template)]
#[template(path = "logout.html", whitespace = "minimize")]
pub struct LogoutPage<'a> {
    /// How the page looks.
    pub theme: &'a Theme,
    /// Who is signed in.
    pub owner: &'a str,
    /// The token against forged posts.
    pub csrf: &'a str,
    /// Path that the form is posted to.
    pub action: &'a str,
    /// Path of the account page.
    pub account: &'a str,
}

impl Look for LogoutPage<'_> {
    const FORMS: Forms = Forms::Here;

    fn theme(&self) -> &Theme {
        self.theme
    }
}
