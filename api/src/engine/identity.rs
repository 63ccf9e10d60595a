//! Which container an identity speaks of, for exactly-once. Recent identities are in memory, older ones in the
//! store, and a Bloom filter keeps new ones from asking the store.

use rustc_hash::FxHashMap;
use shared::event::Identity;
use smol_str::SmolStr;
use std::sync::Arc;

/// A fingerprint of an identity, 128 bit: two of a billion identities share one with a chance of 10⁻²¹.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub u128);

impl Fingerprint {
    /// Of a declaration of a site.
    pub fn of_declaration(site: usize, number: &str) -> Fingerprint {
        let mut hasher = xxhash_rust::xxh3::Xxh3::with_seed(2);
        hasher.update(&site.to_le_bytes());
        hasher.update(number.as_bytes());
        Fingerprint(hasher.digest128())
    }

    /// Of a vessel on a voyage, whose boxes were loaded.
    pub fn of_voyage(term: &str) -> Fingerprint {
        let mut hasher = xxhash_rust::xxh3::Xxh3::with_seed(3);
        hasher.update(term.as_bytes());
        Fingerprint(hasher.digest128())
    }

    /// Of an identity.
    pub fn of(identity: &Identity) -> Fingerprint {
        let mut hasher = xxhash_rust::xxh3::Xxh3::new();
        hasher.update(identity.source.as_bytes());
        // No text holds this byte, so the border between the two is kept.
        hasher.update(&[0xff]);
        hasher.update(identity.id.as_bytes());
        Fingerprint(hasher.digest128())
    }

    /// Of a container number, for the same filter.
    pub fn of_container(number: &str) -> Fingerprint {
        let mut hasher = xxhash_rust::xxh3::Xxh3::with_seed(1);
        hasher.update(number.as_bytes());
        Fingerprint(hasher.digest128())
    }
}

/// Where the versions of an identity are kept: with a container, or (empty) apart.
pub type Subject = SmolStr;

/// The identities that are not in the store yet.
#[derive(Debug, Default)]
pub struct RecentIdentities {
    recent: FxHashMap<Fingerprint, Subject>,
    frozen: Arc<FxHashMap<Fingerprint, Subject>>,
}

impl RecentIdentities {
    /// The subject of an identity that came since the last checkpoint.
    pub fn get(&self, fingerprint: Fingerprint) -> Option<&Subject> {
        self.recent
            .get(&fingerprint)
            .or_else(|| self.frozen.get(&fingerprint))
    }

    /// Notes a new identity, or another subject of a known one.
    pub fn set(&mut self, fingerprint: Fingerprint, subject: Subject) {
        self.recent.insert(fingerprint, subject);
    }

    /// Hands out what is to be written, and keeps answering from it until [`RecentIdentities::written`].
    pub fn freeze(&mut self) -> Arc<FxHashMap<Fingerprint, Subject>> {
        self.frozen = Arc::new(std::mem::take(&mut self.recent));
        Arc::clone(&self.frozen)
    }

    /// What was frozen is in the store.
    pub fn written(&mut self) {
        self.frozen = Arc::default();
    }

    /// How many are not in the store.
    pub fn len(&self) -> usize {
        self.recent.len() + self.frozen.len()
    }

    /// Whether everything is in the store.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A Bloom filter with ten bits and seven probes an entry: one answer in a hundred asks the store in vain.
#[derive(Clone, Debug)]
pub struct BloomFilter {
    words: Vec<u64>,
    entries: u64,
}

const BITS_PER_ENTRY: u64 = 10;
const PROBES: u64 = 7;

impl BloomFilter {
    /// A filter for so many entries.
    pub fn with_capacity(entries: u64) -> BloomFilter {
        let words = (entries.max(1 << 16) * BITS_PER_ENTRY).div_ceil(64);
        BloomFilter {
            words: vec![0; usize::try_from(words).unwrap_or(usize::MAX / 16)],
            entries: 0,
        }
    }

    /// Notes an entry.
    pub fn insert(&mut self, fingerprint: Fingerprint) {
        for (word, bit) in self.probes(fingerprint) {
            self.words[word] |= bit;
        }
        self.entries += 1;
    }

    /// False for an entry that was never noted; true for one that was, and now and then by mistake.
    pub fn may_contain(&self, fingerprint: Fingerprint) -> bool {
        self.probes(fingerprint)
            .all(|(word, bit)| self.words[word] & bit != 0)
    }

    /// Whether more entries were noted than it is made for.
    pub fn is_full(&self) -> bool {
        self.entries * BITS_PER_ENTRY > self.words.len() as u64 * 64
    }

    fn probes(&self, fingerprint: Fingerprint) -> impl Iterator<Item = (usize, u64)> + use<> {
        let bits = self.words.len() as u64 * 64;
        let (first, step) = (fingerprint.0 as u64, (fingerprint.0 >> 64) as u64 | 1);
        (0..PROBES).map(move |n| {
            let bit = first.wrapping_add(n.wrapping_mul(step)) % bits;
            ((bit / 64) as usize, 1 << (bit % 64))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(n: u32) -> Fingerprint {
        Fingerprint::of(&Identity {
            source: "s".into(),
            id: n.to_string().into(),
        })
    }

    #[test]
    fn what_was_noted_is_always_found_and_little_else() {
        let mut filter = BloomFilter::with_capacity(100_000);
        (0..100_000).for_each(|n| filter.insert(fingerprint(n)));
        assert!((0..100_000).all(|n| filter.may_contain(fingerprint(n))));
        let wrong = (100_000..200_000)
            .filter(|n| filter.may_contain(fingerprint(*n)))
            .count();
        assert!(wrong < 2_000, "{wrong} of 100,000 are found by mistake");
    }

    #[test]
    fn the_border_between_source_and_id_is_kept() {
        let of = |source: &str, id: &str| {
            Fingerprint::of(&Identity {
                source: source.into(),
                id: id.into(),
            })
        };
        assert_ne!(of("ab", "c"), of("a", "bc"));
    }
}
