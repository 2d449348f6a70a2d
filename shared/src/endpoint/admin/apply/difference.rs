//! One change in words: which thing, and the members of the file that differ. It never holds a secret.

use serde_json::{Map, Value};

use super::{
    planner::NamedSpkey,
    step::{Edit, Step},
};
use crate::{
    endpoint::admin::shut_out::ShutOut,
    model::{
        ApiKey, Client, ClientSecret,
        configuration::document::{self, Names},
        uri_without_credentials,
    },
    protocol::Spkey,
    store::{Record, RecordKey, Snapshot},
};

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// What happens.
    pub action: Action,
    /// To what, such as `client shop`.
    pub what: String,
    /// The members that differ; none of what ends.
    pub members: Vec<Member>,
}

/// What happens to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It was not there.
    Create,
    /// It becomes another.
    Change,
    /// It ends.
    Remove,
}

/// A member that differs, by the file's name for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Its path, such as `access_token.ttl`.
    pub path: String,
    /// How it differs.
    pub change: MemberChange,
}

/// How a member differs.
#[derive(Clone, Debug, PartialEq)]
pub enum MemberChange {
    /// In its value; `None` = the default, or nothing.
    Value {
        /// What is stored.
        before: Option<Value>,
        /// What is wanted.
        after: Option<Value>,
    },
    /// It is drawn, because the file gives none: this, or a secret (`None`), which is shown when it counts.
    Drawn(Option<Value>),
    /// It is a secret: `given`, `changed`, or the same from elsewhere.
    Secret(&'static str),
    /// It is no member of the file, and all of it ends.
    Ends,
}

/// Words changes with what is stored beside them.
pub(super) struct Comparison<'a> {
    current: &'a Snapshot,
    wanted: &'a [NamedSpkey],
    names: Names<'a>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(current: &'a Snapshot, wanted: &'a [NamedSpkey]) -> Self {
        let stored = current.services.values().map(|stored| (&stored.value.spkey, &stored.value.name));
        let names = Names::new(stored.chain(wanted.iter().map(|named| (&named.spkey, &named.name))));
        Self { current, wanted, names }
    }

    pub(super) fn of(&self, step: &Step) -> Difference {
        match &step.edit {
            Edit::Save { record, .. } => self.saved(record, step),
            Edit::ShutOut(ShutOut { after: Some(user), .. }) => {
                let mut saved = self.saved(&Record::User(user.clone()), step);
                saved.members.push(Member { path: GRANTED.to_owned(), change: MemberChange::Ends });
                saved
            }
            Edit::ShutOut(ShutOut { before, after: None }) => {
                self.removed(&RecordKey::User(before.value.username.clone()))
            }
            Edit::Remove { key, .. } => self.removed(key),
        }
    }

    fn saved(&self, record: &Record, step: &Step) -> Difference {
        let before = self.before(&record.key());
        let action = if before.is_some() { Action::Change } else { Action::Create };
        let mut members = differing(&before.unwrap_or_default(), &self.words(record));
        if self.has_drawn_spkey(record) {
            members.iter_mut().filter(|member| member.path == "spkey").for_each(mark_as_drawn);
        }
        members.extend(secret(self.current, record, step.drawn.is_some()));
        Difference { action, what: self.title(record), members }
    }

    fn removed(&self, key: &RecordKey) -> Difference {
        Difference { action: Action::Remove, what: self.title_of(key), members: Vec::new() }
    }

    fn has_drawn_spkey(&self, record: &Record) -> bool {
        let Record::Service(service) = record else { return false };
        self.wanted.iter().any(|named| named.is_drawn && named.spkey == service.spkey)
    }

    /// What is stored under a key, in words.
    fn before(&self, key: &RecordKey) -> Option<Map<String, Value>> {
        let current = self.current;
        match key {
            RecordKey::Server => current.server.as_ref().map(|s| document::server(&s.value)),
            RecordKey::Service(spkey) => current.services.get(spkey.as_str()).map(|s| document::service(&s.value)),
            RecordKey::Alias(alias) => current.aliases.get(alias).map(|s| self.alias(&s.value)),
            RecordKey::Application(name) => {
                current.applications.get(name.as_str()).map(|s| document::application(&s.value))
            }
            RecordKey::Client(id) => current.clients.get(id.as_str()).map(|s| self.client(&s.value)),
            RecordKey::ApiKey(digest) => current.api_keys.get(digest).map(|s| self.api_key(&s.value)),
            RecordKey::User(username) => current.users.get(username.as_str()).map(|s| document::user(&s.value)),
        }
    }

    fn words(&self, record: &Record) -> Map<String, Value> {
        match record {
            Record::Server(server) => document::server(server),
            Record::Service(service) => document::service(service),
            Record::Alias { spkey, .. } => self.alias(spkey),
            Record::Application(application) => document::application(application),
            Record::Client(client) => self.client(client),
            Record::ApiKey(key) => self.api_key(key),
            Record::User(user) => document::user(user),
        }
    }

    fn alias(&self, spkey: &Spkey) -> Map<String, Value> {
        Map::from_iter([("service".into(), self.names.of(spkey).into())])
    }

    fn client(&self, client: &Client) -> Map<String, Value> {
        let words = document::client(client, &self.names);
        owned(words, client.application.as_str(), client.application_enabled)
    }

    fn api_key(&self, key: &ApiKey) -> Map<String, Value> {
        owned(document::api_key(key, &self.names), key.application.as_str(), key.application_enabled)
    }

    fn title(&self, record: &Record) -> String {
        match record {
            Record::ApiKey(key) => format!("API key {} / {}", key.application, key.name),
            _ => self.title_of(&record.key()),
        }
    }

    fn title_of(&self, key: &RecordKey) -> String {
        match key {
            RecordKey::Server => "server, as clients find it".to_owned(),
            RecordKey::Service(spkey) => format!("service {}", self.names.of(spkey)),
            RecordKey::Alias(alias) => alias.to_string(),
            RecordKey::Application(name) => format!("application {name}"),
            RecordKey::Client(client_id) => format!("client {client_id}"),
            RecordKey::ApiKey(digest) => match self.current.api_keys.get(digest) {
                Some(stored) => format!("API key {} / {}", stored.value.application, stored.value.name),
                None => format!("API key {digest:?}"),
            },
            RecordKey::User(username) => format!("user {username}"),
        }
    }
}

/// The application of a credential, which may change, and its switch.
fn owned(mut words: Map<String, Value>, application: &str, enabled: bool) -> Map<String, Value> {
    words.insert("application".into(), application.into());
    if !enabled {
        words.insert("application.enabled".into(), false.into());
    }
    words
}

/// The members that differ: those that are wanted in their order, then those that go.
fn differing(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Member> {
    let (before, after) = (flattened(before), flattened(after));
    let value = |leaves: &[(String, &Value)], path: &str| {
        leaves.iter().find(|(other, _)| other == path).map(|(_, value)| Value::clone(value))
    };
    let gone = before.iter().filter(|(path, _)| value(&after, path).is_none());
    let members = after.iter().chain(gone).map(|(path, _)| {
        let change = MemberChange::Value { before: value(&before, path), after: value(&after, path) };
        Member { path: path.clone(), change }
    });
    members
        .filter(|member| !matches!(&member.change, MemberChange::Value { before, after } if before == after))
        .map(|member| Member { change: veiled(member.change), ..member })
        .collect()
}

fn mark_as_drawn(member: &mut Member) {
    if let MemberChange::Value { after, .. } = &mut member.change {
        member.change = MemberChange::Drawn(after.take());
    }
}

/// A change without the credentials of URLs: their user information and query. One of nothing else is that of a secret.
fn veiled(change: MemberChange) -> MemberChange {
    let MemberChange::Value { before, after } = change else { return change };
    let (before, after) = (before.map(without_credentials), after.map(without_credentials));
    if before == after { MemberChange::Secret("changed") } else { MemberChange::Value { before, after } }
}

fn without_credentials(value: Value) -> Value {
    match value {
        Value::String(text) => uri_without_credentials(&text).into(),
        Value::Array(items) => items.into_iter().map(without_credentials).collect(),
        other => other,
    }
}

/// The leaves of nested mappings by their paths; a mapping without members is one.
fn flattened(words: &Map<String, Value>) -> Vec<(String, &Value)> {
    let mut leaves = Vec::new();
    for (name, value) in words {
        match value {
            Value::Object(members) if !members.is_empty() => {
                leaves.extend(flattened(members).into_iter().map(|(path, value)| (format!("{name}.{path}"), value)));
            }
            leaf => leaves.push((name.clone(), leaf)),
        }
    }
    leaves
}

/// What becomes of a record's secret.
fn secret(current: &Snapshot, record: &Record, is_drawn: bool) -> Option<Member> {
    if let Record::Client(client) = record
        && is_newly_of_file(current, client)
    {
        let change = MemberChange::Secret("the same, given by the file from now on");
        return Some(Member { path: "client_secret".to_owned(), change });
    }
    let (path, is_known, is_kept) = match record {
        Record::Service(service) => {
            let known = current.services.get(service.spkey.as_str()).and_then(|stored| stored.value.sealed());
            ("validation.client_secret", known.is_some(), known == service.sealed())
        }
        Record::Client(client) => {
            let known = current.clients.get(client.client_id.as_str()).map(|stored| &stored.value.secrets);
            let none = Vec::new();
            let known = known.unwrap_or(&none);
            ("client_secret", !known.is_empty(), *known == client.secrets)
        }
        Record::ApiKey(key) => ("key", false, current.api_keys.contains_key(&key.digest)),
        Record::User(user) => {
            let known = current.users.get(user.username.as_str()).map(|stored| &stored.value.password);
            ("password", known.is_some(), known == Some(&user.password))
        }
        Record::Server(_) | Record::Alias { .. } | Record::Application(_) => return None,
    };
    let change = match (is_drawn, is_known) {
        (true, _) => MemberChange::Drawn(None),
        (false, true) => MemberChange::Secret("changed"),
        (false, false) => MemberChange::Secret("given"),
    };
    (!is_kept).then(|| Member { path: path.to_owned(), change })
}

/// What ends with a user's login, in words.
const GRANTED: &str = "what they let clients do";

/// Whether a client's secrets stay, and nothing is new but that the file gives them.
fn is_newly_of_file(current: &Snapshot, client: &Client) -> bool {
    let Some(known) = current.clients.get(client.client_id.as_str()) else { return false };
    let given = |secret: &ClientSecret| ClientSecret { is_of_file: true, ..secret.clone() };
    let known_as_given = known.value.secrets.iter().map(given);
    known.value.secrets != client.secrets && client.secrets.iter().cloned().eq(known_as_given)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lines(before: Value, after: Value) -> Vec<String> {
        let map = |value: Value| value.as_object().unwrap().clone();
        let members = differing(&map(before), &map(after));
        members.into_iter().map(|Member { path, change }| format!("{path} {change:?}")).collect()
    }

    #[test]
    fn m21_the_query_and_the_user_of_a_url_are_compared_and_not_shown() {
        let (old, new) = (json!({ "uri": "https://a.example/v?key=hunter1" }), json!({ "uri": "https://a.example/v" }));
        let shown = lines(old.clone(), new).concat();
        assert!(shown.contains("https://a.example/v?…") && !shown.contains("hunter1"), "{shown}");
        let rotated = lines(old, json!({ "uri": "https://a.example/v?key=hunter2" }));
        assert_eq!(rotated, ["uri Secret(\"changed\")"]);
        let created = lines(json!({}), json!({ "uris": ["https://joe:hunter2@a.example/"] })).concat();
        assert!(created.contains("[redacted]@a.example") && !created.contains("hunter2"), "{created}");
    }

    #[test]
    fn a_group_without_members_is_seen_to_come_and_go() {
        assert_eq!(lines(json!({ "g": {} }), json!({ "g": {} })), [""; 0]);
        assert_eq!(lines(json!({ "g": { "NO": {} } }), json!({})).len(), 1);
        assert_eq!(lines(json!({}), json!({ "g": { "NO": {} } })).len(), 1);
    }
}
