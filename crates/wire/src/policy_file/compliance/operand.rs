//! What a policy says about one setting, by the shape of the setting.

use doorward_policy::compliance::{App, Build, Distribution, Operand, Shape, Version, VersionRange, date};
use serde_json::{Value, json};

use super::script;
use crate::policy_file::json::{Node, ReadError};

/// Entries of a list at most.
const APPS: usize = 100;
const RANGES: usize = 10_000;
const DISTRIBUTIONS: usize = 50;

/// Reads an operand; none when it says that the setting is not configured.
pub(super) fn read(node: &Node<'_>, shape: Shape) -> Result<Option<Operand>, ReadError> {
    if node.is_empty() {
        return Ok(None);
    }
    Ok(match shape {
        Shape::Flag => node.boolean()?.then_some(Operand::On),
        Shape::Number { least, most, .. } => {
            let number = node.count().ok().filter(|number| (least..=most).contains(number));
            Some(Operand::Number(number.ok_or_else(|| node.error(&format!("must be a whole number from {least} to {most}")))?))
        }
        Shape::Version => Some(text(node, |text| Version::parse(text).is_some(), VERSION)?),
        Shape::Build => Some(text(node, |text| Build::parse(text).is_some(), "must be a build such as 22F66")?),
        Shape::Date => Some(text(node, |text| date(text).is_some(), "must be a day such as 2026-05-01")?),
        Shape::Word(words) => word(node, words)?,
        Shape::Apps => Some(Operand::Apps(list(node, APPS, app)?)),
        Shape::Ranges => Some(Operand::Ranges(list(node, RANGES, range)?)),
        Shape::Script => Some(Operand::Script(script::read(node)?)),
        Shape::Distributions => Some(Operand::Distributions(list(node, DISTRIBUTIONS, distribution)?)),
    })
}

const VERSION: &str = "must be a version: up to four numbers with dots between them";

fn text(node: &Node<'_>, is_good: impl Fn(&str) -> bool, problem: &str) -> Result<Operand, ReadError> {
    let text = node.text()?.trim();
    if is_good(text) { Ok(Operand::Text(text.to_owned())) } else { Err(node.error(problem)) }
}

/// A word, as it is spelled. The first is not configured, and so is `notSet`.
fn word(node: &Node<'_>, words: &[(&str, &str)]) -> Result<Option<Operand>, ReadError> {
    let given = node.text()?;
    let known = words.iter().position(|(word, _)| word.eq_ignore_ascii_case(given));
    let Some((place, (word, _))) = known.and_then(|place| words.get(place).map(|word| (place, word))) else {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        return Err(node.error(&format!("must be one of {}", known.join(", "))));
    };
    Ok((place > 0 && *word != "notSet").then(|| Operand::Text((*word).to_owned())))
}

fn list<T>(node: &Node<'_>, most: usize, read: fn(&Node<'_>) -> Result<T, ReadError>) -> Result<Vec<T>, ReadError> {
    let items = node.list()?;
    if items.len() > most {
        return Err(node.error(&format!("must hold at most {most} entries")));
    }
    items.iter().map(read).collect()
}

fn app(node: &Node<'_>) -> Result<App, ReadError> {
    let app = node.object()?;
    app.only(&["name", "publisher", "appStoreUrl", "appId"])?;
    let id = app.require("appId")?;
    let app_id = id.text()?.trim().to_owned();
    if app_id.is_empty() {
        return Err(id.error("must not be empty"));
    }
    Ok(App { name: app.text("name")?.unwrap_or_default(), publisher: app.text("publisher")?, store_url: app.text("appStoreUrl")?, app_id })
}

fn range(node: &Node<'_>) -> Result<VersionRange, ReadError> {
    let range = node.object()?;
    range.only(&["description", "lowestVersion", "highestVersion"])?;
    let end = |name| -> Result<(String, Version), ReadError> {
        let node = range.require(name)?;
        let text = node.text()?.trim().to_owned();
        let version = Version::parse(&text).ok_or_else(|| node.error(VERSION))?;
        Ok((text, version))
    };
    let ((lowest, from), (highest, to)) = (end("lowestVersion")?, end("highestVersion")?);
    if from > to {
        return Err(node.error("must not end before it begins"));
    }
    Ok(VersionRange { description: range.text("description")?.unwrap_or_default(), lowest, highest })
}

fn distribution(node: &Node<'_>) -> Result<Distribution, ReadError> {
    let group = node.object()?;
    group.only(&["distribution", "minimumVersion", "maximumVersion"])?;
    let id = group.require("distribution")?;
    if id.text()?.trim().is_empty() {
        return Err(id.error("must be the ID of a distribution, such as ubuntu"));
    }
    let version = |name| {
        let read = group.optional(name, |node| {
            let text = node.text()?.trim();
            if text.is_empty() || Version::parse(text).is_some() { Ok(text.to_owned()) } else { Err(node.error(VERSION)) }
        });
        read.map(Option::unwrap_or_default)
    };
    Ok(Distribution {
        id: id.text()?.trim().to_owned(),
        minimum_version: version("minimumVersion")?,
        maximum_version: version("maximumVersion")?,
    })
}

/// Writes an operand; without one, what stands for a setting that is not configured.
pub(super) fn write(operand: Option<&Operand>, shape: Shape) -> Value {
    match operand {
        Some(Operand::On) => true.into(),
        Some(Operand::Number(number)) => (*number).into(),
        Some(Operand::Text(text)) => text.clone().into(),
        Some(Operand::Apps(apps)) => apps.iter().map(write_app).collect(),
        Some(Operand::Ranges(ranges)) => ranges.iter().map(write_range).collect(),
        Some(Operand::Script(script)) => {
            json!({ "deviceComplianceScriptId": script.script_id, "rulesContent": script.rules_content })
        }
        Some(Operand::Distributions(groups)) => groups.iter().map(write_distribution).collect(),
        None => match shape {
            Shape::Flag => false.into(),
            Shape::Word(words) => words.first().map_or(Value::Null, |(word, _)| (*word).into()),
            Shape::Apps | Shape::Ranges | Shape::Distributions => json!([]),
            Shape::Number { .. } | Shape::Version | Shape::Build | Shape::Date | Shape::Script => Value::Null,
        },
    }
}

fn write_app(app: &App) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.appListItem",
        "name": app.name,
        "publisher": app.publisher,
        "appStoreUrl": app.store_url,
        "appId": app.app_id,
    })
}

fn write_range(range: &VersionRange) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.operatingSystemVersionRange",
        "description": range.description,
        "lowestVersion": range.lowest,
        "highestVersion": range.highest,
    })
}

fn write_distribution(group: &Distribution) -> Value {
    json!({ "distribution": group.id, "minimumVersion": group.minimum_version, "maximumVersion": group.maximum_version })
}
