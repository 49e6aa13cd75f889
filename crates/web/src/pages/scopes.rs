//! Scopes in plain words.

use doorward_model::application::Application;

/// A scope as the consent page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// What the app will be able to do.
    pub title: String,
    /// What that means.
    pub detail: String,
}

/// Words for one scope of a resource: its own, where its registration has some.
#[must_use]
pub fn right_to(scope: &str, resource: &Application) -> Right {
    let offered = resource.scopes.iter().find(|offered| offered.value == scope);
    match offered.and_then(|offered| Some((offered.user_consent_display_name.clone()?, offered))) {
        Some((title, offered)) => Right { title, detail: offered.user_consent_description.clone().unwrap_or_default() },
        None => right(scope, &resource.display_name),
    }
}

/// Words for `scope`, one scope value of the resource that is called `resource`.
#[must_use]
pub fn right(scope: &str, resource: &str) -> Right {
    let (title, detail) = match scope.to_ascii_lowercase().as_str() {
        "openid" => ("Know who you are", "The app learns your account's number, so that it recognises you."),
        "profile" => ("See your basic profile", "Your name and account name."),
        "email" => ("See your e-mail address", "The address that your company lists for you."),
        "offline_access" => {
            ("Keep working when you are not signed in", "The app stays connected until you or your help desk disconnect it.")
        }
        "user.read" => ("Read your directory entry", "Your name, job, groups and contact details in the company directory."),
        "mail.read" => ("Read your mail", "Every message in your mailbox."),
        "mail.readwrite" => ("Read and change your mail", "It can also write, move and delete messages."),
        "mail.send" => ("Send mail as you", "Messages will carry your name."),
        "calendars.read" => ("Read your calendar", "Your appointments and who takes part."),
        "files.read" => ("Read your files", "Every file that you can open."),
        _ => {
            return Right {
                title: format!("Use “{scope}” in {resource}"),
                detail: "A permission that this service defines. Ask your help desk if you are not sure what it means.".to_owned(),
            };
        }
    };
    Right { title: title.to_owned(), detail: detail.to_owned() }
}
