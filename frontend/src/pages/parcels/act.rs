//! What an officer does with a parcel: lets it go, or sends it back, and says why.

use super::one::Shown;
use crate::client::{CallError, Member, calls, object, text as call};
use crate::components::kept::{remember, remembered};
use crate::components::markup::{fill, nothing, text};
use crate::components::planted::{find, listen, planted};
use crate::components::reactive::{changing, effect, spawn, whether};
use crate::components::shell::part;
use crate::components::states::{failed, failed_words};
use crate::context::Context;
use crate::i18n::Word;
use gloo_net::http::Method;
use leptos::prelude::*;
use shared::wire::parcels::{Parcel, ParcelState};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, HtmlInputElement, HtmlTextAreaElement};

const FORM: &str = "<form class=\"card parcel-act\" data-form=\"act\"><h2>{}</h2>{}\
                    <label class=\"wide\"><span>{}</span><textarea name=\"remark\" rows=\"1\" required></textarea></label>\
                    <div class=\"buttons\"><button type=\"submit\" class=\"primary\" value=\"release\">{}</button>\
                    <button type=\"submit\" value=\"return\">{}</button></div></form>";

/// Whether a parcel can be let go, and whether it can be sent back.
fn fitting(parcel: &Parcel) -> (bool, bool) {
    match parcel.item.state {
        ParcelState::Waiting | ParcelState::Matched | ParcelState::Held => (true, true),
        ParcelState::Released => (false, true),
        ParcelState::Returned => (true, false),
        ParcelState::Withdrawn => (false, false),
    }
}

/// The form. It stays as it is while the parcel changes under it: nothing that was typed is lost.
pub fn act(context: Context, parcel: Shown) -> AnyView {
    let wrong = RwSignal::new(None::<CallError>);
    let sending = RwSignal::new(false);
    let by = match context.session.has_accounts() {
        // With accounts it is known who acts.
        true => nothing(),
        false => fill(
            "<label><span>{}</span><input name=\"by\" autocomplete=\"name\" value=\"{}\"></label>",
            &[text(context.say(Word::By)), text(&remembered())],
        ),
    };
    let gaps = [
        text(context.say(Word::ParcelsAct)),
        by,
        text(context.say(Word::RemarkNeeded)),
        text(context.say(Word::ParcelsLetGo)),
        text(context.say(Word::ParcelsSendBack)),
    ];
    let form = fill(FORM, &gaps);
    let may = move |of: fn((bool, bool)) -> bool| {
        whether(move || parcel.with(|parcel| parcel.is_some_and(|parcel| of(fitting(&parcel.0)))))
    };
    let (may_release, may_return) = (may(|fits| fits.0), may(|fits| fits.1));
    let ready = move |form: HtmlElement| {
        let asked = form.clone();
        let hear = move |event: Event| {
            event.prevent_default();
            if !sending.get_untracked() {
                send(parcel, &asked, &submitter(&event), sending, wrong);
            }
        };
        listen(&form, &["submit"], Box::new(hear));
        effect(move || {
            let busy = sending.get();
            for (value, fits) in [("release", may_release.get()), ("return", may_return.get())] {
                let selector = ["[value=", value, "]"].concat();
                if let Some(button) = find::<HtmlElement>(&form, &selector) {
                    button.set_hidden(!fits);
                    // A plain name is always taken.
                    let _ = button.toggle_attribute_with_force("disabled", busy);
                }
            }
            form.set_hidden(!may_release.get() && !may_return.get());
        });
    };
    let refused = changing(move || match wrong.get() {
        None => ().into_any(),
        Some(error) if error.status() == Some(409) => {
            let words = context.say(Word::ParcelsConflict).to_owned();
            let detail = error.words(context.language).1.unwrap_or_default();
            failed_words(context, words, detail, None)
        }
        Some(error) => failed(&error, None),
    });
    part(
        "div",
        "contents",
        vec![refused, planted("contents", form, Box::new(ready))],
    )
}

/// Which button sent a form; the first where the keyboard did.
fn submitter(event: &Event) -> String {
    let button = js_sys::Reflect::get(event, &"submitter".into()).ok();
    let button = button.and_then(|button| button.dyn_into::<HtmlElement>().ok());
    let value = button.and_then(|button| button.get_attribute("value"));
    value.unwrap_or_else(|| "release".to_owned())
}

fn send(
    parcel: Shown,
    form: &HtmlElement,
    action: &str,
    sending: RwSignal<bool>,
    wrong: RwSignal<Option<CallError>>,
) {
    let written = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let area = find::<HtmlTextAreaElement>(form, "textarea");
    let remark = area.as_ref().and_then(|area| written(area.value()));
    let by = find::<HtmlInputElement>(form, "[name=by]").and_then(|input| written(input.value()));
    let seen = parcel.with_untracked(|parcel| Some((parcel?.0.item.order.clone(), parcel?.0.sequence)));
    let (Some(remark), Some((order, sequence))) = (remark, seen) else {
        return;
    };
    remember(by.as_deref());
    let mut members = vec![
        ("remark", Member::Text(&remark)),
        ("if_sequence", Member::Whole(sequence)),
    ];
    members.extend(by.as_deref().map(|by| ("by", Member::Text(by))));
    let body = object(&members);
    let path = calls::parcel(&order, &["/", action].concat());
    sending.set(true);
    spawn(async move {
        let answer = call(Method::POST, path, Some(body)).await;
        // The page may be another one by then.
        let _ = sending.try_set(false);
        let refused = answer.err();
        if refused.is_none()
            && let Some(area) = area
        {
            area.set_value("");
        }
        let _ = wrong.try_set(refused);
        // What changed is shown, whoever changed it.
        parcel.reload();
    });
}
