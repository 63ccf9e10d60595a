//! The answers of a real server, each held against its description.

use super::schema::misfits;
use super::server::Server;
use super::{DESCRIPTION, EVENTS, operations};
use axum::body::Body;
use axum::http::{Request, header};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::time::Duration;

/// Sends the events of the test in one message.
async fn send_events(server: &mut Server) {
    let answer = server
        .post("/feeds/events", "/feeds/events?source=tests", EVENTS)
        .await;
    let counts = answer.json();
    assert_eq!(
        (answer.status, &counts["problems"]),
        (200, &json!([])),
        "{counts:#}"
    );
    let codes: BTreeSet<&str> = counts["flags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|flag| flag["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        BTreeSet::from(["check_digit", "unknown_slot"]),
        "{counts:#}"
    );
}

#[tokio::test]
async fn answers_are_what_the_description_says() {
    let mut server = Server::start(DESCRIPTION);
    every_reading_call(&mut server).await;
    send_events(&mut server).await;
    every_reading_call(&mut server).await;
    what_goes_wrong_in_a_feed(&mut server).await;
    what_a_person_does(&mut server).await;
    what_a_person_does_with_many(&mut server).await;
    what_an_officer_does_with_parcels(&mut server).await;
    rules_are_tried_and_changed(&mut server).await;
    a_stay_with_another_beginning(&mut server).await;
    every_reading_call(&mut server).await;
    every_described_status_was_answered(&server);
}

/// Sends the example of each feed, and all of it is taken.
async fn send_examples(server: &mut Server) {
    for (format, kind) in [
        ("events", "application/x-ndjson"),
        ("dcsa", "application/json"),
        ("edifact", "application/edifact"),
        ("parcels", "application/json"),
    ] {
        let path = format!("/feeds/{format}");
        let media = &server.operation("post", &path)["requestBody"]["content"][kind];
        let example = match &media["example"] {
            Value::String(text) => text.clone(),
            json => json.to_string(),
        };
        let answer = server.post(&path, &path, example).await;
        let counts = answer.json();
        assert_eq!(
            (answer.status, &counts["problems"], &counts["flags"]),
            (200, &json!([]), &json!([])),
            "{path}"
        );
        assert!(counts["accepted"].as_u64() > Some(0), "{path}");
    }
}

async fn every_reading_call(server: &mut Server) {
    for path in [
        "/sites",
        "/feeds",
        "/feeds/problems",
        "/yard",
        "/yard/layout",
        "/stays",
        "/alarms",
        "/parcels",
        "/parcels/now",
    ] {
        assert_eq!(server.get(path, path).await.status, 200, "{path}");
    }
    for path in [
        "/figures/overview",
        "/figures/clearance",
        "/figures/throughput",
        "/figures/patterns",
        "/figures/parcels",
        "/figures/release-desk",
    ] {
        assert_eq!(server.get(path, path).await.status, 200, "{path}");
        assert_eq!(
            server.get(path, &format!("{path}?site=nowhere")).await.status,
            400,
            "{path}"
        );
    }
    for query in [
        "bucket=day",
        "group=direction",
        "bucket=hour&group=cargo,mode,channel&from=2024-03-01&to=2024-03-09",
        "bucket=month&compare=year&from=2024-03-01&to=2024-04-01",
        "compare_from=2024-03-01&compare_to=2024-03-03",
    ] {
        server
            .get("/figures/clearance", &format!("/figures/clearance?{query}"))
            .await;
        server
            .get("/figures/throughput", &format!("/figures/throughput?{query}"))
            .await;
    }
    server
        .get(
            "/figures/clearance",
            "/figures/clearance?fields=stays,segments,distribution",
        )
        .await;
    server
        .get(
            "/figures/clearance",
            "/figures/clearance?unit=declaration&group=direction",
        )
        .await;
    server.get("/stays", "/stays?unit=declaration").await;
    server
        .get(
            "/figures/patterns",
            "/figures/patterns?pattern=hour&group=direction",
        )
        .await;
    server
        .get("/figures/throughput", "/figures/throughput?fields=teu")
        .await;
    for block in ["G12", "R01", "E01", "G01"] {
        assert_eq!(
            server
                .get("/yard/blocks/{block}", &format!("/yard/blocks/{block}"))
                .await
                .status,
            200
        );
    }
    let period = "from=2024-03-01T00:00:00Z&to=2024-03-09T00:00:00Z";
    for (path, query) in [
        ("/yard", "at=2024-03-03"),
        ("/yard/changes", period),
        ("/yard/changes", "from=2024-03-01&limit=2"),
        ("/yard/course", ""),
        ("/yard/course", period),
        ("/yard/moves", ""),
        ("/yard/moves", period),
    ] {
        let address = format!("{path}?{query}");
        assert_eq!(server.get(path, &address).await.status, 200, "{address}");
        let address = format!("{path}?site=nowhere");
        assert_eq!(server.get(path, &address).await.status, 400, "{address}");
    }
    server
        .get("/yard/blocks/{block}", "/yard/blocks/G12?at=2024-03-03")
        .await;
    assert_eq!(
        server
            .get("/yard/blocks/{block}", "/yard/blocks/Q99")
            .await
            .status,
        404
    );
    for text in [
        "EXMU",
        "EXB",
        "118E",
        "example",
        "D-1",
        "9000015",
        "EXMU1000040",
        "MU1000",
        "G12",
        "G124405.1",
    ] {
        server
            .get("/containers", &format!("/containers?q={text}&limit=2"))
            .await;
    }
    for path in ["/sites", "/feeds", "/feeds/problems", "/stays", "/alarms"] {
        let address = format!("{path}?limit=0");
        assert_eq!(server.get(path, &address).await.status, 400, "{path}");
    }
    assert_eq!(server.get("/containers", "/containers").await.status, 400);
    let behind_all = server.get("/sites", "/sites?limit=1&cursor=1").await.json();
    assert_eq!(
        (&behind_all["items"], &behind_all["next"]),
        (&json!([]), &Value::Null)
    );
    for path in ["/yard", "/yard/layout"] {
        assert_eq!(
            server.get(path, &format!("{path}?site=nowhere")).await.status,
            400,
            "{path}"
        );
    }
    assert_eq!(
        server
            .get("/yard/blocks/{block}", "/yard/blocks/G12?site=nowhere")
            .await
            .status,
        400
    );
    for number in [
        "EXMU1000004",
        "exmu-100001 0".replace(' ', "%20").as_str(),
        "EXMU1000030",
        "EXM12345",
        "NONE",
    ] {
        server
            .get("/containers/{number}", &format!("/containers/{number}"))
            .await;
    }
    let then = server
        .get(
            "/containers/{number}",
            "/containers/EXMU1000004?known=2024-03-03T00:00:00Z",
        )
        .await;
    assert!([200, 404].contains(&then.status));
    let when = server
        .get("/containers/{number}", "/containers/EXMU1000004?known=soon")
        .await;
    assert!([400, 404].contains(&when.status));
    let stays = server.get("/stays", "/stays?limit=1000").await.json();
    for stay in stays["items"].as_array().unwrap() {
        let id = stay["id"].as_str().unwrap();
        assert_eq!(
            server.get("/stays/{id}", &format!("/stays/{id}")).await.json(),
            *stay
        );
        server
            .get("/stays/{id}/usual", &format!("/stays/{id}/usual"))
            .await;
    }
    assert_eq!(server.get("/stays/{id}", "/stays/none").await.status, 404);
    assert_eq!(
        server.get("/stays/{id}/usual", "/stays/none/usual").await.status,
        404
    );
    let alarms = server.get("/alarms", "/alarms?limit=1000").await.json();
    for alarm in alarms["items"].as_array().unwrap() {
        let id = alarm["id"].as_str().unwrap();
        assert_eq!(
            server.get("/alarms/{id}", &format!("/alarms/{id}")).await.json(),
            *alarm
        );
    }
    assert_eq!(server.get("/alarms/{id}", "/alarms/none").await.status, 404);

    let csv = Request::get("/stays")
        .header(header::ACCEPT, "text/csv")
        .body(Body::empty())
        .unwrap();
    let csv = server.call("/stays", csv).await.text();
    let described = &server.operation("get", "/stays")["responses"]["200"]["content"]["text/csv"];
    assert_eq!(
        csv.lines().next(),
        described["example"].as_str().unwrap().lines().next()
    );
    assert_eq!(csv.lines().count(), 1 + stays["items"].as_array().unwrap().len());

    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(server.get(path, path).await.status, 200, "{path}");
    }
    server.get("/openapi.json", "/openapi.json").await;
}

async fn what_goes_wrong_in_a_feed(server: &mut Server) {
    let good = r#"{"id":"p1","source":"tos-example","at":"2024-03-02T12:00:00+08:00","node":"note"}"#;
    let lines = format!("{good}\n{}\n", good.replace("note", "vanish").replace("p1", "p2"));
    assert_eq!(
        server.post("/feeds/events", "/feeds/events", lines).await.status,
        207
    );
    for format in ["events", "dcsa", "edifact", "parcels"] {
        let path = format!("/feeds/{format}");
        assert_eq!(server.post(&path, &path, "no message at all").await.status, 422);
        assert_eq!(
            server.post(&path, &format!("{path}?speed=1"), "[]").await.status,
            400
        );
        let packed = |encoding: &str, body: Vec<u8>| {
            Request::post(path.as_str())
                .header(header::CONTENT_ENCODING, encoding)
                .body(Body::from(body))
                .unwrap()
        };
        let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        bomb.write_all(&vec![b' '; 33 * 1024 * 1024]).unwrap();
        assert_eq!(
            server
                .call(&path, packed("gzip", bomb.finish().unwrap()))
                .await
                .status,
            413
        );
        assert_eq!(server.call(&path, packed("zstd", Vec::new())).await.status, 415);
    }
    send_examples(server).await;
    let dcsa = json!([{"eventType": "EQUIPMENT", "eventID": "x1", "equipmentEventTypeCode": "GTIN",
        "eventClassifierCode": "ACT", "eventDateTime": "2024-03-02T12:00:00Z", "equipmentReference": "EXMU1000072",
        "eventLocation": {"UNLocationCode": "CNTXG"}, "emptyIndicatorCode": "LADEN"}, {"eventType": "EQUIPMENT"}]);
    assert_eq!(
        server
            .post("/feeds/dcsa", "/feeds/dcsa", dcsa.to_string())
            .await
            .status,
        207
    );
    let path = "/feeds/edifact";
    let content = &server.operation("post", path)["requestBody"]["content"];
    let example = content["application/edifact"]["example"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        server.post(path, path, format!("{example}no more")).await.status,
        207
    );
    let first = server
        .get("/feeds/problems", "/feeds/problems?state=open&limit=2")
        .await
        .json();
    assert!(first["next"].is_string(), "{first:#}");

    let problems = server
        .get("/feeds/problems", "/feeds/problems?source=tos-example")
        .await
        .json();
    let id = problems["items"][0]["id"].as_str().unwrap().to_owned();
    let (path, address) = (
        "/feeds/problems/{id}/retry",
        format!("/feeds/problems/{id}/retry"),
    );
    assert_eq!(server.post(path, &address, Body::empty()).await.status, 422);
    let half = format!(
        "{}\n{}\n",
        good.replace("p1", "p3"),
        good.replace("note", "vanish")
    );
    assert_eq!(server.post(path, &address, half).await.status, 207);
    assert_eq!(
        server.post(path, &address, good.replace("p1", "p2")).await.status,
        200
    );
    assert_eq!(
        server
            .post(path, "/feeds/problems/none/retry", Body::empty())
            .await
            .status,
        404
    );
    for (encoding, status) in [("zstd", 415), ("gzip", 400)] {
        let request = Request::post(address.as_str()).header(header::CONTENT_ENCODING, encoding);
        assert_eq!(
            server
                .call(path, request.body(Body::from("plain")).unwrap())
                .await
                .status,
            status
        );
    }
    let large = vec![b' '; 33 * 1024 * 1024];
    assert_eq!(server.post(path, &address, large).await.status, 413);
    let path = "/feeds/problems/{id}/dismiss";
    let dismissed = server
        .post(path, &format!("/feeds/problems/{id}/dismiss"), Body::empty())
        .await;
    assert_eq!(
        (dismissed.status, &dismissed.json()["state"]),
        (200, &json!("dismissed"))
    );
    assert_eq!(
        server
            .post(path, "/feeds/problems/999999/dismiss", Body::empty())
            .await
            .status,
        404
    );
}

async fn what_a_person_does(server: &mut Server) {
    let path = "/alarms/{id}/{action}";
    let alarms = server.get("/alarms", "/alarms?kind=illegal_storage").await.json();
    let id = alarms["items"][0]["id"]
        .as_str()
        .expect("an alarm is there")
        .to_owned();
    let steps = [
        ("acknowledge", json!({"by": "Duty officer"}), 200),
        ("acknowledge", json!({"if_sequence": 1}), 409),
        (
            "shelve",
            json!({"remark": "A reach stacker is on its way", "until": "2099-01-01T00:00:00Z"}),
            200,
        ),
        ("shelve", json!({"remark": "No end"}), 400),
        ("unshelve", json!({}), 200),
        ("explain", json!({"remark": "No place in D"}), 200),
        ("return", json!({"remark": "D03 has places"}), 200),
        (
            "explain",
            json!({"remark": "It will be moved", "by": "Planner"}),
            200,
        ),
        ("close", json!({}), 200),
        ("close", json!({"colour": "red"}), 400),
        ("paint", json!({}), 404),
    ];
    for (action, body, status) in steps {
        let answer = server
            .post(path, &format!("/alarms/{id}/{action}"), body.to_string())
            .await;
        assert_eq!(answer.status, status, "{action} {body}: {}", answer.text());
    }
    assert_eq!(
        server
            .post(path, "/alarms/none/close", Body::empty())
            .await
            .status,
        404
    );
}

async fn what_a_person_does_with_many(server: &mut Server) {
    for query in [
        "",
        "?group=vessel,kind",
        "?open=true&group=block&kind=overtime",
        "?group=colour",
        "?vessel=~",
    ] {
        server
            .get("/alarms/summary", &format!("/alarms/summary{query}"))
            .await;
    }
    for query in [
        "",
        "?from=2024-03-01&to=2024-03-09",
        "?kind=overtime&position=control_room",
        "?from=soon",
    ] {
        server
            .get("/alarms/performance", &format!("/alarms/performance{query}"))
            .await;
    }
    for query in [
        "?sort=vessel&order=desc&offset=1",
        "?open=true&raised_from=2024-03-01",
        "?sort=colour",
    ] {
        server.get("/alarms", &format!("/alarms{query}")).await;
    }
    let open = server.get("/alarms", "/alarms?open=true").await.json();
    let id = open["items"][0]["id"]
        .as_str()
        .expect("an alarm is open")
        .to_owned();
    let path = "/alarms/actions";
    let all = json!({"action": "acknowledge", "alarms": [{"id": id}], "by": "Duty officer"});
    for (body, status) in [
        (all.clone(), 200),
        (all, 207),
        (
            json!({"action": "close", "alarms": [{"id": id, "if_sequence": 1}, {"id": "none"}]}),
            207,
        ),
        (json!({"action": "raise", "alarms": [{"id": id}]}), 400),
        (json!({"action": "close", "alarms": []}), 400),
        (json!({"action": "shelve", "alarms": [{"id": id}]}), 207),
    ] {
        let answer = server.post(path, path, body.to_string()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
    }
}

async fn what_an_officer_does_with_parcels(server: &mut Server) {
    for path in ["/parcels", "/parcels/now"] {
        assert_eq!(
            server.get(path, &format!("{path}?site=nowhere")).await.status,
            400
        );
    }
    for query in ["bucket=hour&group=reason,mode", "group=park&platform=none"] {
        let address = format!("/figures/parcels?{query}");
        assert_eq!(server.get("/figures/parcels", &address).await.status, 200);
    }
    let csv = Request::get("/parcels")
        .header(header::ACCEPT, "text/csv")
        .body(Body::empty())
        .unwrap();
    assert!(server.call("/parcels", csv).await.text().lines().count() > 1);
    let broken = r#"[{"kind":"logistics","source":"s","id":"1","order":"O","at":"2024-03-02T13:14:15Z"},{"kind":"x"}]"#;
    let path = "/feeds/parcels";
    assert_eq!(server.post(path, path, broken).await.status, 207);
    let path = "/parcels/{order}";
    assert_eq!(server.get(path, "/parcels/EX-1").await.status, 200);
    assert_eq!(server.get(path, "/parcels/none").await.status, 404);
    let why = json!({"remark": "a test", "by": "Duty officer"}).to_string();
    for (act, again) in [("return", 409), ("release", 409)] {
        let path = format!("/parcels/{{order}}/{act}");
        for (order, body, status) in [
            ("EX-1", "{}", 400),
            ("none", why.as_str(), 404),
            ("EX-1", why.as_str(), 200),
            ("EX-1", why.as_str(), again),
        ] {
            let answer = server
                .post(&path, &format!("/parcels/{order}/{act}"), body.to_owned())
                .await;
            assert_eq!(answer.status, status, "{act} {order}: {}", answer.text());
        }
    }
}

async fn rules_are_tried_and_changed(server: &mut Server) {
    let path = "/rules";
    let rules = server.get(path, path).await.json();
    assert_eq!(server.get(path, "/rules?version=99").await.status, 404);
    assert_eq!(server.get(path, "/rules?at=2024-03-01").await.status, 200);
    assert_eq!(server.get(path, "/rules?site=nowhere").await.status, 400);
    let mut wanted = rules["rules"].clone();
    wanted["overtime"][0]["limit_seconds"] = 1_800.into();
    let tried = server
        .post(
            "/rules/try",
            "/rules/try",
            json!({"rules": wanted, "from": "2024-03-01T00:00:00Z"}).to_string(),
        )
        .await;
    assert_eq!(tried.status, 200, "{}", tried.text());
    let backwards = json!({"rules": wanted, "from": "2024-03-02T00:00:00Z", "to": "2024-03-01T00:00:00Z"});
    let refused = server
        .post("/rules/try", "/rules/try", backwards.to_string())
        .await;
    assert_eq!(refused.status, 400);
    let change =
        json!({"rules": wanted, "if_version": rules["version"], "by": "Duty officer", "remark": "a test"});
    let saved = server.put(path, path, change.to_string()).await;
    assert_eq!(
        (saved.status, &saved.json()["rules"]),
        (200, &wanted),
        "{}",
        saved.text()
    );
    assert_eq!(server.put(path, path, change.to_string()).await.status, 409);
    wanted["overtime"][0]["limit_seconds"] = 0.into();
    let wrong = server.put(path, path, json!({"rules": wanted}).to_string()).await;
    assert_eq!(wrong.status, 400);
    assert_eq!(wrong.json()["parameter"], "/overtime/0/limit_seconds");
}

/// A late event gives a stay another beginning, and its old address leads to the new one.
async fn a_stay_with_another_beginning(server: &mut Server) {
    let late = json!([{"id": "d0", "source": "tos-example", "at": "2024-03-02T10:00:00+08:00", "node": "gate_in",
        "container": "EXMU1000046"}]);
    let address = "/containers/EXMU1000046";
    let before = server.get("/containers/{number}", address).await.json();
    server
        .post("/feeds/events", "/feeds/events", late.to_string())
        .await;
    let after = server.get("/containers/{number}", address).await.json();
    let (old, new) = (
        before["stays"][0]["id"].as_str().unwrap(),
        after["stays"][0]["id"].as_str().unwrap(),
    );
    assert_ne!(old, new);
    let usual = server
        .get("/stays/{id}/usual", &format!("/stays/{old}/usual"))
        .await;
    assert_eq!(usual.status, 308);
    let moved = server.get("/stays/{id}", &format!("/stays/{old}")).await;
    assert_eq!(moved.status, 308);
    assert_eq!(moved.headers[header::LOCATION], format!("/api/v1/stays/{new}"));
}

/// Nothing is described that no answer of this test was held against.
fn every_described_status_was_answered(server: &Server) {
    // Its 200 never ends; it has a test of its own.
    let elsewhere = [("get", "/stream"), ("get", "/readyz")];
    // With open access there are no accounts; they have a test of their own.
    // So has the release desk.
    let of_access = |operation: &Value| {
        operation["tags"] == json!(["Access"]) || operation["tags"] == json!(["Release desk"])
    };
    let mut never = Vec::new();
    for (method, path, operation) in operations(&server.document) {
        for status in operation["responses"]
            .as_object()
            .unwrap()
            .keys()
            .filter(|status| *status != "default")
        {
            let key = (method.to_owned(), path.to_owned(), status.clone());
            if !server.seen.contains(&key) && !elsewhere.contains(&(method, path)) && !of_access(operation) {
                never.push(key);
            }
        }
    }
    assert!(never.is_empty(), "never answered: {never:?}");
}

#[tokio::test]
async fn messages_of_the_stream_are_what_the_description_says() {
    let mut server = Server::start(DESCRIPTION);
    let begin = server.get("/sites", "/sites").await.json();
    send_events(&mut server).await;
    let waybill = r#"{"kind":"logistics","source":"s","id":"1","order":"O","at":"2024-03-02T13:14:15Z"}"#;
    let path = "/feeds/parcels";
    assert_eq!(server.post(path, path, waybill).await.status, 200);
    let draft = r#"{"form": {"remark": "later"}, "by": "acme"}"#;
    let path = "/release-desk/applications";
    assert_eq!(server.post(path, path, draft).await.status, 200);
    assert_eq!(server.get("/stream", "/stream?topics=weather").await.status, 400);

    let draft = r#"{"form": {"remark": "later"}, "by": "acme"}"#;
    let path = "/release-desk/applications";
    assert_eq!(server.post(path, path, draft).await.status, 200);

    let since = format!("{}:{}", begin["epoch"].as_str().unwrap(), begin["sequence"]);
    let messages = &server.operation("get", "/stream")["responses"]["200"]["content"]["text/event-stream"];
    let described = messages["x-events"].as_object().unwrap();
    let mut seen = BTreeSet::new();
    for (since, awaited) in [
        (
            since.as_str(),
            [
                "alarm",
                "yard",
                "figures",
                "feed",
                "parcels",
                "application",
                "tick",
            ]
            .as_slice(),
        ),
        ("other:1", &["reset"]),
    ] {
        let request = Request::get("/api/v1/stream")
            .header("last-event-id", since)
            .body(Body::empty())
            .unwrap();
        let response = server.ask(request).await;
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        let mut parts = response.into_body().into_data_stream();
        let mut text = String::new();
        while awaited
            .iter()
            .any(|event| !text.contains(&format!("event: {event}\n")))
            || !text.ends_with("\n\n")
        {
            let part = tokio::time::timeout(Duration::from_secs(30), parts.next())
                .await
                .expect("in time");
            text.push_str(std::str::from_utf8(&part.unwrap().unwrap()).unwrap());
        }
        for message in text
            .split_terminator("\n\n")
            .filter(|message| !message.starts_with("retry: "))
        {
            let field = |name: &str| {
                let line = message.lines().find_map(|line| line.strip_prefix(name));
                line.unwrap_or_else(|| panic!("no `{name}` in {message}"))
            };
            let (event, data) = (field("event: "), field("data: "));
            let (epoch, sequence) = field("id: ").rsplit_once(':').expect("epoch:sequence");
            assert!(
                begin["epoch"] == epoch && sequence.parse::<u64>().is_ok(),
                "{message}"
            );
            let schema = described
                .get(event)
                .unwrap_or_else(|| panic!("`{event}` is not described"));
            let wrong = misfits(&server.document, schema, &serde_json::from_str(data).unwrap());
            assert!(wrong.is_empty(), "{event}\n{}\nin {data}", wrong.join("\n"));
            seen.insert(event.to_owned());
        }
    }
    assert_eq!(seen, described.keys().cloned().collect());
}
