//! What a process has used, as the kernel counts it.

use anyhow::Context as _;

/// Ticks of the counters in a second (`USER_HZ`), the same on every Linux that Rust knows.
const TICKS: f64 = 100.0;

/// Seconds of CPU time that a process has used, in user and kernel mode.
pub(crate) fn cpu_seconds(process: &str) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name in parentheses may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(") ").context("no stat")?.1.split(' ').collect();
    let ticks = |place: usize| fields.get(place).and_then(|text| text.parse::<f64>().ok()).context("no times in stat");
    Ok((ticks(11)? + ticks(12)?) / TICKS)
}

/// Megabytes of memory that a process holds.
pub(crate) fn resident_megabytes(process: &str) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
    let kilobytes: f64 = line.split_ascii_whitespace().nth(1).context("no VmRSS")?.parse()?;
    Ok(kilobytes / 1024.0)
}
