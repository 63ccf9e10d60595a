//! What a person does with alarms: one small form for each action, with who, why and until when.

use crate::client::{CallError, calls};
use crate::components::kept::{remember, remembered};
use crate::components::markup::{fill, nothing, options, text};
use crate::components::planted::{find, listen, planted, pressed};
use crate::components::reactive::spawn;
use crate::components::reactive::{changed_text, changing, effect, on_click};
use crate::components::states::{failed, failed_words};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use leptos::prelude::*;
use shared::access::Right;
use shared::alarm::{Action, Explanation, Kind};
use shared::time::{HOUR, LocalTime};
use shared::wire::alarm::{ActionRequest, Alarm};
use std::rc::Rc;
use web_sys::{HtmlElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// It was seen.
    Acknowledge,
    /// The terminal explains.
    Explain,
    /// The explanation goes back.
    Return,
    /// The case is ended.
    Close,
    /// It is put aside for a time.
    Shelve,
    /// It is taken back.
    Unshelve,
}

impl Act {
    /// Every one.
    pub const ALL: [Act; 6] = [
        Act::Acknowledge,
        Act::Explain,
        Act::Return,
        Act::Close,
        Act::Shelve,
        Act::Unshelve,
    ];

    /// Its name in the address of the call.
    pub fn name(self) -> &'static str {
        match self {
            Act::Acknowledge => "acknowledge",
            Act::Explain => "explain",
            Act::Return => "return",
            Act::Close => "close",
            Act::Shelve => "shelve",
            Act::Unshelve => "unshelve",
        }
    }

    /// The one of a name.
    pub fn of(name: &str) -> Option<Act> {
        Act::ALL.into_iter().find(|act| act.name() == name)
    }

    /// As it travels.
    pub fn action(self) -> Action {
        match self {
            Act::Acknowledge => Action::Acknowledge,
            Act::Explain => Action::Explain,
            Act::Return => Action::Return,
            Act::Close => Action::Close,
            Act::Shelve => Action::Shelve,
            Act::Unshelve => Action::Unshelve,
        }
    }

    /// Its word.
    pub fn word(self) -> Word {
        match self {
            Act::Acknowledge => Word::Acknowledge,
            Act::Explain => Word::Explain,
            Act::Return => Word::Return,
            Act::Close => Word::CloseCase,
            Act::Shelve => Word::Shelve,
            Act::Unshelve => Word::Unshelve,
        }
    }

    /// Whether it must say why.
    fn needs_remark(self) -> bool {
        matches!(self, Act::Explain | Act::Return | Act::Shelve)
    }

    /// Whether whoever looks may do it: a terminal explains, and customs does the rest.
    pub fn is_allowed(self, context: Context) -> bool {
        context.may(match self {
            Act::Explain => Right::Explain,
            _ => Right::Act,
        })
    }

    /// Whether it makes sense as the alarm is now.
    fn fits(self, alarm: &Alarm) -> bool {
        let given = alarm
            .explanation
            .as_ref()
            .is_some_and(|explained| explained.state == Explanation::Given);
        let shelved = alarm.shelved_until.is_some();
        if alarm.withdrawn_at.is_some() {
            return false;
        }
        match self {
            Act::Acknowledge => !alarm.acknowledged,
            Act::Explain => alarm.kind == Kind::IllegalStorage && !alarm.closed && !given,
            Act::Return => given && !alarm.closed,
            Act::Close => !alarm.closed,
            Act::Shelve => !alarm.closed && !shelved,
            Act::Unshelve => shelved,
        }
    }
}

/// What a form was filled with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filled {
    /// Why.
    pub remark: Option<String>,
    /// Until when.
    pub until: Option<LocalTime>,
    /// Who.
    pub by: Option<String>,
}

/// The actions that fit, and the form of the one that was chosen.
///
/// `alarm` is the alarm as it is now; `on_conflict` is called when it changed meanwhile.
pub fn actions(alarm: RwSignal<Option<Alarm>>, on_conflict: Callback<()>) -> AnyView {
    let context = context();
    let chosen = RwSignal::new(None::<Act>);
    let failed = RwSignal::new(None::<CallError>);
    // Told only when it changes, so that a button that is about to be pressed stays where it is.
    let fitting = changed_text(move || {
        alarm.with(|alarm| {
            let fits =
                |act: &&Act| act.is_allowed(context) && alarm.as_ref().is_some_and(|alarm| act.fits(alarm));
            Some(
                Act::ALL
                    .iter()
                    .filter(fits)
                    .map(|act| act.name())
                    .collect::<Vec<_>>()
                    .join(" "),
            )
        })
    });
    let choices = changing(move || {
        let fitting = fitting.get().unwrap_or_default();
        let fitting = fitting.split(' ').filter_map(Act::of);
        let buttons = fitting.map(|act| {
            let choose = on_click(move || {
                failed.set(None);
                chosen.set(Some(act));
            });
            view! { <button type="button" data-action=act.name() on:click=choose>{context.say(act.word())}</button> }.into_any()
        });
        buttons.collect::<Vec<_>>().into_any()
    });
    let refused = changing(move || match failed.get() {
        Some(error) => refused(context, &error),
        None => ().into_any(),
    });
    let form = changing(move || match chosen.get() {
        Some(act) => one_form(context, act, alarm, chosen, failed, on_conflict),
        None => ().into_any(),
    });
    view! {
        <div class="actions" role="group" aria-label=context.say(Word::ActionColumn)>{choices}</div>
        {refused}
        {form}
    }
    .into_any()
}

fn refused(context: Context, error: &CallError) -> AnyView {
    if error.status() == Some(409) {
        let words = context.say(Word::AlarmChanged).to_owned();
        failed_words(context, words, String::new(), None)
    } else {
        failed(error, None)
    }
}

fn one_form(
    context: Context,
    act: Act,
    alarm: RwSignal<Option<Alarm>>,
    chosen: RwSignal<Option<Act>>,
    failed: RwSignal<Option<CallError>>,
    on_conflict: Callback<()>,
) -> AnyView {
    let sending = RwSignal::new(false);
    let send = move |filled: Filled| {
        let Some(present) = alarm.get_untracked() else {
            return;
        };
        if sending.get_untracked() {
            return;
        }
        let request = ActionRequest {
            remark: filled.remark,
            until: filled.until,
            if_sequence: Some(present.sequence),
            by: filled.by,
        };
        sending.set(true);
        spawn(async move {
            let answer = calls::act(&present.id, act.name(), &request).await;
            // The panel may have been closed meanwhile.
            let _ = sending.try_set(false);
            match answer {
                Ok(changed) => {
                    let _ = alarm.try_set(Some(changed));
                    let _ = failed.try_set(None);
                    let _ = chosen.try_set(None);
                }
                // The form stays as it was filled: nothing has to be written twice.
                Err(error) => {
                    if error.status() == Some(409) {
                        on_conflict.try_run(());
                    }
                    let _ = failed.try_set(Some(error));
                }
            }
        });
    };
    act_form(
        context,
        act,
        sending,
        Rc::new(send),
        Rc::new(move || chosen.set(None)),
    )
}

/// The form of an action: `send` is told what it was filled with.
pub fn act_form(
    context: Context,
    act: Act,
    sending: RwSignal<bool>,
    send: Rc<dyn Fn(Filled)>,
    cancel: Rc<dyn Fn()>,
) -> AnyView {
    const FIELD: &str = "<label class=\"{}\"><span>{}</span>{}</label>";
    let field = |word: Word, class: &str, input| fill(FIELD, &[text(class), text(context.say(word)), input]);
    // With accounts it is known who acts.
    let by = if context.session.has_accounts() {
        nothing()
    } else {
        let name = "<input name=\"by\" autocomplete=\"name\" value=\"{}\">";
        field(Word::By, "", fill(name, &[text(&remembered())]))
    };
    let until = if act == Act::Shelve {
        let hours = [1, 2, 4, 8, 24, 72].map(|hours: i64| {
            let words = format::duration(context.language, hours * 3_600);
            (hours.to_string(), words)
        });
        let hours = fill("<select name=\"until\">{}</select>", &[options(&hours)]);
        field(Word::ForHowLong, "", hours)
    } else {
        nothing()
    };
    let why = match act {
        Act::Explain => Word::Explanation,
        act if act.needs_remark() => Word::RemarkNeeded,
        _ => Word::Remark,
    };
    let required = text(if act.needs_remark() { "required" } else { "" });
    let remark = fill("<textarea name=\"remark\" rows=\"2\" {}></textarea>", &[required]);
    let gaps = [
        text(act.name()),
        by,
        until,
        field(why, "wide", remark),
        text(context.say(act.word())),
        text(context.say(Word::Cancel)),
    ];
    let form = fill(
        "<form class=\"act\" data-form=\"{}\">{}{}{}<div class=\"buttons\"><button type=\"submit\" class=\"primary\">{}\
         </button><button type=\"button\" data-do=\"cancel\">{}</button></div></form>",
        &gaps,
    );
    let ready = move |form: HtmlElement| {
        let (send, cancel, asked) = (send.clone(), cancel.clone(), form.clone());
        let hear = move |event: web_sys::Event| {
            if event.type_() == "submit" {
                event.prevent_default();
                send(filled(context, &asked));
            } else if pressed(&event).as_deref() == Some("cancel") {
                cancel();
            }
        };
        listen(&form, &["submit", "click"], Box::new(hear));
        if let Some(first) = find::<HtmlElement>(&form, "textarea") {
            // A field that cannot be focused is not in sight; nothing is lost.
            let _ = first.focus();
        }
        effect(move || {
            if let Some(button) = find::<HtmlElement>(&form, "[type=submit]") {
                let sending = sending.get();
                // A second press while it is on its way is caught where it is sent, too.
                let _ = button.toggle_attribute_with_force("disabled", sending);
                button.set_text_content(Some(context.say(if sending {
                    Word::Sending
                } else {
                    act.word()
                })));
            }
        });
    };
    planted("contents", form, Box::new(ready))
}

fn filled(context: Context, form: &HtmlElement) -> Filled {
    let written = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let by = find::<HtmlInputElement>(form, "[name=by]").and_then(|input| written(input.value()));
    remember(by.as_deref());
    let until = find::<HtmlSelectElement>(form, "[name=until]");
    Filled {
        remark: find::<HtmlTextAreaElement>(form, "textarea").and_then(|area| written(area.value())),
        until: until.and_then(|select| until_in(context, select.value().parse().ok()?)),
        by,
    }
}

/// The engine's time in some hours, in the site's zone.
fn until_in(context: Context, hours: i64) -> Option<LocalTime> {
    let at = context.live.time()?.plus(hours * HOUR);
    Some(LocalTime {
        at,
        offset_seconds: context.sites.local(at).offset_seconds,
    })
}
