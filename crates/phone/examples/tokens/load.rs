//! Sends prepared requests over several connections, as fast as they are answered or at a given pace.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::bail;

use super::connection::{Answer, Server};
use super::process::cpu_seconds;

/// Connections that are open at once: so many that a busy server finds the next request whenever it has answered one.
const CONNECTIONS: usize = 32;

/// What was measured.
pub(crate) struct Run {
    /// Answers, in no order.
    pub(crate) answers: Vec<Answer>,
    /// Seconds of CPU time of the server.
    pub(crate) cpu: f64,
    /// Seconds that it took.
    pub(crate) elapsed: f64,
    /// From when each request was due to its answer, sorted.
    pub(crate) times: Vec<Duration>,
}

impl Run {
    /// The time in which 99 of 100 were answered, in milliseconds.
    pub(crate) fn percentile_99(&self) -> f64 {
        self.times.get(self.times.len() * 99 / 100).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    }

    /// The time in which half were answered, in milliseconds.
    pub(crate) fn median(&self) -> f64 {
        self.times.get(self.times.len() / 2).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    }
}

/// Sends request `n` of those that `request` gives, for every `n` below `count`; all must be answered well.
pub(crate) fn run<'a>(
    server: &Server,
    process: &str,
    count: usize,
    pace: Option<Duration>,
    request: impl Fn(usize) -> &'a [u8] + Sync,
) -> anyhow::Result<Run> {
    let next = AtomicUsize::new(0);
    let before = cpu_seconds(process)?;
    let begun = Instant::now();
    let work = || -> anyhow::Result<Vec<(Answer, Duration)>> {
        let mut connection = server.connect()?;
        let mut answers = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return Ok(answers);
            }
            // A request that could not be sent when it was due waits on the server's account.
            let due = match pace {
                Some(pace) => begun + pace * u32::try_from(number)?,
                None => Instant::now(),
            };
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let answer = connection.exchange(request(number))?;
            if answer.status >= 400 {
                bail!("HTTP {}: {}", answer.status, answer.body);
            }
            answers.push((answer, due.elapsed()));
        }
    };
    let mut all = Vec::with_capacity(count);
    std::thread::scope(|scope| -> anyhow::Result<()> {
        let threads: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            all.extend(thread.join().map_err(|_| anyhow::anyhow!("a connection panicked"))??);
        }
        Ok(())
    })?;
    let elapsed = begun.elapsed().as_secs_f64();
    let cpu = cpu_seconds(process)? - before;
    let (answers, mut times): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    times.sort_unstable();
    Ok(Run { answers, cpu, elapsed, times })
}
