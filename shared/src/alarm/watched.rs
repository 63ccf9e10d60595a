//! What alarm rules look at in a stay: its nodes, and what it states. The engine makes it from a folded stay, a trial of
//! rules from what the store kept of one, and both are judged by the same code.

use crate::container::ContainerNumber;
use crate::event::{Attribute, DangerousGoods, Direction, Identity, Node};
use crate::stay::fold::{Held, Stay};
use crate::stay::nodes::NodeAt;
use crate::stay::release::Declared;
use crate::stay::{Cargo, Mode, StayFlag};
use crate::time::Time;
use smol_str::SmolStr;

/// A stay as alarm rules look at it.
#[derive(Clone, Debug)]
pub struct Watched<'a> {
    /// Site code.
    pub site: &'a SmolStr,
    /// Its address.
    pub id: &'a SmolStr,
    /// The container.
    pub container: &'a ContainerNumber,
    /// Which way it passes.
    pub direction: Option<Direction>,
    /// Cargo class.
    pub cargo: Cargo,
    /// Whether it was stacked.
    pub mode: Mode,
    /// Whether it is empty.
    pub empty: Option<bool>,
    /// Dangerous goods.
    pub dangerous: &'a [DangerousGoods],
    /// Whether it needs cooling.
    pub refrigerated: bool,
    /// Bill of lading.
    pub bill_of_lading: Option<&'a SmolStr>,
    /// Voyage.
    pub voyage: Option<&'a SmolStr>,
    /// Name of the vessel.
    pub vessel_name: Option<&'a SmolStr>,
    /// When it began; `None` for papers only.
    pub began_at: Option<Time>,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// When it first stood in the yard.
    pub entered_at: Option<Time>,
    /// What happened, in order.
    pub steps: Vec<Step<'a>>,
    /// What depends on others than the stay.
    pub around: Around,
}

/// What the alarms of a stay depend on beside its own events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// When the loading of its vessel began.
    pub loading_began: Option<Time>,
    /// When its vessel closes for cargo, as far as events told when it is to leave.
    pub closes_at: Option<Time>,
    /// Whether a missing loading instruction says something: the site's feeds reported one on the day of the release.
    pub instructions_tell: bool,
    /// Whether a missing plug-in says something: the site's feeds reported one on the day on which it was stacked.
    pub plugging_tells: bool,
}

/// One node as alarm rules look at it.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// What happened.
    pub node: Node,
    /// When.
    pub at: Time,
    /// Only the date is known: it begins and ends no clock.
    pub date_only: bool,
    /// The slot that it speaks of.
    pub slot: Option<&'a SmolStr>,
    /// Whether the box is released after it.
    pub released: bool,
    /// The event that tells of it; a trial needs none.
    pub identity: Option<&'a Identity>,
    /// The temperature that it states, in thousandths of a degree Celsius.
    pub temperature: Option<i64>,
    /// Another sender put the box into another slot by the same node.
    pub contradicted: Option<Contradiction<'a>>,
}

/// A report of the same node that names another slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contradiction<'a> {
    /// When, by that report.
    pub at: Time,
    /// The slot that it names.
    pub slot: &'a SmolStr,
    /// Who says so.
    pub source: &'a SmolStr,
}

impl<'a> Watched<'a> {
    /// A folded stay with the events that it was folded from.
    pub fn of(stay: &'a Stay, events: &'a [Held<'a>], around: Around) -> Watched<'a> {
        let mut declared = Declared::default();
        let mut released = false;
        let steps = stay.nodes.iter().map(|node| {
            if !node.date_only {
                released = declared.take(node, events);
            }
            step(node, events, released && !node.date_only, stay.refrigerated)
        });
        Watched {
            site: &stay.site,
            id: &stay.id,
            container: &stay.container,
            direction: stay.direction,
            cargo: stay.cargo,
            mode: stay.mode,
            empty: stay.empty,
            dangerous: &stay.dangerous,
            refrigerated: stay.refrigerated,
            bill_of_lading: stay.bill_of_lading.as_ref(),
            voyage: stay.voyage.as_ref(),
            vessel_name: stay.vessel_name.as_ref(),
            began_at: stay
                .began_at
                .filter(|_| !stay.flags.contains(&StayFlag::PapersOnly)),
            ended_at: stay.ended_at,
            entered_at: stay.entered_at,
            steps: steps.collect(),
            around,
        }
    }

    /// The first node.
    pub fn first_at(&self) -> Option<Time> {
        self.steps.iter().map(|step| step.at).min()
    }

    /// The slots in which it stood: the step that put it there, and until when. The same slot reported again goes on. A
    /// placement that names no slot says nothing of where it stands.
    pub fn placements(&self) -> Vec<Placement<'a>> {
        let mut placements: Vec<Placement<'a>> = Vec::new();
        for (index, step) in self.steps.iter().enumerate() {
            let Some(slot) = step.slot.filter(|_| step.node.is_stacking() && !step.date_only) else {
                continue;
            };
            match placements.last_mut() {
                Some(last) if last.slot == slot => {}
                last => {
                    if let Some(last) = last {
                        last.until = Some(step.at);
                    }
                    placements.push(Placement {
                        step: index,
                        slot,
                        from: step.at,
                        until: self.ended_at,
                    });
                }
            }
        }
        placements
    }
}

/// A box in a slot for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement<'a> {
    /// The step that put it there.
    pub step: usize,
    /// The slot as sent.
    pub slot: &'a SmolStr,
    /// Since when.
    pub from: Time,
    /// Until when; `None` while it stands there.
    pub until: Option<Time>,
}

fn step<'a>(node: &'a NodeAt, events: &'a [Held<'a>], released: bool, refrigerated: bool) -> Step<'a> {
    let told = &events[node.told_by];
    let temperature = || {
        told.content
            .attributes
            .iter()
            .find_map(|attribute| match attribute {
                Attribute::TemperatureMillicelsius(value) => *value,
                _ => None,
            })
    };
    Step {
        node: node.node,
        at: node.at,
        date_only: node.date_only,
        slot: node.slot.as_ref(),
        released,
        identity: Some(told.identity),
        temperature: if refrigerated { temperature() } else { None },
        contradicted: contradiction(node, events),
    }
}

/// The first report of another sender that names another slot.
fn contradiction<'a>(node: &'a NodeAt, events: &'a [Held<'a>]) -> Option<Contradiction<'a>> {
    let slot = node.slot.as_ref().filter(|_| node.node.is_stacking())?;
    let source = &events[node.told_by].identity.source;
    node.reports.iter().find_map(|report| {
        let other = &events[*report];
        let named = other.content.slot().flatten()?;
        (named != slot && other.identity.source != *source).then_some(Contradiction {
            at: other.content.at,
            slot: named,
            source: &other.identity.source,
        })
    })
}
