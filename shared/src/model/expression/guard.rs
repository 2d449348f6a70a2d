//! One streaming pass over an XML document before anything builds a tree of it.

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

/// A document that costs too much to build or to search, or that declares a document type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused;

/// Counts the nodes of a document (elements, attributes, pieces of text) and stops at the first limit passed.
pub(super) fn count_nodes(text: &str) -> Result<usize, Refused> {
    let mut reader = Reader::from_str(text);
    let mut seen = Seen::default();
    loop {
        match reader.read_event().map_err(|_| Refused)? {
            Event::Start(tag) => {
                seen.element(&tag)?;
                seen.depth += 1;
            }
            Event::Empty(tag) => seen.element(&tag)?,
            Event::End(_) => seen.depth = seen.depth.saturating_sub(1),
            Event::DocType(_) => return Err(Refused),
            Event::Eof => return Ok(seen.nodes),
            Event::Text(_) | Event::CData(_) | Event::Comment(_) | Event::PI(_) | Event::GeneralRef(_) => {
                seen.nodes += 1;
            }
            Event::Decl(_) => {}
        }
    }
}

#[derive(Default)]
struct Seen {
    depth: usize,
    elements: usize,
    namespaces: usize,
    nodes: usize,
}

impl Seen {
    fn element(&mut self, tag: &BytesStart) -> Result<(), Refused> {
        let mut attributes = 0;
        for attribute in tag.attributes().with_checks(false) {
            attributes += 1;
            self.namespaces += usize::from(attribute.map_err(|_| Refused)?.key.as_ref().starts_with("xmlns"));
            if attributes > MAX_ATTRIBUTES || self.namespaces > MAX_NAMESPACES {
                return Err(Refused);
            }
        }
        self.elements += 1;
        self.nodes += 1 + attributes;
        if self.elements > MAX_ELEMENTS || self.depth >= MAX_DEPTH { Err(Refused) } else { Ok(()) }
    }
}

/// Elements inside one another.
pub(super) const MAX_DEPTH: usize = 64;
/// Attributes of one element: an XML tree took minutes on an element with very many.
const MAX_ATTRIBUTES: usize = 64;
/// Namespace declarations of the whole document: each is looked up again by every name below it.
const MAX_NAMESPACES: usize = 64;
const MAX_ELEMENTS: usize = 50_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn z16_counts_elements_attributes_and_texts() {
        assert_eq!(count_nodes("<?xml version='1.0'?><a b='1'>x<c/>y</a>"), Ok(5));
    }

    #[test]
    fn z16_refuses_a_document_type() {
        assert_eq!(count_nodes("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), Err(Refused));
        assert_eq!(count_nodes("<!DOCTYPE a><a/>"), Err(Refused));
    }

    #[test]
    fn z16_bounds_depth() {
        let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(count_nodes(&nested(64)).is_ok());
        assert_eq!(count_nodes(&nested(65)), Err(Refused));
    }

    #[test]
    fn z16_bounds_attributes_namespaces_and_elements() {
        let attributes = |n: usize| format!("<a {}/>", (0..n).map(|i| format!("b{i}='' ")).collect::<String>());
        assert!(count_nodes(&attributes(64)).is_ok());
        assert_eq!(count_nodes(&attributes(65)), Err(Refused));
        let spaces =
            |n: usize| format!("<r>{}</r>", (0..n).map(|i| format!("<a xmlns:n{i}='u'/>")).collect::<String>());
        assert!(count_nodes(&spaces(64)).is_ok());
        assert_eq!(count_nodes(&spaces(65)), Err(Refused));
        assert!(count_nodes(&format!("<r>{}</r>", "<a/>".repeat(49_999))).is_ok());
        assert_eq!(count_nodes(&format!("<r>{}</r>", "<a/>".repeat(50_000))), Err(Refused));
    }
}
