//! What a person does with an alarm: one small form for each action, with who, why and until when.

use crate::client::{CallError, calls};
use crate::components::reactive::spawn;
use crate::components::reactive::{changed_text, changing, on_click};
use crate::components::states::{failed, failed_words};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use leptos::html::{Input, Select, Textarea};
use leptos::{ev, prelude::*};
use shared::alarm::{Explanation, Kind};
use shared::time::{HOUR, LocalTime};
use shared::wire::alarm::{ActionRequest, Alarm};

/// Where the browser remembers the name of the person, until there are accounts.
const NAME_KEY: &str = "quaylight.by";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Acknowledge,
    Explain,
    Return,
    Close,
    Shelve,
    Unshelve,
}

impl Act {
    const ALL: [Act; 6] = [
        Act::Acknowledge,
        Act::Explain,
        Act::Return,
        Act::Close,
        Act::Shelve,
        Act::Unshelve,
    ];

    /// Its name in the address of the call.
    fn name(self) -> &'static str {
        match self {
            Act::Acknowledge => "acknowledge",
            Act::Explain => "explain",
            Act::Return => "return",
            Act::Close => "close",
            Act::Shelve => "shelve",
            Act::Unshelve => "unshelve",
        }
    }

    fn of(name: &str) -> Option<Act> {
        Act::ALL.into_iter().find(|act| act.name() == name)
    }

    fn word(self) -> Word {
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
            let fits = |act: &&Act| alarm.as_ref().is_some_and(|alarm| act.fits(alarm));
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
        Some(act) => form(context, act, alarm, chosen, failed, on_conflict),
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

fn form(
    context: Context,
    act: Act,
    alarm: RwSignal<Option<Alarm>>,
    chosen: RwSignal<Option<Act>>,
    failed: RwSignal<Option<CallError>>,
    on_conflict: Callback<()>,
) -> AnyView {
    let remark = NodeRef::<Textarea>::new();
    let by = NodeRef::<Input>::new();
    let hours = NodeRef::<Select>::new();
    let sending = RwSignal::new(false);

    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(present) = alarm.get_untracked() else {
            return;
        };
        if sending.get_untracked() {
            return;
        }
        let written = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let name = by.get_untracked().and_then(|input| written(input.value()));
        remember(name.as_deref());
        let request = ActionRequest {
            remark: remark.get_untracked().and_then(|area| written(area.value())),
            until: hours
                .get_untracked()
                .and_then(|select| until(context, select.value().parse().ok()?)),
            if_sequence: Some(present.sequence),
            by: name,
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
                Err(error) => {
                    let changed = error.status() == Some(409);
                    let _ = failed.try_set(Some(error));
                    if changed {
                        on_conflict.try_run(());
                        let _ = chosen.try_set(None);
                    }
                }
            }
        });
    };
    let why = context.say(if act.needs_remark() {
        Word::RemarkNeeded
    } else {
        Word::Remark
    });
    let why = if act == Act::Explain {
        context.say(Word::Explanation)
    } else {
        why
    };
    let durations = [1, 2, 4, 8, 24, 72].map(|hours: i64| {
        view! { <option value=hours>{format::duration(context.language, hours * 3_600)}</option> }
    });
    view! {
        <form class="act" on:submit=send data-form=act.name()>
            <label><span>{context.say(Word::By)}</span><input name="by" node_ref=by autocomplete="name" prop:value=remembered()/></label>
            {(act == Act::Shelve).then(|| view! {
                <label><span>{context.say(Word::ForHowLong)}</span><select name="until" node_ref=hours>{durations.collect_view()}</select></label>
            })}
            <label class="wide"><span>{why}</span><textarea name="remark" rows="2" node_ref=remark required=act.needs_remark()></textarea></label>
            <div class="buttons">
                <button type="submit" class="primary" disabled=move || sending.get()>
                    {move || context.say(if sending.get() { Word::Sending } else { act.word() })}
                </button>
                <button type="button" on:click=move |_| chosen.set(None)>{context.say(Word::Cancel)}</button>
            </div>
        </form>
    }
    .into_any()
}

/// The engine's time in some hours, in the site's zone.
fn until(context: Context, hours: i64) -> Option<LocalTime> {
    let at = context.live.time()?.plus(hours * HOUR);
    Some(LocalTime {
        at,
        offset_seconds: context.sites.local(at).offset_seconds,
    })
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

fn remembered() -> String {
    storage()
        .and_then(|storage| storage.get_item(NAME_KEY).ok().flatten())
        .unwrap_or_default()
}

fn remember(name: Option<&str>) {
    if let (Some(storage), Some(name)) = (storage(), name) {
        // A browser that remembers nothing only means typing the name again.
        let _ = storage.set_item(NAME_KEY, name);
    }
}
