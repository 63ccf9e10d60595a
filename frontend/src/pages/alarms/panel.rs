//! One alarm in full: what it says, what was done, and what can be done. It lies over the lists, and its
//! address can be sent like any other.

use super::actions::actions;
use super::words::{advice, rule_words};
use crate::address::Page;
use crate::client::{CallError, calls, get};
use crate::components::alarm::{state_words, temperature};
use crate::components::markup::{
    Markup, all, fact, fill, join, link, nothing, optional_fact, shown, tag, text,
};
use crate::components::number::{container_link, slot_link};
use crate::components::reactive::spawn;
use crate::components::reactive::{changing, effect, on_click, whether};
use crate::components::states::{failed, loading};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::live::{Message, Topic, watch};
use leptos::html::Dialog;
use leptos::prelude::*;
use shared::time::LocalTime;
use shared::wire::alarm::{Alarm, AlarmNode, HistoryEntry};

/// One alarm.
pub fn alarm_panel(id: String) -> AnyView {
    let context = context();
    let alarm = RwSignal::new(None::<Alarm>);
    let error = RwSignal::new(None::<CallError>);
    let asked = StoredValue::new(id.clone());
    let load = move || {
        spawn(async move {
            let Some(id) = asked.try_get_value() else {
                return;
            };
            // The panel may have been closed meanwhile.
            match get(calls::alarm(&id)).await {
                Ok(found) => {
                    let _ = error.try_set(None);
                    let _ = alarm.try_set(Some(found));
                }
                Err(why) => {
                    let _ = error.try_set(Some(why));
                }
            }
        });
    };
    load();
    watch(context.live, &[Topic::Alarms], move |message| match message {
        Some(Message::Alarm(changed)) if changed.id == id => alarm.set(Some((**changed).clone())),
        Some(_) => {}
        None => load(),
    });

    let dialog = NodeRef::<Dialog>::new();
    effect(move || {
        if let Some(dialog) = dialog.get() {
            // Modal: the browser keeps the focus inside and gives it back afterwards.
            if !dialog.open() && dialog.show_modal().is_err() {
                dialog.set_open(true);
            }
        }
    });
    let close = move || context.address.set(&[("alarm", None)]);
    let load = Callback::new(move |()| load());
    let there = whether(move || alarm.with(Option::is_some));
    let wrong = changing(move || match error.get() {
        Some(error) => failed(&error, Some(load)),
        None => ().into_any(),
    });
    let content = changing(move || match there.get() {
        false => loading(),
        true => shown("alarm-facts", move || {
            alarm.with(|alarm| {
                alarm
                    .as_ref()
                    .map(|alarm| facts(context, alarm))
                    .unwrap_or_default()
            })
        }),
    });
    view! {
        <dialog class="panel" node_ref=dialog aria-labelledby="alarm-title" on:close=move |_| close()>
            <button type="button" class="close" aria-label=context.say(Word::Close) on:click=on_click(close)></button>
            {wrong}
            {content}
            {actions(alarm, load)}
        </dialog>
    }
    .into_any()
}

fn facts(context: Context, alarm: &Alarm) -> Markup {
    let language = context.language;
    let stamp = |word: Word, time: Option<LocalTime>| {
        optional_fact(context, word, time.map(format::stamp).as_deref())
    };
    let known = |word: Word, value: &Option<String>| optional_fact(context, word, value.as_deref());
    let node = |word: Word, node: &Option<AlarmNode>| {
        let words = node.as_ref().map(|node| {
            let at = node
                .at
                .map_or_else(|| context.say(Word::Awaited).to_owned(), format::stamp);
            format!("{} · {at}", context.term(node.node))
        });
        known(word, &words)
    };
    let container = alarm.container.as_ref().map_or_else(nothing, |number| {
        fact(
            context,
            Word::ContainerNumber,
            container_link(context, number, alarm.container_verified),
        )
    });
    let slot = alarm.slot.as_deref().map_or_else(nothing, |slot| {
        fact(context, Word::Slot, slot_link(context, Some(slot)))
    });
    let limit = alarm
        .limit_seconds
        .map(|seconds| format::duration_or_dash(language, Some(seconds)));
    let reasons: Vec<&str> = alarm.reasons.iter().map(|reason| context.term(*reason)).collect();
    let reasons = (!reasons.is_empty()).then(|| reasons.join(language.choose("; ", "；")));
    let explanation = alarm.explanation.as_ref().map(|explained| {
        let who = explained.by.as_deref().unwrap_or("—");
        format!(
            "{} ({}, {who}, {})",
            explained.text,
            context.term(explained.state),
            format::stamp(explained.at)
        )
    });
    let ahead = alarm.ahead_seconds;
    let ahead = ahead.map(|seconds| format::duration_or_dash(language, Some(seconds)));
    let position = Some(alarm.position.clone()).filter(|position| !position.is_empty());
    let rule = text(&rule_words(language, &alarm.rule));
    let rule = match context.sees(&Page::AlarmRules) {
        true => link(&context.address.link(&Page::AlarmRules, &[]), rule),
        false => rule,
    };
    let facts = join(&[
        optional_fact(context, Word::Priority, Some(context.term(alarm.priority))),
        optional_fact(context, Word::State, Some(&state_words(context, alarm))),
        container,
        optional_fact(
            context,
            Word::DirectionColumn,
            alarm.direction.map(|direction| context.term(direction)),
        ),
        known(Word::BillOfLading, &alarm.bill_of_lading),
        known(Word::Voyage, &alarm.voyage),
        known(Word::Vessel, &alarm.vessel_name),
        slot,
        known(Word::Reasons, &reasons),
        node(Word::PreviousNode, &alarm.previous),
        node(Word::CurrentNode, &alarm.current),
        known(Word::Limit, &limit),
        stamp(Word::EnteredAt, alarm.entered_at),
        stamp(Word::RaisedAt, Some(alarm.raised_at)),
        stamp(Word::ClearedAt, alarm.cleared_at),
        stamp(Word::ShelvedUntil, alarm.shelved_until),
        stamp(Word::WithdrawnAt, alarm.withdrawn_at),
        stamp(Word::RecordedAt, Some(alarm.recorded_at)),
        known(Word::Source, &alarm.source),
        known(Word::Temperature, &temperature(context, alarm)),
        known(Word::AheadBy, &ahead),
        others(context, alarm),
        known(Word::Explanation, &explanation),
        fact(context, Word::Rule, rule),
        known(Word::OperatorPosition, &position),
    ]);
    join(&[
        tag("h2", &[("id", "alarm-title")], text(context.term(alarm.kind))),
        tag("p", &[("class", "advice")], text(advice(language, alarm.kind))),
        tag("dl", &[("class", "facts")], facts),
        tag("h3", &[], text(context.say(Word::History))),
        tag(
            "ol",
            &[("class", "history-list")],
            all(alarm.history.iter().map(|entry| step(context, entry))),
        ),
    ])
}

fn step(context: Context, entry: &HistoryEntry) -> Markup {
    let who = entry.by.as_deref().unwrap_or(context.say(Word::System));
    let remark = entry
        .remark
        .as_deref()
        .map_or_else(nothing, |remark| tag("q", &[], text(remark)));
    let gaps = [
        text(&format::stamp(entry.at)),
        text(context.term(entry.action)),
        text(who),
        remark,
    ];
    fill("<li><time>{}</time> <strong>{}</strong> · {} {}</li>", &gaps)
}

/// The other boxes or places that it is about, each with its trail and its place on the map.
fn others(context: Context, alarm: &Alarm) -> Markup {
    if alarm.others.is_empty() {
        return nothing();
    }
    let items = alarm.others.iter().map(|other| {
        let slot = other
            .slot
            .as_deref()
            .map_or_else(nothing, |slot| slot_link(context, Some(slot)));
        let more = [other.site.as_deref(), other.source.as_deref()];
        let more = all(more
            .into_iter()
            .flatten()
            .map(|more| text(" · ").then(text(more))));
        let line = container_link(context, &other.container, true)
            .then(slot)
            .then(more);
        tag("li", &[], line)
    });
    fact(context, Word::OtherBoxes, tag("ul", &[], all(items)))
}
