//! What the pages of figures share: period, bucket and group, all in the address, and the words of a row.

use crate::address::Query;
use crate::context::{Context, context};
use crate::i18n::terms::group_value;
use crate::i18n::{Word, format};
use leptos::prelude::*;
use shared::time::LocalTime;
use shared::wire::figures::Group;

/// Parameters that the calls for figures take.
const ASKED: [&str; 11] = [
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
    "block",
];

/// What a call for figures is asked, from the address.
pub fn asked(query: &Query) -> Query {
    query.clone().only(|name| ASKED.contains(&name))
}

/// The pickers.
#[component]
pub fn Pickers(
    /// Whether stays and declarations can be told apart.
    #[prop(optional)]
    with_unit: bool,
) -> impl IntoView {
    let context = context();
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
        ("direction,cargo", Word::ByCargo),
    ];
    let group_words = move |name: &str, word: Word| match name {
        "direction,cargo" => format!(
            "{} · {}",
            context.say(Word::DirectionColumn),
            context.say(Word::Cargo)
        ),
        _ => context.say(word).to_owned(),
    };
    let groups = groups.map(|(name, word)| (name, group_words(name, word)));
    let buckets = buckets.map(|(name, word)| (name, context.say(word).to_owned()));
    let units = [("", Word::PerStay), ("declaration", Word::PerDeclaration)];
    let units = units.map(|(name, word)| (name, context.say(word).to_owned()));
    view! {
        <div class="filters">
            {date(context, "from", Word::From)}
            {date(context, "to", Word::To)}
            {select(context, "bucket", Word::BucketPicker, buckets.to_vec())}
            {select(context, "group", Word::GroupPicker, groups.to_vec())}
            {with_unit.then(|| select(context, "unit", Word::Unit, units.to_vec()))}
        </div>
    }
}

fn select(
    context: Context,
    name: &'static str,
    word: Word,
    options: Vec<(&'static str, String)>,
) -> impl IntoView {
    let chosen = context.address.parameter(name);
    let options = options.into_iter().map(|(value, words)| {
        let selected = move || chosen.with(|chosen| chosen.as_deref().unwrap_or_default() == value);
        view! { <option value=value prop:selected=selected>{words}</option> }
    });
    view! {
        <label>
            <span>{context.say(word)}</span>
            <select name=name on:change=move |event| context.address.set(&[(name, Some(&event_target_value(&event)))])>
                {options.collect_view()}
            </select>
        </label>
    }
}

fn date(context: Context, name: &'static str, word: Word) -> impl IntoView {
    let chosen = context.address.parameter(name);
    // A time in the address is shown by its day; the time itself stays until another day is chosen.
    let value = move || {
        chosen
            .get()
            .map(|value| value.chars().take(10).collect::<String>())
            .unwrap_or_default()
    };
    view! {
        <label>
            <span>{context.say(word)}</span>
            <input
                type="date"
                name=name
                prop:value=value
                on:change=move |event| context.address.set(&[(name, Some(&event_target_value(&event)))])
            />
        </label>
    }
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
