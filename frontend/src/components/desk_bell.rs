//! What calls the person to the release desk: how many applications wait for them, and a notice when one becomes their
//! turn or one of their own moves.

use super::kept::{keep, kept, remembered};
use super::markup::{Markup, fill, heard, join, nothing, text};
use super::planted::pressed;
use super::reactive::{Shared, effect, whether};
use super::shell::{part_with, say};
use crate::address::{Page, Query};
use crate::client::understood;
use crate::context::Context;
use crate::i18n::terms::Term;
use crate::i18n::{Word, format};
use crate::live::{Fresh, Live, Message, Topic, watch};
use crate::session::{DESK, Session};
use leptos::prelude::*;
use shared::access::Right;
use shared::wire::List;
use shared::wire::release_desk::{
    ApplicationAction, ApplicationItem, ApplicationState, DeskChange, DeskParty,
};
use std::time::Duration;

/// What waits is asked for again no sooner than this.
const GAP_MS: f64 = 3_000.0;
/// A notice stays this long: what it says stands in the queue, too.
const STAYS: Duration = Duration::from_secs(20);
/// More notices than this are not in sight at once.
const MOST: usize = 3;
/// So many that wait are known by name.
const KNOWN: usize = 200;
/// Where the browser keeps for whom the person acts, where access is open.
const PARTY_KEY: &str = "quaylight.party";

/// One notice.
#[derive(Clone, Debug)]
struct Notice {
    number: u64,
    change: DeskChange,
    turn: bool,
}

/// Cheap to copy.
#[derive(Clone, Copy)]
pub struct DeskBell {
    waiting: Shared<Option<Vec<ApplicationItem>>>,
    notices: Shared<Vec<Notice>>,
    party: RwSignal<Option<DeskParty>>,
    session: Session,
}

/// For whom somebody acts at the desk; nobody for those who only see its figures.
fn party_of(session: Session) -> Option<DeskParty> {
    if !DESK.into_iter().any(|right| session.may(right)) {
        return None;
    }
    if !session.has_accounts() {
        let named = kept(PARTY_KEY).and_then(|name| DeskParty::from_name(&name));
        return Some(named.unwrap_or(DeskParty::Customs));
    }
    Some(if session.may(Right::Review) {
        DeskParty::Customs
    } else if session.may(Right::Proofread) {
        DeskParty::Terminal
    } else {
        DeskParty::Enterprise
    })
}

/// The queue of those for whom somebody acts.
pub fn queue_of(party: DeskParty) -> &'static str {
    match party {
        DeskParty::Enterprise => "mine",
        DeskParty::Terminal => "terminal",
        DeskParty::Customs | DeskParty::System => "customs",
    }
}

/// The one that is needed first comes first: the closest closing time, then whoever waits longest.
pub fn by_need(items: &mut [ApplicationItem]) {
    // Inserted one by one: the lists are short, and a sort of its own would be a program of its own.
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && need(&items[at]) < need(&items[at - 1]) {
            items.swap(at, at - 1);
            at -= 1;
        }
    }
}

/// What closes first, first; behind all that is open what has ended, the latest first.
fn need(item: &ApplicationItem) -> (bool, i64, i64) {
    if item.turn.is_none() && item.state != ApplicationState::Draft {
        return (true, -item.since.at.0, 0);
    }
    let closing = item.closing_at.map_or(i64::MAX, |at| at.at.0);
    (false, closing, item.since.at.0)
}

impl DeskBell {
    /// Starts it; it lives as long as the page.
    pub fn start(live: Live, session: Session) -> DeskBell {
        let bell = DeskBell {
            waiting: Shared::new(None),
            notices: Shared::new(Vec::new()),
            party: RwSignal::new(None),
            session,
        };
        effect(move || {
            let party = party_of(session);
            if party != bell.party.get_untracked() {
                bell.party.set(party);
            }
        });
        let may = whether(move || bell.party.get().is_some());
        effect(move || {
            bell.waiting.change(|waiting| *waiting = None);
            if may.get() {
                bell.follow(live);
            }
        });
        bell
    }

    /// For whom whoever looks acts; tracked.
    pub fn party(self) -> Option<DeskParty> {
        self.party.get()
    }

    /// Somebody acts for another party from now on, where access is open.
    pub fn act_for(self, party: DeskParty) {
        if !self.session.has_accounts() && self.party.get_untracked() != Some(party) {
            keep(PARTY_KEY, party.name());
            self.party.set(Some(party));
        }
    }

    /// The next that waits for whoever looks, but for one; tracked.
    pub fn next(self, but: &str) -> Option<ApplicationItem> {
        self.waiting.look(|waiting| {
            let mut others = waiting.as_ref()?.iter().filter(|item| item.id != but);
            others.next().cloned()
        })
    }

    fn follow(self, live: Live) {
        let path = move || {
            let queue = self.party.get_untracked().map(queue_of);
            let query = Query::default()
                .with("queue", queue)
                .with("limit", Some(&KNOWN.to_string()));
            format!("/release-desk/applications{query}")
        };
        let take = move |answer: &str| {
            let list: List<ApplicationItem> = understood(answer)?;
            let mut items = list.items;
            items.retain(|item| self.waits(item));
            by_need(&mut items);
            self.waiting.change(|waiting| *waiting = Some(items));
            Ok(())
        };
        let fresh = Fresh::new(GAP_MS, Box::new(path), Box::new(take));
        fresh.follow(live, Topic::ReleaseDesk, |_| true);
        effect(move || {
            self.party.track();
            fresh.want_in(0.0);
        });
        watch(live, &[Topic::ReleaseDesk], move |message| {
            if let Some(Message::Application(change)) = message {
                self.hear(change);
            }
        });
    }

    /// Whether an application waits for whoever looks. A draft waits for nobody.
    fn waits(self, item: &ApplicationItem) -> bool {
        item.applied_at.is_some() && item.turn.is_some() && item.turn == self.party.get_untracked()
    }

    fn hear(self, change: &DeskChange) {
        let waits = self.waits(&change.item);
        self.waiting.alter(|waiting| {
            let Some(waiting) = waiting else {
                return false;
            };
            waiting.retain(|item| item.id != change.item.id);
            if waits {
                waiting.push(change.item.clone());
                by_need(waiting);
            }
            true
        });
        use ApplicationAction::{Attach, Detach, Save};
        let quiet = matches!(change.action, Save | Attach | Detach) || self.is_own(change);
        let own = self.party.get_untracked() == Some(DeskParty::Enterprise);
        if quiet || !(waits || own) {
            return;
        }
        let number = self
            .notices
            .peek(|notices| notices.last().map_or(0, |last| last.number + 1));
        self.notices.change(|notices| {
            notices.retain(|notice| notice.change.item.id != change.item.id);
            notices.push(Notice {
                number,
                change: change.clone(),
                turn: waits,
            });
            let over = notices.len().saturating_sub(MOST);
            notices.drain(..over);
        });
        set_timeout(move || self.dismiss(number), STAYS);
    }

    /// Whether whoever looks did it.
    fn is_own(self, change: &DeskChange) -> bool {
        self.session
            .peek(|told| match told.and_then(|told| told.account.as_ref()) {
                Some(own) => change.by == own.name || change.by == own.full_name,
                None => change.by == remembered() && self.party.get_untracked() == Some(change.party),
            })
    }

    fn dismiss(self, number: u64) {
        self.notices.alter(|notices| {
            let before = notices.len();
            notices.retain(|notice| notice.number != number);
            notices.len() != before
        });
    }
}

/// How many wait for whoever looks.
pub fn badge(context: Context) -> Markup {
    let count = context
        .desk
        .waiting
        .look(|waiting| waiting.as_ref().map_or(0, Vec::len));
    if count == 0 {
        return nothing();
    }
    let figure = format::whole(count as u64);
    let words = text(&context.fill(Word::DeskWaitForYou, &figure));
    fill(
        "<span class=\"badge desk-badge\" role=\"img\" title=\"{}\" aria-label=\"{}\"><b>{}</b></span>",
        &[words.clone(), words, text(&figure)],
    )
}

/// The notices, for eyes and for a screen reader.
pub fn toasts(context: Context) -> AnyView {
    if !DESK.into_iter().any(|right| context.may(right)) {
        return ().into_any();
    }
    let hear = move |event: web_sys::Event| {
        let number: Option<u64> =
            pressed(&event).and_then(|pressed| pressed.strip_prefix("dismiss ")?.parse().ok());
        if let Some(number) = number {
            context.desk.dismiss(number);
        }
    };
    let inner = heard("toast-list", move || notices(context), &["click"], Box::new(hear));
    let said = [("role", Some("status")), ("aria-live", Some("polite"))];
    part_with("div", "toasts", said, vec![inner])
}

fn notices(context: Context) -> Markup {
    const TOAST: &str = "<div class=\"toast\" data-application=\"{}\" data-turn=\"{}\"><p><strong>{}</strong></p>\
                         <p><a href=\"{}\">{}</a> <span class=\"quiet\">{}</span></p><p>{} · {} {}</p>\
                         <button type=\"button\" class=\"close\" data-do=\"dismiss {}\" aria-label=\"{}\"></button></div>";
    context.desk.notices.look(|notices| {
        let mut toasts = Vec::new();
        for notice in notices {
            let item = &notice.change.item;
            let heading = if notice.turn {
                Word::DeskYourTurn
            } else {
                Word::DeskMoved
            };
            let href = context.address.link(&Page::Application(item.id.clone()), &[]);
            let clock = item.closing_at.map_or_else(nothing, |at| {
                // A moment, not a clock: what counts down here would be read out each time.
                text("· ").then(text(&format::stamp(at)))
            });
            let gaps = [
                text(&item.id),
                text(if notice.turn { "true" } else { "false" }),
                say(context.language, heading),
                text(&href),
                text(&item.container),
                text(&item.id),
                text(item.state.in_language(context.language)),
                text(&notice.change.by),
                clock,
                text(&notice.number.to_string()),
                say(context.language, Word::Close),
            ];
            toasts.push(fill(TOAST, &gaps));
        }
        join(&toasts)
    })
}
