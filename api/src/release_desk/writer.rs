//! The thread that writes the desk's journal: what people ask, and what passes without anybody acting.

/// When lines can't be written.
mod interrupted;
#[cfg(test)]
pub(super) mod tests;

use super::book::{Book, MOST_WAITING, Seen};
use super::files::Files;
use super::look::{Looked, look};
use super::passing::{Passing, TICK};
use super::view::{Eye, Lens};
use super::{DeskError, Job, StartError, TOPIC, told_to};
use crate::engine::standing::{Standing, StandingCell};
use crate::engine::{Engine, Submission, Taken};
use crate::journal::sqlite::SqliteBook;
use crate::journal::{Format, Journal as _, Record};
use shared::event::json::canonical;
use shared::event::{Attribute, Event, Node};
use shared::release_desk::form::{CORRECTABLE, LONGEST_REMARK, field, set_field};
use shared::release_desk::{
    Application, Done, Entry, File, MOST_FILES, OrderState, SOURCE, Unfit, is_open, needs_remark, next,
};
use shared::time::Time;
use shared::wire::release_desk::{
    ApplicationAction as Action, ApplicationState as State, DeskAct, DeskChange, DeskParty as Party,
};
use smol_str::SmolStr;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Instant;
use tokio::sync::watch;

/// The one that writes.
#[derive(Debug)]
pub struct Writer {
    journal: SqliteBook<Entry>,
    book: Arc<RwLock<Book>>,
    pub(super) engine: Arc<Engine>,
    pub(super) files: Files,
    news: watch::Sender<u64>,
    /// Whether lines can be written. While not, it is looked what is really there before the next are.
    standing: Arc<StandingCell>,
    /// When that is tried again.
    try_at: Instant,
    /// What is left to do without anybody asking; taken out while it is done.
    passing: Option<Passing>,
    /// What time it is at a simulated desk.
    told: Option<Time>,
}

impl Writer {
    pub(super) fn new(
        journal: SqliteBook<Entry>,
        engine: Arc<Engine>,
        files: Files,
        news: watch::Sender<u64>,
    ) -> Result<Writer, StartError> {
        let mut book = Book::new(journal.epoch());
        let mut misfit = None;
        journal.replay(0, &mut |record| {
            if misfit.is_none() {
                misfit = book.apply(&record.entry, record.at, record.sequence).err();
            }
        })?;
        if let Some(misfit) = misfit {
            return Err(misfit.into());
        }
        news.send_replace(book.sequence);
        let passing = Passing::new(&engine.configuration.release_desk)?;
        Ok(Writer {
            journal,
            book: Arc::new(RwLock::new(book)),
            engine,
            files,
            news,
            standing: Arc::default(),
            told: None,
            try_at: Instant::now(),
            passing: Some(passing),
        })
    }

    pub(super) fn shared_book(&self) -> Arc<RwLock<Book>> {
        Arc::clone(&self.book)
    }

    pub(super) fn shared_standing(&self) -> Arc<StandingCell> {
        Arc::clone(&self.standing)
    }

    /// The applications, for reading.
    pub fn book(&self) -> RwLockReadGuard<'_, Book> {
        self.book.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn book_to_change(&self) -> RwLockWriteGuard<'_, Book> {
        self.book.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs until nobody can ask any more.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        loop {
            match jobs.recv_timeout(TICK) {
                Ok(job) => job(&mut self),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.try_again();
            if self.standing.get() == Standing::Ready
                && let Some(mut passing) = self.passing.take()
            {
                if let Err(error) = passing.pass(&mut self) {
                    tracing::error!(%error, "the release desk could not go on by itself; it is tried again");
                }
                self.passing = Some(passing);
            }
        }
    }

    /// The engine's clock, which never goes back here either.
    pub fn now(&self) -> Time {
        let clock = self.engine.clock.now().max(self.book().now);
        self.told.map_or(clock, |told| clock.max(told))
    }

    /// Says what time it is: the past of a simulated port is told to the engine hour by hour, and people at the desk act
    /// by the minute.
    pub fn tell_time(&mut self, now: Time) {
        self.told = self.told.max(Some(now));
    }

    /// Writes lines in one commit, applies them, and tells whoever follows. Answers the applications as they are then.
    /// Lines that turn up now, and could not be written before, were unknown when it was decided to write these.
    pub fn commit(&mut self, entries: Vec<Entry>) -> Result<Vec<Arc<Application>>, DeskError> {
        match self.standing.get() {
            Standing::Ready => {}
            Standing::Waiting if self.look_what_is_there()? => return Err(DeskError::Again),
            Standing::Waiting => {}
            broken @ Standing::Broken => return Err(DeskError::Standing(broken)),
        }
        let at = self.now();
        let first = self.book().sequence + 1;
        let record = |(sequence, entry)| Record {
            sequence,
            commit: first,
            at,
            entry,
        };
        let records: Vec<Record<Entry>> = (first..).zip(entries).map(record).collect();
        if let Err(error) = self.journal.append(&records) {
            self.interrupted(&error);
            return Err(error.into());
        }
        self.apply(&records)
    }

    /// Applies lines that are in the journal.
    fn apply(&mut self, records: &[Record<Entry>]) -> Result<Vec<Arc<Application>>, DeskError> {
        let applied = self.apply_each(records);
        if let Err(error) = &applied {
            tracing::error!(%error, "the release desk has stopped taking anything");
            self.standing.set(Standing::Broken);
        }
        applied
    }

    fn apply_each(&mut self, records: &[Record<Entry>]) -> Result<Vec<Arc<Application>>, DeskError> {
        let mut changed: Vec<Arc<Application>> = Vec::new();
        let mut told = Vec::new();
        {
            let mut book = self.book_to_change();
            for record in records {
                let Some(application) = book.apply(&record.entry, record.at, record.sequence)? else {
                    continue;
                };
                if let Some(change) = self.change(&record.entry, &application, &book) {
                    told.push((TOPIC, told_to(&application), change));
                }
                match changed.iter_mut().find(|own| own.id == application.id) {
                    Some(own) => *own = application,
                    None => changed.push(application),
                }
            }
        }
        self.engine.tell(told);
        let sequence = self.book().sequence;
        self.news.send_replace(sequence);
        Ok(changed)
    }

    /// What the stream says of a line; of most sendings nothing.
    fn change(&self, entry: &Entry, application: &Application, book: &Book) -> Option<String> {
        let (action, by, party) = match entry {
            Entry::Made { by, .. } => (Action::Save, by.as_str(), Party::Enterprise),
            Entry::Done(done) => (done.action, done.by.as_str(), done.party),
            Entry::Filed { added, by, .. } => {
                let action = if *added { Action::Attach } else { Action::Detach };
                (action, by.as_str(), Party::Enterprise)
            }
            _ => return None,
        };
        self.said(application, action, by, party, book.seen.get(&application.id))
    }

    fn said(
        &self,
        application: &Application,
        action: Action,
        by: &str,
        party: Party,
        seen: Option<&Seen>,
    ) -> Option<String> {
        let lens = Lens {
            configuration: &self.engine.configuration,
        };
        let change = DeskChange {
            item: lens.item(application, seen),
            action,
            by: by.to_owned(),
            party,
        };
        serde_json::to_string(&change).ok()
    }

    /// Notes what events say of an open application, and tells whoever follows where that changed.
    pub(super) fn note(&mut self, application: &Application, looked: &Looked) {
        let seen = Seen {
            closing_at: looked.closing_at,
            differs: looked.differs(),
        };
        let before = {
            let mut book = self.book_to_change();
            book.seen.insert(application.id.clone(), seen)
        };
        if before == Some(seen) {
            return;
        }
        let change = self.said(application, Action::Save, SOURCE, Party::System, Some(&seen));
        let told = change.map(|change| (TOPIC, told_to(application), change));
        self.engine.tell(told.into_iter().collect());
    }

    /// What the port's events say of an application.
    pub fn look(&self, application: &Application) -> Result<Looked, DeskError> {
        self.look_at(&application.form, Some(&application.id))
    }

    pub(super) fn look_at(
        &self,
        form: &shared::wire::release_desk::ApplicationForm,
        own: Option<&str>,
    ) -> Result<Looked, DeskError> {
        let now = self.now();
        let state = self.engine.state();
        match state.site(&form.site) {
            Some(site) => Ok(look(&state, site, (form, own), now)?),
            None => Ok(Looked::default()),
        }
    }

    /// An application that somebody sees, as they saw it.
    pub(super) fn seen_by(
        &self,
        eye: &Eye,
        id: &str,
        if_version: Option<u64>,
    ) -> Result<Arc<Application>, DeskError> {
        let found = self.book().get(id).filter(|found| eye.sees(found));
        let application = found.ok_or(DeskError::NotFound("such application"))?;
        if if_version.is_some_and(|seen| seen != application.version) {
            return Err(DeskError::Changed(Box::new(application)));
        }
        Ok(application)
    }

    /// Somebody acts on an application.
    pub fn act(
        &mut self,
        eye: &Eye,
        id: &str,
        (party, by): (Party, &str),
        action: Action,
        act: &DeskAct,
    ) -> Result<Arc<Application>, DeskError> {
        let application = self.seen_by(eye, id, act.if_version)?;
        next(application.state, party, action).map_err(|unfit| unfitting(unfit, &application))?;
        let remark = act.remark.trim();
        if needs_remark(action) && remark.is_empty() {
            let detail = format!("`{action}` needs a remark that says why");
            return Err(DeskError::Request("remark", detail));
        }
        if remark.chars().count() > LONGEST_REMARK {
            let detail = format!("a remark has {LONGEST_REMARK} characters at most");
            return Err(DeskError::Request("remark", detail));
        }
        let mut done = Done {
            remark: (!remark.is_empty()).then(|| remark.to_owned()),
            ..Done::new(&application.id, party, by, action)
        };
        if action == Action::Correct {
            correct(&application, &act.corrections, &mut done)?;
        } else if !act.corrections.is_empty() {
            return Err(DeskError::Request(
                "corrections",
                "only `correct` corrects fields".to_owned(),
            ));
        }
        self.done(&application, done)
    }

    /// Writes what was done, with the closing time as it is known then; what follows from it by a rule follows at once.
    pub(super) fn done(
        &mut self,
        application: &Application,
        done: Done,
    ) -> Result<Arc<Application>, DeskError> {
        self.done_after(Vec::new(), application, done)
    }

    /// The same, with what went before it in the same commit.
    pub(super) fn done_after(
        &mut self,
        mut entries: Vec<Entry>,
        application: &Application,
        mut done: Done,
    ) -> Result<Arc<Application>, DeskError> {
        let looked = self.look(application)?;
        done.closing_at = looked.closing_at.or(application.closing_at);
        entries.push(Entry::Done(done));
        let after = self.commit(entries)?.pop();
        let after = after.ok_or(DeskError::NotFound("such application"))?;
        if after.state == State::Confirmed {
            // It is durable; if the engine can't take the event now, it is told later.
            if let Err(error) = self.tell_engine(&after) {
                tracing::error!(%error, "a confirmed instruction is told to the port later");
            }
        }
        if after.state == State::Reviewing
            && let Some(approved) = self.approve_by_rule(&after)?
        {
            return Ok(approved);
        }
        self.present(&after)
    }

    fn present(&self, application: &Arc<Application>) -> Result<Arc<Application>, DeskError> {
        self.book()
            .get(&application.id)
            .ok_or(DeskError::NotFound("such application"))
    }

    /// Where that is switched on and everything agrees, a rule approves what the terminal agreed to. What customs or the
    /// terminal had something against is left to people.
    pub(super) fn approve_by_rule(
        &mut self,
        application: &Application,
    ) -> Result<Option<Arc<Application>>, DeskError> {
        let last = application.steps.last().map(|step| step.action);
        let agreed = matches!(last, Some(Action::Agree | Action::Correct));
        if !self.engine.configuration.release_desk.approve_when_agreed || !agreed {
            return Ok(None);
        }
        let looked = self.look(application)?;
        if !looked.all_agree() {
            return Ok(None);
        }
        let rule = shared::release_desk::application::RULE;
        let done = Done {
            closing_at: looked.closing_at,
            ..Done::new(&application.id, Party::System, rule, Action::ApproveByRule)
        };
        Ok(self.commit(vec![Entry::Done(done)])?.pop())
    }

    /// The terminal answers an instruction. The same answer again is taken, and changes nothing.
    pub fn answer_order(
        &mut self,
        order: &str,
        by: &str,
        confirms: bool,
        remark: &str,
        sees: impl Fn(&Application) -> bool,
    ) -> Result<Arc<Application>, DeskError> {
        let found = self.book().of_order(order).filter(|found| sees(found));
        let application = found.ok_or(DeskError::NotFound("such instruction"))?;
        let known = application.orders.iter().find(|own| own.id == order);
        let answered = match confirms {
            true => OrderState::Confirmed,
            false => OrderState::Rejected,
        };
        let action = if confirms { Action::Confirm } else { Action::Reject };
        match known.map(|known| known.state) {
            Some(state) if state == answered => return Ok(application),
            Some(state) if state.is_open() => {}
            // It was answered otherwise, or does not hold any more.
            _ => return Err(DeskError::Changed(Box::new(application))),
        }
        let act = DeskAct {
            remark: remark.to_owned(),
            ..DeskAct::default()
        };
        let everybody = Eye::of(&crate::access::Caller::anybody(None));
        let eye = everybody.ok_or(DeskError::NotFound("such instruction"))?;
        self.act(&eye, &application.id, (Party::Terminal, by), action, &act)
    }

    /// Tells the port's engine of a confirmed instruction. The event's identity is the instruction's, so that telling it
    /// twice tells it once.
    pub(super) fn tell_engine(&mut self, application: &Application) -> Result<(), DeskError> {
        let Some((order, at)) = application.order().zip(application.confirmed_at()) else {
            return Ok(());
        };
        let event = instruction(application, &order.id, at);
        let taken = Taken {
            json: canonical(&event),
            event,
            format: Format::Events,
        };
        let submission = Submission {
            events: vec![taken],
            ..Submission::default()
        };
        let taken = self.engine.enqueue(submission)?;
        taken.blocking_recv().map_err(|_| DeskError::Stopped)??;
        self.commit(vec![Entry::Told {
            id: application.id.clone(),
        }])?;
        Ok(())
    }

    /// Whether somebody may send another file.
    pub fn may_send(&self, by: &str) -> Result<(), DeskError> {
        match self.book().waiting_files(by, self.now()) < MOST_WAITING {
            true => Ok(()),
            false => Err(DeskError::TooManyFiles),
        }
    }

    /// Keeps what is known of a file that was sent.
    pub fn uploaded(&mut self, file: File) -> Result<File, DeskError> {
        if self.book().upload(&file.by, &file.id).is_none() {
            self.may_send(&file.by)?;
        }
        self.commit(vec![Entry::Uploaded { file: file.clone() }])?;
        Ok(file)
    }

    /// Adds files that somebody sent to an application.
    pub fn attach(
        &mut self,
        eye: &Eye,
        id: &str,
        by: &str,
        files: &[String],
        if_version: Option<u64>,
    ) -> Result<Arc<Application>, DeskError> {
        let application = self.seen_by(eye, id, if_version)?;
        next(application.state, Party::Enterprise, Action::Attach)
            .map_err(|unfit| unfitting(unfit, &application))?;
        let files = self.files_of(by, files, application.files.len())?;
        let filed = files.into_iter().map(|file| Entry::Filed {
            id: application.id.clone(),
            by: by.into(),
            added: true,
            file,
        });
        self.commit(filed.collect())?;
        self.present(&application)
    }

    /// Files that somebody sent, as far as there is room for them beside others.
    pub(super) fn files_of(&self, by: &str, ids: &[String], beside: usize) -> Result<Vec<File>, DeskError> {
        if ids.len() + beside > MOST_FILES {
            let detail = format!("an application has {MOST_FILES} files at most");
            return Err(DeskError::Request("files", detail));
        }
        let book = self.book();
        let known = ids.iter().map(|id| {
            let missing = || {
                let detail = format!("you have sent no file `{id}`, or more than a week ago; send it again");
                DeskError::Request("files", detail)
            };
            book.upload(by, id).cloned().ok_or_else(missing)
        });
        known.collect()
    }

    /// Takes a file out of an application.
    pub fn detach(
        &mut self,
        eye: &Eye,
        id: &str,
        by: &str,
        file: &str,
        if_version: Option<u64>,
    ) -> Result<Arc<Application>, DeskError> {
        let application = self.seen_by(eye, id, if_version)?;
        next(application.state, Party::Enterprise, Action::Detach)
            .map_err(|unfit| unfitting(unfit, &application))?;
        let known = application.files.iter().find(|own| own.id == file).cloned();
        let file = known.ok_or(DeskError::NotFound("such file"))?;
        self.commit(vec![Entry::Filed {
            id: application.id.clone(),
            by: by.into(),
            added: false,
            file,
        }])?;
        self.present(&application)
    }

    /// Deletes a draft.
    pub fn delete(&mut self, eye: &Eye, id: &str, if_version: Option<u64>) -> Result<(), DeskError> {
        let application = self.seen_by(eye, id, if_version)?;
        if application.state != State::Draft {
            return Err(DeskError::NoDraft(Box::new(application)));
        }
        self.commit(vec![Entry::Deleted {
            id: application.id.clone(),
        }])?;
        Ok(())
    }

    /// Open applications.
    pub(super) fn open(&self) -> Vec<Arc<Application>> {
        let book = self.book();
        book.live().filter(|live| is_open(live.state)).cloned().collect()
    }
}

pub(super) fn unfitting(unfit: Unfit, application: &Arc<Application>) -> DeskError {
    DeskError::Unfit(unfit, Box::new(Arc::clone(application)))
}

/// What the terminal corrects.
fn correct(
    application: &Application,
    corrections: &[(String, String)],
    done: &mut Done,
) -> Result<(), DeskError> {
    let mut form = application.form.clone();
    for (name, value) in corrections {
        let before = field(&form, name).unwrap_or_default();
        set_field(&mut form, name, value)
            .map_err(|wrong| DeskError::Request("corrections", wrong.message))?;
        let after = field(&form, name).unwrap_or_default();
        if before != after {
            done.corrections.push((name.clone(), before, after));
        }
    }
    if done.corrections.is_empty() {
        let can = CORRECTABLE.join(", ");
        let detail =
            format!("say which fields should say what else, or `agree`; what can be corrected is {can}");
        return Err(DeskError::Request("corrections", detail));
    }
    if let Some((name, reason)) = shared::release_desk::form::missing(&form).first() {
        return Err(DeskError::Request(
            "corrections",
            format!("`{name}` would be missing: {reason}"),
        ));
    }
    done.form = Some(form);
    Ok(())
}

/// The event of a confirmed instruction.
fn instruction(application: &Application, order: &SmolStr, at: Time) -> Event {
    let form = &application.form;
    let container = Some(application.container());
    let mut event = Event::actual(SOURCE, order, Node::LoadingInstruction, at, container)
        .stating(Attribute::Site(form.site.as_str().into()));
    let text = |text: &str| Some(SmolStr::new(text.trim())).filter(|text| !text.is_empty());
    for (text, attribute) in [
        (
            text(&form.bill_of_lading),
            Attribute::BillOfLading as fn(Option<SmolStr>) -> Attribute,
        ),
        (text(&form.voyage), Attribute::Voyage),
        (text(&form.declaration), Attribute::Declaration),
    ] {
        if text.is_some() {
            event = event.stating(attribute(text));
        }
    }
    event.updated_at = Some(at);
    event
}
