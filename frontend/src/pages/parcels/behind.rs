//! The lists behind the figures of now. Each address lists exactly what its figure counts.

use super::now::later;
use crate::address::Page;
use crate::context::Context;
use crate::i18n::format;
use shared::time::{HOUR, LocalTime, SECOND, Time};
use shared::wire::parcels::ParcelsNow;

/// The day of the figures, and when they hold.
#[derive(Clone)]
pub struct Behind {
    context: Context,
    from: String,
    to: String,
    at: LocalTime,
    target: i64,
}

impl Behind {
    /// The lists of a moment.
    pub fn of(context: Context, now: &ParcelsNow) -> Behind {
        // However long the day is where clocks are changed.
        let next = LocalTime {
            at: now.since.at.plus(36 * HOUR),
            ..now.since
        };
        Behind {
            context,
            from: format::date(now.since),
            to: format::date(next),
            at: now.at,
            target: i64::try_from(now.target_seconds).unwrap_or(i64::MAX),
        }
    }

    fn link(&self, parameters: &[(&str, &str)]) -> String {
        self.context.address.link(&Page::Parcels, parameters)
    }

    fn of_day(&self, by: &str, more: &[(&str, &str)]) -> String {
        let day = [("by", by), ("from", &self.from), ("to", &self.to)];
        self.link(&[&day[..], more].concat())
    }

    /// Those that were released today, narrowed further.
    pub fn released(&self, more: &[(&str, &str)]) -> String {
        self.of_day("release", more)
    }

    /// Those that were returned today.
    pub fn returned(&self) -> String {
        self.of_day("return", &[])
    }

    /// Those that were received today.
    pub fn received(&self) -> String {
        self.of_day("receipt", &[])
    }

    /// Those that were released today within the target.
    pub fn within(&self) -> String {
        self.released(&[("max_seconds", &self.target.to_string())])
    }

    /// Those that were released today, the slowest first.
    pub fn slowest(&self) -> String {
        self.released(&[("order", "longest")])
    }

    /// Those that were released in the last whole seconds.
    pub fn last(&self, seconds: i64) -> String {
        let whole = LocalTime {
            at: Time(self.at.at.0.div_euclid(SECOND) * SECOND),
            ..self.at
        };
        self.between(later(whole, -seconds), whole)
    }

    /// Those that were released from a moment to another.
    pub fn between(&self, from: LocalTime, to: LocalTime) -> String {
        let (from, to) = (from.to_string(), to.to_string());
        self.link(&[("by", "release"), ("from", &from), ("to", &to)])
    }

    /// Those that were received and are not decided, the oldest first, narrowed further.
    pub fn queue(&self, more: &[(&str, &str)]) -> String {
        let queue = [("queued", "true"), ("by", "receipt"), ("order", "oldest")];
        self.link(&[&queue[..], more].concat())
    }

    /// Those of them that are over the target.
    pub fn late(&self) -> String {
        let to = later(self.at, -self.target).to_string();
        self.queue(&[("to", &to)])
    }

    /// Those that lack a document.
    pub fn missing(&self, document: &str) -> String {
        self.link(&[("missing", document), ("order", "oldest")])
    }

    /// Those that are held, by one reason or at all.
    pub fn held(&self, reason: Option<&str>) -> String {
        let mut parameters = vec![("state", "held"), ("order", "oldest")];
        parameters.extend(reason.map(|reason| ("reason", reason)));
        self.link(&parameters)
    }
}
