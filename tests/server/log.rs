//! The log tells what happened, by whose request, and never what people or boxes are known by.

use serde_json::{Value, json};
use tests::messages::{container, event};
use tests::program::Server;

const DECLARATION: &str = "020220240001234567";
const BILL: &str = "QLBILL7714336";
const PERSON: &str = "120101199003078515";

#[test]
fn no_number_of_a_box_a_bill_a_declaration_or_a_person_stands_in_the_log_at_any_level() {
    let server = Server::logging("trace", &["--log", "json"]);
    let box_number = container(123_456);
    let whole = event(
        "1",
        "declare",
        &box_number,
        "2022-02-23T10:00:00+08:00",
        json!({"declaration": DECLARATION, "bill_of_lading": BILL, "remark": PERSON, "detail": {"driver": PERSON}}),
    );
    server.send(std::slice::from_ref(&whole));
    // What is taken, what is a problem in each format, and what is no message at all.
    server.feed(
        "events",
        format!("[{}]", whole.to_string().replace("declare", BILL)),
    );
    server.feed("events", format!("{BILL} {PERSON} {box_number} {DECLARATION}"));
    server.feed(
        "dcsa",
        json!([{"eventID": PERSON, "equipmentReference": box_number, "x": BILL}]).to_string(),
    );
    server.feed(
        "edifact",
        format!("UNB+UNOA:2+{PERSON}+X+240101:1200+1'UNH+1+CODECO:D:95B:UN'EQD+CN+{box_number}+{DECLARATION}'RFF+BM:{BILL}'"),
    );
    for secret in [box_number.as_str(), DECLARATION, BILL, PERSON] {
        for path in [
            format!("/api/v1/containers?q={secret}"),
            format!("/api/v1/containers/{secret}"),
            format!("/api/v1/stays/{secret}"),
            format!("/api/v1/stays?q={secret}&{secret}=1"),
            format!("/api/v1/alarms?q={secret}&kind={secret}"),
            format!("/api/v1/stream?since={secret}"),
            format!("/containers/{secret}"),
            format!("/{secret}"),
            format!("/api/v1/{secret}"),
            format!("/api/v1/feeds/problems/{secret}"),
        ] {
            let own = [
                ("x-request-id", secret),
                ("referer", secret),
                ("user-agent", secret),
            ];
            server.call("GET", &path, &own, b"").unwrap();
            server.call("POST", &path, &own, secret.as_bytes()).unwrap();
        }
        server.post(
            &format!("/api/v1/alarms/{secret}/acknowledge"),
            &[],
            secret.as_bytes(),
        );
        server.post(
            &format!("/api/v1/feeds/problems/{secret}/retry"),
            &[],
            secret.as_bytes(),
        );
        server.post(
            &format!("/api/v1/feeds/events?source={secret}"),
            &[],
            secret.as_bytes(),
        );
        server.post(
            "/api/v1/alarms/actions",
            &[("content-type", "application/json")],
            secret.as_bytes(),
        );
        // Heads that are none.
        let _ = server.call(secret, &format!("/{secret}"), &[], b"");
    }
    let log = server.log();
    assert!(log.lines().count() > 80, "{log}");
    for secret in [box_number.as_str(), DECLARATION, BILL, PERSON] {
        let found: Vec<&str> = log.lines().filter(|line| line.contains(secret)).collect();
        assert!(found.is_empty(), "{found:#?}");
    }
}

fn lines(server: &Server) -> Vec<Value> {
    let log = server.log();
    log.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

#[test]
fn each_request_has_an_id_that_is_answered_and_logged_and_a_line_with_route_status_and_time() {
    let server = Server::logging("debug", &["--log", "json"]);
    let own = "0af7651916cd43dd8448eb211c80319c";
    let brought = server
        .call("GET", "/api/v1/stays/none", &[("x-request-id", own)], b"")
        .unwrap();
    assert_eq!((brought.status, brought.field("x-request-id")), (404, Some(own)));
    let made = server.get("/api/v1/sites");
    let made = made.field("x-request-id").unwrap().to_owned();
    assert_eq!(made.len(), 32);
    let line = |id: &str| {
        tests::wait::until("the line of the request", || {
            lines(&server)
                .into_iter()
                .find(|line| line["message"] == json!("answered") && line["span"]["id"] == json!(id))
        })
    };
    let first = line(own);
    assert_eq!(
        (
            &first["method"],
            &first["route"],
            &first["status"],
            &first["level"]
        ),
        (
            &json!("GET"),
            &json!("/api/v1/stays/{id}"),
            &json!(404),
            &json!("INFO")
        )
    );
    assert!(
        first["bytes"].as_u64().unwrap() > 50 && first["milliseconds"].as_f64().unwrap() > 0.0,
        "{first}"
    );
    let second = line(&made);
    assert_eq!(
        (&second["route"], &second["level"]),
        (&json!("/api/v1/sites"), &json!("DEBUG"))
    );
}

#[test]
fn the_log_is_text_unless_json_was_asked_for_and_tells_no_calls_that_went_well() {
    let server = Server::start();
    server.get("/api/v1/sites");
    server.get("/api/v1/stays/none");
    let line = tests::wait::until("the line of the request", || {
        server
            .log()
            .lines()
            .find(|line| line.contains("/api/v1/stays/{id}"))
            .map(str::to_owned)
    });
    assert!(
        line.contains("status=404") && line.contains("request{id="),
        "{line}"
    );
    // A file is no terminal.
    assert!(!line.contains('\u{1b}'), "{line}");
    assert!(!server.log().contains("/api/v1/sites"));
    assert!(lines(&server).is_empty());
}
