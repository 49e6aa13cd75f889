//! The timer of one connection: set anew for each request, and rings for hardly any.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};

/// One alarm for everything that the connection waits for, one thing after the other. It stays set for the first deadline, and is only set anew
/// when it rings too early: with an alarm for each request, the runtime's wheel of timers would be locked and changed twice for each.
#[derive(Clone)]
pub(super) struct ConnectionTimer {
    alarm: Arc<Mutex<Pin<Box<tokio::time::Sleep>>>>,
}

impl ConnectionTimer {
    /// A timer whose first deadline is most likely after `patience`.
    pub(super) fn new(patience: Duration) -> Self {
        Self { alarm: Arc::new(Mutex::new(Box::pin(tokio::time::sleep(patience)))) }
    }
}

impl Timer for ConnectionTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(Wait { deadline: deadline.into(), timer: self.clone() })
    }

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into()
    }
}

/// Over at its deadline.
struct Wait {
    deadline: tokio::time::Instant,
    timer: ConnectionTimer,
}

impl Sleep for Wait {}

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut alarm = self.timer.alarm.lock().unwrap_or_else(PoisonError::into_inner);
        if alarm.deadline() > self.deadline {
            alarm.as_mut().reset(self.deadline);
        }
        while alarm.as_mut().poll(context).is_ready() {
            if alarm.deadline() >= self.deadline {
                return Poll::Ready(());
            }
            alarm.as_mut().reset(self.deadline);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hyper::rt::Timer as _;
    use tokio::time::Instant;

    use super::ConnectionTimer;

    /// How long it takes until the wait is over.
    async fn waited(timer: &ConnectionTimer, duration: Duration) -> Duration {
        let begun = Instant::now();
        timer.sleep(duration).await;
        begun.elapsed()
    }

    #[tokio::test]
    async fn each_wait_is_over_at_its_own_deadline() {
        // The alarm is set for later, for sooner, and for just then.
        for patience in [10_000, 10, 40].map(Duration::from_millis) {
            let timer = ConnectionTimer::new(patience);
            for duration in [40, 15, 80, 40].map(Duration::from_millis) {
                let waited = waited(&timer, duration).await;
                assert!(waited >= duration && waited < Duration::from_secs(5), "{waited:?} for {duration:?} with {patience:?}");
            }
        }
    }

    #[tokio::test]
    async fn a_wait_that_was_given_up_does_not_end_the_next() {
        let patience = Duration::from_millis(400);
        let timer = ConnectionTimer::new(patience);
        for _ in 0..5 {
            let given_up = tokio::time::timeout(patience / 20, timer.sleep(patience)).await;
            assert!(given_up.is_err());
        }
        assert!(waited(&timer, patience).await >= patience);
    }
}
