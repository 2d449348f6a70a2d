//! As little as a token endpoint can do: one item is written, on the condition that nothing is there.

use aws_sdk_dynamodb::types::AttributeValue;
use bare_handlers::Item;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let item = &Item::connect().await?;
    run(service_fn(move |event| answer(item, event))).await
}

async fn answer(item: &Item, event: LambdaEvent<Value>) -> Result<Value, Error> {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    item.db()
        .put_item()
        .table_name(&item.table)
        .item("id", text(&event.context.request_id))
        .item("client_id", text("shop"))
        .item("issued_at", AttributeValue::N("1800000000".into()))
        .item("expires_at", AttributeValue::N("1800003600".into()))
        .condition_expression("attribute_not_exists(id)")
        .send()
        .await?;
    Ok(json!({ "statusCode": 200, "headers": { "content-type": "application/json" }, "body": "{}" }))
}
