//! A file whose qualifiers have all slipped by one element reads without a fault and says nonsense. It is
//! found by values that stand where a qualifier belongs, and by qualifiers that stand where a value belongs.

use super::scan::Parts;
use edifact_rs::Segment;
use shared::place::is_unlocode;

/// Whether the elements of this segment have slipped, and how that shows.
pub fn slipped(segment: &Segment<'_>) -> Option<String> {
    let first = segment.part(0, 0);
    let second = segment.part(1, 0);
    let told = match (segment.tag.as_ref(), first, second) {
        ("EQD", Some(value), _) if is_number(value) => {
            format!("the container number `{value}` stands where the qualifier CN belongs")
        }
        ("EQD", None, Some("CN")) => "the qualifier CN stands where the container number belongs".to_owned(),
        ("DTM", Some(value), _) if value.len() >= 6 && value.bytes().all(|b| b.is_ascii_digit()) => {
            format!("the time `{value}` stands where a qualifier such as 7 or 203 belongs")
        }
        ("DTM", None, Some(qualifier)) if is_qualifier(qualifier) => {
            format!("the qualifier `{qualifier}` stands one element too far")
        }
        ("LOC", Some(value), _) if is_unlocode(value) => {
            format!("the place `{value}` stands where a qualifier such as 9 or 11 belongs")
        }
        ("LOC", None, Some(qualifier)) if is_qualifier(qualifier) => {
            format!("the qualifier `{qualifier}` stands where the place belongs")
        }
        _ => return None,
    };
    let tag = &segment.tag;
    Some(format!(
        "the elements of {tag} have slipped by one: {told}; nothing of this is taken, for all of it may mean \
         something else; ask the sender to correct the mapping and send again"
    ))
}

/// Four letters and at least six digits.
fn is_number(text: &str) -> bool {
    let plain: Vec<u8> = text.bytes().filter(|b| !matches!(b, b' ' | b'-')).collect();
    plain.len() >= 10
        && plain.iter().take(4).all(u8::is_ascii_alphabetic)
        && plain.iter().skip(4).all(u8::is_ascii_digit)
}

fn is_qualifier(text: &str) -> bool {
    text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit())
}
