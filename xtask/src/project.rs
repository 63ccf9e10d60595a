//! Where things are.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command;
use crate::error::Error;

/// The checkout this command works on.
pub struct Project {
    root: PathBuf,
    target: PathBuf,
}

impl Project {
    /// Finds the checkout, and the folder that cargo builds into.
    pub fn find() -> Result<Self, Error> {
        // Cargo says at run time where the package is; a path compiled in would be wrong after a move.
        let root = match env::var_os("CARGO_MANIFEST_DIR") {
            Some(package) => PathBuf::from(package)
                .parent()
                .map(Path::to_owned)
                .unwrap_or_default(),
            None => env::current_dir().map_err(Error::file(Path::new(".")))?,
        };
        if !root.join("Trunk.toml").exists() {
            return Err(Error::Missing(
                "this is not the project's checkout; call `cargo xtask` from inside it".to_owned(),
            ));
        }
        let target = target_folder(&root)?;
        Ok(Self { root, target })
    }

    /// The top of the checkout.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path below the top of the checkout.
    pub fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// The folder that native builds go to: `target`, or what the outside has chosen.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// The folder that the page is built and packed in. It stays in the checkout whatever cargo's own folder
    /// is, because the server's build looks for it there.
    pub fn page(&self) -> PathBuf {
        self.path("target/page")
    }

    /// The folder of our own tools.
    pub fn tools(&self) -> PathBuf {
        self.path(".tools")
    }

    /// The program, where everyone expects it.
    pub fn binary(&self) -> PathBuf {
        self.path("target/release/quaylight")
    }

    /// The PATH with our own tools first.
    pub fn search_path(&self) -> OsString {
        let ours = [
            self.tools().join("bin"),
            self.tools().join("binaryen/node_modules/.bin"),
        ];
        let others = env::var_os("PATH").unwrap_or_default();
        let all = ours.into_iter().chain(env::split_paths(&others));
        env::join_paths(all).unwrap_or(others)
    }

    /// Finds a program, ours first.
    pub fn find_program(&self, name: &str) -> Option<PathBuf> {
        env::split_paths(&self.search_path())
            .map(|folder| folder.join(name))
            .find(|file| file.is_file())
    }

    /// Cargo, at the top of the checkout, building into the one folder.
    pub fn cargo(&self) -> Command {
        let mut cargo = command::clean(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target);
        // Set from outside, it would move the program to a folder of the target's name.
        cargo.env_remove("CARGO_BUILD_TARGET");
        cargo
    }
}

/// Asks cargo, since the folder can be set in the environment and in several files.
fn target_folder(root: &Path) -> Result<PathBuf, Error> {
    let mut cargo = command::clean(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args([
        "metadata",
        "--no-deps",
        "--format-version",
        "1",
        "--manifest-path",
    ]);
    cargo.arg(root.join("Cargo.toml"));
    let answer = command::read(&mut cargo)?;
    let metadata: serde_json::Value = serde_json::from_str(&answer)
        .map_err(|error| Error::Wrong(format!("cargo metadata said something unexpected: {error}")))?;
    Ok(metadata["target_directory"]
        .as_str()
        .map_or_else(|| root.join("target"), PathBuf::from))
}
