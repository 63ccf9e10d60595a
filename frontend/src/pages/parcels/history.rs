//! What happened to a parcel, oldest first.

use super::words::{code, document, reason_marks, state_mark};
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::components::states::empty;
use crate::context::Context;
use crate::i18n::{Word, format};
use shared::wire::parcels::{Parcel, ParcelStep};

/// The list.
pub fn history(context: Context, parcel: &Parcel) -> Markup {
    let mut steps = Vec::new();
    for one in &parcel.history {
        steps.push(step(context, one));
    }
    let inner = match steps.is_empty() {
        true => empty(context.say(Word::NoEntries)),
        false => fill("<ol class=\"parcel-history\">{}</ol>", &[join(&steps)]),
    };
    fill(
        "<section class=\"card\" data-part=\"history\"><h2>{}</h2>{}</section>",
        &[text(context.say(Word::History)), inner],
    )
}

fn step(context: Context, step: &ParcelStep) -> Markup {
    let what = code(context, "step", &step.what);
    let what = match step.document {
        Some(kind) => [&document(context, kind), " ", &what].concat(),
        None => what,
    };
    let state = step
        .state
        .map_or_else(nothing, |state| state_mark(context, state));
    let remark = step
        .remark
        .as_ref()
        .map_or_else(nothing, |remark| fill("<q>{}</q>", &[text(remark)]));
    let by = step
        .by
        .as_ref()
        .map_or_else(nothing, |by| fill("<b>{}</b>", &[text(by)]));
    let gaps = [
        text(&step.what),
        text(&format::stamp(step.at)),
        text(&what),
        state
            .then(reason_marks(context, &step.reasons))
            .then(by)
            .then(remark),
    ];
    fill(
        "<li data-step=\"{}\"><time>{}</time><span class=\"what\">{}</span><span>{}</span></li>",
        &gaps,
    )
}
