//! What may stand in no log and no table, and a look into every table.

use std::net::SocketAddr;

use aws_sdk_dynamodb::types::AttributeValue;
use cli::dev::demo;
use shared::store::{Table, Tables};

use crate::dynamodb;

/// The secrets of the demo and its sample events.
pub const DEMO: [&str; 15] = [
    demo::TOKEN,
    demo::READ_ONLY_TOKEN,
    demo::EXPIRED_TOKEN,
    demo::CODE,
    demo::REDEEMED_CODE,
    demo::REFRESH_TOKEN,
    demo::CLIENT_SECRET,
    demo::API_KEY,
    demo::SESSION,
    demo::TRAVEL_TOKEN,
    "travel-inactive",
    "travel-failing",
    "tga_demo-token-that-nobody-was-ever-given-for-refusals-0000000000000",
    "c2hvcDp0Z3NfZGVtby1zZWNyZXQtb2YtdGhlLWNsaWVudC1zaG9w",
    "wonderland",
];

/// Expects that a text shows none of the secrets.
#[track_caller]
pub fn are_not_in(secrets: &[&str], text: &str) {
    assert!(!text.is_empty(), "there is nothing to look at");
    for secret in secrets {
        assert!(!text.contains(secret), "{secret} stands in {text}");
    }
}

/// Every text and every bytes of every item, a line each.
pub async fn tables(address: SocketAddr) -> String {
    let db = dynamodb(address);
    let mut dump = String::new();
    for table in Table::ALL {
        let items = db.scan().table_name(Tables::default().name(table)).into_paginator().items().send();
        let items: Vec<_> = items.try_collect().await.expect("the table can be read");
        items.into_iter().flatten().for_each(|(name, value)| {
            dump.push_str(&name);
            dump.push('\n');
            write(&value, &mut dump);
        });
    }
    dump
}

fn write(value: &AttributeValue, dump: &mut String) {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => dump.push_str(text),
        AttributeValue::B(bytes) => dump.push_str(&String::from_utf8_lossy(bytes.as_ref())),
        AttributeValue::L(list) => list.iter().for_each(|value| write(value, dump)),
        AttributeValue::M(map) => map.iter().for_each(|(name, value)| {
            dump.push_str(name);
            dump.push('\n');
            write(value, dump);
        }),
        AttributeValue::Ss(texts) => dump.push_str(&texts.join("\n")),
        AttributeValue::Bool(_) | AttributeValue::Null(_) => {}
        other => panic!("an attribute of an unexpected type: {other:?}"),
    }
    dump.push('\n');
}
