//! Each rule by an example of ours.

use super::*;
use crate::config::Site;
use crate::feeds::{EdifactSettings, ReadEvent};
use proptest::prelude::*;
use shared::event::{Attribute, Content, DangerousGoods, Direction, Node, Transport};
use shared::time::Time;
use std::collections::BTreeMap;

fn site(code: &str, location: &str, zone: &str) -> Site {
    Site {
        code: code.into(),
        name: shared::wire::site::Name {
            en: code.into(),
            zh: code.into(),
        },
        locations: vec![location.into()],
        zone: jiff::tz::TimeZone::get(zone).unwrap(),
        zone_name: zone.into(),
        layout: Default::default(),
        stacking_reported: true,
        sources: vec![],
    }
}

fn tianjin() -> Vec<Site> {
    vec![site("CNTXG-TPCT", "CNTXG", "Asia/Shanghai")]
}

fn read_at(body: &[u8], sites: &[Site], settings: &EdifactSettings) -> Reading {
    let context = Context {
        source: None,
        sites,
        edifact: settings,
    };
    read(body, &context)
}

fn read_text(body: &str) -> Reading {
    read_at(body.as_bytes(), &tianjin(), &EdifactSettings::default())
}

/// An interchange around messages.
fn interchange(messages: &[String]) -> String {
    format!(
        "UNB+UNOA:2+OURTOS+PORT+220223:1400+77'{}UNZ+{}+77'",
        messages.concat(),
        messages.len()
    )
}

/// A message with the right count in UNT.
fn message(kind: &str, segments: &str) -> String {
    let count = segments.matches('\'').count() + 2;
    format!("UNH+5+{kind}:D:95B:UN:ITG13'{segments}UNT+{count}+5'")
}

const DISCHARGED: &str = "EQD+CN+CSQU3054383+22G1:102:5++3+5'DTM+203:202202231314:203'";

fn coarri(code: &str, ports: &str, equipment: &str) -> String {
    interchange(&[message(
        "COARRI",
        &format!("BGM+{code}+DOC1+9'{ports}{equipment}"),
    )])
}

fn codeco(header: &str, equipment: &str) -> String {
    interchange(&[message("CODECO", &format!("{header}{equipment}"))])
}

fn only(reading: Reading) -> ReadEvent {
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    assert_eq!(reading.events.len(), 1, "{reading:?}");
    reading.events.into_iter().next().unwrap()
}

fn content(reading: Reading) -> Content {
    only(reading).event.content.unwrap()
}

fn problems(reading: &Reading) -> Vec<(ProblemCode, &str)> {
    let of = |problem: &'_ ReadProblem| problem.remark.code;
    reading
        .problems
        .iter()
        .map(|p| (of(p), p.remark.pointer.as_deref().unwrap_or("none")))
        .collect()
}

fn flags(reading: &Reading) -> Vec<(FlagCode, &str)> {
    reading
        .flags
        .iter()
        .chain(reading.events.iter().flat_map(|event| &event.flags))
        .map(|flag| (flag.code, flag.pointer.as_deref().unwrap_or("none")))
        .collect()
}

fn time(text: &str) -> Time {
    Time::parse(text).unwrap()
}

#[test]
fn a_coarri_is_read_with_all_that_it_states() {
    let body = coarri(
        "44",
        "TDT+20+031W+1+13+COS:172:20+++9321483:146::SEA OF TEST'RFF+VON:IGNORED'\
         LOC+11+CNTXG:139:6+TPCT:TER:ZZZ'DTM+132:202202230800:203'NAD+CF+COE:172:20'",
        "EQD+CN+CSQU 305438-3+45R1:102:5++3+5'RFF+BN:B1'RFF+BM:MDXU714336'RFF+ABT:D1'TMD+3'\
         DTM+203:202202231314:203'LOC+9+USNYC:139:6'LOC+147+380886::6'MEA+AAE+T+KGM:4000'\
         MEA+AAE+EGW+KGM:8914,5'TMP+2+-18,5:CEL'SEL+S1+SH'SEL+S2+CA'FTX+AAA+++GENERAL CARGO'DGS+IMD+3+1993++CN'",
    );
    let reading = read_text(&body);
    assert!(flags(&reading).is_empty(), "{:?}", flags(&reading));
    let ReadEvent { event, position, .. } = only(reading);
    assert_eq!(event.identity.source, "OURTOS");
    assert_eq!(
        event.identity.id,
        "COARRI:DOC1:CSQU3054383:discharge:2022-02-23T13:14:00"
    );
    assert_eq!(event.updated_at, Some(time("2022-02-23T14:00:00+08:00")));
    assert_eq!(position.path.as_deref(), Some("UNH[1]/EQD[1]"));
    assert!(
        body[position.offset..position.end].starts_with("EQD+")
            && body[position.offset..position.end].contains("1993")
    );
    let content = event.content.unwrap();
    assert_eq!(content.at, time("2022-02-23T13:14:00+08:00"));
    assert_eq!(content.container.as_deref(), Some("CSQU 305438-3"));
    let some = |text: &str| Some(SmolStr::new(text));
    let (detail, others) = content.attributes.split_last().unwrap();
    assert_eq!(
        others,
        [
            Attribute::Location(some("CNTXG")),
            Attribute::Facility(some("TPCT")),
            Attribute::Direction(Some(Direction::Import)),
            Attribute::BillOfLading(some("MDXU714336")),
            Attribute::Voyage(some("031W")),
            Attribute::VesselImo(some("9321483")),
            Attribute::VesselName(some("SEA OF TEST")),
            Attribute::SizeType(some("45R1")),
            Attribute::Empty(false),
            Attribute::Dangerous(vec![DangerousGoods {
                class: some("3"),
                un: some("1993")
            }]),
            Attribute::TemperatureMillicelsius(Some(-18_500)),
            Attribute::Declaration(some("D1")),
            Attribute::Seal(some("S1")),
            Attribute::WeightGrams(Some(8_914_500)),
        ]
    );
    let Attribute::Detail(detail) = detail else {
        panic!()
    };
    assert_eq!(
        detail.as_ref(),
        r#"{"measures":{"T":"4000 KGM"},"parties":{"CF":"COE"},"places":{"9":"USNYC","stowage":"380886"},"references":{"BN":"B1"},"seals":{"CA":"S2","SH":"S1"},"segments":["TMD+3"],"texts":{"AAA":"GENERAL CARGO"}}"#
    );
}

#[test]
fn a_codeco_is_a_gate_in_or_a_gate_out_with_its_truck() {
    let equipment = "EQD+CN+CSQU3054383+22G1:102:5++2+4'DTM+7:202202231314:203'LOC+165+CNTXG:139:6+TPCT:TER:ZZZ'\
                     MEA+AAE+VGM+TNE:27'TDT+1++3++:172:ZZZ+++993NGR:146'DTM+ACT:202202231314:203'";
    let read = only(read_text(&codeco("BGM+34++9'", equipment)));
    // Without a document number the message's own stands in.
    assert_eq!(
        read.event.identity.id,
        "CODECO:5:CSQU3054383:gate_in:2022-02-23T13:14:00"
    );
    let content = read.event.content.unwrap();
    assert!(
        content
            .attributes
            .contains(&Attribute::Transport(Some(Transport::Truck)))
    );
    assert!(
        content
            .attributes
            .contains(&Attribute::WeightGrams(Some(27_000_000)))
    );
    assert!(content.attributes.contains(&Attribute::Empty(true)));
    assert_eq!(content.facility(), Some(Some(&SmolStr::new("TPCT"))));
    let out = read_text(&codeco("BGM+36+DOC1+9'", equipment));
    assert_eq!(only(out).event.content.unwrap().node, Node::GateOut);
}

#[test]
fn the_code_of_bgm_tells_loading_from_discharge_and_assumptions_are_flagged() {
    for (code, node, assumed) in [
        ("44", Node::Discharge, false),
        ("119", Node::Discharge, false),
        ("98", Node::Discharge, true),
        ("46", Node::Load, false),
        ("270", Node::Load, true),
    ] {
        let reading = read_text(&coarri(code, "", DISCHARGED));
        let flagged = flags(&reading) == [(FlagCode::Assumed, "UNH[1]/BGM")];
        assert_eq!((content(reading).node, flagged), (node, assumed), "{code}");
    }
}

#[test]
fn the_setting_of_a_sender_goes_before_every_code() {
    let codes = BTreeMap::from([
        (SmolStr::new("98"), Node::Load),
        (SmolStr::new("7"), Node::GateIn),
    ]);
    let settings = EdifactSettings {
        codes: BTreeMap::from([(SmolStr::new("OURTOS"), codes)]),
    };
    let reading = read_at(coarri("98", "", DISCHARGED).as_bytes(), &tianjin(), &settings);
    assert!(flags(&reading).is_empty());
    assert_eq!(content(reading).node, Node::Load);
    let reading = read_at(codeco("BGM+7++9'", DISCHARGED).as_bytes(), &tianjin(), &settings);
    assert_eq!(content(reading).node, Node::GateIn);
}

#[test]
fn without_a_known_code_our_port_in_the_header_tells_then_the_status() {
    let node = |ports, equipment: &str| content(read_text(&coarri("999", ports, equipment))).node;
    assert_eq!(node("LOC+11+CNTXG:139:6'", DISCHARGED), Node::Discharge);
    assert_eq!(node("LOC+9+CNTXG:139:6'", DISCHARGED), Node::Load);
    assert_eq!(node("LOC+9+USNYC:139:6'", DISCHARGED), Node::Discharge);
    assert_eq!(node("", &DISCHARGED.replace("++3+5", "++2+5")), Node::Load);
}

#[test]
fn what_tells_nothing_is_one_problem_that_names_the_code() {
    let transshipped = DISCHARGED.replace("++3+5", "++6+5");
    let reading = read_text(&coarri("999", "", &transshipped.repeat(2)));
    assert_eq!(problems(&reading), [(ProblemCode::UnknownCode, "UNH[1]/BGM")]);
    assert!(reading.problems[0].remark.message.contains("`999`"));
    assert_eq!(reading.problems[0].source.as_deref(), Some("OURTOS"));
    let reading = read_text(&codeco("BGM+35+DOC1+9'", DISCHARGED));
    assert_eq!(problems(&reading), [(ProblemCode::UnknownCode, "UNH[1]/BGM")]);
    assert!(reading.problems[0].remark.message.contains("`35`"));
}

#[test]
fn a_header_that_contradicts_the_code_is_flagged() {
    let reading = read_text(&coarri("46", "LOC+11+CNTXG:139:6'", DISCHARGED));
    assert_eq!(flags(&reading), [(FlagCode::Contradiction, "UNH[1]/BGM")]);
    assert_eq!(content(reading).node, Node::Load);
}

#[test]
fn other_messages_are_one_problem_each_that_says_which_are_read() {
    let baplie = message(
        "BAPLIE",
        "BGM++1'TDT+20+042'LOC+147+0780690::5'EQD+CN+CSQU3054383'",
    );
    let body = interchange(&[baplie, message("COARRI", &format!("BGM+44+DOC1+9'{DISCHARGED}"))]);
    let reading = read_text(&body);
    assert_eq!(problems(&reading), [(ProblemCode::UnknownMessage, "UNH[1]")]);
    let told = &reading.problems[0];
    assert!(told.remark.message.contains("BAPLIE") && told.remark.message.contains("CODECO"));
    assert!(
        body[told.raw.clone()].starts_with("UNH+5+BAPLIE") && body[told.raw.clone()].ends_with("UNT+6+5'")
    );
    assert_eq!(reading.events[0].position.path.as_deref(), Some("UNH[2]/EQD[1]"));
}

#[test]
fn equipment_without_a_number_is_a_problem_and_the_others_are_taken() {
    let equipment = format!(
        "{DISCHARGED}EQD+CN++22G1'DTM+203:202202231314:203'EQD+CN+T?'X'EQD+CN+TOLU4734787'DTM+203:202202231314:203'"
    );
    let reading = read_text(&coarri("44", "", &equipment));
    assert_eq!(reading.events.len(), 2);
    assert_eq!(
        problems(&reading),
        [
            (ProblemCode::Container, "UNH[1]/EQD[2]/EQD"),
            (ProblemCode::Container, "UNH[1]/EQD[3]/EQD")
        ]
    );
    let remark = &reading.problems[0].remark;
    assert_eq!((remark.segment.as_deref(), remark.index), (Some("EQD"), Some(1)));
    let body = coarri("44", "", &equipment);
    assert!(body[remark.offset.unwrap() as usize..].starts_with("EQD+CN++22G1'"));
}

#[test]
fn equipment_that_is_no_container_is_left_out_with_a_flag() {
    let reading = read_text(&coarri(
        "44",
        "",
        &format!("EQD+CH+CHAS1234567'{DISCHARGED}CNT+16:1'"),
    ));
    assert_eq!(flags(&reading), [(FlagCode::FieldIgnored, "UNH[1]/EQD[1]/EQD")]);
    assert_eq!(reading.events.len(), 1);
}

#[test]
fn a_date_without_a_time_says_so() {
    let reading = read_text(&coarri("44", "", "EQD+CN+CSQU3054383'DTM+203:20220223:102'"));
    assert_eq!(flags(&reading), [(FlagCode::DateOnly, "UNH[1]/EQD[1]/DTM")]);
    assert_eq!(reading.events[0].flags[0].segment.as_deref(), Some("DTM"));
    let read = only(reading);
    assert_eq!(
        read.event.identity.id,
        "COARRI:DOC1:CSQU3054383:discharge:2022-02-23"
    );
    let content = read.event.content.unwrap();
    assert!(content.date_only);
    assert_eq!(content.at, time("2022-02-23T00:00:00+08:00"));
}

#[test]
fn an_empty_or_wrong_time_is_a_problem_at_its_segment() {
    let reading = read_text(&coarri("44", "", "EQD+CN+CSQU3054383'DTM+203::203'"));
    assert_eq!(problems(&reading), [(ProblemCode::Missing, "UNH[1]/EQD[1]/DTM")]);
    let body = coarri("44", "", "EQD+CN+CSQU3054383'TMD+3'DTM+203:202202300000:203'");
    let reading = read_text(&body);
    assert_eq!(problems(&reading), [(ProblemCode::Time, "UNH[1]/EQD[1]/DTM")]);
    let remark = &reading.problems[0].remark;
    assert!(body[remark.offset.unwrap() as usize..].starts_with("DTM+203:2022023"));
    // An empty value is absent: the other qualifier, then the header, stand in.
    let equipment = "EQD+CN+CSQU3054383'DTM+203::203'DTM+7:202202231314:203'";
    assert_eq!(
        content(read_text(&coarri("44", "", equipment))).at,
        time("2022-02-23T13:14:00+08:00")
    );
    let header = "BGM+34+DOC1+9'DTM+7:2202231314:201'";
    assert_eq!(
        content(read_text(&codeco(header, "EQD+CN+CSQU3054383'"))).at,
        time("2022-02-23T13:14:00+08:00")
    );
}

#[test]
fn times_are_on_the_clock_of_the_site_that_the_message_names() {
    let sites = [
        site("CNTXG-TPCT", "CNTXG", "Asia/Shanghai"),
        site("ESHUV-X", "ESHUV", "Europe/Madrid"),
    ];
    let at = |ports| {
        let reading = read_at(
            coarri("44", ports, DISCHARGED).as_bytes(),
            &sites,
            &EdifactSettings::default(),
        );
        content(reading).at
    };
    assert_eq!(at("LOC+11+ESHUV:139:6'"), time("2022-02-23T13:14:00+01:00"));
    assert_eq!(at("LOC+11+CNTXG:139:6'"), time("2022-02-23T13:14:00+08:00"));
    assert_eq!(at("LOC+11+USNYC:139:6'"), time("2022-02-23T13:14:00Z"));
}

#[test]
fn at_a_gate_the_port_of_ours_is_the_place() {
    let place = |status: &str, locs: &str, code: &str| {
        let equipment = format!("EQD+CN+CSQU3054383+22G1++{status}+5'DTM+7:202202231314:203'{locs}");
        content(read_text(&codeco(&format!("BGM+{code}+DOC1+9'"), &equipment)))
            .location()
            .flatten()
            .cloned()
    };
    let both = "LOC+9+USNYC:139:6'LOC+11+CNTXG:139:6'";
    assert_eq!(place("2", both, "34").as_deref(), Some("CNTXG"));
    let foreign = "LOC+9+USNYC:139:6'LOC+11+DEHAM:139:6'";
    assert_eq!(place("3", foreign, "36").as_deref(), Some("DEHAM"));
    assert_eq!(place("2", foreign, "34").as_deref(), Some("USNYC"));
    assert_eq!(place("2", "", "34"), None);
}

#[test]
fn wrong_counts_are_flags_and_never_a_refusal() {
    let body = format!(
        "UNB+UNOA:2+OURTOS+PORT+220223:1400+77'UNH+5+COARRI:D:95B:UN'BGM+44+DOC1+9'{DISCHARGED}CNT+16:7'UNT+99+5'UNZ+3+77'"
    );
    let reading = read_text(&body);
    assert_eq!(
        flags(&reading),
        [
            (FlagCode::SegmentCount, "UNH[1]/UNT"),
            (FlagCode::MessageCount, "UNH[1]/CNT"),
            (FlagCode::MessageCount, "UNZ"),
        ]
    );
    assert_eq!(reading.events.len(), 1);
}

#[test]
fn old_and_missing_size_types_are_passed_on_as_they_are() {
    let read = |size: &str| {
        content(read_text(&coarri(
            "44",
            "",
            &DISCHARGED.replace("22G1:102:5", size),
        )))
    };
    assert_eq!(read("4532").size_type(), Some(Some(&SmolStr::new("4532"))));
    assert_eq!(read("").size_type(), None);
}

#[test]
fn unknown_codes_that_decide_nothing_are_flags() {
    let reading = read_text(&coarri("44", "", &DISCHARGED.replace("++3+5", "++77+0")));
    assert_eq!(
        flags(&reading),
        [
            (FlagCode::UnknownCode, "UNH[1]/EQD[1]/EQD"),
            (FlagCode::UnknownCode, "UNH[1]/EQD[1]/EQD")
        ]
    );
}

#[test]
fn unusable_measures_are_left_out_with_a_flag() {
    let odd = "MEA+AAE+EGW+XXX:1'TMP+2+WARM:CEL'DGS+IMD+3+UN1993'";
    let reading = read_text(&coarri("44", "", &format!("{DISCHARGED}{odd}")));
    let told = flags(&reading);
    assert_eq!(
        told.iter().map(|(_, at)| *at).collect::<Vec<_>>(),
        ["UNH[1]/EQD[1]/MEA", "UNH[1]/EQD[1]/TMP", "UNH[1]/EQD[1]/DGS"]
    );
}

#[test]
fn the_verified_gross_mass_goes_before_other_weights() {
    let weights = "MEA+AAE+EGW+KGM:8914'MEA+AAE+VGM+KGM:9000'MEA+AAE+G+KGM:1'";
    let content = content(read_text(&coarri("44", "", &format!("{DISCHARGED}{weights}"))));
    assert!(
        content
            .attributes
            .contains(&Attribute::WeightGrams(Some(9_000_000)))
    );
}

#[test]
fn dangerous_goods_of_a_goods_item_ahead_reach_their_containers() {
    let items = "GID+1'SGP+CSQU3054383'DGS+IMD+8+2735'GID+2'SGP+TOLU4734787'";
    let content = content(read_text(&coarri("44", items, DISCHARGED)));
    let goods = DangerousGoods {
        class: Some("8".into()),
        un: Some("2735".into()),
    };
    assert!(content.attributes.contains(&Attribute::Dangerous(vec![goods])));
}

#[test]
fn a_cancellation_voids_the_identity_of_its_document() {
    let first = only(read_text(&coarri("44", "", DISCHARGED))).event;
    for function in ["1", "3"] {
        let body = coarri("44", "", DISCHARGED).replace("DOC1+9", &format!("DOC1+{function}"));
        let void = only(read_text(&body)).event;
        assert!(void.retracted && void.content.is_none());
        assert_eq!(void.identity, first.identity);
    }
}

#[test]
fn a_replacement_says_what_it_replaces() {
    let with = |function: &str| coarri("44", "", DISCHARGED).replace("DOC1+9", &format!("DOC1+{function}"));
    let reading = read_text(&with("5"));
    assert_eq!(reading.replaces.len(), 1);
    assert_eq!(reading.replaces[0].prefix, "COARRI:DOC1:");
    assert_eq!(
        reading.replaces[0].updated_at,
        Some(time("2022-02-23T14:00:00+08:00"))
    );
    let changed = read_text(&with("4"));
    assert_eq!(changed.replaces[0].prefix, "COARRI:DOC1:CSQU3054383:");
    assert!(read_text(&with("9")).replaces.is_empty());
    // One that was cut off replaces no more than what was read of it.
    let whole = coarri("44", "", &DISCHARGED.repeat(2)).replace("DOC1+9", "DOC1+5");
    let cut = read_text(whole.split("UNT").next().unwrap());
    assert_eq!(cut.replaces[0].prefix, "COARRI:DOC1:CSQU3054383:");
    let unnamed = read_text(&with("5").replace("+DOC1+", "++"));
    assert!(unnamed.replaces.is_empty());
    assert_eq!(flags(&unnamed), [(FlagCode::IdMissing, "UNH[1]/BGM")]);
}

#[test]
fn the_time_of_dtm_137_goes_before_that_of_unb() {
    let body = coarri("44", "DTM+137:202202240000:203'", DISCHARGED);
    assert_eq!(
        only(read_text(&body)).event.updated_at,
        Some(time("2022-02-24T00:00:00+08:00"))
    );
    let empty = coarri("44", "DTM+137::203'", DISCHARGED);
    assert_eq!(
        only(read_text(&empty)).event.updated_at,
        Some(time("2022-02-23T14:00:00+08:00"))
    );
}

#[test]
fn line_breaks_una_and_several_messages_are_followed() {
    let one = message("COARRI", &format!("BGM+44+DOC1+9'{DISCHARGED}"));
    let body = format!("UNA:+.? '{}", interchange(&[one.clone(), one])).replace('\'', "'\r\n");
    let reading = read_text(&body);
    assert!(
        reading.problems.is_empty() && flags(&reading).is_empty(),
        "{reading:?}"
    );
    assert_eq!(reading.events.len(), 2);
    assert_eq!(reading.events[1].position.index, 1);
    assert_eq!(reading.events[1].position.path.as_deref(), Some("UNH[2]/EQD[1]"));
}

#[test]
fn a_single_message_without_an_envelope_has_the_sender_of_the_call() {
    let body = message("COARRI", &format!("BGM+44+DOC1+9'{DISCHARGED}"));
    let sites = tianjin();
    let settings = EdifactSettings::default();
    let context = Context {
        source: Some("OURTOS"),
        sites: &sites,
        edifact: &settings,
    };
    let read = only(read(body.as_bytes(), &context));
    assert_eq!(
        read.event.identity,
        only(read_text(&coarri("44", "", DISCHARGED))).event.identity
    );
    assert_eq!(read.event.updated_at, None);
}

#[test]
fn a_truncated_interchange_gives_its_complete_equipment_and_one_problem() {
    let whole = coarri("44", "", &DISCHARGED.repeat(3));
    let at = whole.rfind("EQD").unwrap() + 30;
    let reading = read_text(&whole[..at]);
    assert_eq!(reading.events.len(), 2);
    assert_eq!(problems(&reading), [(ProblemCode::Truncated, "none")]);
    assert_eq!(reading.problems[0].remark.offset, Some(at as u64));
    assert!(whole[reading.problems[0].raw.clone()].starts_with("EQD+CN"));
    // Cut between two segments, the last equipment may not be whole either.
    let reading = read_text(&whole[..whole.rfind("DTM").unwrap()]);
    assert_eq!((reading.events.len(), reading.problems.len()), (2, 1));
    let without_unz = read_text(&whole[..whole.rfind("UNZ").unwrap()]);
    assert_eq!(
        (without_unz.events.len(), problems(&without_unz)),
        (3, vec![(ProblemCode::Truncated, "none")])
    );
}

#[test]
fn a_file_whose_qualifiers_have_slipped_is_refused_with_a_reason() {
    let slipped = "EQD+CSQU3054383+22G1:102:5++3+5'DTM+202202231314:203'LOC+CNTXG:139:6'";
    let reading = read_text(&coarri("44", "", &slipped.repeat(3)));
    assert!(reading.events.is_empty());
    assert_eq!(reading.problems.len(), 1);
    assert_eq!(reading.problems[0].remark.code, ProblemCode::Slipped);
    assert!(reading.problems[0].remark.message.contains("`CSQU3054383`"));
    for odd in [
        "EQD++CN+CSQU3054383'DTM+203:202202231314:203'",
        "EQD+CN+CSQU3054383'DTM+202202231314:203'",
        "EQD+CN+CSQU3054383'DTM+203:202202231314:203'LOC+CNTXG:139:6'",
        "EQD+CN+CSQU3054383'DTM++203:202202231314:203'",
    ] {
        let reading = read_text(&coarri("44", "", odd));
        assert_eq!(
            (reading.events.len(), reading.problems[0].remark.code),
            (0, ProblemCode::Slipped),
            "{odd}"
        );
    }
    let header = read_text(&coarri("44", "LOC+CNTXG:139:6'", &DISCHARGED.repeat(2)));
    assert_eq!(problems(&header), [(ProblemCode::Slipped, "UNH[1]")]);
}

#[test]
fn one_slipped_equipment_among_good_ones_is_its_own_problem() {
    let slipped = "EQD+CSQU3054383+22G1'DTM+203:202202231314:203'";
    let reading = read_text(&coarri("44", "", &format!("{DISCHARGED}{slipped}")));
    assert_eq!(reading.events.len(), 1);
    assert_eq!(problems(&reading), [(ProblemCode::Slipped, "UNH[1]/EQD[2]/EQD")]);
}

#[test]
fn bytes_that_are_no_segment_cost_only_their_equipment() {
    let equipment = format!("{DISCHARGED}hello'{DISCHARGED}");
    let body = coarri("44", "", &equipment);
    let reading = read_text(&body);
    assert_eq!(reading.events.len(), 1);
    assert_eq!(problems(&reading), [(ProblemCode::NotEdifact, "UNH[1]/EQD[1]")]);
    assert_eq!(
        reading.problems[0].remark.offset,
        Some(body.find("hello").unwrap() as u64)
    );
}

#[test]
fn what_is_no_edifact_is_one_problem_with_the_first_wrong_byte() {
    for (body, offset) in [
        ("hello", 0),
        ("  {\"a\":1}", 2),
        ("", 0),
        ("UNX+1'", 2),
        ("\r\nUN", 4),
    ] {
        let reading = read_text(body);
        assert_eq!(problems(&reading), [(ProblemCode::NotEdifact, "none")], "{body}");
        assert_eq!(reading.problems[0].remark.offset, Some(offset), "{body}");
    }
}

#[test]
fn a_message_without_equipment_and_segments_outside_of_messages_are_told() {
    let reading = read_text(&interchange(&[message("COARRI", "BGM+44+DOC1+9'")]));
    assert_eq!(problems(&reading), [(ProblemCode::Missing, "UNH[1]/EQD")]);
    let reading = read_text("UNB+UNOA:2+A+B+220223:1400+1'BGM+44'EQD+CN+X1'UNZ+0+1'");
    assert_eq!(problems(&reading), [(ProblemCode::Invalid, "BGM")]);
}

#[test]
fn size_is_bounded() {
    let many = "EQD+CN'".repeat(MAX_PROBLEMS + 50);
    let reading = read_text(&coarri("44", "", &many));
    assert!(reading.problems.len() <= MAX_PROBLEMS + 2);
    assert_eq!(
        reading.problems.last().unwrap().remark.code,
        ProblemCode::TooLarge
    );
    let long = format!("{DISCHARGED}{}", "FTX+AAA+++X'".repeat(3_000));
    let reading = read_text(&coarri("44", "", &long));
    assert_eq!(problems(&reading), [(ProblemCode::TooLarge, "UNH[1]/EQD[1]")]);
    let endless = format!("UNB+UNOA:2+{}", "A".repeat(100_000));
    assert_eq!(problems(&read_text(&endless)), [(ProblemCode::TooLarge, "none")]);
}

fn valid_body() -> impl Strategy<Value = Vec<u8>> {
    let equipment = prop::collection::vec(0usize..4, 0..4).prop_map(|kinds| {
        kinds
            .into_iter()
            .map(|kind| match kind {
                0 => DISCHARGED,
                1 => "EQD+CN+TOLU4734787+45R1:102:5++2+4'DTM+7:20220223:102'TMP+2+13.8:CEL'",
                2 => "EQD+CN+CSQU3054383'RFF+BM:M?+1'DTM+203:202202231314:203'DGS+IMD+8+2735'TDT+30++3'LOC+7+X'",
                _ => "EQD+CN+MSKU6011672'SEL+1+SH'DTM+203:202202231314:203'MEA+AAE+VGM+KGM:27000.0'FTX+AAA+++X'",
            })
            .collect::<String>()
    });
    prop::collection::vec((equipment, 0usize..3, "[1459]"), 1..4).prop_map(|messages| {
        let texts: Vec<String> = messages
            .into_iter()
            .map(|(equipment, kind, function)| match kind {
                0 => message(
                    "CODECO",
                    &format!("BGM+34+DOC1+{function}'LOC+165+CNTXG:139:6'{equipment}"),
                ),
                1 => message(
                    "COARRI",
                    &format!("BGM+98+DOC1+{function}'TDT+20+1'LOC+11+CNTXG:139:6'{equipment}"),
                ),
                _ => message("BAPLIE", &format!("BGM++1'{equipment}")),
            })
            .collect();
        interchange(&texts).into_bytes()
    })
}

fn is_bounded(body: &[u8], reading: &Reading) {
    assert!(reading.problems.len() <= MAX_PROBLEMS + 2);
    for problem in &reading.problems {
        assert!(problem.raw.start <= problem.raw.end && problem.raw.end <= body.len());
        assert!(problem.remark.offset.unwrap() <= body.len() as u64);
        assert!(problem.remark.message.len() < 2_000);
    }
    for read in &reading.events {
        assert!(read.position.offset < read.position.end && read.position.end <= body.len());
        if let Some(content) = &read.event.content {
            let kinds: Vec<u8> = content.attributes.iter().map(Attribute::kind).collect();
            assert!(kinds.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}

fn read_bytes(body: &[u8]) -> Reading {
    read_at(body, &tianjin(), &EdifactSettings::default())
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic_and_bounded(
        start in prop_oneof![Just(""), Just("UNB+"), Just("UNA:+.? 'UNH+1+COARRI'"), Just("UNA")],
        rest in prop::collection::vec(prop_oneof![Just(b'\''), Just(b'+'), Just(b':'), Just(b'?'), any::<u8>()], 0..300),
    ) {
        let body = [start.as_bytes(), &rest].concat();
        is_bounded(&body, &read_bytes(&body));
    }

    #[test]
    fn mutated_messages_are_read_without_a_panic_and_bounded(
        body in valid_body(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..4), 1..8),
    ) {
        let mut body = body;
        for (index, byte, kind) in changes {
            let at = index.index(body.len());
            match kind {
                0 => body[at] = byte,
                1 if body.len() > 100 => { body.remove(at); }
                2 => body.truncate(at + 1),
                _ => body.insert(at, byte),
            }
        }
        is_bounded(&body, &read_bytes(&body));
    }

    #[test]
    fn an_interchange_cut_anywhere_gives_a_beginning_of_its_events(body in valid_body(), at in any::<prop::sample::Index>()) {
        let whole = read_bytes(&body);
        let cut = &body[..at.index(body.len())];
        let reading = read_bytes(cut);
        is_bounded(cut, &reading);
        let is_told = |p: &ReadProblem| matches!(p.remark.code, ProblemCode::Truncated | ProblemCode::NotEdifact);
        prop_assert!(reading.problems.iter().any(is_told));
        for (cut, whole) in reading.events.iter().zip(&whole.events) {
            prop_assert_eq!(&cut.event, &whole.event);
        }
    }

    #[test]
    fn reading_twice_gives_the_same(body in valid_body()) {
        let (first, second) = (read_bytes(&body), read_bytes(&body));
        prop_assert_eq!(
            first.events.iter().map(|e| &e.event).collect::<Vec<_>>(),
            second.events.iter().map(|e| &e.event).collect::<Vec<_>>()
        );
    }
}
