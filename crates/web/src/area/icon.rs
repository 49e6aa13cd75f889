//! The few drawings of the console, as SVG in the page: they take the colour of the text.

use std::fmt;

/// A drawing of 20 by 20 units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    Overview,
    SignIns,
    Services,
    ConditionalAccess,
    WhatIf,
    Gaps,
    AppProtection,
    EffectivePolicy,
    ManagedApps,
    Compliance,
    Audit,
    /// Ways to sign in.
    Methods,
    Devices,
    Password,
    Users,
    Groups,
    Apps,
    Settings,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Overview => "M3 3h6v8H3zM11 3h6v5h-6zM11 10h6v7h-6zM3 13h6v4H3z",
            Self::SignIns => "M9 4h7v12H9M3 10h9M9 7l3 3-3 3",
            Self::Services => "M10 2.5l6.5 2.5v4.5c0 4-2.7 6.7-6.5 8-3.8-1.3-6.5-4-6.5-8V5zM7.3 10l2 2 3.5-3.8",
            Self::ConditionalAccess => "M4 5.5h6M14 5.5h2M4 10h2M10 10h6M4 14.5h6M14 14.5h2M12 3.5v4M8 8v4M12 12.5v4",
            Self::WhatIf => "M3 5h5l4 10h5M3 15h5M12 5h5M15 3l2 2-2 2M15 13l2 2-2 2",
            Self::Gaps => "M3 4h5v5H3zM12 4h5v5h-5zM3 12h5v5H3zM12 12l5 5M17 12l-5 5",
            Self::AppProtection => "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9M10 12v2",
            Self::EffectivePolicy => "M3 4h14M3 9h8M3 14h5M11.5 14l2 2 4-4.5",
            Self::ManagedApps => "M6 2.5h8v15H6zM9 15h2",
            Self::Compliance => "M6 2.5h8v15H6zM8 15h4M7.7 8.2l1.6 1.6 3-3.2",
            Self::Audit => "M5 2.5h7l3 3v12H5zM8 8h4M8 11h4M8 14h2.5",
            Self::Methods => "M12.5 3a4.5 4.5 0 1 1-3.6 7.2L3 16v1.5h3V16h1.8v-1.8h1.9M13.5 6.5h.01",
            Self::Devices => "M3.5 4h13v9h-13zM1.5 16h17",
            Self::Password => "M2.5 6h15v8h-15zM6 10h.01M10 10h.01M14 10h.01",
            Self::Users => "M10 10a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4M3.5 17c.6-3.2 3.2-5 6.5-5s5.9 1.8 6.5 5",
            Self::Groups => {
                "M7.5 9.5a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4M2.5 16c.4-2.8 2.4-4.3 5-4.3s4.6 1.5 5 4.3M12.5 4.3a2.7 2.7 0 0 1 0 5M14.5 11.9c1.7.5 2.7 1.8 3 4.1"
            }
            Self::Apps => "M3 3h5.5v5.5H3zM11.5 3H17v5.5h-5.5zM3 11.5h5.5V17H3zM11.5 11.5H17V17h-5.5z",
            Self::Settings => "M3 5.5h8M15 5.5h2M3 10h2M9 10h8M3 14.5h8M15 14.5h2M13 3.7v3.6M7 8.2v3.6M13 12.7v3.6",
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
