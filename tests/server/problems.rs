//! What was not understood is kept until a person settles it.

use serde_json::{Value, json};
use shared::wire::feeds::{FeedAnswer, ProblemCode, StoredProblem};
use tests::messages::{container, event};
use tests::program::Server;

const WRONG: &str = r#"{"id":"2","source":"gate","at":"2022-02-23T13:14:15+08:00","node":"teleport","container":"CSQU3054383"}"#;

fn problems(server: &Server, query: &str) -> Vec<StoredProblem> {
    server.list("/api/v1/feeds/problems", query)
}

/// A server that was sent one good event and [`WRONG`], and the problem.
fn server() -> (Server, StoredProblem) {
    let server = Server::start();
    let good = event(
        "1",
        "stack",
        &container(1),
        "2022-02-23T13:14:15+08:00",
        Value::Null,
    );
    let (status, _) = server.feed("events", format!("[{good}, {WRONG}]"));
    assert_eq!(status, 207);
    let mut kept = problems(&server, "");
    assert_eq!(kept.len(), 1, "{kept:?}");
    let problem = kept.remove(0);
    (server, problem)
}

fn post(server: &Server, problem: &StoredProblem, what: &str, body: &str) -> (u16, Value) {
    let answer = server.post(
        &format!("/api/v1/feeds/problems/{}/{what}", problem.id),
        &[],
        body.as_bytes(),
    );
    (answer.status, answer.value())
}

#[test]
fn a_problem_is_kept_with_its_place_and_its_raw_text() {
    let (mut server, problem) = server();
    assert_eq!(
        (
            problem.raw.as_str(),
            problem.state.as_str(),
            problem.format.as_str()
        ),
        (WRONG, "open", "events")
    );
    assert_eq!(
        (problem.remark.code, problem.remark.index),
        (ProblemCode::UnknownNode, Some(1))
    );
    assert_eq!(problem.remark.pointer.as_deref(), Some("/1/node"));
    // It was on disk before the answer.
    server.kill();
    server.start_again();
    assert_eq!(problems(&server, "state=open"), [problem]);
}

#[test]
fn a_problem_can_be_dismissed() {
    let (server, problem) = server();
    let (status, answer) = post(&server, &problem, "dismiss", "");
    assert_eq!((status, &answer["state"]), (200, &json!("dismissed")));
    assert!(problems(&server, "state=open").is_empty());
    assert_eq!(problems(&server, "state=dismissed").len(), 1);
}

#[test]
fn a_problem_can_be_sent_again_corrected() {
    let (server, problem) = server();
    let (status, _) = post(&server, &problem, "retry", "");
    assert_eq!(status, 422);
    assert_eq!(
        problems(&server, "").len(),
        1,
        "a retry that fails does not make it two"
    );
    assert_eq!(problems(&server, "state=open").len(), 1);
    let corrected = WRONG.replace("teleport", "stack");
    let (status, answer) = post(&server, &problem, "retry", &corrected);
    assert_eq!((status, &answer["accepted"]), (200, &json!(1)));
    assert_eq!(problems(&server, "state=resolved").len(), 1);
    assert_eq!(server.container("CSQU3054383").stays[0].nodes.len(), 1);
}

#[test]
fn a_problem_that_does_not_exist_is_not_found() {
    let (server, _) = server();
    for path in ["999/retry", "999/dismiss", "x/retry"] {
        server
            .post(&format!("/api/v1/feeds/problems/{path}"), &[], b"")
            .problem(404);
    }
}

#[test]
fn problems_are_listed_newest_first_and_each_once_over_pages() {
    let server = Server::start();
    let wrong: Vec<Value> = (0..25)
        .map(|n| json!({"id": n.to_string(), "source": "gate"}))
        .collect();
    let (status, answer) = server.feed("events", Value::from(wrong).to_string());
    assert_eq!((status, answer.problems.len()), (422, 25));
    let listed: Vec<u64> = problems(&server, "limit=7")
        .iter()
        .map(|problem| problem.remark.index.unwrap())
        .collect();
    assert_eq!(listed, (0..25).rev().collect::<Vec<_>>());
    let answer: FeedAnswer = server.post("/api/v1/feeds/events", &[], b"[]").ok();
    assert!(answer.problems.is_empty());
}
