//! What to do about alarms, and the names of rules.

use crate::components::alarm::short;
use crate::i18n::Language;
use crate::i18n::terms::{Term, group_value};
use shared::alarm::Kind;
use shared::event::Node;

/// What is to be done about an alarm of a kind.
pub fn advice(language: Language, kind: Kind) -> &'static str {
    language.choose(
        match kind {
            Kind::Overtime => "Ask the terminal why the next step has not come, and when it will. If it did come, have it reported.",
            Kind::IllegalStorage => "Have the terminal explain and move the box to a block that is designated for it. Close the case once it stands there.",
            Kind::UnreleasedDeparture => "Stop the truck or call the vessel at once. Find out who let the box go, and whether a release is missing in the data.",
            Kind::ReleaseMissing => "Hold the box back from loading until it is released, or have the release sent before its turn comes.",
            Kind::InstructionMissing => "Have the instruction sent, or have the enterprise apply at the release desk, before the vessel closes.",
            Kind::InspectionLate => "Find out where the box is and call for the inspection, or lift the selection.",
            Kind::ReeferPower => "Have the box plugged in now, and its temperature measured.",
            Kind::ReeferTemperature => "Have power and setting of the unit checked, and the cargo looked at.",
            Kind::TwoPlaces => "Have the box looked for in both places, and the wrong report retracted.",
            Kind::SlotTaken => "Have the slot looked at, and the box that stands elsewhere reported again.",
            Kind::FeedSilent => "Call the sender. Until its messages come, what is shown of it is old.",
            Kind::ClockWrong => "Have the sender set its clock. Times that it sent meanwhile are wrong by as much.",
            Kind::ParcelOvertime => "Look at the parcels of that park that wait longest: what is missing, or held. Have the party send it, or decide them by hand.",
            Kind::ParcelPartySilent => "Call the party. Until its documents come, parcels wait for them.",
            Kind::ParcelMismatchRate => "Look at what does not agree, and call the party: most often a field of its documents has changed.",
        },
        match kind {
            Kind::Overtime => "向码头询问下一环节未完成的原因和预计时间；若已完成，要求补报。",
            Kind::IllegalStorage => "要求码头说明情况，并将箱移至指定箱区；移妥后结案。",
            Kind::UnreleasedDeparture => "立即拦截车辆或联系船方，查明放行人及是否漏报放行信息。",
            Kind::ReleaseMissing => "放行前暂停装船，或在轮到该箱之前补发放行信息。",
            Kind::InstructionMissing => "截关前补发装船指令，或由企业在放行处置台申请。",
            Kind::InspectionLate => "查明箱的位置并催办查验，或撤销布控。",
            Kind::ReeferPower => "立即插电并测温。",
            Kind::ReeferTemperature => "检查机组供电和设定温度，并查看货物。",
            Kind::TwoPlaces => "到两处核实箱的实际位置，并撤回错误报文。",
            Kind::SlotTaken => "到现场核实箱位，并重新报告不在此处的箱。",
            Kind::FeedSilent => "联系发送方；恢复之前，其数据均为旧数据。",
            Kind::ClockWrong => "要求发送方校准时钟；期间所报时间存在同样偏差。",
            Kind::ParcelOvertime => "查看该园区等待最久的包裹缺何单证或因何扣留，催促相关方补发，或人工处置。",
            Kind::ParcelPartySilent => "联系该单证方；恢复之前，包裹将持续等待其单证。",
            Kind::ParcelMismatchRate => "查看不符的字段并联系该方，多为其单证某字段发生变化。",
        },
    )
}

/// A rule in words: `overtime:discharge:stack:import` is discharge to stacking, of imports.
pub fn rule_words(language: Language, rule: &str) -> String {
    let mut parts = rule.split(':');
    let first = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    let aspect = |name: &str| match (first, name) {
        ("storage", "place") => Some(language.choose("place", "位置")),
        ("storage", "time") => Some(language.choose("time", "时间")),
        ("storage", "number") => Some(language.choose("number", "数量")),
        ("storage", "apart") => Some(language.choose("segregation", "隔离")),
        ("two_places", "slot") => Some(language.choose("slots", "箱位")),
        ("two_places", "site") => Some(language.choose("sites", "场所")),
        _ => None,
    };
    let word = |name: &&str| {
        let node = name
            .parse::<Node>()
            .ok()
            .map(|node| node.in_language(language).to_owned());
        node.or_else(|| aspect(name).map(str::to_owned))
            .unwrap_or_else(|| {
                let values = ["direction", "cargo", "mode"].map(|group| group_value(language, group, name));
                let known = values.into_iter().find(|value| value != name);
                known.unwrap_or_else(|| (*name).to_owned())
            })
    };
    let kind = match first {
        "storage" => Some(Kind::IllegalStorage),
        name => Kind::from_name(name),
    };
    let name = kind.map_or_else(|| first.to_owned(), |kind| short(language, kind).to_owned());
    match (first, rest.as_slice()) {
        (_, []) => name,
        ("overtime", [from, to, rest @ ..]) => {
            let narrowed: Vec<String> = rest.iter().map(word).collect();
            let narrowed = if narrowed.is_empty() {
                String::new()
            } else {
                format!(" ({})", narrowed.join(", "))
            };
            format!("{} → {}{narrowed}", word(from), word(to))
        }
        (_, rest) => format!(
            "{name} · {}",
            rest.iter().map(word).collect::<Vec<_>>().join(" · ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_said_in_words() {
        let english = |rule: &str| rule_words(Language::English, rule);
        assert_eq!(english("overtime:discharge:stack"), "Discharge → Stacked");
        assert_eq!(
            english("overtime:release:gate_out:import"),
            "Released → Gate out (Import)"
        );
        assert_eq!(english("storage:time"), "Illegal storage · time");
        assert_eq!(english("feed_silent:tos"), "Feed is silent · tos");
        assert_eq!(english("slot_taken"), "One slot taken twice");
        assert_eq!(
            rule_words(Language::Chinese, "overtime:discharge:stack"),
            "卸船 → 堆存"
        );
    }

    #[test]
    fn every_kind_has_advice_in_both_languages() {
        for kind in Kind::ALL {
            assert!(advice(Language::English, kind).is_ascii());
            assert!(!advice(Language::Chinese, kind).is_ascii());
        }
    }
}
