//! The offsets of a zone as a short table: figures ask for thousands of local times an answer, and a look-up in a table
//! costs a fraction of one in the zone itself.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use shared::time::Time;

/// Offsets from UTC in seconds, each from a moment on.
#[derive(Clone, Debug)]
pub struct Offsets {
    zone: TimeZone,
    changes: Vec<(i64, i32)>,
    end: i64,
}

/// The years that the table holds; of all others the zone is asked.
const FIRST: i64 = 1990;
const LAST: i64 = 2060;

impl Offsets {
    /// The table of a zone.
    pub fn of(zone: &TimeZone) -> Offsets {
        let begin = |year: i64| {
            let days = shared::time::civil::days(year, 1, 1);
            Timestamp::from_second(days * 86_400).unwrap_or_default()
        };
        let (first, end) = (begin(FIRST), begin(LAST));
        let mut changes = vec![(first.as_millisecond(), zone.to_offset(first).seconds())];
        let following = zone.following(first);
        for change in following.take_while(|change| change.timestamp() < end) {
            changes.push((change.timestamp().as_millisecond(), change.offset().seconds()));
        }
        Offsets {
            zone: zone.clone(),
            changes,
            end: end.as_millisecond(),
        }
    }

    /// The offset at a moment, in seconds.
    pub fn at(&self, at: Time) -> i32 {
        let behind = self.changes.partition_point(|(from, _)| *from <= at.0);
        match behind.checked_sub(1).and_then(|place| self.changes.get(place)) {
            Some((_, offset)) if at.0 < self.end => *offset,
            _ => {
                let stamp = Timestamp::from_millisecond(at.0).unwrap_or_default();
                self.zone.to_offset(stamp).seconds()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_table_says_what_the_zone_says(
            name in prop::sample::select(vec!["Asia/Shanghai", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"]),
            at in 0_i64..4_102_444_800_000,
        ) {
            let zone = TimeZone::get(name).unwrap();
            let stamp = Timestamp::from_millisecond(at).unwrap();
            prop_assert_eq!(Offsets::of(&zone).at(Time(at)), zone.to_offset(stamp).seconds());
        }
    }
}
