//! Filters and orders over JSON documents, with the same answers as in the store: text without regard to case, two truth values, and a
//! property without a value equal to nothing but `null`.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::filter::{Comparison, Expression, Literal};

/// The value at a path such as `status/errorCode`, with member names in any case.
#[must_use]
pub fn find<'d>(document: &'d Value, path: &str) -> Option<&'d Value> {
    path.split('/').try_fold(document, |value, name| {
        let members = value.as_object()?;
        members.iter().find(|(member, _)| member.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    })
}

/// Whether a document meets a filter.
#[must_use]
pub fn matches(document: &Value, filter: &Expression) -> bool {
    match filter {
        Expression::All(parts) => parts.iter().all(|part| matches(document, part)),
        Expression::Any(parts) => parts.iter().any(|part| matches(document, part)),
        Expression::Not(inner) => !matches(document, inner),
        Expression::In(property, values) => {
            let value = find(document, &property.name);
            values.iter().any(|literal| compare(value, Comparison::Equal, literal))
        }
        Expression::Compare(property, comparison, literal) => compare(find(document, &property.name), *comparison, literal),
    }
}

fn compare(value: Option<&Value>, comparison: Comparison, literal: &Literal) -> bool {
    let value = value.filter(|value| !value.is_null());
    if *literal == Literal::Null {
        return match comparison {
            Comparison::Equal => value.is_none(),
            Comparison::NotEqual => value.is_some(),
            _ => false,
        };
    }
    let order = value.and_then(|value| against(value, literal));
    match comparison {
        Comparison::Equal => order == Some(Ordering::Equal),
        Comparison::NotEqual => order != Some(Ordering::Equal),
        Comparison::Less => order == Some(Ordering::Less),
        Comparison::LessOrEqual => order.is_some_and(Ordering::is_le),
        Comparison::Greater => order == Some(Ordering::Greater),
        Comparison::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
        Comparison::StartsWith | Comparison::EndsWith | Comparison::Contains => {
            let (Some(Value::String(text)), Literal::Text(part)) = (value, literal) else { return false };
            let (text, part) = (text.to_lowercase(), part.to_lowercase());
            match comparison {
                Comparison::StartsWith => text.starts_with(&part),
                Comparison::EndsWith => text.ends_with(&part),
                _ => text.contains(&part),
            }
        }
    }
}

/// How a value lies to a constant; none when they are of different kinds.
fn against(value: &Value, literal: &Literal) -> Option<Ordering> {
    match (value, literal) {
        (Value::String(text), Literal::Text(other)) => Some(text.to_lowercase().cmp(&other.to_lowercase())),
        (Value::String(text), Literal::Id(other)) => Uuid::try_parse(text).ok().map(|id| id.cmp(other)),
        (Value::String(text), Literal::Time(other)) => {
            text.parse::<Timestamp>().ok().map(|time| time.as_millisecond().cmp(&other.as_millisecond()))
        }
        (Value::Number(number), Literal::Number(other)) => number.as_i64().map(|number| number.cmp(other)),
        (Value::Bool(flag), Literal::Flag(other)) => Some(flag.cmp(other)),
        _ => None,
    }
}

/// The order of two values of one property: none first, then flags, numbers, times and text.
#[must_use]
pub fn order(one: Option<&Value>, other: Option<&Value>) -> Ordering {
    key(one).cmp(&key(other))
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Nothing,
    Flag(bool),
    Number(i64),
    Time(i64),
    Text(String),
}

fn key(value: Option<&Value>) -> Key {
    match value {
        Some(Value::Bool(flag)) => Key::Flag(*flag),
        Some(Value::Number(number)) => number.as_i64().map_or(Key::Nothing, Key::Number),
        Some(Value::String(text)) => {
            text.parse::<Timestamp>().map_or_else(|_| Key::Text(text.to_lowercase()), |time| Key::Time(time.as_millisecond()))
        }
        _ => Key::Nothing,
    }
}
