//! The types that travel, field by field.

use super::basics::word;
use super::{Mistakes, Read, asked_member, member, members};
use serde_json::Value;
use shared::access::{Role, Scene};
use shared::alarm::{Action, Explanation, Kind, Priority, StorageReason};
use shared::event::{Classifier, DangerousGoods, Direction, Node};
use shared::stay::{Cargo, Channel, Mode, SegmentName, Status, StayFlag};
use shared::wire::access::{Account, AccountWithLink, AuditEntry, Key, KeyWithSecret, LinkLook};
use shared::wire::alarm::{
    ActionResult, ActionsAnswer, Alarm, AlarmGroup, AlarmNode, AlarmSummary, Explained, HistoryEntry,
    KindCount, Other, Temperature,
};
use shared::wire::container::{Container, EventHistory, EventVersion, Found, Mention};
use shared::wire::feeds::{ProblemCode, Remark, Source, StoredProblem};
use shared::wire::figures::{
    AnnualThroughput, Baseline, Bin, ClearanceRow, Comparison, Course, Declaration, Definition, Dwell,
    Figures, Group, Overview, OverviewClearance, PatternRow, Peak, Peaks, SegmentRow, ThroughputRow, Usual,
    UsualSegment,
};
use shared::wire::parcels::{
    BuyersYear, ComparedField, DocumentKind, Parcel, ParcelDocument, ParcelFigures, ParcelItem, ParcelMode,
    ParcelParty, ParcelReason, ParcelRow, ParcelShare, ParcelState, ParcelStep, ParcelsNow, PeakDay,
};
use shared::wire::performance::{
    Answered, ByName, Chattering, Flood, Frequent, Limits, Performance, PriorityShare, Stale,
};
use shared::wire::release_desk::{
    Application, ApplicationAction, ApplicationAnswer, ApplicationForm, ApplicationItem, ApplicationKind,
    ApplicationReason, ApplicationState, CheckVerdict, DeskChange, DeskCheck, DeskFigures, DeskFile,
    DeskFill, DeskParty, DeskRow, DeskStep, DeskStepTime, DeskWaiting, FieldError, Instruction,
};
use shared::wire::replay::{
    AlarmCounts, BlockMoves, BlockThen, CourseRow, YardChanges, YardCounts, YardCourse, YardMoment,
    YardMoves, YardThen,
};
use shared::wire::rules::{Position, RulesVersion, TrialAlarm, TrialAnswer, TrialCounts, TrialRule};
use shared::wire::site::{Name, Site};
use shared::wire::stay::{Report, Segment, Stay, StayNode, Version};
use shared::wire::stream::{FeedChange, FiguresChange, Reset};
use shared::wire::yard::{BlockStates, Placed, StandingBox, YardChange};
use shared::wire::{List, Problem};

/// Words, each with what stands in for one that is unknown.
macro_rules! words {
    ($($type:ident $stand_in:ident)+) => {
        $(impl Read for $type {
            fn read(value: &Value, mistakes: &Mistakes) -> $type {
                word(value, $type::$stand_in, mistakes)
            }
        })+
    };
}

words! {
    Action Raise
    Role Viewer
    Scene Yard
    Cargo General
    Channel None
    Classifier Actual
    Direction Import
    Explanation Given
    Kind Overtime
    Mode Unknown
    Node Note
    Priority Low
    ProblemCode Invalid
    SegmentName Clearance
    Status Expected
    StayFlag Conflict
    StorageReason NoBlock
    DocumentKind Order
    ParcelMode Bonded
    ParcelReason OrderDiffers
    ParcelState Waiting
}

/// Codes that know their own names.
macro_rules! codes {
    ($($type:ident $stand_in:ident)+) => {
        $(impl Read for $type {
            fn read(value: &Value, mistakes: &Mistakes) -> $type {
                value.as_str().and_then($type::from_name).unwrap_or_else(|| {
                    mistakes.is_no(value, stringify!($type));
                    $type::$stand_in
                })
            }
        })+
    };
}

codes! {
    ApplicationAction Save
    ApplicationKind MissingInstruction
    ApplicationReason Other
    ApplicationState Draft
    CheckVerdict Unknown
    DeskParty System
}

/// Types whose fields travel under their own names.
macro_rules! fields {
    ($($type:ident $(<$parameter:ident>)? { $($field:ident)+ })+) => {
        $(impl$(<$parameter: Read>)? Read for $type$(<$parameter>)? {
            fn read(value: &Value, mistakes: &Mistakes) -> Self {
                let members = members(value, mistakes);
                $type { $($field: member(members, stringify!($field), mistakes)),+ }
            }
        })+
    };
}

fields! {
    List<T> { items next epoch sequence }
    ParcelsNow {
        site at since received released returned released_fen rate_second rate_minute rate_hour peak_second peak_at
        within_target target_seconds median_seconds p95_seconds p99_seconds queue oldest_at late missing held
        held_parcels platforms modes parks parties course against epoch sequence
    }
    ParcelShare { name released released_fen queue within_target }
    ParcelParty { source kinds documents mismatch_rate usual_rate heard_at silent }
    PeakDay { date course by_now released }
    ParcelItem {
        order site state reasons missing platform mode park waybill value_fen first_at received_at decided_at seconds
    }
    ParcelDocument { kind source id at updated_at recorded_at versions withdrawn enterprise }
    ComparedField { field values reason }
    BuyersYear { year with_this_fen total_fen limit_fen orders }
    ParcelStep { at what document state reasons by remark }
    ParcelFigures { from to bucket group target_seconds rows epoch sequence }
    ParcelRow {
        bucket group received released released_fen returned held open mean_seconds median_seconds p95_seconds
        p99_seconds max_seconds within_target href
    }
    LinkLook { name until }
    Account {
        id name full_name role sites disabled has_password provider locked_until created_at used_at sessions
    }
    AccountWithLink { account link until }
    Key { id name role sites sources scenes created_at created_by used_at revoked_at }
    KeyWithSecret { key secret }
    AuditEntry { sequence at who role address action subject detail hash }
    Alarm {
        id tag rule kind priority site stay container container_verified direction bill_of_lading voyage vessel_name
        dangerous refrigerated previous current limit_seconds reasons others temperature source ahead_seconds position
        entered_at slot block park parcels mismatch_rate usual_rate raised_at cleared_at recorded_at withdrawn_at active
        acknowledged shelved_until suppressed
        out_of_service explanation closed history sequence
    }
    Other { container stay site slot source }
    Temperature { set measured band }
    ActionsAnswer { results epoch sequence }
    ActionResult { id status detail alarm }
    AlarmSummary { total open unacknowledged kinds groups group_count epoch sequence }
    KindCount { kind priority count unacknowledged }
    AlarmGroup { key count active unacknowledged high medium first_raised_at last_raised_at href }
    Position { code name }
    RulesVersion { version valid_from by remark configured }
    TrialAnswer {
        site from to stays today tried rules added dropped added_alarms dropped_alarms days epoch sequence
    }
    TrialCounts { alarms high medium low most_in_ten_minutes windows_over_ten }
    TrialRule { rule kind today tried }
    TrialAlarm { kind priority rule container stay limit_seconds raised_at cleared_at slot }
    Performance {
        site from to alarms windows average_in_ten_minutes most_in_ten_minutes windows_over_ten time_in_flood course
        step_seconds floods priorities most_frequent chattering chattering_tags stale stale_alarms kinds blocks
        positions acknowledged limits epoch sequence
    }
    Flood { from to alarms most_in_ten_minutes href }
    PriorityShare { priority alarms share recommended }
    Frequent { rule kind alarms share href }
    Chattering { tag rule kind container most_in_a_minute alarms }
    Stale { id kind priority container block raised_at cleared_at }
    ByName { name alarms average_in_ten_minutes most_in_ten_minutes time_in_flood href }
    Answered { alarms open median_seconds p90_seconds }
    Limits {
        acceptable_in_ten_minutes most_in_ten_minutes flood_above flood_below time_in_flood chattering_in_a_minute
        stale_seconds stale_alarms
    }
    AlarmNode { node at }
    Explained { text at by state }
    HistoryEntry { at by action remark }
    Container { container verified stays elsewhere notes events epoch sequence }
    EventHistory { source id versions }
    EventVersion { updated_at recorded_at retracted said }
    Mention { node at classifier location facility source id detail versions }
    Found { container verified stay field text status began_at near until }
    Source { source formats events duplicates problems flags minutes last_at received_at }
    Comparison<R> { against from to rows }
    Baseline { name import_seconds export_seconds source published }
    AnnualThroughput { year teu source published }
    Peaks { hour day }
    Peak { at moves teu href }
    Bin { from_seconds to_seconds stays href }
    Dwell { stays mean_seconds median_seconds p90_seconds }
    PatternRow {
        weekday hour group hours stays mean_seconds median_seconds p90_seconds within_target moves teu gate_in gate_out
        yard_moves href
    }
    Declaration {
        declaration site direction cargo mode channel declared_at released_at clearance_seconds stays containers
    }
    Usual { stay from to direction cargo segments epoch sequence }
    UsualSegment { name began_at seconds stays median_seconds p90_seconds percentile }
    Course {
        days boxes_in_yard alarms_raised teu direct_share import_median_seconds import_within_target
        export_median_seconds export_within_target
    }
    Definition { name measures rounding censoring bucket_by quantities }
    SegmentRow { name stays mean_seconds median_seconds p90_seconds share }
    Overview {
        site today boxes_in_yard slots_taken slots teu_today moves_today open_alarms open_alarms_high import export
        target_seconds direct_share left_href teu_by_hour course epoch sequence
    }
    OverviewClearance { stays median_seconds within_target baseline_seconds href }
    Name { en zh }
    Site { code name zone now data_at simulated history access }
    Stay {
        id site container container_verified direction cargo mode channel size_type teu empty bill_of_lading voyage
        vessel_imo vessel_name declarations dangerous refrigerated status slot began_at ended_at clearance_seconds
        flags nodes segments alarms
    }
    Report { source id at }
    Version { updated_at at retracted recorded_at holds }
    Segment { name from to seconds }
    FiguresChange { changed overview }
    FeedChange { source events problems last_at }
    Reset { reason }
    YardThen { site at blocks states elsewhere counts epoch sequence }
    AlarmCounts { high medium low }
    YardMoment { at placed gone elsewhere counts }
    YardChanges { site from to items next epoch sequence }
    YardCourse { site from to bucket first rows epoch sequence }
    CourseRow { at boxes alarms moves }
    YardMoves { site from to rows epoch sequence }
    BlockStates { block offset bays rows tiers }
    BlockThen { site block at boxes epoch sequence }
    StandingBox { container stay slot bay row tier state size_type cargo direction status since alarms }
    YardChange { site placed gone }
    Placed { container stay slot state }
    Remark<C> { index pointer offset segment code message }
    ApplicationForm {
        kind reason site containers bill_of_lading vessel_name vessel_imo voyage declaration district loading_place
        closing_at remark
    }
    ApplicationItem {
        id site kind reason state turn enterprise container bill_of_lading vessel_name voyage applied_at since
        closing_at times_out_at differs by_rule version
    }
    DeskCheck { field applied known at source verdict }
    DeskFile { id name media_type size at by }
    DeskStep { at by party action state remark corrections }
    Instruction {
        id application site kind container bill_of_lading vessel_name vessel_imo voyage declaration approved_at
        approved_by by_rule state attempts last_error next_attempt_at confirmed_at sequence
    }
    ApplicationAnswer { items errors epoch sequence }
    FieldError { field index code message }
    DeskFill { container form errors checks closing_at }
    DeskChange { item action by party }
    DeskFigures { from to bucket group rows waiting saved_fen_each epoch sequence }
    DeskRow {
        bucket group applications states reasons mean_seconds median_seconds p90_seconds max_seconds steps with_closing
        before_closing saved saved_fen by_rule href
    }
    DeskStepTime { state visits mean_seconds median_seconds p90_seconds }
    DeskWaiting { turn state applications oldest_at closing_at }
}

impl Read for Application {
    fn read(value: &Value, mistakes: &Mistakes) -> Application {
        let members = members(value, mistakes);
        Application {
            item: Read::read(value, mistakes),
            form: member(members, "form", mistakes),
            checks: member(members, "checks", mistakes),
            files: member(members, "files", mistakes),
            steps: member(members, "steps", mistakes),
            instruction: member(members, "instruction", mistakes),
            actions: member(members, "actions", mistakes),
            stay: member(members, "stay", mistakes),
            alarm: member(members, "alarm", mistakes),
            epoch: member(members, "epoch", mistakes),
            sequence: member(members, "sequence", mistakes),
        }
    }
}

impl Read for Problem {
    fn read(value: &Value, mistakes: &Mistakes) -> Problem {
        let members = members(value, mistakes);
        Problem {
            kind: member(members, "type", mistakes),
            title: member(members, "title", mistakes),
            status: member(members, "status", mistakes),
            detail: member(members, "detail", mistakes),
            parameter: member(members, "parameter", mistakes),
        }
    }
}

impl Read for YardCounts {
    fn read(value: &Value, mistakes: &Mistakes) -> YardCounts {
        let members = members(value, mistakes);
        YardCounts {
            boxes: member(members, "boxes", mistakes),
            teu: member(members, "teu", mistakes),
            without_size: member(members, "unsized", mistakes),
            alarms: member(members, "alarms", mistakes),
        }
    }
}

impl Read for BlockMoves {
    fn read(value: &Value, mistakes: &Mistakes) -> BlockMoves {
        let members = members(value, mistakes);
        BlockMoves {
            block: member(members, "block", mistakes),
            moves: member(members, "moves", mistakes),
            came: member(members, "in", mistakes),
            went: member(members, "out", mistakes),
            shifts: member(members, "shifts", mistakes),
        }
    }
}

impl Read for StoredProblem {
    fn read(value: &Value, mistakes: &Mistakes) -> StoredProblem {
        let members = members(value, mistakes);
        StoredProblem {
            id: member(members, "id", mistakes),
            format: member(members, "format", mistakes),
            source: member(members, "source", mistakes),
            received_at: member(members, "received_at", mistakes),
            remark: Remark::read(value, mistakes),
            raw: member(members, "raw", mistakes),
            state: member(members, "state", mistakes),
        }
    }
}

impl Read for StayNode {
    fn read(value: &Value, mistakes: &Mistakes) -> StayNode {
        let members = members(value, mistakes);
        StayNode {
            node: member(members, "node", mistakes),
            at: member(members, "at", mistakes),
            date_only: member::<Option<bool>>(members, "date_only", mistakes).unwrap_or(false),
            classifier: member(members, "classifier", mistakes),
            slot: member(members, "slot", mistakes),
            source: member(members, "source", mistakes),
            id: member(members, "id", mistakes),
            reports: member(members, "reports", mistakes),
            versions: member(members, "versions", mistakes),
        }
    }
}

impl<R: Read> Read for Figures<R> {
    fn read(value: &Value, mistakes: &Mistakes) -> Figures<R> {
        let members = members(value, mistakes);
        Figures {
            from: member(members, "from", mistakes),
            to: member(members, "to", mistakes),
            bucket: member(members, "bucket", mistakes),
            group: member(members, "group", mistakes),
            unit: member(members, "unit", mistakes),
            target_seconds: member(members, "target_seconds", mistakes),
            definition: member(members, "definition", mistakes),
            baselines: asked_member(members, "baselines", mistakes),
            annual: asked_member(members, "annual", mistakes),
            peaks: member(members, "peaks", mistakes),
            rows: member(members, "rows", mistakes),
            comparison: member(members, "comparison", mistakes),
            epoch: member(members, "epoch", mistakes),
            sequence: member(members, "sequence", mistakes),
        }
    }
}

impl Read for ClearanceRow {
    fn read(value: &Value, mistakes: &Mistakes) -> ClearanceRow {
        let members = members(value, mistakes);
        ClearanceRow {
            bucket: asked_member(members, "bucket", mistakes),
            group: asked_member(members, "group", mistakes),
            stays: asked_member(members, "stays", mistakes),
            open: asked_member(members, "open", mistakes),
            mean_seconds: asked_member(members, "mean_seconds", mistakes),
            sd_seconds: asked_member(members, "sd_seconds", mistakes),
            min_seconds: asked_member(members, "min_seconds", mistakes),
            median_seconds: asked_member(members, "median_seconds", mistakes),
            p75_seconds: asked_member(members, "p75_seconds", mistakes),
            p90_seconds: asked_member(members, "p90_seconds", mistakes),
            p95_seconds: asked_member(members, "p95_seconds", mistakes),
            p99_seconds: asked_member(members, "p99_seconds", mistakes),
            max_seconds: asked_member(members, "max_seconds", mistakes),
            within_target: asked_member(members, "within_target", mistakes),
            advance: asked_member(members, "advance", mistakes),
            start_substituted: asked_member(members, "start_substituted", mistakes),
            outliers: asked_member(members, "outliers", mistakes),
            baseline_seconds: asked_member(members, "baseline_seconds", mistakes),
            segments: asked_member(members, "segments", mistakes),
            distribution: asked_member(members, "distribution", mistakes),
            href: asked_member(members, "href", mistakes),
            open_href: asked_member(members, "open_href", mistakes),
        }
    }
}

impl Read for ThroughputRow {
    fn read(value: &Value, mistakes: &Mistakes) -> ThroughputRow {
        let members = members(value, mistakes);
        ThroughputRow {
            bucket: asked_member(members, "bucket", mistakes),
            group: asked_member(members, "group", mistakes),
            moves: asked_member(members, "moves", mistakes),
            teu: asked_member(members, "teu", mistakes),
            discharged_teu: asked_member(members, "discharged_teu", mistakes),
            loaded_teu: asked_member(members, "loaded_teu", mistakes),
            transshipped_teu: asked_member(members, "transshipped_teu", mistakes),
            without_size: asked_member(members, "unsized", mistakes),
            discharged: asked_member(members, "discharged", mistakes),
            loaded: asked_member(members, "loaded", mistakes),
            transshipped: asked_member(members, "transshipped", mistakes),
            empty: asked_member(members, "empty", mistakes),
            empty_share: asked_member(members, "empty_share", mistakes),
            gate_in: asked_member(members, "gate_in", mistakes),
            gate_out: asked_member(members, "gate_out", mistakes),
            rail_in: asked_member(members, "rail_in", mistakes),
            rail_out: asked_member(members, "rail_out", mistakes),
            yard_moves: asked_member(members, "yard_moves", mistakes),
            land_teu: asked_member(members, "land_teu", mistakes),
            direct: asked_member(members, "direct", mistakes),
            stacked: asked_member(members, "stacked", mistakes),
            mode_unknown: asked_member(members, "mode_unknown", mistakes),
            direct_share: asked_member(members, "direct_share", mistakes),
            dwell: asked_member(members, "dwell", mistakes),
            href: asked_member(members, "href", mistakes),
        }
    }
}

/// The fields of the item stand beside those of the parcel.
impl Read for Parcel {
    fn read(value: &Value, mistakes: &Mistakes) -> Parcel {
        let members = members(value, mistakes);
        Parcel {
            item: Read::read(value, mistakes),
            documents: member(members, "documents", mistakes),
            fields: member(members, "fields", mistakes),
            year: member(members, "year", mistakes),
            history: member(members, "history", mistakes),
            epoch: member(members, "epoch", mistakes),
            sequence: member(members, "sequence", mistakes),
        }
    }
}

impl Read for DangerousGoods {
    fn read(value: &Value, mistakes: &Mistakes) -> DangerousGoods {
        let members = members(value, mistakes);
        let text = |name: &str| member::<Option<String>>(members, name, mistakes).map(Into::into);
        DangerousGoods {
            class: text("class"),
            un: text("un"),
        }
    }
}

impl Read for Group {
    fn read(value: &Value, mistakes: &Mistakes) -> Group {
        match value {
            Value::Object(_) => Group::Several(Read::read(value, mistakes)),
            one => Group::One(Read::read(one, mistakes)),
        }
    }
}
