//! Sign-in frequency: how old the proof of who somebody is may be.

use doorward_model::conditional_access::{FrequencyAuthentication, FrequencyInterval, SignInFrequency};
use jiff::{SignedDuration, Timestamp};

/// "Every time" asks at each decision. A sign-in takes several of them, so what was given this recently counts as given now; and
/// clocks of two nodes may differ by as much.
const JUST_NOW: SignedDuration = SignedDuration::from_mins(5);

/// What must be given anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewal {
    /// The whole sign-in.
    SignIn,
    /// The second factor alone.
    SecondFactor,
}

/// What a policy wants given anew, if anything. A second factor that was never given is too old; so is a proof from the future, which
/// a clock that was set back leaves behind.
#[must_use]
pub fn renewal(frequency: SignInFrequency, signed_in: Timestamp, second_factor: Option<Timestamp>, now: Timestamp) -> Option<Renewal> {
    let most = match frequency.interval {
        FrequencyInterval::EveryTime => JUST_NOW,
        period => SignedDuration::from_hours(i64::try_from(period.hours()).unwrap_or(i64::MAX / 3600)),
    };
    let is_recent = |given: Timestamp| (-JUST_NOW..=most).contains(&now.duration_since(given));
    match frequency.authentication {
        FrequencyAuthentication::PrimaryAndSecondary => (!is_recent(signed_in)).then_some(Renewal::SignIn),
        FrequencyAuthentication::Secondary => (!second_factor.is_some_and(is_recent)).then_some(Renewal::SecondFactor),
    }
}
