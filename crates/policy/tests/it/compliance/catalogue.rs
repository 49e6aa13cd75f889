//! The table of settings itself.

use std::collections::BTreeSet;

use doorward_policy::compliance::catalogue::{self, FactShape};
use doorward_policy::compliance::{PolicyKind, Rule, Shape};

#[test]
fn a_kind_has_a_setting_once_and_every_kind_has_some() {
    for kind in PolicyKind::ALL {
        let names: Vec<String> = catalogue::of(kind).map(|setting| setting.name.to_lowercase()).collect();
        let distinct: BTreeSet<&String> = names.iter().collect();
        assert_eq!(names.len(), distinct.len(), "{kind:?}");
        assert!(names.len() >= 7, "{kind:?}: {}", names.len());
    }
}

#[test]
fn a_setting_hangs_only_on_a_setting_of_the_same_kinds() {
    for kind in PolicyKind::ALL {
        for setting in catalogue::of(kind) {
            let Some((name, word)) = setting.needs else { continue };
            let other = catalogue::find(kind, name).unwrap_or_else(|| panic!("{} needs {name}", setting.name));
            match other.shape {
                Shape::Word(words) => assert!(words.iter().any(|(known, _)| *known == word), "{}", setting.name),
                shape => assert_eq!((shape, word), (Shape::Flag, ""), "{}", setting.name),
            }
        }
    }
}

#[test]
fn settings_say_for_people_what_they_ask_for() {
    for setting in catalogue::all() {
        assert!(!setting.title.is_empty() && !setting.title.ends_with('.'), "{}", setting.name);
        assert!(setting.help.ends_with('.'), "{}", setting.name);
        assert_eq!(setting.fact.is_empty(), matches!(setting.rule, Rule::Modifies | Rule::Obsolete), "{}", setting.name);
    }
}

#[test]
fn a_fact_looks_alike_wherever_it_is_asked_for() {
    for name in catalogue::facts() {
        let (spelled, shape) = catalogue::fact(&name.to_uppercase()).unwrap();
        assert_eq!(spelled, name);
        assert!(!matches!(shape, FactShape::Text) || name == "distribution", "{name} could be anything");
    }
}

#[test]
fn types_are_found_with_and_without_the_hash_and_in_any_case() {
    for kind in PolicyKind::ALL {
        let name = kind.odata_type();
        for text in [name.clone(), name[1..].to_owned(), name.to_uppercase()] {
            assert_eq!(PolicyKind::from_odata_type(&text), Some(kind), "{text}");
        }
    }
    assert_eq!(PolicyKind::from_odata_type("#microsoft.graph.aospDeviceOwnerCompliancePolicy"), None);
}
