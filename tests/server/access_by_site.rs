//! Whoever sees one of two sites sees nothing of the other: in lists, figures, the stream and search alike.

use serde_json::{Value, json};
use std::time::Duration;
use tests::access::{Somebody, server_with_accounts};
use tests::messages::{at_site, event, now};
use tests::program::Server;
use tests::stream::Stream;
use tests::wait::until;

const EAST: &str = "CNTXG-EAST";
const WEST: &str = "CNTXG-WEST";

/// One box at each site, both over their limit; one that was at both.
fn port() -> (Server, Somebody, Somebody) {
    let sites = format!(
        "[[site]]\ncode = \"{EAST}\"\nlocations = [\"CNTXG\"]\nsources = [\"tos-east\"]\n\
         [[site]]\ncode = \"{WEST}\"\nlocations = [\"CNTSN\"]\nsources = [\"tos-west\"]\n"
    );
    let (server, admin) = server_with_accounts(&sites);
    let (_, key) =
        admin.make_key(&json!({"name": "both", "role": "sender", "sources": ["tos-east", "tos-west"]}));
    let sender = Somebody::with_key(&server, &key);
    let mut events = Vec::new();
    for (source, site, container, bill) in [
        ("tos-east", EAST, "MSKU1111113", "BILLEAST"),
        ("tos-west", WEST, "MSKU2222220", "BILLWEST"),
    ] {
        let more = |slot: Option<&str>| json!({"source": source, "site": site, "bill_of_lading": bill, "direction": "import", "slot": slot});
        let at = |hours: i64| at_site(now().plus(-hours * 3_600_000));
        let id = |n: u32| format!("{source}-{n}");
        events.push(event(&id(1), "discharge", container, &at(9), more(None)));
        events.push(event(&id(2), "stack", container, &at(3), more(Some("G010101.1"))));
        events.push(event(&id(3), "declare", container, &at(2), more(None)));
        events.push(event(&id(4), "release", container, &at(1), more(None)));
        // One box was at both.
        let days = if site == EAST { 240 } else { 120 };
        events.push(event(&id(5), "gate_in", "MSKU3333337", &at(days), more(None)));
        events.push(event(
            &id(6),
            "gate_out",
            "MSKU3333337",
            &at(days - 2),
            more(None),
        ));
    }
    let answer = sender.call("POST", "/feeds/events", &Value::from(events));
    assert_eq!(answer.status, 200, "{}", answer.text());
    // What can't be read belongs to nobody's site but its source's.
    for source in ["tos-east", "tos-west"] {
        let broken = json!([{"id": "b", "source": source, "node": "fly", "container": "MSKU1111113", "at": "2026-01-01T00:00:00Z"}]);
        assert_eq!(sender.call("POST", "/feeds/events", &broken).status, 422);
    }
    (server, admin, sender)
}

#[test]
fn lists_figures_search_and_trails_hold_nothing_of_another_site() {
    let (_server, admin, _) = port();
    let (_, east) = admin.make_account("east", "officer", &json!([EAST]));
    let all = [
        "/sites",
        "/stays?from=2026-01-01",
        "/alarms",
        "/alarms?state=cleared",
        "/feeds",
        "/feeds/problems",
        "/figures/overview",
        "/figures/clearance",
        "/figures/throughput",
        "/yard",
        "/yard/blocks/G01",
        "/containers?q=MSKU",
        "/containers?q=BILL",
        "/containers?q=G010101.1",
        "/containers/MSKU3333337",
        "/containers/MSKU1111113",
        "/alarms/summary?group=container",
        "/alarms/performance",
        "/rules",
        "/yard/moves",
        "/yard/course",
    ];
    for path in all {
        let answer = east.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        for foreign in [WEST, "MSKU2222220", "BILLWEST", "tos-west"] {
            assert!(
                !answer.text().contains(foreign),
                "{path} tells of {foreign}: {}",
                answer.text()
            );
        }
    }
    // The administrator sees that there would have been something.
    for (path, what) in [
        ("/containers?q=BILL", "BILLWEST"),
        ("/alarms", "MSKU2222220"),
        ("/feeds", "tos-west"),
        ("/feeds/problems", "tos-west"),
        ("/containers/MSKU3333337", WEST),
    ] {
        assert!(
            admin.get(path).text().contains(what),
            "{path}: {}",
            admin.get(path).text()
        );
    }
    for path in [
        "/stays",
        "/yard",
        "/figures/overview",
        "/figures/clearance",
        "/alarms",
        "/rules",
        "/yard/course",
    ] {
        let problem = east.get(&format!("{path}?site={WEST}")).problem(400);
        assert!(
            !problem.detail.contains(&format!("configured are {EAST}, {WEST}")),
            "{}",
            problem.detail
        );
    }
    east.get("/containers/MSKU2222220").problem(404);
    let west: Value = admin.get("/containers/MSKU2222220").ok();
    let stay = west["stays"][0]["id"].as_str().unwrap();
    east.get(&format!("/stays/{stay}")).problem(404);
    east.get(&format!("/stays/{stay}/usual")).problem(404);
    let alarms: Value = admin.get(&format!("/alarms?site={WEST}")).ok();
    let alarm = alarms["items"][0]["id"]
        .as_str()
        .expect("west has an alarm")
        .to_owned();
    east.get(&format!("/alarms/{alarm}")).problem(404);
    east.call("POST", &format!("/alarms/{alarm}/acknowledge"), &Value::Null)
        .problem(404);
    let own: Value = east.get("/alarms").ok();
    let own = own["items"][0]["id"]
        .as_str()
        .expect("east has an alarm")
        .to_owned();
    let many = json!({"action": "acknowledge", "alarms": [{"id": alarm}, {"id": own}]});
    let answer = east.call("POST", "/alarms/actions", &many);
    let results = answer.value();
    let status = |index: usize| {
        (
            results["results"][index]["id"].clone(),
            results["results"][index]["status"].clone(),
        )
    };
    assert_eq!(
        (status(0), status(1)),
        ((json!(alarm), json!(404)), (json!(own), json!(200)))
    );
    let untouched: Value = admin.get(&format!("/alarms/{alarm}")).ok();
    assert_eq!(untouched["acknowledged"], false);
    let problems: Value = admin.get("/feeds/problems?source=tos-west").ok();
    let problem = problems["items"][0]["id"].as_str().unwrap();
    east.call(
        "POST",
        &format!("/feeds/problems/{problem}/dismiss"),
        &Value::Null,
    )
    .problem(404);
    east.call("POST", &format!("/feeds/problems/{problem}/retry"), &Value::Null)
        .problem(404);
}

#[test]
fn the_stream_tells_nothing_of_another_site() {
    let (server, admin, sender) = port();
    let (_, east) = admin.make_account("east", "viewer", &json!([EAST]));
    let start: Value = admin.get("/sites").ok();
    let since = format!("{}:0", start["epoch"].as_str().unwrap());
    let open = |somebody: &Somebody| {
        let proof = (somebody.proof.0.as_str(), somebody.proof.1.as_str());
        Stream::try_open_as(&server, &format!("since={since}"), proof).unwrap()
    };
    // What was said before it was opened comes as well as what is said now.
    let (mut of_east, mut of_all) = (open(&east), open(&admin));
    for (n, source, site) in [(1, "tos-west", WEST), (2, "tos-east", EAST)] {
        let at = at_site(now().plus(-60_000));
        let more = json!({"source": source, "site": site, "slot": "G010301.1"});
        let moved = event(&format!("late-{n}"), "discharge", "MSKU4444443", &at, more);
        assert_eq!(sender.call("POST", "/feeds/events", &json!([moved])).status, 200);
    }
    let told = |stream: &mut Stream, end: &str| {
        let mut texts = Vec::new();
        until("the last change", || {
            let message = stream.next_within(Duration::from_secs(1))?;
            texts.push(message.data.to_string());
            texts
                .last()
                .is_some_and(|text| {
                    text.contains(end) && text.contains("tos-east") && text.contains("events")
                })
                .then_some(())
        });
        texts
    };
    let all = told(&mut of_all, "tos-east");
    assert!(all.iter().any(|text| text.contains(WEST)), "{all:?}");
    let own = told(&mut of_east, "tos-east");
    assert!(own.iter().any(|text| text.contains(EAST)), "{own:?}");
    for text in own {
        assert!(
            !text.contains(WEST) && !text.contains("tos-west") && !text.contains("MSKU2222220"),
            "{text}"
        );
    }
}

#[test]
fn counts_are_of_the_site_that_is_shown() {
    let (_server, admin, _) = port();
    let open = |site: &str| {
        let overview: Value = admin.get(&format!("/figures/overview?site={site}")).ok();
        let list: Value = admin.get(&format!("/alarms?open=true&site={site}")).ok();
        (
            overview["open_alarms"].as_u64().unwrap(),
            list["items"].as_array().unwrap().len() as u64,
        )
    };
    for site in [EAST, WEST] {
        let (counted, listed) = open(site);
        assert!(
            counted > 0 && counted == listed,
            "{site}: {counted} counted, {listed} listed"
        );
    }
}

#[test]
fn a_sender_for_one_site_changes_and_takes_back_nothing_of_another() {
    let (server, admin, _) = port();
    let wish =
        json!({"name": "east", "role": "sender", "sources": ["tos-east", "tos-west"], "sites": [EAST]});
    let (_, key) = admin.make_key(&wish);
    let sender = Somebody::with_key(&server, &key);
    let at = at_site(now().plus(-60_000));
    let updated = at_site(now());
    let back = |source: &str| {
        json!({"id": format!("{source}-2"), "source": source, "retracted": true, "updated_at": updated,
               "node": "stack", "container": "MSKU1111113", "at": at, "site": EAST})
    };
    let moved = event(
        "tos-west-1",
        "discharge",
        "MSKU2222220",
        &at,
        json!({"source": "tos-west", "site": EAST, "updated_at": updated}),
    );
    let answer = sender.call(
        "POST",
        "/feeds/events",
        &json!([back("tos-west"), moved, back("tos-east")]),
    );
    assert_eq!(answer.status, 207, "{}", answer.text());
    let said = answer.value();
    let codes: Vec<&Value> = said["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| &problem["code"])
        .collect();
    assert_eq!(codes, ["site_refused", "site_refused"], "{said}");
    let west: Value = admin.get("/containers/MSKU2222220").ok();
    assert!(west["stays"][0]["nodes"].to_string().contains("stack"), "{west}");
    let east: Value = admin.get("/containers/MSKU1111113").ok();
    assert!(
        !east["stays"][0]["nodes"].to_string().contains("\"stack\""),
        "{east}"
    );
}

#[test]
fn a_sender_for_one_site_sends_nothing_of_another() {
    let (server, admin, _) = port();
    let wish = json!({"name": "east", "role": "sender", "sources": ["tos-east"], "sites": [EAST]});
    let (_, key) = admin.make_key(&wish);
    let sender = Somebody::with_key(&server, &key);
    let at = at_site(now().plus(-60_000));
    let of = |id: &str, site: &str| {
        event(
            id,
            "discharge",
            "MSKU5555550",
            &at,
            json!({"source": "tos-east", "site": site}),
        )
    };
    let answer = sender.call("POST", "/feeds/events", &json!([of("x1", EAST), of("x2", WEST)]));
    assert_eq!(answer.status, 207, "{}", answer.text());
    assert_eq!(answer.value()["problems"][0]["code"], "site_refused");
}
