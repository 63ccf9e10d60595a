//! Limits between two nodes (作业时间超长报警), and inspections that are not done in time.

use super::{Finding, Judge};
use crate::alarm::delay::{Delays, Wrong};
use crate::alarm::occurrence::Detail;
use crate::alarm::watched::Step;
use crate::alarm::{Kind, Priority};
use crate::event::Node;
use crate::rules::OvertimeRule;
use crate::time::Time;
use smol_str::SmolStr;

/// A limit between two nodes, as a clock needs it.
struct Limit {
    rule: fn(&OvertimeRule) -> SmolStr,
    kind: Kind,
    priority: Priority,
    seconds: u64,
    delays: Delays,
    awaited: Node,
}

impl Judge<'_> {
    pub(super) fn overtime(&mut self) {
        let stay = self.stay;
        let began = stay.first_at();
        let regimes = self.rules.all();
        // A rule is looked up in the version in force when its clock began, so every version's rules are run,
        // and each counts only for the clocks that began under it.
        for (index, regime) in regimes.iter().enumerate() {
            let until = regimes.get(index + 1).map(|next| next.valid_from);
            if until.is_some_and(|until| began.is_some_and(|began| began >= until)) {
                continue;
            }
            let from = (index > 0).then_some(regime.valid_from);
            for rule in &regime.rules.overtime {
                if !rule.applies_to(stay.direction, stay.cargo, stay.mode) {
                    continue;
                }
                let limit = Limit {
                    rule: OvertimeRule::name,
                    kind: Kind::Overtime,
                    priority: rule.priority,
                    seconds: rule.limit_seconds,
                    delays: Delays::limit(rule.limit_seconds),
                    awaited: rule.to,
                };
                self.run(
                    rule,
                    |_| false,
                    |at| {
                        let in_force =
                            from.is_none_or(|from| at >= from) && until.is_none_or(|until| at < until);
                        in_force.then_some(&limit)
                    },
                );
            }
        }
    }

    /// Selected for an inspection, and not done in time: a verdict or a release is an end as well.
    pub(super) fn inspection(&mut self) {
        let selected = |step: &Step<'_>| step.node == Node::SelectForInspection;
        if !self.stay.steps.iter().any(selected) {
            return;
        }
        let regimes = self.rules.all();
        let clock = OvertimeRule {
            from: Node::SelectForInspection,
            to: Node::InspectionEnd,
            direction: None,
            cargo: None,
            mode: None,
            limit_seconds: 0,
            priority: Priority::Medium,
            in_service: true,
        };
        for (index, regime) in regimes.iter().enumerate() {
            let until = regimes.get(index + 1).map(|next| next.valid_from);
            let from = (index > 0).then_some(regime.valid_from);
            let own = regime.rules.kind(Kind::InspectionLate);
            let limit = Limit {
                rule: |_| SmolStr::new_static("inspection_late"),
                kind: Kind::InspectionLate,
                priority: own.priority,
                seconds: own.limit_seconds,
                delays: Delays::behind_limit(&own),
                awaited: Node::InspectionEnd,
            };
            let ends =
                |step: &Step<'_>| step.node == Node::Verdict || (step.node == Node::Release && step.released);
            self.run(&clock, ends, |at| {
                let in_force = from.is_none_or(|from| at >= from) && until.is_none_or(|until| at < until);
                in_force.then_some(&limit)
            });
        }
    }

    /// Runs the clock of a rule over the steps. `ends` says what ends it besides, `limit_of` what limit a clock has that
    /// began at a moment.
    fn run<'l>(
        &mut self,
        rule: &OvertimeRule,
        ends: impl Fn(&Step<'_>) -> bool,
        limit_of: impl Fn(Time) -> Option<&'l Limit>,
    ) {
        let stay = self.stay;
        let mut running: Option<(usize, &Limit)> = None;
        for (index, step) in stay.steps.iter().enumerate() {
            if step.date_only {
                continue;
            }
            let is_release = step.node == Node::Release;
            if let Some((from, limit)) = running {
                // Of several declarations the release of the last one ends the clock.
                let done = rule.ends_with(step.node) && (!is_release || step.released);
                let detained = rule.from == Node::Release && step.node == Node::Hold;
                if done || detained || ends(step) {
                    self.clock(rule, limit, from, Some(index));
                    running = None;
                }
            }
            let begins = step.node == rule.from && (!is_release || step.released);
            if running.is_none() && begins {
                running = limit_of(step.at).map(|limit| (index, limit));
            }
        }
        if let Some((from, limit)) = running {
            self.clock(rule, limit, from, None);
        }
    }

    /// A clock that ran from a step to another, to the end of the stay, or until now.
    fn clock(&mut self, rule: &OvertimeRule, limit: &Limit, from: usize, to: Option<usize>) {
        let stay = self.stay;
        let began = &stay.steps[from];
        // The end of the stay stops every clock: what comes behind it ends none.
        let to = to
            .map(|to| &stay.steps[to])
            .filter(|to| stay.ended_at.is_none_or(|ended| to.at <= ended));
        let until = to.map(|to| to.at).or(stay.ended_at);
        let wrong = Wrong {
            from: began.at,
            until,
        };
        self.raise(wrong, limit.delays, || Finding {
            rule: (limit.rule)(rule),
            kind: limit.kind,
            priority: limit.priority,
            began_by: began,
            current: Some(match to {
                Some(to) => (to.node, Some(to.at)),
                None => match stay.steps.iter().rev().find(|step| until == Some(step.at)) {
                    Some(end) => (end.node, Some(end.at)),
                    None => (limit.awaited, None),
                },
            }),
            limit_seconds: Some(limit.seconds),
            slot: began.slot.or_else(|| to.and_then(|to| to.slot)),
            detail: Detail::default(),
        });
    }
}
