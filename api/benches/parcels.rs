//! `cargo bench -p api --bench parcels`: what the book of the parcels has to reach. Bodies of documents are read, matched,
//! decided, written durably and counted; then a decision behind the last document at 2,000 parcels a second; and what a
//! start takes. `-- --quick` runs it with a twentieth of everything, to see that it runs.

#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

use api::clock::Clock;
use api::config::Configuration;
use api::engine::Engine;
use api::feeds::parcels::{Context, read};
use api::intake::Sender;
use api::parcels::{Book, Submission, Taken};
use rand_pcg::Pcg64;
use rand_pcg::rand_core::Rng as _;
use shared::time::Time;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

type Done<T> = Result<T, Box<dyn Error>>;

/// The seed of everything that is drawn.
const SEED: u64 = 20_241_111;
/// 2024-11-11 at the port.
const START: i64 = 1_731_254_400_000;
/// Parcels whose documents come in one body.
const IN_BODY: usize = 250;
/// Bodies on their way at once.
const ON_THE_WAY: usize = 8;

fn main() -> Done<()> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let part = if quick { 20 } else { 1 };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let folder = tempfile::tempdir()?;
    let parcels = 400_000 / part;
    {
        let (engine, book) = start(folder.path())?;
        runtime.block_on(throughput(&book, parcels))?;
        at_rest(&book);
        runtime.block_on(latency(&book, parcels, 120_000 / part))?;
        let [in_memory, _, years] = book.state().in_memory();
        println!("in memory afterwards: {in_memory} parcels, {years} buyers' years");
        book.stop();
        engine.stop();
    }
    let begun = Instant::now();
    let (engine, book) = start(folder.path())?;
    println!("a start from the store: {:.2} s", begun.elapsed().as_secs_f64());
    book.stop();
    engine.stop();
    for entry in std::fs::read_dir(folder.path())? {
        let entry = entry?;
        let size = entry.metadata()?.len() as f64 / f64::from(1 << 20);
        println!("{:>18}: {size:>7.1} MiB", entry.file_name().to_string_lossy());
    }
    Ok(())
}

fn start(folder: &Path) -> Done<(Arc<Engine>, Arc<Book>)> {
    let clock = Clock::simulated(Time(START));
    let configuration = Arc::new(Configuration::default());
    let engine = Arc::new(Engine::start(folder, configuration, clock, true, &mut |_, _| {})?);
    let book = Arc::new(Book::start(folder, &engine, &mut |_, _| {})?);
    Ok((engine, book))
}

/// Waits until nothing more of what was taken in leaves memory: peaks have passed.
fn at_rest(book: &Book) {
    let held = || book.state().in_memory();
    let (mut last, mut since) = (held(), Instant::now());
    while since.elapsed() < Duration::from_secs(3) {
        std::thread::sleep(Duration::from_millis(100));
        let now = held();
        if now != last {
            (last, since) = (now, Instant::now());
        }
    }
}

/// The documents of some parcels from a number on, as the four parties send them: in four lots one behind the other.
fn body(from: usize, count: usize, dice: &mut Pcg64) -> String {
    let mut lots: [String; 4] = Default::default();
    for n in from..from + count {
        let at = Time(START - 60_000 + (n as i64 % 60_000)).utc();
        let buyer = dice.next_u64() % 300_000;
        let person = format!(r#"{{"name":"Buyer {buyer}","identity":"E{buyer:08}"}}"#);
        let goods = 100 + dice.next_u64() % 300;
        // One in a hundred does not agree.
        let paid = if dice.next_u64().is_multiple_of(100) {
            1
        } else {
            goods + 10
        };
        let (platform, park) = (n % 7, n % 5);
        let mode = if n % 3 == 0 { "9610" } else { "1210" };
        let lines = [
            format!(
                r#"{{"kind":"order","source":"mall-{platform}","id":"O{n:012}","at":"{at}","platform":"mall-{platform}","mode":"{mode}","park":"park-{park}","buyer":{person},"goods":{goods},"freight":10,"items":[{{"name":"goods","quantity":1,"value":{goods},"hs":"33049900"}}]}}"#
            ),
            format!(
                r#"{{"kind":"payment","source":"pay","id":"P{n:012}","at":"{at}","order":"O{n:012}","payer":{person},"amount":{paid}}}"#
            ),
            format!(
                r#"{{"kind":"logistics","source":"post","id":"W{n:012}","at":"{at}","order":"O{n:012}","consignee":{person},"weight_kg":1.2}}"#
            ),
            format!(
                r#"{{"kind":"list","source":"broker","id":"L{n:012}","at":"{at}","order":"O{n:012}","waybill":"W{n:012}","payment":"P{n:012}","mode":"{mode}","park":"park-{park}","buyer":{person}}}"#
            ),
        ];
        for (lot, line) in lots.iter_mut().zip(lines) {
            // Writing to a text cannot fail.
            let _ = writeln!(lot, "{line}");
        }
    }
    lots.concat()
}

/// Reads a body as its feed does.
fn taken(book: &Book, body: &str) -> Submission {
    let context = Context {
        source: None,
        sites: &book.configuration.sites,
        sender: &Sender::anybody(),
        key: &book.key,
        now: book.now(),
    };
    let reading = read(body.as_bytes(), &context);
    assert!(reading.problems.is_empty(), "{:?}", reading.problems.first());
    let documents = reading.documents.into_iter();
    Submission {
        documents: documents
            .map(|read| Taken {
                document: read.document,
                json: read.json,
            })
            .collect(),
        clock: None,
    }
}

/// As fast as it goes, reading included.
async fn throughput(book: &Arc<Book>, parcels: usize) -> Done<()> {
    let mut dice = Pcg64::new(u128::from(SEED), 1);
    let places = Arc::new(tokio::sync::Semaphore::new(ON_THE_WAY));
    let (mut reading, mut making) = (Vec::new(), Duration::ZERO);
    let begun = Instant::now();
    for from in (0..parcels).step_by(IN_BODY) {
        let made = Instant::now();
        let text = body(from, IN_BODY, &mut dice);
        making += made.elapsed();
        let place = Arc::clone(&places).acquire_owned().await?;
        let book = Arc::clone(book);
        reading.push(tokio::spawn(async move {
            let (reader, text) = (Arc::clone(&book), text);
            let submission = tokio::task::spawn_blocking(move || taken(&reader, &text)).await;
            let submission = submission.map_err(|error| error.to_string())?;
            let done = book.submit(submission, place).await;
            done.map(drop).map_err(|error| error.to_string())
        }));
    }
    for done in reading {
        done.await??;
    }
    let took = begun.elapsed();
    let state = book.state();
    let told = state.sites.first().ok_or("no site")?;
    let day = told
        .cells
        .days(i32::MIN, i32::MAX)
        .flat_map(|(_, span)| span.values());
    let (released, received) = day.fold((0, 0), |sums, cell| {
        (sums.0 + cell.released, sums.1 + cell.received)
    });
    println!(
        "{parcels} parcels with {} documents in {:.1} s: {:.0} parcels a second on two cores (making the bodies took {:.1} s \
         of one); {received} received, {released} released, {} held",
        parcels * 4,
        took.as_secs_f64(),
        parcels as f64 / took.as_secs_f64(),
        making.as_secs_f64(),
        told.queue.held_parcels(),
    );
    Ok(())
}

/// How long a decision takes behind the last document, at 2,000 parcels a second in bodies of ten.
async fn latency(book: &Arc<Book>, from: usize, parcels: usize) -> Done<()> {
    const TOGETHER: usize = 10;
    let mut dice = Pcg64::new(u128::from(SEED), 2);
    let bodies: Vec<String> = (from..from + parcels)
        .step_by(TOGETHER)
        .map(|n| body(n, TOGETHER, &mut dice))
        .collect();
    let every = Duration::from_secs_f64(TOGETHER as f64 / 2_000.0);
    let begun = Instant::now();
    let mut waiting = Vec::new();
    for (n, text) in bodies.into_iter().enumerate() {
        let due = begun + every * u32::try_from(n)?;
        tokio::time::sleep_until(due.into()).await;
        let book = Arc::clone(book);
        waiting.push(tokio::spawn(async move {
            let reader = Arc::clone(&book);
            let submission = tokio::task::spawn_blocking(move || taken(&reader, &text)).await;
            let submission = submission.map_err(|error| error.to_string())?;
            book.submit(submission, ())
                .await
                .map_err(|error| error.to_string())?;
            // From the moment at which it should have come, so that a delay that holds others up counts for them.
            Ok::<_, String>(due.elapsed())
        }));
    }
    let mut took = Vec::with_capacity(waiting.len());
    for done in waiting {
        took.push(done.await??);
    }
    took.sort_unstable();
    let within = took.partition_point(|took| took.as_millis() < 50);
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "at 2,000 parcels a second a decision is durable behind the last document after {:.1} ms (median), {:.1} ms (99 %), \
         {:.1} ms (longest); {:.2} % within 50 ms",
        at(0.5),
        at(0.99),
        at(1.0),
        within as f64 * 100.0 / took.len() as f64
    );
    Ok(())
}
