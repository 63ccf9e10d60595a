//! What the simulated senders of parcels must hold to.

use super::{Batch, ParcelSettings, Parcels, day_begins};
use shared::time::{DAY, HOUR, MINUTE, SECOND, Time};
use std::collections::{BTreeMap, BTreeSet};

fn day() -> Time {
    Time::parse("2026-11-11T00:00:00+08:00").unwrap()
}

/// A peak day of 6,500 instead of 650,000.
fn small() -> ParcelSettings {
    ParcelSettings {
        peaks: vec![(day(), 6_500)],
        past_every: MINUTE,
        live_from: day().plus(-DAY),
        live_every: MINUTE,
        most: 500,
        ordinary: 400,
        mishaps: 3.0,
    }
}

fn told(parcels: &mut Parcels, until: Time) -> Vec<Batch> {
    let mut batches = Vec::new();
    parcels.advance_to(until, &mut |batch| batches.push(batch));
    batches
}

#[test]
fn the_same_seed_and_start_give_the_same_documents_byte_for_byte() {
    let until = day().plus(2 * HOUR);
    let batches = told(&mut Parcels::new(7, day(), small()), until);
    assert_eq!(batches, told(&mut Parcels::new(7, day(), small()), until));
    assert_ne!(batches, told(&mut Parcels::new(8, day(), small()), until));
    assert!(batches.windows(2).all(|pair| pair[0].at <= pair[1].at));
    assert!(batches.iter().all(|batch| batch.documents <= 500));
}

#[test]
fn what_is_stored_goes_on_where_it_was_however_it_is_asked() {
    let mut one = Parcels::new(7, day(), small());
    told(&mut one, day().plus(17 * MINUTE));
    let mut other: Parcels = postcard::from_bytes(&postcard::to_stdvec(&one).unwrap()).unwrap();
    let whole = told(&mut one, day().plus(HOUR));
    let mut parts = Vec::new();
    for second in (17 * 60..=3_600).step_by(7) {
        parts.extend(told(&mut other, day().plus(second * SECOND)));
    }
    parts.extend(told(&mut other, day().plus(HOUR)));
    assert_eq!(whole, parts);
}

#[test]
fn a_peak_day_bursts_in_its_first_minute_and_holds_every_mishap() {
    let mut parcels = Parcels::new(7, day(), small());
    let batches = told(&mut parcels, day().plus(16 * HOUR + 30 * MINUTE));
    let mut first: BTreeMap<(String, String), serde_json::Value> = BTreeMap::new();
    let (mut broken, mut repeated, mut corrected, mut withdrawn) = (0, 0, 0, 0);
    let mut placed = Vec::new();
    let mut sources = BTreeSet::new();
    for line in batches
        .iter()
        .flat_map(|batch| batch.body.split(|byte| *byte == b'\n'))
    {
        if line.is_empty() {
            continue;
        }
        let Ok(document) = serde_json::from_slice::<serde_json::Value>(line) else {
            broken += 1;
            continue;
        };
        let text = |field: &str| document[field].as_str().unwrap_or_default().to_owned();
        sources.insert(text("source"));
        withdrawn += u32::from(document["withdrawn"].as_bool() == Some(true));
        if document["withdrawn"].is_null() && !document["updated_at"].is_null() {
            corrected += 1;
            continue;
        }
        if document["withdrawn"].is_null() && text("kind") == "order" && !text("id").ends_with("-2") {
            placed.push(Time::parse(&text("at")).unwrap());
        }
        let identity = (text("kind"), text("id"));
        let known = first.insert(identity, document.clone());
        repeated += u32::from(known.is_some_and(|known| known == document));
    }
    let counts = [broken, repeated, corrected, withdrawn];
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    assert_eq!(broken, batches.iter().map(|batch| batch.broken).sum::<u32>());
    assert_eq!(sources.len(), 8 + 3 + 4 + 2);
    assert!(batches.iter().any(|batch| !batch.acts.is_empty()));
    // Each order came once, and now and then twice.
    placed.sort_unstable();
    let by_half_past_four = 6_680;
    assert!(placed.len().abs_diff(by_half_past_four) < 60, "{}", placed.len());
    let in_first_minute = placed.iter().filter(|at| **at < day().plus(MINUTE)).count();
    let average = placed.len() as f64 / (16.5 * 60.0);
    assert!(
        in_first_minute as f64 > 40.0 * average,
        "{in_first_minute} in the first minute"
    );
}

#[test]
fn a_peak_day_of_full_size_has_as_many_as_are_to_be_released_and_a_few_more() {
    let of = super::course::PEAK.placed(super::PEAK);
    assert_eq!(of, 960_000);
}

#[test]
fn days_begin_at_the_sites_midnight() {
    assert_eq!(day_begins(day().plus(DAY - 1)), day());
    let late = day().plus(-2 * MINUTE);
    let (first, settings) = ParcelSettings::new(day().plus(-30 * DAY), late, true);
    assert_eq!(settings.peaks.last(), Some(&(day(), super::PEAK)));
    assert_eq!(first, day().plus(-8 * DAY));
    let (_, plain) = ParcelSettings::new(day().plus(-30 * DAY), late, false);
    assert_eq!(plain.peaks.len(), 1);
}
