//! A ruler on the screen: whether lengths are what they are said to be, and what to put into the address if not.

use super::plan::Plan;
use super::sizes::MM_PER_METRE;
use super::stage::{cap_of, measured, pixels, screen_of, set};
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::components::planted::{find, planted};
use crate::components::shell::part_with;
use crate::context::Context;
use crate::i18n::{Word, format};
use leptos::ev;
use leptos::prelude::*;
use web_sys::HtmlElement;

/// How long the bar has to be.
const BAR_MM: f64 = 200.0;
/// What it could be instead, in percent of that.
const OFF: [u32; 6] = [85, 90, 95, 105, 110, 115];
/// By how much a key changes it.
const STEP: f64 = 0.005;

const RULER: &str = "<i class=\"wall-cap\"></i><h1>{}</h1><p>{}</p>\
                     <div class=\"wall-bar\" data-part=\"bar\"></div><p class=\"wall-smallest\">{}</p>{}\
                     <dl class=\"wall-numbers\"></dl><table class=\"wall-off\"><tbody>{}</tbody></table><p>{}</p>";

/// The ruler of an address.
pub fn calibrate(context: Context, plan: Plan) -> AnyView {
    let keys = {
        let scale = plan.scale;
        window_event_listener(ev::keydown, move |event| {
            let by = match event.key().as_str() {
                "ArrowUp" | "ArrowRight" => STEP,
                "ArrowDown" | "ArrowLeft" => -STEP,
                _ => return,
            };
            event.prevent_default();
            let scale = format::thousandths(scale + by);
            context.address.replace(&[("scale", Some(&scale))]);
        })
    };
    on_cleanup(move || keys.remove());
    let mut off = Vec::new();
    for percent in OFF {
        let mm = BAR_MM * f64::from(percent) / 100.0;
        let scale = format::thousandths(plan.scale * 100.0 / f64::from(percent));
        let gaps = [text(&format::thousandths(mm)), text(&scale)];
        off.push(fill(
            "<tr><td>{} mm</td><td>→</td><td><code>scale={}</code></td></tr>",
            &gaps,
        ));
    }
    let gaps = [
        text(context.say(Word::WallCalibrate)),
        text(&context.fill(Word::WallBar, format::thousandths(BAR_MM))),
        text(context.say(Word::WallSmallest)),
        nothing(),
        join(&off),
        text(context.say(Word::WallBarKeys)),
    ];
    let ready = move |frame: HtmlElement| {
        let plan = plan.clone();
        let fit = move || show(context, &plan, &frame);
        fit();
        let resized = window_event_listener(ev::resize, move |_| fit());
        on_cleanup(move || resized.remove());
    };
    let ruler = planted("wall calibrate", fill(RULER, &gaps), Box::new(ready));
    part_with(
        "main",
        "wall-page",
        [("id", Some("main")), ("role", None)],
        vec![ruler],
    )
}

fn show(context: Context, plan: &Plan, frame: &HtmlElement) {
    let window = (f64::from(frame.client_width()), f64::from(frame.client_height()));
    let screen = screen_of(plan, window);
    let (size, enough) = measured(plan, frame);
    let cap = cap_of(frame);
    let per_mm = screen.pixels_per_mm();
    set(frame, "--wall-type", &pixels(size));
    set(frame, "--bar", &pixels(BAR_MM * per_mm));
    let whole = |value: f64| (value.round() as i64).to_string();
    let mm = |value: f64| [&format::decimal(value), " mm"].concat();
    let asked = context.fill(Word::WallAsked, mm(plan.distance * MM_PER_METRE));
    let mut facts = vec![
        fact(
            context.say(Word::WallDistance),
            &[&format::thousandths(plan.distance), " m"].concat(),
        ),
        fact(
            context.say(Word::WallScreen),
            &[
                &format::thousandths(plan.screen),
                "″, ",
                &whole(screen.width),
                " × ",
                &whole(screen.height),
                " px",
            ]
            .concat(),
        ),
        fact("px / mm", &format::thousandths(per_mm)),
        fact("scale", &format::thousandths(plan.scale)),
        fact(
            context.say(Word::WallCapitals),
            &[mm(size * cap / per_mm), " (".to_owned(), asked, ")".to_owned()].concat(),
        ),
    ];
    if !enough {
        facts.push(fact(context.say(Word::WallTooSmall), ""));
    }
    if let Some(part) = find::<HtmlElement>(frame, ".wall-numbers") {
        part.set_inner_html(&join(&facts).into_string());
    }
}

fn fact(label: &str, value: &str) -> Markup {
    fill("<div><dt>{}</dt><dd>{}</dd></div>", &[text(label), text(value)])
}
