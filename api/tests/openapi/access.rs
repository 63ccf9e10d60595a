//! The calls about access, each answer held against its description.

use super::server::Server;
use super::{DESCRIPTION, operations};
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const PASSWORD: &str = "lantern harbour crane 71";

/// Nobody listens on this port of the provider.
const ACCOUNTS: &str = "[access]\nmode = \"accounts\"\n[access.oidc]\nissuer = \"http://127.0.0.1:9\"\nclient_id = \"q\"\n\
                        [[access.oidc.grant]]\nvalue = \"x\"\nrole = \"viewer\"\n";

async fn call(
    server: &mut Server,
    cookie: &str,
    method: &str,
    (path, address): (&str, &str),
    body: &Value,
) -> super::server::Answer {
    let body = if body.is_null() {
        Body::empty()
    } else {
        Body::from(body.to_string())
    };
    let request = Request::builder()
        .method(method)
        .uri(address)
        .header(header::COOKIE, cookie);
    server.call(path, request.body(body).unwrap()).await
}

fn cookie(answer: &super::server::Answer) -> String {
    let set = answer.headers[header::SET_COOKIE].to_str().unwrap();
    set.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn answers_about_access_are_what_the_description_says() {
    let mut server = Server::start_with(DESCRIPTION, ACCOUNTS);
    let secret = server.first_link.clone().expect("a first start makes a link");
    let nothing = Value::Null;
    let mut at =
        async |cookie: &str, method: &str, path: &str, address: &str, body: &Value, expected: u16| {
            let answer = call(&mut server, cookie, method, (path, address), body).await;
            assert_eq!(answer.status, expected, "{method} {address}: {}", answer.text());
            answer
        };

    at("", "GET", "/session", "/session", &nothing, 200).await;
    at("", "GET", "/accounts", "/accounts", &nothing, 401).await;
    let link = json!({"link": secret});
    let look = at("", "POST", "/session/link/look", "/session/link/look", &link, 200).await;
    assert_eq!(look.json()["name"], Value::Null);
    at(
        "",
        "POST",
        "/session/link/look",
        "/session/link/look",
        &json!({"lnk": 1}),
        400,
    )
    .await;
    let weak = json!({"link": secret, "name": "li", "password": "password12345678"});
    at("", "POST", "/session/link", "/session/link", &weak, 400).await;
    let strong = json!({"link": secret, "name": "li", "full_name": "Li Na", "password": PASSWORD});
    let first = at("", "POST", "/session/link", "/session/link", &strong, 200).await;
    let li = cookie(&first);
    at("", "POST", "/session/link", "/session/link", &strong, 404).await;
    at("", "POST", "/session", "/session", &json!({"name": "li"}), 400).await;
    at(
        "",
        "POST",
        "/session",
        "/session",
        &json!({"name": "li", "password": "no"}),
        401,
    )
    .await;
    at(
        "",
        "POST",
        "/session",
        "/session",
        &json!({"name": "li", "password": PASSWORD}),
        200,
    )
    .await;

    let wang = json!({"name": "wang", "full_name": "Wang Fang", "role": "officer"});
    let made = at(&li, "POST", "/accounts", "/accounts", &wang, 201).await.json();
    at(&li, "POST", "/accounts", "/accounts", &wang, 400).await;
    let id = made["account"]["id"].as_str().unwrap();
    at(&li, "GET", "/accounts", "/accounts?limit=1", &nothing, 200).await;
    at(&li, "GET", "/accounts", "/accounts?limit=0", &nothing, 400).await;
    let address = format!("/accounts/{id}");
    let changed =
        json!({"name": "wang", "full_name": "Wang Fang", "role": "analyst", "sites": ["CNTXG-TPCT"]});
    at(&li, "PUT", "/accounts/{id}", &address, &changed, 200).await;
    let elsewhere = json!({"name": "wang", "full_name": "", "role": "analyst", "sites": ["NOWHERE"]});
    at(&li, "PUT", "/accounts/{id}", &address, &elsewhere, 400).await;
    at(
        &li,
        "POST",
        "/accounts/{id}/link",
        &format!("{address}/link"),
        &nothing,
        201,
    )
    .await;
    at(
        &li,
        "DELETE",
        "/accounts/{id}/sessions",
        &format!("{address}/sessions"),
        &nothing,
        200,
    )
    .await;

    let wall =
        json!({"name": "wall 1", "role": "display", "scenes": ["yard", "number"], "sites": ["CNTXG-TPCT"]});
    let made = at(&li, "POST", "/keys", "/keys", &wall, 201).await.json();
    at(
        &li,
        "POST",
        "/keys",
        "/keys",
        &json!({"name": "x", "role": "sender"}),
        400,
    )
    .await;
    at(&li, "GET", "/keys", "/keys", &nothing, 200).await;
    at(&li, "GET", "/keys", "/keys?limit=none", &nothing, 400).await;
    let token = json!({"token": made["secret"]});
    at("", "POST", "/session/display", "/session/display", &token, 200).await;
    at(
        "",
        "POST",
        "/session/display",
        "/session/display",
        &json!({}),
        400,
    )
    .await;
    let key = format!("/keys/{}", made["key"]["id"].as_str().unwrap());
    at(&li, "DELETE", "/keys/{id}", &key, &nothing, 200).await;
    at("", "POST", "/session/display", "/session/display", &token, 401).await;

    let audit = at(&li, "GET", "/audit", "/audit?limit=1000", &nothing, 200)
        .await
        .json();
    let deeds: BTreeSet<&str> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    for deed in [
        "link_used",
        "sign_in",
        "sign_in_refused",
        "account_made",
        "account_changed",
        "key_made",
        "key_revoked",
        "audit_read",
    ] {
        assert!(deeds.contains(deed), "{deed} is not in {deeds:?}");
    }
    at(&li, "GET", "/audit", "/audit?action=flight", &nothing, 400).await;

    let change = json!({"present": PASSWORD, "new": "granite ferry lighthouse 8"});
    let changed = at(&li, "PUT", "/session/password", "/session/password", &change, 200).await;
    at(&li, "GET", "/accounts", "/accounts", &nothing, 401).await;
    let li = cookie(&changed);
    let weak = json!({"present": "granite ferry lighthouse 8", "new": "short"});
    at(&li, "PUT", "/session/password", "/session/password", &weak, 400).await;
    at(
        "",
        "GET",
        "/session/provider",
        "/session/provider?to=/alarms",
        &nothing,
        303,
    )
    .await;
    let address = "/session/provider/callback?code=1&state=2";
    let back = at("", "GET", "/session/provider/callback", address, &nothing, 303).await;
    assert_eq!(back.headers[header::LOCATION], "/sign-in?problem=begin_again");
    at(&li, "DELETE", "/session", "/session", &nothing, 204).await;
    at(&li, "DELETE", "/session", "/session", &nothing, 401).await;

    let mut seen = server.seen.clone();
    let mut open = Server::start(DESCRIPTION);
    for path in ["/session/provider", "/session/provider/callback"] {
        assert_eq!(
            call(&mut open, "", "GET", (path, path), &nothing).await.status,
            404
        );
    }
    seen.append(&mut open.seen);
    let document = super::description();
    for (method, path, operation) in operations(&document) {
        if operation["tags"] != json!(["Access"]) {
            continue;
        }
        for status in operation["responses"].as_object().unwrap().keys() {
            let key = (method.to_owned(), path.to_owned(), status.clone());
            assert!(
                status == "default" || seen.contains(&key),
                "never answered: {key:?}"
            );
        }
    }
}
