//! Rewrites a JSONPath of Jayway's dialect into RFC 9535, or names the part that has no equal there.

use super::{error::ExpressionError, regex};

/// The RFC 9535 text of a path: `email` gives `$.email`, `[(@.length-1)]` gives `[-1]`, `=~ /re/i` gives `match(…)`.
///
/// It only rewrites; whether the result is a JSONPath is for its parser to say.
pub(super) fn to_rfc9535(text: &str) -> Result<String, ExpressionError> {
    let mut rewriter = Rewriter { rest: text, out: String::with_capacity(text.len() + 16), depth: 0 };
    if !rewriter.take("$") {
        if text.starts_with('@') {
            return Err(ExpressionError::new(text, "starts inside a filter").instead("`$.` in place of `@.`"));
        }
        rewriter.out.push('$');
        if !text.starts_with(['.', '[']) {
            rewriter.member(".")?;
        }
    }
    rewriter.segments()?;
    if rewriter.rest.is_empty() { Ok(rewriter.out) } else { Err(rewriter.unexpected()) }
}

struct Rewriter<'a> {
    rest: &'a str,
    out: String,
    depth: usize,
}

impl<'a> Rewriter<'a> {
    fn segments(&mut self) -> Result<(), ExpressionError> {
        loop {
            let ahead = self.rest.trim_start();
            if ahead.starts_with(['.', '[']) {
                self.rest = ahead;
            }
            if self.rest.starts_with("..[") {
                self.take("..");
                self.bracket()?;
            } else if self.skip("..") {
                self.member("..")?;
            } else if self.skip(".") {
                self.member(".")?;
            } else if self.rest.starts_with('[') {
                self.bracket()?;
            } else {
                return Ok(());
            }
        }
    }

    /// What follows `.` or `..`; a name that RFC 9535 wants quoted is put into brackets.
    fn member(&mut self, dots: &str) -> Result<(), ExpressionError> {
        if self.skip("*") {
            self.out += dots;
            self.out.push('*');
            return Ok(());
        }
        let name = self.run(|c| c.is_alphanumeric() || "_-:@#$".contains(c));
        if name.is_empty() {
            return Err(self
                .unexpected()
                .instead("a name after `.`, in brackets and quotes if it has other characters"));
        }
        if self.rest.trim_start().starts_with('(') {
            let reason = "is a function on the end of a path, which RFC 9535 has not";
            return Err(
                ExpressionError::new(&format!("{name}()"), reason).instead("a path to a value, without a function")
            );
        }
        if name.starts_with(|c: char| c.is_ascii_digit()) || name.contains(['-', ':', '@', '#', '$']) {
            self.out += if dots == ".." { ".." } else { "" };
            self.out += &format!("['{name}']");
        } else {
            self.out += dots;
            self.out += name;
        }
        Ok(())
    }

    fn bracket(&mut self) -> Result<(), ExpressionError> {
        self.nest()?;
        self.take("[");
        loop {
            self.blanks();
            match self.rest.chars().next() {
                Some(']') => break,
                Some('\'' | '"') => self.string()?,
                Some('?') => self.filter()?,
                Some('(') => self.script()?,
                Some(c) if c.is_ascii_digit() || "*,:-".contains(c) => {
                    let run = self.run(|c| c.is_ascii_digit() || "*,:-".contains(c));
                    self.out += run;
                }
                Some(c) if c.is_alphanumeric() || c == '_' => {
                    let name = self.run(|c| c.is_alphanumeric() || "_-".contains(c));
                    return Err(ExpressionError::new(name, "is a name without quotes").instead(format!("`['{name}']`")));
                }
                _ => return Err(self.unexpected()),
            }
        }
        self.take("]");
        self.depth -= 1;
        Ok(())
    }

    /// `(@.length-1)`, the one script expression that has an equal.
    fn script(&mut self) -> Result<(), ExpressionError> {
        let end = self.rest.find(')').map_or(self.rest.len(), |at| at + 1);
        let script = &self.rest[..end];
        let plain: String = script.chars().filter(|c| !c.is_whitespace()).collect();
        let back = plain.strip_prefix("(@.length-").and_then(|back| back.strip_suffix(')'));
        match back.filter(|back| !back.is_empty() && back.bytes().all(|b| b.is_ascii_digit())) {
            Some(back) => self.out += &format!("-{back}"),
            None => {
                let error = ExpressionError::new(script, "is a script");
                return Err(error.instead("an index, counted from the end with `[-1]`"));
            }
        }
        self.rest = &self.rest[end..];
        Ok(())
    }

    /// From `?` to the bracket that closes the filter.
    fn filter(&mut self) -> Result<(), ExpressionError> {
        self.take("?");
        let open = self.depth;
        let mut operand = None;
        loop {
            self.blanks();
            match self.rest.chars().next() {
                Some(']') if self.depth == open => return Ok(()),
                Some(')') if self.depth > open => {
                    self.take(")");
                    self.depth -= 1;
                }
                Some('(') => {
                    self.nest()?;
                    self.take("(");
                }
                Some('@' | '$') => {
                    operand = Some(self.out.len());
                    let (root, rest) = self.rest.split_at(1);
                    self.out += root;
                    self.rest = rest;
                    self.segments()?;
                }
                Some('=') if self.rest.starts_with("=~") => self.matches(operand.take())?,
                Some('\'' | '"') => self.string()?,
                Some(c) if c.is_alphabetic() => self.word()?,
                Some(c) if c.is_ascii_digit() || c == '-' => {
                    let number = self.run(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
                    self.out += number;
                }
                Some(_) => self.operator()?,
                None => return Err(self.unexpected()),
            }
        }
    }

    /// `=~ /re/flags` after the operand that begins at `operand` in the output.
    fn matches(&mut self, operand: Option<usize>) -> Result<(), ExpressionError> {
        let Some(start) = operand else {
            let error = ExpressionError::new(self.rest, "has no path to its left");
            return Err(error.instead("`@.name =~ /…/`"));
        };
        let (pattern, rest) = regex::read_literal(self.rest["=~".len()..].trim_start())?;
        let path = self.out.split_off(start);
        self.out += &format!("match({}, '{}')", path.trim_end(), pattern.replace('\\', "\\\\").replace('\'', "\\'"));
        self.rest = rest;
        Ok(())
    }

    fn word(&mut self) -> Result<(), ExpressionError> {
        let word = self.run(|c| c.is_alphanumeric() || c == '_');
        self.rest = self.rest.trim_start();
        match word {
            "true" | "false" | "null" | "length" | "match" | "search" => {
                self.out += word;
                Ok(())
            }
            _ => Err(refused_word(word)),
        }
    }

    fn operator(&mut self) -> Result<(), ExpressionError> {
        match self.run(|c| "=!<>&|,".contains(c)) {
            "" => return Err(self.unexpected()),
            token @ ("=" | "===") => return Err(ExpressionError::new(token, "is no comparison").instead("`==`")),
            token @ "<>" => return Err(ExpressionError::new(token, "is no comparison").instead("`!=`")),
            token => self.out += token,
        }
        Ok(())
    }

    fn string(&mut self) -> Result<(), ExpressionError> {
        let quote = self.rest.as_bytes()[0];
        let mut escaped = false;
        let end = self.rest.bytes().skip(1).position(|byte| {
            let closes = byte == quote && !escaped;
            escaped = byte == b'\\' && !escaped;
            closes
        });
        let Some(end) = end else { return Err(ExpressionError::new(self.rest, "is a string that does not end")) };
        let (string, rest) = self.rest.split_at(end + 2);
        self.out += string;
        self.rest = rest;
        Ok(())
    }

    fn nest(&mut self) -> Result<(), ExpressionError> {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return Err(ExpressionError::new(self.rest, format!("is nested deeper than {MAX_NESTING}")));
        }
        Ok(())
    }

    fn run(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at(end);
        self.rest = rest;
        run
    }

    /// Blanks become one, so that `[1 2]` does not become `[12]`.
    fn blanks(&mut self) {
        let rest = self.rest.trim_start();
        self.out += if rest.len() < self.rest.len() && !self.out.ends_with('[') { " " } else { "" };
        self.rest = rest;
    }

    fn skip(&mut self, expected: &str) -> bool {
        self.rest.strip_prefix(expected).map(|rest| self.rest = rest).is_some()
    }

    fn take(&mut self, expected: &str) -> bool {
        let taken = self.skip(expected);
        self.out += if taken { expected } else { "" };
        taken
    }

    fn unexpected(&self) -> ExpressionError {
        match self.rest {
            "" => ExpressionError::new("", "the path ends too early"),
            rest => ExpressionError::new(rest, "cannot stand here in a JSONPath"),
        }
    }
}

fn refused_word(word: &str) -> ExpressionError {
    let instead = match word {
        "in" | "anyof" => "`@.a == 'x' || @.a == 'y'`",
        "nin" | "noneof" => "`@.a != 'x' && @.a != 'y'`",
        "size" => "`length(@.a) == 2`",
        "empty" => "`length(@.a) == 0`",
        "contains" => "`search(@.a, 'x')`",
        "and" => "`&&`",
        "or" => "`||`",
        "not" => "`!`",
        "count" => "`length(@.a)` for an array",
        _ => "`==`, `!=`, `<`, `<=`, `>`, `>=`, `=~`, `length(…)`, `match(…)` or `search(…)`",
    };
    ExpressionError::new(word, "is not available in a filter").instead(instead)
}

/// Brackets and parentheses inside one another; real paths need three.
const MAX_NESTING: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_leading_root_may_be_omitted() {
        for (text, rfc) in [
            ("email", "$.email"),
            ("a.b", "$.a.b"),
            ("$.a.b", "$.a.b"),
            ("$", "$"),
            ("..uid", "$..uid"),
            (".uid", "$.uid"),
            ("['a b'].c", "$['a b'].c"),
            ("[0].a", "$[0].a"),
            ("*", "$.*"),
        ] {
            assert_eq!(to_rfc9535(text).as_deref(), Ok(rfc), "{text}");
        }
    }

    #[test]
    fn names_that_the_rfc_wants_quoted_are_quoted() {
        assert_eq!(to_rfc9535("$.b2b-unit.2fa").as_deref(), Ok("$['b2b-unit']['2fa']"));
        assert_eq!(to_rfc9535("$..custom:role").as_deref(), Ok("$..['custom:role']"));
        assert_eq!(to_rfc9535("$.größe").as_deref(), Ok("$.größe"));
    }

    #[test]
    fn selectors_pass() {
        for path in
            ["$.a[*]", "$.a[0,2]", "$.a[1:3]", "$.a[-1]", "$.a[::2]", "$..book[0]", "$['a','b']", "$.a.*", "$..*"]
        {
            assert_eq!(to_rfc9535(path).as_deref(), Ok(path));
        }
        assert_eq!(to_rfc9535("$ .a [ 'b' , 'c' ]").as_deref(), Ok("$.a['b' , 'c' ]"));
        assert_eq!(to_rfc9535("$.a[1 2]").as_deref(), Ok("$.a[1 2]"));
    }

    #[test]
    fn the_last_element_by_script_becomes_a_negative_index() {
        assert_eq!(to_rfc9535("$.a[(@.length-1)].b").as_deref(), Ok("$.a[-1].b"));
        assert_eq!(to_rfc9535("$.a[( @.length - 12 )]").as_deref(), Ok("$.a[-12]"));
    }

    #[test]
    fn filters_keep_their_operators() {
        let filter = "$.a[?(@.type == 'x' && !(@.n >= -1.5e3 || @['b c'] != null))].uid";
        assert_eq!(
            to_rfc9535(filter).as_deref(),
            Ok("$.a[?(@.type == 'x' && !(@.n >= -1.5e3 || @['b c'] != null))].uid"),
        );
        assert_eq!(to_rfc9535("$.a[?@.b<1]").as_deref(), Ok("$.a[?@.b<1]"));
        assert_eq!(to_rfc9535("$.a[?@.b == 1 2]").as_deref(), Ok("$.a[?@.b == 1 2]"));
        assert_eq!(to_rfc9535("$.a[?(@.x-y)]").as_deref(), Ok("$.a[?(@['x-y'])]"));
    }

    #[test]
    fn a_regular_expression_becomes_a_whole_match_as_in_jayway() {
        assert_eq!(to_rfc9535("$.a[?(@.b =~ /.*\\d'\\/x/i)]").as_deref(), Ok("$.a[?(match(@.b, '(?i).*\\\\d\\'/x'))]"));
        assert_eq!(to_rfc9535("$.a[?(@.b=~/x/&&@.c)]").as_deref(), Ok("$.a[?(match(@.b, 'x')&&@.c)]"));
    }

    #[test]
    fn what_has_no_equal_is_named() {
        for (path, part) in [
            ("$.a.length()", "length()"),
            ("$..price.sum()", "sum()"),
            ("$.a[?(@.b in ['x'])]", "in"),
            ("$.a[?(@.b nin ['x'])]", "nin"),
            ("$.a[?(@.b subsetof ['x'])]", "subsetof"),
            ("$.a[?(@.b anyof ['x'])]", "anyof"),
            ("$.a[?(@.b size 2)]", "size"),
            ("$.a[?(@.b empty true)]", "empty"),
            ("$.a[?(in(@.b, $.c))]", "in"),
            ("$.a[?(count(@.*) > 1)]", "count"),
            ("$.a[?(@.b = 1)]", "="),
            ("$.a[(@.length/2)]", "(@.length/2)"),
            ("$[email]", "email"),
            ("@.a", "@.a"),
            ("$.a[?(=~ /x/)]", "=~ /x/)]"),
            ("$.a[?(@.b =~ @.c)]", "@.c)]"),
            ("$.a['b", "'b"),
            ("$.a b", " b"),
            ("$.a[(((((((((", "((((((((("),
        ] {
            assert_eq!(to_rfc9535(path).map_err(|error| error.part().to_owned()), Err(part.to_owned()), "{path}");
        }
        assert!(to_rfc9535("$.a[?((((((((@.b))))))))]").is_err());
    }
}
