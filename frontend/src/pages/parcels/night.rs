//! What is live: how much is released, how fast and how quickly, and what waits.

use super::behind::Behind;
use super::now::{Now, follow_now, waited};
use super::{View, curve, groups, head, stuck};
use crate::charts::chart;
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::components::patched::patched;
use crate::components::reactive::{changing, whether};
use crate::components::shell::{part, written};
use crate::components::states::framed;
use crate::context::Context;
use crate::i18n::Word;
use crate::i18n::format::{self, Unit};
use crate::i18n::money::{exact, yuan};
use leptos::prelude::*;
use shared::access::Right;
use shared::wire::parcels::ParcelsNow;

/// The live view.
pub fn night(context: Context) -> AnyView {
    let now = follow_now(context);
    let content = move || content(context, now);
    let parts = vec![
        written("page-head", head(context, View::Now)),
        framed(now.core(), content),
    ];
    part("section", "page parcels", parts)
}

fn content(context: Context, now: Now) -> AnyView {
    let nothing_came = whether(move || now.with(|now| now.is_some_and(|now| is_empty(&now.0))));
    changing(move || {
        if nothing_came.get() {
            return written("contents", nothing_yet(context));
        }
        let show = move |class, markup: fn(Context, &ParcelsNow) -> Markup| {
            patched(class, move || {
                now.with(|now| now.map_or_else(nothing, |now| markup(context, &now.0)))
            })
        };
        let title = context.say(Word::ParcelsCurve).to_owned();
        let parts = vec![
            show("parcels-figures", figures),
            part(
                "div",
                "parcels-middle",
                vec![
                    chart(context, "parcels", title, None, move || {
                        now.with(|now| Some(curve::curve(context, &now?.0)))
                    }),
                    show("parcels-stuck", stuck::stuck),
                ],
            ),
            show("parcels-groups", groups::groups),
            show("", groups::parties),
        ];
        parts.into_any()
    })
}

/// Whether nobody has sent anything yet.
fn is_empty(now: &ParcelsNow) -> bool {
    let waiting: u64 = now.missing.iter().map(|(_, count)| count).sum();
    now.parties.is_empty()
        && now.against.is_none()
        && now.received + now.released + now.queue + now.held_parcels + waiting == 0
}

const EXAMPLE: &str = r#"{"kind":"order","source":"platform-a","id":"o-1","at":"2026-11-11T00:00:01+08:00","order":"A-1001","platform":"Platform A","mode":"1210","park":"Xiasha","buyer":{"name":"张三","identity":"11010519491231002X"},"goods":"299.00","freight":"0","tax":"27.21","discount":"20.00"}
{"kind":"payment","source":"pay-b","id":"p-1","at":"2026-11-11T00:00:02+08:00","order":"A-1001","payer":{"name":"张三","identity":"11010519491231002X"},"amount":"306.21"}
{"kind":"logistics","source":"carrier-c","id":"w-1","at":"2026-11-11T00:00:03+08:00","order":"A-1001","waybill":"W-1","consignee":{"name":"张三"}}
{"kind":"list","source":"declarant-d","id":"l-1","at":"2026-11-11T00:00:04+08:00","order":"A-1001","waybill":"W-1","payment":"p-1","mode":"1210","park":"Xiasha","buyer":{"name":"张三","identity":"11010519491231002X"}}"#;

/// How to begin.
fn nothing_yet(context: Context) -> Markup {
    let origin = window().location().origin().unwrap_or_default();
    let key = match context.session.has_accounts() {
        true => " -H 'authorization: Bearer KEY'",
        false => "",
    };
    let call = [
        "curl --data-binary @parcels.jsonl",
        key,
        " ",
        &origin,
        "/api/v1/feeds/parcels",
    ]
    .concat();
    let gaps = [
        text(context.say(Word::ParcelsNone)),
        text(context.say(Word::ParcelsNoneHint)),
        text(&call),
        text("parcels.jsonl"),
        text(EXAMPLE),
    ];
    fill(
        "<div class=\"card\" data-part=\"nothing\"><h2>{}</h2><p>{}</p><pre class=\"sample\" tabindex=\"0\">{}</pre>\
         <h3>{}</h3><pre class=\"sample\" tabindex=\"0\">{}</pre></div>",
        &gaps,
    )
}

/// A figure with what belongs to it.
struct Card {
    name: &'static str,
    title: String,
    value: String,
    notes: Vec<Markup>,
    href: String,
    abnormal: bool,
}

/// A card. The figure is a link that covers it; links in its notes lie above that.
fn card(context: Context, card: Card) -> Markup {
    const CARD: &str = "<section class=\"figure parcels-figure\" data-figure=\"{}\" data-abnormal=\"{}\">\
                        <h2 class=\"figure-title\">{}</h2><p class=\"figure-value\">{}</p>\
                        <div class=\"figure-notes\">{}</div></section>";
    let value = text(&card.value);
    let value = match context.may(Right::Stays) && !card.href.is_empty() {
        true => fill("<a href=\"{}\">{}</a>", &[text(&card.href), value]),
        false => value,
    };
    let gaps = [
        text(card.name),
        text(if card.abnormal { "true" } else { "false" }),
        text(&card.title),
        value,
        join(&card.notes),
    ];
    fill(CARD, &gaps)
}

fn note(words: &str) -> Markup {
    fill("<span>{}</span>", &[text(words)])
}

fn linked(context: Context, href: &str, words: &str) -> Markup {
    fill("<span>{}</span>", &[super::listed(context, href, words)])
}

fn figures(context: Context, now: &ParcelsNow) -> Markup {
    let language = context.language;
    let behind = Behind::of(context, now);
    let duration = |seconds: Option<u64>| format::duration_or_dash(language, seconds);
    let counted = |word: Word, count: u64| context.fill(word, format::whole(count));
    let target = duration(Some(now.target_seconds));
    let clock = |at| format::stamp(at).split_off(11);

    let mut released = vec![
        linked(
            context,
            &behind.received(),
            &counted(Word::ParcelsReceived, now.received),
        ),
        linked(
            context,
            &behind.returned(),
            &counted(Word::ParcelsReturned, now.returned),
        ),
    ];
    if let Some(against) = &now.against {
        let difference = Unit::Count.difference(language, against.by_now as f64, now.released as f64);
        let was = context.fill(Word::ParcelsAgainst, &against.date).replacen(
            "{}",
            &format::whole(against.by_now),
            1,
        );
        let gaps = [text(&was), text(&difference)];
        released.push(fill("<span>{} <b class=\"change\">{}</b></span>", &gaps));
    }
    let mut value = Vec::new();
    if let Some(each) = now.released_fen.checked_div(now.released) {
        value.push(note(&context.fill(Word::ParcelsEach, exact(language, each))));
    }
    let mut rate = vec![
        linked(
            context,
            &behind.last(60),
            &counted(Word::ParcelsMinute, now.rate_minute),
        ),
        linked(
            context,
            &behind.last(3_600),
            &counted(Word::ParcelsHour, now.rate_hour),
        ),
    ];
    if let Some(at) = now.peak_at {
        let words = counted(Word::ParcelsPeak, now.peak_second).replacen("{}", &clock(at), 1);
        let href = behind.between(at, super::now::later(at, 1));
        rate.push(linked(context, &href, &words));
    }
    let times = vec![
        note(&context.fill(Word::ParcelsP95, duration(now.p95_seconds))),
        note(&context.fill(Word::ParcelsP99, duration(now.p99_seconds))),
    ];
    let waits = match waited(context, now) {
        Some(seconds) => context.fill(Word::ParcelsOldest, format::duration(language, seconds)),
        None => context.say(Word::ParcelsNoQueue).to_owned(),
    };
    let late = now.released as f64 * (1.0 - now.within_target.unwrap_or(1.0));
    let within = vec![linked(
        context,
        &behind.released(&[("min_seconds", &(now.target_seconds + 1).to_string())]),
        &counted(Word::ParcelsTookLonger, late.round() as u64),
    )];
    let cards = [
        Card {
            name: "released",
            title: context.fill(
                Word::ParcelsReleased,
                clock(now.since).get(..5).unwrap_or_default(),
            ),
            value: format::whole(now.released),
            notes: released,
            href: behind.released(&[]),
            abnormal: false,
        },
        Card {
            name: "value",
            title: context.say(Word::ParcelsValue).to_owned(),
            value: yuan(language, now.released_fen),
            notes: value,
            href: behind.released(&[]),
            abnormal: false,
        },
        Card {
            name: "rate",
            title: context.say(Word::ParcelsRate).to_owned(),
            value: format::whole(now.rate_second),
            notes: rate,
            href: behind.last(1),
            abnormal: false,
        },
        Card {
            name: "within_target",
            title: context.fill(Word::WithinTarget, &target),
            value: format::percent_or_dash(now.within_target),
            notes: within,
            href: behind.within(),
            abnormal: false,
        },
        Card {
            name: "median",
            title: context.say(Word::ParcelsMedian).to_owned(),
            value: duration(now.median_seconds),
            notes: times,
            href: behind.slowest(),
            abnormal: false,
        },
        Card {
            name: "queue",
            title: context.say(Word::ParcelsQueue).to_owned(),
            value: format::whole(now.queue),
            notes: vec![note(&waits)],
            href: behind.queue(&[]),
            abnormal: false,
        },
        Card {
            name: "late",
            title: context.fill(Word::ParcelsWaitOver, &target),
            value: format::whole(now.late),
            notes: vec![note(
                &context.fill(Word::ParcelsOfQueue, share(now.late, now.queue)),
            )],
            href: behind.late(),
            abnormal: now.late > 0,
        },
    ];
    let mut shown = Vec::new();
    for one in cards {
        shown.push(card(context, one));
    }
    join(&shown)
}

fn share(part: u64, all: u64) -> String {
    format::percent_or_dash((all > 0).then(|| part as f64 / all as f64))
}
