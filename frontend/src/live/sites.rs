//! The sites, their clock and the age of their data.

use super::{Connection, Live};
use crate::address::Address;
use crate::client::calls;
use crate::components::reactive::{effect, spawn};
use crate::session::Session;
use leptos::prelude::*;
use shared::access::Right;
use shared::time::{LocalTime, Time};
use shared::wire::site::Site;
use std::time::Duration;

/// How often the sites are asked for while all is well.
const CALM: Duration = Duration::from_secs(30);
/// How often while a demo's history is being made, or the server is away.
const BUSY: Duration = Duration::from_secs(2);

/// The sites, and the one that is shown. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Sites {
    /// All of them; empty until the first answer.
    pub all: RwSignal<Vec<Site>>,
    wanted: Memo<Option<String>>,
    // Of the clock that ticks, for those who see no site.
    offset: RwSignal<i32>,
    // Which asking is under way: that of a session before ends.
    asking: StoredValue<u32>,
}

impl Sites {
    /// Asks for the sites now and again, for as long as the page lives and whoever looks may see any.
    pub fn follow(address: Address, live: Live, session: Session) -> Sites {
        let sites = Sites {
            all: RwSignal::new(Vec::new()),
            wanted: address.parameter("site"),
            offset: live.offset,
            asking: StoredValue::new(0),
        };
        effect(move || {
            let may = (session.may(Right::Sites) || session.may(Right::Applications)) && !session.ended.get();
            let turn = sites.asking.get_value().wrapping_add(1);
            sites.asking.set_value(turn);
            if may {
                sites.ask(live, turn);
            } else if !sites.all.with_untracked(Vec::is_empty) {
                sites.all.set(Vec::new());
            }
        });
        sites
    }

    /// Looks at the site that the address names, else at the first; tracked.
    pub fn with_current<R>(self, look: impl FnOnce(Option<&Site>) -> R) -> R {
        let wanted = self.wanted.get();
        self.all.with(|all| {
            let named = all.iter().find(|site| Some(&site.code) == wanted.as_ref());
            look(named.or(all.first()))
        })
    }

    /// A moment in the zone of the site shown; tracked.
    pub fn local(self, at: Time) -> LocalTime {
        LocalTime {
            at,
            offset_seconds: self
                .with_current(|site| site.map(|site| site.now.offset_seconds))
                .unwrap_or_else(|| self.offset.get()),
        }
    }

    fn ask(self, live: Live, turn: u32) {
        if self.asking.get_value() != turn {
            return;
        }
        spawn(async move {
            let answer = calls::sites().await;
            if self.asking.get_value() != turn {
                return;
            }
            let calm = match answer {
                Ok(answer) => {
                    let sites = answer.items;
                    if let Some(site) = sites.first() {
                        live.offer_clock(site.now.at);
                    }
                    let busy = sites
                        .iter()
                        .any(|site| site.history.is_some_and(|done| done < 1.0));
                    self.all.set(sites);
                    !busy && live.connection.get_untracked() == Connection::Live
                }
                // The connection shows that something is wrong; there is nothing to add.
                Err(_) => false,
            };
            set_timeout(move || self.ask(live, turn), if calm { CALM } else { BUSY });
        });
    }
}
