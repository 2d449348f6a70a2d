//! Reads members of the tree as what they should be, and goes on after each mistake.

use std::{cell::RefCell, ops::RangeInclusive};

use super::{
    node::{Entry, Node, Scalar, Style, Unset, Value},
    report::{Findings, Place, Placed, listed, quoted},
};
use crate::{
    model::suggestion::{closest, did_you_mean},
    protocol::Secret,
};

/// A value, where it stands, and where mistakes about it go.
#[derive(Clone)]
pub(super) struct Field<'a> {
    pub(super) place: Place,
    pub(super) findings: &'a Findings<'a>,
    node: &'a Node,
}

/// A mapping, read member by member and then closed: what nobody asked for is a mistake.
pub(super) struct Object<'a> {
    pub(super) place: Place,
    pub(super) findings: &'a Findings<'a>,
    entries: &'a [Entry],
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Field<'a> {
    pub(super) fn root(node: &'a Node, findings: &'a Findings<'a>) -> Self {
        Self { place: Place { line: node.line, column: node.column, path: String::new() }, findings, node }
    }

    pub(super) fn object(&self) -> Option<Object<'a>> {
        match &self.node.value {
            Value::Mapping(entries) => {
                let asked = RefCell::default();
                Some(Object { place: self.place.clone(), findings: self.findings, entries, asked })
            }
            _ => self.refuse(&self.kind(), "a mapping"),
        }
    }

    pub(super) fn list(&self) -> Option<Vec<Self>> {
        let Value::Sequence(items) = &self.node.value else { return self.refuse(&self.kind(), "a list") };
        let item = |(at, node): (usize, &'a Node)| {
            let path = format!("{}[{at}]", self.place.path);
            Self { place: Place { line: node.line, column: node.column, path }, findings: self.findings, node }
        };
        Some(items.iter().enumerate().map(item).collect())
    }

    /// A list whose items are all read; those with mistakes are left out.
    pub(super) fn items<T>(&self, read: impl Fn(&Self) -> Option<T>) -> Option<Vec<T>> {
        Some(self.list()?.iter().filter_map(read).collect())
    }

    /// The members of a mapping whose names are free, in their order.
    pub(super) fn pairs(&self) -> Option<Vec<(&'a str, Self)>> {
        let Value::Mapping(entries) = &self.node.value else { return self.refuse(&self.kind(), "a mapping") };
        Some(entries.iter().map(|entry| (entry.key.as_str(), self.below(entry))).collect())
    }

    /// The text of a scalar, also when it looks like a number or a boolean.
    pub(super) fn text(&self, expected: &str) -> Option<&'a str> {
        match &self.node.value {
            Value::Scalar(scalar) if !scalar.is_null() => Some(&scalar.text),
            _ => self.refuse(&self.kind(), expected),
        }
    }

    pub(super) fn parsed<T, E>(&self, expected: &str, parse: impl FnOnce(&'a str) -> Result<T, E>) -> Option<T> {
        parse(self.text(expected)?).ok().or_else(|| self.refuse(&self.shown(), expected))
    }

    /// A secret. Messages never show what stands there; a literal one is worth a warning.
    pub(super) fn secret(&self, expected: &str) -> Option<Secret> {
        if let Value::Unset(Unset { found, expected, .. }) = &self.node.value {
            self.findings.warning(&self.place, found, expected);
            return None;
        }
        let text = self.text(expected)?;
        if text.is_empty() || text.chars().any(char::is_control) {
            return self
                .refuse(if text.is_empty() { "an empty text" } else { "a text with control characters" }, expected);
        }
        if self.is_literal() {
            self.findings.warning(&self.place, "a secret written into the file", "${env:NAME} or ${file:PATH}");
        }
        Some(Secret::new(text.to_owned()))
    }

    pub(super) fn number(&self, range: RangeInclusive<u64>) -> Option<u64> {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        let text = self.unquoted(&expected)?;
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|number| digits && range.contains(number));
        number.or_else(|| self.refuse(&self.shown(), &expected))
    }

    pub(super) fn flag(&self) -> Option<bool> {
        match self.unquoted("true or false")? {
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => self.refuse(&self.shown(), "true or false"),
        }
    }

    /// One word of several.
    pub(super) fn choice<T: Copy>(&self, words: &[(&str, T)]) -> Option<T> {
        let expected = format!("one of {}", listed(words.iter().map(|(word, _)| *word)));
        let text = self.text(&expected)?;
        words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning).or_else(|| {
            let hint = did_you_mean(text, words.iter().map(|(word, _)| *word));
            self.refuse(&self.shown(), &format!("{expected}{hint}"))
        })
    }

    /// `null` is `None`; anything else is read.
    pub(super) fn nullable<T>(&self, read: impl FnOnce(&Self) -> Option<T>) -> Option<Option<T>> {
        if self.is_null() { Some(None) } else { read(self).map(Some) }
    }

    pub(super) fn placed<T>(&self, value: T) -> Placed<T> {
        Placed { value, place: self.place.clone() }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(&self.node.value, Value::Scalar(scalar) if scalar.is_null())
    }

    /// How many items a list has, with or without mistakes.
    pub(super) fn length(&self) -> usize {
        if let Value::Sequence(items) = &self.node.value { items.len() } else { 0 }
    }

    pub(super) fn is_mapping(&self) -> bool {
        matches!(self.node.value, Value::Mapping(_))
    }

    /// Whether every line of its text is there.
    pub(super) fn is_whole(&self) -> bool {
        matches!(&self.node.value, Value::Scalar(scalar) if scalar.is_whole)
    }

    /// The place of one line of its text: those of a literal block (`|`) are the file's own.
    pub(super) fn line(&self, line: usize, key: &str) -> Place {
        let is_literal = matches!(&self.node.value, Value::Scalar(scalar) if scalar.style == Style::Literal);
        let line = if is_literal { self.place.line + line - 1 } else { self.place.line };
        self.place.member(key, line, self.place.column)
    }

    /// Reports a mistake, unless there is one already.
    pub(super) fn refuse<T>(&self, found: &str, expected: &str) -> Option<T> {
        match &self.node.value {
            Value::Mistaken => {}
            Value::Unset(Unset { found, expected, is_needed: false }) => {
                self.findings.warning(&self.place, found, expected);
            }
            Value::Unset(Unset { found, expected, .. }) => self.findings.mistake(&self.place, found, expected),
            Value::Scalar(_) | Value::Sequence(_) | Value::Mapping(_) => {
                self.findings.mistake(&self.place, found, expected);
            }
        }
        None
    }

    /// What stands there, for messages: a text in part, never a resolved one.
    pub(super) fn shown(&self) -> String {
        match &self.node.value {
            Value::Scalar(Scalar { style: Style::Resolved(reference), .. }) => format!("the value of {reference}"),
            Value::Scalar(scalar) if !scalar.is_null() => quoted(&scalar.text),
            _ => self.kind(),
        }
    }

    fn is_literal(&self) -> bool {
        !matches!(&self.node.value, Value::Scalar(Scalar { style: Style::Resolved(_), .. }))
    }

    fn unquoted(&self, expected: &str) -> Option<&'a str> {
        match &self.node.value {
            Value::Scalar(Scalar { style: Style::Quoted | Style::Literal, .. }) => {
                self.refuse(&format!("the text {}", self.shown()), &format!("{expected}, without quotes"))
            }
            _ => self.text(expected),
        }
    }

    fn kind(&self) -> String {
        let kind = match &self.node.value {
            Value::Scalar(scalar) if scalar.is_null() => "nothing",
            Value::Scalar(_) => "a text or number",
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a mapping",
            Value::Mistaken | Value::Unset(_) => "a mistake",
        };
        kind.to_owned()
    }

    fn below(&self, entry: &'a Entry) -> Self {
        field(entry, &self.place, self.findings)
    }
}

impl<'a> Object<'a> {
    pub(super) fn member(&self, name: &'static str) -> Option<Field<'a>> {
        self.skip(&[name]);
        let entry = self.entries.iter().find(|entry| entry.key == name)?;
        Some(field(entry, &self.place, self.findings))
    }

    /// A member that has to be there.
    pub(super) fn required(&self, name: &'static str, expected: &str) -> Option<Field<'a>> {
        let member = self.member(name);
        if member.is_none() {
            self.findings.mistake(&self.place, format!("no {name}"), format!("{name}: {expected}"));
        }
        member
    }

    /// A member's value, or its default when it is not there, or a mistake.
    pub(super) fn read<T>(&self, name: &'static str, default: T, read: impl FnOnce(&Field<'a>) -> Option<T>) -> T {
        self.member(name).and_then(|field| read(&field)).unwrap_or(default)
    }

    /// Passes over members that cannot be judged, because another one is mistaken.
    pub(super) fn skip(&self, names: &[&'static str]) {
        let mut asked = self.asked.borrow_mut();
        for name in names {
            if !asked.contains(name) {
                asked.push(name);
            }
        }
    }

    pub(super) fn flag(&self, name: &'static str, default: bool) -> bool {
        self.read(name, default, Field::flag)
    }

    /// Reports the members that nobody asked for.
    pub(super) fn close(self) {
        let asked = self.asked.into_inner();
        for entry in self.entries.iter().filter(|entry| !asked.contains(&entry.key.as_str())) {
            let expected = match closest(&entry.key, asked.iter().copied()) {
                Some(near) => near.to_owned(),
                None => format!("one of {}", listed(asked.iter().copied())),
            };
            let place = self.place.member(&entry.key, entry.line, entry.column);
            self.findings.mistake(&place, "an unknown member", expected);
        }
    }
}

fn field<'a>(entry: &'a Entry, parent: &Place, findings: &'a Findings<'a>) -> Field<'a> {
    let place = parent.member(&entry.key, entry.value.line, entry.value.column);
    Field { place, findings, node: &entry.value }
}
