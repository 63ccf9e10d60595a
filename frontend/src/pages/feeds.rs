//! `/feeds`: who sends what, how old it is, and what could not be understood.

use crate::client::calls;
use crate::components::states::{Failed, Loading, empty, framed};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::live::{Message, Position, Snapshot, Topic, follow};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::List;
use shared::wire::feeds::{Source, StoredProblem};

/// The sources.
struct Sources(List<Source>);

impl Snapshot for Sources {
    fn position(&self) -> Position {
        Position {
            epoch: self.0.epoch.clone(),
            sequence: self.0.sequence,
        }
    }

    fn apply(&mut self, message: &Message) {
        let Message::Feed(change) = message else {
            return;
        };
        if let Some(source) = self
            .0
            .items
            .iter_mut()
            .find(|source| source.source == change.source)
        {
            source.events = source.events.max(change.events);
            source.problems = source.problems.max(change.problems);
            source.last_at = change.last_at.or(source.last_at);
        }
    }
}

/// Sources and problems.
#[component]
pub fn Feeds() -> impl IntoView {
    let context = context();
    let followed = follow(context.live, &[Topic::Feeds], || async {
        calls::feeds().await.map(Sources)
    });
    view! {
        <section class="page feeds">
            <h1>{context.say(Word::Feeds)}</h1>
            {framed(followed, move || view! {
                {move || followed.data.with(|data| data.as_ref().map(|data| sources(context, &data.0.items)))}
            }.into_any())}
            <Problems/>
        </section>
    }
}

fn sources(context: Context, sources: &[Source]) -> AnyView {
    if sources.is_empty() {
        return empty(context.say(Word::NoSources)).into_any();
    }
    let heads = [
        (Word::Source, ""),
        (Word::Formats, ""),
        (Word::Events, "number"),
        (Word::Rate, "number"),
        (Word::Duplicates, "number"),
        (Word::FlagsCount, "number"),
        (Word::Problems, "number"),
        (Word::LatestEvent, ""),
        (Word::Age, "number"),
    ];
    let heads = heads.map(|(word, class)| view! { <th scope="col" class=class>{context.say(word)}</th> });
    let rows = sources.iter().map(|source| row(context, source));
    view! {
        <section class="alarm-list">
            <h2>{context.say(Word::Sources)}</h2>
            <div class="scroll" tabindex="0" role="region" aria-label=context.say(Word::Sources)>
                <table class="data">
                    <thead><tr>{heads.collect_view()}</tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(context: Context, source: &Source) -> impl IntoView + use<> {
    let rate: u64 = source.minutes.iter().map(|(_, count)| count).sum();
    let told = source.received_at;
    // The age counts on by the engine's clock.
    let age = move || {
        let seconds = context.live.now.get()?.seconds_since(told?.at).max(0);
        Some(format::duration(context.language, seconds))
    };
    view! {
        <tr data-source=source.source.clone()>
            <th scope="row">{source.source.clone()}</th>
            <td>{source.formats.join(", ")}</td>
            <td class="number" data-column="events">{format::whole(source.events)}</td>
            <td class="number" data-column="rate">{format::whole(rate)}</td>
            <td class="number">{format::whole(source.duplicates)}</td>
            <td class="number">{format::whole(source.flags)}</td>
            <td class="number" data-column="problems">{format::whole(source.problems)}</td>
            <td>{format::stamp_or_dash(source.last_at)}</td>
            <td class="number" data-column="age">{age}</td>
        </tr>
    }
}

/// What could not be understood, with what can be done about it.
#[component]
fn Problems() -> impl IntoView {
    let context = context();
    let state = context.address.parameter("state");
    let again = RwSignal::new(0);
    let call = context.call();
    let problems = LocalResource::new(move || {
        again.track();
        let state = state.get().unwrap_or_else(|| "open".to_owned());
        calls::problems(
            call.clone()
                .with("state", Some(&state))
                .with("limit", Some("200")),
        )
    });
    let reload = move || again.update(|n| *n += 1);
    let states = [
        ("open", Word::OpenProblems),
        ("dismissed", Word::DismissedProblems),
        ("resolved", Word::ResolvedProblems),
    ];
    let states = states.map(|(name, word)| {
        let selected = move || state.with(|state| state.as_deref().unwrap_or("open") == name);
        view! { <option value=name prop:selected=selected>{context.say(word)}</option> }
    });
    view! {
        <section class="alarm-list">
            <div class="page-head">
                <h2>{context.say(Word::NotUnderstood)}</h2>
                <label>
                    <span>{context.say(Word::State)}</span>
                    <select
                        name="state"
                        on:change=move |event| context.address.set(&[("state", Some(&event_target_value(&event)))])
                    >
                        {states.collect_view()}
                    </select>
                </label>
            </div>
            {move || problems.with(|problems| match problems {
                None => Loading().into_any(),
                Some(Err(error)) => view! { <Failed error=error.clone() on_retry=reload/> }.into_any(),
                Some(Ok(list)) if list.items.is_empty() => empty(context.say(Word::NoProblems)).into_any(),
                Some(Ok(list)) => {
                    let items = list.items.iter().map(|problem| show(context, problem, again)).collect_view();
                    view! { <ul class="problems">{items}</ul> }.into_any()
                }
            })}
        </section>
    }
}

fn show(context: Context, problem: &StoredProblem, again: RwSignal<i32>) -> impl IntoView + use<> {
    let remark = &problem.remark;
    let position = [
        remark.index.map(|index| context.fill(Word::ItemAt, index)),
        remark.pointer.clone(),
        remark.segment.clone(),
        remark.offset.map(|offset| context.fill(Word::ByteAt, offset)),
    ];
    let position = position.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let failed = RwSignal::new(None);
    let act = move |id: String, action: &'static str| {
        spawn_local(async move {
            match calls::answer_problem(&id, action).await {
                Ok(()) => {
                    let _ = again.try_update(|n| *n += 1);
                }
                Err(error) => {
                    let _ = failed.try_set(Some(error));
                }
            }
        });
    };
    let (retry, dismiss) = (problem.id.clone(), problem.id.clone());
    let buttons = (problem.state == "open").then(|| view! {
        <div class="buttons">
            <button type="button" on:click=move |_| act(retry.clone(), "retry")>{context.say(Word::Retry)}</button>
            <button type="button" on:click=move |_| act(dismiss.clone(), "dismiss")>{context.say(Word::Dismiss)}</button>
        </div>
    });
    view! {
        <li class="card problem" data-problem=problem.id.clone()>
            <p><strong>{remark.message.clone()}</strong> " " <span class="mark odd">{remark.code.name()}</span></p>
            <p class="quiet">
                {[problem.source.as_deref().unwrap_or("—"), &problem.format, &format::stamp(problem.received_at)].join(" · ")}
            </p>
            <p>{context.say(Word::Position)} ": " <code>{position}</code></p>
            <details>
                <summary>{context.say(Word::RawText)}</summary>
                <pre tabindex="0">{problem.raw.clone()}</pre>
            </details>
            {buttons}
            {move || failed.get().map(|error: crate::client::CallError| {
                let (words, detail) = error.words(context.language);
                view! { <p class="failed" role="alert">{words} " " {detail}</p> }
            })}
        </li>
    }
}
