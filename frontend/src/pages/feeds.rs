//! `/feeds`: who sends what, how old it is, and what could not be understood.

use crate::client::{calls, understood};
use crate::components::markup::{Markup, all, cell, mark, nothing, row_head, shown, table, tag, text};
use crate::components::reactive::spawn;
use crate::components::reactive::{Click, changing};
use crate::components::select::{select, worded};
use crate::components::states::{empty, framed};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::live::{Message, Position, Snapshot, Topic, ask, follow};
use leptos::prelude::*;
use shared::time::Time;
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
pub fn feeds() -> AnyView {
    let context = context();
    let followed = follow(context.live, &[Topic::Feeds], calls::feeds, |text| {
        understood(text).map(Sources)
    });
    // Ages count on by the engine's clock.
    let sources = move || {
        shown("", move || {
            let now = context.live.now.get();
            followed.with(|data| {
                data.map(|data| sources(context, now, &data.0.items))
                    .unwrap_or_default()
            })
        })
    };
    let state = context.address.parameter("state");
    let problems = changing(move || problems(context, state.get().unwrap_or_else(|| "open".to_owned())));
    let states = [
        ("open", Word::OpenProblems),
        ("dismissed", Word::DismissedProblems),
        ("resolved", Word::ResolvedProblems),
    ];
    view! {
        <section class="page feeds">
            <h1>{context.say(Word::Feeds)}</h1>
            <h2>{context.say(Word::Sources)}</h2>
            {framed(followed.core(), sources)}
            <div class="page-head">
                <h2>{context.say(Word::NotUnderstood)}</h2>
                {select(context, "state", Word::State, worded(context, &states))}
            </div>
            {problems}
        </section>
    }
    .into_any()
}

const COLUMNS: [(Word, bool); 9] = [
    (Word::Source, false),
    (Word::Formats, false),
    (Word::Events, true),
    (Word::Rate, true),
    (Word::Duplicates, true),
    (Word::FlagsCount, true),
    (Word::Problems, true),
    (Word::LatestEvent, false),
    (Word::Age, true),
];

fn sources(context: Context, now: Option<Time>, sources: &[Source]) -> Markup {
    if sources.is_empty() {
        return empty(context.say(Word::NoSources));
    }
    table(
        context,
        Word::Sources,
        &COLUMNS,
        all(sources.iter().map(|source| row(context, now, source))),
    )
}

fn row(context: Context, now: Option<Time>, source: &Source) -> Markup {
    let rate: u64 = source.minutes.iter().map(|(_, count)| count).sum();
    let age = now
        .zip(source.received_at)
        .map(|(now, at)| now.seconds_since(at.at).max(0));
    let figure =
        |name: &str, figure: &str| tag("td", &[("class", "number"), ("data-column", name)], text(figure));
    let cells = [
        row_head(&source.source),
        cell(text(&source.formats.join(", "))),
        figure("events", &format::whole(source.events)),
        figure("rate", &format::whole(rate)),
        figure("duplicates", &format::whole(source.duplicates)),
        figure("flags", &format::whole(source.flags)),
        figure("problems", &format::whole(source.problems)),
        cell(text(&format::stamp_or_dash(source.last_at))),
        figure(
            "age",
            &age.map_or_else(|| "—".to_owned(), |age| format::duration(context.language, age)),
        ),
    ];
    tag("tr", &[("data-source", &source.source)], all(cells))
}

/// What could not be understood, with what can be done about it.
fn problems(context: Context, state: String) -> AnyView {
    let query = context
        .call()
        .with("state", Some(&state))
        .with("limit", Some("200"));
    let problems = ask::<List<StoredProblem>>(move || calls::problems(&query));
    let act = move |id: String, action: String| {
        spawn(async move {
            match calls::answer_problem(&id, &action).await {
                Ok(()) => problems.reload(),
                Err(error) => {
                    let _ = problems.core().error.try_set(Some(error));
                }
            }
        });
    };
    let list = move || {
        let list = shown("problems", move || {
            problems.with(|problems| match problems {
                Some(problems) if !problems.0.items.is_empty() => {
                    all(problems.0.items.iter().map(|problem| show(context, problem)))
                }
                _ => empty(context.say(Word::NoProblems)),
            })
        });
        // One listener for all buttons: each names its problem and what to do with it.
        let click: Click = Box::new(move |event| {
            let target = event_target::<web_sys::Element>(&event);
            let named = |name: &str| target.get_attribute(name);
            if let (Some(id), Some(action)) = (named("data-problem"), named("data-action")) {
                act(id, action);
            }
        });
        view! { <div on:click=click>{list}</div> }.into_any()
    };
    framed(problems.core(), list)
}

fn show(context: Context, problem: &StoredProblem) -> Markup {
    let remark = &problem.remark;
    let position = [
        remark.index.map(|index| context.fill(Word::ItemAt, index)),
        remark.pointer.clone(),
        remark.segment.clone(),
        remark.offset.map(|offset| context.fill(Word::ByteAt, offset)),
    ];
    let position = position.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let from = [
        problem.source.as_deref().unwrap_or("—"),
        &problem.format,
        &format::stamp(problem.received_at),
    ];
    let button = |action: &str, word: Word| {
        let attributes = [
            ("type", "button"),
            ("data-problem", problem.id.as_str()),
            ("data-action", action),
        ];
        tag("button", &attributes, text(context.say(word)))
    };
    let buttons = match problem.state.as_str() {
        "open" => all([button("retry", Word::Retry), button("dismiss", Word::Dismiss)]),
        _ => nothing(),
    };
    let raw = all([
        tag("summary", &[], text(context.say(Word::RawText))),
        tag("pre", &[("tabindex", "0")], text(&problem.raw)),
    ]);
    let place = text(context.say(Word::Position)).then(tag("code", &[], text(&position)));
    let parts = [
        tag(
            "p",
            &[],
            tag("strong", &[], text(&remark.message)).then(mark(remark.code.name(), true)),
        ),
        tag("p", &[("class", "quiet")], text(&from.join(" · "))),
        tag("p", &[], place),
        tag("details", &[], raw),
        tag("div", &[("class", "buttons")], buttons),
    ];
    tag(
        "article",
        &[("class", "card problem"), ("data-problem", &problem.id)],
        all(parts),
    )
}
