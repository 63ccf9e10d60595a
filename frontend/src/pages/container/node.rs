//! One node of the trail: when, where, who said so, how it stands against limit and expectation, and what was believed
//! before.

use super::clocks::Clock;
use super::told::{facts, history, versions};
use crate::components::markup::{Markup, fill, join, mark, nothing, text};
use crate::components::number::slot_link;
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::{Word, format};
use shared::event::Classifier;
use shared::time::Time;
use shared::wire::container::EventHistory;
use shared::wire::stay::{Report, Stay, StayNode};

/// What happened, below each other and numbered, with the time between.
pub fn timeline(context: Context, events: &[EventHistory], stay: &Stay, clocks: &[Clock]) -> Markup {
    let mut items = Vec::new();
    let mut before: Option<&StayNode> = None;
    for node in &stay.nodes {
        if node.classifier != Classifier::Actual {
            continue;
        }
        let gap = before.map(|before| node.at.at.seconds_since(before.at.at));
        let number = (items.len() + 1).to_string();
        let more = [
            limits(context, node, clocks),
            against(context, events, stay, node),
        ];
        items.push(show(context, events, node, &number, gap, join(&more)));
        before = Some(node);
    }
    fill("<ol class=\"timeline\">{}</ol>", &[join(&items)])
}

/// What is expected and has not happened.
pub fn awaited(context: Context, events: &[EventHistory], stay: &Stay, now: Option<Time>) -> Markup {
    let mut items = Vec::new();
    for node in &stay.nodes {
        if node.classifier == Classifier::Actual || happened(stay, node).is_some() {
            continue;
        }
        let number = items.len().to_string();
        let number = ["expected-", &number].concat();
        let due = now.map_or_else(nothing, |now| due(context, node, now));
        items.push(show(context, events, node, &number, None, due));
    }
    if items.is_empty() {
        return nothing();
    }
    let gaps = [say(context.language, Word::Expectations), join(&items)];
    fill(
        "<section class=\"awaited-nodes\"><h3>{}</h3><ol class=\"timeline\">{}</ol></section>",
        &gaps,
    )
}

/// The node that an expectation came true with: the last one of its kind.
fn happened<'a>(stay: &'a Stay, expected: &StayNode) -> Option<&'a StayNode> {
    let same = |node: &&StayNode| node.classifier == Classifier::Actual && node.node == expected.node;
    stay.nodes.iter().rev().find(same)
}

/// A time of a node, or of what is like one.
pub fn time(words: &str) -> Markup {
    fill("<time>{}</time>", &[text(words)])
}

/// Words that matter less.
pub fn quiet(words: &str) -> Markup {
    fill("<span class=\"quiet\">{}</span>", &[text(words)])
}

/// What is not actual says so.
pub fn classifier(context: Context, classifier: Classifier) -> Markup {
    match classifier {
        Classifier::Actual => nothing(),
        expected => mark(context.term(expected), false),
    }
}

fn show(
    context: Context,
    events: &[EventHistory],
    node: &StayNode,
    number: &str,
    gap: Option<i64>,
    more: Markup,
) -> Markup {
    let history = history(events, &node.source, &node.id);
    let at = if node.date_only {
        format::date(node.at)
    } else {
        format::stamp(node.at)
    };
    let gap = gap.map_or_else(nothing, |seconds| {
        let words = context.fill(Word::Later, format::duration(context.language, seconds));
        fill("<span class=\"gap\">{}</span>", &[text(&words)])
    });
    let mut strong = fill("<strong>{}</strong>", &[text(context.term(node.node))]);
    strong = strong.then(classifier(context, node.classifier));
    let corrected = history.is_some_and(|history| history.versions.len() > 1);
    if corrected || node.versions.len() > 1 {
        strong = strong.then(mark(context.say(Word::Corrected), false));
    }
    let slot = node.slot.as_deref().map_or_else(nothing, |slot| {
        let link = slot_link(context, Some(slot));
        fill("<span>{} {}</span>", &[say(context.language, Word::Slot), link])
    });
    let name = match node.classifier {
        Classifier::Actual => "actual",
        Classifier::Estimated => "estimated",
        Classifier::Planned => "planned",
    };
    let is_number = node.classifier == Classifier::Actual;
    let gaps = [
        text(number),
        text(node.node.name()),
        text(name),
        gap,
        text(if is_number { number } else { "" }),
        strong,
        text(&node.at.to_string()),
        text(&at),
        slot,
        quiet(&node.source),
        fill("<code>{}</code>", &[text(&node.id)]),
        facts(context, history),
        more,
        reports(context, events, node),
        versions(context, history),
    ];
    fill(
        "<li class=\"node\" id=\"node-{}\" tabindex=\"-1\" data-node=\"{}\" data-classifier=\"{}\">{}<div class=\"what\">\
         <b class=\"node-number\" aria-hidden=\"true\">{}</b>{} <time datetime=\"{}\">{}</time></div>\
         <div class=\"said\">{}{}{}</div>{}{}{}{}</li>",
        &gaps,
    )
}

/// How long the steps took that end here, and how long they might.
fn limits(context: Context, node: &StayNode, clocks: &[Clock]) -> Markup {
    let mut lines = Vec::new();
    for clock in clocks {
        if clock.ended == Some(node.at) {
            lines.push(limit(context, clock, node.at.at));
        }
    }
    join(&lines)
}

/// A step against its limit, in a line.
fn limit(context: Context, clock: &Clock, now: Time) -> Markup {
    let gaps = [
        text(context.term(clock.from)),
        text(context.term(clock.to)),
        text(&format::duration(context.language, clock.seconds(now))),
        verdict(context, clock, now),
    ];
    fill("<div class=\"against\">{} → {}: {} · {}</div>", &gaps)
}

/// How a step stands against its limit.
pub fn verdict(context: Context, clock: &Clock, now: Time) -> Markup {
    let limit = format::duration_or_dash(context.language, Some(clock.limit_seconds));
    let limit = [context.say(Word::Limit), &limit].join(" ");
    match clock.over(now) {
        Some(over) => {
            let over = context.fill(Word::LimitOver, format::duration(context.language, over));
            let gaps = [text(&over), text(&limit)];
            fill(
                "<strong class=\"late-mark\">{}</strong> <span class=\"quiet\">({})</span>",
                &gaps,
            )
        }
        None => quiet(&limit),
    }
}

/// What was planned and estimated for a node that came, and by how much it came later or earlier.
fn against(context: Context, events: &[EventHistory], stay: &Stay, node: &StayNode) -> Markup {
    let mut lines = Vec::new();
    for expected in &stay.nodes {
        let same = expected.classifier != Classifier::Actual && expected.node == node.node;
        if !same
            || happened(stay, expected).is_none_or(|last| last.id != node.id || last.source != node.source)
        {
            continue;
        }
        let planned = expected.classifier == Classifier::Planned;
        let apart = node.at.at.seconds_since(expected.at.at);
        let word = match (apart, planned) {
            (-59..=59, true) => Word::AsPlanned,
            (-59..=59, false) => Word::AsEstimated,
            (60.., true) => Word::LaterThanPlanned,
            (60.., false) => Word::LaterThanEstimated,
            (_, true) => Word::EarlierThanPlanned,
            (_, false) => Word::EarlierThanEstimated,
        };
        let words = context.fill(word, format::duration(context.language, apart.abs()));
        let gaps = [
            text(if planned { "planned" } else { "estimated" }),
            text(&words),
            text(context.term(expected.classifier)),
            time(&format::stamp(expected.at)),
            text(&expected.source),
            versions(context, history(events, &expected.source, &expected.id)),
        ];
        lines.push(fill(
            "<div class=\"against\" data-classifier=\"{}\">{} <span class=\"quiet\">({} {} · {})</span>{}</div>",
            &gaps,
        ));
    }
    join(&lines)
}

/// How long until something is due, or since when it is overdue.
fn due(context: Context, node: &StayNode, now: Time) -> Markup {
    let seconds = node.at.at.seconds_since(now);
    let word = if seconds < 0 { Word::OverdueBy } else { Word::DueIn };
    let words = context.fill(word, format::duration(context.language, seconds.abs()));
    fill("<div class=\"against\">{}</div>", &[text(&words)])
}

fn details(class: &str, key: &str, summary: &str, items: &[Markup]) -> Markup {
    fill(
        "<details class=\"{}\" data-key=\"{}\"><summary>{}</summary><ol>{}</ol></details>",
        &[text(class), text(key), text(summary), join(items)],
    )
}

/// Every report, where there are several.
fn reports(context: Context, events: &[EventHistory], node: &StayNode) -> Markup {
    if node.reports.len() < 2 {
        return nothing();
    }
    let mut items = Vec::new();
    for report in &node.reports {
        items.push(show_report(context, events, node, report));
    }
    let count = context.fill(Word::Reports, node.reports.len().to_string());
    let key = ["reports ", &node.source, " ", &node.id].concat();
    details("reports", &key, &count, &items)
}

fn show_report(context: Context, events: &[EventHistory], node: &StayNode, report: &Report) -> Markup {
    let apart = report.at.at.seconds_since(node.at.at);
    let counts = (&report.source, &report.id) == (&node.source, &node.id);
    let more = match (counts, apart) {
        (true, _) => mark(context.say(Word::TimeCounts), false),
        (false, 0) => nothing(),
        (false, apart) => text(&signed(context, apart)),
    };
    let gaps = [
        text(&format::stamp(report.at)),
        text(&report.source),
        text(&report.id),
        more,
        // Those of the report that gives the time stand with the node.
        match counts {
            true => nothing(),
            false => versions(context, history(events, &report.source, &report.id)),
        },
    ];
    fill("<li><time>{}</time> {} <code>{}</code> {}{}</li>", &gaps)
}

/// A difference of times with its sign.
fn signed(context: Context, seconds: i64) -> String {
    let words = format::duration(context.language, seconds);
    if seconds > 0 {
        ["+", &words].concat()
    } else {
        words
    }
}
