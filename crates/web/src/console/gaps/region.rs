//! A region of sign-ins in words, with one of them as a question for What If.

use doorward_model::sign_in::{ClientAppType, DevicePlatform};
use doorward_policy::conditional_access::Subject;
use doorward_policy::conditional_access::regions::Region;
use doorward_policy::conditional_access::regions::words::{Kind, Labels, Words};
use doorward_service::gaps::Directory;

use crate::console::what_if::Question;
use crate::console::words::PLATFORMS;

/// The names of the directory, with the console's words for kinds of app and platforms.
pub(super) struct Labelled<'a>(pub(super) &'a Directory);

impl Labels for Labelled<'_> {
    fn label<'a>(&'a self, kind: Kind, id: &'a str) -> &'a str {
        self.0.label(kind, id)
    }

    fn client(&self, client: ClientAppType) -> String {
        match client {
            ClientAppType::Browser => "browser",
            ClientAppType::MobileAppsAndDesktopClients => "app with modern sign-in",
            ClientAppType::ExchangeActiveSync => "built-in mail (ActiveSync)",
            ClientAppType::Other => "other legacy client",
        }
        .to_owned()
    }

    fn platform(&self, platform: DevicePlatform) -> String {
        let named = PLATFORMS.iter().find(|(known, _)| *known == platform);
        named.map_or_else(|| platform.to_string(), |(_, name)| (*name).to_owned())
    }
}

/// A way in.
pub(super) struct Card {
    pub(super) people: String,
    pub(super) limits: Vec<(&'static str, String)>,
    pub(super) example: String,
    /// Address of What If with the example in it.
    pub(super) link: String,
    /// What the example has and What If cannot suppose.
    pub(super) beyond: Vec<&'static str>,
}

impl Card {
    pub(super) fn of(region: &Region, words: &Words<'_>, names: &Directory) -> Self {
        let person = match &region.witness.subject {
            Subject::User(user) => names.label(Kind::User, &user.id).to_owned(),
            Subject::Workload { .. } => String::new(),
        };
        let (question, beyond) = Question::of(&region.witness, person);
        Self {
            people: words.people(region),
            limits: words.limits(region),
            example: words.sign_in(&region.witness),
            link: question.alone(),
            beyond,
        }
    }
}
