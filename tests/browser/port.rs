//! A small port with something to show on every page: boxes under way and boxes that left, alarms of several kinds, a
//! trail with most of its nodes, and a message that nobody understands.

use serde_json::{Value, json};
use tests::desk::application;
use tests::messages::{at_site, container, event, now, parcel, with};
use tests::pages::Named;
use tests::program::Server;

/// The box whose trail has most to show; its number is none of ISO 6346.
pub const BOX: &str = "CSU6097384";

fn hours_ago(hours: i64) -> String {
    at_site(now().plus(-hours * 3_600_000))
}

/// What is told of a box: node, how many hours ago, and what is stated besides.
fn told(number: &str, nodes: Vec<(&str, i64, Value)>) -> Vec<Value> {
    let told = nodes.into_iter().enumerate();
    told.map(|(n, (node, hours, more))| {
        event(&format!("{number}-{n}"), node, number, &hours_ago(hours), more)
    })
    .collect()
}

/// The server, and what it has.
#[track_caller]
pub fn port() -> (Server, Named) {
    let server = Server::start();
    let paper = json!({"declaration": "020220221000123456"});
    server.send(&told(
        BOX,
        vec![
            (
                "discharge",
                50,
                json!({"direction": "import", "size_type": "45R1", "voyage": "2018", "vessel_imo": "9321483",
                    "vessel_name": "Bohai Pioneer", "bill_of_lading": "MDXU714336", "refrigerated": true,
                    "temperature_celsius": -18.0, "dangerous": [{"class": "3", "un": "1993"}], "weight_kg": 11100}),
            ),
            ("stack", 48, json!({"slot": "G124405.1"})),
            ("declare", 40, paper.clone()),
            ("select_for_inspection", 39, json!({"channel": "inspection"})),
            ("shift", 36, json!({"slot": "X010101.1"})),
            ("inspection_start", 12, json!({})),
            ("inspection_end", 10, json!({"result": "clear"})),
            ("shift", 9, json!({"slot": "G124405.1"})),
            ("release", 5, paper),
            ("gate_out", -5, json!({"classifier": "planned", "transport": "truck"})),
        ],
    ));
    for n in 0..12 {
        let direction = if n % 3 == 0 { "export" } else { "import" };
        let begin = if n % 3 == 0 { "gate_in" } else { "discharge" };
        let paper = json!({"declaration": format!("D{n}")});
        let mut nodes = vec![
            (
                begin,
                9,
                json!({"direction": direction, "size_type": "22G1", "voyage": "2018", "bill_of_lading": "MDXU714336"}),
            ),
            ("stack", 7, json!({"slot": format!("G12{:02}01.1", n * 2 + 1)})),
            ("declare", 6, paper.clone()),
            ("release", 1, paper),
        ];
        if n % 4 == 1 {
            nodes.push(("gate_out", 0, json!({"transport": "truck"})));
        }
        server.send(&told(&container(n), nodes));
    }
    server.feed("events", "this is no message");
    send_parcels(&server);
    let alarms = server.alarms(&format!("q={BOX}"));
    assert!(alarms.len() >= 2, "the port has too few alarms: {alarms:?}");
    let form = json!({"kind": "missing_instruction", "reason": "message_lost", "containers": [container(0)],
        "bill_of_lading": "MDXU714336", "vessel_name": "Bohai Pioneer", "voyage": "2018", "declaration": "D0",
        "loading_place": "CNSHA", "remark": "Sent on Monday, never arrived."});
    let application = application(&server, &form, true);
    let named = Named {
        container: BOX.to_owned(),
        slot: "G124405.1".to_owned(),
        block: "G12".to_owned(),
        bay: "44".to_owned(),
        alarm: alarms[0].id.clone(),
        parcel: "A-3".to_owned(),
        application: application.expect("the application was not taken"),
    };
    (server, named)
}

/// Two parcels that are released, one that waits, and one that is held.
#[track_caller]
fn send_parcels(server: &Server) {
    let at = at_site(now().plus(-60_000));
    let mut documents = Vec::new();
    for order in ["A-1", "A-2"] {
        documents.extend(parcel(order, &at));
    }
    let mut held = parcel("A-3", &at);
    with(
        &mut held[1],
        json!({"amount": "300.00", "payer": {"name": "李雷", "identity": "440524188001010014"}}),
    );
    documents.extend(held);
    let [order, ..] = parcel("A-4", &at);
    documents.push(order);
    let (status, answer) = server.feed("parcels", json!(documents).to_string());
    assert_eq!(status, 200, "{answer:?}");
}
