//! Path templates and the choice between them: the most specific one that matches.

use std::cmp::Reverse;

/// A path template such as `/`, `/pets/{id}` or `/{proxy+}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    text: String,
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    One(String),
    Rest(String),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let rest = text.strip_prefix('/').ok_or_else(|| format!("`{text}` does not begin with `/`"))?;
        let segments = segments(rest).map(Segment::parse).collect::<Result<Vec<_>, _>>()?;
        if segments.iter().rev().skip(1).any(|segment| matches!(segment, Segment::Rest(_))) {
            return Err(format!("`{text}`: a greedy variable stands only at the end"));
        }
        Ok(Self { text: text.to_owned(), segments })
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The names of its variables.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Literal(_) => None,
            Segment::One(name) | Segment::Rest(name) => Some(name.as_str()),
        })
    }

    /// The variables' values in `path`, still percent-encoded; `None` when the path does not match.
    pub(crate) fn matched<'t, 'p>(&'t self, path: &'p str) -> Option<Vec<(&'t str, &'p str)>> {
        let mut rest = Some(path.strip_prefix('/')?).filter(|rest| !rest.is_empty());
        let mut values = Vec::new();
        for segment in &self.segments {
            let text = rest?;
            if let Segment::Rest(name) = segment {
                values.push((name.as_str(), text));
                return Some(values);
            }
            let (first, remaining) = text.split_once('/').map_or((text, None), |(first, rest)| (first, Some(rest)));
            match segment {
                Segment::Literal(literal) if literal == first => {}
                Segment::One(name) if !first.is_empty() => values.push((name.as_str(), first)),
                _ => return None,
            }
            rest = remaining;
        }
        rest.is_none().then_some(values)
    }

    /// Orders templates that match one path: the greater is the more specific.
    pub(crate) fn specificity(&self) -> impl Ord + use<> {
        self.segments.iter().map(|segment| Reverse(segment.rank())).collect::<Vec<_>>()
    }
}

impl Segment {
    fn parse(text: &str) -> Result<Self, String> {
        let Some(inner) = text.strip_prefix('{') else {
            return if text.contains(['{', '}']) {
                Err(format!("`{text}`: a variable fills its whole segment"))
            } else {
                Ok(Self::Literal(text.to_owned()))
            };
        };
        let inner = inner.strip_suffix('}').ok_or_else(|| format!("`{text}` has no `}}` at its end"))?;
        let (name, greedy) = inner.strip_suffix('+').map_or((inner, false), |name| (name, true));
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.:".contains(&b)) {
            return Err(format!("`{text}`: a variable is named with letters, digits and `_-.:`"));
        }
        Ok(if greedy { Self::Rest(name.to_owned()) } else { Self::One(name.to_owned()) })
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Literal(_) => 0,
            Self::One(_) => 1,
            Self::Rest(_) => 2,
        }
    }
}

fn segments(rest: &str) -> impl Iterator<Item = &str> {
    rest.split('/').filter(move |_| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn template(text: &str) -> Template {
        Template::parse(text).unwrap()
    }

    #[test]
    fn the_greedy_variable_does_not_match_the_root() {
        assert_eq!(template("/{proxy+}").matched("/"), None);
        assert_eq!(template("/").matched("/"), Some(vec![]));
        assert_eq!(template("/{proxy+}").matched("/a//b/"), Some(vec![("proxy", "a//b/")]));
    }

    #[test]
    fn a_variable_is_one_segment_and_never_empty() {
        let pets = template("/pets/{id}");
        assert_eq!(pets.matched("/pets/7%2F8"), Some(vec![("id", "7%2F8")]));
        assert_eq!(pets.matched("/pets/7/8"), None);
        assert_eq!(pets.matched("/pets/"), None);
        assert_eq!(pets.matched("/pets"), None);
    }

    #[test]
    fn literal_before_variable_before_greedy() {
        let (literal, one, rest) = (template("/a/b"), template("/a/{x}"), template("/a/{x+}"));
        assert!(literal.specificity() > one.specificity());
        assert!(one.specificity() > rest.specificity());
        assert!(template("/a/{x+}").specificity() > template("/{x+}").specificity());
    }

    #[test]
    fn refuses_what_is_no_template() {
        for text in ["", "pets", "/a{b}", "/{a", "/{}", "/{a+}/b", "/{a b}"] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_literal_template_matches_exactly_itself(path in "/[a-z/%.;]{0,12}", other in "/[a-z/%.;]{0,12}") {
            let template = template(&path);
            prop_assert!(template.matched(&path).is_some());
            prop_assert_eq!(template.matched(&other).is_some(), path == other);
        }

        #[test]
        fn parsing_never_panics(text in "\\PC{0,40}", path in "\\PC{0,40}") {
            if let Ok(template) = Template::parse(&text) {
                template.matched(&path);
            }
        }
    }
}
