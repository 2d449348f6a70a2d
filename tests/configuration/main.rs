//! The documented example, as a user would run it, and the files of the guides.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod guides;

use std::path::Path;

use cli::dev::Data;
use shared::model::configuration::{self, Values};
use tests::Tollgate;

/// What the example asks for.
struct Example;

impl Values for Example {
    fn env(&self, name: &str) -> Option<String> {
        name.ends_with("_SECRET").then_some("a secret of the shop".to_owned()).or(Some(format!("value of {name}")))
    }

    fn file(&self, path: &str) -> Result<String, String> {
        Err(format!("{path} is not there"))
    }
}

async fn example() -> Tollgate {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/src/model/configuration/example.yaml");
    let (backends, _server) = cli::dev::demo::serve().await.expect("the demo's server starts");
    let text = std::fs::read_to_string(file).expect("the example is there");
    let text = text.replace("127.0.0.1:9001", &backends.to_string()).replace("127.0.0.1:9002", &backends.to_string());
    let configuration =
        configuration::parse("example.yaml", &text, &Example).unwrap_or_else(|report| panic!("{report}"));
    Tollgate::start(Some(configuration), Data::InMemory).await
}

#[tokio::test]
async fn a_token_of_the_examples_client_opens_both_services() {
    let tollgate = example().await;
    let token = tollgate.access_token(("shop", "a secret of the shop"), "scope=orders.read").await;
    tollgate.call("GET", "/orders/1").bearer(&token).send().await.is(200);
    tollgate.call("GET", "/invoices/1").bearer(&token).send().await.is(200);
    tollgate.call("POST", "/orders/1").bearer(&token).send().await.is(403);
}
