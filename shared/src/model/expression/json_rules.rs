//! Which JSONPaths are asked of the engine: those it answers as RFC 9535 says, at a cost that can be told beforehand.

use jsonpath_rust::parser::model::{JpQuery, Segment, Selector};

use super::{error::ExpressionError, filter_rules::filter_work};

/// What evaluating a path means, told from the path alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// It names at most one value: nothing but names and indexes.
    pub(super) definite: bool,
    /// How often it may pass the same value.
    pub(super) copies: usize,
    /// Comparisons for each value that its filters look at.
    pub(super) filter_work: usize,
}

pub(super) fn shape(query: &JpQuery) -> Result<Shape, ExpressionError> {
    let mut shape = Shape { definite: true, copies: 1, filter_work: 0 };
    let mut descendants = 0;
    for segment in &query.segments {
        let (descends, selectors) = match segment {
            Segment::Descendant(inner) => (true, selectors(inner)),
            _ => (false, selectors(segment)),
        };
        descendants += usize::from(descends);
        if descendants > 1 {
            let error = ExpressionError::new("..", "stands twice, which costs too much on a deep document");
            return Err(error.instead("the path between the two"));
        }
        if selectors.len() > 1 {
            union_permitted(selectors.len(), shape.definite && !descends)?;
            shape.copies *= selectors.len();
        }
        shape.definite &= !descends && matches!(selectors, [Selector::Name(_) | Selector::Index(_)]);
        for selector in selectors {
            if let Selector::Filter(filter) = selector {
                shape.filter_work += filter_work(filter)?;
            }
        }
    }
    Ok(shape)
}

fn selectors(segment: &Segment) -> &[Selector] {
    match segment {
        Segment::Selector(selector) => std::slice::from_ref(selector),
        Segment::Selectors(selectors) => selectors,
        Segment::Descendant(_) => &[],
    }
}

/// After a segment that selects many values the engine gives all first members, then all second ones; RFC 9535 wants
/// them value by value.
fn union_permitted(selectors: usize, of_one_value: bool) -> Result<(), ExpressionError> {
    if !of_one_value {
        let error = ExpressionError::new("[…,…]", "follows a part that selects many values, and would be out of order");
        return Err(error.instead("one path for each"));
    }
    if selectors > MAX_UNION {
        return Err(ExpressionError::new("[…,…]", format!("lists more than {MAX_UNION} selectors")));
    }
    Ok(())
}

/// Work of one regular expression, in comparisons.
pub(super) const REGEX_WORK: usize = 2_000;
const MAX_UNION: usize = 16;
