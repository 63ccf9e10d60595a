//! A wall shows its token, which stands behind the `#` of its address and so never travels with it. One that was
//! revoked is said in large type, and tried again and again: nobody is there to do it. A new token in the address is
//! taken without a hand on the wall, too.

use super::shift;
use super::stage::set;
use crate::client::{CallError, Member, object, post};
use crate::components::markup::{Markup, fill, text};
use crate::components::reactive::{changing, effect, spawn};
use crate::components::shell::{part_with, written};
use crate::context::Context;
use crate::i18n::Word;
use crate::session::{Told, display_token};
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;
use shared::access::Role;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// A token that was not taken is shown again after this long.
const AGAIN: Duration = Duration::from_secs(15);
/// A server that did not answer is asked again after this long.
const RETRY: Duration = Duration::from_secs(3);

const CLOSED: &str =
    "<div class=\"wall-closed\" role=\"alert\"><p class=\"wall-closed-what\">{}</p><p>{}</p></div>";

/// Whether the address has a token that this page has not shown yet. Who has signed in by name looks by their own rights.
pub fn is_needed(context: Context) -> bool {
    let session = context.session;
    let by_name = session.role().is_some_and(|role| role != Role::Display);
    match display_token() {
        Some(token) => session.has_accounts() && !by_name && session.token() != Some(token),
        None => untrack(|| session.is_signed_out()),
    }
}

/// What is said in place of a scene.
pub fn closed(context: Context, what: Word, hint: Word) -> AnyView {
    let gaps = [text(context.say(what)), text(context.say(hint))];
    around(fill(CLOSED, &gaps))
}

fn around(markup: Markup) -> AnyView {
    let inner = vec![written("contents", markup)];
    part_with(
        "main",
        "wall-page wall-shut",
        [("id", Some("main")), ("role", None)],
        inner,
    )
}

/// Shows the token until it is taken.
pub fn door(context: Context) -> AnyView {
    let trouble = RwSignal::new(None::<Word>);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let tries = RwSignal::new(0_u32);
    effect(move || {
        let count = tries.get();
        let Some(token) = display_token() else {
            return;
        };
        spawn(async move {
            let body = object(&[("token", Member::Text(&token))]);
            let answer: Result<Told, CallError> = post("/session/display".to_owned(), body).await;
            let wait = match answer {
                Ok(told) => return context.session.begin_by(token, told),
                Err(error) if error.status() == Some(401) => {
                    let _ = trouble.try_set(Some(Word::WallRevoked));
                    AGAIN
                }
                Err(_) => {
                    // Within the first tries nobody needs to know.
                    if count > 0 {
                        let _ = trouble.try_set(Some(Word::FailedNetwork));
                    }
                    RETRY
                }
            };
            // Burn-in: it may stand there for days.
            let (x, y) = shift::place(i64::from(count));
            let main = document().get_element_by_id("main");
            if let Some(main) = main.and_then(|main| main.dyn_into::<HtmlElement>().ok()) {
                set(&main, "--shift-x", &x.to_string());
                set(&main, "--shift-y", &y.to_string());
            }
            let again = move || {
                let _ = tries.try_update(|tries| *tries = tries.wrapping_add(1));
            };
            let handle = set_timeout_with_handle(again, wait).ok();
            let _ = timer.try_update_value(|timer| *timer = handle);
            // Somebody may have signed in meanwhile.
            context.session.ask();
        });
    });
    on_cleanup(move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    });
    changing(move || match trouble.get() {
        Some(Word::WallRevoked) => closed(context, Word::WallRevoked, Word::WallRevokedHint),
        Some(what) => closed(context, what, Word::WallTriesAgain),
        None => around(fill(
            "<p class=\"wall-wait\">{}</p>",
            &[text(context.say(Word::Connecting))],
        )),
    })
}
