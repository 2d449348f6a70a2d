//! JSON objects as written: members in order, twice-named ones kept, each with its line.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Located, mistake::Mistakes, piece::Piece};

/// A member of an object.
pub(super) struct Member {
    pub(super) name: Located<String>,
    pub(super) value: Json,
}

/// As much of a JSON value as pre-inputs can hold.
pub(super) enum Json {
    Text(String),
    Object(Vec<Member>),
    /// Anything else, by what it is called.
    Other(&'static str),
}

/// Reads a piece of text as one JSON object whose names are each there once.
pub(super) fn object(piece: Piece, key: &str, mistakes: &mut Mistakes) -> Option<Vec<Member>> {
    if !piece.text.starts_with('{') {
        let found =
            if piece.text.is_empty() { String::new() } else { format!("column {}: {}", piece.column, piece.text) };
        mistakes.add(piece.line, Some(key), &found, "a JSON object, which starts with `{`");
        return None;
    }
    let mut json = serde_json::Deserializer::from_str(piece.text);
    let read = Seed { piece }.deserialize(&mut json).and_then(|value| json.end().map(|()| value));
    match read {
        Ok(Json::Object(members)) => {
            unique(&members, key, mistakes);
            Some(members)
        }
        Ok(_) => None,
        Err(error) => {
            syntax_mistake(piece, &error, key, mistakes);
            None
        }
    }
}

fn unique(members: &[Member], key: &str, mistakes: &mut Mistakes) {
    for (at, member) in members.iter().enumerate() {
        if members[..at].iter().any(|earlier| earlier.name.value == member.name.value) {
            let name = &member.name;
            mistakes.add(name.line, Some(key), &format!("a second \"{}\"", name.value), "each name once");
        }
        if let Json::Object(inner) = &member.value {
            unique(inner, key, mistakes);
        }
    }
}

fn syntax_mistake(piece: Piece, error: &serde_json::Error, key: &str, mistakes: &mut Mistakes) {
    if let Some(open) = piece.unclosed().filter(|_| error.is_eof()) {
        let expected = format!("`}}` for the object that opens in line {}, column {}", open.line, open.column);
        mistakes.add(open.line, Some(key), &format!("column {}: {}", open.column, open.text), expected);
        return;
    }
    let lines = piece.text.split_inclusive('\n');
    let line_start: usize = lines.take(error.line().saturating_sub(1)).map(str::len).sum();
    let column = error.column().saturating_sub(1);
    let at = (line_start + column).min(piece.text.len());
    let at = (0..=at).rev().find(|at| piece.text.is_char_boundary(*at)).unwrap_or(0);
    let rest = piece.part(at..piece.text.len());
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    mistakes.add(rest.line, Some(key), &format!("column {}: {}", rest.column, rest.text), format!("JSON ({message})"));
}

struct Seed<'p> {
    piece: Piece<'p>,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Json, E> {
        Ok(Json::Other("a boolean"))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Json, E> {
        Ok(Json::Other("a number"))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Json, E> {
        Ok(Json::Other("a number"))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Other("a number"))
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Other("null"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Json::Other("an array"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        let mut line = self.piece.line;
        while let Some(name) = map.next_key_seed(NameSeed { piece: self.piece, after: line })? {
            line = name.line;
            members.push(Member { name, value: map.next_value_seed(Seed { piece: self.piece })? });
        }
        Ok(Json::Object(members))
    }
}

/// A name, placed by where it lies in the text; one with escapes is a copy, and gets the line of the name before it.
struct NameSeed<'p> {
    piece: Piece<'p>,
    after: usize,
}

impl<'de> DeserializeSeed<'de> for NameSeed<'_> {
    type Value = Located<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for NameSeed<'_> {
    type Value = Located<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name in quotes")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
        let at = name.as_ptr().addr().saturating_sub(self.piece.text.as_ptr().addr());
        let before = self.piece.text.get(..at).unwrap_or_default();
        Ok(Located { line: self.piece.line + before.matches('\n').count(), value: name.to_owned() })
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Located { line: self.after, value: name.to_owned() })
    }
}
