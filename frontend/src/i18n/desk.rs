//! The words of the release desk. Each `match` is complete, so a new code does not compile until someone names it.

use super::terms::Term;
use super::{Language, Word};
use shared::wire::release_desk::{
    ApplicationAction, ApplicationKind, ApplicationReason, ApplicationState, CheckVerdict, DeskParty,
};

impl Term for ApplicationKind {
    fn word(self) -> Word {
        match self {
            ApplicationKind::MissingInstruction => Word::ApplyMissingInstruction,
            ApplicationKind::SecondProcessing => Word::ApplySecondProcessing,
            ApplicationKind::AbnormalSecondRelease => Word::ApplyAbnormalSecondRelease,
        }
    }
}

impl Term for ApplicationReason {
    fn word(self) -> Word {
        match self {
            ApplicationReason::ArrivalReportMissing => Word::ReasonArrivalReport,
            ApplicationReason::ImoDiffers => Word::ReasonImo,
            ApplicationReason::DistrictDiffers => Word::ReasonDistrict,
            ApplicationReason::LoadingPlaceDiffers => Word::ReasonLoadingPlace,
            ApplicationReason::PreManifest => Word::ReasonPreManifest,
            ApplicationReason::VesselChanged => Word::ReasonVesselChanged,
            ApplicationReason::MessageLost => Word::ReasonMessageLost,
            ApplicationReason::Other => Word::ReasonOther,
        }
    }
}

impl Term for ApplicationState {
    fn word(self) -> Word {
        match self {
            ApplicationState::Draft => Word::DeskDraft,
            ApplicationState::Proofreading => Word::DeskProofreading,
            ApplicationState::Returned => Word::DeskReturned,
            ApplicationState::Reviewing => Word::DeskReviewing,
            ApplicationState::Asked => Word::DeskAsked,
            ApplicationState::Approved => Word::DeskApproved,
            ApplicationState::Confirmed => Word::DeskConfirmed,
            ApplicationState::Refused => Word::DeskRefused,
            ApplicationState::Withdrawn => Word::DeskWithdrawn,
            ApplicationState::TimedOut => Word::DeskTimedOut,
            ApplicationState::Sailed => Word::DeskSailed,
            ApplicationState::Settled => Word::DeskSettled,
        }
    }
}

impl Term for DeskParty {
    fn word(self) -> Word {
        match self {
            DeskParty::Enterprise => Word::PartyEnterprise,
            DeskParty::Terminal => Word::PartyTerminal,
            DeskParty::Customs => Word::PartyCustoms,
            DeskParty::System => Word::PartySystem,
        }
    }
}

impl Term for CheckVerdict {
    fn word(self) -> Word {
        match self {
            CheckVerdict::Agrees => Word::CheckAgrees,
            CheckVerdict::Differs => Word::CheckDiffers,
            CheckVerdict::Unknown => Word::CheckUnknown,
        }
    }
}

/// What was done, as a step of an application tells it.
impl Term for ApplicationAction {
    fn word(self) -> Word {
        match self {
            ApplicationAction::Save => Word::DidSave,
            ApplicationAction::Apply => Word::DidApply,
            ApplicationAction::Agree => Word::DidAgree,
            ApplicationAction::Correct => Word::DidCorrect,
            ApplicationAction::Return => Word::DidReturn,
            ApplicationAction::Approve => Word::DidApprove,
            ApplicationAction::ApproveByRule => Word::DidApproveByRule,
            ApplicationAction::Ask => Word::DidAsk,
            ApplicationAction::Answer => Word::DidAnswer,
            ApplicationAction::Refuse => Word::DidRefuse,
            ApplicationAction::Withdraw => Word::DidWithdraw,
            ApplicationAction::Confirm => Word::DidConfirm,
            ApplicationAction::Reject => Word::DidReject,
            ApplicationAction::TimeOut => Word::DidTimeOut,
            ApplicationAction::Sail => Word::DidSail,
            ApplicationAction::Settle => Word::DidSettle,
            ApplicationAction::Attach => Word::DidAttach,
            ApplicationAction::Detach => Word::DidDetach,
        }
    }
}

/// What a button does; nothing for what is done otherwise than by a button of its own.
pub fn button_word(action: ApplicationAction) -> Option<Word> {
    Some(match action {
        ApplicationAction::Agree => Word::DoAgree,
        ApplicationAction::Correct => Word::DoCorrect,
        ApplicationAction::Return => Word::DoReturn,
        ApplicationAction::Approve => Word::DoApprove,
        ApplicationAction::Ask => Word::DoAsk,
        ApplicationAction::Answer => Word::DoAnswer,
        ApplicationAction::Refuse => Word::DoRefuse,
        ApplicationAction::Withdraw => Word::DoWithdraw,
        ApplicationAction::Confirm => Word::DoConfirm,
        ApplicationAction::Reject => Word::DoReject,
        _ => return None,
    })
}

/// What a field or a check is about; its own name where this page does not know it.
pub fn field_words(language: Language, field: &str) -> String {
    let word = match field {
        "kind" => Word::FieldKind,
        "reason" => Word::FieldReason,
        "site" => Word::Site,
        "container" => Word::ContainerNumber,
        "containers" => Word::FieldContainers,
        "bill_of_lading" => Word::BillOfLading,
        "voyage" => Word::Voyage,
        "vessel_name" => Word::Vessel,
        "vessel_imo" => Word::FieldImo,
        "declaration" => Word::FoundDeclaration,
        "district" => Word::FieldDistrict,
        "loading_place" => Word::FieldLoadingPlace,
        "closing_at" => Word::FieldClosing,
        "remark" => Word::Remark,
        "files" => Word::DeskFiles,
        "released" => Word::CheckReleased,
        "arrival_report" => Word::NodeArrivalReport,
        "loading_instruction" => Word::NodeLoadingInstruction,
        "in_yard" => Word::CheckInYard,
        "hold" => Word::CheckNoHold,
        "vessel_here" => Word::CheckVesselHere,
        other => return other.to_owned(),
    };
    language.say(word).to_owned()
}

/// What is wrong with a field, by the code that the server names; in the server's own words where this page has none.
pub fn error_words(language: Language, code: &str, message: &str) -> String {
    let word = match code {
        "missing" => Word::WrongMissing,
        "invalid" => Word::WrongInvalid,
        "unknown" => Word::WrongUnknown,
        "check_digit" => Word::WrongCheckDigit,
        "not_export" => Word::WrongNotExport,
        "already_instructed" => Word::WrongInstructed,
        "already_loaded" => Word::WrongLoaded,
        "already_applied" => Word::WrongApplied,
        "sailed" => Word::WrongSailed,
        "closed" => Word::WrongClosed,
        "too_long" => Word::WrongTooLong,
        _ => return message.to_owned(),
    };
    language.say(word).to_owned()
}
