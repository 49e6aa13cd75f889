use doorward_model::sign_in::{ClientAppType, DevicePlatform};
use doorward_policy::conditional_access::{Outcome, ResourceFacts, decide};
use serde_json::json;

use super::super::testing::{policies, policy};
use doorward_model::conditional_access::GrantControl;
use doorward_policy::conditional_access::regions::Target;
use doorward_policy::conditional_access::regions::manner::Manner;

#[test]
fn everything_proven_meets_every_control_and_all_but_one_meets_all_but_that_one() {
    let controls: Vec<_> = GrantControl::ALL.iter().copied().filter(|control| *control != GrantControl::Block).collect();
    for control in &controls {
        let set = policies(&json!([policy(&json!({"includeUsers": ["All"]}), control.as_str())])).set;
        let is_granted = |manner: &Manner| {
            let mut facts = manner.to(&Target::Resource(ResourceFacts::default()));
            (facts.client_app_type, facts.device_platform) = (Some(ClientAppType::MobileAppsAndDesktopClients), Some(DevicePlatform::Ios));
            decide(&set, &facts).outcome == Outcome::Grant
        };
        assert!(!is_granted(&Manner::plain(&[])), "{control}");
        assert!(is_granted(&Manner::all_but(&[], &[])), "{control}");
        for missing in &controls {
            assert_eq!(is_granted(&Manner::all_but(&[*missing], &[])), control != missing, "{control} without {missing}");
        }
    }
}
