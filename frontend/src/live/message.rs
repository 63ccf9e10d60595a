//! What the stream brings, read once for everybody on the page.

use super::topic::Topic;
use shared::wire::alarm::Alarm;
use shared::wire::stream::{FeedChange, FiguresChange};
use shared::wire::yard::YardChange;

/// One message.
#[derive(Clone, Debug)]
pub enum Message {
    /// An alarm as it is now.
    Alarm(Alarm),
    /// Boxes were placed or went.
    Yard(YardChange),
    /// Figures changed.
    Figures(FiguresChange),
    /// A source spoke.
    Feed(FeedChange),
}

impl Message {
    /// Reads the text of a message.
    pub fn read(topic: Topic, text: &str) -> Result<Message, serde_json::Error> {
        match topic {
            Topic::Alarms => serde_json::from_str(text).map(Message::Alarm),
            Topic::Yard => serde_json::from_str(text).map(Message::Yard),
            Topic::Figures => serde_json::from_str(text).map(Message::Figures),
            Topic::Feeds => serde_json::from_str(text).map(Message::Feed),
        }
    }
}
