//! What the parts of the page share: counts, what is picked, and what is done with many alarms at once.

use super::actions::{Act, Filled, act_form};
use super::desk::Desk;
use super::query::asked;
use crate::address::{Page, Query};
use crate::client::{CallError, calls, get, understood};
use crate::components::kept::remembered;
use crate::components::markup::{Markup, fill, heard, join, nothing, shown, text};
use crate::components::planted::pressed;
use crate::components::reactive::{Shared, changed_text, changing, effect, spawn};
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::{Fresh, Topic};
use leptos::html::Dialog;
use leptos::prelude::*;
use serde_json::Value;
use shared::access::Right;
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

/// What is kept for all parts of the page, in one place: a signal for each would be a program for each.
#[derive(Default)]
struct Kept {
    // Ids, each with the sequence in which the person saw it.
    picked: BTreeMap<String, Value>,
    // The form that is open, and what it is about.
    asking: Option<(Act, Vec<Acted>)>,
    // How many are done, of how many.
    progress: Option<(usize, usize)>,
    outcome: Option<Outcome>,
    help: bool,
}

/// What the parts of the page share. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Room {
    /// What surrounds it.
    pub context: Context,
    kept: Shared<Kept>,
    summary: Shared<Option<AlarmSummary>>,
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
            kept: Shared::new(Kept::default()),
            summary: Shared::new(None),
            desks: StoredValue::new_local(Vec::new()),
            at: StoredValue::new(0),
        };
        let counted =
            changed_text(move || Some(asked(&context.address.query()).with("priority", None).to_string()));
        let path = move || {
            let query = Query::parse(&counted.get_untracked().unwrap_or_default());
            calls::alarm_summary(&query)
        };
        let take = move |answer: &str| {
            let answer = understood(answer)?;
            room.summary.change(|summary| *summary = Some(answer));
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

    /// Tracks what is picked and what is done.
    pub fn track(self) {
        self.kept.track();
    }

    /// Looks at the counts; tracked.
    pub fn summary<R>(self, look: impl FnOnce(Option<&AlarmSummary>) -> R) -> R {
        self.summary.look(|summary| look(summary.as_ref()))
    }

    /// How many there are of some kinds and priorities; nothing before the first answer. Tracked.
    #[inline(never)]
    pub fn count(self, takes: &dyn Fn(Kind, Priority) -> bool) -> Option<u64> {
        self.summary(|summary| {
            let mut sum = 0;
            for count in &summary?.kinds {
                if takes(count.kind, count.priority) {
                    sum += count.count;
                }
            }
            Some(sum)
        })
    }

    /// Whether an alarm is picked.
    pub fn is_picked(self, id: &str) -> bool {
        self.kept.peek(|kept| kept.picked.contains_key(id))
    }

    /// Puts an alarm among what is picked, or takes it out.
    pub fn pick(self, alarm: &Alarm) {
        if !self.context.may(Right::Explain) {
            return;
        }
        self.kept.change(|kept| {
            if kept.picked.remove(&alarm.id).is_none() {
                kept.picked.insert(alarm.id.clone(), alarm.sequence.into());
            }
        });
    }

    /// Takes everything out of what is picked.
    pub fn pick_none(self) {
        self.kept.change(|kept| {
            kept.picked.clear();
            kept.outcome = None;
        });
    }

    /// Shows the keys.
    pub fn show_help(self, shown: bool) {
        self.kept.change(|kept| kept.help = shown);
    }

    fn is_busy(self) -> bool {
        self.kept.peek(|kept| kept.progress.is_some())
    }

    /// What is picked, else what the cursor is on.
    fn meant(self) -> Vec<Acted> {
        let mut meant = Vec::new();
        self.kept.peek(|kept| {
            for (id, sequence) in &kept.picked {
                meant.push(acted(id, sequence.as_u64()));
            }
        });
        if meant.is_empty()
            && let Some(alarm) = self.under_cursor()
        {
            meant.push(acted(&alarm.id, Some(alarm.sequence)));
        }
        meant
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
        if meant.is_empty() || self.is_busy() || !act.is_allowed(self.context) {
            return;
        }
        if act == Act::Acknowledge {
            self.act(act, meant, by_name(self.context));
        } else {
            self.kept.change(|kept| {
                kept.outcome = None;
                kept.asking = Some((act, meant));
            });
        }
    }

    /// Acknowledges all of a list that nobody has acknowledged yet.
    pub fn acknowledge_all(self, query: Query) {
        if self.is_busy() {
            return;
        }
        self.kept.change(|kept| kept.progress = Some((0, 0)));
        spawn(async move {
            let found = all_of(query, |alarm| !alarm.acknowledged).await;
            self.kept.change(|kept| kept.progress = None);
            match found {
                Ok(found) => self.act(Act::Acknowledge, found, by_name(self.context)),
                Err(error) => self.failed(error),
            }
        });
    }

    /// Picks all of a list.
    pub fn pick_all(self, query: Query) {
        spawn(async move {
            match all_of(query, |_| true).await {
                Ok(found) => {
                    self.kept.change(|kept| {
                        for one in found {
                            kept.picked
                                .insert(one.id, one.if_sequence.unwrap_or_default().into());
                        }
                    });
                }
                Err(error) => self.failed(error),
            }
        });
    }

    fn failed(self, error: CallError) {
        self.kept.change(|kept| {
            kept.outcome = Some(Outcome {
                error: Some(error),
                ..Outcome::default()
            });
        });
    }

    /// Does something with many, in as many calls as that takes. What could not be done stays picked, as it is now.
    fn act(self, act: Act, targets: Vec<Acted>, filled: Filled) {
        let whole = targets.len();
        self.kept.change(|kept| kept.progress = Some((0, whole)));
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
                    Ok(answer) => self.answered(answer.results, &mut outcome),
                    Err(error) => {
                        outcome.error = Some(error);
                        break;
                    }
                }
                let so_far = outcome.done + outcome.failed.len();
                if !self.kept.change(|kept| kept.progress = Some((so_far, whole))) {
                    // The page was left.
                    return;
                }
            }
            self.ended(outcome);
        });
    }

    fn answered(self, results: Vec<ActionResult>, outcome: &mut Outcome) {
        for result in results {
            if let (Some(alarm), Some(desks)) = (&result.alarm, self.desks.try_get_value()) {
                for desk in desks {
                    desk.changed(alarm);
                }
            }
            self.kept.change(|kept| match &result.alarm {
                Some(alarm) if result.status != 200 => {
                    kept.picked.insert(alarm.id.clone(), alarm.sequence.into());
                }
                _ => {
                    kept.picked.remove(&result.id);
                }
            });
            if result.status == 200 {
                outcome.done += 1;
            } else {
                outcome.failed.push(result);
            }
        }
    }

    /// All calls are through. The form stays for those that could not be done, as it was filled.
    fn ended(self, outcome: Outcome) {
        let mut again = Vec::new();
        for result in &outcome.failed {
            if result.status != 404 {
                let sequence = result.alarm.as_ref().map(|alarm| alarm.sequence);
                again.push(acted(&result.id, sequence));
            }
        }
        self.kept.change(|kept| {
            kept.progress = None;
            if outcome.error.is_none() {
                let asking = kept.asking.take().filter(|_| !again.is_empty());
                kept.asking = asking.map(|(act, _)| (act, again));
            }
            kept.outcome = Some(outcome);
        });
    }

    /// What is picked and what can be done with it, what is under way, and what became of it.
    pub fn bar(self) -> AnyView {
        let hear = move |event: web_sys::Event| match pressed(&event).as_deref() {
            Some("clear") => self.pick_none(),
            Some(name) => {
                if let Some(act) = Act::of(name) {
                    self.begin(act);
                }
            }
            None => {}
        };
        let bar = heard("bulk", move || self.bar_markup(), &["click"], Box::new(hear));
        // Told only when another one is open: what is written in it stays.
        let open = changed_text(move || {
            self.kept.look(|kept| match (&kept.asking, kept.help) {
                (Some((act, _)), _) => Some(act.name().to_owned()),
                (None, true) => Some(String::new()),
                (None, false) => None,
            })
        });
        let context = self.context;
        let dialog = changing(move || match open.get() {
            None => ().into_any(),
            Some(name) => match Act::of(&name) {
                Some(act) => self.form(act),
                None => {
                    let inner = shown("", move || help_markup(context));
                    modal(inner, Rc::new(move || self.show_help(false)))
                }
            },
        });
        view! { {bar} {dialog} }.into_any()
    }

    fn bar_markup(self) -> Markup {
        const BUTTON: &str = "<button type=\"button\" data-do=\"{}\">{}</button>";
        let context = self.context;
        self.kept.look(|kept| {
            let mut parts = Vec::new();
            if !kept.picked.is_empty() {
                let words = context.fill(Word::Picked, format::whole(kept.picked.len() as u64));
                parts.push(fill("<strong>{}</strong>", &[text(&words)]));
                let buttons = [
                    ("acknowledge", Word::Acknowledge),
                    ("explain", Word::Explain),
                    ("shelve", Word::Shelve),
                    ("close", Word::CloseCase),
                    ("clear", Word::PickNone),
                ];
                for (what, word) in buttons {
                    if Act::of(what).is_some_and(|act| !act.is_allowed(context)) {
                        continue;
                    }
                    parts.push(fill(BUTTON, &[text(what), text(context.say(word))]));
                }
            }
            if let Some((done, whole)) = kept.progress {
                let words = context.fill(Word::Working, format::whole(done as u64));
                let words = words.replacen("{}", &format::whole(whole as u64), 1);
                parts.push(fill("<p role=\"status\">{}</p>", &[text(&words)]));
            }
            // With a form open it says so itself.
            if let (Some(outcome), None) = (&kept.outcome, &kept.asking) {
                parts.push(became(context, outcome));
            }
            if parts.is_empty() {
                return nothing();
            }
            let label = text(context.say(Word::ManyAtOnce));
            fill(
                "<div class=\"bulk-bar\" role=\"region\" aria-label=\"{}\">{}</div>",
                &[label, join(&parts)],
            )
        })
    }

    fn form(self, act: Act) -> AnyView {
        let context = self.context;
        let head = move || {
            self.kept.look(|kept| {
                let count = kept.asking.as_ref().map_or(0, |(_, meant)| meant.len());
                let words = context.fill(Word::WithAlarms, format::whole(count as u64));
                let title = format!("{} · {words}", context.say(act.word()));
                let outcome = kept.outcome.as_ref();
                let outcome = outcome.map_or_else(nothing, |outcome| became(context, outcome));
                fill("<h2>{}</h2>{}", &[text(&title), outcome])
            })
        };
        let sending = RwSignal::new(false);
        effect(move || {
            self.track();
            sending.set(self.is_busy());
        });
        let send = move |filled: Filled| {
            let meant = self.kept.peek(|kept| kept.asking.clone());
            if let (Some((act, meant)), false) = (meant, self.is_busy()) {
                self.act(act, meant, filled);
            }
        };
        let close: Rc<dyn Fn()> = Rc::new(move || {
            self.kept.change(|kept| kept.asking = None);
        });
        let form = act_form(context, act, sending, Rc::new(send), close.clone());
        let inner = view! { {shown("alarm-facts", head)} {form} }.into_any();
        modal(inner, close)
    }
}

fn acted(id: &str, sequence: Option<u64>) -> Acted {
    Acted {
        id: id.to_owned(),
        if_sequence: sequence,
    }
}

/// What is filled in where there is no form: the name, where it is known and access is open.
fn by_name(context: Context) -> Filled {
    let named = |name: &String| !name.is_empty() && !context.session.has_accounts();
    Filled {
        by: Some(remembered()).filter(named),
        ..Filled::default()
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
        for alarm in &page.items {
            if keep(alarm) {
                found.push(acted(&alarm.id, Some(alarm.sequence)));
            }
        }
        match page.next {
            Some(more) => next = Some(more),
            None => return Ok(found),
        }
    }
}

/// What became of an action, each that could not be done with its reason.
fn became(context: Context, outcome: &Outcome) -> Markup {
    const ODD: &str = "<p class=\"odd-words\">{}</p>";
    let mut parts = Vec::new();
    if outcome.done > 0 {
        let words = context.fill(Word::DoneWith, format::whole(outcome.done as u64));
        parts.push(fill("<p>{}</p>", &[text(&words)]));
    }
    if let Some(error) = &outcome.error {
        let (words, detail) = error.words(context.language);
        let words = format!("{words} {}", detail.unwrap_or_default());
        parts.push(fill(ODD, &[text(&words)]));
    }
    if !outcome.failed.is_empty() {
        let words = context.fill(Word::NotDone, format::whole(outcome.failed.len() as u64));
        parts.push(fill(ODD, &[text(&words)]));
        let mut named = Vec::new();
        for result in outcome.failed.iter().take(NAMED) {
            let why = match result.status {
                409 => context.say(Word::AlarmChanged),
                _ => result.detail.as_deref().unwrap_or_default(),
            };
            let container = result.alarm.as_ref().and_then(|alarm| alarm.container.as_deref());
            let href = context
                .address
                .link(&Page::Alarms, &[("alarm", &result.id), ("state", "all")]);
            let gaps = [text(&href), text(container.unwrap_or(&result.id)), text(why)];
            named.push(fill("<li><a href=\"{}\">{}</a> {}</li>", &gaps));
        }
        parts.push(fill("<ul>{}</ul>", &[join(&named)]));
    }
    fill("<div class=\"outcome\" role=\"status\">{}</div>", &[join(&parts)])
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
    let mut rows = Vec::new();
    for (key, word) in keys {
        let act = Act::ALL.into_iter().find(|act| act.word() == word);
        let offered = match word {
            Word::KeyPick => context.may(Right::Explain),
            Word::Search => context.may(Right::Trails),
            _ => act.is_none_or(|act| act.is_allowed(context)),
        };
        if !offered {
            continue;
        }
        let gaps = [text(key), text(context.say(word))];
        rows.push(fill("<div><dt><kbd>{}</kbd></dt><dd>{}</dd></div>", &gaps));
    }
    let gaps = [
        text(context.say(Word::Keys)),
        join(&rows),
        text(context.say(Word::KeysHint)),
        text(context.say(Word::Close)),
    ];
    fill(
        "<h2>{}</h2><dl class=\"keys\">{}</dl><p class=\"quiet\">{}</p><form method=\"dialog\"><button>{}</button></form>",
        &gaps,
    )
}
