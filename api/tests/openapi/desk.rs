//! The calls of the release desk, each answer held against its description.

use super::server::{Answer, Server};
use super::{DESCRIPTION, operations};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n";
const APPLICATIONS: &str = "/release-desk/applications";
const ONE: &str = "/release-desk/applications/{id}";

async fn ask(server: &mut Server, method: &str, path: &str, address: &str, body: Vec<u8>) -> Answer {
    let request = Request::builder().method(method).uri(address);
    server.call(path, request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn answers_of_the_release_desk_are_what_the_description_says() {
    let mut server = Server::start(DESCRIPTION);
    let mut at = async |method: &str, path: &str, address: &str, body: Value, expected: u16| {
        let body = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        let answer = ask(&mut server, method, path, address, body).await;
        assert_eq!(answer.status, expected, "{method} {address}: {}", answer.text());
        answer.json_or_null()
    };
    let form = |container: &str| {
        json!({
            "kind": "missing_instruction", "reason": "message_lost", "containers": [container],
            "bill_of_lading": "MDXU714336", "vessel_imo": "9321483", "voyage": "2018W",
            "declaration": "020220220000000001"
        })
    };
    let apply = |form: Value| json!({"form": form, "apply": true, "by": "acme"});
    at("POST", APPLICATIONS, APPLICATIONS, json!([]), 400).await;
    at("POST", APPLICATIONS, APPLICATIONS, apply(json!({})), 422).await;
    let mut two = form("CSQU3054383");
    two["containers"] = json!(["CSQU3054383", "CSQU3054384"]);
    let some = at("POST", APPLICATIONS, APPLICATIONS, apply(two), 207).await;
    let id = some["items"][0]["id"].as_str().unwrap().to_owned();
    let own = format!("{APPLICATIONS}/{id}");
    at(
        "GET",
        APPLICATIONS,
        "/release-desk/applications?queue=terminal",
        Value::Null,
        200,
    )
    .await;
    at(
        "GET",
        APPLICATIONS,
        "/release-desk/applications?state=lost",
        Value::Null,
        400,
    )
    .await;
    at("GET", ONE, &own, Value::Null, 200).await;
    at("GET", ONE, "/release-desk/applications/none", Value::Null, 404).await;

    let draft = at(
        "POST",
        APPLICATIONS,
        APPLICATIONS,
        json!({"form": {}, "by": "acme"}),
        200,
    )
    .await;
    let draft = format!("{APPLICATIONS}/{}", draft["items"][0]["id"].as_str().unwrap());
    at(
        "PUT",
        ONE,
        &draft,
        json!({"form": {}, "by": "acme", "if_version": 9}),
        409,
    )
    .await;
    at("PUT", ONE, &draft, json!({}), 400).await;
    at(
        "PUT",
        ONE,
        "/release-desk/applications/none",
        json!({"form": {}}),
        404,
    )
    .await;
    at("PUT", ONE, &draft, apply(json!({})), 422).await;
    let mut again = form("MSKU1111112");
    again["containers"] = json!(["MSKU1111112", "MSKU1111113"]);
    at("PUT", ONE, &draft, apply(again), 207).await;
    at(
        "PUT",
        ONE,
        &draft,
        json!({"form": {"remark": "x"}, "by": "acme"}),
        200,
    )
    .await;

    const FILES: &str = "/release-desk/files";
    let sent = {
        let address = format!("{FILES}?name=a.pdf&by=acme");
        let sent = ask(&mut server, "POST", FILES, &address, PDF.to_vec()).await;
        assert_eq!(
            ask(&mut server, "POST", FILES, &address, b"<html>".to_vec())
                .await
                .status,
            415
        );
        let large = vec![0; (10 << 20) + 1];
        assert_eq!(ask(&mut server, "POST", FILES, &address, large).await.status, 413);
        let wrong = ask(
            &mut server,
            "POST",
            FILES,
            "/release-desk/files?size=1",
            PDF.to_vec(),
        )
        .await;
        assert_eq!(wrong.status, 400);
        for (bytes, name) in [
            (&b"\x89PNG\r\n\x1a\n IEND"[..], "b.png"),
            (&b"\xff\xd8\xff \xff\xd9"[..], "c.jpg"),
        ] {
            let address = format!("{FILES}?name={name}&by=acme");
            let other = ask(&mut server, "POST", FILES, &address, bytes.to_vec())
                .await
                .json();
            let address = format!("{FILES}/{}", other["id"].as_str().unwrap());
            assert_eq!(
                ask(
                    &mut server,
                    "GET",
                    "/release-desk/files/{id}",
                    &address,
                    Vec::new()
                )
                .await
                .status,
                200
            );
        }
        sent.json()
    };
    let file = sent["id"].as_str().unwrap().to_owned();
    let mut at = async |method: &str, path: &str, address: &str, body: Value, expected: u16| {
        let body = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        let answer = ask(&mut server, method, path, address, body).await;
        assert_eq!(answer.status, expected, "{method} {address}: {}", answer.text());
        answer.json_or_null()
    };
    at(
        "GET",
        "/release-desk/files/{id}",
        &format!("{FILES}/{file}"),
        Value::Null,
        200,
    )
    .await;
    at(
        "GET",
        "/release-desk/files/{id}",
        "/release-desk/files/none",
        Value::Null,
        404,
    )
    .await;
    let attach = format!("{ONE}/files");
    let attached = json!({"files": [file], "by": "acme"});
    at("POST", &attach, &format!("{draft}/files"), json!({}), 400).await;
    at(
        "POST",
        &attach,
        &format!("{APPLICATIONS}/none/files"),
        attached.clone(),
        404,
    )
    .await;
    at("POST", &attach, &format!("{own}/files"), attached.clone(), 409).await;
    at("POST", &attach, &format!("{draft}/files"), attached, 200).await;
    let detach = format!("{ONE}/files/{{file}}");
    at(
        "DELETE",
        &detach,
        &format!("{draft}/files/{file}?if_version=x"),
        Value::Null,
        400,
    )
    .await;
    at(
        "DELETE",
        &detach,
        &format!("{draft}/files/{file}?if_version=99"),
        Value::Null,
        409,
    )
    .await;
    at(
        "DELETE",
        &detach,
        &format!("{draft}/files/{file}"),
        Value::Null,
        200,
    )
    .await;
    at(
        "DELETE",
        &detach,
        &format!("{draft}/files/{file}"),
        Value::Null,
        404,
    )
    .await;
    at("DELETE", ONE, &format!("{draft}?if_version=x"), Value::Null, 400).await;
    at("DELETE", ONE, &own, Value::Null, 409).await;
    at("DELETE", ONE, &draft, Value::Null, 204).await;
    at("DELETE", ONE, &draft, Value::Null, 404).await;

    const ACT: &str = "/release-desk/applications/{id}/{action}";
    let by = |party: &str| json!({"by": "somebody", "party": party, "remark": "why"});
    at("POST", ACT, &format!("{own}/fly"), Value::Null, 404).await;
    at("POST", ACT, &format!("{own}/agree"), Value::Null, 400).await;
    at("POST", ACT, &format!("{own}/approve"), by("customs"), 409).await;
    at("POST", ACT, &format!("{own}/agree"), by("terminal"), 200).await;
    let approved = at("POST", ACT, &format!("{own}/approve"), by("customs"), 200).await;
    let order = approved["instruction"]["id"].as_str().unwrap().to_owned();
    const ORDERS: &str = "/release-desk/instructions";
    at(
        "GET",
        ORDERS,
        "/release-desk/instructions?after=0",
        Value::Null,
        200,
    )
    .await;
    at(
        "GET",
        ORDERS,
        "/release-desk/instructions?wait=100",
        Value::Null,
        400,
    )
    .await;
    let (confirm, reject) = (
        format!("{ORDERS}/{{id}}/confirm"),
        format!("{ORDERS}/{{id}}/reject"),
    );
    at(
        "POST",
        &reject,
        &format!("{ORDERS}/{order}/reject"),
        Value::Null,
        400,
    )
    .await;
    at(
        "POST",
        &reject,
        &format!("{ORDERS}/none-1/reject"),
        Value::Null,
        404,
    )
    .await;
    at(
        "POST",
        &reject,
        &format!("{ORDERS}/{order}/reject"),
        json!({"remark": "no"}),
        200,
    )
    .await;
    at(
        "POST",
        &confirm,
        &format!("{ORDERS}/{order}/confirm"),
        Value::Null,
        409,
    )
    .await;
    at(
        "POST",
        &confirm,
        &format!("{ORDERS}/{order}/confirm"),
        json!([]),
        400,
    )
    .await;
    at(
        "POST",
        &confirm,
        &format!("{ORDERS}/none-1/confirm"),
        Value::Null,
        404,
    )
    .await;
    let approved = at("POST", ACT, &format!("{own}/approve"), by("customs"), 200).await;
    let order = approved["instruction"]["id"].as_str().unwrap().to_owned();
    at(
        "POST",
        &confirm,
        &format!("{ORDERS}/{order}/confirm"),
        Value::Null,
        200,
    )
    .await;
    at(
        "POST",
        &reject,
        &format!("{ORDERS}/{order}/reject"),
        json!({"remark": "no"}),
        409,
    )
    .await;
    at(
        "GET",
        "/release-desk/fill",
        "/release-desk/fill?container=CSQU3054383",
        Value::Null,
        200,
    )
    .await;
    at(
        "GET",
        "/release-desk/fill",
        "/release-desk/fill",
        Value::Null,
        400,
    )
    .await;
    const FIGURES: &str = "/figures/release-desk";
    at(
        "GET",
        FIGURES,
        "/figures/release-desk?bucket=day&group=kind,state",
        Value::Null,
        200,
    )
    .await;
    at(
        "GET",
        FIGURES,
        "/figures/release-desk?group=colour",
        Value::Null,
        400,
    )
    .await;

    let document = super::description();
    for (method, path, operation) in operations(&document) {
        if operation["tags"] != json!(["Release desk"]) {
            continue;
        }
        for status in operation["responses"].as_object().unwrap().keys() {
            let key = (method.to_owned(), path.to_owned(), status.clone());
            assert!(
                status == "default" || server.seen.contains(&key),
                "never answered: {key:?}"
            );
        }
    }
}
