//! YAML 1.2 (and JSON, its subset) into the tree; what a configuration file has no use for is refused.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput};

use super::{
    node::{Entry, Node, Scalar, Style, Value},
    report::{Findings, Place, quoted},
};

/// Reads a text; `None` when it cannot be read to its end, which is then reported.
pub(super) fn read(text: &str, findings: &Findings<'_>) -> Option<Node> {
    let start = Place { line: 1, column: 1, path: String::new() };
    if text.len() > MAX_BYTES {
        findings.mistake(&start, format!("{} bytes", text.len()), format!("at most {MAX_BYTES} bytes"));
        return None;
    }
    let mut reader = Reader { events: Parser::new_from_str(text), findings, nodes: 0 };
    reader.document().ok()
}

/// Reading cannot go on; the mistake is reported.
struct Stopped;

struct Reader<'a> {
    events: Parser<'a, StrInput<'a>>,
    findings: &'a Findings<'a>,
    nodes: usize,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Node, Stopped> {
        let mut root = None;
        loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing, _) => {}
                (Event::StreamEnd, span) => return root.ok_or_else(|| self.empty(&span)),
                (_, span) if root.is_some() => return Err(self.refuse(&span, "a second document", "one per file")),
                (event, span) => root = Some(self.node(event, &span, 0)?),
            }
        }
    }

    fn node(&mut self, event: Event<'a>, span: &Span, depth: usize) -> Result<Node, Stopped> {
        self.nodes += 1;
        if depth > MAX_DEPTH || self.nodes > MAX_NODES {
            let expected = format!("at most {MAX_DEPTH} levels and {MAX_NODES} values");
            return Err(self.refuse(span, "too much in one file", &expected));
        }
        let (mut line, column) = position(span);
        let value = match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_extras(span, anchor, tag.is_some());
                let (text, style) = (text.into_owned(), written(style));
                if style == Style::Literal {
                    line -= blank_lines(&text).min(line - 1);
                }
                Value::Scalar(Scalar { text, style, is_whole: true })
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_extras(span, anchor, tag.is_some());
                Value::Sequence(self.items(depth + 1)?)
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_extras(span, anchor, tag.is_some());
                Value::Mapping(self.entries(depth + 1)?)
            }
            _ => {
                self.refuse(span, "an alias", "the value written out: aliases and anchors are not read");
                Value::Mistaken
            }
        };
        Ok(Node { line, column, value })
    }

    fn items(&mut self, depth: usize) -> Result<Vec<Node>, Stopped> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, span) => items.push(self.node(event, &span, depth)?),
            }
        }
    }

    fn entries(&mut self, depth: usize) -> Result<Vec<Entry>, Stopped> {
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(entries);
            }
            let key = self.node(event, &span, depth)?;
            let (event, value_span) = self.next()?;
            let value = self.node(event, &value_span, depth)?;
            let Value::Scalar(Scalar { text: name, .. }) = key.value else {
                self.refuse(&span, "a member without a plain name", "`name: value`");
                continue;
            };
            if let Some(first) = entries.iter().find(|entry| entry.key == name) {
                let found = format!("{} a second time (first in line {})", quoted(&name), first.line);
                self.refuse(&span, &found, "each member once");
            } else {
                entries.push(Entry { key: name, line: key.line, column: key.column, value });
            }
        }
    }

    fn refuse_extras(&self, span: &Span, anchor: usize, tagged: bool) {
        if anchor != 0 {
            self.refuse(span, "an anchor", "the value alone: aliases and anchors are not read");
        }
        if tagged {
            self.refuse(span, "a tag", "the value alone: tags are not read");
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), Stopped> {
        match self.events.next() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(self.broken(&error)),
            None => Err(self.unfinished()),
        }
    }

    fn broken(&self, error: &ScanError) -> Stopped {
        let marker = *error.marker();
        self.refuse(&Span::empty(marker), &format!("broken YAML ({})", error.info()), "YAML or JSON")
    }

    fn unfinished(&self) -> Stopped {
        let start = Span::empty(Marker::new(0, 1, 0));
        self.refuse(&start, "a file without an end", "YAML or JSON")
    }

    fn empty(&self, span: &Span) -> Stopped {
        self.refuse(span, "an empty file", "a mapping such as `services: []`")
    }

    fn refuse(&self, span: &Span, found: &str, expected: &str) -> Stopped {
        let (line, column) = position(span);
        self.findings.mistake(&Place { line, column, path: String::new() }, found, expected);
        Stopped
    }
}

fn written(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted | ScalarStyle::Folded => Style::Quoted,
    }
}

/// The blank lines at the start of a literal block, whose position is that of its first other line.
fn blank_lines(text: &str) -> usize {
    text.bytes().take_while(|byte| *byte == b'\n').count()
}

fn position(span: &Span) -> (usize, usize) {
    (span.start.line(), span.start.col() + 1)
}

const MAX_BYTES: usize = 16 * 1024 * 1024;
const MAX_DEPTH: usize = 16;
const MAX_NODES: usize = 1_000_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mistakes(text: &str) -> String {
        let findings = Findings::new("f");
        read(text, &findings);
        findings.conclude().unwrap_err().to_string()
    }

    #[test]
    fn a_syntax_error_has_its_line_and_column() {
        assert!(
            mistakes("a: 1\nb: 'x\nc: {]").starts_with("f:2:4: found broken YAML ("),
            "{}",
            mistakes("a: 1\nb: 'x")
        );
        assert!(mistakes("a: [1\nb: 2\n").starts_with("f:2:2: found broken YAML ("), "{}", mistakes("a: [1\nb: 2\n"));
    }

    #[test]
    fn a_member_stands_once_and_the_message_says_where_it_stood_first() {
        assert_eq!(
            mistakes("a: 1\na: 2"),
            "f:2:1: found `a` a second time (first in line 1), expected each member once"
        );
    }

    #[test]
    fn aliases_anchors_tags_further_documents_and_endless_depth_are_refused() {
        assert_eq!(mistakes("a: &x 1\nb: *x").matches("not read").count(), 2);
        assert!(mistakes("a: !!str 1").contains("found a tag"));
        assert!(mistakes("a: 1\n---\nb: 2").contains("f:3:1: found a second document"));
        assert!(mistakes(&"- ".repeat(18)).contains("found too much in one file"));
        assert!(mistakes("").contains("found an empty file"));
        assert!(mistakes("? [a]\n: 1").contains("found a member without a plain name"));
    }

    #[test]
    fn a_literal_block_starts_in_its_first_line_even_when_that_is_blank() {
        let findings = Findings::new("f");
        let Value::Mapping(entries) = read("a: |\n\n  x\n", &findings).unwrap().value else { panic!("a mapping") };
        assert_eq!((entries[0].value.line, entries[0].value.column), (2, 3));
    }

    #[test]
    fn json_is_read_too_and_members_know_their_lines() {
        let findings = Findings::new("f");
        let node = read("{\n  \"a\": [1,\n    {\"b\":\"c\"}]\n}", &findings).unwrap();
        let Value::Mapping(entries) = node.value else { panic!("a mapping") };
        let Value::Sequence(items) = &entries[0].value.value else { panic!("a sequence") };
        assert_eq!((items[1].line, items[1].column), (3, 5));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[\\[\\]{}:,\\-|>&*!?\"'#%@`$\\\\ \\n\\ta-c0-9é]{0,60}") {
            let findings = Findings::new("f");
            let tree = read(&text, &findings);
            prop_assert!(tree.is_some() || findings.conclude().is_err());
        }
    }
}
