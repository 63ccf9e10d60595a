//! What a browser that was never here downloads for each page, with brotli: documents, scripts, wasm, styles and words.
//! Answers of calls are told apart: they are as large as the port is.

use super::line;
use serde_json::Value;
use tests::browser::Browser;
use tests::pages::PAGES;
use tests::program::Server;

/// The paths that stand for all others: further states of a page load nothing more than the page.
fn is_of_its_own(address: &str) -> bool {
    !address.contains(['?', '{'])
}

const KB: f64 = 1_024.0;

/// Prints a line for each page, and for the files of the largest.
pub fn measure(server: &Server) -> Result<(), String> {
    let mut largest: (f64, Vec<(String, f64)>) = (0.0, Vec::new());
    for page in PAGES.iter().filter(|page| is_of_its_own(page.address)) {
        let browser = Browser::start();
        browser.open(&format!("http://{}{}?lang=en", server.authority(), page.address));
        browser.until_complete();
        let found = browser.run(
            "return performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))\
             .map(entry => [new URL(entry.name).pathname, entry.encodedBodySize, entry.decodedBodySize])",
        );
        let found = found.as_array().map(Vec::as_slice).unwrap_or_default();
        let sizes = |is_call: bool| -> Vec<(String, f64)> {
            let of = |entry: &Value| {
                let path = entry[0].as_str()?.to_owned();
                (path.starts_with("/api/") == is_call).then_some((path, entry[1].as_f64()?))
            };
            found.iter().filter_map(of).collect()
        };
        let sum = |sizes: &[(String, f64)]| sizes.iter().map(|(_, size)| size).sum::<f64>() / KB;
        let (own, calls) = (sizes(false), sizes(true));
        line(
            &format!("{:.1} KB", sum(&own)),
            "200 KB",
            &format!(
                "{} downloads on a cold load in {} files (250 fails the tests), and {:.1} KB of data",
                page.name,
                own.len(),
                sum(&calls)
            ),
        );
        if sum(&own) > largest.0 {
            largest = (sum(&own), own);
        }
    }
    let (_, mut files) = largest;
    files.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    for (path, size) in files {
        line(&format!("{:.1} KB", size / KB), "", &format!("of it {path}"));
    }
    Ok(())
}
