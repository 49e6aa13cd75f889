//! From filters as clients write them to filters of the store.

use doorward_store::query::{Comparison, Field, Filter, Kind, Part, Value};
use doorward_wire::odata::{self, Expression, Literal, ODataError, Property};

use super::error::GraphError;

/// Translates a filter; refuses what the noun does not have and what its kinds of values cannot do.
pub(super) fn translate<F: Field>(filter: &Expression, properties: &[(&str, F)]) -> Result<Filter<F>, GraphError> {
    let all = |parts: &[Expression]| parts.iter().map(|part| translate(part, properties)).collect::<Result<Vec<_>, _>>();
    Ok(match filter {
        Expression::All(parts) => Filter::All(all(parts)?),
        Expression::Any(parts) => Filter::Any(all(parts)?),
        Expression::Not(inner) => Filter::Not(Box::new(translate(inner, properties)?)),
        Expression::In(property, literals) => {
            let field = field(properties, property)?;
            let values = literals.iter().map(|literal| value(field, property, literal)).collect::<Result<_, _>>()?;
            Filter::OneOf(field, values)
        }
        Expression::Compare(property, comparison, literal) => {
            let field = field(properties, property)?;
            let value = value(field, property, literal)?;
            match (compared(*comparison), value) {
                (How::Holds(part), Value::Text(text)) if field.kind() == Kind::Text => Filter::Holds(field, part, text),
                (How::Compared(comparison), value) if can(field.kind(), comparison) => Filter::Compare(field, comparison, value),
                _ => {
                    let problem = format!("{} cannot be used with {}: {}", comparison.as_str(), property.name, understood(field.kind()));
                    return Err(ODataError::filter(property.position, problem).into());
                }
            }
        }
    })
}

/// The field of a property, by its name in any case; the error lists those there are.
pub(super) fn property<F: Field>(properties: &[(&str, F)], name: &str) -> Result<F, String> {
    let found = properties.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, field)| *field);
    found.ok_or_else(|| {
        let names: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
        format!("there is no property {name} to filter or order by; there are {}", names.join(", "))
    })
}

/// Calls `visit` with every property of a filter.
pub(super) fn each_property(filter: &Expression, visit: &mut impl FnMut(&Property) -> Result<(), GraphError>) -> Result<(), GraphError> {
    match filter {
        Expression::All(parts) | Expression::Any(parts) => parts.iter().try_for_each(|part| each_property(part, visit)),
        Expression::Not(inner) => each_property(inner, visit),
        Expression::In(property, _) | Expression::Compare(property, _, _) => visit(property),
    }
}

fn field<F: Field>(properties: &[(&str, F)], named: &Property) -> Result<F, GraphError> {
    property(properties, &named.name).map_err(|problem| ODataError::filter(named.position, problem).into())
}

fn value<F: Field>(field: F, property: &Property, literal: &Literal) -> Result<Value, GraphError> {
    Ok(match (field.kind(), literal) {
        (_, Literal::Null) => Value::Null,
        (Kind::Text | Kind::Words, Literal::Text(text)) => Value::Text(text.clone()),
        (Kind::Text, Literal::Id(id)) => Value::Text(id.to_string()),
        (Kind::Id, Literal::Id(id)) => Value::Id(*id),
        (Kind::Id, Literal::Text(text)) => match text.parse() {
            Ok(id) => Value::Id(id),
            Err(_) => return Err(ODataError::filter(property.position, format!("{} is a GUID", property.name)).into()),
        },
        (Kind::Number, Literal::Number(number)) => Value::Number(*number),
        (Kind::Time, Literal::Time(time)) => Value::Time(*time),
        (Kind::Flag, Literal::Flag(flag)) => Value::Flag(*flag),
        (kind, _) => {
            let wanted = match kind {
                Kind::Text | Kind::Words => "a text in single quotes",
                Kind::Id => "a GUID",
                Kind::Number => "a whole number",
                Kind::Time => "a time such as 2026-01-31T00:00:00Z",
                Kind::Flag => "true or false",
            };
            return Err(ODataError::filter(property.position, format!("{} is compared with {wanted}", property.name)).into());
        }
    })
}

enum How {
    Compared(Comparison),
    Holds(Part),
}

fn compared(comparison: odata::Comparison) -> How {
    match comparison {
        odata::Comparison::Equal => How::Compared(Comparison::Equal),
        odata::Comparison::NotEqual => How::Compared(Comparison::NotEqual),
        odata::Comparison::Less => How::Compared(Comparison::Less),
        odata::Comparison::LessOrEqual => How::Compared(Comparison::LessOrEqual),
        odata::Comparison::Greater => How::Compared(Comparison::Greater),
        odata::Comparison::GreaterOrEqual => How::Compared(Comparison::GreaterOrEqual),
        odata::Comparison::StartsWith => How::Holds(Part::Start),
        odata::Comparison::EndsWith => How::Holds(Part::End),
        odata::Comparison::Contains => How::Holds(Part::Anywhere),
    }
}

fn can(kind: Kind, comparison: Comparison) -> bool {
    matches!(comparison, Comparison::Equal | Comparison::NotEqual) || matches!(kind, Kind::Text | Kind::Number | Kind::Time)
}

fn understood(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "use eq, ne, in, lt, le, gt, ge, startsWith, endsWith or contains",
        Kind::Number | Kind::Time => "use eq, ne, in, lt, le, gt or ge",
        Kind::Id | Kind::Flag | Kind::Words => "use eq, ne or in",
    }
}
