//! The time line on the page: one stay, or two below each other from a common beginning, and the choice of the other.

use super::clocks::{Clock, LimitRules, clocks};
use super::compare::{other, tables, zero};
use super::line::{Line, draw, drawn, scale_words};
use super::pick::{field, like, similar};
use super::room::{Room, call, follow_changes};
use super::scale::Scale;
use super::{followed, is_missing, page_of};
use crate::client::calls;
use crate::components::markup::{Markup, fill, heard, join, nothing, shown, text};
use crate::components::reactive::{changing, whether};
use crate::components::shell::{part, say, written};
use crate::components::states::framed;
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::{Answer, Followed, ask};
use leptos::prelude::*;
use shared::wire::List;
use shared::wire::figures::Usual;
use shared::wire::stay::Stay;
use web_sys::{Element, Event, HtmlElement};

type Rules = Followed<Answer<LimitRules>>;
type UsualOf = Option<Followed<Answer<Usual>>>;

/// The card of the time line.
pub fn card(room: Room, rules: Rules, usual: UsualOf) -> AnyView {
    let context = room.context;
    let with = context.address.parameter("with");
    let lines = changing(move || match with.get() {
        None => heard(
            "lines",
            move || room.of_stay(&|_, stay| one(room, stay, rules, usual)),
            &["click"],
            Box::new(go_to_node),
        ),
        Some(number) => two(room, number, rules, usual),
    });
    let head = shown("contents", move || head(context));
    let pick = vec![field(context), similar_stays(room)];
    let pick = part("div", "compare-pick", pick);
    part("section", "card line-card", vec![head, lines, pick])
}

/// Title, and the choice of the scale.
fn head(context: Context) -> Markup {
    let query = context.address.query();
    let whole = query.get("scale") == Some("whole");
    let with = query.get("with");
    let choice = |value: Option<&str>, word: Word, is: bool| {
        let href = context.address.link_with("scale", value);
        let gaps = [
            text(&href),
            text(if is { "true" } else { "false" }),
            say(context.language, word),
        ];
        fill("<a href=\"{}\" aria-current=\"{}\">{}</a>", &gaps)
    };
    let stop = match with {
        None => nothing(),
        Some(_) => {
            let query = query.clone().with("with", None).with("with_stay", None);
            let href = format!("{}{query}", context.address.page_now().path());
            let gaps = [text(&href), say(context.language, Word::StopComparing)];
            fill("<a class=\"button\" href=\"{}\">{}</a>", &gaps)
        }
    };
    let gaps = [
        say(context.language, Word::TimeLine),
        stop,
        say(context.language, Word::ScalePicker),
        choice(None, Word::ScaleCuts, !whole),
        choice(Some("whole"), Word::ScaleWhole, whole),
    ];
    fill(
        "<div class=\"page-head\"><h2>{}</h2><div class=\"line-choices\">{}<div class=\"choice\" role=\"group\" \
         aria-label=\"{}\">{}{}</div></div></div>",
        &gaps,
    )
}

/// A click on a number leads to its node in the list.
fn go_to_node(event: Event) {
    let target = event_target::<Element>(&event);
    let Some(mark) = target.closest("[data-go]").ok().flatten() else {
        return;
    };
    let id = ["node-", &mark.get_attribute("data-go").unwrap_or_default()].concat();
    let node = document().get_element_by_id(&id);
    if let Some(node) = node.and_then(|node| wasm_bindgen::JsCast::dyn_into::<HtmlElement>(node).ok()) {
        // What cannot be focused is at least in sight.
        let _ = node.focus();
    }
}

fn whole(context: Context) -> bool {
    context.address.query().get("scale") == Some("whole")
}

fn width(room: Room) -> f64 {
    room.width.get().unwrap_or(1_000.0)
}

/// The steps of a stay that have a limit.
fn steps(stay: &Stay, rules: Rules) -> Vec<Clock> {
    rules.with(|rules| clocks(stay, rules.map(|rules| rules.0.0.as_slice()).unwrap_or_default()))
}

fn one(room: Room, stay: &Stay, rules: Rules, usual: UsualOf) -> Markup {
    let context = room.context;
    let clocks = steps(stay, rules);
    let (now, width) = (room.now.get(), width(room));
    super::with_usual(usual, &|usual| {
        let line = Line {
            stay,
            clocks: &clocks,
            usual,
            now,
            zero: 0,
        };
        let scale = Scale::new(line.moments(), drawn(width), whole(context));
        let picture = draw(context, line, &scale, width, context.say(Word::LineLabel));
        join(&[picture, about(context, &scale)])
    })
}

/// What the scale does, and what the signs mean.
fn about(context: Context, scale: &Scale) -> Markup {
    let mut signs = Vec::new();
    for (class, word) in [
        ("sign-node", Word::SignNode),
        ("sign-expected", Word::SignExpected),
        ("sign-usual", Word::SignUsual),
        ("sign-limit", Word::SignLimit),
        ("sign-over", Word::SignOver),
    ] {
        let gaps = [text(class), say(context.language, word)];
        signs.push(fill(
            "<li><i class=\"{}\" aria-hidden=\"true\"></i>{}</li>",
            &gaps,
        ));
    }
    let gaps = [scale_words(context, scale), join(&signs)];
    fill(
        "<p class=\"quiet\">{}</p><ul class=\"line-legend\">{}</ul>",
        &gaps,
    )
}

/// Two stays below each other, and their differences.
fn two(room: Room, number: String, rules: Rules, usual: UsualOf) -> AnyView {
    let context = room.context;
    let asked = number.clone();
    let known = room.known;
    let second = followed(context, move || call(&asked, known.get_untracked().as_deref()));
    follow_changes(context, second, None);
    let asked_stay = context.address.parameter("with_stay");
    let missing = whether(move || is_missing(second));
    changing(move || {
        if missing.get() {
            let words = text(&context.fill(Word::NeverSeen, &number));
            return written(
                "contents",
                fill("<p class=\"empty\" role=\"status\">{}</p>", &[words]),
            );
        }
        framed(second.core(), move || {
            heard(
                "lines",
                move || {
                    let asked = asked_stay.get();
                    room.of_stay(&|_, stay| {
                        second.with(|second| {
                            let second = second.map(|second| &second.0);
                            let Some(found) = second.and_then(|second| other(second, asked.as_deref(), stay))
                            else {
                                return fill(
                                    "<p class=\"empty\">{}</p>",
                                    &[say(context.language, Word::NoStays)],
                                );
                            };
                            both(room, stay, found, rules, usual)
                        })
                    })
                },
                &["click"],
                Box::new(go_to_node),
            )
        })
    })
}

fn both(room: Room, first: &Stay, second: &Stay, rules: Rules, usual: UsualOf) -> Markup {
    let context = room.context;
    let (ours, theirs) = (steps(first, rules), steps(second, rules));
    let (now, width) = (room.now.get(), width(room));
    super::with_usual(usual, &|usual| {
        let upper = Line {
            stay: first,
            clocks: &ours,
            usual,
            now,
            zero: zero(first).0,
        };
        let lower = Line {
            stay: second,
            clocks: &theirs,
            usual: None,
            now,
            zero: zero(second).0,
        };
        let mut moments = upper.moments();
        moments.extend(lower.moments());
        // The common beginning.
        moments.push(0);
        let scale = Scale::new(moments, drawn(width), whole(context));
        let label = context.say(Word::LineLabel);
        let gaps = [
            named(context, first),
            draw(context, upper, &scale, width, label),
            named(context, second),
            // Its numbers are those of another list.
            fill(
                "<div class=\"second-line\">{}</div>",
                &[draw(context, lower, &scale, width, label)],
            ),
            say(context.language, Word::CommonZero),
            about(context, &scale),
            tables(context, (first, &ours), (second, &theirs)),
        ];
        fill("{}{}{}{}<p class=\"quiet\">{}</p>{}{}", &gaps)
    })
}

/// The head of one of two lines.
fn named(context: Context, stay: &Stay) -> Markup {
    let href = context
        .address
        .link(&page_of(&stay.container), &[("stay", &stay.id)]);
    let gaps = [
        text(&href),
        text(&stay.container),
        text(stay.direction.map_or("—", |direction| context.term(direction))),
        text(&format::stamp_or_dash(stay.began_at)),
        text(&format::stamp_or_dash(stay.ended_at)),
    ];
    fill(
        "<h3 class=\"line-name\"><a href=\"{}\">{}</a> <span class=\"quiet\">{} · {} – {}</span></h3>",
        &gaps,
    )
}

/// Stays that are like this one.
fn similar_stays(room: Room) -> AnyView {
    let query = room.trail.with_untracked(|trail| {
        let chosen = room.chosen.get_untracked();
        super::room::named(&trail?.0, chosen.as_deref()).map(like)
    });
    let Some(query) = query else {
        return ().into_any();
    };
    let found = ask::<List<Stay>>(move || calls::stays(&query));
    shown("contents", move || {
        found.with(|found| found.map(|found| similar(room, &found.0)).unwrap_or_default())
    })
}
