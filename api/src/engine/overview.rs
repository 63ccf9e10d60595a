//! The overview of the first page: what happens today at one site, and its course over the last thirty days.

use super::site::SiteState;
use super::state::State;
use crate::config::Clearance;
use shared::event::Direction;
use shared::figures::rows::{Bucket, Modes, Query, Row, rows};
use shared::figures::{By, Calendar, Count, Filter, Series, Summary, Unit};
use shared::size_type::teu;
use shared::time::{Time, civil};
use shared::wire::figures::{Course, Overview, OverviewClearance};

/// How many days the course shows.
const COURSE: i32 = 30;

/// The overview at `now`.
pub fn overview(state: &State, site: &SiteState, clearance: &Clearance, now: Time) -> Overview {
    let day = Calendar::day_of(site, now);
    let (today, tomorrow) = (site.day_begins(day), site.day_begins(day + 1));
    let of_days = days(site, day);
    let of_today: Vec<&Row> = of_days.iter().filter(|row| row.bucket == Some(today)).collect();
    let all = Sums::of(&of_today);
    let href = |by: &str| {
        format!(
            "/api/v1/stays?by={by}&site={}&from={}&to={}",
            site.site.code,
            encode(site, today),
            encode(site, tomorrow)
        )
    };
    let direction = |direction: Direction| {
        let released = released(&of_today, direction);
        OverviewClearance {
            stays: released.count,
            median_seconds: released.percentile_seconds(50),
            within_target: released.within_target(),
            baseline_seconds: clearance.baseline_seconds(direction),
            href: format!("{}&direction={}", href("released"), direction.name()),
        }
    };
    let (open_alarms, open_alarms_high) = state.alarms.open_of(&site.site.code);
    Overview {
        site: site.site.code.to_string(),
        today: site.local(today),
        boxes_in_yard: site.boxes,
        slots_taken: site.yard.taken() as u64,
        slots: site.yard.states().len() as u64,
        teu_today: teu(all.half_teu.cast_signed()),
        moves_today: all.moves,
        open_alarms,
        open_alarms_high,
        import: direction(Direction::Import),
        export: direction(Direction::Export),
        target_seconds: clearance.target_seconds,
        direct_share: all.modes.direct_share(),
        left_href: href("left"),
        teu_by_hour: teu_by_hour(site, site.day_begins(day - 1), tomorrow),
        course: course(state, site, day, &of_days),
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    }
}

/// The rows of the days of the course, by direction.
fn days(site: &SiteState, day: i32) -> Vec<Row> {
    let query = Query {
        from: site.day_begins(day - COURSE + 1),
        to: site.day_begins(day + 1),
        bucket: Some(Bucket::Day),
        groups: &[By::Direction],
        filter: &Filter::default(),
        unit: Unit::Stay,
        series: &[Series::Overall],
    };
    rows(&site.cells, &site.memo, &query, site)
}

fn released(rows: &[&Row], direction: Direction) -> Summary {
    let row = rows
        .iter()
        .find(|row| row.group.first() == Some(&direction.name()));
    row.and_then(|row| row.summaries.first())
        .copied()
        .unwrap_or_default()
}

/// What the rows of all directions add up to.
#[derive(Default)]
struct Sums {
    moves: u64,
    half_teu: u64,
    modes: Modes,
}

impl Sums {
    fn of(rows: &[&Row]) -> Sums {
        let mut sums = Sums::default();
        for row in rows {
            sums.moves += row.counts.of(Count::Discharged) + row.counts.of(Count::Loaded);
            sums.half_teu += half_teu(row);
            sums.modes.direct += row.modes.direct;
            sums.modes.stacked += row.modes.stacked;
            sums.modes.unknown += row.modes.unknown;
        }
        sums
    }
}

fn half_teu(row: &Row) -> u64 {
    row.counts.of(Count::DischargedHalfTeu) + row.counts.of(Count::LoadedHalfTeu)
}

fn teu_by_hour(site: &SiteState, from: Time, to: Time) -> Vec<(shared::time::LocalTime, f64)> {
    let query = Query {
        from,
        to,
        bucket: Some(Bucket::Hour),
        groups: &[],
        filter: &Filter::default(),
        unit: Unit::Stay,
        series: &[],
    };
    rows(&site.cells, &site.memo, &query, site)
        .iter()
        .filter(|row| half_teu(row) > 0)
        .filter_map(|row| Some((site.local(row.bucket?), teu(half_teu(row).cast_signed()))))
        .collect()
}

fn course(state: &State, site: &SiteState, today: i32, of_days: &[Row]) -> Course {
    let mut course = Course::default();
    for day in today - COURSE + 1..=today {
        let (begins, next) = (site.day_begins(day), site.day_begins(day + 1));
        let rows: Vec<&Row> = of_days.iter().filter(|row| row.bucket == Some(begins)).collect();
        let sums = Sums::of(&rows);
        let (import, export) = (
            released(&rows, Direction::Import),
            released(&rows, Direction::Export),
        );
        let (year, month, of_month) = civil::date(i64::from(day));
        course.days.push(format!("{year:04}-{month:02}-{of_month:02}"));
        course
            .alarms_raised
            .push(state.alarms.raised(&site.site.code, begins, next));
        course.teu.push(teu(sums.half_teu.cast_signed()));
        course.direct_share.push(sums.modes.direct_share());
        course.import_median_seconds.push(import.percentile_seconds(50));
        course.import_within_target.push(import.within_target());
        course.export_median_seconds.push(export.percentile_seconds(50));
        course.export_within_target.push(export.within_target());
    }
    course.boxes_in_yard = boxes(site, today);
    course
}

/// Boxes in the port at the end of each day, counted back from those that are there now.
fn boxes(site: &SiteState, today: i32) -> Vec<u64> {
    let mut boxes = site.boxes.cast_signed();
    let mut at_end = vec![site.boxes];
    for day in (today - COURSE + 2..=today).rev() {
        let (mut begun, mut gone) = (0, 0);
        for (_, piece) in site.cells.days(day, day + 1) {
            for (_, counts) in piece.counts() {
                begun += counts.of(Count::Begun);
                gone += counts.of(Count::Gone);
            }
        }
        boxes += gone.cast_signed() - begun.cast_signed();
        at_end.push(u64::try_from(boxes).unwrap_or(0));
    }
    at_end.reverse();
    at_end
}

/// A time as it stands in an address: the plus sign of an offset would read as a blank.
pub fn encode(site: &SiteState, at: Time) -> String {
    site.local(at).to_string().replace('+', "%2B")
}
