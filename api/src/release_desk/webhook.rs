//! Where instructions go: one thread for each terminal's webhook, so that one that does not answer keeps no other waiting.
//!
//! Signed in the manner of Standard Webhooks (1.0.0): HMAC-SHA256 over id, time and body, so that neither can be changed,
//! and an old message can't be sent again as a new one. The address is the operator's own; no redirection is followed.

use crate::config::release_desk::Webhook;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use sha2::Sha256;
use shared::release_desk::form::LONGEST_REMARK;
use shared::time::{MINUTE, SECOND};
use smol_str::SmolStr;
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A terminal has so long for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer that is read.
const LARGEST: u64 = 64 << 10;
/// The wait after the first failure; it doubles with each …
const FIRST_WAIT: i64 = SECOND;
/// … up to this one.
const LONGEST_WAIT: i64 = 5 * MINUTE;

/// An instruction on its way.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    pub application: SmolStr,
    pub order: SmolStr,
    /// How often it was sent before.
    pub attempt: u32,
    pub body: String,
}

/// What a terminal said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It has the instruction, and will say later what it does.
    Taken,
    /// It acts on it.
    Confirmed,
    /// It can't, and says why.
    Rejected(String),
}

/// What a sending met.
#[derive(Debug)]
pub(super) struct Outcome {
    pub application: SmolStr,
    pub order: SmolStr,
    pub answer: Result<Answer, String>,
    /// How long to wait before it is sent again, in milliseconds.
    pub wait: i64,
}

/// The threads that send.
#[derive(Debug)]
pub(super) struct Senders {
    sites: Vec<(SmolStr, Sender<Letter>)>,
    outcomes: Receiver<Outcome>,
}

impl Senders {
    /// Starts one for each webhook.
    pub(super) fn start(webhooks: &[Webhook]) -> io::Result<Senders> {
        let (to_desk, outcomes) = channel();
        let mut sites = Vec::new();
        for webhook in webhooks {
            let (letters, waiting) = channel::<Letter>();
            let post = Post::new(webhook)?;
            let to_desk = to_desk.clone();
            std::thread::Builder::new()
                .name("webhook".to_owned())
                .spawn(move || {
                    for letter in waiting {
                        let answer = post.send(&letter);
                        let outcome = Outcome {
                            wait: wait(letter.attempt, chance()),
                            application: letter.application,
                            order: letter.order,
                            answer,
                        };
                        if to_desk.send(outcome).is_err() {
                            return;
                        }
                    }
                })?;
            sites.push((webhook.site.clone(), letters));
        }
        Ok(Senders { sites, outcomes })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sites.is_empty()
    }

    /// Hands a letter over; false where the site has no webhook.
    pub(super) fn send(&self, site: &str, letter: Letter) -> bool {
        let own = self.sites.iter().find(|(own, _)| own == site);
        own.is_some_and(|(_, letters)| letters.send(letter).is_ok())
    }

    pub(super) fn next_outcome(&self) -> Option<Outcome> {
        self.outcomes.try_recv().ok()
    }
}

/// How long to wait after so many attempts: twice as long each time, and between three quarters and five quarters of it,
/// so that what failed together is not sent again together.
fn wait(attempts: u32, chance: u8) -> i64 {
    let whole = FIRST_WAIT
        .saturating_mul(1_i64.checked_shl(attempts.min(30)).unwrap_or(i64::MAX))
        .min(LONGEST_WAIT);
    whole * 3 / 4 + whole / 2 * i64::from(chance) / i64::from(u8::MAX)
}

fn chance() -> u8 {
    let mut byte = [128];
    // Without chance all wait the middle.
    let _ = getrandom::fill(&mut byte);
    byte[0]
}

/// One webhook.
struct Post {
    url: String,
    secret: Vec<u8>,
    agent: ureq::Agent,
}

impl Post {
    fn new(webhook: &Webhook) -> io::Result<Post> {
        let mut tls = ureq::tls::TlsConfig::builder();
        if let Some(pem) = &webhook.ca {
            let certificates: Vec<_> = ureq::tls::parse_pem(pem)
                .filter_map(|item| match item {
                    Ok(ureq::tls::PemItem::Certificate(certificate)) => Some(certificate),
                    _ => None,
                })
                .collect();
            if certificates.is_empty() {
                let reason = format!(
                    "the `ca_file` of the webhook of {} holds no certificate",
                    webhook.site
                );
                return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
            }
            tls = tls.root_certs(ureq::tls::RootCerts::from(certificates));
        }
        let agent = ureq::Agent::config_builder()
            // A redirection could lead this server anywhere.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .proxy(None)
            .tls_config(tls.build())
            .build()
            .new_agent();
        Ok(Post {
            url: webhook.url.clone(),
            secret: webhook.secret.clone(),
            agent,
        })
    }

    fn send(&self, letter: &Letter) -> Result<Answer, String> {
        // The machine's clock, in a demo too: whoever checks it has no other.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let timestamp = since.as_secs().to_string();
        let signature = signature(&self.secret, &letter.order, &timestamp, &letter.body);
        let sent = self
            .agent
            .post(&self.url)
            .header("content-type", "application/json")
            .header("user-agent", concat!("quaylight/", env!("CARGO_PKG_VERSION")))
            .header("quaylight-id", letter.order.as_str())
            .header("quaylight-timestamp", &timestamp)
            .header("quaylight-signature", &signature)
            .send(letter.body.as_bytes());
        let mut answer = sent.map_err(|error| error.to_string())?;
        let status = answer.status();
        if !status.is_success() {
            return Err(format!("the webhook answered {}", status.as_u16()));
        }
        // What was not read whole may have said anything.
        let body = answer.body_mut().with_config().limit(LARGEST).read_to_vec();
        let body = body.map_err(|error| format!("the webhook's answer can't be read: {error}"))?;
        Ok(read(&body))
    }
}

/// `v1=` and HMAC-SHA256 over `id.timestamp.body`, in hexadecimal.
pub fn signature(secret: &[u8], id: &str, timestamp: &str, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        // HMAC takes keys of any length.
        return String::new();
    };
    for part in [id, ".", timestamp, ".", body] {
        mac.update(part.as_bytes());
    }
    format!(
        "v1={}",
        crate::access::secret::hexadecimal(&mac.finalize().into_bytes())
    )
}

/// What the body of an answer says; one that says nothing has taken the instruction.
fn read(body: &[u8]) -> Answer {
    #[derive(Deserialize)]
    struct Said {
        #[serde(default)]
        confirmed: bool,
        #[serde(default)]
        rejected: Option<String>,
    }
    match serde_json::from_slice::<Said>(body) {
        Ok(Said {
            rejected: Some(why), ..
        }) => {
            let why: String = why.trim().chars().take(LONGEST_REMARK).collect();
            Answer::Rejected(if why.is_empty() {
                "rejected".to_owned()
            } else {
                why
            })
        }
        Ok(Said { confirmed: true, .. }) => Answer::Confirmed,
        _ => Answer::Taken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_five_minutes_and_differ_by_chance() {
        assert_eq!((wait(0, 0), wait(0, 255)), (750, 1_250));
        assert_eq!((wait(3, 0), wait(3, 255)), (6_000, 10_000));
        assert_eq!((wait(60, 0), wait(u32::MAX, 255)), (225_000, 375_000));
    }

    #[test]
    fn an_answer_confirms_rejects_or_takes() {
        assert_eq!(read(br#"{"confirmed":true}"#), Answer::Confirmed);
        assert_eq!(
            read(br#"{"rejected":" no berth "}"#),
            Answer::Rejected("no berth".into())
        );
        for taken in [
            &b""[..],
            b"OK",
            b"[]",
            br#"{"confirmed":false}"#,
            br#"{"confirmed":"yes"}"#,
        ] {
            assert_eq!(read(taken), Answer::Taken);
        }
    }

    #[test]
    fn an_answer_that_breaks_off_or_is_too_long_has_not_taken_the_instruction() {
        use std::io::{Read as _, Write as _};
        let too_long = "x".repeat(usize::try_from(LARGEST).unwrap() + 1);
        for (declared, body, taken) in [
            (2, "OK", true),
            (20, r#"{"confirmed":"#, false),
            (too_long.len(), &too_long, false),
        ] {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let url = format!("http://{}/hook", listener.local_addr().unwrap());
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {declared}\r\n\r\n{body}");
            let terminal = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut asked = Vec::new();
                let mut part = [0; 1_024];
                while !asked.ends_with(b"{}") {
                    let read = stream.read(&mut part).unwrap();
                    asked.extend_from_slice(&part[..read]);
                }
                // Whoever has read enough may be gone.
                let _ = stream.write_all(answer.as_bytes());
            });
            let post = Post::new(&Webhook {
                site: "CNTXG-TPCT".into(),
                url,
                secret: b"secret".to_vec(),
                ca: None,
            });
            let letter = Letter {
                application: "RD-1".into(),
                order: "RD-1-1".into(),
                attempt: 0,
                body: "{}".into(),
            };
            let said = post.unwrap().send(&letter);
            assert_eq!(said == Ok(Answer::Taken), taken, "{said:?}");
            terminal.join().unwrap();
        }
    }

    #[test]
    fn a_signature_is_that_of_rfc_4231() {
        // Test case 2 of RFC 4231, whose text is `what do ya want for nothing?`.
        let mut mac = Hmac::<Sha256>::new_from_slice(b"Jefe").unwrap();
        mac.update(b"what do ya want for nothing?");
        let known = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(
            crate::access::secret::hexadecimal(&mac.finalize().into_bytes()),
            known
        );
        let one = signature(b"secret", "RD-1-1", "1", "{}");
        assert!(one.starts_with("v1=") && one.len() == 67);
        assert_ne!(one, signature(b"secret", "RD-1-1", "2", "{}"));
        assert_ne!(one, signature(b"other", "RD-1-1", "1", "{}"));
    }
}
