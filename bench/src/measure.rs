//! Decisions per CPU second.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::engine::Engine;

/// Repetitions that the median is taken of.
const REPETITIONS: usize = 5;
/// CPU time of one repetition.
const SPAN: Duration = Duration::from_millis(400);
/// Decisions between looks at the clock, at most; slow engines look after each of a few.
const MOST: usize = 4_096;

/// Speed of each engine, in their order. The engines take turns, so that what else the machine does hits them alike.
pub(crate) fn speeds(engines: &mut [(Box<dyn Engine + '_>, usize)]) -> Vec<f64> {
    let mut speeds: Vec<Vec<f64>> = engines.iter().map(|_| Vec::new()).collect();
    let mut cursors: Vec<Cursor> = engines.iter().map(|(_, sign_ins)| Cursor { sign_ins: *sign_ins, at: 0 }).collect();
    for (cursor, (engine, _)) in cursors.iter_mut().zip(engines.iter_mut()) {
        run(engine.as_mut(), cursor, SPAN);
    }
    for _ in 0..REPETITIONS {
        for ((cursor, (engine, _)), speeds) in cursors.iter_mut().zip(engines.iter_mut()).zip(&mut speeds) {
            speeds.push(run(engine.as_mut(), cursor, SPAN));
        }
    }
    speeds.into_iter().map(median).collect()
}

/// The middle of the values.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// CPU time that this thread has taken.
pub(crate) fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap_or_default(), time.tv_nsec.try_into().unwrap_or_default())
}

/// Where in the sign-ins an engine is; it starts over at the end.
struct Cursor {
    sign_ins: usize,
    at: usize,
}

impl Cursor {
    fn next(&mut self, wanted: usize) -> std::ops::Range<usize> {
        let first = if self.at < self.sign_ins { self.at } else { 0 };
        self.at = (first + wanted).min(self.sign_ins);
        first..self.at
    }
}

/// Decides for about so long, and says how many decisions that makes in a second.
fn run(engine: &mut dyn Engine, cursor: &mut Cursor, span: Duration) -> f64 {
    let (mut decisions, mut batch) = (0, 1);
    let begun = cpu_time();
    loop {
        let sign_ins = cursor.next(batch);
        decisions += sign_ins.len();
        engine.decide_all(sign_ins);
        let taken = cpu_time() - begun;
        if taken >= span {
            return decisions as f64 / taken.as_secs_f64();
        }
        batch = (batch * 2).min(MOST).min(decisions);
    }
}
