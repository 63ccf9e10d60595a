//! What people type, found among everything that a box is known by: the texts lie one behind the other in memory, so that
//! a part of one is found by running over a few megabytes, whatever it is a part of.

use rustc_hash::FxHashSet;
use std::collections::BTreeSet;
use xxhash_rust::xxh3::xxh3_64;

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// A container number.
    Container,
    /// A bill of lading.
    BillOfLading,
    /// A declaration.
    Declaration,
    /// A voyage.
    Voyage,
    /// The name of a vessel.
    VesselName,
    /// The IMO number of a vessel.
    VesselImo,
}

impl Field {
    /// Every field, in the order in which they are told.
    pub const ALL: [Field; 6] = [
        Field::Container,
        Field::BillOfLading,
        Field::Declaration,
        Field::Voyage,
        Field::VesselName,
        Field::VesselImo,
    ];

    /// Its letter among the terms of the store; containers have none.
    pub fn letter(self) -> Option<char> {
        match self {
            Field::Container => None,
            Field::BillOfLading => Some('b'),
            Field::Declaration => Some('d'),
            Field::Voyage => Some('v'),
            Field::VesselName => Some('n'),
            Field::VesselImo => Some('i'),
        }
    }

    /// Its name as it travels.
    pub fn name(self) -> &'static str {
        match self {
            Field::Container => "container",
            Field::BillOfLading => "bill_of_lading",
            Field::Declaration => "declaration",
            Field::Voyage => "voyage",
            Field::VesselName | Field::VesselImo => "vessel",
        }
    }
}

/// How a text was found; the better first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fit {
    /// It is what was typed.
    Exact,
    /// It begins so.
    Begins,
    /// It holds it.
    Part,
    /// It is what was typed but for one character.
    Near,
}

/// Parts are looked for from so many characters on: fewer are a part of nearly everything.
pub const LEAST_OF_A_PART: usize = 3;
/// So many characters and more may have one that is wrong.
pub const LEAST_OF_A_NEAR: usize = 5;

/// The texts of one field, each once, in capitals.
#[derive(Debug)]
pub struct Texts {
    /// Each text between line ends.
    all: String,
    known: FxHashSet<u64>,
}

impl Default for Texts {
    fn default() -> Texts {
        Texts {
            all: "\n".to_owned(),
            known: FxHashSet::default(),
        }
    }
}

impl Texts {
    /// Adds a text, unless it is there.
    pub fn add(&mut self, text: &str) {
        let text = text.to_uppercase();
        // A line end would make two texts of it.
        if !text.contains('\n') && self.known.insert(xxh3_64(text.as_bytes())) {
            self.all.push_str(&text);
            self.all.push('\n');
        }
    }

    /// The first texts, by letter, that are found in this way; `wanted` is in capitals.
    pub fn find(&self, wanted: &str, fit: Fit, most: usize) -> Vec<&str> {
        let mut first = First {
            most,
            found: BTreeSet::new(),
        };
        if wanted.is_empty() || wanted.contains('\n') || most == 0 {
            return Vec::new();
        }
        match fit {
            Fit::Exact => {
                if self.known.contains(&xxh3_64(wanted.as_bytes())) {
                    let line = format!("\n{wanted}\n");
                    let at = memchr::memmem::find(self.all.as_bytes(), line.as_bytes());
                    at.into_iter().for_each(|at| first.put(self.line(at + 1)));
                }
            }
            Fit::Begins => {
                let line = format!("\n{wanted}");
                for at in memchr::memmem::find_iter(self.all.as_bytes(), line.as_bytes()) {
                    first.put(self.line(at + 1));
                }
            }
            Fit::Part => {
                for at in memchr::memmem::find_iter(self.all.as_bytes(), wanted.as_bytes()) {
                    first.put(self.line(at));
                }
            }
            Fit::Near => {
                for text in self.all.lines().filter(|text| is_near(text, wanted)) {
                    first.put(text);
                }
            }
        }
        first.found.into_iter().collect()
    }

    /// The text that lies over a place.
    fn line(&self, at: usize) -> &str {
        // What was found lies between two line ends, and neither splits a character.
        let begin = memchr::memrchr(b'\n', &self.all.as_bytes()[..at]).map_or(0, |end| end + 1);
        let end = memchr::memchr(b'\n', &self.all.as_bytes()[at..]).map_or(self.all.len(), |end| at + end);
        &self.all[begin..end]
    }
}

/// The first few of many, by letter.
struct First<'t> {
    most: usize,
    found: BTreeSet<&'t str>,
}

impl<'t> First<'t> {
    fn put(&mut self, text: &'t str) {
        if self.found.len() < self.most {
            self.found.insert(text);
        } else if self.found.last().is_some_and(|last| text < *last) && self.found.insert(text) {
            self.found.pop_last();
        }
    }
}

/// Whether two texts differ by one character: another one, one that is missing or too many, or two neighbours that
/// changed places.
pub fn is_near(a: &str, b: &str) -> bool {
    let (long, short) = if a.len() < b.len() {
        (b.as_bytes(), a.as_bytes())
    } else {
        (a.as_bytes(), b.as_bytes())
    };
    // Quick, as nearly all are not.
    if long.len() - short.len() > 1 {
        return false;
    }
    let Some(first) = (0..short.len()).find(|place| long[*place] != short[*place]) else {
        return long.len() != short.len();
    };
    if long.len() != short.len() {
        return long[first + 1..] == short[first..];
    }
    if long[first + 1..] == short[first + 1..] {
        return true;
    }
    let swapped =
        first + 1 < long.len() && long[first] == short[first + 1] && long[first + 1] == short[first];
    swapped && long[first + 2..] == short[first + 2..]
}

/// The texts of all fields.
#[derive(Debug, Default)]
pub struct SearchTexts([Texts; Field::ALL.len()]);

impl SearchTexts {
    /// Adds a text of a field.
    pub fn add(&mut self, field: Field, text: &str) {
        self.0[field as usize].add(text);
    }

    /// The texts of a field.
    pub fn of(&self, field: Field) -> &Texts {
        &self.0[field as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(of: &[&str]) -> Texts {
        let mut texts = Texts::default();
        of.iter().for_each(|text| texts.add(text));
        texts
    }

    #[test]
    fn texts_are_found_by_all_of_them_their_beginning_and_a_part() {
        let texts = texts(&["csqu3054383", "CSQU3054384", "TOLU4734787", "CSQU3054383"]);
        assert_eq!(texts.find("CSQU3054383", Fit::Exact, 9), ["CSQU3054383"]);
        assert!(texts.find("CSQU305438", Fit::Exact, 9).is_empty());
        assert_eq!(texts.find("CSQU", Fit::Begins, 9), ["CSQU3054383", "CSQU3054384"]);
        assert_eq!(texts.find("CSQU", Fit::Begins, 1), ["CSQU3054383"]);
        assert_eq!(texts.find("473", Fit::Part, 9), ["TOLU4734787"]);
        assert!(texts.find("3\nT", Fit::Part, 9).is_empty());
    }

    #[test]
    fn one_wrong_character_is_near_and_two_are_not() {
        for near in [
            "CSQU3054393",
            "CSQU305438",
            "CSQU30543833",
            "CSUQ3054383",
            "SQU3054383",
        ] {
            assert!(is_near("CSQU3054383", near), "{near}");
        }
        for far in [
            "CSQU3054383",
            "CSQU3054",
            "CSQU3154393",
            "SCQU3054338",
            "USQC3054383",
        ] {
            assert!(!is_near("CSQU3054383", far), "{far}");
        }
    }

    /// Every text that one change makes.
    fn changed(text: &str) -> BTreeSet<String> {
        let letters: Vec<char> = text.chars().collect();
        let mut all = BTreeSet::new();
        for place in 0..=letters.len() {
            for letter in "AB1".chars() {
                let mut more = letters.clone();
                more.insert(place, letter);
                all.insert(more.iter().collect());
                if place < letters.len() {
                    let mut other = letters.clone();
                    other[place] = letter;
                    all.insert(other.iter().collect());
                }
            }
            if place < letters.len() {
                let mut fewer = letters.clone();
                fewer.remove(place);
                all.insert(fewer.iter().collect());
            }
            if place + 1 < letters.len() {
                let mut swapped = letters.clone();
                swapped.swap(place, place + 1);
                all.insert(swapped.iter().collect());
            }
        }
        all.remove(text);
        all
    }

    proptest! {
        #[test]
        fn near_is_what_one_change_makes(a in "[AB1]{0,6}", b in "[AB1]{0,6}") {
            prop_assert_eq!(is_near(&a, &b), changed(&a).contains(&b));
        }
    }
}
