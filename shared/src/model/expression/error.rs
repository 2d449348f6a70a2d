//! Why an expression is refused when it is saved.

use std::{borrow::Cow, fmt};

/// A part of an expression that cannot be taken, and how to write it where there is a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionError {
    part: String,
    reason: Cow<'static, str>,
    instead: Option<Cow<'static, str>>,
}

impl ExpressionError {
    pub(super) fn new(part: &str, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { part: shortened(part), reason: reason.into(), instead: None }
    }

    pub(super) fn instead(self, instead: impl Into<Cow<'static, str>>) -> Self {
        Self { instead: Some(instead.into()), ..self }
    }

    /// The part that is refused, as written, at most 60 characters.
    #[must_use]
    pub fn part(&self) -> &str {
        &self.part
    }
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.part.is_empty() {
            write!(f, "`{}` ", self.part)?;
        }
        f.write_str(&self.reason)?;
        match &self.instead {
            Some(instead) => write!(f, "; write {instead}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ExpressionError {}

fn shortened(part: &str) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    match part.char_indices().nth(MAX_PART_CHARS) {
        None => part.chars().map(clean).collect(),
        Some(_) => part.chars().take(MAX_PART_CHARS - 1).map(clean).chain(['…']).collect(),
    }
}

const MAX_PART_CHARS: usize = 60;
