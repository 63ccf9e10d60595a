//! Keys: of senders, of walls, of monitoring. Their secrets are shown once, and they can be revoked.

use super::{check, focus_soon, group, secret, site_marks, sites_words, whole};
use crate::address::{Page, Query, encode};
use crate::client::{CallError, Member, object, post, text as call};
use crate::components::markup::{Markup, fill, heard, join, mark, nothing, table, text};
use crate::components::planted::pressed;
use crate::components::reactive::{Shared, changing, spawn};
use crate::components::shell::{part, say, written};
use crate::components::states::{empty, failed, framed};
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::{Answer, Followed, ask};
use crate::pages::door::form::{Field, Form, error_place, field, form};
use gloo_net::http::Method;
use leptos::prelude::*;
use shared::access::{Role, Scene};
use shared::wire::List;
use shared::wire::access::{Key, KeyWithSecret};
use std::rc::Rc;

const COLUMNS: [(Word, bool); 6] = [
    (Word::KeyName, false),
    (Word::KeyKind, false),
    (Word::KeyFor, false),
    (Word::MadeColumn, false),
    (Word::UsedLast, false),
    (Word::ActionColumn, false),
];
const ROW: &str = "<tr data-key=\"{}\"{}><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>";
const ASK: &str = "<div class=\"buttons revoke-ask\" role=\"group\" aria-label=\"{}\"><span>{}</span>\
                   <button type=\"button\" class=\"primary\" data-do=\"yes {}\">{}</button>\
                   <button type=\"button\" data-do=\"no {}\">{}</button></div>";

/// What is open above the list.
#[derive(Clone)]
enum Open {
    Nothing,
    New(Role),
    Made(Box<KeyWithSecret>),
}

/// The view. Cheap to copy.
#[derive(Clone, Copy)]
struct Desk {
    context: Context,
    list: Followed<Answer<List<Key>>>,
    open: Shared<Open>,
    // The key of which it is asked whether it is to be revoked.
    asking: Shared<Option<String>>,
    error: RwSignal<Option<CallError>>,
}

/// The view of keys.
pub fn keys(context: Context) -> AnyView {
    let desk = Desk {
        context,
        list: ask(|| "/keys?limit=1000".to_owned()),
        open: Shared::new(Open::Nothing),
        asking: Shared::new(None),
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

/// What a scene is called.
pub fn scene_word(scene: Scene) -> Word {
    match scene {
        Scene::Yard => Word::Yard,
        Scene::Alarms => Word::Alarms,
        Scene::Clearance => Word::Clearance,
        Scene::Throughput => Word::Throughput,
        Scene::Number => Word::WallNumber,
        Scene::Feeds => Word::Feeds,
        Scene::Parcels => Word::Parcels,
        Scene::ReleaseDesk => Word::ReleaseDesk,
    }
}

fn scenes_words(context: Context, scenes: &[Scene]) -> String {
    let words: Vec<&str> = scenes
        .iter()
        .map(|scene| context.say(scene_word(*scene)))
        .collect();
    words.join(", ")
}

/// The ready address of a wall: what it shows, and behind the `#` its token.
pub fn wall_address(query: &Query, token: &str) -> String {
    let address = format!("{}{query}#display={token}", Page::Wall.path());
    whole(&address)
}

impl Desk {
    fn markup(self) -> Markup {
        let context = self.context;
        let asking = self.asking.look(Option::clone);
        self.list.with(|list| {
            let Some(list) = list else {
                return nothing();
            };
            if list.0.items.is_empty() {
                return empty(context.say(Word::NoKeys));
            }
            let mut rows = Vec::new();
            for key in &list.0.items {
                rows.push(self.row(key, asking.as_deref() == Some(&key.id)));
            }
            table(context, Word::AccessKeys, &COLUMNS, join(&rows))
        })
    }

    fn row(self, key: &Key, asked: bool) -> Markup {
        let context = self.context;
        let language = context.language;
        let mut parts = Vec::new();
        if let Some(sources) = &key.sources {
            parts.push(sources.join(", "));
        }
        if let Some(scenes) = &key.scenes {
            parts.push(scenes_words(context, scenes));
        }
        if key.role != Role::Monitor {
            parts.push(sites_words(context, key.sites.as_deref()));
        }
        let made = [&format::stamp(key.created_at), " · ", &key.created_by].concat();
        let action = match (key.revoked_at, asked) {
            (Some(at), _) => mark(&context.fill(Word::RevokedAt, format::stamp(at)), true),
            (None, true) => {
                let question = match key.role {
                    Role::Display => Word::RevokeWall,
                    Role::Sender => Word::RevokeSender,
                    _ => Word::RevokeKey,
                };
                let question = say(language, question);
                let gaps = [
                    question.clone(),
                    question,
                    text(&key.id),
                    say(language, Word::Revoke),
                    text(&key.id),
                    say(language, Word::Cancel),
                ];
                fill(ASK, &gaps)
            }
            (None, false) => {
                let gaps = [text(&key.id), say(language, Word::RevokeAsk)];
                fill("<button type=\"button\" data-do=\"ask {}\">{}</button>", &gaps)
            }
        };
        let revoked = if key.revoked_at.is_some() {
            " class=\"revoked\""
        } else {
            ""
        };
        let gaps = [
            text(&key.id),
            fill(revoked, &[]),
            text(&key.name),
            text(context.term(key.role)),
            text(&parts.join(" · ")),
            text(&made),
            text(&format::stamp_or_dash(key.used_at)),
            action,
        ];
        fill(ROW, &gaps)
    }

    fn press(self, event: &web_sys::Event) {
        let Some(pressed) = pressed(event) else {
            return;
        };
        let Some((what, id)) = pressed.split_once(' ') else {
            return;
        };
        let id = id.to_owned();
        let button = |what: &str| ["[data-do=\"", what, " ", &id, "\"]"].concat();
        match what {
            "ask" => {
                // On the way back: what takes access from a wall is no slip of a finger.
                focus_soon(button("no"));
                self.asking.change(|asking| *asking = Some(id));
            }
            "no" => {
                focus_soon(button("ask"));
                self.asking.change(|asking| *asking = None);
            }
            "yes" => {
                self.asking.change(|asking| *asking = None);
                self.error.set(None);
                spawn(async move {
                    let path = ["/keys/", &encode(&id)].concat();
                    match call(Method::DELETE, path, None).await {
                        Ok(_) => {
                            self.list.reload();
                            focus_soon("main .buttons button".to_owned());
                        }
                        Err(error) => drop(self.error.try_set(Some(error))),
                    }
                });
            }
            _ => {}
        }
    }

    fn close(self) -> Rc<dyn Fn()> {
        Rc::new(move || {
            self.open.change(|open| *open = Open::Nothing);
            focus_soon("main .buttons button".to_owned());
        })
    }

    fn above(self) -> AnyView {
        let context = self.context;
        match self.open.look(Open::clone) {
            Open::Nothing => {
                let mut buttons = Vec::new();
                for (role, word) in [
                    (Role::Display, Word::NewDisplay),
                    (Role::Sender, Word::NewSender),
                    (Role::Monitor, Word::NewMonitor),
                ] {
                    let gaps = [text(role.name()), say(context.language, word)];
                    buttons.push(fill("<button type=\"button\" data-do=\"{}\">{}</button>", &gaps));
                }
                let buttons = fill("<div class=\"buttons\">{}</div>", &[join(&buttons)]);
                let hear = move |event: web_sys::Event| {
                    if let Some(role) = pressed(&event).and_then(|name| Role::from_name(&name)) {
                        self.open.change(|open| *open = Open::New(role));
                    }
                };
                heard("contents", move || buttons.clone(), &["click"], Box::new(hear))
            }
            Open::New(role) => self.form(role),
            Open::Made(made) => self.made(&made),
        }
    }

    fn made(self, made: &KeyWithSecret) -> AnyView {
        let context = self.context;
        let key = &made.key;
        let heading = context.fill(Word::KeyMade, &key.name);
        let about = |word: Word| [context.say(word), " ", context.say(Word::ShownOnce)].concat();
        let close = self.close();
        match key.role {
            Role::Display => {
                let names: Vec<&str> = key.scenes.iter().flatten().map(|scene| scene.name()).collect();
                let site = key.sites.as_ref().and_then(|sites| sites.first().cloned());
                let query = Query::default()
                    .with("scenes", Some(&names.join(",")))
                    .with("site", site.as_deref())
                    .with("lang", Some(context.language.code()));
                let address = wall_address(&query, &made.secret);
                secret(
                    context,
                    &heading,
                    &about(Word::DisplayMade),
                    Word::WallAddress,
                    &address,
                    close,
                )
            }
            Role::Sender => secret(
                context,
                &heading,
                &about(Word::SenderMade),
                Word::Secret,
                &made.secret,
                close,
            ),
            _ => secret(
                context,
                &heading,
                &about(Word::MonitorMade),
                Word::Secret,
                &made.secret,
                close,
            ),
        }
    }

    fn form(self, role: Role) -> AnyView {
        let context = self.context;
        let (title, hint) = match role {
            Role::Display => (Word::NewDisplay, Word::DisplayNameHint),
            Role::Sender => (Word::NewSender, Word::SenderNameHint),
            _ => (Word::NewMonitor, Word::MonitorNameHint),
        };
        let name = Field {
            name: "name",
            word: Word::KeyName,
            kind: "text",
            complete: "off",
            value: "",
            hint: context.say(hint),
            more: "required",
        };
        let mut fields = vec![field(context, "key", &name)];
        match role {
            Role::Display => {
                let marks = Scene::ALL
                    .map(|scene| check("scenes", scene.name(), false, context.say(scene_word(scene))));
                fields.push(group(
                    context,
                    Word::WallScenes,
                    "scenes",
                    Word::ScenesHint,
                    &marks,
                ));
                fields.push(site_choice(context));
            }
            Role::Sender => {
                let sources = Field {
                    name: "sources",
                    word: Word::Sources,
                    hint: context.say(Word::SourcesHint),
                    ..name
                };
                fields.push(field(context, "key", &sources));
                fields.push(site_marks(context, None));
            }
            _ => {}
        }
        let send = move |form: Form| {
            let sites = match role {
                Role::Display => Some(vec![form.value("site")]).filter(|sites| sites != &[String::new()]),
                Role::Sender => Some(form.marked("sites")).filter(|sites| !sites.is_empty()),
                _ => None,
            };
            let sources = (role == Role::Sender).then(|| texts(&form.value("sources")));
            let scenes = (role == Role::Display).then(|| form.marked("scenes"));
            if form.value("name").trim().is_empty() {
                return form.fail("name", context.say(Word::FillIn));
            }
            if sources.as_ref().is_some_and(Vec::is_empty) {
                return form.fail("sources", context.say(Word::FillIn));
            }
            if scenes.as_ref().is_some_and(Vec::is_empty) {
                return form.fail("scenes", context.say(Word::NameScenes));
            }
            form.busy(true);
            spawn(async move {
                let wish = Wish {
                    name: form.value("name"),
                    role,
                    sites,
                    sources,
                    scenes,
                };
                match make(&wish).await {
                    Ok(made) => {
                        self.open.change(|open| *open = Open::Made(Box::new(made)));
                        self.list.reload();
                    }
                    Err(error) => form.refuse(&error, &refusal),
                }
            });
        };
        let inner = form(
            context,
            "key",
            &fields,
            Word::MakeKey,
            Rc::new(send),
            Some(self.close()),
        );
        let head = written("contents", fill("<h2>{}</h2>", &[say(context.language, title)]));
        part("div", "card", vec![head, inner])
    }
}

/// What the fields' refusals mean.
pub fn refusal(name: &str) -> Option<Word> {
    Some(match name {
        "name" => Word::FullNameWrong,
        "sites" => Word::NameSites,
        "scenes" => Word::NameScenes,
        _ => return None,
    })
}

/// Texts with commas or blanks between them.
fn texts(typed: &str) -> Vec<String> {
    let texts = typed.split([',', '，', '、', ' ']).map(str::trim);
    texts.filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

/// One site or all.
fn site_choice(context: Context) -> Markup {
    let mut choices = vec![(String::new(), context.say(Word::AllSites).to_owned())];
    context.sites.all.with_untracked(|all| {
        for site in all {
            let name = context.language.choose(&site.name.en, &site.name.zh);
            choices.push((site.code.clone(), name.clone()));
        }
    });
    let gaps = [
        say(context.language, Word::Site),
        crate::components::markup::options(&choices),
        error_place("sites"),
    ];
    fill(
        "<label class=\"field\"><span>{}</span><select name=\"site\">{}</select></label>{}",
        &gaps,
    )
}

/// A key that is wanted.
pub struct Wish {
    /// What people call it.
    pub name: String,
    /// `display`, `sender` or `monitor`.
    pub role: Role,
    /// Its sites; none: all.
    pub sites: Option<Vec<String>>,
    /// Of a sender.
    pub sources: Option<Vec<String>>,
    /// Of a display.
    pub scenes: Option<Vec<String>>,
}

/// Makes a key.
pub async fn make(wish: &Wish) -> Result<KeyWithSecret, CallError> {
    let list = |list: &Option<Vec<String>>| list.clone();
    let (sites, sources, scenes) = (list(&wish.sites), list(&wish.sources), list(&wish.scenes));
    fn member(list: Option<&[String]>) -> Member<'_> {
        list.map_or(Member::Null, Member::Texts)
    }
    let body = object(&[
        ("name", Member::Text(&wish.name)),
        ("role", Member::Text(wish.role.name())),
        ("sites", member(sites.as_deref())),
        ("sources", member(sources.as_deref())),
        ("scenes", member(scenes.as_deref())),
    ]);
    post("/keys".to_owned(), body).await
}

/// In the set-up of a wall: a token for the very wall that is set up there.
#[inline(never)]
pub fn token_of_wall(context: Context) -> AnyView {
    let made = Shared::new(None::<String>);
    let send = move |form: Form| {
        if form.value("name").trim().is_empty() {
            return form.fail("name", context.say(Word::FillIn));
        }
        let query = context
            .address
            .query_now()
            .with("lang", Some(context.language.code()));
        // A number with a figure of its own is a number.
        let named = query
            .get("scenes")
            .unwrap_or("yard,alarms,clearance,throughput")
            .to_owned();
        let mut scenes: Vec<String> = Vec::new();
        for name in named.split(',') {
            let name = name.split(':').next().unwrap_or_default();
            if Scene::from_name(name).is_some() && !scenes.iter().any(|scene| scene == name) {
                scenes.push(name.to_owned());
            }
        }
        let wish = Wish {
            name: form.value("name"),
            role: Role::Display,
            sites: query.get("site").map(|site| vec![site.to_owned()]),
            sources: None,
            scenes: Some(scenes),
        };
        form.busy(true);
        spawn(async move {
            match make(&wish).await {
                Ok(key) => {
                    made.change(|made| *made = Some(wall_address(&query, &key.secret)));
                }
                Err(error) => form.refuse(&error, &refusal),
            }
        });
    };
    let send: Rc<dyn Fn(Form)> = Rc::new(send);
    let send = StoredValue::new_local(send);
    let inner = changing(move || match made.look(Option::clone) {
        Some(address) => {
            let about = [context.say(Word::DisplayMade), " ", context.say(Word::ShownOnce)].concat();
            let close: Rc<dyn Fn()> = Rc::new(move || {
                made.change(|made| *made = None);
            });
            let heading = context.say(Word::WallToken);
            secret(context, heading, &about, Word::WallAddress, &address, close)
        }
        None => {
            let name = Field {
                name: "name",
                word: Word::KeyName,
                kind: "text",
                complete: "off",
                value: "",
                hint: context.say(Word::DisplayNameHint),
                more: "required",
            };
            let gaps = [
                say(context.language, Word::WallToken),
                say(context.language, Word::WallTokenHint),
            ];
            let head = written("contents", fill("<h2>{}</h2><p class=\"quiet\">{}</p>", &gaps));
            let fields = [field(context, "key", &name)];
            let form = form(context, "key", &fields, Word::MakeKey, send.get_value(), None);
            part("div", "card", vec![head, form])
        }
    });
    part("div", "wall-token", vec![inner])
}

#[cfg(test)]
mod tests {
    use super::texts;

    #[test]
    fn sources_are_typed_with_commas_or_blanks_between_them() {
        assert_eq!(texts("TOS, GATE，QUAY  RAIL、"), ["TOS", "GATE", "QUAY", "RAIL"]);
        assert!(texts(" , ").is_empty());
    }
}
