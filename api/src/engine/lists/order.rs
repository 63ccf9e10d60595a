//! In what order stays stand, and the first few of them.

use shared::time::Time;
use smol_str::{SmolStr, ToSmolStr};
use std::collections::BTreeSet;
use std::fmt;

/// In what order a list stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Newest of the list's time first, then by id.
    #[default]
    Newest,
    /// Longest first, then by id; stays without that length last.
    Longest,
}

impl Sort {
    /// Every order.
    pub const ALL: [Sort; 2] = [Sort::Newest, Sort::Longest];

    /// The name that travels.
    pub fn name(self) -> &'static str {
        match self {
            Sort::Newest => "newest",
            Sort::Longest => "longest",
        }
    }
}

/// A stay's place in a list; the lesser stands first. It is the cursor, too: what stands behind it is known also
/// when the stay itself has changed or is gone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Time or length, negative, so that the greatest comes first.
    pub(super) rank: i64,
    /// The stay.
    pub id: SmolStr,
}

impl Key {
    /// The place of a stay with the newest of its times that fit, and its length.
    pub(super) fn new(sort: Sort, at: Time, seconds: Option<u64>, id: &str) -> Key {
        let rank = match sort {
            Sort::Newest => at.0.saturating_neg(),
            Sort::Longest => rank_of(seconds.map(|seconds| i64::try_from(seconds).unwrap_or(i64::MAX))),
        };
        Key {
            rank,
            id: id.to_smolstr(),
        }
    }

    /// Reads a cursor.
    pub fn parse(text: &str) -> Option<Key> {
        let (rank, id) = text.split_once('.')?;
        Some(Key {
            rank: rank.parse().ok()?,
            id: id.into(),
        })
    }

    /// The container of the stay: an id is made of it (`semantics.md` §3.6).
    pub fn container(&self) -> &str {
        container_of(&self.id)
    }
}

/// The rank of a length.
pub(super) fn rank_of(seconds: Option<i64>) -> i64 {
    seconds.map_or(i64::MAX, i64::saturating_neg)
}

/// The container in the id of a stay.
pub(super) fn container_of(id: &str) -> &str {
    id.rsplit_once('-').map_or(id, |(container, _)| container)
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.rank, self.id)
    }
}

/// The first few keys behind another one.
#[derive(Debug)]
pub struct Best {
    behind: Option<Key>,
    most: usize,
    keys: BTreeSet<Key>,
}

impl Best {
    /// Of what stands behind a key, the first `most` and one more, which tells whether there are more.
    pub fn new(behind: Option<Key>, most: usize) -> Best {
        Best {
            behind,
            most: most.saturating_add(1),
            keys: BTreeSet::new(),
        }
    }

    /// The key behind which these stand.
    pub(super) fn behind(&self) -> Option<&Key> {
        self.behind.as_ref()
    }

    /// The last key, once no later one can come in.
    pub(super) fn worst(&self) -> Option<&Key> {
        self.keys.last().filter(|_| self.keys.len() >= self.most)
    }

    /// Whether a stay of this rank and id would come in.
    pub(super) fn wants(&self, rank: i64, id: &str) -> bool {
        let this = (rank, id);
        let is_behind = |key: &Key| this > (key.rank, key.id.as_str());
        let is_before = |key: &Key| this < (key.rank, key.id.as_str());
        self.behind.as_ref().is_none_or(is_behind) && self.worst().is_none_or(is_before)
    }

    /// Whether everything of this rank and behind it is too late.
    pub(super) fn is_past(&self, rank: i64) -> bool {
        self.worst().is_some_and(|worst| worst.rank < rank)
    }

    /// Puts a key in, in the place of the last when there is no room.
    pub(super) fn put(&mut self, key: Key) {
        if self.wants(key.rank, &key.id) {
            self.keys.insert(key);
            if self.keys.len() > self.most {
                self.keys.pop_last();
            }
        }
    }

    /// The keys in order, and whether there are more.
    pub(super) fn finish(self) -> (Vec<Key>, bool) {
        let more = self.worst().is_some();
        let mut keys: Vec<Key> = self.keys.into_iter().collect();
        keys.truncate(self.most - 1);
        (keys, more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(rank: i64, id: &str) -> Key {
        Key { rank, id: id.into() }
    }

    #[test]
    fn the_first_few_behind_a_key_are_kept_each_once() {
        let mut best = Best::new(Some(key(-5, "B")), 2);
        for (rank, id) in [
            (-9, "A"),
            (-5, "B"),
            (-5, "C"),
            (-1, "D"),
            (-5, "C"),
            (-3, "E"),
            (0, "F"),
        ] {
            best.put(key(rank, id));
        }
        assert!(best.is_past(0) && !best.is_past(-1));
        let (keys, more) = best.finish();
        assert_eq!((keys, more), (vec![key(-5, "C"), key(-3, "E")], true));
    }

    #[test]
    fn a_cursor_reads_as_the_key_that_it_was() {
        for key in [key(-1_645_583_655_000, "CSQU3054383-00ff"), key(i64::MAX, "A-1")] {
            assert_eq!(Key::parse(&key.to_string()), Some(key));
        }
        assert_eq!(Key::parse("yesterday"), None);
        assert_eq!(key(0, "BOX3-00").container(), "BOX3");
    }
}
