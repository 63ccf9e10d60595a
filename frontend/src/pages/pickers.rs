//! What the pages of figures share: period, bucket and group, all in the address, and the words of a row.

use crate::address::Query;
use crate::components::markup::{Markup, shown};
use crate::components::reactive::changing;
use crate::components::select::{select, worded};
use crate::components::states::{empty, framed};
use crate::context::Context;
use crate::i18n::terms::group_value;
use crate::i18n::{Word, format};
use crate::live::Core;
use leptos::prelude::*;
use shared::time::LocalTime;
use shared::wire::figures::Group;

/// Parameters that the calls for figures take.
const ASKED: [&str; 10] = [
    "site",
    "from",
    "to",
    "bucket",
    "group",
    "direction",
    "cargo",
    "mode",
    "channel",
    "unit",
];

/// What a call for figures is asked, from the address.
pub fn asked(query: &Query) -> Query {
    query.clone().only(|name| ASKED.contains(&name))
}

/// A page of figures: title, pickers, what the figures mean, and the view of a query.
pub fn figures_page(
    context: Context,
    title: Word,
    means: Word,
    view: impl Fn(Query) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    // Another query is another view.
    let view = changing(move || view(context.address.query()));
    view! {
        <section class="page">
            <div class="page-head">
                <h1>{context.say(title)}</h1>
                {pickers(context)}
            </div>
            <p class="quiet">{context.say(means)}</p>
            {view}
        </section>
    }
    .into_any()
}

/// Rows of figures once they are there, or that there are none.
pub fn figures_view(
    context: Context,
    figures: Core,
    rows: impl Fn() -> Option<Markup> + Clone + Send + Sync + 'static,
) -> AnyView {
    framed(figures, move || {
        let rows = rows.clone();
        shown("", move || {
            rows().unwrap_or_else(|| empty(context.say(Word::NoRows)))
        })
    })
}

fn pickers(context: Context) -> AnyView {
    let buckets = [
        ("", Word::Total),
        ("hour", Word::BucketHour),
        ("day", Word::BucketDay),
        ("month", Word::BucketMonth),
        ("year", Word::BucketYear),
    ];
    let groups = [
        ("", Word::GroupNone),
        ("direction", Word::DirectionColumn),
        ("cargo", Word::Cargo),
        ("mode", Word::Mode),
        ("channel", Word::Channel),
    ];
    let mut groups = worded(context, &groups);
    let both = format!(
        "{} · {}",
        context.say(Word::DirectionColumn),
        context.say(Word::Cargo)
    );
    groups.push(("direction,cargo".to_owned(), both));
    view! {
        <div class="filters">
            {date(context, "from", Word::From)}
            {date(context, "to", Word::To)}
            {select(context, "bucket", Word::BucketPicker, worded(context, &buckets))}
            {select(context, "group", Word::GroupPicker, groups)}
        </div>
    }
    .into_any()
}

fn date(context: Context, name: &'static str, word: Word) -> AnyView {
    let chosen = context.address.parameter(name);
    // A time in the address is shown by its day; the time itself stays until another day is chosen.
    let value = move || {
        chosen
            .get()
            .map(|value| value.chars().take(10).collect::<String>())
            .unwrap_or_default()
    };
    let change = move |event| context.address.set(&[(name, Some(&event_target_value(&event)))]);
    view! {
        <label>
            <span>{context.say(word)}</span>
            <input type="date" name=name prop:value=value on:change=change/>
        </label>
    }
    .into_any()
}

/// A bucket as fine as it is: `2022-02-23 13:00`, `2022-02-23`, `2022-02`, `2022`.
pub fn bucket_words(context: Context, bucket: Option<&str>, begin: Option<LocalTime>) -> String {
    let Some(begin) = begin else {
        return context.say(Word::Total).to_owned();
    };
    let day = format::date(begin);
    match bucket {
        Some("hour") => format!("{day} {}", format::hour_minute(begin)),
        Some("month") => day.chars().take(7).collect(),
        Some("year") => day.chars().take(4).collect(),
        _ => day,
    }
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
            let words = values
                .iter()
                .map(|(name, value)| group_value(context.language, name, value));
            words.collect::<Vec<_>>().join(" · ")
        }
    }
}
