//! Cross-border parcels of four documents each: matched, decided, stored durably and counted, from the first byte of
//! the first document to the answer of the last; how long a decision takes behind its last document at a steady rate;
//! and what the server holds in memory while closed parcels grow and open ones do not.

use super::Options;
use super::http::Connection;
use super::program::Server;
use shared::time::{HOUR, LocalTime, SECOND, Time};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Parcels in one body, of which each has its four documents there.
const BATCH: u64 = 1_000;
/// Senders at once: reading the next body goes on while one is applied.
const SENDERS: usize = 3;
const ROUNDS: u64 = 5;
/// Parcels a second of the steady part, and from one body to the next.
const STEADY: u64 = 2_000;
const EVERY: Duration = Duration::from_millis(20);

pub fn bench(options: &Options) -> Result<(), String> {
    let quick = options.quick;
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (server, _) = Server::start(folder.path())?;
    let mut next = 0;
    rate(&server, &mut next, if quick { 10 } else { 40 })?;
    latency(&server, &mut next, if quick { 3 } else { 20 })?;
    memory(&server, &mut next, if quick { 20 } else { 200 })?;
    server.stop()
}

/// Parcels a second, each sender with bodies of its own.
fn rate(server: &Server, next: &mut u64, batches: u64) -> Result<(), String> {
    let mut rates = Vec::new();
    for _ in 0..ROUNDS {
        let bodies: Vec<Vec<u8>> = (0..batches)
            .map(|n| body(*next + n * BATCH, BATCH, Part::All))
            .collect();
        *next += batches * BATCH;
        let seconds = send(server, &bodies)?;
        rates.push((batches * BATCH) as f64 / seconds);
    }
    rates.sort_by(f64::total_cmp);
    println!(
        "{} parcels a round, 4 documents each, {BATCH} parcels a body, {SENDERS} senders, {ROUNDS} rounds",
        batches * BATCH
    );
    println!(
        "matched, decided, stored, counted  {:>9.0} parcels a second, {:.0} to {:.0} (aim 10,000)",
        rates[rates.len() / 2],
        rates[0],
        rates[rates.len() - 1]
    );
    Ok(())
}

fn send(server: &Server, bodies: &[Vec<u8>]) -> Result<f64, String> {
    let place = AtomicUsize::new(0);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS)
            .map(|_| {
                scope.spawn(|| -> Result<(), String> {
                    let mut connection = Connection::open(&server.authority)?;
                    while let Some(body) = bodies.get(place.fetch_add(1, Ordering::Relaxed)) {
                        post(&mut connection, body)?;
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

/// The three papers of every parcel come first; its list comes later, and with it the decision: the answer to the list
/// is written when the parcel is released and on disk. Bodies are sent at their moments, and what waits for a slow
/// answer counts with its waiting.
fn latency(server: &Server, next: &mut u64, seconds: u64) -> Result<(), String> {
    let a_body = STEADY * EVERY.as_millis() as u64 / 1_000;
    let bodies = seconds * STEADY / a_body;
    // Lists follow half a second behind their papers.
    let behind = Duration::from_millis(500).as_millis() as u64 / EVERY.as_millis() as u64;
    let first = *next;
    *next += bodies * a_body;
    let papers: Vec<Vec<u8>> = (0..bodies)
        .map(|n| body(first + n * a_body, a_body, Part::Papers))
        .collect();
    let lists: Vec<Vec<u8>> = (0..bodies)
        .map(|n| body(first + n * a_body, a_body, Part::Lists))
        .collect();
    let begun = Instant::now();
    let moment = |n: u64| begun + EVERY * u32::try_from(n).unwrap_or(u32::MAX);
    let mut times = std::thread::scope(|scope| -> Result<Vec<f64>, String> {
        let papers = scope.spawn(|| -> Result<(), String> {
            let mut connection = Connection::open(&server.authority)?;
            for (n, body) in (0..).zip(&papers) {
                sleep_until(moment(n));
                post(&mut connection, body)?;
            }
            Ok(())
        });
        let mut connection = Connection::open(&server.authority)?;
        let mut times = Vec::with_capacity(lists.len());
        for (n, body) in (0..).zip(&lists) {
            let due = moment(n + behind);
            sleep_until(due);
            post(&mut connection, body)?;
            times.push(due.elapsed().as_secs_f64() * 1_000.0);
        }
        papers.join().map_err(|_| "a sender died".to_owned())??;
        Ok(times)
    })?;
    times.sort_by(f64::total_cmp);
    let at = |share: usize| {
        times
            .get((times.len() * share / 100).min(times.len() - 1))
            .copied()
            .unwrap_or(0.0)
    };
    println!(
        "decision behind the last document  {:>9.1} ms median, {:.1} ms 99th percentile, {:.1} ms longest, at {STEADY} \
         parcels a second for {seconds} s (aim 50)",
        at(50),
        at(99),
        at(100)
    );
    Ok(())
}

/// What is held while closed parcels grow.
fn memory(server: &Server, next: &mut u64, batches: u64) -> Result<(), String> {
    println!("closed parcels       memory");
    for _ in 0..5 {
        let step = batches / 5;
        let bodies = |from: u64| (0..step).map(move |n| body(from + n * BATCH, BATCH, Part::All));
        for chunk in bodies(*next).collect::<Vec<_>>().chunks(20) {
            send(server, chunk)?;
        }
        *next += step * BATCH;
        println!("{:>14} {:>8.0} MiB", *next, server.memory_mib());
    }
    Ok(())
}

fn sleep_until(moment: Instant) {
    std::thread::sleep(moment.saturating_duration_since(Instant::now()));
}

fn post(connection: &mut Connection, body: &[u8]) -> Result<(), String> {
    let answer = connection.call("POST", "/api/v1/feeds/parcels", "", body)?;
    if answer.status == 200 {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&answer.body);
    Err(format!(
        "{}: {}",
        answer.status,
        text.chars().take(300).collect::<String>()
    ))
}

/// Which documents a body holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    All,
    Papers,
    Lists,
}

/// The documents of parcels from a number on, one a line.
fn body(first: u64, parcels: u64, part: Part) -> Vec<u8> {
    let mut text = String::with_capacity(parcels as usize * 1_500);
    for n in first..first + parcels {
        // Writing to a text cannot fail.
        let _ = parcel(n, part, &mut text);
    }
    text.into_bytes()
}

/// Within the last hour.
fn issued(n: u64) -> LocalTime {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    let hour = Time(since.as_millis() as i64 / HOUR * HOUR);
    hour.plus(-HOUR + (n / 200 % 3_600) as i64 * SECOND).utc()
}

fn parcel(n: u64, part: Part, text: &mut String) -> std::fmt::Result {
    // 400,000 buyers, of whom everybody comes back now and then; nobody reaches the limit of a year.
    let buyer = n.wrapping_mul(7_919) % 400_000;
    let number = format!("990001{:04}0101{:03}", buyer / 1_000, buyer % 1_000);
    let digit = match shared::parcels::identity::check(&format!("{number}0")) {
        Ok(()) => '0',
        Err(wrong) => wrong.expected,
    };
    let buyer = format!(r#"{{"name":"Buyer {buyer}","identity":"{number}{digit}"}}"#);
    let (platform, carrier, bank) = (n % 8, n % 4, n % 3);
    let at = issued(n);
    let goods = 20 + n % 90;
    let common = format!(r#""at":"{at}","order":"O{n:012}""#);
    if part != Part::Lists {
        writeln!(
            text,
            r#"{{"kind":"order","source":"platform-{platform}","id":"O{n:012}",{common},"platform":"Platform {platform}","mode":"1210","park":"Park {}","buyer":{buyer},"goods":{goods}.50,"freight":8,"tax":{}.25,"discount":2,"items":[{{"name":"face cream","quantity":1,"value":{goods}.50}}]}}"#,
            n % 5,
            goods / 10
        )?;
        writeln!(
            text,
            r#"{{"kind":"payment","source":"bank-{bank}","id":"P{n:012}",{common},"payer":{buyer},"amount":{}.75}}"#,
            goods + 6 + goods / 10
        )?;
        writeln!(
            text,
            r#"{{"kind":"logistics","source":"carrier-{carrier}","id":"W{n:012}",{common},"waybill":"W{n:012}","weight_kg":0.8}}"#
        )?;
    }
    if part != Part::Papers {
        writeln!(
            text,
            r#"{{"kind":"list","source":"declarant","id":"L{n:012}",{common},"waybill":"W{n:012}","payment":"P{n:012}","mode":"1210","buyer":{buyer}}}"#
        )?;
    }
    Ok(())
}
