//! cargo-deny, which looks at licences, sources and advisories. Only tests need it.

use super::cargo_tool::CargoTool;
use crate::error::Error;
use crate::project::Project;

/// Installs it where it is missing.
pub fn install(project: &Project) -> Result<(), Error> {
    let takes = "some five minutes on two cores";
    CargoTool {
        package: "cargo-deny",
        program: "cargo-deny",
        version: "0.20.2",
        takes,
    }
    .install(project)
}
