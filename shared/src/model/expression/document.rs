//! A provider's answer, parsed once for all the expressions that are asked of it.

use serde_json::Value;
use uppsala::Parser;

use super::guard;

/// The longest body that is parsed, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 256 * 1024;

/// The body of an answer, by what its content type says it is.
#[derive(Clone, Debug)]
pub enum Document {
    /// `application/json`, `text/json`, or a type that ends in `+json`.
    Json(Value),
    /// `application/xml`, `text/xml`, or a type that ends in `+xml`.
    Xml(Box<XmlDocument>),
    /// The content type says JSON; the body is none, nests deeper than 128, or is over [`MAX_DOCUMENT_BYTES`].
    NotJson,
    /// The content type says XML; the body is none, or passes a limit (document type, depth 64, 64 attributes of
    /// an element, 64 namespace declarations, 50,000 elements, [`MAX_DOCUMENT_BYTES`]).
    NotXml,
    /// Any other content type, or none.
    Other,
}

/// A parsed XML document that the guard has let through.
#[derive(Clone, Debug)]
pub struct XmlDocument {
    pub(super) tree: uppsala::Document<'static>,
    pub(super) nodes: usize,
    pub(super) bytes: usize,
}

impl Document {
    /// Reads a body as its content type says; parameters such as `charset` are ignored, the text is UTF-8.
    #[must_use]
    pub fn parse(content_type: Option<&str>, body: &[u8]) -> Self {
        let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
        let media_type = media_type.trim().to_ascii_lowercase();
        if matches!(&*media_type, "application/json" | "text/json") || media_type.ends_with("+json") {
            json(body).map_or(Self::NotJson, Self::Json)
        } else if matches!(&*media_type, "application/xml" | "text/xml") || media_type.ends_with("+xml") {
            xml(body).map_or(Self::NotXml, |document| Self::Xml(Box::new(document)))
        } else {
            Self::Other
        }
    }
}

impl XmlDocument {
    /// The names of its elements as they are written, each once, in the order of the document.
    #[must_use]
    pub fn element_names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for id in self.tree.descendants(self.tree.root()) {
            let Some(element) = self.tree.element(id) else { continue };
            let prefix = element.name.prefix.as_ref().map(|prefix| format!("{prefix}:")).unwrap_or_default();
            let name = format!("{prefix}{}", element.name.local_name);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

fn json(body: &[u8]) -> Option<Value> {
    serde_json::from_str(text(body)?).ok()
}

fn xml(body: &[u8]) -> Option<XmlDocument> {
    let text = text(body)?;
    let nodes = guard::count_nodes(text).ok()?;
    let parser = Parser::new().with_max_depth(guard::MAX_DEPTH as u32).with_forbid_dtd(true);
    let mut tree = parser.parse(text).ok()?.into_static();
    tree.prepare_xpath();
    Some(XmlDocument { tree, nodes, bytes: text.len() })
}

fn text(body: &[u8]) -> Option<&str> {
    let text = (body.len() <= MAX_DOCUMENT_BYTES).then(|| std::str::from_utf8(body).ok()).flatten()?;
    Some(text.strip_prefix('\u{feff}').unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(content_type: &str, body: &[u8]) -> &'static str {
        match Document::parse(Some(content_type), body) {
            Document::Json(_) => "json",
            Document::Xml(_) => "xml",
            Document::NotJson => "not json",
            Document::NotXml => "not xml",
            Document::Other => "other",
        }
    }

    #[test]
    fn the_content_type_decides() {
        for json in ["application/json", "Application/JSON; charset=utf-8", "text/json", "application/scim+json"] {
            assert_eq!(kind(json, b"{}"), "json", "{json}");
            assert_eq!(kind(json, b"<a/>"), "not json", "{json}");
        }
        for xml in ["application/xml", "text/xml;charset=UTF-8", "application/soap+xml"] {
            assert_eq!(kind(xml, b"<a/>"), "xml", "{xml}");
            assert_eq!(kind(xml, b"{}"), "not xml", "{xml}");
        }
        assert_eq!(kind("text/html", b"<a/>"), "other");
        assert!(matches!(Document::parse(None, b"{}"), Document::Other));
    }

    #[test]
    fn the_elements_of_a_document_are_named_once_each() {
        let Document::Xml(document) = Document::parse(Some("text/xml"), b"<a xmlns:p='u'><p:b>1</p:b><c/><p:b/></a>")
        else {
            panic!("it is XML")
        };
        assert_eq!(document.element_names(), ["a", "p:b", "c"]);
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        assert_eq!(kind("text/xml", "\u{feff}<a/>".as_bytes()), "xml");
        assert_eq!(kind("text/json", "\u{feff}{}".as_bytes()), "json");
    }

    #[test]
    fn z16_what_is_too_long_too_deep_or_not_utf_8_is_not_parsed() {
        let string = |length: usize| format!("\"{}\"", "a".repeat(length - 2));
        assert_eq!(kind("text/json", string(MAX_DOCUMENT_BYTES).as_bytes()), "json");
        assert_eq!(kind("text/json", string(MAX_DOCUMENT_BYTES + 1).as_bytes()), "not json");
        assert_eq!(kind("text/json", "[".repeat(200_000).as_bytes()), "not json");
        assert_eq!(kind("text/json", b"\"\xe4\""), "not json");
        assert_eq!(kind("text/xml", b"<a>\xe4</a>"), "not xml");
    }

    #[test]
    fn z16_no_entity_but_the_five_is_expanded() {
        assert_eq!(kind("text/xml", b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"), "not xml");
        assert_eq!(kind("text/xml", b"<a>&lt;&#65;</a>"), "xml");
        assert_eq!(kind("text/xml", b"<a>&unknown;</a>"), "not xml");
    }
}
