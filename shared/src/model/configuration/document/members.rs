//! The members of one mapping of the file.

use serde_json::{Map, Value};

/// Members in the order in which they are put.
#[derive(Default)]
pub(super) struct Members(Map<String, Value>);

impl Members {
    pub(super) fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    /// A member that is left out where it says the default.
    #[expect(clippy::needless_pass_by_value, reason = "defaults are numbers and words")]
    pub(super) fn unless<T: PartialEq + Into<Value>>(&mut self, name: &str, value: T, default: T) {
        if value != default {
            self.put(name, value);
        }
    }

    /// A text, where there is one.
    pub(super) fn text(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.put(name, text);
        }
    }

    /// A list that is left out where it is empty.
    pub(super) fn list(&mut self, name: &str, items: Vec<Value>) {
        if !items.is_empty() {
            self.put(name, items);
        }
    }

    /// A mapping that is left out where it is empty.
    pub(super) fn mapping(&mut self, name: &str, members: Members) {
        if !members.0.is_empty() {
            self.put(name, members.0);
        }
    }

    pub(super) fn finish(self) -> Map<String, Value> {
        self.0
    }
}

/// The file's word for a value.
pub(super) fn word<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> &'static str {
    let word = words.iter().find(|(_, meaning)| meaning == value).map(|(word, _)| *word);
    word.expect("every value has a word in the file")
}
