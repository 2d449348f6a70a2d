//! Regular expressions in JSONPath filters: Jayway's literals, and what the engine may be asked to compile.

use jsonpath_rust::{parser::parse_json_path, query::js_path_process};
use serde_json::json;

use super::error::ExpressionError;

/// Reads `/pattern/flags` and gives the pattern, flags inside it, and what follows.
pub(super) fn read_literal(text: &str) -> Result<(String, &str), ExpressionError> {
    let Some(body) = text.strip_prefix('/') else {
        return Err(ExpressionError::new(text, "is no regular expression").instead("`/…/` after `=~`"));
    };
    let mut pattern = String::new();
    let mut chars = body.char_indices();
    while let Some((at, c)) = chars.next() {
        match (c, body[at..].chars().nth(1)) {
            ('/', _) => return with_flags(pattern, &body[at + 1..]),
            ('\\', Some(escaped)) => {
                pattern += if escaped == '/' { "" } else { "\\" };
                pattern.push(escaped);
                chars.next();
            }
            _ => pattern.push(c),
        }
    }
    Err(ExpressionError::new(text, "is a regular expression that does not end"))
}

fn with_flags(pattern: String, rest: &str) -> Result<(String, &str), ExpressionError> {
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    let (flags, rest) = rest.split_at(end);
    if let Some(flag) = flags.chars().find(|flag| !"imx".contains(*flag)) {
        let error = ExpressionError::new(&flag.to_string(), "is no flag of a regular expression here");
        return Err(error.instead("`i`, `m`, `x` or none"));
    }
    Ok((if flags.is_empty() { pattern } else { format!("(?{flags}){pattern}") }, rest))
}

/// Refuses a pattern that the engine would treat as one that never matches, or that is costly to compile: it compiles
/// a pattern anew for every value it looks at.
pub(super) fn permitted(pattern: &str) -> Result<(), ExpressionError> {
    if !compiles(pattern) {
        let error = ExpressionError::new(pattern, "is not a regular expression of this engine");
        return Err(error.instead("it without look-around, back references and possessive quantifiers"));
    }
    if cost(pattern) > MAX_COST {
        return Err(
            ExpressionError::new(pattern, "is too costly a regular expression").instead("it with smaller counts")
        );
    }
    Ok(())
}

/// The engine finds nothing with a pattern that does not compile; this one finds the empty text if it does.
fn compiles(pattern: &str) -> bool {
    let literal = format!("|{pattern}").replace('\\', "\\\\").replace('\'', "\\'");
    let probe = parse_json_path(&format!("$[?search(@, '{literal}')]"));
    probe.is_ok_and(|probe| js_path_process(&probe, &json!([""])).is_ok_and(|found| found.len() == 1))
}

/// Length, with classes of Unicode counted eightfold, times what counted repetitions make of it.
fn cost(pattern: &str) -> usize {
    let classes = pattern.match_indices('\\').count();
    let mut widest = 1;
    let mut groups: usize = 1;
    for (at, _) in pattern.match_indices('{') {
        let counts = pattern[at + 1..].split('}').next().unwrap_or_default();
        let most = counts.split(',').filter_map(|count| count.trim().parse::<usize>().ok()).max().unwrap_or(1);
        if pattern[..at].ends_with(')') {
            groups = groups.saturating_mul(most.max(1));
        } else {
            widest = widest.max(most);
        }
    }
    (pattern.len() + 7 * classes).saturating_mul(widest).saturating_mul(groups)
}

/// About 3 ms to compile.
const MAX_COST: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_ends_at_the_first_free_slash() {
        assert_eq!(read_literal(r"/a\/b\.c/i)]"), Ok((r"(?i)a/b\.c".into(), ")]")));
        assert_eq!(read_literal("/ö/"), Ok(("ö".into(), "")));
        assert!(read_literal("/a").is_err());
        assert!(read_literal(r"/a\").is_err());
        assert_eq!(read_literal("/a/s").map_err(|error| error.part().to_owned()), Err("s".into()));
    }

    #[test]
    fn patterns_that_do_not_compile_are_refused() {
        for good in ["a", r"[A-Za-z0-9._%+-]+@acme\.com", r"\d{4}-\d{2}", r"it's \\", "", "(?x) a # b"] {
            assert_eq!(permitted(good), Ok(()), "{good}");
        }
        for bad in ["(", "a(?=b)", r"(a)\1", "a)|(b", "*", r"\"] {
            assert!(permitted(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn z16_patterns_that_are_slow_to_compile_are_refused() {
        for slow in [r"\w{64}", r"(\w{8}){8}", r"((a{9}){9}){9}", "a{999999999999999999999}"] {
            assert!(permitted(slow).is_err(), "{slow}");
        }
        assert!(permitted(&r"\w".repeat(60)).is_err());
    }
}
