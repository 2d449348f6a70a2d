//! Documents as people like to read them.

use serde_json::Value;

/// A document as YAML. Texts that some reader could take for anything else stand in quotes.
pub fn yaml(document: &Value) -> String {
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    serde_saphyr::to_string_with_options(document, options).expect("JSON has a text in YAML")
}
