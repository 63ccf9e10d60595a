//! When lines can't be written: as with the port's engine (`engine/run/interrupted.rs`), nothing more is believed of the
//! file. It is opened anew, and what is really in it is applied before anything else is decided.

use super::super::DeskError;
use super::{Entry, Record, Writer};
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

    fn reopen(&mut self, found: &mut Vec<Record<Entry>>) -> Result<(), JournalError> {
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
