//! The standard library for `wasm32-unknown-unknown`, in whichever of three ways works on this machine:
//!
//! 1. it is there, or rustup can download it;
//! 2. Debian's `rustc-web` and `rust-web-src` build it, for the page only; all else goes on with rustup's;
//! 3. a person has to bring one of the two, and is told so.
//!
//! A `rust-toolchain.toml` that named the target would make every call of cargo fail where rustup can't download.
//! `QUAYLIGHT_WASM_STD=debian` takes the second way even where the first works, to try it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{apt, say};
use crate::command;
use crate::error::Error;
use crate::project::Project;

/// What the page is compiled for.
pub const TARGET: &str = "wasm32-unknown-unknown";
/// What cutting the page into parts needs (`page/split.rs`): names that say what a function was made for, and no function
/// that stands for another which only happens to be alike. (`wasm-opt` makes one of those within each part.)
const PARTED: [&str; 2] = ["-Csymbol-mangling-version=v0", "-Zmerge-functions=disabled"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_PACKAGES: [&str; 2] = ["rustc-web", "rust-web-src"];

/// Where the page's standard library comes from.
pub enum WasmStd {
    /// The compiler that builds everything has it.
    Installed,
    /// Debian's compiler builds it from source; the linker is that of the compiler that builds everything else.
    Debian {
        /// Where that linker is.
        linker: PathBuf,
    },
}

impl WasmStd {
    /// Prepares a call of cargo, or of Trunk, that builds for wasm.
    pub fn prepare(&self, project: &Project, command: &mut Command) {
        // What someone has set for native code (a linker, a processor) breaks a build for wasm.
        for flags in [
            "RUSTFLAGS",
            "CARGO_ENCODED_RUSTFLAGS",
            "CARGO_BUILD_RUSTFLAGS",
            "CARGO_BUILD_TARGET",
        ] {
            command.env_remove(flags);
        }
        // The page goes out to everyone; where it was built stays here. It also makes it the same everywhere.
        // (Added to the flags in .cargo/config.toml.)
        // Short names: each place that may panic carries one. Of several that fit, the last counts.
        let places = [(cargo_home(), "crates"), (Some(project.root().to_owned()), ".")];
        let registries = cargo_home().and_then(|home| std::fs::read_dir(home.join("registry/src")).ok());
        let registries = registries.into_iter().flatten().filter_map(Result::ok);
        let remaps = places
            .into_iter()
            .filter_map(|(place, name)| Some((place?, name)))
            .chain(registries.map(|registry| (registry.path(), "c")));
        let remaps = remaps.map(|(place, name)| format!("--remap-path-prefix={}={name}", place.display()));
        let remaps = remaps.filter(|flag| !flag.contains(' '));
        let flags: Vec<_> = PARTED
            .iter()
            .map(|flag| (*flag).to_owned())
            .chain(remaps)
            .collect();
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags.join(" "));
        // For the second of them, which has no other name yet.
        command.env("RUSTC_BOOTSTRAP", "1");
        if let Self::Debian { linker } = self {
            command.env("RUSTC", DEBIAN_RUSTC);
            command.env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort");
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
    }
}

/// Where cargo keeps the crates it has downloaded.
fn cargo_home() -> Option<PathBuf> {
    let named = env::var_os("CARGO_HOME").map(PathBuf::from);
    named.or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")))
}

/// Finds a way, and installs what it needs.
pub fn install(_project: &Project) -> Result<WasmStd, Error> {
    let compiler = env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from);
    let sysroot = sysroot(&compiler)?;
    let forced = env::var_os("QUAYLIGHT_WASM_STD").is_some_and(|way| way == "debian");
    if !forced {
        if has_target(&sysroot) {
            return Ok(WasmStd::Installed);
        }
        say(TARGET, "asking rustup for it");
        let (content, answer) = command::probe(command::clean("rustup").args(["target", "add", TARGET]));
        if content && has_target(&sysroot) {
            return Ok(WasmStd::Installed);
        }
        let reason = answer
            .lines()
            .rfind(|line| !line.trim().is_empty())
            .unwrap_or("no rustup")
            .to_owned();
        say(
            TARGET,
            &format!("rustup could not bring it ({reason}); trying Debian's compiler"),
        );
    }
    if !debian_is_there() {
        apt::install(TARGET, &DEBIAN_PACKAGES).map_err(|_| neither())?;
    }
    if !debian_is_there() {
        return Err(neither());
    }
    let linker = linker(&compiler, &sysroot)?;
    Ok(WasmStd::Debian { linker })
}

fn neither() -> Error {
    Error::Missing(format!(
        "the page needs Rust's standard library for {TARGET}. Either let rustup download it (`rustup target add \
         {TARGET}`), or on Debian install `apt-get install {}` as root; then call this command again",
        DEBIAN_PACKAGES.join(" ")
    ))
}

fn sysroot(compiler: &Path) -> Result<PathBuf, Error> {
    command::read(command::clean(compiler).args(["--print", "sysroot"])).map(PathBuf::from)
}

fn has_target(sysroot: &Path) -> bool {
    let libraries = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    libraries.read_dir().is_ok_and(|mut files| files.next().is_some())
}

/// Debian has two Rusts: the one of the release, long too old, and the one that builds its browsers. Only the
/// second comes with its source where cargo looks for it.
fn debian_is_there() -> bool {
    DEBIAN_PACKAGES.iter().all(|package| {
        let (content, answer) = command::probe(command::clean("dpkg-query").args([
            "--show",
            "--showformat=${db:Status-Status}",
            package,
        ]));
        content && answer.trim() == "installed"
    }) && Path::new(DEBIAN_RUSTC).exists()
}

/// The linker for wasm that comes with the compiler, in the folder of the machine's own target.
fn linker(compiler: &Path, sysroot: &Path) -> Result<PathBuf, Error> {
    let answer = command::read(command::clean(compiler).arg("-vV"))?;
    let host = answer
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap_or("x86_64-unknown-linux-gnu");
    let linker = sysroot.join("lib/rustlib").join(host).join("bin/rust-lld");
    if linker.exists() {
        Ok(linker)
    } else {
        Err(neither())
    }
}
