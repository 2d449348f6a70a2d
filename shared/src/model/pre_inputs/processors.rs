//! `processors:P1,P2` and the parameters `P1.name:value`.

use super::{Located, lines::Entries, mistake::Mistakes, piece::Piece};

/// A processor chained after the connector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Processor {
    /// Its class name.
    pub name: Located<String>,
    /// Its parameters, in the order written.
    pub parameters: Vec<(String, Located<String>)>,
}

pub(super) fn read(entries: &mut Entries, mistakes: &mut Mistakes) -> Vec<Processor> {
    let names = entries.take(KEY).map(|list| names(list, mistakes)).unwrap_or_default();
    let mut processors: Vec<_> = names.into_iter().map(|name| Processor { name, parameters: Vec::new() }).collect();
    // The longest name first: `a.b` and `a` may both be chained, and `a.b.c` belongs to `a.b`.
    let mut by_length: Vec<_> = processors.iter_mut().collect();
    by_length.sort_by_key(|processor| std::cmp::Reverse(processor.name.value.len()));
    for processor in by_length {
        let prefix = format!("{}.", processor.name.value);
        for entry in entries.take_all(&prefix) {
            let name = &entry.key[prefix.len()..];
            processor
                .parameters
                .push((name.to_owned(), Located { line: entry.line, value: entry.value.text.to_owned() }));
        }
    }
    for entry in entries.take_dotted() {
        mistakes.add(entry.line, Some(entry.key), entry.key, "a parameter of a processor that `processors` lists");
    }
    processors
}

fn names(list: Piece, mistakes: &mut Mistakes) -> Vec<Located<String>> {
    let mut names: Vec<Located<String>> = Vec::new();
    for name in list.text.split(',').map(str::trim) {
        let expected = if name.is_empty() || name.contains(char::is_whitespace) {
            "class names with commas between them"
        } else if CHAIN_ADAPTERS.contains(&name) {
            "other processors: a connector is in no chain, neither its own nor another connector's"
        } else if names.iter().any(|known| known.value == name) {
            "each processor once"
        } else {
            names.push(Located { line: list.line, value: name.to_owned() });
            continue;
        };
        mistakes.add(list.line, Some(KEY), name, expected);
    }
    names
}

const KEY: &str = "processors";

/// Adapters that chain others themselves, or need the `Authorization` header as the connectors here do.
const CHAIN_ADAPTERS: &[&str] = &[
    "com.mashery.proxy.customer.generic.oauth2-shared-token-adapter",
    "com.mashery.proxy.customer.generic.oauth2-jwt-authenticator",
    "com.mashery.proxy.customer.generic.oauth-token-validation-connector",
    "com.mashery.proxy.customer.generic.oidc-token-connector",
    "com.mashery.proxy.customer.generic.pf-oauth-connector",
    "Mashery_Proxy_Processor_Chain",
];
