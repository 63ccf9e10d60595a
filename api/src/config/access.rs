//! Who may call the server.

use super::toml_value::{Complaints, Entry};
use std::net::SocketAddr;

/// How callers are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Nobody has to say who they are, so only this machine may call.
    #[default]
    Open,
}

/// Why a server may not listen there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "with access `open` nobody has to say who they are, so the server listens on this machine only: \
     not on {0}, but on a loopback address such as 127.0.0.1:8080 or [::1]:8080"
)]
pub struct ListenError(pub SocketAddr);

impl Access {
    /// The name that is configured and that travels.
    pub fn name(self) -> &'static str {
        match self {
            Access::Open => "open",
        }
    }

    /// Whether the server may listen there.
    pub fn check_listen(self, address: SocketAddr) -> Result<(), ListenError> {
        match self {
            Access::Open if address.ip().to_canonical().is_loopback() => Ok(()),
            Access::Open => Err(ListenError(address)),
        }
    }
}

/// Reads `[access]`.
pub fn read(entry: &Entry<'_, '_>, complaints: &mut Complaints) -> Option<Access> {
    let mode = entry.section(&["mode"], complaints)?.get("mode")?;
    match mode.text(complaints)? {
        "open" => return Some(Access::Open),
        "accounts" => mode.refuse(
            "is `accounts`, which comes with access control in a later version; until then it is `open`, for \
             this machine only",
            complaints,
        ),
        other => mode.refuse(&format!("is `{other}`; it must be open"), complaints),
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_access_listens_on_loopback_only() {
        let check = |address: &str| Access::Open.check_listen(address.parse().unwrap()).is_ok();
        assert!(check("127.0.0.1:8080") && check("127.1.2.3:80") && check("[::1]:8080"));
        assert!(check("[::ffff:127.0.0.1]:8080"));
        assert!(!check("0.0.0.0:8080") && !check("[::]:8080") && !check("192.0.2.1:80"));
        let sentence = ListenError("0.0.0.0:80".parse().unwrap()).to_string();
        assert!(sentence.contains("0.0.0.0:80") && sentence.contains("127.0.0.1:8080"));
    }
}
