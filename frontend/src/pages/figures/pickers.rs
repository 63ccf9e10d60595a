//! Period, bucket, group, filters, unit and comparison: what a page of figures is asked, all in its address.

use super::{Asked, block};
use crate::address::Query;
use crate::address::period;
use crate::components::markup::{fill, options, text};
use crate::components::planted::{find, listen, planted};
use crate::components::reactive::{button, changed_text, changing, effect, on_click, whether};
use crate::components::select::{labelled, select, worded};
use crate::context::Context;
use crate::i18n::terms::group_value;
use crate::i18n::{Word, format};
use leptos::prelude::*;
use web_sys::{HtmlElement, HtmlInputElement};

/// By what figures are filtered and grouped, with the values of each.
pub static FILTERS: [(&str, Word, &[&str]); 4] = [
    (
        "direction",
        Word::DirectionColumn,
        &["import", "export", "transshipment", "domestic"],
    ),
    ("cargo", Word::Cargo, &["general", "reefer", "dangerous", "empty"]),
    ("mode", Word::Mode, &["direct", "stacked", "unknown"]),
    ("channel", Word::Channel, &["none", "scan", "inspection"]),
];

static PERIODS: [(&str, Word); 8] = [
    ("today", Word::Today),
    ("yesterday", Word::Yesterday),
    ("7", Word::Days7),
    ("30", Word::Days30),
    ("90", Word::Days90),
    ("month", Word::ThisMonth),
    ("year", Word::ThisYear),
    ("any", Word::AnyPeriod),
];

/// What the calls are asked, from the address and the day: site, period, bucket, group, filters, unit and
/// comparison. Nothing until the day at the site is known.
pub fn asked(context: Context, has_unit: bool) -> Asked {
    asked_of(context, move |name| {
        ["site", "group", "compare"].contains(&name)
            || FILTERS.iter().any(|(filter, ..)| *filter == name)
            || (has_unit && name == "unit")
    })
}

/// The same with the parameters that are kept beside period and bucket.
pub fn asked_of(context: Context, kept: impl Fn(&str) -> bool + Send + Sync + 'static) -> Asked {
    let today = changed_text(move || {
        let now = context.live.now.get()?;
        let known = context.sites.with_current(|site| site.is_some());
        known.then(|| format::date(context.sites.local(now)))
    });
    Asked(changed_text(move || {
        let today = today.get()?;
        let query = context.address.query();
        let period = period::of(&query, &today);
        let bucket = query
            .get("bucket")
            .unwrap_or_else(|| period::bucket(&period))
            .to_owned();
        let query = query
            .only(&kept)
            .with("from", Some(&period.0))
            .with("to", Some(&period.1));
        Some(query.with("bucket", Some(&bucket)).to_string())
    }))
}

/// Lengths of buckets; the first is chosen by the period.
pub static BUCKETS: [(&str, Word); 5] = [
    ("", Word::ThemeAuto),
    ("hour", Word::BucketHour),
    ("day", Word::BucketDay),
    ("month", Word::BucketMonth),
    ("year", Word::BucketYear),
];
static COMPARISONS: [(&str, Word); 3] = [
    ("", Word::CompareNone),
    ("before", Word::CompareBefore),
    ("year", Word::CompareYear),
];
static UNITS: [(&str, Word); 2] = [("", Word::PerStay), ("declaration", Word::PerDeclaration)];

/// The controls.
pub fn pickers(context: Context, has_unit: bool) -> AnyView {
    let mut buckets = worded(context, &BUCKETS);
    if let Some((_, first)) = buckets.first_mut() {
        first.make_ascii_lowercase();
    }
    let mut groups = worded(context, &[("", Word::GroupNone)]);
    for (name, word, _) in &FILTERS {
        groups.push(((*name).to_owned(), context.say(*word).to_owned()));
    }
    let both = [Word::DirectionColumn, Word::Cargo].map(|word| context.say(word));
    groups.push(("direction,cargo".to_owned(), both.join(" · ")));
    let comparisons = worded(context, &COMPARISONS);
    let mut parts = vec![
        periods(context),
        date(context, "from", Word::From, 0),
        date(context, "to", Word::Through, 1),
        select(context, "bucket", Word::BucketPicker, buckets),
        select(context, "compare", Word::ComparePicker, comparisons),
        select(context, "group", Word::GroupPicker, groups),
    ];
    for (name, word, values) in &FILTERS {
        let mut options = worded(context, &[("", Word::All)]);
        for value in *values {
            let words = group_value(context.language, name, value);
            options.push(((*value).to_owned(), words));
        }
        parts.push(select(context, name, *word, options));
    }
    if has_unit {
        parts.push(select(context, "unit", Word::UnitPicker, worded(context, &UNITS)));
    }
    block("filters", parts)
}

/// The choice of a period.
pub fn periods(context: Context) -> AnyView {
    let value = move || {
        let query = context.address.query();
        let dated = query.get("from").or(query.get("to")).is_some();
        let period = match query.get("period") {
            Some(period) if PERIODS.iter().any(|(name, _)| *name == period) => period,
            None if !dated => period::DEFAULT,
            _ => "any",
        };
        period.to_owned()
    };
    let change = move |value: &str| {
        if value != "any" {
            context
                .address
                .set(&[("period", Some(value)), ("from", None), ("to", None)]);
        }
    };
    labelled(
        context.say(Word::PeriodPicker),
        "period",
        options(&worded(context, &PERIODS)),
        Box::new(value),
        Box::new(change),
    )
}

/// A day of the period. `after` is how many days the address lies behind the day shown: people name the last
/// day that counts, calls the first that does not.
pub fn date(context: Context, name: &'static str, word: Word, after: i64) -> AnyView {
    let asked = asked(context, false);
    let end = move |query: &Query| query.get(name).map(str::to_owned).unwrap_or_default();
    let value = changed_text(move || {
        let end = end(&asked.get());
        // A time within a day is shown by its day.
        let whole = end.len() == 10 || end.get(11..19) == Some("00:00:00");
        (!end.is_empty()).then(|| period::date(period::day(&end) - if whole { after } else { 0 }))
    });
    let change = move |chosen: &str| {
        if chosen.is_empty() {
            return;
        }
        let chosen = period::date(period::day(chosen) + after);
        let query = untrack(|| asked.get());
        let (from, to) = (query.get("from"), query.get("to"));
        let (from, to) = if after == 0 {
            (Some(chosen.as_str()), to)
        } else {
            (from, Some(chosen.as_str()))
        };
        context
            .address
            .set(&[("from", from), ("to", to), ("period", None)]);
    };
    let label = fill(
        "<label><span>{}</span><input type=\"date\" name=\"{}\"></label>",
        &[text(context.say(word)), text(name)],
    );
    let ready = move |label: HtmlElement| {
        let Some(input) = find::<HtmlInputElement>(&label, "input") else {
            return;
        };
        let chosen = input.clone();
        listen(&label, &["change"], Box::new(move |_| change(&chosen.value())));
        effect(move || input.set_value(&value.get().unwrap_or_default()));
    };
    planted("contents", label, Box::new(ready))
}

/// Zooms into a part of the period, or out again; what charts call.
pub fn zoom(context: Context, period: Option<(&str, &str)>) {
    let query = context.address.query_now();
    match period {
        Some((from, to)) => {
            let back = period::way_back(&query);
            context
                .address
                .set(&[("period", Some(&back)), ("from", Some(from)), ("to", Some(to))]);
        }
        // Without a way back there was no zoom.
        None => {
            if query.get("period").is_some() {
                context.address.set(&[("from", None), ("to", None)]);
            }
        }
    }
}

/// The way back from a zoom, where there was one.
pub fn way_out(context: Context) -> AnyView {
    let zoomed = whether(move || {
        let query = context.address.query();
        query.get("period").is_some() && query.get("from").is_some()
    });
    changing(move || {
        if !zoomed.get() {
            return ().into_any();
        }
        let out = on_click(move || zoom(context, None));
        button("zoom-out", "", context.say(Word::WholePeriod), out)
    })
}
