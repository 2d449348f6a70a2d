//! What functions do before their first event: init runs at full CPU and is where work is cheap.

use std::time::Duration;

use tokio::time::timeout;

/// Works before the first event; what does not come in time is not waited for.
pub(super) async fn before_the_first_event(work: impl Future<Output = ()>) {
    drop(timeout(LIMIT, work).await);
}

const LIMIT: Duration = Duration::from_millis(500);
