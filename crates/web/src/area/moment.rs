//! Times as the console shows them.

use std::fmt;

use jiff::Timestamp;

/// An instant in a `<time>` element: in UTC, which the script turns into the reader's zone. The exact time is its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment(pub(crate) Timestamp);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = self.0.strftime("%Y-%m-%dT%H:%M:%S%.3fZ");
        write!(f, "<time datetime=\"{exact}\" title=\"{exact}\">{} UTC</time>", self.0.strftime("%-d %b %Y, %H:%M:%S"))
    }
}

/// Made of digits and the names of months.
impl askama::filters::HtmlSafe for Moment {}
