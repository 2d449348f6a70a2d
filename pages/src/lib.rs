//! The pages that people see: typed values in, complete HTML documents out, without JavaScript.
//!
//! A [`Theme`] is made once of a [`Branding`]. A page is a struct with its theme and what it says, and becomes a
//! [`Document`] with [`Document::of`]: the HTML, and the content security policy that belongs to it.

mod account;
mod branding;
mod code;
mod colour;
mod consent;
mod day;
mod document;
mod error;
mod logged_out;
mod login;
mod logout;
mod password;
mod texts;
mod theme;
mod words;

pub use account::{AccountNotice, AccountPage, Authorization};
pub use branding::{Branding, Colours};
pub use code::CodePage;
pub use colour::Colour;
pub use consent::{About, ConsentNotice, ConsentPage, Decision, Scope, ServiceAccess};
pub use day::Day;
pub use document::Document;
pub use error::ErrorPage;
pub use logged_out::LoggedOutPage;
pub use login::{LoginError, LoginPage};
pub use logout::LogoutPage;
pub use password::{PasswordError, PasswordPage};
pub use texts::{DisplayName, InvalidText, Logo, PageUrl};
pub use theme::Theme;
