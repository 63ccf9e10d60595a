//! Holds `api/openapi.json` against the calls: every call is described and nothing else, the parameters are those
//! that the calls take, and the answers of a real server are what the description says, to the last field.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says by failing what was not there"
)]

#[path = "openapi/access.rs"]
mod access;
#[path = "openapi/answers.rs"]
mod answers;
#[path = "openapi/desk.rs"]
mod desk;
#[path = "openapi/schema.rs"]
mod schema;
#[path = "openapi/server.rs"]
mod server;

use api::routes::{BESIDE, CALLS};
use axum::body::Body;
use axum::http::{Request, header};
use schema::{misfits, resolve};
use serde_json::Value;
use server::Server;
use std::collections::{BTreeMap, BTreeSet};

const DESCRIPTION: &str = include_str!("../openapi.json");
const EVENTS: &str = include_str!("openapi/events.ndjson");

fn description() -> Value {
    serde_json::from_str(DESCRIPTION).expect("the description is JSON")
}

/// Method, path and description of every call in the document.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if ["get", "put", "post", "delete", "patch"].contains(&method.as_str()) {
                found.push((method.as_str(), path.as_str(), operation));
            }
        }
    }
    found
}

/// Every value in the document, with the document itself.
fn everything<'d>(value: &'d Value, found: &mut Vec<&'d Value>) {
    found.push(value);
    let inside: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(fields) => fields.values().collect(),
        _ => return,
    };
    for value in inside {
        everything(value, found);
    }
}

fn parameters<'d>(document: &'d Value, operation: &'d Value, place: &str) -> Vec<&'d Value> {
    let all = operation["parameters"].as_array().into_iter().flatten();
    all.map(|parameter| resolve(document, parameter))
        .filter(|parameter| parameter["in"] == place)
        .collect()
}

/// An address for a path, with something in the place of what stands in braces.
fn address(path: &str) -> String {
    let filled = [
        ("{id}", "1"),
        ("{block}", "G12"),
        ("{number}", "EXMU1000004"),
        ("{order}", "EX-1"),
        ("{action}", "acknowledge"),
        ("{file}", "1"),
    ];
    filled
        .iter()
        .fold(path.to_owned(), |path, (name, value)| path.replace(name, value))
}

#[test]
fn every_call_is_described_and_nothing_else() {
    let document = description();
    let described: BTreeSet<(&str, &str)> = operations(&document)
        .into_iter()
        .map(|(method, path, _)| (method, path))
        .collect();
    let there: BTreeSet<(&str, &str)> = CALLS
        .iter()
        .chain(BESIDE)
        .map(|(method, path, _)| (*method, *path))
        .collect();
    let missing: Vec<_> = there.difference(&described).collect();
    let made_up: Vec<_> = described.difference(&there).collect();
    assert!(
        missing.is_empty() && made_up.is_empty(),
        "not described: {missing:?}; not there: {made_up:?}"
    );
}

#[test]
fn every_call_is_described_with_the_right_that_it_needs() {
    let document = description();
    let described: BTreeSet<(&str, &str, &str)> = operations(&document)
        .into_iter()
        .map(|(method, path, operation)| (method, path, operation["x-need"].as_str().unwrap_or("none")))
        .collect();
    let there: BTreeSet<(&str, &str, &str)> = CALLS
        .iter()
        .chain(BESIDE)
        .map(|(method, path, need)| (*method, *path, need.name()))
        .collect();
    assert_eq!(described, there);
}

#[test]
fn whatever_stands_in_a_path_is_described_as_a_parameter() {
    let document = description();
    for (method, path, operation) in operations(&document) {
        let in_path: BTreeSet<&str> = path.split(['{', '}']).skip(1).step_by(2).collect();
        let described: BTreeSet<&str> = parameters(&document, operation, "path")
            .into_iter()
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        assert_eq!(described, in_path, "{method} {path}");
        assert!(
            operation["responses"]["default"].is_object(),
            "{method} {path} says nothing of errors"
        );
    }
}

#[test]
fn every_component_is_used_and_every_reference_leads_somewhere() {
    let document = description();
    let mut values = Vec::new();
    everything(&document, &mut values);
    let mut used = BTreeSet::new();
    for value in values {
        if let Some(reference) = value["$ref"].as_str() {
            resolve(&document, value);
            used.insert(reference);
        }
    }
    for (kind, components) in document["components"].as_object().unwrap() {
        for name in components.as_object().unwrap().keys() {
            let reference = format!("#/components/{kind}/{name}");
            assert!(used.contains(reference.as_str()), "{reference} is used nowhere");
        }
    }
}

#[test]
fn every_operation_and_every_field_says_what_it_is() {
    let document = description();
    let mut names = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap_or_default();
        assert!(
            !name.is_empty() && names.insert(name),
            "{method} {path} has no name of its own"
        );
        assert!(operation["summary"].is_string(), "{method} {path} has no summary");
    }
    for (name, component) in document["components"]["schemas"].as_object().unwrap() {
        assert!(component["description"].is_string(), "{name} has no description");
        let parts = component["allOf"]
            .as_array()
            .into_iter()
            .flatten()
            .chain([component]);
        for (field, says) in parts.filter_map(|part| part["properties"].as_object()).flatten() {
            let told =
                says["description"].is_string() || says["$ref"].is_string() || says["const"].is_string();
            // GeoJSON says what its own members are.
            assert!(
                told || ["properties", "geometry"].contains(&field.as_str()),
                "{name}.{field} says nothing"
            );
        }
    }
}

#[test]
fn the_examples_fit_what_they_are_examples_of() {
    let document = description();
    let mut values = Vec::new();
    everything(&document, &mut values);
    let mut held = 0;
    for value in values {
        let schema = if value["schema"].is_object() {
            &value["schema"]
        } else {
            value
        };
        let several = match &value["examples"] {
            Value::Array(examples) => examples.iter().collect(),
            Value::Object(examples) => examples.values().map(|example| &example["value"]).collect(),
            _ => Vec::new(),
        };
        for example in several.into_iter().chain(value.get("example")) {
            let wrong = misfits(&document, schema, example);
            assert!(wrong.is_empty(), "{}\nin {example:#}", wrong.join("\n"));
            held += 1;
        }
    }
    assert!(held > 20, "only {held} examples were found");
    let event = &document["components"]["schemas"]["Event"];
    let lines = &document["paths"]["/feeds/events"]["post"]["requestBody"]["content"]["application/x-ndjson"];
    for line in lines["example"].as_str().unwrap().lines().chain(EVENTS.lines()) {
        let wrong = misfits(&document, event, &serde_json::from_str(line).unwrap());
        assert!(wrong.is_empty(), "{}\nin {line}", wrong.join("\n"));
    }
}

#[tokio::test]
async fn the_described_parameters_are_those_that_the_calls_take() {
    let server = Server::start(DESCRIPTION);
    let document = &server.document;
    for (method, path, operation) in operations(document) {
        if BESIDE.iter().any(|(own, at, _)| (*own, *at) == (method, path)) {
            continue;
        }
        let request = |query: &str| {
            let address = format!("/api/v1{}?{query}", address(path));
            Request::builder()
                .method(method.to_uppercase().as_str())
                .uri(address)
                .body(Body::empty())
                .unwrap()
        };
        let described: BTreeMap<&str, &Value> = parameters(document, operation, "query")
            .into_iter()
            .map(|parameter| (parameter["name"].as_str().unwrap(), &parameter["schema"]))
            .collect();
        let response = server.ask(request("no-such-parameter=1")).await;
        let body = axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap();
        let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        let detail = answer["detail"].as_str().unwrap_or_default();
        let known = detail.split_once("known are ").map_or("", |(_, known)| known);
        let known: BTreeSet<&str> = known.split(", ").filter(|name| !name.is_empty()).collect();
        assert_eq!(
            described.keys().copied().collect::<BTreeSet<_>>(),
            known,
            "{method} {path}"
        );

        for (name, schema) in described {
            let one = resolve(
                document,
                if schema["type"] == "array" {
                    &schema["items"]
                } else {
                    schema
                },
            );
            let Some(values) = one["enum"].as_array() else {
                continue;
            };
            let needed = match path {
                "/containers" => "&q=EXMU",
                "/release-desk/fill" => "&container=EXMU1000004",
                _ => "",
            };
            for value in values.iter().map(|value| value.as_str().unwrap()) {
                let status = server
                    .ask(request(&format!("{name}={value}{needed}")))
                    .await
                    .status();
                assert_ne!(status, 400, "{method} {path}?{name}={value}");
            }
            let status = server
                .ask(request(&format!("{name}=no-such-value{needed}")))
                .await
                .status();
            assert_eq!(status, 400, "{method} {path}?{name}=no-such-value");
        }
    }
}

#[tokio::test]
async fn the_description_is_served_as_it_stands_in_the_file() {
    let mut server = Server::start(DESCRIPTION);
    let answer = server.get("/openapi.json", "/openapi.json").await;
    assert_eq!(answer.text(), DESCRIPTION);
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json");
    assert_eq!(answer.json()["info"]["version"], env!("CARGO_PKG_VERSION"));
}
