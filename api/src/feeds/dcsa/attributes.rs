//! What else an event states: place, vessel, container, papers. Absent says nothing, null says no
//! (`semantics.md` §1).

use super::codes::Code;
use super::fields::{Fields, plain};
use super::node::Happened;
use super::reefer;
use super::references::References;
use crate::feeds::detail;
use shared::event::{Attribute, Content, Direction, Node};
use shared::wire::feeds::FlagCode;
use smol_str::SmolStr;

const LOCATION: &[&str] = &[
    "eventLocation/UNLocationCode",
    "location/UNLocationCode",
    "transportCall/location/UNLocationCode",
    "transportCall/UNLocationCode",
];
const FACILITY: &[&str] = &[
    "eventLocation/facility/facilityCode",
    "eventLocation/facilityCode",
    "location/facility/facilityCode",
    "location/facilityCode",
    "transportCall/location/facility/facilityCode",
    "transportCall/location/facilityCode",
    "transportCall/facilityCode",
];
const DIRECTION: &[&str] = &[
    "equipmentDetails/movementType",
    "equipmentDetails/transportPhase",
    "movementType",
];
const TRANSSHIPMENT: &[&str] = &["isTransshipmentMove", "equipmentDetails/isTransshipmentMove"];
const EMPTY: &[&str] = &[
    "emptyIndicatorCode",
    "equipmentDetails/emptyIndicatorCode",
    "equipmentDetails/emptyIndicator",
];
const SIZE_TYPE: &[&str] = &["ISOEquipmentCode", "equipmentDetails/ISOEquipmentCode"];
const SEALS: &[&str] = &["seals", "equipmentDetails/seals"];
const REMARK: &[&str] = &["reason", "changeRemark"];
const IMO: &[&str] = &[
    "transportCall/vessel/vesselIMONumber",
    "transportDetails/transportCall/vesselTransport/vesselIMONumber",
    "transportCall/vesselIMONumber",
];
const VESSEL_NAME: &[&str] = &[
    "transportCall/vessel/vesselName",
    "transportCall/vessel/name",
    "transportDetails/transportCall/vesselTransport/vesselName",
    "transportCall/vesselName",
];
const IMPORT_VOYAGE: &[&str] = &[
    "transportCall/importVoyageNumber",
    "transportCall/carrierImportVoyageNumber",
    "transportDetails/transportCall/importVoyageNumberOrReference/carrierVoyageNumber",
    "transportCall/universalImportVoyageReference",
    "transportDetails/transportCall/importVoyageNumberOrReference/universalVoyageReference",
    "transportCall/carrierVoyageNumber",
];
const EXPORT_VOYAGE: &[&str] = &[
    "transportCall/exportVoyageNumber",
    "transportCall/carrierExportVoyageNumber",
    "transportDetails/transportCall/exportVoyageNumberOrReference/carrierVoyageNumber",
    "transportCall/universalExportVoyageReference",
    "transportDetails/transportCall/exportVoyageNumberOrReference/universalVoyageReference",
    "transportCall/carrierVoyageNumber",
];

/// Whether the event says which vessel.
pub fn names_a_vessel(fields: &Fields<'_>) -> bool {
    fields.code(IMO).is_some() || fields.code(VESSEL_NAME).is_some()
}

/// States everything that the event says besides node, time and container.
/// `shared_by` events share one detail.
pub fn state(
    fields: &mut Fields<'_>,
    content: &mut Content,
    happened: Happened,
    references: &References,
    shared_by: usize,
) {
    if let Some(location) = fields.text(LOCATION) {
        content.state(Attribute::Location(location));
    }
    if let Some(facility) = fields.text(FACILITY) {
        content.state(Attribute::Facility(facility));
    }
    let direction = direction(fields);
    if let Some(direction) = direction {
        content.state(Attribute::Direction(direction));
    }
    papers(content, references);
    vessel(fields, content, direction.flatten());
    container(fields, content);
    if let Some(transport) = happened.transport {
        content.state(Attribute::Transport(Some(transport)));
    }
    if let Some(temperature) = reefer::temperature(fields, happened.node) {
        content.state(temperature);
    }
    if let Some(remark) = fields.text(REMARK) {
        content.state(Attribute::Remark(remark));
    }
    rest(fields, content, detail::LIMIT / shared_by.max(1));
}

fn direction(fields: &mut Fields<'_>) -> Option<Option<Direction>> {
    let transshipped = fields.find(TRANSSHIPMENT).filter(|found| *found.value == true);
    if let Some(found) = fields.find(DIRECTION) {
        if found.value.is_null() {
            fields.take(&found);
            return Some(None);
        }
        let text = plain(found.value).unwrap_or_default();
        if let Some(direction) = Direction::find(&text) {
            fields.take(&found);
            return Some(Some(direction));
        }
        fields.flag(FlagCode::UnknownCode, &found.field, Direction::unknown(&text));
    }
    let found = transshipped?;
    fields.take(&found);
    Some(Some(Direction::Transshipment))
}

fn papers(content: &mut Content, references: &References) {
    if let Some(bill) = references.bill() {
        content.state(Attribute::BillOfLading(Some(bill.value.clone())));
    }
    if let Some(declaration) = references.declaration() {
        content.state(Attribute::Declaration(Some(declaration.value.clone())));
    }
}

/// A discharge belongs to the import voyage and a loading to the export voyage; a gate-out follows the first,
/// a gate-in precedes the second. Elsewhere the direction tells, or both are the same.
fn vessel(fields: &mut Fields<'_>, content: &mut Content, direction: Option<Direction>) {
    let voyage = match (content.node, direction) {
        (Node::VesselArrival | Node::Discharge | Node::GateOut | Node::RailOut, _) => {
            fields.text(IMPORT_VOYAGE)
        }
        (Node::VesselDeparture | Node::Load | Node::GateIn | Node::RailIn, _) => fields.text(EXPORT_VOYAGE),
        (_, Some(Direction::Import)) => fields.text(IMPORT_VOYAGE),
        (_, Some(Direction::Export)) => fields.text(EXPORT_VOYAGE),
        _ => same_voyage(fields),
    };
    if let Some(voyage) = voyage {
        content.state(Attribute::Voyage(voyage));
    }
    if let Some(imo) = imo(fields) {
        content.state(Attribute::VesselImo(imo));
    }
    if let Some(name) = fields.text(VESSEL_NAME) {
        content.state(Attribute::VesselName(name));
    }
}

fn same_voyage(fields: &mut Fields<'_>) -> Option<Option<SmolStr>> {
    let (import, _) = fields.code(IMPORT_VOYAGE)?;
    let (export, _) = fields.code(EXPORT_VOYAGE)?;
    (import == export).then(|| fields.text(IMPORT_VOYAGE)).flatten()
}

fn imo(fields: &mut Fields<'_>) -> Option<Option<SmolStr>> {
    let found = fields.find(IMO)?;
    let Some(text) = fields.text(IMO)? else {
        return Some(None);
    };
    let number = text.strip_prefix("IMO").unwrap_or(&text).trim();
    if number.len() == 7 && number.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Some(SmolStr::new(number)));
    }
    let message = format!("left out: `{}` is no IMO number of seven digits", shown(&text));
    fields.flag(FlagCode::FieldIgnored, &found.field, message);
    None
}

fn container(fields: &mut Fields<'_>, content: &mut Content) {
    if let Some(size_type) = fields.text(SIZE_TYPE) {
        content.state(Attribute::SizeType(size_type));
    }
    if let Some((text, found)) = fields.code(EMPTY) {
        match bool::find(&text) {
            Some(empty) => {
                fields.take(&found);
                content.state(Attribute::Empty(empty));
            }
            None => fields.flag(FlagCode::UnknownCode, &found.field, bool::unknown(&text)),
        }
    }
    if let Some(seal) = seal(fields) {
        content.state(Attribute::Seal(seal));
    }
}

/// The first seal; all of them stay under detail. An empty list says that there is none.
fn seal(fields: &Fields<'_>) -> Option<Option<SmolStr>> {
    let found = fields.find(SEALS)?;
    if found.value.is_null() {
        return Some(None);
    }
    let seals = found.value.as_array()?;
    if seals.is_empty() {
        return Some(None);
    }
    seals
        .iter()
        .find_map(|seal| plain(seal.get("sealNumber").or_else(|| seal.get("number"))?))
        .filter(|number| !number.is_empty() && number.len() <= 100)
        .map(Some)
}

/// What has no field of its own, and what of the taken is no longer to be said.
fn rest(fields: &mut Fields<'_>, content: &mut Content, limit: usize) {
    for paths in [
        &["eventDateTime"][..],
        &[
            "eventClassifierCode",
            "eventClassification/eventClassifierCode",
            "eventClassification/eventClassifier",
        ],
        &["equipmentReference", "equipmentDetails/equipmentReference"],
    ] {
        if let Some(found) = fields.find(paths) {
            fields.take(&found);
        }
    }
    let (detail, left_out) = detail::compact(&fields.rest(), limit);
    if let Some(detail) = detail {
        content.state(Attribute::Detail(detail));
    }
    if !left_out.is_empty() {
        let message = format!(
            "left out of the detail, which may have {limit} bytes: {}",
            left_out.join(", ")
        );
        fields.flag(FlagCode::FieldIgnored, "", message);
    }
}

/// At most 64 characters of a value, for a message.
pub fn shown(text: &str) -> String {
    text.chars().take(64).collect()
}
