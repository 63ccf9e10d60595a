//! A list of alarms as one snapshot and the changes behind it.

use super::filter::Filter;
use crate::address::Query;
use crate::live::{Message, Position, Snapshot};
use shared::wire::List;
use shared::wire::alarm::Alarm;
use std::cmp::Reverse;
use std::sync::Arc;

/// How many alarms are shown before somebody asks for more.
pub const PAGE: usize = 200;

/// Alarms, newest first.
#[derive(Clone, Debug)]
pub struct AlarmList {
    filter: Filter,
    /// The alarms that are there so far.
    pub items: Vec<Arc<Alarm>>,
    /// Where the next page begins.
    pub next: Option<String>,
    position: Position,
}

impl AlarmList {
    /// The first page of an answer.
    pub fn new(filter: Filter, answer: List<Alarm>) -> AlarmList {
        let mut list = AlarmList {
            filter,
            items: Vec::new(),
            next: None,
            position: Position {
                epoch: answer.epoch.clone(),
                sequence: answer.sequence,
            },
        };
        list.append(answer);
        list
    }

    /// A further page. It may be newer than the first: what is there already stays when it is newer still.
    pub fn append(&mut self, answer: List<Alarm>) {
        self.next = answer.next;
        for alarm in answer.items {
            self.put(alarm);
        }
    }

    /// What the server is asked for this list.
    pub fn query(&self) -> Query {
        self.filter.query()
    }

    /// Takes an alarm in at its place, in place of an older state of it, or out when it no longer belongs.
    pub fn put(&mut self, alarm: Alarm) {
        let known = self.items.iter().position(|other| other.id == alarm.id);
        if let Some(known) = known {
            if self.items[known].sequence > alarm.sequence {
                return;
            }
            self.items.remove(known);
        }
        if !self.filter.takes(&alarm) {
            return;
        }
        let order = |alarm: &Alarm| (Reverse(alarm.raised_at.at), alarm.id.clone());
        let place = order(&alarm);
        let place = self.items.partition_point(|other| order(other) < place);
        self.items.insert(place, Arc::new(alarm));
    }

    /// Whether an alarm lies behind what was fetched so far: between it and the last shown some are missing.
    fn lies_behind(&self, alarm: &Alarm) -> bool {
        let last = self.items.last();
        self.next.is_some() && last.is_some_and(|last| alarm.raised_at.at < last.raised_at.at)
    }
}

impl Snapshot for AlarmList {
    fn position(&self) -> Position {
        self.position.clone()
    }

    fn apply(&mut self, message: &Message) {
        if let Message::Alarm(alarm) = message
            && !self.lies_behind(alarm)
        {
            self.put(alarm.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::filter::{List as Kinds, tests::alarm};
    use super::*;

    fn list(items: Vec<Alarm>, next: Option<&str>) -> AlarmList {
        let answer = List {
            items,
            next: next.map(str::to_owned),
            epoch: "e".to_owned(),
            sequence: 5,
        };
        AlarmList::new(Filter::of(Kinds::Overtime, &Query::default()), answer)
    }

    fn ids(list: &AlarmList) -> Vec<&str> {
        list.items.iter().map(|alarm| alarm.id.as_str()).collect()
    }

    #[test]
    fn a_new_alarm_comes_to_its_place_and_one_that_no_longer_belongs_leaves() {
        let mut list = list(vec![alarm("b", 20), alarm("a", 10)], None);
        list.apply(&Message::Alarm(alarm("c", 15)));
        assert_eq!(ids(&list), ["b", "c", "a"]);
        let mut closed = alarm("b", 20);
        closed.closed = true;
        closed.sequence = 9;
        list.apply(&Message::Alarm(closed));
        assert_eq!(ids(&list), ["c", "a"]);
    }

    #[test]
    fn applying_twice_or_something_older_changes_nothing() {
        let mut newer = alarm("a", 10);
        newer.sequence = 9;
        newer.acknowledged = true;
        let mut list = list(vec![newer.clone()], None);
        list.apply(&Message::Alarm(alarm("a", 10)));
        list.apply(&Message::Alarm(newer));
        assert_eq!(ids(&list), ["a"]);
        assert!(list.items[0].acknowledged);
    }

    #[test]
    fn what_lies_behind_the_last_page_waits_for_it() {
        let mut list = list(vec![alarm("b", 20)], Some("cursor"));
        list.apply(&Message::Alarm(alarm("a", 10)));
        assert_eq!(ids(&list), ["b"]);
        list.apply(&Message::Alarm(alarm("c", 30)));
        assert_eq!(ids(&list), ["c", "b"]);
    }
}
