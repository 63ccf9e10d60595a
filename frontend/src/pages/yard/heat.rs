//! How much was moved in each block in the hour before the moment that is shown.

use super::looks::Looks;
use super::replay::Replay;
use crate::client::calls;
use crate::components::reactive::{changing, effect};
use crate::context::Context;
use crate::live::ask;
use crate::yard_map::palette::ColourBy;
use leptos::prelude::*;
use shared::time::{HOUR, MINUTE, Time};
use shared::wire::replay::YardMoves;
use shared::yard::Layout;
use std::sync::Arc;

/// Asks for it while it is to be seen, once a minute.
pub fn heat(context: Context, replay: Replay, looks: Looks, layout: Arc<Layout>) -> AnyView {
    let by = context.address.parameter("colour");
    let is_shown = Memo::new(move |_| ColourBy::of(by.get().as_deref()) == ColourBy::Moves);
    changing(move || {
        if !is_shown.get() {
            looks.heat.change(Vec::clear);
            return ().into_any();
        }
        let query = context.call();
        let hour = Memo::new(move |_| {
            let now = replay
                .told
                .get()
                .or_else(|| context.live.now.get().map(|now| now.0));
            now.map(|now| now - now % MINUTE)
        });
        let moves = ask::<YardMoves>(move || {
            let bounds = hour.get().map(|to| {
                let local = |at| untrack(|| context.sites.local(Time(at))).to_string();
                (local(to - HOUR), local(to))
            });
            let (from, to) = bounds.unzip();
            calls::yard_moves(
                &query
                    .clone()
                    .with("from", from.as_deref())
                    .with("to", to.as_deref()),
            )
        });
        let layout = layout.clone();
        effect(move || {
            moves.with(|moves| {
                let Some(moves) = moves else {
                    return;
                };
                let most = moves.0.rows.iter().map(|row| row.moves).max().unwrap_or(0).max(1) as f64;
                let share = |name: &str| {
                    let row = moves.0.rows.iter().find(|row| row.block == name);
                    row.map_or(0.0, |row| row.moves as f64 / most)
                };
                let shares = layout.blocks().iter().map(|block| share(&block.name)).collect();
                looks.heat.change(|heat| *heat = shares);
            });
        });
        ().into_any()
    })
}
