//! Where an authorization code is shown to be copied.

use askama::Template;

use crate::document::{Forms, Look};
use crate::theme::Theme;

/// Shows the code to a person whose application has no address that a browser could be sent to.
#[derive(Template)]
#[template(path = "code.html", whitespace = "minimize")]
pub struct CodePage<'a> {
    /// How the page looks.
    pub theme: &'a Theme,
    /// The application that waits for the code.
    pub client: &'a str,
    /// The code.
    pub code: &'a str,
    /// Seconds that it is good for.
    pub expires_in: u64,
}

impl Look for CodePage<'_> {
    const FORMS: Forms = Forms::None;

    fn theme(&self) -> &Theme {
        self.theme
    }
}
