//! A scale of time on which a long wait does not crush short steps: what is longer than a limit of the scale's own is cut
//! to that limit, and the cut is known, so that it can be marked with its true length.

use shared::time::{DAY, HOUR, MINUTE};

/// Lengths to which waits may be cut, the longest first.
const LENGTHS: [i64; 11] = [
    7 * DAY,
    4 * DAY,
    2 * DAY,
    DAY,
    12 * HOUR,
    8 * HOUR,
    4 * HOUR,
    2 * HOUR,
    HOUR,
    30 * MINUTE,
    10 * MINUTE,
];
/// A step that is narrower than this many pixels is crushed.
const CRUSHED: f64 = 9.0;
/// Steps below this length are one moment to whoever reads a trail; they do not count as crushed.
const MOMENT: i64 = MINUTE;

/// A wait that is drawn shorter than it was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cut {
    /// Its beginning, in milliseconds.
    pub from: i64,
    /// Its end.
    pub to: i64,
}

/// Where moments stand between 0 and a width.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    // Moments and where they stand; straight between them.
    stops: Vec<(i64, f64)>,
    /// The waits that are drawn shorter.
    pub cuts: Vec<Cut>,
    /// How long they are drawn.
    pub longest: i64,
}

impl Scale {
    /// A scale of moments in milliseconds; with `whole` nothing is cut.
    pub fn new(mut moments: Vec<i64>, width: f64, whole: bool) -> Scale {
        moments.sort_unstable();
        moments.dedup();
        let mut gaps = Vec::new();
        for pair in moments.windows(2) {
            gaps.push(pair[1] - pair[0]);
        }
        let longest = if whole { i64::MAX } else { length(&gaps, width) };
        let shown = shown(&gaps, longest);
        let Some(first) = moments.first() else {
            return Scale {
                stops: Vec::new(),
                cuts: Vec::new(),
                longest,
            };
        };
        let (mut stops, mut cuts) = (vec![(*first, 0.0)], Vec::new());
        let mut passed = 0;
        for pair in moments.windows(2) {
            let gap = pair[1] - pair[0];
            passed += gap.min(longest);
            if gap > longest {
                cuts.push(Cut {
                    from: pair[0],
                    to: pair[1],
                });
            }
            stops.push((pair[1], width * passed as f64 / shown));
        }
        Scale { stops, cuts, longest }
    }

    /// Where a moment stands; what lies beyond the ends stands at them.
    pub fn x(&self, moment: i64) -> f64 {
        let mut before: Option<(i64, f64)> = None;
        for (at, x) in &self.stops {
            if moment <= *at {
                let Some((from, low)) = before else {
                    return *x;
                };
                let share = (moment - from) as f64 / (*at - from) as f64;
                return low + (x - low) * share;
            }
            before = Some((*at, *x));
        }
        before.map_or(0.0, |(_, x)| x)
    }

    /// The first and the last moment.
    pub fn ends(&self) -> Option<(i64, i64)> {
        Some((self.stops.first()?.0, self.stops.last()?.0))
    }

    /// Pixels of a millisecond outside of cuts.
    fn pace(&self) -> f64 {
        let of = |pair: &[(i64, f64)]| (pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0) as f64;
        self.stops.windows(2).map(of).fold(0.0, f64::max)
    }

    /// Round moments on it, at least so many pixels apart; `offset` is that of the place whose days count.
    pub fn ticks(&self, apart: f64, offset: i64) -> Vec<i64> {
        let Some((first, last)) = self.ends() else {
            return Vec::new();
        };
        let wanted = (apart / self.pace().max(1e-12)) as i64;
        let steps = [
            5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 10_080, 40_320,
        ];
        let step = steps
            .iter()
            .map(|minutes| minutes * MINUTE)
            .find(|step| wanted <= *step);
        let Some(step) = step else {
            return Vec::new();
        };
        let mut ticks = Vec::new();
        let mut tick = (first + offset).div_euclid(step) * step + step - offset;
        // What a scale without cuts could hold is never more than its pixels.
        while tick < last && ticks.len() < 200 {
            match self.cuts.iter().find(|cut| cut.from < tick && tick < cut.to) {
                Some(cut) => tick += (cut.to - tick).div_euclid(step) * step,
                None => ticks.push(tick),
            }
            tick += step;
        }
        ticks
    }
}

fn shown(gaps: &[i64], longest: i64) -> f64 {
    let mut shown = 0;
    for gap in gaps {
        shown += (*gap).min(longest);
    }
    (shown as f64).max(1.0)
}

/// To what length waits are cut: as little as lets three of four steps be seen, and never so much that more than a third of
/// them are cut, for then it would be no scale any more.
fn length(gaps: &[i64], width: f64) -> i64 {
    let mut chosen = i64::MAX;
    for length in [i64::MAX].into_iter().chain(LENGTHS) {
        let shown = shown(gaps, length);
        let (mut steps, mut crushed, mut cut) = (0, 0, 0);
        for gap in gaps.iter().filter(|gap| **gap >= MOMENT) {
            steps += 1;
            cut += usize::from(*gap > length);
            crushed += usize::from(width * (*gap).min(length) as f64 / shown < CRUSHED);
        }
        if cut * 3 > steps.max(3) {
            break;
        }
        chosen = length;
        if crushed * 4 <= steps {
            break;
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_cut(scale: &Scale, moment: i64) -> bool {
        scale.cuts.iter().any(|cut| cut.from < moment && moment < cut.to)
    }

    #[test]
    fn what_is_evenly_spread_is_not_cut() {
        let scale = Scale::new(vec![0, HOUR, 2 * HOUR, 3 * HOUR], 300.0, false);
        assert!(scale.cuts.is_empty());
        assert_eq!(scale.x(90 * MINUTE), 150.0);
    }

    #[test]
    fn a_long_wait_does_not_crush_short_steps() {
        let moments = vec![
            0,
            30 * MINUTE,
            HOUR,
            90 * MINUTE,
            10 * DAY,
            10 * DAY + 20 * MINUTE,
        ];
        let scale = Scale::new(moments.clone(), 600.0, false);
        assert_eq!(scale.cuts.len(), 1);
        assert!(scale.x(30 * MINUTE) >= CRUSHED);
        assert!(is_cut(&scale, 5 * DAY) && !is_cut(&scale, HOUR));
        let whole = Scale::new(moments, 600.0, true);
        assert!(whole.cuts.is_empty());
        assert!(whole.x(30 * MINUTE) < 2.0);
        assert_eq!(whole.x(10 * DAY + 20 * MINUTE), 600.0);
    }

    #[test]
    fn never_more_than_a_third_of_the_steps_is_cut() {
        let moments = vec![0, MINUTE, 2 * MINUTE, DAY, 2 * DAY, 3 * DAY];
        let scale = Scale::new(moments, 400.0, false);
        assert!(scale.cuts.len() * 3 <= 5);
    }

    #[test]
    fn beyond_its_ends_it_stays_at_them() {
        let scale = Scale::new(vec![10, 20], 100.0, false);
        assert_eq!((scale.x(0), scale.x(30)), (0.0, 100.0));
        assert_eq!(Scale::new(Vec::new(), 100.0, false).x(5), 0.0);
        assert_eq!(Scale::new(vec![7], 100.0, false).x(9), 0.0);
    }

    #[test]
    fn ticks_are_round_moments_of_the_site_and_none_lies_in_a_cut() {
        let offset = 8 * HOUR;
        let scale = Scale::new(vec![0, 10 * HOUR], 500.0, false);
        let ticks = scale.ticks(90.0, offset);
        assert_eq!(ticks, [2 * HOUR, 4 * HOUR, 6 * HOUR, 8 * HOUR]);
        let cut = Scale::new(
            vec![0, HOUR, 2 * HOUR, 3 * HOUR, 9 * DAY, 9 * DAY + HOUR],
            500.0,
            false,
        );
        assert!(cut.ticks(10.0, 0).iter().all(|tick| !is_cut(&cut, *tick)));
        assert!(!cut.ticks(10.0, 0).is_empty());
    }
}
