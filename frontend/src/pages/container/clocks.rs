//! The steps of a stay that have a limit, each with how long it took.
//!
//! The server judges by the same rules and raises the alarms; this only says what stands beside them.

use crate::client::{Mistakes, Read, member, members};
use serde_json::Value;
use shared::event::{Classifier, Node};
use shared::rules::OvertimeRule;
use shared::time::{LocalTime, SECOND, Time};
use shared::wire::stay::{Stay, StayNode};

/// The limits in force when a stay began.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LimitRules(pub Vec<OvertimeRule>);

impl Read for LimitRules {
    fn read(value: &Value, mistakes: &Mistakes) -> LimitRules {
        let rules: Value = member(members(value, mistakes), "rules", mistakes);
        let mut limits = Vec::new();
        for rule in member::<Vec<Value>>(members(&rules, mistakes), "overtime", mistakes) {
            let members = members(&rule, mistakes);
            limits.push(OvertimeRule {
                from: member(members, "from", mistakes),
                to: member(members, "to", mistakes),
                direction: member(members, "direction", mistakes),
                cargo: member(members, "cargo", mistakes),
                mode: member(members, "mode", mistakes),
                limit_seconds: member(members, "limit_seconds", mistakes),
                priority: member(members, "priority", mistakes),
                in_service: member(members, "in_service", mistakes),
            });
        }
        LimitRules(limits)
    }
}

/// A step with a limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clock {
    /// The node that began it.
    pub from: Node,
    /// The node that ends it.
    pub to: Node,
    /// When it began.
    pub began: LocalTime,
    /// When it ended, by its node or with the stay; `None` while it runs.
    pub ended: Option<LocalTime>,
    /// How long it may take.
    pub limit_seconds: u64,
}

impl Clock {
    /// How long it took, or has taken by now.
    pub fn seconds(&self, now: Time) -> i64 {
        let until = self.ended.map_or(now, |ended| ended.at);
        until.seconds_since(self.began.at).max(0)
    }

    /// When the limit is reached.
    pub fn due(&self) -> Time {
        let limit = i64::try_from(self.limit_seconds).unwrap_or(i64::MAX / SECOND);
        self.began.at.plus(limit.saturating_mul(SECOND))
    }

    /// By how much it is over its limit; exactly the limit is not over it.
    pub fn over(&self, now: Time) -> Option<i64> {
        let until = self.ended.map_or(now, |ended| ended.at);
        (until > self.due()).then(|| until.seconds_since(self.due()))
    }
}

/// The steps of a stay that have a limit, in the order in which they began.
pub fn clocks(stay: &Stay, rules: &[OvertimeRule]) -> Vec<Clock> {
    let mut nodes: Vec<&StayNode> = Vec::new();
    for node in &stay.nodes {
        if node.classifier == Classifier::Actual && !node.date_only {
            nodes.push(node);
        }
    }
    // Of several declarations the last release is the one that counts.
    let released = nodes.iter().rposition(|node| node.node == Node::Release);
    let counts = |index: usize| nodes[index].node != Node::Release || Some(index) == released;
    let mut clocks = Vec::new();
    for rule in rules {
        if !rule.applies_to(stay.direction, stay.cargo, stay.mode) {
            continue;
        }
        let clock = |began: LocalTime, ended: Option<LocalTime>| {
            // The end of the stay stops every clock.
            let stopped = stay.ended_at;
            let ended = match (ended, stopped) {
                (Some(ended), Some(stopped)) if stopped.at < ended.at => Some(stopped),
                (Some(ended), _) => Some(ended),
                (None, stopped) => stopped,
            };
            Clock {
                from: rule.from,
                to: rule.to,
                began,
                ended,
                limit_seconds: rule.limit_seconds,
            }
        };
        let mut running: Option<LocalTime> = None;
        for (index, node) in nodes.iter().enumerate() {
            let detained = rule.from == Node::Release && node.node == Node::Hold;
            let ends = (rule.ends_with(node.node) && counts(index)) || detained;
            if let Some(began) = running.take_if(|_| ends) {
                clocks.push(clock(began, Some(node.at)));
            }
            if running.is_none() && node.node == rule.from && counts(index) {
                running = Some(node.at);
            }
        }
        if let Some(began) = running {
            clocks.push(clock(began, None));
        }
    }
    clocks.sort_by_key(|clock| clock.began.at);
    clocks
}

#[cfg(test)]
mod tests {
    use super::super::tests::{node, stay};
    use super::*;

    fn limits() -> Vec<OvertimeRule> {
        let text = r#"{"rules":{"overtime":[
            {"from":"discharge","to":"stack","direction":"import","cargo":null,"mode":null,"limit_seconds":3600,
             "priority":"low","in_service":true},
            {"from":"release","to":"gate_out","direction":null,"cargo":null,"mode":null,"limit_seconds":604800,
             "priority":"low","in_service":true},
            {"from":"release","to":"load","direction":"export","cargo":null,"mode":null,"limit_seconds":604800,
             "priority":"low","in_service":true}]}}"#;
        crate::client::read::<LimitRules>(text).unwrap().0
    }

    #[test]
    fn a_step_over_its_limit_says_by_how_much() {
        let stay = stay(vec![node("discharge", 0), node("stack", 84)]);
        let clocks = clocks(&stay, &limits());
        assert_eq!(clocks.len(), 1);
        assert_eq!(clocks[0].seconds(Time(0)), 84 * 60);
        assert_eq!(clocks[0].over(Time(0)), Some(24 * 60));
    }

    #[test]
    fn exactly_the_limit_is_not_over_it() {
        let stay = stay(vec![node("discharge", 0), node("stack", 60)]);
        assert_eq!(clocks(&stay, &limits())[0].over(Time(0)), None);
    }

    #[test]
    fn what_is_awaited_runs_on_until_the_stay_ends() {
        let mut stay = stay(vec![node("discharge", 0)]);
        let running = clocks(&stay, &limits())[0];
        assert_eq!(running.ended, None);
        assert_eq!(running.over(running.began.at.plus(3_601_000)), Some(1));
        stay.ended_at = Some(node("gate_out", 30).at);
        assert_eq!(clocks(&stay, &limits())[0].seconds(Time(i64::MAX)), 1_800);
    }

    #[test]
    fn of_several_releases_the_last_begins_the_way_out() {
        let nodes = vec![node("release", 0), node("release", 100), node("gate_out", 160)];
        let clocks = clocks(&stay(nodes), &limits());
        assert_eq!(clocks.len(), 1);
        assert_eq!(clocks[0].seconds(Time(0)), 3_600);
    }
}
