//! What the stream brings, read once for everybody on the page.

use super::topic::Topic;
use crate::client::{Misfit, Mistakes, Read, member, members, read};
use serde_json::Value;
use shared::time::LocalTime;
use shared::wire::alarm::Alarm;
use shared::wire::release_desk::DeskChange;
use shared::wire::stream::{FeedChange, FiguresChange};
use shared::wire::yard::YardChange;

/// One message.
#[derive(Clone, Debug)]
pub enum Message {
    /// An alarm as it is now.
    Alarm(Box<Alarm>),
    /// Boxes were placed or went.
    Yard(YardChange),
    /// Figures changed.
    Figures(Box<FiguresChange>),
    /// A source spoke.
    Feed(FeedChange),
    /// Parcels as they are now. Read by the pages of parcels alone: what reads it comes with them.
    Parcels(String),
    /// An application at the release desk moved.
    Application(Box<DeskChange>),
}

impl Message {
    /// Reads the text of a message.
    pub fn read(topic: Topic, text: &str) -> Result<Message, Misfit> {
        match topic {
            Topic::Alarms => read(text).map(|alarm| Message::Alarm(Box::new(alarm))),
            Topic::Yard => read(text).map(Message::Yard),
            Topic::Figures => read(text).map(|change| Message::Figures(Box::new(change))),
            Topic::Feeds => read(text).map(Message::Feed),
            Topic::Parcels => Ok(Message::Parcels(text.to_owned())),
            Topic::ReleaseDesk => read(text).map(|change| Message::Application(Box::new(change))),
        }
    }
}

/// What a tick says. Of `shared::wire::stream::Tick` only what is looked at here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tick {
    /// The engine's clock.
    pub now: LocalTime,
    /// How many messages the connection has carried; unknown where a server does not say so.
    pub messages: Option<u64>,
}

impl Read for Tick {
    fn read(value: &Value, mistakes: &Mistakes) -> Tick {
        let members = members(value, mistakes);
        Tick {
            now: member(members, "now", mistakes),
            messages: member(members, "messages", mistakes),
        }
    }
}
