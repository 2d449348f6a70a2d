//! A value of a document with the JSON pointer to it, and the errors found so far.

use std::sync::Arc;

use serde_json::Value;

use crate::{
    document::DocumentError,
    function::{Function, Functions},
};

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node<'d> {
    value: &'d Value,
    pointer: String,
}

impl<'d> Node<'d> {
    pub(crate) fn root(value: &'d Value) -> Self {
        Self { value, pointer: String::new() }
    }

    pub(crate) fn as_str(&self) -> Option<&'d str> {
        self.value.as_str()
    }

    /// A member; JSON `null` counts as absent.
    pub(crate) fn get(&self, key: &str) -> Option<Node<'d>> {
        self.value.get(key).filter(|value| !value.is_null()).map(|value| self.child(key, value))
    }

    /// The members of an object; none of any other value.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&'d str, Node<'d>)> {
        let members = self.value.as_object().into_iter().flatten();
        members.map(|(key, value)| (key.as_str(), self.child(key, value)))
    }

    /// The members of the object that is a member; none when it is absent.
    pub(crate) fn members_of(&self, key: &str) -> Vec<(&'d str, Node<'d>)> {
        self.get(key).iter().flat_map(|node| node.members().collect::<Vec<_>>()).collect()
    }

    /// The items of a list; none of any other value.
    pub(crate) fn items(&self) -> impl Iterator<Item = Node<'d>> {
        let items = self.value.as_array().into_iter().flatten().enumerate();
        items.map(|(index, value)| self.child(&index.to_string(), value))
    }

    fn child(&self, key: &str, value: &'d Value) -> Node<'d> {
        Node { value, pointer: self.pointer_to(key) }
    }

    fn pointer_to(&self, key: &str) -> String {
        format!("{}/{}", self.pointer, key.replace('~', "~0").replace('/', "~1"))
    }
}

/// The errors of one document, and the functions it may name.
pub(crate) struct Findings<'f> {
    api: &'f str,
    functions: &'f Functions,
    errors: Vec<DocumentError>,
}

impl<'f> Findings<'f> {
    pub(crate) fn new(api: &'f str, functions: &'f Functions) -> Self {
        Self { api, functions, errors: Vec::new() }
    }

    pub(crate) fn into_errors(self) -> Vec<DocumentError> {
        self.errors
    }

    pub(crate) fn report(&mut self, at: &Node<'_>, message: impl Into<String>) {
        self.push(at.pointer.clone(), message.into());
    }

    /// Reports a member of `at`, whether or not it is there.
    pub(crate) fn report_at(&mut self, at: &Node<'_>, key: &str, message: impl Into<String>) {
        self.push(at.pointer_to(key), message.into());
    }

    fn push(&mut self, pointer: String, message: String) {
        self.errors.push(DocumentError { api: self.api.to_owned(), pointer, message });
    }

    /// The value, or a report of why there is none.
    pub(crate) fn keep<T>(&mut self, at: &Node<'_>, parsed: Result<T, String>) -> Option<T> {
        parsed.map_err(|message| self.report(at, message)).ok()
    }

    /// A text that must be there.
    pub(crate) fn text<'d>(&mut self, at: &Node<'d>, key: &str) -> Option<&'d str> {
        if at.get(key).is_none() {
            self.report_at(at, key, format!("`{key}` is missing"));
        }
        self.optional_text(at, key)
    }

    /// A text that may be absent.
    pub(crate) fn optional_text<'d>(&mut self, at: &Node<'d>, key: &str) -> Option<&'d str> {
        let node = at.get(key)?;
        if node.as_str().is_none() {
            self.report(&node, format!("`{key}` is not a text; resolve intrinsic functions before"));
        }
        node.as_str()
    }

    /// A number, also one written as text, that may be absent.
    pub(crate) fn number(&mut self, at: &Node<'_>, key: &str) -> Option<u64> {
        let node = at.get(key)?;
        let number = node.value.as_u64().or_else(|| node.as_str()?.parse().ok());
        if number.is_none() {
            self.report(&node, format!("`{key}` is not a whole number"));
        }
        number
    }

    /// `true` or `false`; absent is false.
    pub(crate) fn flag(&mut self, at: &Node<'_>, key: &str) -> bool {
        let Some(node) = at.get(key) else { return false };
        if node.value.as_bool().is_none() {
            self.report(&node, format!("`{key}` is neither true nor false"));
        }
        node.value.as_bool().unwrap_or_default()
    }

    /// A list of texts; absent is empty.
    pub(crate) fn texts(&mut self, at: &Node<'_>, key: &str) -> Vec<String> {
        let Some(node) = at.get(key) else { return Vec::new() };
        if !node.value.is_array() || node.items().any(|item| item.as_str().is_none()) {
            self.report(&node, format!("`{key}` is not a list of texts"));
        }
        node.items().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    }

    /// A status between 100 and 599, in a number or a text, that may be absent.
    pub(crate) fn status(&mut self, at: &Node<'_>, key: &str) -> Option<u16> {
        let number = self.number(at, key)?;
        let status = u16::try_from(number).ok().filter(|status| (100..600).contains(status));
        if status.is_none() {
            self.report_at(at, key, format!("{number} is no status"));
        }
        status
    }

    /// The function that a member names by its ARN, as it is or inside an `apigateway` invocation ARN.
    pub(crate) fn function(&mut self, at: &Node<'_>, key: &str) -> Option<Arc<dyn Function>> {
        let uri = self.text(at, key)?;
        let arn = uri.split_once("/functions/").and_then(|(_, rest)| rest.strip_suffix("/invocations")).unwrap_or(uri);
        let function = self.functions.get(arn).cloned();
        if function.is_none() {
            self.report_at(at, key, format!("no function has the ARN `{arn}`"));
        }
        function
    }
}
