//! What is wrong with a file, and where: one line per mistake, all of them in one run.

use std::{cell::RefCell, fmt};

use crate::model::uri_without_credentials;

/// One mistake or warning. It never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file's name, as it was given.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// The member, such as `services[0].access_token.ttl`; empty for the file as a whole.
    pub path: String,
    /// What stands there.
    pub found: String,
    /// What would be right.
    pub expected: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, path, found, expected } = self;
        let colon = if path.is_empty() { "" } else { ": " };
        write!(f, "{file}:{line}:{column}: {path}{colon}found {found}, expected {expected}")
    }
}

/// Why a file is refused. It displays as one line per mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What has to be mended; never empty.
    pub mistakes: Vec<Mistake>,
    /// What is worth a look.
    pub warnings: Vec<Mistake>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, mistake) in self.mistakes.iter().enumerate() {
            let line_break = if at > 0 { "\n" } else { "" };
            write!(f, "{line_break}{mistake}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Report {}

/// A place in the file that a mistake can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) path: String,
}

impl Place {
    /// A member below this place, found at another position.
    pub(super) fn member(&self, name: &str, line: usize, column: usize) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        Self { line, column, path: format!("{}{dot}{name}", self.path) }
    }

    /// What is found here.
    pub(super) fn finding(&self, file: &str, found: impl Into<String>, expected: impl Into<String>) -> Mistake {
        let Self { line, column, path } = self.clone();
        Mistake { file: file.to_owned(), line, column, path, found: found.into(), expected: expected.into() }
    }
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) place: Place,
}

/// Collects what is found on the way through one file.
pub(super) struct Findings<'a> {
    file: &'a str,
    mistakes: RefCell<Vec<Mistake>>,
    warnings: RefCell<Vec<Mistake>>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(file: &'a str) -> Self {
        Self { file, mistakes: RefCell::default(), warnings: RefCell::default() }
    }

    pub(super) fn mistake(&self, place: &Place, found: impl Into<String>, expected: impl Into<String>) {
        self.mistakes.borrow_mut().push(place.finding(self.file, found, expected));
    }

    pub(super) fn warning(&self, place: &Place, found: impl Into<String>, expected: impl Into<String>) {
        self.warnings.borrow_mut().push(place.finding(self.file, found, expected));
    }

    /// The warnings of a file without mistakes, else the whole report; both in the order of the file.
    pub(super) fn conclude(self) -> Result<Vec<Mistake>, Report> {
        let sorted = |findings: RefCell<Vec<Mistake>>| {
            let mut findings = findings.into_inner();
            findings.sort_by_key(|finding| (finding.line, finding.column));
            findings
        };
        let (mistakes, warnings) = (sorted(self.mistakes), sorted(self.warnings));
        if mistakes.is_empty() { Ok(warnings) } else { Err(Report { mistakes, warnings }) }
    }
}

/// A text as messages show it: in backquotes, short, on one line, without the credentials of a URL.
pub(super) fn quoted(text: &str) -> String {
    let shown = uri_without_credentials(text);
    let mut characters = shown.chars().map(|c| if c.is_control() { ' ' } else { c });
    let start: String = characters.by_ref().take(SHOWN_CHARACTERS).collect();
    let rest = if characters.next().is_some() { "…" } else { "" };
    format!("`{start}{rest}`")
}

/// A list of words as messages show it.
pub(super) fn listed<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    words.into_iter().collect::<Vec<_>>().join(", ")
}

const SHOWN_CHARACTERS: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_names_file_line_column_member_what_was_found_and_what_is_expected() {
        let place = Place { line: 3, column: 7, path: "services[0].name".into() };
        let findings = Findings::new("a.yaml");
        findings.mistake(&place, "`x y`", "a name");
        let report = findings.conclude().unwrap_err();
        assert_eq!(report.to_string(), "a.yaml:3:7: services[0].name: found `x y`, expected a name");
    }

    #[test]
    fn m21_the_credentials_of_a_url_are_never_shown() {
        assert_eq!(quoted("https://joe:hunter2@a.example/x@y"), "`https://[redacted]@a.example/x@y`");
        assert_eq!(quoted("https://a.example/x?api_key=hunter2"), "`https://a.example/x?…`");
    }

    #[test]
    fn a_long_text_is_shown_in_part_and_on_one_line() {
        let shown = quoted(&format!("a\nb{}", "c".repeat(100)));
        assert!(shown.starts_with("`a bc") && shown.ends_with("…`") && shown.chars().count() == 63, "{shown}");
    }
}
