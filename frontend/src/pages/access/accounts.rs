//! Accounts: who has one, what for, and the one-time links by which people give themselves a password.

use super::{check, focus_soon, group, secret, site_marks, sites_words, whole};
use crate::address::encode;
use crate::client::{CallError, Member, object, post, send, text as call};
use crate::components::markup::{Markup, fill, heard, join, mark, nothing, options, table, text};
use crate::components::planted::pressed;
use crate::components::reactive::{Shared, changing, spawn};
use crate::components::shell::say;
use crate::components::states::{empty, failed, framed};
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::{Answer, Followed, ask};
use crate::pages::door::form::{Field, Form, error_place, field, form};
use crate::pages::door::is_name;
use gloo_net::http::Method;
use leptos::prelude::*;
use shared::access::Role;
use shared::wire::List;
use shared::wire::access::{Account, AccountWithLink};
use std::rc::Rc;

const COLUMNS: [(Word, bool); 7] = [
    (Word::AccountName, false),
    (Word::RoleColumn, false),
    (Word::Sites, false),
    (Word::State, false),
    (Word::UsedLast, false),
    (Word::Sessions, true),
    (Word::ActionColumn, false),
];
const BUTTON: &str = "<button type=\"button\" data-do=\"{} {}\">{}</button>";

/// What is open above the list.
#[derive(Clone)]
enum Open {
    Nothing,
    New,
    Change(Account),
    Link(Box<AccountWithLink>),
}

/// The view. Cheap to copy.
#[derive(Clone, Copy)]
struct Desk {
    context: Context,
    list: Followed<Answer<List<Account>>>,
    open: Shared<Open>,
    error: RwSignal<Option<CallError>>,
}

/// The view of accounts.
pub fn accounts(context: Context) -> AnyView {
    let desk = Desk {
        context,
        list: ask(|| "/accounts?limit=1000".to_owned()),
        open: Shared::new(Open::Nothing),
        error: RwSignal::new(None),
    };
    let above = changing(move || desk.above());
    let wrong = changing(move || match desk.error.get() {
        Some(error) => failed(&error, None),
        None => ().into_any(),
    });
    let list = framed(desk.list.core(), move || {
        let hear = move |event| desk.press(&event);
        heard("contents", move || desk.markup(), &["click"], Box::new(hear))
    });
    vec![above, wrong, list].into_any()
}

impl Desk {
    fn markup(self) -> Markup {
        let context = self.context;
        self.list.with(|list| {
            let Some(list) = list else {
                return nothing();
            };
            if list.0.items.is_empty() {
                return empty(context.say(Word::NoAccounts));
            }
            let mut rows = Vec::new();
            for account in &list.0.items {
                rows.push(self.row(account));
            }
            table(context, Word::Accounts, &COLUMNS, join(&rows))
        })
    }

    fn row(self, account: &Account) -> Markup {
        let context = self.context;
        let mut state = vec![
            match (account.disabled, account.has_password || account.provider) {
                (true, _) => mark(context.say(Word::AccountIsShut), true),
                (false, true) => text(context.say(Word::AccountIsOpen)),
                (false, false) => mark(context.say(Word::WaitsForPassword), false),
            },
        ];
        if let Some(until) = account.locked_until {
            let words = context.fill(Word::LockedUntil, format::stamp(until));
            state.push(mark(&words, true));
        }
        if account.provider {
            state.push(mark(context.say(Word::ByProvider), false));
        }
        let button = |what: &str, word: Word| {
            let words = say(context.language, word);
            fill(BUTTON, &[text(what), text(&account.id), words])
        };
        let mut buttons = vec![button("change", Word::ChangeIt)];
        if !account.provider && !account.disabled {
            buttons.push(button("link", Word::NewLink));
        }
        if account.sessions > 0 {
            buttons.push(button("end", Word::EndSessions));
        }
        let full_name = if account.full_name == account.name {
            nothing()
        } else {
            fill(" <span class=\"quiet\">{}</span>", &[text(&account.full_name)])
        };
        let gaps = [
            text(&account.name),
            text(&account.name),
            full_name,
            text(context.term(account.role)),
            text(&sites_words(context, account.sites.as_deref())),
            join(&state),
            text(&format::stamp_or_dash(account.used_at)),
            text(&account.sessions.to_string()),
            join(&buttons),
        ];
        fill(
            "<tr data-account=\"{}\"><th scope=\"row\">{}{}</th><td>{}</td><td>{}</td><td class=\"states\">{}</td><td>{}</td>\
             <td class=\"number\">{}</td><td><div class=\"buttons\">{}</div></td></tr>",
            &gaps,
        )
    }

    fn press(self, event: &web_sys::Event) {
        let Some(pressed) = pressed(event) else {
            return;
        };
        let Some((what, id)) = pressed.split_once(' ') else {
            return;
        };
        let account = self.list.with_untracked(|list| {
            let mut accounts = list?.0.items.iter();
            accounts.find(|account| account.id == id).cloned()
        });
        let Some(account) = account else {
            return;
        };
        self.error.set(None);
        match what {
            "change" => drop(self.open.change(|open| *open = Open::Change(account))),
            "link" => spawn(async move {
                let path = ["/accounts/", &encode(&account.id), "/link"].concat();
                self.linked(post(path, "{}".to_owned()).await);
            }),
            "end" => spawn(async move {
                let path = ["/accounts/", &encode(&account.id), "/sessions"].concat();
                match call(Method::DELETE, path, None).await {
                    Ok(_) => self.list.reload(),
                    Err(error) => drop(self.error.try_set(Some(error))),
                }
            }),
            _ => {}
        }
    }

    fn linked(self, answer: Result<AccountWithLink, CallError>) {
        match answer {
            Ok(made) => {
                self.open.change(|open| *open = Open::Link(Box::new(made)));
                self.list.reload();
            }
            Err(error) => drop(self.error.try_set(Some(error))),
        }
    }

    fn close(self, focus: &'static str) -> Rc<dyn Fn()> {
        Rc::new(move || {
            self.open.change(|open| *open = Open::Nothing);
            focus_soon(focus.to_owned());
        })
    }

    fn above(self) -> AnyView {
        let context = self.context;
        match self.open.look(Open::clone) {
            Open::Nothing => {
                let gaps = [say(context.language, Word::NewAccount)];
                let button = move || {
                    fill(
                        "<div class=\"buttons\"><button type=\"button\" class=\"primary\" data-do=\"new\">{}</button></div>",
                        &gaps,
                    )
                };
                let hear = move |event: web_sys::Event| {
                    if pressed(&event).is_some() {
                        self.open.change(|open| *open = Open::New);
                    }
                };
                heard("contents", button, &["click"], Box::new(hear))
            }
            Open::New => self.form(None),
            Open::Change(account) => self.form(Some(account)),
            Open::Link(made) => {
                let name = made.account.name.clone();
                let heading = context.fill(Word::LinkFor, &name);
                let until = context.fill(Word::LinkUntil, format::stamp(made.until));
                let about = [context.say(Word::LinkAbout), " ", &until].concat();
                let close = self.close("[data-do=new]");
                secret(
                    context,
                    &heading,
                    &about,
                    Word::OneTimeLink,
                    &whole(&made.link),
                    close,
                )
            }
        }
    }

    fn form(self, present: Option<Account>) -> AnyView {
        let context = self.context;
        let of = present.as_ref();
        let name = Field {
            name: "name",
            word: Word::AccountName,
            kind: "text",
            complete: "off",
            value: of.map_or("", |account| &account.name),
            hint: match of {
                Some(_) => context.say(Word::NameNeverChanges),
                None => context.say(Word::NameHint),
            },
            more: if of.is_some() { "readonly" } else { "required" },
        };
        let full_name = Field {
            name: "full_name",
            word: Word::FullName,
            value: of.map_or("", |account| &account.full_name),
            hint: context.say(Word::FullNameHint),
            more: "",
            ..name
        };
        let mut fields = vec![
            field(context, "account", &name),
            field(context, "account", &full_name),
        ];
        let from_provider = of.is_some_and(|account| account.provider);
        if from_provider {
            fields.push(fill(
                "<p class=\"quiet\">{}</p>",
                &[say(context.language, Word::RoleByProvider)],
            ));
        } else {
            fields.push(role_field(
                context,
                of.map_or(Role::Viewer, |account| account.role),
            ));
            fields.push(site_marks(
                context,
                of.and_then(|account| account.sites.as_deref()),
            ));
        }
        if let Some(account) = of {
            let marks = [check(
                "disabled",
                "true",
                account.disabled,
                context.say(Word::ShutAccount),
            )];
            fields.push(group(context, Word::State, "disabled", Word::ShutHint, &marks));
        }
        let (submit, title) = match of {
            Some(_) => (Word::Save, Word::ChangeAccount),
            None => (Word::MakeAccount, Word::NewAccount),
        };
        let send = move |form: Form| {
            if !is_name(&form.value("name")) {
                return form.fail("name", context.say(Word::NameWrong));
            }
            form.busy(true);
            self.save(form, present.clone());
        };
        let inner = form(
            context,
            "account",
            &fields,
            submit,
            Rc::new(send),
            Some(self.close("[data-do=new]")),
        );
        let head = fill("<h2>{}</h2>", &[say(context.language, title)]);
        let parts = vec![crate::components::shell::written("contents", head), inner];
        crate::components::shell::part("div", "card", parts)
    }

    fn save(self, form: Form, present: Option<Account>) {
        let (name, full_name) = (form.value("name"), form.value("full_name"));
        let provided = present.as_ref().filter(|account| account.provider);
        let role = match provided {
            Some(account) => account.role.name().to_owned(),
            None => form.value("role"),
        };
        let sites = match provided {
            Some(account) => account.sites.clone(),
            None => Some(form.marked("sites")).filter(|sites| !sites.is_empty()),
        };
        let body = object(&[
            ("name", Member::Text(&name)),
            ("full_name", Member::Text(&full_name)),
            ("role", Member::Text(&role)),
            ("sites", sites.as_deref().map_or(Member::Null, Member::Texts)),
            ("disabled", Member::Flag(form.is_marked("disabled"))),
        ]);
        spawn(async move {
            let refused = match &present {
                None => match post("/accounts".to_owned(), body).await {
                    Ok(made) => return self.linked(Ok(made)),
                    Err(error) => error,
                },
                Some(account) => {
                    let path = ["/accounts/", &encode(&account.id)].concat();
                    match send::<Account>(Method::PUT, path, Some(body)).await {
                        Ok(_) => {
                            self.list.reload();
                            // One's own account may be another one now.
                            self.context.session.ask();
                            return self.close("[data-do=new]")();
                        }
                        Err(error) => error,
                    }
                }
            };
            let is_new = present.is_none();
            let words_of = move |name: &str| {
                Some(match name {
                    "name" if is_new => Word::NameTaken,
                    "full_name" => Word::FullNameWrong,
                    "sites" => Word::NameSites,
                    "role" if !is_new => Word::LastAdministrator,
                    _ => return None,
                })
            };
            form.refuse(&refused, &words_of);
        });
    }
}

fn role_field(context: Context, chosen: Role) -> Markup {
    let mut roles = Vec::new();
    let mut about = Vec::new();
    for role in Role::OF_PEOPLE {
        let words = context.term(role).to_owned();
        about.push(fill(
            "<div><dt>{}</dt><dd>{}</dd></div>",
            &[text(&words), text(context.say(about_role(role)))],
        ));
        roles.push((role.name().to_owned(), words));
    }
    // The chosen one first: a choice begins with its first.
    roles.sort_by_key(|(name, _)| name != chosen.name());
    let gaps = [
        say(context.language, Word::RoleColumn),
        options(&roles),
        error_place("role"),
        say(context.language, Word::WhatRolesMay),
        join(&about),
    ];
    fill(
        "<label class=\"field\"><span>{}</span><select name=\"role\">{}</select></label>{}\
         <details><summary>{}</summary><dl class=\"roles\">{}</dl></details>",
        &gaps,
    )
}

fn about_role(role: Role) -> Word {
    match role {
        Role::Viewer => Word::AboutViewer,
        Role::Analyst => Word::AboutAnalyst,
        Role::Officer => Word::AboutOfficer,
        Role::Terminal => Word::AboutTerminal,
        Role::Enterprise => Word::AboutEnterprise,
        Role::Administrator => Word::AboutAdministrator,
        Role::Display => Word::AboutDisplay,
        Role::Sender => Word::AboutSender,
        Role::Monitor => Word::AboutMonitor,
    }
}
