//! A piece of the text that knows where it stands.

use std::ops::Range;

use super::Located;

/// Part of the text with the position of its first character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    /// From 1.
    pub(super) line: usize,
    /// In characters, from 1.
    pub(super) column: usize,
}

impl<'a> Piece<'a> {
    pub(super) fn whole(text: &'a str) -> Self {
        Self { text, line: 1, column: 1 }
    }

    /// The bytes of a range, blanks around them dropped.
    pub(super) fn part(self, range: Range<usize>) -> Self {
        let text = &self.text[range.clone()];
        let start = range.start + text.len() - text.trim_start().len();
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map(|at| at + 1);
        let characters = before[line_start.unwrap_or(0)..].chars().count();
        Self {
            text: text.trim(),
            line: self.line + before.matches('\n').count(),
            column: if line_start.is_some() { characters + 1 } else { self.column + characters },
        }
    }

    pub(super) fn located(self) -> Located<String> {
        Located { line: self.line, value: self.text.to_owned() }
    }

    /// Its braces outside of JSON strings, as byte offset and whether it opens. A string ends with its line at the
    /// latest.
    pub(super) fn braces(self) -> impl Iterator<Item = (usize, bool)> + use<'a> {
        let (mut quoted, mut escaped) = (false, false);
        self.text.bytes().enumerate().filter_map(move |(at, byte)| {
            let plain = !escaped;
            escaped = quoted && plain && byte == b'\\';
            match byte {
                b'"' if plain => quoted = !quoted,
                b'\n' => quoted = false,
                b'{' | b'}' if !quoted => return Some((at, byte == b'{')),
                _ => {}
            }
            None
        })
    }

    /// The byte after the brace that closes the one at the start.
    pub(super) fn block_end(self) -> Option<usize> {
        let mut depth = 0_usize;
        for (at, opens) in self.braces() {
            depth = if opens { depth + 1 } else { depth.checked_sub(1)? };
            if depth == 0 {
                return Some(at + 1);
            }
        }
        None
    }

    /// The innermost brace that is never closed.
    pub(super) fn unclosed(self) -> Option<Self> {
        let mut open = Vec::new();
        for (at, opens) in self.braces() {
            if opens {
                open.push(at);
            } else {
                open.pop();
            }
        }
        open.pop().map(|at| self.part(at..self.text.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_knows_its_line_and_column() {
        let text = "a: b\r\n  öc {d}";
        let part = Piece::whole(text).part(5..text.len());
        assert_eq!(part, Piece { text: "öc {d}", line: 2, column: 3 });
        assert_eq!(part.part(3..7), Piece { text: "{d}", line: 2, column: 6 });
    }

    #[test]
    fn braces_in_strings_do_not_count() {
        let block = Piece::whole(r#"{ a: {"b":"}\"}"} } c"#);
        assert_eq!(block.block_end(), Some(19));
        assert_eq!(Piece::whole("{\"a\n{}").unclosed().map(|open| open.column), Some(1));
        assert_eq!(Piece::whole("}{").block_end(), None);
    }
}
