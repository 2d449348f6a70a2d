//! How old what is decided on may be.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::{
    model::{Client, TokenKey},
    protocol::{ClientId, Secret, Spkey},
    store::{Change, Reader, Record, RecordKey, StoreError, Tables},
};
use tests::{CountingProxy, Requests, dynamodb};

use crate::store::{Store, grant};

fn orders() -> Spkey {
    Spkey::parse("942yzkggypg5dq6c4ucfv3ed").unwrap()
}

async fn switch(store: &Store, table: &str, id: &str, enabled: bool) {
    let request = store.dynamodb().update_item().table_name(table).key("id", AttributeValue::S(id.into()));
    let request = request.update_expression("SET enabled = :e");
    request.expression_attribute_values(":e", AttributeValue::Bool(enabled)).send().await.unwrap();
}

#[tokio::test]
async fn a_definition_may_be_as_old_as_the_setting_says_and_no_second_older() {
    let store = Store::new().await;
    let reader = store.reader(30);
    assert!(reader.service(&orders()).await.unwrap().unwrap().enabled);
    switch(&store, "tollgate-services", "spkey#942yzkggypg5dq6c4ucfv3ed", false).await;
    store.clock.advance(29);
    assert!(reader.service(&orders()).await.unwrap().unwrap().enabled, "still fresh");
    store.clock.advance(1);
    assert!(!reader.service(&orders()).await.unwrap().unwrap().enabled, "read anew");
}

#[tokio::test]
async fn with_age_zero_a_switch_counts_at_once() {
    let store = Store::new().await;
    let reader = store.reader(0);
    let shop = ClientId::parse("shop").unwrap();
    assert!(reader.client(&shop).await.unwrap().unwrap().value.is_enabled());
    switch(&store, "tollgate-clients", "client#shop", false).await;
    assert!(!reader.client(&shop).await.unwrap().unwrap().value.is_enabled());
}

/// A kept client is asked for the attempt that wrote it alone; what `tollgate apply` writes is another attempt's.
#[tokio::test]
async fn a_client_asked_about_with_a_token_is_as_it_is_now_whatever_the_age() {
    let store = Store::new().await;
    let proxy = CountingProxy::before(store.database()).await;
    let reader = Reader::new(dynamodb(proxy.address), Tables::default(), store.world(), 3_600);
    let (shop, token) = (ClientId::parse("shop").unwrap(), grant(&[3; 16], "a").id);
    let kept = async || reader.clients_and_token(&[&shop], &token).await.unwrap().0.pop();
    let first = kept().await.unwrap();
    proxy.take();
    assert_eq!(kept().await.as_ref(), Some(&first));
    assert_eq!(proxy.take(), Requests::from([("BatchGetItem".into(), 1)]));

    let client = Client { enabled: false, ..first.value.clone() };
    let save = Change::Save {
        record: Record::Client(Box::new(client)),
        over: Some(first.revision),
        attempt: "another".into(),
    };
    store.writer().commit(save).await.unwrap();
    assert!(!kept().await.unwrap().value.is_enabled());
    assert_eq!(proxy.take(), Requests::from([("BatchGetItem".into(), 1), ("GetItem".into(), 1)]));
    assert!(!reader.client(&shop).await.unwrap().unwrap().value.is_enabled(), "what was found is kept");
    assert_eq!(proxy.take(), Requests::default());

    let key = RecordKey::Client(shop.clone());
    store.writer().commit(Change::Remove { key, over: first.revision + 1 }).await.unwrap();
    assert_eq!(kept().await, None);
}

/// Rule Z8, and the promise that a revoked token is refused at once everywhere.
#[tokio::test]
async fn z8_a_grant_is_read_anew_each_time_whatever_the_age() {
    let store = Store::new().await;
    let reader = store.reader(3_600);
    let key = TokenKey::Grant(grant(&[3; 16], "a").id);
    store.writer().commit(Change::Issue { grant: grant(&[3; 16], "a"), attempt: "x".into() }).await.unwrap();
    assert_eq!(reader.grant(&key).await.unwrap().unwrap().revoked_at, None);
    let id = AttributeValue::S(grant(&[3; 16], "a").id.as_str().into());
    let revoke = store.dynamodb().update_item().table_name("tollgate-tokens").key("id", id);
    let revoke = revoke.update_expression("SET revoked_at = :t");
    revoke.expression_attribute_values(":t", AttributeValue::N("1".into())).send().await.unwrap();
    assert!(reader.grant(&key).await.unwrap().unwrap().revoked_at.is_some());
}

#[tokio::test]
async fn what_is_not_there_is_not_remembered() {
    let store = Store::new().await;
    let reader = store.reader(3_600);
    let nobody = Secret::new("nobody's key".into()).digest();
    assert!(reader.api_key(&nobody).await.unwrap().is_none());
    assert!(reader.service(&Spkey::parse("nothing").unwrap()).await.unwrap().is_none());
}

#[tokio::test]
async fn an_item_of_another_layout_is_an_error_that_names_it() {
    let store = Store::new().await;
    let request = store.dynamodb().update_item().table_name("tollgate-services");
    let request = request.key("id", AttributeValue::S("spkey#tpx1".into())).update_expression("SET v = :v");
    request.expression_attribute_values(":v", AttributeValue::N("2".into())).send().await.unwrap();
    let error = store.reader(0).service(&Spkey::parse("tpx1").unwrap()).await.unwrap_err();
    assert!(matches!(&error, StoreError::Malformed { id, .. } if id == "spkey#tpx1"), "{error}");
}

#[tokio::test]
async fn several_services_are_read_in_one_go_in_their_order() {
    let store = Store::new().await;
    let spkeys: Vec<Spkey> =
        ["tpx1", "nothing", "942yzkggypg5dq6c4ucfv3ed"].map(|spkey| Spkey::parse(spkey).unwrap()).into();
    let services = store.reader(0).services(&spkeys).await.unwrap();
    let names: Vec<&str> = services.iter().map(|service| service.name.as_str()).collect();
    assert_eq!(names, ["travel", "orders"]);
}

#[tokio::test]
async fn a_service_and_a_client_are_one_request_and_what_is_fresh_is_not_read_again() {
    let store = Store::new().await;
    let proxy = CountingProxy::before(store.database()).await;
    let shop = ClientId::parse("shop").unwrap();
    let reader = || Reader::new(dynamodb(proxy.address), Tables::default(), store.world(), 30);
    let read = async |reader: &Reader| {
        let (service, client) = reader.service_and_client(&orders(), &shop).await.unwrap();
        assert_eq!((&service.unwrap().spkey, &client.unwrap().value.client_id), (&orders(), &shop));
        proxy.take()
    };
    let fresh = reader();
    assert_eq!(read(&fresh).await, Requests::from([("BatchGetItem".into(), 1)]));
    assert_eq!(read(&fresh).await, Requests::new());
    let (with_service, with_client) = (reader(), reader());
    with_service.service(&orders()).await.unwrap();
    with_client.client(&shop).await.unwrap();
    proxy.take();
    for one in [with_service, with_client] {
        assert_eq!(read(&one).await, Requests::from([("GetItem".into(), 1)]));
    }
}
