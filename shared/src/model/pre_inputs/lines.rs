//! Cuts the text into `key:value` entries, a block in braces over as many lines as it takes.

use super::{mistake::Mistakes, piece::Piece, token_validation_uri::MEMBERS};

/// One `key:value`, the value trimmed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub(super) line: usize,
    pub(super) key: &'a str,
    pub(super) value: Piece<'a>,
}

/// The entries that nobody has taken yet, each key once.
pub(super) struct Entries<'a>(Vec<Entry<'a>>);

impl<'a> Entries<'a> {
    pub(super) fn read(text: &'a str, mistakes: &mut Mistakes) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        let mut rest = Piece::whole(text);
        while !rest.text.is_empty() {
            let line_end = end_of_line(rest.text, 0);
            let line = rest.part(0..line_end);
            let mut end = line_end;
            if let Some((key, value_at)) = key(line) {
                let start = line_end - rest.text[..line_end].trim_start().len() + value_at;
                if BLOCK_KEYS.contains(&key) {
                    end = block_end(rest.text, start, key);
                }
                match entries.iter().find(|entry| entry.key == key) {
                    Some(first) => {
                        let expected = format!("one `{key}`; the first: {} line(s) above", line.line - first.line);
                        mistakes.add(line.line, Some(key), line.text, expected);
                    }
                    None => entries.push(Entry { line: line.line, key, value: rest.part(start..end) }),
                }
            } else if !line.text.is_empty() {
                mistakes.add(line.line, None, line.text, "`key:value`");
            }
            let lines = rest.text[..end].matches('\n').count();
            rest = Piece { text: &rest.text[end..], line: rest.line + lines, column: 1 };
        }
        Self(entries)
    }

    /// The value of a key, which is then no longer there.
    pub(super) fn take(&mut self, key: &str) -> Option<Piece<'a>> {
        let at = self.0.iter().position(|entry| entry.key == key)?;
        // An empty value stands nowhere; its key does.
        let Entry { line, value, .. } = self.0.remove(at);
        Some(if value.text.is_empty() { Piece { line, ..value } } else { value })
    }

    /// The entries whose key begins with `prefix`, which are then no longer there.
    pub(super) fn take_all(&mut self, prefix: &str) -> Vec<Entry<'a>> {
        self.0.extract_if(.., |entry| entry.key.starts_with(prefix)).collect()
    }

    /// The entries whose key has a dot, as no key of a connector has; they are then no longer there.
    pub(super) fn take_dotted(&mut self) -> Vec<Entry<'a>> {
        self.0.extract_if(.., |entry| entry.key.contains('.')).collect()
    }

    pub(super) fn rest(self) -> Vec<Entry<'a>> {
        self.0
    }
}

/// The key of a line and where its value starts.
fn key(line: Piece<'_>) -> Option<(&str, usize)> {
    let colon = line.text.find(':')?;
    let key = line.text[..colon].trim_end();
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "_.-$".contains(c));
    is_key.then_some((key, colon + 1))
}

/// Where the value of a block key ends: with its last brace and what can only continue it, before the next known key.
fn block_end(text: &str, start: usize, own: &str) -> usize {
    let mut end = end_of_line(text, start);
    let mut open = balance(&text[start..end]);
    loop {
        let blank = text[end..].len() - text[end..].trim_start().len();
        let next = end_of_line(text, end + blank);
        let line = text[end + blank..next].trim();
        let continues = if open > 0 { !starts_entry(line, own) } else { line.starts_with(['{', '}', '"', ',']) };
        if line.is_empty() || !continues {
            return end;
        }
        open += balance(line);
        end = next;
    }
}

/// Braces opened less braces closed; no string goes over the end of a line.
fn balance(line: &str) -> i64 {
    Piece::whole(line).braces().map(|(_, opens)| if opens { 1 } else { -1 }).sum()
}

fn starts_entry(line: &str, own: &str) -> bool {
    let is_member = |key: &str| own == "token_validation_uri" && MEMBERS.contains(&key);
    key(Piece::whole(line)).is_some_and(|(key, _)| KEYS.contains(&key) && !is_member(key))
}

/// Whether a key is that of a setting which no other line is a part of.
pub(super) fn is_setting(key: &str) -> bool {
    KEYS.contains(&key) && !MEMBERS.contains(&key) && !key.starts_with("http_proxy_")
}

fn end_of_line(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

/// Every key of both connectors and their chain; the three members of `token_validation_uri` may stand alone.
pub(super) const KEYS: &[&str] = &[
    "shared_token_spkey",
    "token_validation_uri",
    "regionCodeHeader",
    "regionCodeValue",
    "defaultURI",
    "inject_headers",
    "block_authorization_header",
    "http_proxy_server",
    "http_proxy_port",
    "processors",
];

const BLOCK_KEYS: &[&str] = &["token_validation_uri", "regionCodeValue", "inject_headers"];
