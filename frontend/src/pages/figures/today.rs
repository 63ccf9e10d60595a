//! The overview of today, for every page that shows it.

use crate::client::{calls, understood};
use crate::context::Context;
use crate::live::{Followed, Message, Position, Snapshot, Topic, follow};
use shared::access::Right;
use shared::wire::figures::Overview as Figures;

/// The overview, replaced as a whole by each message.
pub struct OverviewData(pub Figures);

impl Snapshot for OverviewData {
    fn position(&self) -> Position {
        Position {
            epoch: self.0.epoch.clone(),
            sequence: self.0.sequence,
        }
    }

    fn apply(&mut self, message: &Message) {
        if let Message::Figures(change) = message
            && change.overview.site == self.0.site
        {
            self.0 = change.overview.clone();
        }
    }
}

/// Follows the overview of the site that is shown.
pub fn follow_overview(context: Context) -> Followed<OverviewData> {
    let query = context.call();
    let path = move || match context.may(Right::Figures) {
        true => calls::figures("overview", &query),
        false => String::new(),
    };
    follow(context.live, &[Topic::Figures], path, |text| {
        understood(text).map(OverviewData)
    })
}
