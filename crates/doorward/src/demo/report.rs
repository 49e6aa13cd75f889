//! What the demo prints.

use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table, presets};

use super::handover::demo_file;
use super::stage::ScenarioResult;
use crate::config::Config;
use crate::tls;

/// Columns of the table where the output is no terminal, whose width would count.
const PLAIN_WIDTH: u16 = 150;

/// The scenarios as a table.
pub(super) fn table(results: &[ScenarioResult]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    if !table.is_tty() {
        table.set_width(PLAIN_WIDTH);
    }
    table.set_header(
        ["", "Who", "Device", "App", "What happened", "Why", "As expected"].map(|title| Cell::new(title).add_attribute(Attribute::Bold)),
    );
    for result in results {
        let happened = if result.code == 0 { result.happened.clone() } else { format!("{} ({})", result.happened, result.code) };
        let verdict = if result.as_expected { Cell::new("yes").fg(Color::Green) } else { Cell::new("NO").fg(Color::Red) };
        table.add_row([
            Cell::new(result.scenario),
            Cell::new(&result.who),
            Cell::new(&result.device),
            Cell::new(&result.app),
            Cell::new(happened),
            Cell::new(&result.why),
            verdict,
        ]);
    }
    table
}

/// One line about all of them.
pub(super) fn summary(results: &[ScenarioResult]) -> String {
    let unexpected = results.iter().filter(|result| !result.as_expected).count();
    match unexpected {
        0 => format!("All {} steps ended as expected.", results.len()),
        count => format!("{count} of {} steps did not end as expected.", results.len()),
    }
}

/// Where the demo can be reached, and with what.
pub(super) fn addresses(config: &Config) {
    let base = config.base_url.as_str().trim_end_matches('/');
    println!();
    println!("Doorward keeps serving on {base} (stop with Ctrl-C).");
    println!("  Console        {base}/console (as admin)");
    println!("  Discovery      {base}/contoso.example/v2.0/.well-known/openid-configuration");
    println!("  Certificate    {}", tls::local_ca_file(&config.data).display());
    println!("  Accounts       admin, anna, ben, carla, dora, emil (@contoso.example); password and ids in");
    println!("                 {}", demo_file(&config.data).display());
}
