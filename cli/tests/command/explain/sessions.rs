//! The account page and the logout.

use std::fs;

use aws_sdk_dynamodb::types::AttributeValue;
use cli::dev::demo;
use shared::{
    env::World,
    model::{GrantKey, ListedGrant, Listing, SessionKey},
    protocol::{ClientId, Scope, Secret, Spkey, Subject, Timestamp},
    store::{Change, Reader, Table, Tables, Writer},
};

use super::{event_explained, file_explained, set, tells};
use crate::running::{Dev, folder};

async fn explained(dev: &Dev, case: &str) -> String {
    event_explained(dev, "authorize", case).await
}

#[tokio::test]
async fn a_session_is_told_with_its_owner_its_end_and_what_is_listed() {
    let dev = Dev::start(&[]).await;
    let event = fs::read_to_string(EVENT).unwrap();
    let file = folder("explain-session").join("event.json");
    for path in ["/oauth2/account", "/oauth2/logout"] {
        fs::write(&file, event.replace("/oauth2/account", path)).unwrap();
        let printed = file_explained(&dev, &file).await;
        tells(
            &printed,
            &[
                ("request", &format!("GET {path}")),
                ("logged in", "alice since "),
                ("session ends", "2100-01-01T00:00:00Z"),
                ("session counts", "yes"),
                ("lists", "nothing: no client has access"),
                ("caller sees", "200"),
            ],
        );
    }
    tells(
        &explained(&dev, "http2_log_out.json").await,
        &[
            ("logged in", "no: the cookie stands for no session"),
            ("decision", "logged_out"),
            ("ended", "nothing: this is a rehearsal, the same request ends the session"),
        ],
    );
    tells(
        &explained(&dev, "http2_account_anonymous.json").await,
        &[("logged in", "no: the request has no cookie of a session"), ("caller sees", "303")],
    );
}

#[tokio::test]
async fn a_session_that_is_over_is_told_with_why() {
    let dev = Dev::start(&[]).await;
    let session = SessionKey::of(&Secret::new(demo::SESSION.into()));
    set(&dev, Table::Users, "alice", "enabled", AttributeValue::Bool(false)).await;
    let told = |why| [("logged in", "alice since "), ("session counts", why)];
    let printed = explained(&dev, "http2_account.json").await;
    tells(&printed, &told("no: the user is gone, switched off, or has another password"));
    set(&dev, Table::Tokens, session.as_str(), "expires_at", AttributeValue::N("1".into())).await;
    let printed = explained(&dev, "http2_account.json").await;
    tells(&printed, &told("no: it is over"));
    assert!(!printed.contains("account page"), "{printed}");
}

#[tokio::test]
async fn what_the_account_page_lists_is_told_by_client() {
    let dev = Dev::start(&[]).await;
    let reader = Reader::new(tests::dynamodb(dev.dynamodb()), Tables::default(), World::system(), 0);
    let (owner, client_id) = (Subject::parse("alice").unwrap(), ClientId::parse("shop").unwrap());
    let since = Timestamp::from_secs(0);
    let orders = Spkey::parse("942yzkggypg5dq6c4ucfv3ed").unwrap();
    let listing = Box::new(Listing {
        client_id: client_id.clone(),
        owner: owner.clone(),
        grant: GrantKey::parse("a"),
        listed: ListedGrant { since, until: since },
        consents: [(orders, Scope::parse("orders.read").unwrap())].into(),
        epoch: None,
        alone_over: None,
        leaving: [].into(),
    });
    let changes = vec![Change::Index { owner, client_id }, Change::List { listing, attempt: "list".into() }];
    Writer::new(reader).commit_all(changes).await.unwrap();
    let printed = explained(&dev, "http2_account.json").await;
    tells(&printed, &[("shop", "Shop: orders; orders.read; since 1970-01-01T00:00:00Z")]);
}

/// A request to the account page by somebody who has logged in.
const EVENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../events/authorize/http2_account.json");
