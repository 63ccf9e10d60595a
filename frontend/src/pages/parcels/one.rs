//! `/parcels/{order}`: one parcel with its documents side by side.

use super::act::act;
use super::documents;
use super::history::history;
use super::words::{mode, reason_marks, state_mark, without};
use crate::address::Page;
use crate::client::{CallError, calls};
use crate::components::markup::{Markup, bar, fact, fill, join, link, mark, nothing, optional_fact, text};
use crate::components::patched::patched;
use crate::components::reactive::{changing, whether};
use crate::components::shell::part;
use crate::components::states::{failed_words, framed};
use crate::context::{Context, context};
use crate::i18n::money::exact;
use crate::i18n::{Word, format};
use crate::live::{Answer, Followed, Topic, ask, ask_again};
use leptos::prelude::*;
use shared::access::Right;
use shared::wire::parcels::{BuyersYear, Parcel};

/// A parcel is asked for again no sooner than this, in milliseconds.
const FRESH_MS: f64 = 3_000.0;

/// What is known of the parcel that is shown.
pub type Shown = Followed<Answer<Parcel>>;

/// One parcel.
#[inline(never)]
pub fn one(order: String) -> AnyView {
    let context = context();
    let asked = order.clone();
    let parcel = ask::<Parcel>(move || calls::parcel(&asked, ""));
    ask_again(
        context.live,
        Topic::Parcels,
        FRESH_MS,
        // Which parcel changed is not told.
        Box::new(|_| true),
        parcel.core(),
    );
    let title = order.clone();
    let head = move || parcel.with(|parcel| head(context, &title, parcel.map(|parcel| &parcel.0)));
    // Told only when it changes: what is typed below stays there while the parcel is asked for again.
    let unknown = whether(move || {
        let core = parcel.core();
        let status = core
            .error
            .with(|error| error.as_ref().and_then(CallError::status));
        status == Some(404) && !core.is_there()
    });
    let content = changing(move || {
        if unknown.get() {
            let words = context.fill(Word::ParcelsNever, &order);
            let hint = context.say(Word::ParcelsNeverHint).to_owned();
            return failed_words(context, words, hint, None);
        }
        framed(parcel.core(), move || content(context, parcel))
    });
    let parts = vec![patched("page-head", head), content];
    part("section", "page parcels parcel", parts)
}

fn head(context: Context, order: &str, parcel: Option<&Parcel>) -> Markup {
    let state = parcel.map_or_else(nothing, |parcel| state_mark(context, parcel.item.state));
    let back = match context.may(Right::Stays) {
        true => {
            let href = context.address.link(&Page::Parcels, &[("view", "list")]);
            link(&href, text(context.say(Word::ParcelsList)))
        }
        false => nothing(),
    };
    let gaps = [text(&context.fill(Word::ParcelOf, order)), state, back];
    fill("<h1>{} {}</h1><p>{}</p>", &gaps)
}

fn content(context: Context, parcel: Shown) -> AnyView {
    let show = move |class, markup: fn(Context, &Parcel) -> Markup| {
        patched(class, move || {
            parcel.with(|parcel| parcel.map_or_else(nothing, |parcel| markup(context, &parcel.0)))
        })
    };
    let acting = match context.may(Right::Act) {
        true => act(context, parcel),
        false => ().into_any(),
    };
    let parts = vec![
        show("", summary),
        acting,
        show("", documents::documents),
        show("parcels-stuck", year_and_history),
    ];
    parts.into_any()
}

fn summary(context: Context, parcel: &Parcel) -> Markup {
    let item = &parcel.item;
    let language = context.language;
    let why = match item.missing.is_empty() {
        true => nothing(),
        false => mark(&without(context, &item.missing), true),
    };
    let why = why.then(reason_marks(context, &item.reasons));
    let value = item.value_fen.map(|fen| exact(language, fen));
    let took = item
        .seconds
        .map(|seconds| format::duration_or_dash(language, Some(seconds)));
    let stamp = |time: Option<_>| time.map(format::stamp);
    let facts = [
        optional_fact(context, Word::ParcelsPlatform, item.platform.as_deref()),
        fact(context, Word::ParcelsMode, text(&mode(context, item.mode))),
        optional_fact(context, Word::ParcelsPark, item.park.as_deref()),
        optional_fact(context, Word::ParcelsWaybill, item.waybill.as_deref()),
        optional_fact(context, Word::ParcelsValueOf, value.as_deref()),
        fact(context, Word::ParcelsFirst, text(&format::stamp(item.first_at))),
        optional_fact(
            context,
            Word::ParcelsReceivedAt,
            stamp(item.received_at).as_deref(),
        ),
        optional_fact(context, Word::ParcelsDecidedAt, stamp(item.decided_at).as_deref()),
        optional_fact(context, Word::ParcelsTook, took.as_deref()),
    ];
    let why = match why == nothing().then(nothing()) {
        true => nothing(),
        false => fill("<p class=\"parcel-why\" data-part=\"why\">{}</p>", &[why]),
    };
    fill(
        "<section class=\"card\" data-part=\"summary\">{}<dl class=\"facts\">{}</dl></section>",
        &[why, join(&facts)],
    )
}

fn year_and_history(context: Context, parcel: &Parcel) -> Markup {
    let year = parcel
        .year
        .as_ref()
        .map_or_else(nothing, |year| year_of(context, year));
    join(&[year, history(context, parcel)])
}

/// The buyer's year against what it may be.
fn year_of(context: Context, year: &BuyersYear) -> Markup {
    let amount = |fen: u64| exact(context.language, fen);
    let limit = year.limit_fen.max(1) as f64;
    let over = year.with_this_fen > year.limit_fen;
    let told = match over {
        true => mark(
            &context.fill(Word::ParcelsYearOver, amount(year.with_this_fen - year.limit_fen)),
            true,
        ),
        false => text(&context.fill(Word::ParcelsYearLeft, amount(year.limit_fen - year.with_this_fen))),
    };
    let gaps = [
        text(&context.fill(Word::ParcelsYear, year.year)),
        bar(0.0, year.with_this_fen as f64 / limit),
        told,
        fact(context, Word::ParcelsYearWith, text(&amount(year.with_this_fen))),
        fact(context, Word::ParcelsYearLimit, text(&amount(year.limit_fen))),
        fact(context, Word::ParcelsYearTotal, text(&amount(year.total_fen))),
        fact(
            context,
            Word::ParcelsYearOrders,
            text(&format::whole(year.orders)),
        ),
    ];
    fill(
        "<section class=\"card\" data-part=\"year\"><h2>{}</h2>{}<p>{}</p><dl class=\"facts\">{}{}{}{}</dl></section>",
        &gaps,
    )
}
