//! The figures of the desk: how many by state and reason, how long each step takes, how much came before the vessel
//! closed, what was saved, and who waits for whom. Each opens the list of what it counts.

use crate::address::{Page, Query, period};
use crate::client::{CallError, understood};
use crate::components::countdown::{Until, countdown};
use crate::components::markup::{
    Markup, bar, cell, fill, join, linked_number, number, row, row_head, shown, table, text,
};
use crate::components::reactive::{Shared, changed_text, changing, effect, whether};
use crate::components::select::select;
use crate::components::shell::{part, say};
use crate::components::states::{empty, failed, loading};
use crate::context::Context;
use crate::i18n::money::{exact, yuan};
use crate::i18n::{Word, format};
use crate::live::{Fresh, Topic};
use leptos::prelude::*;
use shared::wire::release_desk::{ApplicationKind, DeskFigures, DeskRow};

/// Asked again no sooner than this.
const GAP_MS: f64 = 2_000.0;
/// Whoever hears nothing of applications asks again this often, in seconds.
const LOOKED: i64 = 60;

/// The same for whoever sees no list behind it.
const FIGURE: &str = "<div class=\"figure\" data-figure=\"{}\"><span class=\"figure-title\">{}</span>\
                      <strong class=\"figure-value\">{}</strong><span class=\"quiet\">{}</span></div>";
const CARD: &str = "<a class=\"figure\" data-figure=\"{}\" href=\"{}\"><span class=\"figure-title\">{}</span>\
                    <strong class=\"figure-value\">{}</strong><span class=\"quiet\">{}</span></a>";

/// The periods that are offered, the first of which an address without one means.
const PERIODS: [(&str, Word); 7] = [
    ("30", Word::Days30),
    ("today", Word::Today),
    ("yesterday", Word::Yesterday),
    ("7", Word::Days7),
    ("90", Word::Days90),
    ("month", Word::ThisMonth),
    ("year", Word::ThisYear),
];

/// What is followed of a call.
type Answer = Shared<Option<DeskFigures>>;

/// The view.
pub fn figures(context: Context) -> AnyView {
    let today = changed_text(move || {
        let now = context.live.now.get()?;
        Some(format::date(context.sites.local(now)))
    });
    let asked = changed_text(move || {
        let today = today.get()?;
        let query = context.address.query();
        let (from, to) = period::of(&query, &today);
        let asked = query
            .only(|name| ["site", "kind"].contains(&name))
            .with("from", Some(&from))
            .with("to", Some(&to));
        Some(asked.to_string())
    });
    let (whole, whole_error) = follow(context, asked, false);
    let (course, _) = follow(context, asked, true);
    let wrong = changing(move || match whole_error.get() {
        Some(error) => failed(&error, None),
        None => ().into_any(),
    });
    let there = whether(move || whole.look(Option::is_some));
    let content = changing(move || match there.get() {
        true => shown("contents desk-figures", move || show(context, whole, course)),
        false if whole_error.with(Option::is_some) => ().into_any(),
        false => loading(),
    });
    let mut kinds = vec![(String::new(), context.say(Word::All).to_owned())];
    for kind in ApplicationKind::ALL {
        kinds.push((kind.name().to_owned(), context.term(*kind).to_owned()));
    }
    let periods = PERIODS.map(|(name, word)| (name.to_owned(), context.say(word).to_owned()));
    let filters = vec![
        select(context, "period", Word::PeriodPicker, periods.to_vec()),
        select(context, "kind", Word::FieldKind, kinds),
    ];
    part(
        "div",
        "page",
        vec![part("div", "filters", filters), wrong, content],
    )
}

fn follow(
    context: Context,
    asked: Memo<Option<String>>,
    course: bool,
) -> (Answer, RwSignal<Option<CallError>>) {
    let answer: Answer = Shared::new(None);
    let path = move || {
        let query = Query::parse(&asked.get().unwrap_or_default());
        let bucket = query.get("from").zip(query.get("to"));
        let bucket = bucket.map(|(from, to)| period::bucket(&(from.to_owned(), to.to_owned())));
        let query = query.with("bucket", bucket.filter(|_| course));
        format!("/figures/release-desk{query}")
    };
    let take = move |told: &str| {
        let figures: DeskFigures = understood(told)?;
        answer.change(|answer| *answer = Some(figures));
        Ok(())
    };
    let fresh = Fresh::new(GAP_MS, Box::new(path), Box::new(take));
    fresh.follow(context.live, Topic::ReleaseDesk, |_| true);
    let error = fresh.error;
    let looked = changed_text(move || {
        let now = context.live.now.get()?;
        Some((now.0 / (LOOKED * 1_000)).to_string())
    });
    effect(move || {
        looked.with(|_| ());
        if asked.with(Option::is_some) {
            fresh.want_in(0.0);
        }
    });
    (answer, error)
}

fn show(context: Context, whole: Answer, course: Answer) -> Markup {
    whole.look(|figures| {
        let Some(figures) = figures else {
            return crate::components::markup::nothing();
        };
        let waiting = waiting(context, figures);
        let Some(row) = figures.rows.first().filter(|row| row.applications > 0) else {
            return join(&[waiting, empty(context.say(Word::DeskNoneInPeriod))]);
        };
        let course = course.look(|course| {
            course
                .as_ref()
                .map(|course| by_time(context, course))
                .unwrap_or_default()
        });
        let lists = fill(
            "<div class=\"desk-tables\">{}{}{}{}</div>",
            &[
                states(context, row),
                reasons(context, row),
                steps(context, row),
                course,
            ],
        );
        join(&[cards(context, figures, row), waiting, lists])
    })
}

/// The page's address of a list behind a figure.
fn list(context: Context, href: &str, more: &[(&str, &str)]) -> String {
    let href = context.address.link_of_call(href);
    let mut query = Query::parse(href.split_once('?').map_or("", |(_, query)| query));
    for (name, value) in more {
        query = query.with(name, Some(value));
    }
    // A list of all that was handed in, whatever became of it.
    if query.get("queue").is_none() {
        query = query.with("queue", Some("all"));
    }
    [Page::ReleaseDesk.path(), query.to_string()].concat()
}

fn card(context: Context, name: &str, href: &str, title: &str, value: &str, about: &str) -> Markup {
    let (about, title, value) = (text(about), text(title), text(value));
    match super::sees_applications(context) {
        true => fill(CARD, &[text(name), text(href), title, value, about]),
        false => fill(FIGURE, &[text(name), title, value, about]),
    }
}

/// A count that leads to its list for whoever sees lists.
fn counted_in(context: Context, href: &str, count: u64) -> Markup {
    match super::sees_applications(context) {
        true => linked_number(href, &format::whole(count)),
        false => number(&format::whole(count)),
    }
}

fn cards(context: Context, figures: &DeskFigures, row: &DeskRow) -> Markup {
    let language = context.language;
    let duration = |seconds: Option<u64>| format::duration_or_dash(language, seconds);
    let share = (row.with_closing > 0).then(|| row.before_closing as f64 / row.with_closing as f64);
    let of = |count: u64, all: u64| [format::whole(count), format::whole(all)].join(" / ");
    let all = list(context, &row.href, &[]);
    let confirmed = list(context, &row.href, &[("state", "confirmed")]);
    let p90 = context.fill(Word::DeskP90, duration(row.p90_seconds));
    let mut cards = vec![
        card(
            context,
            "applications",
            &all,
            context.say(Word::DeskHandedIn),
            &format::whole(row.applications),
            "",
        ),
        card(
            context,
            "median",
            &confirmed,
            context.say(Word::DeskToConfirmation),
            &duration(row.median_seconds),
            &p90,
        ),
        card(
            context,
            "before_closing",
            &list(context, &row.href, &[("before_closing", "true")]),
            context.say(Word::DeskBeforeClosing),
            &format::percent_or_dash(share),
            &of(row.before_closing, row.with_closing),
        ),
        card(
            context,
            "saved",
            &list(context, &row.href, &[("saved", "true")]),
            context.say(Word::DeskSaved),
            &format::whole(row.saved),
            context.say(Word::DeskSavedAbout),
        ),
    ];
    // Without a configured amount there is none to be shown.
    if figures.saved_fen_each > 0 {
        let each = context.fill(
            Word::DeskCostEach,
            exact(context.language, figures.saved_fen_each),
        );
        cards.push(card(
            context,
            "cost",
            &list(context, &row.href, &[("saved", "true")]),
            context.say(Word::DeskCost),
            &yuan(context.language, row.saved_fen),
            &each,
        ));
    }
    cards.push(card(
        context,
        "by_rule",
        &list(context, &row.href, &[("by_rule", "true")]),
        context.say(Word::DeskByRule),
        &format::whole(row.by_rule),
        "",
    ));
    fill("<div class=\"cards\">{}</div>", &[join(&cards)])
}

fn section(context: Context, heading: Word, inner: Markup) -> Markup {
    fill(
        "<section class=\"card\"><h2>{}</h2>{}</section>",
        &[say(context.language, heading), inner],
    )
}

fn waiting(context: Context, figures: &DeskFigures) -> Markup {
    let mut rows = Vec::new();
    let query = context.address.query();
    let kind = query.get("kind").unwrap_or_default();
    for waiting in figures.waiting.iter().filter(|waiting| waiting.applications > 0) {
        let href = context.address.link(
            &Page::ReleaseDesk,
            &[("state", waiting.state.name()), ("queue", "all"), ("kind", kind)],
        );
        let clock = |what, at: Option<shared::time::LocalTime>| match at {
            Some(at) => countdown(context, what, at),
            None => text("—"),
        };
        rows.push(row(&[
            row_head(context.term(waiting.turn)),
            cell(text(context.term(waiting.state))),
            counted_in(context, &href, waiting.applications),
            cell(clock(Until::Since, waiting.oldest_at)),
            cell(clock(Until::Closing, waiting.closing_at)),
        ]));
    }
    let columns = [
        (Word::DeskTurn, false),
        (Word::State, false),
        (Word::DeskApplications, true),
        (Word::DeskLongest, false),
        (Word::DeskClosest, false),
    ];
    let inner = match rows.is_empty() {
        true => fill(
            "<p class=\"quiet\">{}</p>",
            &[say(context.language, Word::DeskNobodyWaits)],
        ),
        false => table(context, Word::DeskWaiting, &columns, join(&rows)),
    };
    section(context, Word::DeskWaiting, inner)
}

/// Counts with a bar each.
fn counted(context: Context, heading: Word, first: Word, counts: &[(&str, String, u64)]) -> Markup {
    let most = counts
        .iter()
        .map(|(_, _, count)| *count)
        .max()
        .unwrap_or(1)
        .max(1);
    let mut rows = Vec::new();
    for (words, href, count) in counts {
        rows.push(row(&[
            row_head(words),
            counted_in(context, href, *count),
            fill(
                "<td class=\"bar-cell\">{}</td>",
                &[bar(0.0, *count as f64 / most as f64)],
            ),
        ]));
    }
    let columns = [
        (first, false),
        (Word::DeskApplications, true),
        (Word::DeskShare, false),
    ];
    section(context, heading, table(context, heading, &columns, join(&rows)))
}

fn states(context: Context, row: &DeskRow) -> Markup {
    let mut counts = Vec::new();
    for (state, count) in &row.states {
        if *count > 0 {
            let href = list(context, &row.href, &[("state", state.name())]);
            counts.push((context.term(*state), href, *count));
        }
    }
    counted(context, Word::DeskByState, Word::State, &counts)
}

fn reasons(context: Context, row: &DeskRow) -> Markup {
    let mut counts = Vec::new();
    for (reason, count) in &row.reasons {
        if *count > 0 {
            let href = list(context, &row.href, &[("reason", reason.name())]);
            counts.push((context.term(*reason), href, *count));
        }
    }
    counted(context, Word::DeskByReason, Word::FieldReason, &counts)
}

fn steps(context: Context, of: &DeskRow) -> Markup {
    let duration = |seconds| format::duration_or_dash(context.language, seconds);
    let mut rows = Vec::new();
    for step in of.steps.iter().filter(|step| step.visits > 0) {
        rows.push(row(&[
            row_head(context.term(step.state)),
            number(&format::whole(step.visits)),
            number(&duration(step.median_seconds)),
            number(&duration(step.mean_seconds.map(|mean| mean as u64))),
            number(&duration(step.p90_seconds)),
        ]));
    }
    let columns = [
        (Word::State, false),
        (Word::DeskTimes, true),
        (Word::Median, true),
        (Word::Mean, true),
        (Word::DeskNinety, true),
    ];
    section(
        context,
        Word::DeskStepTimes,
        table(context, Word::DeskStepTimes, &columns, join(&rows)),
    )
}

fn by_time(context: Context, course: &DeskFigures) -> Markup {
    let bucket = course.bucket.as_deref().unwrap_or("day");
    let letters = match bucket {
        "hour" => 16,
        "day" => 10,
        "month" => 7,
        _ => 4,
    };
    let mut counts = Vec::new();
    for row in course.rows.iter().filter(|row| row.applications > 0) {
        let Some(at) = row.bucket else {
            continue;
        };
        let at = format::stamp(at).get(..letters).unwrap_or_default().to_owned();
        counts.push((at, list(context, &row.href, &[]), row.applications));
    }
    // The latest first: what happened just now is looked for.
    counts.reverse();
    let counts: Vec<(&str, String, u64)> = counts
        .iter()
        .map(|(at, href, count)| (at.as_str(), href.clone(), *count))
        .collect();
    counted(context, Word::DeskCourse, Word::DeskHandedInAt, &counts)
}
