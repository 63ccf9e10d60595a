//! Pictures side by side with their names, composed by the browser that took them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use tests::browser::Browser;

use crate::take::Size;

/// How wide a sheet is.
const WIDTH: u32 = 2_000;
/// How wide a picture may be on it, at most.
const COLUMN: u32 = 480;

/// Writes a sheet beside the folder of its pictures, as a document and as a picture. Answers where the picture is.
pub fn compose(
    browser: &Browser,
    folder: &Path,
    size: Size,
    taken: &[(String, PathBuf)],
) -> Result<PathBuf, String> {
    // A phone is narrow on a sheet, too.
    let column = COLUMN.min(size.width * 2 / 3);
    let mut html = format!(
        "<!doctype html><meta charset=\"utf-8\"><style>body{{margin:8px;font:13px system-ui;background:#888;display:grid;\
         gap:8px;grid-template-columns:repeat(auto-fill,{column}px);align-items:start}}figure{{margin:0}}\
         img{{width:{column}px;display:block}}figcaption{{background:#222;color:#fff;padding:2px 6px}}</style>"
    );
    for (name, file) in taken {
        // Names of pages and files are ours, and have nothing in them that HTML reads.
        let _ = write!(
            html,
            "<figure><figcaption>{name}</figcaption><img src=\"file://{}\"></figure>",
            absolute(file)?.display()
        );
    }
    let document = folder.with_extension("html");
    fs::write(&document, html).map_err(|error| format!("{}: {error}", document.display()))?;
    browser.resize(WIDTH, 1_000);
    browser.open(&format!("file://{}", absolute(&document)?.display()));
    let length = browser.until(
        "the pictures of the sheet",
        "const all = [...document.images]; \
         return all.every(one => one.complete && one.naturalWidth > 0) && document.documentElement.scrollHeight",
    );
    let length = length.as_u64().and_then(|length| u32::try_from(length).ok());
    browser.resize(WIDTH, length.unwrap_or(1_000));
    let file = folder.with_extension("png");
    fs::write(&file, browser.picture()).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(file)
}

fn absolute(file: &Path) -> Result<PathBuf, String> {
    fs::canonicalize(file).map_err(|error| format!("{}: {error}", file.display()))
}
