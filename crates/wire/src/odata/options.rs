//! The query options of a request.

use super::ODataError;
use super::filter::{self, Expression};

/// Properties that `$select` and `$expand` may name at most.
const PROPERTIES: usize = 50;
/// Characters of a search at most.
const SEARCH: usize = 256;
/// Objects of a page at most, and when nothing is said.
const PAGE: (u32, u32) = (999, 100);

/// Which way an order goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// `$orderby`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderBy {
    /// The property.
    pub property: String,
    /// Which way.
    pub direction: Direction,
}

/// The options of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueryOptions {
    /// `$filter`
    pub filter: Option<Expression>,
    /// `$orderby`, of which one property is understood.
    pub order_by: Option<OrderBy>,
    /// `$select`
    pub select: Option<Vec<String>>,
    /// `$expand`
    pub expand: Option<Vec<String>>,
    /// `$top`
    pub top: Option<u32>,
    /// `$count=true`
    pub count: bool,
    /// `$search`: the text looked for, and the property it was restricted to.
    pub search: Option<(Option<String>, String)>,
    /// `$skiptoken`
    pub skip_token: Option<String>,
}

impl QueryOptions {
    /// Reads the decoded pairs of a query. The names of options are taken in any case, and without `$` too.
    ///
    /// # Errors
    /// For an option that is unknown, not understood here, given twice, or malformed.
    pub fn read<'p>(pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> Result<Self, ODataError> {
        let mut options = Self::default();
        let mut seen: Vec<&'static str> = Vec::new();
        for (name, value) in pairs {
            let bare = name.strip_prefix('$').unwrap_or(name).to_ascii_lowercase();
            let option = match bare.as_str() {
                "filter" => "$filter",
                "orderby" => "$orderby",
                "select" => "$select",
                "expand" => "$expand",
                "top" => "$top",
                "count" => "$count",
                "search" => "$search",
                "skiptoken" => "$skiptoken",
                // The only format there is.
                "format" if value.to_ascii_lowercase().contains("json") => continue,
                _ => {
                    let problem = format!(
                        "{name} is not understood here: use $filter, $orderby, $select, $expand, $top, $count, $search or $skiptoken"
                    );
                    return Err(ODataError::new("query", 0, problem));
                }
            };
            if seen.contains(&option) {
                return Err(ODataError::new(option, 0, "is given twice"));
            }
            seen.push(option);
            match option {
                "$filter" => options.filter = Some(filter::parse(value)?),
                "$orderby" => options.order_by = Some(order_by(value)?),
                "$select" => options.select = Some(names("$select", value)?),
                "$expand" => options.expand = Some(names("$expand", value)?),
                "$top" => options.top = Some(top(value)?),
                "$count" => options.count = flag(value)?,
                "$search" => options.search = Some(search(value)?),
                _ => options.skip_token = Some(value.to_owned()),
            }
        }
        Ok(options)
    }

    /// How many objects a page holds at most.
    #[must_use]
    pub fn page(&self) -> u32 {
        self.top.unwrap_or(PAGE.1).min(PAGE.0)
    }
}

fn top(value: &str) -> Result<u32, ODataError> {
    value.parse().ok().filter(|top| *top > 0).ok_or_else(|| ODataError::new("$top", 0, format!("must be a number from 1 to {}", PAGE.0)))
}

fn flag(value: &str) -> Result<bool, ODataError> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(ODataError::new("$count", 0, "must be true or false")),
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '/' | '@' | '.'))
}

fn names(option: &'static str, value: &str) -> Result<Vec<String>, ODataError> {
    let names: Vec<String> = value.split(',').map(|name| name.trim().to_owned()).collect();
    if names.len() > PROPERTIES || !names.iter().all(|name| is_name(name) || name == "*") {
        return Err(ODataError::new(option, 0, format!("must list up to {PROPERTIES} properties with commas between them")));
    }
    Ok(names)
}

fn order_by(value: &str) -> Result<OrderBy, ODataError> {
    let mut words = value.split_ascii_whitespace();
    let property = words.next().unwrap_or_default().to_owned();
    let direction = match words.next().map(str::to_ascii_lowercase).as_deref() {
        None | Some("asc") => Some(Direction::Ascending),
        Some("desc") => Some(Direction::Descending),
        Some(_) => None,
    };
    match direction {
        Some(direction) if is_name(&property) && words.next().is_none() => Ok(OrderBy { property, direction }),
        _ => Err(ODataError::new("$orderby", 0, "must be one property, with asc or desc behind it if you like")),
    }
}

/// `"text"`, `"property:text"`, or plain words.
fn search(value: &str) -> Result<(Option<String>, String), ODataError> {
    let refuse = || ODataError::new("$search", 0, format!("must be \"text\" or \"property:text\" with up to {SEARCH} characters"));
    let value = value.trim();
    let inner = value.strip_prefix('"').map(|rest| rest.strip_suffix('"').ok_or_else(refuse)).transpose()?;
    let text = inner.unwrap_or(value).replace("\\\"", "\u{0}");
    // AND and OR between quoted parts are not understood; half of what was asked for must not be answered.
    if text.contains('"') {
        return Err(refuse());
    }
    let text = text.replace('\u{0}', "\"");
    let (property, text) = match text.split_once(':') {
        Some((property, text)) if inner.is_some() && is_name(property) => (Some(property.to_owned()), text.to_owned()),
        _ => (None, text),
    };
    if text.trim().is_empty() || text.chars().count() > SEARCH || text.chars().any(char::is_control) {
        return Err(refuse());
    }
    Ok((property, text))
}
