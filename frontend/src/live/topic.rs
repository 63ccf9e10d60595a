//! Topics of the stream, and positions in it.

use std::fmt;

/// What a page can follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Alarms.
    Alarms,
    /// The yard.
    Yard,
    /// The overview.
    Figures,
    /// Sources.
    Feeds,
    /// Cross-border parcels.
    Parcels,
    /// Applications at the release desk.
    ReleaseDesk,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Topic; 6] = [
        Topic::Alarms,
        Topic::Yard,
        Topic::Figures,
        Topic::Feeds,
        Topic::Parcels,
        Topic::ReleaseDesk,
    ];

    /// Its name in the address of the stream.
    pub fn name(self) -> &'static str {
        match self {
            Topic::Alarms => "alarms",
            Topic::Yard => "yard",
            Topic::Figures => "figures",
            Topic::Feeds => "feeds",
            Topic::Parcels => "parcels",
            Topic::ReleaseDesk => "release_desk",
        }
    }

    /// The name of its messages.
    pub fn event(self) -> &'static str {
        match self {
            Topic::Alarms => "alarm",
            Topic::Yard => "yard",
            Topic::Figures => "figures",
            Topic::Feeds => "feed",
            Topic::Parcels => "parcels",
            Topic::ReleaseDesk => "application",
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of topics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Topics(u8);

impl Topics {
    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether a topic is in it.
    pub fn has(self, topic: Topic) -> bool {
        self.0 & topic.bit() != 0
    }

    /// Those that are in another, too.
    #[must_use]
    pub fn within(self, other: Topics) -> Topics {
        Topics(self.0 & other.0)
    }

    /// The first alone, if there is one.
    #[must_use]
    pub fn first(self) -> Topics {
        Topic::ALL
            .into_iter()
            .find(|topic| self.has(*topic))
            .into_iter()
            .collect()
    }

    /// Whether all of another are in it.
    pub fn covers(self, other: Topics) -> bool {
        self.0 & other.0 == other.0
    }

    /// Reads what [`fmt::Display`] writes; unknown names are left out.
    pub fn parse(text: &str) -> Topics {
        let known = |name: &str| Topic::ALL.into_iter().find(|topic| topic.name() == name);
        text.split(',').filter_map(known).collect()
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Topics) -> Topics {
        Topics(self.0 | other.0)
    }
}

impl FromIterator<Topic> for Topics {
    fn from_iter<I: IntoIterator<Item = Topic>>(topics: I) -> Topics {
        Topics(topics.into_iter().fold(0, |bits, topic| bits | topic.bit()))
    }
}

/// As the address of the stream has them: `alarms,yard`.
impl fmt::Display for Topics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for topic in Topic::ALL.into_iter().filter(|topic| self.has(*topic)) {
            if !std::mem::take(&mut first) {
                f.write_str(",")?;
            }
            f.write_str(topic.name())?;
        }
        Ok(())
    }
}

/// A place in the log of changes. Sequences of different epochs have nothing to do with each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The log.
    pub epoch: String,
    /// The change.
    pub sequence: u64,
}

impl Position {
    /// Reads `epoch:sequence`.
    pub fn parse(text: &str) -> Option<Position> {
        let (epoch, sequence) = text.rsplit_once(':')?;
        Some(Position {
            epoch: epoch.to_owned(),
            sequence: sequence.parse().ok()?,
        })
    }

    /// The place before this change.
    #[must_use]
    pub fn one_before(mut self) -> Position {
        self.sequence = self.sequence.saturating_sub(1);
        self
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.epoch, self.sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_written_in_a_fixed_order() {
        let topics: Topics = [Topic::Feeds, Topic::Alarms].into_iter().collect();
        assert_eq!(topics.to_string(), "alarms,feeds");
        assert_eq!(Topics::parse("alarms,feeds,others"), topics);
        assert!(topics.covers([Topic::Feeds].into_iter().collect()));
        assert!(!topics.has(Topic::Yard));
        let yard: Topics = [Topic::Yard, Topic::Feeds].into_iter().collect();
        assert_eq!(topics.within(yard).to_string(), "feeds");
        assert_eq!(yard.first().to_string(), "yard");
        assert!(Topics::default().first().is_empty());
    }

    #[test]
    fn a_position_is_read_as_it_is_written() {
        let position = Position::parse("a1b2:42").unwrap();
        assert_eq!((position.epoch.as_str(), position.sequence), ("a1b2", 42));
        assert_eq!(position.to_string(), "a1b2:42");
        assert!(Position::parse("42").is_none());
    }
}
