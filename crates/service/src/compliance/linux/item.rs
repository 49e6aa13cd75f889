//! A policy as the list of settings that the client knows, each with the fact that an answer to it is about.

use doorward_policy::compliance::{CompliancePolicy, Operand, catalogue};

/// Settings that are one number each: name in the policy, definition, place.
const NUMBERS: [(&str, &str, &str); 5] = [
    ("passwordMinimumLength", "linux_passwordpolicy_minimumlength", "PasswordPolicy/MinimumLength"),
    ("passwordMinimumDigits", "linux_passwordpolicy_minimumdigits", "PasswordPolicy/MinimumDigits"),
    ("passwordMinimumLowerCase", "linux_passwordpolicy_minimumlowercase", "PasswordPolicy/MinimumLowercase"),
    ("passwordMinimumUpperCase", "linux_passwordpolicy_minimumuppercase", "PasswordPolicy/MinimumUppercase"),
    ("passwordMinimumSymbols", "linux_passwordpolicy_minimumsymbols", "PasswordPolicy/MinimumSymbols"),
];

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// What it is, in the client's words.
    pub(super) definition: &'static str,
    /// Where it stands; names it within the policy.
    pub(super) path: String,
    /// What is asked for.
    pub(super) value: String,
    /// What an answer is about.
    pub(super) about: About,
}

/// What an answer to a setting is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// Which distribution the system is.
    Distribution,
    /// Its version.
    Version,
    /// A fact that is true or false.
    Flag(&'static str),
    /// A fact that is a number, of which at least so much is asked.
    Count(&'static str, u32),
}

/// The settings of a policy for Linux. What the client does not know is left out, and stays unknown in the judgement.
pub(super) fn items(policy: &CompliancePolicy) -> Vec<Item> {
    let mut items = Vec::new();
    for (setting, operand) in policy.configured() {
        match operand {
            Operand::Distributions(groups) => {
                for (index, group) in groups.iter().enumerate() {
                    let item = |part: &str, definition: &'static str, value: &str, about: About| Item {
                        definition,
                        path: format!("AllowedDistros/{index}/{part}"),
                        value: value.trim().to_owned(),
                        about,
                    };
                    items.push(item("Type", "linux_distribution_alloweddistros_item_$type", &group.id, About::Distribution));
                    let ends = [
                        ("MinimumVersion", "linux_distribution_alloweddistros_item_minimumversion", &group.minimum_version),
                        ("MaximumVersion", "linux_distribution_alloweddistros_item_maximumversion", &group.maximum_version),
                    ];
                    let given = ends.into_iter().filter(|(_, _, end)| !end.trim().is_empty());
                    items.extend(given.map(|(part, definition, end)| item(part, definition, end, About::Version)));
                }
            }
            Operand::On if setting.name == "deviceEncryptionRequired" => items.push(Item {
                definition: "linux_deviceencryption_required",
                path: "DeviceEncryption/Required".to_owned(),
                value: "true".to_owned(),
                about: About::Flag(setting.fact),
            }),
            Operand::Number(least) => {
                if let Some((_, definition, path)) = NUMBERS.into_iter().find(|(name, ..)| *name == setting.name) {
                    let about = About::Count(setting.fact, *least);
                    items.push(Item { definition, path: path.to_owned(), value: least.to_string(), about });
                }
            }
            _ => {}
        }
    }
    items
}

impl About {
    /// The facts that an answer changes.
    pub(super) fn fact(self) -> &'static str {
        match self {
            Self::Distribution => catalogue::DISTRIBUTION,
            Self::Version => catalogue::OS_VERSION,
            Self::Flag(fact) | Self::Count(fact, _) => fact,
        }
    }
}
