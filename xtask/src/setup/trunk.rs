//! Trunk, which builds the page. 0.21.14 is the last that compiles with the compiler we ask for.

use super::cargo_tool::CargoTool;
use crate::error::Error;
use crate::project::Project;

/// Installs it where it is missing.
pub fn install(project: &Project) -> Result<(), Error> {
    let takes = "some five minutes on two cores";
    CargoTool {
        package: "trunk",
        program: "trunk",
        version: "0.21.14",
        takes,
    }
    .install(project)
}
