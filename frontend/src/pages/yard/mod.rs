//! `/yard`: the map of the port, one block of it, one bay of that, and the same as tables.

/// One block: its bays, a bay's cross-section, its boxes.
mod block;
/// One block's boxes, as snapshot and changes.
mod boxes;
/// A bay's rows and tiers.
mod cross_section;
/// What the colours mean, with counts.
mod legend;
/// The map itself.
mod map;
/// The blocks as a table.
mod table;

use crate::client::CallError;
use crate::client::calls;
use crate::components::select::select;
use crate::components::states::framed;
use crate::context::context;
use crate::i18n::Word;
use crate::live::{Topic, follow};
use crate::yard_map::palette::ColourBy;
use crate::yard_map::states::Yard as YardState;
use block::block_view;
use legend::legend;
use leptos::prelude::*;
use map::map;
use shared::yard::Layout;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use table::block_table;

/// The yard.
pub fn yard() -> AnyView {
    let context = context();
    let query = context.call();
    // The layout changes once in years; one page asks for it once.
    let known: Rc<RefCell<Option<Arc<Layout>>>> = Rc::default();
    let fetch = move || {
        let (query, known) = (query.clone(), known.clone());
        async move {
            let before = known.borrow().clone();
            let layout = match before {
                Some(layout) => layout,
                None => Arc::new(calls::layout(query.clone()).await?),
            };
            known.replace(Some(layout.clone()));
            let now = calls::yard(query).await?;
            YardState::new(layout, &now)
                .ok_or_else(|| CallError::Shape("the states are no base64".to_owned()))
        }
    };
    let yard = follow(context.live, &[Topic::Yard], fetch);
    let by = context.address.parameter("colour");
    let by = Memo::new(move |_| ColourBy::of(by.get().as_deref()));
    let block = context.address.parameter("block");
    let slot = context.address.parameter("slot");
    // An alarm's link names the slot; the block and bay of it are read from its address.
    Effect::new(move |_| {
        let Some(slot) = slot.get() else {
            return;
        };
        let address = yard
            .data
            .with(|yard| yard.as_ref().and_then(|yard| yard.layout.pattern.read(&slot)));
        if let Some(address) = address {
            let bay = address.bay.to_string();
            context
                .address
                .replace(&[("block", Some(&address.block)), ("bay", Some(&bay))]);
        }
    });
    let colours = ColourBy::ALL.map(|choice| {
        let word = match choice {
            ColourBy::Cargo => Word::ByCargo,
            ColourBy::Released => Word::ByReleased,
            ColourBy::Direction => Word::ByDirection,
            ColourBy::Alarm => Word::ByAlarm,
            ColourBy::Height => Word::ByHeight,
        };
        (choice.name(), context.say(word).to_owned())
    });
    let content = move || {
        let block = move || block.get().map(|name| block_view(name, yard));
        view! {
            <div class="map-and-block">
                <div class="map-side">
                    {map(context, yard, by)}
                    {legend(context, yard, by)}
                </div>
                {block}
            </div>
            {block_table(context, yard)}
        }
        .into_any()
    };
    view! {
        <section class="page yard">
            <div class="page-head">
                <h1>{context.say(Word::Yard)}</h1>
                {select(context, "colour", Word::ColourBy, colours.to_vec())}
            </div>
            {framed(yard, content)}
        </section>
    }
    .into_any()
}
