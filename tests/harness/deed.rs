//! What a request does in several writes, tried with every fault at every write.

use std::future::Future;

use futures_util::future::join_all;
use shared::model::WINDOW_SECONDS;

use crate::{Answer, Fault, Road};

/// Something that one request does.
pub trait Deed: Sized {
    /// Where it is done: a road serves many trials.
    fn road() -> impl Future<Output = Road>;

    /// What there has to be before; `trial` is another one each time on the same road.
    fn prepared(road: &Road, trial: usize) -> impl Future<Output = Self>;

    /// Does it by the road with faults. Whoever was told that the server is unavailable may do it again.
    fn done(&self, road: &Road) -> impl Future<Output = Answer>;

    /// Expects what is so once the answer was given; `trial` tells which it was.
    fn holds(&self, road: &Road, answer: Answer, trial: &str) -> impl Future<Output = ()>;

    /// Expects what is so after nobody was told that it was done.
    fn is_open(&self, _road: &Road, _trial: &str) -> impl Future<Output = ()> {
        async {}
    }
}

/// Two tests of each deed: with every fault at every write, and broken off after every number of writes.
#[macro_export]
macro_rules! tried {
    ($($deed:ident: $once:ident, $broken:ident;)+) => {$(
        #[tokio::test]
        async fn $once() {
            $crate::befalls_every_write::<$deed>().await;
        }

        #[tokio::test]
        async fn $broken() {
            $crate::breaks_off_after_every_write::<$deed>().await;
        }
    )+};
}

/// Each fault befalls each write once: it is done all the same, once, and nothing that arrives late changes that. The last
/// trial is the first whose fault finds no write, so that it counts nothing that a busy machine has sent again.
pub async fn befalls_every_write<D: Deed>() {
    join_all(ONCE.map(async |fault| {
        let road = D::road().await;
        for write in 0.. {
            let deed = prepared::<D>(&road, write).await;
            road.faults.befall_write(write, fault);
            let answer = deed.done(&road).await;
            let has_befallen = road.faults.writes() > write;
            let trial =
                format!("{fault:?} of write {write}, which there {}", if has_befallen { "is" } else { "is not" });
            road.faults.forget();
            road.faults.arrive().await;
            deed.holds(&road, answer, &trial).await;
            assert_eq!(road.unlisted().await, [], "{trial}");
            if !has_befallen {
                assert!(write > 0, "it writes nothing");
                break;
            }
        }
    }))
    .await;
}

/// The process is killed after each number of writes, and whoever asked asks another one again. The last trial is the first
/// that needs no more writes than it may make.
pub async fn breaks_off_after_every_write<D: Deed>() {
    let road = D::road().await;
    for written in 0.. {
        let deed = prepared::<D>(&road, written).await;
        road.faults.break_off_after(written);
        let mut answer = deed.done(&road).await;
        let has_broken_off = road.faults.writes() > written;
        let trial = format!("broken off after {written} writes");
        road.faults.forget();
        assert_eq!(road.unlisted().await, [], "{trial}");
        if is_unavailable(&answer) {
            deed.is_open(&road, &trial).await;
            answer = deed.done(&road).await;
        }
        deed.holds(&road, answer, &trial).await;
        if !has_broken_off {
            assert!(written > 0, "it writes nothing");
            break;
        }
    }
}

/// Guesses that faults let count twice are forgotten before the next trial.
async fn prepared<D: Deed>(road: &Road, trial: usize) -> D {
    road.tollgate.clock.advance(WINDOW_SECONDS);
    D::prepared(road, trial).await
}

/// Whether an answer says to try again: by its status, or to a client that waits for somebody's browser.
fn is_unavailable(answer: &Answer) -> bool {
    let told = answer.header("location").unwrap_or_default();
    answer.status == 503 || told.contains("error=temporarily_unavailable")
}

/// What can befall one write that is sent again.
const ONCE: [Fault; 6] =
    [Fault::LoseAnswer, Fault::HalveAnswer, Fault::KeepSilent, Fault::LoseRequest, Fault::ArriveLate, Fault::Throttle];
