//! The rows of a file, one at a time: JSON lines, a JSON array, or an object whose `value` is one.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use anyhow::{Context, bail};
use doorward_wire::policy_file;
use indicatif::{ProgressBar, ProgressStyle};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// So much of a file is looked at to tell how it is built.
const HEAD: u64 = 4096;
const BUFFER: usize = 1 << 15;
const TEMPLATE: &str = "{bar:40} {bytes} of {total_bytes}, {eta} left";

/// What is done with the text of a row.
type Each<'e> = dyn FnMut(&str) -> anyhow::Result<()> + 'e;

/// Hands each row of a file, or of standard input for `-`, to `each`. Stops at the first error and says where it stands.
pub(super) fn read(path: &Path, each: &mut Each<'_>) -> anyhow::Result<()> {
    let bar = progress_bar(path);
    let read = open(path).and_then(|source| rows(bar.wrap_read(source), &name(path), each));
    bar.finish_and_clear();
    read
}

fn open(path: &Path) -> anyhow::Result<Box<dyn Read>> {
    if is_stdin(path) {
        return Ok(Box::new(io::stdin().lock()));
    }
    Ok(Box::new(File::open(path).with_context(|| name(path))?))
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

fn name(path: &Path) -> String {
    if is_stdin(path) { "standard input".to_owned() } else { path.display().to_string() }
}

/// Shown on a terminal only.
fn progress_bar(path: &Path) -> ProgressBar {
    let Some(size) = std::fs::metadata(path).ok().filter(|_| !is_stdin(path)).map(|metadata| metadata.len()) else {
        return ProgressBar::new_spinner();
    };
    let bar = ProgressBar::new(size);
    if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
        bar.set_style(style);
    }
    bar
}

fn rows(mut source: impl Read, name: &str, each: &mut Each<'_>) -> anyhow::Result<()> {
    let mut head = Vec::new();
    source.by_ref().take(HEAD).read_to_end(&mut head).with_context(|| name.to_owned())?;
    if matches!(head.as_slice(), [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) {
        // Nothing below reads UTF-16, so it is the one encoding that is held as a whole.
        source.read_to_end(&mut head).with_context(|| name.to_owned())?;
        let text = policy_file::decode(head).with_context(|| name.to_owned())?;
        return rows_of(text.as_bytes(), is_document(text.as_bytes()), name, each);
    }
    if head.starts_with(&[0xEF, 0xBB, 0xBF]) {
        head.drain(..3);
    }
    let is_document = is_document(&head);
    rows_of(BufReader::with_capacity(BUFFER, Cursor::new(head).chain(source)), is_document, name, each)
}

fn rows_of(source: impl BufRead, is_document: bool, name: &str, each: &mut Each<'_>) -> anyhow::Result<()> {
    if is_document { elements(source, name, each) } else { lines(source, name, each) }
}

/// An array, or an object that starts as answers of Graph do; a row of JSON lines starts otherwise.
fn is_document(head: &[u8]) -> bool {
    let head = head.trim_ascii_start();
    let Some(members) = head.strip_prefix(b"{") else { return head.starts_with(b"[") };
    let name = members.trim_ascii_start().to_ascii_lowercase();
    let starts: [&[u8]; 4] = [b"\"value\"", b"\"@odata.context\"", b"\"@odata.count\"", b"\"@odata.nextlink\""];
    starts.iter().any(|start| name.starts_with(start))
}

fn lines(mut source: impl BufRead, name: &str, each: &mut Each<'_>) -> anyhow::Result<()> {
    // Of a line that the buffer holds the start of only.
    let mut start = Vec::new();
    for number in 1_u64.. {
        let place = || format!("{name}, line {number}");
        let mut line = |bytes: &[u8]| -> anyhow::Result<()> {
            let text = str::from_utf8(bytes).with_context(place)?;
            if text.trim().is_empty() { Ok(()) } else { each(text).with_context(place) }
        };
        let buffer = source.fill_buf().with_context(place)?;
        match (memchr::memchr(b'\n', buffer), start.is_empty()) {
            (Some(end), true) => {
                line(buffer.get(..end).unwrap_or_default())?;
                source.consume(end + 1);
            }
            _ => {
                let read = source.read_until(b'\n', &mut start).with_context(place)?;
                if read == 0 {
                    break;
                }
                line(&start)?;
                start.clear();
            }
        }
    }
    Ok(())
}

/// A document is read as it comes, and never held as a whole.
fn elements(source: impl BufRead, name: &str, each: &mut Each<'_>) -> anyhow::Result<()> {
    let mut elements = Elements { name, each, is_found: false, failure: None };
    let mut deserializer = serde_json::Deserializer::from_reader(source);
    let read = deserializer.deserialize_any(&mut elements).and_then(|()| deserializer.end());
    if let Some(failure) = elements.failure {
        return Err(failure);
    }
    read.with_context(|| format!("{name} is not a list of sign-ins"))?;
    if !elements.is_found {
        bail!("{name} is an object without a list `value`");
    }
    Ok(())
}

struct Elements<'e, 'c> {
    name: &'e str,
    each: &'e mut Each<'c>,
    is_found: bool,
    /// What was wrong with an element, which JSON knows nothing of.
    failure: Option<anyhow::Error>,
}

impl<'de> Visitor<'de> for &mut Elements<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of sign-ins, or an object with a list `value`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.is_found = true;
        let mut index = 0_u64;
        while let Some(element) = items.next_element::<Box<RawValue>>()? {
            if let Err(failure) = (self.each)(element.get()) {
                self.failure = Some(failure.context(format!("{}, element {index}", self.name)));
                return Err(A::Error::custom("an element"));
            }
            index += 1;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(name) = entries.next_key::<String>()? {
            if name.eq_ignore_ascii_case("value") && !self.is_found {
                entries.next_value_seed(&mut *self)?;
            } else {
                entries.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for &mut Elements<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}
