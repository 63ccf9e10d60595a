//! Every call, asked by every role and by nobody.

use serde_json::{Value, json};
use shared::access::{Right, Role};
use std::collections::BTreeMap;
use tests::access::{PASSWORD, Somebody, server_with_accounts, sign_in};
use tests::messages::{at_site, event, now};

/// The calls as the description tells of them: method, path, and what they need.
fn calls(document: &Value) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let base = item["servers"][0]["url"].as_str().unwrap_or("/api/v1");
        for (method, operation) in item.as_object().unwrap() {
            if let Some(need) = operation["x-need"].as_str() {
                let path = format!("{}{path}", base.trim_end_matches('/'));
                found.push((method.to_uppercase(), path, need.to_owned()));
            }
        }
    }
    found
}

fn filled(path: &str) -> String {
    [
        ("{id}", "none"),
        ("{action}", "explain"),
        ("{file}", "none"),
        ("{block}", "G01"),
        ("{number}", "CSU6097384"),
        ("{order}", "none"),
    ]
    .iter()
    .fold(path.to_owned(), |path, (name, value)| path.replace(name, value))
}

#[test]
fn every_call_answers_those_who_have_its_right_and_nobody_else() {
    let (server, admin) = server_with_accounts("");
    let document: Value = admin.get("/openapi.json").ok();
    let calls = calls(&document);
    assert!(calls.len() > 50, "{calls:?}");
    let mut asking: BTreeMap<&str, Somebody> = BTreeMap::new();
    for role in [
        Role::Viewer,
        Role::Analyst,
        Role::Officer,
        Role::Terminal,
        Role::Enterprise,
    ] {
        let sites = match role {
            Role::Terminal => json!(["CNTXG-TPCT"]),
            _ => Value::Null,
        };
        asking.insert(
            role.name(),
            admin.make_account(role.name(), role.name(), &sites).1,
        );
    }
    let (_, sender) = admin.make_key(&json!({"name": "s", "role": "sender", "sources": ["s"]}));
    let (_, monitor) = admin.make_key(&json!({"name": "m", "role": "monitor"}));
    asking.insert("sender", Somebody::with_key(&server, &sender));
    asking.insert("monitor", Somebody::with_key(&server, &monitor));
    let scenes = json!(["yard", "alarms", "clearance", "throughput", "number", "feeds"]);
    let (_, token) = admin.make_key(&json!({"name": "d", "role": "display", "scenes": scenes}));
    let body = json!({"token": token}).to_string();
    let display = Somebody::of(
        &server,
        &server.post("/api/v1/session/display", &[], body.as_bytes()),
    );
    asking.insert("display", display);
    assert_eq!(asking.len() + 1, Role::ALL.len());

    // A server that refuses unread what was sent may close behind its answer.
    let nobody = [("connection", "close")];
    let mut asked = 0;
    for (method, path, need) in &calls {
        // Its answer never ends; it has tests of its own.
        let address = match path.as_str() {
            "/api/v1/stream" => "/api/v1/stream?topics=none".to_owned(),
            path => filled(path),
        };
        let unknown = server.call(method, &address, &nobody, b"{}").unwrap();
        let free = need == "nothing";
        assert_eq!(
            unknown.status == 401,
            !free,
            "nobody: {method} {address}: {}",
            unknown.status
        );
        for (name, somebody) in &asking {
            // Signing out would end the walk.
            if (method.as_str(), path.as_str()) == ("DELETE", "/api/v1/session") {
                continue;
            }
            let role = Role::from_name(name).unwrap();
            let named = |name: &str| Right::ALL.into_iter().find(|right| right.name() == name);
            let rights: Vec<Right> = need.split('|').filter_map(named).collect();
            let may = rights.is_empty() || rights.iter().any(|right| role.has(*right));
            let (field, value) = (somebody.proof.0.as_str(), somebody.proof.1.as_str());
            let answer = server
                .call(
                    method,
                    &address,
                    &[(field, value), ("connection", "close")],
                    b"{}",
                )
                .unwrap();
            let refused = matches!(answer.status, 403);
            assert_eq!(
                refused,
                !may,
                "{name}: {method} {address} needs {need}: {} {}",
                answer.status,
                answer.text()
            );
            assert!(
                answer.status < 500,
                "{name}: {method} {address}: {}",
                answer.text()
            );
            asked += 1;
        }
    }
    assert!(asked > 400, "{asked}");
    // The administrator, who could do all of it, is still there.
    assert_eq!(sign_in(&server, "admin", PASSWORD).status, 200);
}

#[test]
fn taking_lists_out_is_a_right_of_its_own() {
    let (_server, admin) = server_with_accounts("");
    let (_, viewer) = admin.make_account("li", "viewer", &Value::Null);
    for path in ["/stays", "/alarms", "/figures/clearance", "/figures/throughput"] {
        assert_eq!(viewer.get(path).status, 200, "{path}");
        viewer
            .call_with("GET", path, &[("accept", "text/csv")], b"")
            .problem(403);
    }
}

#[test]
fn whoever_has_no_right_to_trails_gets_lists_without_the_steps_of_a_box() {
    let (server, admin) = server_with_accounts("");
    let (_, key) = admin.make_key(&json!({"name": "tos", "role": "sender", "sources": ["tos-pacific"]}));
    let at = at_site(now().plus(-60_000));
    let discharge = event(
        "1",
        "discharge",
        "CSU6097384",
        &at,
        json!({"source": "tos-pacific"}),
    );
    let sender = Somebody::with_key(&server, &key);
    assert_eq!(
        sender.call("POST", "/feeds/events", &json!([discharge])).status,
        200
    );
    let (_, viewer) = admin.make_account("li", "viewer", &Value::Null);
    let (_, analyst) = admin.make_account("zhao", "analyst", &Value::Null);
    let nodes = |somebody: &Somebody| {
        let list: Value = somebody.get("/stays").ok();
        assert_eq!(list["items"][0]["container"], "CSU6097384");
        list["items"][0]["nodes"].as_array().unwrap().len()
    };
    assert_eq!((nodes(&viewer), nodes(&analyst)), (0, 1));
    viewer.get("/stays?q=CSU6097384").problem(403);
    assert_eq!(analyst.get("/stays?q=CSU6097384").status, 200);
    let audit: Value = admin.get("/audit?action=trail_viewed").ok();
    assert_eq!(
        (&audit["items"][0]["who"], &audit["items"][0]["subject"]),
        (&json!("zhao"), &json!("CSU6097384"))
    );
}

#[test]
fn a_terminal_explains_and_does_nothing_else_with_alarms() {
    let (_server, admin) = server_with_accounts("");
    let (_, terminal) = admin.make_account("tpct", "terminal", &json!(["CNTXG-TPCT"]));
    for action in ["acknowledge", "close", "shelve", "return", "unshelve"] {
        let problem = terminal
            .call("POST", &format!("/alarms/none/{action}"), &Value::Null)
            .problem(403);
        assert!(problem.detail.contains("explain"), "{}", problem.detail);
        let many = json!({"action": action, "alarms": [{"id": "none"}]});
        terminal.call("POST", "/alarms/actions", &many).problem(403);
    }
    terminal
        .call("POST", "/alarms/none/explain", &json!({"remark": "crane"}))
        .problem(404);
    // A terminal is never for all sites.
    admin
        .call(
            "POST",
            "/accounts",
            &json!({"name": "x", "full_name": "", "role": "terminal"}),
        )
        .problem(400);
}
