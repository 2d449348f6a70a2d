//! A CloudFormation template as JSON, its short forms (`!Ref`, `!Sub` …) written out.

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput, Tag};
use serde_json::{Map, Value, json};

/// Reads a template.
#[track_caller]
pub(crate) fn read(text: &str) -> Value {
    let mut events = Events(Parser::new_from_str(text));
    loop {
        match events.next() {
            Event::StreamStart | Event::DocumentStart(_) => {}
            event => return events.value(event),
        }
    }
}

struct Events<'a>(Parser<'a, StrInput<'a>>);

impl<'a> Events<'a> {
    fn next(&mut self) -> Event<'a> {
        let event = self.0.next().expect("a document has an end");
        event.unwrap_or_else(|error| panic!("{error}")).0
    }

    fn value(&mut self, event: Event<'a>) -> Value {
        match event {
            Event::Scalar(text, ScalarStyle::Plain, _, None) => plain(&text),
            Event::Scalar(text, _, _, tag) => written_out(tag.as_deref(), text.into()),
            Event::SequenceStart(_, tag) => written_out(tag.as_deref(), self.items()),
            Event::MappingStart(_, tag) => written_out(tag.as_deref(), self.members()),
            other => panic!("a template has no {other:?}"),
        }
    }

    fn items(&mut self) -> Value {
        let mut items = Vec::new();
        loop {
            match self.next() {
                Event::SequenceEnd => return items.into(),
                event => items.push(self.value(event)),
            }
        }
    }

    fn members(&mut self) -> Value {
        let mut members = Map::new();
        loop {
            let name = match self.next() {
                Event::MappingEnd => return members.into(),
                Event::Scalar(name, ..) => name.into_owned(),
                other => panic!("a member's name is {other:?}"),
            };
            let value = self.next();
            let value = self.value(value);
            assert!(members.insert(name.clone(), value).is_none(), "{name} stands twice");
        }
    }
}

/// Booleans and numbers as such, everything else as text.
fn plain(text: &str) -> Value {
    serde_json::from_str(text).ok().filter(|value: &Value| !value.is_null()).unwrap_or_else(|| text.into())
}

fn written_out(tag: Option<&Tag>, value: Value) -> Value {
    match tag.map(|tag| tag.suffix.as_str()) {
        None => value,
        Some(name @ ("Ref" | "Condition")) => json!({ name: value }),
        Some(name) => json!({ format!("Fn::{name}"): value }),
    }
}
