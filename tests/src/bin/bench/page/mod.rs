//! The page in a real browser: what it downloads, how soon it shows live data, how soon it answers while much comes in,
//! and how smoothly the map moves.

mod answer;
mod arrive;
mod download;
mod map;

use super::Options;
use tests::browser::Browser;
use tests::program::Server;
use tests::wait::until_within;

/// Runs all of it.
pub fn bench(options: &Options) -> Result<(), String> {
    let server = port();
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!(
        "load of the machine: {}",
        load.split(' ').next().unwrap_or_default()
    );
    println!("{:>12} {:>10}", "measured", "aim");
    download::measure(&server)?;
    arrive::measure(&server, options);
    map::measure(&server, options)?;
    answer::measure(&server, options);
    Ok(())
}

/// A simulated port that runs, with two days behind it.
fn port() -> Server {
    let server = Server::with_arguments(&["--demo", "--demo-days", "2"]);
    until_within(1_200, "the simulated port to run live", || {
        let sites = server.value("/api/v1/sites");
        let history = sites["items"][0]["history"].as_f64();
        history.is_none_or(|done| done >= 1.0).then_some(())
    });
    server
}

/// One line of the table.
fn line(measured: &str, aim: &str, what: &str) {
    println!("{measured:>12} {aim:>10}  {what}");
}

/// The value below which so large a share of them lies.
fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    let at = (last as f64 * share).ceil() as usize;
    values.get(at).copied().unwrap_or(0.0)
}

/// Notes from the beginning of every page what the browser tells of its course.
fn watch(browser: &Browser) {
    browser.run_in_every_page(
        "window.course = {paint: 0, shift: 0, long: [], events: []};
         const look = (type, take, more) => new PerformanceObserver(list => list.getEntries().forEach(take))
             .observe({type, buffered: true, ...more});
         look('largest-contentful-paint', entry => { course.paint = entry.startTime });
         look('layout-shift', entry => { if (!entry.hadRecentInput) course.shift += entry.value });
         look('longtask', entry => course.long.push([entry.startTime, entry.duration]));
         look('event', entry => { if (entry.interactionId) course.events.push([entry.interactionId, entry.duration, entry.name]) },
             {durationThreshold: 16});",
    );
}
