//! Who looks at the page, and what they may do. It is asked once before anything else is, and again whenever the server
//! refused something or ended the stream: whoever has no session any more is led to the sign-in.
//!
//! What somebody has typed is not thrown away for that: the page then stays as it is and says that it has to be signed
//! in again, and goes on once that was done in another tab.

use crate::client::{CallError, Mistakes, Read, calls, member, members};
use crate::components::reactive::{Shared, spawn};
use crate::live::{Topic, Topics};
use leptos::prelude::*;
use serde_json::Value;
use shared::access::{Right, Role};
use shared::wire::site::Name;
use std::cell::Cell;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};

/// By any of these somebody sees applications.
pub const DESK: [Right; 3] = [Right::Applications, Right::Proofread, Right::Review];
/// A server that did not answer is asked again after this long.
const RETRY: Duration = Duration::from_secs(2);
/// Whether somebody signed in again in another tab is looked at this often.
const AGAIN: Duration = Duration::from_secs(5);
/// What a person may have typed something into.
const TYPED: &str = "main input:not([type]), main input[type=text], main input[type=password], main textarea";

thread_local! {
    /// That of this page: calls and the stream know nothing else of it.
    static OF_PAGE: Cell<Option<Session>> = const { Cell::new(None) };
}

/// What the server tells of a session. (What travels has `shared::wire::access::Session`; of that this is what the page
/// uses, in texts, which it reads anyway.)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Whether people have accounts here.
    pub accounts: bool,
    /// Who has signed in.
    pub account: Option<Own>,
    /// What they may do, by the names that travel.
    pub rights: Vec<String>,
    /// The sites that they see; none: all.
    pub sites: Option<Vec<String>>,
    /// The scenes of a wall's token, by the names that travel.
    pub scenes: Option<Vec<String>>,
    /// The identity provider, if one is configured.
    pub provider: Option<Name>,
    /// Characters that a password has at least.
    pub password_least: u64,
}

/// The account of whoever looks, or the key of a wall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// The name by which one signs in.
    pub name: String,
    /// The name that others know.
    pub full_name: String,
    /// What it is for.
    pub role: Role,
    /// Whether it has a password here.
    pub has_password: bool,
}

impl Read for Told {
    fn read(value: &Value, mistakes: &Mistakes) -> Told {
        let own = members(value, mistakes);
        Told {
            accounts: member::<String>(own, "access", mistakes) == "accounts",
            account: member(own, "account", mistakes),
            rights: member(own, "rights", mistakes),
            sites: member(own, "sites", mistakes),
            scenes: member(own, "scenes", mistakes),
            provider: member(own, "provider", mistakes),
            password_least: member(own, "password_least", mistakes),
        }
    }
}

impl Read for Own {
    fn read(value: &Value, mistakes: &Mistakes) -> Own {
        let own = members(value, mistakes);
        let role: String = member(own, "role", mistakes);
        Own {
            name: member(own, "name", mistakes),
            full_name: member(own, "full_name", mistakes),
            // Whatever its rights are, a role that this page does not know is looked at as the least one.
            role: Role::from_name(&role).unwrap_or(Role::Viewer),
            has_password: member(own, "has_password", mistakes),
        }
    }
}

/// What is known of the session. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Session {
    told: Shared<Option<Told>>,
    /// Whether it ended while something was typed that is kept.
    pub ended: RwSignal<bool>,
    /// How often the server could not be asked, before it ever answered.
    pub failures: RwSignal<u32>,
    asking: StoredValue<bool>,
    // The token by which this page's session was begun, on a wall.
    token: StoredValue<Option<String>>,
}

impl Session {
    /// Asks who this is. It lives as long as the page.
    pub fn start() -> Session {
        let session = Session {
            told: Shared::new(None),
            ended: RwSignal::new(false),
            failures: RwSignal::new(0),
            asking: StoredValue::new(false),
            token: StoredValue::new(None),
        };
        OF_PAGE.set(Some(session));
        session.ask();
        session
    }

    /// Whether the server has answered; tracked.
    pub fn is_known(self) -> bool {
        self.told.look(Option::is_some)
    }

    /// Looks at what the server told; tracked.
    pub fn look<R>(self, look: impl FnOnce(Option<&Told>) -> R) -> R {
        self.told.look(|told| look(told.as_ref()))
    }

    /// The same once.
    pub fn peek<R>(self, look: impl FnOnce(Option<&Told>) -> R) -> R {
        self.told.peek(|told| look(told.as_ref()))
    }

    /// Whether something may be done; tracked.
    pub fn may(self, right: Right) -> bool {
        self.look(|told| told.is_some_and(|told| told.rights.iter().any(|own| own == right.name())))
    }

    /// The same once.
    pub fn may_now(self, right: Right) -> bool {
        self.peek(|told| told.is_some_and(|told| told.rights.iter().any(|own| own == right.name())))
    }

    /// Whether people have accounts here.
    pub fn has_accounts(self) -> bool {
        self.peek(|told| told.is_some_and(|told| told.accounts))
    }

    /// Whether nobody has signed in who would have to; tracked.
    pub fn is_signed_out(self) -> bool {
        self.look(|told| told.is_some_and(is_signed_out))
    }

    /// The role of whoever has signed in.
    pub fn role(self) -> Option<Role> {
        self.peek(|told| Some(told?.account.as_ref()?.role))
    }

    /// What the stream may be asked for; tracked.
    pub fn topics(self) -> Topics {
        let sites = self.may(Right::Sites);
        let may = |topic: &Topic| match topic {
            Topic::Alarms => sites && self.may(Right::Alarms),
            Topic::Yard => sites && self.may(Right::Yard),
            Topic::Figures | Topic::Parcels => sites && self.may(Right::Figures),
            Topic::Feeds => sites && self.may(Right::Feeds),
            // An enterprise follows its applications and nothing else.
            Topic::ReleaseDesk => DESK.into_iter().any(|right| self.may(right)),
        };
        match self.ended.get() {
            false => Topic::ALL.into_iter().filter(may).collect(),
            true => Topics::default(),
        }
    }

    /// A session began by what was sent just now.
    pub fn begin(self, told: Told) {
        self.ended.set(false);
        self.put(told);
    }

    /// Somebody signed out, and whatever was typed goes with them.
    pub fn leave(self) {
        self.token.set_value(None);
        // What everybody is told the next question brings.
        self.begin(Told {
            accounts: true,
            ..Told::default()
        });
        self.ask();
    }

    /// The token of the wall that this session is of.
    pub fn token(self) -> Option<String> {
        self.token.get_value()
    }

    /// A wall has shown its token.
    pub fn begin_by(self, token: String, told: Told) {
        self.token.set_value(Some(token));
        self.ended.set(false);
        // Told even where the session is the same as before: the wall waits for it.
        self.told.change(|known| *known = Some(told));
    }

    /// Asks who this is, unless that is being asked.
    pub fn ask(self) {
        if self.asking.get_value() {
            return;
        }
        self.asking.set_value(true);
        spawn(async move {
            let answer = calls::session().await;
            self.asking.set_value(false);
            match answer {
                Ok(told) => self.take(told),
                Err(error) => self.failed(&error),
            }
        });
    }

    fn failed(self, error: &CallError) {
        // Later on the connection shows that something is wrong.
        if untrack(|| self.is_known()) && !self.ended.get_untracked() {
            return;
        }
        leptos::logging::warn!("the server did not say who this is: {error}");
        self.failures.update(|failures| *failures += 1);
        set_timeout(move || self.ask(), RETRY);
    }

    fn take(self, told: Told) {
        let had_account = self.peek(|told| told.is_some_and(|told| told.account.is_some()));
        if is_signed_out(&told) && had_account && is_something_typed() {
            self.ended.set(true);
            set_timeout(
                move || {
                    if self.ended.get_untracked() {
                        self.ask();
                    }
                },
                AGAIN,
            );
            return;
        }
        if is_signed_out(&told) {
            self.token.set_value(None);
        }
        self.begin(told);
    }

    fn put(self, told: Told) {
        self.told.alter(|known| {
            let is_new = known.as_ref() != Some(&told);
            if is_new {
                *known = Some(told);
            }
            is_new
        });
    }
}

/// Something was refused, or the stream ended: asks whether it is because of the session.
pub fn doubt() {
    if let Some(session) = OF_PAGE.get()
        && session.has_accounts()
    {
        session.ask();
    }
}

fn is_signed_out(told: &Told) -> bool {
    told.accounts && told.account.is_none()
}

/// Whether somebody has typed something that would be lost with the page.
fn is_something_typed() -> bool {
    let Ok(fields) = document().query_selector_all(TYPED) else {
        return false;
    };
    (0..fields.length()).any(|index| {
        let Some(field) = fields.item(index) else {
            return false;
        };
        if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
            return input.value() != input.default_value();
        }
        let area = field.dyn_ref::<HtmlTextAreaElement>();
        area.is_some_and(|area| Ok(area.value()) != area.default_value())
    })
}

/// What stands behind the `#` of this address, such as a wall's token behind `#display=`.
pub fn fragment() -> Option<String> {
    let fragment = window().location().hash().ok()?;
    Some(fragment.trim_start_matches('#').to_owned()).filter(|fragment| !fragment.is_empty())
}

/// The token of a wall, where this address has one.
pub fn display_token() -> Option<String> {
    let token = fragment()?.strip_prefix("display=")?.to_owned();
    (!token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::read;
    use shared::access::Scene;
    use shared::time::Time;
    use shared::wire::access::{OwnAccount, Session as Travels};

    #[test]
    fn a_session_is_read_as_it_travels() {
        let own = OwnAccount {
            name: "lin".to_owned(),
            full_name: "Officer Lin".to_owned(),
            role: Role::Officer,
            has_password: true,
        };
        let travels = Travels {
            access: "accounts".to_owned(),
            account: Some(own),
            rights: vec![Right::Sites, Right::ChangeRules],
            sites: Some(vec!["S".to_owned()]),
            scenes: Some(vec![Scene::Yard, Scene::Number]),
            provider: Some(Name {
                en: "Port".to_owned(),
                zh: "港".to_owned(),
            }),
            password_least: 15,
            until: Some(Time(0).utc()),
        };
        let told: Told = read(&serde_json::to_string(&travels).unwrap()).unwrap();
        assert_eq!(
            told,
            Told {
                accounts: true,
                account: Some(Own {
                    name: "lin".to_owned(),
                    full_name: "Officer Lin".to_owned(),
                    role: Role::Officer,
                    has_password: true,
                }),
                rights: vec!["sites".to_owned(), "change_rules".to_owned()],
                sites: travels.sites,
                scenes: Some(vec!["yard".to_owned(), "number".to_owned()]),
                provider: travels.provider,
                password_least: 15,
            }
        );
    }
}
