//! What an event refers to: containers, transport documents, customs documents. The three shapes write a
//! reference in four ways.

use super::fields::{Fields, Found, plain};
use serde_json::Value;
use shared::container::ContainerNumber;
use smol_str::SmolStr;

/// Lists of references.
const LISTS: &[&str] = &[
    "references",
    "documentReferences",
    "relatedDocumentReferences",
    "shipmentReferences",
    "shipmentDetails/shipmentReferences",
    "shipmentDetails/additionalDocumentReferences",
];
/// Bytes that a reference may have.
const LONGEST: usize = 512;
/// References that one event may have.
const MOST: usize = 1_000;

const KIND: &[&str] = &["referenceType", "documentReferenceType", "type", "typeCode"];
const VALUE: &[&str] = &["referenceValue", "documentReferenceValue", "value", "reference"];

const BILL: &[&str] = &["TRD", "TRANSPORT_DOCUMENT", "BL"];
/// Customs clearance, and what a country calls its declaration.
const CUSTOMS: &[&str] = &[
    "CUC",
    "CUSTOMS_CLEARANCE",
    "CUS",
    "DUE",
    "DECLARACAO_UNICA_DE_EXPORTACAO",
];
const EQUIPMENT: &[&str] = &["EQ", "EQUIPMENT_REFERENCE"];

/// One reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Its type, as sent.
    pub kind: SmolStr,
    /// What it refers to.
    pub value: SmolStr,
    /// Where it stands.
    pub field: String,
}

/// All that an event refers to.
#[derive(Debug, Default)]
pub struct References {
    /// The document that the event is about.
    pub own: Option<Reference>,
    /// Type of that document, when it has no number.
    pub own_kind: Option<SmolStr>,
    /// What else it refers to.
    pub others: Vec<Reference>,
}

impl References {
    /// Collects them.
    pub fn of(fields: &Fields<'_>) -> References {
        let mut others = Vec::new();
        for list in LISTS {
            let Some(found) = fields.find(&[*list]) else {
                continue;
            };
            let Some(items) = found.value.as_array() else {
                continue;
            };
            let room = MOST.saturating_sub(others.len());
            others.extend(
                items
                    .iter()
                    .enumerate()
                    .take(room)
                    .filter_map(|(index, item)| reference(item, format!("{}/{index}", found.field))),
            );
        }
        let own_kind = fields.code(&["documentTypeCode"]).map(|(kind, _)| kind);
        References {
            own: own_document(fields, own_kind.as_ref()),
            own_kind,
            others,
        }
        .with_kind()
    }

    fn with_kind(mut self) -> References {
        if self.own_kind.is_none() {
            self.own_kind = self.own.as_ref().map(|own| own.kind.clone());
        }
        self
    }

    /// Whether the event is about a customs document: its own one, or where it has none, one that it names.
    pub fn customs_kind(&self) -> Option<&SmolStr> {
        match &self.own_kind {
            Some(kind) => CUSTOMS.contains(&kind.as_str()).then_some(kind),
            None => self
                .others
                .iter()
                .map(|r| &r.kind)
                .find(|kind| CUSTOMS.contains(&kind.as_str())),
        }
    }

    /// Number of the bill of lading.
    pub fn bill(&self) -> Option<&Reference> {
        self.first(BILL)
    }

    /// Number of the customs declaration.
    pub fn declaration(&self) -> Option<&Reference> {
        self.first(CUSTOMS)
    }

    fn first(&self, kinds: &[&str]) -> Option<&Reference> {
        self.own
            .iter()
            .chain(&self.others)
            .find(|reference| kinds.contains(&reference.kind.as_str()))
    }

    /// The containers, each once: two ways of writing one number are one.
    pub fn containers(&self, fields: &Fields<'_>) -> Vec<Reference> {
        let own = fields.code(&["equipmentReference", "equipmentDetails/equipmentReference"]);
        if let Some((value, found)) = own {
            let kind = SmolStr::new_static("EQ");
            let field = found.field;
            return vec![Reference { kind, value, field }];
        }
        let mut seen = std::collections::HashSet::new();
        self.others
            .iter()
            .filter(|reference| EQUIPMENT.contains(&reference.kind.as_str()))
            .filter(|reference| seen.insert(compared(&reference.value)))
            .cloned()
            .collect()
    }
}

/// A container number in the form in which numbers are compared, or as it is.
pub fn compared(number: &str) -> SmolStr {
    ContainerNumber::parse(number).map_or_else(|_| SmolStr::new(number), |number| number.text())
}

fn own_document(fields: &Fields<'_>, kind: Option<&SmolStr>) -> Option<Reference> {
    if let Some(kind) = kind {
        let (value, found) = fields.code(&["documentID", "documentReference"])?;
        return Some(Reference {
            kind: kind.clone(),
            value,
            field: found.field,
        });
    }
    let Found { value, field } = fields.find(&["shipmentDetails/documentReference"])?;
    reference(value, field)
}

fn reference(item: &Value, field: String) -> Option<Reference> {
    let first = |names: &[&str]| names.iter().find_map(|name| plain(item.get(*name)?));
    let kind = first(KIND)?;
    let value = first(VALUE).filter(|value| !value.is_empty() && value.len() <= LONGEST)?;
    Some(Reference { kind, value, field })
}
