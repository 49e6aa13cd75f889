//! A chart of stacked columns, drawn on the server. Its numbers stand in a table beside it, so the drawing itself is mute.

use std::fmt;

use doorward_service::overview::Day;

const HEIGHT: u32 = 220;
const LEFT: u32 = 40;
const BOTTOM: u32 = 28;
const TOP: u32 = 10;

/// Sign-ins by day and outcome.
pub(super) struct Columns<'a> {
    days: &'a [Day],
    width: u32,
    name: &'static str,
    /// Format of a day.
    day: &'static str,
}

impl<'a> Columns<'a> {
    /// For a desktop.
    pub(super) fn wide(days: &'a [Day]) -> Self {
        Self { days, width: 700, name: "wide", day: "%a %-d" }
    }

    /// For a phone, where the letters of the wide one would be too small.
    pub(super) fn narrow(days: &'a [Day]) -> Self {
        Self { days, width: 340, name: "narrow", day: "%a" }
    }
}

/// The step of the scale: 1, 2 or 5 times a power of ten, at most five of them.
fn step(most: u64) -> u64 {
    let mut power = 1_u64;
    loop {
        for factor in [1, 2, 5] {
            let step = power.saturating_mul(factor);
            if most <= step.saturating_mul(5) {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

impl fmt::Display for Columns<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let right = self.width;
        let most = self.days.iter().map(total).max().unwrap_or(0).max(1);
        let step = step(most);
        let steps = most.div_ceil(step);
        let top = step.saturating_mul(steps);
        let ground = f64::from(HEIGHT - BOTTOM);
        let scale = (ground - f64::from(TOP)) / top as f64;
        write!(
            f,
            "<svg class=\"chart {}\" viewBox=\"0 0 {right} {HEIGHT}\" role=\"img\" aria-label=\"Sign-ins by day and outcome; the table below has the numbers\">",
            self.name
        )?;
        for line in 0..=steps {
            let value = line.saturating_mul(step);
            let y = ground - value as f64 * scale;
            write!(
                f,
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text class=\"scale\" x=\"{}\" y=\"{:.1}\">{value}</text>",
                LEFT - 8,
                y + 4.0
            )?;
        }
        let slot = f64::from(right - LEFT) / self.days.len().max(1) as f64;
        let width = (slot * 0.5).min(44.0);
        for (index, day) in self.days.iter().enumerate() {
            let middle = f64::from(LEFT) + slot * (index as f64 + 0.5);
            let mut y = ground;
            for (class, number) in [("granted", day.granted), ("interrupted", day.interrupted), ("refused", day.refused)] {
                let height = number as f64 * scale;
                y -= height;
                if number > 0 {
                    // A gap of one unit keeps neighbours apart without colour.
                    write!(
                        f,
                        "<rect class=\"{class}\" x=\"{:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{:.1}\" rx=\"2\"/>",
                        middle - width / 2.0,
                        (height - 1.0).max(1.0)
                    )?;
                }
            }
            write!(f, "<text class=\"day\" x=\"{middle:.1}\" y=\"{}\">{}</text>", HEIGHT - 8, day.date.strftime(self.day))?;
        }
        f.write_str("</svg>")
    }
}

/// Made of numbers and the names of days.
impl askama::filters::HtmlSafe for Columns<'_> {}

/// All sign-ins of a day.
pub(super) fn total(day: &Day) -> u64 {
    day.granted.saturating_add(day.interrupted).saturating_add(day.refused)
}

#[cfg(test)]
mod tests {
    use super::step;

    #[test]
    fn the_scale_has_at_most_five_round_steps() {
        for (most, expected) in [(1, 1), (5, 1), (6, 2), (11, 5), (26, 10), (500, 100), (501, 200), (123_456, 50_000)] {
            assert_eq!(step(most), expected, "{most}");
        }
    }
}
