//! What scope rules leave open beside what they guard: where they name some methods of a path, the others need a valid token
//! and no scope.

use http::Method;

use crate::model::{Methods, PathPattern, ScopeRule};

/// The methods that a service serves on paths of its rules, and that no rule is for, such as `DELETE, PUT on /items/**`.
/// HEAD is told as the GET that it is like, and OPTIONS is a preflight.
pub(super) fn listed(rules: &[&ScopeRule], served: &Methods) -> Option<String> {
    let served = names(served);
    let mut open: Vec<Open<'_>> = Vec::new();
    for rule in rules.iter().filter(|rule| rule.methods != Methods::Any) {
        let guarded = |method: &str| rules.iter().any(|other| other.guards(method, &rule.path));
        let methods: Vec<&str> = served.iter().copied().filter(|method| !guarded(method)).collect();
        let found = Open { methods, path: &rule.path };
        if !found.methods.is_empty() && !open.iter().any(|other| other.says(&found)) {
            open.retain(|other| !found.says(other));
            open.push(found);
        }
    }
    let texts: Vec<String> =
        open.iter().map(|Open { methods, path }| format!("{} on {path}", methods.join(", "))).collect();
    let (told, rest) = texts.split_at(texts.len().min(MOST_PATHS));
    let more = if rest.is_empty() { String::new() } else { format!(" and others on {} more paths", rest.len()) };
    (!told.is_empty()).then(|| told.join("; ") + &more)
}

/// Methods that are open on a path.
struct Open<'a> {
    methods: Vec<&'a str>,
    path: &'a PathPattern,
}

impl Open<'_> {
    /// Whether the other one is told with this one.
    fn says(&self, other: &Self) -> bool {
        self.path.covers(other.path) && other.methods.iter().all(|method| self.methods.contains(method))
    }
}

fn names(served: &Methods) -> Vec<&str> {
    let all = match served {
        Methods::Any => Methods::KNOWN.to_vec(),
        Methods::Only(list) => list.iter().map(Method::as_str).collect(),
    };
    all.into_iter().filter(|name| !matches!(*name, "HEAD" | "OPTIONS")).collect()
}

/// Paths that a warning names.
const MOST_PATHS: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::ScopeNeed, protocol::Scope};

    fn methods(names: &str) -> Methods {
        Methods::try_from(names.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).unwrap()
    }

    /// What rules such as `GET POST /items` leave open of the methods served.
    fn open(served: &str, rules: &[&str]) -> Option<String> {
        let rule = |text: &&str| {
            let (names, path) = text.rsplit_once(' ').unwrap_or(("", text));
            let need = ScopeNeed::All(Scope::parse("a").unwrap());
            ScopeRule { methods: methods(names), path: PathPattern::parse(path).unwrap(), need }
        };
        let rules: Vec<ScopeRule> = rules.iter().map(rule).collect();
        listed(&rules.iter().collect::<Vec<_>>(), &methods(served))
    }

    #[test]
    fn a_method_that_no_rule_names_is_open_on_the_paths_of_those_that_do() {
        assert_eq!(open("GET POST", &["GET /x"]).unwrap(), "POST on /x");
        assert_eq!(open("", &["GET /**", "POST /**"]).unwrap(), "DELETE, PATCH, PUT on /**");
        assert_eq!(open("GET PUT", &["GET /a", "PUT /b"]).unwrap(), "PUT on /a; GET on /b");
        assert_eq!(open("GET PUT", &["GET /a/*/b", "PUT /a/x/b"]).unwrap(), "PUT on /a/*/b");
    }

    #[test]
    fn a_rule_for_every_method_or_of_a_wider_path_leaves_none_open() {
        for rules in [
            &["/x"][..],
            &["GET /**", "POST /**"],
            &["GET /x", "/**"],
            &["GET POST /x/**", "GET /x/y", "POST /x"],
            &["GET POST /a/*/c", "GET /a/b/c"],
            &["GET POST /a/*"],
            &[],
        ] {
            assert_eq!(open("GET HEAD OPTIONS POST", rules), None, "{rules:?}");
        }
    }

    #[test]
    fn what_a_wider_path_says_is_not_said_again() {
        assert_eq!(open("GET PUT", &["GET /a/b", "GET /**", "GET /c"]).unwrap(), "PUT on /**");
        assert_eq!(open("GET PUT", &["GET /a", "GET /a"]).unwrap(), "PUT on /a");
        assert_eq!(open("GET PUT POST", &["GET /**", "GET POST /b"]).unwrap(), "PUT, POST on /**");
        let many = open("GET PUT", &["GET /a", "GET /b", "GET /c", "GET /d", "GET /e"]).unwrap();
        assert_eq!(many, "PUT on /a; PUT on /b; PUT on /c and others on 2 more paths");
    }
}
