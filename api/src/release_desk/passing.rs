//! What passes without anybody acting: time runs out, a vessel leaves, an instruction comes by itself, a box is loaded,
//! and instructions go out to terminals.

use super::book::FILES_WAIT;
use super::look::Looked;
use super::view::{Lens, times_out_at};
use super::webhook::{Answer, Letter, Outcome, Senders};
use super::writer::Writer;
use super::{DeskError, StartError};
use crate::config::ReleaseDesk;
use rustc_hash::{FxHashMap, FxHashSet};
use shared::release_desk::{Application, Done, Entry, Order};
use shared::time::{DAY, MINUTE, Time};
use shared::wire::release_desk::{
    ApplicationAction as Action, ApplicationKind, ApplicationState as State, DeskParty as Party,
};
use smol_str::SmolStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often it is looked.
pub(super) const TICK: Duration = Duration::from_millis(250);
/// While the port changes all the time, an application is looked at so often.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A confirmed box is waited for so long.
const LOADED_WITHIN: i64 = 30 * DAY;
/// What confirmed boxes do is looked at so often.
const LOOK_AT_LOADS: i64 = MINUTE;
/// Who answers by the answer to a webhook.
const WEBHOOK: &str = "webhook";
/// Files that nothing needs are looked for so often.
const SWEEP_EVERY: i64 = DAY;

/// What is left to do without anybody asking.
#[derive(Debug)]
pub(super) struct Passing {
    senders: Senders,
    /// Instructions that are on their way to a webhook.
    on_the_way: FxHashSet<SmolStr>,
    /// When each open application was looked at last.
    looked_at: FxHashMap<SmolStr, LookedAt>,
    loads_at: Time,
    swept_at: Time,
}

/// When an application was looked at last.
#[derive(Clone, Copy, Debug)]
struct LookedAt {
    /// The port's change; none where the look failed.
    sequence: Option<u64>,
    /// The application's version.
    version: u64,
    at: Instant,
}

impl Passing {
    pub(super) fn new(settings: &ReleaseDesk) -> Result<Passing, StartError> {
        Ok(Passing {
            senders: Senders::start(&settings.webhooks).map_err(StartError::Thread)?,
            on_the_way: FxHashSet::default(),
            looked_at: FxHashMap::default(),
            loads_at: Time(i64::MIN),
            swept_at: Time(i64::MIN),
        })
    }

    /// Does what is due.
    pub(super) fn pass(&mut self, writer: &mut Writer) -> Result<(), DeskError> {
        while let Some(outcome) = self.senders.next_outcome() {
            self.on_the_way.remove(&outcome.order);
            sent(writer, outcome)?;
        }
        let now = writer.now();
        let open = writer.open();
        for application in &open {
            let Err(error) = self.look_again(writer, application, now) else {
                continue;
            };
            // Where the journal fails, those that follow may not be any more what they were.
            if matches!(
                error,
                DeskError::Journal(_) | DeskError::Again | DeskError::Standing(_) | DeskError::Misfit(_)
            ) {
                return Err(error);
            }
            tracing::error!(%error, application = %application.id, "an application could not be looked at; it is tried again");
            let failed = LookedAt {
                sequence: None,
                version: application.version,
                at: Instant::now(),
            };
            self.looked_at.insert(application.id.clone(), failed);
        }
        self.looked_at
            .retain(|id, _| open.iter().any(|open| open.id == *id));
        self.tell_confirmed(writer)?;
        self.send_out(writer, now);
        if now.0.saturating_sub(self.loads_at.0) >= LOOK_AT_LOADS {
            self.loads_at = now;
            loads(writer, now)?;
        }
        if now.0.saturating_sub(self.swept_at.0) >= SWEEP_EVERY {
            self.swept_at = now;
            sweep(writer, now);
        }
        Ok(())
    }

    /// Looks at an open application where the port changed since, or its time is over.
    fn look_again(
        &mut self,
        writer: &mut Writer,
        application: &Arc<Application>,
        now: Time,
    ) -> Result<(), DeskError> {
        let sequence = writer.engine.state().sequence;
        let is_due = match self.looked_at.get(&application.id) {
            None => true,
            Some(last) if last.version != application.version => true,
            // What can't be looked at does not time out either: it would be written without when its vessel closes.
            Some(last) if last.sequence.is_none() && last.at.elapsed() < LOOK_EVERY => return Ok(()),
            Some(last) => last.sequence != Some(sequence) && last.at.elapsed() >= LOOK_EVERY,
        };
        if is_due {
            let looked = writer.look(application)?;
            writer.note(application, &looked);
            let present = LookedAt {
                sequence: Some(sequence),
                version: application.version,
                at: Instant::now(),
            };
            self.looked_at.insert(application.id.clone(), present);
            if let Some((action, why)) = overtaken(application, &looked) {
                return by_itself(writer, application, action, "events", Some(why));
            }
            // What was approved just now has another clock.
            if application.state == State::Reviewing && writer.approve_by_rule(application)?.is_some() {
                return Ok(());
            }
        }
        let settings = &writer.engine.configuration.release_desk;
        match times_out_at(application, settings) {
            Some(over) if over <= now => by_itself(writer, application, Action::TimeOut, "clock", None),
            _ => Ok(()),
        }
    }

    /// Confirmed instructions that the engine has not heard of: the server ended, or the journal could not be written.
    fn tell_confirmed(&mut self, writer: &mut Writer) -> Result<(), DeskError> {
        if !writer.engine.is_ready() {
            return Ok(());
        }
        let untold: Vec<Arc<Application>> = {
            let book = writer.book();
            book.live()
                .filter(|live| live.state == State::Confirmed && !live.told)
                .cloned()
                .collect()
        };
        untold
            .iter()
            .try_for_each(|application| writer.tell_engine(application))
    }

    /// Hands instructions that are due to the senders of their sites.
    fn send_out(&mut self, writer: &Writer, now: Time) {
        if self.senders.is_empty() {
            return;
        }
        let lens = Lens {
            configuration: &writer.engine.configuration,
        };
        let book = writer.book();
        for application in book.live().filter(|live| live.state == State::Approved) {
            let Some(order) = application.order().filter(|order| is_due(order, now)) else {
                continue;
            };
            if self.on_the_way.contains(&order.id) {
                continue;
            }
            // A plain struct of texts and numbers always serialises.
            let body = serde_json::to_string(&lens.instruction(application, order)).unwrap_or_default();
            let letter = Letter {
                application: application.id.clone(),
                order: order.id.clone(),
                attempt: order.attempts,
                body,
            };
            if self.senders.send(&application.form.site, letter) {
                self.on_the_way.insert(order.id.clone());
            }
        }
    }
}

/// Whether an instruction is to be sent: nobody took it yet, and it is not too early to try again.
fn is_due(order: &Order, now: Time) -> bool {
    order.state == shared::release_desk::OrderState::Waiting
        && order.next_attempt_at.is_none_or(|next| next <= now)
}

/// What a sending met.
fn sent(writer: &mut Writer, outcome: Outcome) -> Result<(), DeskError> {
    let Some(application) = writer.book().get(&outcome.application) else {
        return Ok(());
    };
    // It may have ended meanwhile; then nobody waits for the answer any more.
    let waits = application.state == State::Approved
        && application.order().is_some_and(|order| order.id == outcome.order);
    if !waits {
        return Ok(());
    }
    let failed = |error: String| (Some(error), Some(writer.now().plus(outcome.wait)));
    let (error, next_at) = match &outcome.answer {
        Ok(_) => (None, None),
        Err(error) => failed(error.clone()),
    };
    let sent = Entry::Sent {
        id: outcome.application,
        instruction: outcome.order,
        error,
        next_at,
    };
    let answered = |action| Done::new(&application.id, Party::Terminal, WEBHOOK, action);
    let done = match outcome.answer {
        Ok(Answer::Confirmed) => answered(Action::Confirm),
        Ok(Answer::Rejected(why)) => Done {
            remark: Some(why),
            ..answered(Action::Reject)
        },
        Ok(Answer::Taken) | Err(_) => return writer.commit(vec![sent]).map(drop),
    };
    // In one commit: an instruction that was taken is not sent again, so an answer that is not written with that is lost.
    writer.done_after(vec![sent], &application, done).map(drop)
}

/// What the port's events say that ends an application.
fn overtaken(application: &Application, looked: &Looked) -> Option<(Action, String)> {
    if let Some((at, source)) = &looked.instructed {
        let missing = application.form.kind == Some(ApplicationKind::MissingInstruction);
        // A second instruction is not settled by the first.
        if missing || application.applied_at.is_some_and(|applied| *at >= applied) {
            return Some((Action::Settle, format!("loading_instruction {source}")));
        }
    }
    if let Some((_, voyage)) = &looked.loaded {
        let own = application.form.voyage.as_str();
        let same = voyage
            .as_ref()
            .is_none_or(|voyage| voyage.eq_ignore_ascii_case(own));
        return Some(match same {
            true => (Action::Settle, "load".to_owned()),
            false => (
                Action::Sail,
                format!("load {}", voyage.as_deref().unwrap_or_default()),
            ),
        });
    }
    looked
        .sailed_at
        .map(|_| (Action::Sail, "vessel_departure".to_owned()))
}

fn by_itself(
    writer: &mut Writer,
    application: &Application,
    action: Action,
    by: &str,
    remark: Option<String>,
) -> Result<(), DeskError> {
    let done = Done {
        remark,
        ..Done::new(&application.id, Party::System, by, action)
    };
    writer.done(application, done).map(drop)
}

/// Notes which confirmed boxes were loaded on their vessel.
fn loads(writer: &mut Writer, now: Time) -> Result<(), DeskError> {
    let waited: Vec<(SmolStr, Time)> = {
        let mut book = writer.book_to_change();
        book.unloaded
            .retain(|_, confirmed| confirmed.plus(LOADED_WITHIN) > now);
        book.unloaded.iter().map(|(id, at)| (id.clone(), *at)).collect()
    };
    let mut found = Vec::new();
    for (id, confirmed) in waited {
        let Some(application) = writer.book().get(&id) else {
            continue;
        };
        let looked = match writer.look(&application) {
            Ok(looked) => looked,
            Err(error) => {
                tracing::error!(%error, application = %id, "whether a confirmed box is loaded could not be looked at");
                continue;
            }
        };
        let own = application.form.voyage.as_str();
        if let Some((loaded_at, voyage)) = looked.loaded
            && loaded_at >= confirmed.plus(-DAY)
            && voyage
                .as_ref()
                .is_none_or(|voyage| voyage.eq_ignore_ascii_case(own))
        {
            found.push(Entry::Loaded { id, loaded_at });
        }
    }
    if !found.is_empty() {
        writer.commit(found)?;
    }
    Ok(())
}

/// Removes files of drafts that were deleted, and files that never went with an application.
fn sweep(writer: &mut Writer, now: Time) {
    let needed = writer.book_to_change().forget_uploads(now);
    match writer.files.sweep(|name| needed.contains(name)) {
        Ok(0) => {}
        Ok(gone) => tracing::info!(
            gone,
            days = FILES_WAIT / DAY,
            "files that no application needs were removed"
        ),
        Err(error) => tracing::warn!(%error, "files that no application needs could not be removed"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::writer::tests::{Bench, done, made};
    use super::*;

    #[test]
    fn what_a_terminal_says_to_a_webhook_is_in_one_commit_with_the_note_that_it_took_the_instruction() {
        let mut bench = Bench::new();
        let why = "no berth".to_owned();
        for (id, answer, state) in [
            ("RD-1", Answer::Confirmed, State::Confirmed),
            ("RD-2", Answer::Rejected(why), State::Reviewing),
            ("RD-3", Answer::Taken, State::Approved),
        ] {
            let lines = vec![
                made(id),
                done(id, Party::Enterprise, Action::Apply),
                done(id, Party::Terminal, Action::Agree),
                done(id, Party::Customs, Action::Approve),
            ];
            bench.writer.commit(lines).unwrap();
            let outcome = Outcome {
                application: id.into(),
                order: format!("{id}-1").into(),
                answer: Ok(answer),
                wait: 0,
            };
            sent(&mut bench.writer, outcome).unwrap();
            assert_eq!(bench.writer.book().get(id).unwrap().state, state);
        }
        let lines = bench.lines();
        let of = |wanted: &dyn Fn(&Entry) -> bool| {
            let found = lines.iter().filter(|line| wanted(&line.entry));
            found.map(|line| line.commit).collect::<Vec<u64>>()
        };
        let sent = of(&|entry| matches!(entry, Entry::Sent { error: None, .. }));
        let answered = of(&|entry| matches!(entry, Entry::Done(done) if done.by == WEBHOOK));
        assert_eq!((sent.len(), answered.as_slice()), (3, &sent[..2]));
        let remarks = lines.iter().filter_map(|line| match &line.entry {
            Entry::Done(done) => done.remark.as_deref(),
            _ => None,
        });
        assert_eq!(remarks.collect::<Vec<_>>(), ["no berth"]);
    }
}
