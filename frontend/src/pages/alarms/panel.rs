//! One alarm in full: what it says, what was done, and what can be done. It lies over the lists, and its
//! address can be sent like any other.

use super::actions::Actions;
use crate::client::{CallError, calls};
use crate::components::number::{container_link, slot_link};
use crate::components::states::{Failed, Loading};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::live::{Message, Topic, watch};
use leptos::html::Dialog;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::alarm::{Alarm, HistoryEntry};

/// One alarm.
#[component]
pub fn AlarmPanel(
    /// Its id.
    id: String,
) -> impl IntoView {
    let context = context();
    let alarm = RwSignal::new(None::<Result<Alarm, CallError>>);
    let asked = StoredValue::new(id.clone());
    let load = move || {
        spawn_local(async move {
            let Some(id) = asked.try_get_value() else {
                return;
            };
            let answer = calls::alarm(id).await;
            let _ = alarm.try_set(Some(answer));
        });
    };
    load();
    watch(context.live, &[Topic::Alarms], move |message| match message {
        Some(Message::Alarm(changed)) if changed.id == id => alarm.set(Some(Ok(changed.clone()))),
        Some(_) => {}
        None => load(),
    });

    let dialog = NodeRef::<Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            // Modal: the browser keeps the focus inside and gives it back afterwards.
            if !dialog.open() && dialog.show_modal().is_err() {
                dialog.set_open(true);
            }
        }
    });
    let close = move || context.address.set(&[("alarm", None)]);
    view! {
        <dialog class="panel" node_ref=dialog aria-labelledby="alarm-title" on:close=move |_| close()>
            <button type="button" class="close" aria-label=context.say(Word::Close) on:click=move |_| close()></button>
            {move || match alarm.get() {
                None => Loading().into_any(),
                Some(Err(error)) => view! { <Failed error on_retry=move || load()/> }.into_any(),
                Some(Ok(found)) => facts(context, &found).into_any(),
            }}
            <Actions alarm on_conflict=move || load()/>
        </dialog>
    }
}

fn facts(context: Context, alarm: &Alarm) -> impl IntoView + use<> {
    let language = context.language;
    let line = |word: Word, value: AnyView| view! { <div><dt>{context.say(word)}</dt><dd>{value}</dd></div> };
    let optional = |word: Word, value: Option<String>| value.map(|value| line(word, value.into_any()));
    let container = alarm.container.as_ref().map(|number| {
        line(
            Word::ContainerNumber,
            container_link(context, number, alarm.container_verified).into_any(),
        )
    });
    let slot = alarm.slot.as_ref().map(|slot| {
        line(
            Word::Slot,
            slot_link(context, Some(slot), alarm.block.as_deref()).into_any(),
        )
    });
    let node = |word: Word, node: &Option<shared::wire::alarm::AlarmNode>| {
        node.as_ref().map(|node| {
            let at = node
                .at
                .map_or_else(|| context.say(Word::Awaited).to_owned(), format::stamp);
            line(word, format!("{} · {at}", context.term(node.node)).into_any())
        })
    };
    let limit = alarm
        .limit_seconds
        .map(|seconds| format::duration_or_dash(language, Some(seconds)));
    let reasons: Vec<&str> = alarm.reasons.iter().map(|reason| context.term(*reason)).collect();
    let reasons = (!reasons.is_empty()).then(|| reasons.join(language.choose("; ", "；")));
    let mut states = vec![
        if alarm.active {
            shared::alarm::State::Active
        } else {
            shared::alarm::State::Cleared
        },
        if alarm.acknowledged {
            shared::alarm::State::Acknowledged
        } else {
            shared::alarm::State::Unacknowledged
        },
    ];
    let further = [
        (alarm.closed, shared::alarm::State::Closed),
        (alarm.shelved_until.is_some(), shared::alarm::State::Shelved),
        (alarm.suppressed, shared::alarm::State::Suppressed),
        (alarm.withdrawn_at.is_some(), shared::alarm::State::Withdrawn),
    ];
    states.extend(
        further
            .into_iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, state)| state),
    );
    let states: Vec<&str> = states.into_iter().map(|state| context.term(state)).collect();
    let explanation = alarm.explanation.as_ref().map(|explained| {
        let who = explained.by.as_deref().unwrap_or("—");
        format!(
            "{} ({}, {who}, {})",
            explained.text,
            context.term(explained.state),
            format::stamp(explained.at)
        )
    });
    let stamp = |time: Option<shared::time::LocalTime>| time.map(format::stamp);
    let history = alarm
        .history
        .iter()
        .map(|entry| step(context, entry))
        .collect_view();
    view! {
        <h2 id="alarm-title">{context.term(alarm.kind)}</h2>
        <dl class="facts">
            {line(Word::Priority, context.term(alarm.priority).into_any())}
            {line(Word::State, states.join(language.choose(", ", "、")).into_any())}
            {container}
            {optional(Word::DirectionColumn, alarm.direction.map(|direction| context.term(direction).to_owned()))}
            {optional(Word::BillOfLading, alarm.bill_of_lading.clone())}
            {optional(Word::Voyage, alarm.voyage.clone())}
            {optional(Word::Vessel, alarm.vessel_name.clone())}
            {slot}
            {optional(Word::Reasons, reasons)}
            {node(Word::PreviousNode, &alarm.previous)}
            {node(Word::CurrentNode, &alarm.current)}
            {optional(Word::Limit, limit)}
            {optional(Word::EnteredAt, stamp(alarm.entered_at))}
            {line(Word::RaisedAt, format::stamp(alarm.raised_at).into_any())}
            {optional(Word::ClearedAt, stamp(alarm.cleared_at))}
            {optional(Word::ShelvedUntil, stamp(alarm.shelved_until))}
            {optional(Word::WithdrawnAt, stamp(alarm.withdrawn_at))}
            {line(Word::RecordedAt, format::stamp(alarm.recorded_at).into_any())}
            {optional(Word::Explanation, explanation)}
        </dl>
        <h3>{context.say(Word::History)}</h3>
        <ol class="history-list">{history}</ol>
    }
}

fn step(context: Context, entry: &HistoryEntry) -> impl IntoView + use<> {
    let who = entry
        .by
        .clone()
        .unwrap_or_else(|| context.say(Word::System).to_owned());
    view! {
        <li>
            <time>{format::stamp(entry.at)}</time> " " <strong>{context.term(entry.action)}</strong> " · " {who}
            {entry.remark.clone().map(|remark| view! { <q>{remark}</q> })}
        </li>
    }
}
