//! What is wrong with rules that somebody sends. Those of a configuration file are checked where they are read, with
//! their lines.

use super::{Rules, kind};
use crate::alarm::Kind;
use crate::event::node::Part;
use crate::yard::layout::is_imdg_class;

/// One thing that is wrong, with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {reason}")]
pub struct RuleProblem {
    /// JSON pointer into the rules.
    pub pointer: String,
    /// What is wrong and what to do.
    pub reason: String,
}

/// A year; nobody waits longer for an alarm.
const LONGEST_SECONDS: u64 = 366 * 86_400;

impl Rules {
    /// Everything that is wrong with them; nothing for rules that can be put in force.
    pub fn problems(&self) -> Vec<RuleProblem> {
        let mut found = Vec::new();
        let mut say = |pointer: String, reason: String| found.push(RuleProblem { pointer, reason });
        for (index, rule) in self.overtime.iter().enumerate() {
            let at = |field: &str| format!("/overtime/{index}/{field}");
            for (field, node) in [("from", rule.from), ("to", rule.to)] {
                if matches!(node.part(), Part::Vessel | Part::Note) {
                    say(at(field), format!("`{node}` is no node of a container"));
                }
            }
            if rule.from.part() == Part::End {
                let reason = "ends the stay, and the end of a stay stops every clock";
                say(at("from"), format!("`{}` {reason}", rule.from));
            }
            if rule.from == rule.to {
                say(at("to"), format!("`{}` is the same as `from`", rule.to));
            }
            if !(1..=LONGEST_SECONDS).contains(&rule.limit_seconds) {
                say(at("limit_seconds"), "must be from a second to a year".to_owned());
            }
            let name = rule.name();
            if self.overtime[..index].iter().any(|other| other.name() == name) {
                let reason = "stands there twice for the same direction, cargo and mode; take one out";
                say(format!("/overtime/{index}"), format!("`{name}` {reason}"));
            }
        }
        for (kind, rule) in &self.kinds {
            let name = kind.name();
            if *kind == Kind::Overtime {
                let reason = "has a rule for each pair of nodes in `overtime`, and none here";
                say(format!("/kinds/{name}"), format!("`{name}` {reason}"));
            }
            if kind::has_limit(*kind) && rule.limit_seconds == 0 {
                say(
                    format!("/kinds/{name}/limit_seconds"),
                    "must be at least 1".to_owned(),
                );
            }
            for (field, seconds) in [
                ("limit_seconds", rule.limit_seconds),
                ("on_delay_seconds", rule.on_delay_seconds),
                ("off_delay_seconds", rule.off_delay_seconds),
            ] {
                if seconds > LONGEST_SECONDS {
                    say(
                        format!("/kinds/{name}/{field}"),
                        "must be at most a year".to_owned(),
                    );
                }
            }
        }
        let storage = &self.storage;
        for (field, classes) in [
            ("forbidden_classes", &storage.forbidden_classes),
            ("limited_classes", &storage.limited_classes),
            ("low_classes", &storage.low_classes),
            ("lithium_apart_from", &storage.lithium_apart_from),
        ] {
            for (index, class) in classes
                .iter()
                .enumerate()
                .filter(|(_, class)| !is_imdg_class(class))
            {
                let reason = format!("`{class}` is no IMDG class or division such as 3 or 5.1");
                say(format!("/storage/{field}/{index}"), reason);
            }
        }
        for (field, numbers) in [
            ("forbidden_un", &storage.forbidden_un),
            ("lithium_un", &storage.lithium_un),
        ] {
            for (index, number) in numbers.iter().enumerate() {
                if number.len() != 4 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
                    let reason = format!("`{number}` is no UN number of four digits such as 1942");
                    say(format!("/storage/{field}/{index}"), reason);
                }
            }
        }
        if storage.segregation_level > 4 {
            say(
                "/storage/segregation_level".to_owned(),
                "must be from 0 to 4".to_owned(),
            );
        }
        if !(1..=LONGEST_SECONDS).contains(&storage.limited_seconds) {
            let reason = "must be from a second to a year";
            say("/storage/limited_seconds".to_owned(), reason.to_owned());
        }
        for (field, tiers) in [
            ("low_tiers", storage.low_tiers),
            ("dangerous_tiers", storage.dangerous_tiers),
        ] {
            if !(1..=99).contains(&tiers) {
                say(format!("/storage/{field}"), "must be from 1 to 99".to_owned());
            }
        }
        if self.reefer_band_millicelsius > 100_000 {
            let reason = "must be at most 100 degrees";
            say("/reefer_band_millicelsius".to_owned(), reason.to_owned());
        }
        for (index, suppression) in self.suppress.iter().enumerate() {
            let first = suppression.rule.split(':').next().unwrap_or_default();
            if Kind::from_name(first).is_none() && first != "storage" {
                let reason = format!("`{}` is no rule, beginning of one, or kind", suppression.rule);
                say(format!("/suppress/{index}/rule"), reason);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Node;
    use crate::rules::KindRule;

    #[test]
    fn the_defaults_can_be_put_in_force() {
        assert_eq!(Rules::default().problems(), []);
    }

    #[test]
    fn each_thing_that_is_wrong_is_named_with_its_place() {
        let mut rules = Rules::default();
        rules.overtime[0].limit_seconds = 0;
        rules.overtime[1] = rules.overtime[0].clone();
        rules.overtime[2].from = Node::GateOut;
        rules.kinds.insert(
            Kind::FeedSilent,
            KindRule {
                limit_seconds: 0,
                ..kind::default_of(Kind::FeedSilent)
            },
        );
        rules.storage.low_classes.push("12".into());
        rules.suppress[0].rule = "everything".into();
        let places: Vec<String> = rules.problems().into_iter().map(|found| found.pointer).collect();
        assert_eq!(
            places,
            [
                "/overtime/0/limit_seconds",
                "/overtime/1/limit_seconds",
                "/overtime/1",
                "/overtime/2/from",
                "/kinds/feed_silent/limit_seconds",
                "/storage/low_classes/5",
                "/suppress/0/rule",
            ]
        );
    }
}
