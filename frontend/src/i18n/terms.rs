//! The words of the domain in both languages: nodes, kinds, states and the like, as `domain.md` has them.
//! Each `match` is complete, so a new value does not compile until someone names it.

use super::Language;
use shared::alarm::{Action, Explanation, Kind, Priority, State, StorageReason};
use shared::event::{Classifier, Direction, Node};
use shared::stay::{Cargo, Channel, Mode, SegmentName, Status, StayFlag};

/// What has a name in the domain.
pub trait Term: Copy {
    /// English and Chinese.
    fn texts(self) -> (&'static str, &'static str);

    /// In one language.
    fn in_language(self, language: Language) -> &'static str {
        let (english, chinese) = self.texts();
        language.choose(english, chinese)
    }
}

impl Term for Node {
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Node::VesselArrival => ("Vessel arrival", "抵港"),
            Node::GateIn => ("Gate in", "进闸"),
            Node::RailIn => ("Rail in", "铁路进港"),
            Node::Discharge => ("Discharge", "卸船"),
            Node::ArrivalReport => ("Arrival report", "运抵"),
            Node::Declare => ("Declared", "申报"),
            Node::DocumentsRequired => ("Documents required", "补单"),
            Node::SelectForScan => ("Selected for scan", "布控扫描"),
            Node::SelectForInspection => ("Selected for inspection", "布控查验"),
            Node::Stack => ("Stacked", "堆存"),
            Node::Shift => ("Shifted", "移箱"),
            Node::PlugIn => ("Plugged in", "插电"),
            Node::Measure => ("Measured", "测温"),
            Node::Scan => ("Scanned", "机检"),
            Node::InspectionStart => ("Inspection begun", "查验开始"),
            Node::InspectionEnd => ("Inspection ended", "查验结束"),
            Node::Verdict => ("Verdict", "判定"),
            Node::Hold => ("Detained", "扣留"),
            Node::Release => ("Released", "放行"),
            Node::PlugOut => ("Unplugged", "断电"),
            Node::LoadingInstruction => ("Loading instruction", "装船指令"),
            Node::Load => ("Loaded", "装船"),
            Node::GateOut => ("Gate out", "提离"),
            Node::RailOut => ("Rail out", "铁路离港"),
            Node::VesselDeparture => ("Vessel departure", "离泊"),
            Node::Note => ("Note", "备注"),
        }
    }
}

impl Term for Direction {
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Direction::Import => ("Import", "进口"),
            Direction::Export => ("Export", "出口"),
            Direction::Transshipment => ("Transshipment", "中转"),
            Direction::Domestic => ("Domestic", "内贸"),
        }
    }
}

impl Term for Classifier {
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Classifier::Actual => ("actual", "实际"),
            Classifier::Estimated => ("estimated", "预计"),
            Classifier::Planned => ("planned", "计划"),
        }
    }
}

impl Term for Kind {
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Kind::Overtime => ("Operation time over the limit", "作业时间超长报警"),
            Kind::IllegalStorage => (
                "Not in the terminal's storage area for it, yet stored at the terminal",
                "不在码头堆存区域内，箱子在码头进行堆存",
            ),
            Kind::UnreleasedDeparture => ("Left without release", "未放行离港"),
            Kind::ReleaseMissing => ("Release missing as loading begins", "装船开始仍未放行"),
            Kind::InspectionLate => ("Inspection is late", "查验超时"),
            Kind::ReeferPower => ("Reefer without power", "冷藏箱断电"),
            Kind::ReeferTemperature => ("Reefer outside its temperature", "冷藏箱温度异常"),
            Kind::TwoPlaces => ("One container in two places", "同一箱出现在两处"),
            Kind::SlotTaken => ("One slot taken twice", "箱位重复占用"),
            Kind::FeedSilent => ("Feed is silent", "数据源中断"),
            Kind::ClockWrong => ("Sender's clock is wrong", "发送方时钟异常"),
        }
    }
}

impl Term for Priority {
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Priority::Low => ("Low", "低"),
            Priority::Medium => ("Medium", "中"),
            Priority::High => ("High", "高"),
        }
    }
}

impl Term for State {
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            State::Active => ("Active", "持续中"),
            State::Cleared => ("Cleared", "已解除"),
            State::Unacknowledged => ("Unacknowledged", "未确认"),
            State::Acknowledged => ("Acknowledged", "已确认"),
            State::Shelved => ("Shelved", "已搁置"),
            State::Suppressed => ("Suppressed", "已抑制"),
            State::OutOfService => ("Out of service", "停用"),
            State::AwaitingExplanation => ("Awaiting explanation", "待说明"),
            State::Explained => ("Explained", "已说明"),
            State::Closed => ("Closed", "已结案"),
            State::Withdrawn => ("Withdrawn", "已撤销"),
        }
    }
}

impl Term for Explanation {
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Explanation::Given => ("given", "已说明"),
            Explanation::Returned => ("sent back", "已退回"),
        }
    }
}

impl Term for StorageReason {
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            StorageReason::NoBlock => ("No block covers the slot", "箱位不属于任何箱区"),
            StorageReason::NotForDangerous => (
                "The block is not designated for these dangerous goods",
                "箱区不可存放该类危险品",
            ),
            StorageReason::NotForReefers => ("The block has no power for reefers", "箱区没有冷藏箱电源"),
            StorageReason::MayNotStand => ("This class may not stand at all", "该类危险品不得堆存"),
            StorageReason::TooHigh => (
                "Stacked higher than this class may be",
                "堆高超过该类危险品的限制",
            ),
            StorageReason::TooLong => (
                "Standing longer than this class may",
                "堆存时间超过该类危险品的限制",
            ),
            StorageReason::TooMany => (
                "More boxes of this class than may stand",
                "该类危险品箱数超过限制",
            ),
            StorageReason::Segregated => (
                "Too near goods from which the IMDG Code segregates it",
                "与须隔离的危险品相邻（IMDG）",
            ),
            StorageReason::LithiumNearFlammables => {
                ("Lithium batteries near flammable goods", "锂电池与易燃货物相邻")
            }
        }
    }
}

impl Term for Action {
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Action::Raise => ("Raised", "报警"),
            Action::Clear => ("Cleared", "解除"),
            Action::Resume => ("Went on after all", "恢复"),
            Action::Withdraw => ("Withdrawn", "撤销"),
            Action::Reinstate => ("Reinstated", "撤销后恢复"),
            Action::Acknowledge => ("Acknowledged", "确认"),
            Action::Explain => ("Explained", "说明"),
            Action::Return => ("Sent back", "退回"),
            Action::Close => ("Closed", "结案"),
            Action::Shelve => ("Shelved", "搁置"),
            Action::Unshelve => ("Taken back", "取消搁置"),
            Action::Suppress => ("Suppressed", "抑制"),
            Action::Unsuppress => ("No longer suppressed", "解除抑制"),
            Action::TakeOutOfService => ("Taken out of service", "停用"),
            Action::ReturnToService => ("Returned to service", "恢复使用"),
        }
    }
}

impl Term for Cargo {
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Cargo::Dangerous => ("Dangerous", "危险品"),
            Cargo::Reefer => ("Reefer", "冷藏"),
            Cargo::Empty => ("Empty", "空箱"),
            Cargo::General => ("General", "普通"),
        }
    }
}

impl Term for Mode {
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Mode::Direct => ("Direct", "直提直装"),
            Mode::Stacked => ("Stacked", "堆存"),
            Mode::Unknown => ("Unknown", "未知"),
        }
    }
}

impl Term for Channel {
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Channel::None => ("Papers only", "仅审单"),
            Channel::Scan => ("Scan", "机检"),
            Channel::Inspection => ("Inspection", "查验"),
        }
    }
}

impl Term for Status {
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Status::Expected => ("Expected", "预计到达"),
            Status::InYard => ("In the port", "在港"),
            Status::Released => ("Released", "已放行"),
            Status::Left => ("Left", "已离港"),
        }
    }
}

impl Term for SegmentName {
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            SegmentName::Unloading => ("Unloading", "卸船"),
            SegmentName::Preparation => ("Preparation", "准备"),
            SegmentName::Clearance => ("Clearance", "通关"),
            SegmentName::PickUp => ("Pick-up", "提离"),
            SegmentName::AfterRelease => ("After release", "放行后"),
            SegmentName::Departure => ("Departure", "离港"),
        }
    }
}

impl Term for StayFlag {
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            StayFlag::EndMissing => (
                "The next stay began without an end of this one",
                "下次在港已开始，但本次没有结束记录",
            ),
            StayFlag::BeginMissing => ("Nothing told how the box came", "没有进港记录"),
            StayFlag::Repeated => (
                "One source told twice of what happens once",
                "同一来源重复报告唯一节点",
            ),
            StayFlag::OutOfOrder => (
                "An order that cannot be; counted in no figure",
                "节点顺序不合理，不计入指标",
            ),
            StayFlag::PapersOnly => (
                "Papers without a box; counted in no figure",
                "只有单证没有箱，不计入指标",
            ),
            StayFlag::Advance => ("Declared or released ahead", "提前申报或提前放行"),
            StayFlag::StartSubstituted => (
                "No vessel arrival known; measured from discharge",
                "没有船舶抵港时间，自卸船起算",
            ),
            StayFlag::SizeDiffers => ("Sizes differ", "箱型不一致"),
            StayFlag::DirectionDiffers => ("Directions differ", "进出口不一致"),
            StayFlag::BillDiffers => ("Bills of lading differ", "提单号不一致"),
            StayFlag::Conflict => ("Two versions of equal age differ", "同一时间的两版报文内容不同"),
            StayFlag::Unverified => ("Not a valid ISO 6346 number", "箱号不符合 ISO 6346 校验"),
            StayFlag::UnknownSlot => ("Stands in a slot that the layout does not know", "箱位不在布局内"),
            StayFlag::SizeMissing => ("No size type is known", "没有箱型"),
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
    let texts = match field {
        "container" => ("Container no.", "箱号"),
        "bill_of_lading" => ("Bill of lading", "提单号"),
        "voyage" => ("Voyage", "航次"),
        "vessel" => ("Vessel", "船名"),
        "declaration" => ("Declaration", "报关单"),
        other => return other.to_owned(),
    };
    language.choose(texts.0, texts.1).to_owned()
}
