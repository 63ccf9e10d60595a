//! The id by which the log knows a request. A caller may bring its own in one of the forms in which such ids are
//! made; anything else might be what must not stand in a log.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

/// Where it travels, both ways.
pub const NAME: HeaderName = HeaderName::from_static("x-request-id");

/// The id of one request: 32 hexadecimal digits, or a UUID as people write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// The id that a request brings, or a new one.
    pub fn of(headers: &HeaderMap) -> RequestId {
        match headers.get(&NAME) {
            Some(brought) if is_id(brought.as_bytes()) => RequestId(brought.clone()),
            _ => RequestId::new(),
        }
    }

    fn new() -> RequestId {
        static START: LazyLock<u64> = LazyLock::new(|| {
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
            since.map_or(0, |since| since.as_nanos() as u64) ^ u64::from(std::process::id()).rotate_left(40)
        });
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let id = xxhash_rust::xxh3::xxh3_128_with_seed(&number.to_le_bytes(), *START);
        // Hexadecimal digits always are a header's value.
        RequestId(HeaderValue::try_from(format!("{id:032x}")).unwrap_or(HeaderValue::from_static("none")))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// As it is answered.
    pub fn value(&self) -> HeaderValue {
        self.0.clone()
    }
}

fn is_id(text: &[u8]) -> bool {
    let is_dash = |place: usize| matches!(place, 8 | 13 | 18 | 23);
    match text.len() {
        32 => text.iter().all(u8::is_ascii_hexdigit),
        36 => text.iter().enumerate().all(|(place, byte)| match is_dash(place) {
            true => *byte == b'-',
            false => byte.is_ascii_hexdigit(),
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_in_the_forms_in_which_ids_are_made_and_no_other() {
        let of = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(NAME, HeaderValue::from_static(text));
            RequestId::of(&headers).as_str().to_owned()
        };
        for good in [
            "0af7651916cd43dd8448eb211c80319c",
            "123e4567-e89b-12d3-a456-426614174000",
        ] {
            assert_eq!(of(good), good);
        }
        for bad in [
            "",
            "MSKU1234565",
            "120101199003078515",
            "0af7651916cd43dd8448eb211c80319",
            "a b",
            "123e4567-e89b-12d3-a456-42661417400g",
        ] {
            assert_ne!(of(bad), bad);
            assert!(is_id(of(bad).as_bytes()));
        }
    }

    #[test]
    fn each_made_id_is_another() {
        let ids: std::collections::BTreeSet<String> =
            (0..1_000).map(|_| RequestId::new().as_str().to_owned()).collect();
        assert_eq!(ids.len(), 1_000);
    }
}
