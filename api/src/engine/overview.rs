//! The overview of the first page: what happens today at one site.

use super::site::SiteState;
use super::state::State;
use crate::config::Clearance;
use shared::event::Direction;
use shared::figures::rows::{Filter, Row, rows};
use shared::size_type::teu;
use shared::time::{DAY, Time};
use shared::wire::figures::{Overview, OverviewClearance};

/// The overview at `now`.
pub fn overview(state: &State, site: &SiteState, clearance: &Clearance, now: Time) -> Overview {
    let today = start_of_day(site, now);
    let tomorrow = start_of_day(site, Time(today.0 + DAY + DAY / 2));
    let of = |filter: &Filter| -> Row {
        let all = rows(&site.cells, (today, tomorrow), &|_| None, &[], filter);
        all.into_values().next().unwrap_or_default()
    };
    let all = of(&Filter::default());
    let direction = |direction: Direction| -> OverviewClearance {
        let row = of(&Filter {
            direction: vec![Some(direction)],
            ..Filter::default()
        });
        let released = &row.sum.clearance;
        let stays = released.count();
        OverviewClearance {
            stays,
            median_seconds: released.percentile_seconds(50),
            within_target: (stays > 0)
                .then(|| released.within(clearance.target_seconds) as f64 / stays as f64),
            baseline_seconds: clearance.baseline_seconds(direction),
            href: format!(
                "/api/v1/stays?by=released&site={}&from={}&to={}&direction={}",
                site.site.code,
                encode(site, today),
                encode(site, tomorrow),
                direction.name()
            ),
        }
    };
    let yesterday = start_of_day(site, Time(today.0 - DAY / 2));
    let by_hour = rows(&site.cells, (yesterday, tomorrow), &Some, &[], &Filter::default());
    let teu_by_hour = by_hour
        .iter()
        .filter_map(|((hour, _), row)| {
            let halves = row.sum.discharged_half_teu + row.sum.loaded_half_teu;
            (halves > 0).then_some(((*hour)?, halves))
        })
        .map(|(hour, halves)| (site.site.local(hour), teu(halves.cast_signed())))
        .collect();
    let (direct, stacked) = (all.sum.direct, all.sum.stacked);
    let (open_alarms, open_alarms_high) = state.alarms.open();
    let halves = all.sum.discharged_half_teu + all.sum.loaded_half_teu;
    Overview {
        site: site.site.code.to_string(),
        today: site.site.local(today),
        boxes_in_yard: site.boxes,
        slots_taken: site.yard.taken() as u64,
        slots: site.yard.states().len() as u64,
        teu_today: teu(halves.cast_signed()),
        moves_today: all.sum.discharged + all.sum.loaded,
        open_alarms,
        open_alarms_high,
        import: direction(Direction::Import),
        export: direction(Direction::Export),
        target_seconds: clearance.target_seconds,
        direct_share: (direct + stacked > 0).then(|| direct as f64 / (direct + stacked) as f64),
        teu_by_hour,
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    }
}

/// The beginning of the site's day of a moment.
pub fn start_of_day(site: &SiteState, at: Time) -> Time {
    let offset = i64::from(site.site.local(at).offset_seconds) * 1_000;
    let start = Time((at.0 + offset).div_euclid(DAY) * DAY - offset);
    // On the day of a change of clocks the offset at its beginning may be another one.
    let offset = i64::from(site.site.local(start).offset_seconds) * 1_000;
    Time((at.0 + offset).div_euclid(DAY) * DAY - offset)
}

/// A time as it stands in an address: the plus sign of an offset would read as a blank.
pub fn encode(site: &SiteState, at: Time) -> String {
    site.site.local(at).to_string().replace('+', "%2B")
}
