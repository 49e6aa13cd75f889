//! Kinds of devices, and what the client library of each says of itself and how it writes.

use doorward_wire::pkeyauth::Manner;
use reqwest::RequestBuilder;

/// What kind of device it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// An iPhone.
    IPhone,
    /// An Android phone.
    AndroidPhone,
    /// A PC with Windows.
    WindowsPc,
}

/// What the client library of a phone does in its own way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Library {
    /// Its name, version, and what it says of the phone: `x-client-SKU`, `-Ver`, `-OS`, `-CPU`, `-DM`.
    client: [(&'static str, &'static str); 5],
    /// The header that says that it answers challenges.
    announcement: &'static str,
    /// How it signs answers to challenges.
    pub(crate) manner: Manner,
    /// What stands between the parameters of an answer.
    pub(crate) separator: &'static str,
    /// What it puts in front of these once more.
    pub(crate) padding: &'static str,
    /// What it adds to the address at which it answers.
    pub(crate) answer_query: Option<(&'static str, &'static str)>,
    /// Statuses of the token endpoint with which it looks for a challenge.
    pub(crate) challenged_at: &'static [u16],
}

const IOS: Library = Library {
    client: [
        ("x-client-SKU", "MSAL.iOS"),
        ("x-client-Ver", "2.5.1"),
        ("x-client-OS", "19.1"),
        ("x-client-CPU", "64"),
        ("x-client-DM", "iPhone"),
    ],
    announcement: "x-ms-PkeyAuth+",
    manner: Manner::Ios,
    separator: ", ",
    padding: " ",
    answer_query: Some(("x-client-Ver", "2.5.1")),
    challenged_at: &[400, 401],
};

const ANDROID: Library = Library {
    client: [
        ("x-client-SKU", "MSAL.Android"),
        ("x-client-Ver", "6.0.1"),
        ("x-client-OS", "36"),
        ("x-client-CPU", "arm64-v8a"),
        ("x-client-DM", "Phone"),
    ],
    announcement: "x-ms-PKeyAuth",
    manner: Manner::Android,
    separator: ",",
    padding: "",
    answer_query: None,
    challenged_at: &[401],
};

impl Library {
    /// Adds the headers that it sends with every request of an app.
    pub(crate) fn decorate(&self, request: RequestBuilder, app: &str) -> RequestBuilder {
        let request = self.client.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        request.header(self.announcement, "1.0").header("x-app-name", app).header("x-app-ver", "1.0")
    }

    /// What it says of itself in the address that it opens in the system's browser, where it can add no header.
    pub(crate) fn parameters(&self) -> &[(&'static str, &'static str)] {
        &self.client
    }
}

impl Body {
    pub(crate) fn user_agent(self) -> &'static str {
        match self {
            Self::IPhone => {
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 PKeyAuth/1.0"
            }
            Self::AndroidPhone => {
                "Mozilla/5.0 (Linux; Android 16; Phone) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 PKeyAuth/1.0"
            }
            Self::WindowsPc => "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Safari/537.36",
        }
    }

    /// The user agent of the system's browser, where it is not that of a web view.
    pub(crate) fn browser_user_agent(self) -> &'static str {
        match self {
            Self::IPhone => {
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1"
            }
            Self::AndroidPhone => "Mozilla/5.0 (Linux; Android 16; Phone) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36",
            Self::WindowsPc => self.user_agent(),
        }
    }

    /// Its client library; on a PC apps bring what they like.
    pub(crate) fn library(self) -> Option<&'static Library> {
        match self {
            Self::IPhone => Some(&IOS),
            Self::AndroidPhone => Some(&ANDROID),
            Self::WindowsPc => None,
        }
    }

    /// Name of the operating system in device registration.
    #[must_use]
    pub fn operating_system(self) -> &'static str {
        match self {
            Self::IPhone => "iOS",
            Self::AndroidPhone => "Android",
            Self::WindowsPc => "Windows",
        }
    }

    /// Its version.
    #[must_use]
    pub fn version(self) -> &'static str {
        match self {
            Self::IPhone => "19.1",
            Self::AndroidPhone => "16",
            Self::WindowsPc => "10.0.26200",
        }
    }
}
