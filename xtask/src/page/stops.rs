//! Empties the functions by which Rust says why it stops.
//!
//! The browser shows nothing of what they say: a panic in the page is a trap with or without them. So they just
//! trap, and with them goes the code that only they call. The same for the places in the source that they would
//! name, and for what is behind the exports that `trim` has dropped: it can't be reached, but tables in memory still
//! lead to it.

use super::module::{CODE, DATA, Module, Reader, put_counted, put_number};

/// How the names of functions begin that never return, without the hashes that compilers put into them. One that
/// another compiler calls otherwise stays as it is.
const STOPS: [&str; 17] = [
    "core::panicking::",
    "core::option::unwrap_failed",
    "core::option::expect_failed",
    "core::result::unwrap_failed",
    "core::slice::index::slice_index_fail",
    "core::slice::copy_from_slice_impl::len_mismatch_fail",
    "core::str::slice_error_fail",
    "core::cell::panic_already_",
    "core::cell::lazy::panic_poisoned",
    "alloc::raw_vec::handle_error",
    "alloc::raw_vec::capacity_overflow",
    "alloc::alloc::handle_alloc_error",
    "std::alloc::rust_oom",
    "std::panicking::panic_handler",
    "std::thread::local::panic_access_error",
    "__rustc::rust_begin_unwind",
    "wasm_bindgen::__rt::borrow_fail",
];
/// The same by the end of the name: `Vec::remove::assert_failed` and the like.
const STOPS_BY_END: &str = "::assert_failed";
/// What is behind the dropped exports, by a part of the name. Nothing else makes a promise of JavaScript's.
const UNREACHED: [&str; 2] = ["wasm_streams::", "js_sys::futures::future_to_promise"];

/// No locals, one instruction: `unreachable`.
const TRAP: [u8; 3] = [0, 0x00, 0x0b];

/// Empties what never says anything, and blanks the places in the source.
pub fn empty(module: &mut Module) -> Option<()> {
    let imported = module
        .imports()?
        .iter()
        .filter(|import| import.is_function())
        .count();
    let mut emptied: Vec<usize> = Vec::new();
    for (number, name) in module.function_names()? {
        if number >= imported && says_nothing(&name) {
            emptied.push(number - imported);
        }
    }
    emptied.sort_unstable();
    let bodies = Reader::new(module.section(CODE)).list(|code| code.counted().map(<[u8]>::to_vec))?;
    let mut code = Vec::new();
    put_number(&mut code, bodies.len());
    for (number, body) in bodies.iter().enumerate() {
        let is_emptied = emptied.binary_search(&number).is_ok();
        put_counted(&mut code, if is_emptied { &TRAP } else { body });
    }
    module.replace(CODE, code);
    let mut data = module.section(DATA).to_vec();
    blank_places(&mut data)?;
    module.replace(DATA, data);
    Some(())
}

fn says_nothing(name: &str) -> bool {
    if UNREACHED.iter().any(|part| name.contains(part)) {
        return true;
    }
    let plain = plain(name);
    STOPS.iter().any(|begin| plain.starts_with(begin)) || plain.ends_with(STOPS_BY_END)
}

/// A name without hashes, of crates (`core[c5930c85a12de822]`) and at the end (`::h16c2…`).
pub fn plain(name: &str) -> String {
    let is_hash = |text: &str| text.len() == 16 && text.bytes().all(|letter| letter.is_ascii_hexdigit());
    let name = match name.rsplit_once("::h") {
        Some((before, hash)) if is_hash(hash) => before,
        _ => name,
    };
    let mut parts = name.split('[');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((hash, after)) if is_hash(hash) => plain.push_str(after),
            _ => {
                plain.push('[');
                plain.push_str(part);
            }
        }
    }
    plain
}

/// Blanks every place in the source, and the names of files that they lead to. A place is four words: where the
/// name of the file is, its length, line and column.
fn blank_places(data: &mut [u8]) -> Option<()> {
    const LONGEST_FILE: usize = 100_000;
    const LONGEST_LINE: usize = 1_000;
    let whole = data.len();
    let mut reader = Reader::new(data);
    // Where each segment begins in memory, where in the section, and its length.
    let segments = reader.list(|reader| {
        let (active, constant) = (reader.byte()?, reader.byte()?);
        if (active, constant) != (0, 0x41) {
            return None;
        }
        // Signed, but no address of ours is so high that this would matter.
        let address = reader.number()?;
        reader.byte()?;
        let length = reader.counted()?.len();
        Some((address, whole - reader.rest().len() - length, length))
    })?;
    let mut blanks = Vec::new();
    for &(address, begin, length) in &segments {
        let segment = &data[begin..begin + length];
        let word = |at: usize| {
            let bytes = segment.get(at..at + 4)?.try_into().ok()?;
            Some(u32::from_le_bytes(bytes) as usize)
        };
        let aligned = (4 - address % 4) % 4;
        for at in (aligned..length).step_by(4) {
            let (Some(name), Some(letters), Some(line), Some(column)) =
                (word(at), word(at + 4), word(at + 8), word(at + 12))
            else {
                break;
            };
            let Some(name) = name.checked_sub(address) else {
                continue;
            };
            let is_place = (1..LONGEST_FILE).contains(&line)
                && (1..LONGEST_LINE).contains(&column)
                && segment.get(name + letters) == Some(&0)
                && segment.get(name..name + letters).is_some_and(is_source);
            if is_place {
                blanks.push(begin + at..begin + at + 16);
                blanks.push(begin + name..begin + name + letters);
            }
        }
    }
    for blank in blanks {
        data[blank].fill(0);
    }
    Some(())
}

fn is_source(name: &[u8]) -> bool {
    let is_of_path = |letter: &u8| letter.is_ascii_alphanumeric() || b"_-./".contains(letter);
    name.ends_with(b".rs") && name.iter().all(is_of_path)
}

#[cfg(test)]
mod tests {
    use super::{blank_places, plain, says_nothing};

    #[test]
    fn functions_that_stop_are_known_by_the_names_of_every_compiler() {
        assert_eq!(
            plain("core[c5930c85a12de822]::panicking::panic"),
            "core::panicking::panic"
        );
        assert_eq!(plain("a::b::h6f5f64486e62c604"), "a::b");
        assert_eq!(plain("<[T] as core::Debug>::fmt"), "<[T] as core::Debug>::fmt");
        for stops in [
            "core[c5930c85a12de822]::panicking::panic_bounds_check",
            "<alloc[3ca501edff3f0c7c]::vec::Vec<_, _>>::remove::assert_failed",
            "wasm_bindgen::__rt::borrow_fail::h7f4d8a3e6bc95bd9",
        ] {
            assert!(says_nothing(stops), "{stops}");
        }
        for goes_on in [
            "std[a543996e6e7dbf1e]::panicking::panic_count::is_zero_slow_path",
            "<hashbrown[5e619d7d1129c59f]::raw::Fallibility>::capacity_overflow",
            "frontend::main::hc247a4f19061478e",
        ] {
            assert!(!says_nothing(goes_on), "{goes_on}");
        }
    }

    #[test]
    fn places_in_the_source_are_blanked_and_nothing_else() {
        let memory = |name: &[u8; 8], words: [u32; 4]| {
            let mut segment = name.to_vec();
            segment.extend(words.iter().flat_map(|word| word.to_le_bytes()));
            segment.extend(b"kept");
            // One segment from the address 16 on.
            let mut data = vec![1, 0, 0x41, 16, 0x0b, segment.len() as u8];
            data.extend(segment);
            data
        };
        let mut place = memory(b"src/a.rs", [16, 7, 12, 5]);
        let untouched = place.clone();
        blank_places(&mut place).unwrap();
        // The name has to end where a zero is.
        assert_eq!(place, untouched);
        let mut place = memory(b"src/a.r\0", [16, 7, 12, 5]);
        let untouched = place.clone();
        blank_places(&mut place).unwrap();
        assert_eq!(place, untouched);
        let mut place = memory(b"rc/a.rs\0", [16, 7, 12, 5]);
        blank_places(&mut place).unwrap();
        assert_eq!(place, memory(&[0; 8], [0; 4]));
    }
}
