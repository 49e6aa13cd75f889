//! Queries of the logs, which grow to millions of rows. The planner of the database cannot know that a page must not take long, so
//! which index is read, and how far, is settled here:
//!
//! * A part of a name is first looked for among the names there are, and then asked for as these names.
//! * Of what must be equal, the first is taken that so few rows have that all of them can be read ([`READ`]).
//! * Of sign-ins most fields belong to their circumstances, which are far fewer ([`circumstances`]).
//! * Otherwise the log is read in its order, at most [`READ`] rows. The page is what was found by then; the next one goes on there.

mod circumstances;

use doorward_store::Result;
use doorward_store::query::{Comparison, Filter, Key, Page, Part, Position, Query, Value};
use sqlx::Row as _;

use self::circumstances::Chosen;
use crate::query::{Bound, Statement, Table, escaped, page_of, read_id};
use crate::row::{engine, fold};
use crate::unit::SqlUnit;

/// Rows that one query reads at most, beside those of its page.
pub(crate) const READ: i64 = 10_000;
/// Entries of an index that are counted at most; they are much shorter than rows.
const COUNTED: i64 = 200_000;
/// Names that a part of a name may stand for; with more of them the log is read in its order, where such rows are not rare.
const NAMES: i64 = 200;

/// A log: rows in the order of the column `created`, newest first.
pub(crate) trait Log: Table {
    /// The table of the rows.
    const ROWS: &'static str;
    /// What joins the rows to the columns that stand elsewhere.
    const WHOLE: &'static str = "";
    /// What holds of the rows of the tenant `$1`.
    const OWN: &'static str = "tenant_id = $1";
    /// The index of the rows by tenant, `created` and `id`.
    const BY_TIME: &'static str;
    /// The field of the order.
    const CREATED: Self;

    /// The index of the rows by tenant, the field's column, `created` and `id`.
    fn index(self) -> Option<&'static str>;

    /// The index of the circumstances by tenant and the field's column, where that is where it stands.
    fn circumstances(self) -> Option<&'static str> {
        None
    }

    /// The kind under which the values of the field stand in `sign_in_names`.
    fn names(self) -> Option<&'static str> {
        None
    }
}

/// How a query is answered.
struct Plan<F> {
    /// Everything that must hold.
    conditions: Vec<Filter<F>>,
    road: Road<F>,
}

/// What is read.
enum Road<F> {
    /// An index of the rows.
    Index {
        name: &'static str,
        /// What the index is entered with, beside the time.
        entered_by: Option<Filter<F>>,
        /// Rows that do not fit may be read, more than is known of.
        searches: bool,
    },
    /// The sign-ins that have certain circumstances.
    Circumstances(Chosen<F>),
}

impl SqlUnit {
    /// A page of a log. It may hold less than was asked for although another follows.
    pub(crate) async fn find_log_page<F: Log>(&mut self, query: &Query<F>) -> Result<Page<F::Entity>> {
        if query.order.is_some_and(|order| order.field != F::CREATED) {
            return self.find_page(query).await;
        }
        let descending = query.order.unwrap_or(F::NATURAL).descending;
        let Some(Plan { conditions, road }) = self.plan(query).await? else { return Ok(Page { items: Vec::new(), next: None }) };
        let (name, entered_by, searches) = match road {
            Road::Circumstances(chosen) => return self.page_with(&chosen, query, descending).await,
            Road::Index { name, entered_by, searches } => (name, entered_by, searches),
        };
        let after = query.after.as_ref();
        let end = if searches { self.end(name, entered_by.as_ref(), &conditions, after, descending).await? } else { None };
        let mut statement = Statement::of_log::<F>(&format!("id, {}, created AS order_key", F::READ), name, true, &self.tenant);
        statement.all_of(&conditions);
        statement.between::<F>(after, end.as_ref(), descending);
        statement.in_order_of_log(descending);
        let limit = statement.limit(query.limit);
        let mut page = page_of::<F>(&self.rows(statement).await?, limit, F::CREATED)?;
        // What was read is known to hold no more: the next page begins behind it.
        page.next = page.next.or(end);
        Ok(page)
    }

    /// How many rows of a log a query finds; none when too many would have to be read to know.
    pub(crate) async fn find_log_count<F: Log>(&mut self, query: &Query<F>) -> Result<Option<u64>> {
        let Some(conditions) = self.conditions(query).await? else { return Ok(Some(0)) };
        if let Some(count) = self.count_with(&conditions).await? {
            return Ok(Some(count).filter(|found| *found <= COUNTED.unsigned_abs()));
        }
        let Plan { conditions, road } = self.plan_of(conditions).await?;
        let (name, entered_by, searches) = match road {
            Road::Circumstances(chosen) => return self.count_chosen(&chosen).await.map(Some),
            Road::Index { name, entered_by, searches } => (name, entered_by, searches),
        };
        if searches && self.end(name, entered_by.as_ref(), &conditions, None, true).await?.is_some() {
            return Ok(None);
        }
        let mut statement = Statement::of_log::<F>("1", name, true, &self.tenant);
        statement.all_of(&conditions);
        let found = self.number(statement.limited(COUNTED + 1)).await?;
        Ok(Some(found).filter(|found| *found <= COUNTED.unsigned_abs()))
    }

    /// None when nothing can be found.
    async fn plan<F: Log>(&mut self, query: &Query<F>) -> Result<Option<Plan<F>>> {
        match self.conditions(query).await? {
            Some(conditions) => self.plan_of(conditions).await.map(Some),
            None => Ok(None),
        }
    }

    /// What must hold; none when nothing can be found.
    async fn conditions<F: Log>(&mut self, query: &Query<F>) -> Result<Option<Vec<Filter<F>>>> {
        let mut conditions = Vec::new();
        for condition in query.filter.iter().cloned().flat_map(together) {
            conditions.push(self.with_names(condition).await?);
        }
        if let Some(text) = &query.search {
            let holds = |field: &F| Filter::Holds(*field, Part::Anywhere, text.clone());
            let search = Filter::Any(F::SEARCHED.iter().map(holds).collect());
            conditions.push(self.with_names(search).await?);
        }
        Ok((!conditions.iter().any(is_never)).then_some(conditions))
    }

    async fn plan_of<F: Log>(&mut self, conditions: Vec<Filter<F>>) -> Result<Plan<F>> {
        let rest = |entered_by: &Filter<F>| conditions.iter().any(|one| one != entered_by && !is_about_time(one));
        let mut in_order = None;
        for condition in &conditions {
            let Some((name, is_one)) = entered(condition, F::index) else { continue };
            if self.has_few(name, condition, &conditions).await? {
                let road = Road::Index { name, entered_by: Some(condition.clone()), searches: false };
                return Ok(Plan { road, conditions });
            }
            if is_one && in_order.is_none() {
                in_order = Some((name, condition.clone()));
            }
        }
        if let Some(chosen) = self.chosen(&conditions).await? {
            return Ok(Plan { road: Road::Circumstances(chosen), conditions });
        }
        let road = match in_order {
            Some((name, entered_by)) => Road::Index { name, searches: rest(&entered_by), entered_by: Some(entered_by) },
            None => {
                let searches = conditions.iter().any(|one| !is_about_time(one));
                Road::Index { name: F::BY_TIME, entered_by: None, searches }
            }
        };
        Ok(Plan { road, conditions })
    }

    /// A condition with whole names in place of parts of names, where these are few.
    async fn with_names<F: Log>(&mut self, condition: Filter<F>) -> Result<Filter<F>> {
        match condition {
            Filter::Any(parts) => {
                let mut named = Vec::new();
                for part in parts {
                    named.push(Box::pin(self.with_names(part)).await?);
                }
                named.retain(|part| !is_never(part));
                Ok(match named.len() {
                    1 => named.swap_remove(0),
                    _ => Filter::Any(named),
                })
            }
            Filter::Holds(field, part, text) => {
                let Some(kind) = field.names() else { return Ok(Filter::Holds(field, part, text)) };
                let names = self.names(kind, part, &text).await?;
                Ok(match names {
                    Some(names) => Filter::OneOf(field, names.into_iter().map(Value::Text).collect()),
                    None => Filter::Holds(field, part, text),
                })
            }
            other => Ok(other),
        }
    }

    /// The names that hold a text; none when they are many.
    async fn names(&mut self, kind: &str, part: Part, text: &str) -> Result<Option<Vec<String>>> {
        let text = escaped(&fold(text));
        let pattern = match part {
            Part::Start => format!("{text}%"),
            Part::End => format!("%{text}"),
            Part::Anywhere => format!("%{text}%"),
        };
        let rows = sqlx::query("SELECT name FROM sign_in_names WHERE tenant_id = $1 AND kind = $2 AND name LIKE $3 ESCAPE '\\' LIMIT $4")
            .bind(&self.tenant)
            .bind(kind)
            .bind(pattern)
            .bind(NAMES + 1)
            .fetch_all(self.connection.open().await?)
            .await
            .map_err(engine)?;
        if i64::try_from(rows.len()).is_ok_and(|names| names > NAMES) {
            return Ok(None);
        }
        rows.iter().map(|row| row.try_get("name").map_err(engine)).collect::<Result<_>>().map(Some)
    }

    /// Whether so few rows have what an index is entered with that all of them can be read.
    async fn has_few<F: Log>(&mut self, index: &str, condition: &Filter<F>, conditions: &[Filter<F>]) -> Result<bool> {
        let mut statement = Statement::of_log::<F>("1", index, false, &self.tenant);
        statement.all_of([condition].into_iter().chain(conditions.iter().filter(|one| is_about_time(one))));
        let limited = statement.limited(READ + 1);
        Ok(self.number(limited).await? <= READ.unsigned_abs())
    }

    /// The last row that may be read of an index, in the order of the log; none when that is all.
    async fn end<F: Log>(
        &mut self,
        index: &str,
        entered_by: Option<&Filter<F>>,
        conditions: &[Filter<F>],
        after: Option<&Position>,
        descending: bool,
    ) -> Result<Option<Position>> {
        let mut statement = Statement::of_log::<F>("id, created", index, false, &self.tenant);
        statement.all_of(entered_by.into_iter().chain(conditions.iter().filter(|one| is_about_time(one))));
        statement.between::<F>(after, None, descending);
        statement.in_order_of_log(descending);
        statement.push(" LIMIT 1 OFFSET ");
        statement.bind(Bound::Integer(READ));
        let rows = self.rows(statement).await?;
        let place =
            |row: &sqlx::sqlite::SqliteRow| Ok(Position { key: Some(Key::Integer(row.try_get("created")?)), id: read_id::<F>(row)? });
        rows.first().map(place).transpose().map_err(engine)
    }
}

impl Statement {
    /// Rows that an index leads to, whole or with their own columns alone.
    fn of_log<F: Log>(columns: &str, index: &str, whole: bool, tenant: &str) -> Self {
        let join = if whole { F::WHOLE } else { "" };
        Self::new(format!("SELECT {columns} FROM {} INDEXED BY {index} {join} WHERE {}", F::ROWS, F::OWN), tenant)
    }

    fn all_of<'a, F: Log>(&mut self, conditions: impl IntoIterator<Item = &'a Filter<F>>) {
        for condition in conditions {
            self.push(" AND ");
            self.filter(condition, false);
        }
    }

    fn in_order_of_log(&mut self, descending: bool) {
        let direction = if descending { "DESC" } else { "ASC" };
        self.push(&format!(" ORDER BY created {direction}, id {direction}"));
    }

    /// Rows after one place and up to another.
    fn between<F: Log>(&mut self, after: Option<&Position>, end: Option<&Position>, descending: bool) {
        let (beyond, up_to) = if descending { ("<", ">=") } else { (">", "<=") };
        for (place, operator) in [(after, beyond), (end, up_to)] {
            let Some(Position { key: Some(Key::Integer(created)), id }) = place else { continue };
            self.push(&format!(" AND (created, id) {operator} ("));
            self.bind(Bound::Integer(*created));
            self.push(", ");
            self.bind(Bound::id(F::ID, id));
            self.push(")");
        }
    }

    /// The number of rows, of which no more than a limit are counted.
    fn limited(mut self, limit: i64) -> Self {
        self.push(" LIMIT ");
        self.bind(Bound::Integer(limit));
        self.sql = format!("SELECT COUNT(*) AS found FROM ({})", self.sql);
        self
    }
}

/// The conditions that a filter asks for together.
fn together<F>(filter: Filter<F>) -> Vec<Filter<F>> {
    match filter {
        Filter::All(parts) => parts.into_iter().flat_map(together).collect(),
        one => vec![one],
    }
}

/// Nothing can fulfil it.
fn is_never<F>(filter: &Filter<F>) -> bool {
    match filter {
        Filter::Any(parts) => parts.iter().all(is_never),
        Filter::OneOf(_, values) => values.is_empty(),
        _ => false,
    }
}

fn is_about_time<F: Log>(filter: &Filter<F>) -> bool {
    matches!(filter, Filter::Compare(field, comparison, value)
        if *field == F::CREATED && *comparison != Comparison::NotEqual && *value != Value::Null)
}

/// The index that a condition enters, and whether with one value, so that its rows come in the order of the log.
fn entered<F: Log>(condition: &Filter<F>, index: impl Fn(F) -> Option<&'static str>) -> Option<(&'static str, bool)> {
    match condition {
        Filter::Compare(field, Comparison::Equal, value) if *value != Value::Null => Some((index(*field)?, true)),
        Filter::OneOf(field, values) if !values.is_empty() && !values.contains(&Value::Null) => Some((index(*field)?, values.len() == 1)),
        _ => None,
    }
}
