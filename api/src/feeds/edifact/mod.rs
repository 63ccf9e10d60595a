//! EDIFACT interchanges with CODECO and COARRI, as they really arrive (`domain.md` §3, `semantics.md` §1 "From
//! EDIFACT"). Segments come from the crate `edifact-rs` (see [`scan`]); what they mean is ours, for no library
//! knows the habits of ports.
//!
//! A body may hold several interchanges, or a single message without an envelope: that is how a stored problem
//! is read again, with the sender given in the call.

mod equipment;
mod group;
mod header;
mod message;
mod moment;
mod movement;
mod place;
mod scan;
mod slipped;
#[cfg(test)]
mod tests;

use super::{Context, ReadProblem, Reading};
use edifact_rs::Segment;
use message::{Envelope, Message};
use moment::Moment;
use scan::{Item, Parts};
use shared::wire::feeds::{FlagCode, ProblemCode, Remark};
use smol_str::SmolStr;
use std::ops::Range;

/// Problems that are told one by one; what comes after them is one problem more.
const MAX_PROBLEMS: usize = 10_000;
/// Flags on messages that one body may have.
const MAX_FLAGS: usize = 50_000;
/// Equipment that one body may have.
const MAX_EQUIPMENT: u64 = 200_000;

/// Reads a body. Never fails as a whole: what is understood comes as events, the rest as problems with their
/// positions.
pub fn read(body: &[u8], context: &Context<'_>) -> Reading {
    if let Err(offset) = begins(body) {
        let message = "this is no EDIFACT: UNA, UNB or UNH is expected here";
        return Reading {
            problems: vec![whole(
                ProblemCode::NotEdifact,
                offset,
                offset..body.len(),
                None,
                message,
            )],
            ..Reading::default()
        };
    }
    let mut interchange = Interchange::new(body, context);
    for item in scan::scan(body) {
        if interchange.is_full() {
            interchange.give_up(&item);
            return interchange.reading;
        }
        match item {
            Item::Segment(segment) => interchange.segment(segment),
            Item::Wrong { offset, message } => interchange.wrong(offset, message),
            Item::Truncated(offset) => {
                interchange.cut(offset);
                return interchange.reading;
            }
            Item::TooLarge { offset, message } => {
                interchange.too_large(offset, message);
                return interchange.reading;
            }
        }
    }
    interchange.end();
    interchange.reading
}

/// Whether the body begins as EDIFACT does; else the first byte that says otherwise.
fn begins(body: &[u8]) -> Result<(), usize> {
    let from = if body.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let rest = body.get(from..).unwrap_or_default();
    let start = from + rest.iter().take_while(|byte| blank(byte)).count();
    let tag = body.get(start..).unwrap_or_default();
    let matching = [b"UNA", b"UNB", b"UNH"]
        .iter()
        .map(|known| known.iter().zip(tag).take_while(|(a, b)| a == b).count())
        .max()
        .unwrap_or(0);
    if matching == 3 {
        Ok(())
    } else {
        Err(start + matching)
    }
}

fn whole(
    code: ProblemCode,
    offset: usize,
    raw: Range<usize>,
    source: Option<&SmolStr>,
    message: impl Into<String>,
) -> ReadProblem {
    ReadProblem {
        remark: Remark {
            index: None,
            pointer: None,
            offset: Some(offset as u64),
            segment: None,
            code,
            message: message.into(),
        },
        raw,
        source: source.map(SmolStr::to_string),
    }
}

/// The interchange while it is read.
struct Interchange<'a> {
    body: &'a [u8],
    context: &'a Context<'a>,
    source: SmolStr,
    prepared: Option<Moment>,
    /// Between UNB and UNZ.
    is_open: bool,
    message: Option<Message<'a>>,
    /// Messages of the body, and of this interchange.
    messages: usize,
    inside: u64,
    equipment: u64,
    ends: usize,
    stray_told: bool,
    reading: Reading,
}

/// The envelope, borrowed apart from message and reading.
macro_rules! envelope {
    ($interchange:expr) => {
        Envelope {
            body: $interchange.body,
            context: $interchange.context,
            source: &$interchange.source,
            prepared: $interchange.prepared,
        }
    };
}

impl<'a> Interchange<'a> {
    fn new(body: &'a [u8], context: &'a Context<'a>) -> Interchange<'a> {
        Interchange {
            body,
            context,
            source: SmolStr::new(context.source.unwrap_or("edifact")),
            prepared: None,
            is_open: false,
            message: None,
            messages: 0,
            inside: 0,
            equipment: 0,
            ends: 0,
            stray_told: false,
            reading: Reading::default(),
        }
    }

    fn segment(&mut self, segment: Segment<'a>) {
        let ends = segment.ends();
        match segment.tag.as_ref() {
            "UNA" | "UNG" | "UNE" => {}
            "UNB" => self.unb(&segment),
            "UNZ" => self.unz(&segment),
            "UNH" => {
                self.close(None);
                self.messages += 1;
                self.inside += 1;
                self.message = Some(Message::new(&segment, self.messages));
            }
            "UNT" => {
                if self.message.is_none() {
                    self.stray(&segment);
                }
                self.close(Some(&segment));
            }
            _ => match &mut self.message {
                Some(message) => {
                    message.push(segment, envelope!(self), &mut self.equipment, &mut self.reading);
                }
                None => self.stray(&segment),
            },
        }
        self.ends = ends;
    }

    fn unb(&mut self, unb: &Segment<'_>) {
        self.close(None);
        if self.is_open {
            self.flag_count("UNZ", unb.starts(), "the interchange before this one has no UNZ");
        }
        self.is_open = true;
        self.inside = 0;
        self.stray_told = false;
        self.prepared = moment::of_unb(unb);
        self.source = unb
            .part(1, 0)
            .or(self.context.source)
            .and_then(header::short)
            .unwrap_or_else(|| SmolStr::new_static("edifact"));
    }

    fn unz(&mut self, unz: &Segment<'_>) {
        self.close(None);
        self.is_open = false;
        self.stray_told = false;
        let stated = unz.part(0, 0).and_then(|count| count.parse::<u64>().ok());
        if stated != Some(self.inside) {
            let stated: String = unz.part(0, 0).unwrap_or("nothing").chars().take(20).collect();
            let message = format!("UNZ says {stated} messages, and there are {}", self.inside);
            self.flag_count("UNZ", unz.starts(), message);
        }
    }

    fn flag_count(&mut self, tag: &str, offset: usize, message: impl Into<String>) {
        self.reading.flags.push(Remark {
            index: None,
            pointer: Some(tag.to_owned()),
            offset: Some(offset as u64),
            segment: Some(tag.to_owned()),
            code: FlagCode::MessageCount,
            message: message.into(),
        });
    }

    fn close(&mut self, unt: Option<&Segment<'_>>) {
        let ends = unt.map_or(self.ends, Parts::ends);
        if let Some(message) = self.message.take() {
            message.close(unt, ends, envelope!(self), &mut self.equipment, &mut self.reading);
        }
    }

    /// A segment outside of every message: told once until something orderly comes.
    fn stray(&mut self, segment: &Segment<'_>) {
        if std::mem::replace(&mut self.stray_told, true) {
            return;
        }
        let tag: String = segment.tag.chars().take(3).collect();
        let message = format!("{tag} stands outside of every message: a UNH is missing before it");
        let mut problem = whole(
            ProblemCode::Invalid,
            segment.starts(),
            segment.starts()..segment.ends().min(self.body.len()),
            Some(&self.source),
            message,
        );
        problem.remark.pointer = Some(tag.clone());
        problem.remark.segment = Some(tag);
        self.reading.problems.push(problem);
    }

    fn wrong(&mut self, offset: usize, message: String) {
        match &mut self.message {
            Some(open) => open.wrong(offset, message, envelope!(self), &mut self.reading),
            None if std::mem::replace(&mut self.stray_told, true) => {}
            None => {
                let message = format!("from here on it is no EDIFACT segment: {message}");
                let raw = offset..self.body.len();
                let problem = whole(ProblemCode::NotEdifact, offset, raw, Some(&self.source), message);
                self.reading.problems.push(problem);
            }
        }
    }

    /// The body ends, or cannot be read on, in the middle of the segment at `offset`: the equipment before it is
    /// complete when that segment begins something else. Gives where what is not complete begins.
    fn cut_message(&mut self, offset: usize) -> usize {
        let Some(mut message) = self.message.take() else {
            return offset;
        };
        let tag = self.body.get(offset..offset + 3).unwrap_or_default();
        if matches!(tag, b"EQD" | b"CNT" | b"UNT" | b"UNZ") {
            message.finish_group(envelope!(self), &mut self.equipment, &mut self.reading);
        }
        let from = message.unfinished().unwrap_or(offset);
        message.cut(offset, envelope!(self), &mut self.reading);
        from
    }

    fn cut(&mut self, offset: usize) {
        let from = self.cut_message(offset).min(self.body.len());
        let message = format!(
            "the body ends in the middle of what begins at byte {from}; complete equipment before it was \
             read; send the whole again"
        );
        let raw = from..self.body.len();
        let problem = whole(
            ProblemCode::Truncated,
            self.body.len(),
            raw,
            Some(&self.source),
            message,
        );
        self.reading.problems.push(problem);
    }

    fn too_large(&mut self, offset: usize, message: String) {
        let from = self.cut_message(offset).min(self.body.len());
        let message = format!("{message}; nothing from here on was read");
        let raw = from..self.body.len();
        let problem = whole(ProblemCode::TooLarge, offset, raw, Some(&self.source), message);
        self.reading.problems.push(problem);
    }

    fn is_full(&self) -> bool {
        self.reading.problems.len() >= MAX_PROBLEMS
            || self.reading.flags.len() >= MAX_FLAGS
            || self.equipment >= MAX_EQUIPMENT
    }

    fn give_up(&mut self, item: &Item<'_>) {
        let offset = match item {
            Item::Segment(segment) => segment.starts(),
            Item::Wrong { offset, .. } | Item::Truncated(offset) | Item::TooLarge { offset, .. } => *offset,
        };
        let message =
            "too much for one body: 200,000 equipment, or 10,000 problems, are reached; send the rest apart";
        self.too_large(offset, message.to_owned());
    }

    /// The last segment was whole; what was begun must be, too.
    fn end(&mut self) {
        if self.message.is_some() || self.is_open {
            self.cut(self.ends);
        }
    }
}
