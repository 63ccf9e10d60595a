//! Events as the native feed hands them to the engine.

use api::engine::Taken;
use api::journal::Format;
use serde_json::Value;
use shared::event::json as native;

/// What the feed makes of events.
pub fn taken(events: impl IntoIterator<Item = Value>) -> Vec<Taken> {
    let take = |event: Value| {
        let event = native::read(&event.to_string()).unwrap().event;
        let json = native::canonical(&event);
        Taken {
            event,
            json,
            format: Format::Events,
        }
    };
    events.into_iter().map(take).collect()
}
