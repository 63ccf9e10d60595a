//! One parcel: its documents, the acts on it, and how it stands.

use super::document::{Document, DocumentIdentity};
use super::papers::Papers;
use super::reasons::Reasons;
use super::rules::ParcelRules;
use super::verdict::{self, Verdict};
use super::versions::{Arrival, Versions};
use super::year::{YearEntry, YearKey};
use crate::time::Time;
use crate::wire::parcels::ParcelState;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// What an officer does with a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActKind {
    /// Lets it go although something does not agree.
    Release,
    /// Sends it back.
    Return,
}

/// An act of an officer. It holds as long as the documents that he saw are as he saw them; what comes to light later
/// in other documents holds the parcel again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficersAct {
    /// When, by the engine's clock.
    pub at: Time,
    /// What.
    pub kind: ActKind,
    /// Who.
    pub by: SmolStr,
    /// Why.
    pub remark: SmolStr,
    /// What did not agree when he looked.
    pub reasons: Reasons,
    /// The documents as he saw them.
    seen: Vec<Document>,
}

impl OfficersAct {
    /// The act that holds: the last one, if what it saw is still so.
    pub fn in_force<'a>(acts: &'a [OfficersAct], documents: &[Versions]) -> Option<&'a OfficersAct> {
        let act = acts.last()?;
        let same = |seen: &Document| documents.iter().any(|own| own.holding().document == *seen);
        act.seen.iter().all(same).then_some(act)
    }
}

/// A change of how a parcel stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// When, by the engine's clock.
    pub at: Time,
    /// How far it was from then on.
    pub state: ParcelState,
    /// Its reasons from then on.
    pub reasons: Reasons,
}

/// One parcel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    order: SmolStr,
    documents: Vec<Versions>,
    acts: Vec<OfficersAct>,
    turns: Vec<Turn>,
    verdict: Option<Verdict>,
    /// Every reason that ever held it.
    was_held: Reasons,
    /// When its three papers were first held against each other.
    judged_at: Option<Time>,
}

impl Parcel {
    /// A parcel of which nothing is known but its number.
    pub fn new(order: SmolStr) -> Parcel {
        Parcel {
            order,
            documents: Vec::with_capacity(4),
            acts: Vec::new(),
            turns: Vec::new(),
            verdict: None,
            was_held: Reasons::NONE,
            judged_at: None,
        }
    }

    /// Its order's number.
    pub fn order(&self) -> &SmolStr {
        &self.order
    }

    /// Its documents, in the order in which they came.
    pub fn documents(&self) -> &[Versions] {
        &self.documents
    }

    /// What officers did, oldest first.
    pub fn acts(&self) -> &[OfficersAct] {
        &self.acts
    }

    /// How it stood, oldest first.
    pub fn turns(&self) -> &[Turn] {
        &self.turns
    }

    /// How it stands, as it was settled last.
    pub fn verdict(&self) -> Option<&Verdict> {
        self.verdict.as_ref()
    }

    /// Every reason that ever held it.
    pub fn was_held(&self) -> Reasons {
        self.was_held
    }

    /// When its three papers were first held against each other, by the engine's clock.
    pub fn judged_at(&self) -> Option<Time> {
        self.judged_at
    }

    /// The document with an identity.
    pub fn document(&self, identity: &DocumentIdentity) -> Option<&Versions> {
        self.documents.iter().find(|own| own.identity() == identity)
    }

    /// Whether nothing belongs to it any more, because corrections moved its documents to other orders.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// Whether it went back because its list was taken back while the order stands: no act of an officer changes that.
    pub fn is_list_withdrawn(&self) -> bool {
        verdict::is_returned(&Papers::of(&self.documents), None)
    }

    /// Whether it may be put away: nothing is expected of it, though a late document can still come.
    pub fn is_closed(&self) -> bool {
        let closed = |verdict: &Verdict| {
            matches!(
                verdict.state,
                ParcelState::Released | ParcelState::Returned | ParcelState::Withdrawn
            )
        };
        self.verdict.as_ref().is_some_and(closed)
    }

    /// Takes a document that is its own: one whose identity it has, or a new one that names its order. A correction may
    /// make it another's: then [`Parcel::documents`] holds one whose [`Versions::order`] is not its own, which is to be
    /// [taken out](Parcel::take) and [given](Parcel::give) to the other before both are settled.
    pub fn receive(&mut self, document: Document, now: Time) -> Option<Arrival> {
        let known = self
            .documents
            .iter_mut()
            .find(|own| *own.identity() == document.identity);
        match known {
            Some(own) => Some(own.add(document, now)),
            None => {
                self.documents.push(Versions::new(document, now));
                None
            }
        }
    }

    /// Takes a document out, with all of its versions.
    pub fn take(&mut self, identity: &DocumentIdentity) -> Option<Versions> {
        let place = self.documents.iter().position(|own| own.identity() == identity)?;
        Some(self.documents.remove(place))
    }

    /// Gives it a document with all of its versions: one that was another's, or whose withdrawal came first.
    pub fn give(&mut self, versions: Versions) {
        self.documents.push(versions);
    }

    /// Notes what an officer does. The parcel is to be settled after it.
    pub fn act(&mut self, at: Time, kind: ActKind, by: SmolStr, remark: SmolStr) {
        let reasons = self
            .verdict
            .as_ref()
            .map_or(Reasons::NONE, |own| own.reasons.holding());
        let seen = self.documents.iter().map(|own| own.holding().document.clone());
        self.acts.push(OfficersAct {
            at,
            kind,
            by,
            remark,
            reasons,
            seen: seen.collect(),
        });
    }

    /// What it adds to its buyer's year: nothing when its order does not stand, or it went back. `year_of` gives the
    /// calendar year of a moment at its site.
    pub fn year_entry(&self, year_of: impl Fn(Time) -> i32) -> Option<(YearKey, YearEntry)> {
        let papers = Papers::of(&self.documents);
        let order = papers.standing_order()?;
        let act = OfficersAct::in_force(&self.acts, &self.documents);
        if verdict::is_returned(&papers, act.map(|act| act.kind)) {
            return None;
        }
        let key = YearKey {
            buyer: order.paper.buyer.identity?,
            year: year_of(order.content.at),
        };
        let entry = YearEntry {
            at: order.content.at,
            order: self.order.clone(),
            value: order.paper.value(),
        };
        Some((key, entry))
    }

    /// Decides it anew and notes what turned. `over_year`: its order lies over its buyer's year. Answers whether
    /// anything of the verdict is other than before.
    pub fn settle(&mut self, now: Time, over_year: bool, rules: &ParcelRules) -> bool {
        let verdict = verdict::decide(&self.documents, &self.acts, over_year, rules);
        if self.verdict.as_ref() == Some(&verdict) {
            return false;
        }
        let (state, reasons) = (verdict.state, verdict.reasons);
        if self.turns.last().map(|last| (last.state, last.reasons)) != Some((state, reasons)) {
            self.turns.push(Turn {
                at: now,
                state,
                reasons,
            });
        }
        let judged = matches!(
            state,
            ParcelState::Matched | ParcelState::Held | ParcelState::Released
        );
        if judged {
            self.judged_at.get_or_insert(now);
        }
        if state == ParcelState::Held {
            self.was_held = self.was_held.with(reasons.holding());
        }
        self.verdict = Some(verdict);
        true
    }

    /// When it came to the state in which it is decided: released, returned or withdrawn. Never before it was
    /// received, though a sender's clock may be ahead of the engine's.
    pub fn decided_at(&self) -> Option<Time> {
        let verdict = self.verdict.as_ref().filter(|_| self.is_closed())?;
        let run = self
            .turns
            .iter()
            .rev()
            .take_while(|turn| turn.state == verdict.state);
        let since = run.last()?.at;
        Some(verdict.received_at.map_or(since, |received| received.max(since)))
    }

    /// Whole seconds from receipt to release, rounded down.
    pub fn seconds(&self) -> Option<u64> {
        let verdict = self.verdict.as_ref()?;
        if verdict.state != ParcelState::Released {
            return None;
        }
        let seconds = self.decided_at()?.seconds_since(verdict.received_at?);
        u64::try_from(seconds).ok()
    }
}
