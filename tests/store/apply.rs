//! Applying a configuration: what differs is written, and nothing twice.

use shared::{
    endpoint,
    model::{
        Authorizer, DataKey, SecretDigest, ValidationMethod,
        configuration::{self, Configuration, Values},
    },
    store::DataKeys,
};

use crate::store::Store;

struct Nothing;

impl Values for Nothing {
    fn env(&self, _name: &str) -> Option<String> {
        None
    }

    fn file(&self, _path: &str) -> Result<String, String> {
        Err("none".into())
    }
}

pub(crate) fn parsed(text: &str) -> Configuration {
    configuration::parse("test.yaml", text, &Nothing).unwrap_or_else(|report| panic!("{report}"))
}

pub(crate) fn key() -> DataKey {
    DataKey::new(&[9; 32]).unwrap()
}

pub(crate) fn keys() -> DataKeys {
    DataKeys::local(key())
}

pub(crate) async fn apply(store: &Store, text: &str) -> (usize, Vec<String>) {
    let applied = endpoint::apply(&parsed(text), &store.writer(), &keys(), &store.world()).await.unwrap();
    (applied.written, applied.drawn.into_iter().map(|drawn| drawn.owner).collect())
}

const FILE: &str = r#"
services:
  - { name: books, base_path: /books, backend: "http://127.0.0.1:1", apis: [{ id: a1b2c3d4e5 }] }
  - name: asked
    base_path: /asked
    backend: http://127.0.0.1:1
    authorizer: introspection
    validation: { method: introspection, client_id: us, client_secret: at-the-provider }
    token_validation_uri: { defaultURI: "http://127.0.0.1:1/introspect" }
applications:
  - name: Reader
    clients:
      - { client_id: picked, client_secret: correct horse, grant_types: [client_credentials], services: [books] }
      - { client_id: drawn, grant_types: [client_credentials], services: [books] }
    api_keys:
      - { name: web, services: [asked] }
users:
  - { username: bob, password: builder }
"#;

#[tokio::test]
async fn a_second_run_writes_nothing_and_keeps_what_was_drawn() {
    let store = Store::new().await;
    let (written, drawn) = apply(&store, FILE).await;
    assert_eq!(written, 8, "two services, an alias, an application, two clients, a key, a user");
    assert_eq!(drawn, ["client drawn", "API key Reader / web"]);
    assert_eq!(apply(&store, FILE).await, (0, vec![]));
}

#[tokio::test]
async fn only_what_changed_is_written() {
    let store = Store::new().await;
    apply(&store, FILE).await;
    assert_eq!(apply(&store, &FILE.replace("correct horse", "battery staple")).await, (1, vec![]));
    assert_eq!(apply(&store, &FILE.replace("base_path: /books", "base_path: /library")).await.0, 2);
}

#[tokio::test]
async fn a_service_keeps_the_spkey_that_it_was_given() {
    let store = Store::new().await;
    apply(&store, FILE).await;
    let spkeys = |snapshot: &shared::store::Snapshot| {
        snapshot.services.values().map(|stored| stored.value.spkey.clone()).collect::<Vec<_>>()
    };
    let before = spkeys(&store.reader(0).snapshot().await.unwrap());
    apply(&store, &FILE.replace("/books", "/library")).await;
    assert_eq!(spkeys(&store.reader(0).snapshot().await.unwrap()), before);
}

#[tokio::test]
async fn m21_secrets_are_kept_as_digests_or_sealed() {
    let store = Store::new().await;
    apply(&store, FILE).await;
    let snapshot = store.reader(0).snapshot().await.unwrap();
    assert!(matches!(snapshot.clients["picked"].value.secrets[0].digest, SecretDigest::Argon2id(_)));
    assert!(matches!(snapshot.clients["drawn"].value.secrets[0].digest, SecretDigest::Sha256(_)));
    let asked = snapshot.services.values().find(|stored| stored.value.name.as_str() == "asked").unwrap();
    let Authorizer::Introspection(policy) = &asked.value.authorizer else { panic!("{asked:?}") };
    let ValidationMethod::Introspection { client_secret, .. } = &policy.method else { panic!("{policy:?}") };
    let place = format!("spkey#{}", asked.value.spkey);
    assert_eq!(key().open(client_secret, &place).unwrap().expose(), "at-the-provider");
    for secret in ["correct horse", "builder", "at-the-provider"] {
        assert!(!format!("{snapshot:?}").contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn switching_an_application_off_switches_its_credentials_off() {
    let store = Store::new().await;
    apply(&store, FILE).await;
    apply(&store, &FILE.replace("- name: Reader", "- name: Reader\n    enabled: false")).await;
    let snapshot = store.reader(0).snapshot().await.unwrap();
    assert!(!snapshot.clients["picked"].value.is_enabled() && !snapshot.clients["drawn"].value.is_enabled());
    assert!(
        snapshot
            .api_keys
            .values()
            .filter(|key| key.value.application.as_str() == "Reader")
            .all(|k| !k.value.is_enabled())
    );
}

/// A credential that the file no longer lists is kept, and still belongs to its application's switch.
#[tokio::test]
async fn switching_an_application_off_reaches_credentials_that_the_file_no_longer_lists() {
    let store = Store::new().await;
    apply(&store, FILE).await;
    let shorter = "services:
  - { name: books, base_path: /books, backend: 'http://127.0.0.1:1', apis: [{ id: a1b2c3d4e5 }] }
applications:
  - { name: Reader, enabled: false }
";
    apply(&store, shorter).await;
    let snapshot = store.reader(0).snapshot().await.unwrap();
    let clients = snapshot.clients.values().filter(|stored| stored.value.application.as_str() == "Reader");
    assert_eq!(clients.map(|stored| stored.value.is_enabled()).collect::<Vec<_>>(), [false, false]);
    let mut keys = snapshot.api_keys.values().filter(|stored| stored.value.application.as_str() == "Reader");
    assert!(keys.all(|stored| !stored.value.is_enabled()));
}

/// One change of an item in one run, also where a credential leaves the application that is switched off.
#[tokio::test]
async fn a_credential_may_move_while_its_application_is_switched_off() {
    let store = Store::new().await;
    let file = FILE.replace("{ name: web,", "{ name: web, key: the-key-of-the-reader-app,");
    apply(&store, &file).await;
    let moved = file.replace("- name: Reader", "- { name: Reader, enabled: false }\n  - name: Writer");
    assert!(moved.contains("Writer") && apply(&store, &moved).await.1.is_empty());
    let snapshot = store.reader(0).snapshot().await.unwrap();
    assert!(snapshot.clients["picked"].value.is_enabled() && snapshot.clients["drawn"].value.is_enabled());
    assert_eq!(apply(&store, &moved).await, (0, vec![]));
}
