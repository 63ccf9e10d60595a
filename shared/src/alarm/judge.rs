//! Alarms as a function of stay, rules and `now` (`semantics.md` §4). Reads no clock and changes nothing.

use super::{Kind, Priority, StorageReason};
use crate::container::ContainerNumber;
use crate::event::{Direction, Identity, Node};
use crate::rules::{OvertimeRule, RuleBook};
use crate::stay::fold::{Held, Stay, fnv1a};
use crate::stay::nodes::NodeAt;
use crate::stay::release::Declared;
use crate::time::{SECOND, Time};
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

/// One occurrence of an alarm, as it follows from events and rules alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occurrence {
    /// Its address: container and a hash of site, rule and the event that began it.
    pub id: SmolStr,
    /// The rule's own name.
    pub rule: SmolStr,
    /// What is wrong.
    pub kind: Kind,
    /// How urgent it is.
    pub priority: Priority,
    /// The node at which the clock began, or the placement.
    pub previous: (Node, Time),
    /// The node that ended it, or is awaited.
    pub current: Option<(Node, Option<Time>)>,
    /// The limit that was passed.
    pub limit_seconds: Option<u64>,
    /// Why storage is illegal.
    pub reasons: Vec<StorageReason>,
    /// The slot.
    pub slot: Option<SmolStr>,
    /// The block of that slot, where one covers it.
    pub block: Option<SmolStr>,
    /// Whom it is about.
    pub about: About,
    /// When the condition began.
    pub raised_at: Time,
    /// When the condition ended.
    pub cleared_at: Option<Time>,
}

/// What an alarm shows of its stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Site code.
    pub site: SmolStr,
    /// The stay; none for alarms of the system itself.
    pub stay: Option<SmolStr>,
    /// The container.
    pub container: Option<ContainerNumber>,
    /// Which way it passes.
    pub direction: Option<Direction>,
    /// Bill of lading.
    pub bill_of_lading: Option<SmolStr>,
    /// Voyage.
    pub voyage: Option<SmolStr>,
    /// Name of the vessel.
    pub vessel_name: Option<SmolStr>,
    /// Whether it holds dangerous goods.
    pub dangerous: bool,
    /// Whether it needs cooling.
    pub refrigerated: bool,
    /// When it first stood in the yard in this stay.
    pub entered_at: Option<Time>,
}

/// What a stay's alarms are at `now`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// The occurrences so far, active and cleared.
    pub occurrences: Vec<Occurrence>,
    /// The earliest moment at which passing time alone raises another.
    pub next_deadline: Option<Time>,
}

/// Judges a stay. `events` are those that it was folded from.
pub fn judge(stay: &Stay, events: &[Held<'_>], rules: &RuleBook, now: Time) -> Judgement {
    let mut judge = Judge {
        stay,
        events,
        rules,
        now,
        judgement: Judgement::default(),
    };
    let released = released_after(stay, events);
    let began = stay.nodes.iter().map(|node| node.at).min();
    let regimes = rules.all();
    // A rule is looked up in the version in force when its clock began, so every version's rules are run,
    // and each counts only for the clocks that began under it.
    for (index, regime) in regimes.iter().enumerate() {
        let until = regimes.get(index + 1).map(|next| next.valid_from);
        if until.is_some_and(|until| began.is_some_and(|began| began >= until)) {
            continue;
        }
        let from = (index > 0).then_some(regime.valid_from);
        for rule in &regime.overtime {
            if rule.applies_to(stay.direction, stay.cargo, stay.mode) {
                judge.overtime(rule, &released, |at| {
                    from.is_none_or(|from| at >= from) && until.is_none_or(|until| at < until)
                });
            }
        }
    }
    judge.storage();
    judge.judgement
}

/// After which nodes the box is released.
fn released_after(stay: &Stay, events: &[Held<'_>]) -> Vec<bool> {
    let mut declared = Declared::default();
    stay.nodes
        .iter()
        .map(|node| {
            if node.date_only {
                false
            } else {
                declared.take(node, events)
            }
        })
        .collect()
}

struct Judge<'a> {
    stay: &'a Stay,
    events: &'a [Held<'a>],
    rules: &'a RuleBook,
    now: Time,
    judgement: Judgement,
}

impl Judge<'_> {
    fn overtime(&mut self, rule: &OvertimeRule, released: &[bool], in_force: impl Fn(Time) -> bool) {
        let stay = self.stay;
        let mut running: Option<&NodeAt> = None;
        for (index, node) in stay.nodes.iter().enumerate() {
            if node.date_only {
                continue;
            }
            let is_release = node.node == Node::Release;
            if let Some(from) = running {
                // Of several declarations the release of the last one ends the clock.
                let ends = rule.ends_with(node.node) && (!is_release || released[index]);
                let detained = rule.from == Node::Release && node.node == Node::Hold;
                if ends || detained {
                    self.clock(rule, from, Some(node));
                    running = None;
                }
            }
            let begins = node.node == rule.from && (!is_release || released[index]);
            if running.is_none() && begins && in_force(node.at) {
                running = Some(node);
            }
        }
        if let Some(from) = running {
            self.clock(rule, from, None);
        }
    }

    /// A clock that ran from a node to another, to the end of the stay, or until now.
    fn clock(&mut self, rule: &OvertimeRule, from: &NodeAt, to: Option<&NodeAt>) {
        let limit = from
            .at
            .plus(i64::try_from(rule.limit_seconds).unwrap_or(i64::MAX / SECOND) * SECOND);
        // The end of the stay stops every clock: what comes behind it ends none.
        let to = to.filter(|to| self.stay.ended_at.is_none_or(|ended| to.at <= ended));
        let ended = to.map(|node| node.at).or(self.stay.ended_at);
        match ended {
            Some(ended) if ended <= limit => return,
            None if self.now <= limit => {
                let moment = limit.plus(1);
                let next = self.judgement.next_deadline;
                self.judgement.next_deadline = Some(next.map_or(moment, |next| next.min(moment)));
                return;
            }
            _ => {}
        }
        let name = rule.name();
        let slot = from.slot.clone().or_else(|| to.and_then(|to| to.slot.clone()));
        let occurrence = Occurrence {
            id: self.id(&name, from),
            rule: name,
            kind: Kind::Overtime,
            priority: rule.priority,
            previous: (from.node, from.at),
            current: Some(match to {
                Some(node) => (node.node, Some(node.at)),
                None => match self
                    .stay
                    .nodes
                    .iter()
                    .rev()
                    .find(|n| ended.is_some_and(|ended| n.at == ended))
                {
                    Some(end) => (end.node, Some(end.at)),
                    None => (rule.to, None),
                },
            }),
            limit_seconds: Some(rule.limit_seconds),
            reasons: Vec::new(),
            block: self.block(slot.as_ref(), from.at),
            slot,
            about: self.about(),
            raised_at: limit,
            cleared_at: ended,
        };
        self.judgement.occurrences.push(occurrence);
    }

    fn storage(&mut self) {
        let stay = self.stay;
        if stay.dangerous.is_empty() && !stay.refrigerated {
            return;
        }
        let stacked = || {
            stay.nodes
                .iter()
                .filter(|node| node.node.is_stacking() && !node.date_only)
        };
        // A placement that names no slot says nothing of where the box stands.
        let placements: Vec<&NodeAt> = stacked().filter(|node| node.slot.is_some()).collect();
        let mut index = 0;
        while let Some(&placed) = placements.get(index) {
            // The same slot reported again refreshes; another slot ends it.
            let next = (index + 1..placements.len()).find(|next| placements[*next].slot != placed.slot);
            let until = next.map(|next| placements[next].at).or(stay.ended_at);
            self.placement(placed, until);
            index = next.unwrap_or(placements.len());
        }
        if let Some(first) = stacked().next() {
            self.time_in_yard(first);
        }
    }

    fn placement(&mut self, placed: &NodeAt, until: Option<Time>) {
        let regime = self.rules.at(placed.at);
        let Some(slot) = &placed.slot else { return };
        let stay = self.stay;
        let reasons = regime
            .storage
            .reasons(&stay.dangerous, stay.refrigerated, slot, &regime.layout);
        if reasons.is_empty() || until == Some(placed.at) {
            return;
        }
        self.illegal("storage:place", placed, until, placed.at, None, reasons);
    }

    /// Some goods may stand for a limited time, whatever the slot.
    fn time_in_yard(&mut self, first: &NodeAt) {
        let Some(seconds) = self
            .rules
            .at(first.at)
            .storage
            .limit_seconds(&self.stay.dangerous)
        else {
            return;
        };
        let limit = first
            .at
            .plus(i64::try_from(seconds).unwrap_or(i64::MAX / SECOND) * SECOND);
        match self.stay.ended_at {
            Some(ended) if ended <= limit => {}
            None if self.now <= limit => {
                let moment = limit.plus(1);
                let next = self.judgement.next_deadline;
                self.judgement.next_deadline = Some(next.map_or(moment, |next| next.min(moment)));
            }
            ended => self.illegal(
                "storage:time",
                first,
                ended,
                limit,
                Some(seconds),
                vec![StorageReason::TooLong],
            ),
        }
    }

    fn illegal(
        &mut self,
        rule: &'static str,
        placed: &NodeAt,
        until: Option<Time>,
        raised_at: Time,
        limit_seconds: Option<u64>,
        reasons: Vec<StorageReason>,
    ) {
        let occurrence = Occurrence {
            id: self.id(rule, placed),
            rule: SmolStr::new_static(rule),
            kind: Kind::IllegalStorage,
            priority: if self.stay.dangerous.is_empty() {
                Priority::Medium
            } else {
                Priority::High
            },
            previous: (placed.node, placed.at),
            current: None,
            limit_seconds,
            reasons,
            slot: placed.slot.clone(),
            block: self.block(placed.slot.as_ref(), placed.at),
            about: self.about(),
            raised_at,
            cleared_at: until,
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
            bill_of_lading: stay.bill_of_lading.clone(),
            voyage: stay.voyage.clone(),
            vessel_name: stay.vessel_name.clone(),
            dangerous: !stay.dangerous.is_empty(),
            refrigerated: stay.refrigerated,
            entered_at: stay.entered_at,
        }
    }

    /// The address does not hold the stay: a late event may give the stay another beginning, and the alarm
    /// is still the same.
    fn id(&self, rule: &str, began_by: &NodeAt) -> SmolStr {
        let Identity { source, id } = self.events[began_by.told_by].identity;
        let hash = fnv1a(&["alarm", &self.stay.site, rule, source, id]);
        format_smolstr!("{}-{hash:016x}", self.stay.container)
    }
}
