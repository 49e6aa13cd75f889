//! The few drawings of the console, as SVG in the page: they take the colour of the text.

use std::fmt;

/// A drawing of 20 by 20 units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Icon {
    Overview,
    SignIns,
    Services,
    WhatIf,
    Compliance,
    Audit,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Overview => "M3 3h6v8H3zM11 3h6v5h-6zM11 10h6v7h-6zM3 13h6v4H3z",
            Self::SignIns => "M9 4h7v12H9M3 10h9M9 7l3 3-3 3",
            Self::Services => "M10 2.5l6.5 2.5v4.5c0 4-2.7 6.7-6.5 8-3.8-1.3-6.5-4-6.5-8V5zM7.3 10l2 2 3.5-3.8",
            Self::WhatIf => "M3 5h5l4 10h5M3 15h5M12 5h5M15 3l2 2-2 2M15 13l2 2-2 2",
            Self::Compliance => "M6 2.5h8v15H6zM8 15h4M7.7 8.2l1.6 1.6 3-3.2",
            Self::Audit => "M5 2.5h7l3 3v12H5zM8 8h4M8 11h4M8 14h2.5",
        }
    }
}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "<svg class=\"icon\" viewBox=\"0 0 20 20\" width=\"20\" height=\"20\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.6\" \
             stroke-linecap=\"round\" stroke-linejoin=\"round\" aria-hidden=\"true\" focusable=\"false\"><path d=\"{}\"/></svg>",
            self.path()
        )
    }
}

/// Made of constants alone.
impl askama::filters::HtmlSafe for Icon {}
