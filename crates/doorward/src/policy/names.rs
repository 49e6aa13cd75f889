//! Finding objects of the directory file by what people call them.

use std::collections::HashMap;

use anyhow::bail;
use doorward_wire::policy_file::{Object, ReadError};

/// How many near matches an error lists.
const NEAR: usize = 5;

/// The objects of one kind with their names.
pub(super) struct Names {
    kind: &'static str,
    objects: Vec<Named>,
}

struct Named {
    id: String,
    names: Vec<String>,
}

impl Names {
    /// Reads the members `names` of the objects of a list; `key` is their id.
    pub(super) fn read(kind: &'static str, directory: &Object<'_>, list: &str, key: &str, names: &[&str]) -> Result<Self, ReadError> {
        let mut objects = Vec::new();
        for node in directory.list(list)? {
            let object = node.object()?;
            let id = object.require(key)?.text()?.to_owned();
            let names = names.iter().filter_map(|name| object.text(name).transpose()).collect::<Result<_, _>>()?;
            objects.push(Named { id, names });
        }
        Ok(Self { kind, objects })
    }

    /// Lets objects also go by the names of others whose id is among their names: a service principal by those of its application.
    pub(super) fn inherit(mut self, others: &Self) -> Self {
        for object in &mut self.objects {
            let of = |other: &&Named| object.names.iter().any(|name| name.eq_ignore_ascii_case(&other.id));
            let names: Vec<String> = others.objects.iter().filter(of).flat_map(|other| other.names.clone()).collect();
            object.names.extend(names);
        }
        self
    }

    /// The id of the object that `word` is the id or, when there is no such id, a name of.
    pub(super) fn find(&self, word: &str) -> anyhow::Result<&str> {
        if let Some(object) = self.objects.iter().find(|object| object.id.eq_ignore_ascii_case(word)) {
            return Ok(&object.id);
        }
        let kind = self.kind;
        let is_called = |object: &&Named| object.names.iter().any(|name| name.to_lowercase() == word.to_lowercase());
        let found: Vec<&Named> = self.objects.iter().filter(is_called).collect();
        match found.as_slice() {
            [object] => Ok(&object.id),
            [] => match self.near(word) {
                near if near.is_empty() => bail!("the directory has no {kind} {word:?}"),
                near => bail!("the directory has no {kind} {word:?}; near that: {}", near.join(", ")),
            },
            several => {
                let ids: Vec<&str> = several.iter().map(|object| object.id.as_str()).collect();
                bail!("{} of the directory go by {word:?}, name one by id: {}", plural(kind), ids.join(", "))
            }
        }
    }

    /// What the object of an id is called; the id itself when it has no name.
    pub(super) fn label<'a>(&'a self, id: &'a str) -> &'a str {
        let object = self.objects.iter().find(|object| object.id.eq_ignore_ascii_case(id));
        object.and_then(|object| object.names.first()).map_or(id, String::as_str)
    }

    /// What every object is called, by its id in lower case.
    pub(super) fn labels(&self) -> HashMap<String, &str> {
        self.objects.iter().filter_map(|object| Some((object.id.to_lowercase(), object.names.first()?.as_str()))).collect()
    }

    /// Names that hold the word or are spelled much like it, the nearest first.
    fn near(&self, word: &str) -> Vec<String> {
        let word = word.to_lowercase();
        let allowed = 1 + word.chars().count() / 4;
        let rank = |name: &String| {
            let name = name.to_lowercase();
            let distance = distance(&word, &name);
            (distance <= allowed || name.contains(&word)).then_some(distance)
        };
        let names = self.objects.iter().flat_map(|object| object.names.iter().chain([&object.id]));
        let mut near: Vec<(usize, &String)> = names.filter_map(|name| Some((rank(name)?, name))).collect();
        near.sort();
        near.dedup();
        near.into_iter().take(NEAR).map(|(_, name)| format!("{name:?}")).collect()
    }
}

fn plural(kind: &str) -> String {
    format!("several {kind}s")
}

/// How many letters must be put in, taken out or changed to make one word the other (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (1..=b.len()).collect();
    for (index, x) in a.chars().enumerate() {
        let (mut diagonal, mut left) = (index, index + 1);
        for (above, y) in row.iter_mut().zip(&b) {
            left = (diagonal + usize::from(x != *y)).min(left + 1).min(*above + 1);
            diagonal = std::mem::replace(above, left);
        }
    }
    row.last().copied().unwrap_or_else(|| a.chars().count())
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn the_distance_counts_changes() {
        for (a, b, expected) in [("", "", 0), ("abc", "", 3), ("", "ab", 2), ("kitten", "sitting", 3), ("same", "same", 0)] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }
}
