//! Writes every sign-in page with sample text, and the assets, to a folder, to be looked at in a browser:
//! `cargo run -p doorward-web --example pages -- DIR`, then serve DIR over HTTP.

#[expect(clippy::unwrap_used, reason = "the samples are test data")]
#[path = "../tests/it/page_samples.rs"]
mod page_samples;

use std::path::Path;

use axum::extract;
use doorward_web::pages::assets;
use page_samples::Texts;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: pages DIR");
        return Ok(());
    };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder.join("assets"))?;
    for (suffix, texts) in [
        ("", Texts::friendly(None)),
        ("-problem", Texts::friendly(Some("The account name or the password is not right."))),
        ("-long", Texts::hostile(&"Ünbroken<b>&amp;".repeat(30))),
    ] {
        for (name, response) in page_samples::all(&texts) {
            std::fs::write(folder.join(format!("{name}{suffix}.html")), body(response).await?)?;
        }
    }
    for asset in [&assets::STYLE, &assets::LOGO, &assets::PAGE_SCRIPT, &assets::FORM_POST_SCRIPT, &assets::PASSKEY_SCRIPT] {
        let name = asset.url().trim_start_matches("/assets/").to_owned();
        let response = assets::get(extract::Path(name)).await;
        std::fs::write(folder.join(asset.url().trim_start_matches('/')), body(response).await?)?;
    }
    Ok(())
}

async fn body(response: axum::response::Response) -> std::io::Result<Vec<u8>> {
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.map_err(std::io::Error::other)?;
    Ok(bytes.to_vec())
}
