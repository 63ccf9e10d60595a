//! What the feed of native events takes, what it refuses, and what it says.

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use shared::event::Node;
use shared::time::{DAY, HOUR, LocalTime};
use shared::wire::feeds::{FeedAnswer, FlagCode, ProblemCode};
use std::io::Write as _;
use tests::messages::{at_site, container, event, now, with};
use tests::program::Server;

const AT: &str = "2022-02-23T13:14:15+08:00";

fn stack(id: &str, container: &str) -> Value {
    event(
        id,
        "stack",
        container,
        AT,
        json!({"slot": "G120101.1", "size_type": "22G1"}),
    )
}

fn codes(answer: &FeedAnswer) -> Vec<ProblemCode> {
    answer.problems.iter().map(|problem| problem.code).collect()
}

fn flags(answer: &FeedAnswer) -> Vec<FlagCode> {
    answer.flags.iter().map(|flag| flag.code).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// Sends one event that is refused, and answers with what.
#[track_caller]
fn refused(server: &Server, event: Value) -> (ProblemCode, String, String) {
    let (status, mut answer) = server.feed("events", json!([event]).to_string());
    assert_eq!(
        (status, answer.accepted, answer.problems.len()),
        (422, 0, 1),
        "{answer:?}"
    );
    let problem = answer.problems.remove(0);
    assert_eq!(problem.index, Some(0), "{problem:?}");
    (problem.code, problem.pointer.unwrap(), problem.message)
}

/// Sends one event that is taken, and answers its flags.
#[track_caller]
fn flagged(server: &Server, event: Value) -> Vec<(FlagCode, Option<String>)> {
    let answer = server.send(&[event]);
    assert_eq!(answer.accepted, 1, "{answer:?}");
    answer
        .flags
        .into_iter()
        .map(|flag| (flag.code, flag.pointer))
        .collect()
}

#[test]
fn an_array_and_lines_are_both_taken_and_the_answer_names_the_change() {
    let server = Server::start();
    let array = server.send(&[stack("1", &container(1)), stack("2", &container(2))]);
    assert_eq!((array.accepted, array.duplicate, array.replaced), (2, 0, 0));
    assert!(array.problems.is_empty() && array.flags.is_empty(), "{array:?}");
    let lines = format!("{}\n\n{}\n", stack("3", &container(3)), stack("4", &container(4)));
    let (status, lines) = server.feed("events", lines);
    assert_eq!(
        (status, lines.accepted, lines.epoch == array.epoch),
        (200, 2, true)
    );
    assert!(lines.sequence > array.sequence);
    let (status, none) = server.feed("events", "[]");
    assert_eq!((status, none.accepted, none.sequence), (200, 0, lines.sequence));
}

#[test]
fn what_can_be_taken_is_taken_beside_what_cannot() {
    let server = Server::start();
    let mut wrong = stack("2", &container(2));
    with(&mut wrong, json!({"at": "soon"}));
    let body = json!([stack("1", &container(1)), wrong, stack("3", &container(3))]).to_string();
    let (status, answer) = server.feed("events", &body);
    assert_eq!((status, answer.accepted), (207, 2));
    let [problem] = answer.problems.as_slice() else {
        panic!("{answer:?}")
    };
    assert_eq!((problem.code, problem.index), (ProblemCode::Time, Some(1)));
    assert_eq!(problem.pointer.as_deref(), Some("/1/at"));
    assert!(body[problem.offset.unwrap() as usize..].starts_with('{'));
    assert_eq!(
        server.get(&format!("/api/v1/containers/{}", container(2))).status,
        404
    );
    assert_eq!(server.container(&container(3)).stays.len(), 1);
}

#[test]
fn the_same_again_is_a_duplicate_a_later_version_replaces_and_an_older_one_is_kept() {
    let server = Server::start();
    let number = container(1);
    let version = |updated_at: Value, at: &str| {
        event(
            "1",
            "stack",
            &number,
            at,
            json!({"updated_at": updated_at, "size_type": "22G1"}),
        )
    };
    let counts = |event: Value| {
        let answer = server.send(&[event]);
        (answer.accepted, answer.duplicate, answer.replaced)
    };
    let first = version(json!("2022-02-23T14:00:00+08:00"), AT);
    assert_eq!(counts(first.clone()), (1, 0, 0));
    assert_eq!(counts(first), (0, 1, 0));
    assert_eq!(
        counts(version(
            json!("2022-02-23T16:00:00+08:00"),
            "2022-02-23T13:30:00+08:00"
        )),
        (0, 0, 1)
    );
    assert_eq!(
        counts(version(
            json!("2022-02-23T15:00:00+08:00"),
            "2022-02-23T13:20:00+08:00"
        )),
        (0, 1, 0)
    );
    let stay = server.container(&number).stays.remove(0);
    let [node] = stay.nodes.as_slice() else {
        panic!("{stay:?}")
    };
    assert_eq!(node.at.to_string(), "2022-02-23T13:30:00+08:00");
    let versions: Vec<_> = node
        .versions
        .iter()
        .map(|version| (version.at.unwrap().to_string(), version.holds))
        .collect();
    let expected = [("13:14:15", false), ("13:20:00", false), ("13:30:00", true)];
    assert_eq!(
        versions,
        expected.map(|(at, holds)| (format!("2022-02-23T{at}+08:00"), holds))
    );
}

#[test]
fn the_same_event_twice_in_one_body_is_one_event() {
    let server = Server::start();
    let answer = server.send(&[stack("1", &container(1)), stack("1", &container(1))]);
    assert_eq!((answer.accepted, answer.duplicate), (1, 1));
    assert_eq!(server.container(&container(1)).stays[0].nodes.len(), 1);
}

#[test]
fn the_same_events_from_many_sides_at_once_are_there_once() {
    let server = Server::start();
    let events: Vec<Value> = (0..200).map(|n| stack(&n.to_string(), &container(n))).collect();
    let body = Value::from(events).to_string();
    let (server, body) = (&server, &body);
    let answers: Vec<FeedAnswer> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..6)
            .map(|_| scope.spawn(move || server.feed("events", body).1))
            .collect();
        senders.into_iter().map(|sender| sender.join().unwrap()).collect()
    });
    let sum = |count: fn(&FeedAnswer) -> u64| answers.iter().map(count).sum::<u64>();
    assert_eq!(
        (sum(|answer| answer.accepted), sum(|answer| answer.duplicate)),
        (200, 1_000)
    );
    assert_eq!(sum(|answer| answer.replaced), 0);
    for n in 0..200 {
        let stays = server.container(&container(n)).stays;
        assert_eq!(
            (
                stays.len(),
                stays[0].nodes.len(),
                stays[0].nodes[0].versions.len()
            ),
            (1, 1, 1),
            "{n}"
        );
    }
}

#[test]
fn of_two_versions_with_the_same_update_time_the_same_one_holds_in_either_order() {
    let server = Server::start();
    let version = |number: &str, at: &str| {
        event(
            "1",
            "stack",
            number,
            at,
            json!({"updated_at": "2022-02-23T15:00:00Z"}),
        )
    };
    let mut held = Vec::new();
    for (n, times) in [(1, ["13:00", "14:00"]), (2, ["14:00", "13:00"])] {
        let server = if n == 1 { &server } else { &Server::start() };
        let number = container(7);
        let [first, second] = times.map(|time| version(&number, &format!("2022-02-23T{time}:00+08:00")));
        assert!(
            server
                .send(&[first])
                .flags
                .iter()
                .all(|flag| flag.code != FlagCode::Conflict)
        );
        let answer = server.send(&[second]);
        assert_eq!(
            (answer.accepted, flags(&answer).contains(&FlagCode::Conflict)),
            (0, true),
            "{answer:?}"
        );
        let stay = server.container(&number).stays.remove(0);
        assert!(
            stay.flags.contains(&shared::stay::StayFlag::Conflict),
            "{:?}",
            stay.flags
        );
        held.push(stay.nodes[0].at);
    }
    assert_eq!(held[0], held[1]);
}

#[test]
fn a_retraction_may_come_before_the_event_that_it_voids() {
    let server = Server::start();
    let void = |id: &str| json!({"id": id, "source": "tos-pacific", "retracted": true, "updated_at": "2022-02-24T00:00:00Z"});
    server.send(&[void("1")]);
    server.send(&[stack("1", &container(1)), stack("2", &container(1))]);
    let nodes = |server: &Server| {
        server
            .container(&container(1))
            .stays
            .iter()
            .map(|stay| stay.nodes.len())
            .sum::<usize>()
    };
    assert_eq!(nodes(&server), 1);
    let answer = server.send(&[void("2")]);
    assert_eq!(answer.replaced, 1);
    assert_eq!(nodes(&server), 0);
}

#[test]
fn the_content_type_is_a_hint_and_never_a_refusal() {
    let server = Server::start();
    for (n, kind) in [
        "text/plain",
        "application/xml",
        "application/json; charset=latin1",
        "nonsense",
    ]
    .into_iter()
    .enumerate()
    {
        let body = json!([stack(kind, &container(n as u32))]).to_string();
        let answer = server.post("/api/v1/feeds/events", &[("content-type", kind)], body.as_bytes());
        assert_eq!(answer.ok::<FeedAnswer>().accepted, 1, "{kind}");
    }
}

#[test]
fn a_packed_body_is_taken() {
    let server = Server::start();
    let packed = gzip(json!([stack("1", &container(1))]).to_string().as_bytes());
    let answer = server.post("/api/v1/feeds/events", &[("content-encoding", "gzip")], &packed);
    assert_eq!(answer.ok::<FeedAnswer>().accepted, 1);
}

#[test]
fn a_packed_body_that_breaks_off_gives_what_was_whole_and_one_problem() {
    let server = Server::start();
    let events: Vec<Value> = (0..2_000).map(|n| stack(&n.to_string(), &container(n))).collect();
    let packed = gzip(Value::from(events).to_string().as_bytes());
    let answer = server.post(
        "/api/v1/feeds/events",
        &[("content-encoding", "gzip")],
        &packed[..packed.len() / 2],
    );
    assert_eq!(answer.status, 207, "{}", answer.text());
    let answer: FeedAnswer = answer.json();
    assert!(answer.accepted > 100, "{}", answer.accepted);
    assert_eq!(codes(&answer), [ProblemCode::Truncated]);
}

#[test]
fn more_than_32_mib_is_refused_plain_and_packed() {
    let server = Server::start();
    let large = vec![b' '; (32 << 20) + 1];
    let plain = server
        .post_stubbornly("/api/v1/feeds/events", &[], &large)
        .unwrap();
    assert!(plain.problem(413).detail.contains("32 MiB"));
    let bomb = gzip(&vec![b' '; 1 << 30]);
    assert!(bomb.len() < 8 << 20);
    let packed = server.post("/api/v1/feeds/events", &[("content-encoding", "gzip")], &bomb);
    packed.problem(413);
    // As much as is allowed is read.
    let mut most = json!([stack("1", &container(1))]).to_string().into_bytes();
    most.resize(32 << 20, b' ');
    let (status, answer) = server.feed("events", most);
    assert_eq!((status, answer.accepted), (200, 1));
}

#[test]
fn another_encoding_is_refused_and_says_which_are_taken() {
    let server = Server::start();
    for encoding in ["br", "deflate", "zstd"] {
        let answer = server.post("/api/v1/feeds/events", &[("content-encoding", encoding)], b"[]");
        let problem = answer.problem(415);
        assert!(
            problem.detail.contains(encoding) && problem.detail.contains("gzip"),
            "{problem:?}"
        );
    }
    server
        .post("/api/v1/feeds/events", &[("content-encoding", "gzip")], b"[]")
        .problem(400);
}

#[test]
fn a_truncated_array_gives_its_whole_events_and_one_problem_at_the_end() {
    let server = Server::start();
    let body = json!([stack("1", &container(1)), stack("2", &container(2))]).to_string();
    let cut = &body[..body.len() - 20];
    let (status, answer) = server.feed("events", cut);
    assert_eq!((status, answer.accepted), (207, 1));
    assert_eq!(codes(&answer), [ProblemCode::Truncated]);
    assert_eq!(
        (answer.problems[0].index, answer.problems[0].offset),
        (Some(1), Some(cut.len() as u64))
    );
}

#[test]
fn truncated_lines_give_the_whole_ones_and_one_problem_with_its_line() {
    let server = Server::start();
    let body = format!(
        "{}\n{}\n{}",
        stack("1", &container(1)),
        stack("2", &container(2)),
        stack("3", &container(3))
    );
    let (status, answer) = server.feed("events", &body[..body.len() - 9]);
    assert_eq!(
        (status, answer.accepted, codes(&answer)),
        (207, 2, vec![ProblemCode::Truncated])
    );
    assert_eq!(answer.problems[0].index, Some(2));
}

#[test]
fn what_is_no_json_is_answered_in_the_same_shape_with_the_first_wrong_byte() {
    let server = Server::start();
    for (body, offset) in [
        (&b"UNB+UNOA:2'"[..], 0),
        (b"", 0),
        (b"  hello", 2),
        (b"\"text\"", 0),
        (b"<?xml version=\"1.0\"?>", 0),
        (b"\xff\xfe", 0),
    ] {
        let (status, answer) = server.feed("events", body);
        assert_eq!(
            (status, answer.accepted, answer.problems.len()),
            (422, 0, 1),
            "{body:?}: {answer:?}"
        );
        let problem = &answer.problems[0];
        assert_eq!(
            (problem.code, problem.offset),
            (ProblemCode::NotJson, Some(offset)),
            "{body:?}"
        );
        assert!(!problem.message.is_empty() && !answer.epoch.is_empty());
    }
    // JSON, but no array of events: the place is that of the value.
    let (status, answer) = server.feed("events", "[1,null,{}]");
    assert_eq!((status, answer.problems.len()), (422, 3), "{answer:?}");
    assert_eq!(
        answer
            .problems
            .iter()
            .map(|problem| problem.index.unwrap())
            .collect::<Vec<_>>(),
        [0, 1, 2]
    );
}

#[test]
fn bytes_that_are_no_utf_8_are_one_problem_behind_what_is_whole() {
    let server = Server::start();
    let mut body = stack("1", &container(1)).to_string().into_bytes();
    body.extend(b"\n{\"id\":\"\xff\"}\n");
    let at = body.iter().position(|byte| *byte == 0xff).unwrap();
    let (status, answer) = server.feed("events", body);
    assert_eq!((status, answer.accepted), (207, 1), "{answer:?}");
    assert_eq!(answer.problems.len(), 1, "{answer:?}");
    assert_eq!(answer.problems[0].offset, Some(at as u64));
}

#[test]
fn times_far_from_now_are_refused_and_those_a_little_ahead_are_flagged() {
    let server = Server::start();
    let sent = |at: &str, more: Value| event(at, "stack", &container(1), at, more);
    for at in [
        "9999-12-31T23:59:59Z",
        "9999-06-15T00:00:00+08:00",
        "1999-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
    ] {
        let (code, pointer, message) = refused(&server, sent(at, Value::Null));
        assert_eq!(
            (code, pointer.as_str()),
            (ProblemCode::TimeRange, "/0/at"),
            "{at}: {message}"
        );
    }
    let ahead = |milliseconds| at_site(now().plus(milliseconds));
    let (code, ..) = refused(&server, sent(&ahead(25 * HOUR), Value::Null));
    assert_eq!(code, ProblemCode::TimeRange);
    let flags = flagged(&server, sent(&ahead(23 * HOUR), Value::Null));
    assert!(
        flags.contains(&(FlagCode::Future, Some("/0/at".to_owned()))),
        "{flags:?}"
    );
    assert!(
        flagged(&server, sent("2000-01-01T00:00:00Z", Value::Null))
            .iter()
            .all(|(code, _)| *code != FlagCode::Future)
    );
    // Expectations may lie two years ahead, and are not odd there.
    let expected = json!({"classifier": "planned"});
    assert!(
        flagged(&server, sent(&ahead(600 * DAY), expected.clone()))
            .iter()
            .all(|(code, _)| *code != FlagCode::Future)
    );
    refused(&server, sent(&ahead(800 * DAY), expected));
}

#[test]
fn a_time_without_an_offset_or_of_another_form_is_refused() {
    let server = Server::start();
    for at in [
        "2022-02-23T13:14:15",
        "2022-02-23",
        "2022-02-30T00:00:00Z",
        "13:14",
    ] {
        let (code, pointer, message) = refused(&server, event("1", "stack", &container(1), at, Value::Null));
        assert_eq!((code, pointer.as_str()), (ProblemCode::Time, "/0/at"), "{at}");
        assert!(message.contains("2022-02-23T13:14:15+08:00"), "{message}");
    }
}

#[test]
fn an_unknown_node_is_answered_with_the_known_ones() {
    let server = Server::start();
    let (code, pointer, message) = refused(&server, event("1", "teleport", &container(1), AT, Value::Null));
    assert_eq!((code, pointer.as_str()), (ProblemCode::UnknownNode, "/0/node"));
    for node in Node::ALL {
        assert!(message.contains(node.name()), "{} in {message}", node.name());
    }
}

#[test]
fn an_event_without_a_container_number_is_refused() {
    let server = Server::start();
    for number in ["", " - ", "ABCDEFGHIJKLMNOPQRSTU", "箱号", "A/B"] {
        let (code, pointer, message) = refused(&server, stack("1", number));
        assert_eq!(
            (code, pointer.as_str()),
            (ProblemCode::Container, "/0/container"),
            "`{number}`: {message}"
        );
    }
    for field in ["id", "source", "at", "node", "container"] {
        let mut event = stack("1", &container(1));
        event.as_object_mut().unwrap().remove(field);
        let (code, pointer, message) = refused(&server, event);
        assert_eq!(
            (code, pointer),
            (ProblemCode::Missing, format!("/0/{field}")),
            "{message}"
        );
    }
}

#[test]
fn a_site_that_is_not_configured_is_refused_and_the_configured_ones_are_named() {
    let server = Server::start();
    let mut event = stack("1", &container(1));
    with(&mut event, json!({"site": "NLRTM-X"}));
    let (code, pointer, message) = refused(&server, event);
    assert_eq!((code, pointer.as_str()), (ProblemCode::UnknownSite, "/0/site"));
    assert!(
        message.contains("NLRTM-X") && message.contains("CNTXG-TPCT"),
        "{message}"
    );
}

#[test]
fn a_number_that_is_no_iso_6346_is_taken_and_flagged() {
    let server = Server::start();
    let right = container(1);
    let wrong_digit = format!("{}{}", &right[..10], (right.as_bytes()[10] - b'0' + 1) % 10);
    for (n, number) in [
        "CSU6097384",
        "CPFLU6104739",
        wrong_digit.as_str(),
        "1",
        "ABCDEFGHIJKLMNOPQRST",
    ]
    .into_iter()
    .enumerate()
    {
        let flags = flagged(&server, stack(&n.to_string(), number));
        assert_eq!(
            flags,
            [(FlagCode::CheckDigit, Some("/0/container".to_owned()))],
            "{number}"
        );
        let seen = server.container(number);
        assert_eq!(
            (seen.verified, seen.stays[0].container_verified),
            (false, false),
            "{number}"
        );
    }
    assert_eq!(flagged(&server, stack("right", &right)), []);
    assert!(server.container(&right).verified);
}

#[test]
fn a_number_is_compared_in_capitals_without_blanks_and_hyphens() {
    let server = Server::start();
    server.send(&[stack("1", "qltu 000001-8"), stack("2", "QLTU0000018")]);
    let seen = server.container("qltu-000001%208");
    assert_eq!(
        (
            seen.container.as_str(),
            seen.stays.len(),
            seen.stays[0].nodes.len()
        ),
        ("QLTU0000018", 1, 2)
    );
}

#[test]
fn a_slot_that_does_not_exist_is_taken_and_flagged() {
    let server = Server::start();
    for (n, slot) in ["Z990101.1", "G120101.9", "somewhere", "G128101.1"]
        .into_iter()
        .enumerate()
    {
        let number = container(n as u32);
        let flags = flagged(
            &server,
            event(
                slot,
                "stack",
                &number,
                AT,
                json!({"slot": slot, "size_type": "22G1"}),
            ),
        );
        assert_eq!(
            flags,
            [(FlagCode::UnknownSlot, Some("/0/slot".to_owned()))],
            "{slot}"
        );
        assert_eq!(server.container(&number).stays[0].slot.as_deref(), Some(slot));
    }
    let yard: shared::wire::yard::YardNow = server.get("/api/v1/yard").ok();
    assert_eq!(yard.elsewhere, 4);
}

#[test]
fn an_event_of_another_port_stands_in_the_trail_and_counts_nowhere() {
    let server = Server::start();
    let number = container(1);
    let abroad = event(
        "1",
        "stack",
        &number,
        AT,
        json!({"location": "NLRTM", "facility": "RWG", "slot": "G120101.1", "dangerous": [{"class": "3"}]}),
    );
    let flags = flagged(&server, abroad);
    assert!(
        flags.iter().all(|(code, _)| *code == FlagCode::Elsewhere),
        "{flags:?}"
    );
    let seen = server.container(&number);
    assert!(seen.stays.is_empty(), "{:?}", seen.stays);
    let [mention] = seen.elsewhere.as_slice() else {
        panic!("{seen:?}")
    };
    assert_eq!(
        (mention.location.as_deref(), mention.facility.as_deref()),
        (Some("NLRTM"), Some("RWG"))
    );
    assert!(server.alarms("").is_empty());
    let overview: shared::wire::figures::Overview = server.get("/api/v1/figures/overview").ok();
    assert_eq!((overview.boxes_in_yard, overview.slots_taken), (0, 0));
    let block: shared::wire::yard::BlockNow = server.get("/api/v1/yard/blocks/G12").ok();
    assert!(block.boxes.is_empty());
    // Any of our own places is ours.
    for (n, place) in ["CNTXG", "CNTSN", "CNTJP", "CNTGU"].into_iter().enumerate() {
        let number = container(10 + n as u32);
        server.send(&[event(place, "stack", &number, AT, json!({"location": place}))]);
        assert_eq!(server.container(&number).stays.len(), 1, "{place}");
    }
}

#[test]
fn what_is_taken_is_counted_by_its_source() {
    let server = Server::start();
    server.send(&[
        stack("1", &container(1)),
        stack("2", &container(2)),
        stack("1", &container(1)),
    ]);
    server.feed(
        "events",
        json!([{"id": "9", "source": "tos-pacific", "node": "stack"}]).to_string(),
    );
    let sources: Vec<shared::wire::feeds::Source> = server.list("/api/v1/feeds", "");
    let [source] = sources.as_slice() else {
        panic!("{sources:?}")
    };
    assert_eq!(
        (source.source.as_str(), source.events, source.duplicates),
        ("tos-pacific", 2, 1)
    );
    assert_eq!(source.formats, ["events"]);
    assert_eq!(source.last_at, Some(LocalTime::parse(AT).unwrap()));
}

#[test]
fn only_this_machine_under_its_own_names_is_served_and_no_other_page_may_send() {
    let server = Server::start();
    let get = |header: &[(&str, &str)]| server.call("GET", "/api/v1/sites", header, b"").unwrap();
    get(&[("host", "quaylight.example")]).problem(403);
    assert_eq!(
        get(&[(
            "host",
            &format!("localhost:{}", server.authority().rsplit_once(':').unwrap().1)
        )])
        .status,
        200
    );
    let post = |header: &[(&str, &str)]| server.post("/api/v1/feeds/events", header, b"[]");
    post(&[("origin", "https://elsewhere.example")]).problem(403);
    post(&[("sec-fetch-site", "cross-site")]).problem(403);
    assert_eq!(
        post(&[("origin", &format!("http://{}", server.authority()))]).status,
        200
    );
}

#[test]
fn calls_that_do_not_exist_say_where_the_others_are_listed() {
    let server = Server::start();
    assert!(
        server
            .get("/api/v1/nothing")
            .problem(404)
            .detail
            .contains("openapi.json")
    );
    let openapi: Value = server.value("/api/v1/openapi.json");
    assert!(openapi["openapi"].is_string());
    assert_eq!(server.get("/healthz").status, 200);
    assert!(server.get("/metrics").text().contains("quaylight_sequence"));
}
