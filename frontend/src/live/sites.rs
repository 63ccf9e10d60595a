//! The sites, their clock and the age of their data.

use super::{Connection, Live};
use crate::address::Address;
use crate::client::calls;
use leptos::prelude::*;
use leptos::task::spawn_local;
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
    /// The one that the address names, else the first.
    pub current: Memo<Option<Site>>,
    /// Seconds east of UTC at the site shown.
    pub offset: Memo<i32>,
}

impl Sites {
    /// Asks for the sites now and again, for as long as the page lives.
    pub fn follow(address: Address, live: Live) -> Sites {
        let all = RwSignal::new(Vec::<Site>::new());
        let wanted = address.parameter("site");
        let current = Memo::new(move |_| {
            all.with(|all| {
                let named =
                    wanted.with(|code| all.iter().find(|site| Some(&site.code) == code.as_ref()).cloned());
                named.or_else(|| all.first().cloned())
            })
        });
        let offset =
            Memo::new(move |_| current.with(|site| site.as_ref().map_or(0, |site| site.now.offset_seconds)));
        let sites = Sites { all, current, offset };
        sites.ask(live);
        sites
    }

    fn ask(self, live: Live) {
        spawn_local(async move {
            let answer = calls::sites().await;
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
            set_timeout(move || self.ask(live), if calm { CALM } else { BUSY });
        });
    }

    /// A moment in the zone of the site shown.
    pub fn local(self, at: Time) -> LocalTime {
        LocalTime {
            at,
            offset_seconds: self.offset.get(),
        }
    }

    /// The code of the site shown, for calls; `None` until it is known and there is only one.
    pub fn code(self) -> Option<String> {
        self.current
            .with_untracked(|site| site.as_ref().map(|site| site.code.clone()))
    }
}
