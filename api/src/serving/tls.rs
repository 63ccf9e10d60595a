//! The server's certificate: checked at start, and read anew when its files change.

use super::apart;
use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Where a certificate and its key lie, both as PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The certificate, and behind it those that lead to a root.
    pub chain: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Why a certificate can't be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file can't be read.
    #[error("{path} can't be read: {reason}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
    /// A file holds something else.
    #[error("{path} holds no {what} as PEM: {reason}")]
    Pem {
        /// Which.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
        /// What is there.
        reason: String,
    },
    /// The two don't fit, or the key is of an unknown kind.
    #[error("{path} and {key} can't be used together: {reason}", path = .files.chain.display(), key = .files.key.display())]
    Pair {
        /// Which.
        files: Certificate,
        /// Why.
        reason: rustls::Error,
    },
}

/// When each of the two files was written.
type Written = [Option<SystemTime>; 2];

impl Certificate {
    /// Reads both files and checks that they fit.
    pub fn load(&self) -> Result<Arc<ServerConfig>, CertificateError> {
        let text = read(&self.chain)?;
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&text)
            .collect::<Result<_, _>>()
            .map_err(|error| broken(&self.chain, "certificate", &error))?;
        if chain.is_empty() {
            return Err(broken(&self.chain, "certificate", &pem::Error::NoItemsFound));
        }
        let text = read(&self.key)?;
        let key =
            PrivateKeyDer::from_pem_slice(&text).map_err(|error| broken(&self.key, "private key", &error))?;
        let pair = |reason| CertificateError::Pair {
            files: self.clone(),
            reason,
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(pair)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(pair)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// When both files were last written.
    fn written(&self) -> Written {
        [&self.chain, &self.key].map(|path| std::fs::metadata(path).and_then(|file| file.modified()).ok())
    }
}

fn read(path: &Path) -> Result<Vec<u8>, CertificateError> {
    std::fs::read(path).map_err(|reason| CertificateError::File {
        path: path.to_owned(),
        reason,
    })
}

fn broken(path: &Path, what: &'static str, reason: &pem::Error) -> CertificateError {
    CertificateError::Pem {
        path: path.to_owned(),
        what,
        reason: reason.to_string(),
    }
}

/// The certificate in use.
#[derive(Debug)]
pub struct Tls {
    files: Certificate,
    current: RwLock<Arc<ServerConfig>>,
}

impl Tls {
    /// Reads the certificate.
    pub fn new(files: &Certificate) -> Result<Tls, CertificateError> {
        Ok(Tls {
            files: files.clone(),
            current: RwLock::new(files.load()?),
        })
    }

    /// What makes the next connection a TLS one.
    pub fn acceptor(&self) -> TlsAcceptor {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&current))
    }

    /// Reads the files again whenever they change. Connections that are open go on; with files that can't be used, so
    /// does the certificate that there is.
    pub async fn follow(self: Arc<Tls>, stopping: CancellationToken) {
        let mut known = None;
        loop {
            let tls = Arc::clone(&self);
            known = apart(move || tls.look(known)).await.ok();
            tokio::select! {
                () = stopping.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Reads the files if they were written since they were `known`. Answers when they were written.
    fn look(&self, known: Option<Written>) -> Written {
        let written = self.files.written();
        if known.is_none_or(|known| known == written) {
            return written;
        }
        match self.files.load() {
            Ok(config) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = config;
                tracing::info!("the certificate was read again");
            }
            Err(error) => {
                tracing::error!(%error, "the certificate was changed and can't be used; the one before it stays");
            }
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(folder: &Path) -> Certificate {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let files = Certificate {
            chain: folder.join("chain.pem"),
            key: folder.join("key.pem"),
        };
        std::fs::write(&files.chain, made.cert.pem()).unwrap();
        std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
        files
    }

    #[test]
    fn a_certificate_with_its_key_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        pair(folder.path()).load().unwrap();
    }

    #[test]
    fn what_can_not_be_used_is_told_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let files = pair(folder.path());
        let refused = |files: &Certificate| files.load().unwrap_err().to_string();

        let other = tempfile::tempdir().unwrap();
        let foreign = Certificate {
            key: pair(other.path()).key,
            ..files.clone()
        };
        assert!(
            refused(&foreign).contains("can't be used together"),
            "{}",
            refused(&foreign)
        );

        std::fs::write(&files.chain, "no certificate").unwrap();
        assert!(
            refused(&files).contains("chain.pem holds no certificate as PEM"),
            "{}",
            refused(&files)
        );
        std::fs::remove_file(&files.chain).unwrap();
        assert!(
            refused(&files).contains("chain.pem can't be read"),
            "{}",
            refused(&files)
        );

        let files = pair(folder.path());
        std::fs::write(&files.key, "").unwrap();
        assert!(
            refused(&files).contains("key.pem holds no private key as PEM"),
            "{}",
            refused(&files)
        );
    }
}
