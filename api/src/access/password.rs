//! Passwords: which are taken, and what is kept of them (NIST SP 800-63B-4 §3.1.1).

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};

/// Longer ones are refused, so that nobody keeps the server hashing megabytes.
const LONGEST: usize = 256;
/// A score of zxcvbn below which a password is guessed too soon: under ten billion tries.
const STRONG: u8 = 3;

/// So many characters of a password are no words of the account's names.
const UNLIKE_NAMES: usize = 8;

/// Memory in KiB, rounds and lanes of argon2id (RFC 9106; OWASP's choice for servers that do much else).
const COST: (u32, u32, u32) = (19_456, 2, 1);

/// Why a password is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// It is too short.
    #[error("the password has {found} characters; it needs at least {least}")]
    Short {
        /// Its characters.
        found: usize,
        /// How many it needs.
        least: u32,
    },
    /// It is too long.
    #[error("the password is longer than {LONGEST} bytes")]
    Long,
    /// It is one that many people choose, or is made from what is known of the account.
    #[error("the password is one that is guessed soon: {0}")]
    Guessable(String),
}

/// Hashing failed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the password can't be hashed: {0}")]
pub struct HashError(String);

/// Refuses passwords that are short, common, or made from what is known of the account.
pub fn check(password: &str, least: u32, known: &[&str]) -> Result<(), Weak> {
    let found = password.chars().count();
    if found < least as usize {
        return Err(Weak::Short { found, least });
    }
    if password.len() > LONGEST {
        return Err(Weak::Long);
    }
    if without_names(password, known) < UNLIKE_NAMES {
        return Err(Weak::Guessable("it is made of your own names".to_owned()));
    }
    let inputs: Vec<&str> = known
        .iter()
        .copied()
        .chain(["quaylight", "customs", "port"])
        .collect();
    let estimate = zxcvbn::zxcvbn(password, &inputs);
    if u8::from(estimate.score()) >= STRONG {
        return Ok(());
    }
    let warning = estimate.feedback().and_then(zxcvbn::feedback::Feedback::warning);
    let reason = warning.map_or_else(
        || "add a word or two that have nothing to do with each other".to_owned(),
        |warning| warning.to_string(),
    );
    Err(Weak::Guessable(reason))
}

/// How many characters are left of a password without the words of names.
fn without_names(password: &str, known: &[&str]) -> usize {
    let mut rest = password.to_lowercase();
    let mut words: Vec<String> = known
        .iter()
        .flat_map(|name| name.split(|c: char| !c.is_alphanumeric()))
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() >= 2)
        .collect();
    // The longest first: a short one may be a part of it.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in &words {
        rest = rest.replace(word.as_str(), "");
    }
    rest.chars().count()
}

fn hasher() -> Result<Argon2<'static>, HashError> {
    let (memory, rounds, lanes) = COST;
    let params = Params::new(memory, rounds, lanes, None).map_err(|error| HashError(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// What is kept of a password: its hash with salt and cost, in the PHC string format. Takes tens of milliseconds
/// and 19 MiB.
pub fn hash(password: &str) -> Result<String, HashError> {
    let hash = hasher()?.hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|error| HashError(error.to_string()))
}

/// Whether a password is the one of which this was kept. Without anything kept it takes just as long, so that
/// nobody learns from the time which names there are.
pub fn verify(password: &str, kept: Option<&str>) -> Result<bool, HashError> {
    if password.len() > LONGEST {
        return Ok(false);
    }
    let Some(kept) = kept else {
        hash(password)?;
        return Ok(false);
    };
    let kept = PasswordHash::new(kept).map_err(|error| HashError(error.to_string()))?;
    Ok(hasher()?.verify_password(password.as_bytes(), &kept).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_verified_against_what_was_kept() {
        let kept = hash("lantern harbour crane 71").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(verify("lantern harbour crane 71", Some(&kept)).unwrap());
        assert!(!verify("lantern harbour crane 72", Some(&kept)).unwrap());
        assert!(!verify("lantern harbour crane 71", None).unwrap());
        assert_ne!(kept, hash("lantern harbour crane 71").unwrap());
    }

    #[test]
    fn short_common_and_own_words_are_refused() {
        assert_eq!(check("short", 15, &[]), Err(Weak::Short { found: 5, least: 15 }));
        for guessable in [
            "password12345678",
            "aaaaaaaaaaaaaaaaaaaa",
            "qwertyuiopasdfgh",
            "1234567890123456",
        ] {
            assert!(
                matches!(check(guessable, 15, &[]), Err(Weak::Guessable(_))),
                "{guessable}"
            );
        }
        assert!(check("wang.xiaoming2026", 15, &["wang.xiaoming"]).is_err());
        assert!(check("liliLiNaLiNa2026", 15, &["li", "Li Na"]).is_err());
        assert_eq!(check("lantern harbour crane 71", 15, &["wang"]), Ok(()));
        assert_eq!(check("港口灯塔起重机集装箱海关查验放行出闸", 15, &[]), Ok(()));
        assert_eq!(check(&"ab 3".repeat(100), 15, &[]), Err(Weak::Long));
    }
}
