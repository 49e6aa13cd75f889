//! How long the server takes for every list at size: 10,000 people, 500 nested groups, 20,000 devices, a million sign-ins, all made up
//! the same way each time. `cargo xtask bench lists` runs it and keeps the figures; by hand:
//! `cargo run --release -p doorward-web --example lists -- FIGURES.json [SIGN-INS]`.

#[expect(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the small company that the tests know, of which not all is needed"
)]
#[path = "../../tests/it/world.rs"]
mod world;

#[expect(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the browser of the tests, of which not all is needed"
)]
#[path = "../../tests/it/console/browser.rs"]
mod browser;

mod company;
mod measure;

use std::error::Error;

use world::World;

/// Sign-ins unless another number is given.
const SIGN_INS: u32 = 1_000_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let Some(file) = arguments.next() else {
        eprintln!("usage: lists FIGURES.json [SIGN-INS]");
        return Ok(());
    };
    let sign_ins = arguments.next().map_or(Ok(SIGN_INS), |number| number.parse())?;
    let world = World::new().await;
    let company = company::fill(&world, sign_ins).await?;
    let figures = measure::run(&world, &company).await?;
    std::fs::write(file, format!("{figures:#}\n"))?;
    Ok(())
}
