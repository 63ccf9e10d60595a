//! Export boxes that are released and have no loading instruction when their vessel closes, or when its loading has
//! begun (`domain.md` §3, the chain of papers; the reason for the release desk).

use super::{Finding, Judge};
use crate::alarm::Kind;
use crate::alarm::delay::{Delays, Wrong, milliseconds};
use crate::alarm::occurrence::Detail;
use crate::event::{Direction, Node};
use crate::time::Time;
use smol_str::SmolStr;

impl Judge<'_> {
    /// From the limit before closing, or from when the loading began, until the instruction comes, the release is taken
    /// back, or the box leaves. Each release has its own.
    pub(super) fn instruction(&mut self) {
        let stay = self.stay;
        let around = stay.around;
        let Some(began) = stay.began_at.filter(|_| around.instructions_tell) else {
            return;
        };
        if stay.direction != Some(Direction::Export) || stay.empty == Some(true) {
            return;
        }
        let told = |step: &&super::Step<'_>| step.node == Node::LoadingInstruction;
        // One of which only the date is known was told, whenever that was.
        if stay.steps.iter().filter(told).any(|step| step.date_only) {
            return;
        }
        let instructed = stay.steps.iter().find(told).map(|step| step.at);
        let steps = stay.steps.iter().enumerate();
        let mut released_by = None;
        for (index, step) in steps.filter(|(_, step)| !step.date_only) {
            match (released_by, step.released) {
                (None, true) => released_by = Some(index),
                (Some(from), false) => {
                    self.instruction_after(from, began, [Some(step.at), instructed]);
                    released_by = None;
                }
                _ => {}
            }
        }
        if let Some(from) = released_by {
            self.instruction_after(from, began, [None, instructed]);
        }
    }

    fn instruction_after(&mut self, released_by: usize, began: Time, ends: [Option<Time>; 2]) {
        let stay = self.stay;
        let release = &stay.steps[released_by];
        let rule = self.rules.at(release.at).rules.kind(Kind::InstructionMissing);
        let limit = milliseconds(rule.limit_seconds);
        let closing = stay.around.closes_at.map(|at| at.plus(limit.saturating_neg()));
        let Some(awaited) = [closing, stay.around.loading_began].into_iter().flatten().min() else {
            return;
        };
        let from = awaited.max(began).max(release.at);
        let until = ends.into_iter().chain([stay.ended_at]).flatten().min();
        if until.is_some_and(|until| until <= from) {
            return;
        }
        let slot = self.slot_at(stay.steps.len() - 1);
        self.raise(Wrong { from, until }, Delays::of(&rule), || {
            let end = until.and_then(|until| stay.steps.iter().rev().find(|step| step.at == until));
            Finding {
                rule: SmolStr::new_static("instruction_missing"),
                kind: Kind::InstructionMissing,
                priority: rule.priority,
                began_by: release,
                current: Some(end.map_or((Node::LoadingInstruction, None), |end| (end.node, Some(end.at)))),
                limit_seconds: (closing == Some(awaited)).then_some(rule.limit_seconds),
                slot,
                detail: Detail::default(),
            }
        });
    }
}
