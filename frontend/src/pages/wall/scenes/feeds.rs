//! Who sends, and how long ago each was heard: those first that send most, for they are missed first.

use super::alarms::long;
use crate::client::calls;
use crate::components::markup::{Markup, fill, join, text};
use crate::i18n::{Word, format};
use crate::live::Topic;
use crate::pages::wall::fit::{MOST, fitted};
use crate::pages::wall::frame::moment;
use crate::pages::wall::source::Source;
use crate::pages::wall::stage::Stage;
use leptos::prelude::*;
use shared::wire::List;
use shared::wire::feeds::Source as Sender;

const ROW: &str =
    "<li class=\"wall-sender\" data-drop=\"{}\"><strong>{}</strong><span>{}</span><span>{}</span></li>";
const COUNT: &str =
    "<ul class=\"wall-counts\"><li><b>{}</b><span>{}</span></li></ul><ol class=\"wall-list\">{}</ol>";

/// The scene.
pub fn feeds(stage: Stage) -> AnyView {
    let senders: Source<List<Sender>> = Source::follow(stage, Some(Topic::Feeds), calls::feeds);
    fitted("wall-feeds wall-body", stage.resized, move || {
        stage.minute.with(|_| ());
        let shown = senders.look(|senders| senders.map(|senders| show(stage, &senders.items)));
        join(&[senders.trouble(stage), shown.unwrap_or_default()])
    })
}

fn show(stage: Stage, senders: &[Sender]) -> Markup {
    let context = stage.context;
    let now = context.live.now.get_untracked();
    let mut all: Vec<&Sender> = senders.iter().collect();
    all.sort_by_key(|sender| std::cmp::Reverse(sender.events));
    let mut rows = Vec::new();
    for (index, sender) in all.into_iter().take(MOST).enumerate() {
        let age = now
            .zip(sender.received_at)
            .map(|(now, at)| now.seconds_since(at.at).max(0));
        let age = age.map_or_else(String::new, |age| context.fill(Word::WallAgo, long(context, age)));
        let at = sender
            .received_at
            .map_or_else(String::new, |at| moment(context, at));
        let gaps = [
            text(&index.to_string()),
            text(&sender.source),
            text(&age),
            text(&at),
        ];
        rows.push(fill(ROW, &gaps));
    }
    let gaps = [
        text(&format::whole(senders.len() as u64)),
        text(context.say(Word::WallSenders)),
        join(&rows),
    ];
    fill(COUNT, &gaps)
}
