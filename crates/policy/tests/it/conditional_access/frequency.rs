//! Sign-in frequency: what must be given anew, by how old it is.

use doorward_model::conditional_access::{FrequencyAuthentication, FrequencyInterval, FrequencyUnit, SignInFrequency};
use doorward_policy::conditional_access::{Renewal, renewal};
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;

const NOW: i64 = 1_700_000_000;

fn period(value: u32, unit: FrequencyUnit) -> FrequencyInterval {
    FrequencyInterval::Period { value, unit }
}

/// Ages in minutes; negative ones lie in the future.
#[rstest]
#[case(period(1, FrequencyUnit::Hours), 0, false)]
#[case(period(1, FrequencyUnit::Hours), 60, false)]
#[case(period(1, FrequencyUnit::Hours), 61, true)]
#[case(period(2, FrequencyUnit::Days), 48 * 60, false)]
#[case(period(2, FrequencyUnit::Days), 48 * 60 + 1, true)]
#[case(period(0, FrequencyUnit::Hours), 1, true)]
#[case(period(u32::MAX, FrequencyUnit::Days), 60 * 24 * 365, false)]
#[case(FrequencyInterval::EveryTime, 5, false)]
#[case(FrequencyInterval::EveryTime, 6, true)]
#[case(period(1, FrequencyUnit::Hours), -5, false)]
#[case(period(1, FrequencyUnit::Hours), -6, true)]
fn what_is_older_than_the_period_or_from_the_future_is_given_anew(
    #[case] interval: FrequencyInterval,
    #[case] age: i64,
    #[case] is_due: bool,
) {
    let now = Timestamp::from_second(NOW).unwrap();
    let given = now - SignedDuration::from_mins(age);
    let of = |authentication, signed_in, second| renewal(SignInFrequency { interval, authentication }, signed_in, second, now);
    let both = FrequencyAuthentication::PrimaryAndSecondary;
    assert_eq!(of(both, given, None), is_due.then_some(Renewal::SignIn));
    assert_eq!(of(both, given, Some(now)), is_due.then_some(Renewal::SignIn), "a second factor makes no sign-in younger");
    assert_eq!(of(FrequencyAuthentication::Secondary, given, Some(given)), is_due.then_some(Renewal::SecondFactor));
}

#[test]
fn a_second_factor_that_was_never_given_is_too_old() {
    let now = Timestamp::from_second(NOW).unwrap();
    let frequency = SignInFrequency { interval: period(90, FrequencyUnit::Days), authentication: FrequencyAuthentication::Secondary };
    assert_eq!(renewal(frequency, now, None, now), Some(Renewal::SecondFactor));
}
