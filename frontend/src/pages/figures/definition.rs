//! How figures are defined, in words. A code that has no word yet is shown as it is: nothing is left out.

use crate::components::markup::{Markup, fill, join, text};
use crate::context::Context;
use crate::i18n::Word;
use shared::wire::figures::Definition;

/// Codes, each with its words in English and in Chinese.
const WORDS: &str = "\
overall_clearance|Overall clearance time of container stays|按箱计的整体通关时间
declaration_clearance|Overall clearance time of declarations|按报关单计的整体通关时间
quay_throughput|Boxes over the quay, through the gate, by rail and in the yard|岸线、闸口、铁路与场内作业量
import|Import|进口
export|Export|出口
declaration|Declaration|报关单
quay|Quay|岸线
transshipment|Transshipment|中转
land|Land side|陆侧
yard|Yard|堆场
vessel_arrival_or_discharge_to_release|from the vessel's arrival to release; from discharge where no arrival is known|自船舶抵港至放行；无抵港时间的自卸船起算
declare_to_release|from declaration to release|自申报至放行
first_declare_to_last_release|from its first declaration event to its last release|自首次申报至最后一次放行
discharged_plus_loaded|discharged plus loaded|卸船与装船之和
both_moves|a transshipped box counts at both moves|中转箱装卸各计一次
gate_and_rail_in_plus_out|in and out, through the gate and by rail|闸口与铁路进出之和
stack_and_shift|boxes put down in a slot, from outside or from another slot|入位与移位作业
bucket_by|Falls into the bucket|归入周期
released_at_in_site_zone|of its release, in the site's time|按放行时间（当地）
moved_at_in_site_zone|of the move, in the site's time|按作业时间（当地）
censoring|Not finished yet|未完成的
open_counted_apart|counted apart, never averaged in|单独计数，不计入平均
none|nothing is left out|无剔除
rounding|Rounding|取整
seconds_floored_minutes_floored|down to whole seconds, for percentiles to whole minutes|向下取整到秒，分位数取整到分
mean|Mean|平均
exact_seconds|of the exact seconds|按精确秒数
standard_deviation|Standard deviation|标准差
population_of_exact_seconds|of the population, of the exact seconds|总体标准差，按精确秒数
percentile|Median and percentiles|中位数与分位数
smallest_minute_that_share_does_not_exceed|the smallest minute that this share does not exceed|该比例的记录不超过的最小分钟数
within_target|Within target|达标
whole_minutes_not_over_target|whole minutes not over the target|整分钟数不超过目标
outliers|Outliers|离群
over_third_quartile_plus_three_ranges_kept_in|over the third quartile plus three interquartile ranges; counted, not left out|超过上四分位数加三倍四分位距；计数但不剔除
open|Not released|未放行
clock_began_in_bucket_and_not_released_at_end_of_period|clock began in the bucket, and not released at the end of the period|在该周期内起算、期末仍未放行
advance|Advance declaration|提前申报
negative_counts_as_zero|a segment that would be negative counts as 0|负时长按 0 计
start_substituted|Without arrival|无抵港时间
discharge_where_no_arrival_is_known|measured from discharge, and counted|自卸船起算并计数
segments|Segments|分段
of_released_stays_with_both_ends|of released stays that have both ends|已放行且两端齐全的记录
not_counted|Not counted|不计入
impossible_order_and_papers_without_box|stays in an impossible order, and papers without a box|节点顺序不合理的记录，以及无箱的单证
unsized|Without size|无箱型
counted_in_moves_with_no_teu|counted in moves, with 0 TEU|计入装卸次数，TEU 为 0
transshipped|Transshipped|中转量
of_which|is part of the sum, not added to it|包含在总量中
empty_share|Share of empties|空箱占比
empty_of_moves_over_quay|empty boxes of all moves over the quay|岸线装卸中的空箱
direct_share|Direct share|直提直装比例
direct_of_direct_and_stacked_that_left|direct ÷ (direct + stacked) of stays that left; unknown is beside it|直提直装 ÷（直提直装 + 堆存），已离港记录；未知另列
dwell|Time in the yard|在场时间
first_in_yard_to_end_of_stays_that_left|from the first node in the yard to the end, of stays that left|自首个场内节点至离港，已离港记录
peaks|Peaks|峰值
first_hour_and_day_with_most_moves_over_quay|the first hour and day with the most moves over the quay|岸线装卸次数最多的首个小时与日";

const FACT: &str = "<div><dt>{}</dt><dd>{}</dd></div>";
const PART: &str = "<section class=\"card\" data-part=\"definition\"><h2>{}</h2><p>{}</p>\
                    <dl class=\"facts definition\">{}</dl></section>";

/// A definition as a list of facts.
pub fn show(context: Context, definition: &Definition) -> Markup {
    let mut facts = Vec::new();
    for named in [&definition.measures, &definition.quantities] {
        for (name, value) in named {
            facts.push(fill(FACT, &[words(context, name), words(context, value)]));
        }
    }
    for (name, value) in [
        ("bucket_by", &definition.bucket_by),
        ("censoring", &definition.censoring),
        ("rounding", &definition.rounding),
    ] {
        facts.push(fill(FACT, &[words(context, name), words(context, value)]));
    }
    let gaps = [
        text(context.say(Word::Definition)),
        words(context, &definition.name),
        join(&facts),
    ];
    fill(PART, &gaps)
}

/// The words of a code.
#[inline(never)]
fn words(context: Context, code: &str) -> Markup {
    for line in WORDS.lines() {
        let known = line.strip_prefix(code).and_then(|rest| rest.strip_prefix('|'));
        if let Some((english, chinese)) = known.and_then(|words| words.split_once('|')) {
            return text(context.language.choose(english, chinese));
        }
    }
    text(code)
}
