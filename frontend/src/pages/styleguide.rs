//! `/styleguide`, in development builds: every component in every state, to be looked at when one is changed.

use crate::client::CallError;
use crate::components::markup::{
    Markup, bar, fact, fill, join, mark, nothing, number, row, row_head, table, text,
};
use crate::components::number::{container_link, slot_link};
use crate::components::reactive::{button, on_click, opening};
use crate::components::select::{select, worded};
use crate::components::shell::{part, written};
use crate::components::states::{empty, failed, failed_words, loading};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::yard_map::classes::words;
use crate::yard_map::palette::{Class, ColourBy};
use leptos::prelude::*;

/// The page.
pub fn styleguide() -> AnyView {
    let context = context();
    let sections = vec![
        section("Buttons", buttons(context)),
        section("Fields", fields(context)),
        section("States of a panel", states(context)),
        section("Banners", written("", banners(context))),
        section("Marks", written("", marks(context))),
        section("Numbers and links", written("", numbers(context))),
        section("Legend", written("", legend(context))),
        section("Table", written("", rows(context))),
        section("Type", written("", type_scale())),
    ];
    part("section", "page styleguide", sections)
}

/// Names of parts are for those who build the page, and so in one language.
fn section(name: &'static str, inner: AnyView) -> AnyView {
    let head = written("contents", fill("<h2>{}</h2>", &[text(name)]));
    part("section", "card", vec![head, inner])
}

fn buttons(context: Context) -> AnyView {
    let nothing = || on_click(|| {});
    let states = fill(
        "<button type=\"button\" class=\"primary\">Primary</button> <button type=\"button\" aria-pressed=\"true\">Pressed\
         </button> <button type=\"button\" disabled>Disabled</button> <a class=\"button\" href=\"#\">A link</a>",
        &[],
    );
    let parts = vec![
        button("", "", context.say(Word::TryAgain), nothing()),
        button("", context.say(Word::ZoomIn), "+", nothing()),
        written("contents", states),
    ];
    part("div", "buttons", parts)
}

fn fields(context: Context) -> AnyView {
    let colours = [
        (ColourBy::Cargo.name(), Word::ByCargo),
        (ColourBy::Alarm.name(), Word::ByAlarm),
    ];
    let plain = fill(
        "<label>Text <input type=\"text\" value=\"MSCU1234565\"></label> <label>Wrong <input type=\"text\" \
         aria-invalid=\"true\" value=\"MSCU123\"></label> <label>Off <input disabled value=\"—\"></label> \
         <label><input type=\"checkbox\" checked> Chosen</label> <label>Remark <textarea rows=\"2\"></textarea></label>",
        &[],
    );
    let parts = vec![
        select(context, "colour", Word::ColourBy, worded(context, &colours)),
        written("contents", plain),
        opening(context.say(Word::Table).to_owned(), || written("", text("…"))),
    ];
    part("div", "buttons", parts)
}

fn states(context: Context) -> AnyView {
    let long = "A sentence that is as long as one from a server may well be, with a container CSU6097384 and a reason \
                that nobody has thought of before";
    let retry = Callback::new(|()| {});
    let outdated = fill(
        "<div class=\"outdated\"><p>{}</p></div>",
        &[text("1,234 boxes, from before")],
    );
    let parts = vec![
        loading(),
        failed(&CallError::Shape("no JSON".to_owned()), Some(retry)),
        failed_words(context, long.to_owned(), long.to_owned(), None),
        written("contents", empty(context.say(Word::NoResults))),
        written("contents", outdated),
    ];
    part("div", "", parts)
}

fn banners(context: Context) -> Markup {
    let banner =
        |class: &str, words: &str| fill("<p class=\"banner {}\">{}</p>", &[text(class), text(words)]);
    join(&[
        banner(
            "lost",
            &context.fill(Word::Outdated, format::duration(context.language, 4_000)),
        ),
        banner("simulated", context.say(Word::Simulated)),
        banner("open-access", context.say(Word::AccessOpen)),
    ])
}

fn marks(context: Context) -> Markup {
    let mut marks = vec![
        mark(context.say(Word::WithAlarm), true),
        mark(context.say(Word::Released), false),
    ];
    for (priority, word) in [
        ("high", Word::PriorityHigh),
        ("medium", Word::PriorityMedium),
        ("low", Word::PriorityLow),
    ] {
        let gaps = [text(priority), text(context.say(word))];
        marks.push(fill(
            " <span class=\"priority\" data-priority=\"{}\">{}</span>",
            &gaps,
        ));
    }
    join(&marks)
}

fn numbers(context: Context) -> Markup {
    let facts = [
        fact(
            context,
            Word::ContainerNumber,
            container_link(context, "MSCU1234565", true),
        ),
        fact(
            context,
            Word::ContainerNumber,
            container_link(context, "CSU6097384", false),
        ),
        fact(context, Word::Slot, slot_link(context, Some("G124405.1"))),
        fact(context, Word::Slot, slot_link(context, None)),
        fact(context, Word::Boxes, text(&format::whole(1_234_567))),
        fact(context, Word::Use, text(&format::percent(0.982))),
        fact(
            context,
            Word::Since,
            text(&format::duration(context.language, 97 * 3_600)),
        ),
        fact(context, Word::Use, bar(0.2, 0.7)),
    ];
    fill("<dl class=\"facts\">{}</dl>", &[join(&facts)])
}

fn legend(context: Context) -> Markup {
    let mut entries = Vec::new();
    for by in ColourBy::ALL {
        for class in Class::legend(by) {
            let gaps = [text(class.token()), text(words(context, class))];
            entries.push(fill(
                "<li><span class=\"swatch\" data-class=\"{}\"></span>{}</li>",
                &gaps,
            ));
        }
    }
    fill("<ul class=\"legend\">{}</ul>", &[join(&entries)])
}

fn rows(context: Context) -> Markup {
    const COLUMNS: [(Word, bool); 2] = [(Word::Block, false), (Word::Boxes, true)];
    let rows = [
        row(&[row_head("G12"), number("1,120")]),
        row(&[row_head("A block with quite a long name"), number("0")]),
    ];
    join(&[table(context, Word::Yard, &COLUMNS, join(&rows)), nothing()])
}

fn type_scale() -> Markup {
    fill(
        "<h1>Heading 1 · 一级标题</h1><h2>Heading 2 · 二级标题</h2><h3>Heading 3 · 三级标题</h3><p>Text · 正文 0123456789</p>\
         <p class=\"quiet\">Quiet text · 次要文字 0123456789</p><code>code 0O1lI</code>",
        &[],
    )
}
