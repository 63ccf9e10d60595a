//! What the pages of figures share: what they are asked, how they stay fresh, and the parts that both show.

/// Rows over time as a chart.
pub mod course;
/// How figures are defined, in words.
mod definition;
/// One figure with what it is and what it was.
pub mod headline;
/// Hours against weekdays.
pub mod patterns;
/// The controls.
pub mod pickers;
/// The overview of today.
pub mod today;

pub use crate::components::block::{block, block_of};

use crate::address::Query;
use crate::charts::chart;
use crate::charts::plot::Plot;
use crate::client::{Read, calls};
use crate::components::markup::{Markup, nothing, shown, tag, text};
use crate::components::reactive::{Make, changing, effect, whether};
use crate::components::states::{framed, loading};
use crate::context::Context;
use crate::i18n::terms::group_value;
use crate::i18n::{Word, format};
use crate::live::{Answer, Core, Followed, Message, Topic, ask, ask_again};
use leptos::html::Div;
use leptos::prelude::*;
use shared::time::LocalTime;
use shared::wire::figures::{Figures, Group};
use std::sync::Arc;

/// Rows are asked for again no sooner than this after they were asked for last.
const FRESH_MS: f64 = 2_000.0;

/// What the calls are asked: site, period, bucket, group, filters, unit and comparison. As the text of a query,
/// for that is a kind of signal that the page has already. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Asked(pub Memo<Option<String>>);

impl Asked {
    /// Whether the day at the site is known, and so the period; tracked.
    pub fn is_known(self) -> bool {
        self.0.with(Option::is_some)
    }

    /// The query; tracked.
    pub fn get(self) -> Query {
        Query::parse(&self.0.get().unwrap_or_default())
    }
}

/// A page of figures: title, controls, and what is shown of a query once the day at the site is known.
pub fn figures_page(
    context: Context,
    title: Word,
    has_unit: bool,
    content: fn(Context, Asked) -> AnyView,
) -> AnyView {
    let asked = pickers::asked(context, has_unit);
    let known = whether(move || asked.is_known());
    let content = changing(move || {
        if known.get() {
            content(context, asked)
        } else {
            loading()
        }
    });
    let head = vec![heading("h1", context.say(title)), pickers::way_out(context)];
    let parts = vec![
        block("page-head", head),
        pickers::pickers(context, has_unit),
        content,
    ];
    block("page figures-page", parts)
}

/// A heading of this rank.
#[inline(never)]
pub fn heading(rank: &'static str, words: &str) -> AnyView {
    let heading = tag(rank, &[], text(words)).into_string();
    view! { <div class="contents" inner_html=heading></div> }.into_any()
}

/// An answer with rows of figures.
pub type Rows<T> = Followed<Answer<Figures<T>>>;

/// Follows the call of this name, asked for what `path` makes of the query of the page: asks again when that
/// changes, and when a message says that the answer of `call` is another one now.
pub fn ask_live<T: 'static>(
    context: Context,
    (name, call): (&'static str, &'static str),
    query: Asked,
    path: fn(&Query) -> Query,
) -> Rows<T>
where
    Figures<T>: Read,
{
    let followed = ask(call_of(name, query, path));
    keep_fresh(context, call, followed.core());
    followed
}

// Apart, so that it is one closure whatever the rows are.
fn call_of(name: &'static str, query: Asked, path: fn(&Query) -> Query) -> impl Fn() -> String {
    move || calls::figures(name, &path(&query.get()))
}

fn keep_fresh(context: Context, call: &'static str, core: Core) {
    let concerned = move |message: &Message| match message {
        Message::Figures(change) => change.changed.iter().any(|changed| changed.ends_with(call)),
        _ => false,
    };
    ask_again(context.live, Topic::Figures, FRESH_MS, Box::new(concerned), core);
}

/// A part of the page that shows an answer; it says so while it still shows the answer to an earlier question.
pub fn part(core: Core, inner: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    part_boxed(core, Box::new(inner))
}

#[inline(never)]
fn part_boxed(core: Core, inner: Box<dyn Make<AnyView> + Send>) -> AnyView {
    let node = NodeRef::<Div>::new();
    effect(move || {
        let busy = if core.outdated.get() { "true" } else { "false" };
        if let Some(part) = node.get() {
            // An element takes every attribute of this name.
            let _ = part.set_attribute("aria-busy", busy);
        }
    });
    block_of("part", None, node, vec![framed(core, move || inner.make())])
}

/// A part that is text.
pub fn text_part(
    core: Core,
    class: &'static str,
    markup: impl Fn() -> Markup + Send + Sync + 'static,
) -> AnyView {
    text_part_boxed(core, class, Arc::new(markup))
}

#[inline(never)]
fn text_part_boxed(core: Core, class: &'static str, markup: Arc<dyn Make<Markup> + Send + Sync>) -> AnyView {
    part(core, move || {
        let markup = markup.clone();
        shown(class, move || markup.make())
    })
}

/// A part of text that is written from an answer and the query of the page.
pub fn figures_part<T: 'static>(
    context: Context,
    query: Asked,
    rows: Rows<T>,
    class: &'static str,
    show: fn(Context, &Query, &Figures<T>) -> Markup,
) -> AnyView {
    let markup = move || {
        rows.with(|figures| figures.map_or_else(nothing, |figures| show(context, &query.get(), &figures.0)))
    };
    text_part(rows.core(), class, markup)
}

/// What a chart is: what its files are called, its title, and whether it can be zoomed into.
pub type About = (&'static str, Word, bool);

/// A chart that is drawn from an answer and the query of the page.
pub fn chart_part<T: 'static>(
    context: Context,
    query: Asked,
    rows: Rows<T>,
    about: About,
    plot: fn(Context, &Query, &Figures<T>) -> Option<Plot>,
) -> AnyView {
    let plot = move || rows.with(|figures| plot(context, &query.get(), &figures?.0));
    chart_part_boxed(context, rows.core(), about, Arc::new(plot))
}

#[inline(never)]
fn chart_part_boxed(
    context: Context,
    core: Core,
    (name, title, zooms): About,
    plot: Arc<dyn Make<Option<Plot>> + Send + Sync>,
) -> AnyView {
    part(core, move || {
        let plot = plot.clone();
        let title = context.say(title).to_owned();
        let zoom = zooms.then_some(pickers::zoom as _);
        chart(context, name, title, zoom, move || plot.make())
    })
}

/// What a part of the query asks for: all of the period in one row, or in buckets, or in groups.
pub fn only(query: &Query, keeps: &[&str], fields: &str) -> Query {
    let dropped = |name: &str| ["bucket", "group", "compare"].contains(&name) && !keeps.contains(&name);
    query
        .clone()
        .only(|name| !dropped(name))
        .with("fields", Some(fields))
}

/// The list behind a row of figures, by another of its moments.
pub fn by(href: &str, by: &str, more: &[(&str, &str)]) -> String {
    let (path, query) = href.split_once('?').unwrap_or((href, ""));
    let mut query = Query::parse(query).with("by", Some(by));
    for (name, value) in more {
        query = query.with(name, Some(value));
    }
    [path, &query.to_string()].concat()
}

/// A period in words; its last day counts.
pub fn period_words(from: LocalTime, to: LocalTime) -> String {
    let clocks = [from, to].map(format::hour_minute);
    if clocks != ["00:00", "00:00"] {
        let [begin, end] = [from, to].map(format::date);
        return [&begin, " ", &clocks[0], " – ", &end, " ", &clocks[1]].concat();
    }
    let last = LocalTime {
        at: to.at.plus(-1),
        ..to
    };
    let (first, last) = (format::date(from), format::date(last));
    if first == last {
        first
    } else {
        [first.as_str(), &last].join(" – ")
    }
}

/// Period, unit and filters of a query in words: what a figure needs to be told from another.
pub fn note(context: Context, query: &Query, from: LocalTime, to: LocalTime) -> String {
    let mut words = period_words(from, to);
    for (name, ..) in &pickers::FILTERS {
        if let Some(value) = query.get(name) {
            words.push_str(" · ");
            words.push_str(&group_value(context.language, name, value));
        }
    }
    words
}

/// How figures are defined, in words.
pub fn definition<T>(context: Context, _: &Query, figures: &Figures<T>) -> Markup {
    definition::show(context, &figures.definition)
}

/// A group in words.
pub fn group_words(context: Context, names: &[String], group: Option<&Group>) -> String {
    match group {
        None => context.say(Word::All).to_owned(),
        Some(Group::One(value)) => {
            let name = names.first().map(String::as_str).unwrap_or_default();
            group_value(context.language, name, value)
        }
        Some(Group::Several(values)) => {
            let mut words = String::new();
            for (name, value) in values {
                if !words.is_empty() {
                    words.push_str(" · ");
                }
                words.push_str(&group_value(context.language, name, value));
            }
            words
        }
    }
}
