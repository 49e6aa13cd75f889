//! Who lives in the week before, on what, and how they change their ways.

use doorward_phone::Body;

/// A made-up person.
pub(super) struct Person {
    /// Sign-in name without the domain.
    pub(super) login: &'static str,
    pub(super) display_name: &'static str,
    /// What they sign in on; none is a browser on whatever is at hand.
    pub(super) body: Body,
    /// How they begin the week, and how they go on from the day of their change.
    pub(super) before: Way,
    pub(super) after: Way,
    /// Days of the week before the change.
    pub(super) change: i64,
    /// Sign-ins on a working day.
    pub(super) zeal: u64,
}

/// How somebody gets at the company's mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// The company's app on a phone without a broker.
    AppAlone,
    /// The company's app on a registered phone, through the broker.
    AppOnDevice,
    /// An app that nobody approved.
    OtherApp,
    /// What the phone came with.
    BuiltInMail,
    /// A PC of the company, joined to its domain.
    OfficePc,
    /// A PC of their own.
    HomePc,
    /// The intranet, in a browser.
    Browser,
}

impl Way {
    /// The way needs a device that the directory knows.
    pub(super) fn has_device(self) -> bool {
        matches!(self, Self::AppOnDevice | Self::OfficePc)
    }
}

const fn person(login: &'static str, display_name: &'static str, body: Body, ways: (Way, Way), change: i64, zeal: u64) -> Person {
    Person { login, display_name, body, before: ways.0, after: ways.1, change, zeal }
}

use Body::{AndroidPhone, IPhone, WindowsPc};
use Way::{AppAlone, AppOnDevice, Browser, BuiltInMail, HomePc, OfficePc, OtherApp};

/// The cast.
pub(super) const CAST: [Person; 14] = [
    person("freja", "Freja Dahl", IPhone, (AppOnDevice, AppOnDevice), 0, 7),
    person("goran", "Goran Petrovic", AndroidPhone, (AppAlone, AppOnDevice), 1, 6),
    person("hanna", "Hanna Virtanen", IPhone, (BuiltInMail, AppOnDevice), 2, 6),
    person("ivan", "Ivan Horvat", AndroidPhone, (OtherApp, AppOnDevice), 3, 5),
    person("jana", "Jana Kowalska", IPhone, (AppOnDevice, AppOnDevice), 0, 8),
    person("karim", "Karim Haddad", AndroidPhone, (BuiltInMail, AppOnDevice), 4, 7),
    person("lena", "Lena Maier", WindowsPc, (HomePc, OfficePc), 2, 5),
    person("marco", "Marco Conti", IPhone, (BuiltInMail, BuiltInMail), 0, 4),
    person("nadia", "Nadia Benali", AndroidPhone, (AppOnDevice, AppOnDevice), 0, 6),
    person("oskar", "Oskar Lund", WindowsPc, (OfficePc, OfficePc), 0, 6),
    person("petra", "Petra Novotna", IPhone, (AppAlone, AppOnDevice), 5, 5),
    person("quinn", "Quinn Murphy", WindowsPc, (Browser, Browser), 0, 4),
    person("rosa", "Rosa Jimenez", AndroidPhone, (OtherApp, OtherApp), 0, 3),
    person("timo", "Timo Becker", IPhone, (AppOnDevice, AppOnDevice), 0, 6),
];
