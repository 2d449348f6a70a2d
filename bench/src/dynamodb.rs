//! A DynamoDB that answers at once: items are put while it learns, and only read afterwards.

use std::{
    borrow::Cow,
    collections::HashMap,
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use rustls::ServerConfig;
use serde_json::{Map, Value, json};

use crate::{
    message::Request,
    stub::{Answer, Stub},
};

/// The DynamoDB.
pub(crate) struct DynamoDb {
    /// Where it is, and what it was asked.
    pub(crate) stub: Stub,
    items: Arc<Items>,
}

/// Items as DynamoDB's JSON, by table and key.
struct Items {
    by_place: Mutex<HashMap<(String, String), String>>,
    learning: AtomicBool,
}

impl DynamoDb {
    /// An empty one that learns, and that waits `delay` before each answer.
    ///
    /// # Errors
    /// No port is free.
    pub(crate) fn serve(tls: Arc<ServerConfig>, delay: Duration) -> io::Result<Self> {
        let items = Arc::new(Items { by_place: Mutex::default(), learning: AtomicBool::new(true) });
        let known = Arc::clone(&items);
        let stub = Stub::serve(tls, move |request| {
            let answer = known.answer(request);
            if !delay.is_zero() {
                thread::sleep(delay);
            }
            answer
        })?;
        Ok(Self { stub, items })
    }

    /// From now on writes are kept, or answered and forgotten, so that every invoke finds the same.
    pub(crate) fn learn(&self, learning: bool) {
        self.items.learning.store(learning, Ordering::Relaxed);
    }

    /// The keys of a table.
    pub(crate) fn keys(&self, table: &str) -> Vec<String> {
        let items = self.items.locked();
        items.keys().filter(|(of, _)| of == table).map(|(_, key)| key.clone()).collect()
    }
}

impl Items {
    fn answer(&self, request: &Request) -> Answer {
        let operation = request.operation.as_deref().and_then(|target| target.rsplit('.').next()).unwrap_or("unknown");
        let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let (status, body) = match operation {
            "GetItem" => (200, self.get(&asked)),
            "BatchGetItem" => (200, self.batch_get(&asked)),
            "PutItem" => (200, self.put(&asked)),
            "UpdateItem" => (400, NOTHING_TO_UPDATE.to_owned()),
            "Scan" => (200, r#"{"Items":[],"Count":0,"ScannedCount":0}"#.to_owned()),
            _ => (200, "{}".to_owned()),
        };
        Answer { operation: operation.to_owned(), status, content_type: "application/x-amz-json-1.0", body }
    }

    fn get(&self, asked: &Value) -> String {
        let place = (text(&asked["TableName"]), key(&asked["Key"]));
        self.locked().get(&place).map_or_else(|| "{}".to_owned(), |item| format!(r#"{{"Item":{item}}}"#))
    }

    fn batch_get(&self, asked: &Value) -> String {
        let items = self.locked();
        let tables = asked["RequestItems"].as_object().into_iter().flatten().map(|(table, wanted)| {
            let keys = wanted["Keys"].as_array().into_iter().flatten();
            let found = keys.filter_map(|key_of| items.get(&(table.clone(), key(key_of))));
            let found = found.map(|item| projected(item, wanted["ProjectionExpression"].as_str()));
            format!("{}:[{}]", json!(table), found.collect::<Vec<_>>().join(","))
        });
        format!(r#"{{"Responses":{{{}}},"UnprocessedKeys":{{}}}}"#, tables.collect::<Vec<_>>().join(","))
    }

    fn put(&self, asked: &Value) -> String {
        if self.learning.load(Ordering::Relaxed) {
            let item = &asked["Item"];
            let partition = KEYS.iter().find_map(|name| item[name]["S"].as_str()).unwrap_or_default();
            self.locked().insert((text(&asked["TableName"]), partition.to_owned()), item.to_string());
        }
        "{}".to_owned()
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<(String, String), String>> {
        self.by_place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The text of a key of one attribute.
fn key(key: &Value) -> String {
    key.as_object().and_then(|key| key.values().next()).map(|value| text(&value["S"])).unwrap_or_default()
}

/// The item, or those of its attributes that are asked for.
fn projected<'a>(item: &'a str, attributes: Option<&str>) -> Cow<'a, str> {
    let Some(attributes) = attributes else { return item.into() };
    let mut item: Map<String, Value> = serde_json::from_str(item).unwrap_or_default();
    item.retain(|name, _| attributes.split(", ").any(|attribute| attribute == name));
    Value::Object(item).to_string().into()
}

/// What the key of a table is called: the functions' tables, and the peer's.
const KEYS: [&str; 3] = ["id", "username", "modelId"];
/// Only counters of failures are updated, on the condition that they are there, and none ever is.
const NOTHING_TO_UPDATE: &str = concat!(
    r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","#,
    r#""message":"The conditional request failed"}"#
);

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(items: &Items, operation: &str, body: &str) -> String {
        let request = Request {
            target: "/".into(),
            operation: Some(format!("DynamoDB_20120810.{operation}")),
            body: body.into(),
        };
        items.answer(&request).body
    }

    #[test]
    fn what_was_put_while_it_learned_is_there() {
        let items = Items { by_place: Mutex::default(), learning: AtomicBool::new(true) };
        ask(&items, "PutItem", r#"{"TableName":"t","Item":{"id":{"S":"a"},"n":{"N":"1"}}}"#);
        items.learning.store(false, Ordering::Relaxed);
        ask(&items, "PutItem", r#"{"TableName":"t","Item":{"id":{"S":"b"}}}"#);
        let found = ask(&items, "GetItem", r#"{"TableName":"t","Key":{"id":{"S":"a"}}}"#);
        assert_eq!(found, r#"{"Item":{"id":{"S":"a"},"n":{"N":"1"}}}"#);
        assert_eq!(ask(&items, "GetItem", r#"{"TableName":"t","Key":{"id":{"S":"b"}}}"#), "{}");
        let both = r#"{"RequestItems":{"t":{"Keys":[{"id":{"S":"a"}},{"id":{"S":"b"}}]}}}"#;
        let expected = r#"{"Responses":{"t":[{"id":{"S":"a"},"n":{"N":"1"}}]},"UnprocessedKeys":{}}"#;
        assert_eq!(ask(&items, "BatchGetItem", both), expected);
        let narrow = r#"{"RequestItems":{"t":{"Keys":[{"id":{"S":"a"}}],"ProjectionExpression":"id, attempt"}}}"#;
        let expected = r#"{"Responses":{"t":[{"id":{"S":"a"}}]},"UnprocessedKeys":{}}"#;
        assert_eq!(ask(&items, "BatchGetItem", narrow), expected);
    }
}
