//! The thread that writes, without the thread.

use super::super::book::Book;
use super::super::{FILES, JOURNAL};
use super::*;
use crate::access::Caller;
use crate::clock::Clock;
use crate::config::Configuration;
use crate::journal::JournalError;
use shared::wire::release_desk::ApplicationForm;
use tempfile::TempDir;

/// A writer on a directory of its own.
pub(in crate::release_desk) struct Bench {
    pub folder: TempDir,
    engine: Arc<Engine>,
    pub writer: Writer,
}

impl Bench {
    pub fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let configuration = Arc::new(Configuration::default());
        let engine = Engine::start(folder.path(), configuration, Clock::Wall, false, &mut |_, _| {});
        let engine = Arc::new(engine.unwrap());
        let journal = SqliteBook::open(&folder.path().join(JOURNAL)).unwrap();
        let files = Files::open(&folder.path().join(FILES)).unwrap();
        let (news, _) = watch::channel(0);
        let writer = Writer::new(journal, Arc::clone(&engine), files, news).unwrap();
        Bench {
            folder,
            engine,
            writer,
        }
    }

    /// What the journal holds.
    pub fn lines(&self) -> Vec<Record<Entry>> {
        let journal = SqliteBook::<Entry>::open_to_read(&self.folder.path().join(JOURNAL)).unwrap();
        let mut lines = Vec::new();
        journal.replay(0, &mut |line| lines.push(line)).unwrap();
        lines
    }

    /// Has a line reach the disk although its writing failed.
    fn failed_but_there(&mut self, entry: Entry) {
        let sequence = self.writer.book().sequence + 1;
        let record = Record {
            sequence,
            commit: sequence,
            at: self.writer.now(),
            entry,
        };
        let mut journal = SqliteBook::<Entry>::open(&self.folder.path().join(JOURNAL)).unwrap();
        journal.append(&[record]).unwrap();
        self.fail();
        assert_eq!(self.writer.standing.get(), Standing::Waiting);
    }

    fn fail(&mut self) {
        self.writer
            .interrupted(&JournalError::Store(rusqlite::Error::InvalidQuery));
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.engine.stop();
    }
}

/// A draft.
pub(in crate::release_desk) fn made(id: &str) -> Entry {
    Entry::Made {
        id: id.into(),
        enterprise: "acme".into(),
        by: "acme".into(),
        form: ApplicationForm::default(),
        request: None,
    }
}

/// An action.
pub(in crate::release_desk) fn done(id: &str, party: Party, action: Action) -> Entry {
    Entry::Done(Done::new(&id.into(), party, "somebody", action))
}

#[test]
fn nothing_is_written_that_was_decided_before_lines_turned_up_whose_writing_had_failed() {
    const ID: &str = "RD-20220223-0001";
    let mut bench = Bench::new();
    let handed_in = vec![made(ID), done(ID, Party::Enterprise, Action::Apply)];
    bench.writer.commit(handed_in).unwrap();
    bench.failed_but_there(done(ID, Party::Terminal, Action::Agree));
    let eye = Eye::of(&Caller::anybody(None)).unwrap();
    let agree = |writer: &mut Writer| {
        let terminal = (Party::Terminal, "wang");
        writer.act(&eye, ID, terminal, Action::Agree, &DeskAct::default())
    };
    assert!(matches!(agree(&mut bench.writer), Err(DeskError::Again)));
    assert_eq!(bench.writer.standing.get(), Standing::Ready);
    assert_eq!(bench.writer.book().get(ID).unwrap().state, State::Reviewing);
    assert!(matches!(agree(&mut bench.writer), Err(DeskError::Unfit(..))));

    // The thread looks by itself too, so that no number is given twice.
    const SECOND: &str = "RD-20220223-0002";
    bench.failed_but_there(made(SECOND));
    bench.writer.try_at = Instant::now();
    bench.writer.try_again();
    assert_eq!(bench.writer.book().given("RD-20220223"), 2);
    // With nothing there, what was asked is done.
    bench.fail();
    bench
        .writer
        .commit(vec![Entry::Deleted { id: SECOND.into() }])
        .unwrap();

    let mut book = Book::new("e");
    for line in bench.lines() {
        book.apply(&line.entry, line.at, line.sequence).unwrap();
    }
    assert_eq!(book.sequence, bench.writer.book().sequence);
}

#[test]
fn a_sender_may_have_so_many_files_wait_and_may_send_one_of_them_again() {
    let mut bench = Bench::new();
    let file = |number: usize, by: &str| File {
        id: format!("{number:064}").into(),
        name: "a.pdf".into(),
        media_type: "application/pdf".into(),
        size: 1,
        at: Clock::Wall.now(),
        by: by.into(),
    };
    let files = (0..MOST_WAITING).map(|number| Entry::Uploaded {
        file: file(number, "acme"),
    });
    bench.writer.commit(files.collect()).unwrap();
    assert!(matches!(
        bench.writer.may_send("acme"),
        Err(DeskError::TooManyFiles)
    ));
    let another = bench.writer.uploaded(file(MOST_WAITING, "acme"));
    assert!(matches!(another, Err(DeskError::TooManyFiles)));
    bench.writer.uploaded(file(7, "acme")).unwrap();
    bench.writer.uploaded(file(7, "bolt")).unwrap();
}
