//! `quaylight import`: its options.

use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// The options of `quaylight import`.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct Import {
    /// Write into the journal of this directory, which no server has open [default: data]
    #[arg(long, value_name = "DIR", conflicts_with = "url")]
    pub data: Option<PathBuf>,
    /// Post to this server
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// A file with the key of a sender, for a server with accounts [default: what QUAYLIGHT_KEY holds]
    #[arg(long, value_name = "FILE", requires = "url")]
    pub key_file: Option<PathBuf>,
    /// What the files hold
    #[arg(long, value_enum)]
    pub format: Format,
    /// The files; - is standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Native events: a JSON array, or one JSON object a line
    Events,
    /// DCSA Track & Trace in any of its three shapes
    Dcsa,
    /// EDIFACT interchanges
    Edifact,
}

/// Where an import goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// Into the journal of a directory.
    Data(&'a Path),
    /// To a server.
    Url(&'a str),
}

impl Import {
    /// Where it goes.
    pub fn target(&self) -> Target<'_> {
        match (&self.url, &self.data) {
            (Some(url), _) => Target::Url(url),
            (None, Some(data)) => Target::Data(data),
            (None, None) => Target::Data(Path::new(super::DATA)),
        }
    }
}

/// Whether a file name means standard input.
pub fn is_standard_input(file: &Path) -> bool {
    file == Path::new("-")
}
