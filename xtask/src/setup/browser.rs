//! Chromium, its driver and a font with Chinese characters, for the tests that look at the page.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use super::apt;
use crate::command;
use crate::error::Error;
use crate::project::Project;

/// Where the browser is.
pub struct Browser {
    chromium: PathBuf,
    driver: PathBuf,
}

impl Browser {
    /// Tells a test where.
    pub fn tell(&self, command: &mut Command) {
        command
            .env("CHROMIUM", &self.chromium)
            .env("CHROMEDRIVER", &self.driver);
    }
}

/// Installs what is missing.
pub fn install(project: &Project) -> Result<Browser, Error> {
    let mut missing = Vec::new();
    if chromium(project).is_none() {
        missing.push("chromium");
    }
    if driver(project).is_none() {
        missing.push("chromium-driver");
    }
    if !has_chinese_font() {
        missing.extend(["fontconfig", "fonts-noto-cjk"]);
    }
    if !missing.is_empty() {
        apt::install("browser for the tests", &missing)?;
    }
    match (chromium(project), driver(project)) {
        (Some(chromium), Some(driver)) => Ok(Browser { chromium, driver }),
        _ => Err(Error::Missing(
            "Chromium and chromedriver are not on the PATH; install them, or set CHROMIUM and CHROMEDRIVER to where \
             they are"
                .to_owned(),
        )),
    }
}

fn chromium(project: &Project) -> Option<PathBuf> {
    find(
        project,
        "CHROMIUM",
        &["chromium", "chromium-browser", "google-chrome"],
    )
}

fn driver(project: &Project) -> Option<PathBuf> {
    find(project, "CHROMEDRIVER", &["chromedriver"])
}

/// What the environment names counts before what is found.
fn find(project: &Project, variable: &str, names: &[&str]) -> Option<PathBuf> {
    let named = env::var_os(variable)
        .map(PathBuf::from)
        .filter(|file| file.is_file());
    named.or_else(|| names.iter().find_map(|name| project.find_program(name)))
}

fn has_chinese_font() -> bool {
    let (content, answer) = command::probe(command::clean("fc-list").arg(":lang=zh-cn"));
    content && !answer.trim().is_empty()
}
