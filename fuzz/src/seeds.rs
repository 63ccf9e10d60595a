//! First inputs and words for each target, made out of the project's own messages.

use api::demo::{Format, Message, Port, Sending, Settings};
use shared::time::{DAY, Time};
use shared::yard::builtin;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const NATIVE_EVENTS: &str = include_str!("../../api/tests/openapi/events.ndjson");
const DESCRIPTION: &str = include_str!("../../api/openapi.json");
const README: &str = include_str!("../../README.md");
/// Tests of the readers; the texts in them are messages.
const DCSA_TESTS: &str = include_str!("../../api/src/feeds/dcsa/tests.rs");
const EDIFACT_TESTS: &str = include_str!("../../api/src/feeds/edifact/tests.rs");
const CONFIGURATION_TESTS: &str = include_str!("../../api/src/config/tests.rs");
const LAYOUT_TESTS: &str = include_str!("../../shared/src/yard/geojson/tests.rs");
/// Messages of the simulated port for each format.
const OF_THE_PORT: usize = 20;
/// Messages of the port that are looked at.
const LOOKED_AT: usize = 2_000;
/// A seed is short: what grows out of it should be, too.
const LONGEST: usize = 2_000;

/// Writes `corpus/NUMBER` and `words` below a folder.
pub fn write(folder: &Path, target: &str) {
    let corpus = folder.join("corpus");
    fs::create_dir_all(&corpus).unwrap();
    for (number, seed) in seeds(target).into_iter().enumerate() {
        fs::write(corpus.join(number.to_string()), seed).unwrap();
    }
    let lines: String = words(target)
        .iter()
        .map(|word| format!("\"{}\"\n", escaped(word)))
        .collect();
    fs::write(folder.join("words"), lines).unwrap();
}

/// Short messages of a quiet port that has just opened: they are those of a busy one, and are there at once.
fn of_the_port() -> Vec<Message> {
    let sending = Sending {
        most: 2,
        edifact_every: 1,
        dcsa_every: 1,
        ..Settings::default().live
    };
    let settings = Settings {
        history: 0,
        warm_up: DAY,
        calls_per_day: 0.5,
        past: sending.clone(),
        live: sending,
        ..Settings::default()
    };
    // 2024-03-02T00:00Z.
    let mut port = Port::with_settings(7, Time(1_709_337_600_000), &builtin::layout(), settings);
    let mut found: Vec<Message> = Vec::new();
    for _ in 0..LOOKED_AT {
        let Some(message) = port.next_message() else { break };
        let already = found.iter().filter(|known| known.format == message.format);
        if message.body.len() < LONGEST && already.count() < OF_THE_PORT {
            found.push(message);
        }
        if found.len() == 3 * OF_THE_PORT {
            break;
        }
    }
    found
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let messages = match target {
        "native" | "dcsa" | "edifact" | "path" => of_the_port(),
        _ => Vec::new(),
    };
    let bodies = |format: Format| {
        let fit = messages.iter().filter(move |message| message.format == format);
        fit.map(|message| message.body.clone())
    };
    let texts = |source: &str| {
        literals(source)
            .into_iter()
            .map(String::into_bytes)
            .collect::<Vec<_>>()
    };
    let events = || NATIVE_EVENTS.lines().map(|line| line.as_bytes().to_vec());
    let long = |seed: &Vec<u8>| seed.len() > 30;
    match target {
        "native" => bodies(Format::Events).chain(events()).collect(),
        "dcsa" => bodies(Format::Dcsa)
            .chain(texts(DCSA_TESTS).into_iter().filter(long))
            .collect(),
        "edifact" => bodies(Format::Edifact)
            .chain(texts(EDIFACT_TESTS).into_iter().filter(long))
            .collect(),
        "path" => {
            let of = |byte: u8, body: Vec<u8>| [&[byte], &body[..]].concat();
            let natives: Vec<_> = bodies(Format::Events)
                .chain(events())
                .map(|body| of(0, body))
                .collect();
            let dcsa: Vec<_> = bodies(Format::Dcsa).map(|body| of(1, body)).collect();
            let edifact: Vec<_> = bodies(Format::Edifact)
                .map(|body| of(0x80 | 0b10, body))
                .collect();
            let mixed = natives.iter().zip(&dcsa).zip(&edifact);
            let mixed: Vec<_> = mixed
                .map(|((a, b), c)| [a, b, c].map(|part| part.as_slice()).join(&b"\n--\n"[..]))
                .collect();
            natives
                .into_iter()
                .chain(dcsa)
                .chain(edifact)
                .chain(mixed)
                .collect()
        }
        "queries" => {
            let queries = [
                "from=2024-03-01&to=2024-03-12&bucket=day&direction=import&limit=10",
                "by=released&sort=longest&from=2024-03-01T00:00:00%2B08:00&cargo=dangerous&open=true",
                "q=EXMU1000004&limit=1000&cursor=0",
                "at=2024-03-02T14:37:43%2B08:00",
                "EXMU1000004?known=2024-03-02",
                "G12?at=2024-03-02",
                "group=vessel,block&state=active&kind=overtime",
                "compare=year&unit=declaration&fields=teu&weekday=1&hour=3",
                "sort=priority&order=asc&offset=5",
            ];
            (0..32)
                .flat_map(|call| queries.map(|query| [&[call], query.as_bytes()].concat()))
                .collect()
        }
        _ => {
            let of = |byte: u8, texts: Vec<String>| {
                texts
                    .into_iter()
                    .map(move |text| [&[byte], text.as_bytes()].concat())
            };
            let blocks = |kind: &str| {
                let parts = README.split("```").skip(1).step_by(2);
                let fit = parts.filter_map(|part| part.strip_prefix(kind));
                fit.map(str::to_owned).collect::<Vec<_>>()
            };
            let short = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
            let block = r#"[{"block":"D01","direction":1,"maxBay":10,"maxRow":6,"maxTier":3,"isEmpty":false,"x":1.5,"y":2,"width":65,"height":17}]"#;
            of(0, short(&["EXMU1000004", "EXM 12-345", "22G1", "45R1"]))
                .chain(of(
                    1,
                    short(&["BBBbbrr.t\nG124405.1", "B-bb-rr-tt\nA-01-02-03", "G010101.1"]),
                ))
                .chain(of(
                    2,
                    short(&[
                        "2022-02-23T13:14:15+08:00",
                        "2024-02-29T24:00:00.123456789Z",
                        "0001-01-01T00:00:00-23:59",
                    ]),
                ))
                .chain(of(3, short(&["60m", "7d", "1h30m", "0s"])))
                .chain(of(
                    4,
                    literals(LAYOUT_TESTS).into_iter().chain(blocks("json")).collect(),
                ))
                .chain(of(5, short(&[block])))
                .chain(of(
                    6,
                    literals(CONFIGURATION_TESTS)
                        .into_iter()
                        .chain(blocks("toml"))
                        .collect(),
                ))
                .chain(of(7, NATIVE_EVENTS.lines().map(str::to_owned).collect()))
                .collect()
        }
    }
}

/// Names of fields and of what stands in them; for EDIFACT the tags.
fn words(target: &str) -> BTreeSet<String> {
    let tags = "UNA:+.? ' UNB+UNOA:2+ UNB UNH+1+CODECO:D:95B:UN UNH+1+COARRI:D:95B:UN BGM+34 BGM+36 BGM+98 TDT+20 DTM+7: DTM+137: :203' \
                :102' :303' RFF+BN: RFF+BM: RFF+ABT: LOC+165+ LOC+147+ LOC+11+ NAD+CF+ NAD+MS+ GID+1' EQD+CN+ SEL+ MEA+AAE+ TMP+2+ DGS+IMD+ \
                FTX+ HAN+ CNT+16:1' UNT+ UNZ+ 22G1:102:5 ++ ' ? :";
    if target == "edifact" {
        return tags.split_whitespace().map(str::to_owned).collect();
    }
    let description: serde_json::Value = serde_json::from_str(DESCRIPTION).unwrap();
    let mut found = BTreeSet::new();
    names(&description["components"]["schemas"]["Event"], &mut found);
    names(&description["components"]["parameters"], &mut found);
    if target != "native" {
        names(&description["paths"], &mut found);
        found.extend(literals(DCSA_TESTS));
        found.extend(
            README
                .lines()
                .filter_map(|line| line.split_once(" = "))
                .map(|(name, _)| name.to_owned()),
        );
    }
    for node in description["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
    {
        if let Some(values) = node.1["enum"].as_array() {
            found.extend(
                values
                    .iter()
                    .filter_map(|value| value.as_str())
                    .map(str::to_owned),
            );
        }
    }
    found.retain(|word| (2..=40).contains(&word.len()));
    found
}

/// Names of properties, of parameters and of values.
fn names(value: &serde_json::Value, found: &mut BTreeSet<String>) {
    if let Some(properties) = value["properties"].as_object() {
        found.extend(properties.keys().cloned());
    }
    found.extend(value["name"].as_str().map(str::to_owned));
    let values = value["enum"].as_array().into_iter().flatten();
    found.extend(values.filter_map(|value| value.as_str()).map(str::to_owned));
    match value {
        serde_json::Value::Object(fields) => fields.values().for_each(|value| names(value, found)),
        serde_json::Value::Array(items) => items.iter().for_each(|value| names(value, found)),
        _ => {}
    }
}

/// A word as libFuzzer reads one.
fn escaped(word: &str) -> String {
    let one = |byte: u8| match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\x{byte:02X}"),
    };
    word.bytes().map(one).collect()
}

/// The texts in a source file of Rust, raw ones too.
fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find('"') {
        let hashes = rest[..at].bytes().rev().take_while(|byte| *byte == b'#').count();
        let raw = hashes > 0 || rest[..at].ends_with('r');
        rest = &rest[at + 1..];
        let end = match raw {
            true => rest.find(&format!("\"{}", "#".repeat(hashes))),
            false => {
                let mut escape = false;
                rest.bytes().position(|byte| {
                    let ends = byte == b'"' && !escape;
                    escape = byte == b'\\' && !escape;
                    ends
                })
            }
        };
        let Some(end) = end else { break };
        let text = &rest[..end];
        found.push(match raw {
            true => text.to_owned(),
            false => text
                .replace("\\\"", "\"")
                .replace("\\n", "\n")
                .replace("\\\n", ""),
        });
        rest = &rest[(end + 1 + hashes).min(rest.len())..];
    }
    found
}
