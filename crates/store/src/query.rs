//! List queries: what to find of a noun, in which order, and where to go on. Neutral to engines; each engine translates them.
//!
//! Rules that every engine keeps, and that [`suite`](crate::suite) checks:
//! * Text is compared without regard to case.
//! * There are two truth values. A comparison with a field that has no value is false, except `Equal` to [`Value::Null`], and
//!   except `NotEqual` to anything else. `Not` turns the answer round, whatever it was.
//! * Objects that are equal in the order follow their ids, in the same direction. Objects without a value come first.

use jiff::Timestamp;
use uuid::Uuid;

mod field;

pub use field::{ApplicationField, AuditField, DeviceField, Field, GroupField, Kind, ManagedDeviceField, SignInField, UserField};

/// A value to compare with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// An id.
    Id(Uuid),
    /// A whole number.
    Number(i64),
    /// An instant; engines keep milliseconds.
    Time(Timestamp),
    /// Yes or no.
    Flag(bool),
    /// No value.
    Null,
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `≠`
    NotEqual,
    /// `<`
    Less,
    /// `≤`
    LessOrEqual,
    /// `>`
    Greater,
    /// `≥`
    GreaterOrEqual,
}

impl Comparison {
    /// The comparison that is true where this one is false, for two values that are there.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Less => Self::GreaterOrEqual,
            Self::LessOrEqual => Self::Greater,
            Self::Greater => Self::LessOrEqual,
            Self::GreaterOrEqual => Self::Less,
        }
    }
}

/// Where in a text another is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// At its beginning.
    Start,
    /// At its end.
    End,
    /// Anywhere.
    Anywhere,
}

/// A condition on the fields of a noun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter<F> {
    /// A field compared with a value. Of a field of [`Kind::Words`], `Equal` means that the word is among them.
    Compare(F, Comparison, Value),
    /// A field equals one of the values.
    OneOf(F, Vec<Value>),
    /// A text holds another.
    Holds(F, Part, String),
    /// All of them; true when there is none.
    All(Vec<Self>),
    /// At least one of them; false when there is none.
    Any(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
}

impl<F> Filter<F> {
    /// A field equals a value.
    pub fn equal(field: F, value: impl Into<Value>) -> Self {
        Self::Compare(field, Comparison::Equal, value.into())
    }

    /// This and another condition.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match self {
            Self::All(mut all) => {
                all.push(other);
                Self::All(all)
            }
            one => Self::All(vec![one, other]),
        }
    }
}

impl From<Uuid> for Value {
    fn from(id: Uuid) -> Self {
        Self::Id(id)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Self::Time(time)
    }
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order<F> {
    /// What counts.
    pub field: F,
    /// Largest first.
    pub descending: bool,
}

/// Where a page ended. Objects may come and go in between: the next page begins after this place, not after a number of objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The last object's value of the field of the order, as the engine keeps it; none where it has no value.
    pub key: Option<Key>,
    /// The last object's id.
    pub id: String,
}

/// A value as an engine keeps and orders it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// Folded text, or an id.
    Text(String),
    /// A number, an instant in milliseconds, or a flag.
    Integer(i64),
}

/// A list query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query<F> {
    /// Only these; none means all.
    pub filter: Option<Filter<F>>,
    /// Only those with this text in one of [`Field::SEARCHED`]; words may be anywhere in it.
    pub search: Option<String>,
    /// The order; none means [`Field::NATURAL`].
    pub order: Option<Order<F>>,
    /// Go on after this place of the same query.
    pub after: Option<Position>,
    /// At most this many.
    pub limit: u32,
}

/// Objects of a page when a query does not say how many.
pub const PAGE: u32 = 100;

impl<F> Default for Query<F> {
    fn default() -> Self {
        Self { filter: None, search: None, order: None, after: None, limit: PAGE }
    }
}

impl<F> Query<F> {
    /// Everything that a filter lets through, in the natural order.
    pub fn of(filter: Filter<F>) -> Self {
        Self { filter: Some(filter), ..Self::default() }
    }
}

/// Part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The objects.
    pub items: Vec<T>,
    /// Where the next page begins; none when this was the last.
    pub next: Option<Position>,
}
