//! `cargo xtask pictures`: every page as a person sees it, in three sizes, both looks and both languages, each by itself
//! and side by side on sheets; cut off from the server and without data, too.
//!
//! The simulated port is always the same and stands still, so that a picture changes when the page does. Only what the
//! clock of this machine tells (since when a page is cut off) differs from run to run.

#![allow(clippy::print_stdout, reason = "a command speaks to the person who typed it")]

mod sheet;
mod small;
mod stage;
mod take;

use std::fs;
use std::path::{Path, PathBuf};
use tests::browser::Browser;

use crate::stage::Stage;
use crate::take::{LANGUAGES, SIZES, Size, THEMES, View, views};

/// What was asked for; of what is not named, all is.
#[derive(Default)]
struct Options {
    pages: Vec<String>,
    sizes: Vec<String>,
    themes: Vec<String>,
    languages: Vec<String>,
    /// The whole length of each page, not only what the window shows.
    whole: bool,
    /// Only the pictures of the README.
    readme: bool,
}

impl Options {
    fn read(arguments: impl Iterator<Item = String>) -> Result<Options, String> {
        let mut options = Options::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let list = match argument.as_str() {
                "--whole" => {
                    options.whole = true;
                    continue;
                }
                "--readme" => {
                    options.readme = true;
                    continue;
                }
                "--page" => &mut options.pages,
                "--size" => &mut options.sizes,
                "--theme" => &mut options.themes,
                "--language" => &mut options.languages,
                other => return Err(format!("{other} is no option; {}", usage())),
            };
            let value = arguments
                .next()
                .ok_or_else(|| format!("{argument} needs a value; {}", usage()))?;
            list.push(value);
        }
        Ok(options)
    }
}

fn usage() -> String {
    let sizes: Vec<&str> = SIZES.iter().map(|size| size.name).collect();
    let pages: Vec<&str> = views().iter().map(|view| view.name).collect();
    format!(
        "there are --whole, --readme, --size {}, --theme {}, --language {}, --page with one of {}",
        sizes.join("|"),
        THEMES.join("|"),
        LANGUAGES.join("|"),
        pages.join(", ")
    )
}

/// Whether something is among what was named, or nothing was.
fn has(named: &[String], one: &str) -> bool {
    named.is_empty() || named.iter().any(|name| name == one)
}

fn main() -> Result<(), String> {
    let options = Options::read(std::env::args().skip(1))?;
    let known = views();
    if let Some(stranger) = options
        .pages
        .iter()
        .find(|name| !known.iter().any(|view| view.name == **name))
    {
        return Err(format!("{stranger} is no page; {}", usage()));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = root.join("target/pictures");
    let stage = Stage::set(&root.join("target/pictures-port"));
    let browser = Browser::start();
    if options.readme {
        return small::readme(&browser, &stage, &root.join("docs/pictures"));
    }
    let wanted: Vec<View> = known
        .into_iter()
        .filter(|view| has(&options.pages, view.name))
        .collect();
    for size in SIZES.iter().filter(|size| has(&options.sizes, size.name)) {
        for theme in THEMES.iter().filter(|theme| has(&options.themes, theme)) {
            for language in LANGUAGES
                .iter()
                .filter(|language| has(&options.languages, language))
            {
                let folder = target.join(format!("{}-{theme}-{language}", size.name));
                fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
                let taken = all(
                    &browser, &stage, &wanted, *size, theme, language, &options, &folder,
                )?;
                let sheet = sheet::compose(&browser, &folder, *size, &taken)?;
                println!("{}", sheet.display());
            }
        }
    }
    Ok(())
}

/// Every view in one size, look and language; the names and files.
#[allow(
    clippy::too_many_arguments,
    reason = "they are the ways in which pictures differ"
)]
fn all(
    browser: &Browser,
    stage: &Stage,
    views: &[View],
    size: Size,
    theme: &str,
    language: &str,
    options: &Options,
    folder: &Path,
) -> Result<Vec<(String, PathBuf)>, String> {
    let mut taken = Vec::new();
    for view in views {
        let picture = take::take(browser, stage, view, size, theme, language, options.whole);
        let file = folder.join(format!("{}.png", view.name));
        fs::write(&file, picture).map_err(|error| format!("{}: {error}", file.display()))?;
        taken.push((view.name.to_owned(), file));
    }
    Ok(taken)
}
