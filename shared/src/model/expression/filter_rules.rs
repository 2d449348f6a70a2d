//! Which filters are asked of the JSONPath engine, and what they cost.

use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, FnArg, Literal, Segment, Selector, SingularQuery, Test, TestFunction,
};

use super::{error::ExpressionError, json_rules::REGEX_WORK, regex};

/// Comparisons that a filter makes for one value.
pub(super) fn filter_work(filter: &Filter) -> Result<usize, ExpressionError> {
    match filter {
        Filter::Or(parts) | Filter::And(parts) => parts.iter().map(filter_work).sum(),
        Filter::Atom(FilterAtom::Filter { expr, .. }) => filter_work(expr),
        Filter::Atom(FilterAtom::Test { expr, .. }) => test_work(expr),
        Filter::Atom(FilterAtom::Comparison(comparison)) => comparison_work(comparison),
    }
}

fn test_work(test: &Test) -> Result<usize, ExpressionError> {
    match test {
        Test::RelQuery(segments) if segments.iter().all(stays_below) => Ok(1),
        Test::RelQuery(_) => Err(ExpressionError::new("@", "leads to `..` or another filter inside a filter")
            .instead("a path of names, indexes, `*` and slices")),
        Test::AbsQuery(query) if is_singular(&query.segments) => Ok(1),
        Test::AbsQuery(_) => Err(ExpressionError::new("$", "selects many values inside a filter")
            .instead("a path of names and indexes after `$`")),
        Test::Function(function) => regex_work(function),
    }
}

fn regex_work(function: &TestFunction) -> Result<usize, ExpressionError> {
    let (TestFunction::Match(value, pattern) | TestFunction::Search(value, pattern)) = function else {
        return Err(ExpressionError::new(name(function), "gives a value, and stands where a condition is needed")
            .instead("a comparison, `length(@.a) > 0`"));
    };
    require_value_of_item(value, name(function))?;
    match pattern {
        FnArg::Literal(Literal::String(pattern)) => regex::permitted(pattern).map(|()| REGEX_WORK),
        _ => Err(ExpressionError::new(name(function), "takes its regular expression from the document")
            .instead("it as a string in quotes")),
    }
}

fn comparison_work(comparison: &Comparison) -> Result<usize, ExpressionError> {
    let (left, right) = comparison.vals();
    for side in [left, right] {
        match side {
            Comparable::Function(TestFunction::Length(value)) => require_value_of_item(value, "length")?,
            Comparable::Function(other) => {
                return Err(ExpressionError::new(name(other), "is not available in a filter").instead("`length(@.a)`"));
            }
            Comparable::Literal(_) | Comparable::SingularQuery(_) => {}
        }
    }
    let absolute = |side: &Comparable| matches!(side, Comparable::SingularQuery(SingularQuery::Root(_)));
    if absolute(left) && absolute(right) {
        return Err(ExpressionError::new("$", "stands on both sides of a comparison").instead("`@` on one side"));
    }
    Ok(1)
}

/// The engine takes other arguments too, and then counts or compares something else than RFC 9535 says.
fn require_value_of_item(argument: &FnArg, function: &str) -> Result<(), ExpressionError> {
    if let FnArg::Test(test) = argument
        && let Test::RelQuery(segments) = &**test
        && is_singular(segments)
    {
        return Ok(());
    }
    let error = ExpressionError::new(&format!("{function}(…)"), "has an argument that is not one value of the item");
    Err(error.instead(format!("`{function}(@.a…)` with names and indexes only")))
}

fn is_singular(segments: &[Segment]) -> bool {
    segments.iter().all(|segment| matches!(segment, Segment::Selector(Selector::Name(_) | Selector::Index(_))))
}

/// Neither `..` nor a filter, which the engine misreads right after `@`.
fn stays_below(segment: &Segment) -> bool {
    matches!(segment, Segment::Selector(selector) if !matches!(selector, Selector::Filter(_)))
}

fn name(function: &TestFunction) -> &str {
    match function {
        TestFunction::Custom(name, _) => name,
        TestFunction::Length(_) => "length",
        TestFunction::Value(_) => "value",
        TestFunction::Count(_) => "count",
        TestFunction::Search(..) => "search",
        TestFunction::Match(..) => "match",
    }
}
