//! List queries as SQL. Values are bound, never written into the text; names of tables and columns are constants of ours.
//!
//! The text is plain SQL that SQLite and PostgreSQL both know. Negation is pushed down to single comparisons, where `IS NULL` is
//! added by hand: between them a comparison with NULL, which SQL calls unknown, then counts as false, as the contract wants.

use doorward_store::Result;
use doorward_store::query::{Comparison, Field, Filter, Key, Kind, Order, Page, Part, Position, Query, Value};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use crate::row::{engine, fold, millis};
use crate::unit::SqlUnit;

/// Largest page, whatever was asked for.
const LARGEST_PAGE: u32 = 10_000;
const TRUE: &str = "1 = 1";
const FALSE: &str = "1 = 0";

/// A field's noun as a table. Columns of text hold it folded.
pub(crate) trait Table: Field {
    /// What a row is read into.
    type Entity;
    /// Name.
    const TABLE: &'static str;
    /// Columns to read beside `id`.
    const READ: &'static str = "body";
    /// The field of the column `id`.
    const ID: Self;

    /// The column of a field.
    fn column(self) -> &'static str;

    /// Whether the column may hold no value.
    fn nullable(self) -> bool {
        false
    }

    /// Whether the column holds ids as 16 bytes; others hold them as text.
    fn binary(self) -> bool {
        false
    }

    /// Reads a row.
    fn read(row: &SqliteRow) -> Result<Self::Entity>;
}

/// A value to bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Bound {
    Text(String),
    Integer(i64),
    /// As 16 bytes.
    Id(Uuid),
}

impl Bound {
    /// An id as the column of a field holds it. What is no id stays as it is, and equals none.
    pub(crate) fn id<F: Table>(field: F, id: &str) -> Self {
        match id.parse() {
            Ok(id) if field.binary() => Self::Id(id),
            _ => Self::Text(id.to_owned()),
        }
    }
}

/// SQL text and its values; `$1` is the tenant.
pub(crate) struct Statement {
    pub(crate) sql: String,
    values: Vec<Bound>,
}

impl Statement {
    pub(crate) fn new(sql: String, tenant: &str) -> Self {
        Self { sql, values: vec![Bound::Text(tenant.to_owned())] }
    }

    pub(crate) fn push(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    pub(crate) fn bind(&mut self, value: Bound) {
        self.values.push(value);
        self.push(&format!("${}", self.values.len()));
    }

    /// Ends the page at a limit, which is returned as it counts; one more row tells whether another page follows.
    pub(crate) fn limit(&mut self, limit: u32) -> usize {
        let limit = limit.clamp(1, LARGEST_PAGE);
        self.push(" LIMIT ");
        self.bind(Bound::Integer(i64::from(limit) + 1));
        usize::try_from(limit).unwrap_or(usize::MAX)
    }

    fn selection<F: Table>(&mut self, query: &Query<F>) {
        self.push(" WHERE tenant_id = $1");
        if let Some(filter) = &query.filter {
            self.push(" AND ");
            self.filter(filter, false);
        }
        if let Some(text) = &query.search {
            let holds = |field: &F| Filter::Holds(*field, Part::Anywhere, text.clone());
            self.push(" AND ");
            self.filter(&Filter::Any(F::SEARCHED.iter().map(holds).collect()), false);
        }
    }

    pub(crate) fn filter<F: Table>(&mut self, filter: &Filter<F>, negated: bool) {
        match filter {
            Filter::Not(inner) => self.filter(inner, !negated),
            Filter::All(parts) => self.join(parts, negated, !negated),
            Filter::Any(parts) => self.join(parts, negated, negated),
            Filter::Compare(field, Comparison::NotEqual, value) => self.comparison(*field, Comparison::Equal, value, !negated),
            Filter::Compare(field, comparison, value) => self.comparison(*field, *comparison, value, negated),
            Filter::OneOf(field, values) => self.one_of(*field, values, negated),
            Filter::Holds(field, part, text) => self.holds(*field, *part, text, negated),
        }
    }

    fn join<F: Table>(&mut self, parts: &[Filter<F>], negated: bool, all: bool) {
        if parts.is_empty() {
            return self.push(if all { TRUE } else { FALSE });
        }
        self.push("(");
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                self.push(if all { " AND " } else { " OR " });
            }
            self.filter(part, negated);
        }
        self.push(")");
    }

    fn comparison<F: Table>(&mut self, field: F, comparison: Comparison, value: &Value, negated: bool) {
        let column = field.column();
        if *value == Value::Null {
            let sql = match (comparison, negated) {
                (Comparison::Equal, false) => format!("{column} IS NULL"),
                (Comparison::Equal, true) => format!("{column} IS NOT NULL"),
                (_, negated) => constant(negated).to_owned(),
            };
            return self.push(&sql);
        }
        let Some(bound) = bound(field, value) else { return self.push(constant(negated)) };
        if field.kind() == Kind::Words {
            let (Comparison::Equal, Bound::Text(word)) = (comparison, bound) else { return self.push(constant(negated)) };
            return self.like(column, &format!("% {} %", escaped(&word)), negated, field.nullable());
        }
        let operator = match if negated { comparison.negated() } else { comparison } {
            Comparison::Equal => "=",
            Comparison::NotEqual => "<>",
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
        };
        self.leaf(column, negated && field.nullable(), |this| {
            this.push(&format!("{column} {operator} "));
            this.bind(bound);
        });
    }

    fn one_of<F: Table>(&mut self, field: F, values: &[Value], negated: bool) {
        let bounds: Vec<Bound> = values.iter().filter_map(|value| bound(field, value)).collect();
        if field.kind() == Kind::Words || values.contains(&Value::Null) || bounds.is_empty() {
            let each: Vec<Filter<F>> = values.iter().map(|value| Filter::Compare(field, Comparison::Equal, value.clone())).collect();
            return self.filter(&Filter::Any(each), negated);
        }
        let column = field.column();
        self.leaf(column, negated && field.nullable(), |this| {
            this.push(&format!("{column}{} IN (", if negated { " NOT" } else { "" }));
            for (index, bound) in bounds.into_iter().enumerate() {
                if index > 0 {
                    this.push(", ");
                }
                this.bind(bound);
            }
            this.push(")");
        });
    }

    fn holds<F: Table>(&mut self, field: F, part: Part, text: &str, negated: bool) {
        if field.kind() != Kind::Text {
            return self.push(constant(negated));
        }
        let (column, text) = (field.column(), fold(text));
        let pattern = match part {
            Part::Start => match after_prefix(&text) {
                // A range, because an index knows ranges.
                Some(end) => {
                    return self.leaf(column, negated && field.nullable(), |this| {
                        this.push(if negated { "NOT (" } else { "(" });
                        this.push(&format!("{column} >= "));
                        this.bind(Bound::Text(text));
                        this.push(&format!(" AND {column} < "));
                        this.bind(Bound::Text(end));
                        this.push(")");
                    });
                }
                None => format!("{}%", escaped(&text)),
            },
            Part::End => format!("%{}", escaped(&text)),
            Part::Anywhere => format!("%{}%", escaped(&text)),
        };
        self.like(column, &pattern, negated, field.nullable());
    }

    fn like(&mut self, column: &str, pattern: &str, negated: bool, nullable: bool) {
        self.leaf(column, negated && nullable, |this| {
            this.push(&format!("{column}{} LIKE ", if negated { " NOT" } else { "" }));
            this.bind(Bound::Text(pattern.to_owned()));
            this.push(" ESCAPE '\\'");
        });
    }

    /// One comparison, with the rows that have no value added where it is asked whether something is not so.
    fn leaf(&mut self, column: &str, or_null: bool, write: impl FnOnce(&mut Self)) {
        if or_null {
            self.push("(");
        }
        write(self);
        if or_null {
            self.push(&format!(" OR {column} IS NULL)"));
        }
    }

    /// What comes after a position in an order, in which no value is the least.
    fn after<F: Table>(&mut self, position: &Position, order: Order<F>) {
        let column = order.field.column();
        let sign = if order.descending { '<' } else { '>' };
        let Some(key) = &position.key else {
            self.push(&format!(" AND (({column} IS NULL AND id {sign} "));
            self.bind(Bound::id(F::ID, &position.id));
            self.push(")");
            if !order.descending {
                self.push(&format!(" OR {column} IS NOT NULL"));
            }
            return self.push(")");
        };
        self.push(&format!(" AND (({column}, id) {sign} ("));
        self.bind(match key {
            Key::Text(text) => Bound::id(order.field, text),
            Key::Integer(number) => Bound::Integer(*number),
        });
        self.push(", ");
        self.bind(Bound::id(F::ID, &position.id));
        self.push(")");
        if order.descending && order.field.nullable() {
            self.push(&format!(" OR {column} IS NULL"));
        }
        self.push(")");
    }
}

/// Whether a filter names the objects, or what they belong to, by id.
fn is_by_id<F: Field>(filter: &Filter<F>) -> bool {
    match filter {
        Filter::All(parts) => parts.iter().any(is_by_id),
        Filter::Compare(field, Comparison::Equal, value) => field.kind() == Kind::Id && *value != Value::Null,
        Filter::OneOf(field, values) => field.kind() == Kind::Id && !values.contains(&Value::Null),
        _ => false,
    }
}

fn constant(truth: bool) -> &'static str {
    if truth { TRUE } else { FALSE }
}

/// The value as the column of a field holds it; none when it can never be equal to one.
fn bound<F: Table>(field: F, value: &Value) -> Option<Bound> {
    Some(match (field.kind(), value) {
        (Kind::Id, Value::Id(id)) if field.binary() => Bound::Id(*id),
        (Kind::Text | Kind::Words, Value::Text(text)) => Bound::Text(fold(text)),
        (Kind::Id | Kind::Text, Value::Id(id)) => Bound::Text(id.to_string()),
        (Kind::Number, Value::Number(number)) => Bound::Integer(*number),
        (Kind::Time, Value::Time(time)) => Bound::Integer(millis(*time)),
        (Kind::Flag, Value::Flag(flag)) => Bound::Integer(i64::from(*flag)),
        _ => return None,
    })
}

/// A text as it stands in a pattern of `LIKE`.
pub(crate) fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}

/// The least text that is greater than every text with that beginning; none when there is no such text.
fn after_prefix(prefix: &str) -> Option<String> {
    let mut letters: Vec<char> = prefix.chars().collect();
    while let Some(last) = letters.pop() {
        // Surrogates are no characters.
        let next = if last == '\u{D7FF}' { Some('\u{E000}') } else { char::from_u32(u32::from(last) + 1) };
        if let Some(next) = next {
            letters.push(next);
            return Some(letters.into_iter().collect());
        }
    }
    None
}

impl SqlUnit {
    /// The objects that a query finds.
    pub(crate) async fn find_page<F: Table>(&mut self, query: &Query<F>) -> Result<Page<F::Entity>> {
        let order = query.order.unwrap_or(F::NATURAL);
        let (key, direction) = (order.field.column(), if order.descending { "DESC" } else { "ASC" });
        let sql = format!("SELECT id, {}, {key} AS order_key FROM {}", F::READ, F::TABLE);
        let mut statement = Statement::new(sql, &self.tenant);
        statement.selection(query);
        if let Some(position) = &query.after {
            statement.after(position, order);
        }
        let nulls = match (order.field.nullable(), order.descending) {
            (false, _) => "",
            (true, true) => " NULLS LAST",
            (true, false) => " NULLS FIRST",
        };
        // Of the few objects that an id leads to, none is read for the sake of the order: with the plus no index is good for it.
        let plus = if query.filter.as_ref().is_some_and(is_by_id) { "+" } else { "" };
        statement.push(&format!(" ORDER BY {plus}{key} {direction}{nulls}, {plus}id {direction}"));
        let limit = statement.limit(query.limit);
        page_of::<F>(&self.rows(statement).await?, limit, order.field)
    }

    /// How many objects a query finds in all.
    pub(crate) async fn find_count<F: Table>(&mut self, query: &Query<F>) -> Result<u64> {
        let mut statement = Statement::new(format!("SELECT COUNT(*) AS found FROM {}", F::TABLE), &self.tenant);
        statement.selection(query);
        self.number(statement).await
    }

    /// The number that a statement calls `found`.
    pub(crate) async fn number(&mut self, statement: Statement) -> Result<u64> {
        let rows = self.rows(statement).await?;
        let found: i64 = rows.first().map_or(Ok(0), |row| row.try_get("found")).map_err(engine)?;
        Ok(found.unsigned_abs())
    }

    pub(crate) async fn rows(&mut self, statement: Statement) -> Result<Vec<SqliteRow>> {
        // The text is made above of constants and numbered parameters.
        let mut query = sqlx::query(sqlx::AssertSqlSafe(statement.sql));
        for value in statement.values {
            query = match value {
                Bound::Text(text) => query.bind(text),
                Bound::Integer(number) => query.bind(number),
                Bound::Id(id) => query.bind(id),
            };
        }
        query.fetch_all(self.connection.open().await?).await.map_err(engine)
    }
}

/// The page that rows in the order of a field are, of which there is one too many when another page follows.
pub(crate) fn page_of<F: Table>(rows: &[SqliteRow], limit: usize, order: F) -> Result<Page<F::Entity>> {
    let next = match rows.len() > limit {
        true => rows.get(limit - 1).map(|row| position(row, order)).transpose().map_err(engine)?,
        false => None,
    };
    let items = rows.iter().take(limit).map(F::read).collect::<Result<_>>()?;
    Ok(Page { items, next })
}

fn position<F: Table>(row: &SqliteRow, order: F) -> sqlx::Result<Position> {
    let key = match order.kind() {
        Kind::Text | Kind::Id | Kind::Words => read_text(row, "order_key", order.binary())?.map(Key::Text),
        Kind::Number | Kind::Time | Kind::Flag => row.try_get::<Option<i64>, _>("order_key")?.map(Key::Integer),
    };
    Ok(Position { key, id: read_id::<F>(row)? })
}

/// The id of a row, as text.
pub(crate) fn read_id<F: Table>(row: &SqliteRow) -> sqlx::Result<String> {
    read_text(row, "id", F::ID.binary()).map(Option::unwrap_or_default)
}

fn read_text(row: &SqliteRow, column: &str, binary: bool) -> sqlx::Result<Option<String>> {
    match binary {
        true => row.try_get::<Option<Uuid>, _>(column).map(|id| id.map(|id| id.to_string())),
        false => row.try_get(column),
    }
}

/// How a noun's fields lie in its table.
macro_rules! table {
    ($field:ident in $table:literal as $entity:ty, $read:expr $(, columns $columns:literal)?;
        $($name:ident: $column:literal $($manner:ident)?,)+) => {
        impl crate::query::Table for $field {
            type Entity = $entity;
            const TABLE: &'static str = $table;
            $(const READ: &'static str = $columns;)?
            const ID: Self = Self::Id;

            fn column(self) -> &'static str {
                match self {
                    $(Self::$name => $column,)+
                }
            }

            fn nullable(self) -> bool {
                match self {
                    $(Self::$name => crate::query::table!(@nullable $($manner)?),)+
                }
            }

            fn binary(self) -> bool {
                match self {
                    $(Self::$name => crate::query::table!(@binary $($manner)?),)+
                }
            }

            fn read(row: &sqlx::sqlite::SqliteRow) -> doorward_store::Result<$entity> {
                ($read)(row)
            }
        }
    };
    (@nullable nullable) => { true };
    (@nullable $($other:ident)?) => { false };
    (@binary binary) => { true };
    (@binary $($other:ident)?) => { false };
}

pub(crate) use table;
