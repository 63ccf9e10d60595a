//! New urgent alarms before everything else: what, where, since when; several are counted and listed.

use super::alarms::{place, row, since};
use super::outline::port;
use crate::components::alarm::{short, what};
use crate::components::block::block_of;
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::components::reactive::{effect, whether};
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::pages::wall::fit::{MOST, fitted};
use crate::pages::wall::frame::moment;
use crate::pages::wall::stage::Stage;
use crate::pages::wall::takeover::Takeover;
use leptos::html::Div;
use leptos::prelude::*;
use shared::wire::alarm::Alarm;

const ONE: &str = "<p class=\"wall-kind\" data-big=\"1\">{}</p><p class=\"wall-what\" data-drop=\"5\">{}</p>\
                   <p class=\"wall-place\">{}</p><p class=\"wall-when\">{}</p>";
const ALL: &str = "<section class=\"wall-new\"><h2><i class=\"wall-shape\" data-priority=\"high\"></i><span>{}</span></h2>\
                   {}</section><section class=\"wall-map-of\" data-drop=\"{}\">{}</section>";

/// The layer; nothing of it is seen while nothing is new.
pub fn takeover(stage: Stage) -> AnyView {
    let node = NodeRef::<Div>::new();
    let has_screen = whether(move || stage.takeover.look(Takeover::has_screen));
    effect(move || {
        let seen = if has_screen.get() { "true" } else { "false" };
        if let Some(node) = node.get() {
            // A plain name is always taken.
            let _ = node.set_attribute("data-seen", seen);
        }
    });
    let inner = fitted("wall-takeover wall-body", stage.resized, move || {
        stage.minute.with(|_| ());
        stage.takeover.look(|takeover| match takeover.alarms.as_slice() {
            [] => nothing(),
            alarms => show(stage, alarms),
        })
    });
    block_of("scene takeover", Some("takeover"), node, vec![inner])
}

fn show(stage: Stage, alarms: &[Alarm]) -> Markup {
    let context = stage.context;
    let (head, inner, drop) = match alarms {
        [alarm] => {
            let head = context.say(Word::WallNewAlarm).to_owned();
            (head, one(context, alarm), "6")
        }
        several => {
            let mut rows = Vec::new();
            for (index, alarm) in several.iter().enumerate() {
                rows.push(row(stage, alarm, index.min(MOST - 6)));
            }
            let head = context.fill(Word::WallNewAlarms, format::whole(several.len() as u64));
            let rows = fill("<ol class=\"wall-list\">{}</ol>", &[join(&rows)]);
            // Before an alarm is left out the map is.
            (head, rows, "19")
        }
    };
    let mut blocks = Vec::new();
    for alarm in alarms {
        blocks.extend(alarm.block.as_deref());
    }
    let map = stage.layout.with(|layout| match layout {
        Some(layout) if !blocks.is_empty() => port(&layout.0, &blocks),
        _ => nothing(),
    });
    fill(ALL, &[text(&head), inner, text(drop), map])
}

fn one(context: Context, alarm: &Alarm) -> Markup {
    let when = context.fill(Word::WallSince, moment(context, alarm.raised_at));
    let when = [when.as_str(), &since(context, alarm)].join(" · ");
    let gaps = [
        text(short(context.language, alarm.kind)),
        text(&what(context, alarm)),
        place(alarm),
        text(&when),
    ];
    fill(ONE, &gaps)
}
