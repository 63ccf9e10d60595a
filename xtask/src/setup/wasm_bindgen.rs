//! wasm-bindgen's command line tool, which writes the script beside the wasm. It refuses to work unless it is
//! of the very version that the code was compiled against, so that version is read from `Cargo.lock`.

use std::fs;

use super::cargo_tool::CargoTool;
use crate::error::Error;
use crate::project::Project;

/// Installs it where it is missing.
pub fn install(project: &Project) -> Result<(), Error> {
    let file = project.path("Cargo.lock");
    let lock = fs::read_to_string(&file).map_err(Error::file(&file))?;
    let version = locked(&lock, "wasm-bindgen").ok_or_else(|| {
        Error::Wrong("Cargo.lock has no wasm-bindgen; does frontend/ still use it?".to_owned())
    })?;
    let takes = "some three minutes on two cores";
    CargoTool {
        package: "wasm-bindgen-cli",
        program: "wasm-bindgen",
        version,
        takes,
    }
    .install(project)
}

/// The version of a package in a lock file.
fn locked<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::locked;

    #[test]
    fn the_version_of_exactly_that_package_is_found() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.79\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.129\"\n";
        assert_eq!(locked(lock, "wasm-bindgen"), Some("0.2.129"));
        assert_eq!(locked(lock, "wasm"), None);
    }
}
