//! The release desk: applications for export loading instructions that are missing, from the form to the instruction
//! that the terminal confirmed. Times in the site's zone.

use crate::time::LocalTime;
use serde::{Deserialize, Serialize};

codes! {
    /// What is applied for.
    ApplicationKind {
        /// The terminal has no loading instruction for a box that is released.
        MissingInstruction "missing_instruction",
        /// A second instruction for a box whose first could not be used.
        SecondProcessing "second_processing",
        /// A release that was taken back or came twice has to be put right.
        AbnormalSecondRelease "abnormal_second_release",
    }
}

codes! {
    /// Why the instruction is missing (`domain.md` §3: the chain of papers of an export box).
    ApplicationReason {
        /// The arrival report is missing.
        ArrivalReportMissing "arrival_report_missing",
        /// The IMO number of the papers is not that of the vessel.
        ImoDiffers "imo_differs",
        /// The customs district of the papers is another one.
        DistrictDiffers "district_differs",
        /// The loading place of the papers is another one.
        LoadingPlaceDiffers "loading_place_differs",
        /// The pre-manifest is missing or wrong.
        PreManifest "pre_manifest",
        /// The box changed vessel or voyage.
        VesselChanged "vessel_changed",
        /// The message went out and did not arrive.
        MessageLost "message_lost",
        /// Something else; the remark says what.
        Other "other",
    }
}

codes! {
    /// Where an application is. `shared::release_desk` draws which leads to which.
    ApplicationState {
        /// Being written; only its enterprise sees it.
        Draft "draft",
        /// The terminal proofreads.
        Proofreading "proofreading",
        /// Sent back to the enterprise, by the terminal or by customs.
        Returned "returned",
        /// Customs reviews.
        Reviewing "reviewing",
        /// Customs asked the enterprise something.
        Asked "asked",
        /// The instruction goes out to the terminal.
        Approved "approved",
        /// The terminal confirmed the instruction. Ended.
        Confirmed "confirmed",
        /// Customs refused. Ended.
        Refused "refused",
        /// The enterprise took it back. Ended.
        Withdrawn "withdrawn",
        /// Nobody acted in time. Ended.
        TimedOut "timed_out",
        /// The vessel had sailed. Ended.
        Sailed "sailed",
        /// The instruction came by itself meanwhile. Ended.
        Settled "settled",
    }
}

codes! {
    /// What somebody does with an application, or what happens to it by itself.
    ApplicationAction {
        /// The enterprise writes or changes a draft, or a returned application.
        Save "save",
        /// The enterprise hands it in.
        Apply "apply",
        /// The terminal finds it right.
        Agree "agree",
        /// The terminal finds it right but for what it corrects, with a remark.
        Correct "correct",
        /// The terminal or customs sends it back, with a remark.
        Return "return",
        /// Customs approves.
        Approve "approve",
        /// A rule approved, since everything agreed.
        ApproveByRule "approve_by_rule",
        /// Customs asks the enterprise, with a remark.
        Ask "ask",
        /// The enterprise answers, with a remark.
        Answer "answer",
        /// Customs refuses, with a remark.
        Refuse "refuse",
        /// The enterprise takes it back.
        Withdraw "withdraw",
        /// The terminal has the instruction and acts on it.
        Confirm "confirm",
        /// The terminal can't act on the instruction, with a remark: back to customs.
        Reject "reject",
        /// Nobody acted in time.
        TimeOut "time_out",
        /// The vessel sailed.
        Sail "sail",
        /// The instruction came by itself.
        Settle "settle",
        /// A file was added.
        Attach "attach",
        /// A file was taken out.
        Detach "detach",
    }
}

codes! {
    /// Who acts at the desk.
    DeskParty {
        /// The enterprise that applies.
        Enterprise "enterprise",
        /// The terminal.
        Terminal "terminal",
        /// Customs.
        Customs "customs",
        /// This server, by a rule or a clock.
        System "system",
    }
}

codes! {
    /// What this server's own events say of a field.
    CheckVerdict {
        /// They say the same.
        Agrees "agrees",
        /// They say something else.
        Differs "differs",
        /// They say nothing.
        Unknown "unknown",
    }
}

/// What an enterprise writes; every field may be empty in a draft.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ApplicationForm {
    /// `missing_instruction second_processing abnormal_second_release`.
    pub kind: Option<ApplicationKind>,
    /// Why.
    pub reason: Option<ApplicationReason>,
    /// The site; without one the only site.
    pub site: String,
    /// Container numbers; one application can be handed in for several, and becomes one for each.
    pub containers: Vec<String>,
    /// Bill of lading.
    pub bill_of_lading: String,
    /// Vessel.
    pub vessel_name: String,
    /// Its IMO number.
    pub vessel_imo: String,
    /// Voyage.
    pub voyage: String,
    /// Declaration.
    pub declaration: String,
    /// Customs district, as on the papers.
    pub district: String,
    /// Loading place (UN/LOCODE), as on the papers.
    pub loading_place: String,
    /// The vessel's closing time, where the enterprise knows better than this server.
    pub closing_at: Option<LocalTime>,
    /// What else is to be said.
    pub remark: String,
}

/// One application, as queues have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApplicationItem {
    /// Its number: `RD-20220223-0001`.
    pub id: String,
    /// The site.
    pub site: String,
    /// What is applied for.
    pub kind: Option<ApplicationKind>,
    /// Why.
    pub reason: Option<ApplicationReason>,
    /// Where it is.
    pub state: ApplicationState,
    /// Whose turn it is; none when it has ended.
    pub turn: Option<DeskParty>,
    /// The enterprise: name of its account.
    pub enterprise: String,
    /// The box.
    pub container: String,
    /// Bill of lading.
    pub bill_of_lading: String,
    /// Vessel.
    pub vessel_name: String,
    /// Voyage.
    pub voyage: String,
    /// When it was handed in first.
    pub applied_at: Option<LocalTime>,
    /// Since when it is in this state.
    pub since: LocalTime,
    /// The vessel's closing time, as far as it is known; the page counts down to it.
    pub closing_at: Option<LocalTime>,
    /// When it times out in this state.
    pub times_out_at: Option<LocalTime>,
    /// How many checks differ.
    pub differs: u32,
    /// Whether a rule approved it.
    pub by_rule: bool,
    /// Counts its steps: what a person saw, and what an action is about.
    pub version: u64,
}

/// One application on one screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Application {
    /// As queues have it.
    #[serde(flatten)]
    pub item: ApplicationItem,
    /// What was applied for, with what the terminal corrected.
    pub form: ApplicationForm,
    /// Field by field what this server's own events say.
    pub checks: Vec<DeskCheck>,
    /// Its files.
    pub files: Vec<DeskFile>,
    /// Every step, oldest first.
    pub steps: Vec<DeskStep>,
    /// The instruction, once approved.
    pub instruction: Option<Instruction>,
    /// What the caller may do with it now.
    pub actions: Vec<ApplicationAction>,
    /// The stay of the box, where there is one.
    pub stay: Option<String>,
    /// The alarm about its missing instruction, where there is one that is open.
    pub alarm: Option<String>,
    /// The epoch of the desk's journal.
    pub epoch: String,
    /// The change up to which this answer holds.
    pub sequence: u64,
}

/// What this server's own events say of one thing that matters for an application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeskCheck {
    /// `container bill_of_lading voyage vessel_name vessel_imo declaration released arrival_report district loading_place
    /// loading_instruction in_yard hold vessel_here`.
    pub field: String,
    /// What the application says; none where it says nothing of it.
    pub applied: Option<String>,
    /// What events say, in the words of the data; a time where the check is about something that happened.
    pub known: Option<String>,
    /// When that happened.
    pub at: Option<LocalTime>,
    /// Who said so.
    pub source: Option<String>,
    /// Whether both agree.
    pub verdict: CheckVerdict,
}

/// A file as proof.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeskFile {
    /// SHA-256 of its content, in hexadecimal: its address.
    pub id: String,
    /// Its name, without a path.
    pub name: String,
    /// Media type, told by its content: `application/pdf image/png image/jpeg`.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// When it was added.
    pub at: LocalTime,
    /// By whom.
    pub by: String,
}

/// One step of an application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeskStep {
    /// When.
    pub at: LocalTime,
    /// Who, by name; of a rule or a clock its name.
    pub by: String,
    /// For whom.
    pub party: DeskParty,
    /// What.
    pub action: ApplicationAction,
    /// The state from then on.
    pub state: ApplicationState,
    /// Why.
    pub remark: Option<String>,
    /// Which fields the terminal corrected: name, before, after.
    pub corrections: Vec<(String, String, String)>,
}

/// A loading instruction as it goes to the terminal, by webhook or by poll. Exactly once by `id`: whoever has one of that
/// id already confirms it again and does nothing else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instruction {
    /// Its number: that of the application, `-` and a count.
    pub id: String,
    /// The application.
    pub application: String,
    /// The site.
    pub site: String,
    /// What was applied for.
    pub kind: ApplicationKind,
    /// The box.
    pub container: String,
    /// Bill of lading.
    pub bill_of_lading: String,
    /// Vessel.
    pub vessel_name: String,
    /// Its IMO number.
    pub vessel_imo: String,
    /// Voyage.
    pub voyage: String,
    /// Declaration.
    pub declaration: String,
    /// When customs approved.
    pub approved_at: LocalTime,
    /// Who approved, or the rule.
    pub approved_by: String,
    /// Whether a rule approved.
    pub by_rule: bool,
    /// `waiting delivered confirmed rejected cancelled`.
    pub state: String,
    /// How often it was sent to the webhook.
    pub attempts: u32,
    /// What the last of them met; none where it was taken.
    pub last_error: Option<String>,
    /// When it is sent again.
    pub next_attempt_at: Option<LocalTime>,
    /// When the terminal confirmed.
    pub confirmed_at: Option<LocalTime>,
    /// Its place in the list that is polled.
    pub sequence: u64,
}

/// `POST /release-desk/applications` and `PUT …/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ApplicationRequest {
    /// What is applied for.
    pub form: ApplicationForm,
    /// Whether it is handed in, or kept as a draft.
    #[serde(default)]
    pub apply: bool,
    /// Drafts whose files go with it, by the id of the file.
    #[serde(default)]
    pub files: Vec<String>,
    /// Who, while access is open: the enterprise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The version that the person saw, on a change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_version: Option<u64>,
    /// Given by the page: the same request again makes nothing new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// What became of it: one application a container, or what is wrong with which field. 200 when all were taken, 207 when
/// some were, 422 when none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApplicationAnswer {
    /// Those that were taken.
    pub items: Vec<ApplicationItem>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
    /// The epoch of the desk's journal.
    pub epoch: String,
    /// The change up to which this answer holds.
    pub sequence: u64,
}

/// What is wrong with a field of a form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field, as in [`ApplicationForm`].
    pub field: String,
    /// Of `containers`: which of them, from 0.
    pub index: Option<u64>,
    /// `missing invalid unknown check_digit not_export already_instructed already_loaded already_applied sailed closed too_long`.
    pub code: String,
    /// What is wrong and what to do, in English; the page has the code in both languages.
    pub message: String,
}

/// `POST /release-desk/applications/{id}/{action}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DeskAct {
    /// Why; `correct return ask answer refuse reject` need one.
    #[serde(default)]
    pub remark: String,
    /// With `correct`: fields and what they should say.
    #[serde(default)]
    pub corrections: Vec<(String, String)>,
    /// Who, while access is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// For whom, while access is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<DeskParty>,
    /// The version that the person saw: another answers 409 with the application as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_version: Option<u64>,
}

/// `GET /release-desk/fill?container=&site=`: what this server knows of a box, for the form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeskFill {
    /// The box as asked.
    pub container: String,
    /// The form as this server would fill it.
    pub form: ApplicationForm,
    /// What speaks against an application: as on handing in.
    pub errors: Vec<FieldError>,
    /// What is known.
    pub checks: Vec<DeskCheck>,
    /// When the vessel closes.
    pub closing_at: Option<LocalTime>,
}

/// The stream's topic `release_desk`, event `application`: to those who may see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeskChange {
    /// The application as it is.
    pub item: ApplicationItem,
    /// What happened.
    pub action: ApplicationAction,
    /// Who did it.
    pub by: String,
    /// For whom.
    pub party: DeskParty,
}

/// `GET /figures/release-desk?from&to&bucket&group=kind,reason,state`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeskFigures {
    /// From (inclusive).
    pub from: LocalTime,
    /// To (exclusive).
    pub to: LocalTime,
    /// `hour day month year`, if one was asked for.
    pub bucket: Option<String>,
    /// By which dimensions.
    pub group: Vec<String>,
    /// The rows; an application counts in the bucket in which it was handed in first.
    pub rows: Vec<DeskRow>,
    /// Who waits for whom now.
    pub waiting: Vec<DeskWaiting>,
    /// What a case that was saved is reckoned at, in fen.
    pub saved_fen_each: u64,
    /// The epoch of the desk's journal.
    pub epoch: String,
    /// The change up to which this answer holds.
    pub sequence: u64,
}

/// One row of the desk's figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeskRow {
    /// When the bucket begins.
    pub bucket: Option<LocalTime>,
    /// As everywhere.
    pub group: Option<super::figures::Group>,
    /// Handed in.
    pub applications: u64,
    /// By state: how many are there now.
    pub states: Vec<(ApplicationState, u64)>,
    /// By reason.
    pub reasons: Vec<(ApplicationReason, u64)>,
    /// From handing in to confirmation, seconds: of those confirmed.
    pub mean_seconds: Option<f64>,
    /// Median.
    pub median_seconds: Option<u64>,
    /// 90th percentile.
    pub p90_seconds: Option<u64>,
    /// Longest.
    pub max_seconds: Option<u64>,
    /// Time in each step: proofreading, returned, reviewing, asked, approved.
    pub steps: Vec<DeskStepTime>,
    /// Confirmed with a known closing time, and how many of them before it.
    pub with_closing: u64,
    /// Confirmed before closing.
    pub before_closing: u64,
    /// Boxes that were confirmed before their vessel closed and were then loaded on it.
    pub saved: u64,
    /// Reckoned, in fen.
    pub saved_fen: u64,
    /// How many were approved by a rule.
    pub by_rule: u64,
    /// `/release-desk?…`, whose items are exactly those counted.
    pub href: String,
}

/// Time in one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeskStepTime {
    /// The state.
    pub state: ApplicationState,
    /// How many times it was left.
    pub visits: u64,
    /// Mean.
    pub mean_seconds: Option<f64>,
    /// Median.
    pub median_seconds: Option<u64>,
    /// 90th percentile.
    pub p90_seconds: Option<u64>,
}

/// Who waits for whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeskWaiting {
    /// Whose turn it is.
    pub turn: DeskParty,
    /// In which state.
    pub state: ApplicationState,
    /// How many.
    pub applications: u64,
    /// Since when the longest waits.
    pub oldest_at: Option<LocalTime>,
    /// The closest closing time.
    pub closing_at: Option<LocalTime>,
}
