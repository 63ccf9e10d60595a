//! Whether the page has to be built again, told by the content of what it is made of. Times would be quicker to
//! look at, and wrong after a clone, a checkout or a restored cache.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::pack::hex;
use crate::error::Error;
use crate::project::Project;

/// Everything that can change the page.
const SOURCES: [&str; 9] = [
    "frontend",
    "shared",
    "style",
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    ".cargo/config.toml",
    "xtask/src/page",
];

/// One text that differs whenever the page could.
pub fn of_sources(project: &Project) -> Result<String, Error> {
    let mut digest = Sha256::new();
    for source in SOURCES {
        add(&mut digest, &project.path(source))?;
    }
    Ok(hex(&digest.finalize()))
}

fn add(digest: &mut Sha256, path: &Path) -> Result<(), Error> {
    if path.is_dir() {
        let entries = fs::read_dir(path).map_err(Error::file(path))?;
        let mut paths: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
        paths.sort();
        return paths.iter().try_for_each(|path| add(digest, path));
    }
    let content = fs::read(path).map_err(Error::file(path))?;
    digest.update(path.file_name().unwrap_or_default().as_encoded_bytes());
    digest.update(content.len().to_le_bytes());
    digest.update(content);
    Ok(())
}
