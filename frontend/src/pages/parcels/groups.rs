//! Today by platform, mode and park, and who sends.

use super::behind::Behind;
use super::listed_number;
use super::words::{code, document};
use crate::components::markup::{Markup, fill, join, mark, nothing, number, table, text};
use crate::components::states::empty;
use crate::context::Context;
use crate::i18n::{Word, format};
use leptos::prelude::*;
use shared::wire::parcels::{ParcelParty, ParcelShare, ParcelsNow};

const CARD: &str = "<section class=\"card\" data-part=\"{}\"><h2>{}</h2>{}</section>";

/// So many times its usual share of mismatches is said of a party.
const TWICE: f64 = 2.0;

/// Three cards beside each other.
pub fn groups(context: Context, now: &ParcelsNow) -> Markup {
    let behind = Behind::of(context, now);
    join(
        &[
            ("platform", Word::ParcelsPlatform, &now.platforms),
            ("park", Word::ParcelsPark, &now.parks),
            ("mode", Word::ParcelsMode, &now.modes),
        ]
        .map(|(name, word, shares)| {
            let gaps = [
                text(name),
                text(context.say(word)),
                shares_of(context, &behind, name, word, shares),
            ];
            fill(CARD, &gaps)
        }),
    )
}

fn shares_of(context: Context, behind: &Behind, name: &str, word: Word, shares: &[ParcelShare]) -> Markup {
    if shares.is_empty() {
        return empty(context.say(Word::NoneToday));
    }
    let columns = [
        (word, false),
        (Word::Released, true),
        (Word::ParcelsAmount, true),
        (Word::ParcelsInTime, true),
        (Word::ParcelsWaits, true),
    ];
    let mut rows = Vec::new();
    for share in shares {
        let one = [(name, share.name.as_str())];
        let words = code(context, name, &share.name);
        let gaps = [
            text(&words),
            listed_number(context, &behind.released(&one), &format::whole(share.released)),
            number(&format::whole(share.released_fen / 100)),
            number(&format::percent_or_dash(share.within_target)),
            listed_number(context, &behind.queue(&one), &format::whole(share.queue)),
        ];
        rows.push(fill("<tr><th scope=\"row\">{}</th>{}{}{}{}</tr>", &gaps));
    }
    table(context, word, &columns, join(&rows))
}

/// Who sends: how old the last of it is, and how much of it does not agree against what is usual.
pub fn parties(context: Context, now: &ParcelsNow) -> Markup {
    let columns = [
        (Word::Source, false),
        (Word::ParcelsSends, false),
        (Word::ParcelsDocuments, true),
        (Word::ParcelsHeard, true),
        (Word::ParcelsMismatch, true),
        (Word::ParcelsUsual, true),
    ];
    let mut rows = Vec::new();
    for party in &now.parties {
        rows.push(row(context, now, party));
    }
    let inner = if rows.is_empty() {
        empty(context.say(Word::ParcelsNoParty))
    } else {
        table(context, Word::ParcelsParties, &columns, join(&rows))
    };
    let gaps = [text("parties"), text(context.say(Word::ParcelsParties)), inner];
    fill(CARD, &gaps)
}

fn row(context: Context, now: &ParcelsNow, party: &ParcelParty) -> Markup {
    let kinds: Vec<String> = party.kinds.iter().map(|kind| document(context, *kind)).collect();
    let clock = context
        .live
        .now
        .get()
        .map_or(now.at.at, |clock| clock.max(now.at.at));
    let age = clock.seconds_since(party.heard_at.at).max(0);
    let silent = match party.silent {
        true => mark(context.say(Word::ParcelsSilent), true),
        false => nothing(),
    };
    let (rate, usual) = (party.mismatch_rate, party.usual_rate);
    let is_odd = rate
        .zip(usual)
        .is_some_and(|(rate, usual)| rate > 0.0 && rate >= usual * TWICE);
    let odd = match is_odd {
        true => mark(context.say(Word::ParcelsTwice), true),
        false => nothing(),
    };
    let gaps = [
        text(&party.source),
        text(&party.source),
        text(&kinds.join(", ")),
        number(&format::whole(party.documents)),
        silent.then(text(&format::duration(context.language, age))),
        odd.then(text(&fine(rate))),
        number(&fine(usual)),
    ];
    fill(
        "<tr data-key=\"{}\"><th scope=\"row\">{}</th><td>{}</td>{}<td class=\"number\">{}</td>\
         <td class=\"number\">{}</td>{}</tr>",
        &gaps,
    )
}

/// A small share, to the thousandth of a percent: most parties err in fewer than one of a hundred.
fn fine(share: Option<f64>) -> String {
    share.map_or_else(
        || "—".to_owned(),
        |share| [&format::thousandths(share * 100.0), " %"].concat(),
    )
}
