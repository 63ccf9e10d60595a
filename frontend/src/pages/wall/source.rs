//! What a scene is drawn from: an answer that is kept fresh, with when it came.

use super::stage::Stage;
use crate::client::{CallError, Read, understood};
use crate::components::markup::{Markup, fill, nothing, text};
use crate::components::reactive::{Shared, effect};
use crate::i18n::{Word, format};
use crate::live::{Core, Fresh, Topic};
use leptos::prelude::*;
use shared::time::Time;

/// Answers are asked for again no sooner than this.
const GAP_MS: f64 = 1_500.0;

/// An answer that is kept fresh. Cheap to copy.
pub struct Source<T: 'static> {
    answer: Shared<Option<T>>,
    at: StoredValue<Option<Time>>,
    error: RwSignal<Option<CallError>>,
}

impl<T> Clone for Source<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Source<T> {}

impl<T: Read + 'static> Source<T> {
    /// Asks now, when a message of a topic came, and now and again besides: days end without a message.
    pub fn follow(stage: Stage, topic: Option<Topic>, path: impl Fn() -> String + 'static) -> Source<T> {
        Source::of(stage, (topic, stage.moment), path)
    }

    /// Asks now and every minute: for what a wall hears no messages of.
    pub fn follow_by_the_minute(stage: Stage, path: impl Fn() -> String + 'static) -> Source<T> {
        Source::of(stage, (None, stage.minute), path)
    }

    fn of(
        stage: Stage,
        when: (Option<Topic>, Memo<Option<String>>),
        path: impl Fn() -> String + 'static,
    ) -> Source<T> {
        let answer = Shared::new(None);
        let at = StoredValue::new(None);
        let take = move |told: &str| {
            let understood = understood(told)?;
            at.set_value(stage.context.live.time());
            answer.change(|answer| *answer = Some(understood));
            Ok(())
        };
        let error = keep(stage, when, Box::new(path), Box::new(take));
        Source { answer, at, error }
    }

    /// Looks at the answer; tracked.
    pub fn look<R>(self, look: impl FnOnce(Option<&T>) -> R) -> R {
        self.answer.look(|answer| look(answer.as_ref()))
    }

    /// What is wrong with it, where something is.
    pub fn trouble(self, stage: Stage) -> Markup {
        let there = self.look(|answer| answer.is_some());
        let at = self.at.get_value().filter(|_| there);
        trouble(stage, self.error.get(), there, at)
    }
}

/// Takes an answer.
type Take = Box<dyn Fn(&str) -> Result<(), CallError>>;

#[inline(never)]
fn keep(
    stage: Stage,
    (topic, moment): (Option<Topic>, Memo<Option<String>>),
    path: Box<dyn Fn() -> String>,
    take: Take,
) -> RwSignal<Option<CallError>> {
    let fresh = Fresh::new(GAP_MS, path, take);
    if let Some(topic) = topic {
        fresh.follow(stage.context.live, topic, |_| true);
    }
    let error = fresh.error;
    effect(move || {
        // Before the clock of the site is known nobody can say what its day is.
        if moment.get().is_some() {
            fresh.want_in(0.0);
        }
    });
    error
}

/// The same of what is followed.
pub fn trouble_of(stage: Stage, core: Core) -> Markup {
    trouble(stage, core.error.get(), core.is_there(), None)
}

/// Loading, failed, or old: a state of its own, so that nothing is mistaken for something.
#[inline(never)]
fn trouble(stage: Stage, error: Option<CallError>, there: bool, at: Option<Time>) -> Markup {
    let context = stage.context;
    let Some(error) = error else {
        let words = text(context.say(Word::Loading));
        return if there {
            nothing()
        } else {
            fill("<p class=\"wall-wait\">{}</p>", &[words])
        };
    };
    let (mut words, _) = error.words(context.language);
    if let Some(at) = at {
        let at = format::hour_minute(context.sites.local(at));
        words = [words, context.fill(Word::WallKnownAt, at)].join(" ");
    }
    let class = if there {
        "wall-trouble"
    } else {
        "wall-wait wall-trouble"
    };
    fill("<p class=\"{}\">{}</p>", &[text(class), text(&words)])
}
