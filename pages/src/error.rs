//! Where a person learns that something went wrong, and what to do about it.

use askama::Template;

use crate::document::{Forms, Look};
use crate::theme::Theme;

/// Says what happened and what to do next.
#[derive(Template)]
#[template(path = "error.html", whitespace = "minimize")]
pub struct ErrorPage<'a> {
    /// How the page looks.
    pub theme: &'a Theme,
    /// What happened, in a few words.
    pub title: &'a str,
    /// What happened, in a sentence or two.
    pub happened: &'a str,
    /// What the person can do.
    pub next: &'a str,
    /// What those who made the application have to mend.
    pub fault: Option<&'a str>,
    /// The id that finds this answer in the log.
    pub request_id: &'a str,
}

impl Look for ErrorPage<'_> {
    const FORMS: Forms = Forms::None;

    fn theme(&self) -> &Theme {
        self.theme
    }
}
