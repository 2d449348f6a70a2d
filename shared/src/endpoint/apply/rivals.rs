//! Stored services that the file does not list, and that have what a service of the file is to have.

use std::collections::{HashMap, HashSet};

use super::{ApplyError, index::Index, planner::Spkeys};
use crate::{
    model::{ServiceDefinition, configuration::Configuration},
    protocol::{ServiceName, Spkey},
    store::Snapshot,
};

/// Refuses two services of one name, base path or API id: nobody could tell which one is meant.
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
    let refused: Vec<String> = unlisted
        .filter_map(|stored| {
            let name = spkeys.get_key_value(&stored.name).map(|(name, _)| (format!("the name {name}"), *name));
            let path = stored.base_path.to_string();
            let base_path = || paths.get(&path).map(|name| (format!("the base_path {path}"), *name));
            let mut ids = stored.apis.iter().map(|api| &api.id);
            let api = || ids.find_map(|id| Some((format!("the API {id}"), *index.given_apis.get(id.as_str())?)));
            name.or_else(base_path).or_else(api).map(|(what, rival)| refusal(stored, &what, rival))
        })
        .collect();
    if refused.is_empty() { Ok(()) } else { Err(ApplyError::Refused(refused)) }
}

fn refusal(stored: &ServiceDefinition, what: &str, rival: &ServiceName) -> String {
    let ServiceDefinition { spkey, name, .. } = stored;
    format!(
        "the stored service {name} (spkey {spkey}) has {what}, which the file gives to its service {rival} with another \
         spkey; to change the stored one, set `spkey: {spkey}` there; to remove it, --prune"
    )
}
