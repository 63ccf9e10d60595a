//! Records of the store with a checksum behind them: what a disk changed is found when it is read, and is never taken
//! for a state.

use super::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use xxhash_rust::xxh3::xxh3_64;

/// Bytes of a checksum.
const SUM: usize = 8;

/// A record's bytes with their checksum.
pub(crate) fn seal<T: Serialize + ?Sized>(record: &T) -> Result<Vec<u8>, StoreError> {
    Ok(with_sum(postcard::to_stdvec(record)?))
}

/// The same of bytes.
pub(crate) fn with_sum(mut bytes: Vec<u8>) -> Vec<u8> {
    let sum = xxh3_64(&bytes);
    bytes.extend_from_slice(&sum.to_le_bytes());
    bytes
}

/// Bytes whose checksum fits, without it.
pub(crate) fn without_sum(sealed: &[u8]) -> Result<&[u8], StoreError> {
    match sealed.split_last_chunk::<SUM>() {
        Some((bytes, sum)) if xxh3_64(bytes).to_le_bytes() == *sum => Ok(bytes),
        _ => Err(StoreError::Sum),
    }
}

/// The record of sealed bytes.
pub(crate) fn unseal<T: DeserializeOwned>(sealed: &[u8]) -> Result<T, StoreError> {
    Ok(postcard::from_bytes(without_sum(sealed)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_record_with_a_changed_bit_is_read() {
        let sealed = seal(&vec![1_u32, 500, 70_000]).unwrap();
        assert_eq!(unseal::<Vec<u32>>(&sealed).unwrap(), [1, 500, 70_000]);
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(
                matches!(unseal::<Vec<u32>>(&changed), Err(StoreError::Sum)),
                "{bit}"
            );
        }
        assert!(unseal::<Vec<u32>>(&[]).is_err());
    }
}
