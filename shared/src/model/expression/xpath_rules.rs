//! Which XPaths are asked of the engine: a lexical pass that names what it would misread or find out only later.

use super::error::ExpressionError;

/// What evaluating an XPath needs, told from the expression alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Traits {
    /// The namespace prefixes that it uses, `xml` aside.
    pub(super) prefixes: Vec<String>,
    /// It has a predicate or a comparison, which are evaluated once for every node.
    pub(super) repeats: bool,
}

pub(super) fn traits(text: &str) -> Result<Traits, ExpressionError> {
    let mut scan = Scan { text, rest: text, open: Vec::new(), traits: Traits::default() };
    while let Some(c) = scan.rest.chars().next() {
        match c {
            '\'' | '"' => scan.string(c)?,
            '$' => return Err(ExpressionError::new(scan.rest, "is a variable, and there are none")),
            '!' => {
                let error =
                    ExpressionError::new(scan.rest, "compares with `!=`, which this engine takes for `not(… = …)`");
                return Err(error.instead("`not(a = b)`, true also when there is no `a`, or `a and not(a = b)`"));
            }
            '(' => scan.open(None),
            ')' => scan.close()?,
            ',' => scan.comma(),
            _ if c.is_ascii_alphabetic() || c == '_' => scan.name()?,
            _ => scan.step(c),
        }
    }
    Ok(scan.traits)
}

struct Scan<'a> {
    text: &'a str,
    rest: &'a str,
    open: Vec<Group>,
    traits: Traits,
}

/// An open parenthesis: of a function or node test, or of nothing.
struct Group {
    function: Option<&'static Function>,
    starts: usize,
    is_call: bool,
    arguments: usize,
}

impl<'a> Scan<'a> {
    fn string(&mut self, quote: char) -> Result<(), ExpressionError> {
        let Some(length) = self.rest[1..].find(quote) else {
            return Err(ExpressionError::new(self.rest, "is a string that does not end"));
        };
        self.rest = &self.rest[length + 2..];
        Ok(())
    }

    fn step(&mut self, c: char) {
        self.traits.repeats |= "[=<>".contains(c);
        self.rest = &self.rest[c.len_utf8()..];
    }

    fn comma(&mut self) {
        if let Some(group) = self.open.last_mut() {
            group.arguments += 1;
        }
        self.step(',');
    }

    /// An axis, a prefix and a name, a function, a node test, or just a name.
    fn name(&mut self) -> Result<(), ExpressionError> {
        let name = self.take_name();
        let ahead = self.rest.trim_start();
        if let Some(after_axis) = ahead.strip_prefix("::") {
            self.rest = after_axis;
            return match name {
                "namespace" => Err(ExpressionError::new("namespace::", "is an axis that this engine leaves empty")
                    .instead("`namespace-uri(…)`")),
                _ => Ok(()),
            };
        }
        if let Some(local) = ahead.strip_prefix(':') {
            return self.prefixed(name, local.trim_start());
        }
        if ahead.starts_with('(') {
            self.rest = ahead;
            return self.call(name);
        }
        Ok(())
    }

    fn prefixed(&mut self, prefix: &'a str, local: &'a str) -> Result<(), ExpressionError> {
        self.rest = local;
        let name = self.take_name();
        if name.is_empty() && !self.rest.starts_with('*') {
            return Err(
                ExpressionError::new(prefix, "is a prefix without a name").instead("`prefix:name` or `prefix:*`")
            );
        }
        self.rest = self.rest.strip_prefix('*').unwrap_or(self.rest);
        if self.rest.trim_start().starts_with('(') {
            return Err(ExpressionError::new(&format!("{prefix}:{name}()"), "is no function of XPath 1.0"));
        }
        if prefix != "xml" && !self.traits.prefixes.iter().any(|known| known == prefix) {
            self.traits.prefixes.push(prefix.to_owned());
        }
        Ok(())
    }

    fn call(&mut self, name: &'a str) -> Result<(), ExpressionError> {
        let function = FUNCTIONS.iter().find(|function| function.name == name);
        match function {
            Some(_) => {}
            None if matches!(name, "and" | "or" | "div" | "mod") => {
                let error = ExpressionError::new(&format!("{name} ("), "is not understood by this engine");
                return Err(error.instead("`boolean(…)` or `number(…)` around the parentheses"));
            }
            None if name == "id" => {
                let error = ExpressionError::new("id()", "needs a document type, which is never read");
                return Err(error.instead("`//*[@id='…']`"));
            }
            None => return Err(ExpressionError::new(&format!("{name}()"), "is no function of XPath 1.0")),
        }
        self.open(function);
        Ok(())
    }

    fn open(&mut self, function: Option<&'static Function>) {
        let starts = self.text.len() - self.rest.len();
        self.rest = &self.rest[1..];
        let arguments = usize::from(!self.rest.trim_start().starts_with(')'));
        self.open.push(Group { function, starts, is_call: function.is_some(), arguments });
    }

    fn close(&mut self) -> Result<(), ExpressionError> {
        let end = self.text.len() - self.rest.len() + 1;
        self.rest = &self.rest[1..];
        let Some(group) = self.open.pop() else { return Ok(()) };
        if let Some(function) = group.function
            && !(function.least..=function.most).contains(&group.arguments)
        {
            let reason = format!("has {} arguments; it takes {}", group.arguments, function.takes());
            return Err(ExpressionError::new(&format!("{}()", function.name), reason));
        }
        let node_test = group.function.is_some_and(|function| function.is_node_test);
        if !node_test && self.rest.trim_start().starts_with(['[', '/']) {
            let part = if group.is_call { self.text } else { &self.text[group.starts..] };
            let error = ExpressionError::new(part, "goes on after its parentheses, which this engine does not follow");
            return Err(error.instead(format!("`/descendant::x[2]` for `(//x)[2]` (column {end})")));
        }
        Ok(())
    }

    fn take_name(&mut self) -> &'a str {
        let end =
            self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c))).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        name
    }
}

struct Function {
    name: &'static str,
    least: usize,
    most: usize,
    is_node_test: bool,
}

impl Function {
    fn takes(&self) -> String {
        match (self.least, self.most) {
            (least, usize::MAX) => format!("{least} or more"),
            (least, most) if least == most => least.to_string(),
            (least, most) => format!("{least} to {most}"),
        }
    }
}

const fn function(name: &'static str, least: usize, most: usize) -> Function {
    Function { name, least, most, is_node_test: false }
}

const fn node_test(name: &'static str) -> Function {
    Function { name, least: 0, most: 0, is_node_test: true }
}

/// XPath 1.0 sections 2.3 and 4, without `id()`.
const FUNCTIONS: &[Function] = &[
    node_test("node"),
    node_test("text"),
    node_test("comment"),
    node_test("processing-instruction"),
    function("last", 0, 0),
    function("position", 0, 0),
    function("count", 1, 1),
    function("local-name", 0, 1),
    function("namespace-uri", 0, 1),
    function("name", 0, 1),
    function("string", 0, 1),
    function("concat", 2, usize::MAX),
    function("starts-with", 2, 2),
    function("contains", 2, 2),
    function("substring-before", 2, 2),
    function("substring-after", 2, 2),
    function("substring", 2, 3),
    function("string-length", 0, 1),
    function("normalize-space", 0, 1),
    function("translate", 3, 3),
    function("boolean", 1, 1),
    function("not", 1, 1),
    function("true", 0, 0),
    function("false", 0, 0),
    function("lang", 1, 1),
    function("number", 0, 1),
    function("sum", 1, 1),
    function("floor", 1, 1),
    function("ceiling", 1, 1),
    function("round", 1, 1),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_prefixes_and_repetition() {
        let found = traits("/s:user/s:uid[@xml:lang='n:o']/child::t:*").unwrap();
        assert_eq!(found, Traits { prefixes: vec!["s".into(), "t".into()], repeats: true });
        assert_eq!(traits("//uid"), Ok(Traits::default()));
    }

    #[test]
    fn names_what_the_engine_misreads() {
        for (text, part) in [
            ("(//x)[2]", "(//x)[2]"),
            ("(//x)/y", "(//x)/y"),
            ("//x[(a or b)/c]", "(a or b)/c]"),
            ("//x[@a != 'b']", "!= 'b']"),
            ("//x[a and (b or c)]", "and ("),
            ("$x", "$x"),
            ("//namespace::x", "namespace::"),
            ("id('x')", "id()"),
            ("matches(//x, 'y')", "matches()"),
            ("date:now()", "date:now()"),
            ("//x[count(a, b) = 1]", "count()"),
            ("//x[position(1)]", "position()"),
            ("concat(//x)", "concat()"),
            ("//x['a]", "'a]"),
        ] {
            assert_eq!(traits(text).map_err(|error| error.part().to_owned()), Err(part.to_owned()), "{text}");
        }
    }

    #[test]
    fn lets_pass_what_the_engine_reads_right() {
        for text in [
            "//uid",
            "/user/text()[1]",
            "//x[not(a = 'b')]",
            "//x[starts-with(@id, 'a(b') and boolean(b or c)]",
            "concat(//a, ' ', //b)",
            "string(//uid)",
            "count(//x) * 2",
            "//x[last()]",
            "//a/following-sibling::b",
            "(//a | //b)",
        ] {
            assert!(traits(text).is_ok(), "{text}");
        }
    }
}
