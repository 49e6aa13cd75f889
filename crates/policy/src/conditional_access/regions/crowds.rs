//! The people that policies name, as rows of a picture.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::conditional_access::UserFacts;
use doorward_model::conditional_access::ConditionalAccessPolicy;
use doorward_model::service_policy::ServicePolicy;
use doorward_model::sign_in::ExternalUserType;
use doorward_model::user::UserType;

use super::words::{Kind, Labels};

/// Policies of one set, and its service policies.
pub type Named<'a> = (&'a [ConditionalAccessPolicy], &'a [ServicePolicy]);

/// People who have something in common.
pub struct Crowd {
    /// What they have in common.
    pub name: String,
    /// Indexes of users.
    pub members: Vec<usize>,
}

/// The rows: those whom no policy names first, then the largest crowds.
pub struct Crowds {
    /// Those that are shown.
    pub shown: Vec<Crowd>,
    /// Crowds that did not fit.
    pub left_out: usize,
    /// What policies name and nobody is in.
    pub empty: Vec<String>,
}

/// What policies name people by; ids in lower case.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Group(String),
    Guests,
    /// Any role that some policy names: policies tend to list a dozen of them.
    Roles,
}

#[derive(Default)]
struct Marks {
    groups: BTreeSet<String>,
    roles: BTreeSet<String>,
    guests: bool,
}

impl Crowds {
    /// Rows that are shown besides the one for all others.
    pub const MOST: usize = 12;

    /// The people that some sets of policies name.
    #[must_use]
    pub fn of(sets: &[Named<'_>], users: &[UserFacts], names: &dyn Labels) -> Self {
        let named = Marks::by(sets);
        let mut members = named.marks();
        let mut unnamed = Vec::new();
        for (index, user) in users.iter().enumerate() {
            let marks = named.marks_of(user);
            if marks.is_empty() {
                unnamed.push(index);
            }
            marks.into_iter().for_each(|mark| members.entry(mark).or_default().push(index));
        }
        let crowd = |(mark, members): (Mark, Vec<usize>)| {
            let name = match &mark {
                Mark::Group(id) => names.label(Kind::Group, id),
                Mark::Guests => "guests",
                Mark::Roles => "holders of roles that policies name",
            };
            Crowd { name: name.to_owned(), members }
        };
        let (empty, mut crowds): (Vec<_>, Vec<_>) = members.into_iter().map(crowd).partition(|crowd| crowd.members.is_empty());
        crowds.sort_by_key(|crowd| Reverse(crowd.members.len()));
        let left_out = crowds.len().saturating_sub(Self::MOST);
        crowds.truncate(Self::MOST);
        if !unnamed.is_empty() {
            let name = if crowds.is_empty() { "everyone" } else { "everyone else" };
            crowds.insert(0, Crowd { name: name.to_owned(), members: unnamed });
        }
        Self { shown: crowds, left_out, empty: empty.into_iter().map(|crowd| crowd.name).collect() }
    }
}

impl Marks {
    fn by(sets: &[Named<'_>]) -> Self {
        let mut named = Self::default();
        for (policies, services) in sets {
            for users in policies.iter().map(|policy| &policy.conditions.users) {
                named.groups.extend(lower(users.include_groups.iter().chain(&users.exclude_groups)));
                named.roles.extend(lower(users.include_roles.iter().chain(&users.exclude_roles)));
                let names_outsiders = |word: &String| word.eq_ignore_ascii_case("GuestsOrExternalUsers");
                named.guests |= users.include_guests.is_some()
                    || users.exclude_guests.is_some()
                    || users.include_users.iter().chain(&users.exclude_users).any(names_outsiders);
            }
            for service in *services {
                let app = service.app_access.iter().flat_map(|app| app.restricted_groups.iter().chain(&app.exempted_groups));
                let device = service.device_access.iter().flat_map(|device| device.targeted_groups.iter().chain(&device.exempted_groups));
                named.groups.extend(lower(app.chain(device)));
            }
        }
        named
    }

    /// Every mark, with nobody yet.
    fn marks(&self) -> BTreeMap<Mark, Vec<usize>> {
        let groups = self.groups.iter().cloned().map(Mark::Group);
        let others = [(Mark::Guests, self.guests), (Mark::Roles, !self.roles.is_empty())];
        groups.chain(others.into_iter().filter(|(_, is_named)| *is_named).map(|(mark, _)| mark)).map(|mark| (mark, Vec::new())).collect()
    }

    fn marks_of(&self, user: &UserFacts) -> BTreeSet<Mark> {
        let groups = user.groups.iter().map(|group| group.to_lowercase()).filter(|group| self.groups.contains(group)).map(Mark::Group);
        let guest = (self.guests && is_guest(user)).then_some(Mark::Guests);
        let role = user.roles.iter().any(|role| self.roles.contains(&role.to_lowercase())).then_some(Mark::Roles);
        groups.chain(guest).chain(role).collect()
    }
}

fn lower<'a>(ids: impl Iterator<Item = &'a String>) -> impl Iterator<Item = String> {
    ids.map(|id| id.to_lowercase())
}

fn is_guest(user: &UserFacts) -> bool {
    user.user_type == UserType::Guest || user.external_user_type != ExternalUserType::None
}
