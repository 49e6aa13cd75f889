//! Several policies become one: for every setting the strictest value.

use std::collections::BTreeMap;

use doorward_model::application::MobilePlatform;
use doorward_model::protection::{EffectivePolicy, IntendedPolicy};

use super::{AppProtectionPolicy, Settings};

/// The merged policy of an app instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Effective {
    /// The platform.
    pub platform: MobilePlatform,
    /// The strictest value of every setting.
    pub settings: Settings,
    /// For every member the ids of the policies that gave its value, in order.
    pub sources: BTreeMap<String, Vec<String>>,
    /// The policies that took part, in order of id.
    pub intended: Vec<IntendedPolicy>,
}

/// Merges the policies that cover an instance; none when there are none, or when they are for different platforms.
#[must_use]
pub fn merge(policies: &[&AppProtectionPolicy]) -> Option<Effective> {
    let mut policies = policies.to_vec();
    policies.sort_by(|a, b| a.id.cmp(&b.id));
    policies.dedup_by(|a, b| a.id == b.id);
    let (first, rest) = policies.split_first()?;
    let platform = first.platform;
    if rest.iter().any(|policy| policy.platform != platform) {
        return None;
    }
    let joined = rest.iter().fold(first.settings.clone(), |strictest, policy| strictest.join(&policy.settings));
    Some(Effective {
        platform,
        sources: joined.sources(platform, policies.iter().map(|policy| (policy.id.as_str(), &policy.settings))),
        settings: joined.normalised(),
        intended: policies.iter().map(|policy| IntendedPolicy { id: policy.id.clone(), version: policy.version }).collect(),
    })
}

impl Effective {
    /// The settings as JSON with members in order of name: equal settings give equal text, so its hash names them.
    #[must_use]
    pub fn canonical(&self) -> String {
        let members: BTreeMap<_, _> = self.settings.write(self.platform).into_iter().collect();
        serde_json::json!(members).to_string()
    }

    /// As it is sent to the app, under the name `tag`.
    #[must_use]
    pub fn publish(self, tag: String) -> EffectivePolicy {
        EffectivePolicy { tag, settings: self.settings.write(self.platform), sources: self.sources, intended: self.intended }
    }
}
