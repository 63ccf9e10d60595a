//! What can go wrong in a command, each said so that a person knows what to do.

use std::io;
use std::path::{Path, PathBuf};

/// Why a command stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A program is not there at all.
    #[error("`{program}` could not be started ({source}); is it installed and on the PATH?")]
    Start {
        /// What was called.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// A program ran and said no; its own words stand above.
    #[error("`{command}` failed ({status}); its own message stands above")]
    Failed {
        /// The command line.
        command: String,
        /// How it ended.
        status: String,
    },
    /// A file or folder could not be used.
    #[error("{path}: {source}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something is missing that only a person can bring.
    #[error("{0}")]
    Missing(String),
    /// A call to our own server failed.
    #[error("{url}: {source}")]
    Call {
        /// What was called.
        url: String,
        /// What went wrong.
        source: Box<ureq::Error>,
    },
    /// Our own server did not come up.
    #[error("the server was not ready after {seconds} s; its own messages stand above")]
    NotReady {
        /// How long was waited.
        seconds: u64,
    },
    /// The page has grown over its limit.
    #[error("the page is {bytes} bytes with brotli, more than the {limit} it may have")]
    TooLarge {
        /// What it is.
        bytes: usize,
        /// What it may be.
        limit: usize,
    },
    /// Something is not as it has to be.
    #[error("{0}")]
    Wrong(String),
}

impl Error {
    /// For `map_err` on calls that have to do with one file or folder.
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File {
            path: path.to_owned(),
            source,
        }
    }
}
