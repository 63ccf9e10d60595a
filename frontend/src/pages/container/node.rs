//! One node of the trail: when, where, who said so, and what was believed before.

use crate::components::number::slot_link;
use crate::context::Context;
use crate::i18n::{Word, format};
use leptos::prelude::*;
use shared::event::Classifier;
use shared::wire::stay::{StayNode, Version};

/// Nodes below each other, with the time between them.
pub fn timeline(context: Context, nodes: &[&StayNode]) -> AnyView {
    let mut before: Option<&StayNode> = None;
    let mut items = Vec::with_capacity(nodes.len());
    for node in nodes {
        let gap = before.map(|before| node.at.at.seconds_since(before.at.at));
        items.push(show(context, node, gap));
        before = Some(node);
    }
    items.collect_view().into_any()
}

fn show(context: Context, node: &StayNode, gap: Option<i64>) -> AnyView {
    let time = if node.date_only {
        format::date(node.at)
    } else {
        format::stamp(node.at)
    };
    let gap = gap.map(|seconds| {
        let text = context.fill(Word::Later, format::duration(context.language, seconds));
        view! { <span class="gap">{text}</span> }
    });
    let classifier = (node.classifier != Classifier::Actual)
        .then(|| view! { <span class="mark">{context.term(node.classifier)}</span> });
    let slot = node
        .slot
        .as_ref()
        .map(|slot| view! { <span>{context.say(Word::Slot)} " " {slot_link(context, Some(slot), Some(""))}</span> });
    view! {
        <li class="node" data-node=node.node.name() data-classifier=context_free(node.classifier)>
            {gap}
            <div class="what">
                <strong>{context.term(node.node)}</strong> {classifier}
                <time datetime=node.at.to_string()>{time}</time>
            </div>
            <div class="said">{slot} <span class="quiet">{node.source.clone()}</span></div>
            {reports(context, node)}
            {versions(context, node)}
        </li>
    }
    .into_any()
}

fn context_free(classifier: Classifier) -> &'static str {
    match classifier {
        Classifier::Actual => "actual",
        Classifier::Estimated => "estimated",
        Classifier::Planned => "planned",
    }
}

/// Every report, where there are several.
fn reports(context: Context, node: &StayNode) -> impl IntoView + use<> {
    let items = node.reports.iter().map(|report| {
        view! { <li><time>{format::stamp(report.at)}</time> " " {report.source.clone()} " " <code>{report.id.clone()}</code></li> }
    });
    let items = items.collect_view();
    let count = node.reports.len();
    (count > 1).then(|| {
        view! {
            <details class="reports">
                <summary>{context.fill(Word::Reports, count)}</summary>
                <ul>{items}</ul>
            </details>
        }
    })
}

/// Every version of the report that gives the time, where there are several.
fn versions(context: Context, node: &StayNode) -> impl IntoView + use<> {
    let items = node
        .versions
        .iter()
        .map(|version| view_version(context, version))
        .collect_view();
    (node.versions.len() > 1).then(|| {
        view! {
            <details class="versions">
                <summary>{context.say(Word::Versions)}</summary>
                <ul>{items}</ul>
            </details>
        }
    })
}

fn view_version(context: Context, version: &Version) -> impl IntoView + use<> {
    let mark = match (version.holds, version.retracted) {
        (_, true) => Some(Word::RetractedVersion),
        (true, false) => Some(Word::HoldsVersion),
        (false, false) => None,
    };
    view! {
        <li>
            <time>{format::stamp_or_dash(version.at)}</time> " "
            <span class="quiet">{context.say(Word::RecordedAt)} " " {format::stamp(version.recorded_at)}</span> " "
            {mark.map(|word| view! { <span class="mark">{context.say(word)}</span> })}
        </li>
    }
}
