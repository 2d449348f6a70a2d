//! What every endpoint that clients call needs, once per process.

use std::sync::Arc;

use crate::{client_auth::ProvenSecrets, env::World, model::HttpUri, store::Writer};

/// The store, the world, the issuer, and who has proven who they are.
pub(super) struct Server {
    pub(super) store: Writer,
    pub(super) world: World,
    pub(super) issuer: HttpUri,
    pub(super) proven: Arc<ProvenSecrets>,
}

impl Server {
    pub(super) fn new(store: Writer, world: World, issuer: HttpUri) -> Self {
        Self { store, world, issuer, proven: Arc::default() }
    }
}
