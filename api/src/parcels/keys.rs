//! Which parcels a number speaks of: the order's own number, and those of its documents. Parcels in memory are found in
//! memory; of the others a Bloom filter says nearly always that there are none, and the store knows the rest.

use crate::engine::identity::{BloomFilter, Fingerprint};
use rustc_hash::FxHashMap;
use shared::parcels::{DocumentKind, Parcel};
use xxhash_rust::xxh3::Xxh3;

/// The number of a parcel in this book.
pub type ParcelId = u64;

/// What a number is hashed to. Two can be hashed to the same: whoever finds a parcel looks whether it is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub i64);

impl Key {
    fn of(seed: u64, text: &str) -> Key {
        let mut hasher = Xxh3::with_seed(seed);
        hasher.update(text.as_bytes());
        Key(hasher.digest().cast_signed())
    }

    /// Of an order's number.
    pub fn of_order(order: &str) -> Key {
        Key::of(11, order)
    }

    /// Of a document's number, whoever sent it.
    pub fn of_document(kind: DocumentKind, id: &str) -> Key {
        Key::of(20 + kind as u64, id)
    }

    /// Of a buyer's year.
    pub fn of_year(bytes: &[u8]) -> Key {
        let mut hasher = Xxh3::with_seed(12);
        hasher.update(bytes);
        Key(hasher.digest().cast_signed())
    }

    /// As the filter takes it.
    fn fingerprint(self) -> Fingerprint {
        let low = self.0.cast_unsigned();
        let high = low.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31);
        Fingerprint(u128::from(high) << 64 | u128::from(low))
    }
}

/// Every key of a parcel.
pub fn of_parcel(parcel: &Parcel) -> Vec<Key> {
    let mut keys = Vec::with_capacity(5);
    keys.push(Key::of_order(parcel.order()));
    for document in parcel.documents() {
        let identity = document.identity();
        keys.push(Key::of_document(identity.kind, &identity.id));
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The keys of parcels in memory.
#[derive(Debug, Default)]
pub struct Keys {
    one: FxHashMap<Key, ParcelId>,
    /// Further parcels of the same key, of which there are few.
    more: FxHashMap<Key, Vec<ParcelId>>,
}

impl Keys {
    /// Notes a parcel.
    pub fn insert(&mut self, key: Key, parcel: ParcelId) {
        match self.one.get(&key) {
            None => {
                self.one.insert(key, parcel);
            }
            Some(known) if *known == parcel => {}
            Some(_) => {
                let more = self.more.entry(key).or_default();
                if !more.contains(&parcel) {
                    more.push(parcel);
                }
            }
        }
    }

    /// Forgets a parcel.
    pub fn remove(&mut self, key: Key, parcel: ParcelId) {
        let mut rest = self.more.remove(&key).unwrap_or_default();
        rest.retain(|own| *own != parcel);
        if self.one.get(&key) == Some(&parcel) {
            match rest.pop() {
                Some(next) => self.one.insert(key, next),
                None => self.one.remove(&key),
            };
        }
        if !rest.is_empty() {
            self.more.insert(key, rest);
        }
    }

    /// The parcels of a key.
    pub fn get(&self, key: Key) -> impl Iterator<Item = ParcelId> {
        let one = self.one.get(&key).copied();
        let more = one.and_then(|_| self.more.get(&key));
        one.into_iter().chain(more.into_iter().flatten().copied())
    }
}

/// Every key in the store.
#[derive(Debug)]
pub struct Filter(BloomFilter);

impl Filter {
    /// A filter for so many keys, and as many again.
    pub fn with_room_behind(keys: u64) -> Filter {
        Filter(BloomFilter::with_capacity(keys.saturating_mul(2).max(1 << 20)))
    }

    /// Notes a key.
    pub fn insert(&mut self, key: Key) {
        self.0.insert(key.fingerprint());
    }

    /// False for what is certainly not in the store.
    pub fn may_contain(&self, key: Key) -> bool {
        self.0.may_contain(key.fingerprint())
    }

    /// Whether it holds more than it is made for.
    pub fn is_full(&self) -> bool {
        self.0.is_full()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parcels_of_one_key_are_all_found_until_each_is_forgotten() {
        let mut keys = Keys::default();
        let key = Key::of_order("A");
        for parcel in [1, 2, 3, 2] {
            keys.insert(key, parcel);
        }
        let found = |keys: &Keys| {
            let mut found: Vec<_> = keys.get(key).collect();
            found.sort_unstable();
            found
        };
        assert_eq!(found(&keys), [1, 2, 3]);
        keys.remove(key, 1);
        assert_eq!(found(&keys), [2, 3]);
        keys.remove(key, 7);
        keys.remove(key, 3);
        keys.remove(key, 2);
        assert!(found(&keys).is_empty() && keys.one.is_empty() && keys.more.is_empty());
    }

    #[test]
    fn a_number_means_an_order_or_a_document_of_one_kind() {
        let keys = [
            Key::of_order("1"),
            Key::of_document(DocumentKind::Order, "1"),
            Key::of_document(DocumentKind::List, "1"),
        ];
        assert!(keys[0] != keys[1] && keys[1] != keys[2] && keys[0] != keys[2]);
    }
}
