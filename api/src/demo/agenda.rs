//! The agenda: what is going to be done when.

use super::container::Key;
use serde::{Deserialize, Serialize};
use shared::time::Time;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Something that is going to be done. What concerns a container that has left by then is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Action {
    /// Send what has gathered.
    Send,
    /// Plan the next call at a berth.
    PlanCall(u8),
    /// The manifest of a call arrives: its import boxes become known.
    Manifest(u32),
    /// The carrier estimates the arrival once more.
    Estimate(u32),
    /// The vessel berths.
    Arrive(u32),
    /// The quay cranes make the next move.
    Work(u32),
    /// The vessel leaves.
    Depart(u32),
    /// An empty box comes back from an importer.
    EmptyIn,
    /// An exporter fetches an empty box.
    EmptyOut,
    /// In through the gate.
    GateIn(Key),
    /// The terminal tells customs that it arrived.
    ReportArrival(Key),
    /// A yard crane stacks it.
    Stack(Key),
    /// A reefer gets its plug.
    PlugIn(Key),
    /// A reefer is measured.
    Measure(Key),
    /// Declared to customs.
    Declare(Key),
    /// Customs asks for documents.
    AskForDocuments(Key),
    /// Customs selects it.
    Select(Key),
    /// Shifted to the inspection area.
    Present(Key),
    /// Scanned.
    Scan(Key),
    /// The inspection begins.
    Inspect(Key),
    /// The inspection ends.
    EndInspection(Key),
    /// The verdict.
    Judge(Key),
    /// Released.
    Release(Key),
    /// Shifted back from the inspection area.
    Return(Key),
    /// Moved from where it must not stand.
    Relocate(Key),
    /// The terminal may load it.
    Instruct(Key),
    /// Its truck has come: out through the gate.
    PickUp(Key),
    /// Loaded without having been stacked.
    LoadDirectly(Key, u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Entry {
    at: Time,
    /// Ties are broken by the order of planning, so nothing depends on how a heap is laid out.
    order: u64,
    action: Action,
}

/// What is going to be done when, soonest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Agenda {
    entries: BinaryHeap<Reverse<Entry>>,
    planned: u64,
}

impl Agenda {
    /// Plans something.
    pub fn plan(&mut self, at: Time, action: Action) {
        self.planned += 1;
        self.entries.push(Reverse(Entry {
            at,
            order: self.planned,
            action,
        }));
    }

    /// When the next thing is going to be done.
    pub fn due(&self) -> Option<Time> {
        self.entries.peek().map(|Reverse(entry)| entry.at)
    }

    /// What is next, and when.
    pub fn next(&mut self) -> Option<(Time, Action)> {
        self.entries.pop().map(|Reverse(entry)| (entry.at, entry.action))
    }
}
