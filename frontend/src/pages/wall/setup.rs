//! `/wall/setup`: makes the address of a wall at a desk. What is chosen stands in this page's own address by the very
//! names that the wall reads.

use super::plan::{Figure, Plan, Scene, title};
use crate::address::Page;
use crate::components::clipboard;
use crate::components::markup::{Markup, fill, heard, join, shown, text};
use crate::components::planted::{listen, planted};
use crate::components::shell::{part, written};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::pages::access::keys::token_of_wall;
use leptos::prelude::*;
use shared::access::Right;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, HtmlInputElement, HtmlSelectElement};

/// The scenes, as they are offered.
const SCENES: [Scene; 8] = [
    Scene::Yard,
    Scene::Alarms,
    Scene::Clearance,
    Scene::Throughput,
    Scene::Number(Figure::WithinTarget),
    Scene::Feeds,
    Scene::Parcels,
    Scene::ReleaseDesk,
];

const CHECK: &str =
    "<label class=\"check\"><input type=\"checkbox\" name=\"scenes\" value=\"{}\"{}/>{}</label>";
const NUMBER: &str = "<label><span>{}</span><input type=\"number\" name=\"{}\" value=\"{}\" min=\"{}\" max=\"{}\" \
                      step=\"any\" inputmode=\"decimal\"/></label>";
const SELECT: &str = "<label><span>{}</span><select name=\"{}\">{}</select></label>";
const FORM: &str = "<fieldset><legend>{}</legend>{}</fieldset><div class=\"wall-fields\">{}</div>";
const ADDRESS: &str = "<label class=\"wall-address\"><span>{}</span><input readonly=\"\" data-part=\"address\" value=\"{}\"/></label>\
                       <div class=\"buttons\"><a class=\"button\" data-do=\"open\" href=\"{}\" target=\"_blank\">{}</a>\
                       <button type=\"button\" data-do=\"copy\">{}</button>\
                       <a class=\"button\" data-do=\"calibrate\" href=\"{}\" target=\"_blank\">{}</a></div>";

/// The page.
#[inline(never)]
pub fn setup() -> AnyView {
    let context = context();
    let ready = move |form: HtmlElement| {
        let inside = form.clone();
        listen(
            &form,
            &["change", "input"],
            Box::new(move |event| change(context, &inside, &event)),
        );
    };
    let copied = RwSignal::new(0);
    let address = heard(
        "wall-result",
        move || address(context, copied.get() > 0),
        &["click"],
        Box::new(move |event| copy(context, &event, copied)),
    );
    let hint = shown("contents", move || {
        fill(
            "<p>{}</p><p class=\"quiet\">{}</p>",
            &[
                text(context.say(Word::WallHint)),
                text(context.say(Word::WallKeys)),
            ],
        )
    });
    let form = planted("card wall-form", form(context), Box::new(ready));
    let result = part("div", "card", vec![address]);
    let mut parts = vec![title_of(context), hint, form, result];
    if context.may(Right::Administer) && context.session.has_accounts() {
        parts.push(token_of_wall(context));
    }
    part("section", "page wall-setup", parts)
}

fn title_of(context: Context) -> AnyView {
    written("contents", fill("<h1>{}</h1>", &[text(context.say(Word::Wall))]))
}

fn form(context: Context) -> Markup {
    let query = context.address.query_now();
    let plan = Plan::read(&query);
    let mut scenes = Vec::new();
    for scene in SCENES {
        let chosen = plan.scenes.iter().any(|chosen| chosen.name() == scene.name());
        let checked = if chosen { " checked" } else { "" };
        let name = match scene {
            Scene::Number(_) => context.say(Word::WallNumber),
            other => title(context, other),
        };
        scenes.push(fill(CHECK, &[text(scene.name()), text(checked), text(name)]));
    }
    let number = |word: Word, name: &str, value: f64, low: &str, high: &str| {
        let value = format::thousandths(value).replace(',', "");
        fill(
            NUMBER,
            &[
                text(context.say(word)),
                text(name),
                text(&value),
                text(low),
                text(high),
            ],
        )
    };
    let select = |word: Word, name: &str, chosen: Option<&str>, options: &[(&str, Word)]| {
        let mut all = Vec::new();
        for (value, word) in options {
            let selected = if chosen.unwrap_or("") == *value {
                " selected"
            } else {
                ""
            };
            let gaps = [text(value), text(selected), text(context.say(*word))];
            all.push(fill("<option value=\"{}\"{}>{}</option>", &gaps));
        }
        fill(SELECT, &[text(context.say(word)), text(name), join(&all)])
    };
    let figures = Figure::ALL.map(|(figure, name)| (name, word_of(figure)));
    let fields = [
        number(Word::WallDistance, "distance", plan.distance, "0.5", "50"),
        number(Word::WallScreen, "screen", plan.screen, "5", "400"),
        number(Word::WallEvery, "every", plan.every, "5", "3600"),
        number(Word::WallTakeover, "takeover", plan.takeover, "0", "120"),
        select(
            Word::WallFigure,
            "figure",
            query.get("figure").or(Some("within_target")),
            &figures,
        ),
        select(
            Word::WallPeriod,
            "period",
            query.get("period"),
            &[("", Word::WallThisMonth), ("year", Word::WallThisYear)],
        ),
        select(
            Word::Theme,
            "theme",
            query.get("theme"),
            &[
                ("", Word::ThemeAuto),
                ("light", Word::ThemeLight),
                ("dark", Word::ThemeDark),
                ("day-night", Word::WallDayNight),
            ],
        ),
    ];
    fill(
        FORM,
        &[text(context.say(Word::WallScenes)), join(&scenes), join(&fields)],
    )
}

/// What a figure is called.
pub fn word_of(figure: Figure) -> Word {
    match figure {
        Figure::WithinTarget => Word::WallWithinAll,
        Figure::WithinImport => Word::WallWithinImport,
        Figure::WithinExport => Word::WallWithinExport,
        Figure::ClearanceImport => Word::ImportMedian,
        Figure::ClearanceExport => Word::ExportMedian,
        Figure::TeuToday => Word::TeuToday,
        Figure::OpenAlarms => Word::OpenAlarmsToday,
        Figure::BoxesStanding => Word::BoxesInYard,
    }
}

/// Puts what was changed into the address.
fn change(context: Context, form: &HtmlElement, event: &Event) {
    let Some(target) = event.target() else {
        return;
    };
    if let Some(select) = target.dyn_ref::<HtmlSelectElement>() {
        let (name, value) = (select.get_attribute("name").unwrap_or_default(), select.value());
        return context.address.replace(&[(&name, Some(&value))]);
    }
    let Some(input) = target.dyn_ref::<HtmlInputElement>() else {
        return;
    };
    let name = input.get_attribute("name").unwrap_or_default();
    if name != "scenes" {
        return context.address.replace(&[(&name, Some(&input.value()))]);
    }
    let mut chosen = Vec::new();
    for scene in SCENES {
        let selector = ["input[value=\"", scene.name(), "\"]:checked"].concat();
        if form.query_selector(&selector).ok().flatten().is_some() {
            chosen.push(scene.name());
        }
    }
    context.address.replace(&[("scenes", Some(&chosen.join(",")))]);
}

/// The wall's address, with all that it would otherwise take from the browser.
fn link(context: Context) -> String {
    let query = context
        .address
        .query()
        .with("lang", Some(context.language.code()));
    format!("{}{query}", Page::Wall.path())
}

fn address(context: Context, copied: bool) -> Markup {
    let link = link(context);
    let origin = window().location().origin().unwrap_or_default();
    let ruler = [&link, "&calibrate"].concat();
    let gaps = [
        text(context.say(Word::WallAddress)),
        text(&[origin, link.clone()].concat()),
        text(&link),
        text(context.say(Word::WallOpen)),
        text(context.say(if copied { Word::WallCopied } else { Word::WallCopy })),
        text(&ruler),
        text(context.say(Word::WallCalibrate)),
    ];
    fill(ADDRESS, &gaps)
}

/// Copies the address, where the browser lets a page do that; it can be marked and copied by hand anywhere.
fn copy(context: Context, event: &Event, copied: RwSignal<u32>) {
    let target = event_target::<HtmlElement>(event);
    if target.get_attribute("data-do").as_deref() != Some("copy") {
        return;
    }
    let origin = window().location().origin().unwrap_or_default();
    let words = [origin, untrack(|| link(context))].concat();
    if clipboard::copy(&words) {
        copied.set(1);
        let again = move || {
            // It may be gone by then.
            let _ = copied.try_set(0);
        };
        set_timeout(again, std::time::Duration::from_secs(2));
    }
}
