//! The file as a tree that knows its lines: what YAML says, before anyone knows what it means.

/// A value and where it starts.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Line, counted from 1; of a literal block its first line of text.
    pub(super) line: usize,
    /// Column in characters, counted from 1.
    pub(super) column: usize,
    pub(super) value: Value,
}

/// What stands there.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Scalar(Scalar),
    Sequence(Vec<Node>),
    Mapping(Vec<Entry>),
    /// A mistake is already reported: every reader stays silent about it.
    Mistaken,
    /// A reference that gave nothing, where not everything is needed.
    Unset(Unset),
}

/// A reference that gave nothing.
#[derive(Clone, Debug)]
pub(super) struct Unset {
    pub(super) found: String,
    pub(super) expected: String,
    /// Whether it is a mistake all the same, unless a secret stands there.
    pub(super) is_needed: bool,
}

/// A text, number, boolean or null: which of them, the reader decides.
#[derive(Clone, Debug)]
pub(super) struct Scalar {
    pub(super) text: String,
    pub(super) style: Style,
    /// Whether every line is there: one with a mistake that is reported already is left empty.
    pub(super) is_whole: bool,
}

/// How a scalar is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Without quotes: it can be a number, a boolean or null.
    Plain,
    /// In quotes, or folded with `>`: always a text.
    Quoted,
    /// After `|`: a text whose lines are the file's.
    Literal,
    /// The value of `${env:NAME}` or `${file:PATH}`, which this text names; it is never shown.
    Resolved(String),
}

/// One member of a mapping.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) value: Node,
}

impl Scalar {
    /// Whether it is `null`: `~`, `null`, or nothing at all, without quotes.
    pub(super) fn is_null(&self) -> bool {
        self.style == Style::Plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }
}
