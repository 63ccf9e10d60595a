//! `/containers/{number}`: what happened to one container, and what is known of it.

/// One node of the trail.
mod node;
/// One stay.
mod stay;
/// How far from usual a stay is.
mod usual;

use crate::client::{CallError, calls, plain, understood};
use crate::components::finder::search_box;
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::components::number::unverified;
use crate::components::reactive::{button, changing, on_click, whether};
use crate::components::shell::{part, say, written};
use crate::components::states::{empty, framed_markup};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::live::{Followed, Message, Position, Snapshot, Topic, follow, watch};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use node::{classifier, quiet, time};
use shared::wire::container::{Container, Mention};
use shared::wire::figures::Usual;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

/// After a change the trail is asked for again, but not for every message of a burst.
const SETTLE: Duration = Duration::from_millis(250);

/// The trail as the server tells it. Which message changes it how, only the server can fold; so a message
/// about the container makes the page ask again.
struct TrailData(Container);

impl Snapshot for TrailData {
    fn position(&self) -> Position {
        Position {
            epoch: self.0.epoch.clone(),
            sequence: self.0.sequence,
        }
    }

    fn apply(&mut self, _: &Message) {}
}

/// The trail of one container.
#[inline(never)]
pub fn trail(number: String) -> AnyView {
    let context = context();
    let asked = number.clone();
    let path = move || calls::container(&asked);
    let followed = follow(context.live, &[], path, |text| understood(text).map(TrailData));
    follow_changes(context, followed);
    let usual = usual::follow_usual(context, followed);
    let missing = whether(move || {
        let status = followed
            .core()
            .error
            .with(|error| error.as_ref().and_then(CallError::status));
        status == Some(404) && !followed.core().is_there()
    });
    let content = move || {
        followed.with(|data| {
            data.map(|data| usual.look(|usual| show(context, &data.0, usual)))
                .unwrap_or_default()
        })
    };
    let view = changing(move || {
        if missing.get() {
            return not_found(context, &number);
        }
        let print = on_click(|| {
            // A browser that cannot print says so itself.
            let _ = window().print();
        });
        let print = button("print", "", context.say(Word::Print), print);
        vec![print, framed_markup(followed.core(), "page", content)].into_any()
    });
    part("section", "page trail", vec![view])
}

/// Asks again when a message tells of this container, or its slot becomes empty.
fn follow_changes(context: Context, followed: Followed<TrailData>) {
    let pending: Rc<Cell<Option<TimeoutHandle>>> = Rc::default();
    watch(context.live, &[Topic::Alarms, Topic::Yard], move |message| {
        let concerned = followed.with_untracked(|data| match (data, message) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(data), Some(message)) => concerns(&data.0, message),
        });
        if concerned {
            let again = set_timeout_with_handle(move || followed.reload(), SETTLE).ok();
            if let Some(before) = pending.replace(again) {
                before.clear();
            }
        }
    });
}

fn concerns(container: &Container, message: &Message) -> bool {
    match message {
        Message::Alarm(alarm) => alarm.container.as_ref() == Some(&container.container),
        Message::Yard(change) => {
            let slot = container.stays.first().and_then(|stay| stay.slot.as_ref());
            change
                .placed
                .iter()
                .any(|placed| placed.container == container.container)
                || slot.is_some_and(|slot| change.gone.contains(slot))
        }
        Message::Figures(_) | Message::Feed(_) => false,
    }
}

fn not_found(context: Context, number: &str) -> AnyView {
    let gaps = [
        text(&context.fill(Word::NeverSeen, number)),
        say(context.language, Word::NeverSeenHint),
    ];
    let words = written("contents", fill("<h1>{}</h1><p>{}</p>", &gaps));
    vec![
        words,
        part("div", "search-again", vec![search_box(context, "found-again")]),
    ]
    .into_any()
}

fn show(context: Context, container: &Container, usual: &[Usual]) -> Markup {
    let (mark, hint) = if container.verified {
        (nothing(), nothing())
    } else {
        let hint = say(context.language, Word::Unverified);
        (unverified(context), fill("<p class=\"quiet\">{}</p>", &[hint]))
    };
    let head = fill(
        "<h1><span data-field=\"container\">{}</span>{}</h1>{}",
        &[text(&container.container), mark, hint],
    );
    let mut parts = vec![head];
    if container.stays.is_empty() {
        parts.push(empty(context.say(Word::NoStays)));
    }
    for (index, stay) in container.stays.iter().enumerate() {
        let usual = usual.iter().find(|usual| usual.stay == stay.id);
        parts.push(stay::show(context, stay, index == 0, usual));
    }
    parts.push(mentions(context, "notes", Word::Notes, None, &container.notes));
    let hint = Some(Word::ElsewhereHint);
    parts.push(mentions(
        context,
        "elsewhere",
        Word::Elsewhere,
        hint,
        &container.elsewhere,
    ));
    join(&parts)
}

fn mentions(context: Context, name: &str, title: Word, hint: Option<Word>, mentions: &[Mention]) -> Markup {
    if mentions.is_empty() {
        return nothing();
    }
    let mut items = Vec::new();
    for mention in mentions {
        let known = |place: &Option<String>| place.as_deref().map_or_else(nothing, text);
        let detail = mention
            .detail
            .as_ref()
            .map_or_else(nothing, |detail| fill("<code>{}</code>", &[text(&plain(detail))]));
        let line = time(&format::stamp(mention.at))
            .then(fill("<strong>{}</strong>", &[text(context.term(mention.node))]))
            .then(classifier(context, mention.classifier))
            .then(known(&mention.location))
            .then(known(&mention.facility))
            .then(quiet(&mention.source))
            .then(detail);
        items.push(fill("<li>{}</li>", &[line]));
    }
    let hint = hint.map_or_else(nothing, |hint| fill("<p>{}</p>", &[say(context.language, hint)]));
    fill(
        "<section class=\"card elsewhere\" data-mentions=\"{}\"><h2>{}</h2>{}<ul class=\"mentions\">{}</ul></section>",
        &[text(name), say(context.language, title), hint, join(&items)],
    )
}
