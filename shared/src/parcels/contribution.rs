//! What one parcel adds: to the figures, to what is open, and to the shares of its senders. What it added before is
//! taken back when it changes.

use super::amount::Fen;
use super::parcel::Parcel;
use super::reasons::{Kinds, Reasons};
use crate::time::Time;
use crate::wire::parcels::{ParcelMode, ParcelState};
use smol_str::SmolStr;

/// What one parcel adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// Its order's number.
    pub order: SmolStr,
    /// The site.
    pub site: SmolStr,
    /// The platform.
    pub platform: Option<SmolStr>,
    /// How it comes in.
    pub mode: Option<ParcelMode>,
    /// The park.
    pub park: Option<SmolStr>,
    /// How far it is.
    pub state: ParcelState,
    /// Its reasons and marks now.
    pub reasons: Reasons,
    /// Every reason that ever held it.
    pub was_held: Reasons,
    /// What it waits for.
    pub missing: Kinds,
    /// What the limits count.
    pub value: Fen,
    /// When its first document was issued.
    pub first_at: Time,
    /// When it was received.
    pub received_at: Option<Time>,
    /// When it was decided, if it is.
    pub decided_at: Option<Time>,
    /// Seconds from receipt to release.
    pub seconds: Option<u64>,
    /// When its three papers were first held against each other.
    pub judged_at: Option<Time>,
    /// Who sent its documents, each once.
    pub sources: Vec<SmolStr>,
}

impl Contribution {
    /// Of a parcel as it was settled last; `None` before that.
    pub fn of(parcel: &Parcel) -> Option<Contribution> {
        let verdict = parcel.verdict()?;
        let judged_at = parcel.judged_at();
        let mut sources = Vec::new();
        if judged_at.is_some() {
            sources.reserve_exact(parcel.documents().len());
            for document in parcel.documents() {
                let source = &document.identity().source;
                if !sources.contains(source) {
                    sources.push(source.clone());
                }
            }
            // The order in which documents came says nothing.
            sources.sort_unstable();
        }
        Some(Contribution {
            order: parcel.order().clone(),
            site: verdict.site.clone(),
            platform: verdict.platform.clone(),
            mode: verdict.mode,
            park: verdict.park.clone(),
            state: verdict.state,
            reasons: verdict.reasons,
            was_held: parcel.was_held(),
            missing: verdict.missing,
            value: verdict.value.unwrap_or_default(),
            first_at: verdict.first_at,
            received_at: verdict.received_at,
            decided_at: parcel.decided_at(),
            seconds: parcel.seconds(),
            judged_at,
            sources,
        })
    }

    /// Whether it was received and is not decided: the queue.
    pub fn is_queued(&self) -> bool {
        self.received_at.is_some() && self.decided_at.is_none()
    }
}
