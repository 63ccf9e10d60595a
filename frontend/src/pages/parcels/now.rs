//! Parcels as they are now, for the page and the wall: one answer, replaced as a whole by each message.

use crate::client::{calls, understood};
use crate::components::reactive::effect;
use crate::context::Context;
use crate::i18n::format;
use crate::live::{Answer, Followed, Message, Topic, ask, watch};
use leptos::prelude::*;
use shared::access::Right;
use shared::time::{LocalTime, SECOND};
use shared::wire::parcels::ParcelsNow;

/// What is known of the parcels of the site that is shown.
pub type Now = Followed<Answer<ParcelsNow>>;

/// Seconds of a step of a day's course.
pub const STEP: u32 = 300;

/// Follows the parcels of the site that is shown.
pub fn follow_now(context: Context) -> Now {
    let query = context.call();
    let now = ask::<ParcelsNow>(move || match context.may(Right::Figures) {
        true => calls::parcels_now(&query),
        false => String::new(),
    });
    // The latest message: an answer that was under way when it came may be older.
    let latest = StoredValue::new_local(None::<ParcelsNow>);
    watch(context.live, &[Topic::Parcels], move |message| {
        let Some(Message::Parcels(text)) = message else {
            // Something may have been missed, and what came before may be of another journal.
            latest.set_value(None);
            return now.reload();
        };
        match understood::<ParcelsNow>(text) {
            Ok(told) => {
                latest.set_value(Some(told));
                take(now, latest);
            }
            Err(error) => {
                leptos::logging::warn!("a message of parcels was not understood: {error}");
                now.reload();
            }
        }
    });
    effect(move || {
        now.with(|_| ());
        take(now, latest);
    });
    // A day ends without a message.
    let ended = StoredValue::new(None);
    effect(move || {
        let today = context.live.now.get().map(|now| context.sites.local(now));
        let shown = now.with_untracked(|now| Some(format::date(now?.0.since)));
        let shown = shown.filter(|shown| today.is_some_and(|today| format::date(today) > *shown));
        if shown.is_some() && ended.get_value() != shown {
            ended.set_value(shown);
            now.reload();
        }
    });
    now
}

/// Takes the latest message, unless what is shown is of another site or newer.
fn take(now: Now, latest: StoredValue<Option<ParcelsNow>, LocalStorage>) {
    let newer = latest.with_value(|latest| {
        let latest = latest.as_ref()?;
        now.with_untracked(|now| is_newer(&now?.0, latest).then(|| latest.clone()))
    });
    if let Some(newer) = newer {
        now.update(|now| now.0 = newer);
    }
}

/// Whether a message is of the same site and later. Of another epoch it is: messages come in order.
fn is_newer(shown: &ParcelsNow, told: &ParcelsNow) -> bool {
    let later = (told.sequence, told.at.at) > (shown.sequence, shown.at.at);
    told.site == shown.site && (told.epoch != shown.epoch || later)
}

/// How many steps of a course are over at a moment, or have begun.
pub fn steps(now: &ParcelsNow) -> usize {
    let seconds = now.at.at.seconds_since(now.since.at).max(0);
    let steps = usize::try_from(seconds / i64::from(STEP) + 1).unwrap_or(1);
    steps.min(now.course.len())
}

/// Two courses in steps of a day: today as far as it has come, and the day that it is held against.
pub fn courses(now: &ParcelsNow) -> (Vec<Option<f64>>, Vec<Option<f64>>) {
    let against = now.against.as_ref().map_or(&[][..], |against| &against.course);
    let length = 86_400_usize
        .div_ceil(STEP as usize)
        .max(now.course.len())
        .max(against.len());
    let reached = steps(now);
    let (mut today, mut before) = (vec![None; length], vec![None; length]);
    for (place, released) in now.course.iter().take(reached).enumerate() {
        today[place] = Some(*released as f64);
    }
    for (place, released) in against.iter().enumerate() {
        before[place] = Some(*released as f64);
    }
    (today, before)
}

/// How long the oldest of the queue has waited, by the clock.
pub fn waited(context: Context, now: &ParcelsNow) -> Option<i64> {
    let clock = context
        .live
        .now
        .get()
        .map_or(now.at.at, |clock| clock.max(now.at.at));
    Some(clock.seconds_since(now.oldest_at?.at).max(0))
}

/// A moment so many seconds later.
pub fn later(at: LocalTime, seconds: i64) -> LocalTime {
    LocalTime {
        at: at.at.plus(seconds * SECOND),
        ..at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::read;
    use shared::wire::parcels::PeakDay;

    fn now(at: &str, course: &[u64]) -> ParcelsNow {
        let empty = r#"{"site":"S","at":"2026-11-11T00:00:00+08:00","since":"2026-11-11T00:00:00+08:00","received":0,
            "released":0,"returned":0,"released_fen":0,"rate_second":0,"rate_minute":0,"rate_hour":0,"peak_second":0,
            "peak_at":null,"within_target":null,"target_seconds":600,"median_seconds":null,"p95_seconds":null,
            "p99_seconds":null,"queue":0,"oldest_at":null,"late":0,"missing":[["list",2]],"held":[["payer_differs",1]],
            "held_parcels":1,"platforms":[],"modes":[],"parks":[],"parties":[],"course":[],"against":null,"epoch":"e",
            "sequence":7}"#;
        let empty: ParcelsNow = read(empty).unwrap();
        ParcelsNow {
            at: LocalTime::parse(at).unwrap(),
            course: course.to_vec(),
            ..empty
        }
    }

    #[test]
    fn the_course_of_today_ends_with_the_step_that_runs() {
        let mut now = now("2026-11-11T00:12:00+08:00", &[5, 9, 11, 0, 0]);
        now.against = Some(PeakDay {
            date: "2025-11-11".to_owned(),
            course: vec![4; 288],
            by_now: 4,
            released: 4,
        });
        let (today, before) = courses(&now);
        assert_eq!((today.len(), before.len()), (288, 288));
        assert_eq!(today[..4], [Some(5.0), Some(9.0), Some(11.0), None]);
        assert_eq!(before[287], Some(4.0));
        now.course.truncate(2);
        assert_eq!(courses(&now).0[..3], [Some(5.0), Some(9.0), None]);
    }

    #[test]
    fn an_older_answer_and_another_site_are_not_taken() {
        let shown = now("2026-11-11T00:12:00+08:00", &[]);
        let told = |at: &str, sequence: u64, site: &str| ParcelsNow {
            sequence,
            site: site.to_owned(),
            ..now(at, &[])
        };
        assert!(is_newer(&shown, &told("2026-11-11T00:12:01+08:00", 7, "S")));
        assert!(is_newer(&shown, &told("2026-11-11T00:12:00+08:00", 8, "S")));
        assert!(!is_newer(&shown, &told("2026-11-11T00:12:00+08:00", 7, "S")));
        assert!(!is_newer(&shown, &told("2026-11-11T00:13:00+08:00", 6, "S")));
        assert!(!is_newer(&shown, &told("2026-11-11T00:13:00+08:00", 8, "T")));
    }
}
