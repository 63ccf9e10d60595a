//! One message, from UNH to UNT: its header, its equipment one after the other, and what is told of it as a
//! whole. No more than one equipment is held at a time.

use super::equipment::{Around, Refused, Taken, read};
use super::header::{Function, Header};
use super::moment::Moment;
use super::movement::{self, MessageType, Movement};
use super::scan::Parts;
use super::slipped::slipped;
use crate::feeds::{Context, Position, ReadEvent, ReadProblem, Reading, Replaces};
use edifact_rs::Segment;
use shared::wire::feeds::{FlagCode, ProblemCode, Remark};
use smol_str::SmolStr;

/// Segments that a header may have.
const MAX_HEADER: usize = 5_000;
/// Segments that one equipment may have.
const MAX_GROUP: usize = 2_000;

/// What the message stands in.
#[derive(Clone, Copy)]
pub struct Envelope<'e> {
    /// The whole body.
    pub body: &'e [u8],
    /// Sites, settings and the source of the call.
    pub context: &'e Context<'e>,
    /// The sender.
    pub source: &'e SmolStr,
    /// When UNB says that it was prepared.
    pub prepared: Option<Moment>,
}

/// One message while it is read.
pub struct Message<'a> {
    number: usize,
    starts: usize,
    reference: String,
    /// Nothing when the type is not read.
    kind: Option<MessageType>,
    kind_name: String,
    segments: u64,
    header: Vec<Segment<'a>>,
    head: Option<(Header, Movement)>,
    group: Option<Open<'a>>,
    groups: u64,
    containers: u64,
    taken: u64,
    undecided: u64,
    slipped: Vec<ReadProblem>,
    prefixes: Vec<Replaces>,
    count: Option<(u64, usize)>,
    /// Told as a whole, so nothing of it is taken.
    refused: Option<(ProblemCode, &'static str, usize, String)>,
}

/// An equipment whose segments still come.
struct Open<'a> {
    number: u64,
    segments: Vec<Segment<'a>>,
    ends: usize,
    broken: Option<(ProblemCode, usize, String)>,
}

impl<'a> Message<'a> {
    /// Begins with its UNH; `number` counts the messages of the body from 1.
    pub fn new(unh: &Segment<'a>, number: usize) -> Message<'a> {
        let kind_name: String = unh.part(1, 0).unwrap_or_default().chars().take(20).collect();
        Message {
            number,
            starts: unh.starts(),
            reference: unh.part(0, 0).unwrap_or_default().chars().take(70).collect(),
            kind: MessageType::of(&kind_name),
            kind_name,
            segments: 1,
            header: Vec::new(),
            head: None,
            group: None,
            groups: 0,
            containers: 0,
            taken: 0,
            undecided: 0,
            slipped: Vec::new(),
            prefixes: Vec::new(),
            count: None,
            refused: None,
        }
    }

    fn path(&self) -> String {
        format!("UNH[{}]", self.number)
    }

    /// Takes one more segment. `equipment` counts those of the interchange.
    pub fn push(
        &mut self,
        segment: Segment<'a>,
        envelope: Envelope<'_>,
        equipment: &mut u64,
        into: &mut Reading,
    ) {
        self.segments += 1;
        if self.kind.is_none() {
            return;
        }
        match segment.tag.as_ref() {
            "EQD" => {
                self.finish_group(envelope, equipment, into);
                self.settle(envelope, into);
                self.groups += 1;
                self.group = Some(Open {
                    number: self.groups,
                    ends: segment.ends(),
                    segments: vec![segment],
                    broken: None,
                });
            }
            "CNT" => {
                self.finish_group(envelope, equipment, into);
                if segment.part(0, 0) == Some("16") {
                    let stated = segment.part(0, 1).and_then(|count| count.parse().ok());
                    self.count = stated.map(|stated| (stated, segment.starts()));
                }
            }
            _ => match &mut self.group {
                Some(open) if open.segments.len() < MAX_GROUP => {
                    open.ends = segment.ends();
                    open.segments.push(segment);
                }
                Some(open) => {
                    let message = format!("one equipment may have {MAX_GROUP} segments; this one has more");
                    open.broken
                        .get_or_insert((ProblemCode::TooLarge, segment.starts(), message));
                }
                None if self.head.is_some() => {}
                None if self.header.len() < MAX_HEADER => self.header.push(segment),
                None => {
                    let message = format!("a header may have {MAX_HEADER} segments; this one has more");
                    self.refused
                        .get_or_insert((ProblemCode::TooLarge, "UNH", segment.starts(), message));
                }
            },
        }
    }

    /// Bytes among its segments that are none: the equipment that they stand in is not taken.
    pub fn wrong(&mut self, offset: usize, message: String, envelope: Envelope<'_>, into: &mut Reading) {
        self.segments += 1;
        let message = format!("from here on it is no EDIFACT segment: {message}");
        match &mut self.group {
            _ if self.kind.is_none() => {}
            Some(open) => {
                open.broken
                    .get_or_insert((ProblemCode::NotEdifact, offset, message));
            }
            None => {
                let remark = self.remark(ProblemCode::NotEdifact, "", offset, message);
                self.problem(remark, offset, offset, envelope, into);
            }
        }
    }

    /// Understands the header, once.
    fn settle(&mut self, envelope: Envelope<'_>, into: &mut Reading) {
        let Some(kind) = self.kind.filter(|_| self.head.is_none()) else {
            return;
        };
        let segments = std::mem::take(&mut self.header);
        if let Some((offset, message)) = segments.iter().find_map(|s| Some((s.starts(), slipped(s)?))) {
            self.refused
                .get_or_insert((ProblemCode::Slipped, "", offset, message));
        }
        let header = Header::of(&segments);
        let movement = movement::of(
            kind,
            envelope.source,
            header.code.as_deref(),
            &header.places,
            envelope.context.edifact,
            envelope.context.sites,
        );
        let bgm = header.bgm_offset.unwrap_or(self.starts);
        let code = header.code.as_deref().unwrap_or("nothing");
        if kind == MessageType::Codeco && movement.node.is_none() {
            let message = format!(
                "BGM says `{code}`, and CODECO is read with 34 (gate in) and 36 (gate out); if `{}` means \
                 something by it, set its meaning in the configuration",
                envelope.source
            );
            self.refused
                .get_or_insert((ProblemCode::UnknownCode, "BGM", bgm, message));
        }
        self.odd(&header, movement, bgm, code, into);
        self.head = Some((header, movement));
    }

    /// Flags on the header.
    fn odd(&self, header: &Header, movement: Movement, bgm: usize, code: &str, into: &mut Reading) {
        if self.refused.is_some() {
            return;
        }
        let node = movement.node.map_or("", |node| node.name());
        if movement.assumed {
            let message =
                format!("BGM says `{code}`, which is taken for {node}; set its meaning for this sender");
            into.flags
                .push(self.remark(FlagCode::Assumed, "BGM", bgm, message));
        }
        if movement.contradicted {
            let message = format!("BGM says `{code}`, {node}, and the ports of the header say the opposite");
            into.flags
                .push(self.remark(FlagCode::Contradiction, "BGM", bgm, message));
        }
        if header.too_long {
            let message = "the parties and references of the header are longer than 4 KiB, and were left out";
            into.flags
                .push(self.remark(FlagCode::FieldIgnored, "UNH", self.starts, message));
        }
        if header.function != Function::Original && header.document.is_none() {
            let message =
                "BGM voids or replaces a document and does not name it (1004), so it reaches nothing";
            into.flags
                .push(self.remark(FlagCode::IdMissing, "BGM", bgm, message));
        }
    }

    /// Nothing more comes for the equipment at hand.
    pub fn finish_group(&mut self, envelope: Envelope<'_>, equipment: &mut u64, into: &mut Reading) {
        let (Some(open), Some(kind)) = (self.group.take(), self.kind) else {
            return;
        };
        let index = *equipment;
        *equipment += 1;
        let position = Position {
            index,
            offset: open.segments.first().map_or(0, Parts::starts),
            end: open.ends,
            path: Some(format!("{}/EQD[{}]", self.path(), open.number).into_boxed_str()),
        };
        let Some((header, movement)) = self.head.as_ref().filter(|_| self.refused.is_none()) else {
            return;
        };
        let around = Around {
            kind,
            source: envelope.source,
            reference: &self.reference,
            prepared: envelope.prepared,
            movement: *movement,
            header,
            sites: envelope.context.sites,
            body: envelope.body,
        };
        let outcome = match open.broken {
            Some((code, offset, message)) => Err(Refused::Problem(code, "", offset, message)),
            None => read(&open.segments, &around, &position),
        };
        if !matches!(outcome, Err(Refused::Other(_))) {
            self.containers += 1;
        }
        match outcome {
            Ok(taken) => self.take(taken, position, into),
            Err(refused) => self.refuse(refused, &position, envelope, into),
        }
    }

    fn take(&mut self, taken: Taken, position: Position, into: &mut Reading) {
        let function = self
            .head
            .as_ref()
            .map_or(Function::Original, |(header, _)| header.function);
        if matches!(function, Function::Changes | Function::Replaces) {
            self.prefixes.push(Replaces {
                source: taken.event.identity.source.clone(),
                prefix: taken.prefix,
                updated_at: taken.event.updated_at,
            });
        }
        self.taken += 1;
        into.events.push(ReadEvent {
            event: taken.event,
            position,
            flags: taken.flags,
        });
    }

    fn refuse(&mut self, refused: Refused, position: &Position, envelope: Envelope<'_>, into: &mut Reading) {
        let place = |code, tag: &str, offset: usize, message: String| {
            let mut remark = position.remark(code, tag, message);
            remark.offset = Some(offset as u64);
            ReadProblem {
                remark,
                raw: position.offset..position.end,
                source: Some(envelope.source.to_string()),
            }
        };
        match refused {
            Refused::Problem(code, tag, offset, message) => {
                into.problems.push(place(code, tag, offset, message));
            }
            Refused::Slipped(tag, offset, message) => {
                self.slipped
                    .push(place(ProblemCode::Slipped, &tag, offset, message));
            }
            Refused::Undecided => self.undecided += 1,
            Refused::Other(message) => {
                into.flags
                    .push(position.remark(FlagCode::FieldIgnored, "EQD", message));
            }
        }
    }

    /// Ends with its UNT, or without one: at `unt` nothing.
    pub fn close(
        mut self,
        unt: Option<&Segment<'_>>,
        ends: usize,
        envelope: Envelope<'_>,
        equipment: &mut u64,
        into: &mut Reading,
    ) {
        self.finish_group(envelope, equipment, into);
        self.settle(envelope, into);
        self.counts(unt, ends, into);
        let is_whole = true;
        self.tell(ends, is_whole, envelope, into);
    }

    /// Ends because the body ends: the equipment that was begun is not taken.
    pub fn cut(mut self, ends: usize, envelope: Envelope<'_>, into: &mut Reading) {
        self.group = None;
        self.settle(envelope, into);
        let is_whole = false;
        self.tell(ends, is_whole, envelope, into);
    }

    /// Where the equipment that was begun and not finished starts, or the message when none was.
    pub fn unfinished(&self) -> Option<usize> {
        match &self.group {
            Some(open) => open.segments.first().map(Parts::starts),
            None => (self.groups == 0).then_some(self.starts),
        }
    }

    /// UNT and CNT: half of the real files count wrongly, so this is a flag and never a refusal.
    fn counts(&self, unt: Option<&Segment<'_>>, ends: usize, into: &mut Reading) {
        let Some(kind) = self.kind else { return };
        match unt {
            None => {
                let message = format!("the {} has no UNT", kind.name());
                into.flags
                    .push(self.remark(FlagCode::SegmentCount, "UNT", ends, message));
            }
            Some(unt) => {
                let counted = self.segments + 1;
                let stated = unt.part(0, 0).and_then(|count| count.parse::<u64>().ok());
                if stated != Some(counted) {
                    let stated = unt
                        .part(0, 0)
                        .unwrap_or("nothing")
                        .chars()
                        .take(20)
                        .collect::<String>();
                    let message = format!("UNT says {stated} segments, and there are {counted}");
                    into.flags
                        .push(self.remark(FlagCode::SegmentCount, "UNT", unt.starts(), message));
                }
            }
        }
        if let Some((stated, offset)) = self.count.filter(|(stated, _)| *stated != self.containers)
            && self.refused.is_none()
        {
            let message = format!("CNT says {stated} containers, and there are {}", self.containers);
            into.flags
                .push(self.remark(FlagCode::MessageCount, "CNT", offset, message));
        }
    }

    /// What holds for the message as a whole.
    fn tell(mut self, ends: usize, is_whole: bool, envelope: Envelope<'_>, into: &mut Reading) {
        let Some(kind) = self.kind else {
            let message = format!(
                "the message is a `{}`; CODECO and COARRI are read",
                self.kind_name
            );
            let remark = self.remark(ProblemCode::UnknownMessage, "", self.starts, message);
            return self.problem(remark, self.starts, ends, envelope, into);
        };
        let bgm = self
            .head
            .as_ref()
            .and_then(|(header, _)| header.bgm_offset)
            .unwrap_or(self.starts);
        if let Some((code, tag, offset, message)) = self.refused.take() {
            let remark = self.remark(code, tag, offset, message);
            return self.problem(remark, self.starts, ends, envelope, into);
        }
        if self.groups == 0 && is_whole {
            let message = format!("the {} has no equipment (EQD), so it says nothing", kind.name());
            let remark = self.remark(ProblemCode::Missing, "EQD", self.starts, message);
            self.problem(remark, self.starts, ends, envelope, into);
        }
        if self.undecided > 0 {
            let code = self
                .head
                .as_ref()
                .and_then(|(header, _)| header.code.as_deref())
                .unwrap_or("nothing");
            let message = format!(
                "neither the code `{code}` of BGM nor our port in the header nor the status (8249) tells loading \
                 from discharge for {} of {} containers; known are 44, 98, 119 (discharge), 46, 270 (load); set \
                 its meaning for `{}` in the configuration",
                self.undecided, self.groups, envelope.source
            );
            let remark = self.remark(ProblemCode::UnknownCode, "BGM", bgm, message);
            self.problem(remark, self.starts, ends, envelope, into);
        }
        self.tell_slipped(ends, envelope, into);
        self.tell_replaced(is_whole, into);
    }

    /// When all equipment has slipped, that is one problem of the message.
    fn tell_slipped(&mut self, ends: usize, envelope: Envelope<'_>, into: &mut Reading) {
        let slipped = std::mem::take(&mut self.slipped);
        if self.taken > 0 || slipped.len() < 2 || (slipped.len() as u64) < self.containers {
            into.problems.extend(slipped);
            return;
        }
        if let Some(first) = slipped.into_iter().next() {
            let remark = Remark {
                index: None,
                ..first.remark
            };
            self.problem(remark, self.starts, ends, envelope, into);
        }
    }

    /// A whole document replaces all that it said; one that was cut off, or changes single equipment, only
    /// what it names.
    fn tell_replaced(&mut self, is_whole: bool, into: &mut Reading) {
        let Some((header, _)) = &self.head else { return };
        let (Some(document), Some(kind)) = (&header.document, self.kind) else {
            return;
        };
        match self.prefixes.first() {
            Some(first) if header.function == Function::Replaces && is_whole => {
                into.replaces.push(Replaces {
                    source: first.source.clone(),
                    prefix: format!("{}:{document}:", kind.name()),
                    updated_at: first.updated_at,
                });
            }
            _ => into.replaces.append(&mut self.prefixes),
        }
    }

    /// A remark on the message as a whole.
    fn remark<C>(&self, code: C, tag: &str, offset: usize, message: impl Into<String>) -> Remark<C> {
        let pointer = match tag {
            "" | "UNH" => self.path(),
            tag => format!("{}/{tag}", self.path()),
        };
        Remark {
            index: None,
            pointer: Some(pointer),
            offset: Some(offset as u64),
            segment: (!tag.is_empty()).then(|| tag.to_owned()),
            code,
            message: message.into(),
        }
    }

    fn problem(
        &self,
        remark: Remark<ProblemCode>,
        from: usize,
        to: usize,
        envelope: Envelope<'_>,
        into: &mut Reading,
    ) {
        let to = to.min(envelope.body.len());
        into.problems.push(ReadProblem {
            remark,
            raw: from.min(to)..to,
            source: Some(envelope.source.to_string()),
        });
    }
}
