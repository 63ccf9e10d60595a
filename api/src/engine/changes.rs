//! Changes as the stream tells them: each encoded once, kept in a log that every reader reads from at its own
//! pace (`design.md` rules 7 and 8).

use bytes::Bytes;
use smol_str::SmolStr;
use std::collections::{BTreeMap, VecDeque};

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Topic {
    /// An alarm.
    Alarm,
    /// The yard.
    Yard,
    /// The figures.
    Figures,
    /// A source.
    Feed,
    /// The parcels of a site, as a whole: only the newest is worth anything.
    Parcels,
    /// An application at the release desk.
    ReleaseDesk,
}

impl Topic {
    /// The name of its event on the stream.
    pub fn event(self) -> &'static str {
        match self {
            Topic::Alarm => "alarm",
            Topic::Yard => "yard",
            Topic::Figures => "figures",
            Topic::Feed => "feed",
            Topic::Parcels => "parcels",
            Topic::ReleaseDesk => "application",
        }
    }

    /// The topic of a name in `?topics=`.
    pub fn from_name(name: &str) -> Option<Topic> {
        match name {
            "alarms" => Some(Topic::Alarm),
            "yard" => Some(Topic::Yard),
            "figures" => Some(Topic::Figures),
            "feeds" => Some(Topic::Feed),
            "parcels" => Some(Topic::Parcels),
            "release_desk" => Some(Topic::ReleaseDesk),
            _ => None,
        }
    }
}

/// One message, before it stands in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The change of state that it belongs to.
    pub sequence: u64,
    /// What it is about.
    pub topic: Topic,
    /// The site; of a feed the source; of an application who is told of it.
    pub of: SmolStr,
    /// Its `data:`, one line of JSON.
    pub json: String,
}

/// One message in the log.
#[derive(Clone, Debug)]
pub struct Message {
    /// The change of state that it belongs to.
    pub sequence: u64,
    /// What it is about.
    pub topic: Topic,
    /// The site, or of a feed the source.
    pub of: SmolStr,
    /// The whole event as it goes over the wire.
    pub frame: Bytes,
}

/// The log of the last changes.
#[derive(Debug)]
pub struct ChangeLog {
    epoch: String,
    keep: usize,
    messages: VecDeque<Message>,
    /// By what they are of: where the newest of those is that make the ones before them worthless.
    newest: BTreeMap<SmolStr, u64>,
    /// Of all of them.
    bytes: usize,
    /// Number of messages that were dropped at the front: the position of the first one kept.
    first: u64,
    /// Changes up to this one are no longer held completely.
    forgotten: u64,
    head: u64,
}

/// Where a reader goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resume {
    /// At this position of the log.
    At(u64),
    /// The epoch is another one.
    OtherEpoch,
    /// What the reader missed is no longer held.
    TooOld,
}

impl ChangeLog {
    /// An empty log behind a sequence, that keeps so many messages.
    pub fn new(epoch: &str, keep: usize, head: u64) -> ChangeLog {
        ChangeLog {
            epoch: epoch.to_owned(),
            keep,
            messages: VecDeque::new(),
            newest: BTreeMap::new(),
            bytes: 0,
            first: 0,
            forgotten: head,
            head,
        }
    }

    /// Writes changes; they come in order of sequence.
    pub fn push(&mut self, changes: Vec<Change>, head: u64) {
        for change in changes {
            let frame = format!(
                "event: {}\nid: {}:{}\ndata: {}\n\n",
                change.topic.event(),
                self.epoch,
                change.sequence,
                change.json
            );
            let (sequence, topic) = (change.sequence, change.topic);
            self.forget_before(topic, &change.of);
            self.bytes += frame.len();
            self.messages.push_back(Message {
                sequence,
                topic,
                of: change.of,
                frame: Bytes::from(frame),
            });
        }
        while self.messages.len() > self.keep {
            if let Some(dropped) = self.messages.pop_front() {
                self.first += 1;
                self.bytes -= dropped.frame.len();
                self.forgotten = dropped.sequence;
            }
        }
        self.head = self.head.max(head);
    }

    /// A message that holds all there is to know takes the place of the one before it, which nobody needs to read: its
    /// place in the log stays, and holds nothing.
    fn forget_before(&mut self, topic: Topic, of: &SmolStr) {
        if topic != Topic::Parcels {
            return;
        }
        let before = self.newest.insert(of.clone(), self.end());
        let place = before.and_then(|before| usize::try_from(before.checked_sub(self.first)?).ok());
        if let Some(message) = place.and_then(|place| self.messages.get_mut(place)) {
            self.bytes -= message.frame.len();
            message.frame = Bytes::new();
        }
    }

    /// The newest sequence.
    pub fn head(&self) -> u64 {
        self.head
    }

    /// The epoch.
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// Says from where on the messages that were put back are complete.
    pub fn remember_from(&mut self, forgotten: u64) {
        self.forgotten = forgotten;
    }

    /// The sequence up to which changes are no longer held.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// How many messages it holds, and their bytes.
    pub fn held(&self) -> (usize, usize) {
        (self.messages.len(), self.bytes)
    }

    /// The position behind the newest message.
    pub fn end(&self) -> u64 {
        self.first + self.messages.len() as u64
    }

    /// Where a reader goes on that has everything up to a sequence.
    pub fn resume(&self, epoch: &str, sequence: u64) -> Resume {
        if epoch != self.epoch || sequence > self.head {
            return Resume::OtherEpoch;
        }
        if sequence < self.forgotten {
            return Resume::TooOld;
        }
        let behind = self
            .messages
            .partition_point(|message| message.sequence <= sequence);
        Resume::At(self.first + behind as u64)
    }

    /// Up to `most` messages from a position on; `None` when it is no longer held.
    pub fn from(&self, position: u64, most: usize) -> Option<impl Iterator<Item = &Message>> {
        let skip = usize::try_from(position.checked_sub(self.first)?).ok()?;
        Some(self.messages.range(skip.min(self.messages.len())..).take(most))
    }

    /// Messages behind a sequence, to be kept.
    pub fn behind(&self, sequence: u64) -> impl Iterator<Item = &Message> {
        let from = self
            .messages
            .partition_point(|message| message.sequence <= sequence);
        self.messages.range(from..)
    }

    /// Puts back a message that was kept.
    pub fn restore(&mut self, message: Message) {
        self.forget_before(message.topic, &message.of);
        self.bytes += message.frame.len();
        self.messages.push_back(message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(keep: usize) -> ChangeLog {
        let mut log = ChangeLog::new("e", keep, 0);
        for sequence in 1..=10 {
            let change = |topic| Change {
                sequence,
                topic,
                of: SmolStr::default(),
                json: "{}".into(),
            };
            log.push(vec![change(Topic::Yard), change(Topic::Alarm)], sequence);
        }
        log
    }

    #[test]
    fn a_reader_goes_on_behind_what_it_has() {
        let log = log(100);
        assert_eq!(log.resume("e", 0), Resume::At(0));
        assert_eq!(log.resume("e", 4), Resume::At(8));
        assert_eq!(log.resume("e", 10), Resume::At(20));
        assert_eq!(
            log.from(8, 3).unwrap().map(|m| m.sequence).collect::<Vec<_>>(),
            [5, 5, 6]
        );
    }

    #[test]
    fn of_messages_that_hold_everything_only_the_newest_of_a_site_is_kept() {
        let mut log = log(100);
        for site in ["a", "b", "a", "a"] {
            let change = Change {
                sequence: 10,
                topic: Topic::Parcels,
                of: site.into(),
                json: "{}".into(),
            };
            log.push(vec![change], 10);
        }
        let told = log.from(20, 10).unwrap().map(|message| message.frame.is_empty());
        assert_eq!(told.collect::<Vec<_>>(), [true, false, true, false]);
        let (count, bytes) = log.held();
        let frames = log.from(0, 100).unwrap().map(|message| message.frame.len());
        assert_eq!((count, bytes), (24, frames.sum()));
    }

    #[test]
    fn what_is_no_longer_held_is_not_skipped_in_silence() {
        let log = log(7);
        assert_eq!(log.resume("e", 5), Resume::TooOld);
        assert_eq!(log.resume("e", 7), Resume::At(14));
        assert!(log.from(12, 1).is_none());
    }

    #[test]
    fn another_epoch_or_a_future_is_told() {
        assert_eq!(log(100).resume("f", 3), Resume::OtherEpoch);
        assert_eq!(log(100).resume("e", 11), Resume::OtherEpoch);
    }
}
