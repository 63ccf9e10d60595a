//! One stay: what it is, what happened, what is expected, and how long its parts took.

use super::node::timeline;
use super::usual;
use crate::address::Page;
use crate::components::markup::{Markup, fact, fill, join, mark, nothing, text};
use crate::components::number::slot_link;
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::{Word, format};
use shared::event::{Classifier, DangerousGoods};
use shared::wire::figures::Usual;
use shared::wire::stay::{Stay, StayNode};

/// One stay; the newest is open.
pub fn show(context: Context, stay: &Stay, newest: bool, usual: Option<&Usual>) -> Markup {
    let mut actual: Vec<&StayNode> = Vec::new();
    let mut expected: Vec<&StayNode> = Vec::new();
    for node in &stay.nodes {
        match node.classifier {
            Classifier::Actual => actual.push(node),
            _ => expected.push(node),
        }
    }
    let expectations = if expected.is_empty() {
        nothing()
    } else {
        section(context, Word::Expectations, timeline(context, &expected))
    };
    let segments = match usual {
        Some(usual) => section(context, Word::Segments, usual::show(context, stay, usual)),
        None => segments(context, stay),
    };
    let gaps = [
        text(&stay.id),
        text(stay.status.name()),
        text(if newest { "open" } else { "" }),
        text(&context.fill(Word::StayAt, stay.site.clone())),
        mark(context.term(stay.status), false),
        text(&format::stamp_or_dash(stay.began_at)),
        text(&format::stamp_or_dash(stay.ended_at)),
        flags(context, stay),
        facts(context, stay),
        timeline(context, &actual),
        expectations,
        segments,
        alarms(context, stay),
    ];
    fill(
        "<section class=\"card stay\" data-stay=\"{}\" data-status=\"{}\"><details {}><summary><h2>{}</h2>{}\
         <span class=\"quiet\">{} – {}</span></summary><div class=\"stay-body\">{}<dl class=\"facts\">{}</dl>\
         <div class=\"trail-columns\">{}<div class=\"beside\">{}{}{}</div></div></div></details></section>",
        &gaps,
    )
}

fn section(context: Context, title: Word, inner: Markup) -> Markup {
    let gaps = [say(context.language, title), inner];
    fill("<section><h3>{}</h3>{}</section>", &gaps)
}

fn flags(context: Context, stay: &Stay) -> Markup {
    if stay.flags.is_empty() {
        return nothing();
    }
    let mut flags = Vec::new();
    for flag in &stay.flags {
        let words = text(context.term(*flag));
        flags.push(fill("<li class=\"mark odd\">{}</li>", &[words]));
    }
    let gaps = [say(context.language, Word::Flags), join(&flags)];
    fill("<ul class=\"flags\" aria-label=\"{}\">{}</ul>", &gaps)
}

fn facts(context: Context, stay: &Stay) -> Markup {
    let list = context.language.choose(", ", "、");
    let mut dangerous = Vec::new();
    for one in &stay.dangerous {
        dangerous.push(goods(one));
    }
    let mut size = text(stay.size_type.as_deref().unwrap_or_default());
    if let (Some(_), Some(teu)) = (&stay.size_type, stay.teu) {
        size = fill("{} · {} TEU", &[size, text(&format::decimal(teu))]);
    }
    let vessel = text(stay.vessel_name.as_deref().unwrap_or_default());
    let vessel = match (&stay.vessel_name, &stay.vessel_imo) {
        (_, None) => vessel,
        (None, Some(imo)) => fill("IMO {}", &[text(imo)]),
        (Some(_), Some(imo)) => fill("{} · IMO {}", &[vessel, text(imo)]),
    };
    let slot = stay.slot.as_deref();
    let slot = slot.map_or_else(nothing, |slot| slot_link(context, Some(slot)));
    let clearance = stay.clearance_seconds.map_or_else(nothing, |seconds| {
        text(&format::duration_or_dash(context.language, Some(seconds)))
    });
    let known = |words: &Option<String>| text(words.as_deref().unwrap_or_default());
    let direction = stay.direction.map_or("", |direction| context.term(direction));
    let facts = [
        (Word::DirectionColumn, text(direction)),
        (Word::Cargo, text(context.term(stay.cargo))),
        (Word::DangerousGoods, text(&dangerous.join(list))),
        (Word::SizeType, size),
        (Word::Slot, slot),
        (Word::BillOfLading, known(&stay.bill_of_lading)),
        (Word::Voyage, known(&stay.voyage)),
        (Word::Vessel, vessel),
        (Word::Declarations, text(&stay.declarations.join(list))),
        (Word::Mode, text(context.term(stay.mode))),
        (Word::Channel, text(context.term(stay.channel))),
        (Word::ClearanceTime, clearance),
    ];
    let mut told = Vec::new();
    for (word, value) in facts {
        // What is not known is not told.
        if value != nothing() {
            told.push(fact(context, word, value));
        }
    }
    join(&told)
}

fn goods(goods: &DangerousGoods) -> String {
    let class = goods.class.as_deref().unwrap_or("?");
    match goods.un.as_deref() {
        Some(un) => [class, " (UN ", un, ")"].concat(),
        None => class.to_owned(),
    }
}

/// The segments with their durations in words, as long as nobody knows what is usual.
fn segments(context: Context, stay: &Stay) -> Markup {
    const ROW: &str = "<tr><th scope=\"row\">{}</th><td class=\"number\">{}</td></tr>";
    if stay.segments.is_empty() {
        return nothing();
    }
    let mut rows = Vec::new();
    for segment in &stay.segments {
        let took = format::duration_or_dash(context.language, Some(segment.seconds));
        rows.push(fill(ROW, &[text(context.term(segment.name)), text(&took)]));
    }
    section(context, Word::Segments, table(&rows))
}

/// A table of segments.
pub fn table(rows: &[Markup]) -> Markup {
    let pattern = "<table class=\"data segments\"><tbody>{}</tbody></table>";
    fill(pattern, &[join(rows)])
}

fn alarms(context: Context, stay: &Stay) -> Markup {
    const LINK: &str = "<li data-alarm-link=\"{}\"><a href=\"{}\">{} {}</a></li>";
    if stay.alarms.is_empty() {
        return nothing();
    }
    let mut links = Vec::new();
    for id in &stay.alarms {
        let href = context
            .address
            .link(&Page::Alarms, &[("alarm", id), ("state", "all")]);
        let place = (links.len() + 1).to_string();
        let words = say(context.language, Word::Alarms);
        links.push(fill(LINK, &[text(id), text(&href), words, text(&place)]));
    }
    let links = fill("<ul class=\"alarm-links\">{}</ul>", &[join(&links)]);
    section(context, Word::Alarms, links)
}
