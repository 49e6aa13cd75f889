//! Engines side by side: first they must agree, then they are timed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;

use anyhow::bail;
use doorward_model::conditional_access::PolicyState;
use doorward_policy::conditional_access::{Classes, Explanation, Facts, PolicySet, compile, decide};
use serde_json::{Map, Value, json};

use crate::engine::cedar::Cedar;
use crate::engine::doorward::{Doorward, DoorwardExplained, DoorwardFromFacts};
use crate::engine::naive::Naive;
use crate::engine::rego::Rego;
use crate::engine::{Answer, Case, Engine};
use crate::measure::{cpu_time, median, speeds};
use crate::world::directory::Directory;
use crate::world::policy::policies;
use crate::world::sign_in::SignIns;

/// Numbers of policies.
const SIZES: [u32; 3] = [20, 200, 1_000];
const USERS: u32 = 10_000;
/// Sign-ins that fast engines go round.
const SIGN_INS: usize = 20_000;
/// Sign-ins that every engine decides before any is timed, and that slow engines go round: their requests take more memory.
const CHECKED: usize = 2_500;
/// Compilations that the median is taken of.
const COMPILATIONS: usize = 21;

/// Measures, prints a table and gives the figures by name.
pub(crate) fn run() -> anyhow::Result<Map<String, Value>> {
    let directory = Directory::new(USERS)?;
    let facts: Vec<Facts> = SignIns::of(&directory).take(SIGN_INS).map(|sign_in| sign_in.facts()).collect();
    let mut figures = Map::new();
    let mut table = String::new();
    for size in SIZES {
        let policies = policies(size);
        let case = Case { policies: &policies, locations: &directory.locations, strengths: &directory.strengths, facts: &facts };
        eprintln!("{size} policies: {}", one_size(&case, &mut figures)?);
    }
    for engine in ["doorward", "doorward_explained", "doorward_from_facts", "naive", "cedar", "regorus"] {
        write!(table, "{engine:20}")?;
        for size in SIZES {
            let speed = figures.get(&format!("decide.{engine}.{size}")).and_then(Value::as_f64).unwrap_or(f64::NAN);
            write!(table, "{speed:14.0}")?;
        }
        table.push('\n');
    }
    let policies = policies(1_000);
    let case = Case { policies: &policies, locations: &directory.locations, strengths: &directory.strengths, facts: &[] };
    let compilation = compilation_ms(&case)?;
    figures.insert("compile.1000_ms".to_owned(), json!(rounded(compilation)));
    println!("{:20}{:>14}{:>14}{:>14}   decisions per CPU second", "policies", 20, 200, 1_000);
    print!("{table}");
    println!("{:20}{compilation:42.2}   ms to compile", "compile");
    Ok(figures)
}

/// The figures of one set of policies; what is said of it is which outcomes its sign-ins have.
fn one_size(case: &Case<'_>, figures: &mut Map<String, Value>) -> anyhow::Result<String> {
    let few = Case { facts: case.facts.get(..CHECKED).unwrap_or(case.facts), ..*case };
    let set = compile(case.policies, &[], case.locations, case.strengths)?;
    let mut engines: Vec<(Box<dyn Engine + '_>, usize)> = vec![
        (Box::new(Doorward::new(&set, case.facts)), case.facts.len()),
        (Box::new(DoorwardExplained::new(&set, case.facts)), case.facts.len()),
        (Box::new(DoorwardFromFacts::new(&set, case.facts)), case.facts.len()),
        (Box::new(Naive::new(case)?), case.facts.len()),
        (Box::new(Cedar::new(&few)?), few.facts.len()),
        (Box::new(Rego::new(&few)?), few.facts.len()),
    ];
    let outcomes = check(&mut engines, &set, &few)?;
    let size = case.policies.len();
    let mut by_name = BTreeMap::new();
    for (speed, (engine, _)) in speeds(&mut engines).into_iter().zip(&engines) {
        figures.insert(format!("decide.{}.{size}", engine.name()), json!(speed.round()));
        by_name.insert(engine.name(), speed);
    }
    for other in ["cedar", "naive"] {
        if let (Some(ours), Some(theirs)) = (by_name.get("doorward"), by_name.get(other)) {
            figures.insert(format!("decide.doorward_per_{other}.{size}"), json!(rounded(ours / theirs)));
        }
    }
    Ok(format!("{outcomes}; {:.1} % of the enabled policies apply to a sign-in", applying(&set, few.facts)))
}

/// Lets every engine decide the same sign-ins, and counts the outcomes.
fn check(engines: &mut [(Box<dyn Engine + '_>, usize)], set: &PolicySet, case: &Case<'_>) -> anyhow::Result<String> {
    let mut outcomes = BTreeMap::<String, usize>::new();
    for (index, facts) in case.facts.iter().enumerate() {
        let mut expected = None;
        for (engine, _) in engines.iter_mut() {
            let answer = engine.decide(index);
            let (first, wanted) = *expected.get_or_insert((engine.name(), answer));
            if !answer.agrees(wanted) {
                bail!(difference(set, case, facts, &format!("{first}: {wanted:?}\n{}: {answer:?}", engine.name())));
            }
        }
        if let Some((_, Answer::Full { outcome, .. })) = expected {
            *outcomes.entry(format!("{outcome:?}").to_lowercase()).or_default() += 1;
        }
    }
    let shares = outcomes.iter().map(|(outcome, count)| format!("{} % {outcome}", count * 100 / case.facts.len().max(1)));
    Ok(format!("{} sign-ins agree, {}", case.facts.len(), shares.collect::<Vec<_>>().join(", ")))
}

/// All that there is to know about a difference: the answers, the sign-in, what became of each policy and those that apply.
fn difference(set: &PolicySet, case: &Case<'_>, facts: &Facts, answers: &str) -> String {
    let mut text = format!("the engines differ\n{answers}\nsign-in: {facts:#?}\n");
    for (row, policy) in decide(set, facts).policies.iter().zip(case.policies) {
        match row.reason {
            Some(reason) => text += &format!("policy {}: {:?}, {reason:?}\n", row.id, row.result),
            None => text += &format!("policy {}: {:?}\n{policy:#?}\n", row.id, row.result),
        }
    }
    text
}

/// Percentage of the enabled policies that apply to a sign-in, on average.
fn applying(set: &PolicySet, facts: &[Facts]) -> f64 {
    let mut classes = Classes::new(set);
    let mut explanation = Explanation::new(set);
    let (mut enabled, mut applied) = (0_u32, 0_u32);
    for facts in facts {
        let sign_in = classes.sign_in(facts);
        classes.explain(&sign_in, &mut explanation);
        for policy in explanation.policies(set).filter(|policy| policy.state() == PolicyState::Enabled) {
            enabled += 1;
            applied += u32::from(policy.reason().is_none());
        }
    }
    f64::from(applied) * 100.0 / f64::from(enabled.max(1))
}

fn compilation_ms(case: &Case<'_>) -> anyhow::Result<f64> {
    let mut times = Vec::new();
    for _ in 0..COMPILATIONS {
        let begun = cpu_time();
        black_box(compile(black_box(case.policies), &[], case.locations, case.strengths)?);
        times.push((cpu_time() - begun).as_secs_f64() * 1_000.0);
    }
    Ok(median(times))
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
