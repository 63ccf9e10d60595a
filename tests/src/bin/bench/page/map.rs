//! How fast the map is drawn, and how smoothly it follows a pointer.

use super::super::Options;
use super::{line, quantile};
use serde_json::Value;
use tests::browser::Browser;
use tests::program::Server;

/// Prints what drawing takes by itself, and what frames a person sees who moves the map.
pub fn measure(server: &Server, options: &Options) -> Result<(), String> {
    let browser = Browser::start();
    browser.open(&format!("http://{}/yard?measure=1&lang=en", server.authority()));
    let drawn = browser.until(
        "drawing to be measured",
        "return window.__quaylight_measure ?? null",
    );
    let of = |part: &str, what: &str| drawn[part][what].as_f64().unwrap_or_default();
    for (part, what) in [("full", "all of it"), ("changed", "1,000 changes in it")] {
        line(
            &format!("{:.1} ms", of(part, "p95_ms")),
            "16.7 ms",
            &format!(
                "drawing {} slots, {what}: 95 of 100 (median {:.1} ms)",
                drawn["slots"],
                of(part, "median_ms")
            ),
        );
    }

    browser.open(&format!("http://{}/yard?lang=en", server.authority()));
    browser.until_complete();
    let place = browser.run(
        "document.querySelector('[data-do=nearer]').click();
         const map = document.querySelector('.map-above').getBoundingClientRect();
         return [map.left + map.width / 2, Math.min(map.top + map.height, innerHeight) / 2 + map.top / 2, map.width / 4]",
    );
    let at = |index: usize| place[index].as_f64().unwrap_or_default();
    let (x, y, far) = (at(0), at(1), at(2));
    let rounds = if options.quick { 1 } else { 4 };
    browser.run(
        "window.frames_ = []; let last = 0;
         const frame = now => { if (last) frames_.push(now - last); last = now; window.counting = requestAnimationFrame(frame) };
         window.counting = requestAnimationFrame(frame)",
    );
    for _ in 0..rounds {
        browser.drag(&[(x, y), (x + far, y + 20.0), (x - far, y - 20.0), (x, y)], 700);
    }
    let frames = browser.run("cancelAnimationFrame(counting); return frames_");
    let mut frames: Vec<f64> = frames
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_f64)
        .collect();
    if frames.is_empty() {
        return Err("the browser drew no frame while the map was moved".to_owned());
    }
    let mean = frames.iter().sum::<f64>() / frames.len() as f64;
    line(
        &format!("{:.1}", 1_000.0 / mean),
        "60",
        &format!(
            "frames a second while the map is moved (95 of 100 within {:.1} ms, slowest {:.1} ms)",
            quantile(&mut frames, 0.95),
            quantile(&mut frames, 1.0)
        ),
    );
    Ok(())
}
