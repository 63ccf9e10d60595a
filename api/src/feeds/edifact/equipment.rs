//! One equipment: EQD and what follows it up to the next, as one event.

use super::group::Group;
use super::header::{Function, Header, compared};
use super::moment::{self, Moment};
use super::movement::{MessageType, Movement, by_status};
use super::place;
use super::scan::Parts;
use super::slipped::slipped;
use crate::config::Site;
use crate::feeds::Position;
use edifact_rs::Segment;
use shared::container::ContainerNumber;
use shared::event::{Content, Event, Identity};
use shared::time::Time;
use shared::wire::feeds::{FlagCode, ProblemCode, Remark};
use smol_str::SmolStr;

/// What holds for the whole message.
pub struct Around<'m> {
    /// Its type.
    pub kind: MessageType,
    /// The sender.
    pub source: &'m SmolStr,
    /// UNH 0062.
    pub reference: &'m str,
    /// When UNB says that the interchange was prepared.
    pub prepared: Option<Moment>,
    /// What header and settings say happened.
    pub movement: Movement,
    /// The header.
    pub header: &'m Header,
    /// The configured sites.
    pub sites: &'m [Site],
    /// The body, for what is kept as it is.
    pub body: &'m [u8],
}

impl Around<'_> {
    /// How every id of the document begins: its own number, else that of the message.
    pub fn prefix(&self) -> String {
        let document = self.header.document.as_deref().unwrap_or(self.reference);
        format!("{}:{document}:", self.kind.name())
    }
}

/// Why an equipment is not taken.
pub enum Refused {
    /// Code, tag and offset of the segment, and what to tell.
    Problem(ProblemCode, &'static str, usize, String),
    /// Its elements have slipped.
    Slipped(String, usize, String),
    /// Nothing tells whether it was loaded or discharged.
    Undecided,
    /// It is no container.
    Other(String),
}

/// An equipment that was read.
pub struct Taken {
    /// The event.
    pub event: Event,
    /// What is odd.
    pub flags: Vec<Remark<FlagCode>>,
    /// How the ids of this document and container begin.
    pub prefix: String,
}

/// Reads one equipment.
pub fn read(group: &[Segment<'_>], around: &Around<'_>, position: &Position) -> Result<Taken, Refused> {
    let Some(eqd) = group.first() else {
        return Err(Refused::Undecided);
    };
    for segment in group {
        if let Some(message) = slipped(segment) {
            return Err(Refused::Slipped(
                segment.tag.to_string(),
                segment.starts(),
                message,
            ));
        }
    }
    let container = container(eqd)?;
    let node = around
        .movement
        .node
        .or_else(|| by_status(around.kind, eqd.part(4, 0)))
        .ok_or(Refused::Undecided)?;
    let mut stated = Group::of(group, around, position, container);
    let header = &around.header.places;
    let place = place::of_event(node, stated.direction, header, &stated.places, around.sites).cloned();
    let clock = place::clock(place.as_ref(), header, &stated.places, around.sites);
    let (moment, at, stands) = happened(group, eqd, around, clock)?;
    let prefix = format!("{}{}:", around.prefix(), compared(container));
    let prepared = around.header.prepared.or(around.prepared);
    let updated_at = prepared.and_then(|moment| moment.at(clock));
    let id = SmolStr::new(format!("{prefix}{node}:{}", moment.text()));
    if moment.date_only {
        let message = "a date without a time: it is shown, and neither begins nor ends anything";
        stated.flag_at(FlagCode::DateOnly, "DTM", stands, message);
    }
    let retracted = around.header.function == Function::Retracts;
    let (attributes, flags) = stated.attributes(node, place);
    Ok(Taken {
        event: Event {
            identity: Identity {
                source: around.source.clone(),
                id,
            },
            updated_at,
            retracted,
            content: (!retracted).then(|| Content {
                at,
                date_only: moment.date_only,
                node,
                classifier: Default::default(),
                container: Some(SmolStr::new(container)),
                attributes,
            }),
        },
        flags,
        prefix,
    })
}

/// When it happened: at a gate DTM 7 before DTM 203, on the quay the other way round; of the equipment, else of
/// the header. An empty value counts as absent. Comes with the byte where it stands.
fn happened(
    group: &[Segment<'_>],
    eqd: &Segment<'_>,
    around: &Around<'_>,
    clock: Option<&Site>,
) -> Result<(Moment, Time, usize), Refused> {
    let qualifiers = match around.kind {
        MessageType::Codeco => ["7", "203"],
        MessageType::Coarri => ["203", "7"],
    };
    let time = |segment: &Segment<'_>, message| {
        Err(Refused::Problem(
            ProblemCode::Time,
            "DTM",
            segment.starts(),
            message,
        ))
    };
    let own = group.iter().take_while(|segment| segment.tag != "TDT");
    for qualifier in qualifiers {
        let is_it = |segment: &&Segment<'_>| segment.tag == "DTM" && segment.part(0, 0) == Some(qualifier);
        for segment in own.clone().filter(is_it) {
            match moment::of_dtm(segment) {
                Ok(None) => {}
                Ok(Some(moment)) => match moment.at(clock) {
                    Some(at) => return Ok((moment, at, segment.starts())),
                    None => return time(segment, "the time is out of every calendar".to_owned()),
                },
                Err(message) => return time(segment, message),
            }
        }
    }
    let of_header = |qualifier| around.header.happened.iter().find(|(own, _)| own == qualifier);
    qualifiers
        .into_iter()
        .find_map(of_header)
        .and_then(|(_, moment)| Some((*moment, moment.at(clock)?, eqd.starts())))
        .ok_or_else(|| {
            let message = format!(
                "when it happened is missing: DTM+{} has no value here",
                qualifiers[0]
            );
            Refused::Problem(ProblemCode::Missing, "DTM", eqd.starts(), message)
        })
}

/// The number. A missing qualifier is taken for CN; another one is no container.
fn container<'e>(eqd: &'e Segment<'_>) -> Result<&'e str, Refused> {
    if let Some(other) = eqd.part(0, 0).filter(|qualifier| *qualifier != "CN") {
        let other: String = other.chars().take(40).collect();
        let message = format!("EQD says `{other}` and not CN: it is no container, and was left out");
        return Err(Refused::Other(message));
    }
    let Some(number) = eqd.part(1, 0) else {
        let message = "EQD has no container number: add it and send this equipment again".to_owned();
        return Err(Refused::Problem(
            ProblemCode::Container,
            "EQD",
            eqd.starts(),
            message,
        ));
    };
    match ContainerNumber::parse(number) {
        Ok(_) => Ok(number),
        Err(error) => Err(Refused::Problem(
            ProblemCode::Container,
            "EQD",
            eqd.starts(),
            error.to_string(),
        )),
    }
}
