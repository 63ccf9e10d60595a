//! Joins a snapshot with the changes behind it: messages that come before the snapshot wait, those that it
//! already holds are left out, the others are applied in order. Applying is idempotent, so a message that
//! comes twice does no harm.

use super::topic::Position;

/// What is to be done with a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict<M> {
    /// Apply it.
    Apply(M),
    /// Nothing: it waits, or the snapshot holds it already.
    Leave,
    /// Its log is another one than the snapshot's: take a new snapshot.
    Stale,
}

/// The joint between a snapshot and its changes.
#[derive(Clone, Debug)]
pub struct Join<M> {
    snapshot: Option<Position>,
    waiting: Vec<(Position, M)>,
}

impl<M> Default for Join<M> {
    fn default() -> Join<M> {
        Join {
            snapshot: None,
            waiting: Vec::new(),
        }
    }
}

impl<M> Join<M> {
    /// A new snapshot was asked for: messages wait from now on.
    pub fn ask(&mut self) {
        self.snapshot = None;
    }

    /// A message came.
    pub fn message(&mut self, position: Position, message: M) -> Verdict<M> {
        match &self.snapshot {
            None => {
                self.waiting.push((position, message));
                Verdict::Leave
            }
            Some(snapshot) if snapshot.epoch != position.epoch => Verdict::Stale,
            Some(snapshot) if position.sequence <= snapshot.sequence => Verdict::Leave,
            Some(_) => Verdict::Apply(message),
        }
    }

    /// The snapshot came: hands back what waited and is newer, in the order in which it came.
    pub fn snapshot(&mut self, position: Position) -> Vec<M> {
        let newer = |other: &Position| other.epoch == position.epoch && other.sequence > position.sequence;
        let waiting = std::mem::take(&mut self.waiting);
        let apply = waiting
            .into_iter()
            .filter(|(other, _)| newer(other))
            .map(|(_, message)| message);
        let apply = apply.collect();
        self.snapshot = Some(position);
        apply
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(sequence: u64) -> Position {
        Position {
            epoch: "e".to_owned(),
            sequence,
        }
    }

    #[test]
    fn what_comes_before_the_snapshot_waits_and_what_it_holds_is_left_out() {
        let mut join = Join::default();
        for sequence in 3..=6 {
            assert_eq!(join.message(at(sequence), sequence), Verdict::Leave);
        }
        assert_eq!(join.snapshot(at(4)), [5, 6]);
        assert_eq!(join.message(at(4), 4), Verdict::Leave);
        assert_eq!(join.message(at(7), 7), Verdict::Apply(7));
    }

    #[test]
    fn several_messages_of_one_sequence_are_all_applied() {
        let mut join = Join::default();
        assert!(join.snapshot(at(4)).is_empty());
        assert_eq!(join.message(at(5), "a"), Verdict::Apply("a"));
        assert_eq!(join.message(at(5), "b"), Verdict::Apply("b"));
    }

    #[test]
    fn another_log_makes_the_snapshot_stale() {
        let mut join = Join::default();
        join.snapshot(at(4));
        let other = Position {
            epoch: "f".to_owned(),
            sequence: 1,
        };
        assert_eq!(join.message(other, 1), Verdict::Stale);
    }

    #[test]
    fn a_new_snapshot_makes_messages_wait_again() {
        let mut join = Join::default();
        join.snapshot(at(4));
        join.ask();
        assert_eq!(join.message(at(5), 5), Verdict::Leave);
        assert_eq!(join.message(at(6), 6), Verdict::Leave);
        assert_eq!(join.snapshot(at(5)), [6]);
    }
}
