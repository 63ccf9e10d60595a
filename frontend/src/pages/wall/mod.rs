//! `/wall`: for a room that looks from eight metres and never touches anything.
//!
//! All scenes lie upon each other on the stage ([`stage`]), each with its data; one is seen ([`rotation`]). Type is as
//! large as the distance asks for ([`sizes`]), and what there is no room for then is left out ([`fit`]).

/// Keeping the display awake.
mod awake;
/// A ruler on the screen.
mod calibrate;
/// Showing a token, and what is said while it is not taken.
mod door;
/// Leaving out what there is no room for.
mod fit;
/// What is always there: clock, age of the data, connection.
mod frame;
/// Courses and bars.
mod graph;
/// What the address asks for.
mod plan;
/// Which scene is seen.
mod rotation;
/// What a scene shows.
mod scenes;
/// Making the address of a wall.
pub mod setup;
/// Against burn-in.
mod shift;
/// How large type has to be.
mod sizes;
/// Answers that are kept fresh.
mod source;
/// The scenes upon each other, and what comes with time.
mod stage;
/// New urgent alarms.
mod takeover;
/// Whether the server has a newer page.
mod version;

use crate::components::reactive::{changed_text, changing};
use crate::context::context;
use crate::i18n::Word;
use leptos::{ev, prelude::*};
use plan::Plan;

/// The wall.
#[inline(never)]
pub fn wall() -> AnyView {
    let context = context();
    let asked = changed_text(move || Some(context.address.query().to_string()));
    // Another token in the address is another wall.
    let turned = RwSignal::new(0_u32);
    let turn = window_event_listener(ev::hashchange, move |_| {
        turned.update(|turned| *turned = turned.wrapping_add(1));
    });
    on_cleanup(move || turn.remove());
    changing(move || {
        asked.with(|_| ());
        turned.track();
        if door::is_needed(context) {
            return door::door(context);
        }
        let query = context.address.query_now();
        let session = context.session;
        let scenes = session.peek(|told| told.and_then(|told| told.scenes.clone()));
        let plan = Plan::read(&query);
        let plan = plan.seen_by(&query, scenes.as_deref(), &|right| context.may(right));
        if plan.scenes.is_empty() {
            return door::closed(context, Word::WallNoScene, Word::WallNoSceneHint);
        }
        if plan::has(&query, "calibrate") {
            calibrate::calibrate(context, plan)
        } else {
            stage::stage(context, plan)
        }
    })
}
