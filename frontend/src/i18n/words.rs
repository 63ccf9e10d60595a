//! The words of the page, each in both languages.

use std::sync::OnceLock;

/// Where each line of the text is, once somebody has asked.
static TEXTS: OnceLock<Vec<&'static str>> = OnceLock::new();

macro_rules! words {
    ($($word:ident: $english:literal, $chinese:literal;)+) => {
        /// Something that the page says.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Word { $(#[doc = $english] $word),+ }

        impl Word {
            /// Every word.
            #[cfg(test)]
            pub const ALL: &'static [Word] = &[$(Word::$word),+];

            /// English and Chinese.
            pub fn texts(self) -> (&'static str, &'static str) {
                let texts = TEXTS.get_or_init(|| TEXT.lines().collect());
                let text = |index: usize| texts.get(index).copied().unwrap_or_default();
                (text(self as usize * 2), text(self as usize * 2 + 1))
            }
        }

        /// All texts, one a line, each in English and then in Chinese: a table of where each begins and how long
        /// it is would be twice as large as what it saves.
        const TEXT: &str = concat!($($english, "\n", $chinese, "\n"),+);
    };
}

words! {
    // The shell.
    SkipToContent: "Skip to content", "跳到正文";
    Navigation: "Pages", "页面";
    Overview: "Overview", "总览";
    Yard: "Yard", "堆场";
    Alarms: "Alarms", "报警";
    Clearance: "Clearance", "通关时间";
    Throughput: "Throughput", "吞吐量";
    Feeds: "Feeds", "数据源";
    Stays: "Stays", "在港记录";
    Search: "Search", "查询";
    SearchFor: "Container, bill of lading, voyage, vessel, declaration", "箱号、提单号、航次、船名、报关单号";
    Language: "Language", "语言";
    Theme: "Theme", "主题";
    ThemeAuto: "Automatic", "自动";
    ThemeLight: "Light", "浅色";
    ThemeDark: "Dark", "深色";
    Site: "Site", "场所";
    Simulated: "Simulated data: nothing here is a real container.", "模拟数据：页面中的集装箱均非真实。";
    MakingHistory: "The simulated port's history is being made: {} done. Figures are not complete yet.", "正在生成模拟港口的历史数据：已完成 {}。各项数据尚不完整。";
    AccessOpen: "Access is open: whoever reaches this address can see and act.", "访问未设限：能打开此地址者均可查看和操作。";
    Connecting: "Connecting", "正在连接";
    Live: "Live", "实时";
    Disconnected: "Disconnected", "连接中断";
    Outdated: "Disconnected for {}. What you see may no longer hold; trying again.", "连接已中断 {}。所见数据可能已过时，正在重新连接。";
    DataAge: "Data {} old", "数据于 {} 前";
    NoDataYet: "No data yet", "尚无数据";
    ClockOfSite: "Time at the site", "场所当地时间";
    NotFound: "Nothing is at this address", "此地址没有内容";
    NotFoundHint: "The pages are in the bar at the top.", "请从顶部导航栏选择页面。";
    // States of a view.
    Loading: "Loading…", "正在加载…";
    TryAgain: "Try again", "重试";
    FailedNetwork: "The server cannot be reached.", "无法连接服务器。";
    FailedAnswer: "The server answered something that this page does not understand. Loading the page again may help.", "服务器的应答无法识别，请尝试刷新页面。";
    FailedServer: "The server answered with an error.", "服务器返回错误。";
    More: "Show more", "显示更多";
    Close: "Close", "关闭";
    Cancel: "Cancel", "取消";
    Yes: "Yes", "是";
    No: "No", "否";
    Unknown: "Unknown", "未知";
    All: "All", "全部";
    Total: "Total", "合计";
    Table: "The same as a table", "以表格显示";
    // The alarms.
    Overtime: "Overtime", "作业时间超长报警";
    IllegalStorage: "Illegal storage", "非法存储箱报警";
    OtherAlarms: "Other alarms", "其他报警";
    NumberColumn: "No.", "序号";
    DirectionColumn: "Import/export", "进出口";
    BillOfLading: "Bill of lading", "提单号";
    Voyage: "Voyage", "航次";
    ContainerNumber: "Container no.", "箱号";
    PreviousNode: "Previous node", "前一节点";
    PreviousAt: "Previous node at", "前一节点时间";
    CurrentNode: "Current node", "当前节点";
    CurrentAt: "Current node at", "当前节点时间";
    Content: "Alarm", "报警内容";
    RaisedAt: "Alarm at", "报警时间";
    DangerousFlag: "Dangerous", "危险品标志";
    RefrigeratedFlag: "Refrigerated", "冷藏标志";
    EnteredAt: "Entered at", "入场时间";
    Slot: "Slot", "箱位";
    Explanation: "Explanation", "说明内容";
    ActionColumn: "Action", "操作";
    NotReported: "Not reported", "未报";
    Handle: "Handle", "处理";
    Awaited: "Awaited", "尚未发生";
    Unverified: "Not a valid ISO 6346 number: shown as it was sent", "箱号不符合 ISO 6346 校验，按原报文显示";
    NoAlarms: "No alarms of this kind match.", "没有符合条件的报警。";
    AlarmCount: "{} shown", "显示 {} 条";
    AlarmCountMore: "first {} shown", "显示前 {} 条";
    KindFilter: "Kind", "类别";
    StateFilter: "State", "状态";
    OpenAlarms: "Open: active or unacknowledged", "待处理：持续中或未确认";
    Priority: "Priority", "级别";
    State: "State", "状态";
    Limit: "Limit", "时限";
    Reasons: "Reasons", "原因";
    ClearedAt: "Cleared at", "解除时间";
    RecordedAt: "First known here at", "本系统获知时间";
    WithdrawnAt: "Withdrawn at", "撤销时间";
    ShelvedUntil: "Shelved until", "搁置至";
    History: "History", "处理记录";
    System: "system", "系统";
    AlarmChanged: "This alarm changed in the meantime and is shown as it is now. Look again before you act.", "该报警已发生变化，现显示最新状态，请重新确认后再操作。";
    Acknowledge: "Acknowledge", "确认";
    Explain: "Explain", "说明";
    Return: "Send back", "退回";
    CloseCase: "Close the case", "结案";
    Shelve: "Shelve", "搁置";
    Unshelve: "Take back", "取消搁置";
    Remark: "Remark", "备注";
    RemarkNeeded: "Remark (needed)", "备注（必填）";
    By: "Your name", "操作人";
    ForHowLong: "For how long", "搁置时长";
    Sending: "Sending…", "正在提交…";
    // The yard.
    YardMap: "Map of the yard", "堆场图";
    YardMapHelp: "Arrow keys move, plus and minus zoom, 0 shows the whole port. The table below holds the same.", "方向键移动，加减号缩放，0 显示全港。下方表格内容相同。";
    ColourBy: "Colour by", "着色方式";
    ByCargo: "Cargo", "货类";
    ByReleased: "Release", "放行";
    ByDirection: "Direction", "进出口";
    ByAlarm: "Alarm", "报警";
    ByHeight: "Stack height", "堆高";
    WholePort: "Whole port", "全港";
    ZoomIn: "Zoom in", "放大";
    ZoomOut: "Zoom out", "缩小";
    Block: "Block", "箱区";
    Bay: "Bay", "贝";
    Row: "Row", "排";
    Boxes: "Boxes", "箱数";
    Slots: "Slots", "箱位数";
    Use: "Use", "利用率";
    BoxesElsewhere: "{} boxes stand in no slot of the layout", "{} 个箱不在布局内的箱位上";
    Designation: "Designated for", "用途";
    Power: "power", "供电";
    EmptySlot: "Empty slot", "空位";
    Released: "Released", "已放行";
    NotReleased: "Not released", "未放行";
    WithAlarm: "With an active alarm", "有持续报警";
    WithoutAlarm: "Without alarm", "无报警";
    CrossSection: "Bay {}: rows and tiers", "{} 贝：排与层";
    ChooseBay: "Choose a bay", "选择贝位";
    PreviousBay: "Previous bay", "上一贝";
    NextBay: "Next bay", "下一贝";
    BoxesInBlock: "Boxes in block {}", "箱区 {} 内的箱";
    NoBlock: "The layout has no block of this name.", "布局中没有此箱区。";
    Since: "Since", "堆存自";
    SizeType: "Size type", "箱型";
    // The trail.
    TrailOf: "Trail of {}", "{} 的轨迹";
    NeverSeen: "No container {} was ever reported here.", "从未收到箱 {} 的信息。";
    NeverSeenHint: "Check the number, or search by bill of lading, voyage, vessel or declaration.", "请核对箱号，或按提单号、航次、船名、报关单号查询。";
    SearchResults: "Results for “{}”", "“{}”的查询结果";
    NoResults: "Nothing was found.", "没有查到。";
    SearchHint: "Type the beginning of a number or a name.", "请输入号码或名称的开头部分。";
    FoundIn: "Found in", "匹配项";
    Status: "Status", "状态";
    Began: "Began", "开始";
    Ended: "Ended", "结束";
    StayAt: "Stay at {}", "{} 在港记录";
    Segments: "Segments", "分段时间";
    Expectations: "Expected and planned", "预计与计划";
    Reports: "{} reports", "{} 条报告";
    Versions: "What was believed when", "历次报文";
    RetractedVersion: "retracted", "已撤回";
    HoldsVersion: "holds", "现行";
    Elsewhere: "Reported from other ports", "其他港口的报告";
    ElsewhereHint: "These touch no alarm and no figure here.", "不影响本港的报警和指标。";
    Notes: "Notes", "备注信息";
    Flags: "Odd", "异常标记";
    Declarations: "Declarations", "报关单";
    Vessel: "Vessel", "船名";
    Cargo: "Cargo", "货类";
    Mode: "Mode", "作业方式";
    Channel: "Customs channel", "海关通道";
    DangerousGoods: "Dangerous goods", "危险品";
    Source: "Source", "来源";
    Print: "Print", "打印";
    Later: "after {}", "间隔 {}";
    // Figures.
    BoxesInYard: "Boxes in the yard", "在场箱数";
    OfSlots: "{} of slots taken", "箱位占用 {}";
    TeuToday: "TEU over the quay today", "今日岸线吞吐量（TEU）";
    MovesToday: "{} moves", "{} 次装卸";
    OpenAlarmsToday: "Open alarms", "待处理报警";
    OfWhichHigh: "{} high", "其中高级 {}";
    ImportMedian: "Import clearance today, median", "今日进口通关时间（中位数）";
    ExportMedian: "Export clearance today, median", "今日出口通关时间（中位数）";
    ReleasedCount: "{} released", "放行 {} 个";
    Target: "target {}", "目标 {}";
    Baseline: "baseline {}", "基线 {}";
    YesterdayWas: "yesterday {}", "昨日 {}";
    AlarmsRaised: "raised today {}, yesterday {}", "今日新增 {}，昨日 {}";
    WithinTarget: "Released within {}", "{} 内放行比例";
    DirectShare: "Direct pickup and loading today", "今日直提直装比例";
    ImportOnly: "import", "进口";
    ExportOnly: "export", "出口";
    TeuByHour: "TEU over the quay by hour", "每小时岸线吞吐量（TEU）";
    Today: "Today", "今日";
    Yesterday: "Yesterday", "昨日";
    NoneToday: "none today", "今日无";
    PerStay: "by container stay", "按箱计";
    PerDeclaration: "by declaration", "按报关单计";
    UnitPicker: "Unit", "计量单位";
    PeriodPicker: "Period", "期间";
    Days7: "7 days", "近 7 天";
    Days30: "30 days", "近 30 天";
    Days90: "90 days", "近 90 天";
    ThisMonth: "This month", "本月";
    ThisYear: "This year", "今年";
    AnyPeriod: "Two dates", "自选日期";
    Through: "Through", "至（含）";
    WholePeriod: "Whole period", "返回整个期间";
    ComparePicker: "Compare with", "对比";
    CompareNone: "Nothing", "不对比";
    CompareBefore: "The period before", "上一期间";
    CompareYear: "A year before", "上年同期";
    ComparedWith: "compared with {}", "对比 {}";
    Before: "{}, before", "{}（对比期）";
    Was: "was {}", "对比期 {}";
    OfAll: "{} of {}", "{} / {}";
    BucketPicker: "Bucket", "统计周期";
    BucketHour: "Hour", "时";
    BucketDay: "Day", "日";
    BucketMonth: "Month", "月";
    BucketYear: "Year", "年";
    GroupPicker: "Group by", "分组";
    GroupNone: "Not grouped", "不分组";
    From: "From", "自";
    StaysCounted: "Stays", "箱次";
    OpenStays: "Not released", "未放行";
    Mean: "Mean", "平均";
    Median: "Median", "中位数";
    P90: "90 %", "90 %";
    P95: "95 %", "95 %";
    P90Long: "Nine of ten within", "九成在此时间内";
    MedianHours: "Median, hours", "中位数（小时）";
    P90Hours: "90 %, hours", "90 %（小时）";
    WithoutArrival: "Without arrival", "无抵港时间";
    AgainstHint: "Choose a group to hold the others against it.", "点击分组名称，以其为基准比较。";
    Maximum: "Longest", "最长";
    Outliers: "Outliers", "离群";
    AdvanceColumn: "Advance", "提前申报";
    Moves: "Moves", "装卸次数";
    Teu: "TEU", "TEU";
    Discharged: "Discharged", "卸船";
    Loaded: "Loaded", "装船";
    Transshipped: "Of which transshipped", "其中中转";
    WithoutSize: "Without size", "无箱型";
    NoRows: "Nothing was counted in this period.", "此期间没有数据。";
    CourseOf: "Course over time", "变化趋势";
    DistributionOf: "How many took how long", "时长分布";
    WhereTimeGoes: "Where the time goes", "时间花在哪里";
    Segment: "Segment", "分段";
    PartOfAll: "Part of the time", "时间占比";
    MeanBefore: "Mean before", "对比期平均";
    Change: "Change", "变化";
    GrewMost: "grew most", "增幅最大";
    GroupsOf: "Groups against each other", "分组对比";
    MedianBefore: "Median before", "对比期中位数";
    AgainstWhole: "Median against the whole", "中位数与整体之差";
    AgainstGroup: "Median against {}", "中位数与{}之差";
    PatternsOf: "Hours and weekdays", "小时与星期规律";
    ShowPicker: "Show", "显示";
    Weekday: "Weekday", "星期";
    Published: "Published and earlier figures", "已公布数据与历史数据";
    PublishedHint: "Not counted here: entered from the source beside each.", "非本系统统计，来源见各行。";
    ShownInChart: "In the chart", "图中显示";
    CountedHere: "Counted here", "本系统统计";
    OthersFigure: "Published by others", "他方公布";
    OwnFigure: "This port, before Quaylight", "本港历史数据";
    Definition: "What is counted, and how", "指标口径";
    ChartHelp: "Arrow keys move from point to point, Home and End to the ends, Enter opens the stays behind a point, Escape shows the whole period. Dragging zooms in.", "方向键逐点移动，Home、End 到两端，回车打开对应的在港记录，Esc 返回整个期间；拖动可放大。";
    NothingHere: "nothing counted", "无数据";
    Place: "Place", "位置";
    EmptyShare: "Share of empties", "空箱占比";
    DirectShareOf: "Direct pickup and loading", "直提直装比例";
    GateIn: "In through the gate", "进闸";
    GateOut: "Out through the gate", "出闸";
    GateAndRailIn: "In by gate and rail", "闸口与铁路进港";
    GateAndRailOut: "Out by gate and rail", "闸口与铁路出港";
    RailIn: "In by rail", "铁路进港";
    RailOut: "Out by rail", "铁路出港";
    YardMoves: "Yard moves", "场内作业";
    DwellMedian: "Time in the yard, median", "在场时间（中位数）";
    BusiestHour: "Busiest hour", "最繁忙小时";
    BusiestDay: "Busiest day", "最繁忙日";
    QuayCourse: "TEU over the quay", "岸线吞吐量（TEU）";
    LandCourse: "Moves at quay, gate and in the yard", "岸线、闸口与场内作业次数";
    Years: "Years", "历年吞吐量（TEU）";
    YearsPublished: "Published or entered", "公布或录入";
    SizeMissingNote: "{} without size", "{} 个无箱型";
    UnknownMode: "{} unknown", "{} 个未知";
    FiguresOfAll: "All figures by bucket", "各周期全部指标";
    LongerThan: "longer than {} of {} stays", "长于 {}（共 {} 条记录）";
    UsualIs: "usual {}, nine of ten within {}", "通常 {}，九成在 {} 内";
    SoFar: "{} so far", "已 {}";
    OverUsual: "longer than nine of ten", "超过九成记录";
    Usual: "What is usual", "常见时长";
    ClearanceTime: "Clearance time", "通关时间";
    StaysFor: "The stays behind the figure", "指标对应的在港记录";
    NoStays: "No stay matches.", "没有符合条件的记录。";
    ExportCsv: "All of them as CSV", "导出全部（CSV）";
    // Feeds.
    Sources: "Sources", "来源";
    Formats: "Formats", "格式";
    Rate: "Events in the last hour", "近一小时事件数";
    Events: "Events", "事件";
    Duplicates: "Duplicates", "重复";
    Problems: "Problems", "问题";
    FlagsCount: "Flagged", "标记";
    LatestEvent: "Latest event at", "最近事件时间";
    Age: "Age", "距今";
    NoSources: "Nothing has been received yet. Send the first message to /api/v1/feeds/events.", "尚未收到数据。请将第一条报文发送至 /api/v1/feeds/events。";
    NotUnderstood: "What could not be understood", "无法识别的报文";
    NoProblems: "Everything that came was understood.", "收到的报文均已识别。";
    Position: "Position", "位置";
    RawText: "Raw text", "原文";
    Retry: "Retry", "重试";
    Dismiss: "Dismiss", "忽略";
    OpenProblems: "Open", "待处理";
    DismissedProblems: "Dismissed", "已忽略";
    ResolvedProblems: "Resolved", "已解决";
    ByteAt: "byte {}", "字节 {}";
    ItemAt: "item {}", "第 {} 项";
}
