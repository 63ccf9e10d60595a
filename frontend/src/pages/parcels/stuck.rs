//! What is stuck and why: which documents are missing, and what does not agree.

use super::behind::Behind;
use super::listed;
use super::words::{document, reason};
use crate::components::markup::{Markup, bar, fill, join, text};
use crate::components::states::empty;
use crate::context::Context;
use crate::i18n::{Word, format};
use shared::wire::parcels::{DocumentKind, ParcelsNow};

const CARD: &str =
    "<section class=\"card\" data-part=\"{}\"><h2>{} <span class=\"count\">{}</span></h2>{}</section>";
const ROW: &str = "<li data-key=\"{}\" data-none=\"{}\"><span class=\"what\">{}</span>{}\
                   <span class=\"number\">{}</span></li>";

/// Two cards beside each other.
pub fn stuck(context: Context, now: &ParcelsNow) -> Markup {
    let behind = Behind::of(context, now);
    let of = |kind: DocumentKind| {
        let found = now.missing.iter().find(|(missing, _)| *missing == kind);
        found.map_or(0, |(_, count)| *count)
    };
    let mut waiting = Vec::new();
    for kind in DocumentKind::ALL {
        let words = document(context, *kind);
        waiting.push((kind.name(), words, of(*kind), behind.missing(kind.name())));
    }
    let mut held: Vec<(&str, String, u64, String)> = Vec::new();
    for (code, count) in &now.held {
        let href = behind.held(Some(code.name()));
        // The most first. A sort would bring more code than the rest of this.
        let place = held.iter().take_while(|(_, _, other, _)| other >= count).count();
        held.insert(place, (code.name(), reason(context, *code), *count, href));
    }
    let all_held = listed(context, &behind.held(None), &format::whole(now.held_parcels));
    let held_rows = if now.held_parcels == 0 {
        empty(context.say(Word::ParcelsNoneHeld))
    } else {
        rows(context, &held)
    };
    join(&[
        fill(
            CARD,
            &[
                text("missing"),
                text(context.say(Word::ParcelsWaiting)),
                text(""),
                rows(context, &waiting),
            ],
        ),
        fill(
            CARD,
            &[
                text("held"),
                text(context.say(Word::ParcelsHeld)),
                all_held,
                held_rows,
            ],
        ),
    ])
}

/// Lines with a bar each, against the longest of them.
fn rows(context: Context, of: &[(&str, String, u64, String)]) -> Markup {
    let most = of.iter().map(|(_, _, count, _)| *count).max().unwrap_or(0).max(1);
    let mut rows = Vec::new();
    for (code, words, count, href) in of {
        let gaps = [
            text(code),
            text(if *count == 0 { "true" } else { "false" }),
            text(words),
            bar(0.0, *count as f64 / most as f64),
            listed(context, href, &format::whole(*count)),
        ];
        rows.push(fill(ROW, &gaps));
    }
    fill("<ul class=\"parcels-bars\">{}</ul>", &[join(&rows)])
}
