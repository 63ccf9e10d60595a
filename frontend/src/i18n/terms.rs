//! The words of the domain in both languages: nodes, kinds, states and the like, as `domain.md` has them.
//! Each `match` is complete, so a new value does not compile until someone names it.

use super::{Language, Word};
use shared::access::Role;
use shared::alarm::{Action, Explanation, Kind, Priority, State, StorageReason};
use shared::event::{Classifier, Direction, Node};
use shared::stay::{Cargo, Channel, Mode, SegmentName, Status, StayFlag};

/// What has a name in the domain.
pub trait Term: Copy {
    /// The word for it.
    fn word(self) -> Word;

    /// In one language.
    fn in_language(self, language: Language) -> &'static str {
        language.say(self.word())
    }
}

impl Term for Role {
    fn word(self) -> Word {
        match self {
            Role::Display => Word::RoleDisplay,
            Role::Viewer => Word::RoleViewer,
            Role::Analyst => Word::RoleAnalyst,
            Role::Officer => Word::RoleOfficer,
            Role::Terminal => Word::RoleTerminal,
            Role::Enterprise => Word::RoleEnterprise,
            Role::Sender => Word::RoleSender,
            Role::Monitor => Word::RoleMonitor,
            Role::Administrator => Word::RoleAdministrator,
        }
    }
}

impl Term for Node {
    fn word(self) -> Word {
        match self {
            Node::VesselArrival => Word::NodeVesselArrival,
            Node::GateIn => Word::NodeGateIn,
            Node::RailIn => Word::NodeRailIn,
            Node::Discharge => Word::NodeDischarge,
            Node::ArrivalReport => Word::NodeArrivalReport,
            Node::Declare => Word::NodeDeclare,
            Node::DocumentsRequired => Word::NodeDocumentsRequired,
            Node::SelectForScan => Word::NodeSelectForScan,
            Node::SelectForInspection => Word::NodeSelectForInspection,
            Node::Stack => Word::NodeStack,
            Node::Shift => Word::NodeShift,
            Node::PlugIn => Word::NodePlugIn,
            Node::Measure => Word::NodeMeasure,
            Node::Scan => Word::NodeScan,
            Node::InspectionStart => Word::NodeInspectionStart,
            Node::InspectionEnd => Word::NodeInspectionEnd,
            Node::Verdict => Word::NodeVerdict,
            Node::Hold => Word::NodeHold,
            Node::Release => Word::NodeRelease,
            Node::PlugOut => Word::NodePlugOut,
            Node::LoadingInstruction => Word::NodeLoadingInstruction,
            Node::Load => Word::NodeLoad,
            Node::GateOut => Word::NodeGateOut,
            Node::RailOut => Word::NodeRailOut,
            Node::VesselDeparture => Word::NodeVesselDeparture,
            Node::Note => Word::NodeNote,
        }
    }
}

impl Term for Direction {
    fn word(self) -> Word {
        match self {
            Direction::Import => Word::DirectionImport,
            Direction::Export => Word::DirectionExport,
            Direction::Transshipment => Word::DirectionTransshipment,
            Direction::Domestic => Word::DirectionDomestic,
        }
    }
}

impl Term for Classifier {
    fn word(self) -> Word {
        match self {
            Classifier::Actual => Word::ClassifierActual,
            Classifier::Estimated => Word::ClassifierEstimated,
            Classifier::Planned => Word::ClassifierPlanned,
        }
    }
}

impl Term for Kind {
    fn word(self) -> Word {
        match self {
            Kind::Overtime => Word::KindOvertime,
            Kind::IllegalStorage => Word::KindIllegalStorage,
            Kind::UnreleasedDeparture => Word::KindUnreleasedDeparture,
            Kind::ReleaseMissing => Word::KindReleaseMissing,
            Kind::InstructionMissing => Word::KindInstructionMissing,
            Kind::InspectionLate => Word::KindInspectionLate,
            Kind::ReeferPower => Word::KindReeferPower,
            Kind::ReeferTemperature => Word::KindReeferTemperature,
            Kind::TwoPlaces => Word::KindTwoPlaces,
            Kind::SlotTaken => Word::KindSlotTaken,
            Kind::FeedSilent => Word::KindFeedSilent,
            Kind::ClockWrong => Word::KindClockWrong,
            Kind::ParcelOvertime => Word::KindParcelOvertime,
            Kind::ParcelPartySilent => Word::KindParcelPartySilent,
            Kind::ParcelMismatchRate => Word::KindParcelMismatchRate,
        }
    }
}

impl Term for Priority {
    fn word(self) -> Word {
        match self {
            Priority::Low => Word::PriorityLow,
            Priority::Medium => Word::PriorityMedium,
            Priority::High => Word::PriorityHigh,
        }
    }
}

impl Term for State {
    fn word(self) -> Word {
        match self {
            State::Active => Word::StateActive,
            State::Cleared => Word::StateCleared,
            State::Unacknowledged => Word::StateUnacknowledged,
            State::Acknowledged => Word::StateAcknowledged,
            State::Shelved => Word::StateShelved,
            State::Suppressed => Word::StateSuppressed,
            State::OutOfService => Word::StateOutOfService,
            State::AwaitingExplanation => Word::StateAwaitingExplanation,
            State::Explained => Word::StateExplained,
            State::Closed => Word::StateClosed,
            State::Withdrawn => Word::StateWithdrawn,
        }
    }
}

impl Term for Explanation {
    fn word(self) -> Word {
        match self {
            Explanation::Given => Word::ExplanationGiven,
            Explanation::Returned => Word::ExplanationReturned,
        }
    }
}

impl Term for StorageReason {
    fn word(self) -> Word {
        match self {
            StorageReason::NoBlock => Word::StorageNoBlock,
            StorageReason::NotForDangerous => Word::StorageNotForDangerous,
            StorageReason::NotForReefers => Word::StorageNotForReefers,
            StorageReason::MayNotStand => Word::StorageMayNotStand,
            StorageReason::TooHigh => Word::StorageTooHigh,
            StorageReason::TooLong => Word::StorageTooLong,
            StorageReason::TooMany => Word::StorageTooMany,
            StorageReason::Segregated => Word::StorageSegregated,
            StorageReason::LithiumNearFlammables => Word::StorageLithiumNearFlammables,
        }
    }
}

impl Term for Action {
    fn word(self) -> Word {
        match self {
            Action::Raise => Word::ActionRaise,
            Action::Clear => Word::ActionClear,
            Action::Resume => Word::ActionResume,
            Action::Withdraw => Word::ActionWithdraw,
            Action::Reinstate => Word::ActionReinstate,
            Action::Acknowledge => Word::ActionAcknowledge,
            Action::Explain => Word::ActionExplain,
            Action::Return => Word::ActionReturn,
            Action::Close => Word::ActionClose,
            Action::Shelve => Word::ActionShelve,
            Action::Unshelve => Word::ActionUnshelve,
            Action::Suppress => Word::ActionSuppress,
            Action::Unsuppress => Word::ActionUnsuppress,
            Action::TakeOutOfService => Word::ActionTakeOutOfService,
            Action::ReturnToService => Word::ActionReturnToService,
        }
    }
}

impl Term for Cargo {
    fn word(self) -> Word {
        match self {
            Cargo::Dangerous => Word::CargoDangerous,
            Cargo::Reefer => Word::CargoReefer,
            Cargo::Empty => Word::CargoEmpty,
            Cargo::General => Word::CargoGeneral,
        }
    }
}

impl Term for Mode {
    fn word(self) -> Word {
        match self {
            Mode::Direct => Word::ModeDirect,
            Mode::Stacked => Word::ModeStacked,
            Mode::Unknown => Word::ModeUnknown,
        }
    }
}

impl Term for Channel {
    fn word(self) -> Word {
        match self {
            Channel::None => Word::ChannelNone,
            Channel::Scan => Word::ChannelScan,
            Channel::Inspection => Word::ChannelInspection,
        }
    }
}

impl Term for Status {
    fn word(self) -> Word {
        match self {
            Status::Expected => Word::StatusExpected,
            Status::InYard => Word::StatusInYard,
            Status::Released => Word::StatusReleased,
            Status::Left => Word::StatusLeft,
        }
    }
}

impl Term for SegmentName {
    fn word(self) -> Word {
        match self {
            SegmentName::Unloading => Word::SegmentUnloading,
            SegmentName::Preparation => Word::SegmentPreparation,
            SegmentName::Clearance => Word::SegmentClearance,
            SegmentName::PickUp => Word::SegmentPickUp,
            SegmentName::AfterRelease => Word::SegmentAfterRelease,
            SegmentName::Departure => Word::SegmentDeparture,
        }
    }
}

impl Term for StayFlag {
    fn word(self) -> Word {
        match self {
            StayFlag::EndMissing => Word::FlagEndMissing,
            StayFlag::BeginMissing => Word::FlagBeginMissing,
            StayFlag::Repeated => Word::FlagRepeated,
            StayFlag::OutOfOrder => Word::FlagOutOfOrder,
            StayFlag::PapersOnly => Word::FlagPapersOnly,
            StayFlag::Advance => Word::FlagAdvance,
            StayFlag::StartSubstituted => Word::FlagStartSubstituted,
            StayFlag::SizeDiffers => Word::FlagSizeDiffers,
            StayFlag::DirectionDiffers => Word::FlagDirectionDiffers,
            StayFlag::BillDiffers => Word::FlagBillDiffers,
            StayFlag::Conflict => Word::FlagConflict,
            StayFlag::Unverified => Word::FlagUnverified,
            StayFlag::UnknownSlot => Word::FlagUnknownSlot,
            StayFlag::SizeMissing => Word::FlagSizeMissing,
        }
    }
}

/// The word of a value that travels as text, such as the group of a row; the text itself when it is unknown.
pub fn group_value(language: Language, name: &str, value: &str) -> String {
    let text = match name {
        "direction" => Direction::from_name(value).map(|term| term.in_language(language)),
        "cargo" => Cargo::from_name(value).map(|term| term.in_language(language)),
        "mode" => Mode::from_name(value).map(|term| term.in_language(language)),
        "channel" => Channel::from_name(value).map(|term| term.in_language(language)),
        _ => None,
    };
    text.unwrap_or(value).to_owned()
}

/// In what a search found its text.
pub fn found_field(language: Language, field: &str) -> String {
    let word = match field {
        "container" => Word::FoundContainer,
        "bill_of_lading" => Word::FoundBillOfLading,
        "voyage" => Word::FoundVoyage,
        "vessel" => Word::FoundVessel,
        "declaration" => Word::FoundDeclaration,
        "slot" => Word::FoundSlot,
        "block" => Word::FoundBlock,
        other => return other.to_owned(),
    };
    language.say(word).to_owned()
}
