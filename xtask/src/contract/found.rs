//! What is there to ask for, as the lists say it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::error::Error;
use crate::server::Server;

/// Words by the dictionary that they stand in.
pub type Words = BTreeMap<&'static str, Vec<String>>;

/// The list, what its items are known by, and the dictionary for it.
const LISTS: [(&str, &str, &str); 9] = [
    ("/api/v1/sites", "code", "sites"),
    ("/api/v1/stays?limit=1000", "id", "stays"),
    ("/api/v1/stays?limit=1000", "container", "containers"),
    ("/api/v1/alarms?limit=1000", "id", "alarms"),
    ("/api/v1/feeds/problems?limit=1000", "id", "problems"),
    ("/api/v1/yard", "block", "blocks"),
    ("/api/v1/parcels?limit=1000", "order", "orders"),
    (
        "/api/v1/release-desk/applications?limit=1000",
        "id",
        "applications",
    ),
    (
        "/api/v1/release-desk/instructions?limit=1000",
        "id",
        "instructions",
    ),
];

/// What the lists say is there.
pub fn in_lists(server: &Server) -> Result<Words, Error> {
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
