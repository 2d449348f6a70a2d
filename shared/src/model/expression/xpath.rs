//! XPath 1.0: uppsala behind one type, asked only what it answers right, within a budget told from the document.

use uppsala::{XPathEvaluator, XPathValue};

use super::{
    Found, MAX_VALUE_BYTES,
    document::XmlDocument,
    error::ExpressionError,
    xpath_rules::{Traits, traits},
};

/// An XPath that parses, with what its evaluation needs.
///
/// Names mean what XPath 1.0 says: without a prefix, an element in no namespace; whatever the namespace,
/// `*[local-name()='uid']`. A prefix stands for what the document's root element declares for it; without that nothing
/// is found. One difference remains: `<` and `>` look at the first node only where an operand selects several.
#[derive(Clone)]
pub(super) struct XPath {
    text: String,
    traits: Traits,
}

impl XPath {
    pub(super) fn parse(text: &str) -> Result<Self, ExpressionError> {
        let traits = traits(text)?;
        let document = uppsala::parse("<a/>").map_err(|error| ExpressionError::new(text, error.to_string()))?;
        evaluator(usize::MAX).evaluate(&document, document.root(), text).map_err(|error| {
            ExpressionError::new(text, format!("cannot be read as XPath 1.0 ({})", reason(&error.to_string())))
        })?;
        Ok(Self { text: text.to_owned(), traits })
    }

    /// The text of the first node, or the string, number or boolean as text.
    pub(super) fn evaluate(&self, document: &XmlDocument) -> Found {
        let mut evaluator = evaluator(self.visits(document));
        for prefix in &self.traits.prefixes {
            match declared(document, prefix) {
                Some(uri) => evaluator.add_namespace(prefix, uri),
                None => return Found::NoMatch,
            }
        }
        let tree = &document.tree;
        match evaluator.evaluate(tree, tree.root(), &self.text) {
            Ok(XPathValue::NodeSet(nodes)) if nodes.is_empty() => Found::NoMatch,
            Ok(XPathValue::Number(number)) if number.is_nan() => Found::NoMatch,
            Ok(value) => {
                let text = value.to_string_value(tree);
                if text.len() > MAX_VALUE_BYTES { Found::TooLarge } else { Found::Value(text) }
            }
            // Whatever else can fail has failed when the expression was saved.
            Err(_) => Found::TooLarge,
        }
    }

    /// Nodes that may be visited. What repeats (a predicate, a comparison) may read a text as long as the document at
    /// every visit; what does not is linear.
    fn visits(&self, document: &XmlDocument) -> usize {
        if self.traits.repeats {
            (MAX_STEPS / (document.nodes + document.bytes / BYTES_PER_STEP + 1)).min(MAX_VISITS)
        } else {
            MAX_VISITS
        }
    }
}

fn evaluator(visits: usize) -> XPathEvaluator {
    XPathEvaluator::new().with_max_depth(MAX_NESTING).with_max_node_visits(visits)
}

fn declared<'d>(document: &'d XmlDocument, prefix: &str) -> Option<&'d str> {
    let root = document.tree.element(document.tree.document_element()?)?;
    let mut declarations = root.namespace_declarations.iter();
    declarations.find(|(name, _)| name == prefix).map(|(_, uri)| &**uri)
}

fn reason(message: &str) -> &str {
    message.rsplit_once("error: ").map_or(message, |(_, reason)| reason)
}

const MAX_NESTING: u32 = 12;
/// Visits of a path through the largest document that the guard lets pass.
const MAX_VISITS: usize = 1_000_000;
/// Visits times the size of the document: less than a second.
const MAX_STEPS: usize = 400_000_000;
/// Bytes copied in the time that one node takes.
const BYTES_PER_STEP: usize = 64;
