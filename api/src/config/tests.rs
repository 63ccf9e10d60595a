use super::*;
use std::path::Path;
use tempfile::TempDir;

/// The example of `interface.md` §2.
const EXAMPLE: &str = r#"[[site]]
code = "CNTXG-TPCT"
name = { en = "Dongjiang, Pacific terminal", zh = "东疆港区太平洋码头" }
locations = ["CNTXG", "CNTSN", "CNTJP", "CNTGU"]
zone = "Asia/Shanghai"
slot_pattern = "BBBbbrr.t"      # block, bay, row, tier; other characters stand for themselves
layout = "yard.geojson"
stacking_reported = true
sources = ["tos-pacific"]       # whose time counts, best first

[[overtime]]                    # one or more replace all defaults
from = "discharge"
to = "stack"
direction = "import"            # cargo, mode likewise; absent = any
limit = "60m"
priority = "high"

[clearance]
target = "24h"
[[clearance.baseline]]
name = "2017"
import = "97h23m"
export = "12h17m"

[access]
mode = "open"                   # loopback only; "accounts" comes with access control
"#;

const YARD: &str = r#"{"type":"FeatureCollection","features":[
    {"type":"Feature","properties":{"block":"G12","bays":40,"rows":6,"tiers":5},
     "geometry":{"type":"Polygon","coordinates":[[[0,0],[260,0],[260,17],[0,17],[0,0]]]}}]}"#;

fn read(text: &str) -> Result<Configuration, ConfigurationError> {
    Configuration::read(text, "quaylight.toml", Path::new("no/such/folder"))
}

fn refused(text: &str) -> Vec<String> {
    match read(text) {
        Err(error) => error.to_string().lines().map(str::to_owned).collect(),
        Ok(configuration) => panic!("accepted: {configuration:?}"),
    }
}

/// A folder with the example and its layout.
fn example(yard: &str) -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("quaylight.toml");
    std::fs::write(&file, EXAMPLE).unwrap();
    std::fs::write(folder.path().join("yard.geojson"), yard).unwrap();
    (folder, file)
}

#[test]
fn the_example_is_accepted() {
    use shared::alarm::Priority;
    use shared::event::{Direction, Node};
    use shared::rules::OvertimeRule;

    let (_folder, file) = example(YARD);
    let configuration = Configuration::load(&file).unwrap();
    let [site] = configuration.sites.as_slice() else {
        panic!("{configuration:?}")
    };
    assert_eq!(site.code, "CNTXG-TPCT");
    assert_eq!(site.name.zh, "东疆港区太平洋码头");
    assert_eq!(site.locations, ["CNTXG", "CNTSN", "CNTJP", "CNTGU"]);
    assert_eq!(site.zone_name, "Asia/Shanghai");
    assert_eq!(site.sources, ["tos-pacific"]);
    assert!(site.stacking_reported);
    assert_eq!(site.layout.blocks().len(), 1);
    assert!(site.layout.find("G124405.1").is_some());
    assert_eq!(
        configuration.rules.overtime,
        [OvertimeRule {
            from: Node::Discharge,
            to: Node::Stack,
            direction: Some(Direction::Import),
            cargo: None,
            mode: None,
            limit_seconds: 3_600,
            priority: Priority::High,
            in_service: true,
        }]
    );
    assert_eq!(configuration.clearance.target_seconds, 86_400);
    assert_eq!(
        configuration.clearance.baseline_seconds(Direction::Import),
        Some(350_580)
    );
    assert_eq!(
        configuration.clearance.baseline_seconds(Direction::Export),
        Some(44_220)
    );
    assert_eq!(configuration.access, Access::default());
    assert_eq!(configuration.warnings, Vec::<String>::new());
}

#[test]
fn an_empty_file_says_what_none_says() {
    for text in [
        "",
        "# nothing\n",
        "[clearance]\n[storage]\n[stream]\n[access]\n[edifact]\n",
    ] {
        let read = read(text).unwrap();
        assert_eq!(format!("{read:?}"), format!("{:?}", Configuration::default()));
    }
    assert_eq!(Configuration::default().sites[0].layout.blocks().len(), 180);
}

#[test]
fn a_site_is_the_built_in_one_unless_it_says_otherwise() {
    let site = |text: &str| read(text).unwrap().sites.remove(0);
    let built_in = site("[[site]]\nsources = [\"tos\"]\n");
    assert_eq!(
        (built_in.code.as_str(), built_in.locations.len()),
        ("CNTXG-TPCT", 4)
    );
    let other = site("[[site]]\ncode = \"CNDLC-DCT\"\nname = { zh = \"大连\" }\n");
    assert_eq!((other.name.en.as_str(), other.locations.len()), ("大连", 0));
    assert_eq!(other.layout.blocks().len(), 180);
}

#[test]
fn every_other_setting_is_read() {
    let text = r#"
[storage]
forbidden_classes = ["1"]
forbidden_un = ["1942"]
limited_classes = []
limited_time = "1d12h"
low_classes = ["2.1"]
low_tiers = 1
dangerous_tiers = 4
except_class_8_and_9 = true
[edifact.senders."NAME"]
codes = { "98" = "discharge", 270 = "load", 36 = "gate_out" }
[stream]
keep = 5_000
[[overtime]]
from = "release"
to = "gate_out"
cargo = "reefer"
mode = "stacked"
limit = "7d"
"#;
    let configuration = read(text).unwrap();
    assert_eq!(configuration.rules.storage.limited_seconds, 129_600);
    assert_eq!(configuration.rules.storage.limited_classes, Vec::<String>::new());
    assert_eq!(
        (
            configuration.rules.storage.low_tiers,
            configuration.rules.storage.dangerous_tiers
        ),
        (1, 4)
    );
    assert!(configuration.rules.storage.except_class_8_and_9);
    assert_eq!(configuration.edifact.codes["NAME"].len(), 3);
    assert_eq!(
        configuration.edifact.codes["NAME"]["98"],
        shared::event::Node::Discharge
    );
    assert_eq!(configuration.stream.keep, 5_000);
    let rule = &configuration.rules.overtime[0];
    assert_eq!(rule.priority, shared::alarm::Priority::Medium);
    assert_eq!(rule.name(), "overtime:release:gate_out:reefer:stacked");
}

#[test]
fn each_mistake_has_its_line_and_column_and_reason() {
    let cases = [
        (
            "\ncolour = 1",
            "2:1: `colour` is unknown; there are site, overtime, alarm, storage, suppress, position, clearance, throughput, access, edifact, stream",
        ),
        (
            "[[site]]\ncode = \"A\"\ncolour = 1",
            "3:1: `site.colour` is unknown; there are code, name,",
        ),
        (
            "[site]\ncode = \"A\"",
            "1:1: `site` must be a list of tables, each written [[site]], not a value of type table",
        ),
        ("site = []", "1:8: `site` is empty; leave it out for the default"),
        (
            "[[site]]\ncode = 7",
            "2:8: `site.code` must be a text, not a value of type integer",
        ),
        ("[[site]]\ncode = \"\"", "2:8: `site.code` is empty"),
        (
            "[[site]]\ncode = \"A B\"",
            "2:8: `site.code` is `A B`; it stands in addresses",
        ),
        (
            "[[site]]\ncode = \"A\"\n[[site]]\ncode = \"A\"",
            "4:8: `site.code` is `A` a second time",
        ),
        (
            "[[site]]\nname = { de = \"Hafen\" }",
            "2:10: `site.name.de` is unknown; there are en, zh",
        ),
        (
            "[[site]]\nlocations = [\"CNTXG\", \"Tianjin\"]",
            "2:23: `site.locations` has `Tianjin`, which is no UN/LOCODE",
        ),
        (
            "[[site]]\nlocations = [\"CNTXG\", \"CNTXG\"]",
            "2:23: `site.locations` has `CNTXG` twice",
        ),
        (
            "[[site]]\ncode = \"A\"\nlocations = [\"CNTXG\"]\n[[site]]\ncode = \"B\"\nlocations = [\"CNTXG\"]",
            "6:13: `site.locations` has `CNTXG`, which means the site A already",
        ),
        (
            "[[site]]\nzone = \"China/Tianjin\"",
            "2:8: `site.zone` is `China/Tianjin`, which is no IANA time zone",
        ),
        (
            "[[site]]\nslot_pattern = \"BBbbrr\"",
            "2:16: `site.slot_pattern` is wrong: the slot pattern `BBbbrr` has no `t`",
        ),
        (
            "[[site]]\nslot_pattern = \"BBbbrrt\"",
            "2:16: `site.slot_pattern` does not fit: the built-in layout: no block fits",
        ),
        (
            "[[site]]\nlayout = \"yard.geojson\"",
            "2:10: `site.layout` is `yard.geojson`, which cannot be read: ",
        ),
        (
            "[[site]]\nstacking_reported = \"yes\"",
            "2:21: `site.stacking_reported` must be true or false",
        ),
        (
            "[[site]]\nsources = \"tos\"",
            "2:11: `site.sources` must be a list",
        ),
        (
            "[[overtime]]\nfrom = \"discharge\"\nto = \"stack\"",
            "1:1: `overtime.limit` is missing",
        ),
        (
            "[[overtime]]\nfrom = \"unload\"\nto = \"stack\"\nlimit = \"1h\"",
            "2:8: `overtime.from` is `unload`; it must be one of gate_in,",
        ),
        (
            "[[overtime]]\nfrom = \"vessel_arrival\"\nto = \"stack\"\nlimit = \"1h\"",
            "2:8: `overtime.from` is `vessel_arrival`; it must be one of",
        ),
        (
            "[[overtime]]\nfrom = \"gate_out\"\nto = \"stack\"\nlimit = \"1h\"",
            "2:8: `overtime.from` is `gate_out`, which ends the stay",
        ),
        (
            "[[overtime]]\nfrom = \"stack\"\nto = \"stack\"\nlimit = \"1h\"",
            "3:6: `overtime.to` is `stack`, the same as `from`",
        ),
        (
            "[[overtime]]\nfrom = \"discharge\"\nto = \"stack\"\nlimit = 60",
            "4:9: `overtime.limit` must be a duration in quotes",
        ),
        (
            "[[overtime]]\nfrom = \"discharge\"\nto = \"stack\"\nlimit = \"1 hour\"",
            "4:9: `overtime.limit` is wrong: `1 hour` is no duration",
        ),
        (
            "[[overtime]]\nfrom = \"discharge\"\nto = \"stack\"\nlimit = \"0m\"",
            "4:9: `overtime.limit` must be longer than nothing",
        ),
        (
            "[[overtime]]\nfrom = \"discharge\"\nto = \"stack\"\nlimit = \"1h\"\npriority = \"urgent\"",
            "5:12: `overtime.priority` is `urgent`; it must be one of low, medium, high",
        ),
        (
            "[[overtime]]\nfrom = \"discharge\"\nto = \"stack\"\nlimit = \"1h\"\n[[overtime]]\nfrom = \"discharge\"\nto = \"stack\"\nlimit = \"2h\"",
            "5:1: `overtime` from discharge to stack stands there twice",
        ),
        (
            "[storage]\nlow_classes = [\"3\", \"12\"]",
            "2:21: `storage.low_classes` has `12`, which is no IMDG class",
        ),
        (
            "[storage]\nforbidden_un = [\"UN1942\"]",
            "2:17: `storage.forbidden_un` has `UN1942`, which is no UN number",
        ),
        (
            "[storage]\nlow_tiers = 0",
            "2:13: `storage.low_tiers` is 0; it must be from 1 to 99",
        ),
        (
            "[clearance]\ntarget = \"x\"",
            "2:10: `clearance.target` is wrong: `x` is no duration",
        ),
        (
            "[[clearance.baseline]]\nname = \"2017\"",
            "1:1: the baseline has neither `import` nor `export`",
        ),
        (
            "[[clearance.baseline]]\nimport = \"1h\"",
            "1:1: `clearance.baseline.name` is missing",
        ),
        (
            "[access]\nmode = \"closed\"",
            "2:8: `access.mode` is `closed`; it must be one of open, accounts",
        ),
        (
            "[access]\nlock_after = 5",
            "2:14: `access.lock_after` means nothing while `access.mode` is open",
        ),
        (
            "[access]\nmode = \"accounts\"\norigins = [\"quaylight.example\"]",
            "3:12: `access.origins` has `quaylight.example`, which does not begin with https:// or http://",
        ),
        (
            "[access]\nmode = \"accounts\"\noidc = { issuer = \"http://id.example\", client_id = \"q\", grant = [{ value = \"a\", role = \"viewer\" }] }",
            "3:19: `access.oidc.issuer` must begin with https://",
        ),
        (
            "[access]\nmode = \"accounts\"\noidc = { issuer = \"https://id.example\", client_id = \"q\", grant = [{ value = \"a\", role = \"terminal\" }] }",
            "3:67: `terminal` needs `sites`",
        ),
        (
            "[edifact.senders.\"N\"]\ncodes = { \"98\" = \"unload\" }",
            "2:18: `edifact.senders.N.codes.98` is `unload`; it must be one of discharge, load, gate_in, gate_out",
        ),
        (
            "[edifact.senders.\"N\"]\ncodes = { \"9876\" = \"load\" }",
            "2:11: `9876` is no document code",
        ),
        (
            "[stream]\nkeep = -1",
            "2:8: `stream.keep` is -1; it must be from 1 to 10000000",
        ),
        ("[stream]\nkeep = ", "2:8: this is no TOML: "),
        (
            "[stream]\nkeep = 1\nkeep = 2",
            "3:1: this is no TOML: duplicate key",
        ),
    ];
    for (text, begins) in cases {
        let problems = refused(text);
        assert_eq!(problems.len(), 1, "{text}\n{problems:#?}");
        let begins = format!("quaylight.toml:{begins}");
        assert!(
            problems[0].starts_with(&begins),
            "{text}\n{}\n{begins}",
            problems[0]
        );
    }
}

#[test]
fn all_mistakes_are_told_at_once_and_in_order() {
    let lines: Vec<String> = refused(
        "[access]\nmode = \"shut\"\n[stream]\nkeep = 0\n[clearance]\ntarget = 24\n[[site]]\ncode = 1\nzone = \"Z\"\n",
    )
    .iter()
    .map(|line| line.chars().take("quaylight.toml:0:".len()).collect())
    .collect();
    let expected: Vec<String> = [2, 4, 6, 8, 9]
        .map(|line| format!("quaylight.toml:{line}:"))
        .to_vec();
    assert_eq!(lines, expected);
}

#[test]
fn several_wrong_lines_of_toml_are_told_at_once() {
    assert_eq!(refused("[stream]\nkeep = \n[access]\nmode = open\n").len(), 2);
}

#[test]
fn a_wrong_layout_is_told_where_it_is_named() {
    let (folder, file) = example(
        &YARD
            .replace("\"bays\":40", "\"bays\":0")
            .replace("\"rows\":6", "\"rows\":0"),
    );
    let error = Configuration::load(&file).unwrap_err();
    let at = format!(
        "{}:7:10: `site.layout` does not fit: `yard.geojson`: ",
        file.display()
    );
    assert_eq!(
        error.to_string(),
        format!(
            "{at}features[0].properties.bays is 0; it must be at least 1\n\
             {at}features[0].properties.rows is 0; it must be at least 1"
        )
    );
    drop(folder);
}

#[test]
fn blocks_that_no_address_can_mean_are_warned_of() {
    let other = YARD.replace("]}}]}", "]}}, FEATURE]}");
    let feature = r#"{"type":"Feature","properties":{"block":"*x","bays":2,"rows":3,"tiers":1},
        "geometry":{"type":"Polygon","coordinates":[[[0,40],[9,40],[9,50],[0,40]]]}}"#;
    let (_folder, file) = example(&other.replace("FEATURE", feature));
    let configuration = Configuration::load(&file).unwrap();
    assert_eq!(configuration.warnings.len(), 1);
    assert!(
        configuration.warnings[0].contains("the blocks `*x`"),
        "{:?}",
        configuration.warnings
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("none.toml");
    let error = Configuration::load(&file).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with(&format!("{}: cannot be read: ", file.display()))
    );
    std::fs::write(&file, b"a = 1\nb = \"\xff\"").unwrap();
    let error = Configuration::load(&file).unwrap_err();
    assert!(
        error.to_string().ends_with("none.toml:2:6: this is no UTF-8"),
        "{error}"
    );
}

#[test]
fn the_release_desk_reads_its_times_and_webhooks_and_keeps_secrets_out_of_sight() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret"), "0123456789 0123456789 01\n").unwrap();
    std::fs::write(folder.path().join("short"), "0123\n").unwrap();
    let read = |text: &str| Configuration::read(text, "q.toml", folder.path());
    let desk = read(
        "[release_desk]\nproofread_within = \"30m\"\nsaved_each = 200\napprove_when_agreed = true\n\
         [[release_desk.webhook]]\nsite = \"CNTXG-TPCT\"\nurl = \"https://tos.example/x\"\nsecret_file = \"secret\"\n",
    )
    .unwrap()
    .release_desk;
    assert_eq!((desk.proofread_within, desk.saved_fen_each), (1_800, 20_000));
    assert!(desk.approve_when_agreed && desk.webhook("CNTXG-TPCT").is_some());
    assert_eq!(desk.webhooks[0].secret, b"0123456789 0123456789 01");
    assert!(!format!("{desk:?}").contains("secret"), "{desk:?}");
    let wrong = read(
        "[[release_desk.webhook]]\nsite = \"NOWHERE\"\nurl = \"http://tos.example/x\"\nsecret_file = \"short\"\n\
         [[release_desk.webhook]]\nsite = \"CNTXG-TPCT\"\nurl = \"http://127.0.0.1:1/x\"\nsecret_file = \"none\"\n",
    )
    .unwrap_err()
    .to_string();
    for part in [
        "2:8: ",
        "no configured site",
        "3:7: ",
        "must begin with https",
        "4 bytes",
        "can't be read",
    ] {
        assert!(wrong.contains(part), "{part}: {wrong}");
    }
}
