//! `tollgate why`.

use std::fs;

use cli::dev::demo;
use serde_json::{Value, json};
use tests::{Provider, Reply, secrets};

use crate::running::{Dev, complaint, folder, tollgate, tollgate_told};

const LINE: &str = r#"{"timestamp":"2026-11-21T09:30:00Z","level":"INFO","function":"gate-shared-token-authorizer","decision":"refused","reason":"token_expired","message":"the token expired at 5","request_id":"6f1b9c52-7d3e","path":"/42","client_id":"shop","refused":1}"#;
const ID: &str = "6f1b9c52-7d3e";

#[tokio::test]
async fn a_refusal_of_dev_is_found_by_the_id_of_its_answer() {
    let log = folder("why").join("decisions.log");
    let log = log.to_str().unwrap();
    let dev = Dev::start(&["--log", log]).await;
    let refused = dev.call("GET", "/orders/42").bearer(demo::EXPIRED_TOKEN).send().await.is(401);
    dev.call("GET", "/orders/42").bearer(demo::TOKEN).send().await.is(200);
    let output = tollgate(&["why", refused.header("x-amzn-requestid").unwrap(), "--log", log], &[]).await;
    let printed = String::from_utf8_lossy(&output.stdout);
    for fact in ["decision     refused", "token_expired", "shop", "what to do   the caller gets a new token"] {
        assert!(printed.contains(fact), "{fact} is missing in {output:?}");
    }
    secrets::are_not_in(&secrets::DEMO, &printed);
    secrets::are_not_in(&secrets::DEMO, &fs::read_to_string(log).unwrap());
}

#[tokio::test]
async fn an_answer_that_no_function_gave_is_told_with_what_that_means() {
    let log = folder("why-answer").join("decisions.log");
    let log = log.to_str().unwrap();
    let dev = Dev::start(&["--log", log]).await;
    let refused = dev.call("DELETE", "/orders/42").bearer(demo::TOKEN).send().await.is(405);
    let output = tollgate(&["why", refused.header("x-amzn-requestid").unwrap(), "--log", log], &[]).await;
    let printed = String::from_utf8_lossy(&output.stdout);
    for fact in ["status      405", "method      DELETE", "decision    none: the API serves other methods"] {
        assert!(printed.contains(fact), "{fact} is missing in {output:?}");
    }
    let said = complaint(&["why", "another-id", "--log", log], &[]).await;
    assert!(
        said.contains("There is none where API Gateway answers by itself") && said.contains("access log"),
        "{said}"
    );
}

#[tokio::test]
async fn lines_are_taken_from_standard_input_too() {
    let lines = format!("START RequestId: {ID}\n{LINE}\n");
    let output = tollgate_told(&["why", ID, "--log", "-"], &[], &lines).await;
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(printed.contains("the token expired at 5") && printed.contains("what to do"), "{output:?}");
}

#[tokio::test]
async fn what_is_not_found_is_said_with_the_place() {
    let file = folder("why-nothing").join("empty.log");
    fs::write(&file, LINE).unwrap();
    let said = complaint(&["why", "another-id", "--log", file.to_str().unwrap()], &[]).await;
    assert!(said.contains("another-id") && said.contains("empty.log"), "{said}");
    let said = complaint(&["why", ID, "--log", "nowhere.log"], &[]).await;
    assert!(said.contains("nowhere.log"), "{said}");
    let said = complaint(&["why", ID], &environment(&cloudwatch().await)).await;
    assert!(said.contains("--log") && said.contains("--stack") && said.contains("--log-group"), "{said}");
}

#[tokio::test]
async fn the_log_groups_of_a_stack_are_searched() {
    let logs = cloudwatch().await;
    let output = tollgate(&["why", ID, "--stack", "gate", "--since", "2h"], &environment(&logs)).await;
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(printed.contains("the token expired at 5"), "{output:?}");
    let questions: Vec<Value> =
        logs.questions().iter().map(|question| serde_json::from_str(&question.body).unwrap()).collect();
    let groups: Vec<&str> = questions.iter().filter_map(|question| question["logGroupName"].as_str()).collect();
    let named = ["token", "token-status", "authorize", "shared-token-authorizer", "introspection-authorizer"];
    assert_eq!(groups, named.map(|function| format!("/aws/lambda/gate-{function}")), "no other stack's");
    assert_eq!(questions[0]["filterPattern"], "{ $.request_id = \"6f1b9c52-7d3e\" }");
    let warning = String::from_utf8_lossy(&output.stderr);
    assert!(warning.contains("/aws/lambda/gate-token"), "a group that cannot be read hides no other: {warning}");

    let said =
        complaint(&["why", "another", "--log-group", "/aws/lambda/x", "--since", "2h"], &environment(&logs)).await;
    assert!(said.contains("another") && said.contains("2 hours") && said.contains("/aws/lambda/x"), "{said}");
    let said = complaint(&["why", "another", "--stack", "gate"], &environment(&logs)).await;
    assert!(said.contains("/aws/lambda/gate-token"), "{said}");
    assert!(said.contains("answers by itself") && said.contains("AccessLogs"), "{said}");
}

/// CloudWatch Logs: the line is in the group of the shared-token authorizer; that of the token endpoint is not there.
async fn cloudwatch() -> Provider {
    Provider::start(|question| {
        let asked: Value = serde_json::from_str(&question.body).unwrap_or_default();
        let group = asked["logGroupName"].as_str().unwrap_or_default();
        let (status, answer) = match group.rsplit_once("gate-") {
            Some((_, "shared-token-authorizer")) => (200, json!({"events": [{"message": LINE}]})),
            Some((_, "token")) => (400, json!({"__type": "ResourceNotFoundException", "message": "no such group"})),
            _ => (200, json!({"events": []})),
        };
        Reply::of(status, "application/x-amz-json-1.1", answer.to_string())
    })
    .await
}

fn environment(logs: &Provider) -> Vec<(String, String)> {
    let pairs = [
        ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", format!("http://{}", logs.address)),
        ("AWS_REGION", "eu-west-1".into()),
        ("AWS_ACCESS_KEY_ID", "local".into()),
        ("AWS_SECRET_ACCESS_KEY", "local".into()),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value)).into()
}
