//! One node of the trail: when, where, who said so, and what was believed before.

use crate::components::markup::{Markup, all, mark, nothing, tag, text};
use crate::components::number::slot_link;
use crate::context::Context;
use crate::i18n::{Word, format};
use shared::event::Classifier;
use shared::wire::stay::{StayNode, Version};

/// Nodes below each other, with the time between them.
pub fn timeline(context: Context, nodes: &[&StayNode]) -> Markup {
    let mut before: Option<&StayNode> = None;
    let items = nodes.iter().map(|node| {
        let gap = before
            .replace(node)
            .map(|before| node.at.at.seconds_since(before.at.at));
        show(context, node, gap)
    });
    tag("ol", &[("class", "timeline")], all(items))
}

/// A time of a node, or of what is like one.
pub fn time(words: &str) -> Markup {
    tag("time", &[], text(words))
}

/// Words that matter less.
pub fn quiet(words: &str) -> Markup {
    tag("span", &[("class", "quiet")], text(words))
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
        tag("span", &[("class", "gap")], text(&words))
    });
    let what = tag("strong", &[], text(context.term(node.node)))
        .then(classifier(context, node.classifier))
        .then(tag("time", &[("datetime", &node.at.to_string())], text(&at)));
    let slot = node.slot.as_deref().map_or_else(nothing, |slot| {
        tag(
            "span",
            &[],
            text(context.say(Word::Slot)).then(slot_link(context, Some(slot))),
        )
    });
    let name = match node.classifier {
        Classifier::Actual => "actual",
        Classifier::Estimated => "estimated",
        Classifier::Planned => "planned",
    };
    let parts = [
        gap,
        tag("div", &[("class", "what")], what),
        tag("div", &[("class", "said")], all([slot, quiet(&node.source)])),
        reports(context, node),
        versions(context, node),
    ];
    tag(
        "li",
        &[
            ("class", "node"),
            ("data-node", node.node.name()),
            ("data-classifier", name),
        ],
        all(parts),
    )
}

fn details(class: &'static str, summary: &str, items: Markup) -> Markup {
    let summary = tag("summary", &[], text(summary));
    tag(
        "details",
        &[("class", class)],
        all([summary, tag("ul", &[], items)]),
    )
}

/// Every report, where there are several.
fn reports(context: Context, node: &StayNode) -> Markup {
    if node.reports.len() < 2 {
        return nothing();
    }
    let items = node.reports.iter().map(|report| {
        let id = tag("code", &[], text(&report.id));
        tag(
            "li",
            &[],
            time(&format::stamp(report.at))
                .then(text(&report.source))
                .then(id),
        )
    });
    details(
        "reports",
        &context.fill(Word::Reports, node.reports.len()),
        all(items),
    )
}

/// Every version of the report that gives the time, where there are several.
fn versions(context: Context, node: &StayNode) -> Markup {
    if node.versions.len() < 2 {
        return nothing();
    }
    details(
        "versions",
        context.say(Word::Versions),
        all(node.versions.iter().map(|version| show_version(context, version))),
    )
}

fn show_version(context: Context, version: &Version) -> Markup {
    let word = match (version.holds, version.retracted) {
        (_, true) => mark(context.say(Word::RetractedVersion), false),
        (true, false) => mark(context.say(Word::HoldsVersion), false),
        (false, false) => nothing(),
    };
    let recorded = format!(
        "{} {}",
        context.say(Word::RecordedAt),
        format::stamp(version.recorded_at)
    );
    tag(
        "li",
        &[],
        time(&format::stamp_or_dash(version.at))
            .then(quiet(&recorded))
            .then(word),
    )
}
