//! What is stored and the file does not list, and that has what something of the file is to have.

use std::collections::{HashMap, HashSet};

use super::{ApplyError, index::Index, planner::Spkeys};
use crate::{
    model::{ServiceDefinition, configuration::Configuration},
    protocol::{ServiceName, Spkey},
    store::Snapshot,
};

/// Refuses two services of one name, base path, API id or resource, and a user and a client of one name: nobody could tell which
/// one is meant.
///
/// # Errors
/// [`ApplyError::Refused`] with what to do about each.
pub(super) fn refuse(
    wanted: &Configuration,
    current: &Snapshot,
    index: &Index<'_>,
    spkeys: &Spkeys<'_>,
) -> Result<(), ApplyError> {
    let listed: HashSet<&Spkey> = spkeys.values().collect();
    let paths: HashMap<String, &ServiceName> =
        wanted.services.iter().map(|s| (s.base_path().to_string(), &s.name)).collect();
    let unlisted = current.services.values().map(|s| &s.value).filter(|stored| !listed.contains(&stored.spkey));
    let mut refused: Vec<String> = unlisted
        .filter_map(|stored| {
            let name = spkeys.get_key_value(&stored.name).map(|(name, _)| (format!("the name {name}"), *name));
            let path = stored.base_path.to_string();
            let base_path = || paths.get(&path).map(|name| (format!("the base_path {path}"), *name));
            let mut aliases = stored.aliases().into_iter();
            let alias = || aliases.find_map(|to| Some((format!("the {to}"), *index.given_aliases.get(&to)?)));
            name.or_else(base_path).or_else(alias).map(|(what, rival)| refusal(stored, &what, rival))
        })
        .collect();
    refused.extend(namesakes(wanted, current));
    if refused.is_empty() { Ok(()) } else { Err(ApplyError::Refused(refused)) }
}

/// A user and a client of one name: a token's `sub` could be either. Within the file that is a mistake of the file.
fn namesakes<'a>(wanted: &'a Configuration, current: &'a Snapshot) -> impl Iterator<Item = String> + 'a {
    let clients = wanted.applications.iter().flat_map(|application| &application.clients);
    let clients = clients.filter(move |client| current.users.contains_key(client.client_id.as_str()));
    let users = wanted.users.iter().filter(move |user| current.clients.contains_key(user.username.as_str()));
    let clients =
        clients.map(|client| format!("the client {} of the file has the name of a stored user", client.client_id));
    clients.chain(users.map(|user| format!("the user {} of the file has the name of a stored client", user.username)))
}

fn refusal(stored: &ServiceDefinition, what: &str, rival: &ServiceName) -> String {
    let ServiceDefinition { spkey, name, .. } = stored;
    format!(
        "the stored service {name} (spkey {spkey}) has {what}, which the file gives to its service {rival} with another \
         spkey; to change the stored one, set `spkey: {spkey}` there; to remove it, --prune"
    )
}
