//! Native events: a JSON array, or one JSON object a line (`interface.md` §3).

use super::{Context, Position, ReadEvent, ReadProblem, Reading, elements};
use shared::event::json;
use shared::wire::feeds::FlagCode;

/// Reads a body. Complete events before a place where the JSON breaks are taken.
pub fn read(body: &[u8], _context: &Context<'_>) -> Reading {
    let mut events = Vec::new();
    let mut each = |raw: &str, position: Position, problems: &mut Vec<ReadProblem>| {
        element(raw, position, &mut events, problems);
    };
    let problems = elements::read(body, &mut each);
    Reading {
        events,
        problems,
        ..Reading::default()
    }
}

fn element(raw: &str, position: Position, events: &mut Vec<ReadEvent>, problems: &mut Vec<ReadProblem>) {
    match json::read(raw) {
        Ok(read) => {
            let flags = read
                .unknown
                .iter()
                .map(|field| {
                    let message = format!("the field `{field}` is unknown and was left out");
                    position.remark(FlagCode::FieldIgnored, field, message)
                })
                .collect();
            events.push(ReadEvent {
                event: read.event,
                position,
                flags,
            });
        }
        Err(error) => problems.push(ReadProblem {
            remark: position.remark(error.code, &error.field, error.message),
            raw: position.offset..position.end,
            source: elements::sender(raw),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feeds::EdifactSettings;
    use crate::feeds::elements::MAX_PROBLEMS;
    use proptest::prelude::*;
    use shared::wire::feeds::ProblemCode;

    fn reading(body: &[u8]) -> Reading {
        let edifact = EdifactSettings::default();
        read(
            body,
            &Context {
                source: None,
                sites: &[],
                edifact: &edifact,
            },
        )
    }

    fn event(id: &str) -> String {
        format!(r#"{{"id":"{id}","source":"s","at":"2022-02-23T13:14:15Z","node":"stack","container":"A1"}}"#)
    }

    fn problem(reading: &Reading) -> (ProblemCode, Option<u64>, Option<u64>) {
        let remark = &reading.problems[0].remark;
        (remark.code, remark.index, remark.offset)
    }

    #[test]
    fn an_array_and_lines_give_the_same_events() {
        let (a, b) = (event("1"), event("2"));
        for body in [
            format!("[{a}, {b}]"),
            format!("{a}\n{b}\n"),
            format!("{a}\r\n\r\n{b}"),
        ] {
            let reading = reading(body.as_bytes());
            assert_eq!((reading.events.len(), reading.problems.len()), (2, 0), "{body}");
        }
    }

    #[test]
    fn a_wrong_event_names_its_index_and_field_and_the_others_are_taken() {
        let body = format!(
            r#"[{},{{"id":"2","source":"s","at":"soon"}},{}]"#,
            event("1"),
            event("3")
        );
        let reading = reading(body.as_bytes());
        assert_eq!(reading.events.len(), 2);
        assert_eq!(reading.problems[0].remark.pointer.as_deref(), Some("/1/at"));
        assert_eq!(
            &body[reading.problems[0].raw.clone()],
            r#"{"id":"2","source":"s","at":"soon"}"#
        );
        assert_eq!(reading.problems[0].source.as_deref(), Some("s"));
    }

    #[test]
    fn a_truncated_array_gives_its_complete_events_and_one_problem() {
        let body = format!(r#"[{},{{"id":"2","sou"#, event("1"));
        let reading = reading(body.as_bytes());
        assert_eq!(reading.events.len(), 1);
        assert_eq!(reading.problems.len(), 1);
        assert_eq!(
            problem(&reading),
            (ProblemCode::Truncated, Some(1), Some(body.len() as u64))
        );
    }

    #[test]
    fn what_is_no_json_gives_one_problem_with_the_first_wrong_byte() {
        assert_eq!(
            problem(&reading(b"UNB+UNOA")),
            (ProblemCode::NotJson, None, Some(0))
        );
        assert_eq!(problem(&reading(b"")), (ProblemCode::NotJson, None, Some(0)));
        let two_numbers = reading(b"  [1 2]").problems;
        let offsets: Vec<_> = two_numbers.iter().map(|problem| problem.remark.offset).collect();
        assert_eq!(
            offsets,
            [Some(3), Some(5)],
            "neither an object nor followed by a comma"
        );
        assert_eq!(problem(&reading(b"[{\"id\":\xff}]")).1, Some(0));
        assert_eq!(reading(b"[]").problems.len(), 0);
    }

    #[test]
    fn elements_that_are_no_objects_are_problems_of_their_own() {
        let body = format!("[1,null,{},\"x\"]", event("1"));
        let reading = reading(body.as_bytes());
        assert_eq!((reading.events.len(), reading.problems.len()), (1, 3));
    }

    #[test]
    fn a_body_full_of_mistakes_is_told_in_a_few_of_them() {
        let many = MAX_PROBLEMS + 5_000;
        for body in [format!("[{}1]", "1,".repeat(many)), "{}\n".repeat(many)] {
            let reading = reading(body.as_bytes());
            assert_eq!(reading.problems.len(), MAX_PROBLEMS + 1);
            assert_eq!(reading.problems[MAX_PROBLEMS].remark.code, ProblemCode::TooLarge);
        }
    }

    #[test]
    fn one_object_over_several_lines_is_one_event() {
        let body = format!("{}\n{}", event("1").replace(',', ",\n  "), event("2"));
        let reading = reading(body.as_bytes());
        assert_eq!((reading.events.len(), reading.problems.len()), (2, 0));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = reading(&body);
        }

        #[test]
        fn any_cut_keeps_the_events_before_it(cut in 0usize..400) {
            let body = format!("[{},{},{}]", event("1"), event("2"), event("3"));
            let cut = cut.min(body.len());
            let reading = reading(&body.as_bytes()[..cut]);
            let whole = (1..=3).filter(|n| {
                let one = event("1").len();
                cut >= 1 + n * one + (n - 1)
            }).count();
            prop_assert_eq!(reading.events.len(), whole);
            prop_assert_eq!(reading.problems.is_empty(), cut == body.len());
        }
    }
}
