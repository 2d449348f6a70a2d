//! Replays the sample events of a function on its binary, and compares every answer with the one on file.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{Function, Invoked, Tollgate, secrets};

/// What a replay leaves behind.
pub struct Replayed {
    /// Everything that the binary wrote.
    pub log: String,
    /// Every text in every table.
    pub tables: String,
    /// The tokens that it has given.
    pub issued: Vec<String>,
}

/// Replays `events/<function>/*.json` on a binary and the demo's store; `tests/answers/<function>/<case>.json` is what
/// has to come back.
pub async fn replay(function: &str, binary: &str) -> Replayed {
    let (events, answers) = (cases("events", function), cases("tests/answers", function));
    let names = |cases: &BTreeMap<String, Value>| cases.keys().cloned().collect::<Vec<_>>();
    assert!(!events.is_empty(), "events/{function} is empty");
    assert_eq!(names(&events), names(&answers), "every event has an answer, every answer an event");
    let tollgate = Tollgate::demo().await;
    let mut replayed = Replayed { log: String::new(), tables: String::new(), issued: Vec::new() };
    let mut mistakes = String::new();
    for simple in [false, true] {
        let mut process = start(&tollgate, function, binary, simple).await;
        for (case, event) in events.iter().filter(|(case, _)| case.ends_with(SIMPLE) == simple) {
            let found = process.invoke(event).await;
            replayed.issued.extend(issued(&found));
            if !is_as_on_file(&answers[case], &found) {
                mistakes.push_str(&format!("\n{function}/{case} led to {found:#?}\n"));
            }
        }
        replayed.log.push_str(&process.stop().await);
    }
    replayed.tables = secrets::tables(tollgate.system.dynamodb).await;
    tollgate.system.stop().await;
    assert!(mistakes.is_empty(), "{mistakes}");
    replayed
}

/// One sample event.
pub fn sample(function: &str, case: &str) -> Value {
    read(&folder("events", function).join(format!("{case}.json")))
}

/// Starts a binary as events/README.md says, on the demo's store.
pub async fn start(tollgate: &Tollgate, function: &str, binary: &str, simple: bool) -> Function {
    let mut environment = vec![("ISSUER", "https://id.example.com")];
    match function {
        "shared-token-authorizer" => environment.push(("SPKEY", "942yzkggypg5dq6c4ucfv3ed")),
        "introspection-authorizer" => environment.push(("SPKEY", "tpx1")),
        _ => {}
    }
    if simple {
        environment.push(("AUTHORIZER_SIMPLE_RESPONSES", "true"));
    }
    Function::start(binary, tollgate.system.dynamodb, &environment).await
}

/// An answer on file with `errorType` stands for a reported error.
fn is_as_on_file(expected: &Value, found: &Invoked) -> bool {
    match found {
        Invoked::Answer(answer) => expected.get("errorType").is_none() && matches(expected, answer),
        Invoked::Error(error) => expected == error,
    }
}

/// The token in an answer of the token endpoint.
fn issued(invoked: &Invoked) -> Option<String> {
    let Invoked::Answer(answer) = invoked else { return None };
    let (_, rest) = answer["body"].as_str()?.split_once("access_token")?;
    let token = rest.trim_start_matches(['"', ':', '>']);
    Some(token.split(['"', '<']).next()?.to_owned())
}

fn matches(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            expected.len() == found.len()
                && expected.iter().all(|(name, value)| found.get(name).is_some_and(|found| matches(value, found)))
        }
        (Value::Array(expected), Value::Array(found)) => {
            expected.len() == found.len()
                && expected.iter().zip(found).all(|(expected, found)| matches(expected, found))
        }
        (Value::String(expected), Value::String(found)) => text_matches(expected, found),
        _ => expected == found,
    }
}

/// `{access_token}` stands for any token.
fn text_matches(expected: &str, found: &str) -> bool {
    let Some((before, after)) = expected.split_once("{access_token}") else { return expected == found };
    let token = found.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    token.is_some_and(|token| {
        token.len() >= 32 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
    })
}

fn cases(kind: &str, function: &str) -> BTreeMap<String, Value> {
    let folder = folder(kind, function);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let case = |path: &Path| path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
    entries.map(|entry| entry.expect("a folder can be read").path()).map(|path| (case(&path), read(&path))).collect()
}

fn folder(kind: &str, function: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(kind).join(function)
}

#[track_caller]
fn read(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Cases of this ending run with `AUTHORIZER_SIMPLE_RESPONSES=true`.
const SIMPLE: &str = "_simple";
