//! The columns of the lists: those of the screens that customs knows (`domain.md` §2) in their order, and fitting ones
//! for every other kind.

use super::query::Shape;
use crate::components::alarm::{short, state_words, what};
use crate::components::markup::{Markup, fill, text};
use crate::components::number::{container_link, slot_link};
use crate::context::Context;
use crate::i18n::terms::Term;
use crate::i18n::{Word, format};
use shared::wire::alarm::{Alarm, AlarmNode};

/// One column: its name for tests and style, its head, by what the server sorts it (nothing: it does not), and its cell.
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Its head.
    pub word: Word,
    /// By what the server sorts it.
    pub sort: &'static str,
    /// Its cell.
    pub cell: fn(Context, &Alarm) -> Markup,
}

const fn column(
    name: &'static str,
    word: Word,
    sort: &'static str,
    cell: fn(Context, &Alarm) -> Markup,
) -> Column {
    Column {
        name,
        word,
        sort,
        cell,
    }
}

const DIRECTION: Column = column("direction", Word::DirectionColumn, "", direction);
const CONTAINER: Column = column("container", Word::ContainerNumber, "container", container);
const CONTENT: Column = column("content", Word::Content, "priority", content);
const RAISED_AT: Column = column("raised_at", Word::RaisedAt, "raised", |_, alarm| {
    text(&format::stamp(alarm.raised_at))
});
const SLOT: Column = column("slot", Word::Slot, "slot", |context, alarm| {
    slot_link(context, alarm.slot.as_deref())
});
const ACTION: Column = column("action", Word::ActionColumn, "", action);

static OVERTIME: [Column; 10] = [
    DIRECTION,
    column("bill_of_lading", Word::BillOfLading, "", |_, alarm| {
        known(alarm.bill_of_lading.as_deref())
    }),
    column("voyage", Word::Voyage, "vessel", |_, alarm| {
        known(alarm.voyage.as_deref())
    }),
    CONTAINER,
    column("previous_node", Word::PreviousNode, "", |context, alarm| {
        node(context, alarm.previous.as_ref())
    }),
    column("previous_at", Word::PreviousAt, "", |context, alarm| {
        node_at(context, alarm.previous.as_ref())
    }),
    column("current_node", Word::CurrentNode, "", |context, alarm| {
        node(context, alarm.current.as_ref())
    }),
    column("current_at", Word::CurrentAt, "", |context, alarm| {
        node_at(context, alarm.current.as_ref())
    }),
    CONTENT,
    RAISED_AT,
];

static ILLEGAL_STORAGE: [Column; 10] = [
    DIRECTION,
    CONTAINER,
    column("dangerous", Word::DangerousFlag, "", |context, alarm| {
        yes_no(context, alarm.dangerous)
    }),
    column("refrigerated", Word::RefrigeratedFlag, "", |context, alarm| {
        yes_no(context, alarm.refrigerated)
    }),
    column("entered_at", Word::EnteredAt, "entered", |_, alarm| {
        text(&format::stamp_or_dash(alarm.entered_at))
    }),
    SLOT,
    CONTENT,
    RAISED_AT,
    column(
        "explanation",
        Word::Explanation,
        "",
        |context, alarm| match &alarm.explanation {
            None => awaited(context, Word::NotReported),
            Some(explained) => text(&explained.text),
        },
    ),
    ACTION,
];

static ANY: [Column; 7] = [
    column("content", Word::Content, "priority", |context, alarm| {
        content_link(context, alarm, short(context.language, alarm.kind))
    }),
    column("what", Word::What, "kind", |context, alarm| {
        text(&what(context, alarm))
    }),
    CONTAINER,
    SLOT,
    column("vessel", Word::Vessel, "vessel", |_, alarm| {
        known(alarm.vessel_name.as_deref().or(alarm.voyage.as_deref()))
    }),
    RAISED_AT,
    column("state", Word::State, "", |context, alarm| {
        text(&state_words(context, alarm))
    }),
];

/// The columns of a list.
pub fn columns(shape: Shape) -> &'static [Column] {
    match shape {
        Shape::Overtime => &OVERTIME,
        Shape::IllegalStorage => &ILLEGAL_STORAGE,
        Shape::Others | Shape::Mixed => &ANY,
    }
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
    match (&alarm.container, &alarm.source) {
        (Some(number), _) => container_link(context, number, alarm.container_verified),
        (None, source) => known(source.as_deref()),
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
    fill("<span class=\"awaited\">{}</span>", &[text(context.say(word))])
}

/// The text of the screen, which opens the alarm. What is abnormal about it is told by the shape that the
/// style sheet puts before it, and in words for those who don't see it.
fn content(context: Context, alarm: &Alarm) -> Markup {
    content_link(context, alarm, context.term(alarm.kind))
}

fn content_link(context: Context, alarm: &Alarm, words: &str) -> Markup {
    let href = context.address.link_with("alarm", Some(&alarm.id));
    let told = format!(
        "{}: {}, {}",
        context.term(alarm.kind),
        context.term(alarm.priority),
        state_words(context, alarm)
    );
    let told = text(&told);
    fill(
        "<a class=\"alarm-content\" href=\"{}\" title=\"{}\" aria-description=\"{}\">{}</a>",
        &[text(&href), told.clone(), told, text(words)],
    )
}

fn yes_no(context: Context, yes: bool) -> Markup {
    text(context.say(if yes { Word::Yes } else { Word::No }))
}

fn action(context: Context, alarm: &Alarm) -> Markup {
    let href = context.address.link_with("alarm", Some(&alarm.id));
    let gaps = [text(&href), text(context.say(Word::Handle))];
    fill("<a class=\"button\" href=\"{}\">{}</a>", &gaps)
}
