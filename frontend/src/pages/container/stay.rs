//! What one stay is, and the strip of all stays of the box.

use crate::components::markup::{Markup, fact, fill, join, mark, nothing, text};
use crate::components::number::slot_link;
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::{Word, format};
use leptos::prelude::WithUntracked;
use shared::event::DangerousGoods;
use shared::wire::container::Container;
use shared::wire::stay::Stay;

/// The stays of a box, the earliest first, each with a link; where there is only one there is nothing to choose.
pub fn strip(context: Context, container: &Container, shown: &Stay) -> Markup {
    if container.stays.len() < 2 {
        return nothing();
    }
    let mut links = Vec::new();
    for stay in container.stays.iter().rev() {
        let href = context.address.link_with("stay", Some(&stay.id));
        let alarms = match stay.alarms.len() {
            0 => nothing(),
            many => {
                let gaps = [say(context.language, Word::Alarms), text(&many.to_string())];
                fill("<span class=\"late-mark\">{} {}</span>", &gaps)
            }
        };
        let direction = stay.direction.map_or("—", |direction| context.term(direction));
        let gaps = [
            text(&href),
            text(if stay.id == shown.id { "true" } else { "false" }),
            text(&period(stay)),
            text(direction),
            text(context.term(stay.status)),
            alarms,
        ];
        links.push(fill(
            "<li><a href=\"{}\" aria-current=\"{}\"><b>{}</b><span>{} · {}</span>{}</a></li>",
            &gaps,
        ));
    }
    let gaps = [say(context.language, Word::StaysOfBox), join(&links)];
    fill(
        "<nav class=\"stay-strip\" aria-label=\"{}\"><ol>{}</ol></nav>",
        &gaps,
    )
}

/// From which day to which.
fn period(stay: &Stay) -> String {
    let day = |time: Option<shared::time::LocalTime>| time.map_or_else(|| "…".to_owned(), format::date);
    [day(stay.began_at), day(stay.ended_at)].join(" – ")
}

/// What the stay is.
pub fn facts(context: Context, stay: &Stay) -> Markup {
    let gaps = [
        text(&stay.id),
        text(stay.status.name()),
        text(&context.fill(Word::StayAt, site(context, &stay.site))),
        mark(context.term(stay.status), false),
        text(&format::stamp_or_dash(stay.began_at)),
        text(&format::stamp_or_dash(stay.ended_at)),
        flags(context, stay),
        all_facts(context, stay),
    ];
    fill(
        "<section class=\"card stay\" data-stay=\"{}\" data-status=\"{}\"><header><h2>{}</h2>{}\
         <span class=\"quiet\">{} – {}</span></header>{}<dl class=\"facts\">{}</dl></section>",
        &gaps,
    )
}

/// The name of a site, or its code.
pub fn site(context: Context, code: &str) -> String {
    context.sites.all.with_untracked(|all| {
        let found = all.iter().find(|site| site.code == code);
        let name = found.map(|site| context.language.choose(&site.name.en, &site.name.zh).clone());
        name.unwrap_or_else(|| code.to_owned())
    })
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

fn all_facts(context: Context, stay: &Stay) -> Markup {
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
        (Word::Voyage, known(&stay.voyage)),
        (Word::Vessel, vessel),
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
