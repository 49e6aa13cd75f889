//! A QR code as one SVG path, drawn on the server: no script, no picture of another host.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel};

/// Blank modules around the code (ISO/IEC 18004 §5.3.8).
const QUIET: usize = 4;

/// A QR code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrCode {
    /// Modules along one side, the quiet zone included.
    pub size: usize,
    /// The dark modules, as an SVG path in module units.
    pub path: String,
}

impl QrCode {
    /// The code of a text; none when it is too long for one.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let code = qrcode::QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let mut path = String::new();
        for (row, modules) in code.to_colors().chunks(width).enumerate() {
            for (column, module) in modules.iter().enumerate() {
                if *module == Color::Dark {
                    // Writing to a string cannot fail.
                    let _infallible = write!(path, "M{} {}h1v1h-1z", column + QUIET, row + QUIET);
                }
            }
        }
        Some(Self { size: width + 2 * QUIET, path })
    }
}
