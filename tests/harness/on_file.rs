//! The answers on file, which hold `{access_token}` where a token is drawn and `{expires_in}` where time goes by.
//!
//! `UPDATE_ANSWERS=1` writes them anew; what changed is then for `git diff` and its reader.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::Invoked;

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The JSON files of a folder by their names.
#[track_caller]
pub(crate) fn cases(folder: &Path) -> BTreeMap<String, Value> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let case = |path: &Path| path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
    entries.map(|entry| entry.expect("a folder can be read").path()).map(|path| (case(&path), read(&path))).collect()
}

/// A JSON file.
#[track_caller]
pub(crate) fn read(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Expects that every answer is the one on file, and that there are no others.
#[track_caller]
pub(crate) fn compare(function: &str, found: &BTreeMap<String, Invoked>) {
    let folder = root().join("tests/answers").join(function);
    if is_told_to_update() {
        found.iter().for_each(|(case, invoked)| write(&folder.join(format!("{case}.json")), invoked));
    }
    let on_file = cases(&folder);
    let names = |cases: Vec<&String>| cases.into_iter().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(found.keys().collect()),
        names(on_file.keys().collect()),
        "every event has an answer, every answer an event"
    );
    let differs = |(case, invoked): &(&String, &Invoked)| worded(invoked) != on_file[*case];
    let mistakes: Vec<String> = found
        .iter()
        .filter(differs)
        .map(|(case, invoked)| format!("{function}/{case} led to {:#}", worded(invoked)))
        .collect();
    assert!(mistakes.is_empty(), "{}\nUPDATE_ANSWERS=1 puts these on file", mistakes.join("\n"));
}

/// The token in an answer of the token endpoint, JSON, XML or form.
pub(crate) fn issued(invoked: &Invoked) -> Option<&str> {
    let Invoked::Answer(answer) = invoked else { return None };
    let (_, rest) = answer["body"].as_str()?.split_once("access_token")?;
    let token = rest.trim_start_matches(['"', ':', '>', '=']).split(['"', '<', '&']).next()?;
    // A description may name the parameter.
    (!token.contains(' ')).then_some(token)
}

/// An answer as it stands on file. An error has `errorType`, which no answer has.
fn worded(invoked: &Invoked) -> Value {
    let (Invoked::Answer(value) | Invoked::Error(value)) = invoked;
    assert_eq!(value.get("errorType").is_some(), matches!(invoked, Invoked::Error(_)), "{value}");
    let mut value = value.clone();
    if let Some(token) = issued(invoked) {
        assert!(token.len() >= 24, "{token}");
        value["body"] = value["body"].as_str().unwrap_or_default().replace(token, "{access_token}").into();
    }
    if let Some(title) = value["body"].as_str().and_then(title) {
        value["body"] = title.into();
    }
    for (before, placeholder) in DRAWN {
        replace_drawn(&mut value, before, placeholder);
    }
    if let Some(seconds) = seconds_left(&value) {
        let body = value["body"].as_str().unwrap_or_default();
        value["body"] = body.replace(&format!("\"expires_in\":{seconds}"), "\"expires_in\":{expires_in}").into();
    }
    value
}

/// What is drawn or computed for an answer of the pages, by the text before it.
const DRAWN: [(&str, &str); 6] = [
    ("\"refresh_token\":\"", "{refresh_token}"),
    ("?code=", "{code}"),
    ("__Host-tollgate_session=", "{session}"),
    ("urn:ietf:params:oauth:request_uri:", "{request_uri}"),
    ("'sha256-", "{hash}"),
    ("http://127.0.0.1:", "{port and path}"),
];

/// A page by its title: how it looks is for the tests of the pages.
fn title(page: &str) -> Option<String> {
    let (_, rest) = page.strip_prefix("<!doctype html>")?.split_once("<title>")?;
    Some(format!("{{page}} {}", rest.split("</title>").next()?))
}

/// Replaces what follows a text, in every text of a value.
fn replace_drawn(value: &mut Value, before: &str, placeholder: &str) {
    match value {
        Value::String(text) => {
            let parts: Vec<&str> = text.split(before).collect();
            let rest = |part: &&str| {
                part.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "-_+/=".contains(c)).to_owned()
            };
            let rest: String = parts[1..].iter().map(|part| format!("{before}{placeholder}{}", rest(part))).collect();
            *text = format!("{}{rest}", parts[0]);
        }
        Value::Array(values) => values.iter_mut().for_each(|value| replace_drawn(value, before, placeholder)),
        Value::Object(members) => members.values_mut().for_each(|value| replace_drawn(value, before, placeholder)),
        _ => {}
    }
}

/// The seconds that are left of a token when its information or, by its refresh token, its answer is asked for again:
/// they depend on when that is.
fn seconds_left(answer: &Value) -> Option<u64> {
    let body: Value = serde_json::from_str(answer["body"].as_str()?).ok()?;
    body.get("user_id").or_else(|| body.get("refresh_token"))?;
    body["expires_in"].as_u64()
}

fn write(path: &Path, invoked: &Invoked) {
    fs::write(path, format!("{:#}\n", worded(invoked))).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

#[expect(clippy::disallowed_methods, reason = "the one who runs the tests says so by the environment")]
fn is_told_to_update() -> bool {
    std::env::var("UPDATE_ANSWERS").is_ok_and(|value| value == "1")
}
