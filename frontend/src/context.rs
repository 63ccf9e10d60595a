//! What every part of the page can ask for: language, address, stream and sites.

use crate::address::{Address, Page, Query};
use crate::components::bell::Bell;
use crate::components::desk_bell::DeskBell;
use crate::i18n::terms::Term;
use crate::i18n::{Language, Word};
use crate::live::Live;
use crate::live::sites::Sites;
use crate::session::{DESK, Session};
use leptos::prelude::*;
use shared::access::{Right, Role};

/// What surrounds a component. The page is built anew when language, theme, site or session change, so these are
/// plain values and need not be tracked.
#[derive(Clone, Copy)]
pub struct Context {
    /// The reader's language.
    pub language: Language,
    /// Where the reader is.
    pub address: Address,
    /// The stream.
    pub live: Live,
    /// The sites.
    pub sites: Sites,
    /// What calls the person.
    pub bell: Bell,
    /// What calls the person to the release desk.
    pub desk: DeskBell,
    /// Who looks.
    pub session: Session,
}

impl Context {
    /// A word of the page.
    pub fn say(self, word: Word) -> &'static str {
        self.language.say(word)
    }

    /// A sentence of the page with its gap filled.
    pub fn fill(self, word: Word, value: impl std::fmt::Display) -> String {
        self.language.fill(word, value)
    }

    /// A word of the domain.
    pub fn term(self, term: impl Term) -> &'static str {
        term.in_language(self.language)
    }

    /// Whether whoever looks may do something. The page is built anew when that changes.
    pub fn may(self, right: Right) -> bool {
        self.session.may_now(right)
    }

    /// Whether a page is there for whoever looks. A wall's token shows the wall and nothing else.
    pub fn sees(self, page: &Page) -> bool {
        if matches!(page, Page::Account | Page::Access) && !self.session.has_accounts() {
            return false;
        }
        let desk = || DESK.into_iter().any(|right| self.may(right));
        match page {
            Page::ReleaseDesk if !desk() && !self.may(Right::Figures) => return false,
            Page::Application(_) if !desk() => return false,
            _ => {}
        }
        let walled = self.session.role() == Some(Role::Display);
        page.right().is_none_or(|right| self.may(right))
            && (!walled || matches!(page, Page::Wall | Page::Account))
    }

    /// What a call is asked with: the site, where the address names one.
    pub fn call(self) -> Query {
        self.address.query_now().only(|name| name == "site")
    }
}

/// What surrounds the component that asks.
///
/// # Panics
///
/// Outside of the page that [`crate::app::App`] builds, which provides it to everything below.
pub fn context() -> Context {
    expect_context::<Context>()
}
