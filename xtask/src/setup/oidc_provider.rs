//! oidc-provider, an identity provider, from npm. Only tests need it: they sign in at a real one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::npm;
use crate::error::Error;
use crate::project::Project;

const VERSION: &str = "9.13.3";

/// Where the identity provider is.
pub struct OidcProvider {
    folder: PathBuf,
}

impl OidcProvider {
    /// Tells a test where.
    pub fn tell(&self, command: &mut Command) {
        command.env("OIDC_PROVIDER", &self.folder);
    }
}

/// Installs it where it is missing.
pub fn install(project: &Project) -> Result<OidcProvider, Error> {
    let folder = project.tools().join("oidc-provider");
    if !is_there(&folder) {
        npm::install(project, "oidc-provider", "oidc-provider", VERSION)?;
    }
    if is_there(&folder) {
        Ok(OidcProvider { folder })
    } else {
        Err(Error::Wrong(format!(
            "oidc-provider was installed and is still not version {VERSION}; remove {} and try again",
            folder.display()
        )))
    }
}

fn is_there(folder: &Path) -> bool {
    let package =
        fs::read_to_string(folder.join("node_modules/oidc-provider/package.json")).unwrap_or_default();
    package.contains(&format!("\"version\": \"{VERSION}\""))
}
