//! One node of the trail: when, where, who said so, and what was believed before.

use crate::components::markup::{Markup, fill, join, mark, nothing, text};
use crate::components::number::slot_link;
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::{Word, format};
use shared::event::Classifier;
use shared::wire::stay::{StayNode, Version};

/// Nodes below each other, with the time between them.
pub fn timeline(context: Context, nodes: &[&StayNode]) -> Markup {
    let mut items = Vec::new();
    let mut before: Option<&StayNode> = None;
    for node in nodes {
        let gap = before.map(|before| node.at.at.seconds_since(before.at.at));
        items.push(show(context, node, gap));
        before = Some(node);
    }
    fill("<ol class=\"timeline\">{}</ol>", &[join(&items)])
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

fn show(context: Context, node: &StayNode, gap: Option<i64>) -> Markup {
    let at = if node.date_only {
        format::date(node.at)
    } else {
        format::stamp(node.at)
    };
    let gap = gap.map_or_else(nothing, |seconds| {
        let words = context.fill(Word::Later, format::duration(context.language, seconds));
        fill("<span class=\"gap\">{}</span>", &[text(&words)])
    });
    let strong = fill("<strong>{}</strong>", &[text(context.term(node.node))]);
    let slot = node.slot.as_deref().map_or_else(nothing, |slot| {
        let link = slot_link(context, Some(slot));
        fill("<span>{} {}</span>", &[say(context.language, Word::Slot), link])
    });
    let name = match node.classifier {
        Classifier::Actual => "actual",
        Classifier::Estimated => "estimated",
        Classifier::Planned => "planned",
    };
    let gaps = [
        text(node.node.name()),
        text(name),
        gap,
        strong.then(classifier(context, node.classifier)),
        text(&node.at.to_string()),
        text(&at),
        slot,
        quiet(&node.source),
        reports(context, node),
        versions(context, node),
    ];
    fill(
        "<li class=\"node\" data-node=\"{}\" data-classifier=\"{}\">{}<div class=\"what\">{} <time datetime=\"{}\">{}\
         </time></div><div class=\"said\">{}{}</div>{}{}</li>",
        &gaps,
    )
}

fn details(class: &str, summary: &str, items: &[Markup]) -> Markup {
    fill(
        "<details class=\"{}\"><summary>{}</summary><ul>{}</ul></details>",
        &[text(class), text(summary), join(items)],
    )
}

/// Every report, where there are several.
fn reports(context: Context, node: &StayNode) -> Markup {
    if node.reports.len() < 2 {
        return nothing();
    }
    let mut items = Vec::new();
    for report in &node.reports {
        let gaps = [
            text(&format::stamp(report.at)),
            text(&report.source),
            text(&report.id),
        ];
        items.push(fill("<li><time>{}</time> {} <code>{}</code></li>", &gaps));
    }
    let count = context.fill(Word::Reports, node.reports.len().to_string());
    details("reports", &count, &items)
}

/// Every version of the report that gives the time, where there are several.
fn versions(context: Context, node: &StayNode) -> Markup {
    if node.versions.len() < 2 {
        return nothing();
    }
    let mut items = Vec::new();
    for version in &node.versions {
        items.push(show_version(context, version));
    }
    details("versions", context.say(Word::Versions), &items)
}

fn show_version(context: Context, version: &Version) -> Markup {
    let word = match (version.holds, version.retracted) {
        (_, true) => mark(context.say(Word::RetractedVersion), false),
        (true, false) => mark(context.say(Word::HoldsVersion), false),
        (false, false) => nothing(),
    };
    let line = fill(
        "<time>{}</time> <span class=\"quiet\">{} {}</span>",
        &[
            text(&format::stamp_or_dash(version.at)),
            say(context.language, Word::RecordedAt),
            text(&format::stamp(version.recorded_at)),
        ],
    );
    fill("<li>{}</li>", &[line.then(word)])
}
