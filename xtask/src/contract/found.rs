//! What is there to ask for: messages are sent first, then the lists say what they became.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::error::Error;
use crate::project::Project;
use crate::server::Server;

/// Words by the dictionary that they stand in.
pub type Words = BTreeMap<&'static str, Vec<String>>;

/// The list, what its items are known by, and the dictionary for it.
const LISTS: [(&str, &str, &str); 6] = [
    ("/api/v1/sites", "code", "sites"),
    ("/api/v1/stays?limit=1000", "id", "stays"),
    ("/api/v1/stays?limit=1000", "container", "containers"),
    ("/api/v1/alarms?limit=1000", "id", "alarms"),
    ("/api/v1/feeds/problems?limit=1000", "id", "problems"),
    ("/api/v1/yard", "block", "blocks"),
];

/// Something of everything, and two messages that nobody understands.
pub fn after_sending(project: &Project, server: &Server) -> Result<Words, Error> {
    let file = project.path("api/tests/openapi/events.ndjson");
    let events = fs::read(&file).map_err(Error::file(&file))?;
    let media = "application/x-ndjson";
    for (body, taken) in [(events.as_slice(), 200), (b"{\"id\":\"x1\"}\n{\"id\":", 422)] {
        let answer = server.post("/api/v1/feeds/events", media, body)?;
        if answer.status != taken {
            return Err(Error::Wrong(format!(
                "messages that have to be answered with {taken} were answered with {}: {}",
                answer.status,
                String::from_utf8_lossy(&answer.body)
            )));
        }
    }
    let mut words = Words::new();
    for (address, field, dictionary) in LISTS {
        let answer = server.get(address, "identity")?;
        let list: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let items = list["items"].as_array().or(list["blocks"].as_array());
        let found: Vec<String> = items
            .into_iter()
            .flatten()
            .map(|item| match &item[field] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            })
            .collect();
        if found.is_empty() {
            return Err(Error::Wrong(format!(
                "{address} is empty after messages were sent"
            )));
        }
        words.insert(dictionary, found);
    }
    Ok(words)
}

/// As lines of a table of dictionaries.
pub fn as_toml(words: &Words) -> String {
    let line = |(name, values): (&&str, &Vec<String>)| {
        // JSON's texts are TOML's, too.
        let values: Vec<String> = values
            .iter()
            .map(|value| Value::from(value.as_str()).to_string())
            .collect();
        format!("{name} = {{ values = [{}] }}\n", values.join(", "))
    };
    words.iter().map(line).collect()
}
