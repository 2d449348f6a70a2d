//! Replays the sample events of a function on its binary.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    path::PathBuf,
};

use serde_json::Value;

use crate::{CountingProxy, Function, Invoked, TableCall, Tollgate, emf, on_file, secrets};

/// What a replay leads to.
pub struct Replayed {
    function: String,
    /// What became of each event, by the name of its file.
    found: BTreeMap<String, Invoked>,
    /// Everything that the binary wrote.
    pub log: String,
    /// Every text in every table.
    pub tables: String,
    /// What the binary asked of which table.
    pub calls: BTreeSet<TableCall>,
}

/// Replays `events/<function>/*.json` on a binary and the demo's store, as events/README.md says.
pub async fn replay(function: &str, binary: &str) -> Replayed {
    let events = on_file::cases(&folder(function));
    assert!(!events.is_empty(), "events/{function} is empty");
    let tollgate = Tollgate::demo().await;
    let proxy = CountingProxy::before(tollgate.system.dynamodb).await;
    let (mut found, mut log) = (BTreeMap::new(), String::new());
    for simple in [false, true] {
        let mut process = start_before(proxy.address, function, binary, simple).await;
        for (case, event) in events.iter().filter(|(case, _)| case.ends_with(SIMPLE) == simple) {
            found.insert(case.clone(), process.invoke(event).await);
        }
        log.push_str(&process.stop().await);
    }
    let tables = secrets::tables(tollgate.system.dynamodb).await;
    tollgate.system.stop().await;
    Replayed { function: function.to_owned(), found, log, tables, calls: proxy.calls() }
}

/// One sample event.
pub fn sample(function: &str, case: &str) -> Value {
    on_file::read(&folder(function).join(format!("{case}.json")))
}

/// Starts a binary on the demo's store.
pub async fn start(tollgate: &Tollgate, function: &str, binary: &str, simple: bool) -> Function {
    start_before(tollgate.system.dynamodb, function, binary, simple).await
}

async fn start_before(dynamodb: SocketAddr, function: &str, binary: &str, simple: bool) -> Function {
    let mut environment = vec![("ISSUER", "https://id.example.com")];
    match function {
        "shared-token-authorizer" => environment.push(("SPKEY", "942yzkggypg5dq6c4ucfv3ed")),
        "introspection-authorizer" => environment.push(("SPKEY", "tpx1")),
        _ => {}
    }
    if simple {
        environment.push(("AUTHORIZER_SIMPLE_RESPONSES", "true"));
    }
    Function::start(binary, dynamodb, &environment).await
}

impl Replayed {
    /// Expects `tests/answers/<function>/<case>.json` for every event, and no other answer on file.
    #[track_caller]
    pub fn is_as_on_file(&self) {
        on_file::compare(&self.function, &self.found);
    }

    /// Expects that the log is one line for each event, and that each is a metric document. Only what an operator has
    /// to mend is an error.
    #[track_caller]
    pub fn is_logged_once_per_event(&self) {
        let read = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let lines: Vec<Value> = self.log.lines().map(read).collect();
        assert_eq!(lines.len(), self.found.len(), "{}", self.log);
        for line in &lines {
            emf::is_document(line);
            let is_failure = ["store_failure", "config_failure", "provider_failure"].contains(&text(line, "reason"));
            assert_eq!(text(line, "level"), if is_failure { "ERROR" } else { "INFO" }, "{line}");
            assert_eq!(text(line, "xray_trace_id"), "1-69c2e4ae-3a5f1c0e7d9b2f4a6c8e0d1b", "{line}");
            assert!(DECISIONS.contains(&text(line, "decision")), "{line}");
        }
    }

    /// Expects that no secret of the demo, no token that was given, and nothing that begins as a token or a code does
    /// stands in the log or a table.
    #[track_caller]
    pub fn keeps_secrets(&self) {
        let issued: Vec<&str> = self.found.values().filter_map(on_file::issued).collect();
        let secrets = [&secrets::DEMO[..], &BEGINNINGS, &issued].concat();
        secrets::are_not_in(&secrets, &self.log);
        secrets::are_not_in(&secrets, &self.tables);
    }
}

fn text<'a>(line: &'a Value, member: &str) -> &'a str {
    line[member].as_str().unwrap_or_default()
}

fn folder(function: &str) -> PathBuf {
    on_file::root().join("events").join(function)
}

const DECISIONS: [&str; 15] = [
    "issued",
    "active",
    "inactive",
    "revoked",
    "ignored",
    "authorized",
    "asked",
    "logged_in",
    "password_changed",
    "logged_out",
    "pushed",
    "shown",
    "allowed",
    "refused",
    "failed",
];

/// How tokens, codes and what names a pushed request begin.
const BEGINNINGS: [&str; 5] = ["tga_", "tgr_", "tgc_", "request_uri:", "eyJ"];

/// Cases of this ending run with `AUTHORIZER_SIMPLE_RESPONSES=true`.
const SIMPLE: &str = "_simple";
