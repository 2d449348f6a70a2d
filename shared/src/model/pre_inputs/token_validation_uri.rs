//! `token_validation_uri`: the loose block, the same as JSON, or its three members as lines of their own.

use super::{
    Located, MAX_REGIONS,
    json_object::{self, Json, Member},
    lines::Entries,
    mistake::Mistakes,
    piece::Piece,
};
use crate::model::suggestion::closest;

/// Where a third-party token is validated, by region. Which members are needed is for the service to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenValidationUri {
    /// Line of the block, or of the first member that stands alone.
    pub line: usize,
    /// The request header whose value names the region; there exactly when there are regions.
    pub region_code_header: Option<Located<String>>,
    /// Region and URI, in the order written.
    pub region_code_value: Vec<(String, Located<String>)>,
    /// The URI for every other region.
    pub default_uri: Option<Located<String>>,
}

impl TokenValidationUri {
    pub(super) fn read(entries: &mut Entries, mistakes: &mut Mistakes) -> Option<Self> {
        let mut members = Members::default();
        if let Some(block) = entries.take(KEY) {
            members.line = Some(block.line);
            members.read_block(block, mistakes);
        }
        for name in MEMBERS {
            if let Some(value) = entries.take(name) {
                members.line = Some(members.line.map_or(value.line, |line| line.min(value.line)));
                members.read_member(name, value, mistakes);
            }
        }
        members.complete(mistakes)
    }
}

/// Region and URI.
type Regions = Vec<(String, Located<String>)>;

#[derive(Default)]
struct Members {
    line: Option<usize>,
    header: Option<Located<String>>,
    regions: Option<Located<Regions>>,
    default: Option<Located<String>>,
}

impl Members {
    fn read_block(&mut self, block: Piece, mistakes: &mut Mistakes) {
        let inside = block.text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let (Some(_), Some(end)) = (inside, block.block_end()) else {
            mistakes.add(block.line, Some(KEY), block.text, "a block in braces, `{ … }`");
            return;
        };
        let inside = block.part(1..block.text.len() - 1);
        if end < block.text.len() {
            mistakes.add(block.line, Some(KEY), &block.text[end..], "nothing after the block");
        } else if inside.text.starts_with('"') {
            self.read_json(json_object::object(block, KEY, mistakes).unwrap_or_default(), mistakes);
        } else {
            self.read_loose(inside, mistakes);
        }
    }

    fn read_json(&mut self, members: Vec<Member>, mistakes: &mut Mistakes) {
        for Member { name, value } in members {
            match (&*name.value, value) {
                ("regionCodeHeader", Json::Text(text)) => self.header = header(name.line, &text, mistakes),
                ("defaultURI", Json::Text(text)) => self.default = uri("defaultURI", name.line, &text, mistakes),
                ("regionCodeValue", Json::Object(regions)) => self.read_regions(name.line, regions, mistakes),
                (known, _) if MEMBERS.contains(&known) => {
                    mistakes.add(name.line, Some(known), "another kind", EXPECTED);
                }
                (unknown, _) => unknown_member(name.line, unknown, mistakes),
            }
        }
    }

    /// `name:value` after `name:value`, only blanks between; a value may have blanks in it.
    fn read_loose(&mut self, inside: Piece, mistakes: &mut Mistakes) {
        let mut rest = inside;
        while !rest.text.is_empty() {
            let Some((name, after)) = member_name(rest.text) else {
                mistakes.add(rest.line, Some(KEY), rest.text, EXPECTED);
                return;
            };
            let line = rest.line;
            let value = rest.part(after..rest.text.len());
            let end = value_end(value);
            if MEMBERS.contains(&name) {
                self.read_member(
                    name,
                    Piece { line: if end == 0 { line } else { value.line }, ..value.part(0..end) },
                    mistakes,
                );
            } else {
                unknown_member(line, name, mistakes);
            }
            let next = value.part(end..value.text.len());
            rest = next.part(next.text.len() - next.text.trim_start_matches(',').len()..next.text.len());
        }
    }

    fn read_member(&mut self, name: &str, value: Piece, mistakes: &mut Mistakes) {
        let is_second = match name {
            "regionCodeHeader" => self.header.is_some(),
            "regionCodeValue" => self.regions.is_some(),
            _ => self.default.is_some(),
        };
        if is_second {
            mistakes.add(value.line, Some(name), value.text, format!("one `{name}`"));
            return;
        }
        match name {
            "regionCodeHeader" => self.header = header(value.line, value.text, mistakes),
            "regionCodeValue" => {
                if let Some(regions) = json_object::object(value, name, mistakes) {
                    self.read_regions(value.line, regions, mistakes);
                }
            }
            _ => self.default = uri("defaultURI", value.line, value.text, mistakes),
        }
    }

    fn read_regions(&mut self, line: usize, regions: Vec<Member>, mistakes: &mut Mistakes) {
        const NAME: &str = "regionCodeValue";
        if regions.is_empty() || regions.len() > MAX_REGIONS {
            mistakes.add(
                line,
                Some(NAME),
                &format!("{} regions", regions.len()),
                format!("one to {MAX_REGIONS} regions"),
            );
        }
        let mut uris = Vec::new();
        for Member { name, value } in regions {
            match value {
                Json::Text(text) => uris.extend(uri(NAME, name.line, &text, mistakes).map(|uri| (name.value, uri))),
                Json::Object(_) => mistakes.add(name.line, Some(NAME), "an object", "a URI in quotes"),
                Json::Other(kind) => mistakes.add(name.line, Some(NAME), kind, "a URI in quotes"),
            }
        }
        self.regions = Some(Located { line, value: uris });
    }

    fn complete(self, mistakes: &mut Mistakes) -> Option<TokenValidationUri> {
        match (&self.header, &self.regions) {
            (Some(header), None) => {
                mistakes.add(header.line, Some("regionCodeHeader"), &header.value, "`regionCodeValue` beside it");
            }
            (None, Some(regions)) => {
                mistakes.add(
                    regions.line,
                    Some("regionCodeValue"),
                    "no `regionCodeHeader`",
                    "`regionCodeHeader` beside it",
                );
            }
            _ => {}
        }
        Some(TokenValidationUri {
            line: self.line?,
            region_code_header: self.header,
            region_code_value: self.regions.map(|regions| regions.value).unwrap_or_default(),
            default_uri: self.default,
        })
    }
}

fn header(line: usize, text: &str, mistakes: &mut Mistakes) -> Option<Located<String>> {
    let name = unquoted(text);
    if name.is_empty() || name.contains(char::is_whitespace) {
        mistakes.add(line, Some("regionCodeHeader"), text, "the name of one header");
        return None;
    }
    Some(Located { line, value: name.to_owned() })
}

/// A URI without the blanks that the published samples have in theirs.
fn uri(key: &str, line: usize, text: &str, mistakes: &mut Mistakes) -> Option<Located<String>> {
    let uri: String = unquoted(text).split_whitespace().collect();
    if uri.is_empty() {
        mistakes.add(line, Some(key), text, "a URI");
        return None;
    }
    Some(Located { line, value: uri })
}

fn unquoted(text: &str) -> &str {
    let text = text.trim().trim_end_matches(',').trim_end();
    text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text)
}

fn unknown_member(line: usize, name: &str, mistakes: &mut Mistakes) {
    let expected = match closest(name, MEMBERS) {
        Some(known) => format!("{EXPECTED}; did you mean `{known}`?"),
        None => EXPECTED.to_owned(),
    };
    mistakes.add(line, Some(KEY), name, expected);
}

/// The word before the colon at the start of a text, and where its value begins.
fn member_name(text: &str) -> Option<(&str, usize)> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|end| *end > 0)?;
    let blank = text[end..].len() - text[end..].trim_start().len();
    text[end + blank..].starts_with(':').then_some((&text[..end], end + blank + 1))
}

/// Where the next member begins: after an object, else at the next word that reads like a member's name.
fn value_end(value: Piece) -> usize {
    if value.text.starts_with('{') {
        return value.block_end().unwrap_or(value.text.len());
    }
    let starts_word = |at: usize| value.text[..at].ends_with([' ', '\t', '\r', '\n', ',']) || at == 0;
    let names_member =
        |at: usize| member_name(&value.text[at..]).is_some_and(|(name, _)| closest(name, MEMBERS).is_some());
    let mut words = value.text.char_indices().map(|(at, _)| at).filter(|at| starts_word(*at));
    words.find(|at| names_member(*at)).unwrap_or(value.text.len())
}

/// Members of the block.
pub(super) const MEMBERS: [&str; 3] = ["regionCodeHeader", "regionCodeValue", "defaultURI"];
const KEY: &str = "token_validation_uri";
const EXPECTED: &str = "`regionCodeHeader:NAME`, `regionCodeValue:{\"CODE\":\"URI\"}` or `defaultURI:URI`";
