//! Applying: a form that is right the first time. Containers are pasted as a list, what this server knows is filled in and
//! marked, what is wrong is said beside its field, and nothing that was typed is lost.

/// What is sent, and what the browser keeps.
mod body;
/// The containers.
mod boxes;
/// The fields.
mod fields;
/// Handing in.
mod send;
/// What will be handed in, in one look.
mod summary;
/// The files.
mod uploads;

use crate::address::Query;
use crate::client::{CallError, get};
use crate::components::countdown::tick;
use crate::components::kept::remembered;
use crate::components::markup::{Markup, fill, heard, join, nothing, options, shown, text};
use crate::components::planted::{find, listen, planted, pressed};
use crate::components::reactive::{Shared, changing, effect, spawn};
use crate::components::shell::{part, say, written};
use crate::components::states::failed;
use crate::context::{Context, context};
use crate::i18n::Word;
use body::Kept;
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;
use shared::access::Right;
use shared::container::ContainerNumber;
use shared::release_desk::MOST_CONTAINERS;
use shared::wire::release_desk::{
    Application, ApplicationForm, ApplicationItem, ApplicationKind, ApplicationState, DeskFile, DeskFill,
    FieldError,
};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

/// The list is looked at once typing has paused this long.
const TYPED: Duration = Duration::from_millis(300);
/// So many boxes are asked about at a time.
const AT_A_TIME: usize = 4;

/// What this server knows of a box.
#[derive(Clone, Debug)]
pub enum Filling {
    /// It was asked.
    Asked,
    /// It answered.
    Here(Box<DeskFill>),
    /// It could not be asked; that hinders nothing.
    Failed,
}

/// The form as it is filled.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// What it says.
    pub form: ApplicationForm,
    /// The containers as they were typed.
    pub text: String,
    /// What is known of each, by its number.
    pub fills: BTreeMap<String, Filling>,
    /// Fields that somebody typed into.
    pub typed: Vec<String>,
    /// Fields that were filled in from events.
    pub filled: Vec<String>,
    /// What the server found wrong.
    pub errors: Vec<FieldError>,
    /// Whether it was to be handed in: what is missing is an error from then on.
    pub checked: bool,
    /// The files that went up.
    pub files: Vec<DeskFile>,
    /// Those that are going up, or could not.
    pub uploads: Vec<uploads::Upload>,
    /// The draft or returned application that it is of, and its version.
    pub draft: Option<(String, u64)>,
    /// Whether it was returned, and not begun anew.
    pub returned: bool,
    /// The name of the request: the same again makes nothing new.
    pub request: String,
    /// What was taken of a list.
    pub taken: Vec<ApplicationItem>,
    /// Boxes that are still to be asked about.
    pub to_ask: Vec<String>,
    /// How many are being asked about.
    pub asking: usize,
}

impl Sheet {
    fn id(&self) -> Option<&str> {
        self.draft.as_ref().map(|(id, _)| id.as_str())
    }
}

/// The form on the page. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Desk {
    context: Context,
    sheet: Shared<Sheet>,
    failed: RwSignal<Option<CallError>>,
    sending: RwSignal<bool>,
    saved: RwSignal<Option<String>>,
    asking: RwSignal<bool>,
    // Whether the list of containers has to be written anew into its field.
    rewrite: RwSignal<u32>,
    // Which wish to ask anew is the latest.
    later: StoredValue<u32>,
    // Asks for the application anew whose form this is.
    again: Option<Callback<()>>,
}

/// `/release-desk/new`.
#[inline(never)]
pub fn new_application() -> AnyView {
    let context = context();
    let mut sheet = Sheet {
        request: body::new_request(),
        ..Sheet::default()
    };
    sheet.form.kind = Some(ApplicationKind::MissingInstruction);
    let title = fill("<h1>{}</h1>", &[say(context.language, Word::NewApplication)]);
    let form = form(context, sheet, title, None);
    tick(context);
    part("section", "page release-desk", vec![form])
}

/// A draft, or an application that was returned; `again` asks for it again.
pub fn of_draft(context: Context, there: &Application, again: Callback<()>) -> AnyView {
    let sheet = Sheet {
        form: there.form.clone(),
        text: there.form.containers.join("\n"),
        // What stands there was meant so.
        typed: fields::PAPERS
            .iter()
            .map(|field| field.name.to_owned())
            .chain(["reason".to_owned()])
            .filter(|name| !fields::value(&there.form, name).is_empty())
            .collect(),
        files: there.files.clone(),
        draft: Some((there.item.id.clone(), there.item.version)),
        returned: there.item.state == ApplicationState::Returned,
        ..Sheet::default()
    };
    let remark = there.steps.iter().rev().find_map(|step| {
        step.remark
            .as_ref()
            .filter(|remark| !remark.is_empty())
            .map(|remark| (step, remark))
    });
    let why = match remark.filter(|_| there.item.state == ApplicationState::Returned) {
        Some((step, remark)) => fill(
            "<p class=\"advice\" role=\"note\"><strong>{}</strong> {}: <q>{}</q></p>",
            &[
                say(context.language, Word::DeskReturnedBy),
                text(&step.by),
                text(remark),
            ],
        ),
        None => nothing(),
    };
    let gaps = [
        text(&context.fill(Word::ApplicationOf, &there.item.id)),
        text(context.term(there.item.state)),
        why,
    ];
    let title = fill("<h1>{} <small class=\"desk-state\">{}</small></h1>{}", &gaps);
    form(context, sheet, title, Some(again))
}

fn form(context: Context, mut sheet: Sheet, title: Markup, again: Option<Callback<()>>) -> AnyView {
    let version = sheet.draft.as_ref().map_or(0, |(_, version)| *version);
    // What was typed into what it was before would write over what somebody else has done since.
    if let Some(kept) = body::kept(context.session, sheet.id()).filter(|kept| kept.version == version) {
        take_kept(&mut sheet, kept);
    }
    sheet.form.containers = boxes::numbers(&sheet.text);
    let desk = Desk {
        context,
        sheet: Shared::new(sheet),
        failed: RwSignal::new(None),
        sending: RwSignal::new(false),
        saved: RwSignal::new(None),
        asking: RwSignal::new(false),
        rewrite: RwSignal::new(0),
        later: StoredValue::new(0),
        again,
    };
    desk.ask(false);
    let wrong = changing(move || match desk.failed.get() {
        Some(error) if error.status() == Some(409) => {
            let words = context.say(Word::DeskChanged).to_owned();
            crate::components::states::failed_words(context, words, String::new(), None)
        }
        Some(error) => failed(&error, None),
        None => ().into_any(),
    });
    let taken = shown("contents", move || {
        desk.sheet.look(|sheet| summary::taken(context, sheet))
    });
    let left = vec![desk.boxes(), desk.what(), desk.papers(), uploads::uploads(desk)];
    let side = summary::aside(desk);
    let both = vec![part("div", "apply-form", left), side];
    let dialog = changing(move || match desk.asking.get() {
        true => summary::ask(desk),
        false => ().into_any(),
    });
    let title = written("apply-title", title);
    vec![title, taken, wrong, part("div", "apply", both), dialog].into_any()
}

/// What was typed before, and never handed in.
fn take_kept(sheet: &mut Sheet, kept: Kept) {
    sheet.form = kept.form;
    sheet.text = kept.text;
    sheet.typed = kept.typed;
    for file in kept.files {
        if !sheet.files.iter().any(|own| own.id == file.id) {
            sheet.files.push(file);
        }
    }
    if !kept.request.is_empty() {
        sheet.request = kept.request;
    }
}

impl Desk {
    /// Changes the sheet, and lets the browser keep what it says.
    fn change(self, change: impl FnOnce(&mut Sheet)) {
        self.change_boxed(Box::new(change));
    }

    #[inline(never)]
    fn change_boxed(self, change: Box<dyn FnOnce(&mut Sheet) + '_>) {
        self.sheet.change(|sheet| {
            change(sheet);
            let kept = Kept {
                form: sheet.form.clone(),
                text: sheet.text.clone(),
                typed: sheet.typed.clone(),
                files: sheet.files.clone(),
                request: sheet.request.clone(),
                version: sheet.draft.as_ref().map_or(0, |(_, version)| *version),
            };
            body::keep(self.context.session, sheet.id(), &kept);
        });
    }

    fn offset(self) -> i32 {
        let now = self.context.live.time();
        now.map_or(0, |now| untrack(|| self.context.sites.local(now)).offset_seconds)
    }

    /// Hears what is typed and chosen in a part of the form, and keeps its fields as the sheet has them.
    fn hear(self, part: HtmlElement) {
        let hear = move |event: web_sys::Event| {
            if let Some((name, value)) = named_value(&event) {
                self.typed(&name, &value);
            }
        };
        listen(&part, &["input", "change"], Box::new(hear));
        let context = self.context;
        effect(move || self.sheet.look(|sheet| fields::show(context, &part, sheet)));
    }

    fn typed(self, name: &str, value: &str) {
        let known = fields::PAPERS.iter().any(|field| field.name == name)
            || ["kind", "reason", "remark", "site"].contains(&name);
        if !known {
            return;
        }
        let offset = self.offset();
        self.saved.set(None);
        self.change(|sheet| {
            fields::put(&mut sheet.form, name, value, offset);
            sheet.typed.retain(|typed| typed != name);
            // What was emptied may be filled in again.
            if !value.is_empty() {
                sheet.typed.push(name.to_owned());
            }
            sheet.filled.retain(|filled| filled != name);
            sheet.errors.retain(|error| error.field != name);
        });
        let proves = ["bill_of_lading", "declaration"].contains(&name) && !self.context.may(Right::Trails);
        if name == "site" || proves {
            self.ask_soon();
        }
    }

    /// Asks anew once typing has paused.
    fn ask_soon(self) {
        let turn = self.later.get_value().wrapping_add(1);
        self.later.set_value(turn);
        set_timeout(
            move || {
                if self.later.try_get_value() == Some(turn) {
                    self.ask(true);
                }
            },
            TYPED * 2,
        );
    }

    fn what(self) -> AnyView {
        let context = self.context;
        let inner = self.sheet.peek(|sheet| fields::what(context, &sheet.form));
        let gaps = [
            say(context.language, Word::ApplyWhat),
            inner,
            self.site(),
            self.by(),
        ];
        let markup = fill("<h2>{}</h2><div class=\"apply-fields\">{}{}{}</div>", &gaps);
        planted("card", markup, Box::new(move |part| self.hear(part)))
    }

    /// Offered only where there is a choice.
    fn site(self) -> Markup {
        let context = self.context;
        let mut sites: Vec<(String, String)> = context.sites.all.with_untracked(|all| {
            all.iter()
                .map(|site| {
                    let name = context.language.choose(&site.name.en, &site.name.zh);
                    (site.code.clone(), name.clone())
                })
                .collect()
        });
        if sites.is_empty() {
            let own = context
                .session
                .peek(|told| told.and_then(|told| told.sites.clone()));
            sites = own
                .unwrap_or_default()
                .into_iter()
                .map(|code| (code.clone(), code))
                .collect();
        }
        if sites.len() < 2 {
            return nothing();
        }
        let chosen = self.sheet.peek(|sheet| sheet.form.site.clone());
        let chosen = match (chosen.as_str(), context.address.query_now().get("site")) {
            ("", Some(shown)) => shown.to_owned(),
            ("", None) => sites.first().map(|(code, _)| code.clone()).unwrap_or_default(),
            (chosen, _) => chosen.to_owned(),
        };
        sites.sort_by_key(|(code, _)| *code != chosen);
        self.sheet.alter(|sheet| {
            sheet.form.site = chosen;
            false
        });
        fill(
            "<label class=\"field\"><span>{}</span><select name=\"site\">{}</select></label>",
            &[say(context.language, Word::Site), options(&sites)],
        )
    }

    /// Who applies, where access is open.
    fn by(self) -> Markup {
        let context = self.context;
        match context.session.has_accounts() {
            true => nothing(),
            false => fill(
                "<label class=\"field\"><span>{}</span><input name=\"by\" autocomplete=\"organization\" value=\"{}\"></label>",
                &[say(context.language, Word::ApplyBy), text(&remembered())],
            ),
        }
    }

    fn papers(self) -> AnyView {
        let context = self.context;
        let markup = self.sheet.peek(|sheet| {
            let mut papers = Vec::new();
            for field in &fields::PAPERS {
                papers.push(fields::written(context, field, &sheet.form));
            }
            let gaps = [
                say(context.language, Word::ApplyPapers),
                say(context.language, Word::ApplyPapersHint),
                join(&papers),
                fields::remark(context, &sheet.form),
            ];
            fill(
                "<h2>{}</h2><p class=\"quiet\">{}</p><div class=\"apply-fields\">{}{}</div>",
                &gaps,
            )
        });
        planted("card", markup, Box::new(move |part| self.hear(part)))
    }

    fn boxes(self) -> AnyView {
        const LIST: &str = "<h2>{}</h2><div class=\"field\" data-field=\"containers\"><label for=\"apply-containers\"><span>{}</span>\
                            </label><textarea id=\"apply-containers\" name=\"containers\" rows=\"4\" spellcheck=\"false\" \
                            autocapitalize=\"characters\" placeholder=\"CSQU3054383&#10;MSKU0000010\" \
                            aria-describedby=\"apply-containers-about\">{}</textarea><p class=\"field-about\" id=\"apply-containers-about\">\
                            <span class=\"quiet\">{}</span><span class=\"field-error\" data-error=\"containers\"></span></p></div>";
        let context = self.context;
        let gaps = self.sheet.peek(|sheet| {
            [
                say(context.language, Word::FieldContainers),
                say(context.language, Word::ApplyPaste),
                text(&sheet.text),
                text(&context.fill(Word::ApplyPasteHint, MOST_CONTAINERS)),
            ]
        });
        let waiting = Rc::new(Cell::new(None::<TimeoutHandle>));
        let ready = move |part: HtmlElement| {
            let Some(area) = find::<HtmlTextAreaElement>(&part, "textarea") else {
                return;
            };
            let (waiting, typed) = (waiting.clone(), area.clone());
            let hear = move |_| {
                let value = typed.value();
                self.change(|sheet| sheet.text = value);
                if let Some(waiting) = waiting.take() {
                    waiting.clear();
                }
                waiting.set(set_timeout_with_handle(move || self.listed(), TYPED).ok());
            };
            listen(&part, &["input"], Box::new(hear));
            let shown = part.clone();
            effect(move || self.sheet.look(|sheet| fields::show(context, &shown, sheet)));
            effect(move || {
                if self.rewrite.get() > 0 {
                    area.set_value(&self.sheet.peek(|sheet| sheet.text.clone()));
                }
            });
            if self.sheet.peek(|sheet| sheet.text.is_empty()) {
                // The first that is to be done.
                if let Some(area) = find::<HtmlElement>(&part, "textarea") {
                    let _ = area.focus();
                }
            }
        };
        let list = planted("contents", fill(LIST, &gaps), Box::new(ready));
        let hear = move |event: web_sys::Event| {
            let number = pressed(&event).and_then(|pressed| Some(pressed.strip_prefix("drop ")?.to_owned()));
            if let Some(number) = number {
                self.change(|sheet| sheet.text = boxes::without(&sheet.text, &number));
                self.rewrite.update(|times| *times += 1);
                self.listed();
            }
        };
        let lines = heard(
            "contents",
            move || self.sheet.look(|sheet| boxes::lines(context, sheet)),
            &["click"],
            Box::new(hear),
        );
        part("div", "card", vec![list, lines])
    }

    /// The list of containers is another one.
    fn listed(self) {
        let offset = self.offset();
        self.saved.set(None);
        self.change(|sheet| {
            let numbers = boxes::numbers(&sheet.text);
            if numbers != sheet.form.containers {
                sheet.form.containers = numbers;
                // They were told by their places in the list before.
                sheet.errors.retain(|error| error.field != "containers");
                fields::fill_in(sheet, offset);
            }
        });
        self.ask(false);
    }

    /// Asks what is known of the boxes: of those of which nothing was asked yet, or of all anew.
    fn ask(self, anew: bool) {
        self.sheet.change(|sheet| {
            let mut wanted = Vec::new();
            for number in sheet.form.containers.iter().take(MOST_CONTAINERS) {
                let is_new = !sheet.fills.contains_key(number) && !sheet.to_ask.contains(number);
                if (anew || is_new) && ContainerNumber::parse(number).is_ok() {
                    wanted.push(number.clone());
                }
            }
            if anew {
                sheet.to_ask.clear();
            }
            sheet.to_ask.extend(wanted);
        });
        for _ in 0..AT_A_TIME {
            self.ask_next();
        }
    }

    fn ask_next(self) {
        let next = self.sheet.peek(|sheet| {
            let next = sheet.to_ask.first().filter(|_| sheet.asking < AT_A_TIME);
            next.cloned()
        });
        let Some(number) = next else {
            return;
        };
        self.sheet.change(|sheet| {
            sheet.to_ask.remove(0);
            sheet.asking += 1;
            sheet.fills.entry(number.clone()).or_insert(Filling::Asked);
        });
        let query = self.sheet.peek(|sheet| {
            let typed = |name: &str| {
                let is = sheet.typed.iter().any(|typed| typed == name);
                is.then(|| fields::value(&sheet.form, name))
            };
            Query::default()
                .with("container", Some(&number))
                .with("site", Some(&sheet.form.site))
                // Whoever names its papers shows that the box is theirs.
                .with("bill_of_lading", typed("bill_of_lading").as_deref())
                .with("declaration", typed("declaration").as_deref())
        });
        spawn(async move {
            let answer = get::<DeskFill>(format!("/release-desk/fill{query}")).await;
            let offset = self.offset();
            let filling = match answer {
                Ok(fill) => Filling::Here(Box::new(fill)),
                Err(_) => Filling::Failed,
            };
            self.sheet.change(|sheet| {
                sheet.asking = sheet.asking.saturating_sub(1);
                sheet.fills.insert(number, filling);
                fields::fill_in(sheet, offset);
            });
            self.ask_next();
        });
    }
}

/// What was typed or chosen, and in which field.
fn named_value(event: &web_sys::Event) -> Option<(String, String)> {
    let target = event.target()?;
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        return Some((input.name(), input.value()));
    }
    if let Some(select) = target.dyn_ref::<HtmlSelectElement>() {
        return Some((select.name(), select.value()));
    }
    let area = target.dyn_ref::<HtmlTextAreaElement>()?;
    Some((area.name(), area.value()))
}
