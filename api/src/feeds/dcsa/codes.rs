//! The codes of DCSA Track & Trace. Drafts of 3.0.0 write some of them as words (`DISCHARGED`): both are taken.

use shared::event::{Classifier, Direction, Transport};

/// What a type code of an equipment event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Equipment {
    /// Lifted onto a means of transport.
    Loaded,
    /// Lifted off.
    Discharged,
    /// In through the gate.
    GateIn,
    /// Out through the gate.
    GateOut,
    /// Customs selected it for a scan.
    SelectedForScan,
    /// Customs selected it for an inspection.
    SelectedForInspection,
    /// Customs released it.
    Released,
    /// Anything that moves nothing here. `INSP` is among them: it is about the seal.
    Other,
}

/// Codes of equipment events with the word for each (3.0.0), and what they say.
const EQUIPMENT: &[(&str, &str, Equipment)] = &[
    ("LOAD", "LOADED", Equipment::Loaded),
    ("DISC", "DISCHARGED", Equipment::Discharged),
    ("GTIN", "GATED_IN", Equipment::GateIn),
    ("GTOT", "GATED_OUT", Equipment::GateOut),
    ("CUSS", "CUSTOMS_SELECTED_FOR_SCAN", Equipment::SelectedForScan),
    (
        "CUSI",
        "CUSTOMS_SELECTED_FOR_INSPECTION",
        Equipment::SelectedForInspection,
    ),
    ("CUSR", "CUSTOMS_RELEASED", Equipment::Released),
    ("STUF", "STUFFED", Equipment::Other),
    ("STRP", "STRIPPED", Equipment::Other),
    ("PICK", "PICKED_UP", Equipment::Other),
    ("DROP", "DROPPED_OFF", Equipment::Other),
    ("INSP", "INSPECTED", Equipment::Other),
    ("RSEA", "RESEALED", Equipment::Other),
    ("RMVD", "REMOVED", Equipment::Other),
    ("AVPU", "AVAILABLE_FOR_PICKUP", Equipment::Other),
    ("AVDO", "AVAILABLE_FOR_DROP_OFF", Equipment::Other),
    ("CROS", "CROSSED", Equipment::Other),
];

/// What a type code of a shipment event says of a customs document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shipment {
    /// Handed in.
    Received,
    /// Something is asked for.
    Requested,
    /// Held.
    Held,
    /// Released.
    Released,
    /// Anything that is no node.
    Other,
}

const SHIPMENT: &[(&str, &str, Shipment)] = &[
    ("RECE", "RECEIVED", Shipment::Received),
    ("SUBM", "SUBMITTED", Shipment::Received),
    ("REQS", "REQUESTED", Shipment::Requested),
    ("PENU", "PENDING_UPDATE", Shipment::Requested),
    ("HOLD", "ON_HOLD", Shipment::Held),
    ("RELS", "RELEASED", Shipment::Released),
    ("DRFT", "DRAFTED", Shipment::Other),
    ("PENA", "PENDING_APPROVAL", Shipment::Other),
    ("PENC", "PENDING_CONFIRMATION", Shipment::Other),
    ("PENM", "PENDING_AMENDMENT", Shipment::Other),
    ("REJE", "REJECTED", Shipment::Other),
    ("DECL", "DECLINED", Shipment::Other),
    ("APPR", "APPROVED", Shipment::Other),
    ("ISSU", "ISSUED", Shipment::Other),
    ("SURR", "SURRENDERED", Shipment::Other),
    ("VOID", "VOIDED", Shipment::Other),
    ("CONF", "CONFIRMED", Shipment::Other),
    ("CMPL", "COMPLETED", Shipment::Other),
    ("COMP", "COMPLETED", Shipment::Other),
    ("CANC", "CANCELLED", Shipment::Other),
    ("AMCF", "AMENDMENT_CONFIRMED", Shipment::Other),
    ("AMCN", "AMENDMENT_CANCELLED", Shipment::Other),
    ("AMDC", "AMENDMENT_DECLINED", Shipment::Other),
    ("AMPR", "AMENDMENT_IN_PROGRESS", Shipment::Other),
    ("AMRE", "AMENDMENT_RECEIVED", Shipment::Other),
    ("CACF", "CANCELLATION_CONFIRMED", Shipment::Other),
    ("CADC", "CANCELLATION_DECLINED", Shipment::Other),
    ("CARE", "CANCELLATION_RECEIVED", Shipment::Other),
    ("PSAM", "PENDING_SURRENDER_FOR_AMENDMENT", Shipment::Other),
    ("PSDL", "PENDING_SURRENDER_FOR_DELIVERY", Shipment::Other),
    ("SUAM", "SURRENDERED_FOR_AMENDMENT", Shipment::Other),
    ("SUDL", "SURRENDERED_FOR_DELIVERY", Shipment::Other),
    ("UPCF", "UPDATE_CONFIRMED", Shipment::Other),
    ("UPCN", "UPDATE_CANCELLED", Shipment::Other),
    ("UPDC", "UPDATE_DECLINED", Shipment::Other),
    ("UPDT", "UPDATE_IN_PROGRESS", Shipment::Other),
    ("UPRE", "UPDATE_RECEIVED", Shipment::Other),
];

/// What a transport did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    /// It arrived.
    Arrived,
    /// It departed.
    Departed,
    /// It comes near.
    Approaching,
}

const MOVEMENT: &[(&str, &str, Movement)] = &[
    ("ARRI", "ARRIVED", Movement::Arrived),
    ("DEPA", "DEPARTED", Movement::Departed),
    ("APPR", "APPROACHING", Movement::Approaching),
];

/// What a reefer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reefer {
    /// It was measured.
    Measured,
    /// It was set to something else.
    Adjusted,
}

const REEFER: &[(&str, &str, Reefer)] = &[
    ("MEAS", "MEASURED", Reefer::Measured),
    ("ADJU", "ADJUSTED", Reefer::Adjusted),
];

const CLASSIFIER: &[(&str, &str, Classifier)] = &[
    ("ACT", "ACTUAL", Classifier::Actual),
    ("EST", "ESTIMATED", Classifier::Estimated),
    ("PLN", "PLANNED", Classifier::Planned),
    // What is requested is an expectation.
    ("REQ", "REQUESTED", Classifier::Planned),
];

/// How something travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// By sea.
    Vessel,
    /// By land or inland water.
    Inland(Transport),
    /// In more than one way.
    Several,
}

/// The numbers are those of UN/CEFACT Recommendation 19, which early versions sent.
const MODE: &[(&str, &str, Mode)] = &[
    ("VESSEL", "1", Mode::Vessel),
    ("RAIL", "2", Mode::Inland(Transport::Rail)),
    ("TRUCK", "3", Mode::Inland(Transport::Truck)),
    ("BARGE", "8", Mode::Inland(Transport::Barge)),
    ("MULTIMODAL", "6", Mode::Several),
];

const DIRECTION: &[(&str, &str, Direction)] = &[
    ("IMPORT", "IMPORT", Direction::Import),
    ("EXPORT", "EXPORT", Direction::Export),
    ("TRANSSHIPMENT", "TRANSSHIPMENT", Direction::Transshipment),
];

const EMPTY: &[(&str, &str, bool)] = &[("EMPTY", "EMPTY", true), ("LADEN", "LADEN", false)];

/// The types of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventType {
    /// About a document.
    Shipment,
    /// About a means of transport.
    Transport,
    /// About a container.
    Equipment,
    /// About a reefer's machine.
    Reefer,
    /// From a sensor.
    Iot,
}

const EVENT_TYPE: &[(&str, &str, EventType)] = &[
    ("SHIPMENT", "SHIPMENT", EventType::Shipment),
    ("TRANSPORT", "TRANSPORT", EventType::Transport),
    ("EQUIPMENT", "EQUIPMENT", EventType::Equipment),
    ("REEFER", "REEFER", EventType::Reefer),
    ("IOT", "IOT", EventType::Iot),
];

/// A code list: finding a code, and naming all that are known.
pub trait Code: Sized + Copy + 'static {
    /// Code, word and meaning.
    const LIST: &'static [(&'static str, &'static str, Self)];

    /// The meaning of a code or word.
    fn find(text: &str) -> Option<Self> {
        Self::LIST
            .iter()
            .find(|(code, word, _)| *code == text || *word == text)
            .map(|(_, _, meaning)| *meaning)
    }

    /// What to tell of a code that is not known.
    fn unknown(text: &str) -> String {
        let shown: String = text.chars().take(64).collect();
        let known: Vec<&str> = Self::LIST.iter().map(|(code, ..)| *code).collect();
        format!("`{shown}` is not known here; known are {}", known.join(", "))
    }
}

macro_rules! lists {
    ($($type:ty => $list:ident),+ $(,)?) => {
        $(impl Code for $type {
            const LIST: &'static [(&'static str, &'static str, Self)] = $list;
        })+
    };
}

lists! {
    Equipment => EQUIPMENT,
    Shipment => SHIPMENT,
    Movement => MOVEMENT,
    Reefer => REEFER,
    Classifier => CLASSIFIER,
    Mode => MODE,
    Direction => DIRECTION,
    bool => EMPTY,
    EventType => EVENT_TYPE,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_and_its_word_mean_the_same() {
        assert_eq!(Equipment::find("CUSR"), Some(Equipment::Released));
        assert_eq!(Equipment::find("CUSTOMS_RELEASED"), Some(Equipment::Released));
        assert_eq!(Classifier::find("REQ"), Some(Classifier::Planned));
        assert_eq!(Equipment::find("cusr"), None);
    }

    #[test]
    fn an_unknown_code_lists_the_known_ones() {
        let told = Equipment::unknown("GONE");
        assert!(told.contains("`GONE`") && told.contains("DISC") && told.contains("CUSS"));
    }
}
