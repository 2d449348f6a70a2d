//! How the pages look: the configured branding, made ready for as long as it stays the same.

use std::sync::{Arc, Mutex, PoisonError};

use pages::{Branding, Theme};

use crate::store::Reader;

/// The theme of the branding that was read last.
#[derive(Default)]
pub(super) struct Look {
    made: Mutex<Made>,
}

#[derive(Clone, Default)]
struct Made {
    of: Branding,
    theme: Arc<Theme>,
}

impl Look {
    /// The theme. Where the store does not answer, the last one serves.
    pub(super) async fn theme(&self, reader: &Reader) -> Arc<Theme> {
        let server = reader.server().await;
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(server) = server
            && server.branding != made.of
        {
            *made = Made { of: server.branding.clone(), theme: Arc::new(Theme::new(server.branding.clone())) };
        }
        Arc::clone(&made.theme)
    }

    /// The theme that was made last, without a question to the store.
    pub(super) fn last(&self) -> Arc<Theme> {
        Arc::clone(&self.made.lock().unwrap_or_else(PoisonError::into_inner).theme)
    }
}
