//! How long things take at the simulated port: the one place to turn when a figure or the number of alarms
//! should be another. Points of (share in ten thousandths, minutes); see [`Quantiles`].

use super::dice::{Dice, Quantiles};
use shared::time::{DAY, HOUR, MINUTE, Time};

/// Discharge or gate-in → stack. The limit is 60 minutes; 0.6 % take longer.
pub(super) const STACKING: Quantiles = Quantiles(&[
    (0, 7),
    (2_500, 14),
    (5_000, 21),
    (8_000, 33),
    (9_940, 57),
    (9_950, 62),
    (10_000, 150),
]);

/// Discharge → gate-out of a direct pickup, and gate-in → load of a direct loading. The end of the stay stops
/// the clock of stacking, too.
pub(super) const STRAIGHT_THROUGH: Quantiles = Quantiles(&[(0, 14), (5_000, 28), (9_900, 54), (10_000, 85)]);

/// Vessel arrival → import declaration, of boxes that are not declared in advance.
pub(super) const IMPORT_PREPARATION: Quantiles = Quantiles(&[
    (0, 300),
    (2_500, 1_620),
    (5_000, 2_600),
    (7_500, 3_900),
    (9_000, 6_600),
    (9_700, 14_000),
    (10_000, 28_000),
]);

/// How long before the vessel's arrival an advance declaration is made.
pub(super) const ADVANCE: Quantiles = Quantiles(&[(0, 60), (5_000, 600), (10_000, 1_800)]);

/// Declared → released, import, papers only. The limit is 24 h; 1 % take longer.
pub(super) const IMPORT_CLEARANCE: Quantiles = Quantiles(&[
    (0, 4),
    (3_000, 40),
    (5_000, 110),
    (7_500, 330),
    (9_200, 840),
    (9_900, 1_380),
    (9_905, 1_460),
    (10_000, 5_700),
]);

/// Declared → released, export, papers only. 0.4 % take longer than 24 h.
pub(super) const EXPORT_CLEARANCE: Quantiles = Quantiles(&[
    (0, 2),
    (3_000, 22),
    (5_000, 55),
    (7_500, 140),
    (9_300, 480),
    (9_960, 1_320),
    (9_965, 1_460),
    (10_000, 3_600),
]);

/// Released → gate-out, import. The limit is 7 days; 0.6 % take longer.
pub(super) const PICK_UP: Quantiles = Quantiles(&[
    (0, 180),
    (800, 2_600),
    (2_000, 6_000),
    (4_500, 8_400),
    (9_940, 9_700),
    (9_950, 10_300),
    (10_000, 16_000),
]);

/// Released → gate-out of reefers and dangerous goods, which do not wait.
pub(super) const PROMPT_PICK_UP: Quantiles = Quantiles(&[(0, 60), (5_000, 1_100), (10_000, 4_000)]);

/// Stacked → gate-out of goods that may stand for 48 hours only.
pub(super) const URGENT_PICK_UP: Quantiles = Quantiles(&[(0, 120), (10_000, 1_700)]);

/// How long before the vessel's arrival an export box comes in.
pub(super) const EXPORT_LEAD: Quantiles = Quantiles(&[
    (0, 500),
    (1_000, 5_000),
    (4_000, 13_000),
    (8_000, 17_600),
    (10_000, 20_700),
]);

/// The same for reefers and dangerous goods.
pub(super) const PROMPT_EXPORT_LEAD: Quantiles = Quantiles(&[(0, 500), (5_000, 2_200), (10_000, 5_500)]);

/// The same for goods that may stand for 48 hours only.
pub(super) const URGENT_EXPORT_LEAD: Quantiles = Quantiles(&[(0, 420), (10_000, 1_200)]);

/// Gate-in → export declaration.
pub(super) const EXPORT_PREPARATION: Quantiles = Quantiles(&[
    (0, 40),
    (2_500, 540),
    (5_000, 1_620),
    (7_500, 4_300),
    (10_000, 9_000),
]);

/// Selected → shifted to the inspection area.
pub(super) const PRESENTATION: Quantiles =
    Quantiles(&[(0, 35), (5_000, 120), (9_000, 260), (9_800, 400), (10_000, 780)]);

/// In the inspection area → scanned.
pub(super) const SCAN_QUEUE: Quantiles = Quantiles(&[(0, 8), (5_000, 35), (9_500, 150), (10_000, 320)]);

/// In the inspection area → inspection begins. From selection the limit is 24 h.
pub(super) const INSPECTION_QUEUE: Quantiles = Quantiles(&[
    (0, 40),
    (5_000, 260),
    (9_000, 700),
    (9_800, 1_000),
    (10_000, 2_000),
]);

/// Inspection begins → ends. The limit is 8 h.
pub(super) const INSPECTION: Quantiles = Quantiles(&[
    (0, 45),
    (5_000, 115),
    (9_000, 240),
    (9_850, 430),
    (9_860, 490),
    (10_000, 800),
]);

/// Scan or inspection ended → verdict.
pub(super) const VERDICT: Quantiles = Quantiles(&[(0, 4), (5_000, 25), (10_000, 150)]);

/// Verdict → released.
pub(super) const AFTER_VERDICT: Quantiles = Quantiles(&[(0, 10), (5_000, 60), (10_000, 320)]);

/// Detained → released.
pub(super) const DETENTION: Quantiles = Quantiles(&[(0, 900), (5_000, 3_200), (10_000, 14_000)]);

/// Verdict → back from the inspection area into the yard.
pub(super) const RETURN: Quantiles = Quantiles(&[(0, 30), (5_000, 80), (10_000, 190)]);

/// How long a box stands where it must not before somebody moves it.
pub(super) const MISPLACED: Quantiles = Quantiles(&[(0, 180), (5_000, 900), (10_000, 3_800)]);

/// Released → the terminal's loading instruction.
pub(super) const INSTRUCTION: Quantiles = Quantiles(&[(0, 15), (5_000, 120), (10_000, 600)]);

/// A message that is late.
pub(super) const LATENESS: Quantiles = Quantiles(&[(0, 6), (5_000, 45), (9_000, 200), (10_000, 600)]);

/// A carrier's report of a move that the terminal reported too.
pub(super) const CARRIER_REPORT: Quantiles = Quantiles(&[(0, 20), (5_000, 90), (10_000, 380)]);

/// The port's clock is eight hours ahead of UTC all year.
pub(super) const OFFSET: i64 = 8 * HOUR;

/// How busy the gate is in each hour of the day, in percent of its busiest.
const GATE_RHYTHM: [usize; 24] = [
    38, 32, 28, 26, 26, 32, 46, 62, 85, 98, 100, 95, 78, 86, 96, 100, 100, 94, 84, 74, 68, 62, 55, 46,
];

/// How many customs officers are at their desks, likewise. It is a port that never closes.
const OFFICE_RHYTHM: [usize; 24] = [
    30, 26, 24, 22, 22, 26, 36, 55, 88, 100, 100, 96, 70, 90, 100, 100, 96, 84, 64, 54, 48, 44, 40, 34,
];

/// The first moment from `from` on at which the gate takes it.
pub(super) fn gate_hours(dice: &mut Dice, from: Time) -> Time {
    by_rhythm(&GATE_RHYTHM, dice, from)
}

/// The first moment from `from` on at which somebody in the office does it.
pub(super) fn office_hours(dice: &mut Dice, from: Time) -> Time {
    by_rhythm(&OFFICE_RHYTHM, dice, from)
}

fn by_rhythm(rhythm: &[usize; 24], dice: &mut Dice, from: Time) -> Time {
    let mut at = from;
    // Even at the quietest hour one in five is taken, so a day is more than enough.
    for _ in 0..48 {
        if dice.below(100) < rhythm[hour_of_day(at)] {
            break;
        }
        at = at.plus(dice.between(15, 50) * MINUTE);
    }
    at
}

/// How busy the gate is now, in percent.
pub(super) fn gate_traffic(at: Time) -> i64 {
    GATE_RHYTHM[hour_of_day(at)] as i64
}

/// The mean of [`gate_traffic`] over a day.
pub(super) fn mean_gate_traffic() -> i64 {
    GATE_RHYTHM.iter().sum::<usize>() as i64 / 24
}

/// The hour of the day at the port, 0 to 23.
fn hour_of_day(at: Time) -> usize {
    ((at.0 + OFFSET).rem_euclid(DAY) / HOUR) as usize
}
