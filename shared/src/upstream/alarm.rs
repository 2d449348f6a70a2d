//! The time limit of a connection's calls, which costs a call that is answered in time nothing.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::time::{Instant, Sleep, sleep_until};

/// A timer that is set when the first call begins and from then on only when it goes off: it may go off before a
/// deadline, and is then set to it. Setting a timer makes the runtime go round once more, which a call would feel.
#[derive(Default)]
pub(super) struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    /// Ready once the deadline is over.
    pub(super) fn poll(&mut self, deadline: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() > deadline {
            sleep.as_mut().reset(deadline);
        }
        loop {
            ready!(sleep.as_mut().poll(cx));
            if sleep.deadline() >= deadline {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(deadline);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, time::Duration};

    use super::*;

    async fn rings_after(alarm: &mut Alarm, millis: u64) {
        let (began, time) = (Instant::now(), Duration::from_millis(millis));
        poll_fn(|cx| alarm.poll(began + time, cx)).await;
        let took = began.elapsed();
        assert!(took >= time && took < time + Duration::from_millis(40), "{took:?} for {time:?}");
    }

    #[tokio::test]
    async fn rings_at_the_deadline_whatever_the_one_before() {
        let mut alarm = Alarm::default();
        for millis in [60, 20, 60] {
            rings_after(&mut alarm, millis).await;
        }
    }

    #[tokio::test]
    async fn a_call_that_was_answered_leaves_no_deadline_to_the_next() {
        let mut alarm = Alarm::default();
        for millis in [30, 5_000] {
            let deadline = Instant::now() + Duration::from_millis(millis);
            poll_fn(|cx| Poll::Ready(alarm.poll(deadline, cx).is_pending())).await;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        rings_after(&mut alarm, 60).await;
    }
}
