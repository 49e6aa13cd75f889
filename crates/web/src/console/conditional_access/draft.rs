//! A policy in the making: the document itself, and what it was made from.

use doorward_service::conditional_access::Problem;
use doorward_wire::policy_file;
use serde_json::Value;

use super::field::{self, FIELDS};

/// What a form holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    /// Version that the form was made from; none for a new policy.
    pub(super) version: Option<i64>,
    /// The policy that the form was made from, so that a later reader can be told what somebody else changed meanwhile.
    pub(super) base: Value,
    /// The policy as it would be.
    pub(super) document: Value,
    /// It is edited as JSON: the text, as it was typed.
    pub(super) text: Option<String>,
    /// What is typed into the search of each picker.
    pub(super) sought: Vec<(String, String)>,
}

/// What the person asked for with the button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// Go on editing, in whichever way.
    Edit,
    /// See what it will do.
    Preview,
}

impl Draft {
    /// The form for a policy that exists, or, without a version, for a new one.
    pub(super) fn of(document: &Value, version: Option<i64>) -> Self {
        Self { version, base: document.clone(), document: document.clone(), text: None, sought: Vec::new() }
    }

    /// Reads a posted form, and does what its button says; the problem of a text that is no JSON.
    pub(super) fn read(fields: &[(String, String)]) -> (Self, Wish, Option<Problem>) {
        let one = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let parsed = |text: Option<&str>| text.and_then(|text| serde_json::from_str::<Value>(text).ok());
        let base = parsed(one("base")).unwrap_or(Value::Null);
        let typed = one("text").map(str::to_owned);
        let mut problem = None;
        let document = match &typed {
            Some(text) => read_text(text).unwrap_or_else(|found| {
                problem = Some(found);
                Value::Null
            }),
            None => parsed(one("json")).unwrap_or_else(|| base.clone()),
        };
        let version = one("version").and_then(|version| version.parse().ok());
        let mut draft = Self { version, base, document, text: None, sought: Vec::new() };
        let wish = one("do").unwrap_or_default();
        if typed.is_some() {
            // Only a text that can be read leads back to the form.
            draft.text = typed.filter(|_| wish != "form" || problem.is_some());
        } else if one("form").is_some() {
            draft.take(fields);
            draft.press(wish);
        }
        if wish == "json" {
            draft.text = Some(pretty(&draft.document));
        }
        (draft, if wish == "preview" { Wish::Preview } else { Wish::Edit }, problem)
    }

    /// Puts the fields of the form into the document. Fields that the form did not show stay as they are.
    fn take(&mut self, fields: &[(String, String)]) {
        let all = |name: &str| -> Vec<String> {
            let mut values: Vec<String> = Vec::new();
            for (_, value) in fields.iter().filter(|(key, _)| key == name) {
                // Browsers send line ends of their own kind.
                let value = value.trim().replace("\r\n", "\n");
                if !values.contains(&value) {
                    values.push(value);
                }
            }
            values
        };
        let shown = all("shown");
        for field in FIELDS.iter().filter(|field| shown.iter().any(|name| name == field.name)) {
            let values = match field.name {
                "contexts" | "terms" | "custom_factors" | "include_guest_members" | "exclude_guest_members" => {
                    all(field.name).iter().flat_map(|typed| typed.split([',', ';', '\n'])).map(|word| word.trim().to_owned()).collect()
                }
                "controls" => controls(&field.read(&self.document), &all("controls"), all("access").first().map(String::as_str)),
                name => all(name),
            };
            field.write(&mut self.document, &values);
        }
        for (name, text) in fields {
            if let Some(list) = name.strip_prefix("find_")
                && !text.trim().is_empty()
            {
                self.sought.push((list.to_owned(), text.trim().to_owned()));
            }
        }
    }

    /// Adds to a list or takes away from it.
    fn press(&mut self, button: &str) {
        let mut parts = button.splitn(3, ':');
        let (Some(verb), Some(list), Some(id)) = (parts.next(), parts.next(), parts.next()) else { return };
        let Some(field) = field::named(list) else { return };
        let mut values = field.read(&self.document);
        match verb {
            "add" if !values.iter().any(|value| value.eq_ignore_ascii_case(id)) => values.push(id.to_owned()),
            "remove" => values.retain(|value| value != id),
            _ => return,
        }
        field.write(&mut self.document, &values);
    }

    /// The hidden fields with which a page sends the draft on.
    pub(super) fn kept(&self) -> [(&'static str, String); 3] {
        let version = self.version.map(|version| version.to_string()).unwrap_or_default();
        let json = if self.document == self.base { String::new() } else { self.document.to_string() };
        [("version", version), ("base", self.base.to_string()), ("json", json)]
    }
}

/// Block stands alone; what it was beside before stays if nothing else was touched.
fn controls(before: &[String], ticked: &[String], access: Option<&str>) -> Vec<String> {
    let block = "block".to_owned();
    let ticked: Vec<String> = ticked.iter().filter(|control| **control != block).cloned().collect();
    if access != Some("block") {
        return ticked;
    }
    let together: Vec<String> = [block.clone()].into_iter().chain(ticked).collect();
    let is_as_before = before.len() == together.len() && before.iter().all(|control| together.contains(control));
    if is_as_before { together } else { vec![block] }
}

/// A typed text as JSON, or where it is none.
fn read_text(text: &str) -> Result<Value, Problem> {
    let broken = |message: String| Problem { path: "$".to_owned(), message };
    let json = policy_file::parse(text.as_bytes().to_vec()).map_err(|error| broken(format!("{error}.")))?;
    let value = serde_json::to_value(&json).map_err(|error| broken(error.to_string()))?;
    if value.is_object() { Ok(value) } else { Err(broken("Write one policy: an object in braces.".to_owned())) }
}

pub(super) fn pretty(document: &Value) -> String {
    format!("{document:#}")
}
