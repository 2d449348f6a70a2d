//! `tollgate explain`.

mod authorizations;
mod calls;
mod events;
mod provider;
mod sessions;
mod token_status;
mod tokens;

use std::{collections::BTreeSet, fs, path::Path};

use aws_sdk_dynamodb::types::AttributeValue;
use cli::dev::demo;
use serde_json::Value;
use shared::store::Table;
use tests::secrets;

use crate::running::{Dev, complaint, folder, tollgate_told};

/// What the command prints about a call whose credentials are these lines; they stand nowhere in it.
async fn explained(dev: &Dev, arguments: &[&str], input: &str) -> String {
    let output = tollgate_told(&[&["explain"], arguments].concat(), &dev.environment(), input).await;
    let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{printed}");
    let given: Vec<&str> = input.lines().filter(|line| !line.is_empty()).collect();
    secrets::are_not_in(&[&secrets::DEMO[..], &given].concat(), &printed);
    printed
}

/// Expects lines of a name and the beginning of its fact.
#[track_caller]
fn tells(printed: &str, facts: &[(&str, &str)]) {
    for (name, fact) in facts {
        let is_told =
            |line: &str| line.trim().strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with(fact));
        assert!(printed.lines().any(is_told), "{name}: {fact} is missing in\n{printed}");
    }
}

/// Expects no line of these names.
#[track_caller]
fn lacks(printed: &str, names: &[&str]) {
    for name in names {
        let is_told = |line: &str| line.trim().strip_prefix(name).is_some_and(|rest| rest.starts_with("  "));
        assert!(!printed.lines().any(is_told), "{name} stands in\n{printed}");
    }
}

async fn set(dev: &Dev, table: Table, id: &str, name: &str, value: AttributeValue) {
    let update = tests::dynamodb(dev.dynamodb()).update_item().table_name(table.default_name());
    let update = update.key(table.key(), AttributeValue::S(id.to_owned())).update_expression("SET #name = :value");
    let update = update.expression_attribute_names("#name", name).expression_attribute_values(":value", value);
    update.send().await.expect("the item is there");
}

/// What the command prints about an event of a function whose issuer is that of the samples.
async fn event_explained(dev: &Dev, function: &str, case: &str) -> String {
    file_explained(dev, &Path::new(env!("CARGO_MANIFEST_DIR")).join("../events").join(function).join(case)).await
}

/// The same of an event in a file.
async fn file_explained(dev: &Dev, file: &Path) -> String {
    let environment = [dev.environment(), vec![("ISSUER".into(), "https://id.example.com".into())]].concat();
    let output =
        tollgate_told(&["explain", "--request", file.to_str().expect("the path is text")], &environment, "").await;
    let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{file:?}: {printed}");
    secrets::are_not_in(&secrets::DEMO, &printed);
    secrets::are_not_in(&["tgc_", "tga_", demo::SESSION], &printed);
    printed
}

fn json(file: &Path) -> Value {
    serde_json::from_slice(&fs::read(file).expect("the file is there")).expect("the file is JSON")
}

/// The decision in a report.
fn decision(printed: &str) -> String {
    let report: Value = serde_json::from_str(printed).expect("the report is JSON");
    let facts = list(&report["steps"]).iter().flat_map(|step| list(&step["facts"]));
    let decisions: Vec<&Value> = facts.filter(|fact| fact["name"] == "decision").collect();
    assert_eq!(decisions.len(), 1, "{printed}");
    decisions[0]["fact"].as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The lines of all tables, in an order of their own.
async fn tables(dev: &Dev) -> BTreeSet<String> {
    secrets::tables(dev.dynamodb()).await.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn what_cannot_be_explained_says_why() {
    let said = complaint(&["explain", "--service", "orders"], &[]).await;
    assert!(said.contains("AWS_REGION") && said.contains("`tollgate dev`"), "{said}");
    let dev = Dev::start(&[]).await;
    let said = complaint(&["explain", "--service", "order"], &dev.environment()).await;
    assert!(said.contains("\"order\"") && said.contains("orders, invoices, travel"), "{said}");
    let said = complaint(&["explain", "--request", "nowhere.json"], &dev.environment()).await;
    assert!(said.contains("nowhere.json"), "{said}");
}

#[tokio::test]
async fn a_file_without_an_event_and_an_issuer_that_is_missing_are_told() {
    let dev = Dev::start(&[]).await;
    let file = folder("explain-nothing").join("event.json");
    let arguments = ["explain", "--request", file.to_str().unwrap()];
    for (text, expected) in [
        ("{}", NO_EVENT),
        (r#"{"type": "REQUEST", "methodArn": null}"#, NO_EVENT),
        (r#"{"httpMethod": "GET"}"#, NO_EVENT),
        ("[]", "expected a JSON object"),
    ] {
        fs::write(&file, text).unwrap();
        let said = complaint(&arguments, &dev.environment()).await;
        assert!(said.contains("event.json") && said.contains(expected), "{text}: {said}");
    }
    fs::write(&file, r#"{"requestContext": {}}"#).unwrap();
    let environment: Vec<_> = dev.environment().into_iter().filter(|(name, _)| name != "ISSUER").collect();
    let said = complaint(&arguments, &environment).await;
    assert!(said.contains("--stack NAME, --issuer URL or the variable ISSUER"), "{said}");
}

#[tokio::test]
async fn a_path_that_is_not_below_the_base_path_is_refused() {
    let output = tollgate_told(&["explain", "--service", "orders", "--path", "nope"], &[], "").await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("expected a path that begins with /"), "{said}");
}

const NO_EVENT: &str = "expected an event of an authorizer (methodArn or routeArn) or of token, token-status or authorize (requestContext)";
