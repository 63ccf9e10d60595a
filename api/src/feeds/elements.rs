//! The elements of a JSON body: an array, or one object a line (`interface.md` §3). What each of them is, its feed knows.

use super::{Position, ReadProblem};
use serde::Deserialize;
use serde_json::value::RawValue;
use shared::event::json;
use shared::wire::feeds::{ProblemCode, Remark};

/// Problems that are told one by one; what comes after them is one problem more.
pub const MAX_PROBLEMS: usize = 10_000;

/// What is done with each element: its text, its place, and where to put what is wrong with it.
pub type Each<'e> = dyn FnMut(&str, Position, &mut Vec<ReadProblem>) + 'e;

struct Elements<'e> {
    problems: Vec<ReadProblem>,
    each: &'e mut Each<'e>,
}

impl Elements<'_> {
    fn element(&mut self, raw: &str, position: Position) {
        (self.each)(raw, position, &mut self.problems);
    }
}

/// Goes through a body. Complete elements before a place where the JSON breaks are handed out. Answers what is wrong.
pub fn read<'e>(body: &[u8], each: &'e mut Each<'e>) -> Vec<ReadProblem> {
    let mut reading = Elements {
        problems: Vec::new(),
        each,
    };
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
    reading.problems
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

fn array(text: &str, open: usize, reading: &mut Elements<'_>) {
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
                reading.element(
                    raw,
                    Position {
                        index,
                        offset: at,
                        end: at + raw.len(),
                        path: None,
                    },
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
                let message = "expected `,` or `]` after an element";
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

fn lines(text: &str, start: usize, reading: &mut Elements<'_>) {
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
                reading.element(raw, position(end));
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
                    reading.element(raw, position(behind));
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

/// Who sent an object that could not be read, where it says so in spite of all.
pub fn sender(raw: &str) -> Option<String> {
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
fn gives_up(text: &str, at: usize, reading: &mut Elements<'_>) -> bool {
    if reading.problems.len() < MAX_PROBLEMS || at >= text.len() {
        return false;
    }
    let message = "too many problems: those from here on were not read; send them again in parts";
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
