//! Where a person sees what they allowed, and takes it back.

use askama::Template;

use crate::consent::Scope;
use crate::day::Day;
use crate::document::{Forms, Look};
use crate::theme::Theme;

/// Lists what the owner authorized. A revoking form posts `client` and `csrf`, the one that signs out `csrf`.
#[derive(Template)]
#[template(path = "account.html", whitespace = "minimize")]
pub struct AccountPage<'a> {
    /// How the page looks.
    pub theme: &'a Theme,
    /// Who is signed in: the name.
    pub owner: &'a str,
    /// Who is signed in: the username.
    pub username: &'a str,
    /// The token against forged posts.
    pub csrf: &'a str,
    /// Path that a revoking form is posted to.
    pub revoke_action: &'a str,
    /// Path where the password is changed.
    pub password: &'a str,
    /// Path that the form which signs out is posted to.
    pub logout_action: &'a str,
    /// What has just happened.
    pub notice: Option<AccountNotice<'a>>,
    /// What applications may do.
    pub authorizations: Vec<Authorization<'a>>,
}

/// What has just happened to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountNotice<'a> {
    /// This application has lost its access.
    Removed(&'a str),
    /// Nothing: the form was of a page that was made before somebody logged in or out in another tab.
    Outdated,
    /// Its password was changed.
    PasswordChanged,
}

/// What one application may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization<'a> {
    /// The value of the form's field `client`.
    pub id: &'a str,
    /// The application's name.
    pub client: &'a str,
    /// The names of the services that it may use.
    pub services: Vec<&'a str>,
    /// The scopes that it has.
    pub scopes: Vec<Scope<'a>>,
    /// When it was first allowed.
    pub since: Day,
    /// Whether the page tells its id too, because another application in the list has the same name.
    pub shows_id: bool,
    /// Whether it has to ask anew once its access is removed.
    pub asks_anew: bool,
}

impl Look for AccountPage<'_> {
    const FORMS: Forms = Forms::Here;

    fn theme(&self) -> &Theme {
        self.theme
    }
}
