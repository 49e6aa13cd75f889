//! Device filters: a tree at random, written down in one of the many ways in which people write it.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::super::oracle::{Atom, Expression, Literal, Operator, Property};

const PROPERTIES: &[Property] = &[
    Property::DeviceId,
    Property::DisplayName,
    Property::DeviceOwnership,
    Property::EnrollmentProfileName,
    Property::ExtensionAttribute(1),
    Property::ExtensionAttribute(10),
    Property::ExtensionAttribute(15),
    Property::IsCompliant,
    Property::Manufacturer,
    Property::MdmAppId,
    Property::Model,
    Property::OperatingSystem,
    Property::OperatingSystemVersion,
    Property::PhysicalIds,
    Property::ProfileType,
    Property::SystemLabels,
    Property::TrustType,
];

/// Values that devices have and filters ask for.
pub(super) fn values(property: Property) -> &'static [&'static str] {
    match property {
        Property::DeviceId | Property::MdmAppId => &["d1", "D1", "d2"],
        Property::DeviceOwnership => &["Company", "company", "Personal"],
        Property::IsCompliant => &["True", "true", "FALSE", "false"],
        Property::PhysicalIds | Property::SystemLabels => &["[ZTDID]:abc", "[ztdid]:ABC", "abc", "ZTDID"],
        Property::ProfileType => &["RegisteredDevice", "securevm", "SecureVM", "Shared"],
        Property::TrustType => &["AzureAD", "ServerAD", "serverad", "Workplace"],
        _ => &["SAW", "saw", "Saw 17", "17", "17.4", "x\"y", "\"", "c`d", "`", "Ärger", "ärger", "true", "null", "(a -and b)", ""],
    }
}

fn operators(property: Property) -> &'static [Operator] {
    use Operator::{Contains, EndsWith, Eq, In, Ne, NotContains, NotEndsWith, NotIn, NotStartsWith, StartsWith};
    match property {
        Property::DeviceId | Property::MdmAppId => &[Eq, Ne, In, NotIn],
        Property::DeviceOwnership | Property::IsCompliant | Property::ProfileType | Property::TrustType => &[Eq, Ne],
        Property::PhysicalIds | Property::SystemLabels => &[Contains, NotContains],
        _ => &[Eq, Ne, StartsWith, NotStartsWith, EndsWith, NotEndsWith, Contains, NotContains, In, NotIn],
    }
}

/// A rule and what it means.
pub(super) fn any_filter() -> impl Strategy<Value = (String, Expression)> {
    (any_expression(), any::<u64>()).prop_map(|(expression, seed)| {
        let mut rule = String::new();
        Scribe { seed }.write(&expression, 0, &mut rule);
        (rule, expression)
    })
}

fn any_expression() -> impl Strategy<Value = Expression> {
    any_atom().prop_map(Expression::Atom).prop_recursive(4, 10, 2, |inner| {
        let pair = (inner.clone(), inner.clone()).prop_map(|(left, right)| (Box::new(left), Box::new(right))).boxed();
        prop_oneof![
            inner.prop_map(|inner| Expression::Not(Box::new(inner))),
            pair.clone().prop_map(|(left, right)| Expression::And(left, right)),
            pair.prop_map(|(left, right)| Expression::Or(left, right)),
        ]
    })
}

fn any_atom() -> impl Strategy<Value = Atom> {
    let literals = vec(proptest::option::weighted(0.8, any::<Index>()), 1..=3);
    (select(PROPERTIES), any::<Index>(), literals).prop_map(|(property, operator, literals)| {
        let operator = *operator.get(operators(property));
        let several = matches!(operator, Operator::In | Operator::NotIn);
        let with_null = several || matches!(operator, Operator::Eq | Operator::Ne);
        let literal = |index: Option<Index>| match index {
            Some(index) => Literal::Text((*index.get(values(property))).to_owned()),
            None if with_null => Literal::Null,
            None => Literal::Text(values(property)[0].to_owned()),
        };
        let literals = literals.into_iter().take(if several { 3 } else { 1 }).map(literal).collect();
        Atom { property, operator, literals }
    })
}

/// Writes rules in a handwriting that depends on the seed; that of 0 is the canonical one.
struct Scribe {
    seed: u64,
}

impl Scribe {
    fn choose(&mut self, ways: u64) -> u64 {
        let choice = (self.seed >> 32) % ways;
        self.seed = self.seed.wrapping_mul(0x5851_F42D_4C95_7F2D).rotate_left(17);
        choice
    }

    fn cased(&mut self, word: &str) -> String {
        match self.choose(4) {
            0 | 1 => word.to_owned(),
            2 => word.to_uppercase(),
            _ => word.to_lowercase(),
        }
    }

    /// An operator or a connective, with or without its hyphen.
    fn keyword(&mut self, word: &str) -> String {
        let hyphen = if self.choose(3) == 2 { "" } else { "-" };
        format!("{hyphen}{}", self.cased(word))
    }

    fn space(&mut self) -> &'static str {
        [" ", " ", "  ", "\t"][self.choose(4) as usize]
    }

    fn gap(&mut self) -> &'static str {
        ["", "", " "][self.choose(3) as usize]
    }

    /// `binding` is how tightly the surroundings bind: 0 nothing or `-or`, 1 `-and`, 2 `-not`.
    fn write(&mut self, expression: &Expression, binding: u8, rule: &mut String) {
        let own = match expression {
            Expression::Or(..) => 0,
            Expression::And(..) => 1,
            Expression::Not(_) => 2,
            Expression::Atom(_) => 3,
        };
        if own < binding || self.choose(4) == 3 {
            *rule += &format!("({}", self.gap());
            self.write_bare(expression, rule);
            *rule += &format!("{})", self.gap());
        } else {
            self.write_bare(expression, rule);
        }
    }

    fn write_bare(&mut self, expression: &Expression, rule: &mut String) {
        match expression {
            Expression::Or(left, right) => self.write_pair(left, "or", right, 0, rule),
            Expression::And(left, right) => self.write_pair(left, "and", right, 1, rule),
            Expression::Not(inner) => {
                *rule += &format!("{}{}", self.keyword("not"), self.space());
                self.write(inner, 2, rule);
            }
            Expression::Atom(atom) => self.write_atom(atom, rule),
        }
    }

    fn write_pair(&mut self, left: &Expression, connective: &str, right: &Expression, binding: u8, rule: &mut String) {
        self.write(left, binding, rule);
        *rule += &format!("{}{}{}", self.space(), self.keyword(connective), self.space());
        self.write(right, binding, rule);
    }

    fn write_atom(&mut self, atom: &Atom, rule: &mut String) {
        let property = match atom.property {
            Property::ExtensionAttribute(number) => format!("extensionAttribute{number}"),
            other => {
                let name = format!("{other:?}");
                name[..1].to_lowercase() + &name[1..]
            }
        };
        let operator = format!("{:?}", atom.operator);
        let operator = operator[..1].to_lowercase() + &operator[1..];
        *rule += &format!("{}{}{}{}", self.cased(&format!("device.{property}")), self.space(), self.keyword(&operator), self.space());
        let literals: Vec<String> = atom.literals.iter().map(|literal| self.literal(literal)).collect();
        *rule += &match atom.operator {
            Operator::In | Operator::NotIn => {
                let separator = format!("{},{}", self.gap(), self.space());
                format!("[{}{}{}]", self.gap(), literals.join(&separator), self.gap())
            }
            _ => literals.concat(),
        };
    }

    fn literal(&mut self, literal: &Literal) -> String {
        let Literal::Text(text) = literal else { return self.cased("null") };
        let number = text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_digit() || c == '.');
        let truth = text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false");
        if number && self.choose(2) == 1 {
            text.clone()
        } else if truth && self.choose(2) == 1 {
            self.cased(text)
        } else {
            self.quoted(text)
        }
    }

    /// A backtick must be escaped only where it would escape what follows.
    fn quoted(&mut self, text: &str) -> String {
        let mut quoted = String::from("\"");
        let mut rest = text.chars().peekable();
        while let Some(character) = rest.next() {
            let escaped = match character {
                '"' => true,
                '`' => matches!(rest.peek(), None | Some('"' | '`')) || self.choose(2) == 0,
                _ => false,
            };
            if escaped {
                quoted.push('`');
            }
            quoted.push(character);
        }
        quoted.push('"');
        quoted
    }
}
