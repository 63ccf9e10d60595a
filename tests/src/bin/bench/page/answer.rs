//! How soon the page answers a person while a thousand changes a second come in.

use super::super::{Options, events};
use super::{line, quantile, watch};
use serde_json::Value;
use shared::time::Time;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tests::browser::Browser;
use tests::browser::keys::{DOWN, LEFT, RIGHT, TAB, UP};
use tests::http::Client;
use tests::messages::now;
use tests::program::Server;

/// Events in one message, and the time between two.
const BATCH: u64 = 100;
const BEAT: Duration = Duration::from_millis(100);
/// An interaction that the browser does not tell of took less than this; it rounds to eight milliseconds.
const UNTOLD: f64 = 16.0;

/// Sends at its pace until it is told to stop. Answers how many events a second that was.
struct Sender {
    stop: Arc<AtomicBool>,
    sent: Arc<AtomicU64>,
    begun: Instant,
    thread: thread::JoinHandle<()>,
}

impl Sender {
    fn start(server: &Server) -> Sender {
        let client = Client::new(server.authority());
        let (stop, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (stopped, counted) = (Arc::clone(&stop), Arc::clone(&sent));
        let begun = Instant::now();
        let Time(present) = now();
        // Each box comes a few hours before now; each batch brings the next step of a hundred of them.
        let course = events::Course {
            from: Time(present - 6 * 3_600_000),
            abreast: BATCH,
            step: 30 * 60_000,
        };
        let thread = thread::spawn(move || {
            for batch in 0.. {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let body = events::batch(batch * BATCH..(batch + 1) * BATCH, course);
                // A refusal shows in the count.
                let answer = client.call("POST", "/api/v1/feeds/events", &[], &body);
                if answer.is_ok_and(|answer| answer.status == 200) {
                    counted.fetch_add(BATCH, Ordering::Relaxed);
                }
                let due = BEAT * u32::try_from(batch + 1).unwrap_or(u32::MAX);
                thread::sleep(due.saturating_sub(begun.elapsed()));
            }
        });
        Sender {
            stop,
            sent,
            begun,
            thread,
        }
    }

    fn end(self) -> f64 {
        let pace = self.sent.load(Ordering::Relaxed) as f64 / self.begun.elapsed().as_secs_f64();
        self.stop.store(true, Ordering::Relaxed);
        // A sender that died has sent less, and that is printed.
        let _ = self.thread.join();
        pace
    }
}

/// Does what people do on some pages, and prints how long each took to show.
pub fn measure(server: &Server, options: &Options) {
    let rounds = if options.quick { 1 } else { 4 };
    let sender = Sender::start(server);
    for (name, path) in [("yard", "/yard"), ("alarms", "/alarms"), ("overview", "/")] {
        let browser = Browser::start();
        watch(&browser);
        browser.open(&format!("http://{}{path}?lang=en", server.authority()));
        browser.until_complete();
        browser.run("course.from = performance.now(); course.events.length = 0");
        let mut done = 0;
        for _ in 0..rounds {
            done += match name {
                "yard" => on_the_yard(&browser),
                "alarms" => on_the_alarms(&browser),
                _ => through_the_bar(&browser),
            };
        }
        let found = browser.run("return course.events");
        let mut slowest: BTreeMap<u64, (f64, String)> = BTreeMap::new();
        for event in found.as_array().into_iter().flatten() {
            let (Some(id), Some(took)) = (event[0].as_u64(), event[1].as_f64()) else {
                continue;
            };
            let kept = slowest.entry(id).or_default();
            if took > kept.0 {
                *kept = (took, event[2].as_str().unwrap_or_default().to_owned());
            }
        }
        let mut took: Vec<f64> = slowest.values().map(|(took, _)| *took).collect();
        took.resize(took.len().max(done), UNTOLD);
        let slowest = slowest
            .into_values()
            .max_by(|one, other| one.0.total_cmp(&other.0));
        let (most, what) = slowest.unwrap_or((UNTOLD, "none".to_owned()));
        line(
            &format!("{:.0} ms", quantile(&mut took, 0.98)),
            "100 ms",
            &format!(
                "{name}: 98 of 100 of {} interactions to the next paint while changes come in (slowest {most:.0} ms: {what})",
                took.len()
            ),
        );
        let long =
            browser.run("return course.long.filter(([at]) => at > course.from).map(([, took]) => took)");
        let mut long: Vec<f64> = long
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_f64)
            .collect();
        line(
            &long.len().to_string(),
            "0",
            &format!(
                "{name}: tasks over 50 ms meanwhile (longest {:.0} ms)",
                quantile(&mut long, 1.0)
            ),
        );
        let shift = browser.run("return course.shift").as_f64().unwrap_or_default();
        line(
            &format!("{shift:.3}"),
            "0.02",
            &format!("{name}: layout shift meanwhile"),
        );
    }
    line(
        &format!("{:.0}", sender.end()),
        "1000",
        "events a second came in meanwhile",
    );
}

/// Clicks on something if it is there; answers whether it was.
fn click(browser: &Browser, selector: &str, index: usize) -> usize {
    let place = browser.run_with(
        "const found = [...document.querySelectorAll(arguments[0])].filter(one => one.checkVisibility())[arguments[1]];
         if (!found) return null;
         found.scrollIntoView({block: 'center'});
         const box = found.getBoundingClientRect();
         return [box.left + box.width / 2, box.top + box.height / 2]",
        &[selector.into(), index.into()],
    );
    match (place[0].as_f64(), place[1].as_f64()) {
        (Some(x), Some(y)) => {
            browser.click_at(x, y);
            1
        }
        _ => 0,
    }
}

fn on_the_yard(browser: &Browser) -> usize {
    let mut done = 0;
    for what in [
        "[data-do=nearer]",
        "[data-do=nearer]",
        "[data-do=farther]",
        ".map-above",
        ".map-above",
    ] {
        done += click(browser, what, 0);
    }
    let keys = ['+', LEFT, RIGHT, UP, DOWN, '-', '0'];
    browser.run("document.querySelector('.map-above').focus()");
    browser.press(&keys);
    done + keys.len()
}

fn on_the_alarms(browser: &Browser) -> usize {
    let mut done = 0;
    for index in [1, 0, 2, 0] {
        done += click(browser, ".alarm-filters a.chip", index);
    }
    done += click(browser, "tr[data-alarm] [data-pick=one]", 0);
    done += click(browser, "tr[data-alarm] [data-pick=one]", 0);
    let keys = ['j', 'j', 'k', TAB, TAB];
    browser.press(&keys);
    done + keys.len()
}

fn through_the_bar(browser: &Browser) -> usize {
    (0..6)
        .map(|index| click(browser, ".bar nav a", index))
        .sum::<usize>()
        + click(browser, ".bar nav a", 0)
}
