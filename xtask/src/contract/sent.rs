//! What is sent before the generator begins, so that there is something of everything to ask for.

use serde_json::{Value, json};

use crate::error::Error;
use crate::project::Project;
use crate::server::{Answer, Server};
use std::fs;

/// The path of the desk's applications.
const APPLICATIONS: &str = "/api/v1/release-desk/applications";
/// Who applies.
const ENTERPRISE: &str = "acme";

/// Boxes, two messages that nobody understands, parcels in several states, and applications on their way.
/// Hands back the address of a file.
pub fn something_of_everything(project: &Project, server: &Server) -> Result<String, Error> {
    let file = project.path("api/tests/openapi/events.ndjson");
    let events = fs::read(&file).map_err(Error::file(&file))?;
    for (body, taken) in [(events.as_slice(), 200), (b"{\"id\":\"x1\"}\n{\"id\":", 422)] {
        let media = "application/x-ndjson";
        expect(server.post("/api/v1/feeds/events", media, body)?, taken)?;
    }
    for order in ["EX-1", "EX-2", "EX-3"] {
        // The first is released, the second held, the third waits for its payment.
        let mut documents = documents(order, if order == "EX-2" { "1.00" } else { "109.10" });
        if order == "EX-3" {
            documents.remove(1);
        }
        send(server, "/api/v1/feeds/parcels", &Value::Array(documents))?;
    }
    let mut ids = Vec::new();
    for container in ["MSKU1111112", "MSKU2222229", "MSKU3333335"] {
        let form = json!({
            "kind": "missing_instruction", "reason": "other", "containers": [container], "remark": "by phone",
            "bill_of_lading": "EXBL1", "vessel_name": "EXAMPLE", "voyage": "1E", "declaration": "EXD1"
        });
        let handed_in = json!({"form": form, "apply": true, "by": ENTERPRISE});
        let answer: Value = send(server, APPLICATIONS, &handed_in)?;
        ids.extend(answer["items"][0]["id"].as_str().map(str::to_owned));
    }
    send(server, APPLICATIONS, &json!({"form": {}, "by": ENTERPRISE}))?;
    for (party, action) in [("terminal", "agree"), ("customs", "approve")] {
        let act = json!({"by": party, "party": party});
        for id in ids.iter().take(2) {
            send(server, &format!("{APPLICATIONS}/{id}/{action}"), &act)?;
        }
    }
    let file = format!("/api/v1/release-desk/files?name=proof.pdf&by={ENTERPRISE}");
    let pdf = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n";
    let answer = expect(server.post(&file, "application/octet-stream", pdf)?, 200)?;
    // It goes with no application: the generator may delete whatever that would be.
    Ok(answer["id"].as_str().unwrap_or_default().to_owned())
}

/// The four documents of a parcel.
fn documents(order: &str, paid: &str) -> Vec<Value> {
    let buyer = json!({"name": "Example", "identity": format!("{order}-0001")});
    let mut documents = vec![
        json!({"kind": "order", "platform": "example-mall", "mode": "1210", "park": "EX", "buyer": buyer,
            "goods": 100, "tax": 9.1, "items": [{"name": "tea", "quantity": 1, "value": 100}]}),
        json!({"kind": "payment", "payer": buyer, "amount": paid}),
        json!({"kind": "logistics"}),
        json!({"kind": "list", "mode": "1210", "park": "EX", "buyer": buyer}),
    ];
    for (place, document) in documents.iter_mut().enumerate() {
        document["source"] = "example".into();
        document["id"] = format!("{order}-{place}").into();
        document["order"] = order.into();
        document["at"] = "2024-03-02T13:14:15+08:00".into();
    }
    documents
}

fn send(server: &Server, path: &str, body: &Value) -> Result<Value, Error> {
    let body = body.to_string();
    expect(server.post(path, "application/json", body.as_bytes())?, 200)
}

fn expect(answer: Answer, status: u16) -> Result<Value, Error> {
    if answer.status == status {
        return Ok(serde_json::from_slice(&answer.body).unwrap_or_default());
    }
    Err(Error::Wrong(format!(
        "what has to be answered with {status} was answered with {}: {}",
        answer.status,
        String::from_utf8_lossy(&answer.body)
    )))
}
