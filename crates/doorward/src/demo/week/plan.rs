//! Who signs in when: more on working days than on others, more in the morning than in the evening, and the same in every demo.

use doorward_model::Rng;
use doorward_model::rng::SeededRng;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::cast::{CAST, Person, Way};

/// Days before the present one.
pub(super) const DAYS: i64 = 7;
/// One in so many sign-ins begins with a wrong password.
const WRONG_PASSWORDS: u64 = 19;
/// First hour of the day, and hours of it.
const MORNING: i64 = 6;
const HOURS: u64 = 15;

/// One attempt.
pub(super) struct Visit {
    pub(super) at: Timestamp,
    pub(super) person: &'static Person,
    pub(super) way: Way,
    pub(super) has_wrong_password: bool,
}

/// All attempts of the week that ends at `now`, in their order.
pub(super) fn visits(now: Timestamp) -> Vec<Visit> {
    let dice = Dice(SeededRng::new(7));
    let midnight = now.to_zoned(TimeZone::UTC).start_of_day().map_or(now, |day| day.timestamp());
    let mut visits = Vec::new();
    for day in 0..=DAYS {
        let start = midnight.saturating_sub(SignedDuration::from_hours(24 * (DAYS - day))).unwrap_or(midnight);
        let is_free = matches!(start.to_zoned(TimeZone::UTC).weekday(), Weekday::Saturday | Weekday::Sunday);
        for person in &CAST {
            let times = if is_free { dice.below(2) } else { person.zeal / 2 + dice.below(person.zeal) };
            for _ in 0..times {
                let at = start.saturating_add(dice.time_of_day()).unwrap_or(start);
                let way = if day < person.change { person.before } else { person.after };
                visits.push(Visit { at, person, way, has_wrong_password: dice.below(WRONG_PASSWORDS) == 0 });
            }
        }
    }
    visits.retain(|visit| visit.at < now);
    visits.sort_by_key(|visit| visit.at);
    visits
}

struct Dice(SeededRng);

impl Dice {
    fn below(&self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % bound.max(1)
    }

    /// The lower of two throws, so that mornings are busier.
    fn time_of_day(&self) -> SignedDuration {
        let hour = self.below(HOURS).min(self.below(HOURS));
        let seconds = self.below(3600);
        SignedDuration::from_hours(MORNING) + SignedDuration::from_secs((hour * 3600 + seconds).cast_signed())
    }
}

#[cfg(test)]
mod tests {
    use super::{DAYS, visits};
    use jiff::{SignedDuration, Timestamp};

    #[test]
    fn a_week_is_full_ends_at_the_present_and_is_the_same_every_time() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let week = visits(now);
        assert!(week.len() > 250, "{}", week.len());
        assert!(week.is_sorted_by_key(|visit| visit.at));
        assert!(week.iter().all(|visit| visit.at < now && visit.at >= now - SignedDuration::from_hours(24 * (DAYS + 1))));
        assert!(week.iter().any(|visit| visit.has_wrong_password));
        let times = |week: &[super::Visit]| week.iter().map(|visit| (visit.at, visit.person.login)).collect::<Vec<_>>();
        assert_eq!(times(&week), times(&visits(now)));
    }
}
