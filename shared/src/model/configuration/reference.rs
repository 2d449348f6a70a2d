//! Values from elsewhere: `${env:NAME}` and `${file:PATH}`, put into the tree before it is read.

use super::{
    node::{Entry, Node, Scalar, Style, Unset, Value},
    report::{Findings, Place},
};
use crate::model::{PublicKey, pre_inputs::PreInputs};

/// Gives the values that a file refers to.
pub trait Values {
    /// The environment variable; `None` when it is not set.
    fn env(&self, name: &str) -> Option<String>;

    /// The content of a file.
    ///
    /// # Errors
    /// Why it cannot be read, as a short text.
    fn file(&self, path: &str) -> Result<String, String>;

    /// The public key in a certificate in PEM. Reading one takes a library that no function needs, so it is for the
    /// command to do.
    ///
    /// # Errors
    /// What is wrong with it, as a short text.
    fn certified_key(&self, _pem: &str) -> Result<PublicKey, String> {
        Err("this program reads none".to_owned())
    }
}

/// The member in which references stand line by line.
pub(super) const PRE_INPUTS: &str = "pre_inputs";

/// What of a file is needed: a reference that gives nothing is no mistake elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed {
    /// Everything, as to write it.
    Everything,
    /// Everything but secrets, as to look the file over.
    AllButSecrets,
    /// Services without their secrets, as for their documents.
    Services,
}

impl Needed {
    fn has(self, place: &Place) -> bool {
        self != Self::Services || place.path.starts_with("services")
    }
}

/// Replaces every reference by its value.
pub(super) struct Resolver<'a> {
    pub(super) values: &'a dyn Values,
    pub(super) needed: Needed,
    pub(super) findings: &'a Findings<'a>,
}

impl Resolver<'_> {
    /// Goes through a tree; what cannot be resolved becomes [`Value::Mistaken`], or [`Value::Unset`].
    pub(super) fn resolve(&self, node: &mut Node, place: &Place) {
        match &mut node.value {
            Value::Sequence(items) => {
                for (at, item) in items.iter_mut().enumerate() {
                    let path = format!("{}[{at}]", place.path);
                    self.resolve(item, &Place { line: item.line, column: item.column, path });
                }
            }
            Value::Mapping(entries) => {
                for entry in entries {
                    let place = place.member(&entry.key, entry.value.line, entry.value.column);
                    self.resolve_entry(entry, &place);
                }
            }
            Value::Scalar(scalar) => {
                if let Err(instead) = self.resolve_scalar(scalar, place) {
                    node.value = instead;
                }
            }
            Value::Mistaken | Value::Unset(_) => {}
        }
    }

    fn resolve_entry(&self, entry: &mut Entry, place: &Place) {
        match &mut entry.value.value {
            Value::Scalar(scalar) if entry.key == PRE_INPUTS => {
                self.resolve_lines(scalar, place).unwrap_or_else(|Unresolved| entry.value.value = Value::Mistaken);
            }
            _ => self.resolve(&mut entry.value, place),
        }
    }

    /// What a scalar becomes where it has no value.
    fn resolve_scalar(&self, scalar: &mut Scalar, place: &Place) -> Result<(), Value> {
        match self.value_of(&scalar.text) {
            Ok(None) => Ok(()),
            Ok(Some(value)) => {
                let reference = std::mem::replace(&mut scalar.text, value);
                scalar.style = Style::Resolved(reference);
                Ok(())
            }
            Err(Fault { found, expected, is_unset: true }) if self.needed != Needed::Everything => {
                Err(Value::Unset(Unset { found, expected, is_needed: self.needed.has(place) }))
            }
            Err(fault) => {
                self.report(fault, place);
                Err(Value::Mistaken)
            }
        }
    }

    fn report(&self, fault: Fault, place: &Place) {
        self.findings.mistake(place, fault.found, fault.expected);
    }

    /// In pre-inputs a reference is all that follows the key. A setting without its value is left out, so that the
    /// others are read.
    fn resolve_lines(&self, scalar: &mut Scalar, place: &Place) -> Result<(), Unresolved> {
        if !scalar.text.contains(OPENING) {
            return Ok(());
        }
        let mut lines = Vec::new();
        for (at, line) in scalar.text.split('\n').enumerate() {
            let (key, value) = line.split_once(':').unwrap_or(("", line));
            let place = place.member(key.trim(), place.line + at, place.column);
            match self.line_value(value.trim()) {
                Ok(Some(value)) => lines.push(format!("{key}:{value}")),
                Ok(None) => lines.push(line.to_owned()),
                Err(fault) => {
                    self.report(fault, &place);
                    if !PreInputs::is_setting(key.trim()) {
                        return Err(Unresolved);
                    }
                    scalar.is_whole = false;
                    lines.push(String::new());
                }
            }
        }
        scalar.text = lines.join("\n");
        Ok(())
    }

    fn line_value(&self, text: &str) -> Result<Option<String>, Fault> {
        match self.value_of(text)? {
            Some(value) if value.contains(['\n', '\r']) => {
                Err(Fault::new("a value of several lines", "a value of one line"))
            }
            value => Ok(value),
        }
    }

    /// The value of a text that is a reference, `None` for any other text.
    fn value_of(&self, text: &str) -> Result<Option<String>, Fault> {
        match Reference::parse(text).map_err(|Malformed| Fault::new(MALFORMED, WHOLE))? {
            None => Ok(None),
            Some(Reference::Env(name)) => match self.values.env(name) {
                Some(value) => Ok(Some(value)),
                None => Err(Fault::unset(text, &format!("the environment variable {name} to be set"))),
            },
            Some(Reference::File(path)) => match self.values.file(path) {
                Ok(content) => Ok(Some(without_last_line_break(&content).to_owned())),
                Err(why) => Err(Fault::unset(&format!("{text} ({why})"), "a file that can be read")),
            },
        }
    }
}

/// A mistake is reported.
#[derive(Debug)]
struct Unresolved;

/// Why a reference has no value.
struct Fault {
    found: String,
    expected: String,
    /// Whether it is well formed, and gives nothing.
    is_unset: bool,
}

impl Fault {
    fn new(found: &str, expected: &str) -> Self {
        Self { found: found.to_owned(), expected: expected.to_owned(), is_unset: false }
    }

    fn unset(found: &str, expected: &str) -> Self {
        Self { is_unset: true, ..Self::new(found, expected) }
    }
}

/// Where a value comes from.
#[derive(Debug, PartialEq)]
enum Reference<'t> {
    Env(&'t str),
    File(&'t str),
}

/// A reference that is not the whole value, or of no known kind.
#[derive(Debug, PartialEq)]
struct Malformed;

impl<'t> Reference<'t> {
    fn parse(text: &'t str) -> Result<Option<Self>, Malformed> {
        let whole = text.strip_prefix(OPENING).and_then(|rest| rest.strip_suffix('}'));
        match whole.filter(|inner| !inner.contains(['{', '}'])).map(|inner| inner.split_once(':')) {
            Some(Some(("env", name))) if !name.is_empty() => Ok(Some(Self::Env(name))),
            Some(Some(("file", path))) if !path.is_empty() => Ok(Some(Self::File(path))),
            Some(_) => Err(Malformed),
            None if text.contains("${env:") || text.contains("${file:") => Err(Malformed),
            None => Ok(None),
        }
    }
}

/// Files usually end with a line break that is no part of the value.
fn without_last_line_break(content: &str) -> &str {
    let content = content.strip_suffix('\n').unwrap_or(content);
    content.strip_suffix('\r').unwrap_or(content)
}

const OPENING: &str = "${";
const MALFORMED: &str = "a text with ${…} in it";
const WHOLE: &str = "${env:NAME} or ${file:PATH} as the whole value";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_the_whole_value() {
        assert_eq!(Reference::parse("${env:A}"), Ok(Some(Reference::Env("A"))));
        assert_eq!(Reference::parse("${file:/run/secrets/a}"), Ok(Some(Reference::File("/run/secrets/a"))));
        for plain in ["", "a", "$", "$.email", "${", "a${b}c", "a}"] {
            assert_eq!(Reference::parse(plain), Ok(None), "{plain}");
        }
        for bad in ["a${env:A}", "${env:A}b", "${env:A}${env:B}", "${env:}", "${A}", "${aws:x}", "${file:a"] {
            assert_eq!(Reference::parse(bad), Err(Malformed), "{bad}");
        }
    }

    #[test]
    fn the_last_line_break_of_a_file_is_no_part_of_the_value() {
        assert_eq!(without_last_line_break("a\n\n"), "a\n");
        assert_eq!(without_last_line_break("a\r\n"), "a");
        assert_eq!(without_last_line_break("a"), "a");
    }
}
