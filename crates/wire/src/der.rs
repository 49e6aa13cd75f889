//! A reader of DER (X.690 §10 and §11) without recursion and without memory of its own, and the few elements that software phones write.

/// Tag numbers of the universal class.
pub(crate) mod universal {
    use super::Tag;

    pub(crate) const BOOLEAN: Tag = Tag { class: 0, constructed: false, number: 1 };
    pub(crate) const INTEGER: Tag = Tag { class: 0, constructed: false, number: 2 };
    pub(crate) const BIT_STRING: Tag = Tag { class: 0, constructed: false, number: 3 };
    pub(crate) const OCTET_STRING: Tag = Tag { class: 0, constructed: false, number: 4 };
    pub(crate) const ENUMERATED: Tag = Tag { class: 0, constructed: false, number: 10 };
    pub(crate) const SEQUENCE: Tag = Tag { class: 0, constructed: true, number: 16 };
    pub(crate) const SET: Tag = Tag { class: 0, constructed: true, number: 17 };
    pub(crate) const OBJECT_IDENTIFIER: Tag = Tag { class: 0, constructed: false, number: 6 };
    pub(crate) const GENERALIZED_TIME: Tag = Tag { class: 0, constructed: false, number: 24 };
    pub(crate) const GENERAL_STRING: Tag = Tag { class: 0, constructed: false, number: 27 };
}

/// Class of tags that belong to one specification.
const APPLICATION: u8 = 1;
/// Class of tags whose meaning depends on where they stand.
const CONTEXT: u8 = 2;

/// A tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag {
    class: u8,
    constructed: bool,
    number: u32,
}

impl Tag {
    /// A tag of the application class around another element.
    pub(crate) const fn application(number: u32) -> Self {
        Self { class: APPLICATION, constructed: true, number }
    }

    /// The number of a tag around another element.
    pub(crate) fn as_explicit(self) -> Option<u32> {
        (self.class == CONTEXT && self.constructed).then_some(self.number)
    }
}

/// What is left to read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self(bytes)
    }

    /// Everything that is left.
    pub(crate) fn rest(self) -> &'b [u8] {
        self.0
    }

    /// Bytes that are left.
    pub(crate) fn len(self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// All of it must have been read.
    pub(crate) fn end(self) -> Option<()> {
        self.is_empty().then_some(())
    }

    /// The next element with its tag; none when it is not DER.
    pub(crate) fn any(&mut self) -> Option<(Tag, &'b [u8])> {
        let (tag, rest) = tag(self.0)?;
        let (length, rest) = length(rest)?;
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// The next element, which must have that tag.
    pub(crate) fn element(&mut self, wanted: Tag) -> Option<&'b [u8]> {
        self.any().filter(|(tag, _)| *tag == wanted).map(|(_, content)| content)
    }

    /// What stands in the next element, which must have that tag.
    pub(crate) fn enter(&mut self, wanted: Tag) -> Option<Self> {
        self.element(wanted).map(Self)
    }

    /// A number that is not negative.
    pub(crate) fn unsigned(&mut self, wanted: Tag) -> Option<u64> {
        let content = self.element(wanted)?;
        match content {
            // Neither empty, nor negative, nor with a zero that could be left out.
            [] | [0x80..=0xff, ..] | [0, 0..=0x7f, ..] => None,
            [0, digits @ ..] | digits if digits.len() <= 8 => Some(digits.iter().fold(0, |number, digit| number << 8 | u64::from(*digit))),
            _ => None,
        }
    }

    pub(crate) fn boolean(&mut self) -> Option<bool> {
        match self.element(universal::BOOLEAN)? {
            [0] => Some(false),
            [0xff] => Some(true),
            _ => None,
        }
    }
}

fn tag(bytes: &[u8]) -> Option<(Tag, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let (class, constructed) = (first >> 6, first & 0x20 != 0);
    let low = u32::from(first & 0x1f);
    if low < 0x1f {
        return Some((Tag { class, constructed, number: low }, rest));
    }
    let (number, rest) = base128(rest)?;
    // Small numbers have the short form.
    (number >= 0x1f).then_some((Tag { class, constructed, number }, rest))
}

/// A number in groups of seven bits, at most three of them and the first not empty.
fn base128(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut number = 0;
    for (index, byte) in bytes.iter().enumerate().take(3) {
        if index == 0 && *byte == 0x80 {
            return None;
        }
        number = number << 7 | u32::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return bytes.get(index + 1..).map(|rest| (number, rest));
        }
    }
    None
}

/// A length in its shortest form, at most 65,535.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    match bytes {
        [short @ 0..=0x7f, rest @ ..] => Some((usize::from(*short), rest)),
        [0x81, long @ 0x80..=0xff, rest @ ..] => Some((usize::from(*long), rest)),
        [0x82, high @ 1..=0xff, low, rest @ ..] => Some((usize::from(u16::from_be_bytes([*high, *low])), rest)),
        _ => None,
    }
}

/// An element of the universal class with a tag of one byte.
fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    behind(&[tag], &parts.concat())
}

/// Content behind a tag and its length. What is written here is never longer than lengths of two bytes can say.
fn behind(tag: &[u8], content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
    let length = match (high, low) {
        (0, short @ 0..=0x7f) => vec![short],
        (0, long) => vec![0x81, long],
        (high, low) => vec![0x82, high, low],
    };
    [tag, &length, content].concat()
}

/// An element in a field with an explicit tag.
pub(crate) fn explicit(number: u32, content: &[u8]) -> Vec<u8> {
    let group = |shift: u32| u8::try_from(number >> shift & 0x7f).unwrap_or_default();
    let tag = match number {
        0..=0x1e => vec![0xa0 | group(0)],
        0x1f..=0x7f => vec![0xbf, group(0)],
        _ => vec![0xbf, 0x80 | group(7), group(0)],
    };
    behind(&tag, content)
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(0x30, parts)
}

pub(crate) fn set(parts: &[&[u8]]) -> Vec<u8> {
    element(0x31, parts)
}

pub(crate) fn octet_string(content: &[u8]) -> Vec<u8> {
    element(0x04, &[content])
}

pub(crate) fn boolean(value: bool) -> Vec<u8> {
    element(0x01, &[&[if value { 0xff } else { 0 }]])
}

pub(crate) fn enumerated(value: u8) -> Vec<u8> {
    element(0x0a, &[&[value]])
}

pub(crate) fn integer(value: u64) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let digits = bytes.iter().skip_while(|digit| **digit == 0).copied();
    // A leading zero keeps the number positive.
    let number: Vec<u8> = std::iter::once(0).chain(digits).collect();
    match number.as_slice() {
        [0, rest @ ..] if rest.first().is_some_and(|first| *first < 0x80) => element(0x02, &[rest]),
        all => element(0x02, &[all]),
    }
}

#[cfg(test)]
mod tests {
    use super::universal::{BOOLEAN, INTEGER, OCTET_STRING, SEQUENCE};
    use super::*;

    #[test]
    fn a_number_has_one_form() {
        let cases: [(&[u8], Option<u64>); 12] = [
            (&[2, 1, 0], Some(0)),
            (&[2, 1, 0x7f], Some(127)),
            (&[2, 2, 0, 0x80], Some(128)),
            (&[2, 9, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], Some(u64::MAX)),
            (&[2, 0], None),
            (&[2, 1, 0x80], None),
            (&[2, 2, 0, 0x7f], None),
            (&[2, 2, 0, 0], None),
            (&[2, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0], None),
            (&[2, 10, 0, 0xff, 0, 0, 0, 0, 0, 0, 0, 0], None),
            (&[2, 2, 1], None),
            (&[10, 1, 1], None),
        ];
        for (bytes, expected) in cases {
            assert_eq!(Reader::new(bytes).unsigned(INTEGER), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_length_has_one_form() {
        let of = |head: &[u8], length: usize| [head, &vec![0; length][..]].concat();
        let good = [of(&[4, 0], 0), of(&[4, 0x7f], 127), of(&[4, 0x81, 0x80], 128), of(&[4, 0x82, 1, 0], 256)];
        for bytes in good {
            let mut reader = Reader::new(&bytes);
            assert!(reader.element(OCTET_STRING).is_some() && reader.is_empty(), "{:?}", &bytes[..2]);
        }
        let bad = [
            of(&[4, 0x80, 0], 1),
            of(&[4, 0x81, 0x7f], 127),
            of(&[4, 0x82, 0, 0x80], 128),
            of(&[4, 0x83, 0, 1, 0], 256),
            of(&[4, 0xff], 256),
            of(&[4, 3], 2),
            of(&[4], 0),
        ];
        for bytes in bad {
            assert!(Reader::new(&bytes).any().is_none(), "{:?}", &bytes[..bytes.len().min(4)]);
        }
    }

    #[test]
    fn a_tag_has_one_form() {
        // [600], as Android writes it.
        let mut reader = Reader::new(&[0xbf, 0x84, 0x58, 0]);
        assert_eq!(reader.any().unwrap().0.as_explicit(), Some(600));
        for bytes in [&[0xbf, 0x80, 0x58, 0][..], &[0xbf, 0x1e, 0], &[0xbf, 0xff, 0xff, 0xff, 0x7f, 0], &[0xbf], &[0xbf, 0x84]] {
            assert!(Reader::new(bytes).any().is_none(), "{bytes:?}");
        }
        assert_eq!(Reader::new(&[0x83, 0]).any().unwrap().0.as_explicit(), None, "not constructed");
    }

    #[test]
    fn true_is_all_ones() {
        for (content, expected) in [(0xff, Some(true)), (0, Some(false)), (1, None)] {
            assert_eq!(Reader::new(&[1, 1, content]).boolean(), expected);
        }
        assert_eq!(Reader::new(&[1, 2, 0xff, 0xff]).boolean(), None);
        assert_eq!(BOOLEAN.as_explicit(), None);
    }

    #[test]
    fn depth_costs_nothing() {
        let mut nested = Vec::new();
        for _ in 0..1000 {
            let length = u16::try_from(nested.len().min(0xfff0)).unwrap();
            nested = match length {
                0..=0x7f => vec![0x30, u8::try_from(length).unwrap()],
                0x80..=0xff => vec![0x30, 0x81, u8::try_from(length).unwrap()],
                _ => [&[0x30, 0x82][..], &length.to_be_bytes()].concat(),
            }
            .into_iter()
            .chain(nested)
            .take(0xfff0)
            .collect();
        }
        assert!(Reader::new(&nested).enter(SEQUENCE).is_some());
    }
}
