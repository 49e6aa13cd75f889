//! Sign-ins by their circumstances. A condition on these is asked of their table first; then either all their sign-ins are read, where
//! these are few, or the latest of each, where the circumstances are.

use doorward_store::Result;
use doorward_store::query::{Filter, Page, Query};
use sqlx::Row as _;

use super::{COUNTED, Log, READ, entered, is_about_time};
use crate::query::{Bound, Statement, page_of};
use crate::row::engine;
use crate::unit::SqlUnit;

/// Circumstances of which the latest sign-ins are merged.
const MERGED: usize = 64;
/// Circumstances whose sign-ins are counted.
const KINDS_COUNTED: i64 = 50_000;

/// The circumstances that fit.
#[derive(Clone)]
struct Kinds<F> {
    /// The index of their table that leads to few.
    index: &'static str,
    conditions: Vec<Filter<F>>,
}

/// The circumstances whose sign-ins are read.
pub(super) struct Chosen<F> {
    which: Which<F>,
    /// What must hold of the sign-ins besides.
    rest: Vec<Filter<F>>,
}

enum Which<F> {
    /// All of their sign-ins can be read.
    Few(Kinds<F>),
    /// They can be named.
    These(Vec<i64>),
}

impl SqlUnit {
    /// The circumstances to read the sign-ins of; none when that does not lead to few enough.
    pub(super) async fn chosen<F: Log>(&mut self, conditions: &[Filter<F>]) -> Result<Option<Chosen<F>>> {
        let Some(kinds) = self.kinds(conditions, READ).await? else { return Ok(None) };
        let (times, rest): (Vec<_>, Vec<_>) =
            conditions.iter().filter(|one| !stands_there(one)).cloned().partition(|one| is_about_time(one));
        let mut statement = Statement::with_circumstances::<F>("1", &self.tenant);
        statement.of_kinds(&kinds);
        statement.all_of(&times);
        let which = if self.number(statement.limited(READ + 1)).await? <= READ.unsigned_abs() {
            Which::Few(kinds)
        } else if rest.is_empty() {
            let mut statement = Statement::new(String::new(), &self.tenant);
            statement.kinds(&kinds);
            statement.push(&format!(" LIMIT {}", MERGED + 1));
            let rows = self.rows(statement).await?;
            let numbers = rows.iter().map(|row| row.try_get("number")).collect::<std::result::Result<Vec<i64>, _>>().map_err(engine)?;
            if numbers.len() > MERGED {
                return Ok(None);
            }
            Which::These(numbers)
        } else {
            return Ok(None);
        };
        Ok(Some(Chosen { which, rest: times.into_iter().chain(rest).collect() }))
    }

    /// A page of the sign-ins that have these circumstances.
    pub(super) async fn page_with<F: Log>(&mut self, chosen: &Chosen<F>, query: &Query<F>, descending: bool) -> Result<Page<F::Entity>> {
        let mut statement = Statement::new(format!("SELECT id, {}, created AS order_key FROM (", F::READ), &self.tenant);
        let after = query.after.as_ref();
        let limit = match &chosen.which {
            Which::Few(kinds) => {
                statement.push(&format!("SELECT {0}.* FROM {0} INDEXED BY {BY_CIRCUMSTANCES} ", F::ROWS));
                if chosen.rest.iter().any(|one| !is_about_time(one)) {
                    statement.push(F::WHOLE);
                }
                statement.push(&format!(" WHERE {}", F::OWN));
                statement.of_kinds(kinds);
                statement.all_of(&chosen.rest);
                statement.between::<F>(after, None, descending);
                statement.in_order_of_log(descending);
                statement.limit(query.limit)
            }
            Which::These(numbers) => {
                for (place, number) in numbers.iter().enumerate() {
                    if place > 0 {
                        statement.push(" UNION ALL ");
                    }
                    statement.push(&format!("SELECT * FROM (SELECT * FROM {} INDEXED BY {BY_CIRCUMSTANCES}", F::ROWS));
                    statement.push(&format!(" WHERE {} AND circumstances = ", F::OWN));
                    statement.bind(Bound::Integer(*number));
                    statement.all_of(&chosen.rest);
                    statement.between::<F>(after, None, descending);
                    statement.in_order_of_log(descending);
                    statement.limit(query.limit);
                    statement.push(")");
                }
                statement.in_order_of_log(descending);
                statement.limit(query.limit)
            }
        };
        statement.push(&format!(") {}", F::WHOLE));
        statement.in_order_of_log(descending);
        page_of::<F>(&self.rows(statement).await?, limit, F::CREATED)
    }

    /// How many sign-ins have these circumstances.
    pub(super) async fn count_chosen<F: Log>(&mut self, chosen: &Chosen<F>) -> Result<u64> {
        let mut statement = Statement::of_log::<F>("COUNT(*) AS found", BY_CIRCUMSTANCES, true, &self.tenant);
        match &chosen.which {
            Which::Few(kinds) => statement.of_kinds(kinds),
            Which::These(numbers) => {
                let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
                statement.push(&format!(" AND circumstances IN ({})", numbers.join(", ")));
            }
        }
        statement.all_of(&chosen.rest);
        self.number(statement).await
    }

    /// How many sign-ins fulfil conditions on circumstances and time alone, counting no more than a few too many; none when these
    /// conditions are others, or fit too many circumstances.
    pub(super) async fn count_with<F: Log>(&mut self, conditions: &[Filter<F>]) -> Result<Option<u64>> {
        if !conditions.iter().all(|one| stands_there(one) || is_about_time(one)) {
            return Ok(None);
        }
        let Some(kinds) = self.kinds(conditions, KINDS_COUNTED).await? else { return Ok(None) };
        let mut statement = Statement::with_circumstances::<F>("1", &self.tenant);
        statement.of_kinds(&kinds);
        statement.all_of(conditions.iter().filter(|one| is_about_time(one)));
        self.number(statement.limited(COUNTED + 1)).await.map(Some)
    }

    /// The circumstances that fit, when an index leads to no more than `most` of them.
    async fn kinds<F: Log>(&mut self, conditions: &[Filter<F>], most: i64) -> Result<Option<Kinds<F>>> {
        for condition in conditions {
            let Some((index, _)) = entered(condition, F::circumstances) else { continue };
            let mut statement = Statement::new(String::new(), &self.tenant);
            statement.kinds(&Kinds { index, conditions: vec![condition.clone()] });
            if self.number(statement.limited(most + 1)).await? <= most.unsigned_abs() {
                let conditions = conditions.iter().filter(|one| stands_there(one)).cloned().collect();
                return Ok(Some(Kinds { index, conditions }));
            }
        }
        Ok(None)
    }
}

/// The index of the sign-ins by their circumstances, `created` and `id`.
const BY_CIRCUMSTANCES: &str = "sign_ins_by_circumstances";

impl Statement {
    fn with_circumstances<F: Log>(columns: &str, tenant: &str) -> Self {
        Self::of_log::<F>(columns, BY_CIRCUMSTANCES, false, tenant)
    }

    fn of_kinds<F: Log>(&mut self, kinds: &Kinds<F>) {
        self.push(" AND circumstances IN (");
        self.kinds(kinds);
        self.push(")");
    }

    fn kinds<F: Log>(&mut self, kinds: &Kinds<F>) {
        self.push(&format!("SELECT number FROM sign_in_circumstances INDEXED BY {} WHERE tenant = $1", kinds.index));
        self.all_of(&kinds.conditions);
    }
}

/// Whether a condition can be asked of circumstances alone.
fn stands_there<F: Log>(condition: &Filter<F>) -> bool {
    match condition {
        Filter::All(parts) | Filter::Any(parts) => !parts.is_empty() && parts.iter().all(stands_there),
        Filter::Not(inner) => stands_there(inner),
        Filter::Compare(field, ..) | Filter::OneOf(field, _) | Filter::Holds(field, ..) => field.circumstances().is_some(),
    }
}
