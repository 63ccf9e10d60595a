//! Segments with their bytes. The tokenizer is the crate `edifact-rs`: it follows UNA and release characters,
//! skips line breaks between segments, bounds a segment at 64 KiB, gives every segment its span, and goes on
//! behind one that it refuses. It takes text as UTF-8 only, and real interchanges (UNOC) are Latin-1: such a
//! segment is read once more as Latin-1.

use edifact_rs::recover::{Fault, Scanned};
use edifact_rs::{
    EdifactError, Element, ReaderConfig, RecoveryConfig, Segment, ServiceStringAdvice, Span,
    from_bytes_with_config, scan_recovering,
};

/// A segment, or what stands in the place of one.
#[derive(Debug)]
pub enum Item<'a> {
    /// A segment.
    Segment(Segment<'a>),
    /// Bytes that are no segment; reading goes on behind them.
    Wrong {
        /// First byte.
        offset: usize,
        /// What is wrong.
        message: String,
    },
    /// The body ends in the middle of the segment that begins here.
    Truncated(usize),
    /// Too long to go on.
    TooLarge {
        /// First byte.
        offset: usize,
        /// Which bound.
        message: String,
    },
}

/// Segments that are refused or not UTF-8 before reading ends.
const MAX_FAULTS: usize = 100_000;

/// The segments of a body.
pub fn scan(body: &[u8]) -> impl Iterator<Item = Item<'_>> {
    let advice = ServiceStringAdvice::from_bytes(body).ok();
    scan_recovering(trimmed(body), &RecoveryConfig::default().max_faults(MAX_FAULTS)).map(move |scanned| {
        match scanned {
            Scanned::Segment(segment) => Item::Segment(segment),
            Scanned::Fault(fault) => broken(body, &fault, advice),
            // The crate may come to know more kinds.
            other => Item::Wrong {
                offset: other.span().start,
                message: "this is no segment".into(),
            },
        }
    })
}

/// Without what editors and transfers leave behind the last segment.
fn trimmed(body: &[u8]) -> &[u8] {
    let end = body
        .iter()
        .rposition(|byte| !matches!(byte, 0 | 0x1A | b' ' | b'\t' | b'\r' | b'\n'))
        .map_or(0, |last| last + 1);
    body.get(..end).unwrap_or(body)
}

fn broken<'a>(body: &[u8], fault: &Fault, advice: Option<ServiceStringAdvice>) -> Item<'a> {
    let span = fault.span();
    let offset = span.start;
    match fault.error() {
        EdifactError::UnexpectedEof { .. } => Item::Truncated(offset),
        EdifactError::SegmentTooLong { .. } | EdifactError::LimitExceeded { .. } => Item::TooLarge {
            offset,
            message: fault.error().to_string(),
        },
        EdifactError::InvalidText { .. } => match latin_1(body, span, advice) {
            Some(segment) => Item::Segment(segment),
            None => wrong(fault),
        },
        _ => wrong(fault),
    }
}

fn wrong<'a>(fault: &Fault) -> Item<'a> {
    Item::Wrong {
        offset: fault.span().start,
        message: fault.error().to_string(),
    }
}

fn latin_1<'a>(body: &[u8], span: Span, advice: Option<ServiceStringAdvice>) -> Option<Segment<'a>> {
    let text: String = body
        .get(span.start..span.end)?
        .iter()
        .copied()
        .map(char::from)
        .collect();
    let config = ReaderConfig::default().with_service_string_advice(advice?);
    let segment = from_bytes_with_config(text.as_bytes(), config).next()?.ok()?;
    let elements = segment.elements.iter().map(|element| {
        let components: Vec<String> = element.components().map(str::to_owned).collect();
        Element::of(&components)
    });
    let tag = Span::new(span.start, span.start + 3);
    Some(Segment::new(segment.tag.to_string(), elements.collect()).with_spans(span, tag))
}

/// Reading values out of a segment: elements and components count from 0, the tag is none of them.
pub trait Parts {
    /// A component, without blanks around it; nothing when it is empty.
    fn part(&self, element: usize, component: usize) -> Option<&str>;
    /// First byte.
    fn starts(&self) -> usize;
    /// Byte behind its last, with the terminator.
    fn ends(&self) -> usize;
}

impl Parts for Segment<'_> {
    fn part(&self, element: usize, component: usize) -> Option<&str> {
        self.component_str(element, component)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    fn starts(&self) -> usize {
        self.span.start
    }

    fn ends(&self) -> usize {
        self.span.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(body: &[u8]) -> Vec<(String, usize)> {
        scan(body)
            .map(|item| match item {
                Item::Segment(segment) => (segment.tag.to_string(), segment.starts()),
                other => (format!("{other:?}"), 0),
            })
            .collect()
    }

    #[test]
    fn una_release_characters_and_line_breaks_are_followed() {
        let body = b"UNA:+.? '\r\nUNB+UNOA:2+A?+B'\r\n\r\nUNH+1+COARRI:D:95B:UN'\x1a\r\n";
        assert_eq!(segments(body), [("UNB".into(), 11), ("UNH".into(), 31)]);
        let Some(Item::Segment(unb)) = scan(body).next() else {
            panic!()
        };
        assert_eq!(unb.part(1, 0), Some("A+B"));
        let other = b"UNA;*.! ~UNB*UNOA;2*A'B~";
        let Some(Item::Segment(unb)) = scan(other).next() else {
            panic!()
        };
        assert_eq!((unb.part(0, 1), unb.part(1, 0)), (Some("2"), Some("A'B")));
    }

    #[test]
    fn latin_1_is_read_and_keeps_its_offsets() {
        let body = b"UNB+UNOC:3+A+B'NAD+CA+M\xDCNCHEN?+1'UNZ+0+1'";
        let items: Vec<_> = scan(body).collect();
        let Item::Segment(nad) = &items[1] else {
            panic!("{items:?}")
        };
        assert_eq!((nad.part(1, 0), nad.starts()), (Some("MÜNCHEN+1"), 15));
        let Item::Segment(unz) = &items[2] else { panic!() };
        assert_eq!(&body[unz.starts()..unz.starts() + 3], b"UNZ");
    }

    #[test]
    fn what_is_no_segment_does_not_end_the_reading() {
        let items: Vec<_> = scan(b"UNB+UNOA:2+A+B'hello'UNZ+0+1'UNH+1").collect();
        assert!(matches!(items[1], Item::Wrong { offset: 15, .. }));
        assert!(matches!(&items[2], Item::Segment(unz) if unz.tag == "UNZ"));
        assert!(matches!(items[3], Item::Truncated(29)));
    }
}
