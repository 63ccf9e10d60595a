//! Alarms as a function of stay, rules and `now` (`semantics.md` §4). Reads no clock and changes nothing.

/// Limits between two nodes, and inspections that are not done in time.
mod clocks;
/// Boxes that leave without release, or are about to.
mod departure;
/// Export boxes without a loading instruction.
mod instruction;
/// One container in two places.
mod places;
/// Power and temperature of reefers.
mod reefer;
/// Where a box stands, judged by itself.
mod storage;

pub(super) use storage::because;

use super::Kind;
use super::delay::{self, Delays, Wrong};
use super::occurrence::{About, Detail, Occurrence};
use super::watched::{Step, Watched};
use crate::event::Node;
use crate::rules::RuleBook;
use crate::stay::fold::fnv1a;
use crate::time::Time;
pub use places::{Sighting, two_sites};
use smol_str::{SmolStr, format_smolstr};

/// What a stay's alarms are at `now`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// The occurrences so far, active and cleared.
    pub occurrences: Vec<Occurrence>,
    /// The earliest moment at which passing time alone changes them.
    pub next_deadline: Option<Time>,
}

impl Judgement {
    /// Looks again at a moment, if that is the first.
    pub fn look_at(&mut self, moment: Option<Time>) {
        self.next_deadline = match (self.next_deadline, moment) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }

    /// Takes another one in.
    pub fn join(&mut self, other: Judgement) {
        self.occurrences.extend(other.occurrences);
        self.look_at(other.next_deadline);
    }
}

/// Judges a stay by itself. What depends on the boxes around it is judged by [`super::neighbours`].
pub fn judge(stay: &Watched<'_>, rules: &RuleBook, now: Time) -> Judgement {
    let mut judge = Judge {
        stay,
        rules,
        now,
        judgement: Judgement::default(),
    };
    judge.overtime();
    judge.inspection();
    judge.storage();
    judge.departure();
    judge.loading();
    judge.instruction();
    judge.power();
    judge.temperature();
    judge.contradictions();
    judge.judgement
}

pub(super) struct Judge<'a> {
    pub(super) stay: &'a Watched<'a>,
    pub(super) rules: &'a RuleBook,
    pub(super) now: Time,
    pub(super) judgement: Judgement,
}

/// What an occurrence says beside its times.
pub(super) struct Finding<'a> {
    pub rule: SmolStr,
    pub kind: Kind,
    pub priority: super::Priority,
    /// The step whose event began it.
    pub began_by: &'a Step<'a>,
    pub current: Option<(Node, Option<Time>)>,
    pub limit_seconds: Option<u64>,
    pub slot: Option<&'a SmolStr>,
    pub detail: Detail,
}

impl<'a> Judge<'a> {
    /// A judge of a stay.
    pub(super) fn new(stay: &'a Watched<'a>, rules: &'a RuleBook, now: Time) -> Judge<'a> {
        Judge {
            stay,
            rules,
            now,
            judgement: Judgement::default(),
        }
    }

    /// Raises what was wrong for long enough, or notes when to look again.
    pub(super) fn raise(&mut self, wrong: Wrong, delays: Delays, finding: impl FnOnce() -> Finding<'a>) {
        let standing = delay::stand(wrong, delays, self.stay.ended_at, self.now);
        self.judgement.look_at(standing.look_at);
        let Some((raised_at, cleared_at)) = standing.raised else {
            return;
        };
        let finding = finding();
        let began_by = finding.began_by;
        let occurrence = Occurrence {
            id: self.id(&finding.rule, began_by),
            rule: finding.rule,
            kind: finding.kind,
            priority: finding.priority,
            previous: Some((began_by.node, began_by.at)),
            current: finding.current,
            limit_seconds: finding.limit_seconds,
            detail: finding.detail,
            block: self.block(finding.slot, began_by.at),
            slot: finding.slot.cloned(),
            about: self.about(),
            raised_at,
            cleared_at,
        };
        self.judgement.occurrences.push(occurrence);
    }

    fn block(&self, slot: Option<&SmolStr>, at: Time) -> Option<SmolStr> {
        self.rules
            .at(at)
            .layout
            .find(slot?)
            .map(|(block, _)| block.name.clone())
    }

    fn about(&self) -> About {
        let stay = self.stay;
        About {
            site: stay.site.clone(),
            stay: Some(stay.id.clone()),
            container: Some(stay.container.clone()),
            direction: stay.direction,
            bill_of_lading: stay.bill_of_lading.cloned(),
            voyage: stay.voyage.cloned(),
            vessel_name: stay.vessel_name.cloned(),
            dangerous: !stay.dangerous.is_empty(),
            refrigerated: stay.refrigerated,
            entered_at: stay.entered_at,
        }
    }

    /// The address does not hold the stay: a late event may give the stay another beginning, and the alarm
    /// is still the same.
    fn id(&self, rule: &str, began_by: &Step<'_>) -> SmolStr {
        let Some(identity) = began_by.identity else {
            return SmolStr::default();
        };
        let hash = fnv1a(&["alarm", self.stay.site, rule, &identity.source, &identity.id]);
        format_smolstr!("{}-{hash:016x}", self.stay.container)
    }

    /// The slot in which the box stands at a step: the last that was named up to it.
    fn slot_at(&self, index: usize) -> Option<&'a SmolStr> {
        let steps = &self.stay.steps[..=index];
        let mut placed = steps.iter().rev().filter(|step| step.node.is_stacking());
        placed.find_map(|step| step.slot)
    }
}
