//! Policies in words.

use doorward_model::application::MobilePlatform;
use doorward_model::protection::{Interval, ManagementLevel};
use doorward_policy::protection::{Choice, Kind, Section, Setting, Settings};
use serde_json::{Map, Value};

use super::draft::Draft;
use crate::console::names::Names;

/// What a platform is called.
pub(super) fn platform(platform: MobilePlatform) -> &'static str {
    match platform {
        MobilePlatform::Ios => "iOS and iPadOS",
        MobilePlatform::Android => "Android",
    }
}

/// The word for a platform in addresses and forms.
pub(super) fn platform_word(platform: MobilePlatform) -> &'static str {
    match platform {
        MobilePlatform::Ios => "ios",
        MobilePlatform::Android => "android",
    }
}

/// The platform of such a word.
pub(super) fn platform_of(word: &str) -> Option<MobilePlatform> {
    [MobilePlatform::Ios, MobilePlatform::Android].into_iter().find(|platform| platform_word(*platform) == word)
}

/// How a device can be managed: word of Graph, words for people, what it stands for, and whether only Android has it.
pub(super) const LEVELS: [(&str, &str, ManagementLevel, bool); 6] = [
    ("unmanaged", "Not managed", ManagementLevel::Unmanaged, false),
    ("mdm", "In device management", ManagementLevel::Mdm, false),
    ("androidEnterprise", "Android Enterprise", ManagementLevel::AndroidEnterprise, true),
    (
        "androidEnterpriseDedicatedDevicesWithAzureAdSharedMode",
        "Android Enterprise, shared device",
        ManagementLevel::AndroidEnterpriseDedicatedDevicesWithAzureAdSharedMode,
        true,
    ),
    (
        "androidOpenSourceProjectUserAssociated",
        "Open-source Android of a person",
        ManagementLevel::AndroidOpenSourceProjectUserAssociated,
        true,
    ),
    ("androidOpenSourceProjectUserless", "Open-source Android of nobody", ManagementLevel::AndroidOpenSourceProjectUserless, true),
];

/// Those that a platform has.
pub(super) fn levels(platform: MobilePlatform) -> impl Iterator<Item = (&'static str, &'static str)> {
    let has = move |android_only: bool| !android_only || platform == MobilePlatform::Android;
    LEVELS.into_iter().filter(move |(.., android_only)| has(*android_only)).map(|(word, words, ..)| (word, words))
}

/// The settings of a platform by section.
pub(super) fn sections(platform: MobilePlatform) -> impl Iterator<Item = (Section, Vec<Setting>)> {
    let settings: Vec<Setting> = Settings::catalogue().into_iter().filter(|setting| setting.platforms.contains(&platform)).collect();
    Section::ALL.into_iter().map(move |section| (section, settings.iter().filter(|setting| setting.section == section).cloned().collect()))
}

/// A value of a setting.
pub(super) fn value(kind: Kind, value: &Value) -> String {
    let label = |choices: &[Choice], value: &Value| {
        let word = value.as_str().unwrap_or_default();
        choices.iter().find(|choice| choice.word == word).map_or_else(|| word.to_owned(), |choice| choice.label.to_owned())
    };
    let listed = |names: Vec<String>| if names.is_empty() { "None".to_owned() } else { names.join(", ") };
    match kind {
        _ if value.is_null() => "Not set".to_owned(),
        Kind::Switch => if value == &Value::Bool(true) { "Yes" } else { "No" }.to_owned(),
        Kind::Choice(choices) => label(choices, value),
        Kind::Choices(choices) => listed(value.as_array().into_iter().flatten().map(|value| label(choices, value)).collect()),
        Kind::Interval => value.as_str().and_then(|text| text.parse().ok()).map_or_else(|| value.to_string(), interval),
        Kind::Names(naming) => listed(naming.names(value).into_iter().collect()),
        Kind::Text => value.as_str().unwrap_or_default().to_owned(),
        Kind::Number { .. } | Kind::Texts | Kind::Pairs => value.to_string(),
    }
}

/// Units of time: word of the form, one, more, seconds. From small to large.
pub(super) const UNITS: [(&str, &str, u32); 4] =
    [("seconds", "second", 1), ("minutes", "minute", 60), ("hours", "hour", 3600), ("days", "day", 86_400)];

/// A length of time as a number of the largest unit that measures it.
pub(super) fn measured(interval: Interval) -> (u32, &'static str) {
    let seconds = interval.as_secs();
    let unit = UNITS.iter().rev().find(|(.., length)| seconds > 0 && seconds.is_multiple_of(*length));
    unit.map_or((0, "hours"), |(word, _, length)| (seconds.checked_div(*length).unwrap_or(0), word))
}

fn interval(interval: Interval) -> String {
    if interval.is_off() {
        return "Off".to_owned();
    }
    let (count, unit) = measured(interval);
    let one = UNITS.iter().find(|(word, ..)| *word == unit).map_or("", |(_, one, _)| one);
    crate::console::words::number(usize::try_from(count).unwrap_or(usize::MAX), one, unit)
}

/// A policy as people say it, to compare two of them.
pub(super) fn told(document: &Value, names: &Names) -> Value {
    let Some(draft) = Draft::of(document, None) else { return document.clone() };
    let mut told = Map::new();
    let mut say = |what: &str, text: String| {
        if !text.is_empty() {
            told.insert(what.to_owned(), text.into());
        }
    };
    let named = |ids: &[String]| ids.iter().map(|id| names.of(id)).collect::<Vec<_>>().join(", ");
    say("Name", draft.name.clone());
    say("Description", draft.description.clone());
    say("Apps", if draft.app_group == "allApps" { "Every app".to_owned() } else { draft.apps.join(", ") });
    say("Included", if draft.everyone { "Everyone".to_owned() } else { named(&draft.included) });
    say("Excluded", named(&draft.excluded));
    let levels = LEVELS.iter().filter(|(word, ..)| draft.levels.iter().any(|chosen| chosen == word)).map(|(_, words, ..)| *words);
    say("Management", if draft.levels.is_empty() { "Any".to_owned() } else { levels.collect::<Vec<_>>().join(", ") });
    let known: Vec<&str> = draft.settings.iter().map(|(setting, _)| setting.name).collect();
    for (setting, _) in &draft.settings {
        let stored = document.get(setting.name).filter(|value| !value.is_null()).unwrap_or(&setting.default);
        say(setting.title, value(setting.kind, stored));
    }
    // What no field shows is compared as it stands.
    let shown = ["displayName", "description", "apps", "appGroupType", "assignments", "targetedAppManagementLevels", "@odata.type", "id"];
    for (member, value) in document.as_object().into_iter().flatten() {
        if !known.contains(&member.as_str()) && !shown.contains(&member.as_str()) {
            told.insert(member.clone(), value.clone());
        }
    }
    told.into()
}
