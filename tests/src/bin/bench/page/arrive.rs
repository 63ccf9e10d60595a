//! How soon a browser that was never here shows live data, and how calmly.

use super::super::Options;
use super::{line, quantile, watch};
use tests::browser::Browser;
use tests::pages::COMPLETE;
use tests::program::Server;

const PAGES: [(&str, &str); 3] = [("overview", "/"), ("yard", "/yard"), ("alarms", "/alarms")];

/// Opens each page in several new browsers, and prints the medians.
pub fn measure(server: &Server, options: &Options) {
    let rounds = if options.quick { 1 } else { 5 };
    for (name, path) in PAGES {
        let [mut shown, mut paint, mut shift, mut long] = [(); 4].map(|()| Vec::new());
        for _ in 0..rounds {
            // A new one has nothing in its caches.
            let browser = Browser::start();
            watch(&browser);
            // Looked at before each frame; what is complete then is on the screen with that frame.
            browser.run_in_every_page(&format!(
                "const isComplete = () => {{ {COMPLETE} }};
                 const look = () => {{
                     if (document.querySelector('[data-connection=live]') && isComplete())
                         requestAnimationFrame(() => {{ window.shownAt = performance.now() }});
                     else requestAnimationFrame(look);
                 }};
                 document.addEventListener('DOMContentLoaded', look);"
            ));
            browser.open(&format!("http://{}{path}?lang=en", server.authority()));
            shown.push(number(
                &browser,
                "the page to show live data",
                "return window.shownAt ?? null",
            ));
            paint.push(number(
                &browser,
                "the largest paint",
                "return course.paint || null",
            ));
            // What moves or blocks does so within the first seconds, or when changes come.
            browser.until("five seconds to pass", "return performance.now() > 5000");
            shift.push(number(&browser, "shifts", "return course.shift"));
            long.push(number(
                &browser,
                "long tasks",
                "return course.long.filter(([at]) => at > window.shownAt).length",
            ));
        }
        line(
            &format!("{:.0} ms", quantile(&mut shown, 0.5)),
            "1000 ms",
            &format!(
                "{name}: live data on the screen after the address was opened (slowest {:.0} ms)",
                quantile(&mut shown, 1.0)
            ),
        );
        line(
            &format!("{:.0} ms", quantile(&mut paint, 0.5)),
            "1200 ms",
            &format!("{name}: largest contentful paint"),
        );
        line(
            &format!("{:.3}", quantile(&mut shift, 1.0)),
            "0.02",
            &format!("{name}: layout shift in five seconds, at most"),
        );
        line(
            &format!("{:.0}", quantile(&mut long, 1.0)),
            "0",
            &format!("{name}: tasks over 50 ms after it was there, in five seconds, at most"),
        );
    }
}

fn number(browser: &Browser, what: &str, script: &str) -> f64 {
    browser.until(what, script).as_f64().unwrap_or_default()
}
