//! WAP Binary XML 1.3, as far as ActiveSync uses it (MS-ASWBXML §2.1): no attributes, no string table, text inline.

/// Longest body that is read, in bytes.
const LIMIT: usize = 64 * 1024;
/// Deepest nesting that is read.
const DEPTH: usize = 16;

const SWITCH_PAGE: u8 = 0x00;
const END: u8 = 0x01;
const STR_I: u8 = 0x03;
const OPAQUE: u8 = 0xc3;
/// Bit of a tag that has content.
const CONTENT: u8 = 0x40;
/// Bit of a tag that has attributes.
const ATTRIBUTES: u8 = 0x80;

/// An element name: code page and token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag(pub(super) u8, pub(super) u8);

/// Writes a document.
pub(super) struct Writer {
    out: Vec<u8>,
    page: u8,
}

impl Writer {
    pub(super) fn new() -> Self {
        // Version 1.3, unknown public id, UTF-8, empty string table.
        Self { out: vec![0x03, 0x01, 0x6a, 0x00], page: 0 }
    }

    pub(super) fn open(&mut self, Tag(page, token): Tag) {
        if page != self.page {
            self.out.extend([SWITCH_PAGE, page]);
            self.page = page;
        }
        self.out.push(token | CONTENT);
    }

    pub(super) fn close(&mut self) {
        self.out.push(END);
    }

    pub(super) fn text(&mut self, tag: Tag, text: &str) {
        self.open(tag);
        self.out.push(STR_I);
        // An inline string ends at the first zero byte.
        self.out.extend(text.bytes().filter(|byte| *byte != 0));
        self.out.push(0);
        self.close();
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.out
    }
}

/// The text of the first element with that name; none when there is none, or the document is not of this form.
pub(super) fn first_text(document: &[u8], wanted: Tag) -> Option<String> {
    if document.len() > LIMIT {
        return None;
    }
    let mut rest = document.iter().copied();
    let _version = rest.next()?;
    let _public_id = integer(&mut rest)?;
    let _charset = integer(&mut rest)?;
    for _ in 0..integer(&mut rest)? {
        rest.next()?;
    }
    let (mut page, mut open) = (0, Vec::new());
    while let Some(token) = rest.next() {
        let text = match token {
            SWITCH_PAGE => {
                page = rest.next()?;
                continue;
            }
            END => {
                open.pop()?;
                continue;
            }
            STR_I => rest.by_ref().take_while(|byte| *byte != 0).collect(),
            OPAQUE => {
                let length = integer(&mut rest)?;
                rest.by_ref().take(length).collect::<Vec<u8>>()
            }
            tag if tag & ATTRIBUTES != 0 => return None,
            tag => {
                if tag & CONTENT != 0 {
                    open.push(Tag(page, tag & !CONTENT));
                }
                if open.len() > DEPTH {
                    return None;
                }
                continue;
            }
        };
        if open.last() == Some(&wanted) {
            return String::from_utf8(text).ok();
        }
    }
    None
}

/// A multi-byte integer (§5.1), no larger than a document.
fn integer(bytes: &mut impl Iterator<Item = u8>) -> Option<usize> {
    let mut value = 0;
    loop {
        let byte = bytes.next()?;
        value = value * 128 + usize::from(byte & 0x7f);
        if value > LIMIT {
            return None;
        }
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
}
