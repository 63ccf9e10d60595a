//! `/feeds`: who sends what, how old it is, and what could not be understood.

use crate::client::{calls, understood};
use crate::components::markup::{Markup, fill, heard, join, mark, nothing, table, text};
use crate::components::reactive::{changing, spawn};
use crate::components::select::{select, worded};
use crate::components::shell::{part, say, written};
use crate::components::states::{empty, framed, framed_markup};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::live::{Message, Position, Snapshot, Topic, ask, follow};
use leptos::prelude::*;
use shared::access::Right;
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
#[inline(never)]
pub fn feeds() -> AnyView {
    let context = context();
    let followed = follow(context.live, &[Topic::Feeds], calls::feeds, |text| {
        understood(text).map(Sources)
    });
    // Ages count on by the engine's clock.
    let sources = move || {
        let now = context.live.now.get();
        followed.with(|data| {
            data.map(|data| sources(context, now, &data.0.items))
                .unwrap_or_default()
        })
    };
    let head = vec![
        written(
            "contents",
            fill(
                "<h1>{}</h1><h2>{}</h2>",
                &[
                    say(context.language, Word::Feeds),
                    say(context.language, Word::Sources),
                ],
            ),
        ),
        framed_markup(followed.core(), "", sources),
    ];
    if !context.may(Right::Problems) {
        // What others sent stands in them.
        return part("section", "page feeds", head);
    }
    let state = context.address.parameter("state");
    let problems = changing(move || problems(context, state.get().unwrap_or_else(|| "open".to_owned())));
    let states = [
        ("open", Word::OpenProblems),
        ("dismissed", Word::DismissedProblems),
        ("resolved", Word::ResolvedProblems),
    ];
    let problems_title = fill("<h2>{}</h2>", &[say(context.language, Word::NotUnderstood)]);
    let choice = vec![
        written("contents", problems_title),
        select(context, "state", Word::State, worded(context, &states)),
    ];
    let mut parts = head;
    parts.push(part("div", "page-head", choice));
    parts.push(problems);
    part("section", "page feeds", parts)
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
    let mut rows = Vec::new();
    for source in sources {
        rows.push(row(context, now, source));
    }
    table(context, Word::Sources, &COLUMNS, join(&rows))
}

fn row(context: Context, now: Option<Time>, source: &Source) -> Markup {
    let mut rate = 0;
    for (_, count) in &source.minutes {
        rate += count;
    }
    let age = match now.zip(source.received_at) {
        Some((now, at)) => format::duration(context.language, now.seconds_since(at.at).max(0)),
        None => "—".to_owned(),
    };
    let figure = |figure: u64| text(&format::whole(figure));
    let gaps = [
        text(&source.source),
        text(&source.source),
        text(&source.formats.join(", ")),
        figure(source.events),
        figure(rate),
        figure(source.duplicates),
        figure(source.flags),
        figure(source.problems),
        text(&format::stamp_or_dash(source.last_at)),
        text(&age),
    ];
    fill(
        "<tr data-source=\"{}\"><th scope=\"row\">{}</th><td>{}</td>\
         <td class=\"number\" data-column=\"events\">{}</td><td class=\"number\" data-column=\"rate\">{}</td>\
         <td class=\"number\" data-column=\"duplicates\">{}</td><td class=\"number\" data-column=\"flags\">{}</td>\
         <td class=\"number\" data-column=\"problems\">{}</td><td>{}</td>\
         <td class=\"number\" data-column=\"age\">{}</td></tr>",
        &gaps,
    )
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
        let list = move || {
            problems.with(|problems| match problems {
                Some(problems) if !problems.0.items.is_empty() => {
                    let mut list = Vec::new();
                    for problem in &problems.0.items {
                        list.push(show(context, problem));
                    }
                    join(&list)
                }
                _ => empty(context.say(Word::NoProblems)),
            })
        };
        // One listener for all buttons: each names its problem and what to do with it.
        let hear = move |event: web_sys::Event| {
            let target = event_target::<web_sys::Element>(&event);
            let named = |name: &str| target.get_attribute(name);
            if let (Some(id), Some(action)) = (named("data-problem"), named("data-action")) {
                act(id, action);
            }
        };
        heard("problems", list, &["click"], Box::new(hear))
    };
    framed(problems.core(), list)
}

fn show(context: Context, problem: &StoredProblem) -> Markup {
    const BUTTON: &str = "<button type=\"button\" data-problem=\"{}\" data-action=\"{}\">{}</button>";
    let remark = &problem.remark;
    let position = [
        remark
            .index
            .map(|index| context.fill(Word::ItemAt, index.to_string())),
        remark.pointer.clone(),
        remark.segment.clone(),
        remark
            .offset
            .map(|offset| context.fill(Word::ByteAt, offset.to_string())),
    ];
    let mut known = Vec::new();
    for place in position.into_iter().flatten() {
        known.push(place);
    }
    let id = text(&problem.id);
    let button =
        |action: &str, word: Word| fill(BUTTON, &[id.clone(), text(action), say(context.language, word)]);
    let buttons = match problem.state.as_str() {
        "open" if context.may(Right::Mend) => {
            join(&[button("retry", Word::Retry), button("dismiss", Word::Dismiss)])
        }
        _ => nothing(),
    };
    let gaps = [
        id.clone(),
        text(&remark.message),
        mark(remark.code.name(), true),
        text(problem.source.as_deref().unwrap_or("—")),
        text(&problem.format),
        text(&format::stamp(problem.received_at)),
        say(context.language, Word::Position),
        text(&known.join(" · ")),
        say(context.language, Word::RawText),
        text(&problem.raw),
        buttons,
    ];
    fill(
        "<article class=\"card problem\" data-problem=\"{}\"><p><strong>{}</strong> {}</p>\
         <p class=\"quiet\">{} · {} · {}</p><p>{} <code>{}</code></p>\
         <details><summary>{}</summary><pre tabindex=\"0\">{}</pre></details><div class=\"buttons\">{}</div></article>",
        &gaps,
    )
}
