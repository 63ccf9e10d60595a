//! Native events in batches of 1,000, stored, applied and answered, against a bare SQLite insert of the same rows.

use super::Options;
use super::events::{Course, batch, event};
use super::http::Connection;
use super::program::Server;
use rusqlite::{Connection as Sqlite, params};
use shared::event::json::canonical;
use shared::time::{MINUTE, Time};
use std::time::Instant;

const BATCH: u64 = 1_000;
const ROUNDS: u64 = 5;
/// Senders at once: reading the next batch goes on while one is applied.
const SENDERS: u64 = 3;
/// The last hour, so that clocks run and no limit is past before its box is stacked: what a port sends while it
/// works, only faster.
fn course() -> Course {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    let now = Time(since.as_millis() as i64);
    Course {
        from: now.plus(-50 * MINUTE),
        abreast: 20_000,
        step: 2 * MINUTE,
    }
}

pub fn bench(options: &Options) -> Result<(), String> {
    let batches = if options.quick { 30 } else { 90 };
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let keyed = table(&folder.path().join("keyed.db"), true)?;
    let plain = table(&folder.path().join("plain.db"), false)?;
    let course = course();
    let (server, _) = Server::start(&folder.path().join("data"))?;
    let (mut ours, mut bare, mut append) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let first = round * batches * BATCH;
        let events = batches * BATCH;
        append.push(insert(&plain, course, first, batches)?);
        bare.push(insert(&keyed, course, first, batches)?);
        ours.push(events as f64 / send(&server, course, first, batches)?);
    }
    let (ours, bare, append) = (median(ours), median(bare), median(append));
    println!(
        "events in batches of {BATCH}, {batches} batches a round, {ROUNDS} rounds in turn, {SENDERS} senders"
    );
    println!("stored, applied and answered     {ours:>9.0} events a second");
    println!(
        "bare insert with the unique key  {bare:>9.0} rows a second    ratio {:.2} (aim 0.5)",
        ours / bare
    );
    println!(
        "append without that key          {append:>9.0} rows a second    ratio {:.2}",
        ours / append
    );
    println!(
        "memory of the server             {:>9.0} MiB",
        server.memory_mib()
    );
    server.stop()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn table(path: &std::path::Path, unique: bool) -> Result<Sqlite, String> {
    let open = || -> rusqlite::Result<Sqlite> {
        let sqlite = Sqlite::open(path)?;
        sqlite.pragma_update(None, "journal_mode", "WAL")?;
        sqlite.pragma_update(None, "synchronous", "FULL")?;
        let key = if unique { ", UNIQUE(source, id)" } else { "" };
        sqlite.execute_batch(&format!(
            "CREATE TABLE events(sequence INTEGER PRIMARY KEY, source TEXT, id TEXT, body TEXT{key})"
        ))?;
        Ok(sqlite)
    };
    open().map_err(|error| error.to_string())
}

/// Rows a second.
fn insert(sqlite: &Sqlite, course: Course, first: u64, batches: u64) -> Result<f64, String> {
    let rows: Vec<_> = (first..first + batches * BATCH)
        .map(|n| {
            let event = event(n, course);
            let json = canonical(&event);
            (event.identity, json)
        })
        .collect();
    let begun = Instant::now();
    let run = || -> rusqlite::Result<()> {
        for batch in rows.chunks(BATCH as usize) {
            sqlite.execute_batch("BEGIN")?;
            let mut insert =
                sqlite.prepare_cached("INSERT INTO events(source, id, body) VALUES (?1, ?2, ?3)")?;
            for (identity, json) in batch {
                insert.execute(params![identity.source.as_str(), identity.id.as_str(), json])?;
            }
            sqlite.execute_batch("COMMIT")?;
        }
        Ok(())
    };
    run().map_err(|error| error.to_string())?;
    Ok(rows.len() as f64 / begun.elapsed().as_secs_f64())
}

/// Seconds for all batches.
fn send(server: &Server, course: Course, first: u64, batches: u64) -> Result<f64, String> {
    let bodies: Vec<Vec<u8>> = (0..batches)
        .map(|n| batch(first + n * BATCH..first + (n + 1) * BATCH, course))
        .collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS)
            .map(|_| {
                scope.spawn(|| -> Result<(), String> {
                    let mut connection = Connection::open(&server.authority)?;
                    while let Some(body) = bodies.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                    {
                        let answer = connection.call("POST", "/api/v1/feeds/events", "", body)?;
                        if answer.status != 200 {
                            let text = String::from_utf8_lossy(&answer.body);
                            return Err(format!("{}: {}", answer.status, &text[..text.len().min(300)]));
                        }
                    }
                    Ok(())
                })
            })
            .collect();
        senders
            .into_iter()
            .try_for_each(|sender| sender.join().map_err(|_| "a sender died".to_owned())?)
    })?;
    Ok(begun.elapsed().as_secs_f64())
}
