//! The outermost component: everything the page shows hangs below it.

use crate::address::{Address, Page, Query};
use crate::colours::prefers;
use crate::components::bell::Bell;
use crate::components::desk_bell::DeskBell;
use crate::components::reactive::{changing, effect, spawn, whether};
use crate::components::shell::shell;
use crate::components::states::{failed_words, loading};
use crate::context::Context;
use crate::i18n::{Language, Word, texts};
use crate::live::Live;
use crate::live::sites::Sites;
use crate::pages;
use crate::parts::{Parts, State};
use crate::session::{self, Session};
use leptos::prelude::*;
use std::time::Duration;

/// Words that did not come are asked for again after this long.
const RETRY: Duration = Duration::from_secs(5);
/// What is said while there are no words to say it with.
const NO_WORDS: &str = "The words of this page cannot be fetched from the server. Trying again; loading the page \
    again may help.";

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let address = Address::follow_window();
    let session = Session::start();
    let live = Live::start();
    effect(move || live.allow(session.topics()));
    let sites = Sites::follow(address, live, session);
    let bell = Bell::start(address, live, sites, session);
    let desk = DeskBell::start(live, session);
    let kept = address.kept();
    let page = address.page();
    effect(move || lead_to_sign_in(address, session, &page.get()));
    let failures = RwSignal::new(0);
    let parts = Parts::follow(page);
    effect(move || fetch_words(kept, language_of(&kept.get()), failures));
    changing(move || {
        // Language, theme, site and session change rarely and touch everything: the page is built anew.
        let kept = kept.get();
        let language = language_of(&kept);
        dress(&kept, language);
        if !texts::are_here(language) {
            return without_words(failures.get() > 0);
        }
        if !session.is_known() {
            return match session.failures.get() {
                0 => ().into_any(),
                _ => apart(language.say(Word::FailedNetwork)),
            };
        }
        let context = Context {
            session,
            language,
            address,
            live,
            sites,
            bell,
            desk,
        };
        provide_context(context);
        let shown = move || changing(move || show(context, parts, page.get()));
        let is_wall = whether(move || page.get() == Page::Wall);
        changing(move || {
            if is_wall.get() {
                shown()
            } else {
                shell(context, shown())
            }
        })
    })
}

/// Fetches the words of a language unless they are here, and again until they came or another language is read.
/// Tells each time how often it failed in a row.
fn fetch_words(kept: Memo<Query>, language: Language, failures: RwSignal<u32>) {
    if texts::are_here(language) {
        return;
    }
    spawn(async move {
        match texts::fetch(language).await {
            Ok(()) => failures.set(0),
            Err(error) => {
                leptos::logging::warn!("no words: {error}");
                failures.update(|failures| *failures += 1);
                let again = move || {
                    if kept.with_untracked(language_of) == language {
                        fetch_words(kept, language, failures);
                    }
                };
                set_timeout(again, RETRY);
            }
        }
    });
}

fn without_words(failed: bool) -> AnyView {
    match failed {
        true => apart(NO_WORDS),
        false => ().into_any(),
    }
}

/// What is said while there is no page.
fn apart(words: &'static str) -> AnyView {
    view! { <p class="failed" role="alert">{words}</p> }.into_any()
}

/// Whoever has to sign in first comes back to where they wanted to go. A wall with a token needs nobody.
fn lead_to_sign_in(address: Address, session: Session, page: &Page) {
    if !session.is_signed_out()
        || page.is_door()
        || (*page == Page::Wall && session::display_token().is_some())
    {
        return;
    }
    let to = address.whole_now();
    let to = (to != Page::Overview.path()).then_some(to);
    let to = to.as_deref().map(|to| ("to", to));
    address.go_in_place(&address.link(&Page::SignIn, to.as_slice()));
}

fn show(context: Context, parts: Parts, page: Page) -> AnyView {
    let language = context.language;
    let title = match &page {
        Page::Overview => language.say(Word::Overview).to_owned(),
        Page::Yard => language.say(Word::Yard).to_owned(),
        Page::Alarms => language.say(Word::Alarms).to_owned(),
        Page::AlarmRules => language.say(Word::AlarmRules).to_owned(),
        Page::AlarmPerformance => language.say(Word::AlarmPerformance).to_owned(),
        Page::Containers => language.say(Word::Search).to_owned(),
        Page::Container(number) => language.fill(Word::TrailOf, number),
        Page::Stays | Page::Stay(_) => language.say(Word::Stays).to_owned(),
        Page::Clearance => language.say(Word::Clearance).to_owned(),
        Page::Throughput => language.say(Word::Throughput).to_owned(),
        Page::Feeds => language.say(Word::Feeds).to_owned(),
        Page::Wall | Page::WallSetup => language.say(Word::Wall).to_owned(),
        Page::SignIn => language.say(Word::SignIn).to_owned(),
        Page::Welcome => language.say(Word::Welcome).to_owned(),
        Page::Account => language.say(Word::OwnAccount).to_owned(),
        Page::Access => language.say(Word::Access).to_owned(),
        Page::Parcels => language.say(Word::Parcels).to_owned(),
        Page::Parcel(order) => language.fill(Word::ParcelOf, order),
        Page::ReleaseDesk => language.say(Word::ReleaseDesk).to_owned(),
        Page::NewApplication => language.say(Word::NewApplication).to_owned(),
        Page::Application(id) => language.fill(Word::ApplicationOf, id),
        Page::Unknown(_) => language.say(Word::NotFound).to_owned(),
    };
    document().set_title(&format!("{title} · Quaylight"));
    let signed_out = untrack(|| context.session.is_signed_out());
    if signed_out && !page.is_door() && page != Page::Wall {
        return loading();
    }
    if page == Page::Overview && !context.sees(&page) && context.sees(&Page::ReleaseDesk) {
        // Whoever has the desk and nothing else begins there.
        let lead = move || {
            let desk = context.address.link(&Page::ReleaseDesk, &[]);
            context.address.go_in_place(&desk);
        };
        set_timeout(lead, Duration::ZERO);
        return loading();
    }
    if !signed_out && !context.sees(&page) {
        return pages::not_allowed::not_allowed(context);
    }
    match parts.state(&page) {
        State::Here => {}
        State::Coming => return loading(),
        State::Failed => {
            let words = context.say(Word::PartMissing).to_owned();
            let again = Callback::new(move |()| parts.fetch(page.clone()));
            return failed_words(context, words, String::new(), Some(again));
        }
    }
    match page {
        Page::Overview => pages::overview::overview(),
        Page::Yard => pages::yard::yard(),
        Page::Alarms => pages::alarms::alarms(),
        Page::AlarmRules => pages::alarms::rules::rules(),
        Page::AlarmPerformance => pages::alarms::performance::performance(),
        Page::Containers => pages::search::search(),
        Page::Container(number) => pages::container::trail(number),
        Page::Stays => pages::stays::stays(),
        Page::Stay(id) => pages::stays::stay_by_id(id),
        Page::Clearance => pages::clearance::clearance(),
        Page::Throughput => pages::throughput::throughput(),
        Page::Feeds => pages::feeds::feeds(),
        Page::Wall => pages::wall::wall(),
        Page::WallSetup => pages::wall::setup::setup(),
        Page::SignIn => pages::door::sign_in(),
        Page::Welcome => pages::door::welcome(),
        Page::Account => pages::door::account(),
        Page::Access => pages::access::access(),
        Page::Parcels => pages::parcels::parcels(),
        Page::Parcel(order) => pages::parcels::one::one(order),
        Page::ReleaseDesk => pages::release_desk::desk(),
        Page::NewApplication => pages::release_desk::form::new_application(),
        Page::Application(id) => pages::release_desk::application::application(id),
        #[cfg(debug_assertions)]
        Page::Unknown(path) if path == "/styleguide" => pages::styleguide::styleguide(),
        Page::Unknown(_) => pages::not_found::not_found(),
    }
}

/// The language of the address, else the browser's, else English.
fn language_of(kept: &Query) -> Language {
    let browsers = || {
        let languages = window().navigator().languages();
        languages.iter().find_map(|code| Language::of(&code.as_string()?))
    };
    kept.get("lang")
        .and_then(Language::of)
        .or_else(browsers)
        .unwrap_or(Language::English)
}

/// Tells the document its language and theme. Without a theme the style sheet asks the browser for light or dark, and high
/// contrast is for whoever has asked the browser for more of it.
fn dress(kept: &Query, language: Language) {
    let Some(root) = document().document_element() else {
        return;
    };
    let theme = kept
        .get("theme")
        .filter(|theme| ["light", "dark", "contrast"].contains(theme))
        .unwrap_or(if prefers("(prefers-contrast: more)") {
            "contrast"
        } else {
            "auto"
        });
    for (name, value) in [("lang", language.tag()), ("data-theme", theme)] {
        if let Err(error) = root.set_attribute(name, value) {
            leptos::logging::warn!("the document refused {name}={value}: {error:?}");
        }
    }
}
