//! A KMS that speaks the real protocol: data keys wrapped with their encryption context, and a count of what was asked.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use shared::{
    env::World,
    store::{Connection, Credentials, DataKeys, Root},
};

use crate::{Provider, Question, Reply};

/// The ARN of the one key that it has.
pub const KMS_KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/4c0a5d2e-data-key";

/// The KMS.
pub struct Kms {
    provider: Provider,
    mood: Arc<Mood>,
}

#[derive(Default)]
struct Mood {
    refuses: AtomicBool,
    is_down: AtomicBool,
}

impl Kms {
    /// Starts one.
    pub async fn start() -> Self {
        let mood = Arc::new(Mood::default());
        let (seen, keys) = (Arc::clone(&mood), AtomicU8::new(1));
        let provider = Provider::start(move |question| {
            if seen.is_down.load(Ordering::SeqCst) {
                return fault(500, "KMSInternalException");
            }
            if seen.refuses.load(Ordering::SeqCst) {
                return fault(400, "AccessDeniedException");
            }
            answer(question, &keys)
        });
        Self { provider: provider.await, mood }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.provider.address
    }

    /// Data keys that ask this KMS.
    pub fn data_keys(&self) -> DataKeys {
        self.data_keys_in(World::system())
    }

    /// Data keys that ask this KMS, by another clock.
    pub fn data_keys_in(&self, world: World) -> DataKeys {
        let connection = Connection {
            region: "us-east-1".into(),
            credentials: Credentials::new("local", "local", None, None, "tests"),
            endpoint: Some(format!("http://{}", self.address())),
            root: Root::Amazon,
        };
        DataKeys::default().with_kms(world, || connection.open_kms())
    }

    /// Refuses everything from now on.
    pub fn refuse(&self) {
        self.mood.refuses.store(true, Ordering::SeqCst);
    }

    /// Fails from now on, or no longer.
    pub fn fail(&self, is_down: bool) {
        self.mood.is_down.store(is_down, Ordering::SeqCst);
    }

    /// How often an operation, such as `Decrypt`, was asked for.
    pub fn asked(&self, operation: &str) -> usize {
        let target = format!("TrentService.{operation}");
        let questions = self.provider.questions();
        questions.iter().filter(|question| question.header("x-amz-target") == Some(&target)).count()
    }
}

fn answer(question: &Question, keys: &AtomicU8) -> Reply {
    let body: Value = serde_json::from_str(&question.body).expect("KMS is asked in JSON");
    let context = body["EncryptionContext"].to_string();
    match question.header("x-amz-target") {
        Some("TrentService.GenerateDataKey") if body["KeySpec"] == "AES_256" && body["KeyId"] == KMS_KEY => {
            let key = [keys.fetch_add(1, Ordering::SeqCst); 32];
            let wrapped = STANDARD.encode([&key[..], context.as_bytes()].concat());
            let answer = json!({ "KeyId": KMS_KEY, "Plaintext": STANDARD.encode(key), "CiphertextBlob": wrapped });
            Reply::json(answer.to_string())
        }
        Some("TrentService.Decrypt") => {
            let blob = STANDARD.decode(body["CiphertextBlob"].as_str().unwrap_or_default()).unwrap_or_default();
            match blob.split_at_checked(32) {
                Some((key, of)) if of == context.as_bytes() => {
                    Reply::json(json!({ "KeyId": KMS_KEY, "Plaintext": STANDARD.encode(key) }).to_string())
                }
                _ => fault(400, "InvalidCiphertextException"),
            }
        }
        _ => fault(400, "NotFoundException"),
    }
}

fn fault(status: u16, kind: &str) -> Reply {
    Reply::of(
        status,
        "application/x-amz-json-1.1",
        json!({ "__type": kind, "message": "as the test says" }).to_string(),
    )
}
