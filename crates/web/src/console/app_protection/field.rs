//! One setting in the form: what was typed, and the value that it stands for.

use std::collections::BTreeSet;

use doorward_model::protection::Interval;
use doorward_policy::protection::{Kind, Naming, Setting};
use serde_json::{Value, json};

use super::words::{UNITS, measured};

/// What the form holds of a setting, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) values: Vec<String>,
    /// Unit of a length of time.
    pub(super) unit: String,
}

/// Name of the field of a setting.
pub(super) fn name(setting: &Setting) -> String {
    format!("s.{}", setting.name)
}

/// Name of the field of its unit.
pub(super) fn unit_name(setting: &Setting) -> String {
    format!("u.{}", setting.name)
}

impl Field {
    /// The field for a document, which may leave the setting to its default.
    pub(super) fn of(setting: &Setting, document: &Value) -> Self {
        let value = document.get(setting.name).filter(|value| !value.is_null()).unwrap_or(&setting.default);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let one = |text: String| Self { values: vec![text], unit: String::new() };
        match setting.kind {
            Kind::Switch => {
                Self { values: (value == &Value::Bool(true)).then(|| "true".to_owned()).into_iter().collect(), ..Self::default() }
            }
            Kind::Choices(_) => Self { values: sorted(value.as_array().into_iter().flatten().map(text)), ..Self::default() },
            Kind::Number { .. } => one(value.to_string()),
            Kind::Interval => match value.as_str().and_then(|text| text.parse::<Interval>().ok()) {
                Some(interval) => {
                    let (count, unit) = measured(interval);
                    Self { values: vec![count.to_string()], unit: unit.to_owned() }
                }
                None => one(text(value)),
            },
            Kind::Names(naming) => one(naming.names(value).into_iter().collect::<Vec<_>>().join("\n")),
            Kind::Choice(_) | Kind::Text | Kind::Texts | Kind::Pairs => one(text(value)),
        }
    }

    /// The field of a posted form.
    pub(super) fn read(setting: &Setting, fields: &[(String, String)]) -> Self {
        let (name, unit) = (name(setting), unit_name(setting));
        let values = fields.iter().filter(|(field, _)| *field == name).map(|(_, value)| value.replace("\r\n", "\n").trim().to_owned());
        let unit = fields.iter().find(|(field, _)| *field == unit).map(|(_, value)| value.clone()).unwrap_or_default();
        Self { values: sorted(values), unit }
    }

    /// The fields again, for a page that sends the form on.
    pub(super) fn fields(&self, setting: &Setting) -> impl Iterator<Item = (String, String)> {
        let unit = (!self.unit.is_empty()).then(|| (unit_name(setting), self.unit.clone()));
        let name = name(setting);
        self.values.iter().map(move |value| (name.clone(), value.clone())).chain(unit).collect::<Vec<_>>().into_iter()
    }

    fn text(&self) -> &str {
        self.values.first().map_or("", String::as_str)
    }

    /// The value for the document, or what is wrong with what was typed.
    pub(super) fn value(&self, setting: &Setting) -> Result<Value, String> {
        let text = self.text();
        match setting.kind {
            Kind::Switch => Ok((text == "true").into()),
            Kind::Choice(_) if text.is_empty() => Ok(Value::Null),
            Kind::Choice(choices) => {
                let known = choices.iter().any(|choice| choice.word == text);
                if known { Ok(text.into()) } else { Err("Choose one of the list.".to_owned()) }
            }
            Kind::Choices(choices) => {
                let known = self.values.iter().all(|value| choices.iter().any(|choice| choice.word == *value));
                if known { Ok(json!(self.values)) } else { Err("Choose some of the list.".to_owned()) }
            }
            Kind::Number { least, most } => {
                let number = text.parse::<u32>().ok().filter(|number| *number == 0 || (least..=most).contains(number));
                let or_zero = if least > 0 { ", or 0" } else { "" };
                number.map(Value::from).ok_or_else(|| format!("Type a whole number from {least} to {most}{or_zero}."))
            }
            Kind::Interval => self.interval().map(|interval| interval.to_string().into()),
            Kind::Names(naming) => names(naming, text).map(|names| naming.list(&names)),
            Kind::Text | Kind::Texts | Kind::Pairs => Ok(text.into()),
        }
    }

    fn interval(&self) -> Result<Interval, String> {
        let unit = UNITS.iter().find(|(word, ..)| *word == self.unit).map(|(.., seconds)| *seconds);
        let unit = unit.ok_or("Choose a unit of time.")?;
        let count = self.text().parse::<u32>().map_err(|_| "Type a whole number; 0 means off.")?;
        let seconds = count.checked_mul(unit).ok_or("That is longer than a phone will live. Type a smaller number.")?;
        Ok(Interval::seconds(seconds))
    }
}

fn sorted(values: impl Iterator<Item = String>) -> Vec<String> {
    values.collect::<BTreeSet<_>>().into_iter().collect()
}

fn names(naming: Naming, text: &str) -> Result<BTreeSet<String>, String> {
    let names = text.split(['\n', ';']).map(str::trim).filter(|name| !name.is_empty());
    let (what, such_as) = match naming {
        Naming::Schemes => ("a URL scheme", "skype"),
        Naming::Packages => ("a package name", "com.example.maps"),
    };
    match names.clone().find(|name| !naming.is_name(name)) {
        Some(wrong) => Err(format!("“{wrong}” is not {what}. Type one in each line, such as {such_as}.")),
        None => Ok(names.map(|name| if naming == Naming::Schemes { name.to_ascii_lowercase() } else { name.to_owned() }).collect()),
    }
}
