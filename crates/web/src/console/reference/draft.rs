//! A named location or an authentication strength in the making. Members that the form does not show stay as they are.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::Noun;
use crate::console::conditional_access::set_member;
use crate::console::words::number;

/// What it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Ranges of addresses.
    Ip,
    /// Countries.
    Countries,
    /// Combinations of methods.
    Strength,
    /// Something that the form has no fields for.
    Other,
}

/// Everything that the form holds, as it was typed.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) version: Option<i64>,
    /// The document that the form was made from.
    pub(super) base: Value,
    pub(super) shape: Shape,
    pub(super) name: String,
    /// One range, country or combination on each line.
    pub(super) lines: String,
    /// Trusted, or with unknown countries.
    pub(super) flag: bool,
}

impl Draft {
    pub(super) fn new(noun: Noun, kind: &str, id: &str) -> Self {
        let base = match (noun, kind) {
            (Noun::Strength, _) => json!({ "id": id, "displayName": "", "allowedCombinations": [] }),
            (Noun::Location, "countries") => json!({ "id": id, "displayName": "", "countriesAndRegions": [] }),
            (Noun::Location, _) => json!({ "id": id, "displayName": "", "ipRanges": [] }),
        };
        Self::of(noun, &base, None)
    }

    pub(super) fn of(noun: Noun, body: &Value, version: Option<i64>) -> Self {
        let (shape, list, flag) = if noun == Noun::Strength {
            (Shape::Strength, "allowedCombinations", "")
        } else if member(body, "ipRanges").is_some() {
            (Shape::Ip, "ipRanges", "isTrusted")
        } else if member(body, "countriesAndRegions").is_some() {
            (Shape::Countries, "countriesAndRegions", "includeUnknownCountriesAndRegions")
        } else {
            (Shape::Other, "", "")
        };
        let items = member(body, list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Self {
            version,
            base: body.clone(),
            shape,
            name: member(body, "displayName").and_then(Value::as_str).unwrap_or_default().to_owned(),
            lines: items.iter().map(line).collect::<Vec<_>>().join("\n"),
            flag: member(body, flag).is_some_and(|flag| flag == &Value::Bool(true)),
        }
    }

    pub(super) fn read(noun: Noun, fields: &[(String, String)]) -> Self {
        let one = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default();
        let base = serde_json::from_str(one("base")).unwrap_or_else(|_| json!({}));
        let draft = Self::of(noun, &base, one("version").parse().ok());
        Self { name: one("name").trim().to_owned(), lines: one("lines").to_owned(), flag: one("flag") == "on", ..draft }
    }

    pub(super) fn id(&self) -> String {
        self.base.get("id").and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    pub(super) fn base_text(&self) -> String {
        self.base.to_string()
    }

    /// Every field again, for a page that sends the form on.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let version = self.version.map(|version| version.to_string()).unwrap_or_default();
        let mut fields = vec![("version", version), ("base", self.base_text()), ("name", self.name.clone()), ("lines", self.lines.clone())];
        fields.extend(self.flag.then(|| ("flag", "on".to_owned())));
        fields
    }

    /// What is in it, in a few words.
    pub(super) fn summary(&self) -> String {
        let count = self.items().len();
        match self.shape {
            Shape::Ip => number(count, "range", "ranges"),
            Shape::Countries => {
                let few: Vec<&str> = self.items().into_iter().take(8).collect();
                let more = count.saturating_sub(few.len());
                if more > 0 { format!("{} and {more} more", few.join(", ")) } else { few.join(", ") }
            }
            Shape::Strength => number(count, "combination", "combinations"),
            Shape::Other => "Of a kind that is not known here".to_owned(),
        }
    }

    fn items(&self) -> Vec<&str> {
        let separators: &[char] = if self.shape == Shape::Countries { &['\n', ',', ' ', ';'] } else { &['\n', ';'] };
        self.lines.split(separators).map(str::trim).filter(|item| !item.is_empty()).collect()
    }

    /// What nobody can mean, at the name and at the lines.
    pub(super) fn problems(&self) -> (Option<&'static str>, Option<String>) {
        let name = self.name.is_empty().then_some("Give it a name.");
        let items = self.items();
        let lines = match self.shape {
            Shape::Other => Some("It is of a kind that this form cannot change.".to_owned()),
            _ if items.is_empty() => Some("Write at least one.".to_owned()),
            Shape::Countries => items
                .iter()
                .find(|code| !(code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_alphabetic())))
                .map(|code| format!("{code:?} is no country: write two letters, such as DE.")),
            Shape::Ip | Shape::Strength => None,
        };
        (name, lines)
    }

    /// The document with what the form says in it.
    pub(super) fn body(&self) -> Value {
        let mut body = self.base.clone();
        let present = |list: &str| member(&self.base, list).and_then(Value::as_array).cloned().unwrap_or_default();
        let kept = |list: &[Value], item: &str| list.iter().find(|one| line(one) == item).cloned();
        set_member(&mut body, "displayName", self.name.clone().into());
        let items = self.items();
        match self.shape {
            Shape::Ip => {
                let present = present("ipRanges");
                let ranges: Vec<Value> = items.iter().map(|item| kept(&present, item).unwrap_or_else(|| range(item))).collect();
                set_member(&mut body, "ipRanges", ranges.into());
                set_flag(&mut body, &self.base, "isTrusted", self.flag);
            }
            Shape::Countries => {
                let codes: Vec<String> = items.iter().map(|code| code.to_ascii_uppercase()).collect();
                set_member(&mut body, "countriesAndRegions", codes.into());
                set_flag(&mut body, &self.base, "includeUnknownCountriesAndRegions", self.flag);
            }
            Shape::Strength => set_member(&mut body, "allowedCombinations", items.into()),
            Shape::Other => {}
        }
        body
    }
}

/// A flag that is off is written only where it stood before.
fn set_flag(body: &mut Value, base: &Value, name: &str, on: bool) {
    if on || member(base, name).is_some() {
        set_member(body, name, on.into());
    }
}

fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.as_object()?.iter().find(|(key, member)| key.eq_ignore_ascii_case(name) && !member.is_null()).map(|(_, member)| member)
}

/// An item of a list as a line of the form.
fn line(item: &Value) -> String {
    let text = |name: &str| member(item, name).and_then(Value::as_str);
    match (item.as_str(), text("cidrAddress"), text("lowerAddress").zip(text("upperAddress"))) {
        (Some(text), ..) | (None, Some(text), _) => text.to_owned(),
        (None, None, Some((lower, upper))) => format!("{lower} - {upper}"),
        (None, None, None) => item.to_string(),
    }
}

/// The document with its ranges as lines of the form, for telling differences.
pub(super) fn in_lines(body: &Value) -> Value {
    let mut body = body.clone();
    if let Some(ranges) = member(&body, "ipRanges").and_then(Value::as_array) {
        let lines: Vec<String> = ranges.iter().map(line).collect();
        set_member(&mut body, "ipRanges", lines.into());
    }
    body
}

/// A line as a range; what is none is told by whoever reads the document.
fn range(item: &str) -> Value {
    let is_v6 =
        |address: &str| address.split('/').next().is_some_and(|address| address.trim().parse::<IpAddr>().is_ok_and(|ip| ip.is_ipv6()));
    match item.split_once('-') {
        Some((lower, upper)) => {
            let kind = if is_v6(lower) { "#microsoft.graph.iPv6Range" } else { "#microsoft.graph.iPv4Range" };
            json!({ "@odata.type": kind, "lowerAddress": lower.trim(), "upperAddress": upper.trim() })
        }
        None => {
            let kind = if is_v6(item) { "#microsoft.graph.iPv6CidrRange" } else { "#microsoft.graph.iPv4CidrRange" };
            json!({ "@odata.type": kind, "cidrAddress": item })
        }
    }
}
