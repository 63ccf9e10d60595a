//! `cargo xtask samples`: real messages, posted to a fresh server, and a line for each of what became of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::build;
use crate::error::Error;
use crate::project::Project;
use crate::server::{Answer, Server};

/// What a file turned out to be.
enum Message {
    /// To be posted: the feed, the content type, the bytes.
    Post(&'static str, &'static str, Vec<u8>),
    /// Something beside the messages.
    Other(&'static str),
}

/// Posts every message below the folder.
pub fn samples(project: &Project, folder: &Path, arguments: &[String]) -> Result<(), Error> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    build::build(project)?;
    let server = Server::start(project, arguments)?;
    let mut refused = 0_usize;
    for file in files {
        let content = fs::read(&file).map_err(Error::file(&file))?;
        let name = file.strip_prefix(folder).unwrap_or(&file);
        match message(name, content) {
            Message::Other(why) => println!("{:<52} not sent: {why}", name.display()),
            Message::Post(feed, media, body) => {
                let answer = server.post(&format!("/api/v1/feeds/{feed}"), media, &body)?;
                refused += usize::from(answer.status >= 500);
                println!("{:<52} {feed:<8} {}", name.display(), describe(&answer));
            }
        }
    }
    if refused == 0 {
        Ok(())
    } else {
        Err(Error::Wrong(format!("the server failed on {refused} messages")))
    }
}

/// Every file below a folder, sorted.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let entries = fs::read_dir(folder).map_err(Error::file(folder))?;
    let mut paths: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// Tells by the name what a file is, and takes a message out of what it is wrapped in.
fn message(name: &Path, content: Vec<u8>) -> Message {
    let extension = name
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase();
    let below = |start: &str| name.iter().any(|part| part.to_string_lossy().starts_with(start));
    match extension.as_str() {
        "edi" | "edifact" => Message::Post("edifact", "application/edifact", content),
        "jsonl" | "ndjson" => Message::Post("events", "application/x-ndjson", content),
        "json" if below("edifact") => match serde_json::from_slice::<Value>(&content) {
            Ok(Value::Object(fields)) => match fields.get("messageRaw").and_then(Value::as_str) {
                Some(raw) => Message::Post("edifact", "application/edifact", raw.as_bytes().to_vec()),
                None => Message::Other("no messageRaw in it"),
            },
            _ => Message::Other("no JSON object"),
        },
        "json" if below("dcsa") => Message::Post("dcsa", "application/json", content),
        "json" if below("events") => Message::Post("events", "application/json", content),
        _ => Message::Other("not a message"),
    }
}

/// One line of an answer.
fn describe(answer: &Answer) -> String {
    let Ok(body) = serde_json::from_slice::<Value>(&answer.body) else {
        let text = String::from_utf8_lossy(&answer.body);
        return format!("{} {}", answer.status, text.lines().next().unwrap_or_default());
    };
    let count = |field: &str| body[field].as_u64().unwrap_or_default();
    let mut line = format!("{} accepted {}", answer.status, count("accepted"));
    for field in ["duplicate", "replaced"] {
        if count(field) > 0 {
            line.push_str(&format!(", {field} {}", count(field)));
        }
    }
    let flags = counted(&body["flags"], |flag| text(flag, "code"));
    let problems = counted(&body["problems"], |problem| {
        format!("{} ({})", text(problem, "code"), text(problem, "message"))
    });
    line.push_str(&format!("; flags: {flags}; problems: {problems}"));
    line
}

fn text(entry: &Value, field: &str) -> String {
    entry[field].as_str().unwrap_or("?").to_owned()
}

/// Entries that say the same, once, with how often.
fn counted(list: &Value, say: impl Fn(&Value) -> String) -> String {
    let mut counts = BTreeMap::<String, usize>::new();
    for entry in list.as_array().into_iter().flatten() {
        *counts.entry(say(entry)).or_default() += 1;
    }
    let parts: Vec<_> = counts
        .into_iter()
        .map(|(what, times)| {
            if times > 1 {
                format!("{what} ×{times}")
            } else {
                what
            }
        })
        .collect();
    if parts.is_empty() {
        "none".to_owned()
    } else {
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_goes_to_the_feed_of_its_kind() {
        let feed = |name: &str, content: &str| match message(Path::new(name), content.as_bytes().to_vec()) {
            Message::Post(feed, _, body) => (feed, String::from_utf8(body).unwrap()),
            Message::Other(why) => (why, String::new()),
        };
        assert_eq!(feed("dcsa-tnt-v2/a.json", "[]"), ("dcsa", "[]".to_owned()));
        assert_eq!(feed("edifact/a.edi", "UNB"), ("edifact", "UNB".to_owned()));
        assert_eq!(
            feed("edifact/a.json", r#"{"messageRaw":"UNB"}"#),
            ("edifact", "UNB".to_owned())
        );
        assert_eq!(feed("yard-layout/a.json", "[]").0, "not a message");
    }

    #[test]
    fn what_repeats_is_said_once() {
        let body = br#"{"accepted":3,"duplicate":0,"replaced":1,"flags":[{"code":"unknown_slot"},{"code":"unknown_slot"}],
            "problems":[{"code":"node","message":"unknown"}]}"#;
        let answer = Answer {
            status: 207,
            encoding: "identity".to_owned(),
            body: body.to_vec(),
        };
        let expected = "207 accepted 3, replaced 1; flags: unknown_slot ×2; problems: node (unknown)";
        assert_eq!(describe(&answer), expected);
    }
}
