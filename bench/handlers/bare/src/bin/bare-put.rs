//! As little as a token endpoint can do: `READS` reads of one item in a row in every invoke, after `FIRST_READS` in the
//! first, for what is kept then; and in every invoke one item is written, on the condition that nothing is there.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_dynamodb::types::AttributeValue;
use bare_handlers::{Item, variable};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let reads: u32 = variable("READS")?.parse()?;
    let unread = &AtomicU32::new(variable("FIRST_READS")?.parse()?);
    let item = &Item::connect().await?;
    run(service_fn(move |event| answer(item, reads, unread, event))).await
}

async fn answer(item: &Item, reads: u32, unread: &AtomicU32, event: LambdaEvent<Value>) -> Result<Value, Error> {
    for _ in 0..reads + unread.swap(0, Ordering::Relaxed) {
        item.read().await?;
    }
    write(item, event.context.request_id).await?;
    Ok(json!({ "statusCode": 200, "headers": { "content-type": "application/json" }, "body": "{}" }))
}

async fn write(item: &Item, id: String) -> Result<(), Error> {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    item.db()
        .put_item()
        .table_name(&item.table)
        .item("id", AttributeValue::S(id))
        .item("client_id", text("shop"))
        .item("issued_at", AttributeValue::N("1800000000".into()))
        .item("expires_at", AttributeValue::N("1800003600".into()))
        .condition_expression("attribute_not_exists(id)")
        .send()
        .await?;
    Ok(())
}
