//! Names the file through which the program includes the page (`src/embedded.rs`).
//!
//! `cargo xtask build` writes that file. Before it ever ran there is no page, and a stand-in that says so is
//! written here. This script does not watch the file: the compiler does, for the one crate that includes it, so
//! that a changed page costs the program's last step and not the whole server. (Should the file be removed by
//! hand, `cargo xtask build` brings it back.)

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    let package = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let root = Path::new(&package).parent().unwrap_or(Path::new(".."));
    let folder = root.join("target/page-packed");
    let file = folder.join("page.rs");
    if !file.exists() {
        fs::create_dir_all(&folder)?;
        fs::write(&file, "None\n")?;
    }
    println!("cargo:rustc-env=QUAYLIGHT_PAGE={}", file.display());
    Ok(())
}
