//! Maps of API Gateway events as lists of names and values: a map may be null, and so may each value of it.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// Every value by name, from the map that shows repetitions where there is one: the other keeps the last value alone, and
/// is not read then.
pub(super) fn pairs(
    single: Option<&RawValue>,
    multi: Option<Pairs<List>>,
) -> serde_json::Result<Vec<(String, String)>> {
    match (multi, single) {
        (Some(multi), _) => Ok(multi.into_vec()),
        (None, Some(single)) => Ok(serde_json::from_str::<Pairs>(single.get())?.into_vec()),
        (None, None) => Ok(Vec::new()),
    }
}

/// What a map has under a name: texts, none of them or several.
pub(super) trait Values: for<'de> Deserialize<'de> {
    /// Appends each text with the name.
    fn append(self, name: String, pairs: &mut Vec<(String, String)>);
}

/// One text, or null.
pub(super) type One = Option<String>;

/// Texts, or null.
pub(super) type List = Option<Vec<String>>;

/// Every value by name, in the order of the event.
pub(super) struct Pairs<V = One>(Vec<(String, String)>, PhantomData<V>);

impl<V> Pairs<V> {
    /// Names and values.
    pub(super) fn into_vec(self) -> Vec<(String, String)> {
        self.0
    }
}

impl Values for One {
    fn append(self, name: String, pairs: &mut Vec<(String, String)>) {
        pairs.extend(self.map(|value| (name, value)));
    }
}

impl Values for List {
    fn append(self, name: String, pairs: &mut Vec<(String, String)>) {
        let mut values = self.unwrap_or_default();
        let last = values.pop();
        pairs.extend(values.into_iter().map(|value| (name.clone(), value)));
        pairs.extend(last.map(|value| (name, value)));
    }
}

impl<'de, V: Values> Deserialize<'de> for Pairs<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reading(PhantomData))
    }
}

struct Reading<V>(PhantomData<V>);

impl<'de, V: Values> Visitor<'de> for Reading<V> {
    type Value = Pairs<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<V>, A::Error> {
        let mut pairs = Vec::with_capacity(USUAL);
        while let Some((name, values)) = map.next_entry::<String, V>()? {
            values.append(name, &mut pairs);
        }
        Ok(Pairs(pairs, PhantomData))
    }
}

/// What most maps of headers fit in.
const USUAL: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn read<V: Values>(text: &str) -> Vec<(String, String)> {
        serde_json::from_str::<Pairs<V>>(text).unwrap().into_vec()
    }

    fn expected(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn every_value_has_its_name_and_its_place() {
        assert_eq!(read::<One>(r#"{"a":"1","b":null,"c":"2"}"#), expected(&[("a", "1"), ("c", "2")]));
        let lists = r#"{"a":["1","2","3"],"b":[],"c":null,"d":["4"]}"#;
        assert_eq!(read::<List>(lists), expected(&[("a", "1"), ("a", "2"), ("a", "3"), ("d", "4")]));
    }

    #[test]
    fn a_name_that_stands_twice_has_both_values() {
        assert_eq!(read::<One>(r#"{"a":"1","a":"2"}"#), expected(&[("a", "1"), ("a", "2")]));
    }

    #[test]
    fn other_values_are_refused() {
        for text in [r#"["a"]"#, r#"{"a":1}"#, r#"{"a":{"b":"c"}}"#] {
            assert!(serde_json::from_str::<Pairs>(text).is_err(), "{text}");
        }
    }
}
