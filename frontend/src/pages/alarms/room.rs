//! What the parts of the page share: counts, what is picked, and what is done with many alarms at once.

use super::actions::{Act, Filled, act_form, pressed, remembered};
use super::desk::Desk;
use super::query::asked;
use crate::address::{Page, Query};
use crate::client::{CallError, calls, get, understood};
use crate::components::markup::{Markup, all, heard, link, nothing, shown, tag, text};
use crate::components::reactive::{changing, effect, spawn};
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::{Fresh, Topic};
use leptos::html::Dialog;
use leptos::prelude::*;
use shared::alarm::{Kind, Priority};
use shared::wire::List;
use shared::wire::alarm::{Acted, ActionResult, ActionsRequest, Alarm, AlarmSummary};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Counts are asked for again no sooner than this.
pub const GAP_MS: f64 = 500.0;
/// The server acts on so many at once.
const AT_ONCE: usize = 1_000;
/// So many of those that could not be done are named.
const NAMED: usize = 20;

/// What became of an action on several.
#[derive(Clone, Debug, Default, PartialEq)]
struct Outcome {
    done: usize,
    failed: Vec<ActionResult>,
    error: Option<CallError>,
}

/// What the parts of the page share. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Room {
    /// What surrounds it.
    pub context: Context,
    /// Counts of what the address chooses, of every kind.
    pub summary: RwSignal<Option<AlarmSummary>>,
    /// What is picked: alarms and the sequence in which the person saw them.
    pub picked: RwSignal<BTreeMap<String, u64>>,
    /// The form that is open, and what it is about.
    asking: RwSignal<Option<(Act, Vec<Acted>)>>,
    // How many are done, of how many.
    progress: RwSignal<Option<(usize, usize)>>,
    outcome: RwSignal<Option<Outcome>>,
    /// Whether the help is open.
    pub help: RwSignal<bool>,
    /// The lists, in their order.
    pub desks: StoredValue<Vec<Rc<Desk>>, LocalStorage>,
    /// Which of them has the cursor.
    pub at: StoredValue<usize>,
}

impl Room {
    /// Opens it.
    pub fn open(context: Context) -> Room {
        let room = Room {
            context,
            summary: RwSignal::new(None),
            picked: RwSignal::new(BTreeMap::new()),
            asking: RwSignal::new(None),
            progress: RwSignal::new(None),
            outcome: RwSignal::new(None),
            help: RwSignal::new(false),
            desks: StoredValue::new_local(Vec::new()),
            at: StoredValue::new(0),
        };
        let counted = Memo::new(move |_| asked(&context.address.query()).with("priority", None));
        let path = move || calls::alarm_summary(&counted.get_untracked());
        let take = move |answer: &str| {
            room.summary.try_set(Some(understood(answer)?));
            Ok(())
        };
        let fresh = Fresh::new(GAP_MS, Box::new(path), Box::new(take));
        fresh.follow(context.live, Topic::Alarms, |_| true);
        effect(move || {
            counted.track();
            fresh.want_in(0.0);
        });
        room
    }

    /// How many there are of some kinds and priorities; nothing before the first answer. Tracked.
    pub fn count(self, takes: impl Fn(Kind, Priority) -> bool) -> Option<u64> {
        self.summary.with(|summary| {
            let kinds = summary.as_ref()?.kinds.iter();
            let taken = kinds.filter(|count| takes(count.kind, count.priority));
            Some(taken.map(|count| count.count).sum())
        })
    }

    /// Puts an alarm among what is picked, or takes it out.
    pub fn pick(self, alarm: &Alarm) {
        self.picked.update(|picked| {
            if picked.remove(&alarm.id).is_none() {
                picked.insert(alarm.id.clone(), alarm.sequence);
            }
        });
    }

    /// What is picked, else what the cursor is on.
    fn meant(self) -> Vec<Acted> {
        let acted = |(id, sequence): (&String, &u64)| Acted {
            id: id.clone(),
            if_sequence: Some(*sequence),
        };
        let picked: Vec<Acted> = self
            .picked
            .with_untracked(|picked| picked.iter().map(acted).collect());
        if !picked.is_empty() {
            return picked;
        }
        let on = self.under_cursor();
        on.iter()
            .map(|alarm| acted((&alarm.id, &alarm.sequence)))
            .collect()
    }

    /// The alarm under the cursor.
    pub fn under_cursor(self) -> Option<Rc<Alarm>> {
        let at = self.at.get_value();
        self.desks
            .with_value(|desks| desks.get(at).and_then(|desk| desk.under_cursor()))
    }

    /// Begins an action on what is meant: at once where there is nothing to say, else with its form.
    pub fn begin(self, act: Act) {
        let meant = self.meant();
        if meant.is_empty() || self.progress.get_untracked().is_some() {
            return;
        }
        if act == Act::Acknowledge {
            self.act(
                act,
                meant,
                Filled {
                    by: Some(remembered()).filter(|name| !name.is_empty()),
                    ..Filled::default()
                },
            );
        } else {
            self.outcome.set(None);
            self.asking.set(Some((act, meant)));
        }
    }

    /// Acknowledges all of a list that nobody has acknowledged yet.
    pub fn acknowledge_all(self, query: Query) {
        if self.progress.get_untracked().is_some() {
            return;
        }
        self.progress.set(Some((0, 0)));
        spawn(async move {
            let found = all_of(query, |alarm| !alarm.acknowledged).await;
            let _ = self.progress.try_set(None);
            match found {
                Ok(found) => self.act(
                    Act::Acknowledge,
                    found,
                    Filled {
                        by: Some(remembered()).filter(|name| !name.is_empty()),
                        ..Filled::default()
                    },
                ),
                Err(error) => self.tell(Outcome {
                    error: Some(error),
                    ..Outcome::default()
                }),
            }
        });
    }

    /// Picks all of a list.
    pub fn pick_all(self, query: Query) {
        spawn(async move {
            match all_of(query, |_| true).await {
                Ok(found) => {
                    let _ = self.picked.try_update(|picked| {
                        for one in found {
                            picked.insert(one.id, one.if_sequence.unwrap_or_default());
                        }
                    });
                }
                Err(error) => self.tell(Outcome {
                    error: Some(error),
                    ..Outcome::default()
                }),
            }
        });
    }

    fn tell(self, outcome: Outcome) {
        let _ = self.outcome.try_set(Some(outcome));
    }

    /// Does something with many, in as many calls as that takes. What could not be done stays picked, as it is now.
    fn act(self, act: Act, targets: Vec<Acted>, filled: Filled) {
        let whole = targets.len();
        self.progress.set(Some((0, whole)));
        spawn(async move {
            let mut outcome = Outcome::default();
            for some in targets.chunks(AT_ONCE) {
                let request = ActionsRequest {
                    action: act.action(),
                    alarms: some.to_vec(),
                    remark: filled.remark.clone(),
                    until: filled.until,
                    by: filled.by.clone(),
                };
                match calls::act_on_many(&request).await {
                    Ok(answer) => {
                        for result in answer.results {
                            self.done_with(&result);
                            if result.status == 200 {
                                outcome.done += 1;
                            } else {
                                outcome.failed.push(result);
                            }
                        }
                    }
                    Err(error) => {
                        outcome.error = Some(error);
                        break;
                    }
                }
                let so_far = outcome.done + outcome.failed.len();
                if self.progress.try_set(Some((so_far, whole))).is_some() {
                    // The page was left.
                    return;
                }
            }
            // The form stays for those that changed meanwhile, as it was filled.
            let changed = outcome.failed.iter().filter(|result| result.status == 409);
            let again: Vec<Acted> = changed
                .map(|result| Acted {
                    id: result.id.clone(),
                    if_sequence: result.alarm.as_ref().map(|alarm| alarm.sequence),
                })
                .collect();
            let _ = self.progress.try_set(None);
            let _ = self.asking.try_update(|asking| {
                if outcome.error.is_none() {
                    *asking = asking
                        .take()
                        .filter(|_| !again.is_empty())
                        .map(|(act, _)| (act, again));
                }
            });
            self.tell(outcome);
        });
    }

    fn done_with(self, result: &ActionResult) {
        let _ = self.picked.try_update(|picked| match &result.alarm {
            Some(alarm) if result.status != 200 => {
                picked.insert(alarm.id.clone(), alarm.sequence);
            }
            _ => {
                picked.remove(&result.id);
            }
        });
        if let (Some(alarm), Some(desks)) = (&result.alarm, self.desks.try_get_value()) {
            for desk in desks {
                desk.changed(alarm);
            }
        }
    }

    /// What is picked and what can be done with it, what is under way, and what became of it.
    pub fn bar(self) -> AnyView {
        let context = self.context;
        let bar = heard(
            "bulk",
            move || self.bar_markup(),
            &["click"],
            Box::new(move |event| match pressed(&event).as_deref() {
                Some("clear") => {
                    self.picked.set(BTreeMap::new());
                    self.outcome.set(None);
                }
                Some(name) => {
                    if let Some(act) = Act::of(name) {
                        self.begin(act);
                    }
                }
                None => {}
            }),
        );
        let dialogs = changing(move || {
            let asked = self.asking.with(|asking| asking.as_ref().map(|(act, _)| *act));
            match asked {
                Some(act) => self.form(act),
                None => ().into_any(),
            }
        });
        let help = changing(move || {
            if !self.help.get() {
                return ().into_any();
            }
            let inner = shown("", move || help_markup(context));
            modal(inner, Rc::new(move || self.help.set(false)))
        });
        view! { {bar} {dialogs} {help} }.into_any()
    }

    fn bar_markup(self) -> Markup {
        let context = self.context;
        let picked = self.picked.with(BTreeMap::len);
        let button = |what: &str, words: Word, class: &str| {
            let attributes = [("type", "button"), ("data-do", what), ("class", class)];
            tag("button", &attributes, text(context.say(words)))
        };
        let progress = self.progress.get().map_or_else(nothing, |(done, whole)| {
            let words = context.fill(Word::Working, format::whole(done as u64));
            let words = words.replacen("{}", &format::whole(whole as u64), 1);
            tag("p", &[("role", "status")], text(&words))
        });
        let outcome = self.outcome.with(|outcome| {
            outcome
                .as_ref()
                .map_or_else(nothing, |outcome| became(context, outcome))
        });
        let acts = if picked == 0 {
            nothing()
        } else {
            let words = context.fill(Word::Picked, format::whole(picked as u64));
            all([
                tag("strong", &[], text(&words)),
                button("acknowledge", Word::Acknowledge, "primary"),
                button("explain", Word::Explain, ""),
                button("shelve", Word::Shelve, ""),
                button("close", Word::CloseCase, ""),
                button("clear", Word::PickNone, ""),
            ])
        };
        let bar = all([acts, progress, outcome]);
        if bar == nothing() {
            return bar;
        }
        let frame = [
            ("class", "bulk-bar"),
            ("role", "region"),
            ("aria-label", context.say(Word::ManyAtOnce)),
        ];
        tag("div", &frame, bar)
    }

    fn form(self, act: Act) -> AnyView {
        let context = self.context;
        let count = move || {
            let count = self
                .asking
                .with(|asking| asking.as_ref().map_or(0, |(_, meant)| meant.len()));
            let words = context.fill(Word::WithAlarms, format::whole(count as u64));
            let outcome = self.outcome.with(|outcome| {
                outcome
                    .as_ref()
                    .map_or_else(nothing, |outcome| became(context, outcome))
            });
            let title = format!("{} · {words}", context.say(act.word()));
            all([tag("h2", &[], text(&title)), outcome])
        };
        let sending = RwSignal::new(false);
        effect(move || sending.set(self.progress.get().is_some()));
        let send = move |filled: Filled| {
            let meant = self.asking.get_untracked();
            if let (Some((act, meant)), None) = (meant, self.progress.get_untracked()) {
                self.act(act, meant, filled);
            }
        };
        let close: Rc<dyn Fn()> = Rc::new(move || self.asking.set(None));
        let form = act_form(context, act, sending, Rc::new(send), close.clone());
        let inner = view! { {shown("alarm-facts", count)} {form} }.into_any();
        modal(inner, close)
    }
}

/// Every alarm of a list that is to be kept, page by page.
async fn all_of(query: Query, keep: fn(&Alarm) -> bool) -> Result<Vec<Acted>, CallError> {
    let mut found = Vec::new();
    let mut next = None::<String>;
    loop {
        let query = query
            .clone()
            .with("limit", Some("1000"))
            .with("cursor", next.as_deref());
        let page = get::<List<Alarm>>(calls::alarms(&query)).await?;
        let kept = page.items.iter().filter(|alarm| keep(alarm));
        found.extend(kept.map(|alarm| Acted {
            id: alarm.id.clone(),
            if_sequence: Some(alarm.sequence),
        }));
        match page.next {
            Some(more) => next = Some(more),
            None => return Ok(found),
        }
    }
}

/// What became of an action, each that could not be done with its reason.
fn became(context: Context, outcome: &Outcome) -> Markup {
    let mut parts = Vec::new();
    if outcome.done > 0 {
        let words = context.fill(Word::DoneWith, format::whole(outcome.done as u64));
        parts.push(tag("p", &[], text(&words)));
    }
    if let Some(error) = &outcome.error {
        let (words, detail) = error.words(context.language);
        let words = format!("{words} {}", detail.unwrap_or_default());
        parts.push(tag("p", &[("class", "odd-words")], text(&words)));
    }
    if !outcome.failed.is_empty() {
        let words = context.fill(Word::NotDone, format::whole(outcome.failed.len() as u64));
        parts.push(tag("p", &[("class", "odd-words")], text(&words)));
        let named = outcome.failed.iter().take(NAMED).map(|result| {
            let why = match result.status {
                409 => context.say(Word::AlarmChanged),
                _ => result.detail.as_deref().unwrap_or_default(),
            };
            let container = result.alarm.as_ref().and_then(|alarm| alarm.container.as_deref());
            let href = context
                .address
                .link(&Page::Alarms, &[("alarm", &result.id), ("state", "all")]);
            let name = link(&href, text(container.unwrap_or(&result.id)));
            tag("li", &[], name.then(text(why)))
        });
        parts.push(tag("ul", &[], all(named)));
    }
    tag("div", &[("role", "status"), ("class", "outcome")], all(parts))
}

/// A dialog over the page.
fn modal(inner: AnyView, close: Rc<dyn Fn()>) -> AnyView {
    let dialog = NodeRef::<Dialog>::new();
    effect(move || {
        if let Some(dialog) = dialog.get() {
            // Modal: the browser keeps the focus inside and gives it back afterwards.
            if !dialog.open() && dialog.show_modal().is_err() {
                dialog.set_open(true);
            }
        }
    });
    view! { <dialog class="ask" node_ref=dialog on:close=move |_| close()>{inner}</dialog> }.into_any()
}

fn help_markup(context: Context) -> Markup {
    let keys = [
        ("j  k", Word::KeyMove),
        ("Enter", Word::KeyOpen),
        ("x", Word::KeyPick),
        ("a", Word::Acknowledge),
        ("e", Word::Explain),
        ("s", Word::Shelve),
        ("c", Word::CloseCase),
        ("Esc", Word::KeyEscape),
        ("/", Word::Search),
        ("?", Word::KeyHelp),
    ];
    let rows = keys.map(|(key, word)| {
        let key = all(key.split("  ").map(|key| tag("kbd", &[], text(key))));
        let parts = [tag("dt", &[], key), tag("dd", &[], text(context.say(word)))];
        tag("div", &[], all(parts))
    });
    let close = tag("button", &[("value", "close")], text(context.say(Word::Close)));
    all([
        tag("h2", &[], text(context.say(Word::Keys))),
        tag("dl", &[("class", "keys")], all(rows)),
        tag("p", &[("class", "quiet")], text(context.say(Word::KeysHint))),
        tag("form", &[("method", "dialog")], close),
    ])
}
