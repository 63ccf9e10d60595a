//! Documents side by side: a row for each field, a column for each document, and what differs marked by shape and word.

use super::words::{code, document, reason, value};
use crate::components::markup::{Markup, fill, join, mark, nothing, text};
use crate::context::Context;
use crate::i18n::{Word, format};
use shared::wire::parcels::{ComparedField, DocumentKind, Parcel, ParcelDocument};

const PART: &str = "<section class=\"card\" data-part=\"documents\"><h2>{}</h2>\
                    <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">\
                    <table class=\"data compared\"><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th>{}</tr></thead>\
                    <tbody>{}</tbody></table></div></section>";
const HEAD: &str =
    "<th scope=\"col\" data-document=\"{}\" data-missing=\"{}\"><span class=\"document\">{}</span>{}</th>";
const FACTS: &str = "<dl class=\"document-facts\"><div><dt class=\"unseen\">{}</dt><dd>{}</dd></div><div><dt class=\"unseen\">{}</dt><dd>{}</dd></div>\
                     <div><dt class=\"unseen\">{}</dt><dd>{}</dd></div></dl>{}";
const ROW: &str = "<tr data-key=\"{}\" data-differs=\"{}\"><th scope=\"row\">{}</th><td>{}</td>{}</tr>";
const CELL: &str = "<td data-document=\"{}\" data-name=\"{}\"><span class=\"{}\">{}</span></td>";

/// The table.
pub fn documents(context: Context, parcel: &Parcel) -> Markup {
    let mut heads = Vec::new();
    for kind in DocumentKind::ALL {
        let found = parcel.documents.iter().find(|document| document.kind == *kind);
        heads.push(head(context, *kind, found));
    }
    let mut rows = Vec::new();
    // What differs comes first; among the others the order of the answer holds.
    let (differing, same): (Vec<_>, Vec<_>) = parcel.fields.iter().partition(|field| field.reason.is_some());
    for field in differing.into_iter().chain(same) {
        rows.push(row(context, field));
    }
    let gaps = [
        text(context.say(Word::ParcelsSideBySide)),
        text(context.say(Word::ParcelsSideBySide)),
        text(context.say(Word::ParcelsField)),
        text(context.say(Word::ParcelsAgrees)),
        join(&heads),
        join(&rows),
    ];
    fill(PART, &gaps)
}

fn head(context: Context, kind: DocumentKind, found: Option<&ParcelDocument>) -> Markup {
    let name = text(&document(context, kind));
    let Some(found) = found else {
        let gaps = [
            text(kind.name()),
            text("true"),
            name,
            fill(
                "<p class=\"awaited\">{}</p>",
                &[text(context.say(Word::ParcelsNotHere))],
            ),
        ];
        return fill(HEAD, &gaps);
    };
    let mut marks = Vec::new();
    if found.withdrawn {
        marks.push(mark(context.say(Word::ParcelsWithdrawn), true));
    }
    if found.versions > 1 {
        marks.push(mark(&context.fill(Word::ParcelsVersions, found.versions), false));
    }
    let sender = match &found.enterprise {
        Some(enterprise) => [&found.source, " · ", enterprise].concat(),
        None => found.source.clone(),
    };
    let facts = [
        text(context.say(Word::Source)),
        text(&sender),
        text(context.say(Word::NumberColumn)),
        text(&found.id),
        text(context.say(Word::ParcelsIssued)),
        text(&format::stamp(found.updated_at.unwrap_or(found.at))),
        join(&marks),
    ];
    fill(
        HEAD,
        &[text(kind.name()), text("false"), name, fill(FACTS, &facts)],
    )
}

fn row(context: Context, field: &ComparedField) -> Markup {
    let odd = odd_ones(field);
    let differ = field.values.windows(2).any(|two| !is_same(&two[0].1, &two[1].1));
    let mut cells = Vec::new();
    for kind in DocumentKind::ALL {
        let said: Vec<usize> = (0..field.values.len())
            .filter(|place| field.values[*place].0 == *kind)
            .collect();
        let mut words = Vec::new();
        for place in &said {
            words.push(value(context, &field.field, &field.values[*place].1));
        }
        let class = match said.iter().any(|place| odd.contains(place)) {
            true if differ => "differs",
            true => "differs over",
            false => "same",
        };
        let shown = match words.is_empty() {
            true => nothing(),
            false => text(&words.join(", ")),
        };
        cells.push(fill(
            CELL,
            &[
                text(kind.name()),
                text(&document(context, *kind)),
                text(class),
                shown,
            ],
        ));
    }
    let told = match field.reason {
        Some(why) => mark(&reason(context, why), true),
        None if field.values.len() > 1 => fill(
            "<span class=\"agrees\">{}</span>",
            &[text(context.say(Word::ParcelsSame))],
        ),
        None => nothing(),
    };
    let gaps = [
        text(&field.field),
        text(if field.reason.is_some() { "true" } else { "false" }),
        text(&code(context, "field", &field.field)),
        told,
        join(&cells),
    ];
    fill(ROW, &gaps)
}

fn is_same(one: &str, other: &str) -> bool {
    one.trim().eq_ignore_ascii_case(other.trim())
}

/// Which values are to be marked: those that most others contradict; all, where none is alone or it is not about another
/// value.
fn odd_ones(field: &ComparedField) -> Vec<usize> {
    if field.reason.is_none() {
        return Vec::new();
    }
    let all = || (0..field.values.len()).collect();
    let agreeing = |place: usize| {
        let own = &field.values[place].1;
        field
            .values
            .iter()
            .filter(|(_, value)| is_same(own, value))
            .count()
    };
    let most = (0..field.values.len()).map(agreeing).max().unwrap_or(0);
    let odd: Vec<usize> = (0..field.values.len())
        .filter(|place| agreeing(*place) < most)
        .collect();
    // More than half have to agree to be right against the others.
    match !odd.is_empty() && most * 2 > field.values.len() {
        true => odd,
        false => all(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::wire::parcels::ParcelReason;

    fn field(values: &[&str], reason: Option<ParcelReason>) -> ComparedField {
        let values = DocumentKind::ALL
            .iter()
            .copied()
            .zip(values.iter().map(|value| (*value).to_owned()));
        ComparedField {
            field: "buyer_name".to_owned(),
            values: values.collect(),
            reason,
        }
    }

    #[test]
    fn the_one_that_the_others_contradict_is_marked() {
        let differs = Some(ParcelReason::BuyerNameDiffers);
        assert_eq!(odd_ones(&field(&["Zhang", "zhang ", "Li"], differs)), [2]);
        assert_eq!(odd_ones(&field(&["Zhang", "Li"], differs)), [0, 1]);
        assert_eq!(
            odd_ones(&field(&["6000"], Some(ParcelReason::OverOrderLimit))),
            [0]
        );
        assert_eq!(odd_ones(&field(&["Zhang", "Li"], None)), [0_usize; 0]);
    }
}
