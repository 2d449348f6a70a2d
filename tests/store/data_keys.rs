//! Secrets for providers under data keys that KMS wraps.

use shared::{
    endpoint::apply::{Wanted, plan},
    model::{DataKey, Sealed, WrappedKey},
    store::{DataKeys, StoreError},
};
use tests::{KMS_KEY, Kms};

use crate::{
    apply::{keys, parsed},
    store::Store,
};

const TWO_PROVIDERS: &str = r#"
services:
  - name: one
    base_path: /one
    backend: http://127.0.0.1:1
    authorizer: introspection
    validation: { method: introspection, client_id: us, client_secret: secret-at-the-first }
    token_validation_uri: { defaultURI: "http://127.0.0.1:1/introspect" }
  - name: other
    base_path: /other
    backend: http://127.0.0.1:1
    authorizer: introspection
    validation: { method: introspection, client_id: us, client_secret: secret-at-the-second }
    token_validation_uri: { defaultURI: "http://127.0.0.1:1/introspect" }
"#;

async fn apply(store: &Store, text: &str, keys: &DataKeys) -> usize {
    shared::endpoint::apply(&parsed(text), &store.writer(), keys, &store.world()).await.unwrap().written
}

async fn sealed(store: &Store) -> Vec<Sealed> {
    let snapshot = store.reader(0).snapshot().await.unwrap();
    snapshot.services.values().filter_map(|stored| stored.value.sealed().cloned()).collect()
}

async fn wrapped(store: &Store) -> Vec<WrappedKey> {
    sealed(store).await.iter().map(|sealed| sealed.wrapped_key().unwrap().clone()).collect()
}

#[tokio::test]
async fn one_run_seals_with_one_data_key_and_the_next_opens_it_once_and_writes_nothing() {
    let (store, kms) = (Store::new().await, Kms::start().await);
    assert_eq!(apply(&store, TWO_PROVIDERS, &kms.data_keys().sealing_under(KMS_KEY)).await, 2);
    assert_eq!((kms.asked("GenerateDataKey"), kms.asked("Decrypt")), (1, 0));
    let [one, other] = &wrapped(&store).await[..] else { panic!("two services") };
    assert_eq!(one, other);
    assert_eq!(apply(&store, TWO_PROVIDERS, &kms.data_keys().sealing_under(KMS_KEY)).await, 0);
    assert_eq!((kms.asked("GenerateDataKey"), kms.asked("Decrypt")), (1, 1));
}

#[tokio::test]
async fn a_secret_that_changes_takes_a_new_data_key_and_the_others_stay() {
    let (store, kms) = (Store::new().await, Kms::start().await);
    apply(&store, TWO_PROVIDERS, &kms.data_keys().sealing_under(KMS_KEY)).await;
    let changed = TWO_PROVIDERS.replace("secret-at-the-second", "rotated-at-the-second");
    assert_eq!(apply(&store, &changed, &kms.data_keys().sealing_under(KMS_KEY)).await, 1);
    let [one, other] = &wrapped(&store).await[..] else { panic!("two services") };
    assert_ne!(one, other);
}

#[tokio::test]
async fn an_omitted_secret_is_kept_and_asks_kms_for_nothing() {
    let (store, kms) = (Store::new().await, Kms::start().await);
    apply(&store, TWO_PROVIDERS, &kms.data_keys().sealing_under(KMS_KEY)).await;
    let before = sealed(&store).await;
    let without = TWO_PROVIDERS.replace(", client_secret: secret-at-the-first", "");
    let without = without.replace(", client_secret: secret-at-the-second", "").replace("/one", "/first");
    assert_eq!(apply(&store, &without, &DataKeys::default()).await, 1);
    assert_eq!(sealed(&store).await, before);
    assert_eq!(kms.asked("Decrypt"), 0);
}

#[tokio::test]
async fn what_is_neither_in_the_file_nor_stored_or_cannot_be_sealed_is_refused_before_anything_is_written() {
    let store = Store::new().await;
    let without = TWO_PROVIDERS.replace(", client_secret: secret-at-the-first", "");
    let (writer, keys, world) = (store.writer(), DataKeys::default(), store.world());
    let refused = shared::endpoint::apply(&parsed(&without), &writer, &keys, &world).await.unwrap_err().to_string();
    assert!(refused.contains("service one has no client_secret"), "{refused}");
    assert!(refused.contains("no data key to seal it with"), "{refused}");
    assert_eq!(sealed(&store).await, []);
}

#[tokio::test]
async fn a_kms_that_refuses_or_fails_stops_a_run_before_it_writes_and_says_so() {
    let (store, kms) = (Store::new().await, Kms::start().await);
    apply(&store, TWO_PROVIDERS, &kms.data_keys().sealing_under(KMS_KEY)).await;
    kms.refuse();
    let changed = parsed(&TWO_PROVIDERS.replace("/one", "/first"));
    let (writer, keys, world) = (store.writer(), kms.data_keys().sealing_under(KMS_KEY), store.world());
    let refused = shared::endpoint::apply(&changed, &writer, &keys, &world).await.unwrap_err().to_string();
    assert!(refused.starts_with("nothing was written") && refused.contains("kms:Decrypt is refused"), "{refused}");
    assert!(refused.contains("service one ") && refused.contains("--reseal"), "{refused}");
    let error = kms.data_keys().sealing_under(KMS_KEY).sealing_key().await.err().unwrap();
    let said = error.to_string();
    assert!(
        said.starts_with(&format!("the KMS key {KMS_KEY} gives no data key: kms:GenerateDataKey is refused")),
        "{said}"
    );
    kms.fail(true);
    let error = kms.data_keys().sealing_under(KMS_KEY).sealing_key().await.err().unwrap();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
}

#[tokio::test]
async fn resealing_opens_nothing_and_moves_from_a_key_file_to_kms() {
    let (store, kms) = (Store::new().await, Kms::start().await);
    apply(&store, TWO_PROVIDERS, &keys()).await;
    let configuration = parsed(TWO_PROVIDERS);
    let wanted = Wanted { reseal: true, ..Wanted::of(&configuration) };
    let keys = kms.data_keys().sealing_under(KMS_KEY);
    let plan = plan(&wanted, store.writer().reader(), &keys, &store.world()).await.unwrap();
    assert_eq!((plan.changes(), kms.asked("Decrypt")), (2, 0));
    plan.carry_out(&store.writer(), 1, |_| std::ops::ControlFlow::Continue(())).await.unwrap();
    assert_eq!(wrapped(&store).await.len(), 2);
    assert_eq!(apply(&store, TWO_PROVIDERS, &kms.data_keys()).await, 0);
}

#[tokio::test]
async fn a_plan_that_is_only_shown_generates_no_data_key() {
    let (store, kms) = (Store::new().await, Kms::start().await);
    let keys = kms.data_keys().sealing_for_show(store.world());
    let plan = plan(&Wanted::of(&parsed(TWO_PROVIDERS)), store.writer().reader(), &keys, &store.world()).await.unwrap();
    assert_eq!((plan.changes(), kms.asked("GenerateDataKey")), (2, 0));
}

/// The file's text without its two secrets.
fn without_secrets() -> String {
    TWO_PROVIDERS
        .replace(", client_secret: secret-at-the-first", "")
        .replace(", client_secret: secret-at-the-second", "")
}

#[tokio::test]
async fn resealing_reaches_a_secret_that_the_file_omits() {
    let (store, kms) = (Store::new().await, Kms::start().await);
    apply(&store, TWO_PROVIDERS, &kms.data_keys().sealing_under(KMS_KEY)).await;
    let before = wrapped(&store).await;
    let configuration = parsed(&without_secrets());
    let wanted = Wanted { reseal: true, ..Wanted::of(&configuration) };
    let keys = kms.data_keys().sealing_under(KMS_KEY);
    let plan = plan(&wanted, store.writer().reader(), &keys, &store.world()).await.unwrap();
    plan.carry_out(&store.writer(), 1, |_| std::ops::ControlFlow::Continue(())).await.unwrap();
    assert!(wrapped(&store).await.iter().all(|key| !before.contains(key)));
    assert_eq!(apply(&store, TWO_PROVIDERS, &kms.data_keys()).await, 0, "the same secrets");
}

#[tokio::test]
async fn a_key_that_does_not_open_what_is_stored_is_refused_and_seals_nothing() {
    let store = Store::new().await;
    apply(&store, TWO_PROVIDERS, &keys()).await;
    let before = sealed(&store).await;
    let another = DataKeys::local(DataKey::new(&[8; 32]).unwrap());
    for (text, reseal) in [(TWO_PROVIDERS.to_owned(), false), (without_secrets(), true)] {
        let configuration = parsed(&text);
        let wanted = Wanted { reseal, ..Wanted::of(&configuration) };
        let refused = plan(&wanted, store.writer().reader(), &another, &store.world()).await.unwrap_err().to_string();
        for service in ["one", "other"] {
            assert!(refused.contains(&format!("the service {service} has a stored client_secret that")), "{refused}");
        }
        assert!(refused.contains("--reseal"), "{refused}");
    }
    assert_eq!(sealed(&store).await, before);
}
