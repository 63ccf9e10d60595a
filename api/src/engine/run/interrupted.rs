//! When lines can't be written: the disk is full or read-only, or a sync failed. Nothing of what could not be written
//! is acknowledged or applied. Nothing more is believed of the file either: it is closed and opened anew, what is really
//! in it is held against the state, and only after a first small commit has reached the disk is anything taken again. A
//! sync that failed is never just repeated: the system may have forgotten what it was about.

use super::{Runner, Standing, StateError};
use crate::journal::JournalError;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// How long until writing is tried again.
pub(super) const TRY_EVERY: Duration = Duration::from_secs(1);

impl Runner {
    /// Lines could not be appended.
    pub(super) fn interrupted(&mut self, error: &JournalError) {
        match error {
            // Whatever is wrong with what should be written is wrong with that alone.
            JournalError::Line { .. } => {}
            JournalError::Store(_) | JournalError::Room(_) => {
                tracing::error!(%error, "nothing is taken until the journal can be written; that is tried again");
                self.parts.standing.set(Standing::Waiting);
                self.try_at = Instant::now() + TRY_EVERY;
            }
            JournalError::Damaged { .. } | JournalError::Gap { .. } | JournalError::Newer { .. } => {
                self.broken(error);
            }
        }
    }

    fn broken(&self, error: &JournalError) {
        tracing::error!(%error, "the engine has stopped taking anything");
        self.parts.standing.set(Standing::Broken);
    }

    /// Tries again what could not be written, when it is time.
    pub(super) fn try_again(&mut self) {
        if Instant::now() < self.try_at {
            return;
        }
        if self.parts.standing.get() == Standing::Waiting {
            self.try_at = Instant::now() + TRY_EVERY;
            match self.reopen() {
                Ok(()) => {
                    tracing::info!("the journal can be written again");
                    self.parts.standing.set(Standing::Ready);
                }
                Err(StateError::Journal(error @ (JournalError::Store(_) | JournalError::Room(_)))) => {
                    tracing::debug!(%error, "the journal can still not be written");
                }
                Err(error) => self.fail(&error),
            }
        }
        if self.is_ready()
            && let Some(held) = self.held.take()
        {
            self.write_checkpoint(held);
        }
    }

    /// Opens the journal anew, and applies what is in it although its writing failed.
    fn reopen(&mut self) -> Result<(), StateError> {
        self.parts.journal.recover()?;
        let (epoch, sequence) = {
            let state = self.parts.state.read().unwrap_or_else(PoisonError::into_inner);
            (state.epoch.clone(), state.sequence)
        };
        let head = self.parts.journal.head();
        if head < sequence || self.parts.journal.epoch() != epoch {
            return Err(JournalError::Gap {
                after: head,
                found: sequence,
            }
            .into());
        }
        let mut lines = Vec::new();
        self.parts
            .journal
            .replay(sequence, &mut |record| lines.push((record, None)))?;
        if lines.is_empty() {
            return Ok(());
        }
        self.apply(lines.into_iter())
    }
}
