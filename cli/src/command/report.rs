//! What a command found, as text for people and as JSON for machines.

use std::fmt;

use serde::Serialize;

/// Steps in their order.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    steps: Vec<Step>,
}

/// One step and its facts.
#[derive(Debug, Serialize)]
pub(super) struct Step {
    step: &'static str,
    facts: Vec<Fact>,
}

#[derive(Debug, Serialize)]
struct Fact {
    name: String,
    fact: String,
}

impl Report {
    /// A report whose texts are shown as `shown` tells.
    pub(super) fn new(mut steps: Vec<Step>, shown: impl Fn(&str) -> String) -> Self {
        for fact in steps.iter_mut().flat_map(|step| &mut step.facts) {
            fact.name = shown(&fact.name);
            fact.fact = shown(&fact.fact);
        }
        Self { steps }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.steps.iter().flat_map(|step| &step.facts).map(|fact| fact.name.chars().count());
        let width = names.max().unwrap_or_default();
        for (at, Step { step, facts }) in self.steps.iter().enumerate() {
            writeln!(f, "{}{step}", if at == 0 { "" } else { "\n" })?;
            for Fact { name, fact } in facts {
                writeln!(f, "  {name:width$}  {fact}")?;
            }
        }
        Ok(())
    }
}

impl Step {
    /// A step without facts.
    pub(super) fn new(step: &'static str) -> Self {
        Self { step, facts: Vec::new() }
    }

    /// Adds a fact.
    #[must_use]
    pub(super) fn fact(mut self, name: impl Into<String>, fact: impl fmt::Display) -> Self {
        self.facts.push(Fact { name: name.into(), fact: fact.to_string() });
        self
    }

    /// Adds a fact where there is one.
    #[must_use]
    pub(super) fn fact_if(self, name: impl Into<String>, fact: Option<impl fmt::Display>) -> Self {
        match fact {
            Some(fact) => self.fact(name, fact),
            None => self,
        }
    }

    /// Adds one fact for each of several.
    #[must_use]
    pub(super) fn facts(self, facts: impl IntoIterator<Item = (String, String)>) -> Self {
        facts.into_iter().fold(self, |step, (name, fact)| step.fact(name, fact))
    }
}

/// A text that does not move the cursor of a terminal.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_one_column_and_no_text_moves_the_cursor() {
        let steps =
            vec![Step::new("token").fact("kind", "opaque"), Step::new("client").fact("allowed on", "a\u{1b}[2Jb\n")];
        let text = Report::new(steps, plain).to_string();
        assert_eq!(text, "token\n  kind        opaque\n\nclient\n  allowed on  a?[2Jb?\n");
    }
}
