//! As little as an authorizer can do: `READS` reads of one item in a row, and a policy.

use bare_handlers::{Item, variable};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "methodArn")]
    method_arn: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let reads: u32 = variable("READS")?.parse()?;
    let item = &Item::connect().await?;
    run(service_fn(move |event| answer(item, reads, event))).await
}

async fn answer(item: &Item, reads: u32, event: LambdaEvent<Event>) -> Result<Value, Error> {
    for _ in 1..reads {
        item.read().await?;
    }
    let found = item.read().await?.ok_or("Unauthorized")?;
    let client_id = found.get("client_id").and_then(|value| value.as_s().ok()).ok_or("an item without client_id")?;
    Ok(json!({
        "principalId": client_id,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                { "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": event.payload.method_arn },
            ],
        },
        "context": { "client_id": client_id },
    }))
}
