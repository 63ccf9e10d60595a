//! What happened: from event type and type code to a node (`domain.md` §3).

use super::codes::{Code, Equipment, EventType, Mode, Movement, Reefer, Shipment};
use super::fields::Fields;
use super::references::References;
use shared::event::{Node, Transport};
use shared::wire::feeds::{FlagCode, ProblemCode};
use smol_str::SmolStr;

/// Why an event is not taken: code, field and what to tell.
#[derive(Debug)]
pub struct Refusal {
    /// The code.
    pub code: ProblemCode,
    /// The field that is meant, relative to the event.
    pub field: String,
    /// For a person.
    pub message: String,
}

impl Refusal {
    /// A refusal.
    pub fn new(code: ProblemCode, field: impl Into<String>, message: impl Into<String>) -> Refusal {
        Refusal {
            code,
            field: field.into(),
            message: message.into(),
        }
    }
}

/// A node, and how the container comes or goes by land where that is stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Happened {
    /// The type of the event.
    pub event_type: EventType,
    /// The node.
    pub node: Node,
    /// By road, rail or barge.
    pub transport: Option<Transport>,
}

const EVENT_TYPE: &[&str] = &[
    "eventType",
    "eventClassification/eventType",
    "eventClassification/eventTypeCode",
];
const EQUIPMENT: &[&str] = &[
    "equipmentEventTypeCode",
    "eventClassification/equipmentEventTypeCode",
    "eventClassification/equipmentEventType",
];
const TRANSPORT: &[&str] = &[
    "transportEventTypeCode",
    "eventClassification/transportEventTypeCode",
    "eventClassification/transportEventType",
];
const SHIPMENT: &[&str] = &[
    "shipmentEventTypeCode",
    "eventClassification/shipmentEventTypeCode",
    "eventClassification/shipmentEventType",
];
const REEFER: &[&str] = &[
    "reeferEventTypeCode",
    "eventClassification/reeferEventTypeCode",
    "eventClassification/reeferEventType",
];
const IOT: &[&str] = &[
    "iotEventTypeCode",
    "eventClassification/iotEventTypeCode",
    "eventClassification/iotEventType",
];
const MODE: &[&str] = &[
    "transportCall/modeOfTransport",
    "transportDetails/transportCall/modeOfTransport",
    "modeOfTransport",
];
const FACILITY_TYPE: &[&str] = &[
    "transportCall/facilityTypeCode",
    "eventLocation/facilityTypeCode",
    "facilityTypeCode",
];

/// Reads what happened.
pub fn happened(fields: &mut Fields<'_>, references: &References) -> Result<Happened, Refusal> {
    let event_type = event_type(fields)?;
    let mode = mode(fields);
    let (node, transport) = match event_type {
        EventType::Equipment => equipment(fields, mode)?,
        EventType::Transport => (transport(fields, mode)?, None),
        EventType::Shipment => (shipment(fields, references)?, None),
        EventType::Reefer => (reefer(fields)?, None),
        EventType::Iot => (Node::Note, None),
    };
    Ok(Happened {
        event_type,
        node,
        transport,
    })
}

/// The stated type, or the one whose type code there is.
fn event_type(fields: &Fields<'_>) -> Result<EventType, Refusal> {
    let stated = fields
        .find_meta(EVENT_TYPE)
        .or_else(|| fields.find(EVENT_TYPE))
        .and_then(|found| Some((super::fields::plain(found.value)?, found.field)));
    if let Some((code, field)) = stated {
        return EventType::find(&code)
            .ok_or_else(|| Refusal::new(ProblemCode::UnknownCode, field, EventType::unknown(&code)));
    }
    [
        (EQUIPMENT, EventType::Equipment),
        (TRANSPORT, EventType::Transport),
        (SHIPMENT, EventType::Shipment),
        (REEFER, EventType::Reefer),
        (IOT, EventType::Iot),
    ]
    .into_iter()
    .find(|(paths, _)| fields.code(paths).is_some())
    .map(|(_, event_type)| event_type)
    .ok_or_else(|| {
        let field = fields.place_meta("eventType");
        Refusal::new(
            ProblemCode::Missing,
            field,
            "the type of the event is missing, such as EQUIPMENT",
        )
    })
}

/// The code that decides what happened, understood.
fn deciding<C: Code>(fields: &Fields<'_>, paths: &[&str]) -> Result<(C, String), Refusal> {
    let Some((text, found)) = fields.code(paths) else {
        let field = fields.place(paths.first().copied().unwrap_or_default());
        return Err(Refusal::new(
            ProblemCode::Missing,
            field,
            "the code that says what happened is missing",
        ));
    };
    C::find(&text)
        .map(|code| (code, found.field.clone()))
        .ok_or_else(|| Refusal::new(ProblemCode::UnknownCode, found.field, C::unknown(&text)))
}

/// The mode of transport, or what was sent instead.
type StatedMode = Option<Result<Mode, (SmolStr, String)>>;

fn mode(fields: &Fields<'_>) -> StatedMode {
    let (text, found) = fields.code(MODE)?;
    Some(Mode::find(&text).ok_or((text, found.field)))
}

/// The mode where it decides what happened: an unknown one is refused.
fn deciding_mode(mode: StatedMode) -> Result<Option<Mode>, Refusal> {
    mode.transpose()
        .map_err(|(text, field)| Refusal::new(ProblemCode::UnknownCode, field, Mode::unknown(&text)))
}

/// Lifting on and off a train is coming and going by rail; on and off a truck moves nothing yet, for the gate
/// follows; a barge lies at the quay as a vessel does.
fn equipment(fields: &mut Fields<'_>, mode: StatedMode) -> Result<(Node, Option<Transport>), Refusal> {
    let (code, field) = deciding::<Equipment>(fields, EQUIPMENT)?;
    let happened = match code {
        Equipment::Loaded => lifted(deciding_mode(mode)?, Node::Load, Node::RailOut),
        Equipment::Discharged => lifted(deciding_mode(mode)?, Node::Discharge, Node::RailIn),
        Equipment::GateIn => (Node::GateIn, by_land(fields, mode)),
        Equipment::GateOut => (Node::GateOut, by_land(fields, mode)),
        Equipment::SelectedForScan => (Node::SelectForScan, None),
        Equipment::SelectedForInspection => (Node::SelectForInspection, None),
        Equipment::Released => (Node::Release, None),
        Equipment::Other => (Node::Note, None),
    };
    taken_unless_note(fields, happened.0, EQUIPMENT, &field);
    Ok(happened)
}

fn lifted(mode: Option<Mode>, quay: Node, rail: Node) -> (Node, Option<Transport>) {
    match mode {
        Some(Mode::Inland(Transport::Rail)) => (rail, Some(Transport::Rail)),
        Some(Mode::Inland(Transport::Truck)) => (Node::Note, Some(Transport::Truck)),
        Some(Mode::Inland(Transport::Barge)) => (quay, Some(Transport::Barge)),
        Some(Mode::Vessel | Mode::Several) | None => (quay, None),
    }
}

/// At a gate the mode decides nothing: an unknown one is only flagged.
fn by_land(fields: &mut Fields<'_>, mode: StatedMode) -> Option<Transport> {
    match mode? {
        Ok(Mode::Inland(transport)) => Some(transport),
        Ok(Mode::Vessel | Mode::Several) => None,
        Err((text, field)) => {
            fields.flag(FlagCode::UnknownCode, &field, Mode::unknown(&text));
            None
        }
    }
}

/// A type code that became a node says nothing more; of a note it says what the note is about.
fn taken_unless_note(fields: &mut Fields<'_>, node: Node, paths: &[&str], field: &str) {
    if node != Node::Note
        && let Some(found) = fields.find(paths).filter(|found| found.field == field)
    {
        fields.take(&found);
    }
}

/// Only a vessel's arrival at and departure from the quay are nodes: an arrival at the pilot station or an
/// anchorage is not yet one.
fn transport(fields: &mut Fields<'_>, mode: StatedMode) -> Result<Node, Refusal> {
    let (movement, field) = deciding::<Movement>(fields, TRANSPORT)?;
    let at_sea = match deciding_mode(mode)? {
        Some(mode) => mode == Mode::Vessel,
        None => super::attributes::names_a_vessel(fields),
    };
    let outside = fields
        .code(FACILITY_TYPE)
        .is_some_and(|(code, _)| matches!(code.as_str(), "PBPL" | "ANCH"));
    let node = match movement {
        Movement::Arrived if at_sea && !outside => Node::VesselArrival,
        Movement::Departed if at_sea && !outside => Node::VesselDeparture,
        _ => Node::Note,
    };
    if node != Node::Note && !super::attributes::names_a_vessel(fields) {
        let field = fields.place("transportCall/vessel");
        let message = "the vessel is missing: give its IMO number, or else its name";
        return Err(Refusal::new(ProblemCode::Missing, field, message));
    }
    taken_unless_note(fields, node, TRANSPORT, &field);
    Ok(node)
}

/// Of a customs document a shipment event says how the case stands; of any other document it is a note. Only
/// a release releases: a document that is confirmed, approved or completed does not. An early `CUS` is a
/// customs inspection: one that is requested is a selection.
fn shipment(fields: &mut Fields<'_>, references: &References) -> Result<Node, Refusal> {
    let Some(kind) = references.customs_kind() else {
        flag_unknown_shipment(fields);
        return Ok(Node::Note);
    };
    let (code, field) = deciding::<Shipment>(fields, SHIPMENT)?;
    let is_inspection = kind == "CUS";
    let node = match code {
        Shipment::Received if is_inspection => Node::Note,
        Shipment::Requested if is_inspection => Node::SelectForInspection,
        Shipment::Received => Node::Declare,
        Shipment::Requested => Node::DocumentsRequired,
        Shipment::Held => Node::Hold,
        Shipment::Released => Node::Release,
        Shipment::Other => Node::Note,
    };
    taken_unless_note(fields, node, SHIPMENT, &field);
    Ok(node)
}

fn flag_unknown_shipment(fields: &mut Fields<'_>) {
    if let Some((text, found)) = fields.code(SHIPMENT)
        && Shipment::find(&text).is_none()
    {
        fields.flag(FlagCode::UnknownCode, &found.field, Shipment::unknown(&text));
    }
}

/// A measurement is a node; setting the machine to something else moves nothing.
fn reefer(fields: &mut Fields<'_>) -> Result<Node, Refusal> {
    let (code, field) = deciding::<Reefer>(fields, REEFER)?;
    let node = match code {
        Reefer::Measured => Node::Measure,
        Reefer::Adjusted => Node::Note,
    };
    taken_unless_note(fields, node, REEFER, &field);
    Ok(node)
}
