//! `/assets/…`: the style sheet, scripts and logo, compiled into the binary.
//!
//! A name holds a hash of the content, so that a browser may keep the file for good and still sees a new one at once.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

/// A file that pages refer to.
#[derive(Debug)]
pub struct Asset {
    url: String,
    media_type: &'static str,
    content: &'static str,
}

/// The style sheet of the sign-in pages.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "style",
        "css",
        "text/css; charset=utf-8",
        concat!(include_str!("../../assets/tokens.css"), include_str!("../../assets/style.css")),
    )
});

/// The style sheet of the console.
pub static CONSOLE_STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let content = concat!(
        include_str!("../../assets/tokens.css"),
        include_str!("../../assets/console/base.css"),
        include_str!("../../assets/console/frame.css"),
        include_str!("../../assets/console/page.css"),
        include_str!("../../assets/console/figures.css"),
        include_str!("../../assets/console/facts.css"),
        include_str!("../../assets/console/tables.css"),
        include_str!("../../assets/console/forms.css"),
        include_str!("../../assets/console/what_if.css"),
        include_str!("../../assets/console/services.css"),
        include_str!("../../assets/console/sign_ins.css"),
        include_str!("../../assets/console/app_protection.css"),
        include_str!("../../assets/console/account.css"),
        include_str!("../../assets/console/directory.css"),
        include_str!("../../assets/console/conditional_access.css"),
        include_str!("../../assets/console/gaps.css"),
        include_str!("../../assets/console/compliance.css"),
        // Last: it changes what stands above for small screens.
        include_str!("../../assets/console/narrow.css"),
    );
    Asset::new("console", "css", "text/css; charset=utf-8", content)
});

/// What makes the console more comfortable; every page works without it.
pub static CONSOLE_SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("console", "js", "text/javascript; charset=utf-8", include_str!("../../assets/console.js")));

/// Logo and icon.
pub static LOGO: LazyLock<Asset> = LazyLock::new(|| Asset::new("logo", "svg", "image/svg+xml", include_str!("../../assets/logo.svg")));

/// What makes pages with a password more comfortable; they work without it.
pub static PAGE_SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("page", "js", "text/javascript; charset=utf-8", include_str!("../../assets/page.js")));

/// Sends the form of a `form_post` answer on.
pub static FORM_POST_SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("form-post", "js", "text/javascript; charset=utf-8", include_str!("../../assets/form-post.js")));

/// Asks the browser for a passkey.
pub static PASSKEY_SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("passkey", "js", "text/javascript; charset=utf-8", include_str!("../../assets/passkey.js")));

const PREFIX: &str = "/assets/";

impl Asset {
    fn new(stem: &str, extension: &str, media_type: &'static str, content: &'static str) -> Self {
        Self { url: format!("{PREFIX}{stem}-{:016x}.{extension}", fnv1a(content.as_bytes())), media_type, content }
    }

    /// Path of the file on this server.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    fn file_name(&self) -> &str {
        self.url.strip_prefix(PREFIX).unwrap_or_default()
    }
}

/// FNV-1a, 64 bits: stable over builds and nodes. It tells versions of our own files apart and guards nothing.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// Handler of `GET /assets/{name}`.
pub async fn get(Path(name): Path<String>) -> Response {
    let all: [&LazyLock<Asset>; 7] = [&STYLE, &CONSOLE_STYLE, &LOGO, &PAGE_SCRIPT, &CONSOLE_SCRIPT, &FORM_POST_SCRIPT, &PASSKEY_SCRIPT];
    let Some(asset) = all.into_iter().find(|asset| asset.file_name() == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, asset.content).into_response()
}
