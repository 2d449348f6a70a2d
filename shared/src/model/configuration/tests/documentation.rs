//! docs/configuration.md and the code name the same members.

use super::*;

fn page() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/configuration.md");
    std::fs::read_to_string(path).unwrap()
}

/// The names in the first column of the first table below a heading.
fn documented(page: &str, heading: &str) -> Vec<String> {
    let section = page.split(&format!("\n### `{heading}`\n")).nth(1).unwrap_or_else(|| panic!("no section {heading}"));
    let rows =
        section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.split('`').nth(1).unwrap_or_else(|| panic!("no member in {row}")).to_owned()).collect()
}

/// What the report lists when an object has a member that is like none of them.
pub(super) fn known(object: &str) -> Vec<String> {
    let text = object.replace('@', "{ zzzzzzzzzzzzzzzzzzzz: 1 }");
    let report = parse("f", &text, &Fixed).unwrap_err();
    let unknown = report.mistakes.iter().find(|mistake| mistake.path.ends_with("zzzzzzzzzzzzzzzzzzzz"));
    let listed = unknown.unwrap_or_else(|| panic!("{report}")).expected.strip_prefix("one of ").unwrap().to_owned();
    listed.split(", ").map(str::to_owned).collect()
}

#[test]
fn every_member_is_in_its_table_and_every_row_is_a_member() {
    let page = page();
    for (heading, object) in [
        ("file", "@"),
        ("branding", "branding: @"),
        ("colours", "branding: { colours: @ }"),
        ("services", "services: [@]"),
        ("access_token", "services: [{ access_token: @ }]"),
        ("refresh_token", "services: [{ refresh_token: @ }]"),
        ("authorization_code", "services: [{ authorization_code: @ }]"),
        ("scopes", "services: [{ scopes: [@] }]"),
        ("required_scopes", "services: [{ required_scopes: [@] }]"),
        ("apis", "services: [{ apis: [@] }]"),
        ("api_key", "services: [{ authorizer: introspection, api_key: @ }]"),
        ("validation", "services: [{ authorizer: introspection, validation: @ }]"),
        ("token_validation_uri", "services: [{ authorizer: introspection, token_validation_uri: @ }]"),
        ("applications", "applications: [@]"),
        ("clients", "applications: [{ clients: [@] }]"),
        ("client_secrets", "applications: [{ clients: [{ client_secrets: [@] }] }]"),
        ("api_keys", "applications: [{ api_keys: [@] }]"),
        ("users", "users: [@]"),
    ] {
        let (mut documented, mut known) = (documented(&page, heading), known(object));
        documented.sort_unstable();
        known.sort_unstable();
        assert_eq!(documented, known, "{heading}");
    }
}

#[test]
fn the_example_of_the_page_is_the_one_that_is_tested() {
    let page = page();
    let example = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(example, EXAMPLE);
}
