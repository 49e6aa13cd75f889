//! `$filter` (OData 4.01 part 2 §5.1.1).

use jiff::Timestamp;
use uuid::Uuid;

use super::ODataError;
use super::token::{self, Kind, Token};

/// Characters of a filter at most.
const LENGTH: usize = 4096;
/// Parentheses and `not` within each other at most.
const DEPTH: usize = 32;
/// Comparisons and listed values of one filter at most.
const COMPARISONS: usize = 200;

/// A property as the filter names it, for example `status/errorCode`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// Its name or path.
    pub name: String,
    /// Characters before it.
    pub position: usize,
}

/// A constant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// `'…'`
    Text(String),
    /// A GUID without quotes.
    Id(Uuid),
    /// A whole number.
    Number(i64),
    /// A point in time (RFC 3339).
    Time(Timestamp),
    /// `true` or `false`.
    Flag(bool),
    /// `null`.
    Null,
}

/// What is compared how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `eq`
    Equal,
    /// `ne`
    NotEqual,
    /// `lt`
    Less,
    /// `le`
    LessOrEqual,
    /// `gt`
    Greater,
    /// `ge`
    GreaterOrEqual,
    /// `startsWith`
    StartsWith,
    /// `endsWith`
    EndsWith,
    /// `contains`
    Contains,
}

impl Comparison {
    const OPERATORS: [(&'static str, Self); 6] = [
        ("eq", Self::Equal),
        ("ne", Self::NotEqual),
        ("lt", Self::Less),
        ("le", Self::LessOrEqual),
        ("gt", Self::Greater),
        ("ge", Self::GreaterOrEqual),
    ];
    const FUNCTIONS: [(&'static str, Self); 3] =
        [("startswith", Self::StartsWith), ("endswith", Self::EndsWith), ("contains", Self::Contains)];

    /// How it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::NotEqual => "ne",
            Self::Less => "lt",
            Self::LessOrEqual => "le",
            Self::Greater => "gt",
            Self::GreaterOrEqual => "ge",
            Self::StartsWith => "startsWith",
            Self::EndsWith => "endsWith",
            Self::Contains => "contains",
        }
    }
}

/// A filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// A property compared with a constant.
    Compare(Property, Comparison, Literal),
    /// `in`
    In(Property, Vec<Literal>),
    /// `and`
    All(Vec<Self>),
    /// `or`
    Any(Vec<Self>),
    /// `not`
    Not(Box<Self>),
}

/// Reads a filter.
///
/// # Errors
/// Names the place, and what can be written there.
pub fn parse(text: &str) -> Result<Expression, ODataError> {
    if text.len() > LENGTH {
        return Err(ODataError::filter(LENGTH, format!("a filter has at most {LENGTH} characters")));
    }
    let tokens = token::read(text)?;
    let mut parser = Parser { tokens: &tokens, next: 0, end: text.chars().count(), comparisons: 0 };
    let expression = parser.any(0)?;
    match parser.peek() {
        None => Ok(expression),
        Some(token) => Err(ODataError::filter(token.position, "expected and, or, or the end of the filter")),
    }
}

struct Parser<'t> {
    tokens: &'t [Token],
    next: usize,
    end: usize,
    comparisons: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.next)
    }

    fn position(&self) -> usize {
        self.peek().map_or(self.end, |token| token.position)
    }

    fn expected<T>(&self, what: &str) -> Result<T, ODataError> {
        Err(ODataError::filter(self.position(), format!("expected {what}")))
    }

    fn take(&mut self, kind: &Kind, what: &str) -> Result<(), ODataError> {
        if self.peek().is_some_and(|token| token.kind == *kind) {
            self.next += 1;
            return Ok(());
        }
        self.expected(what)
    }

    /// Whether the next word is this operator, which is then behind.
    fn operator(&mut self, operator: &str) -> bool {
        let found = matches!(self.peek(), Some(Token { kind: Kind::Name(name), .. }) if name.eq_ignore_ascii_case(operator));
        self.next += usize::from(found);
        found
    }

    fn any(&mut self, depth: usize) -> Result<Expression, ODataError> {
        self.chain(depth, "or", Self::all, Expression::Any)
    }

    fn all(&mut self, depth: usize) -> Result<Expression, ODataError> {
        self.chain(depth, "and", Self::not, Expression::All)
    }

    fn chain(
        &mut self,
        depth: usize,
        operator: &str,
        part: fn(&mut Self, usize) -> Result<Expression, ODataError>,
        join: fn(Vec<Expression>) -> Expression,
    ) -> Result<Expression, ODataError> {
        let first = part(self, depth)?;
        let mut parts = vec![first];
        while self.operator(operator) {
            parts.push(part(self, depth)?);
        }
        match parts.pop() {
            Some(only) if parts.is_empty() => Ok(only),
            last => {
                parts.extend(last);
                Ok(join(parts))
            }
        }
    }

    fn not(&mut self, depth: usize) -> Result<Expression, ODataError> {
        if depth > DEPTH {
            return Err(ODataError::filter(self.position(), format!("more than {DEPTH} levels of parentheses and not")));
        }
        if self.operator("not") {
            return Ok(Expression::Not(Box::new(self.not(depth + 1)?)));
        }
        if self.peek().is_some_and(|token| token.kind == Kind::Open) {
            self.next += 1;
            let inner = self.any(depth + 1)?;
            self.take(&Kind::Close, ")")?;
            return Ok(inner);
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Expression, ODataError> {
        let property = self.property()?;
        let function = Comparison::FUNCTIONS.iter().find(|(name, _)| property.name.eq_ignore_ascii_case(name));
        if self.peek().is_some_and(|token| token.kind == Kind::Open) {
            let Some((_, function)) = function else {
                let problem = format!("there is no function {}: use startsWith, endsWith or contains", property.name);
                return Err(ODataError::filter(property.position, problem));
            };
            self.next += 1;
            let property = self.property()?;
            self.take(&Kind::Comma, "a comma")?;
            let position = self.position();
            let literal = self.literal()?;
            if !matches!(literal, Literal::Text(_)) {
                return Err(ODataError::filter(position, "expected a text in single quotes"));
            }
            self.take(&Kind::Close, ")")?;
            return Ok(Expression::Compare(property, *function, literal));
        }
        if self.operator("in") {
            self.take(&Kind::Open, "( and a list of values")?;
            let mut values = vec![self.literal()?];
            while self.peek().is_some_and(|token| token.kind == Kind::Comma) {
                self.next += 1;
                values.push(self.literal()?);
            }
            self.take(&Kind::Close, "a comma or )")?;
            return Ok(Expression::In(property, values));
        }
        for (name, comparison) in Comparison::OPERATORS {
            if self.operator(name) {
                let literal = self.literal()?;
                return Ok(Expression::Compare(property, comparison, literal));
            }
        }
        self.expected("eq, ne, lt, le, gt, ge or in")
    }

    fn property(&mut self) -> Result<Property, ODataError> {
        match self.peek() {
            Some(Token { kind: Kind::Name(name), position }) => {
                self.next += 1;
                Ok(Property { name: name.clone(), position: *position })
            }
            _ => self.expected("a property"),
        }
    }

    fn literal(&mut self) -> Result<Literal, ODataError> {
        self.comparisons += 1;
        if self.comparisons > COMPARISONS {
            return Err(ODataError::filter(self.position(), format!("more than {COMPARISONS} comparisons and values")));
        }
        let literal = match self.peek().map(|token| &token.kind) {
            Some(Kind::Text(text)) => Literal::Text(text.clone()),
            Some(Kind::Id(id)) => Literal::Id(*id),
            Some(Kind::Number(number)) => Literal::Number(*number),
            Some(Kind::Time(time)) => Literal::Time(*time),
            Some(Kind::Name(name)) if name.eq_ignore_ascii_case("true") => Literal::Flag(true),
            Some(Kind::Name(name)) if name.eq_ignore_ascii_case("false") => Literal::Flag(false),
            Some(Kind::Name(name)) if name.eq_ignore_ascii_case("null") => Literal::Null,
            _ => return self.expected("a value: 'text', a number, a GUID, a time, true, false or null"),
        };
        self.next += 1;
        Ok(literal)
    }
}

impl std::fmt::Display for Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            Self::Id(id) => id.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Time(time) => time.fmt(f),
            Self::Flag(flag) => flag.fmt(f),
            Self::Null => f.write_str("null"),
        }
    }
}

impl std::fmt::Display for Expression {
    /// The filter as it is written; [`parse`] reads it back.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let chain = |f: &mut std::fmt::Formatter<'_>, parts: &[Self], operator: &str| {
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    write!(f, " {operator} ")?;
                }
                match part {
                    Self::All(_) | Self::Any(_) => write!(f, "({part})")?,
                    other => other.fmt(f)?,
                }
            }
            Ok(())
        };
        match self {
            Self::Compare(property, comparison, literal) => match comparison {
                Comparison::StartsWith | Comparison::EndsWith | Comparison::Contains => {
                    write!(f, "{}({},{literal})", comparison.as_str(), property.name)
                }
                _ => write!(f, "{} {} {literal}", property.name, comparison.as_str()),
            },
            Self::In(property, values) => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                write!(f, "{} in ({})", property.name, values.join(","))
            }
            Self::All(parts) => chain(f, parts, "and"),
            Self::Any(parts) => chain(f, parts, "or"),
            Self::Not(inner) => write!(f, "not ({inner})"),
        }
    }
}
