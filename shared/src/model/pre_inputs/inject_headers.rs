//! `inject_headers`: header names and expressions, flat or by region.

use super::{
    Located,
    json_object::{self, Json, Member},
    lines::Entries,
    mistake::Mistakes,
};

/// The region whose group serves every region without one of its own.
pub const DEFAULT_REGION: &str = "default";

/// Regions at most. The connector's pages say "fewer than ten" and "at most ten"; this takes the laxer.
pub const MAX_REGIONS: usize = 10;

/// Headers of one group at most, as for [`MAX_REGIONS`].
pub const MAX_HEADERS: usize = 10;

/// The headers of one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InjectedHeaders {
    /// The region's code, or [`DEFAULT_REGION`].
    pub region: Located<String>,
    /// Header name and expression, as written and in that order.
    pub headers: Vec<(String, Located<String>)>,
}

pub(super) fn read(entries: &mut Entries, mistakes: &mut Mistakes) -> Vec<InjectedHeaders> {
    let Some(value) = entries.take(KEY) else { return Vec::new() };
    let members = json_object::object(value, KEY, mistakes).unwrap_or_default();
    if members.iter().any(|member| matches!(member.value, Json::Object(_))) {
        regions(members, mistakes)
    } else if members.is_empty() {
        Vec::new()
    } else {
        vec![group(Located { line: value.line, value: DEFAULT_REGION.to_owned() }, members, mistakes)]
    }
}

fn regions(members: Vec<Member>, mistakes: &mut Mistakes) -> Vec<InjectedHeaders> {
    let codes: Vec<_> = members.iter().filter(|member| member.name.value != DEFAULT_REGION).collect();
    if let Some(first_over) = codes.get(MAX_REGIONS) {
        let found = format!("{} regions", codes.len());
        mistakes.add(
            first_over.name.line,
            Some(KEY),
            &found,
            format!("at most {MAX_REGIONS} beside `{DEFAULT_REGION}`"),
        );
    }
    let mut groups = Vec::new();
    for Member { name, value } in members {
        match value {
            Json::Object(headers) => groups.push(group(name, headers, mistakes)),
            Json::Text(_) | Json::Other(_) => {
                let expected = "an object of headers, as its neighbours; flat and by region do not mix";
                mistakes.add(name.line, Some(KEY), &format!("\"{}\" without a group", name.value), expected);
            }
        }
    }
    groups
}

fn group(region: Located<String>, members: Vec<Member>, mistakes: &mut Mistakes) -> InjectedHeaders {
    if let Some(first_over) = members.get(MAX_HEADERS) {
        let found = format!("{} headers for \"{}\"", members.len(), region.value);
        mistakes.add(first_over.name.line, Some(KEY), &found, format!("at most {MAX_HEADERS}"));
    }
    let mut headers = Vec::new();
    for Member { name, value } in members {
        let kind = match value {
            _ if name.value.trim().is_empty() => "a header without a name",
            Json::Text(expression) => {
                headers.push((name.value, Located { line: name.line, value: expression }));
                continue;
            }
            Json::Object(_) => "an object",
            Json::Other(kind) => kind,
        };
        let expected = "a header name and an expression, both in quotes";
        mistakes.add(name.line, Some(KEY), &format!("\"{}\": {kind}", name.value), expected);
    }
    InjectedHeaders { region, headers }
}

const KEY: &str = "inject_headers";
