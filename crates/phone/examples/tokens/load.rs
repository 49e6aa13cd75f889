//! Sends prepared requests over several connections, as fast as they are answered or at a given pace.
//!
//! While answers are outstanding the driver looks for them without ever sleeping: waking it would be work of the server's, which writes
//! the answer, and a client elsewhere in the network costs it nothing. When there is none it lets the server have the processor.

use std::time::{Duration, Instant};

use anyhow::bail;

use super::connection::{Answer, Connection, Server};
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

/// Sends request `n` of those that `request` gives, for every `n` below `count`; all must be answered well. Where nothing is, that is 404.
pub(crate) fn run<'a>(
    server: &Server,
    process: &str,
    count: usize,
    pace: Option<Duration>,
    request: impl Fn(usize) -> &'a [u8],
) -> anyhow::Result<Run> {
    let mut connections = (0..CONNECTIONS).map(|_| Line::open(server)).collect::<anyhow::Result<Vec<_>>>()?;
    let (mut answers, mut times) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let mut sent = 0;
    let cpu_before = cpu_seconds(process)?;
    let begun = Instant::now();
    while answers.len() < count {
        let (outstanding, before) = (sent > answers.len(), (sent, answers.len()));
        for line in &mut connections {
            if let Some((answer, time)) = line.answer()? {
                if answer.status >= 400 && answer.status != 404 {
                    bail!("HTTP {}: {}", answer.status, answer.body);
                }
                answers.push(answer);
                times.push(time);
            }
            if line.since.is_some() || sent == count {
                continue;
            }
            let now = Instant::now();
            // A request that could not be sent when it was due waits on the server's account.
            let due = match pace {
                Some(pace) => begun + pace * u32::try_from(sent)?,
                None => now,
            };
            if due <= now {
                line.send(request(sent), due)?;
                sent += 1;
            } else if !outstanding {
                std::thread::sleep(due - now);
            }
        }
        if before == (sent, answers.len()) {
            std::thread::yield_now();
        }
    }
    let elapsed = begun.elapsed().as_secs_f64();
    let cpu = cpu_seconds(process)? - cpu_before;
    times.sort_unstable();
    Ok(Run { answers, cpu, elapsed, times })
}

/// A connection, and since when the answer to its request is due.
struct Line {
    connection: Connection,
    since: Option<Instant>,
}

impl Line {
    fn open(server: &Server) -> anyhow::Result<Self> {
        let mut connection = server.connect()?;
        connection.never_wait()?;
        Ok(Self { connection, since: None })
    }

    fn send(&mut self, request: &[u8], due: Instant) -> anyhow::Result<()> {
        self.connection.send(request)?;
        self.since = Some(due);
        Ok(())
    }

    /// The answer, if it is there by now, and how long it took.
    fn answer(&mut self) -> anyhow::Result<Option<(Answer, Duration)>> {
        let Some(since) = self.since else { return Ok(None) };
        let Some(answer) = self.connection.receive()? else { return Ok(None) };
        self.since = None;
        Ok(Some((answer, since.elapsed())))
    }
}
