//! `/containers/{number}`: what happened to one container, and what is known of it.
//!
//! The address says what is shown: `stay` which passage, `known` as of which moment, `with` and `with_stay` what it is
//! held against, `scale` how its time line is drawn.

/// The alarms of a stay.
mod alarms;
/// Steps with a limit.
mod clocks;
/// Two stays against each other.
mod compare;
/// Nodes for other programs.
mod csv;
/// What was known when.
mod known;
/// The time line, drawn.
mod line;
/// The parts around the time line.
mod lines;
/// The nodes in words.
mod node;
/// Bill of lading, declarations, notes.
mod papers;
/// The way through the yard.
mod path;
/// Choosing what a stay is held against.
mod pick;
/// Printing.
mod print;
/// What the parts share.
mod room;
/// A scale of time with cuts.
mod scale;
/// What one stay is.
mod stay;
/// What each report said.
mod told;
/// How long its parts took.
mod usual;

use crate::address::{Page, Query};
use crate::client::{CallError, calls, understood};
use crate::components::download::save;
use crate::components::finder::search_box;
use crate::components::markup::{Markup, fill, heard, join, nothing, shown, text};
use crate::components::number::{container_link, unverified};
use crate::components::planted::find;
use crate::components::reactive::{changing, effect, whether};
use crate::components::shell::{part, say, written};
use crate::components::states::{empty, framed};
use crate::context::{Context, context};
use crate::i18n::Word;
use crate::live::{Answer, Followed, ask, follow};
use clocks::{LimitRules, clocks};
use js_sys::{Function, Reflect};
use leptos::prelude::*;
use room::{Room, Trail, call, follow_changes};
use shared::access::Right;
use shared::time::Time;
use shared::wire::List;
use shared::wire::alarm::Alarm;
use shared::wire::container::{Container, Found};
use shared::wire::figures::Usual;
use shared::yard::Layout;
use std::rc::Rc;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement, HtmlSelectElement};

/// The trail of one container.
#[inline(never)]
pub fn trail(number: String) -> AnyView {
    let context = context();
    let asked = number.clone();
    let now = followed(context, move || calls::container(&asked));
    let query = Query::default()
        .with("q", Some(&number))
        .with("limit", Some("1000"));
    let alarms = ask::<List<Alarm>>(move || calls::alarms(&query));
    follow_changes(context, now, Some(alarms));
    usual::count_on(context);
    let known = context.address.parameter("known");
    let is_past = whether(move || known.with(Option::is_some));
    let width = print::follow_width();
    let missing = whether(move || is_missing(now));
    let view = changing(move || {
        if missing.get() {
            return not_found(context, &number);
        }
        let number = number.clone();
        let content = changing(move || {
            // The past moment is asked for beside the present, which still says which moments there are.
            let trail = match is_past.get() {
                false => now,
                true => {
                    let number = number.clone();
                    ask::<Container>(move || call(&number, known.get().as_deref()))
                }
            };
            page(Room::new(context, trail, alarms, known, width))
        });
        let switch = move || {
            let known = known.get();
            now.with(|now| {
                now.map(|now| known::switch(context, &now.0, known.as_deref()))
                    .unwrap_or_default()
            })
        };
        let choose = move |event: Event| {
            if let Ok(select) = event_target::<Element>(&event).dyn_into::<HtmlSelectElement>() {
                context.address.set(&[("known", Some(&select.value()))]);
            }
        };
        let head = heard(
            "contents",
            move || head(context, now),
            &["click"],
            Box::new(move |event| act(context, now, &event)),
        );
        let switch = heard("contents", switch, &["change"], Box::new(choose));
        vec![head, switch, content].into_any()
    });
    part("section", "page trail", vec![view])
}

/// What a call answers, asked for again when somebody says so.
fn followed(context: Context, path: impl Fn() -> String + 'static) -> Trail {
    follow(context.live, &[], path, |text| understood(text).map(Answer))
}

fn is_missing(trail: Trail) -> bool {
    let status = trail
        .core()
        .error
        .with(|error| error.as_ref().and_then(CallError::status));
    status == Some(404) && !trail.core().is_there()
}

/// Number and buttons.
fn head(context: Context, now: Trail) -> Markup {
    let stay = context.address.parameter("stay").get();
    now.with(|now| {
        let Some(Answer(container)) = now else {
            return nothing();
        };
        let (mark, hint) = match container.verified {
            true => (nothing(), nothing()),
            false => {
                let hint = say(context.language, Word::Unverified);
                (unverified(context), fill("<p class=\"quiet\">{}</p>", &[hint]))
            }
        };
        // Whoever gets the link sees this stay, also when the box has come again.
        let chosen = room::named(container, stay.as_deref());
        let query = context.address.query();
        let query = query.with("stay", chosen.map(|stay| stay.id.as_str()));
        let href = format!("{}{query}", context.address.page_now().path());
        let gaps = [
            text(&container.container),
            mark,
            text(&href),
            say(context.language, Word::CopyLink),
            match context.may(Right::Export) {
                true => fill(CSV, &[say(context.language, Word::TrailCsv)]),
                false => nothing(),
            },
            say(context.language, Word::Print),
            hint,
        ];
        fill(
            "<div class=\"page-head trail-head\"><h1><span data-field=\"container\">{}</span>{}</h1>\
             <div class=\"trail-buttons\"><span class=\"told quiet\" role=\"status\"></span>\
             <a class=\"button\" href=\"{}\" data-do=\"copy\">{}</a>\
             {}\
             <button type=\"button\" class=\"print\" data-do=\"print\">{}</button></div></div>{}",
            &gaps,
        )
    })
}

const CSV: &str = "<button type=\"button\" data-do=\"csv\">{}</button>";

/// Does what a button of the head says.
fn act(context: Context, now: Trail, event: &Event) {
    let target = event_target::<Element>(event);
    let Some(button) = target.closest("[data-do]").ok().flatten() else {
        return;
    };
    match button.get_attribute("data-do").as_deref() {
        Some("copy") => {
            event.prevent_default();
            let href = button.get_attribute("href").unwrap_or_default();
            let origin = window().location().origin().unwrap_or_default();
            copy(context, &[origin, href].concat());
        }
        Some("csv") => {
            let name = context.address.query_now();
            now.with_untracked(|now| {
                let stay = now.and_then(|now| Some((&now.0, room::named(&now.0, name.get("stay"))?)));
                if let Some((container, stay)) = stay {
                    let file = [&container.container, "-nodes.csv"].concat();
                    if save(&file, "text/csv", &csv::nodes(context, container, stay)).is_err() {
                        tell(context.say(Word::NotSaved));
                    }
                }
            });
        }
        // A browser that cannot print says so itself.
        Some("print") => {
            let _ = window().print();
        }
        _ => {}
    }
}

/// Copies a text, and says whether that went well. Where pages may not copy, the address itself is the link.
fn copy(context: Context, link: &str) {
    let method = |of: &JsValue, name: &str| -> Option<Function> {
        Reflect::get(of, &name.into()).ok()?.dyn_into().ok()
    };
    let clipboard = Reflect::get(&window().navigator(), &"clipboard".into()).unwrap_or(JsValue::UNDEFINED);
    let told = |word: Word| {
        let tell = move |_: JsValue| tell(context.say(word));
        Closure::once_into_js(Box::new(tell) as Box<dyn FnOnce(JsValue)>)
    };
    let written =
        method(&clipboard, "writeText").and_then(|write| write.call1(&clipboard, &link.into()).ok());
    let then = written.as_ref().and_then(|written| method(written, "then"));
    let awaited = written.zip(then).and_then(|(written, then)| {
        then.call2(&written, &told(Word::LinkCopied), &told(Word::LinkNotCopied))
            .ok()
    });
    if awaited.is_none() {
        tell(context.say(Word::LinkNotCopied));
    }
}

fn tell(words: &str) {
    let page = document().document_element();
    if let Some(told) = page.and_then(|page| find::<HtmlElement>(&page, ".trail-buttons .told")) {
        told.set_text_content(Some(words));
    }
}

/// All below the head, of the trail as it is shown.
fn page(room: Room) -> AnyView {
    let context = room.context;
    let missing = whether(move || is_missing(room.trail));
    changing(move || {
        if missing.get() {
            let words = say(context.language, Word::NotKnownThen);
            return written("contents", fill("<p class=\"empty\">{}</p>", &[words]));
        }
        framed(room.trail.core(), move || {
            let strip = shown("contents", move || {
                room.of_stay(&|container, stay| stay::strip(context, container, stay))
            });
            let stay = changing(move || match room.chosen.get() {
                Some(id) => stay_view(room, &id),
                None => shown("contents", move || {
                    let is_past = room.known.with(Option::is_some);
                    let word = if is_past {
                        Word::NotKnownThen
                    } else {
                        Word::NoStays
                    };
                    empty(context.say(word))
                }),
            });
            let elsewhere = shown("contents", move || {
                room.trail.with(|trail| {
                    trail
                        .map(|trail| papers::elsewhere(context, &trail.0))
                        .unwrap_or_default()
                })
            });
            vec![strip, stay, elsewhere].into_any()
        })
    })
}

/// One stay in all its parts.
fn stay_view(room: Room, id: &str) -> AnyView {
    let context = room.context;
    let about = room.trail.with_untracked(|trail| {
        let stay = room::named(&trail?.0, Some(id))?;
        let began = stay.began_at.or_else(|| Some(stay.nodes.first()?.at));
        Some((stay.site.clone(), began.map(|began| began.to_string())))
    });
    let (site, began) = about.unwrap_or_default();
    let at_site = Query::default().with("site", Some(&site));
    let rules = at_site.clone().with("at", began.as_deref());
    // Without the rules the limits are left out.
    let rules = ask::<LimitRules>(move || match context.may(Right::Rules) {
        true => calls::rules(&rules),
        false => String::new(),
    });
    let layout = ask::<Layout>(move || calls::layout(&at_site));
    let usual = usual_of(room, id);
    let limits =
        move || rules.with(|rules| rules.map(|rules| Rc::new(rules.0.0.clone())).unwrap_or_default());
    let head = shown("contents", move || {
        let known = room.known.get();
        room.of_stay(&|_, stay| {
            let parts = [
                print::head(context, stay, known.as_deref()),
                stay::facts(context, stay),
            ];
            join(&parts)
        })
    });
    let line = lines::card(room, rules, usual);
    let nodes = shown("contents", move || {
        let limits = limits();
        let now = room.now.get();
        room.of_stay(&|container, stay| {
            let clocks = clocks(stay, &limits);
            let events = &container.events;
            let gaps = [
                say(context.language, Word::Nodes),
                node::timeline(context, events, stay, &clocks),
                node::awaited(context, events, stay, now),
                told::retracted(context, container),
            ];
            fill("<section class=\"card nodes\"><h2>{}</h2>{}{}{}</section>", &gaps)
        })
    });
    let times = shown("contents", move || {
        let limits = limits();
        let now = room.now.get();
        let inner = room.of_stay(&|_, stay| {
            let clocks = clocks(stay, &limits);
            let now = now.unwrap_or(Time(0));
            with_usual(usual, &|usual| usual::show(context, stay, usual, &clocks, now))
        });
        if inner == nothing() {
            return nothing();
        }
        let gaps = [say(context.language, Word::TimesOf), inner];
        fill("<section class=\"card times-of\"><h2>{}</h2>{}</section>", &gaps)
    });
    let path = shown("contents", move || {
        layout.with(|layout| {
            let Some(layout) = layout else {
                return nothing();
            };
            room.of_stay(&|_, stay| {
                let gaps = [
                    say(context.language, Word::PathThroughYard),
                    path::draw(context, &layout.0, stay, room.width.get().unwrap_or(1_000.0)),
                ];
                fill("<section class=\"card path\"><h2>{}</h2>{}</section>", &gaps)
            })
        })
    });
    let alarms = shown("contents", move || {
        let known = room.known_time();
        room.alarms.with(|alarms| {
            let alarms = alarms.map(|alarms| alarms.0.items.as_slice()).unwrap_or_default();
            room.of_stay(&|_, stay| alarms::show(context, stay, alarms, known))
        })
    });
    let papers = shown("contents", move || {
        room.of_stay(&|container, stay| papers::show(context, container, stay))
    });
    let beside = part("div", "beside", vec![times, path, alarms, papers]);
    let columns = part("div", "trail-columns", vec![nodes, beside]);
    vec![head, line, columns].into_any()
}

/// What is usual of a stay: asked for again whenever the trail changes. As of a past moment nothing is: figures are those
/// of today.
fn usual_of(room: Room, id: &str) -> Option<Followed<Answer<Usual>>> {
    if room.known.with_untracked(Option::is_some) {
        return None;
    }
    let path = calls::usual(id);
    let usual = ask::<Usual>(move || path.clone());
    let mut asked = false;
    effect(move || {
        room.trail.with(|_| ());
        if std::mem::replace(&mut asked, true) {
            usual.reload();
        }
    });
    Some(usual)
}

/// Markup with what is usual, where that is known. Tracked.
fn with_usual(usual: Option<Followed<Answer<Usual>>>, show: &dyn Fn(Option<&Usual>) -> Markup) -> Markup {
    match usual {
        Some(usual) => usual.with(|usual| show(usual.map(|usual| &usual.0))),
        None => show(None),
    }
}

/// The number was never seen: numbers that begin as it does.
fn not_found(context: Context, number: &str) -> AnyView {
    let gaps = [
        text(&context.fill(Word::NeverSeen, number)),
        say(context.language, Word::NeverSeenHint),
    ];
    let words = written("contents", fill("<h1>{}</h1><p>{}</p>", &gaps));
    let again = part("div", "search-again", vec![search_box(context, "found-again")]);
    // Owner and the first digits: a slip is mostly in the last ones. The search itself knows slips anywhere.
    let plain: String = number.chars().filter(char::is_ascii_alphanumeric).collect();
    let beginning: String = plain.chars().take(7).collect();
    if beginning.is_empty() {
        return vec![words, again].into_any();
    }
    let asked = |text: &str| {
        let query = Query::default().with("q", Some(text)).with("limit", Some("12"));
        ask::<List<Found>>(move || calls::find(&query))
    };
    let found = [asked(&plain), asked(&beginning)];
    let near = shown("contents", move || {
        let mut all = Vec::new();
        for found in found {
            found.with(|found| all.extend(found.iter().flat_map(|found| found.0.items.clone())));
        }
        near(context, &all)
    });
    vec![words, again, near].into_any()
}

fn near(context: Context, found: &[Found]) -> Markup {
    let mut links: Vec<Markup> = Vec::new();
    for one in found.iter().filter(|one| one.field == "container") {
        let link = fill(
            "<li>{}</li>",
            &[container_link(context, &one.container, one.verified)],
        );
        if !links.contains(&link) {
            links.push(link);
        }
    }
    if links.is_empty() {
        return nothing();
    }
    let gaps = [say(context.language, Word::NearNumbers), join(&links)];
    fill(
        "<section class=\"card near\"><h2>{}</h2><ul>{}</ul></section>",
        &gaps,
    )
}

/// The page of a box.
fn page_of(number: &str) -> Page {
    Page::Container(number.to_owned())
}

#[cfg(test)]
mod tests {
    use shared::event::Classifier;
    use shared::time::{LocalTime, MINUTE};
    use shared::wire::stay::{Stay, StayNode};

    /// A node so many minutes after a beginning.
    pub fn node(name: &str, minute: i64) -> StayNode {
        let mut at = LocalTime::parse("2022-02-23T13:00:00+08:00").unwrap();
        at.at = at.at.plus(minute * MINUTE);
        StayNode {
            node: name.parse().unwrap(),
            at,
            date_only: false,
            classifier: Classifier::Actual,
            slot: None,
            source: "tos".to_owned(),
            id: minute.to_string(),
            reports: Vec::new(),
            versions: Vec::new(),
        }
    }

    /// An import stay of some nodes.
    pub fn stay(nodes: Vec<StayNode>) -> Stay {
        use shared::event::Direction;
        use shared::stay::{Cargo, Channel, Mode, Status};
        Stay {
            id: "s".to_owned(),
            site: "S".to_owned(),
            container: "C".to_owned(),
            container_verified: true,
            direction: Some(Direction::Import),
            cargo: Cargo::General,
            mode: Mode::Stacked,
            channel: Channel::None,
            size_type: None,
            teu: None,
            empty: None,
            bill_of_lading: None,
            voyage: None,
            vessel_imo: None,
            vessel_name: None,
            declarations: Vec::new(),
            dangerous: Vec::new(),
            refrigerated: false,
            status: Status::InYard,
            slot: None,
            began_at: nodes.first().map(|node| node.at),
            ended_at: None,
            clearance_seconds: None,
            flags: Vec::new(),
            nodes,
            segments: Vec::new(),
            alarms: Vec::new(),
        }
    }
}
