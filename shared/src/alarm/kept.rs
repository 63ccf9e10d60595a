//! What a store keeps of a stay so that rules can be tried on it: all that [`super::judge`] looks at, in about a hundred
//! bytes.

use super::watched::{Around, Contradiction, Step, Watched};
use crate::container::ContainerNumber;
use crate::event::{DangerousGoods, Direction, Node};
use crate::stay::{Cargo, Mode};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// A stay as it is kept. Times are milliseconds behind its first step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The site, as an index into the configured ones.
    pub site: usize,
    /// The part of the stay's address behind the container's number.
    pub hash: u64,
    direction: Option<Direction>,
    cargo: Cargo,
    mode: Mode,
    empty: Option<bool>,
    refrigerated: bool,
    goods: Vec<DangerousGoods>,
    first: i64,
    began: Option<i64>,
    ended: Option<i64>,
    entered: Option<i64>,
    loading_began: Option<i64>,
    closes: Option<i64>,
    instructions_tell: bool,
    plugging_tells: bool,
    steps: Vec<KeptStep>,
}

/// Node, time behind the step before, what is told of it, slot, temperature, and another report: its time, slot and
/// source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct KeptStep(
    Node,
    i64,
    u8,
    Option<SmolStr>,
    Option<i64>,
    Option<(i64, SmolStr, SmolStr)>,
);

const DATE_ONLY: u8 = 1;
const RELEASED: u8 = 2;

impl Kept {
    /// A stay at a site.
    pub fn of(site: usize, stay: &Watched<'_>) -> Kept {
        let first = stay.steps.first().map_or(0, |step| step.at.0);
        let behind = |at: Option<Time>| at.map(|at| at.0 - first);
        let mut last = first;
        let hash = stay.id.rsplit_once('-').map_or("", |(_, hash)| hash);
        Kept {
            site,
            hash: u64::from_str_radix(hash, 16).unwrap_or(0),
            direction: stay.direction,
            cargo: stay.cargo,
            mode: stay.mode,
            empty: stay.empty,
            refrigerated: stay.refrigerated,
            goods: stay.dangerous.to_vec(),
            first,
            began: behind(stay.began_at),
            ended: behind(stay.ended_at),
            entered: behind(stay.entered_at),
            loading_began: behind(stay.around.loading_began),
            closes: behind(stay.around.closes_at),
            instructions_tell: stay.around.instructions_tell,
            plugging_tells: stay.around.plugging_tells,
            steps: stay
                .steps
                .iter()
                .map(|step| {
                    let since = step.at.0 - last;
                    last = step.at.0;
                    let told =
                        if step.date_only { DATE_ONLY } else { 0 } | if step.released { RELEASED } else { 0 };
                    let other = step
                        .contradicted
                        .map(|other| (other.at.0 - step.at.0, other.slot.clone(), other.source.clone()));
                    KeptStep(
                        step.node,
                        since,
                        told,
                        step.slot.cloned(),
                        step.temperature,
                        other,
                    )
                })
                .collect(),
        }
    }

    /// When it can last have raised an alarm: its last step or its end; `None` while it goes on.
    pub fn last(&self) -> Option<Time> {
        let last: i64 = self.first + self.steps.iter().map(|step| step.1).sum::<i64>();
        self.ended.map(|ended| Time(last.max(self.first + ended)))
    }

    /// When its first step was.
    pub fn first(&self) -> Time {
        Time(self.first)
    }

    /// As rules look at it. Who is meant, a trial asks only where something rings.
    pub fn watched<'a>(
        &'a self,
        site: &'a SmolStr,
        id: &'a SmolStr,
        container: &'a ContainerNumber,
    ) -> Watched<'a> {
        let at = |behind: Option<i64>| behind.map(|behind| Time(self.first + behind));
        let mut last = self.first;
        let steps = self
            .steps
            .iter()
            .map(|KeptStep(node, since, told, slot, temperature, other)| {
                last += since;
                Step {
                    node: *node,
                    at: Time(last),
                    date_only: told & DATE_ONLY != 0,
                    slot: slot.as_ref(),
                    released: told & RELEASED != 0,
                    identity: None,
                    temperature: *temperature,
                    contradicted: other.as_ref().map(|(behind, slot, source)| Contradiction {
                        at: Time(last + behind),
                        slot,
                        source,
                    }),
                }
            });
        Watched {
            site,
            id,
            container,
            direction: self.direction,
            cargo: self.cargo,
            mode: self.mode,
            empty: self.empty,
            dangerous: &self.goods,
            refrigerated: self.refrigerated,
            bill_of_lading: None,
            voyage: None,
            vessel_name: None,
            began_at: at(self.began),
            ended_at: at(self.ended),
            entered_at: at(self.entered),
            steps: steps.collect(),
            around: Around {
                loading_began: at(self.loading_began),
                closes_at: at(self.closes),
                instructions_tell: self.instructions_tell,
                plugging_tells: self.plugging_tells,
            },
        }
    }

    /// Whether it holds dangerous goods.
    pub fn is_dangerous(&self) -> bool {
        !self.goods.is_empty()
    }
}
