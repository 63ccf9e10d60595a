//! Thousands of readers of the stream on this machine, with the client that reads them on it too: how long a message
//! takes from its sender to each of them, whether any is lost, what a reader costs, and whether one that never reads
//! is seen by the others.

use super::Options;
use super::http::Connection;
use super::program::Server;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tests::messages::container;
use tests::readers::Readers;

/// Messages a second.
const RATE: u32 = 50;
/// Senders, so that one that waits for its answer does not hold up the next message.
const SENDERS: u32 = 4;
/// Latencies in steps of 100 µs, up to a minute.
const STEPS: usize = 600_000;

pub fn bench(options: &Options) -> Result<(), String> {
    let seconds = if options.quick { 6 } else { 60 };
    let files = raise_files();
    for (wanted, stalled) in [(2_000, 0), (10_000, 0), (10_000, 1)] {
        let wanted = if options.quick { wanted / 10 } else { wanted };
        let readers = wanted.min(files.saturating_sub(200));
        if readers < wanted {
            println!(
                "this machine opens no more than {files} files in a program: {readers} readers, not {wanted}"
            );
        }
        run(readers, stalled, seconds)?;
    }
    Ok(())
}

/// Raises the limit of open files of this program as far as it may be, and answers it.
fn raise_files() -> usize {
    let most = getrlimit(Resource::Nofile).maximum;
    let raised = Rlimit {
        current: most,
        maximum: most,
    };
    // Without it there are fewer readers, which is said.
    let _ = setrlimit(Resource::Nofile, raised);
    let files = getrlimit(Resource::Nofile).current;
    files.map_or(usize::MAX, |files| usize::try_from(files).unwrap_or(usize::MAX))
}

fn run(count: usize, stalled: usize, seconds: u32) -> Result<(), String> {
    let say = |error: std::io::Error| error.to_string();
    let folder = tempfile::tempdir().map_err(say)?;
    let (server, _) = Server::start(&folder.path().join("data"))?;
    // What the first connections set up is not what a reader costs.
    let mut readers = Readers::new(&server.authority).map_err(say)?;
    let before = server.memory_mib();
    let begun = Instant::now();
    for _ in 0..count {
        readers.add().map_err(say)?;
    }
    let greeted = readers.read_until(Duration::from_secs(60), |all| {
        all.iter().all(|reader| reader.is_greeted())
    });
    if !greeted.map_err(say)? {
        return Err("not every reader was served within a minute".to_owned());
    }
    let connected = begun.elapsed();
    let idle = (server.memory_mib() - before) * 1_024.0 / count as f64;
    for index in 0..stalled {
        readers.stall(index).map_err(say)?;
    }

    let messages = RATE * seconds;
    let sent: Vec<AtomicU64> = (0..messages).map(|_| AtomicU64::new(0)).collect();
    let (next, failed) = (AtomicU32::new(0), AtomicU32::new(0));
    let processor = cpu_seconds(&server)?;
    let begun = Instant::now();
    let mut latencies = vec![0_u64; STEPS];
    std::thread::scope(|scope| -> Result<(), String> {
        for _ in 0..SENDERS {
            scope.spawn(|| {
                if send(&server.authority, begun, &next, &sent).is_err() {
                    failed.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let mut told: u64 = 0;
        let all = u64::from(messages) * (count - stalled) as u64;
        let patience = Duration::from_secs(u64::from(seconds) + 20);
        while told < all && begun.elapsed() < patience {
            let each = |_: usize, number: u32| {
                let at = sent
                    .get(number as usize)
                    .map_or(0, |at| at.load(Ordering::Relaxed));
                let took = (begun.elapsed().as_micros() as u64).saturating_sub(at) / 100;
                latencies[usize::try_from(took).unwrap_or(STEPS).min(STEPS - 1)] += 1;
                told += 1;
            };
            readers.read(Duration::from_millis(50), each).map_err(say)?;
        }
        Ok(())
    })?;
    let took = begun.elapsed();
    let processor = cpu_seconds(&server)? - processor;
    if failed.load(Ordering::Relaxed) > 0 {
        return Err("a sender was not answered as it should be".to_owned());
    }

    let awake = &readers.all[stalled..];
    let whole = awake.iter().filter(|reader| {
        // Senders overtake each other; each message once is what counts.
        let mut numbers = reader.numbers.clone();
        numbers.sort_unstable();
        numbers.iter().copied().eq(0..messages) && reader.backwards == 0 && reader.resets == 0
    });
    let (whole, awake) = (whole.count(), awake.len());
    let told: u64 = latencies.iter().sum();
    println!(
        "{count} readers, {stalled} of them stalled, {RATE} messages a second for {seconds} s: all connected and told \
         within {:.1} s",
        connected.as_secs_f64()
    );
    println!("  each message once and in order   {whole:>8} of {awake} readers, {told} deliveries");
    println!(
        "  from sender to reader            {:>8.1} ms median, {:.1} ms 99th percentile (aim 250), {:.1} ms slowest",
        quantile(&latencies, 0.5),
        quantile(&latencies, 0.99),
        quantile(&latencies, 1.0)
    );
    println!(
        "  memory of the server             {idle:>8.1} KiB a reader (aim 20), {:.0} MiB in all afterwards",
        server.memory_mib()
    );
    println!(
        "  processor                        {:>8.2} of one core",
        processor / took.as_secs_f64()
    );
    if whole < awake {
        return Err(format!("{} readers did not see each message once", awake - whole));
    }
    server.stop()
}

/// Sends messages when they are due, until there are no more.
fn send(authority: &str, begun: Instant, next: &AtomicU32, sent: &[AtomicU64]) -> Result<(), String> {
    let mut connection = Connection::open(authority)?;
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let Some(at) = sent.get(number as usize) else {
            return Ok(());
        };
        let due = Duration::from_secs(1) * number / RATE;
        if let Some(wait) = due.checked_sub(begun.elapsed()) {
            std::thread::sleep(wait);
        }
        let slot = format!(
            "G{:02}{:02}{:02}.1",
            number / 240 % 99 + 1,
            number % 40 * 2 + 1,
            number / 40 % 6 + 1
        );
        let body = format!(
            r#"[{{"id":"{number}","source":"tos","at":"2024-03-01T08:00:00+08:00","node":"stack","container":"{}","slot":"{slot}"}}]"#,
            container(number)
        );
        at.store(begun.elapsed().as_micros() as u64, Ordering::Relaxed);
        let answer = connection.call("POST", "/api/v1/feeds/events", "", body.as_bytes())?;
        if answer.status != 200 {
            return Err(format!(
                "{}: {}",
                answer.status,
                String::from_utf8_lossy(&answer.body)
            ));
        }
    }
}

fn cpu_seconds(server: &Server) -> Result<f64, String> {
    let answer = Connection::open(&server.authority)?.call("GET", "/metrics", "", b"")?;
    let text = String::from_utf8_lossy(&answer.body);
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix("process_cpu_seconds_total "));
    value
        .and_then(|value| value.parse().ok())
        .ok_or_else(|| "the server does not tell its processor time".to_owned())
}

/// In milliseconds.
fn quantile(latencies: &[u64], share: f64) -> f64 {
    let all: u64 = latencies.iter().sum();
    let wanted = (all as f64 * share).ceil() as u64;
    let mut seen = 0;
    for (step, count) in latencies.iter().enumerate() {
        seen += count;
        if seen >= wanted.max(1) {
            return (step + 1) as f64 / 10.0;
        }
    }
    0.0
}
