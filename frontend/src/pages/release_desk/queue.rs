//! Who waits for whom, and what is there to be done: one queue at a time, what is needed first at the top. What the stream
//! says moves rows at once; what a queue holds is asked of the server again, so that it is always what the server has.

use super::keys::keys;
use crate::address::{Page, Query};
use crate::client::{CallError, calls, understood};
use crate::components::countdown::{Until, countdown};
use crate::components::desk_bell::{by_need, queue_of};
use crate::components::download::save;
use crate::components::markup::{Markup, fill, heard, join, nothing, shown, text};
use crate::components::planted::{find, listen, planted, pressed};
use crate::components::reactive::{Shared, changed_text, changing, effect, spawn};
use crate::components::select::select;
use crate::components::shell::{part, say};
use crate::components::states::{empty, failed, loading};
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::{Fresh, Message, Topic, steady_ms, watch};
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;
use shared::access::Right;
use shared::wire::List;
use shared::wire::release_desk::{
    ApplicationAction, ApplicationItem, ApplicationKind, ApplicationReason, ApplicationState, DeskParty,
};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

/// Asked again no sooner than this.
const GAP_MS: f64 = 1_500.0;
/// Typing is looked at once it has paused this long.
const TYPED: Duration = Duration::from_millis(300);
/// A row that moved is marked for so long.
const MARKED_MS: f64 = 4_000.0;
/// So many rows at first, and so many more at a time.
const STEP: usize = 100;
/// What the address may ask beside the queue.
const FILTERS: [&str; 11] = [
    "state",
    "kind",
    "reason",
    "site",
    "q",
    "container",
    "from",
    "to",
    "before_closing",
    "saved",
    "by_rule",
];
/// Filters that have no field, and so a mark that takes them away.
const MARKED: [(&str, Word); 6] = [
    ("container", Word::ContainerNumber),
    ("from", Word::From),
    ("to", Word::Until),
    ("before_closing", Word::DeskBeforeClosing),
    ("saved", Word::DeskSaved),
    ("by_rule", Word::DidApproveByRule),
];
/// Every state that has not ended and is no draft.
const OPEN: &str = "proofreading,returned,reviewing,asked,approved";

/// What a queue holds. Cheap to copy.
#[derive(Clone, Copy)]
struct Queue {
    context: Context,
    rows: Shared<Option<Vec<ApplicationItem>>>,
    more: RwSignal<bool>,
    limit: RwSignal<usize>,
    // Which rows moved, and when.
    moved: Shared<Vec<(String, f64)>>,
}

/// What the server is asked: the queue of the address, else that of whoever looks; without a queue where the address
/// chooses by something else, as the list behind a figure does.
fn asked(query: &Query, party: Option<DeskParty>) -> Query {
    let chosen = query.clone().only(|name| FILTERS.contains(&name));
    let is_list = chosen.iter().any(|(name, _)| !["site", "q"].contains(&name));
    match query.get("queue") {
        Some("open") if query.get("state").is_none() => chosen.with("state", Some(OPEN)),
        Some("open" | "all") => chosen,
        Some(queue) => chosen.with("queue", Some(queue)),
        None if is_list => chosen,
        None => chosen.with("queue", party.map(queue_of)),
    }
}

/// The queue that an address shows; none for a list that was chosen otherwise.
fn shown_queue(query: &Query, party: Option<DeskParty>) -> Option<String> {
    let asked = asked(query, party);
    let named = query.get("queue").or_else(|| asked.get("queue"));
    named.map(str::to_owned)
}

/// Whether an application stands in what was asked; none where only the server can say.
fn belongs(item: &ApplicationItem, asked: &Query) -> Option<bool> {
    let has = |name: &str, value: &str| {
        let wanted = asked.get(name);
        wanted.is_none_or(|wanted| wanted.split(',').any(|one| one == value))
    };
    let ended = item.turn.is_none();
    let draft = item.state == ApplicationState::Draft;
    let in_queue = match asked.get("queue") {
        Some("mine") => !ended || draft,
        Some("terminal") => item.turn == Some(DeskParty::Terminal),
        Some("customs") => item.turn == Some(DeskParty::Customs),
        Some("ended") => ended && !draft,
        _ => true,
    };
    let fits = in_queue
        && has("state", item.state.name())
        && has("kind", item.kind.map_or("", ApplicationKind::name))
        && has("reason", item.reason.map_or("", ApplicationReason::name))
        && has("site", &item.site);
    let plain = ["queue", "state", "kind", "reason", "site"];
    match fits {
        false => Some(false),
        true if asked.iter().all(|(name, _)| plain.contains(&name)) => Some(true),
        true => None,
    }
}

/// The view.
pub fn queue(context: Context) -> AnyView {
    let queue = Queue {
        context,
        rows: Shared::new(None),
        more: RwSignal::new(false),
        limit: RwSignal::new(STEP),
        moved: Shared::new(Vec::new()),
    };
    let asked_now = changed_text(move || Some(queue.asked().to_string()));
    let path = move || {
        let query = queue.asked().with("limit", Some(&queue.limit.get().to_string()));
        format!("/release-desk/applications{query}")
    };
    let take = move |answer: &str| {
        let list: List<ApplicationItem> = understood(answer)?;
        let mut rows = list.items;
        queue.more.set(list.next.is_some());
        by_need(&mut rows);
        queue.rows.change(|known| *known = Some(rows));
        Ok(())
    };
    let fresh = Fresh::new(GAP_MS, Box::new(path), Box::new(take));
    fresh.follow(context.live, Topic::ReleaseDesk, |_| true);
    watch(context.live, &[Topic::ReleaseDesk], move |message| {
        if let Some(Message::Application(change)) = message {
            queue.changed(&change.item, change.action);
        }
    });
    let error = fresh.error;
    let again = {
        let fresh = StoredValue::new_local(fresh.clone());
        Callback::new(move |()| {
            if let Some(fresh) = fresh.try_get_value() {
                fresh.want_in(0.0);
            }
        })
    };
    effect(move || {
        // What stands there answers another question now.
        asked_now.with(|_| ());
        queue.rows.change(|rows| *rows = None);
        queue.limit.set(STEP);
        fresh.want_in(0.0);
    });
    let wrong = changing(move || match error.get() {
        Some(error) => failed(&error, Some(again)),
        None => ().into_any(),
    });
    let there = crate::components::reactive::whether(move || queue.rows.look(Option::is_some));
    let hear = move |event: web_sys::Event| {
        if pressed(&event).as_deref() == Some("more") {
            queue.limit.update(|limit| *limit += STEP);
            again.run(());
        }
    };
    let list = changing(move || match there.get() {
        true => heard("contents", move || queue.markup(), &["click"], Box::new(hear)),
        false if error.with(Option::is_some) => ().into_any(),
        false => loading(),
    });
    let known = vec![
        ("j  k", Word::KeyMove),
        ("Enter", Word::KeyOpen),
        ("n", Word::NewApplication),
    ];
    let keys = keys(context, known, Rc::new(move |key| press(context, key)));
    let parts = vec![
        shown("contents", move || queues(context)),
        filters(context, error),
        wrong,
        list,
        keys,
    ];
    part("div", "page", parts)
}

fn press(context: Context, key: &str) -> bool {
    match key {
        "j" => step(true),
        "k" => step(false),
        "n" if context.may(Right::Applications) => {
            context
                .address
                .go(&context.address.link(&Page::NewApplication, &[]));
            true
        }
        _ => false,
    }
}

/// Gives the keyboard to the next row.
fn step(down: bool) -> bool {
    let Ok(rows) = document().query_selector_all(".desk-table a.open") else {
        return false;
    };
    let active = document().active_element();
    let count = rows.length();
    let at = (0..count).find(|index| {
        let row = rows.item(*index);
        active
            .as_ref()
            .is_some_and(|active| row.as_ref() == Some(active.unchecked_ref()))
    });
    let next = match (at, down) {
        (Some(at), true) => at + 1,
        (Some(at), false) => at.saturating_sub(1),
        (None, _) => 0,
    };
    let next = rows
        .item(next.min(count.saturating_sub(1)))
        .and_then(|row| row.dyn_into::<HtmlElement>().ok());
    // What cannot be focused only means that the keyboard stays.
    next.is_some_and(|row| row.focus().is_ok())
}

/// The choice of queues.
fn queues(context: Context) -> Markup {
    let query = context.address.query();
    let shown = shown_queue(&query, context.desk.party());
    let mut queues = Vec::new();
    for (name, word, right) in [
        ("customs", Word::QueueCustoms, Right::Review),
        ("terminal", Word::QueueTerminal, Right::Proofread),
        ("mine", Word::QueueMine, Right::Applications),
    ] {
        if context.may(right) {
            queues.push((name, word));
        }
    }
    // Of an enterprise its own are all that it sees.
    if context.may(Right::Review) || context.may(Right::Proofread) {
        queues.push(("open", Word::QueueOpen));
    }
    queues.push(("ended", Word::QueueEnded));
    let mut links = Vec::new();
    for (name, word) in queues {
        let current = text(if shown.as_deref() == Some(name) {
            "page"
        } else {
            "false"
        });
        let href = context.address.link(&Page::ReleaseDesk, &[("queue", name)]);
        let gaps = [text(&href), text(name), current, say(context.language, word)];
        links.push(fill(
            "<a class=\"chip\" href=\"{}\" data-queue=\"{}\" aria-current=\"{}\">{}</a>",
            &gaps,
        ));
    }
    let label = say(context.language, Word::DeskQueues);
    fill(
        "<nav class=\"chips desk-queues\" aria-label=\"{}\">{}</nav>",
        &[label, join(&links)],
    )
}

fn filters(context: Context, error: RwSignal<Option<CallError>>) -> AnyView {
    let with_all = |options: Vec<(String, String)>| {
        let mut all = vec![(String::new(), context.say(Word::All).to_owned())];
        all.extend(options);
        all
    };
    let kinds = ApplicationKind::ALL.iter();
    let kinds = kinds.map(|kind| (kind.name().to_owned(), context.term(*kind).to_owned()));
    let reasons = ApplicationReason::ALL.iter();
    let reasons = reasons.map(|reason| (reason.name().to_owned(), context.term(*reason).to_owned()));
    let states = ApplicationState::ALL.iter();
    let states = states.map(|state| (state.name().to_owned(), context.term(*state).to_owned()));
    let gaps = [
        say(context.language, Word::DeskFind),
        match context.may(Right::Export) {
            true => fill(
                "<button type=\"button\" data-do=\"csv\" title=\"{}\">CSV</button>",
                &[say(context.language, Word::ExportCsv)],
            ),
            false => nothing(),
        },
    ];
    let search = fill(
        "<label><span>{}</span><input name=\"q\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\"></label>{}",
        &gaps,
    );
    let waiting = Rc::new(Cell::new(None::<TimeoutHandle>));
    let ready = move |part: HtmlElement| {
        let Some(input) = find::<HtmlInputElement>(&part, "input") else {
            return;
        };
        let (waiting, typed) = (waiting.clone(), input.clone());
        let hear = move |event: web_sys::Event| {
            if event.type_() == "click" {
                if pressed(&event).as_deref() == Some("csv") {
                    export(context, error);
                }
                return;
            }
            if let Some(waiting) = waiting.take() {
                waiting.clear();
            }
            let typed = typed.clone();
            let put = move || {
                let value = typed.value().trim().to_owned();
                context.address.replace(&[("q", Some(&value))]);
            };
            waiting.set(set_timeout_with_handle(put, TYPED).ok());
        };
        listen(&part, &["input", "click"], Box::new(hear));
        effect(move || {
            let value = context.address.query().get("q").unwrap_or_default().to_owned();
            let typing = document()
                .active_element()
                .is_some_and(|active| active == *input.unchecked_ref());
            if !typing && input.value() != value {
                input.set_value(&value);
            }
        });
    };
    let parts = vec![
        planted("contents", search, Box::new(ready)),
        select(context, "state", Word::State, with_all(states.collect())),
        select(context, "reason", Word::FieldReason, with_all(reasons.collect())),
        select(context, "kind", Word::FieldKind, with_all(kinds.collect())),
        shown("chips", move || marks(context)),
    ];
    part("div", "filters desk-filters", parts)
}

/// Filters that have no field, each with a way to take it away.
fn marks(context: Context) -> Markup {
    let query = context.address.query();
    let mut marks = Vec::new();
    for (name, word) in MARKED {
        let Some(value) = query.get(name) else {
            continue;
        };
        let value = match value {
            "true" => String::new(),
            value => [": ", &value.replace('T', " ")].concat(),
        };
        let gaps = [
            text(&context.address.link_with(name, None)),
            text(context.say(word)),
            text(&value),
        ];
        marks.push(fill("<a class=\"chip taken\" href=\"{}\">{}{}</a>", &gaps));
    }
    join(&marks)
}

/// Saves all that the address chooses as CSV.
fn export(context: Context, error: RwSignal<Option<CallError>>) {
    let asked = asked(&context.address.query_now(), untrack(|| context.desk.party()));
    spawn(async move {
        let path = format!("/release-desk/applications{asked}");
        let saved = match calls::as_csv(path).await {
            Ok(csv) => save("applications.csv", "text/csv", &csv)
                .map_err(|error| CallError::Shape(format!("{error:?}"))),
            Err(error) => Err(error),
        };
        if let Err(wrong) = saved {
            // The list may be gone by then.
            let _ = error.try_set(Some(wrong));
        }
    });
}

impl Queue {
    fn asked(self) -> Query {
        asked(&self.context.address.query(), self.context.desk.party())
    }

    /// An application moved.
    fn changed(self, item: &ApplicationItem, action: ApplicationAction) {
        let fits = belongs(item, &untrack(|| self.asked()));
        self.rows.alter(|rows| {
            let Some(rows) = rows else {
                return false;
            };
            let known = rows.iter().position(|row| row.id == item.id);
            match (known, fits) {
                (Some(at), _) if rows[at].version > item.version => return false,
                (Some(at), Some(false)) => drop(rows.remove(at)),
                (Some(at), _) => rows[at] = item.clone(),
                (None, Some(true)) => rows.push(item.clone()),
                (None, _) => return false,
            }
            by_need(rows);
            true
        });
        if action != ApplicationAction::Save {
            let now = steady_ms();
            self.moved.change(|moved| {
                moved.retain(|(_, at)| now - at < MARKED_MS);
                moved.push((item.id.clone(), now));
            });
        }
    }

    fn markup(self) -> Markup {
        let context = self.context;
        let now = steady_ms();
        let moved = self.moved.look(|moved| {
            let lately = moved.iter().filter(|(_, at)| now - at < MARKED_MS);
            lately.map(|(id, _)| id.clone()).collect::<Vec<_>>()
        });
        let more = self.more.get();
        self.rows.look(|rows| {
            let Some(rows) = rows else {
                return nothing();
            };
            if rows.is_empty() {
                return self.nothing_there();
            }
            let mut all = Vec::new();
            for item in rows {
                all.push(row(context, item, moved.contains(&item.id)));
            }
            let count = context.fill(Word::DeskCount, format::whole(rows.len() as u64));
            let count = if more { [&count, " …"].concat() } else { count };
            let mut heads = Vec::new();
            for (name, word) in COLUMNS {
                let gaps = [text(name), say(context.language, word)];
                heads.push(fill("<th scope=\"col\" data-column=\"{}\">{}</th>", &gaps));
            }
            let more = match more {
                true => fill(
                    "<button type=\"button\" class=\"more\" data-do=\"more\">{}</button>",
                    &[say(context.language, Word::More)],
                ),
                false => nothing(),
            };
            let gaps = [
                text(&count),
                say(context.language, Word::DeskApplications),
                join(&heads),
                join(&all),
                more,
            ];
            fill(
                "<p class=\"count\" role=\"status\">{}</p><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">\
                 <table class=\"data desk-table\"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>{}",
                &gaps,
            )
        })
    }

    fn nothing_there(self) -> Markup {
        let query = self.context.address.query();
        let queue = shown_queue(&query, self.context.desk.party());
        let filtered = query
            .iter()
            .any(|(name, _)| FILTERS.contains(&name) && name != "site");
        let word = match queue.as_deref() {
            _ if filtered => Word::DeskNoneFound,
            Some("mine") => Word::DeskNoneMine,
            Some("ended") => Word::DeskNoneEnded,
            _ => Word::DeskNoneWait,
        };
        empty(self.context.say(word))
    }
}

const COLUMNS: [(&str, Word); 7] = [
    ("closing", Word::FieldClosing),
    ("container", Word::ContainerNumber),
    ("state", Word::State),
    ("checks", Word::DeskChecks),
    ("vessel", Word::Vessel),
    ("reason", Word::FieldReason),
    ("enterprise", Word::PartyEnterprise),
];

fn row(context: Context, item: &ApplicationItem, moved: bool) -> Markup {
    const ROW: &str = "<tr data-application=\"{}\" data-state=\"{}\" data-moved=\"{}\"><td data-column=\"closing\">{}</td>\
                       <th scope=\"row\" data-column=\"container\"><a class=\"open container-number\" href=\"{}\">{}</a>{}</th>\
                       <td data-column=\"state\">{}{}</td><td data-column=\"checks\">{}</td>\
                       <td data-column=\"vessel\">{}{}</td><td data-column=\"reason\">{}{}</td>\
                       <td data-column=\"enterprise\">{}{}</td></tr>";
    let small = |words: &str| match words {
        "" => nothing(),
        words => fill("<span class=\"quiet\">{}</span>", &[text(words)]),
    };
    let ended = item.turn.is_none() && item.state != ApplicationState::Draft;
    let closing = match item.closing_at {
        Some(at) if ended => text(&format::stamp(at)),
        Some(at) => countdown(context, Until::Closing, at),
        None => fill(
            "<span class=\"quiet\">{}</span>",
            &[say(context.language, Word::DeskClosingUnknown)],
        ),
    };
    let number = match item.container.as_str() {
        "" => context.say(Word::DeskNoContainer),
        number => number,
    };
    let gaps = [
        text(&item.id),
        text(item.state.name()),
        text(if moved { "true" } else { "false" }),
        closing,
        text(&context.address.link(&Page::Application(item.id.clone()), &[])),
        text(number),
        small(&item.id),
        state(context, item),
        turn(context, item),
        checks(context, item),
        text(&item.vessel_name),
        small(
            [item.voyage.as_str(), item.bill_of_lading.as_str()]
                .join(" · ")
                .trim_matches([' ', '·']),
        ),
        text(item.reason.map_or("—", |reason| context.term(reason))),
        small(item.kind.map_or("", |kind| context.term(kind))),
        text(&item.enterprise),
        small(&item.site),
    ];
    fill(ROW, &gaps)
}

/// The state, with a shape beside its word.
pub fn state(context: Context, item: &ApplicationItem) -> Markup {
    let rule = match item.by_rule {
        true => fill(
            "<span class=\"mark\">{}</span>",
            &[say(context.language, Word::DidApproveByRule)],
        ),
        false => nothing(),
    };
    let gaps = [text(item.state.name()), text(context.term(item.state))];
    fill("<span class=\"desk-state\" data-state=\"{}\">{}</span>", &gaps).then(rule)
}

/// Whose turn it is, and since when.
pub fn turn(context: Context, item: &ApplicationItem) -> Markup {
    let since = countdown(context, Until::Since, item.since);
    let Some(turn) = item.turn.filter(|_| item.state != ApplicationState::Draft) else {
        let gaps = [text(&format::stamp(item.since))];
        return fill("<span class=\"quiet\">{}</span>", &gaps);
    };
    let own = context.desk.party() == Some(turn);
    let waits = match own {
        true => context.say(Word::DeskYourTurn).to_owned(),
        false => context.fill(Word::DeskWaitsFor, context.term(turn)),
    };
    let timed = item
        .times_out_at
        .map_or_else(nothing, |at| countdown(context, Until::TimeOut, at));
    let gaps = [
        text(if own { "true" } else { "false" }),
        text(&waits),
        since,
        timed,
    ];
    fill(
        "<span class=\"quiet desk-turn\" data-own=\"{}\">{} · {}</span><span class=\"quiet\">{}</span>",
        &gaps,
    )
}

fn checks(context: Context, item: &ApplicationItem) -> Markup {
    if item.applied_at.is_none() {
        return text("—");
    }
    match item.differs {
        0 => fill(
            "<span class=\"verdict\" data-verdict=\"agrees\">{}</span>",
            &[say(context.language, Word::DeskNothingDiffers)],
        ),
        count => fill(
            "<span class=\"verdict\" data-verdict=\"differs\">{}</span>",
            &[text(
                &context.fill(Word::DeskDiffer, format::whole(u64::from(count))),
            )],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::time::Time;

    fn item(state: ApplicationState, turn: Option<DeskParty>) -> ApplicationItem {
        ApplicationItem {
            id: "RD-1".to_owned(),
            site: "S".to_owned(),
            kind: Some(ApplicationKind::MissingInstruction),
            reason: None,
            state,
            turn,
            enterprise: String::new(),
            container: String::new(),
            bill_of_lading: String::new(),
            vessel_name: String::new(),
            voyage: String::new(),
            applied_at: None,
            since: Time(0).utc(),
            closing_at: None,
            times_out_at: None,
            differs: 0,
            by_rule: false,
            version: 1,
        }
    }

    #[test]
    fn without_a_choice_everybody_sees_their_own_queue_and_a_figure_leads_to_its_list() {
        let of = |address: &str, party| asked(&Query::parse(address), Some(party)).to_string();
        assert_eq!(of("lang=en", DeskParty::Customs), "?queue=customs");
        assert_eq!(of("site=S&q=1", DeskParty::Enterprise), "?site=S&q=1&queue=mine");
        assert_eq!(of("state=refused", DeskParty::Customs), "?state=refused");
        assert_eq!(
            of("queue=ended&state=refused", DeskParty::Terminal),
            "?state=refused&queue=ended"
        );
        assert_eq!(of("queue=open", DeskParty::Terminal), format!("?state={OPEN}"));
    }

    #[test]
    fn an_application_leaves_a_queue_when_the_turn_goes_on() {
        let query = Query::parse("queue=terminal");
        let proofread = item(ApplicationState::Proofreading, Some(DeskParty::Terminal));
        assert_eq!(belongs(&proofread, &query), Some(true));
        let review = item(ApplicationState::Reviewing, Some(DeskParty::Customs));
        assert_eq!(belongs(&review, &query), Some(false));
        assert_eq!(belongs(&review, &Query::parse("queue=customs&q=x")), None);
        assert_eq!(
            belongs(&review, &Query::parse("state=asked,reviewing")),
            Some(true)
        );
        let refused = item(ApplicationState::Refused, None);
        assert_eq!(belongs(&refused, &Query::parse("queue=ended")), Some(true));
        assert_eq!(belongs(&refused, &Query::parse("queue=mine")), Some(false));
    }
}
