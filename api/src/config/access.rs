//! Who may call the server.

use super::Site;
use super::sites::bilingual;
use super::toml_value::{Complaints, Entry, Section};
use shared::access::Role;
use shared::time::{DAY, HOUR, MINUTE};
use shared::wire::site::Name;
use smol_str::SmolStr;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

const KEYS: [&str; 11] = [
    "mode",
    "origins",
    "frame_ancestors",
    "proxies",
    "session_idle",
    "session_longest",
    "password_least",
    "lock_after",
    "lock_for",
    "oidc",
    "audit_reads",
];
const OIDC_KEYS: [&str; 8] = [
    "name",
    "issuer",
    "client_id",
    "client_secret_file",
    "ca_file",
    "scopes",
    "claim",
    "grant",
];

/// How callers are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Nobody has to say who they are, so only this machine may call.
    #[default]
    Open,
    /// Everybody has to say who they are.
    Accounts,
}

/// Settings of access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// How callers are known.
    pub mode: Mode,
    /// The origins under which browsers reach the server, such as `https://quaylight.example`; the first stands in
    /// links. Without any: this machine's own names.
    pub origins: Vec<String>,
    /// Origins whose pages may show this one within a frame; none may otherwise.
    pub frame_ancestors: Vec<String>,
    /// Addresses of reverse proxies: what they say of the caller's address is believed.
    pub proxies: Vec<IpAddr>,
    /// Milliseconds after which a session that asks nothing ends.
    pub session_idle: i64,
    /// Milliseconds after which any session ends.
    pub session_longest: i64,
    /// Characters that a password has at least.
    pub password_least: u32,
    /// Wrong passwords in a row after which an account is locked.
    pub lock_after: u32,
    /// Milliseconds for which it is locked.
    pub lock_for: i64,
    /// Whether views of single trails are in the audit log.
    pub audit_reads: bool,
    /// The identity provider.
    pub oidc: Option<Oidc>,
}

/// An identity provider that speaks OpenID Connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oidc {
    /// What people call it.
    pub name: Name,
    /// Its issuer identifier, an address (OpenID Connect Discovery 1.0 §2).
    pub issuer: String,
    /// What it calls this server.
    pub client_id: String,
    /// The file with the secret that it shares with this server.
    pub client_secret_file: Option<PathBuf>,
    /// Certificates that its own is held against instead of the public ones.
    pub ca_file: Option<PathBuf>,
    /// Scopes beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that says what a person is: a text or a list of texts.
    pub claim: String,
    /// What its values mean; the first that fits.
    pub grants: Vec<Grant>,
}

/// What a value of the claim means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The value.
    pub value: String,
    /// The role.
    pub role: Role,
    /// The sites; none: all.
    pub sites: Option<Vec<SmolStr>>,
}

impl Default for Access {
    fn default() -> Access {
        Access {
            mode: Mode::Open,
            origins: Vec::new(),
            frame_ancestors: Vec::new(),
            proxies: Vec::new(),
            session_idle: 8 * HOUR,
            session_longest: 7 * DAY,
            // NIST SP 800-63B-4 §3.1.1.2: where nothing but the password stands behind a session.
            password_least: 15,
            lock_after: 5,
            lock_for: 15 * MINUTE,
            audit_reads: true,
            oidc: None,
        }
    }
}

/// Why a server may not listen there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListenError {
    /// Access is open.
    #[error(
        "with access `open` nobody has to say who they are, so the server listens on this machine only: \
         not on {0}, but on a loopback address such as 127.0.0.1:8080 or [::1]:8080"
    )]
    Open(SocketAddr),
    /// Passwords and sessions would go over the network for everybody to read.
    #[error(
        "with accounts, passwords would go over the network in the clear: for {0}, either configure a certificate, or \
         listen on a loopback address behind a proxy that has one"
    )]
    Clear(SocketAddr),
    /// Nobody knows under which name browsers reach the server.
    #[error(
        "for {0}, `access.origins` must say under which address browsers reach the server, such as \
         [\"https://quaylight.example\"]"
    )]
    Nameless(SocketAddr),
}

impl Access {
    /// The name of the mode that is configured and that travels.
    pub fn name(&self) -> &'static str {
        match self.mode {
            Mode::Open => "open",
            Mode::Accounts => "accounts",
        }
    }

    /// Whether the server may listen there, with a certificate of its own or without.
    pub fn check_listen(&self, address: SocketAddr, tls: bool) -> Result<(), ListenError> {
        let local = address.ip().to_canonical().is_loopback();
        match self.mode {
            _ if local => Ok(()),
            Mode::Open => Err(ListenError::Open(address)),
            Mode::Accounts if !tls => Err(ListenError::Clear(address)),
            Mode::Accounts if self.origins.is_empty() => Err(ListenError::Nameless(address)),
            Mode::Accounts => Ok(()),
        }
    }

    /// Whether browsers reach the server by TLS only.
    pub fn is_secure(&self) -> bool {
        !self.origins.is_empty() && self.origins.iter().all(|origin| origin.starts_with("https://"))
    }
}

/// An origin: a scheme and an authority, nothing behind it (RFC 6454 §6.2).
fn check_origin(text: &str) -> Result<(), &'static str> {
    let authority = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
        .ok_or("does not begin with https:// or http://")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    if authority.is_empty() || !authority.bytes().all(plain) {
        return Err(
            "is no origin: a scheme and a host, with a port where it needs one, and nothing behind it",
        );
    }
    Ok(())
}

/// Reads `[access]`; its files lie relative to `folder`.
pub(super) fn read(
    entry: &Entry<'_, '_>,
    folder: &Path,
    sites: &[Site],
    complaints: &mut Complaints,
) -> Option<Access> {
    let section = entry.section(&KEYS, complaints)?;
    let mut access = Access::default();
    if let Some(mode) = section.get("mode") {
        let names = ["open", "accounts"];
        let read = |name: &str| match name {
            "open" => Some(Mode::Open),
            "accounts" => Some(Mode::Accounts),
            _ => None,
        };
        access.mode = mode.choice(read, &names, complaints)?;
    }
    if let Some(origins) = section.get("origins") {
        access.origins = origins.texts(check_origin, complaints);
    }
    if let Some(ancestors) = section.get("frame_ancestors") {
        access.frame_ancestors = ancestors.texts(check_origin, complaints);
    }
    if let Some(proxies) = section.get("proxies") {
        let check = |text: &str| match text.parse::<IpAddr>() {
            Ok(_) => Ok(()),
            Err(_) => Err("is no network address such as 192.0.2.1"),
        };
        let texts: Vec<&str> = proxies.texts(check, complaints);
        access.proxies = texts.iter().filter_map(|text| text.parse().ok()).collect();
    }
    let mut duration = |name: &str, to: &mut i64| {
        let seconds = section.get(name).and_then(|entry| entry.duration(complaints));
        if let Some(seconds) = seconds {
            *to = i64::try_from(seconds)
                .unwrap_or(i64::MAX / 1_000)
                .saturating_mul(1_000);
        }
    };
    duration("session_idle", &mut access.session_idle);
    duration("session_longest", &mut access.session_longest);
    duration("lock_for", &mut access.lock_for);
    let mut whole = |name: &str, range, to: &mut u32| {
        let number = section.get(name).and_then(|entry| entry.whole(range, complaints));
        if let Some(number) = number.and_then(|number| u32::try_from(number).ok()) {
            *to = number;
        }
    };
    whole("password_least", 8..=64, &mut access.password_least);
    whole("lock_after", 3..=100, &mut access.lock_after);
    if let Some(reads) = section.get("audit_reads") {
        access.audit_reads = reads.boolean(complaints).unwrap_or(true);
    }
    if let Some(entry) = section.get("oidc") {
        access.oidc = oidc(&entry, folder, sites, complaints);
    }
    let of_accounts = KEYS[1..].iter().filter(|name| **name != "frame_ancestors");
    if access.mode == Mode::Open
        && let Some(unused) = of_accounts.filter_map(|name| section.get(name)).next()
    {
        unused.refuse(
            "means nothing while `access.mode` is open; take it out, or choose `accounts`",
            complaints,
        );
    }
    Some(access)
}

fn oidc(entry: &Entry<'_, '_>, folder: &Path, sites: &[Site], complaints: &mut Complaints) -> Option<Oidc> {
    let section = entry.section(&OIDC_KEYS, complaints)?;
    let need = |name: &str, complaints: &mut Complaints| {
        let entry = section.need(name, complaints)?;
        entry.text(complaints).map(str::to_owned)
    };
    let issuer = need("issuer", complaints);
    let client_id = need("client_id", complaints);
    if let (Some(text), Some(entry)) = (&issuer, section.get("issuer"))
        && !is_safe_address(text)
    {
        entry.refuse(
            "must begin with https:// (or, on this machine, with http://127.0.0.1 or http://localhost)",
            complaints,
        );
    }
    let mut file = |name: &str| {
        let path = section.get(name)?.text(complaints)?;
        Some(folder.join(path))
    };
    let client_secret_file = file("client_secret_file");
    let ca_file = file("ca_file");
    let name = section
        .get("name")
        .and_then(|entry| bilingual(&entry, complaints));
    let scopes = section
        .get("scopes")
        .map(|entry| entry.texts(|_| Ok(()), complaints));
    let claim = section
        .get("claim")
        .and_then(|entry| entry.text(complaints))
        .unwrap_or("groups")
        .to_owned();
    let grants: Vec<Grant> = match section.need("grant", complaints) {
        None => Vec::new(),
        Some(entry) => entry
            .some_sections(&["value", "role", "sites"], complaints)
            .iter()
            .filter_map(|section| grant(section, sites, complaints))
            .collect(),
    };
    let issuer = issuer?;
    Some(Oidc {
        name: name.unwrap_or_else(|| Name {
            en: issuer.clone(),
            zh: issuer.clone(),
        }),
        issuer,
        client_id: client_id?,
        client_secret_file,
        ca_file,
        scopes: scopes.unwrap_or_default(),
        claim,
        grants,
    })
}

/// What goes to the provider is worth as much as a password.
pub(super) fn is_safe_address(text: &str) -> bool {
    let rest = match text.split_once("://") {
        Some(("https", _)) => return true,
        Some(("http", rest)) => rest,
        _ => return false,
    };
    let authority = rest.split('/').next().unwrap_or_default();
    crate::routes::host::is_local(authority)
}

fn grant(section: &Section<'_, '_>, known: &[Site], complaints: &mut Complaints) -> Option<Grant> {
    let value = section.need("value", complaints)?.text(complaints)?.to_owned();
    let names = Role::OF_PEOPLE.map(Role::name);
    let read = |name: &str| Role::OF_PEOPLE.into_iter().find(|role| role.name() == name);
    let role = section
        .need("role", complaints)?
        .choice(read, &names, complaints)?;
    let check = |code: &str| match known.iter().any(|site| site.code == code) {
        true => Ok(()),
        false => Err("is no configured site"),
    };
    let sites: Option<Vec<SmolStr>> = section.get("sites").map(|entry| entry.texts(check, complaints));
    if sites.as_ref().is_some_and(Vec::is_empty) && !role.needs_sites() {
        complaints.at(section.at, "`sites` is empty; leave it out for all".to_owned());
    }
    if role.needs_sites() && sites.as_ref().is_none_or(Vec::is_empty) {
        complaints.at(
            section.at,
            format!("`{}` needs `sites`: nobody has it for all", role.name()),
        );
    }
    Some(Grant { value, role, sites })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_access_listens_on_loopback_only() {
        let access = Access::default();
        let check = |address: &str| access.check_listen(address.parse().unwrap(), true).is_ok();
        assert!(check("127.0.0.1:8080") && check("127.1.2.3:80") && check("[::1]:8080"));
        assert!(check("[::ffff:127.0.0.1]:8080"));
        assert!(!check("0.0.0.0:8080") && !check("[::]:8080") && !check("192.0.2.1:80"));
        let sentence = ListenError::Open("0.0.0.0:80".parse().unwrap()).to_string();
        assert!(sentence.contains("0.0.0.0:80") && sentence.contains("127.0.0.1:8080"));
    }

    #[test]
    fn accounts_go_over_a_network_with_a_certificate_and_a_name_only() {
        let mut access = Access {
            mode: Mode::Accounts,
            ..Access::default()
        };
        let network = "192.0.2.1:443".parse().unwrap();
        assert_eq!(
            access.check_listen(network, false),
            Err(ListenError::Clear(network))
        );
        assert_eq!(
            access.check_listen(network, true),
            Err(ListenError::Nameless(network))
        );
        access.origins.push("https://quaylight.example".to_owned());
        assert_eq!(access.check_listen(network, true), Ok(()));
        assert_eq!(
            access.check_listen("127.0.0.1:80".parse().unwrap(), false),
            Ok(())
        );
    }

    #[test]
    fn an_origin_is_a_scheme_and_a_host_and_nothing_else() {
        for right in [
            "https://quaylight.example",
            "http://[::1]:8080",
            "https://a-b.example:8443",
        ] {
            assert_eq!(check_origin(right), Ok(()), "{right}");
        }
        for wrong in [
            "quaylight.example",
            "https://",
            "https://a.example/",
            "https://a b",
            "javascript://a",
            "https://*",
        ] {
            assert!(check_origin(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_provider_is_asked_in_the_clear_on_this_machine_only() {
        assert!(is_safe_address("https://id.example") && is_safe_address("http://127.0.0.1:3000/x"));
        assert!(!is_safe_address("http://id.example") && !is_safe_address("http://127.0.0.1.example"));
    }
}
