//! A bay as it is seen from its end: rows beside each other, tiers above each other.

use super::boxes::{Boxes, Standing};
use crate::address::Page;
use crate::context::{Context, context};
use crate::i18n::Word;
use crate::live::Followed;
use crate::yard_map::palette::{Class, ColourBy};
use leptos::prelude::*;

/// The cross-section of a bay.
#[component]
pub fn CrossSection(
    /// The boxes of its block.
    boxes: Followed<Boxes>,
    /// The bay.
    bay: u16,
    /// Rows of the block.
    rows: u16,
    /// Tiers of the block.
    tiers: u16,
) -> impl IntoView {
    let context = context();
    let by = context.address.parameter("colour");
    let wanted = context.address.parameter("slot");
    let title = context.fill(Word::CrossSection, bay);
    let row_heads = (1..=rows).map(|row| view! { <th scope="col">{row}</th> });
    let body = move || {
        let (by, wanted) = (ColourBy::of(by.get().as_deref()), wanted.get());
        boxes.data.with(|boxes| {
            // The highest tier stands on top, as it does in the yard.
            let lines = (1..=tiers).rev().map(|tier| {
                let cells = (1..=rows).map(|row| {
                    let found: Vec<&Standing> =
                        boxes.iter().flat_map(|boxes| boxes.at(bay, row, tier)).collect();
                    cell(context, by, wanted.as_deref(), &found)
                });
                view! { <tr><th scope="row">{tier}</th>{cells.collect_view()}</tr> }
            });
            lines.collect_view()
        })
    };
    view! {
        <div class="scroll">
            <table class="cross-section">
                <caption>{title}</caption>
                <tbody>{body}</tbody>
                <tfoot><tr><td></td>{row_heads.collect_view()}</tr></tfoot>
            </table>
        </div>
    }
}

fn cell(context: Context, by: ColourBy, wanted: Option<&str>, found: &[&Standing]) -> impl IntoView + use<> {
    if found.is_empty() {
        return view! { <td class="slot" data-class="empty"><span class="unseen">{context.say(Word::EmptySlot)}</span></td> }
            .into_any();
    }
    let boxes = found.iter().map(|standing| {
        let class = Class::of(by, standing.state);
        let href = context.address.link(&Page::Container(standing.container.clone()), &[]);
        let is_wanted = wanted == Some(standing.slot.as_str());
        let alarm = standing.state.has_alarm().then(|| context.say(Word::WithAlarm));
        let title = [Some(standing.slot.as_str()), Some(context.term(standing.state.cargo())), alarm];
        let title = title.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        view! {
            <a href=href data-class=class.token() data-slot=standing.slot.clone() class:wanted=is_wanted title=title>
                {standing.container.clone()}
            </a>
        }
    });
    view! { <td class="slot">{boxes.collect_view()}</td> }.into_any()
}
