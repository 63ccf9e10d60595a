//! The tables, with the columns of the screens that customs knows (`domain.md` §2), in their order.

use super::filter::{Filter, List};
use super::list::{AlarmList, PAGE};
use crate::client::{calls, get, understood};
use crate::components::markup::{Markup, all, tag, text};
use crate::components::number::{container_link, slot_link};
use crate::components::reactive::spawn;
use crate::components::reactive::{changing_text, on_click, whether};
use crate::components::states::framed;
use crate::context::{Context, context};
use crate::i18n::terms::Term;
use crate::i18n::{Word, format};
use crate::live::{Followed, Topic, follow};
use leptos::prelude::*;
use shared::alarm::{Priority, State};
use shared::wire::alarm::{Alarm, AlarmNode};
use std::sync::Arc;

/// One column: its name for tests and style, its head, and its cell.
type Column = (&'static str, Word, fn(Context, &Alarm) -> Markup);

const OVERTIME: [Column; 10] = [
    ("direction", Word::DirectionColumn, direction),
    ("bill_of_lading", Word::BillOfLading, |_, alarm| {
        known(alarm.bill_of_lading.as_deref())
    }),
    ("voyage", Word::Voyage, |_, alarm| known(alarm.voyage.as_deref())),
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
        text(&format::stamp_or_dash(alarm.entered_at))
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
pub fn alarm_table(list: List) -> AnyView {
    let context = context();
    let filter = Filter::of(list, &context.address.query_now());
    let asked = filter.query().with("limit", Some(&PAGE.to_string()));
    let path = move || calls::alarms(&asked);
    let read = move |text: &str| Ok(AlarmList::new(filter.clone(), understood(text)?));
    let followed = follow(context.live, &[Topic::Alarms], path, read);
    let heading = context.say(match list {
        List::Overtime => Word::Overtime,
        List::IllegalStorage => Word::IllegalStorage,
        List::Others => Word::OtherAlarms,
    });
    // The other kinds come rarely; while there are none, there is nothing to show of them.
    let hidden = whether(move || {
        list == List::Others && followed.with(|list| list.is_none_or(|list| list.items.is_empty()))
    });
    let count = changing_text(move || {
        followed.with(|list| list.map(|list| count(context, list)).unwrap_or_default())
    });
    view! {
        <section class="alarm-list" data-list=list.name() hidden=hidden aria-label=heading>
            <h2>{heading} " " <span class="count">{count}</span></h2>
            {framed(followed.core(), move || rows(context, list, followed))}
        </section>
    }
    .into_any()
}

fn count(context: Context, list: &AlarmList) -> String {
    let word = if list.next.is_some() {
        Word::AlarmCountMore
    } else {
        Word::AlarmCount
    };
    context.fill(word, format::whole(list.items.len() as u64))
}

fn rows(context: Context, list: List, followed: Followed<AlarmList>) -> AnyView {
    let some = whether(move || followed.with(|list| list.is_some_and(|list| !list.items.is_empty())));
    let last = whether(move || followed.with(|list| list.is_none_or(|list| list.next.is_none())));
    let columns = columns(list);
    let head = |name: &str, words: &str| tag("th", &[("scope", "col"), ("data-column", name)], text(words));
    let heads = all(columns
        .iter()
        .map(|(name, word, _)| head(name, context.say(*word))));
    let heads = all([head("number", context.say(Word::NumberColumn)), heads]);
    let each = move || followed.with(|list| list.map(|list| list.items.clone()).unwrap_or_default());
    let more = on_click(move || fetch_more(followed));
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=context.say(Word::Alarms)>
            <table class="data">
                <thead inner_html=tag("tr", &[], heads).into_string()></thead>
                <tbody>
                    <ForEnumerate each key=state_of children=move |index, alarm| row(context, columns, index, &alarm)/>
                </tbody>
            </table>
        </div>
        <p class="empty" hidden=some>{context.say(Word::NoAlarms)}</p>
        <button type="button" class="more" hidden=last on:click=more>{context.say(Word::More)}</button>
    }
    .into_any()
}

fn fetch_more(followed: Followed<AlarmList>) {
    let next = followed.with_untracked(|list| Some((list?.query(), list?.next.clone()?)));
    let Some((query, next)) = next else {
        return;
    };
    let query = query
        .with("limit", Some(&PAGE.to_string()))
        .with("cursor", Some(&next));
    spawn(async move {
        match get(calls::alarms(&query)).await {
            Ok(answer) => followed.update(|list| list.append(answer)),
            Err(error) => {
                let _ = followed.core().error.try_set(Some(error));
            }
        }
    });
}

/// A row is made anew when its alarm changes.
fn state_of(alarm: &Arc<Alarm>) -> (String, u64) {
    (alarm.id.clone(), alarm.sequence)
}

fn row(context: Context, columns: &'static [Column], index: ReadSignal<usize>, alarm: &Alarm) -> AnyView {
    let cells = columns.iter().map(|(name, _, cell)| {
        let html = cell(context, alarm).into_string();
        view! { <td data-column=*name inner_html=html></td> }.into_any()
    });
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
            <td data-column="number" class="number">{changing_text(move || (index.get() + 1).to_string())}</td>
            {cells.collect::<Vec<_>>()}
        </tr>
    }
    .into_any()
}

fn known(words: Option<&str>) -> Markup {
    text(words.unwrap_or("—"))
}

fn direction(context: Context, alarm: &Alarm) -> Markup {
    known(
        alarm
            .direction
            .map(|direction| direction.in_language(context.language)),
    )
}

fn container(context: Context, alarm: &Alarm) -> Markup {
    match &alarm.container {
        Some(number) => container_link(context, number, alarm.container_verified),
        None => known(None),
    }
}

fn node(context: Context, node: Option<&AlarmNode>) -> Markup {
    known(node.map(|node| node.node.in_language(context.language)))
}

fn node_at(context: Context, node: Option<&AlarmNode>) -> Markup {
    match node {
        None => known(None),
        Some(AlarmNode { at: Some(at), .. }) => text(&format::stamp(*at)),
        Some(AlarmNode { at: None, .. }) => awaited(context, Word::Awaited),
    }
}

fn awaited(context: Context, word: Word) -> Markup {
    tag("span", &[("class", "awaited")], text(context.say(word)))
}

/// The text of the screen, which opens the alarm. What is abnormal about it is told by the shape that the
/// style sheet puts before it, and in words for those who don't see it.
fn content(context: Context, alarm: &Alarm) -> Markup {
    let href = context.address.link_with("alarm", Some(&alarm.id));
    let state = if alarm.active {
        State::Active
    } else {
        State::Cleared
    };
    let seen = if alarm.acknowledged {
        State::Acknowledged
    } else {
        State::Unacknowledged
    };
    let told = [
        context.term(alarm.priority),
        context.term(state),
        context.term(seen),
    ]
    .join(", ");
    tag(
        "a",
        &[
            ("class", "alarm-content"),
            ("href", &href),
            ("title", &told),
            ("aria-description", &told),
        ],
        text(context.term(alarm.kind)),
    )
}

fn raised_at(_: Context, alarm: &Alarm) -> Markup {
    text(&format::stamp(alarm.raised_at))
}

fn yes_no(context: Context, yes: bool) -> Markup {
    text(context.say(if yes { Word::Yes } else { Word::No }))
}

fn slot(context: Context, alarm: &Alarm) -> Markup {
    slot_link(context, alarm.slot.as_deref())
}

fn explanation(context: Context, alarm: &Alarm) -> Markup {
    match &alarm.explanation {
        None => awaited(context, Word::NotReported),
        Some(explained) => text(&explained.text),
    }
}

fn action(context: Context, alarm: &Alarm) -> Markup {
    let href = context.address.link_with("alarm", Some(&alarm.id));
    tag(
        "a",
        &[("class", "button"), ("href", &href)],
        text(context.say(Word::Handle)),
    )
}
