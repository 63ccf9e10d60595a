//! Builds the page: Trunk makes it, we compress it, and leave it where the server's build picks it up.

mod load;
mod module;
mod names;
mod order;
mod pack;
mod parts;
mod policy;
mod split;
mod stamp;
mod stops;
mod trim;
mod words;

use std::fs;

use crate::command;
use crate::error::Error;
use crate::project::Project;
use crate::setup::wasm_target::WasmStd;

pub use pack::packed_files;
pub use parts::{NEEDS, part_of};
pub use words::are_words;

/// Builds the page unless nothing that it is made of has changed.
pub fn build(project: &Project, wasm: &WasmStd) -> Result<(), Error> {
    let stamp = stamp::of_sources(project)?;
    let stamp_file = project.path("target/page.stamp");
    let built = pack::index_file(project).exists() && project.page().join("index.html").exists();
    if built && fs::read_to_string(&stamp_file).is_ok_and(|last| last == stamp) {
        println!("page: nothing changed");
        return Ok(());
    }
    println!("page: trunk build");
    command::run(&mut trunk(project, wasm))?;
    words::name(project)?;
    println!("page: trimming");
    trim::trim(project)?;
    println!("page: compressing");
    pack::pack(project)?;
    // Last, so that whatever fails above is tried again.
    fs::write(&stamp_file, stamp).map_err(Error::file(&stamp_file))
}

fn trunk(project: &Project, wasm: &WasmStd) -> std::process::Command {
    let program = project.find_program("trunk").unwrap_or_else(|| "trunk".into());
    let mut trunk = command::clean(program);
    trunk.current_dir(project.root());
    // Offline: it takes the tools that set-up has put on the PATH and never downloads others.
    trunk.args([
        "build",
        "--config",
        "Trunk.toml",
        "--offline",
        "--skip-version-check",
        "--log",
        "warn",
    ]);
    trunk.env("PATH", project.search_path());
    // A folder of its own: a build for the browser and one for the server never wait for each other's lock.
    trunk.env("CARGO_TARGET_DIR", project.path("target/client"));
    // Trunk reads `NO_COLOR=1`, as everyone sets it, as a wrong value and stops.
    trunk.env_remove("NO_COLOR");
    // What it says is enough; sixty lines of its own calls below hide it.
    trunk.env("RUST_BACKTRACE", "0");
    wasm.prepare(project, &mut trunk);
    trunk
}
