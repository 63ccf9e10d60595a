//! §5: durations, clearance, throughput and shares.

use crate::port::{Port, at, clearance, count, event, is_flagged, seconds, segment, told};
use serde_json::{Value, json};
use shared::figures::tally::PERCENTILES;
use shared::figures::{By, Count, Histogram, Summary, Tally};
use shared::stay::{SegmentName, StayFlag};

/// What follows from some durations, held against 24 hours.
fn summary(seconds: &[u64]) -> Summary {
    let mut histogram = Histogram::default();
    seconds.iter().for_each(|seconds| histogram.add(*seconds));
    let mut tally = Tally::default();
    histogram.tell(&mut tally);
    tally.take_summary(24 * 3_600)
}

/// Exports that were declared at 08:00 and released after so many minutes.
fn cleared_in(minutes: &[u64]) -> Port {
    let mut events = Vec::new();
    for (index, minutes) in minutes.iter().enumerate() {
        let of = json!({"container": format!("BOX{index}")});
        let id = index.to_string();
        events.push(event("gate", &id, "gate_in", "07:00", of.clone()));
        events.push(event(
            "customs",
            &format!("{id}d"),
            "declare",
            "08:00",
            of.clone(),
        ));
        let released = at("08:00")
            .plus(i64::try_from(*minutes).unwrap() * 60_000)
            .utc()
            .to_string();
        events.push(event(
            "customs",
            &format!("{id}r"),
            "release",
            "08:00",
            with(of, json!({"at": released})),
        ));
    }
    told(events)
}

fn with(mut a: Value, b: Value) -> Value {
    for (field, value) in b.as_object().unwrap() {
        a[field] = value.clone();
    }
    a
}

#[test]
fn a_duration_is_whole_seconds_rounded_down() {
    let port = told(events! {
        gate 1 gate_in "07:00";
        customs 1 declare "08:00" {"at": "2022-02-23T00:00:00.900Z"};
        customs 2 release "08:01" {"at": "2022-02-23T00:01:01.899Z"};
    });
    assert_eq!(segment(&port.stay(), SegmentName::Clearance), Some(60));
}

#[test]
fn histograms_hold_whole_minutes_rounded_down() {
    let summary = summary(&[59, 119, 120]);
    assert_eq!(
        (summary.min_seconds(), summary.max_seconds()),
        (Some(0), Some(120))
    );
    assert_eq!(summary.percentile_seconds(50), Some(60));
}

#[test]
fn percentile_p_is_the_smallest_minute_that_at_least_the_share_p_does_not_exceed() {
    let minutes: Vec<u64> = (1..=100).map(|minute| minute * 60).collect();
    let summary = summary(&minutes);
    for p in PERCENTILES {
        assert_eq!(summary.percentile_seconds(p), Some(p * 60), "{p}");
    }
    assert_eq!(self::summary(&[60, 600]).percentile_seconds(50), Some(60));
    assert_eq!(self::summary(&[60, 600]).percentile_seconds(75), Some(600));
    assert_eq!(self::summary(&[60, 120, 600]).percentile_seconds(50), Some(120));
}

#[test]
fn mean_and_standard_deviation_of_the_population_are_of_the_exact_seconds() {
    let summary = summary(&[10, 20, 30, 59]);
    assert_eq!(summary.mean_seconds(), Some(29.75));
    let variance = [10.0, 20.0, 30.0, 59.0f64]
        .iter()
        .map(|s| (s - 29.75).powi(2))
        .sum::<f64>()
        / 4.0;
    assert!((summary.sd_seconds().unwrap() - variance.sqrt()).abs() < 1e-9);
}

#[test]
fn of_no_stays_everything_is_null() {
    let none = Summary::default();
    assert_eq!((none.mean_seconds(), none.sd_seconds()), (None, None));
    assert_eq!(
        (
            none.min_seconds(),
            none.max_seconds(),
            none.percentile_seconds(50)
        ),
        (None, None, None)
    );
}

#[test]
fn within_target_are_the_stays_whose_whole_minutes_do_not_exceed_the_target() {
    let day = 24 * 3_600;
    let summary = summary(&[day - 1, day, day + 59, day + 60]);
    assert_eq!(summary.within, 3);
}

#[test]
fn import_clearance_runs_from_the_arrival_of_the_call_to_release() {
    let port = told(events! {
        port 1 vessel_arrival "06:00" {"vessel_imo": "9321483", "voyage": "2018"};
        tos 1 discharge "08:00" {"direction": "import", "vessel_imo": "9321483", "voyage": "2018"};
        customs 1 declare "09:00";
        customs 2 release "10:30";
    });
    assert_eq!(port.stay().clearance.unwrap().seconds, Some(seconds(4, 30)));
    assert_eq!(count(&port.figures(), Count::StartSubstituted), 0);
}

#[test]
fn import_clearance_runs_from_discharge_where_no_arrival_is_known_and_is_counted_as_such() {
    let port = told(events! {
        tos 1 discharge "08:00" {"direction": "import", "vessel_imo": "9321483", "voyage": "2018"};
        customs 2 release "10:30";
    });
    assert_eq!(port.stay().clearance.unwrap().seconds, Some(seconds(2, 30)));
    assert_eq!(count(&port.figures(), Count::StartSubstituted), 1);
}

#[test]
fn export_clearance_runs_from_declaration_to_release() {
    let port = told(events! {
        gate 1 gate_in "08:00" {"direction": "export"};
        customs 1 declare "09:00";
        customs 2 release "10:30";
    });
    assert_eq!(port.stay().clearance.unwrap().seconds, Some(seconds(1, 30)));
    assert!(!is_flagged(&port.stay(), StayFlag::StartSubstituted));
}

#[test]
fn released_before_the_start_counts_as_zero_and_as_advance() {
    let port = told(events! {
        customs 1 declare "-1d 09:00" {"bill_of_lading": "A"};
        customs 2 release "-1d 10:00" {"bill_of_lading": "A"};
        tos 1 discharge "08:00" {"direction": "import", "bill_of_lading": "A"};
        gate 1 gate_out "08:30";
    });
    let stay = port.stay();
    assert_eq!(stay.clearance.unwrap().seconds, Some(0));
    assert_eq!(segment(&stay, SegmentName::Preparation), Some(0));
    assert_eq!(segment(&stay, SegmentName::Clearance), Some(seconds(1, 0)));
    assert!(is_flagged(&stay, StayFlag::Advance));
    let sum = port.figures();
    assert_eq!(
        (
            count(&sum, Count::Advance),
            clearance(&sum).count,
            clearance(&sum).mean_seconds()
        ),
        (1, 1, Some(0.0))
    );
}

#[test]
fn the_import_segments_are_unloading_preparation_clearance_and_pick_up() {
    let stay = told(events! {
        port 1 vessel_arrival "06:00" {"vessel_imo": "9321483", "voyage": "2018"};
        tos 1 discharge "08:00" {"direction": "import", "vessel_imo": "9321483", "voyage": "2018"};
        customs 1 declare "11:00";
        customs 2 release "15:00";
        gate 1 gate_out "20:00";
    })
    .stay();
    let of = |name| segment(&stay, name);
    assert_eq!(of(SegmentName::Unloading), Some(seconds(2, 0)));
    assert_eq!(of(SegmentName::Preparation), Some(seconds(3, 0)));
    assert_eq!(of(SegmentName::Clearance), Some(seconds(4, 0)));
    assert_eq!(of(SegmentName::PickUp), Some(seconds(5, 0)));
    assert_eq!(stay.segments.len(), 4);
}

#[test]
fn the_export_segments_are_preparation_clearance_after_release_and_departure() {
    let stay = told(events! {
        port 2 vessel_departure "23:00" {"vessel_imo": "9321483", "voyage": "2018"};
        gate 1 gate_in "06:00" {"direction": "export", "vessel_imo": "9321483", "voyage": "2018"};
        customs 1 declare "07:00";
        customs 2 release "09:00";
        tos 1 load "12:00";
    })
    .stay();
    let of = |name| segment(&stay, name);
    assert_eq!(of(SegmentName::Preparation), Some(seconds(1, 0)));
    assert_eq!(of(SegmentName::Clearance), Some(seconds(2, 0)));
    assert_eq!(of(SegmentName::AfterRelease), Some(seconds(3, 0)));
    assert_eq!(of(SegmentName::Departure), Some(seconds(11, 0)));
    assert_eq!(stay.segments.len(), 4);
}

#[test]
fn a_stay_counts_in_the_bucket_in_which_it_was_released() {
    let port = told(events! {
        gate 1 gate_in "08:00" {"direction": "export"};
        customs 1 declare "09:00";
        customs 2 release "1d 10:30";
    });
    assert_eq!(clearance(&port.row("00:00", "1d 10:00")).count, 0);
    assert_eq!(clearance(&port.row("1d 10:00", "1d 11:00")).count, 1);
    assert_eq!(clearance(&port.row("1d 11:00", "9d 00:00")).count, 0);
}

#[test]
fn open_counts_stays_whose_clock_began_in_the_bucket_and_that_are_not_released_at_its_end() {
    let port = told(events! {
        gate 1 gate_in "08:00" {"direction": "export"};
        customs 1 declare "09:00";
        customs 2 release "1d 10:30";
    });
    let until = |to: &str| {
        let row = port.row("00:00", to);
        (row.open, clearance(&row).count)
    };
    assert_eq!(until("09:00"), (0, 0));
    assert_eq!(until("1d 10:00"), (1, 0));
    assert_eq!(until("1d 11:00"), (0, 1));
    assert_eq!(port.row("10:00", "1d 10:00").open, 0, "its clock began before");
}

#[test]
fn open_stays_are_in_no_mean() {
    let mut port = cleared_in(&[60]);
    port.hear(event(
        "gate",
        "x",
        "gate_in",
        "07:00",
        json!({"container": "OTHER"}),
    ));
    port.hear(event(
        "customs",
        "x",
        "declare",
        "08:00",
        json!({"container": "OTHER"}),
    ));
    let row = port.figures();
    assert_eq!((row.open, clearance(&row).mean_seconds()), (1, Some(3_600.0)));
}

#[test]
fn an_outlier_is_over_the_third_quartile_plus_three_interquartile_ranges_and_stays_in() {
    // Quartiles of 10, 20, 30 and 40 minutes are 10 and 30, so the fence is at 30 + 3 · 20 = 90 minutes.
    let all = clearance(&cleared_in(&[10, 10, 20, 20, 30, 30, 40, 90]).figures());
    assert_eq!((all.outliers, all.count), (0, 8));
    let all = clearance(&cleared_in(&[10, 10, 20, 20, 30, 30, 40, 91]).figures());
    assert_eq!(
        (all.outliers, all.count, all.max_seconds()),
        (1, 8, Some(91 * 60))
    );
}

#[test]
fn throughput_is_what_was_discharged_and_what_was_loaded() {
    let sum = told(events! {
        tos 1 discharge "08:00" {"container": "A1", "size_type": "22G1"};
        tos 2 discharge "08:00" {"container": "A2", "size_type": "45R1"};
        tos 3 discharge "08:00" {"container": "A3", "size_type": "L5G1"};
        gate 4 gate_in "07:00" {"container": "A4", "size_type": "12G1"};
        tos 4 load "08:00" {"container": "A4"};
    })
    .figures();
    assert_eq!(
        (count(&sum, Count::Discharged), count(&sum, Count::Loaded)),
        (3, 1)
    );
    assert_eq!(
        (
            count(&sum, Count::DischargedHalfTeu),
            count(&sum, Count::LoadedHalfTeu)
        ),
        (2 + 4 + 4, 1)
    );
}

#[test]
fn a_transshipped_box_counts_at_both_moves_and_its_teu_are_of_which() {
    let row = told(events! {
        tos 1 discharge "08:00" {"container": "A1", "size_type": "22G1"};
        tos 2 load "1d 08:00" {"container": "A1"};
        tos 3 discharge "08:00" {"container": "A2", "size_type": "22G1"};
    })
    .figures();
    assert_eq!(
        (
            count(&row, Count::Discharged) + count(&row, Count::Loaded),
            row.transshipped.1
        ),
        (3, 4)
    );
    assert_eq!(
        count(&row, Count::DischargedHalfTeu) + count(&row, Count::LoadedHalfTeu),
        6
    );
}

#[test]
fn a_move_counts_in_the_bucket_of_its_own_time() {
    let port = told(events! {
        tos 1 discharge "08:30" {"size_type": "22G1"};
        tos 2 load "1d 09:30";
    });
    let sum = port.row("08:00", "09:00");
    assert_eq!(
        (count(&sum, Count::Discharged), count(&sum, Count::Loaded)),
        (1, 0)
    );
    let sum = port.row("1d 09:00", "1d 10:00");
    assert_eq!(
        (count(&sum, Count::Discharged), count(&sum, Count::Loaded)),
        (0, 1)
    );
}

#[test]
fn a_box_without_a_size_type_counts_in_moves_and_unsized_with_no_teu() {
    let sum = told(
        events! { tos 1 discharge "08:00"; tos 2 discharge "08:00" {"container": "A2", "size_type": "ZZ"}; },
    )
    .figures();
    assert_eq!(
        (
            count(&sum, Count::Discharged),
            count(&sum, Count::WithoutSize),
            count(&sum, Count::DischargedHalfTeu)
        ),
        (2, 2, 0)
    );
}

#[test]
fn the_direct_share_is_direct_by_direct_and_stacked_and_unknown_stands_beside_it() {
    let port = told(events! {
        tos 1 discharge "08:00" {"container": "A1"};
        gate 1 gate_out "09:00" {"container": "A1"};
        tos 2 discharge "08:00" {"container": "A2"};
        tos 3 stack "08:30" {"container": "A2"};
        gate 2 gate_out "09:00" {"container": "A2"};
        tos 4 discharge "08:00" {"container": "A3"};
        gate 3 gate_out "18:00" {"container": "A3"};
        tos 5 discharge "08:00" {"container": "A4"};
    })
    .without_stacking_feeds();
    let sum = port.figures();
    assert_eq!(
        (sum.modes.direct, sum.modes.stacked, sum.modes.unknown),
        (1, 1, 1)
    );
}

#[test]
fn a_group_that_nobody_stated_is_unknown() {
    let port = told(events! {
        tos 1 discharge "08:00" {"container": "A1"};
        gate 2 gate_in "08:00" {"container": "A2"};
        tos 2 load "09:00" {"container": "A2"};
        tos 3 load "09:00" {"container": "A3"};
    });
    let moves: Vec<_> = port
        .figures_by(By::Direction)
        .into_iter()
        .map(|(group, row)| (group, count(&row, Count::Discharged) + count(&row, Count::Loaded)))
        .collect();
    assert_eq!(moves, [("export", 1), ("import", 1), ("unknown", 1)]);
}

#[test]
fn from_is_in_the_period_and_to_is_not() {
    let port = told(events! { tos 1 discharge "08:00"; tos 2 discharge "09:00" {"container": "A2"}; });
    assert_eq!(count(&port.row("08:00", "09:00"), Count::Discharged), 1);
    assert_eq!(count(&port.row("09:00", "09:00"), Count::Discharged), 0);
}

#[test]
fn what_a_late_event_changes_in_past_figures_is_what_it_would_have_been() {
    let mut port =
        told(events! { tos 1 discharge "08:00" {"direction": "import"}; customs 1 release "12:00"; });
    let before = port.cells();
    port.hear(event("customs", "2", "hold", "11:00", json!({})));
    port.hear(event("customs", "3", "release", "13:00", json!({})));
    assert_ne!(port.cells(), before);
    for id in ["2", "3"] {
        port.hear(
            json!({"source": "customs", "id": id, "retracted": true, "updated_at": "2022-02-24T00:00:00Z"}),
        );
    }
    assert_eq!(port.cells(), before);
}
