//! The ways in which authentication strengths and terms of use can be met.

use std::collections::{BTreeSet, HashSet};

use super::axis::Value;
use crate::conditional_access::factor::{Factor, met};
use crate::conditional_access::mask::Mask;

/// Combinations beyond which the ways are no longer told apart one by one.
const MOST: usize = 20_000;

/// Without a second factor, and with it: a set of methods for each set of strengths that can be met together. False when there were too
/// many to look at.
pub(super) fn authentication(sets: &[&[Factor]]) -> (Vec<Value>, bool) {
    let strengths = sets.iter().flat_map(|factors| factors.iter()).filter_map(|factor| match factor {
        Factor::Strength(combinations) => Some(combinations.clone()),
        Factor::TermsOfUse(_) => None,
    });
    let (ways, whole) = ways(strengths.collect());
    let is_met = |methods: &[String]| sets.iter().map(|factors| met(factors, true, methods, &[])).collect::<Vec<_>>();
    let with = distinct(ways, is_met).into_iter().map(|methods| Value::Authentication { mfa: true, methods });
    let without = Value::Authentication { mfa: false, methods: Vec::new() };
    ([without].into_iter().chain(with).collect(), whole)
}

/// A list of accepted terms of use for each set of requirements that can be met together.
pub(super) fn terms_of_use(sets: &[&[Factor]]) -> (Vec<Value>, bool) {
    let lists = sets.iter().flat_map(|factors| factors.iter()).filter_map(|factor| match factor {
        Factor::TermsOfUse(terms) => Some(vec![terms.clone()]),
        Factor::Strength(_) => None,
    });
    let (ways, whole) = ways(lists.collect());
    let is_met = |terms: &[String]| sets.iter().map(|factors| met(factors, false, &[], terms)).collect::<Vec<_>>();
    (distinct(ways, is_met).into_iter().map(Value::TermsOfUse).collect(), whole)
}

/// For every requirement one of its combinations or none: whatever a person has shown meets just what one of these meets.
fn ways(requirements: Vec<Vec<Vec<String>>>) -> (BTreeSet<(usize, BTreeSet<String>)>, bool) {
    let mut ways = BTreeSet::from([(0, BTreeSet::new())]);
    for combinations in requirements {
        let mut more = ways.clone();
        for (_, way) in &ways {
            for combination in &combinations {
                let way: BTreeSet<String> = way.iter().chain(combination).cloned().collect();
                more.insert((way.len(), way));
            }
            if more.len() > MOST {
                return (ways, false);
            }
        }
        ways = more;
    }
    (ways, true)
}

/// The shortest list for each set of requirements met.
fn distinct(ways: BTreeSet<(usize, BTreeSet<String>)>, is_met: impl Fn(&[String]) -> Vec<Mask>) -> Vec<Vec<String>> {
    let mut seen = HashSet::new();
    let lists = ways.into_iter().map(|(_, way)| way.into_iter().collect::<Vec<_>>());
    lists.filter(|list| seen.insert(is_met(list))).collect()
}
