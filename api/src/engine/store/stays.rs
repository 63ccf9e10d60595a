//! What the store holds of the stays of a container: what lists ask that no entry answers.

use super::super::container::StayDigest;
use super::super::lists::{Facts, Seconds};
use serde::{Deserialize, Serialize};
use shared::event::Node;
use shared::figures::Dimensions;
use shared::stay::Status;
use shared::time::Time;
use smol_str::SmolStr;

/// A stay as the store holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StayRow {
    /// The stay's address.
    pub id: SmolStr,
    /// Its site, as an index into the configured ones.
    pub site: usize,
    /// What it is grouped and filtered by.
    pub dimensions: Dimensions,
    /// Where it is in its passage.
    pub status: Status,
    /// When it began; for papers only, the first paper.
    pub began_at: Time,
    /// When it left, if figures count it.
    pub ended_at: Option<Time>,
    /// When its clearance clock began.
    pub clock_from: Option<Time>,
    /// When it was released, if clearance counts it.
    pub released_at: Option<Time>,
    /// Its moves, in order, if figures count it.
    pub moves: Vec<(Node, Time)>,
    /// Its lengths in seconds.
    pub seconds: Seconds,
    /// When it was loaded, if it was, and on which voyage.
    pub loaded: Option<(SmolStr, Time)>,
    /// What `q` looks in.
    pub texts: Vec<SmolStr>,
}

impl StayRow {
    /// The row of a stay.
    pub fn of(stay: &StayDigest) -> StayRow {
        let facts = stay.facts();
        StayRow {
            id: stay.id.clone(),
            site: facts.site,
            dimensions: facts.dimensions,
            status: facts.status,
            began_at: facts.began_at,
            ended_at: facts.ended_at,
            clock_from: facts.clock_from,
            released_at: facts.released_at,
            moves: facts.moves.to_vec(),
            seconds: *facts.seconds,
            loaded: stay.loaded.clone(),
            texts: stay.texts().cloned().collect(),
        }
    }

    /// What lists ask of it.
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            site: self.site,
            dimensions: self.dimensions,
            status: self.status,
            began_at: self.began_at,
            ended_at: self.ended_at,
            clock_from: self.clock_from,
            released_at: self.released_at,
            moves: &self.moves,
            seconds: &self.seconds,
        }
    }
}
