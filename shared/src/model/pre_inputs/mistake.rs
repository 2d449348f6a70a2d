//! What is wrong with a line, said so that it can be put right.

use std::fmt;

use super::piece::Piece;

/// One mistake in the pre-inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreInputMistake {
    /// Line in the text, from 1.
    pub line: usize,
    /// The key it is about, where there is one.
    pub key: Option<String>,
    /// What stands there, at most 60 characters.
    pub found: String,
    /// What would be right.
    pub expected: String,
}

impl fmt::Display for PreInputMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(key) = &self.key {
            write!(f, ", `{key}`")?;
        }
        let found = if self.found.is_empty() { "nothing" } else { &self.found };
        write!(f, ": found {found}, expected {}", self.expected)
    }
}

impl std::error::Error for PreInputMistake {}

/// The mistakes met so far.
#[derive(Default)]
pub(super) struct Mistakes(Vec<PreInputMistake>);

impl Mistakes {
    pub(super) fn add(&mut self, line: usize, key: Option<&str>, found: &str, expected: impl Into<String>) {
        let key = key.map(shortened);
        self.0.push(PreInputMistake { line, key, found: shortened(found), expected: expected.into() });
    }

    /// A mistake in a piece of text; `None` for the value that it does not give.
    pub(super) fn at<T>(&mut self, piece: Piece, key: &str, expected: impl Into<String>) -> Option<T> {
        self.add(piece.line, Some(key), piece.text, expected);
        None
    }

    /// What is read, or nothing where reading it met a mistake.
    pub(super) fn unless_any<T: Default>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.0.len();
        let value = read(self);
        if self.0.len() == before { value } else { T::default() }
    }

    /// All of them, in the order of their lines.
    pub(super) fn in_order(mut self) -> Vec<PreInputMistake> {
        self.0.sort_by_key(|mistake| mistake.line);
        self.0
    }
}

fn shortened(text: &str) -> String {
    let text = text.trim();
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    match text.char_indices().nth(MAX_FOUND_CHARS) {
        None => text.chars().map(clean).collect(),
        Some(_) => text.chars().take(MAX_FOUND_CHARS - 1).map(clean).chain(['…']).collect(),
    }
}

const MAX_FOUND_CHARS: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_cut_to_sixty_characters() {
        let mut mistakes = Mistakes::default();
        mistakes.add(1, None, &"ö".repeat(61), "less");
        let found = &mistakes.in_order()[0].found;
        assert_eq!((found.chars().count(), found.ends_with('…')), (60, true));
    }
}
