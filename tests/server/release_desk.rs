//! The release desk: from the form to the instruction that the terminal confirmed, each outcome, and who sees what.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use shared::alarm::Kind;
use shared::wire::List;
use shared::wire::alarm::Alarm;
use shared::wire::release_desk::{
    Application, ApplicationAction, ApplicationAnswer, ApplicationItem, ApplicationState, CheckVerdict,
    DeskFigures, DeskFill, DeskParty, Instruction,
};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use tests::access::{Somebody, server_with_accounts};
use tests::http::{Answer, Client};
use tests::messages::{at_site, container, event, now, with};
use tests::program::Server;
use tests::stream::Stream;
use tests::wait::until;

const SITE: &str = "CNTXG-TPCT";
const HOUR: i64 = 3_600_000;
const PDF: &[u8] = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";

/// The papers of the `n`th box.
fn papers(n: u32) -> Value {
    json!({
        "direction": "export", "bill_of_lading": format!("BILL{n}"), "voyage": "2018W", "vessel_imo": "9321483",
        "vessel_name": "EASTERN HIGHWAY", "declaration": format!("0202202200000{n:05}"), "location": "CNTXG"
    })
}

fn ago(hours: i64) -> String {
    at_site(now().plus(-hours * HOUR))
}

/// The events of an export box that is released, three hours ago, and has no instruction.
fn waiting(n: u32) -> Vec<Value> {
    let steps = [
        ("gate_in", ago(9)),
        ("arrival_report", ago(8)),
        ("stack", ago(8)),
        ("declare", ago(6)),
        ("release", ago(3)),
    ];
    let box_ = container(n);
    let of = |(node, at): &(&str, String)| {
        let mut event = event(&format!("{node}-{n}"), node, &box_, at, papers(n));
        if *node == "stack" {
            with(&mut event, json!({"slot": format!("G01{:02}01.1", 2 * n - 1)}));
        }
        event
    };
    steps.iter().map(of).collect()
}

/// Boxes 1 to `boxes` wait; another one has its instruction, so that a missing one says something; the vessel leaves in
/// eight hours, and so closes in two.
fn port(boxes: u32) -> Vec<Value> {
    let mut events: Vec<Value> = (1..=boxes).flat_map(waiting).collect();
    events.extend(waiting(90));
    events.push(event(
        "instructed",
        "loading_instruction",
        &container(90),
        &ago(3),
        papers(90),
    ));
    let mut leaves = event(
        "etd",
        "vessel_departure",
        "",
        &at_site(now().plus(8 * HOUR)),
        papers(1),
    );
    with(&mut leaves, json!({"classifier": "estimated"}));
    if let Some(leaves) = leaves.as_object_mut() {
        for field in ["container", "direction", "bill_of_lading", "declaration"] {
            leaves.remove(field);
        }
    }
    events.push(leaves);
    events
}

fn form(n: u32) -> Value {
    json!({
        "kind": "missing_instruction", "reason": "message_lost", "containers": [container(n)],
        "bill_of_lading": format!("BILL{n}")
    })
}

/// A desk with open access, where the body says who acts.
struct Open<'s>(&'s Client);

impl Open<'_> {
    #[track_caller]
    fn post(&self, path: &str, body: &Value) -> Answer {
        self.0.post(
            &format!("/api/v1/release-desk{path}"),
            &[],
            body.to_string().as_bytes(),
        )
    }

    #[track_caller]
    fn apply(&self, form: &Value) -> Vec<ApplicationItem> {
        let answer = self.post(
            "/applications",
            &json!({"form": form, "apply": true, "by": "acme"}),
        );
        let answer: ApplicationAnswer = answer.ok();
        assert_eq!(answer.errors, []);
        answer.items
    }

    #[track_caller]
    fn act(&self, id: &str, party: &str, action: &str, remark: &str) -> Application {
        let body = json!({"party": party, "by": party, "remark": remark});
        self.post(&format!("/applications/{id}/{action}"), &body).ok()
    }

    #[track_caller]
    fn one(&self, id: &str) -> Application {
        self.0
            .get(&format!("/api/v1/release-desk/applications/{id}"))
            .ok()
    }

    #[track_caller]
    fn approved(&self, n: u32) -> Application {
        let id = self.apply(&form(n))[0].id.clone();
        self.act(&id, "terminal", "agree", "");
        self.act(&id, "customs", "approve", "")
    }

    fn until_state(&self, id: &str, state: ApplicationState) -> Application {
        until("the state of the application", || {
            Some(self.one(id)).filter(|one| one.item.state == state)
        })
    }
}

fn missing(server: &Client, n: u32) -> Vec<Alarm> {
    let query = format!("kind=instruction_missing&q={}", container(n));
    let list: List<Alarm> = server.get(&format!("/api/v1/alarms?{query}")).ok();
    list.items
}

#[test]
fn an_application_goes_from_the_enterprise_to_a_confirmed_instruction_that_clears_the_alarm() {
    let server = Server::start();
    server.send(&port(2));
    let alarm = missing(&server, 1)
        .pop()
        .expect("an alarm rings before the vessel closes");
    assert_eq!((alarm.kind, alarm.active), (Kind::InstructionMissing, true));
    let desk = Open(&server);
    let filled: DeskFill = server
        .get(&format!("/api/v1/release-desk/fill?container={}", container(1)))
        .ok();
    assert_eq!(
        (filled.form.voyage.as_str(), filled.form.vessel_imo.as_str()),
        ("2018W", "9321483")
    );
    assert_eq!(
        (filled.form.district.as_str(), filled.form.loading_place.as_str()),
        ("0202", "CNTXG")
    );
    assert_eq!(filled.errors, []);
    let closing = filled.closing_at.expect("the vessel is expected to leave").at;
    assert!((closing.0 - now().0 - 2 * HOUR).abs() < 60_000, "{closing:?}");

    let mut stream = Stream::open(&server, "topics=release_desk");
    let item = desk.apply(&form(1)).remove(0);
    assert_eq!(
        (item.state, item.turn),
        (ApplicationState::Proofreading, Some(DeskParty::Terminal))
    );
    assert_eq!(item.closing_at.map(|at| at.at), Some(closing));
    let seen = desk.one(&item.id);
    assert_eq!(seen.alarm.as_deref(), Some(alarm.id.as_str()));
    for check in &seen.checks {
        assert_eq!(check.verdict, CheckVerdict::Agrees, "{check:?}");
    }
    let released = seen
        .checks
        .iter()
        .find(|check| check.field == "released")
        .expect("a check");
    assert_eq!(released.source.as_deref(), Some("tos-pacific"));
    assert!(released.at.is_some());

    desk.act(&item.id, "terminal", "agree", "");
    let asked = desk.act(&item.id, "customs", "ask", "which seal?");
    assert_eq!(
        asked.actions,
        [
            ApplicationAction::Attach,
            ApplicationAction::Answer,
            ApplicationAction::Withdraw
        ]
    );
    desk.act(&item.id, "enterprise", "answer", "seal 4711");
    let approved = desk.act(&item.id, "customs", "approve", "");
    assert!(!approved.item.by_rule);
    let list: List<Instruction> = server.get("/api/v1/release-desk/instructions?after=0").ok();
    let order = &list.items[0];
    assert_eq!(
        (order.state.as_str(), order.container.clone()),
        ("waiting", container(1))
    );
    let path = format!("/instructions/{}/confirm", order.id);
    let nobody = desk.post(&path, &json!({"by": "x".repeat(101)})).problem(400);
    assert_eq!(nobody.parameter.as_deref(), Some("by"));
    for _ in 0..2 {
        let confirmed: Instruction = desk.post(&path, &json!({"by": "tos"})).ok();
        assert_eq!(confirmed.state, "confirmed");
    }
    let after = order.sequence;
    let answered: List<Instruction> = server
        .get(&format!("/api/v1/release-desk/instructions?after={after}"))
        .ok();
    assert_eq!(answered.items.len(), 1);
    assert_eq!(answered.items[0].state, "confirmed");

    until("the alarm to clear", || {
        missing(&server, 1)
            .first()
            .filter(|alarm| !alarm.active)
            .map(drop)
    });
    assert!(missing(&server, 2)[0].active);
    assert_eq!(told_of(&server, 1), vec![order.id.clone()]);
    let steps: Vec<(String, DeskParty, ApplicationAction)> = desk
        .one(&item.id)
        .steps
        .into_iter()
        .map(|step| (step.by, step.party, step.action))
        .collect();
    assert_eq!(steps.len(), 7);
    assert_eq!(
        steps[6],
        ("tos".to_owned(), DeskParty::Terminal, ApplicationAction::Confirm)
    );
    let mut states = Vec::new();
    stream.until("the confirmation", |message| {
        assert!(
            ["application", "tick"].contains(&message.event.as_str()),
            "{message:?}"
        );
        let state = message.data["item"]["state"].as_str()?.to_owned();
        states.push(state.clone());
        (state == "confirmed").then_some(())
    });
    states.dedup();
    assert_eq!(
        states,
        [
            "draft",
            "proofreading",
            "reviewing",
            "asked",
            "reviewing",
            "approved",
            "confirmed"
        ]
    );
    // Its own instruction speaks neither for it nor against it.
    for check in &desk.one(&item.id).checks {
        assert_eq!(check.verdict, CheckVerdict::Agrees, "{check:?}");
        assert_ne!(check.source.as_deref(), Some("release-desk"), "{check:?}");
    }
    // Once it is confirmed, nothing happens to it any more.
    desk.post(
        &format!("/applications/{}/withdraw", item.id),
        &json!({"party": "enterprise"}),
    )
    .problem(409);
}

/// The ids of the desk's events in the trail of a box.
fn told_of(server: &Client, n: u32) -> Vec<String> {
    let trail = server
        .get(&format!("/api/v1/containers/{}", container(n)))
        .value();
    let stays = trail["stays"].as_array().into_iter().flatten();
    let nodes = stays.flat_map(|stay| stay["nodes"].as_array().into_iter().flatten());
    nodes
        .filter(|node| node["source"] == "release-desk")
        .map(|node| node["id"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn a_hurried_clerk_pastes_a_list_and_sees_what_is_wrong_beside_each_field() {
    let server = Server::start();
    let mut events = port(4);
    events.push(event(
        "i",
        "discharge",
        &container(50),
        &ago(5),
        json!({"direction": "import"}),
    ));
    events.push(event("l", "load", &container(3), &ago(1), papers(3)));
    server.send(&events);
    let desk = Open(&server);
    let bad = desk.post(
        "/applications",
        &json!({"form": {"containers": [], "vessel_imo": "9321484", "closing_at": null}, "apply": true}),
    );
    assert_eq!(bad.status, 422, "{}", bad.text());
    let bad: ApplicationAnswer = bad.json();
    let codes = |answer: &ApplicationAnswer| -> Vec<(String, Option<u64>, String)> {
        let errors = answer.errors.iter();
        errors
            .map(|e| (e.field.clone(), e.index, e.code.clone()))
            .collect()
    };
    let of = |field: &str, code: &str| (field.to_owned(), None, code.to_owned());
    assert_eq!(
        codes(&bad),
        [
            of("kind", "missing"),
            of("reason", "missing"),
            of("containers", "missing"),
            of("vessel_imo", "invalid")
        ]
    );
    // Box 1 and 2 are taken, each with what events say of it; the others stand there with their reasons.
    let numbers = [
        container(1),
        "CSQU3054384".into(),
        container(50),
        container(2),
        container(3),
        container(90),
    ];
    let list = json!({"kind": "missing_instruction", "reason": "message_lost", "containers": numbers});
    let some = desk.post(
        "/applications",
        &json!({"form": list, "apply": true, "by": "acme", "request": "r1"}),
    );
    assert_eq!(some.status, 207, "{}", some.text());
    let some: ApplicationAnswer = some.json();
    assert_eq!(some.items.len(), 2);
    assert_eq!(some.items[1].bill_of_lading, "BILL2");
    let at = |index: u64, code: &str| ("containers".to_owned(), Some(index), code.to_owned());
    assert_eq!(
        codes(&some)
            .into_iter()
            .filter(|(_, index, _)| index.is_some())
            .collect::<Vec<_>>(),
        [
            at(1, "check_digit"),
            at(2, "not_export"),
            at(4, "already_loaded"),
            at(5, "already_instructed")
        ]
    );
    // The same request again makes nothing new, and another one for the same box is refused.
    let again: ApplicationAnswer = desk
        .post(
            "/applications",
            &json!({"form": list, "apply": true, "by": "acme", "request": "r1"}),
        )
        .ok();
    assert_eq!(again.items.len(), 2);
    let second = desk.post(
        "/applications",
        &json!({"form": form(1), "apply": true, "by": "bolt"}),
    );
    assert_eq!(second.status, 422);
    let second: ApplicationAnswer = second.json();
    assert_eq!(codes(&second), [at(0, "already_applied")]);

    // What was handed in is not deleted, and it is said what can be done instead.
    let applied = format!("/api/v1/release-desk/applications/{}", some.items[0].id);
    let kept = server.call("DELETE", &applied, &[], b"").unwrap().problem(409);
    assert_eq!(
        kept.detail,
        "only a draft can be deleted, and this application is `proofreading`; `withdraw` it"
    );
    let nobody = server.post(
        &format!("/api/v1/release-desk/files?by={}", "x".repeat(101)),
        &[],
        PDF,
    );
    assert_eq!(nobody.problem(400).parameter.as_deref(), Some("by"));

    // A draft of several boxes that is handed in by its button is handed in whole, or not at all.
    let mut both = form(4);
    with(
        &mut both,
        json!({"containers": [container(4), "CSQU3054384"], "bill_of_lading": ""}),
    );
    let saved: ApplicationAnswer = desk
        .post("/applications", &json!({"form": both, "by": "acme"}))
        .ok();
    let draft = saved.items[0].id.clone();
    let apply = || {
        desk.post(
            &format!("/applications/{draft}/apply"),
            &json!({"party": "enterprise", "by": "acme"}),
        )
    };
    assert_eq!(apply().problem(400).parameter.as_deref(), Some("containers"));
    let of_box: List<ApplicationItem> = server
        .get(&format!(
            "/api/v1/release-desk/applications?container={}",
            container(4)
        ))
        .ok();
    assert_eq!(of_box.items.len(), 1);
    assert_eq!(
        (of_box.items[0].id.as_str(), of_box.items[0].state),
        (draft.as_str(), ApplicationState::Draft)
    );
    assert_eq!(desk.one(&draft).form.containers.len(), 2);

    // A draft is kept as it is, changed, and deleted or handed in.
    let kept: ApplicationAnswer = desk
        .post(
            "/applications",
            &json!({"form": {"containers": [], "remark": "later"}, "by": "acme"}),
        )
        .ok();
    let draft = &kept.items[0];
    assert_eq!(draft.state, ApplicationState::Draft);
    let path = format!("/api/v1/release-desk/applications/{}", draft.id);
    let put = |body: Value| {
        server
            .call("PUT", &path, &[], body.to_string().as_bytes())
            .unwrap()
    };
    let stale = put(json!({"form": {"remark": "x"}, "by": "acme", "if_version": 7}));
    stale.problem(409);
    assert_eq!(stale.value()["application"]["id"], draft.id);
    put(json!({"form": {"containers": [container(1)]}, "by": "acme", "if_version": 1})).ok::<Value>();
    assert_eq!(server.call("DELETE", &path, &[], b"").unwrap().status, 204);
    server.get(&path).problem(404);
}

#[test]
fn every_outcome_has_its_end_and_what_has_ended_stays_so() {
    let server = Server::configured("[release_desk]\nanswer_within = \"2s\"\n");
    server.send(&port(6));
    let desk = Open(&server);
    let id = |n: u32| desk.apply(&form(n))[0].id.clone();

    let refused = id(1);
    desk.act(&refused, "terminal", "agree", "");
    let no_reason = desk.post(
        &format!("/applications/{refused}/refuse"),
        &json!({"party": "customs"}),
    );
    assert_eq!(no_reason.problem(400).parameter.as_deref(), Some("remark"));
    assert_eq!(
        desk.act(&refused, "customs", "refuse", "goods are held")
            .item
            .state,
        ApplicationState::Refused
    );

    let withdrawn = id(2);
    assert_eq!(
        desk.act(&withdrawn, "enterprise", "withdraw", "").item.state,
        ApplicationState::Withdrawn
    );
    // Ended ones keep no box from another application.
    let corrected = id(2);
    let corrections = json!({
        "party": "terminal", "by": "wang", "remark": "other voyage", "corrections": [["voyage", "2020W"]]
    });
    let with_correction: Application = desk
        .post(&format!("/applications/{corrected}/correct"), &corrections)
        .ok();
    assert_eq!(with_correction.form.voyage, "2020W");
    assert_eq!(
        with_correction.steps.last().map(|step| step.corrections.clone()),
        Some(vec![(
            "voyage".to_owned(),
            "2018W".to_owned(),
            "2020W".to_owned()
        )])
    );
    let voyage = with_correction
        .checks
        .iter()
        .find(|check| check.field == "voyage")
        .expect("a check");
    assert_eq!(voyage.verdict, CheckVerdict::Differs);

    // Sent back, handed in again, sent back, and then nobody acts.
    let late = id(3);
    desk.act(&late, "terminal", "return", "no such bill");
    desk.act(&late, "enterprise", "apply", "");
    let returned = desk.act(&late, "terminal", "return", "still not");
    assert!(returned.item.times_out_at.is_some());
    desk.until_state(&late, ApplicationState::TimedOut);

    // The terminal can't act on the first instruction, and does on the second.
    let rejected = desk.approved(4);
    let order = rejected.instruction.expect("an instruction").id;
    let answer = json!({"by": "tos", "remark": "no such box"});
    desk.post(&format!("/instructions/{order}/reject"), &answer)
        .ok::<Value>();
    // Another one comes between the two.
    let settled = desk.approved(5);
    let again = desk.act(&rejected.item.id, "customs", "approve", "");
    let second = again.instruction.expect("an instruction").id;
    assert_ne!(order, second);
    desk.post(&format!("/instructions/{order}/confirm"), &json!({}))
        .problem(409);
    desk.post(&format!("/instructions/{second}/confirm"), &json!({}))
        .ok::<Value>();

    // Whoever reads them one by one misses none.
    let (mut read, mut after) = (Vec::new(), 0);
    loop {
        let path = format!("/api/v1/release-desk/instructions?after={after}&limit=1");
        let page: List<Instruction> = server.get(&path).ok();
        let Some(next) = page.items.into_iter().next() else {
            break;
        };
        after = next.sequence;
        read.push(next.id);
    }
    let between = settled.instruction.expect("an instruction").id;
    assert_eq!(read, [order, between, second]);

    server.send(&[event(
        "late",
        "loading_instruction",
        &container(5),
        &ago(0),
        papers(5),
    )]);
    let settled = desk.until_state(&settled.item.id, ApplicationState::Settled);
    assert_eq!(
        settled.instruction.map(|order| order.state).as_deref(),
        Some("cancelled")
    );
    assert_eq!(
        settled.steps.last().map(|step| step.party),
        Some(DeskParty::System)
    );

    let sailed = id(6);
    let mut left = event("atd", "vessel_departure", "", &ago(0), papers(1));
    if let Some(left) = left.as_object_mut() {
        for field in ["container", "direction", "bill_of_lading", "declaration"] {
            left.remove(field);
        }
    }
    server.send(&[left]);
    desk.until_state(&sailed, ApplicationState::Sailed);
    for (party, action) in [
        ("enterprise", "withdraw"),
        ("terminal", "agree"),
        ("customs", "approve"),
    ] {
        let refused = desk.post(
            &format!("/applications/{sailed}/{action}"),
            &json!({"party": party}),
        );
        assert_eq!(refused.problem(409).status, 409);
        assert_eq!(refused.value()["application"]["state"], "sailed");
    }

    let listed = |figures: &DeskFigures| {
        let mut listed = Vec::new();
        for row in &figures.rows {
            let list: List<ApplicationItem> = server.get(&row.href).ok();
            assert_eq!(list.items.len() as u64, row.applications, "{}", row.href);
            listed.extend(list.items.into_iter().map(|item| (item.id, item.state)));
        }
        listed.sort();
        listed
    };
    let figures: DeskFigures = server.get("/api/v1/figures/release-desk?group=state").ok();
    let mut expected = vec![
        (refused, ApplicationState::Refused),
        (withdrawn, ApplicationState::Withdrawn),
        (corrected, ApplicationState::Reviewing),
        (late, ApplicationState::TimedOut),
        (rejected.item.id, ApplicationState::Confirmed),
        (settled.item.id, ApplicationState::Settled),
        (sailed, ApplicationState::Sailed),
    ];
    expected.sort();
    assert_eq!(listed(&figures), expected);
    // By hours between two moments: the same ones, in the hours in which they were handed in.
    let at = |hours: i64| ago(-hours).replace('+', "%2B");
    let hours: DeskFigures = server
        .get(&format!(
            "/api/v1/figures/release-desk?bucket=hour&from={}&to={}",
            at(-1),
            at(1)
        ))
        .ok();
    assert!((1..=2).contains(&hours.rows.len()), "{:?}", hours.rows);
    assert_eq!(listed(&hours), expected);
    // Before that there is none, and who waits now waits all the same.
    let before: DeskFigures = server
        .get(&format!(
            "/api/v1/figures/release-desk?group=state&from={}&to={}",
            at(-2),
            at(-1)
        ))
        .ok();
    assert_eq!(listed(&before), []);
    assert_eq!(before.waiting.len(), 1);
    let all: DeskFigures = server.get("/api/v1/figures/release-desk").ok();
    let row = &all.rows[0];
    assert_eq!(
        (row.applications, row.with_closing, row.before_closing, row.saved),
        (7, 1, 1, 0)
    );
    assert!(row.mean_seconds.is_some() && !row.steps.is_empty());
    let by_day: DeskFigures = server
        .get("/api/v1/figures/release-desk?bucket=day&group=kind,reason")
        .ok();
    let list: List<ApplicationItem> = server.get(&by_day.rows[0].href).ok();
    assert_eq!(list.items.len() as u64, by_day.rows[0].applications);
}

#[test]
fn each_role_sees_its_own_queue_and_nobody_elses_applications() {
    let (server, admin) = server_with_accounts("");
    let (_, key) = admin
        .make_key(&json!({"name": "tos", "role": "sender", "sources": ["tos-pacific"], "sites": [SITE]}));
    let sender = Somebody::with_key(&server, &key);
    assert_eq!(
        sender.call("POST", "/feeds/events", &Value::from(port(2))).status,
        200
    );
    let (_, acme) = admin.make_account("acme", "enterprise", &Value::Null);
    let (_, bolt) = admin.make_account("bolt", "enterprise", &Value::Null);
    let (_, terminal) = admin.make_account("tpct", "terminal", &json!([SITE]));
    let (_, officer) = admin.make_account("zhao", "officer", &Value::Null);
    let (_, viewer) = admin.make_account("li", "viewer", &Value::Null);
    let proof = (bolt.proof.0.as_str(), bolt.proof.1.as_str());
    let mut of_bolt = Stream::try_open_as(&server, "", proof).expect("an enterprise follows its own");
    let proof = (acme.proof.0.as_str(), acme.proof.1.as_str());
    let mut of_acme = Stream::try_open_as(&server, "topics=release_desk", proof).expect("so does another");

    // A number is painted on a door; its papers are not.
    let fill = format!("/release-desk/fill?container={}", container(1));
    let stranger: DeskFill = bolt.get(&fill).ok();
    assert_eq!(
        (stranger.form.voyage.as_str(), stranger.form.declaration.as_str()),
        ("2018W", "")
    );
    assert!(!bolt.get(&fill).text().contains("BILL1"));
    let owner: DeskFill = acme.get(&format!("{fill}&bill_of_lading=bill1")).ok();
    assert_eq!(owner.form.declaration, "020220220000000001");

    acme.call(
        "POST",
        "/release-desk/applications",
        &json!({"form": form(1), "by": "acme"}),
    )
    .problem(400);
    let draft: ApplicationAnswer = acme
        .call("POST", "/release-desk/applications", &json!({"form": form(1)}))
        .ok();
    let id = draft.items[0].id.clone();
    let path = format!("/release-desk/applications/{id}");
    let count = |who: &Somebody, query: &str| {
        let list: List<ApplicationItem> = who.get(&format!("/release-desk/applications?{query}")).ok();
        list.items.len()
    };
    for other in [&bolt, &terminal, &officer, &admin] {
        other.get(&path).problem(404);
        assert_eq!(count(other, ""), 0);
    }
    for (who, what) in [(&bolt, "withdraw"), (&terminal, "agree"), (&officer, "approve")] {
        who.call("POST", &format!("{path}/{what}"), &Value::Null)
            .problem(404);
    }
    for nobody in [&viewer, &sender] {
        nobody.get(&path).problem(403);
        nobody.get("/release-desk/applications").problem(403);
    }

    let sent = acme
        .call_with(
            "POST",
            "/release-desk/files?name=../%E8%BF%90%E6%8A%B5.pdf",
            &[],
            PDF,
        )
        .value();
    assert_eq!(
        (&sent["name"], &sent["media_type"]),
        (&json!("运抵.pdf"), &json!("application/pdf"))
    );
    let file = sent["id"].as_str().unwrap_or_default().to_owned();
    acme.call_with(
        "POST",
        "/release-desk/files?name=a.pdf",
        &[],
        b"<svg onload=alert(1)>",
    )
    .problem(415);
    let large = vec![0; (10 << 20) + 1];
    acme.call_with(
        "POST",
        "/release-desk/files?name=a.pdf",
        &[("connection", "close")],
        &large,
    )
    .problem(413);
    // A file that is not one's own can't be taken along.
    bolt.call(
        "POST",
        "/release-desk/applications",
        &json!({"form": {}, "files": [file]}),
    )
    .problem(400);
    let with_file = acme.call("POST", &format!("{path}/files"), &json!({"files": [file]}));
    assert_eq!(with_file.ok::<Application>().files[0].size, PDF.len() as u64);
    acme.call("POST", &format!("{path}/apply"), &Value::Null)
        .ok::<Application>();

    assert_eq!((count(&acme, "queue=mine"), count(&bolt, "queue=mine")), (1, 0));
    assert_eq!(
        (
            count(&terminal, "queue=terminal"),
            count(&officer, "queue=customs")
        ),
        (1, 0)
    );
    for (who, status) in [
        (&acme, 200),
        (&terminal, 200),
        (&officer, 200),
        (&bolt, 404),
        (&viewer, 403),
    ] {
        let answer = who.get(&format!("/release-desk/files/{file}"));
        assert_eq!(answer.status, status, "{}", answer.text());
        if status == 200 {
            assert_eq!(answer.body, PDF);
            let field = |name: &str| answer.field(name).unwrap_or_default().to_owned();
            assert_eq!(field("x-content-type-options"), "nosniff");
            assert!(field("content-security-policy").starts_with("sandbox"));
            assert!(field("content-disposition").starts_with("attachment; filename*=UTF-8''%E8"));
        }
    }
    // Nobody does another party's part.
    officer
        .call("POST", &format!("{path}/agree"), &Value::Null)
        .problem(409);
    terminal
        .call("POST", &format!("{path}/approve"), &Value::Null)
        .problem(409);
    let as_customs = json!({"party": "customs"});
    let named = terminal
        .call("POST", &format!("{path}/agree"), &as_customs)
        .problem(400);
    assert_eq!(named.parameter.as_deref(), Some("party"));
    terminal
        .call("POST", &format!("{path}/agree"), &json!({"if_version": 1}))
        .problem(409);
    terminal
        .call("POST", &format!("{path}/agree"), &Value::Null)
        .ok::<Application>();
    officer
        .call("POST", &format!("{path}/approve"), &Value::Null)
        .ok::<Application>();
    // The terminal's own system waits for it with its key.
    let list: List<Instruction> = sender.get("/release-desk/instructions?after=0&wait=5").ok();
    let order = list.items[0].id.clone();
    acme.get("/release-desk/instructions").problem(403);
    sender
        .call(
            "POST",
            &format!("/release-desk/instructions/{order}/confirm"),
            &Value::Null,
        )
        .ok::<Instruction>();
    // It sees its instructions, and nothing else of an application, also when it errs.
    let late = sender.call(
        "POST",
        &format!("/release-desk/instructions/{order}/reject"),
        &json!({"remark": "no such box"}),
    );
    late.problem(409);
    assert!(late.value()["application"].is_null(), "{}", late.text());
    assert!(!late.text().contains("acme"), "{}", late.text());

    let confirmed = of_acme.until("the confirmation", |message| {
        (message.data["item"]["state"] == "confirmed").then(|| message.data["by"].clone())
    });
    assert_eq!(confirmed, "tos");
    let later = bolt.call(
        "POST",
        "/release-desk/applications",
        &json!({"form": {"remark": "mine"}}),
    );
    let own: ApplicationAnswer = later.ok();
    let first = of_bolt.until("an application", |message| {
        (message.event == "application").then(|| message.data["item"]["id"].clone())
    });
    assert_eq!(first, own.items[0].id);
    let figures = viewer.get("/figures/release-desk");
    assert!(!figures.text().contains("acme") && figures.text().contains("\"applications\":1"));
    acme.get("/figures/release-desk").problem(403);
    let audit: Value = admin.get("/audit?action=desk_action").ok();
    let done: Vec<&str> = audit["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|e| e["detail"].as_str())
        .collect();
    for deed in ["save", "attach", "apply", "agree", "approve", "confirm"] {
        assert!(done.contains(&deed), "{deed} is not in {done:?}");
    }
}

/// A terminal's system, which answers one after the other as it is told. What it was sent comes out of the channel.
fn terminal(answers: Vec<(u16, &'static str)>) -> (String, Receiver<(Vec<String>, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    let (sender, sent) = channel();
    std::thread::spawn(move || {
        for (status, body) in answers {
            let Ok((stream, _)) = listener.accept() else {
                return;
            };
            let mut reader = BufReader::new(stream);
            let (mut head, mut length) = (Vec::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let line = line.trim_end().to_ascii_lowercase();
                if line.is_empty() {
                    break;
                }
                if let Some(declared) = line.strip_prefix("content-length: ") {
                    length = declared.parse().unwrap();
                }
                head.push(line);
            }
            let mut content = vec![0; length];
            reader.read_exact(&mut content).unwrap();
            let answer = format!(
                "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\nLocation: http://127.0.0.1:9/\r\n\r\n{body}",
                body.len()
            );
            reader.get_mut().write_all(answer.as_bytes()).unwrap();
            let _ = sender.send((head, String::from_utf8(content).unwrap()));
        }
    });
    (address, sent)
}

#[test]
fn an_instruction_goes_out_signed_until_the_terminal_takes_it_also_over_a_restart() {
    const SECRET: &str = "a secret of more than 24 bytes";
    let (url, sent) = terminal(vec![
        (500, ""),
        (302, ""),
        (503, "no"),
        (200, r#"{"confirmed":true}"#),
    ]);
    let mut server = Server::configured_by(|_, folder| {
        std::fs::write(folder.join("secret"), format!("{SECRET}\n")).unwrap();
        format!("[[release_desk.webhook]]\nsite = \"{SITE}\"\nurl = \"{url}\"\nsecret_file = \"secret\"\n")
    });
    server.send(&port(1));
    let approved = Open(&server).approved(1);
    let first = sent.recv_timeout(Duration::from_secs(60)).unwrap();
    let second = sent.recv_timeout(Duration::from_secs(60)).unwrap();
    server.kill();
    server.start_again();
    let third = sent.recv_timeout(Duration::from_secs(60)).unwrap();
    let fourth = sent.recv_timeout(Duration::from_secs(60)).unwrap();
    let order = approved.instruction.unwrap().id;
    for (head, body) in [&first, &second, &third, &fourth] {
        let field = |name: &str| {
            let found = head
                .iter()
                .find_map(|line| line.strip_prefix(&format!("{name}: ")));
            found.unwrap_or_default().to_owned()
        };
        assert_eq!(field("quaylight-id"), order.to_ascii_lowercase());
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(format!("{order}.{}.{body}", field("quaylight-timestamp")).as_bytes());
        let sum: String = mac
            .finalize()
            .into_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(field("quaylight-signature"), format!("v1={sum}"));
        let sent: Instruction = serde_json::from_str(body).unwrap();
        assert_eq!((sent.id, sent.container), (order.clone(), container(1)));
    }
    let confirmed = Open(&server).until_state(&approved.item.id, ApplicationState::Confirmed);
    let instruction = confirmed.instruction.unwrap();
    assert_eq!(instruction.state, "confirmed");
    assert!(instruction.attempts >= 3, "{instruction:?}");
    assert_eq!(
        confirmed.steps.last().map(|step| step.by.as_str()),
        Some("webhook")
    );
    until("the event", || (told_of(&server, 1).len() == 1).then_some(()));
}

#[test]
fn a_confirmed_instruction_is_told_exactly_once_whenever_the_server_dies() {
    let mut server = Server::start();
    server.send(&port(1));
    let approved = Open(&server).approved(1);
    let order = approved.instruction.unwrap().id;
    Open(&server)
        .post(&format!("/instructions/{order}/confirm"), &json!({}))
        .ok::<Value>();
    until("the event", || {
        (told_of(&server, 1) == vec![order.clone()]).then_some(())
    });
    let told = || {
        (
            told_of(&server, 1),
            Open(&server).one(&approved.item.id).item.state,
        )
    };
    assert_eq!(told(), (vec![order.clone()], ApplicationState::Confirmed));
    let data = server.folder().join("data");
    let cut = |file: &str, from: &str| {
        let journal = rusqlite::Connection::open(data.join(file)).unwrap();
        let sql = format!(
            "DELETE FROM journal WHERE sequence >= (SELECT min(sequence) FROM journal WHERE body LIKE '{from}')"
        );
        assert!(journal.execute(&sql, []).unwrap() > 0);
    };
    let noted = || {
        let journal = rusqlite::Connection::open(data.join("desk.db")).unwrap();
        let lines = "SELECT count(*) FROM journal WHERE body LIKE '%\"told\"%'";
        let count: i64 = journal.query_row(lines, [], |row| row.get(0)).unwrap();
        (count == 1).then_some(())
    };
    until("the note that the engine has the event", noted);
    // As if it had died before it noted that the engine has the event …
    server.kill();
    cut("desk.db", "%\"told\"%");
    server.start_again();
    until("the event", || {
        (told_of(&server, 1) == vec![order.clone()]).then_some(())
    });
    // … and as if the engine had not got it either.
    until("the note that the engine has the event", noted);
    server.kill();
    cut("desk.db", "%\"told\"%");
    cut("journal.db", "%release-desk%");
    server.start_again();
    until("the event", || {
        (told_of(&server, 1) == vec![order.clone()]).then_some(())
    });
    // Loaded on its vessel in time, it counts as saved. A server that starts looks for that at once.
    server.send(&[event("load", "load", &container(1), &ago(0), papers(1))]);
    server.kill();
    server.start_again();
    let row = until("the box to count as saved", || {
        let figures: DeskFigures = server.get("/api/v1/figures/release-desk").ok();
        assert_eq!(
            figures.rows[0].saved_fen,
            figures.rows[0].saved * figures.saved_fen_each
        );
        figures.rows.into_iter().next().filter(|row| row.saved == 1)
    });
    assert_eq!((row.applications, row.before_closing), (1, 1));
    let saved: List<ApplicationItem> = server.get("/api/v1/release-desk/applications?saved=true").ok();
    assert_eq!(saved.items[0].id, approved.item.id);
    // No feed speaks for the desk.
    let forged = event(
        "x",
        "loading_instruction",
        &container(1),
        &ago(0),
        json!({"source": "release-desk"}),
    );
    let (status, answer) = server.feed("events", json!([forged]).to_string());
    assert_eq!((status, answer.accepted), (422, 0));
}

#[test]
fn a_rule_approves_by_itself_where_everything_agrees_and_is_marked() {
    let server = Server::configured("[release_desk]\napprove_when_agreed = true\n");
    server.send(&port(2));
    let desk = Open(&server);
    let agreed = desk.apply(&form(1))[0].id.clone();
    let approved = desk.act(&agreed, "terminal", "agree", "");
    assert_eq!(
        (approved.item.state, approved.item.by_rule),
        (ApplicationState::Approved, true)
    );
    let last = approved.steps.last().unwrap();
    assert_eq!(
        (last.by.as_str(), last.party),
        ("approve_when_agreed", DeskParty::System)
    );
    assert!(approved.instruction.is_some_and(|order| order.by_rule));
    // One check that differs is for people.
    let mut other = form(2);
    with(
        &mut other,
        json!({"voyage": "9999E", "vessel_name": "SOMETHING ELSE"}),
    );
    let differs = desk.apply(&other)[0].id.clone();
    let reviewing = desk.act(&differs, "terminal", "agree", "");
    assert_eq!(
        (reviewing.item.state, reviewing.item.by_rule),
        (ApplicationState::Reviewing, false)
    );
    assert!(reviewing.item.differs >= 2, "{:?}", reviewing.checks);
    let figures: DeskFigures = server.get("/api/v1/figures/release-desk").ok();
    assert_eq!(figures.rows[0].by_rule, 1);
    assert_eq!(figures.waiting.len(), 2);
}
