//! Query options of OData 4.01, as far as Graph's clients use them: `$filter`, `$orderby`, `$select`, `$top`, `$count`, `$search`,
//! `$skiptoken`. Reading only names what is meant; which properties there are is for the caller to say.

mod evaluate;
mod filter;
mod options;
mod token;

pub use evaluate::{find, matches, order};
pub use filter::{Comparison, Expression, Literal, Property, parse};
pub use options::{Direction, OrderBy, QueryOptions};

/// What is wrong with a query option, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{option}, character {}: {problem}", .position + 1)]
pub struct ODataError {
    /// The option, for example `$filter`.
    pub option: &'static str,
    /// Characters before the place.
    pub position: usize,
    /// What is wrong, and what to write instead.
    pub problem: String,
}

impl ODataError {
    fn new(option: &'static str, position: usize, problem: impl Into<String>) -> Self {
        Self { option, position, problem: problem.into() }
    }

    /// Something wrong with a place in the filter.
    pub fn filter(position: usize, problem: impl Into<String>) -> Self {
        Self::new("$filter", position, problem)
    }
}
