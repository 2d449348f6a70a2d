//! `tollgate diff`, `apply` and `export`, with the database of a `tollgate dev` in the place of AWS.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use std::{collections::BTreeSet, fs, path::PathBuf, process::Output};

use tests::{Call, KMS_KEY, Kms, Provider, Reply, dynamodb};

use crate::running::{Dev, folder, tollgate};

/// A deployment: tables, and the environment that leads to them.
struct Aws {
    dev: Dev,
    environment: Vec<(String, String)>,
}

impl Aws {
    async fn start() -> Self {
        let dev = Dev::start(&[]).await;
        let environment = dev.environment();
        Self { dev, environment }
    }

    fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        tollgate(arguments, &self.environment).await
    }

    /// The last write of everything that is stored.
    async fn attempts(&self) -> BTreeSet<String> {
        let mut attempts = BTreeSet::new();
        for table in ["tollgate-services", "tollgate-clients", "tollgate-users"] {
            let items = dynamodb(self.dev.dynamodb()).scan().table_name(table).send().await.unwrap();
            attempts.extend(items.items().iter().map(|item| item["attempt"].as_s().unwrap().clone()));
        }
        attempts
    }

    /// What a run that is to succeed prints.
    async fn printed(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

fn file(name: &str, text: &str) -> PathBuf {
    let file = folder(name).join("tollgate.yaml");
    fs::write(&file, text).unwrap();
    file
}

const FILE: &str = r#"
services:
  - { spkey: bks1, name: books, base_path: /books, backend: "http://127.0.0.1:1" }
applications:
  - { name: Reader, clients: [{ client_id: reader, grant_types: [client_credentials], services: [books] }] }
"#;

#[tokio::test]
async fn diff_tells_by_its_exit_code_and_apply_writes_what_it_shows_once() {
    let aws = Aws::start().await;
    let path = file("apply", FILE);
    let path = path.to_str().unwrap();
    let shown = aws.run(&["diff", path]).await;
    assert_eq!(shown.status.code(), Some(2), "{shown:?}");
    let target = String::from_utf8(shown.stderr).unwrap();
    let tables = "tables tollgate-services, tollgate-clients, tollgate-tokens, tollgate-authorizations, tollgate-users";
    let place = format!("{tables} in us-east-1 at http://{}\n", aws.dev.dynamodb());
    assert!(target.starts_with(&format!("{path}: {place}")), "{target}");
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(
        shown.contains("+ service books\n") && shown.contains("client_secret: generated when applied\n"),
        "{shown}"
    );
    assert!(shown.ends_with("3 to create, 0 to change, 0 to remove\n") && !shown.contains('\u{1b}'), "{shown}");

    let printed = aws.printed(&["apply", "--yes", path]).await;
    let shown = shown.replace("generated when applied", "generated");
    assert!(printed.starts_with(&shown) && printed.ends_with("\n3 written\n"), "{printed}");
    let secret = printed.lines().find_map(|line| line.strip_prefix("generated for client reader, shown once: "));
    let token = Call::new(aws.dev.address, "POST", "/oauth2/token").basic("reader", secret.unwrap());
    token.form("grant_type=client_credentials").send().await.is(200);

    let again = aws.printed(&["apply", path]).await;
    assert!(again.ends_with("nothing to write\n"), "{again}");
    assert_eq!(aws.run(&["diff", path]).await.status.code(), Some(0));
}

#[tokio::test]
async fn diff_shows_no_spkey_that_apply_would_draw_anew() {
    let aws = Aws::start().await;
    let path = file("drawn", &FILE.replace("spkey: bks1, ", ""));
    let shown = aws.run(&["diff", path.to_str().unwrap()]).await;
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("    spkey: generated when applied\n"), "{shown}");
    let printed = aws.printed(&["apply", "--yes", path.to_str().unwrap()]).await;
    let spkey = printed.lines().find_map(|line| line.strip_prefix("    spkey: ")).unwrap();
    assert_eq!(spkey.len(), 24, "{printed}");
    assert!(aws.printed(&["export"]).await.contains(spkey), "what is shown is what is written");
}

#[tokio::test]
async fn a_client_whose_service_gets_another_spkey_under_its_name_is_shown_with_both() {
    let aws = Aws::start().await;
    let printed = aws.printed(&["apply", "--yes", "--prune", file("spkey", FILE).to_str().unwrap()]).await;
    assert!(printed.contains("+ client reader"), "{printed}");
    let path = file("another-spkey", &FILE.replace("bks1", "bks2"));
    let shown = aws.run(&["diff", "--prune", path.to_str().unwrap()]).await;
    let shown = String::from_utf8(shown.stdout).unwrap();
    let services = r#"    services: ["books (spkey bks1)"] -> ["books (spkey bks2)"]"#;
    assert!(shown.contains(&format!("~ client reader\n{services}\n")), "{shown}");
}

#[tokio::test]
async fn an_endpoint_where_nobody_answers_is_told_in_one_sentence() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let endpoint = format!("http://{closed}");
    let environment = [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ("AWS_ENDPOINT_URL_DYNAMODB", &endpoint),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let output = tollgate(&["diff", file("unreachable", FILE).to_str().unwrap()], &environment).await;
    let said = String::from_utf8(output.stderr).unwrap();
    let sentence = format!("DynamoDB does not answer at {endpoint}: Connection refused (os error 111); ");
    assert!(said.contains(&sentence) && said.contains("--endpoint-url"), "{said}");
    assert!(!said.contains("DispatchFailure"), "{said}");
}

#[tokio::test]
async fn nothing_is_written_unasked_or_from_a_file_with_a_mistake() {
    let aws = Aws::start().await;
    let before = aws.attempts().await;
    let asked = aws.run(&["apply", file("unasked", FILE).to_str().unwrap()]).await;
    assert_eq!(asked.status.code(), Some(1));
    assert!(String::from_utf8(asked.stderr).unwrap().contains("--yes"), "a pipe cannot confirm");
    let mistaken = FILE.replace("services: [books]", "services: [boks]");
    let mistaken = aws.run(&["apply", "--yes", file("mistaken", &mistaken).to_str().unwrap()]).await;
    assert_eq!(mistaken.status.code(), Some(1));
    assert!(String::from_utf8(mistaken.stderr).unwrap().contains("did you mean books"));
    assert_eq!(aws.attempts().await, before);
}

#[tokio::test]
async fn what_is_exported_applies_without_a_difference_and_prune_keeps_it() {
    let aws = Aws::start().await;
    let path = file("exported", &aws.printed(&["export"]).await);
    let printed = aws.printed(&["diff", "--prune", path.to_str().unwrap()]).await;
    assert_eq!(printed, "0 to create, 0 to change, 0 to remove\n");
}

#[tokio::test]
async fn a_stack_names_the_tables_the_data_key_and_the_issuer() {
    let (kms, tables) = (Kms::start().await, ["services", "clients", "tokens", "users", "authorizations"]);
    let outputs = tables.map(|table| {
        let name = format!("{}TableName", table[..1].to_uppercase() + &table[1..]);
        output(&name, &format!("tollgate-{table}"))
    });
    let outputs = outputs.concat() + &output("DataKeyArn", KMS_KEY) + &output("Issuer", "https://id.example.com");
    let cloudformation = Provider::start(move |question| {
        assert!(question.body.contains("Action=DescribeStacks") && question.body.contains("StackName=mine"));
        let stack = "<StackName>mine</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime>\
                     <StackStatus>CREATE_COMPLETE</StackStatus>";
        let body = format!(
            "<DescribeStacksResponse><DescribeStacksResult><Stacks><member>{stack}<Outputs>{outputs}</Outputs></member>\
             </Stacks></DescribeStacksResult></DescribeStacksResponse>"
        );
        Reply::of(200, "text/xml", body)
    });
    let aws = Aws::start().await.with("SERVICES_TABLE", "another-table");
    let aws = aws.with("AWS_ENDPOINT_URL_CLOUDFORMATION", format!("http://{}", cloudformation.await.address));
    let aws = aws.with("AWS_ENDPOINT_URL_KMS", format!("http://{}", kms.address()));
    let text = "
issuer: https://id.example.org
services:
  - name: asked
    base_path: /asked
    backend: http://127.0.0.1:1
    authorizer: introspection
    block_authorization_header: true
    validation: { method: introspection, client_id: us, client_secret: at-the-provider }
    token_validation_uri: { defaultURI: http://127.0.0.1:1 }
";
    let path = file("stack", text);
    let shown = aws.run(&["diff", "--stack", "mine", path.to_str().unwrap()]).await;
    assert_eq!(shown.status.code(), Some(2), "{shown:?}");
    let said = String::from_utf8(shown.stderr).unwrap();
    assert_eq!(said.matches("the stack's is https://id.example.com").count(), 1, "{said}");
    let arguments = ["apply", "--yes", "--stack", "mine", path.to_str().unwrap()];
    let written = aws.run(&arguments).await;
    assert!(written.status.success(), "{written:?}");
    let said = String::from_utf8(written.stderr).unwrap();
    assert!(said.contains("the stack's is https://id.example.com"), "{said}");
    assert_eq!((kms.asked("GenerateDataKey"), kms.asked("Decrypt")), (1, 0));
    assert!(aws.printed(&arguments).await.ends_with("nothing to write\n"));
    assert_eq!((kms.asked("GenerateDataKey"), kms.asked("Decrypt")), (1, 1));
    let items = dynamodb(aws.dev.dynamodb()).scan().table_name("tollgate-services").send().await.unwrap();
    assert_eq!(items.count(), 8, "the demo's three services, their resources' addresses, one more, and the server");
}

fn output(name: &str, value: &str) -> String {
    format!("<member><OutputKey>{name}</OutputKey><OutputValue>{value}</OutputValue></member>")
}

#[tokio::test]
async fn what_is_missing_is_said() {
    let aws = Aws::start().await;
    let path = file("missing", FILE);
    let aws = aws.with("AWS_EC2_METADATA_DISABLED", "true");
    let without_region = aws.environment.iter().filter(|(name, _)| name != "AWS_REGION").cloned().collect::<Vec<_>>();
    let output = tollgate(&["diff", path.to_str().unwrap()], &without_region).await;
    assert!(String::from_utf8(output.stderr).unwrap().contains("--region"), "a Region is named by nobody");
    let aws = aws.with("CLIENTS_TABLE", "not-there");
    let output = aws.run(&["export"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("Scan failed"), "the table is not there");
}
