//! What may stand only once in a file.

use std::{cell::RefCell, collections::HashMap};

use super::report::{Findings, Place};

/// The names of one kind that a file has used so far.
pub(super) struct Register<'a> {
    kind: &'static str,
    lines: RefCell<HashMap<String, usize>>,
    findings: &'a Findings<'a>,
}

impl<'a> Register<'a> {
    pub(super) fn new(kind: &'static str, findings: &'a Findings<'a>) -> Self {
        Self { kind, lines: RefCell::default(), findings }
    }

    /// Takes a name, or reports that it is taken. `shown` is how messages write it.
    pub(super) fn claim(&self, name: impl Into<String>, place: &Place, shown: &str) {
        match self.lines.borrow_mut().entry(name.into()) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(place.line);
            }
            std::collections::hash_map::Entry::Occupied(entry) => {
                let found = format!("{shown} a second time (first in line {})", entry.get());
                self.findings.mistake(place, found, format!("each {} once", self.kind));
            }
        }
    }

    pub(super) fn line_of(&self, name: &str) -> Option<usize> {
        self.lines.borrow().get(name).copied()
    }
}
