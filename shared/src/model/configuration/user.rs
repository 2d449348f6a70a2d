//! One entry of `users`: people who log in.

use super::{application::Context, decode::Field, report::quoted, unique::Register};
use crate::{
    model::User,
    protocol::{Secret, Subject},
};

/// A user of the file.
#[derive(Debug)]
pub struct UserEntry {
    /// The name to log in with, unique in the file.
    pub username: Subject,
    /// Whether they can.
    pub enabled: bool,
    /// Their password; `None` = the one they have is kept.
    pub password: Option<Secret>,
    /// Their name, for pages.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// What they may administer.
    pub roles: Vec<String>,
}

pub(super) fn read(field: &Field<'_>, usernames: &Register<'_>, context: &Context<'_>) -> Option<UserEntry> {
    let object = field.object()?;
    let name_field = object.required("username", Subject::EXPECTED);
    let username = name_field.as_ref().and_then(|field| field.parsed(Subject::EXPECTED, Subject::parse));
    if let (Some(field), Some(username)) = (&name_field, &username) {
        usernames.claim(username.as_str(), &field.place, &quoted(username.as_str()));
        if let Some(line) = context.client_ids.line_of(username.as_str()) {
            let found = format!("{}, the client_id in line {line}", quoted(username.as_str()));
            field.refuse::<()>(&found, "another name: sub could be the user or the client");
        }
    }
    let text = |field: &Field<'_>| field.text("a text").map(|text| Some(text.to_owned()));
    let enabled = object.flag("enabled", true);
    let password = object.member("password").and_then(|field| password(&field));
    let (name, email) = (object.read("name", None, text), object.read("email", None, text));
    let role = |item: &Field<'_>| item.text("the name of a role").map(str::to_owned);
    let roles = object.read("roles", Vec::new(), |field| field.items(role));
    object.close();
    Some(UserEntry { username: username?, enabled, password, name, email, roles })
}

/// A short password is taken: it may be that of a user who has it already.
fn password(field: &Field<'_>) -> Option<Secret> {
    let password = field.secret("a password, as ${env:NAME} or ${file:PATH}")?;
    let length = password.expose().chars().count();
    if length < User::MIN_PASSWORD {
        let expected = format!("{} characters or more (NIST SP 800-63B)", User::MIN_PASSWORD);
        field.findings.warning(&field.place, format!("a password of {length} characters"), expected);
    }
    Some(password)
}
