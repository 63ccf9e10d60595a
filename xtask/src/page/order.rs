//! Puts functions that are alike beside each other. Brotli finds what it has just seen for fewer bits, and a small page
//! is mostly the same few things done again and again: 6 KB less, for the same functions.

use std::collections::BTreeMap;

use super::module::{CODE, FUNCTIONS, Module, Reader, put_counted, put_number};

/// Functions whose sizes differ by more than this factor are not alike.
const FACTOR: usize = 3;

/// The module with names for its functions, by which `wasm-opt` sorts them.
pub fn name(wasm: &[u8]) -> Option<Vec<u8>> {
    let module = Module::read(wasm)?;
    let imported = module
        .imports()?
        .iter()
        .filter(|import| import.is_function())
        .count();
    let types = Reader::new(module.section(FUNCTIONS)).list(Reader::number)?;
    let bodies = Reader::new(module.section(CODE)).list(|code| code.counted().map(<[u8]>::to_vec))?;
    if types.len() != bodies.len() {
        return None;
    }
    let mut names = Vec::new();
    put_number(&mut names, bodies.len());
    let mut places: Vec<(usize, usize)> = order(&types, &bodies).into_iter().zip(0..).collect();
    places.sort_unstable();
    for (function, place) in places {
        put_number(&mut names, imported + function);
        put_counted(&mut names, format!("f{place:06}").as_bytes());
    }
    let mut section = Vec::new();
    put_counted(&mut section, b"name");
    // The names of functions are its part 1; the section is a custom one, 0.
    section.push(1);
    put_counted(&mut section, &names);
    let mut named = module.write();
    named.push(0);
    put_counted(&mut named, &section);
    Some(named)
}

/// The functions by their type, and among those of one type each behind the one that it is most like.
fn order(types: &[usize], bodies: &[Vec<u8>]) -> Vec<usize> {
    let mut of_type: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (function, of) in types.iter().enumerate() {
        of_type.entry(*of).or_default().push(function);
    }
    let runs: Vec<Vec<u32>> = bodies.iter().map(|body| runs(body)).collect();
    let mut order = Vec::with_capacity(bodies.len());
    for mut left in of_type.into_values() {
        left.sort_by_key(|function| bodies[*function].len());
        let mut at = 0;
        while at < left.len() {
            let last = left.remove(at);
            order.push(last);
            let mut best = (0.0, 0);
            for (index, function) in left.iter().enumerate() {
                let alike = alike(&runs[last], &runs[*function]);
                if alike > best.0 {
                    best = (alike, index);
                }
            }
            at = best.1;
        }
    }
    order
}

/// The runs of four bytes in a function, each once, sorted.
fn runs(body: &[u8]) -> Vec<u32> {
    let runs = body.windows(4);
    let mut runs: Vec<u32> = runs
        .map(|run| run.iter().fold(0, |all, byte| all << 8 | u32::from(*byte)))
        .collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

/// How much two functions have in common, from 0 to 1.
fn alike(one: &[u32], other: &[u32]) -> f64 {
    if one.len() > other.len() * FACTOR || other.len() > one.len() * FACTOR {
        return 0.0;
    }
    let (mut common, mut at, mut beside) = (0_usize, 0, 0);
    while let (Some(this), Some(that)) = (one.get(at), other.get(beside)) {
        let order = this.cmp(that);
        common += usize::from(order.is_eq());
        at += usize::from(order.is_le());
        beside += usize::from(order.is_ge());
    }
    let all = one.len() + other.len() - common;
    if all == 0 { 0.0 } else { common as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::{alike, name, order, runs};

    #[test]
    fn what_is_alike_stands_together_and_nothing_is_lost() {
        let bodies = [
            b"abcdefgh".to_vec(),
            b"12345678".to_vec(),
            b"abcdefgx!".to_vec(),
            b"123456789".to_vec(),
            b"abcdefgh".to_vec(),
        ];
        assert_eq!(order(&[0, 0, 0, 0, 1], &bodies), [0, 2, 1, 3, 4]);
        assert!(order(&[], &[]).is_empty());
    }

    #[test]
    fn likeness_is_what_both_have_of_what_either_has() {
        assert_eq!(alike(&runs(b"abcde"), &runs(b"abcde")), 1.0);
        assert_eq!(alike(&runs(b"abcde"), &runs(b"bcdef")), 1.0 / 3.0);
        assert_eq!(alike(&runs(b"ab"), &runs(b"ab")), 0.0);
    }

    #[test]
    fn the_module_only_gets_a_section_of_names() {
        // One type, two functions of it that do nothing.
        let wasm = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x03\x02\0\0\x0a\x07\x02\x02\0\x0b\x02\0\x0b";
        let named = name(wasm).unwrap();
        let rest = named.strip_prefix(wasm.as_slice()).unwrap();
        assert_eq!(rest, b"\0\x1a\x04name\x01\x13\x02\0\x07f000000\x01\x07f000001");
    }
}
