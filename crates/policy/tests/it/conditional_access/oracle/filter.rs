//! Device filters as trees: rule 3 and detail 16.

use doorward_model::device::TrustType;
use doorward_policy::conditional_access::DeviceFacts;

/// A rule, as a tree.
#[derive(Debug, Clone)]
pub(crate) enum Expression {
    Atom(Atom),
    Not(Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
}

/// One comparison.
#[derive(Debug, Clone)]
pub(crate) struct Atom {
    pub(crate) property: Property,
    pub(crate) operator: Operator,
    /// One, or several for `in` and `notIn`.
    pub(crate) literals: Vec<Literal>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Property {
    DeviceId,
    DisplayName,
    DeviceOwnership,
    EnrollmentProfileName,
    ExtensionAttribute(usize),
    IsCompliant,
    Manufacturer,
    MdmAppId,
    Model,
    OperatingSystem,
    OperatingSystemVersion,
    PhysicalIds,
    ProfileType,
    SystemLabels,
    TrustType,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Eq,
    Ne,
    StartsWith,
    NotStartsWith,
    EndsWith,
    NotEndsWith,
    Contains,
    NotContains,
    In,
    NotIn,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Literal {
    Null,
    Text(String),
}

enum Value {
    Null,
    Text(String),
    Collection(Vec<String>),
}

pub(super) fn met(rule: &Expression, device: Option<&DeviceFacts>) -> bool {
    match rule {
        Expression::Atom(atom) => atom_met(atom, device),
        Expression::Not(inner) => !met(inner, device),
        Expression::And(left, right) => met(left, device) && met(right, device),
        Expression::Or(left, right) => met(left, device) || met(right, device),
    }
}

fn atom_met(atom: &Atom, device: Option<&DeviceFacts>) -> bool {
    if let (Property::ExtensionAttribute(_), Some(device)) = (atom.property, device) {
        let managed = device.is_managed == Some(true);
        let compliant = device.is_compliant == Some(true);
        let joined = device.trust_type == Some(TrustType::ServerAd);
        if !managed && !compliant && !joined {
            return false;
        }
    }
    let value = device.map_or(Value::Null, |device| value(atom.property, device));
    match atom.operator {
        Operator::Eq | Operator::In => one_of(&value, &atom.literals),
        Operator::Ne | Operator::NotIn => !one_of(&value, &atom.literals),
        Operator::StartsWith => text_is(&value, &atom.literals, |value, part| value.starts_with(part)),
        Operator::NotStartsWith => !text_is(&value, &atom.literals, |value, part| value.starts_with(part)),
        Operator::EndsWith => text_is(&value, &atom.literals, |value, part| value.ends_with(part)),
        Operator::NotEndsWith => !text_is(&value, &atom.literals, |value, part| value.ends_with(part)),
        Operator::Contains => contains(&value, &atom.literals),
        Operator::NotContains => !contains(&value, &atom.literals),
    }
}

fn one_of(value: &Value, literals: &[Literal]) -> bool {
    literals.iter().any(|literal| match (value, literal) {
        (Value::Null, Literal::Null) => true,
        (Value::Text(value), Literal::Text(literal)) => value.to_lowercase() == literal.to_lowercase(),
        _ => false,
    })
}

fn text_is(value: &Value, literals: &[Literal], test: fn(&str, &str) -> bool) -> bool {
    match (value, literals) {
        (Value::Text(value), [Literal::Text(literal)]) => test(&value.to_lowercase(), &literal.to_lowercase()),
        _ => false,
    }
}

/// Part of a text, or a whole element of a collection.
fn contains(value: &Value, literals: &[Literal]) -> bool {
    match (value, literals) {
        (Value::Collection(elements), [Literal::Text(literal)]) => {
            elements.iter().any(|element| element.to_lowercase() == literal.to_lowercase())
        }
        _ => text_is(value, literals, |value, part| value.contains(part)),
    }
}

fn value(property: Property, device: &DeviceFacts) -> Value {
    let text = |value: &Option<String>| value.clone().map_or(Value::Null, Value::Text);
    match property {
        Property::DeviceId => text(&device.device_id),
        Property::DisplayName => text(&device.display_name),
        Property::DeviceOwnership => text(&device.device_ownership),
        Property::EnrollmentProfileName => text(&device.enrollment_profile_name),
        Property::ExtensionAttribute(number) => text(device.extension_attributes.get(number - 1).unwrap_or(&None)),
        Property::IsCompliant => text(&device.is_compliant.map(|compliant| compliant.to_string())),
        Property::Manufacturer => text(&device.manufacturer),
        Property::MdmAppId => text(&device.mdm_app_id),
        Property::Model => text(&device.model),
        Property::OperatingSystem => text(&device.operating_system),
        Property::OperatingSystemVersion => text(&device.operating_system_version),
        Property::PhysicalIds => Value::Collection(device.physical_ids.clone()),
        Property::ProfileType => text(&device.profile_type),
        Property::SystemLabels => Value::Collection(device.system_labels.clone()),
        Property::TrustType => text(&device.trust_type.map(|trust| {
            let word = match trust {
                TrustType::AzureAd => "AzureAD",
                TrustType::ServerAd => "ServerAD",
                TrustType::Workplace => "Workplace",
            };
            word.to_owned()
        })),
    }
}
