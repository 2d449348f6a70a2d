//! What is said when there is nothing more to do.

use askama::Template;

use crate::document::{Forms, Look};
use crate::theme::Theme;

/// Says that the session is over.
#[derive(Template)]
#[template(path = "logged_out.html", whitespace = "minimize")]
pub struct LoggedOutPage<'a> {
    /// How the page looks.
    pub theme: &'a Theme,
    /// Path and query where one can sign in again.
    pub login: &'a str,
}

impl Look for LoggedOutPage<'_> {
    const FORMS: Forms = Forms::None;

    fn theme(&self) -> &Theme {
        self.theme
    }
}
