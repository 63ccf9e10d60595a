//! `[release_desk]`: how long each may take, when a rule approves, and where instructions go.

use super::Site;
use super::access::is_safe_address;
use super::toml_value::{Complaints, Entry, Section};
use smol_str::SmolStr;
use std::path::{Path, PathBuf};

/// The shortest secret of a webhook, in bytes: what Standard Webhooks asks for.
const SHORTEST_SECRET: usize = 24;

/// How the release desk works. Times are seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseDesk {
    /// A terminal has so long to proofread.
    pub proofread_within: u64,
    /// Customs have so long to review.
    pub review_within: u64,
    /// An enterprise has so long to answer, and to hand in again what was returned.
    pub answer_within: u64,
    /// A terminal has so long to confirm an instruction.
    pub confirm_within: u64,
    /// So long before it leaves a vessel closes for cargo.
    pub closes_before: u64,
    /// Whether a rule approves what the terminal agreed to when every check agrees.
    pub approve_when_agreed: bool,
    /// What a box that did not miss its vessel is reckoned at, in fen; 0 reckons nothing.
    pub saved_fen_each: u64,
    /// Where instructions go.
    pub webhooks: Vec<Webhook>,
}

/// Where the instructions of a site go.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The site.
    pub site: SmolStr,
    /// The address.
    pub url: String,
    /// What instructions are signed with.
    pub secret: Vec<u8>,
    /// Certificates that its certificate may come from, in PEM; none: the usual ones.
    pub ca: Option<Vec<u8>>,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = out.debug_struct("Webhook");
        shown
            .field("site", &self.site)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Default for ReleaseDesk {
    fn default() -> ReleaseDesk {
        const HOUR: u64 = 3_600;
        ReleaseDesk {
            proofread_within: 4 * HOUR,
            review_within: 4 * HOUR,
            answer_within: 24 * HOUR,
            confirm_within: 4 * HOUR,
            closes_before: 6 * HOUR,
            approve_when_agreed: false,
            saved_fen_each: 0,
            webhooks: Vec::new(),
        }
    }
}

impl ReleaseDesk {
    /// The webhook of a site.
    pub fn webhook(&self, site: &str) -> Option<&Webhook> {
        self.webhooks.iter().find(|webhook| webhook.site == site)
    }
}

const KEYS: [&str; 8] = [
    "proofread_within",
    "review_within",
    "answer_within",
    "confirm_within",
    "closes_before",
    "approve_when_agreed",
    "saved_each",
    "webhook",
];
const WEBHOOK: [&str; 4] = ["site", "url", "secret_file", "ca_file"];
/// The highest reckoning of one case, in yuan.
const HIGHEST_SAVED: u64 = 1_000_000;

/// Reads `[release_desk]`; files lie relative to `folder`.
pub fn read(
    entry: &Entry<'_, '_>,
    folder: &Path,
    sites: &[Site],
    complaints: &mut Complaints,
) -> ReleaseDesk {
    let mut desk = ReleaseDesk::default();
    let Some(section) = entry.section(&KEYS, complaints) else {
        return desk;
    };
    for (key, seconds) in [
        ("proofread_within", &mut desk.proofread_within),
        ("review_within", &mut desk.review_within),
        ("answer_within", &mut desk.answer_within),
        ("confirm_within", &mut desk.confirm_within),
    ] {
        if let Some(entry) = section.get(key) {
            *seconds = entry.duration(complaints).unwrap_or(*seconds);
        }
    }
    if let Some(entry) = section.get("closes_before") {
        desk.closes_before = entry.delay(complaints).unwrap_or(desk.closes_before);
    }
    if let Some(entry) = section.get("approve_when_agreed") {
        desk.approve_when_agreed = entry.boolean(complaints).unwrap_or_default();
    }
    if let Some(yuan) = section
        .get("saved_each")
        .and_then(|entry| entry.whole(0..=HIGHEST_SAVED, complaints))
    {
        desk.saved_fen_each = yuan * 100;
    }
    if let Some(entry) = section.get("webhook") {
        for section in entry.sections(&WEBHOOK, complaints) {
            let Some(webhook) = webhook(&section, folder, sites, complaints) else {
                continue;
            };
            if desk.webhook(&webhook.site).is_some() {
                complaints.at(
                    section.at,
                    format!("the site `{}` has a webhook already", webhook.site),
                );
            }
            desk.webhooks.push(webhook);
        }
    }
    desk
}

fn webhook(
    section: &Section<'_, '_>,
    folder: &Path,
    sites: &[Site],
    complaints: &mut Complaints,
) -> Option<Webhook> {
    let site = section.need("site", complaints);
    let site = site.and_then(|entry| {
        let code = entry.text(complaints)?;
        if !sites.iter().any(|site| site.code == code) {
            entry.refuse(&format!("is `{code}`, which is no configured site"), complaints);
        }
        Some(SmolStr::new(code))
    });
    let url = section.need("url", complaints).and_then(|entry| {
        let text = entry.text(complaints)?;
        if !is_safe_address(text) {
            entry.refuse(
                "must begin with https:// (or, on this machine, with http://127.0.0.1 or http://localhost)",
                complaints,
            );
        }
        Some(text.to_owned())
    });
    let secret = section.need("secret_file", complaints).and_then(|entry| {
        let mut secret = file(&entry, folder, complaints)?;
        // A line break at the end belongs to the file and not to the secret.
        secret.truncate(secret.trim_ascii_end().len());
        if secret.len() < SHORTEST_SECRET {
            let reason = format!(
                "holds a secret of {} bytes; at least {SHORTEST_SECRET} are needed",
                secret.len()
            );
            entry.refuse(&reason, complaints);
        }
        Some(secret)
    });
    let ca = section
        .get("ca_file")
        .and_then(|entry| file(&entry, folder, complaints));
    Some(Webhook {
        site: site?,
        url: url?,
        secret: secret?,
        ca,
    })
}

fn file(entry: &Entry<'_, '_>, folder: &Path, complaints: &mut Complaints) -> Option<Vec<u8>> {
    let path: PathBuf = folder.join(entry.text(complaints)?);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            entry.refuse(
                &format!("names {}, which can't be read: {error}", path.display()),
                complaints,
            );
            None
        }
    }
}
