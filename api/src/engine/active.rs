//! Alarms by when they were active: those of a moment without looking at all, and how many there were over time.

use super::course::QUARTER;
use shared::alarm::Priority;
use shared::alarm::lifecycle::AlarmRecord;
use shared::time::Time;
use shared::wire::replay::AlarmCounts;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Those that are still active.
const OPEN: u8 = 0;

/// Alarms that are not withdrawn, by when they were active.
#[derive(Debug, Default)]
pub(super) struct ActiveAlarms {
    /// Apart by how long they were active, each level up to twice as long as the one before, so that those of a moment
    /// are found close before it.
    by_length: BTreeMap<(SmolStr, u8, Time, SmolStr), Active>,
    /// How many more were active behind each quarter of an hour than before it.
    steps: BTreeMap<(SmolStr, i64), [i64; 3]>,
}

/// When an alarm was active.
#[derive(Clone, Copy, Debug)]
struct Active {
    cleared: Option<Time>,
    priority: Priority,
    /// Neither suppressed nor out of service.
    counts: bool,
}

/// An alarm that begins (1) or ceases (−1) to be active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlarmStep {
    /// When.
    pub at: Time,
    /// Its priority.
    pub priority: Priority,
    /// 1 or −1.
    pub step: i64,
}

fn level(raised: Time, cleared: Option<Time>) -> u8 {
    let Some(cleared) = cleared else { return OPEN };
    let length = cleared.0.saturating_sub(raised.0);
    // At most 64 bits; one that was active for no time is at no moment.
    u8::try_from(i64::BITS - length.leading_zeros()).unwrap_or(u8::MAX)
}

fn place(priority: Priority) -> usize {
    match priority {
        Priority::High => 0,
        Priority::Medium => 1,
        Priority::Low => 2,
    }
}

fn counts_of([high, medium, low]: [i64; 3]) -> AlarmCounts {
    let whole = |count: i64| u64::try_from(count).unwrap_or(0);
    AlarmCounts {
        high: whole(high),
        medium: whole(medium),
        low: whole(low),
    }
}

impl ActiveAlarms {
    /// Puts an alarm in, or takes it out.
    pub fn count(&mut self, record: &AlarmRecord, put: bool) {
        let occurrence = &record.occurrence;
        let (raised, cleared) = (occurrence.raised_at, occurrence.cleared_at);
        if record.withdrawn_at.is_some() || cleared.is_some_and(|cleared| cleared <= raised) {
            return;
        }
        let site = &occurrence.about.site;
        let active = Active {
            cleared,
            priority: occurrence.priority,
            counts: !record.suppressed && !record.out_of_service,
        };
        let key = (
            site.clone(),
            level(raised, cleared),
            raised,
            occurrence.id.clone(),
        );
        match put {
            true => self.by_length.insert(key, active),
            false => self.by_length.remove(&key),
        };
        if active.counts {
            let step = if put { 1 } else { -1 };
            let mut add = |at: Time, step: i64| {
                let quarter = at.0.div_euclid(QUARTER);
                let steps = self.steps.entry((site.clone(), quarter)).or_default();
                steps[place(active.priority)] += step;
            };
            add(raised, step);
            if let Some(cleared) = cleared {
                add(cleared, -step);
            }
        }
    }

    /// Those of a site that were raised up to a moment and not cleared before another: at the same moment, those that
    /// were active then.
    fn each(&self, site: &SmolStr, since: Time, to: Time, mut take: impl FnMut(Time, &SmolStr, &Active)) {
        for level in 0..=64u8 {
            // None of this level was active so long.
            let longest = 1i64.checked_shl(u32::from(level)).filter(|longest| *longest > 0);
            let from = match level {
                OPEN => i64::MIN,
                _ => since.0.saturating_sub(longest.unwrap_or(i64::MAX)),
            };
            let first = (site.clone(), level, Time(from), SmolStr::default());
            for ((own, own_level, raised, id), active) in self.by_length.range(first..) {
                if (own, *own_level) != (site, level) || *raised > to {
                    break;
                }
                if active.cleared.is_none_or(|cleared| since < cleared) {
                    take(*raised, id, active);
                }
            }
        }
    }

    /// The alarms of a site that were active at a moment, also those that are set aside.
    pub fn at(&self, site: &SmolStr, at: Time) -> Vec<SmolStr> {
        let mut found = Vec::new();
        self.each(site, at, at, |_, id, _| found.push(id.clone()));
        found
    }

    /// How many were active at a moment.
    pub fn counts_at(&self, site: &SmolStr, at: Time) -> AlarmCounts {
        let mut counts = AlarmCounts::default();
        self.each(site, at, at, |_, _, active| {
            *counts.of(active.priority) += u64::from(active.counts);
        });
        counts
    }

    /// What began and ceased to be active behind a moment and up to another, in order.
    pub fn steps(&self, site: &SmolStr, from: Time, to: Time) -> Vec<AlarmStep> {
        let mut steps = Vec::new();
        self.each(site, from, to, |raised, _, active| {
            if !active.counts {
                return;
            }
            let priority = active.priority;
            let mut put = |at: Time, step: i64| {
                if from < at && at <= to {
                    steps.push(AlarmStep { at, priority, step });
                }
            };
            put(raised, 1);
            if let Some(cleared) = active.cleared {
                put(cleared, -1);
            }
        });
        steps.sort_by_key(|step| step.at);
        steps
    }

    /// How many were active at the end of each of some buckets, which are given by their ends in order, between
    /// quarters.
    pub fn course(&self, site: &SmolStr, ends: &[Time]) -> Vec<AlarmCounts> {
        let mut steps = self
            .steps
            .range((site.clone(), i64::MIN)..)
            .take_while(|((own, _), _)| own == site)
            .peekable();
        let mut active = [0i64; 3];
        ends.iter()
            .map(|end| {
                while let Some((_, step)) =
                    steps.next_if(|((_, quarter), _)| quarter.saturating_mul(QUARTER) < end.0)
                {
                    for (sum, step) in active.iter_mut().zip(step) {
                        *sum += step;
                    }
                }
                counts_of(active)
            })
            .collect()
    }
}
