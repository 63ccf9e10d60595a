//! Boxes that left without release, and boxes that are not released when the loading of their vessel begins. Only
//! import and export need a release, and empties do not.

use super::{Finding, Judge};
use crate::alarm::Kind;
use crate::alarm::delay::{Delays, Wrong};
use crate::alarm::occurrence::Detail;
use crate::event::{Direction, Node};
use crate::time::Time;
use smol_str::SmolStr;

impl Judge<'_> {
    fn needs_release(&self) -> bool {
        self.stay.empty != Some(true)
            && matches!(self.stay.direction, Some(Direction::Import | Direction::Export))
    }

    /// Loaded or gated out without release; an export box that goes back out by land needs none.
    pub(super) fn departure(&mut self) {
        let stay = self.stay;
        let Some(ended) = stay.ended_at.filter(|_| self.needs_release()) else {
            return;
        };
        let leaves = |node: Node| match stay.direction {
            Some(Direction::Export) => node == Node::Load,
            _ => matches!(node, Node::GateOut | Node::RailOut | Node::Load),
        };
        let left = |index: &usize| {
            let step = &stay.steps[*index];
            step.at == ended && leaves(step.node) && !step.date_only
        };
        let Some(index) = (0..stay.steps.len()).rev().find(left) else {
            return;
        };
        let step = &stay.steps[index];
        if step.released {
            return;
        }
        let late = stay.steps[index..].iter().find(|later| later.released);
        let rule = self.rules.at(step.at).rules.kind(Kind::UnreleasedDeparture);
        let slot = self.slot_at(index);
        let wrong = Wrong {
            from: step.at,
            until: late.map(|late| late.at),
        };
        self.raise(wrong, Delays::of(&rule), || Finding {
            rule: SmolStr::new_static("unreleased_departure"),
            kind: Kind::UnreleasedDeparture,
            priority: rule.priority,
            began_by: step,
            current: Some((Node::Release, late.map(|late| late.at))),
            limit_seconds: None,
            slot,
            detail: Detail::default(),
        });
    }

    /// The loading of its vessel has begun, and the export box is not released.
    pub(super) fn loading(&mut self) {
        let stay = self.stay;
        let (Some(loading), Some(began)) = (stay.around.loading_began, stay.began_at) else {
            return;
        };
        if stay.direction != Some(Direction::Export) || !self.needs_release() {
            return;
        }
        let from = loading.max(began);
        if stay.ended_at.is_some_and(|ended| ended <= from) {
            return;
        }
        // The first time after the loading began in which it is not released.
        let before = stay
            .steps
            .iter()
            .rev()
            .find(|step| step.at <= from && !step.date_only);
        let behind = stay.steps.iter().filter(|step| step.at > from && !step.date_only);
        let mut since = (!before.is_some_and(|step| step.released)).then_some(from);
        let mut until = None;
        for step in behind {
            match (since, step.released) {
                (None, false) => since = Some(step.at),
                (Some(_), true) => {
                    until = Some(step.at);
                    break;
                }
                _ => {}
            }
        }
        let Some(since) = since.filter(|since| stay.ended_at.is_none_or(|ended| *since < ended)) else {
            return;
        };
        let until = match (until, stay.ended_at) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let rule = self.rules.at(since).rules.kind(Kind::ReleaseMissing);
        let Some(first) = stay
            .steps
            .iter()
            .position(|step| step.at == began && !step.date_only)
        else {
            return;
        };
        let slot = self.slot_at(stay.steps.len() - 1);
        let wrong = Wrong { from: since, until };
        self.raise(wrong, Delays::of(&rule), || Finding {
            rule: SmolStr::new_static("release_missing"),
            kind: Kind::ReleaseMissing,
            priority: rule.priority,
            began_by: &stay.steps[first],
            current: Some(ended_by(stay, until)),
            limit_seconds: None,
            slot,
            detail: Detail::default(),
        });
    }
}

/// The node that ended it; else the release that is awaited.
fn ended_by(stay: &super::Watched<'_>, until: Option<Time>) -> (Node, Option<Time>) {
    let end = until.and_then(|until| stay.steps.iter().rev().find(|step| step.at == until));
    end.map_or((Node::Release, None), |end| (end.node, Some(end.at)))
}
