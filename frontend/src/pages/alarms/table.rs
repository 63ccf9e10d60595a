//! The tables, with the columns of the screens that customs knows (`domain.md` §2), in their order.

use super::filter::{Filter, List};
use super::list::{AlarmList, PAGE};
use crate::client::calls;
use crate::components::number::{container_link, slot_link};
use crate::components::states::{empty, framed};
use crate::context::{Context, context};
use crate::i18n::terms::Term;
use crate::i18n::{Word, format};
use crate::live::{Followed, Topic, follow};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::alarm::Priority;
use shared::wire::alarm::{Alarm, AlarmNode};
use std::sync::Arc;

/// One column: its name for tests and style, its head, and its cell.
type Column = (&'static str, Word, fn(Context, &Alarm) -> AnyView);

const OVERTIME: [Column; 10] = [
    ("direction", Word::DirectionColumn, direction),
    ("bill_of_lading", Word::BillOfLading, |_, alarm| {
        text(alarm.bill_of_lading.as_deref())
    }),
    ("voyage", Word::Voyage, |_, alarm| text(alarm.voyage.as_deref())),
    ("container", Word::ContainerNumber, container),
    ("previous_node", Word::PreviousNode, |context, alarm| {
        node(context, alarm.previous.as_ref())
    }),
    ("previous_at", Word::PreviousAt, |context, alarm| {
        node_at(context, alarm.previous.as_ref())
    }),
    ("current_node", Word::CurrentNode, |context, alarm| {
        node(context, alarm.current.as_ref())
    }),
    ("current_at", Word::CurrentAt, |context, alarm| {
        node_at(context, alarm.current.as_ref())
    }),
    ("content", Word::Content, content),
    ("raised_at", Word::RaisedAt, raised_at),
];

const ILLEGAL_STORAGE: [Column; 10] = [
    ("direction", Word::DirectionColumn, direction),
    ("container", Word::ContainerNumber, container),
    ("dangerous", Word::DangerousFlag, |context, alarm| {
        yes_no(context, alarm.dangerous)
    }),
    ("refrigerated", Word::RefrigeratedFlag, |context, alarm| {
        yes_no(context, alarm.refrigerated)
    }),
    ("entered_at", Word::EnteredAt, |_, alarm| {
        format::stamp_or_dash(alarm.entered_at).into_any()
    }),
    ("slot", Word::Slot, slot),
    ("content", Word::Content, content),
    ("raised_at", Word::RaisedAt, raised_at),
    ("explanation", Word::Explanation, explanation),
    ("action", Word::ActionColumn, action),
];

const OTHERS: [Column; 6] = [
    ("direction", Word::DirectionColumn, direction),
    ("container", Word::ContainerNumber, container),
    ("slot", Word::Slot, slot),
    ("content", Word::Content, content),
    ("raised_at", Word::RaisedAt, raised_at),
    ("action", Word::ActionColumn, action),
];

fn columns(list: List) -> &'static [Column] {
    match list {
        List::Overtime => &OVERTIME,
        List::IllegalStorage => &ILLEGAL_STORAGE,
        List::Others => &OTHERS,
    }
}

/// One list of alarms, live.
#[component]
pub fn AlarmTable(
    /// Which.
    list: List,
) -> impl IntoView {
    let context = context();
    let filter = Filter::of(list, &context.address.query_now());
    let fetch = move || {
        let filter = filter.clone();
        async move {
            let answer = calls::alarms(filter.query().with("limit", Some(&PAGE.to_string()))).await?;
            Ok(AlarmList::new(filter, answer))
        }
    };
    let followed = follow(context.live, &[Topic::Alarms], fetch);
    let heading = match list {
        List::Overtime => Word::Overtime,
        List::IllegalStorage => Word::IllegalStorage,
        List::Others => Word::OtherAlarms,
    };
    // The other kinds come rarely; while there are none, there is nothing to show of them.
    let hidden = move || {
        list == List::Others
            && followed
                .data
                .with(|data| data.as_ref().is_none_or(|list| list.items.is_empty()))
    };
    view! {
        <section class="alarm-list" data-list=list.name() hidden=hidden aria-label=context.say(heading)>
            <h2>
                {context.say(heading)} " " <span class="count">{move || count(context, followed)}</span>
            </h2>
            {framed(followed, move || rows(context, list, followed).into_any())}
        </section>
    }
}

fn count(context: Context, followed: Followed<AlarmList>) -> Option<String> {
    followed.data.with(|data| {
        let list = data.as_ref()?;
        let word = if list.next.is_some() {
            Word::AlarmCountMore
        } else {
            Word::AlarmCount
        };
        Some(context.fill(word, format::whole(list.items.len() as u64)))
    })
}

fn rows(context: Context, list: List, followed: Followed<AlarmList>) -> impl IntoView {
    let none = Memo::new(move |_| {
        followed
            .data
            .with(|data| data.as_ref().is_some_and(|list| list.items.is_empty()))
    });
    let more = Memo::new(move |_| {
        followed
            .data
            .with(|data| data.as_ref().is_some_and(|list| list.next.is_some()))
    });
    let columns = columns(list);
    let heads = columns
        .iter()
        .map(|(name, word, _)| view! { <th scope="col" data-column=*name>{context.say(*word)}</th> });
    let each = move || {
        followed
            .data
            .with(|data| data.as_ref().map(|list| list.items.clone()).unwrap_or_default())
    };
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=context.say(Word::Alarms)>
            <table class="data">
                <thead>
                    <tr>
                        <th scope="col" data-column="number" class="number">{context.say(Word::NumberColumn)}</th>
                        {heads.collect_view()}
                    </tr>
                </thead>
                <tbody>
                    <ForEnumerate
                        each
                        key=state_of
                        children=move |index, alarm| row(context, columns, index, &alarm)
                    />
                </tbody>
            </table>
        </div>
        <Show when=move || none.get()>{empty(context.say(Word::NoAlarms))}</Show>
        <Show when=move || more.get()>
            <button type="button" class="more" on:click=move |_| fetch_more(followed)>{context.say(Word::More)}</button>
        </Show>
    }
}

/// A row is made anew when its alarm changes.
fn state_of(alarm: &Arc<Alarm>) -> (String, u64) {
    (alarm.id.clone(), alarm.sequence)
}

fn fetch_more(followed: Followed<AlarmList>) {
    let Some((query, next)) = followed.data.with_untracked(|data| {
        let list = data.as_ref()?;
        Some((list.query(), list.next.clone()?))
    }) else {
        return;
    };
    spawn_local(async move {
        let query = query
            .with("limit", Some(&PAGE.to_string()))
            .with("cursor", Some(&next));
        match calls::alarms(query).await {
            Ok(answer) => {
                let _ = followed.data.try_update(|data| {
                    if let Some(list) = data {
                        list.append(answer);
                    }
                });
            }
            Err(error) => {
                let _ = followed.error.try_set(Some(error));
            }
        }
    });
}

fn row(context: Context, columns: &'static [Column], index: ReadSignal<usize>, alarm: &Alarm) -> AnyView {
    let cells = columns
        .iter()
        .map(|(name, _, cell)| view! { <td data-column=*name>{cell(context, alarm)}</td> });
    let priority = match alarm.priority {
        Priority::Low => "low",
        Priority::Medium => "medium",
        Priority::High => "high",
    };
    view! {
        <tr
            data-alarm=alarm.id.clone()
            data-priority=priority
            data-active=alarm.active.to_string()
            data-acknowledged=alarm.acknowledged.to_string()
        >
            <td data-column="number" class="number">{move || index.get() + 1}</td>
            {cells.collect_view()}
        </tr>
    }
    .into_any()
}

fn text(text: Option<&str>) -> AnyView {
    text.unwrap_or("—").to_owned().into_any()
}

fn direction(context: Context, alarm: &Alarm) -> AnyView {
    text(
        alarm
            .direction
            .map(|direction| direction.in_language(context.language)),
    )
}

fn container(context: Context, alarm: &Alarm) -> AnyView {
    match &alarm.container {
        Some(number) => container_link(context, number, alarm.container_verified).into_any(),
        None => text(None),
    }
}

fn node(context: Context, node: Option<&AlarmNode>) -> AnyView {
    text(node.map(|node| node.node.in_language(context.language)))
}

fn node_at(context: Context, node: Option<&AlarmNode>) -> AnyView {
    match node {
        None => text(None),
        Some(AlarmNode { at: Some(at), .. }) => format::stamp(*at).into_any(),
        Some(AlarmNode { at: None, .. }) => {
            view! { <span class="awaited">{context.say(Word::Awaited)}</span> }.into_any()
        }
    }
}

/// The text of the screen, which opens the alarm. What is abnormal about it is told by the shape that the
/// style sheet puts before it, and in words behind it for those who don't see it.
fn content(context: Context, alarm: &Alarm) -> AnyView {
    let href = context.address.link_with("alarm", Some(&alarm.id));
    let words = context.term(alarm.kind);
    let state = if alarm.active {
        shared::alarm::State::Active
    } else {
        shared::alarm::State::Cleared
    };
    let seen = if alarm.acknowledged {
        shared::alarm::State::Acknowledged
    } else {
        shared::alarm::State::Unacknowledged
    };
    let told = [
        context.term(alarm.priority),
        context.term(state),
        context.term(seen),
    ]
    .join(", ");
    view! { <a class="alarm-content" href=href title=told.clone() aria-description=told>{words}</a> }
        .into_any()
}

fn raised_at(_: Context, alarm: &Alarm) -> AnyView {
    format::stamp(alarm.raised_at).into_any()
}

fn yes_no(context: Context, yes: bool) -> AnyView {
    context.say(if yes { Word::Yes } else { Word::No }).into_any()
}

fn slot(context: Context, alarm: &Alarm) -> AnyView {
    slot_link(context, alarm.slot.as_deref(), alarm.block.as_deref()).into_any()
}

fn explanation(context: Context, alarm: &Alarm) -> AnyView {
    match &alarm.explanation {
        None => view! { <span class="awaited">{context.say(Word::NotReported)}</span> }.into_any(),
        Some(explained) => explained.text.clone().into_any(),
    }
}

fn action(context: Context, alarm: &Alarm) -> AnyView {
    let href = context.address.link_with("alarm", Some(&alarm.id));
    view! { <a class="button" href=href>{context.say(Word::Handle)}</a> }.into_any()
}
