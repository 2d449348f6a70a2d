//! A clock that stands still until it is advanced.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use shared::{
    env::{Clock, World},
    protocol::Moment,
};

/// The moment at which every test starts: 2027-01-15T08:00:00Z.
pub const NOW: u64 = 1_800_000_000;

/// A clock that stands still until it is advanced.
#[derive(Debug)]
pub struct ManualClock(AtomicU64);

impl ManualClock {
    /// A clock at [`NOW`].
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(NOW)))
    }

    /// Moves on.
    pub fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }

    /// This clock with the system's randomness.
    pub fn world(self: &Arc<Self>) -> World {
        World { clock: Arc::<Self>::clone(self), entropy: World::system().entropy }
    }
}

impl Clock for ManualClock {
    fn moment(&self) -> Moment {
        Moment::from_millis(self.0.load(Ordering::Relaxed) * 1_000)
    }
}
