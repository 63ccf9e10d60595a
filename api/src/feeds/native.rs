//! Native events: a JSON array, or one JSON object a line (`interface.md` §3).

use super::{Context, Position, ReadEvent, ReadProblem, Reading};
use serde::Deserialize;
use serde_json::value::RawValue;
use shared::event::json;
use shared::wire::feeds::{FlagCode, ProblemCode, Remark};

/// Problems that are told one by one; what comes after them is one problem more.
const MAX_PROBLEMS: usize = 10_000;

/// Reads a body. Complete events before a place where the JSON breaks are taken.
pub fn read(body: &[u8], _context: &Context<'_>) -> Reading {
    let mut reading = Reading::default();
    let (text, broken_at) = match std::str::from_utf8(body) {
        Ok(text) => (text, None),
        Err(error) => {
            let valid = error.valid_up_to();
            (
                std::str::from_utf8(&body[..valid]).unwrap_or_default(),
                Some(valid),
            )
        }
    };
    let start = text.len() - text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).len();
    match text.as_bytes().get(start) {
        Some(b'[') => array(text, start, &mut reading),
        Some(b'{') => lines(text, start, &mut reading),
        Some(_) => reading.problems.push(whole(
            ProblemCode::NotJson,
            start,
            body.len(),
            "the body is neither a JSON array nor one JSON object a line",
        )),
        None if broken_at.is_none() => {
            reading.problems.push(whole(
                ProblemCode::NotJson,
                start,
                body.len(),
                "the body is empty",
            ));
        }
        None => {}
    }
    if let Some(at) = broken_at {
        let already = reading
            .problems
            .iter()
            .any(|problem| problem.remark.offset == Some(at as u64));
        if !already {
            let message = format!("byte {at} is no UTF-8; JSON is UTF-8");
            reading
                .problems
                .push(whole(ProblemCode::NotJson, at, body.len(), &message));
        }
    }
    reading
}

fn whole(code: ProblemCode, offset: usize, end: usize, message: &str) -> ReadProblem {
    let remark = Remark {
        index: None,
        pointer: None,
        offset: Some(offset as u64),
        segment: None,
        code,
        message: message.to_owned(),
    };
    ReadProblem {
        remark,
        raw: 0..end,
        source: None,
    }
}

fn array(text: &str, open: usize, reading: &mut Reading) {
    let mut at = open + 1;
    let mut index = 0;
    loop {
        at = skip_blank(text, at);
        if gives_up(text, at, reading) {
            return;
        }
        match text.as_bytes().get(at) {
            Some(b']') if index == 0 => break,
            None => return reading.problems.push(truncated(text, index)),
            _ => {}
        }
        match value(text, at) {
            Ok(raw) => {
                element(
                    raw,
                    Position {
                        index,
                        offset: at,
                        end: at + raw.len(),
                        path: None,
                    },
                    reading,
                );
                at = skip_blank(text, at + raw.len());
            }
            Err(error) => return reading.problems.push(broken(text, at, index, &error)),
        }
        index += 1;
        match text.as_bytes().get(at) {
            Some(b',') => at += 1,
            Some(b']') => break,
            Some(_) => {
                let message = "expected `,` or `]` after an event";
                let mut problem = whole(ProblemCode::NotJson, at, text.len(), message);
                problem.raw = at..text.len();
                return reading.problems.push(problem);
            }
            None => return reading.problems.push(truncated(text, index)),
        }
    }
    let rest = skip_blank(text, at + 1);
    if rest < text.len() {
        let mut problem = whole(
            ProblemCode::NotJson,
            rest,
            text.len(),
            "there is more after the array's `]`",
        );
        problem.raw = rest..text.len();
        reading.problems.push(problem);
    }
}

fn lines(text: &str, start: usize, reading: &mut Reading) {
    let mut at = start;
    let mut line = text[..start].matches('\n').count() as u64;
    while at < text.len() {
        if gives_up(text, at, reading) {
            return;
        }
        let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
        let content = skip_blank(text, at).min(end);
        if content == end {
            at = end + 1;
            line += 1;
            continue;
        }
        let position = |end| Position {
            index: line,
            offset: content,
            end,
            path: None,
        };
        match value(&text[..end], content) {
            Ok(raw) if text[content + raw.len()..end].trim().is_empty() => {
                element(raw, position(end), reading);
                at = end + 1;
                line += 1;
            }
            Ok(raw) => {
                let more = skip_blank(text, content + raw.len());
                let mut problem = whole(
                    ProblemCode::NotJson,
                    more,
                    end,
                    "there is more on the line after the object",
                );
                problem.remark.index = Some(line);
                problem.raw = content..end;
                reading.problems.push(problem);
                at = end + 1;
                line += 1;
            }
            // One object over several lines, as tools print it.
            Err(error) if error.is_eof() => match value(text, content) {
                Ok(raw) => {
                    let behind = content + raw.len();
                    element(raw, position(behind), reading);
                    line += raw.matches('\n').count() as u64;
                    at = behind;
                }
                Err(_) => {
                    let mut problem = broken(&text[..end], content, line, &error);
                    problem.raw = content..end;
                    reading.problems.push(problem);
                    at = end + 1;
                    line += 1;
                }
            },
            Err(error) => {
                let mut problem = broken(&text[..end], content, line, &error);
                problem.raw = content..end;
                reading.problems.push(problem);
                at = end + 1;
                line += 1;
            }
        }
    }
}

fn element(raw: &str, position: Position, reading: &mut Reading) {
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
            reading.events.push(ReadEvent {
                event: read.event,
                position,
                flags,
            });
        }
        Err(error) => reading.problems.push(ReadProblem {
            remark: position.remark(error.code, &error.field, error.message),
            raw: position.offset..position.end,
            source: sender(raw),
        }),
    }
}

/// Who sent an object that is no event, where it says so in spite of all.
fn sender(raw: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Signed {
        source: String,
    }
    let source = serde_json::from_str::<Signed>(raw).ok()?.source;
    let source = source.trim();
    (!source.is_empty() && source.len() <= json::LONGEST_TEXT).then(|| source.to_owned())
}

/// The JSON value that begins at a byte, as its exact text.
fn value(text: &str, at: usize) -> Result<&str, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(&text[at..]);
    <&RawValue>::deserialize(&mut json).map(RawValue::get)
}

/// Whether so much is wrong that the rest is not read, and says so.
fn gives_up(text: &str, at: usize, reading: &mut Reading) -> bool {
    if reading.problems.len() < MAX_PROBLEMS || at >= text.len() {
        return false;
    }
    let message = "too many problems: the events from here on were not read; send them again in parts";
    let mut problem = whole(ProblemCode::TooLarge, at, text.len(), message);
    problem.raw = at..text.len();
    reading.problems.push(problem);
    true
}

fn skip_blank(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + (rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len())
}

fn truncated(text: &str, index: u64) -> ReadProblem {
    let mut problem = whole(
        ProblemCode::Truncated,
        text.len(),
        text.len(),
        "the body ends before the array's `]`",
    );
    problem.remark.index = Some(index);
    problem.raw = text.len()..text.len();
    problem
}

/// The place at which serde_json stopped, in bytes of the whole body.
fn broken(text: &str, at: usize, index: u64, error: &serde_json::Error) -> ReadProblem {
    let rest = &text[at..];
    let line_start: usize = rest
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    let offset = (at + line_start + error.column().saturating_sub(1)).min(text.len());
    let (code, offset) = if error.is_eof() {
        (ProblemCode::Truncated, text.len())
    } else {
        (ProblemCode::NotJson, offset)
    };
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default().to_owned();
    let mut problem = whole(code, offset, text.len(), &message);
    problem.remark.index = Some(index);
    problem.remark.pointer = Some(format!("/{index}"));
    problem.raw = at..text.len();
    problem
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feeds::EdifactSettings;
    use proptest::prelude::*;

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
