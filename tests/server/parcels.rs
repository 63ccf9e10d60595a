//! Parcels from outside: documents in any order, what they become, and what is kept of them.

use serde_json::{Value, json};
use shared::parcels::{DocumentKind, ParcelReason, ParcelState};
use shared::time::{HOUR, Time};
use shared::wire::alarm::Alarm;
use shared::wire::feeds::{FeedAnswer, ProblemCode, Source, StoredProblem};
use shared::wire::parcels::{Parcel, ParcelFigures, ParcelItem, ParcelsNow};
use std::collections::BTreeSet;
use std::path::Path;
use tests::access::{Somebody, server_with_accounts};
use tests::http::Client;
use tests::messages::{at_site, now};
use tests::program::Server;
use tests::stream::Stream;
use tests::wait::until;

/// Valid identity numbers by GB 11643-1999: with a blank in it, with a small x, and as the standard prints them.
const NUMBERS: [&str; 3] = ["11010519491231002X", "440524188001010014", "110105 19491231 002x"];

fn ago(seconds: i64) -> String {
    at_site(Time(now().0 / 1_000 * 1_000).plus(-seconds * 1_000))
}

/// The four documents of an order, which agree: order, payment, logistics, list.
fn documents(order: &str, buyer: &str) -> [Value; 4] {
    let person = json!({"name": "Zhang San", "identity": buyer});
    [
        json!({"kind": "order", "source": "mall", "id": order, "at": ago(40), "platform": "mall", "mode": "1210",
            "park": "XS", "buyer": person, "goods": 100, "freight": "10.00", "tax": 9.1, "discount": 5,
            "items": [{"name": "tea", "quantity": 2, "value": 50}]}),
        json!({"kind": "payment", "source": "pay", "id": format!("P{order}"), "at": ago(39), "order": order,
            "payer": person, "amount": "114.10"}),
        json!({"kind": "logistics", "source": "post", "id": format!("W{order}"), "at": ago(38), "order": order,
            "consignee": {"name": "zhang  san"}}),
        json!({"kind": "list", "source": "broker", "id": format!("L{order}"), "at": ago(30), "order": order,
            "waybill": format!("W{order}"), "payment": format!("P{order}"), "mode": "1210", "park": "XS",
            "buyer": person}),
    ]
}

#[track_caller]
fn send(server: &Server, documents: &[Value]) -> FeedAnswer {
    let (status, answer) = server.feed("parcels", Value::from(documents).to_string());
    assert_eq!(status, 200, "{answer:?}");
    answer
}

#[track_caller]
fn parcel(server: &Client, order: &str) -> Parcel {
    server.get(&format!("/api/v1/parcels/{order}")).ok()
}

#[track_caller]
fn stands(server: &Server, order: &str) -> (ParcelState, Vec<ParcelReason>) {
    let parcel = parcel(server, order);
    (parcel.item.state, parcel.item.reasons)
}

fn listed(server: &Server, query: &str) -> Vec<ParcelItem> {
    server.list("/api/v1/parcels", query)
}

#[track_caller]
fn figures(server: &Server, query: &str) -> ParcelFigures {
    server.get(&format!("/api/v1/figures/parcels?{query}")).ok()
}

/// Every row of every grouping counts exactly what its list holds, and together they are what is told now.
#[track_caller]
fn figures_are_a_recount(server: &Server) {
    let mut rows = 0;
    for query in [
        "",
        "group=platform",
        "group=mode,park",
        "group=reason",
        "bucket=hour&group=park",
        "bucket=day",
    ] {
        for row in figures(server, query).rows {
            let items: Vec<ParcelItem> = server.list("/api/v1/parcels", row.href.split_once('?').unwrap().1);
            assert_eq!(items.len() as u64, row.released, "{query}: {}", row.href);
            let value: u64 = items.iter().filter_map(|item| item.value_fen).sum();
            assert_eq!(value, row.released_fen, "{query}");
            let mut seconds: Vec<u64> = items.iter().map(|item| item.seconds.unwrap()).collect();
            seconds.sort_unstable();
            assert_eq!(seconds.last().copied(), row.max_seconds, "{query}");
            let median = seconds.len().checked_sub(1).map(|last| seconds[last / 2]);
            assert_eq!(median, row.median_seconds, "{query}");
            rows += 1;
        }
    }
    assert!(rows > 5, "{rows}");
    let all = figures(server, "");
    let received = listed(server, "by=receipt&limit=7").len() as u64;
    assert_eq!(all.rows.iter().map(|row| row.received).sum::<u64>(), received);
    let told: ParcelsNow = server.get("/api/v1/parcels/now").ok();
    assert_eq!(told.queue, listed(server, "queued=true").len() as u64);
    assert_eq!(told.held_parcels, listed(server, "state=held").len() as u64);
    for (kind, count) in told.missing {
        assert_eq!(
            count,
            listed(server, &format!("missing={}", kind.name())).len() as u64
        );
    }
}

#[test]
fn four_documents_in_any_order_release_a_parcel_and_what_is_told_is_a_recount() {
    let server = Server::start();
    let mut orders = Vec::new();
    for first in 0..4 {
        for second in (0..4).filter(|n| *n != first) {
            for third in (0..4).filter(|n| ![first, second].contains(n)) {
                let fourth = 6 - first - second - third;
                let order = format!("A{first}{second}{third}{fourth}");
                let all = documents(&order, &format!("E{first}{second}{third}"));
                for place in [first, second, third] {
                    send(&server, &[all[place].clone()]);
                    assert!(
                        matches!(
                            parcel(&server, &order).item.state,
                            ParcelState::Waiting | ParcelState::Matched
                        ),
                        "{order}"
                    );
                }
                let answer = send(&server, &[all[fourth].clone()]);
                assert_eq!((answer.accepted, answer.duplicate, answer.replaced), (1, 0, 0));
                assert_eq!(
                    stands(&server, &order),
                    (ParcelState::Released, vec![]),
                    "{order}"
                );
                orders.push(order);
            }
        }
    }
    assert_eq!(orders.len(), 24);
    let one = parcel(&server, "A0123");
    assert_eq!(one.documents.len(), 4);
    assert_eq!(one.item.value_fen, Some(10_500));
    assert!(
        one.fields.iter().all(|field| field.reason.is_none()),
        "{:?}",
        one.fields
    );
    assert_eq!(
        one.year.map(|year| (year.total_fen, year.orders)),
        Some((10_500, 1))
    );
    let told: ParcelsNow = server.get("/api/v1/parcels/now").ok();
    assert_eq!((told.released, told.queue, told.held_parcels), (24, 0, 0));
    assert_eq!((told.released_fen, told.within_target), (24 * 10_500, Some(1.0)));
    assert!(told.peak_second > 0 && told.peak_at.is_some());
    let kinds: BTreeSet<_> = told
        .parties
        .iter()
        .flat_map(|party| party.kinds.clone())
        .collect();
    assert_eq!(kinds.len(), DocumentKind::ALL.len());
    figures_are_a_recount(&server);
    // By number, whatever it is the number of.
    for number in ["A0123", "PA0123", "WA0123", "LA0123"] {
        let found = listed(&server, &format!("q={number}"));
        assert_eq!(found.len(), 1, "{number}");
        assert_eq!(found[0].order, "A0123");
    }
    let csv = server
        .call("GET", "/api/v1/parcels", &[("accept", "text/csv")], b"")
        .unwrap();
    assert_eq!(csv.text().lines().count(), 25);
    let sources: Vec<Source> = server.list("/api/v1/feeds", "");
    let mall = sources.iter().find(|source| source.source == "mall").unwrap();
    assert_eq!(
        (mall.events, mall.formats.as_slice()),
        (24, &["parcels".to_owned()][..])
    );
}

#[test]
fn each_thing_that_does_not_agree_holds_a_parcel_with_its_reason() {
    let server = Server::configured(
        "[parcels]\nenterprises = [\"E1\"]\ntolerance = 1\ntolerance_share = 0.05\norder_limit = 5000\nyear_limit = 26000\n",
    );
    let mut number = 0;
    let mut held = |change: &dyn Fn(&mut [Value; 4])| {
        number += 1;
        let order = format!("B{number}");
        let mut all = documents(&order, &format!("X{number}"));
        all[0]["enterprise"] = json!("E1");
        change(&mut all);
        send(&server, &all);
        stands(&server, &order)
    };
    let agree = (ParcelState::Released, vec![]);
    let because = |reason| (ParcelState::Held, vec![reason]);
    assert_eq!(held(&|_| {}), agree);
    assert_eq!(
        held(&|all| all[3]["payment"] = json!("other")),
        because(ParcelReason::OrderDiffers)
    );
    assert_eq!(
        held(&|all| all[2]["consignee"]["name"] = json!("Li Si")),
        because(ParcelReason::BuyerNameDiffers)
    );
    assert_eq!(
        held(&|all| all[3]["buyer"]["identity"] = json!("other")),
        because(ParcelReason::BuyerIdentityDiffers)
    );
    assert_eq!(
        held(&|all| all[1]["payer"]["name"] = json!("Li Si")),
        because(ParcelReason::PayerDiffers)
    );
    // 5 % of 114.10 is 5.705.
    assert_eq!(held(&|all| all[1]["amount"] = json!(119.8)), agree);
    assert_eq!(
        held(&|all| all[1]["amount"] = json!("119.81")),
        because(ParcelReason::AmountDiffers)
    );
    assert_eq!(
        held(&|all| all[3]["mode"] = json!("9610")),
        because(ParcelReason::ModeDiffers)
    );
    let unregistered = because(ParcelReason::EnterpriseUnregistered);
    assert_eq!(held(&|all| all[0]["enterprise"] = json!("E2")), unregistered);
    let dear = |all: &mut [Value; 4], goods: u64| {
        all[0]["goods"] = json!(goods);
        all[1]["amount"] = json!(format!("{}.10", goods + 14));
    };
    assert_eq!(
        held(&|all| dear(all, 6_000)),
        because(ParcelReason::OverOrderLimit)
    );
    let single = |all: &mut [Value; 4]| {
        dear(all, 6_000);
        all[0]["items"] = json!([{"name": "watch", "quantity": 1, "value": 6_000, "indivisible": true}]);
    };
    assert_eq!(
        held(&single),
        (ParcelState::Released, vec![ParcelReason::FullTax])
    );
    // Two orders of one number.
    let mut all = documents("B99", "X99");
    for own in &mut all {
        own["enterprise"] = json!("E1");
    }
    let mut second = all[0].clone();
    second["source"] = json!("another-mall");
    second["at"] = json!(ago(20));
    send(&server, &[all.as_slice(), &[second]].concat());
    assert_eq!(stands(&server, "B99"), because(ParcelReason::OrderDoubled));
    figures_are_a_recount(&server);
    let reasons = figures(&server, "group=reason");
    assert!(reasons.rows.len() > 8, "{reasons:?}");
}

#[test]
fn corrections_withdrawals_and_repetitions_come_to_the_same_in_any_order() {
    let server = Server::start();
    let [order, payment, logistics, list] = documents("C1", "X1");
    let wrong = {
        let mut wrong = payment.clone();
        wrong["amount"] = json!(1);
        wrong
    };
    send(&server, &[order.clone(), wrong.clone(), logistics, list]);
    assert_eq!(stands(&server, "C1").0, ParcelState::Held);
    let again = send(&server, &[order, wrong]);
    assert_eq!((again.accepted, again.duplicate), (0, 2));
    let mut right = payment.clone();
    right["updated_at"] = json!(ago(5));
    let corrected = send(&server, &[right]);
    assert_eq!(corrected.replaced, 1);
    assert_eq!(stands(&server, "C1").0, ParcelState::Released);
    assert_eq!(listed(&server, "held=amount_differs").len(), 1);
    // An older version is known and changes nothing.
    assert_eq!(send(&server, &[payment]).duplicate, 1);
    // The list is taken back, then the order.
    let back = |source: &str, kind: &str, id: &str| json!({"source": source, "kind": kind, "id": id, "withdrawn": true});
    send(&server, &[back("broker", "list", "LC1")]);
    assert_eq!(stands(&server, "C1").0, ParcelState::Returned);
    send(&server, &[back("mall", "order", "C1")]);
    assert_eq!(stands(&server, "C1").0, ParcelState::Withdrawn);
    // What comes first takes back what comes behind it.
    send(&server, &[back("mall", "order", "C2")]);
    let all = documents("C2", "X2");
    send(&server, &all);
    assert_eq!(stands(&server, "C2").0, ParcelState::Withdrawn);
    // A payment goes over to another order.
    let all = documents("C3", "X3");
    let mut strayed = all[1].clone();
    strayed["order"] = json!("C4");
    send(
        &server,
        &[all[0].clone(), strayed, all[2].clone(), all[3].clone()],
    );
    assert_eq!(parcel(&server, "C3").item.missing, [DocumentKind::Payment]);
    let mut found = all[1].clone();
    found["updated_at"] = json!(ago(1));
    send(&server, &[found]);
    assert_eq!(stands(&server, "C3").0, ParcelState::Released);
    server.get("/api/v1/parcels/C4").problem(404);
    figures_are_a_recount(&server);
}

#[test]
fn a_buyers_year_decides_other_parcels_anew_when_an_order_of_it_changes() {
    let server = Server::start();
    let dear = |order: &str, seconds: i64| {
        let mut all = documents(order, NUMBERS[0]);
        all[0]["at"] = json!(ago(seconds));
        all[0]["goods"] = json!(4_000);
        all[1]["amount"] = json!("4014.10");
        all
    };
    // Six of 4,005 yuan are 24,030; the seventh would be over 26,000.
    for n in 0..7 {
        send(&server, &dear(&format!("D{n}"), 100 - n));
    }
    assert_eq!(stands(&server, "D5").0, ParcelState::Released);
    assert_eq!(
        stands(&server, "D6"),
        (ParcelState::Held, vec![ParcelReason::OverYearLimit])
    );
    let withdrawal = json!({"source": "mall", "kind": "order", "id": "D2", "withdrawn": true});
    send(&server, &[withdrawal]);
    assert_eq!(stands(&server, "D6"), (ParcelState::Released, vec![]));
    // One that was placed before all of them comes late, and takes the place of the last.
    send(&server, &dear("D7", 200));
    assert_eq!(stands(&server, "D7").0, ParcelState::Released);
    assert_eq!(stands(&server, "D6").0, ParcelState::Held);
    let year = parcel(&server, "D6").year.unwrap();
    assert_eq!((year.total_fen, year.orders), (6 * 400_500, 6));
    figures_are_a_recount(&server);
}

#[test]
fn an_officer_lets_go_and_sends_back_and_says_why() {
    let server = Server::start();
    let mut all = documents("E1", "X1");
    all[1]["amount"] = json!(1);
    send(&server, &all);
    let act = |order: &str, what: &str, body: &Value| {
        server.post(
            &format!("/api/v1/parcels/{order}/{what}"),
            &[],
            body.to_string().as_bytes(),
        )
    };
    act("E1", "release", &json!({"remark": " ", "by": "Li"})).problem(400);
    act("E1", "release", &json!({"remark": "checked"})).problem(400);
    act("none", "release", &json!({"remark": "checked", "by": "Li"})).problem(404);
    let seen = parcel(&server, "E1");
    let remark = format!("paid in cash, {}", NUMBERS[0]);
    let released: Parcel = act(
        "E1",
        "release",
        &json!({"remark": remark, "by": "Li", "if_sequence": seen.sequence}),
    )
    .ok();
    assert_eq!(released.item.state, ParcelState::Released);
    assert!(released.item.reasons.contains(&ParcelReason::ByOfficer));
    let step = released
        .history
        .iter()
        .find(|step| step.what == "release")
        .unwrap();
    assert_eq!(step.by.as_deref(), Some("Li"));
    assert!(!step.remark.as_deref().unwrap().contains(NUMBERS[0]));
    act("E1", "release", &json!({"remark": "again", "by": "Li"})).problem(409);
    act(
        "E1",
        "return",
        &json!({"remark": "too fast", "by": "Li", "if_sequence": seen.sequence}),
    )
    .problem(409);
    let returned: Parcel = act("E1", "return", &json!({"remark": "damaged", "by": "Li"})).ok();
    assert_eq!(returned.item.state, ParcelState::Returned);
    figures_are_a_recount(&server);
}

/// Every file below a folder, with its bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push((path.display().to_string(), std::fs::read(&path).unwrap())),
        }
    }
    found
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[test]
fn an_identity_number_is_in_no_file_and_in_no_answer() {
    let mut server = Server::logging("debug", &[]);
    let mut told = String::new();
    let mut hear = |answer: tests::http::Answer| told.push_str(&answer.text());
    let post = |body: &str| server.post("/api/v1/feeds/parcels", &[], body.as_bytes());
    for (n, number) in NUMBERS.iter().enumerate() {
        hear(post(
            &Value::from(documents(&format!("F{n}"), number).as_slice()).to_string(),
        ));
        let order = documents(&format!("G{n}"), number)[0].to_string();
        // Wrong, cut off, no JSON, spelled with escapes, under other names, as a number, and in the wrong place.
        let spelled: String = number
            .chars()
            .map(|c| format!("\\u{:04x}", u32::from(c)))
            .collect();
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        for body in [
            order.replace("1210", "12"),
            format!(
                "[{order},{}",
                &order[..order.find(number).unwrap() + number.len()]
            ),
            format!("{number};{number}"),
            order.replace(number, &spelled).replace("\"mode\"", "\"node\""),
            order
                .replace("\"identity\"", "\"id_number\"")
                .replace("1210", "12"),
            order.replace("\"goods\":100", &format!("\"goods\":\"{number}\",\"{number}\":1")),
            order
                .replace(&format!("\"{number}\""), &digits)
                .replace("1210", "x"),
            order.replace("\"tea\"", &format!("\"tea for {number}\"")),
        ] {
            hear(post(&body));
        }
    }
    for path in [
        "/feeds/problems?limit=1000",
        "/feeds",
        "/parcels",
        "/parcels/F0",
        "/parcels/F1",
        "/parcels/G0",
        "/parcels/now",
        "/figures/parcels",
    ] {
        hear(server.get(&format!("/api/v1{path}")));
    }
    // What was kept can be sent again, as it was kept.
    let problems: Vec<StoredProblem> = server.list("/api/v1/feeds/problems", "");
    assert!(problems.len() >= 3 * 6, "{}", problems.len());
    assert!(problems.iter().all(|problem| problem.format == "parcels"));
    let kept = problems
        .iter()
        .find(|problem| problem.remark.code == ProblemCode::Invalid)
        .unwrap();
    let mended = kept.raw.replace("\"12\"", "\"1210\"");
    hear(server.post(
        &format!("/api/v1/feeds/problems/{}/retry", kept.id),
        &[],
        mended.as_bytes(),
    ));
    let compact: String = NUMBERS[2].split_whitespace().collect();
    let numbers = [
        NUMBERS[0],
        NUMBERS[1],
        NUMBERS[2],
        compact.as_str(),
        "11010519491231002",
        "19491231002",
    ];
    let look = |where_: &str, bytes: &[u8]| {
        for number in numbers {
            assert!(!holds(bytes, number), "{number} is in {where_}");
        }
    };
    look("an answer", told.as_bytes());
    let folder = server.folder().to_owned();
    for (name, bytes) in files(&folder) {
        look(&name, &bytes);
    }
    server.stop();
    let found = files(&folder);
    for (name, bytes) in &found {
        look(name, bytes);
    }
    for name in ["parcels.db", "parcels-state.db", "parcels.key"] {
        assert!(found.iter().any(|(path, _)| path.ends_with(name)), "{name}");
    }
}

/// Everything that is told of parcels, but what only time changes.
fn told(server: &Server) -> (Vec<ParcelItem>, Vec<ParcelItem>, Value, Value) {
    let mut told: Value = server.value("/api/v1/parcels/now");
    for changing in [
        "at",
        "rate_second",
        "rate_minute",
        "rate_hour",
        "late",
        "sequence",
    ] {
        told[changing] = Value::Null;
    }
    for party in told["parties"].as_array_mut().unwrap() {
        party["silent"] = Value::Null;
        // What came again is no line of the journal, and neither is that it was heard.
        party["heard_at"] = Value::Null;
    }
    told["parties"]
        .as_array_mut()
        .unwrap()
        .sort_by_key(|party| party["source"].to_string());
    let figures = server.value("/api/v1/figures/parcels?group=platform,park,reason&bucket=hour");
    let (all, received) = (
        listed(server, "limit=1000"),
        listed(server, "by=receipt&order=longest"),
    );
    (all, received, told, figures)
}

#[test]
fn nothing_acknowledged_is_lost_by_a_kill_and_a_deleted_store_is_made_anew() {
    let mut server = Server::start();
    for n in 0..60 {
        let mut all = documents(&format!("H{n}"), &format!("X{}", n % 7));
        if n % 5 == 0 {
            all[1]["amount"] = json!(1);
        }
        if n % 11 == 0 {
            all[3]["withdrawn"] = json!(true);
        }
        let sent = if n % 9 == 0 { &all[..3] } else { &all[..] };
        send(&server, sent);
    }
    let act = json!({"remark": "checked", "by": "Li"}).to_string();
    assert_eq!(
        server
            .post("/api/v1/parcels/H5/release", &[], act.as_bytes())
            .status,
        200
    );
    figures_are_a_recount(&server);
    let before = told(&server);
    server.kill();
    server.start_again();
    assert_eq!(told(&server), before, "after a kill");
    server.stop();
    server.start_again();
    assert_eq!(told(&server), before, "from the store");
    server.stop();
    let data = server.folder().join("data");
    std::fs::remove_file(data.join("parcels-state.db")).unwrap();
    server.start_again();
    assert_eq!(told(&server), before, "from the journal alone");
    server.stop();
    std::fs::write(
        data.join("parcels-state.db"),
        b"no database at all, but long enough to look like one",
    )
    .unwrap();
    server.start_again();
    assert_eq!(told(&server), before, "behind a store that was damaged");
    figures_are_a_recount(&server);
    // What is done and left memory is found, and changed, as before.
    send(
        &server,
        &[json!({"source": "mall", "kind": "order", "id": "H1", "withdrawn": true})],
    );
    assert_eq!(stands(&server, "H1").0, ParcelState::Withdrawn);
    figures_are_a_recount(&server);
}

#[test]
fn the_stream_tells_all_parcels_of_a_site_at_most_once_a_second() {
    let server = Server::start();
    let mut stream = Stream::open(&server, "topics=parcels");
    send(&server, &documents("I1", "X1"));
    let told: ParcelsNow = stream.until("a released parcel", |message| {
        let told: Option<ParcelsNow> = (message.event == "parcels").then(|| message.json());
        told.filter(|told| told.released == 1)
    });
    assert_eq!((told.site.as_str(), told.released_fen), ("CNTXG-TPCT", 10_500));
    for n in 2..40 {
        send(&server, &documents(&format!("I{n}"), &format!("X{n}")));
    }
    let mut messages = 0;
    stream.until("all of them", |message| {
        let told: Option<ParcelsNow> = (message.event == "parcels").then(|| message.json());
        messages += usize::from(told.is_some());
        told.filter(|told| told.released == 39)
    });
    assert!(messages < 39, "{messages}");
}

#[test]
fn a_party_that_is_silent_and_parcels_that_are_late_raise_alarms_that_end() {
    let server =
        Server::configured("[parcels]\nsilent_after = \"2s\"\ntarget = \"1s\"\nincomplete_after = \"1h\"\n");
    let mut all = documents("J1", "X1");
    all[1]["amount"] = json!(1);
    send(&server, &all);
    let of = |kind: &str| -> Vec<Alarm> { server.alarms(&format!("kind={kind}")) };
    let late = until("an alarm about the park", || of("parcel_overtime").pop());
    assert_eq!(
        (late.park.as_deref(), late.parcels, late.active),
        (Some("XS"), Some(1), true)
    );
    assert_eq!((late.stay, late.container), (None, None));
    let silent = until("an alarm about each party", || {
        let all = of("parcel_party_silent");
        (all.len() == 4).then_some(all)
    });
    assert!(silent.iter().all(|alarm| alarm.active));
    let acknowledged = server.act(&late.id, "acknowledge", &json!({"by": "Li"}));
    assert_eq!(acknowledged.status, 200, "{}", acknowledged.text());
    all[1]["amount"] = json!("114.10");
    all[1]["updated_at"] = json!(ago(1));
    send(&server, &[all[1].clone()]);
    until("the alarm about the park to end", || {
        of("parcel_overtime").pop().filter(|alarm| !alarm.active)
    });
    until("the alarm about who spoke to end", || {
        let all = of("parcel_party_silent");
        all.into_iter()
            .find(|alarm| alarm.source.as_deref() == Some("pay") && !alarm.active)
    });
}

#[test]
fn each_role_and_site_has_its_own_parcels() {
    let sites = "[[site]]\ncode = \"EAST\"\nlocations = [\"CNTXG\"]\n[[site]]\ncode = \"WEST\"\nlocations = [\"CNTSN\"]\n";
    let (server, admin) = server_with_accounts(sites);
    let (_, key) = admin
        .make_key(&json!({"name": "all", "role": "sender", "sources": ["mall", "pay", "post", "broker"]}));
    let sender = Somebody::with_key(&server, &key);
    let at_sites = |order: &str, site: &str| {
        documents(order, "X1").map(|mut document| {
            document["site"] = json!(site);
            document
        })
    };
    let missing = sender.call(
        "POST",
        "/feeds/parcels",
        &Value::from(documents("K0", "X1").as_slice()),
    );
    assert_eq!(missing.status, 422);
    for (order, site) in [("K1", "EAST"), ("K2", "WEST")] {
        let sent = sender.call(
            "POST",
            "/feeds/parcels",
            &Value::from(at_sites(order, site).as_slice()),
        );
        assert_eq!(sent.status, 200, "{}", sent.text());
    }
    // A key for one site sends for that alone, and changes nothing at the other.
    let (_, key) =
        admin.make_key(&json!({"name": "east", "role": "sender", "sources": ["mall"], "sites": ["EAST"]}));
    let eastern = Somebody::with_key(&server, &key);
    let withdrawal = json!([{"source": "mall", "kind": "order", "id": "K2", "withdrawn": true}]);
    assert_eq!(eastern.call("POST", "/feeds/parcels", &withdrawal).status, 422);
    let meddling = json!([at_sites("K2", "EAST")[0]]);
    assert_eq!(eastern.call("POST", "/feeds/parcels", &meddling).status, 422);
    let foreign = json!([at_sites("K3", "EAST")[1]]);
    assert_eq!(
        eastern.call("POST", "/feeds/parcels", &foreign).status,
        422,
        "it speaks for `mall` only"
    );

    let (_, east) = admin.make_account("east", "officer", &json!(["EAST"]));
    let told: ParcelsNow = east.get("/parcels/now").ok();
    assert_eq!((told.site.as_str(), told.released), ("EAST", 1));
    assert_eq!(east.get("/parcels/K1").status, 200);
    east.get("/parcels/K2").problem(404);
    let act = json!({"remark": "damaged"});
    assert_eq!(east.call("POST", "/parcels/K2/return", &act).status, 404);
    assert_eq!(east.call("POST", "/parcels/K1/return", &act).status, 200);
    east.get("/parcels?site=WEST").problem(400);
    east.get("/figures/parcels?site=WEST").problem(400);
    let (_, viewer) = admin.make_account("viewer", "viewer", &Value::Null);
    assert_eq!(viewer.get("/parcels?site=EAST").status, 200);
    for path in ["/parcels/K1", "/parcels?q=K1"] {
        viewer.get(path).problem(403);
    }
    viewer
        .call_with("GET", "/parcels", &[("accept", "text/csv")], b"")
        .problem(403);
    let (_, analyst) = admin.make_account("analyst", "analyst", &Value::Null);
    assert_eq!(analyst.get("/parcels/K1").status, 200);
    assert_eq!(analyst.call("POST", "/parcels/K2/return", &act).status, 403);
}

#[test]
fn what_can_not_be_taken_says_where_and_why() {
    let server = Server::start();
    let all = documents("L1", "X1");
    let mut late = all[1].clone();
    late["at"] = json!(at_site(now().plus(48 * HOUR)));
    let mut fine = all[0].clone();
    fine["goods"] = json!("1.001");
    let mut unknown = all[2].clone();
    unknown["colour"] = json!("red");
    let (status, answer) = server.feed(
        "parcels",
        json!([late, fine, unknown, {"kind": "order"}, 7]).to_string(),
    );
    assert_eq!((status, answer.accepted), (207, 1));
    let problems: Vec<_> = answer
        .problems
        .iter()
        .map(|problem| (problem.code, problem.pointer.as_deref().unwrap()))
        .collect();
    assert_eq!(
        problems,
        [
            (ProblemCode::TimeRange, "/0/at"),
            (ProblemCode::Invalid, "/1/goods"),
            (ProblemCode::Missing, "/3/source"),
            (ProblemCode::Invalid, "/4"),
        ]
    );
    assert_eq!(answer.flags[0].pointer.as_deref(), Some("/2/colour"));
    // Lines as well as an array, and a document of one's own number.
    let lines = format!("{}\n{}\n", all[0], all[3]);
    assert_eq!(server.feed("parcels", lines).0, 200);
    assert_eq!(parcel(&server, "L1").item.missing, [DocumentKind::Payment]);
}
