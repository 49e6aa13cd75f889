//! CPU time of the policy tools on large input.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};

use super::{Figures, must, program, read};

/// Runs that the median is taken of.
const RUNS: usize = 3;
const USERS: usize = 10_000;
const SIGN_INS: &str = "1000000";
const POLICIES: &str = "200";
/// One in so many policies is switched off in the set that the replay compares with.
const CHANGED: usize = 10;
/// The published set with the most policies, and the directory that has members for the groups it leaves to the reader.
const LARGEST: &str = "../shared/corpus/conditional-access/AlexFilipin+ConditionalAccess/PolicySets/Category structure for AADP2";
const DIRECTORY: &str = "docs/examples/baselines/directory.json";
const LICENSED: &str = "<AADP2Group>";
/// Ticks of `/proc/*/stat` in a second, which Linux fixes.
const TICKS: f64 = 100.0;

/// Builds the program, makes up the input, and gives the figures.
pub(super) fn measure(target: &Path) -> anyhow::Result<Figures> {
    let program = program(target)?;
    let data = target.join("bench-tools");
    let users = USERS.to_string();
    let generate = ["generate", "--users", &users, "--sign-ins", SIGN_INS, "--policies", POLICIES, "--out"];
    let manifest = ["run", "--quiet", "--release", "--locked", "--manifest-path", "bench/Cargo.toml"];
    must(Command::new("cargo").args(manifest).arg("--target-dir").arg(target).arg("--").args(generate).arg(&data))?;
    let mut figures = Figures::new();
    let mut figure = |name: &str, seconds: f64, what: &str| {
        println!("{name:<16}  {seconds:8.2}   {what}");
        figures.insert(name.to_owned(), json!((seconds * 100.0).round() / 100.0));
    };
    if Path::new(LARGEST).is_dir() {
        figure("gaps.largest_s", largest(&program, &data)?, "CPU seconds, largest published set, 10,000 users");
    } else {
        println!("gaps.largest_s     skipped: {LARGEST} is not there");
    }
    figure("replay.1m_s", replay(&program, &data)?, "CPU seconds, a million sign-ins, two sets of 200 policies");
    let rows = data.join("sign-ins.jsonl");
    let read = || {
        let (seconds, output) = timed(Command::new(target.join("release/bench")).args(["read", "--file"]).arg(&rows))?;
        ensure!(output.status.success(), "the sign-ins could not be read");
        Ok(seconds)
    };
    figure("replay.1m_read_s", median(read)?, "CPU seconds to read the same rows as JSON and do nothing");
    std::fs::remove_dir_all(&data).with_context(|| data.display().to_string())?;
    Ok(figures)
}

/// All ways to three resources of many people, with nothing left out.
fn largest(program: &Path, data: &Path) -> anyhow::Result<f64> {
    let directory = data.join("crowd.json");
    write(&directory, &crowd(&data.join("directory.json"))?)?;
    let question = ["--require", "approvedApplication,compliantApplication", "--assume-enabled", "--skip-unsupported"];
    median(|| {
        let mut command = Command::new(program);
        command.args(["policy", "gaps", "--format", "json", "--time-limit", "600", "--policies", LARGEST]).args(question);
        let (seconds, output) = timed(command.arg("--directory").arg(&directory))?;
        let answer: Value = serde_json::from_slice(&output.stdout).context("the answer of gaps")?;
        ensure!(answer.get("complete") == Some(&json!(true)), "the search for gaps was not complete");
        Ok(seconds)
    })
}

/// The directory of the published sets, with generated people beside its own; every other one has a licence.
fn crowd(generated: &Path) -> anyhow::Result<Value> {
    let mut directory = Value::from(read(Path::new(DIRECTORY))?);
    let generated = read(generated)?;
    let people = generated.get("users").and_then(Value::as_array).context("the generated directory has no users")?;
    let users = directory.get_mut("users").and_then(Value::as_array_mut).context("the directory has no users")?;
    let missing = USERS.saturating_sub(users.len());
    users.extend(people.iter().take(missing).cloned());
    let licensed = people.iter().take(missing).step_by(2).filter_map(|person| person.get("id")).cloned();
    let groups = directory.get_mut("groups").and_then(Value::as_array_mut).context("the directory has no groups")?;
    let group = groups.iter_mut().find(|group| group.get("id") == Some(&json!(LICENSED)));
    let members = group.and_then(|group| group.get_mut("members")).and_then(Value::as_array_mut);
    members.with_context(|| format!("the directory has no group {LICENSED}"))?.extend(licensed);
    Ok(directory)
}

/// Every sign-in decided by two sets.
fn replay(program: &Path, data: &Path) -> anyhow::Result<f64> {
    let file = |name: &str| data.join(name);
    let mut policies = Value::from(read(&file("policies.json"))?);
    let list = policies.get_mut("value").and_then(Value::as_array_mut).context("no policies were generated")?;
    for policy in list.iter_mut().step_by(CHANGED) {
        let state = policy.get_mut("state").context("a generated policy has no state")?;
        *state = json!("disabled");
    }
    write(&file("baseline.json"), &policies)?;
    median(|| {
        let mut command = Command::new(program);
        command.args(["policy", "replay", "--policies"]).arg(file("policies.json")).arg("--baseline").arg(file("baseline.json"));
        command.arg("--directory").arg(file("directory.json")).arg("--sign-ins").arg(file("sign-ins.jsonl"));
        let (seconds, output) = timed(&mut command)?;
        ensure!(output.status.success(), "{command:?} failed: {}", output.status);
        Ok(seconds)
    })
}

fn write(path: &Path, content: &Value) -> anyhow::Result<()> {
    std::fs::write(path, content.to_string()).with_context(|| path.display().to_string())
}

fn median(run: impl Fn() -> anyhow::Result<f64>) -> anyhow::Result<f64> {
    let mut seconds = (0..RUNS).map(|_| run()).collect::<anyhow::Result<Vec<_>>>()?;
    seconds.sort_by(f64::total_cmp);
    seconds.get(RUNS / 2).copied().context("nothing was measured")
}

/// CPU time of a whole process, and what it printed.
fn timed(command: &mut Command) -> anyhow::Result<(f64, Output)> {
    let before = children()?;
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("{command:?}"))?;
    if output.status.code().is_none_or(|status| status > 1) {
        bail!("{command:?} failed: {}", output.status);
    }
    Ok((children()? - before, output))
}

/// CPU time of all processes that this one has started and waited for.
fn children() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("/proc/self/stat")?;
    // The name of the program, in brackets, may hold anything; cutime and cstime are fields 16 and 17 of all.
    let (_, fields) = stat.rsplit_once(')').context("/proc/self/stat")?;
    let ticks = fields.split_ascii_whitespace().skip(13).take(2).map(str::parse::<f64>).collect::<Result<Vec<_>, _>>()?;
    ensure!(ticks.len() == 2, "/proc/self/stat has too few fields");
    Ok(ticks.iter().sum::<f64>() / TICKS)
}
