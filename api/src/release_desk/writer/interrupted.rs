//! When lines can't be written: as with the port's engine (`engine/run/interrupted.rs`), nothing more is believed of the
//! file. It is opened anew, and what is really in it is applied before anything else is decided.

use super::super::DeskError;
use super::Writer;
use crate::engine::standing::Standing;
use crate::journal::{Journal as _, JournalError};
use std::time::{Duration, Instant};

/// How long until writing is tried again.
const TRY_EVERY: Duration = Duration::from_secs(1);

impl Writer {
    /// Lines could not be appended.
    pub(super) fn interrupted(&mut self, error: &JournalError) {
        match error {
            // Whatever is wrong with what should be written is wrong with that alone.
            JournalError::Line { .. } => {}
            JournalError::Store(_) | JournalError::Room(_) => {
                tracing::error!(%error, "the release desk takes nothing until its journal can be written; that is tried again");
                self.standing.set(Standing::Waiting);
                self.try_at = Instant::now() + TRY_EVERY;
            }
            JournalError::Damaged { .. } | JournalError::Gap { .. } | JournalError::Newer { .. } => {
                tracing::error!(%error, "the release desk has stopped taking anything");
                self.standing.set(Standing::Broken);
            }
        }
    }

    /// Looks what is there when it is time, so that whoever asks next decides on that.
    pub(super) fn try_again(&mut self) {
        if self.standing.get() != Standing::Waiting || Instant::now() < self.try_at {
            return;
        }
        if let Err(error) = self.look_what_is_there() {
            tracing::debug!(%error, "the release desk's journal can still not be written");
        }
    }

    /// Lines whose writing failed may be on disk all the same: opens the journal anew and applies them. Answers whether
    /// there were any.
    pub(super) fn look_what_is_there(&mut self) -> Result<bool, DeskError> {
        self.try_at = Instant::now() + TRY_EVERY;
        let mut found = Vec::new();
        let looked = self.reopen(&mut found);
        if let Err(error) = looked {
            if !matches!(error, JournalError::Store(_) | JournalError::Room(_)) {
                tracing::error!(%error, "the release desk has stopped taking anything");
                self.standing.set(Standing::Broken);
            }
            return Err(error.into());
        }
        self.apply(&found)?;
        tracing::info!(
            lines = found.len(),
            "the release desk's journal can be written again"
        );
        self.standing.set(Standing::Ready);
        Ok(!found.is_empty())
    }

    fn reopen(&mut self, found: &mut Vec<super::Record<super::Entry>>) -> Result<(), JournalError> {
        self.journal.recover()?;
        let (epoch, known) = {
            let book = self.book();
            (book.epoch.clone(), book.sequence)
        };
        let head = self.journal.head();
        if head < known || self.journal.epoch() != epoch {
            return Err(JournalError::Gap {
                after: head,
                found: known,
            });
        }
        self.journal.replay(known, &mut |record| found.push(record))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::book::Book;
    use super::super::super::files::Files;
    use super::super::super::view::Eye;
    use super::super::super::{FILES, JOURNAL};
    use super::super::{Entry, Record};
    use super::*;
    use crate::access::Caller;
    use crate::clock::Clock;
    use crate::config::Configuration;
    use crate::engine::Engine;
    use crate::journal::sqlite::SqliteBook;
    use shared::release_desk::Done;
    use shared::wire::release_desk::{
        ApplicationAction as Action, ApplicationForm, ApplicationState as State, DeskAct, DeskParty as Party,
    };
    use smol_str::SmolStr;
    use std::path::Path;
    use std::sync::Arc;

    fn writer(folder: &Path, engine: &Arc<Engine>) -> Writer {
        let journal = SqliteBook::open(&folder.join(JOURNAL)).unwrap();
        let files = Files::open(&folder.join(FILES)).unwrap();
        let (news, _) = tokio::sync::watch::channel(0);
        Writer::new(journal, Arc::clone(engine), files, news).unwrap()
    }

    /// Has lines reach the disk although their writing failed.
    fn failed_but_there(writer: &mut Writer, folder: &Path, entry: Entry) {
        let sequence = writer.book().sequence + 1;
        let record = Record {
            sequence,
            commit: sequence,
            at: writer.now(),
            entry,
        };
        let mut journal = SqliteBook::<Entry>::open(&folder.join(JOURNAL)).unwrap();
        journal.append(&[record]).unwrap();
        writer.interrupted(&JournalError::Store(rusqlite::Error::InvalidQuery));
        assert_eq!(writer.standing.get(), Standing::Waiting);
    }

    #[test]
    fn nothing_is_written_that_was_decided_before_lines_turned_up_whose_writing_had_failed() {
        let folder = tempfile::tempdir().unwrap();
        let configuration = Arc::new(Configuration::default());
        let engine = Engine::start(folder.path(), configuration, Clock::Wall, false, &mut |_, _| {});
        let engine = Arc::new(engine.unwrap());
        let mut writer = writer(folder.path(), &engine);
        let id = SmolStr::new("RD-20220223-0001");
        let made = Entry::Made {
            id: id.clone(),
            enterprise: "acme".into(),
            by: "acme".into(),
            form: ApplicationForm::default(),
            request: None,
        };
        let done = |party, action| Entry::Done(Done::new(&id, party, "somebody", action));
        writer
            .commit(vec![made.clone(), done(Party::Enterprise, Action::Apply)])
            .unwrap();
        failed_but_there(&mut writer, folder.path(), done(Party::Terminal, Action::Agree));
        let eye = Eye::of(&Caller::anybody(None)).unwrap();
        let agree = |writer: &mut Writer| {
            let terminal = (Party::Terminal, "wang");
            writer.act(&eye, &id, terminal, Action::Agree, &DeskAct::default())
        };
        assert!(matches!(agree(&mut writer), Err(DeskError::Again)));
        assert_eq!(writer.standing.get(), Standing::Ready);
        assert_eq!(writer.book().get(&id).unwrap().state, State::Reviewing);
        assert!(matches!(agree(&mut writer), Err(DeskError::Unfit(..))));

        // The thread looks by itself too, so that numbers are not given twice.
        let second = SmolStr::new("RD-20220223-0002");
        let other = Entry::Made {
            id: second.clone(),
            enterprise: "acme".into(),
            by: "acme".into(),
            form: ApplicationForm::default(),
            request: None,
        };
        failed_but_there(&mut writer, folder.path(), other);
        writer.try_at = Instant::now();
        writer.try_again();
        assert_eq!(writer.book().given("RD-20220223"), 2);
        // With nothing there, what was asked is done.
        writer.interrupted(&JournalError::Store(rusqlite::Error::InvalidQuery));
        writer.commit(vec![Entry::Deleted { id: second }]).unwrap();

        let written = writer.book().sequence;
        let mut book = Book::new(writer.journal.epoch());
        let journal = SqliteBook::<Entry>::open(&folder.path().join(JOURNAL)).unwrap();
        journal
            .replay(0, &mut |record| {
                book.apply(&record.entry, record.at, record.sequence).unwrap();
            })
            .unwrap();
        assert_eq!(book.sequence, written);
        drop(writer);
        engine.stop();
    }
}
