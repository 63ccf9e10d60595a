//! `/wall`: for a room that looks from eight metres and never touches anything.
//!
//! All scenes lie upon each other on the stage ([`stage`]), each with its data; one is seen ([`rotation`]). Type is as
//! large as the distance asks for ([`sizes`]), and what there is no room for then is left out ([`fit`]).

/// Keeping the display awake.
mod awake;
/// A ruler on the screen.
mod calibrate;
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
use leptos::prelude::*;
use plan::Plan;

/// The wall.
#[inline(never)]
pub fn wall() -> AnyView {
    let context = context();
    let asked = changed_text(move || Some(context.address.query().to_string()));
    changing(move || {
        asked.with(|_| ());
        let query = context.address.query_now();
        let plan = Plan::read(&query);
        if plan::has(&query, "calibrate") {
            calibrate::calibrate(context, plan)
        } else {
            stage::stage(context, plan)
        }
    })
}
