//! schema.json and the parser name the same members, words and ranges, and agree about whole files.

use jsonschema::Validator;
use serde_json::{Map, Value};

use super::{super::yaml, documentation::known, *};
use crate::model::configuration::{
    node::{Node, Style, Value as Tree},
    report::Findings,
};

/// Where the schema describes an object, and files that have one at `@`.
const OBJECTS: [(&str, &[&str]); 18] = [
    ("", &["@"]),
    ("branding", &["branding: @"]),
    ("colours", &["branding: { colours: @ }"]),
    ("service", &["services: [@]", "services: [{ authorizer: introspection, … }]"]),
    ("access_token", &["services: [{ access_token: @ }]"]),
    ("refresh_token", &["services: [{ refresh_token: @ }]"]),
    ("authorization_code", &["services: [{ authorization_code: @ }]"]),
    ("scope", &["services: [{ scopes: [@] }]"]),
    ("required_scope", &["services: [{ required_scopes: [@] }]"]),
    ("api", &["services: [{ apis: [@] }]"]),
    ("api_key", &["services: [{ authorizer: introspection, api_key: @ }]"]),
    ("validation", &["services: [{ authorizer: introspection, validation: @ }]"]),
    ("token_validation_uri", &["services: [{ authorizer: introspection, token_validation_uri: @ }]"]),
    ("application", &["applications: [@]"]),
    ("client", &["applications: [{ clients: [@] }]"]),
    ("client_secret", &["applications: [{ clients: [{ client_secrets: [@] }] }]"]),
    ("key", &["applications: [{ api_keys: [@] }]"]),
    ("user", &["users: [@]"]),
];

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

fn properties(schema: &Value, object: &str) -> Map<String, Value> {
    let described = if object.is_empty() { schema } else { &schema["$defs"][object] };
    described["properties"].as_object().unwrap_or_else(|| panic!("no object {object}")).clone()
}

/// What the parser expects of a member, in each of the files.
fn expected(files: &[&str], member: &str, value: &str) -> Vec<String> {
    let expected = |file: &&str| {
        let text = file.replace('@', &format!("{{ {member}: {value} }}")).replace('…', &format!("{member}: {value}"));
        let report = parse("f", &text, &Fixed).err()?;
        let is_there = |mistake: &&Mistake| mistake.path.ends_with(member) || mistake.path.ends_with("[0]");
        Some(report.mistakes.iter().filter(is_there).map(|mistake| mistake.expected.clone()).collect::<Vec<_>>())
    };
    files.iter().filter_map(expected).flatten().collect()
}

#[test]
fn every_member_of_the_parser_is_in_the_schema_and_the_reverse() {
    for (object, files) in OBJECTS {
        let mut described: Vec<String> = properties(&schema(), object).keys().cloned().collect();
        let mut known = known(files[0]);
        described.sort_unstable();
        known.sort_unstable();
        assert_eq!(described, known, "{object}");
    }
}

#[test]
fn words_numbers_and_switches_are_the_parsers() {
    let mut seen = 0;
    for (object, files) in OBJECTS {
        for (member, described) in properties(&schema(), object) {
            let said = if let Some(least) = described.get("minimum") {
                format!("a whole number from {least} to {}", described["maximum"])
            } else if let Some(words) =
                described["anyOf"][0]["enum"].as_array().filter(|w| w.iter().all(Value::is_string))
            {
                let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
                format!("one of {}", words.join(", "))
            } else if described["type"][0] == "boolean" {
                "true or false".to_owned()
            } else {
                continue;
            };
            let parser = expected(files, &member, "99999999999999999999");
            assert!(parser.iter().any(|expected| expected.starts_with(&said)), "{object}.{member}: {said}; {parser:?}");
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen} members were compared: is the schema still as it was?");
}

/// A tree as a reader of YAML that knows no configuration takes it.
fn json(node: &Node) -> Value {
    match &node.value {
        Tree::Sequence(items) => items.iter().map(json).collect(),
        Tree::Mapping(entries) => entries.iter().map(|entry| (entry.key.clone(), json(&entry.value))).collect(),
        Tree::Scalar(scalar) if scalar.style == Style::Plain => {
            serde_json::from_str(&scalar.text).unwrap_or_else(|_| Value::from(scalar.text.as_str()))
        }
        Tree::Scalar(scalar) => Value::from(scalar.text.as_str()),
        Tree::Mistaken | Tree::Unset(_) => panic!("a mistake"),
    }
}

fn faults(validator: &Validator, text: &str) -> Vec<String> {
    let findings = Findings::new("f");
    let file = json(&yaml::read(text, &findings).unwrap());
    validator.iter_errors(&file).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn files_that_load_are_valid_and_files_with_mistakes_are_not() {
    let validator = jsonschema::draft202012::new(&schema()).unwrap();
    let whole = service(
        "authorizer: introspection\napi_key: null\nvalidation: { outage_status: 503, timeout_ms: \"${env:TTL}\" }\n\
         inject_headers: { FR: { X-A: $.a } }\ntoken_validation_uri: { defaultURI: http://h }",
    );
    for good in [EXAMPLE, include_str!("../../../../../cli/src/dev/demo/demo.yaml"), "services: []", &whole] {
        assert_eq!(faults(&validator, good), Vec::<String>::new());
        assert_eq!(mistakes(good), Vec::<String>::new());
    }
    for bad in [
        "service: []",
        "services: {}",
        "services: [{ name: a, base_path: /a }]",
        "paths: { /a: refresh }",
        "applications: [{ name: a, clients: [{ client_id: a, client_secrets: [] }] }]",
        "applications: [{ name: a, clients: [{ client_id: a, jwks: {} }] }]",
        "users: [{ username: a, enabled: perhaps }]",
        &service("authorizer: introspektion"),
        &service("access_token: { ttl: 0 }"),
        &service("access_token: { ttl: sixty }"),
        &service("methods: []"),
        &service("scopes: [orders.read]"),
        &service("required_scopes: [{ path: /, all: [a], any: [b] }]"),
    ] {
        assert_ne!(faults(&validator, bad), Vec::<String>::new(), "{bad}");
        assert_ne!(mistakes(bad), Vec::<String>::new(), "{bad}");
    }
}
