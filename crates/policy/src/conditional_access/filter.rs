//! Device filters: `device.isCompliant -eq True -or device.trustType -eq "ServerAD"`.
//!
//! ```text
//! expr  := and ("-or" and)*
//! and   := not ("-and" not)*
//! not   := "-not" not | "(" expr ")" | "device." property operator value
//! value := "string" | True | False | null | number | "[" value ("," value)* "]"
//! ```
//! Words are read in any case, hyphens may be left out, and a backtick escapes a quote or itself within a string.

mod outcomes;
mod parse;
mod property;
mod token;
mod values;

pub(super) use property::Attributes;
pub(super) use values::devices;

pub use outcomes::Outcomes;

use super::facts::DeviceFacts;
use property::{Attribute, Property};

/// A parsed rule.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Filter(Expression);

/// A rule that is not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("device filter, character {position}: {message}")]
pub struct FilterError {
    /// Where, counted in characters from 1.
    pub position: usize,
    /// What is wrong there.
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Expression {
    Or(Vec<Expression>),
    And(Vec<Expression>),
    Not(Box<Expression>),
    Atom(Atom),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Atom {
    property: Property,
    test: Test,
    negated: bool,
    /// Lower-cased; none is `null`. One value but for `-in`.
    values: Vec<Option<String>>,
}

/// What an operator asks; its negative form is the same question answered the other way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Test {
    Equal,
    StartsWith,
    EndsWith,
    Contains,
    In,
}

impl Filter {
    /// Reads a rule.
    ///
    /// # Errors
    /// What is wrong and where. A rule that cannot be read must not be taken for one that matches nothing.
    pub fn parse(rule: &str) -> Result<Self, FilterError> {
        parse::parse(rule).map(Self)
    }

    /// The rule holds for the device; none is a device that is not registered, whose attributes are all null.
    #[must_use]
    pub fn matches(&self, device: Option<&DeviceFacts>) -> bool {
        self.holds(&Attributes::of(device))
    }

    pub(super) fn holds(&self, attributes: &Attributes) -> bool {
        self.0.holds(attributes)
    }
}

impl Expression {
    fn holds(&self, attributes: &Attributes) -> bool {
        match self {
            Self::Or(parts) => parts.iter().any(|part| part.holds(attributes)),
            Self::And(parts) => parts.iter().all(|part| part.holds(attributes)),
            Self::Not(inner) => !inner.holds(attributes),
            Self::Atom(atom) => atom.holds(attributes),
        }
    }
}

impl Atom {
    fn holds(&self, attributes: &Attributes) -> bool {
        match attributes.get(self.property) {
            // Anyone may have written an extension attribute of a device that nobody vouches for.
            Attribute::Untrusted => false,
            Attribute::Text(text) => self.is_in(text) != self.negated,
            Attribute::Elements(elements) => {
                elements.iter().any(|element| self.values.iter().flatten().any(|value| value == element)) != self.negated
            }
        }
    }

    fn is_in(&self, text: Option<&str>) -> bool {
        self.values.iter().any(|value| match (text, value) {
            (None, None) => true,
            (Some(text), Some(value)) => self.test.compare(text, value),
            (None, Some(_)) | (Some(_), None) => false,
        })
    }
}

impl Test {
    fn compare(self, text: &str, value: &str) -> bool {
        match self {
            Self::Equal | Self::In => text == value,
            Self::StartsWith => text.starts_with(value),
            Self::EndsWith => text.ends_with(value),
            Self::Contains => text.contains(value),
        }
    }
}
