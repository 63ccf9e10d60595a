//! The alarm centre from outside: every kind of alarm, many at once, rules that are changed and tried, and how well the
//! alarms serve.

use serde_json::{Value, json};
use shared::alarm::{Action, Kind, Priority, StorageReason};
use shared::time::{HOUR, MINUTE, SECOND};
use shared::wire::alarm::{ActionsAnswer, Alarm, AlarmSummary};
use shared::wire::performance::Performance;
use shared::wire::rules::{RulesAnswer, TrialAnswer};
use std::collections::BTreeMap;
use tests::messages::{at_site, container, event, now, with};
use tests::program::Server;
use tests::wait;

/// An event of a box on 2022-02-23.
fn told(n: u32, node: &str, clock: &str, more: Value) -> Value {
    let at = if clock.len() == 5 {
        format!("2022-02-23T{clock}:00+08:00")
    } else {
        clock.to_owned()
    };
    event(&format!("{n}-{node}-{clock}"), node, &container(n), &at, more)
}

#[track_caller]
fn of_kind(server: &Server, kind: Kind) -> Vec<Alarm> {
    server.alarms(&format!("kind={}", kind.name()))
}

#[track_caller]
fn only(server: &Server, kind: Kind) -> Alarm {
    let mut alarms = of_kind(server, kind);
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    alarms.remove(0)
}

#[test]
fn every_kind_of_alarm_about_a_box_is_raised_by_what_the_feeds_tell() {
    let server = Server::start();
    let dangerous = |class: &str| json!({"dangerous": [{"class": class, "un": "0000"}]});
    server.send(&[
        // Gone without release.
        told(1, "discharge", "08:00", Value::Null),
        told(1, "gate_out", "09:00", Value::Null),
        // Not released when the loading of its vessel begins.
        told(
            2,
            "gate_in",
            "08:00",
            json!({"voyage": "7W", "vessel_imo": "9321483", "direction": "export"}),
        ),
        told(
            3,
            "gate_in",
            "08:00",
            json!({"voyage": "7W", "vessel_imo": "9321483", "direction": "export"}),
        ),
        told(3, "release", "08:30", Value::Null),
        told(3, "load", "10:00", Value::Null),
        // Selected and not inspected.
        told(4, "discharge", "08:00", Value::Null),
        told(4, "select_for_inspection", "08:30", Value::Null),
        // Unplugged, and too warm.
        told(5, "discharge", "08:00", json!({"temperature_celsius": -18.0})),
        told(5, "stack", "08:10", json!({"slot": "R010101.1"})),
        told(5, "plug_in", "08:20", Value::Null),
        told(5, "measure", "09:00", json!({"temperature_celsius": -9.5})),
        told(5, "plug_out", "10:00", Value::Null),
        // Two boxes in one slot.
        told(6, "discharge", "08:00", Value::Null),
        told(6, "stack", "08:10", json!({"slot": "G010201.1"})),
        told(7, "discharge", "08:00", Value::Null),
        told(7, "stack", "08:20", json!({"slot": "G010301.1"})),
        // Two senders, two slots.
        told(8, "discharge", "08:00", Value::Null),
        told(8, "stack", "08:10", json!({"slot": "G020101.1"})),
        told(
            8,
            "stack",
            "08:12",
            json!({"slot": "G020301.1", "source": "rfid"}),
        ),
        // Too near to each other.
        told(9, "discharge", "08:00", dangerous("3")),
        told(9, "stack", "08:10", json!({"slot": "D010101.1"})),
        told(10, "discharge", "08:00", dangerous("5.1")),
        told(10, "stack", "08:20", json!({"slot": "D010301.1"})),
    ]);
    let departure = only(&server, Kind::UnreleasedDeparture);
    assert_eq!(
        (departure.container, departure.raised_at.to_string()),
        (Some(container(1)), "2022-02-23T09:00:00+08:00".to_owned())
    );
    let missing = only(&server, Kind::ReleaseMissing);
    assert_eq!(
        (missing.container, missing.raised_at.to_string(), missing.active),
        (Some(container(2)), "2022-02-23T10:00:00+08:00".to_owned(), true)
    );
    let late = only(&server, Kind::InspectionLate);
    assert_eq!(
        (late.raised_at.to_string(), late.limit_seconds),
        ("2022-02-24T16:30:00+08:00".to_owned(), Some(115_200))
    );
    let power = only(&server, Kind::ReeferPower);
    assert_eq!(power.raised_at.to_string(), "2022-02-23T11:00:00+08:00");
    let warm = only(&server, Kind::ReeferTemperature);
    let temperature = warm.temperature.unwrap();
    assert_eq!(
        (
            warm.raised_at.to_string(),
            temperature.set,
            temperature.measured,
            temperature.band
        ),
        ("2022-02-23T10:00:00+08:00".to_owned(), -18.0, -9.5, 3.0)
    );
    let taken = only(&server, Kind::SlotTaken);
    assert_eq!(
        (
            taken.container,
            taken.others[0].container.as_str(),
            taken.others[0].slot.as_deref()
        ),
        (Some(container(7)), container(6).as_str(), Some("G010201.1"))
    );
    let places = only(&server, Kind::TwoPlaces);
    assert_eq!(
        (
            places.slot.as_deref(),
            places.others[0].slot.as_deref(),
            places.others[0].source.as_deref()
        ),
        (Some("G020101.1"), Some("G020301.1"), Some("rfid"))
    );
    let near = only(&server, Kind::IllegalStorage);
    assert_eq!(
        (near.reasons.as_slice(), near.others[0].container.as_str()),
        (&[StorageReason::Segregated][..], container(9).as_str())
    );
}

#[test]
fn a_slot_is_free_again_when_the_other_box_goes_also_behind_a_start_and_when_it_went_before() {
    let mut server = Server::start();
    server.send(&[
        told(1, "discharge", "08:00", Value::Null),
        told(1, "stack", "08:10", json!({"slot": "G010101.1"})),
        told(2, "discharge", "08:00", Value::Null),
        told(2, "stack", "08:20", json!({"slot": "G010101.1"})),
    ]);
    let taken = only(&server, Kind::SlotTaken);
    assert!(taken.active);
    assert!(server.stop().success());
    server.start_again();
    server.send(&[told(1, "shift", "09:00", json!({"slot": "G030101.1"}))]);
    let cleared = only(&server, Kind::SlotTaken);
    assert_eq!(
        (cleared.id.as_str(), cleared.cleared_at.map(|at| at.to_string())),
        (taken.id.as_str(), Some("2022-02-23T09:00:00+08:00".to_owned()))
    );
    // It had gone before the second came, a late message says.
    server.send(&[told(1, "shift", "08:15", json!({"slot": "G040101.1"}))]);
    assert!(of_kind(&server, Kind::SlotTaken).is_empty());
    assert_eq!(server.alarms("state=withdrawn&kind=slot_taken").len(), 1);
}

#[test]
fn a_box_at_two_sites_at_once_has_an_alarm_at_the_second_until_it_has_left_one() {
    let server = Server::configured(
        "[[site]]\ncode = \"A\"\nlocations = [\"CNTXG\"]\n[[site]]\ncode = \"B\"\nlocations = [\"CNSHA\"]\n",
    );
    server.send(&[
        told(1, "discharge", "08:00", json!({"site": "A"})),
        told(1, "gate_in", "10:00", json!({"site": "B"})),
    ]);
    let places = only(&server, Kind::TwoPlaces);
    assert_eq!(
        (
            places.site.as_str(),
            places.others[0].site.as_deref(),
            places.active
        ),
        ("B", Some("A"), true)
    );
    server.send(&[told(1, "gate_out", "11:00", json!({"site": "A"}))]);
    assert!(!only(&server, Kind::TwoPlaces).active);
    server.send(&[told(
        1,
        "gate_out",
        "09:00",
        json!({"site": "A", "updated_at": "2022-03-01T00:00:00Z",
        "id": format!("1-gate_out-11:00")}),
    )]);
    assert!(of_kind(&server, Kind::TwoPlaces).is_empty());
}

#[test]
fn a_feed_that_is_silent_and_a_clock_that_is_ahead_are_alarms_of_the_system_itself() {
    let server = Server::configured("[alarm.feed_silent]\nlimit = \"2s\"\n");
    let soon = at_site(now().plus(HOUR));
    let answer = server.send(&[told(1, "discharge", &soon, Value::Null)]);
    assert!(
        answer
            .flags
            .iter()
            .any(|flag| format!("{:?}", flag.code).contains("Future")),
        "{answer:?}"
    );
    let ahead = only(&server, Kind::ClockWrong);
    assert_eq!(
        (
            ahead.stay.clone(),
            ahead.container.clone(),
            ahead.source.as_deref(),
            ahead.active
        ),
        (None, None, Some("tos-pacific"), true)
    );
    assert!((3_590..=3_600).contains(&ahead.ahead_seconds.unwrap()));
    let silent = wait::until("the feed to be silent for too long", || {
        of_kind(&server, Kind::FeedSilent)
            .into_iter()
            .find(|alarm| alarm.active)
    });
    assert_eq!(
        silent.raised_at.at.0 % 1_000,
        ahead.raised_at.at.0 % 1_000,
        "counted from the last message"
    );
    server.send(&[told(2, "discharge", "08:00", Value::Null)]);
    assert!(!only(&server, Kind::ClockWrong).active);
    let spoken: Alarm = server.get(&format!("/api/v1/alarms/{}", silent.id)).ok();
    assert!(!spoken.active);
    // It can be put aside like any other, and comes back by itself.
    let shelved = server.act(
        &silent.id,
        "shelve",
        &json!({"remark": "works", "until": at_site(now().plus(SECOND))}),
    );
    assert_eq!(shelved.status, 200, "{}", shelved.text());
    wait::until("the end of shelving", || {
        let alarm: Alarm = server.get(&format!("/api/v1/alarms/{}", silent.id)).ok();
        alarm.shelved_until.is_none().then_some(())
    });
}

/// A server with so many boxes that were stacked too late, a minute behind each other, of three vessels.
fn with_late_boxes(count: u32) -> Server {
    let server = Server::start();
    let events: Vec<Value> = (0..count)
        .map(|n| {
            let at = format!("2022-02-23T{:02}:{:02}:00+08:00", 8 + n / 60, n % 60);
            told(
                n,
                "discharge",
                &at,
                json!({"direction": "import", "vessel_name": format!("STAR, {}", n % 3)}),
            )
        })
        .collect();
    server.send(&events);
    server
}

#[test]
fn one_action_on_many_alarms_is_answered_for_each() {
    let server = with_late_boxes(3);
    let alarms = server.alarms("");
    let seen: Vec<Value> = alarms
        .iter()
        .map(|alarm| json!({"id": alarm.id, "if_sequence": alarm.sequence}))
        .collect();
    assert_eq!(
        server
            .act(&alarms[1].id, "acknowledge", &json!({"by": "another"}))
            .status,
        200
    );
    let mut wanted = seen;
    wanted.push(json!({"id": "nothing"}));
    wanted.push(json!({"id": alarms[0].id}));
    let body = json!({"action": "acknowledge", "alarms": wanted, "by": "an officer", "remark": "on it"});
    let answer = server.post("/api/v1/alarms/actions", &[], body.to_string().as_bytes());
    assert_eq!(answer.status, 207, "{}", answer.text());
    let answer: ActionsAnswer = answer.json();
    let statuses: Vec<u16> = answer.results.iter().map(|result| result.status).collect();
    // The last was done by the first of the same call.
    assert_eq!(statuses, [200, 409, 200, 404, 409]);
    assert!(answer.results[1].alarm.as_ref().unwrap().acknowledged);
    assert!(answer.results[1].detail.is_some() && answer.results[3].alarm.is_none());
    let by: Vec<Option<String>> = server
        .alarms("")
        .iter()
        .map(|alarm| {
            alarm
                .history
                .iter()
                .find(|line| line.action == Action::Acknowledge)
                .unwrap()
                .by
                .clone()
        })
        .collect();
    let officer = || Some("an officer".to_owned());
    assert_eq!(by, [officer(), Some("another".to_owned()), officer()]);
}

#[test]
fn alarms_are_counted_by_kind_and_in_groups_each_with_its_list() {
    let server = with_late_boxes(9);
    let alarms = server.alarms("");
    assert_eq!(server.act(&alarms[0].id, "acknowledge", &json!({})).status, 200);
    let summary: AlarmSummary = server.get("/api/v1/alarms/summary?open=true&group=vessel").ok();
    assert_eq!((summary.total, summary.open, summary.unacknowledged), (9, 9, 8));
    assert_eq!(
        (
            summary.kinds[0].kind,
            summary.kinds[0].priority,
            summary.kinds[0].count
        ),
        (Kind::Overtime, Priority::Low, 9)
    );
    let groups = summary.groups.unwrap();
    let keys: Vec<_> = groups
        .iter()
        .map(|group| (group.key[0].as_deref(), group.count))
        .collect();
    assert_eq!(
        keys,
        [(Some("STAR, 0"), 3), (Some("STAR, 1"), 3), (Some("STAR, 2"), 3)]
    );
    for group in &groups {
        let query = group.href.strip_prefix("/api/v1/alarms?").unwrap();
        let listed = server.alarms(query);
        assert_eq!(listed.len(), 3);
        assert!(listed.iter().all(|alarm| alarm.vessel_name == group.key[0]));
    }
    // The kinds are counted without regard to the kind that is filtered for.
    let of_none: AlarmSummary = server.get("/api/v1/alarms/summary?kind=slot_taken").ok();
    assert_eq!((of_none.total, of_none.kinds.len()), (0, 1));
}

#[test]
fn alarms_are_listed_in_other_orders_and_in_windows_each_once() {
    let server = with_late_boxes(20);
    for sort in ["raised", "vessel", "container", "priority", "cleared", "recorded"] {
        for order in ["asc", "desc"] {
            let query = format!("sort={sort}&order={order}");
            let pages = server.alarms(&format!("{query}&limit=7"));
            let whole = server.alarms(&format!("{query}&limit=1000"));
            assert_eq!(pages, whole, "{query}");
            assert_eq!(whole.len(), 20);
            let window: Value = server.value(&format!("/api/v1/alarms?{query}&offset=5&limit=4"));
            let ids: Vec<_> = window["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|alarm| alarm["id"].clone())
                .collect();
            let expected: Vec<_> = whole[5..9]
                .iter()
                .map(|alarm| Value::from(alarm.id.clone()))
                .collect();
            assert_eq!(ids, expected, "{query}");
        }
    }
    let vessels: Vec<_> = server
        .alarms("sort=vessel")
        .into_iter()
        .map(|alarm| alarm.vessel_name)
        .collect();
    assert!(vessels.is_sorted(), "{vessels:?}");
    let csv = server
        .call(
            "GET",
            "/api/v1/alarms?sort=vessel",
            &[("accept", "text/csv")],
            b"",
        )
        .unwrap();
    let text = csv.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 21);
    assert!(lines[0].starts_with("id,kind,rule,priority"), "{}", lines[0]);
    assert!(lines[1].contains("\"STAR, 0\""), "{}", lines[1]);
}

fn rules(server: &Server) -> RulesAnswer {
    server.get("/api/v1/rules").ok()
}

fn put(server: &Server, body: &Value) -> tests::http::Answer {
    server
        .call("PUT", "/api/v1/rules", &[], body.to_string().as_bytes())
        .unwrap()
}

#[test]
fn rules_that_a_person_changes_hold_from_then_on_and_stay_until_the_configuration_changes() {
    let mut server = Server::start();
    let before = rules(&server);
    assert_eq!((before.version, before.versions.len()), (1, 1));
    let mut wanted = serde_json::to_value(&before.rules).unwrap();
    wanted["overtime"][0]["limit_seconds"] = 1_800.into();
    let body = json!({"rules": wanted, "if_version": 1, "by": "the chief", "remark": "too many"});
    let after: RulesAnswer = put(&server, &body).ok();
    assert_eq!((after.version, after.rules.overtime[0].limit_seconds), (2, 1_800));
    assert_eq!(
        (
            after.versions[0].by.as_deref(),
            after.versions[0].remark.as_deref(),
            after.versions[0].configured
        ),
        (Some("the chief"), Some("too many"), false)
    );
    put(&server, &body).problem(409);
    // A clock that began before is judged as before, one that begins now by the new limit.
    let discharged = now().plus(-45 * MINUTE);
    server.send(&[told(1, "discharge", &at_site(discharged), Value::Null)]);
    assert!(server.alarms("").is_empty());
    server.send(&[told(2, "discharge", &at_site(now()), Value::Null)]);
    assert!(server.stop().success());
    server.start_again();
    assert_eq!(rules(&server).version, 2, "the configuration is what it was");
    let first: RulesAnswer = server.get("/api/v1/rules?version=1").ok();
    assert_eq!(first.rules, before.rules);
    wanted["overtime"][0]["from"] = "gate_out".into();
    let problem = put(&server, &json!({"rules": wanted})).problem(400);
    assert_eq!(problem.parameter.as_deref(), Some("/overtime/0/from"));
}

#[test]
fn alarms_of_a_rule_out_of_service_ring_nowhere_and_come_back_with_it() {
    let server = with_late_boxes(2);
    let mut wanted = serde_json::to_value(rules(&server).rules).unwrap();
    let discharge = wanted["overtime"]
        .as_array()
        .unwrap()
        .iter()
        .position(|rule| rule["from"] == "discharge")
        .unwrap();
    wanted["overtime"][discharge]["in_service"] = false.into();
    put(&server, &json!({"rules": wanted, "by": "the chief"})).ok::<RulesAnswer>();
    assert!(server.alarms("open=true").is_empty());
    let outside = server.alarms("state=out_of_service");
    assert_eq!((outside.len(), outside[0].out_of_service), (2, true));
    wanted["overtime"][discharge]["in_service"] = true.into();
    put(&server, &json!({"rules": wanted})).ok::<RulesAnswer>();
    let back = server.alarms("open=true");
    assert_eq!(back.len(), 2);
    let told: Vec<Action> = back[0].history.iter().map(|line| line.action).collect();
    assert_eq!(
        told,
        [Action::Raise, Action::TakeOutOfService, Action::ReturnToService]
    );
}

#[test]
fn an_inspection_that_is_late_does_not_ring_a_second_time_for_its_beginning() {
    let server = Server::start();
    server.send(&[
        told(1, "discharge", "08:00", Value::Null),
        told(1, "stack", "08:10", json!({"slot": "G010101.1"})),
        told(1, "select_for_inspection", "09:00", Value::Null),
    ]);
    assert_eq!(server.alarms("").len(), 2);
    let open = server.alarms("open=true");
    assert_eq!((open.len(), open[0].kind), (1, Kind::InspectionLate));
    let suppressed = server.alarms("state=suppressed");
    assert_eq!(
        (suppressed.len(), suppressed[0].rule.as_str()),
        (1, "overtime:select_for_inspection:inspection_start")
    );
}

/// Boxes of a day: some slow, some dangerous, some inspected, some in one slot.
fn a_day() -> Vec<Value> {
    let mut events = Vec::new();
    for n in 0..60u32 {
        let clock = |minutes: u32| {
            format!(
                "2022-02-{:02}T{:02}:{:02}:00+08:00",
                1 + minutes / 1_440,
                minutes / 60 % 24,
                minutes % 60
            )
        };
        let began = n * 37;
        let more = match n % 7 {
            0 => json!({"dangerous": [{"class": "3", "un": "1993"}], "direction": "import"}),
            3 => json!({"dangerous": [{"class": "5.1", "un": "1479"}], "direction": "import"}),
            5 => json!({"temperature_celsius": -18.0, "direction": "import"}),
            _ => json!({"direction": "import"}),
        };
        let slot = match n % 7 {
            0 | 3 => format!("D01{:02}{:02}.{}", 1 + 2 * (n % 10), 1 + n % 4, 1 + n % 3),
            _ => format!("G01{:02}{:02}.1", 1 + 2 * (n % 10), 1 + n % 3),
        };
        events.push(told(n, "discharge", &clock(began), more));
        events.push(told(
            n,
            "stack",
            &clock(began + 20 + n % 9 * 10),
            json!({"slot": slot}),
        ));
        events.push(told(n, "declare", &clock(began + 200), Value::Null));
        if n % 4 == 0 {
            events.push(told(n, "select_for_inspection", &clock(began + 210), Value::Null));
            events.push(told(
                n,
                "inspection_end",
                &clock(began + 210 + n * 60),
                Value::Null,
            ));
        }
        if n % 5 != 0 {
            events.push(told(n, "release", &clock(began + 300 + n * 40), Value::Null));
        }
        if n % 3 == 0 {
            events.push(told(n, "gate_out", &clock(began + 4_000), Value::Null));
        }
    }
    events
}

/// The alarms of a server, by rule and box.
fn rung(server: &Server) -> BTreeMap<(String, String), usize> {
    let mut rung = BTreeMap::new();
    for alarm in server.alarms("") {
        if !alarm.suppressed && !alarm.out_of_service && !alarm.kind.is_of_the_system() {
            let key = (alarm.rule, alarm.container.unwrap_or_default());
            *rung.entry(key).or_default() += 1;
        }
    }
    rung
}

#[test]
fn a_trial_tells_what_a_server_with_those_rules_would_have_raised() {
    let live = Server::start();
    live.send(&a_day());
    for (toml, change) in [
        (
            "[[overtime]]\nfrom = \"discharge\"\nto = \"stack\"\nlimit = \"30m\"\npriority = \"low\"\n",
            json!([{"from": "discharge", "to": "stack", "limit_seconds": 1_800, "priority": "low"}]),
        ),
        (
            "[storage]\nlow_tiers = 1\nsegregation_level = 3\n[alarm.slot_taken]\non_delay = \"3h\"\n[alarm.inspection_late]\nlimit = \"10h\"\n",
            Value::Null,
        ),
    ] {
        let beside = Server::configured(toml);
        beside.send(&a_day());
        let mut wanted = serde_json::to_value(rules(&live).rules).unwrap();
        if change.is_null() {
            wanted["storage"]["low_tiers"] = 1.into();
            wanted["storage"]["segregation_level"] = 3.into();
            wanted["kinds"]["slot_taken"]["on_delay_seconds"] = 10_800.into();
            wanted["kinds"]["inspection_late"]["limit_seconds"] = 36_000.into();
        } else {
            wanted["overtime"] = change;
        }
        let body = json!({"rules": wanted, "from": "2022-01-01T00:00:00Z"});
        let trial: TrialAnswer = live
            .post("/api/v1/rules/try", &[], body.to_string().as_bytes())
            .ok();
        let (today, tried) = (rung(&live), rung(&beside));
        let counted = |rung: &BTreeMap<(String, String), usize>| {
            let mut rules: BTreeMap<String, u64> = BTreeMap::new();
            for ((rule, _), count) in rung {
                *rules.entry(rule.clone()).or_default() += *count as u64;
            }
            rules
        };
        let of = |pick: fn(&shared::wire::rules::TrialRule) -> u64| -> BTreeMap<String, u64> {
            let rules = trial.rules.iter().map(|rule| (rule.rule.clone(), pick(rule)));
            rules.filter(|(_, count)| *count > 0).collect()
        };
        assert_eq!(of(|rule| rule.today), counted(&today), "{toml}");
        assert_eq!(of(|rule| rule.tried), counted(&tried), "{toml}");
        assert_eq!(trial.stays, 60);
        assert!(trial.added + trial.dropped > 0, "the rules differ in nothing");
        // Those that come are those that the other server has and this one has not.
        for alarm in &trial.added_alarms {
            let key = (alarm.rule.clone(), alarm.container.clone());
            let count = |rung: &BTreeMap<(String, String), usize>| rung.get(&key).copied().unwrap_or(0);
            assert!(count(&tried) > 0, "{key:?}");
        }
        let days: u64 = trial.days.iter().map(|(_, _, tried)| tried).sum();
        assert_eq!(
            (days, trial.tried.alarms),
            (trial.tried.alarms, tried.values().sum::<usize>() as u64)
        );
    }
    assert_eq!(rules(&live).version, 1, "nothing was saved");
}

#[test]
fn alarm_performance_is_measured_in_windows_of_ten_minutes() {
    let server = Server::start();
    // Twelve in one window, six in the next, one in the third, and one of them for days.
    let mut events = Vec::new();
    for n in 0..19u32 {
        let (minute, second) = match n {
            0..12 => (0, n),
            12..18 => (10, n),
            _ => (20, n),
        };
        let at = format!("2022-02-23T08:{minute:02}:{second:02}+08:00");
        events.push(told(n, "discharge", &at, json!({"direction": "import"})));
        if n > 0 {
            let stacked = json!({"slot": format!("G03{:02}01.1", 1 + 2 * n)});
            events.push(told(n, "stack", "2022-02-23T12:00:00+08:00", stacked));
        }
    }
    server.send(&events);
    let address = "/api/v1/alarms/performance?from=2022-02-23&to=2022-02-24";
    let measured: Performance = server.get(address).ok();
    assert_eq!((measured.alarms, measured.windows), (19, 144));
    assert_eq!(measured.most_in_ten_minutes, 12);
    assert!((measured.average_in_ten_minutes - 19.0 / 144.0).abs() < 1e-12);
    assert!((measured.time_in_flood - 2.0 / 144.0).abs() < 1e-12);
    assert!((measured.windows_over_ten - 1.0 / 144.0).abs() < 1e-12);
    let flood = &measured.floods[0];
    assert_eq!(
        (
            measured.floods.len(),
            flood.from.to_string(),
            flood.to.to_string(),
            flood.alarms
        ),
        (
            1,
            "2022-02-23T09:00:00+08:00".to_owned(),
            "2022-02-23T09:20:00+08:00".to_owned(),
            18
        )
    );
    let listed = server.alarms(flood.href.strip_prefix("/api/v1/alarms?").unwrap());
    assert_eq!(listed.len(), 18);
    assert_eq!(
        (
            measured.most_frequent[0].rule.as_str(),
            measured.most_frequent[0].alarms
        ),
        ("overtime:discharge:stack", 19)
    );
    assert_eq!(
        (measured.positions[0].name.as_str(), measured.positions[0].alarms),
        ("control_room", 19)
    );
    // The one that nobody stacked is stale from the second day on.
    assert_eq!(measured.stale, 0);
    let later: Performance = server
        .get("/api/v1/alarms/performance?from=2022-02-24&to=2022-02-25")
        .ok();
    assert_eq!((later.stale, later.alarms), (1, 0));
    // What is withdrawn leaves every measure.
    let mut stacked = told(
        18,
        "stack",
        "2022-02-23T12:00:00+08:00",
        json!({"slot": "G033701.1"}),
    );
    with(
        &mut stacked,
        json!({"at": "2022-02-23T08:30:00+08:00", "updated_at": "2022-03-01T00:00:00Z"}),
    );
    server.send(&[stacked]);
    assert_eq!(server.get(address).ok::<Performance>().alarms, 18);
}

#[test]
fn an_alarm_is_of_the_first_operator_position_whose_duty_it_is() {
    let server = Server::configured(
        "[[position]]\ncode = \"customs\"\nname = { en = \"Customs\", zh = \"海关\" }\nkinds = [\"unreleased_departure\"]\n\
         [[position]]\ncode = \"yard\"\nblocks = [\"G12\"]\n",
    );
    server.send(&[
        told(1, "discharge", "08:00", Value::Null),
        told(1, "stack", "10:00", json!({"slot": "G120101.1"})),
        told(1, "gate_out", "11:00", Value::Null),
        told(2, "discharge", "08:00", Value::Null),
    ]);
    let positions: BTreeMap<Kind, String> = server
        .alarms(&format!("q={}", container(1)))
        .into_iter()
        .map(|alarm| (alarm.kind, alarm.position))
        .collect();
    assert_eq!(
        positions,
        BTreeMap::from([
            (Kind::Overtime, "yard".to_owned()),
            (Kind::UnreleasedDeparture, "customs".to_owned())
        ])
    );
    assert_eq!(server.alarms("position=control_room").len(), 1);
    assert_eq!(rules(&server).positions.len(), 3);
}
