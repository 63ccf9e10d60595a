//! The demo port: a simulated terminal that speaks through the real feeds.
//!
//! [`Port`] is pure: a seed, a start and a layout give the same messages, byte for byte, and a stored port goes
//! on exactly where it was. It reads no clock and does no I/O; whoever runs it posts each [`Message`] at its
//! simulated moment. Everything happens on an agenda: vessels call, cranes discharge, stack, shift and load,
//! trucks come and go, customs declares, selects, inspects and releases. What happens is told by the terminal
//! operating system and by customs as native events, for some moves as EDIFACT, and by the carriers as DCSA
//! Track & Trace; now and then late, twice, wrongly, or not at all readable.

mod agenda;
/// The people at the release desk.
pub mod clerks;
mod consignment;
mod container;
mod customs;
mod dice;
mod durations;
mod fleet;
mod gate;
mod handling;
mod mishap;
mod number;
mod outbox;
/// Cross-border parcels: their senders and officers.
pub mod parcels;
mod quay;
mod report;
mod settings;
mod writer;
mod yard;

pub use settings::{Mishaps, Sending, Settings};

use agenda::{Action, Agenda};
use container::{Container, Containers, Key, Passage};
use dice::Dice;
use fleet::Voyage;
use number::Numbers;
use outbox::Outbox;
use quay::{Berth, Call};
use report::{Report, Subject, Way};
use serde::{Deserialize, Serialize};
use shared::event::{Classifier, Node};
use shared::time::{HOUR, SECOND, Time};
use shared::yard::Layout;
use smol_str::SmolStr;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use yard::Yard;

/// The site that the simulated terminal is.
pub const SITE: &str = "CNTXG-TPCT";
/// Its UN/LOCODE.
pub const LOCATION: &str = "CNTXG";
/// The source of what the terminal operating system tells as native events.
pub const TERMINAL: &str = "tos-pacific";
/// The source of what customs tells.
pub const CUSTOMS: &str = "customs";
/// The sender of the terminal's EDIFACT interchanges.
pub const EDIFACT_SENDER: &str = "TPCT";

/// The feed that takes a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Format {
    /// `/feeds/events`.
    Events,
    /// `/feeds/dcsa`.
    Dcsa,
    /// `/feeds/edifact`.
    Edifact,
}

/// One message to one feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The simulated moment at which it is sent. Never earlier than that of the message before.
    pub at: Time,
    /// The feed that takes it.
    pub format: Format,
    /// The `?source=` of the call.
    pub source: Option<String>,
    /// The bytes of the message.
    pub body: Vec<u8>,
    /// How many events it tells of, readable or not.
    pub events: u32,
    /// How many of them nobody can read.
    pub broken: u32,
}

/// The simulated port.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Port {
    settings: Settings,
    dice: Dice,
    start: Time,
    now: Time,
    agenda: Agenda,
    yard: Yard,
    containers: Containers,
    numbers: Numbers,
    berths: Vec<Berth>,
    calls: BTreeMap<u32, Call>,
    calls_planned: u32,
    /// Vessels in the order in which they are next due, with the numbers of their last voyages.
    vessels: VecDeque<Voyage>,
    consignments: u32,
    reports: u64,
    empties: usize,
    /// Numbers of boxes that importers took away and return empty, with size and the time when they left.
    with_importers: VecDeque<(SmolStr, u8, Time)>,
    /// Numbers of empty boxes that exporters took away and return full.
    with_exporters: VecDeque<(SmolStr, u8, Time)>,
    /// What was told before the start; none after it.
    oldest: Option<Vec<Report>>,
    outbox: Outbox,
    ready: VecDeque<Message>,
    sent: u64,
}

impl Port {
    /// A port with the default settings. `start` is where its history begins; the live part begins
    /// [`Settings::history`] later.
    pub fn new(seed: u64, start: Time, layout: Arc<Layout>) -> Port {
        Port::with_settings(seed, start, &layout, Settings::default())
    }

    /// A port with other settings. It lives through [`Settings::warm_up`] at once; the boxes that then stand
    /// in the yard or are on their way are told of in the first messages, at `start`.
    pub fn with_settings(seed: u64, start: Time, layout: &Layout, settings: Settings) -> Port {
        let begin = start.plus(-settings.warm_up);
        let mut port = Port {
            dice: Dice::new(seed),
            start,
            now: begin,
            agenda: Agenda::default(),
            yard: Yard::new(layout),
            containers: Containers::default(),
            numbers: Numbers::default(),
            berths: Vec::new(),
            calls: BTreeMap::new(),
            calls_planned: 0,
            vessels: VecDeque::new(),
            consignments: 0,
            reports: 0,
            empties: 0,
            with_importers: VecDeque::new(),
            with_exporters: VecDeque::new(),
            oldest: Some(Vec::new()),
            outbox: Outbox::default(),
            ready: VecDeque::new(),
            sent: 0,
            settings,
        };
        port.open_berths();
        port.agenda.plan(begin, Action::EmptyIn);
        port.agenda.plan(begin, Action::EmptyOut);
        while port.agenda.due().is_some_and(|due| due < start) {
            port.step();
        }
        port.now = start;
        port.open_outbox();
        port
    }

    /// The next message. There is always one; `None` would mean that nothing is planned any more.
    pub fn next_message(&mut self) -> Option<Message> {
        while self.ready.is_empty() {
            self.agenda.due()?;
            self.step();
        }
        self.sent += 1;
        self.ready.pop_front()
    }

    /// When the next message is going to be sent, as far as that is known without preparing it: never later
    /// than it really is.
    pub fn next_at(&self) -> Option<Time> {
        self.ready.front().map(|message| message.at).or(self.agenda.due())
    }

    /// Hands over every message up to and including `until`.
    pub fn advance_to(&mut self, until: Time, sink: &mut dyn FnMut(Message)) {
        while self.next_at().is_some_and(|at| at <= until) {
            match self.ready.pop_front() {
                Some(message) => {
                    self.sent += 1;
                    sink(message);
                }
                None => self.step(),
            }
        }
    }

    /// Does what is next on the agenda.
    fn step(&mut self) {
        if let Some((at, action)) = self.agenda.next() {
            self.now = at;
            self.act(action);
        }
    }

    /// How many messages it has handed over.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// How many boxes stand in the yard.
    pub fn standing(&self) -> usize {
        self.yard.standing
    }

    /// Where its history begins.
    pub fn start(&self) -> Time {
        self.start
    }

    /// Where its history ends and the live part begins.
    pub fn live_from(&self) -> Time {
        self.start.plus(self.settings.history)
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Send => self.send(),
            Action::PlanCall(berth) => self.plan_call(berth),
            Action::Manifest(call) => self.take_manifest(call),
            Action::Estimate(call) => self.estimate(call),
            Action::Arrive(call) => self.arrive(call),
            Action::Work(call) => self.work(call),
            Action::Depart(call) => self.depart(call),
            Action::EmptyIn => self.empty_in(),
            Action::EmptyOut => self.empty_out(),
            Action::GateIn(key) => self.gate_in(key),
            Action::ReportArrival(key) => self.tell(key, Node::ArrivalReport),
            Action::Stack(key) => self.stack(key),
            Action::PlugIn(key) => self.plug_in(key),
            Action::Measure(key) => self.measure(key),
            Action::Declare(key) => self.declare(key),
            Action::AskForDocuments(key) => self.tell(key, Node::DocumentsRequired),
            Action::Select(key) => self.select(key),
            Action::Present(key) => self.present(key),
            Action::Scan(key) => self.scan(key),
            Action::Inspect(key) => self.inspect(key),
            Action::EndInspection(key) => self.end_inspection(key),
            Action::Judge(key) => self.judge(key),
            Action::Release(key) => self.release(key),
            Action::Return(key) => self.return_from_inspection(key),
            Action::Relocate(key) => self.relocate(key),
            Action::Instruct(key) => self.instruct(key),
            Action::PickUp(key) => self.pick_up(key),
            Action::LoadDirectly(key, call) => self.load_directly(key, call),
        }
    }

    /// Plans something in so many milliseconds.
    fn plan_in(&mut self, milliseconds: i64, action: Action) {
        self.agenda.plan(self.now.plus(milliseconds), action);
    }

    /// Tells of something that happens to a container now.
    fn tell(&mut self, key: Key, node: Node) {
        self.tell_more(key, node, |_, _| ());
    }

    /// The same with more to say.
    fn tell_more(&mut self, key: Key, node: Node, more: impl FnOnce(&mut Report, &Container)) {
        let Some(container) = self.containers.get(key) else {
            return;
        };
        self.reports += 1;
        let mut report = Report {
            id: self.reports,
            at: self.now,
            node,
            classifier: Classifier::Actual,
            updated_at: None,
            retracted: false,
            subject: Subject::Container(key, container.facts.clone()),
            slot: container.place.filter(|_| node.is_stacking()),
            measured: None,
            finding: None,
            damage: None,
        };
        more(&mut report, container);
        let full = container.facts.passage != Passage::Empty;
        let way = if full && self.goes_by_edifact(node, container) {
            Way::Edifact
        } else {
            Way::Native
        };
        self.post(way, report);
    }

    /// Whether the terminal tells of this through EDIFACT.
    fn goes_by_edifact(&self, node: Node, container: &Container) -> bool {
        match node {
            // The end of a passage that takes minutes is not left lying until the next interchange.
            Node::GateOut | Node::Load if container.direct => false,
            Node::GateIn | Node::GateOut => container.by_edifact,
            Node::Discharge => speaks_edifact(container.facts.inbound),
            Node::Load => speaks_edifact(container.facts.outbound),
            _ => false,
        }
    }
}

/// For two vessels in five the terminal tells of the moves through EDIFACT.
fn speaks_edifact(voyage: Option<Voyage>) -> bool {
    voyage.is_some_and(|voyage| voyage.vessel % 5 < 2)
}

/// A time in whole seconds, as senders give it.
fn whole_seconds(at: Time) -> Time {
    Time(at.0.div_euclid(SECOND) * SECOND)
}

/// Hours in milliseconds.
const fn hours(hours: i64) -> i64 {
    hours * HOUR
}

#[cfg(test)]
mod tests;
