//! `/containers/{number}`: what happened to one container, and what is known of it.

/// One node of the trail.
mod node;
/// One stay.
mod stay;

use crate::client::{CallError, calls};
use crate::components::number::unverified;
use crate::components::search_box::SearchBox;
use crate::components::states::framed;
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::live::{Followed, Message, Position, Snapshot, Topic, follow, watch};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use shared::wire::container::{Container, Mention};
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
#[component]
pub fn Trail(
    /// Its number, as the address has it.
    number: String,
) -> impl IntoView {
    let context = context();
    let asked = number.clone();
    let followed = follow(context.live, &[], move || {
        let number = asked.clone();
        async move { calls::container(number).await.map(TrailData) }
    });
    follow_changes(context, followed);
    let missing = Memo::new(move |_| {
        followed
            .error
            .with(|error| error.as_ref().and_then(CallError::status) == Some(404))
            && followed.data.with(Option::is_none)
    });
    move || {
        if missing.get() {
            return not_found(context, &number).into_any();
        }
        let number = number.clone();
        view! {
            <section class="page trail">
                {framed(followed, move || {
                    let number = number.clone();
                    view! { {move || followed.data.with(|data| data.as_ref().map(|data| show(context, &number, &data.0)))} }
                        .into_any()
                })}
            </section>
        }
        .into_any()
    }
}

/// Asks again when a message tells of this container, or its slot becomes empty.
fn follow_changes(context: Context, followed: Followed<TrailData>) {
    let pending: Rc<Cell<Option<TimeoutHandle>>> = Rc::default();
    watch(context.live, &[Topic::Alarms, Topic::Yard], move |message| {
        let concerned = followed.data.with_untracked(|data| match (data, message) {
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

fn not_found(context: Context, number: &str) -> impl IntoView + use<> {
    view! {
        <section class="page">
            <h1>{context.fill(Word::NeverSeen, number)}</h1>
            <p>{context.say(Word::NeverSeenHint)}</p>
            <div class="search-again"><SearchBox/></div>
        </section>
    }
}

fn show(context: Context, number: &str, container: &Container) -> AnyView {
    let stays = container
        .stays
        .iter()
        .enumerate()
        .map(|(index, stay)| stay::show(context, stay, index == 0));
    view! {
        <div class="page-head">
            <h1>
                <span data-field="container">{container.container.clone()}</span>
                {(!container.verified).then(|| unverified(context))}
            </h1>
            <button type="button" class="print" on:click=move |_| { let _ = window().print(); }>{context.say(Word::Print)}</button>
        </div>
        {(!container.verified).then(|| view! { <p class="quiet">{context.say(Word::Unverified)}</p> })}
        {(container.stays.is_empty()).then(|| view! { <p class="empty">{context.fill(Word::NeverSeen, number)}</p> })}
        {stays.collect_view()}
        {mentions(context, Word::Notes, None, &container.notes)}
        {mentions(context, Word::Elsewhere, Some(Word::ElsewhereHint), &container.elsewhere)}
    }
    .into_any()
}

fn mentions(
    context: Context,
    title: Word,
    hint: Option<Word>,
    mentions: &[Mention],
) -> impl IntoView + use<> {
    (!mentions.is_empty()).then(|| {
        let items = mentions.iter().map(|mention| {
            let place = [mention.location.as_deref(), mention.facility.as_deref()];
            let place = place.into_iter().flatten().collect::<Vec<_>>().join(" ");
            let classifier = (mention.classifier != shared::event::Classifier::Actual)
                .then(|| view! { " " <span class="mark">{context.term(mention.classifier)}</span> });
            let detail = mention
                .detail
                .as_ref()
                .map(|detail| view! { <code>{detail.to_string()}</code> });
            view! {
                <li>
                    <time>{format::stamp(mention.at)}</time> " "
                    <strong>{context.term(mention.node)}</strong> {classifier} " "
                    <span>{place}</span> " "
                    <span class="quiet">{mention.source.clone()}</span>
                    {detail}
                </li>
            }
        });
        view! {
            <section class="card elsewhere" data-mentions=if hint.is_some() { "elsewhere" } else { "notes" }>
                <h2>{context.say(title)}</h2>
                {hint.map(|hint| view! { <p>{context.say(hint)}</p> })}
                <ul class="mentions">{items.collect_view()}</ul>
            </section>
        }
    })
}
