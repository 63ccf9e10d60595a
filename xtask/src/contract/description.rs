//! The description as Schemathesis reads it.

use serde_json::{Value, json};

/// The same calls with two things put as the tool takes them: it goes by one server for all calls, so what is said of
/// servers goes into the paths; and it holds each message of a stream, not the whole text, against the schema.
pub fn for_schemathesis(mut document: Value) -> Value {
    let general = base(&document);
    if let Some(paths) = document["paths"].as_object_mut() {
        *paths = std::mem::take(paths)
            .into_iter()
            .map(|(path, mut item)| {
                let own = item.as_object_mut().and_then(|item| item.remove("servers"));
                let base =
                    own.map_or_else(|| general.clone(), |servers| base(&json!({ "servers": servers })));
                (format!("{base}{path}"), item)
            })
            .collect();
    }
    document["servers"] = json!([{"url": "/"}]);
    messages(&mut document);
    never_wait(&mut document);
    document
}

/// The path of the first server, without a stroke at its end.
fn base(holder: &Value) -> String {
    let url = holder["servers"][0]["url"].as_str().unwrap_or_default();
    url.trim_end_matches('/').to_owned()
}

fn messages(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(stream) = fields.get_mut("text/event-stream") {
                let names: Vec<_> = stream["x-events"].as_object().into_iter().flatten().collect();
                let names: Vec<_> = names.into_iter().map(|(name, _)| name.clone()).collect();
                *stream = json!({"schema": {
                    "type": "object",
                    "required": ["event", "id", "data"],
                    "properties": {
                        "event": {"enum": names},
                        "id": {"type": "string", "pattern": "^[0-9a-f]+:[0-9]+$"},
                        "data": {"type": "string", "pattern": "^\\{.*\\}$"},
                    },
                }});
            }
            fields.values_mut().for_each(messages);
        }
        Value::Array(items) => items.iter_mut().for_each(messages),
        _ => {}
    }
}

/// Leaves out by what a call is told to wait for something new: nothing new comes, and the others would wait for it.
fn never_wait(document: &mut Value) {
    let calls = document["paths"].as_object_mut().into_iter().flatten();
    for (_, call) in calls.filter_map(|(_, item)| item.as_object_mut()).flatten() {
        if let Some(parameters) = call.get_mut("parameters").and_then(Value::as_array_mut) {
            parameters.retain(|parameter| parameter["name"] != "wait");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::for_schemathesis;
    use serde_json::json;

    #[test]
    fn a_call_lies_below_its_own_server() {
        let document = json!({
            "servers": [{"url": "/api/v1"}],
            "paths": {"/yard": {"get": {}}, "/healthz": {"servers": [{"url": "/"}], "get": {}}}
        });
        let read = for_schemathesis(document);
        assert_eq!(
            read["paths"],
            json!({"/api/v1/yard": {"get": {}}, "/healthz": {"get": {}}})
        );
        assert_eq!(read["servers"], json!([{"url": "/"}]));
    }

    #[test]
    fn each_message_of_a_stream_has_one_of_its_names() {
        let stream = json!({"text/event-stream": {"schema": {"type": "string"}, "x-events": {"tick": {}}}});
        let read = for_schemathesis(json!({"paths": {"/stream": stream}}));
        let schema = &read["paths"]["/stream"]["text/event-stream"]["schema"];
        assert_eq!(schema["properties"]["event"]["enum"], json!(["tick"]));
    }
}
