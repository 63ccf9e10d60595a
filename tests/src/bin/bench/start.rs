//! Start with ten million events in the journal, written straight into it.

use super::Options;
use super::events::{Course, event};
use super::program::Server;
use rusqlite::{Connection as Sqlite, params};
use shared::event::json::canonical;
use shared::time::{HOUR, Time};
use std::time::Instant;

/// From 2020 on, two hours between two events of a container.
const COURSE: Course = Course {
    from: Time(1_577_836_800_000),
    abreast: 60_000,
    step: 2 * HOUR,
};

pub fn bench(options: &Options) -> Result<(), String> {
    let events: u64 = if options.quick { 1_000_000 } else { 10_000_000 };
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    // An empty start makes the journal with its rules in it.
    let (server, _) = Server::start(folder.path())?;
    server.stop()?;
    let begun = Instant::now();
    write(&folder.path().join("journal.db"), events).map_err(|error| error.to_string())?;
    println!(
        "{events} events written straight into the journal in {:.0} s",
        begun.elapsed().as_secs_f64()
    );
    let (server, first) = Server::start(folder.path())?;
    println!("first start, without a snapshot  {:>8.1} s", first.as_secs_f64());
    println!(
        "memory then                      {:>8.0} MiB",
        server.memory_mib()
    );
    server.stop()?;
    let mut times = Vec::new();
    let mut memory = 0.0;
    for _ in 0..3 {
        let (server, time) = Server::start(folder.path())?;
        times.push(time.as_secs_f64());
        memory = server.memory_mib();
        server.stop()?;
    }
    times.sort_by(f64::total_cmp);
    println!("start with a snapshot            {:>8.2} s (aim 5)", times[1]);
    println!("memory then                      {memory:>8.0} MiB");
    Ok(())
}

fn write(path: &std::path::Path, events: u64) -> rusqlite::Result<()> {
    let sqlite = Sqlite::open(path)?;
    sqlite.pragma_update(None, "synchronous", "OFF")?;
    let head: i64 = sqlite.query_row("SELECT coalesce(max(sequence), 0) FROM journal", [], |row| {
        row.get(0)
    })?;
    sqlite.execute_batch("BEGIN")?;
    {
        let mut insert = sqlite
            .prepare("INSERT INTO journal(sequence, first, at, kind, body) VALUES (?1, ?2, ?3, 1, ?4)")?;
        for n in 0..events {
            let event = event(n, COURSE);
            let at = event.content.as_ref().map_or(COURSE.from, |content| content.at);
            let first = head + 1 + (n / 1_000 * 1_000) as i64;
            insert.execute(params![head + 1 + n as i64, first, at.0, canonical(&event)])?;
        }
    }
    sqlite.execute_batch("COMMIT")
}
