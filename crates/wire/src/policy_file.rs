//! Policy files: conditional access policies, named locations, authentication strengths and service policies as they are exported,
//! written by hand or sent by an admin client.
//!
//! Keys and enum values are read in any case, flags as a comma-joined string or a list, `@odata` members not at all. What a policy
//! says beyond what the engine knows is never passed over in silence: see [`Severity`].

pub mod app_protection;
pub mod authentication_strength;
pub mod compliance;
pub mod conditional_access;
mod conditions;
pub mod device;
pub mod evaluate;
mod grant;
mod json;
pub mod named_location;
pub mod service_policy;
mod session;
mod shape;
mod text;
mod write;

pub use json::{Json, Node, Object, ReadError};
pub use shape::{ShapeError, policies_of_file};
pub use text::{BrokenFile, decode, parse};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Not looked at, and without bearing on who gets in.
    Warning,
    /// A condition or grant control that the engine does not know: the policy cannot be decided.
    Unsupported,
}

/// Something in a policy that the engine does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// JSON path within the file, for example `$.conditions.times`.
    pub path: String,
    /// What is the matter.
    pub message: String,
}

/// Collects findings while a policy is read.
#[derive(Debug)]
struct Findings {
    severity: Severity,
    found: Vec<Finding>,
}

impl Findings {
    fn report(&mut self, error: ReadError) {
        self.found.push(Finding { severity: self.severity, path: error.path, message: error.message });
    }

    /// The value, or its default with a finding.
    fn take<T: Default>(&mut self, result: Result<T, ReadError>) -> T {
        result.unwrap_or_else(|error| {
            self.report(error);
            T::default()
        })
    }

    /// Reports the members of an object that are set and not known.
    fn unknown_members(&mut self, object: &Object<'_>, known: &[&str]) {
        for node in object.unknown(known) {
            self.report(node.error("is not known to the engine"));
        }
    }

    /// An object; none when it is absent, null or, as some exports write it, an empty list.
    fn object<'a>(&mut self, parent: &Object<'a>, name: &str) -> Option<Object<'a>> {
        let node = parent.get(name).filter(|node| !node.is_empty_list())?;
        self.take(node.object().map(Some))
    }

    fn strings(&mut self, parent: &Object<'_>, name: &str) -> Vec<String> {
        let result = parent.get(name).map_or(Ok(Vec::new()), |node| node.strings());
        self.take(result)
    }

    /// A list of words of an enum; what is not among them is reported.
    fn words<T>(&mut self, parent: &Object<'_>, name: &str, from_wire: fn(&str) -> Option<T>) -> Vec<T> {
        let nodes = parent.get(name).map_or(Ok(Vec::new()), |node| node.list());
        self.take(nodes).iter().filter_map(|node| self.take(node.word(from_wire).map(Some))).collect()
    }

    /// One word of an enum; an empty string counts as absent.
    fn word<T>(&mut self, parent: &Object<'_>, name: &str, from_wire: fn(&str) -> Option<T>) -> Option<T> {
        let node = parent.get(name).filter(|node| !node.is_empty())?;
        self.take(node.word(from_wire).map(Some))
    }

    /// Flags: a comma-joined string or a list; `none` is no flag.
    fn flags<T>(&mut self, parent: &Object<'_>, name: &str, from_wire: fn(&str) -> Option<T>) -> Vec<T> {
        let Some(node) = parent.get(name) else { return Vec::new() };
        let words = match node.text() {
            Ok(joined) => joined.split(',').map(|word| word.trim().to_owned()).collect(),
            Err(_) => self.take(node.strings().map_err(|_| node.error("must be a list of words or a string of words joined by commas"))),
        };
        let set = words.iter().filter(|word| !word.is_empty() && !word.eq_ignore_ascii_case("none"));
        set.filter_map(|word| self.take(from_wire(word).map(Some).ok_or_else(|| node.unknown_word(word)))).collect()
    }
}
