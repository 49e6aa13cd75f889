//! WAP Binary XML 1.3, as far as ActiveSync uses it (MS-ASWBXML §2.1): no attributes, no string table, text inline.

const SWITCH_PAGE: u8 = 0x00;
const END: u8 = 0x01;
const STR_I: u8 = 0x03;
/// Bit of a tag that has content.
const CONTENT: u8 = 0x40;

/// An element name: code page and token.
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
