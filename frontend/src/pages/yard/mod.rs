//! `/yard`: the map of the port, one block of it, one bay of that, and the same as tables.

/// One block: its bays, a bay's cross-section, its boxes.
mod block;
/// One block's boxes, as snapshot and changes.
mod boxes;
/// A bay's rows and tiers.
mod cross_section;
/// What the colours mean, with counts.
pub mod legend;
/// The map itself.
mod map;
/// The blocks as a table.
mod table;

use crate::address::Query;
use crate::client::{CallError, calls, understood};
use crate::components::markup::fill;
use crate::components::reactive::{changing, effect};
use crate::components::select::{select, worded};
use crate::components::shell::{part, say, written};
use crate::components::states::framed;
use crate::context::{Context, context};
use crate::i18n::Word;
use crate::live::{Topic, ask, follow};
use crate::yard_map::palette::ColourBy;
use crate::yard_map::states::Yard as YardState;
use block::block_view;
use legend::legend;
use leptos::prelude::*;
use map::map;
use shared::yard::Layout;
use std::sync::Arc;
use table::block_table;

/// The yard.
pub fn yard() -> AnyView {
    let context = context();
    let query = context.call();
    let asked = query.clone();
    // The layout changes once in years; one page asks for it once.
    let layout = ask::<Arc<Layout>>(move || calls::layout(&asked));
    let content = move || match layout.with_untracked(|layout| layout.map(|layout| layout.0.clone())) {
        Some(layout) => of_layout(context, layout, query.clone()),
        None => ().into_any(),
    };
    let colours = [
        (ColourBy::Cargo.name(), Word::ByCargo),
        (ColourBy::Released.name(), Word::ByReleased),
        (ColourBy::Direction.name(), Word::ByDirection),
        (ColourBy::Alarm.name(), Word::ByAlarm),
        (ColourBy::Height.name(), Word::ByHeight),
    ];
    let head = vec![
        written(
            "contents",
            fill("<h1>{}</h1>", &[say(context.language, Word::Yard)]),
        ),
        select(context, "colour", Word::ColourBy, worded(context, &colours)),
    ];
    let parts = vec![part("div", "page-head", head), framed(layout.core(), content)];
    part("section", "page yard", parts)
}

fn of_layout(context: Context, layout: Arc<Layout>, query: Query) -> AnyView {
    let known = layout.clone();
    let read = move |text: &str| {
        let now = understood(text)?;
        YardState::new(known.clone(), &now)
            .ok_or_else(|| CallError::Shape("the states are no base64".to_owned()))
    };
    let yard = follow(context.live, &[Topic::Yard], move || calls::yard(&query), read);
    let block = context.address.parameter("block");
    let slot = context.address.parameter("slot");
    let pattern = layout.pattern.clone();
    // An alarm's link names the slot; the block and bay of it are read from its address.
    effect(move || {
        if let Some(address) = slot.get().and_then(|slot| pattern.read(&slot)) {
            let bay = address.bay.to_string();
            context
                .address
                .replace(&[("block", Some(&address.block)), ("bay", Some(&bay))]);
        }
    });
    framed(yard.core(), move || {
        let layout = layout.clone();
        let block = changing(move || match block.get() {
            Some(name) => block_view(context, name, &layout),
            None => ().into_any(),
        });
        let side = vec![map(context, yard), legend(context, yard)];
        let both = vec![part("div", "map-side", side), block];
        let parts = vec![part("div", "map-and-block", both), block_table(context, yard)];
        parts.into_any()
    })
}
