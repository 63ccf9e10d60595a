//! Moves what commits wrote into SQLite's log on into the file itself, beside whoever commits. A commit that did that
//! itself, as is SQLite's way, would make its sender wait for two more writes to the disk.

use rusqlite::Connection;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

/// So many bytes of lines are moved together: 4 MiB.
const TOGETHER: usize = 4_194_304;

/// The thread that moves, from the first time that there is enough.
#[derive(Debug, Default)]
pub(super) struct Mover {
    written: usize,
    thread: Option<(SyncSender<()>, JoinHandle<()>)>,
}

impl Mover {
    /// Lines of so many bytes were written into the journal in a file. Whatever can't be moved now is moved the next time,
    /// or by a commit when the log has become very large: nothing depends on when.
    pub fn wrote(&mut self, path: &Path, bytes: usize) {
        self.written = self.written.saturating_add(bytes);
        if self.written < TOGETHER {
            return;
        }
        self.written = 0;
        if self.thread.is_none() {
            self.thread = start(path);
        }
        // Whoever is woken already moves this, too.
        let woken = self.thread.as_ref().map(|(wake, _)| wake.try_send(()));
        if let Some(Err(TrySendError::Disconnected(()))) = woken {
            self.stop();
        }
    }

    /// Ends the thread and waits for it, so that its connection is closed.
    pub fn stop(&mut self) {
        if let Some((wake, thread)) = self.thread.take() {
            drop(wake);
            // A thread that died has said why, and what it did not move is still in the log.
            let _ = thread.join();
        }
    }
}

impl Drop for Mover {
    fn drop(&mut self) {
        self.stop();
    }
}

fn start(path: &Path) -> Option<(SyncSender<()>, JoinHandle<()>)> {
    let (wake, woken) = sync_channel(1);
    let file = path.to_owned();
    let thread = std::thread::Builder::new()
        .name("journal-mover".to_owned())
        .spawn(move || match Connection::open(&file) {
            Ok(connection) => run(&connection, &woken),
            Err(error) => tell(&error),
        });
    match thread {
        Ok(thread) => Some((wake, thread)),
        Err(error) => {
            tracing::debug!(%error, "no thread moves the journal's log into its file; commits do");
            None
        }
    }
}

fn run(connection: &Connection, woken: &Receiver<()>) {
    // The file has to be on disk before its log is written over.
    if let Err(error) = connection.pragma_update(None, "synchronous", "FULL") {
        return tell(&error);
    }
    while woken.recv().is_ok() {
        // A second time for what was written meanwhile: the less is left, the sooner the log begins anew.
        for _ in 0..2 {
            let moved = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
            if let Err(error) = moved {
                tell(&error);
            }
        }
    }
}

fn tell(error: &rusqlite::Error) {
    tracing::debug!(%error, "the journal's log could not be moved into its file; commits do it when it is large");
}
