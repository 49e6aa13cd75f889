//! The members of Kerberos' sequences, each behind a tag with its number.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::der::universal::{BIT_STRING, GENERAL_STRING, GENERALIZED_TIME, INTEGER, OCTET_STRING, SEQUENCE};
use crate::der::{Reader, Tag};

/// A sequence that was read.
pub(super) struct Fields<'b>(Vec<(u32, &'b [u8])>);

impl<'b> Fields<'b> {
    /// A message: a sequence within a tag of its own, and nothing after it.
    pub(super) fn of_message(bytes: &'b [u8], tag: u32) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let content = reader.enter(Tag::application(tag))?;
        reader.end()?;
        Self::of(content)
    }

    /// The one sequence that is left to read.
    pub(super) fn of(mut reader: Reader<'b>) -> Option<Self> {
        let content = reader.enter(SEQUENCE)?;
        reader.end()?;
        Self::of_content(content)
    }

    /// What stands in a sequence.
    pub(super) fn of_content(mut content: Reader<'b>) -> Option<Self> {
        let mut fields: Vec<(u32, &[u8])> = Vec::new();
        while !content.is_empty() {
            let (tag, field) = content.any()?;
            let number = tag.as_explicit()?;
            if fields.last().is_some_and(|(before, _)| *before >= number) {
                return None;
            }
            fields.push((number, field));
        }
        Some(Self(fields))
    }

    pub(super) fn get(&self, number: u32) -> Option<Reader<'b>> {
        self.0.iter().find(|(found, _)| *found == number).map(|(_, content)| Reader::new(content))
    }

    pub(super) fn number(&self, number: u32) -> Option<u64> {
        only(self.get(number)?, |reader| reader.unsigned(INTEGER))
    }

    pub(super) fn octets(&self, number: u32) -> Option<&'b [u8]> {
        only(self.get(number)?, |reader| reader.element(OCTET_STRING))
    }

    /// The first 32 flags (RFC 4120 §5.2.8).
    pub(super) fn flags(&self, number: u32) -> Option<u32> {
        match only(self.get(number)?, |reader| reader.element(BIT_STRING))? {
            [0, a, b, c, d, ..] => Some(u32::from_be_bytes([*a, *b, *c, *d])),
            _ => None,
        }
    }

    pub(super) fn text(&self, number: u32) -> Option<&'b str> {
        only(self.get(number)?, text)
    }

    /// A time in seconds, in UTC (RFC 4120 §5.2.3).
    pub(super) fn time(&self, number: u32) -> Option<Timestamp> {
        let text = only(self.get(number)?, |reader| reader.element(GENERALIZED_TIME))?;
        let civil = DateTime::strptime("%Y%m%d%H%M%SZ", text).ok().filter(|_| text.len() == 15)?;
        civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    }

    /// The parts of a principal's name (RFC 4120 §5.2.2). Its type is no part of the name.
    pub(super) fn name(&self, number: u32) -> Option<Vec<&'b str>> {
        let name = Fields::of(self.get(number)?)?;
        let mut parts = only(name.get(1)?, |reader| reader.enter(SEQUENCE))?;
        let mut texts = Vec::new();
        while !parts.is_empty() {
            texts.push(text(&mut parts)?);
        }
        (!texts.is_empty()).then_some(texts)
    }
}

fn text<'b>(reader: &mut Reader<'b>) -> Option<&'b str> {
    std::str::from_utf8(reader.element(GENERAL_STRING)?).ok()
}

/// One element and nothing after it.
fn only<'b, T>(mut reader: Reader<'b>, read: impl FnOnce(&mut Reader<'b>) -> Option<T>) -> Option<T> {
    let read = read(&mut reader)?;
    reader.end()?;
    Some(read)
}
