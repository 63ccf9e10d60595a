//! `/release-desk/{id}`: one application on one screen. What was applied for stands beside what this server's own events
//! say, so that most reviews are one look; what may be done are the actions that the answer lists, and nothing else.

/// What a person does with an application.
mod act;
/// What was applied for beside what events say.
mod facts;
/// What happened so far, and the instruction.
mod steps;

use super::files;
use super::form;
use super::keys::keys;
use super::queue::{state, turn};
use crate::address::Page;
use crate::address::encode;
use crate::client::{CallError, Member, object, post, text as call, understood};
use crate::components::countdown::{Until, countdown, tick};
use crate::components::kept::remembered;
use crate::components::markup::{Markup, fill, heard, join, nothing, shown, text};
use crate::components::planted::pressed;
use crate::components::reactive::{Shared, changing, effect, spawn, whether};
use crate::components::shell::{part, say};
use crate::components::states::{failed, loading};
use crate::context::{Context, context};
use crate::i18n::Word;
use crate::live::{Fresh, Message, Topic, watch};
use act::Act;
use gloo_net::http::Method;
use leptos::prelude::*;
use shared::wire::release_desk::{Application, ApplicationAction, ApplicationState, DeskFile};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Asked again no sooner than this.
const GAP_MS: f64 = 400.0;
/// What events say may change without a step of the application: it is asked for again this often, in seconds.
const LOOKED: i64 = 30;

/// One application that is looked at. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Case {
    context: Context,
    id: StoredValue<String>,
    there: Shared<Option<Application>>,
    // What the person chose to do, and what is corrected so far.
    chosen: RwSignal<Option<Act>>,
    fixes: Shared<BTreeMap<String, String>>,
    // What is written, whichever action it comes to be about.
    remark: StoredValue<String>,
    failed: RwSignal<Option<CallError>>,
    sending: RwSignal<bool>,
    again: Callback<()>,
}

/// The page.
#[inline(never)]
pub fn application(id: String) -> AnyView {
    let context = context();
    tick(context);
    let there = Shared::new(None::<Application>);
    let path = {
        let id = id.clone();
        move || format!("/release-desk/applications/{}", encode(&id))
    };
    let take = move |answer: &str| {
        let read: Application = understood(answer)?;
        there.change(|there| *there = Some(read));
        Ok(())
    };
    let fresh = Fresh::new(GAP_MS, Box::new(path), Box::new(take));
    let again = {
        let fresh = StoredValue::new_local(fresh.clone());
        Callback::new(move |()| {
            if let Some(fresh) = fresh.try_get_value() {
                fresh.want_in(0.0);
            }
        })
    };
    let case = Case {
        context,
        id: StoredValue::new(id.clone()),
        there,
        chosen: RwSignal::new(None),
        fixes: Shared::new(BTreeMap::new()),
        remark: StoredValue::new(String::new()),
        failed: RwSignal::new(None),
        sending: RwSignal::new(false),
        again,
    };
    watch(
        context.live,
        &[Topic::ReleaseDesk],
        move |message| match message {
            Some(Message::Application(change)) if change.item.id == id => {
                // At once what is known of it; the rest is asked for.
                there.alter(|there| match there {
                    Some(there) if there.item.version < change.item.version => {
                        // Papers and checks on the screen are of before, so what is done next is, too.
                        let seen = there.item.version;
                        there.item = change.item.clone();
                        there.item.version = seen;
                        true
                    }
                    _ => false,
                });
                again.run(());
            }
            Some(_) => {}
            None => again.run(()),
        },
    );
    let looked = crate::components::reactive::changed_text(move || {
        let now = context.live.now.get()?;
        Some((now.0 / (LOOKED * 1_000)).to_string())
    });
    effect(move || {
        looked.with(|_| ());
        again.run(());
    });
    let error = fresh.error;
    let wrong = changing(move || match error.get() {
        Some(error) if error.status() == Some(404) => {
            let words = fill(
                "<div class=\"failed\" role=\"alert\"><p><strong>{}</strong></p><p>{}</p></div>",
                &[
                    say(context.language, Word::DeskNotThere),
                    say(context.language, Word::DeskNotThereHint),
                ],
            );
            crate::components::shell::written("contents", words)
        }
        Some(error) => failed(&error, Some(again)),
        None => ().into_any(),
    });
    let is_there = whether(move || there.look(Option::is_some));
    let wants_form = context.address.parameter("view");
    let is_form = whether(move || {
        let asked = wants_form.get().as_deref() == Some("form");
        there.look(|there| {
            there.as_ref().is_some_and(|there| {
                let may = there.actions.contains(&ApplicationAction::Save);
                may && (there.item.state == ApplicationState::Draft || asked)
            })
        })
    });
    let content = changing(move || match (is_there.get(), is_form.get()) {
        (false, _) if error.with(Option::is_some) => ().into_any(),
        (false, _) => loading(),
        (true, true) => there.peek(|there| match there {
            Some(there) => form::of_draft(context, there, again),
            None => loading(),
        }),
        (true, false) => case.screen(),
    });
    part("section", "page release-desk application", vec![wrong, content])
}

impl Case {
    /// Looks at the application; tracked.
    fn look<R: Default>(self, look: impl FnOnce(&Application) -> R) -> R {
        self.there
            .look(|there| there.as_ref().map(look).unwrap_or_default())
    }

    fn screen(self) -> AnyView {
        let context = self.context;
        let head = shown("desk-head-of", move || self.look(|there| self.head(there)));
        let known = act::KEYS.to_vec();
        let keys = keys(context, known, Rc::new(move |key| self.press(key)));
        let facts = facts::facts(self);
        let files = self.files();
        let steps = shown("contents", move || {
            self.look(|there| steps::steps(context, there))
        });
        let instruction = shown("contents", move || {
            self.look(|there| steps::instruction(context, there))
        });
        let side = part("div", "desk-side", vec![files, instruction, steps]);
        let both = part("div", "desk-both", vec![facts, side]);
        vec![head, act::actions(self), both, keys].into_any()
    }

    fn press(self, key: &str) -> bool {
        if key == "n" {
            let id = self.id.get_value();
            let next = untrack(|| self.context.desk.next(&id));
            let Some(next) = next else {
                return false;
            };
            let href = self.context.address.link(&Page::Application(next.id), &[]);
            self.context.address.go(&href);
            return true;
        }
        let offered = self
            .there
            .peek(|there| there.as_ref().map(|there| there.actions.clone()))
            .unwrap_or_default();
        match act::of_key(key, &offered) {
            Some(action) => {
                self.choose(action);
                true
            }
            None => false,
        }
    }

    fn head(self, there: &Application) -> Markup {
        let context = self.context;
        let item = &there.item;
        let language = context.language;
        let closing = match item.closing_at {
            Some(at) if item.turn.is_some() => countdown(context, Until::Closing, at),
            Some(at) => text(&crate::i18n::format::stamp(at)),
            None => fill(
                "<span class=\"quiet\">{}</span>",
                &[say(language, Word::DeskClosingUnknown)],
            ),
        };
        let mut links = vec![(
            context.address.link(&Page::ReleaseDesk, &[]),
            Word::DeskBack,
            "back",
        )];
        if let (Some(stay), true) = (
            &there.stay,
            context.sees(&Page::Container(item.container.clone())),
        ) {
            let page = Page::Container(item.container.clone());
            links.push((
                context.address.link(&page, &[("stay", stay)]),
                Word::DeskTrail,
                "trail",
            ));
        }
        if let (Some(alarm), true) = (&there.alarm, context.sees(&Page::Alarms)) {
            let parameters = [("alarm", alarm.as_str()), ("state", "all")];
            links.push((
                context.address.link(&Page::Alarms, &parameters),
                Word::DeskAlarm,
                "alarm",
            ));
        }
        if let Some(next) = context.desk.next(&item.id) {
            let page = Page::Application(next.id);
            links.push((context.address.link(&page, &[]), Word::DeskNext, "next"));
        }
        let mut written = Vec::new();
        for (href, word, name) in &links {
            let gaps = [text(href), text(name), say(language, *word)];
            written.push(fill("<a href=\"{}\" data-link=\"{}\">{}</a>", &gaps));
        }
        let what = [
            item.kind.map_or("", |kind| context.term(kind)),
            item.reason.map_or("", |reason| context.term(reason)),
        ]
        .join(" · ");
        let number = match item.container.as_str() {
            "" => context.say(Word::DeskNoContainer),
            number => number,
        };
        let gaps = [
            join(&written),
            text(number),
            text(&item.id),
            text(&what),
            text(&item.enterprise),
            text(&item.site),
            state(context, item),
            turn(context, item),
            say(language, Word::FieldClosing),
            closing,
        ];
        fill(
            "<p class=\"desk-links\">{}</p><div class=\"desk-title\"><div><h1><span class=\"container-number\">{}</span> \
             <small>{}</small></h1><p class=\"desk-what\">{}</p><p class=\"quiet\">{} · {}</p></div>\
             <div class=\"desk-now\"><span role=\"status\">{}</span>{}</div><div class=\"desk-clock\"><span class=\"quiet\">{}</span>{}</div></div>",
            &gaps,
        )
    }

    /// The files, and where more are put.
    fn files(self) -> AnyView {
        let context = self.context;
        let going = RwSignal::new(None::<(String, u32)>);
        let wrong = RwSignal::new(None::<String>);
        let may = move |action| self.look(|there| there.actions.contains(&action));
        let list = move || {
            let files = self.look(|there| match there.files.is_empty() {
                true => fill(
                    "<p class=\"quiet\">{}</p>",
                    &[say(context.language, Word::DeskNoFiles)],
                ),
                false => files::listed(
                    context,
                    &there.files,
                    there.actions.contains(&ApplicationAction::Detach),
                ),
            });
            let progress = going.get().map_or_else(nothing, |(name, thousandths)| {
                let gaps = [text(&name), text(&thousandths.to_string()), text(&name)];
                fill(
                    "<p>{} <progress max=\"1000\" value=\"{}\" aria-label=\"{}\"></progress></p>",
                    &gaps,
                )
            });
            let wrong = wrong.get().map_or_else(nothing, |wrong| {
                fill("<p class=\"field-error\" role=\"alert\">{}</p>", &[text(&wrong)])
            });
            let place = match may(ApplicationAction::Attach) {
                true => files::place(context),
                false => nothing(),
            };
            let gaps = [
                say(context.language, Word::DeskFiles),
                files,
                progress,
                wrong,
                place,
            ];
            fill("<h2>{}</h2>{}{}{}{}", &gaps)
        };
        let attach = move |event: web_sys::Event| {
            if event.type_() == "click" {
                let pressed = pressed(&event);
                if let Some(file) = pressed
                    .as_deref()
                    .and_then(|pressed| pressed.strip_prefix("detach "))
                {
                    self.detach(file, wrong);
                }
                return;
            }
            for file in files::taken(&event) {
                let count = self
                    .there
                    .peek(|there| there.as_ref().map_or(0, |there| there.files.len()));
                if let Some(word) = files::wrong(&file.name(), file.size(), count) {
                    wrong.set(Some([&file.name(), ": ", context.say(word)].concat()));
                    continue;
                }
                wrong.set(None);
                let name = file.name();
                let path = format!(
                    "/release-desk/files?name={}{}",
                    encode(&name),
                    files::who(context)
                );
                let told = files::Told {
                    progress: Box::new(move |share| {
                        let _ = going.try_set(Some((name.clone(), (share * 1_000.0) as u32)));
                    }),
                    done: Box::new(move |answer: Result<DeskFile, CallError>| {
                        let _ = going.try_set(None);
                        self.attach(answer, wrong);
                    }),
                };
                files::send(&file, &path, told);
            }
        };
        heard(
            "card",
            list,
            &["click", "change", "dragenter", "dragover", "dragleave", "drop"],
            Box::new(attach),
        )
    }

    /// Lets a file that went up go with the application.
    fn attach(self, answer: Result<DeskFile, CallError>, wrong: RwSignal<Option<String>>) {
        let context = self.context;
        spawn(async move {
            let answer = match answer {
                Ok(file) => {
                    let path = format!(
                        "/release-desk/applications/{}/files",
                        encode(&self.id.get_value())
                    );
                    let by = remembered();
                    let files = [file.id];
                    let mut members = vec![("files", Member::Texts(&files))];
                    if !context.session.has_accounts() {
                        members.push(("by", Member::Text(&by)));
                    }
                    post::<Application>(path, object(&members)).await
                }
                Err(error) => Err(error),
            };
            match answer {
                Ok(changed) => drop(self.there.change(|there| *there = Some(changed))),
                Err(error) => {
                    let (words, detail) = error.words(context.language);
                    let _ = wrong.try_set(Some([words, detail.unwrap_or_default()].join(" ")));
                    self.again.try_run(());
                }
            }
        });
    }

    fn detach(self, file: &str, wrong: RwSignal<Option<String>>) {
        let context = self.context;
        let path = format!(
            "/release-desk/applications/{}/files/{}",
            encode(&self.id.get_value()),
            encode(file)
        );
        let who = files::who(context);
        let path = match who.strip_prefix('&') {
            Some(who) => [&path, "?", who].concat(),
            None => path,
        };
        spawn(async move {
            if let Err(error) = call(Method::DELETE, path, None).await {
                let (words, _) = error.words(context.language);
                let _ = wrong.try_set(Some(words));
            }
            self.again.try_run(());
        });
    }
}
