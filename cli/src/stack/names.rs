//! Names of resources, which hold letters and digits alone.

use shared::{
    model::{HttpUri, ServiceDefinition},
    protocol::Digest,
};

use super::NamedService;

/// Each service under its own name; names that letters and digits do not tell apart also get a digest of the spkey.
pub(super) fn named<'a>(services: &'a [ServiceDefinition], issuer: Option<&'a HttpUri>) -> Vec<NamedService<'a>> {
    let words: Vec<String> = services.iter().map(|service| joined(service.name.as_str())).collect();
    let is_enough = |word: &String| !word.is_empty() && words.iter().filter(|other| *other == word).count() == 1;
    let id = |service: &ServiceDefinition, word: &String| {
        if is_enough(word) { word.clone() } else { format!("{word}{}", suffix(service)) }
    };
    services.iter().zip(&words).map(|(service, word)| NamedService { id: id(service, word), service, issuer }).collect()
}

/// `my-orders` -> `MyOrders`.
fn joined(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
    };
    name.split(|c: char| !c.is_ascii_alphanumeric()).map(capital).collect()
}

fn suffix(service: &ServiceDefinition) -> String {
    let digest = Digest::of(service.spkey.as_str().as_bytes());
    digest.as_bytes().iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::tests::services;

    fn ids(names: &[&str]) -> Vec<String> {
        let entry = |(at, name): (usize, &&str)| {
            format!("- {{ name: '{name}', spkey: k{at}, base_path: /b{at}, backend: 'http://b' }}\n")
        };
        let file: String = names.iter().enumerate().map(entry).collect();
        named(&services(&file), None).into_iter().map(|named| named.id).collect()
    }

    #[test]
    fn a_name_is_its_words_with_capitals() {
        assert_eq!(ids(&["orders", "my-orders", "a.b:c_D"]), ["Orders", "MyOrders", "ABCD"]);
    }

    #[test]
    fn what_letters_do_not_tell_apart_gets_a_digest() {
        let ids = ids(&["my-orders", "my.orders", "...", "orders"]);
        assert!(
            ids[0].starts_with("MyOrders") && ids[0].len() == 16 && ids[1].len() == 16 && ids[0] != ids[1],
            "{ids:?}"
        );
        assert!(ids[2].len() == 8 && ids[3] == "Orders", "{ids:?}");
    }
}
