//! Data keys: the one that the installation keeps in a file, and those that come wrapped and that KMS opens, each once.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use aws_sdk_kms::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::DataKeySpec,
};
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

use super::{
    Connection, StoreError,
    failure::{cause_of, failed},
};
use crate::{
    env::World,
    model::{DataKey, Sealed, WrappedKey},
    protocol::Timestamp,
};

/// Opens what is sealed, and gives the key to seal with.
#[derive(Default)]
pub struct DataKeys {
    local: Option<Arc<DataKey>>,
    kms: Option<Kms>,
    asked: Mutex<HashMap<WrappedKey, Kept>>,
    sealing: Sealing,
    generated: OnceCell<Arc<DataKey>>,
}

/// KMS, and the clock that says how long a failure of it is kept.
struct Kms {
    client: LazyClient,
    world: World,
}

/// Made on its first use: most processes never need it.
type LazyClient = LazyLock<Result<Client, String>, Box<dyn FnOnce() -> Result<Client, String> + Send>>;

/// What came of asking KMS for a data key.
enum Kept {
    /// The key, which is kept as long as the process.
    Opened(Arc<DataKey>),
    /// Why there is none, and since when: a broken key costs one question in [`FAILURE_KEPT`] seconds, not one per call.
    Failed(StoreError, Timestamp),
}

/// What new secrets are sealed with.
#[derive(Default)]
enum Sealing {
    /// With the key of the file, where there is one.
    #[default]
    Local,
    /// With a new data key that this KMS key wraps.
    Kms(String),
    /// With a key that nobody keeps: for what is shown and never written.
    Discarded(World),
}

impl DataKeys {
    /// The installation's own key alone.
    pub fn local(key: DataKey) -> Self {
        Self { local: Some(Arc::new(key)), ..Self::default() }
    }

    /// What a function opens secrets with: the key of a file, where there is one, and KMS.
    pub fn opening(local: Option<DataKey>, kms: Connection, world: World) -> Self {
        local.map(Self::local).unwrap_or_default().with_kms(world, || kms.open_kms())
    }

    /// Opens wrapped keys with a KMS client, too, which is made when the first of them comes. The clock of `world` says
    /// how long a failure is kept.
    #[must_use]
    pub fn with_kms(self, world: World, client: impl FnOnce() -> Result<Client, String> + Send + 'static) -> Self {
        let client: Box<dyn FnOnce() -> Result<Client, String> + Send> = Box::new(client);
        Self { kms: Some(Kms { client: LazyLock::new(client), world }), ..self }
    }

    /// Seals with a data key that KMS generates, once, under a key of this id, ARN or alias.
    #[must_use]
    pub fn sealing_under(self, key_id: impl Into<String>) -> Self {
        Self { sealing: Sealing::Kms(key_id.into()), ..self }
    }

    /// Seals with a key that nobody keeps.
    #[must_use]
    pub fn sealing_for_show(self, world: World) -> Self {
        Self { sealing: Sealing::Discarded(world), ..self }
    }

    /// The key that opens a secret. `place` says in messages whose secret it is. A failure of KMS is told again for
    /// some seconds before KMS is asked again.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] and [`StoreError::Unavailable`] when KMS does not answer, [`StoreError::Malformed`] when the key cannot be had.
    pub async fn of(&self, sealed: &Sealed, place: &str) -> Result<Arc<DataKey>, StoreError> {
        let unreadable = |cause: String| StoreError::Malformed { id: place.to_owned(), cause };
        let Some(wrapped) = sealed.wrapped_key() else {
            let cause = "its secret is sealed with a key file, and DATA_KEY_FILE names none";
            return self.local.clone().ok_or_else(|| unreadable(cause.into()));
        };
        let clock = &self.kms().map_err(unreadable)?.world.clock;
        if let Some(known) = self.known(wrapped, clock.now()) {
            return known.map_err(|error| match error {
                StoreError::Malformed { cause, .. } => unreadable(cause),
                StoreError::Unreachable { .. } | StoreError::Unavailable { .. } | StoreError::NoDataKey { .. } => error,
            });
        }
        let opened = self.unwrap(wrapped, place).await;
        let kept = opened.clone().map_or_else(|error| Kept::Failed(error, clock.now()), Kept::Opened);
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(wrapped.clone(), kept);
        opened
    }

    /// What KMS said of a wrapped key, unless that was a failure some time ago.
    fn known(&self, wrapped: &WrappedKey, now: Timestamp) -> Option<Result<Arc<DataKey>, StoreError>> {
        match self.asked.lock().unwrap_or_else(PoisonError::into_inner).get(wrapped)? {
            Kept::Opened(key) => Some(Ok(Arc::clone(key))),
            Kept::Failed(error, since) => {
                (now >= *since && now.since(*since) < FAILURE_KEPT).then(|| Err(error.clone()))
            }
        }
    }

    /// The key to seal with, the same one each time; `None` when there is none.
    ///
    /// # Errors
    /// [`StoreError`] when KMS gives none.
    pub async fn sealing_key(&self) -> Result<Option<Arc<DataKey>>, StoreError> {
        match &self.sealing {
            Sealing::Local => Ok(self.local.clone()),
            Sealing::Kms(key_id) => {
                self.generated.get_or_try_init(|| self.generate(key_id)).await.map(|key| Some(Arc::clone(key)))
            }
            Sealing::Discarded(world) => {
                let bytes: [u8; DataKey::LENGTH] = world.env().random();
                Ok(DataKey::new(&bytes).map(Arc::new))
            }
        }
    }

    async fn unwrap(&self, wrapped: &WrappedKey, place: &str) -> Result<Arc<DataKey>, StoreError> {
        let bytes = self.decrypt(wrapped, place).await?;
        let key = DataKey::new(&bytes).ok_or_else(|| StoreError::Malformed {
            id: place.to_owned(),
            cause: "its data key has not 32 bytes".into(),
        })?;
        Ok(Arc::new(key.wrapped_as(wrapped.clone())))
    }

    async fn decrypt(&self, wrapped: &WrappedKey, place: &str) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let unreadable = |cause: String| StoreError::Malformed { id: place.to_owned(), cause };
        let blob = wrapped.bytes().ok_or_else(|| unreadable("its data key is not base64".into()))?;
        let client = self.client().map_err(unreadable)?;
        let request =
            client.decrypt().ciphertext_blob(blob.into()).encryption_context(DATA_KEY_CONTEXT.0, DATA_KEY_CONTEXT.1);
        let answer = Box::pin(request.send()).await.map_err(|error| failure("kms:Decrypt", &error, unreadable))?;
        let plaintext = answer.plaintext.ok_or_else(|| unreadable("KMS gave no data key".into()))?;
        Ok(Zeroizing::new(plaintext.into_inner()))
    }

    async fn generate(&self, key_id: &str) -> Result<Arc<DataKey>, StoreError> {
        let unusable = |cause: String| StoreError::NoDataKey { key_id: key_id.to_owned(), cause };
        let client = self.client().map_err(unusable)?;
        let request = client.generate_data_key().key_id(key_id).key_spec(DataKeySpec::Aes256);
        let request = request.encryption_context(DATA_KEY_CONTEXT.0, DATA_KEY_CONTEXT.1);
        let answer = Box::pin(request.send()).await;
        let answer = answer.map_err(|error| failure("kms:GenerateDataKey", &error, unusable))?;
        let bytes = answer.plaintext.map(|bytes| Zeroizing::new(bytes.into_inner()));
        let key = bytes.and_then(|bytes| DataKey::new(&bytes)).zip(answer.ciphertext_blob);
        let (key, wrapped) = key.ok_or_else(|| unusable("KMS gave no data key of 32 bytes".into()))?;
        Ok(Arc::new(key.wrapped_as(WrappedKey::new(wrapped.as_ref()))))
    }

    fn client(&self) -> Result<&Client, String> {
        LazyLock::force(&self.kms()?.client).as_ref().map_err(Clone::clone)
    }

    fn kms(&self) -> Result<&Kms, String> {
        self.kms.as_ref().ok_or_else(|| "there is no connection to KMS".into())
    }
}

impl fmt::Debug for DataKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKeys")
    }
}

/// What KMS refuses is lasting, until somebody mends it; what it does not answer may be asked again.
fn failure<E>(operation: &'static str, error: &SdkError<E>, lasting: impl FnOnce(String) -> StoreError) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let is_passing = error.code().is_some_and(|code| PASSING.contains(&code) || code.contains("Throttling"));
    if error.as_service_error().is_some() && !is_passing {
        return lasting(format!("{operation} is refused: {}", cause_of(error)));
    }
    failed(operation, error)
}

/// Seconds that a failure of KMS is told again: short enough that a mended key soon works.
const FAILURE_KEPT: u64 = 5;

/// Errors of KMS itself.
const PASSING: [&str; 2] = ["DependencyTimeoutException", "KMSInternalException"];

/// The encryption context of every data key: a policy can name it, and a data key of another purpose does not pass.
pub const DATA_KEY_CONTEXT: (&str, &str) = ("tollgate", "provider-credentials");
