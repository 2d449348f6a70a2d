//! Events of authorizers.

use std::{fs, path::Path};

use cli::dev::demo;
use serde_json::Value;
use tests::secrets;

use super::{decision, json, list};
use crate::running::{Dev, tollgate_told};

#[tokio::test]
async fn every_sample_event_is_explained_as_its_function_answers() {
    let dev = Dev::start(&[]).await;
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut seen = 0;
    // TOKEN events name no service, so the function's own setting does.
    for (function, spkey) in
        [("shared-token-authorizer", "942yzkggypg5dq6c4ucfv3ed"), ("introspection-authorizer", demo::TRAVEL_SPKEY)]
    {
        let environment = [dev.environment(), vec![("SPKEY".into(), spkey.into())]].concat();
        for entry in fs::read_dir(repository.join("events").join(function)).unwrap() {
            let file = entry.unwrap().path();
            let case = file.file_stem().unwrap().to_string_lossy().into_owned();
            // This one is about an API that has the wrong authorizer attached; the command asks the right one.
            if case == "rest_other_authorizers_spkey" {
                continue;
            }
            let arguments = ["explain", "--json", "--request", file.to_str().unwrap()];
            let output = tollgate_told(&arguments, &environment, "").await;
            let printed = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{case}: {output:?}");
            secrets::are_not_in(&secrets::DEMO, &printed);
            let answer = json(&repository.join("tests/answers").join(function).join(file.file_name().unwrap()));
            assert_eq!(decision(&printed), expected(&json(&file), &answer), "{case}: {printed}");
            seen += 1;
        }
    }
    assert!(seen > 60, "{seen} events: are they still where they were?");
}

/// What a function's answer says about the very call of an event.
fn expected(event: &Value, answer: &Value) -> &'static str {
    let arn = if event["methodArn"].is_null() { &event["routeArn"] } else { &event["methodArn"] };
    let statements = list(&answer["policyDocument"]["Statement"]);
    let shuts_it = |deny: &Value| statements.len() == 1 || list(&deny["Resource"]).contains(arn);
    let is_shut = statements.iter().any(|statement| statement["Effect"] == "Deny" && shuts_it(statement));
    match (answer["errorType"].as_str(), answer["isAuthorized"].as_bool()) {
        (Some("Unauthorized"), _) | (None, Some(false)) => "refused",
        (Some(_), _) => "failed",
        (None, None) if is_shut => "refused",
        (None, _) => "allowed",
    }
}
