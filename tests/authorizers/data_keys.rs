//! Rule Z11 for credentials at a provider: KMS opens their data key once per process, and without it nobody passes.

use std::time::Duration;

use shared::{
    authorizer::{Call, Decision, IntrospectionAuthorizer, MethodArn, Outcome, Reason, Shape},
    endpoint,
    model::configuration::{self, Values},
    protocol::Spkey,
    store::{DataKeys, Reader, Tables, Writer},
};
use tests::{KMS_KEY, Kms, Provider, Reply, Tollgate};

use crate::database;

struct Nothing;

impl Values for Nothing {
    fn env(&self, _name: &str) -> Option<String> {
        None
    }

    fn file(&self, _path: &str) -> Result<String, String> {
        Err("none".into())
    }
}

/// A deployment whose service `asked` has credentials under a data key of a KMS.
struct Sealed {
    tollgate: Tollgate,
    kms: Kms,
    provider: Provider,
}

impl Sealed {
    async fn new() -> Self {
        Self::with_api_key("null").await
    }

    async fn with_api_key(api_key: &str) -> Self {
        let provider = Provider::always(Reply::json(r#"{"active":true}"#)).await;
        let file = format!(
            "services:
  - spkey: asked1
    name: asked
    base_path: /asked
    backend: http://127.0.0.1:1
    authorizer: introspection
    api_key: {api_key}
    validation: {{ method: introspection, client_id: us, client_secret: at-the-provider }}
    token_validation_uri: {{ defaultURI: 'http://{}/introspect' }}
",
            provider.address
        );
        let file = configuration::parse("test.yaml", &file, &Nothing).unwrap_or_else(|report| panic!("{report}"));
        let sealed = Self { tollgate: Tollgate::demo().await, kms: Kms::start().await, provider };
        let (writer, keys) = (Writer::new(sealed.reader()), sealed.kms.data_keys().sealing_under(KMS_KEY));
        endpoint::apply(&file, &writer, &keys, &sealed.tollgate.clock.world()).await.unwrap();
        sealed
    }

    fn reader(&self) -> Reader {
        Reader::new(database::client(&self.tollgate), Tables::default(), self.tollgate.clock.world(), 0)
    }

    /// Data keys of a new process, by the clock of the test.
    fn data_keys(&self) -> DataKeys {
        self.kms.data_keys_in(self.tollgate.clock.world())
    }

    /// A process of the function.
    fn authorizer(&self, keys: DataKeys) -> IntrospectionAuthorizer {
        IntrospectionAuthorizer::new(Some(Spkey::parse("asked1").unwrap()), keys)
    }

    async fn asks(&self, authorizer: &IntrospectionAuthorizer) -> Outcome {
        self.asks_with(authorizer, "Bearer t").await
    }

    async fn asks_with(&self, authorizer: &IntrospectionAuthorizer, authorization: &str) -> Outcome {
        let call = Call {
            shape: Shape::Rest,
            target: MethodArn::parse("arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/1").unwrap(),
            headers: vec![("Authorization".to_owned(), authorization.to_owned())],
            query: Vec::new(),
            stage_variables: [].into(),
            request_id: String::new(),
            xray_trace_id: None,
        };
        authorizer.authorize(&call, &self.reader(), || Duration::ZERO).await
    }
}

#[tokio::test]
async fn a_data_key_is_opened_once_per_process() {
    let sealed = Sealed::new().await;
    let authorizer = sealed.authorizer(sealed.data_keys());
    assert_eq!(sealed.kms.asked("Decrypt"), 0, "a start asks for nothing");
    for _ in 0..3 {
        assert!(matches!(sealed.asks(&authorizer).await.decision, Decision::Allow(_)));
    }
    assert_eq!(sealed.kms.asked("Decrypt"), 1);
    let questions = sealed.provider.questions();
    assert!(
        questions.iter().all(|question| question.header("authorization") == Some("Basic dXM6YXQtdGhlLXByb3ZpZGVy"))
    );
}

#[tokio::test]
async fn without_kms_nobody_passes_and_the_provider_is_not_asked() {
    let sealed = Sealed::new().await;
    let authorizer = sealed.authorizer(sealed.data_keys());
    sealed.kms.fail(true);
    let outcome = sealed.asks(&authorizer).await;
    assert!(matches!(outcome.decision, Decision::Failed));
    assert!(matches!(outcome.reason, Reason::StoreFailure(_)), "{}", outcome.reason);
    assert!(outcome.reason.to_string().starts_with("kms:Decrypt failed"), "{}", outcome.reason);
    assert_eq!(sealed.provider.questions().len(), 0);
}

#[tokio::test]
async fn a_failure_of_kms_is_told_again_for_seconds_before_kms_is_asked_again() {
    let sealed = Sealed::new().await;
    let authorizer = sealed.authorizer(sealed.data_keys());
    sealed.kms.fail(true);
    let first = sealed.asks(&authorizer).await.reason.to_string();
    let asked = sealed.kms.asked("Decrypt");
    sealed.kms.fail(false);
    sealed.tollgate.clock.advance(4);
    assert_eq!(sealed.asks(&authorizer).await.reason.to_string(), first);
    assert_eq!(sealed.kms.asked("Decrypt"), asked);
    sealed.tollgate.clock.advance(1);
    assert!(matches!(sealed.asks(&authorizer).await.decision, Decision::Allow(_)));
    assert_eq!(sealed.kms.asked("Decrypt"), asked + 1);
}

#[tokio::test]
async fn a_refusal_of_kms_is_told_again_too() {
    let sealed = Sealed::new().await;
    let authorizer = sealed.authorizer(sealed.data_keys());
    sealed.kms.refuse();
    for _ in 0..3 {
        let reason = sealed.asks(&authorizer).await.reason;
        assert!(matches!(&reason, Reason::ConfigFailure(text) if text.contains("spkey#asked1")), "{reason}");
    }
    assert_eq!(sealed.kms.asked("Decrypt"), 1);
}

#[tokio::test]
async fn a_call_that_is_refused_without_a_secret_asks_kms_for_nothing() {
    let sealed = Sealed::new().await;
    let authorizer = sealed.authorizer(sealed.data_keys());
    sealed.kms.refuse();
    for authorization in ["Basic dTpw", "Bearer ", "Bearer"] {
        let outcome = sealed.asks_with(&authorizer, authorization).await;
        assert!(matches!(outcome.decision, Decision::Deny(_)), "{authorization}: {}", outcome.reason);
    }
    assert_eq!(sealed.kms.asked("Decrypt"), 0);
    let sealed = Sealed::with_api_key("{ in: query, name: api_key }").await;
    let outcome = sealed.asks(&sealed.authorizer(sealed.data_keys())).await;
    assert!(matches!(outcome.reason, Reason::ApiKeyMissing), "{}", outcome.reason);
    assert_eq!(sealed.kms.asked("Decrypt"), 0);
}

#[tokio::test]
async fn a_kms_that_refuses_or_none_at_all_is_a_failure_of_the_configuration() {
    let sealed = Sealed::new().await;
    sealed.kms.refuse();
    for keys in [sealed.kms.data_keys(), DataKeys::default()] {
        let outcome = sealed.asks(&sealed.authorizer(keys)).await;
        assert!(matches!(outcome.decision, Decision::Failed));
        assert!(matches!(outcome.reason, Reason::ConfigFailure(_)), "{}", outcome.reason);
        assert!(!outcome.reason.to_string().contains("at-the-provider"), "{}", outcome.reason);
    }
    assert_eq!(sealed.provider.questions().len(), 0);
}
