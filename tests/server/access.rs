//! Who gets in, how long they stay, and what is written down of it.

use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use tests::access::{ACCOUNTS, PASSWORD, Somebody, first_link, server_with_accounts, sign_in, use_link};
use tests::http::Answer;
use tests::messages::{at_site, event, now};
use tests::program::{Server, run};
use tests::stream::Stream;
use tests::wait::until;

fn cookie_of(answer: &Answer) -> String {
    answer.field("set-cookie").unwrap_or_default().to_owned()
}

#[test]
fn the_first_start_prints_a_link_that_makes_the_administrator_once() {
    let mut server = Server::configured(ACCOUNTS);
    let old = first_link(&server);
    server.stop();
    server.start_again();
    let secret = until("another link", || {
        Some(first_link(&server)).filter(|secret| *secret != old)
    });
    // The link of the start before is worth nothing any more.
    let body = json!({"link": old, "password": PASSWORD, "name": "admin"}).to_string();
    server
        .post("/api/v1/session/link", &[], body.as_bytes())
        .problem(404);
    let admin = use_link(&server, &secret, Some("admin"));
    assert_eq!(
        admin.get("/session").ok::<Value>()["account"]["role"],
        "administrator"
    );
    server
        .post("/api/v1/session/link", &[], body.as_bytes())
        .problem(404);
    server.stop();
    server.start_again();
    assert_eq!(server.log().matches("/welcome#").count(), 2, "{}", server.log());
    // Sessions are there after a restart.
    assert_eq!(admin.get("/accounts").status, 200);
}

#[test]
fn the_cookie_is_kept_from_scripts_and_other_sites_and_in_the_clear_nobody_has_a_default_password() {
    let (server, admin) = server_with_accounts("");
    let answer = sign_in(&server, "admin", PASSWORD);
    let cookie = cookie_of(&answer);
    for attribute in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(
        !cookie.contains("Max-Age") && !cookie.contains("Domain"),
        "{cookie}"
    );
    for password in ["", "admin", "password", "quaylight"] {
        sign_in(&server, "admin", password).problem(401);
    }
    drop(admin);
    let (server, _) = server_with_accounts("origins = [\"https://quaylight.example\"]\n");
    let cookie = cookie_of(&sign_in(&server, "admin", PASSWORD));
    assert!(cookie.starts_with("__Host-quaylight="), "{cookie}");
}

#[test]
fn wrong_passwords_lock_an_account_and_say_no_more_of_one_that_is_there_than_of_one_that_is_not() {
    let (server, admin) = server_with_accounts("lock_after = 3\n");
    admin.make_account("wang", "officer", &Value::Null);
    for name in ["wang", "nobody"] {
        for _ in 0..3 {
            let problem = sign_in(&server, name, "not the password").problem(401);
            assert_eq!(problem.detail, "name and password do not belong together");
        }
        let answer = sign_in(&server, name, PASSWORD);
        answer.problem(429);
        let wait: u64 = answer.field("retry-after").unwrap_or_default().parse().unwrap();
        assert!((1..=900).contains(&wait), "{wait}");
    }
    let accounts: Value = admin.get("/accounts").ok();
    let wang = accounts["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|own| own["name"] == "wang")
        .unwrap();
    assert!(wang["locked_until"].is_string(), "{wang}");
    // An administrator unlocks it by looking after it.
    let wish = json!({"name": "wang", "full_name": "wang", "role": "officer"});
    let path = format!("/accounts/{}", wang["id"].as_str().unwrap());
    assert_eq!(admin.call("PUT", &path, &wish).status, 200);
    assert_eq!(sign_in(&server, "WANG", PASSWORD).status, 200);
}

#[test]
fn guesses_that_come_at_once_are_locked_as_guesses_that_come_one_by_one() {
    let (server, admin) = server_with_accounts("lock_after = 3\n");
    admin.make_account("wang", "officer", &Value::Null);
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let guesses: Vec<_> = (0..12)
            .map(|n| {
                scope.spawn({
                    let server = &server;
                    move || sign_in(server, "wang", &format!("guess number {n}")).status
                })
            })
            .collect();
        guesses.into_iter().map(|guess| guess.join().unwrap()).collect()
    });
    let tried = answers.iter().filter(|status| **status == 401).count();
    // Two are hashed at once, so one more than allowed may be on its way.
    assert!((3..=4).contains(&tried), "{answers:?}");
    sign_in(&server, "wang", PASSWORD).problem(429);
}

#[test]
fn a_new_password_that_is_refused_changes_nothing() {
    let (_server, admin) = server_with_accounts("");
    let change = |new: &str| {
        let body = json!({"present": PASSWORD, "new": new});
        admin.call("PUT", "/session/password", &body)
    };
    change("short").problem(400);
    let accounts: Value = admin.get("/accounts").ok();
    assert_eq!(accounts["items"][0]["sessions"], 1);
    let audit: Value = admin.get("/audit?action=sign_in").ok();
    assert_eq!(audit["items"].as_array().unwrap().len(), 1);
    let changed = change("granite ferry lighthouse 8");
    assert_eq!(changed.status, 200, "{}", changed.text());
    admin.get("/accounts").problem(401);
}

#[test]
fn a_new_secret_that_got_lost_on_the_way_signs_nobody_out() {
    let (mut server, admin) = server_with_accounts("");
    let age = |server: &mut Server, field: &str, back: i64| {
        server.stop();
        let statement =
            format!("UPDATE sessions SET body = json_set(body, '$.{field}', (body ->> '$.{field}') - ?1)");
        let connection = Connection::open(server.folder().join("data/access.db")).unwrap();
        connection.execute(&statement, [back]).unwrap();
        server.start_again();
    };
    age(&mut server, "rotated_at", 3_600_000);
    // The answer with the new secret never arrives, and the minute for what is on its way passes.
    let lost = Somebody::of(&server, &admin.get("/session"));
    age(&mut server, "before[1]", 120_000);
    let answer = admin.get("/accounts");
    let again = Somebody::of(&server, &answer);
    assert_ne!(again.proof, lost.proof);
    lost.get("/accounts").problem(401);
    assert_eq!(again.get("/accounts").status, 200);
    // Now that it came, the one before is worth nothing.
    age(&mut server, "before[1]", 120_000);
    admin.get("/accounts").problem(401);
    assert_eq!(again.get("/accounts").status, 200);
}

#[test]
fn short_and_common_passwords_are_refused() {
    let (server, admin) = server_with_accounts("");
    let answer = admin.call(
        "POST",
        "/accounts",
        &json!({"name": "li", "full_name": "Li Na", "role": "viewer"}),
    );
    let link = answer.value()["link"]
        .as_str()
        .unwrap()
        .split_once('#')
        .unwrap()
        .1
        .to_owned();
    for password in [
        "short",
        "password12345678",
        "liliLiNaLiNa2026",
        "aaaaaaaaaaaaaaaa",
    ] {
        let body = json!({"link": link, "password": password}).to_string();
        let problem = server
            .post("/api/v1/session/link", &[], body.as_bytes())
            .problem(400);
        assert_eq!(problem.parameter.as_deref(), Some("password"), "{password}");
    }
    // A refused password uses nothing up.
    use_link(&server, &link, None);
}

#[test]
fn signing_out_ends_the_session_at_the_server_and_its_stream() {
    let (server, admin) = server_with_accounts("");
    let (_, wang) = admin.make_account("wang", "viewer", &Value::Null);
    let proof = (wang.proof.0.as_str(), wang.proof.1.as_str());
    let mut stream = Stream::try_open_as(&server, "topics=alarms", proof).unwrap();
    assert_eq!(wang.call("DELETE", "/session", &Value::Null).status, 204);
    assert!(stream.ends());
    wang.get("/alarms").problem(401);
    assert!(Stream::try_open_as(&server, "", proof).is_err());
}

#[test]
fn what_an_administrator_takes_away_is_gone_at_once_and_the_last_one_stays() {
    let (server, admin) = server_with_accounts("");
    let (id, wang) = admin.make_account("wang", "administrator", &Value::Null);
    assert_eq!(wang.get("/accounts").status, 200);
    let wish = |role: &str, disabled: bool| json!({"name": "wang", "full_name": "", "role": role, "disabled": disabled});
    let path = format!("/accounts/{id}");
    assert_eq!(admin.call("PUT", &path, &wish("viewer", false)).status, 200);
    wang.get("/accounts").problem(403);
    assert_eq!(wang.get("/alarms").status, 200);
    assert_eq!(admin.call("PUT", &path, &wish("viewer", true)).status, 200);
    wang.get("/alarms").problem(401);
    sign_in(&server, "wang", PASSWORD).problem(401);
    let accounts: Value = admin.get("/accounts").ok();
    let own = accounts["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|own| own["name"] == "admin")
        .unwrap();
    let path = format!("/accounts/{}", own["id"].as_str().unwrap());
    let shut = json!({"name": "admin", "full_name": "admin", "role": "administrator", "disabled": true});
    admin.call("PUT", &path, &shut).problem(400);
    // Names stand in histories: none is given twice.
    admin
        .call(
            "POST",
            "/accounts",
            &json!({"name": "Wang", "full_name": "", "role": "viewer"}),
        )
        .problem(400);
}

#[test]
fn who_acted_is_the_account_and_a_name_in_the_body_is_refused() {
    let (server, admin) = server_with_accounts("");
    let (_, sender) = admin.make_key(&json!({"name": "tos", "role": "sender", "sources": ["tos-pacific"]}));
    let sender = Somebody::with_key(&server, &sender);
    let (_, wang) = admin.make_account("wang", "officer", &Value::Null);
    let begun = at_site(now().plus(-3 * 3_600_000));
    let discharge = event(
        "1",
        "discharge",
        "CSU6097384",
        &begun,
        json!({"source": "tos-pacific"}),
    );
    let answer = sender.call("POST", "/feeds/events", &json!([discharge]));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let id = until("an alarm", || {
        let alarms: Value = wang.get("/alarms?kind=overtime").ok();
        alarms["items"][0]["id"].as_str().map(str::to_owned)
    });
    let named = json!({"by": "somebody else"});
    let path = format!("/alarms/{id}/acknowledge");
    assert_eq!(
        wang.call("POST", &path, &named).problem(400).parameter.as_deref(),
        Some("by")
    );
    let many = json!({"action": "acknowledge", "alarms": [{"id": id}], "by": "somebody else"});
    wang.call("POST", "/alarms/actions", &many).problem(400);
    let done: Value = wang.call("POST", &path, &Value::Null).ok();
    let last = done["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (last["action"].as_str(), last["by"].as_str()),
        (Some("acknowledge"), Some("wang"))
    );
    let audit: Value = admin.get("/audit?action=alarm_action").ok();
    assert_eq!(
        (&audit["items"][0]["who"], &audit["items"][0]["subject"]),
        (&json!("wang"), &json!(id))
    );
}

#[test]
fn a_sender_sends_for_its_sources_and_does_nothing_else() {
    let (server, admin) = server_with_accounts("");
    let (id, secret) = admin.make_key(&json!({"name": "tos", "role": "sender", "sources": ["tos-pacific"]}));
    let sender = Somebody::with_key(&server, &secret);
    let at = at_site(now().plus(-60_000));
    let own = event(
        "1",
        "discharge",
        "CSU6097384",
        &at,
        json!({"source": "tos-pacific"}),
    );
    let other = event("2", "discharge", "CSU6097384", &at, json!({"source": "customs"}));
    let answer = sender.call("POST", "/feeds/events", &json!([own, other]));
    assert_eq!(answer.status, 207, "{}", answer.text());
    let said = answer.value();
    assert_eq!(said["accepted"], 1);
    assert_eq!(
        (&said["problems"][0]["code"], &said["problems"][0]["index"]),
        (&json!("source_refused"), &json!(1))
    );
    sender.get("/alarms").problem(403);
    // Its secret is no session, and a session is no key.
    Somebody {
        proof: ("cookie".to_owned(), format!("quaylight={secret}")),
        ..sender.clone()
    }
    .get("/feeds")
    .problem(401);
    admin.call("POST", "/feeds/events", &json!([])).problem(403);
    assert_eq!(
        admin.call("DELETE", &format!("/keys/{id}"), &Value::Null).status,
        200
    );
    sender.call("POST", "/feeds/events", &json!([])).problem(401);
    // An import sends its key along.
    let (_, secret) = admin.make_key(&json!({"name": "old", "role": "sender", "sources": ["old"]}));
    let folder = tests::program::empty_folder();
    let (key, file) = (folder.path().join("key"), folder.path().join("events"));
    fs::write(&key, format!("{secret}\n")).unwrap();
    fs::write(
        &file,
        event("7", "discharge", "CSU6097384", &at, json!({"source": "old"})).to_string(),
    )
    .unwrap();
    let url = format!("http://{}", server.authority());
    let (key, file) = (key.to_str().unwrap(), file.to_str().unwrap());
    let ended = run(&[
        "import",
        "--url",
        &url,
        "--key-file",
        key,
        "--format",
        "events",
        file,
    ]);
    assert!(
        ended.status.success() && ended.stdout.contains("1 accepted"),
        "{ended:?}"
    );
    let ended = run(&["import", "--url", &url, "--format", "events", file]);
    assert!(
        !ended.status.success() && ended.stderr.contains("sign in"),
        "{ended:?}"
    );
}

#[test]
fn a_display_token_opens_its_scenes_until_it_is_revoked_and_over_restarts() {
    let (mut server, admin) = server_with_accounts("session_idle = \"1s\"\nsession_longest = \"2h\"\n");
    let wish = json!({"name": "wall", "role": "display", "scenes": ["yard", "number"]});
    let (id, token) = admin.make_key(&wish);
    // A token is no key: it stands in an address.
    Somebody::with_key(&server, &token).get("/yard").problem(401);
    let body = json!({"token": token}).to_string();
    let answer = server.post("/api/v1/session/display", &[], body.as_bytes());
    let cookie = cookie_of(&answer);
    assert!(cookie.contains("Max-Age=34560000"), "{cookie}");
    let wall = Somebody::of(&server, &answer);
    let check = |wall: &Somebody| {
        for path in ["/yard", "/yard/layout", "/figures/overview", "/sites", "/session"] {
            assert_eq!(wall.get(path).status, 200, "{path}");
        }
        for path in [
            "/alarms",
            "/feeds",
            "/stays",
            "/containers?q=CSU",
            "/rules",
            "/stream?topics=alarms",
            "/accounts",
        ] {
            wall.get(path).problem(403);
        }
    };
    check(&wall);
    server.kill();
    server.start_again();
    check(&wall);
    let proof = (wall.proof.0.as_str(), wall.proof.1.as_str());
    let mut stream = Stream::try_open_as(&server, "topics=yard,figures", proof).unwrap();
    let admin = Somebody::of(&server, &sign_in(&server, "admin", PASSWORD));
    assert_eq!(
        admin.call("DELETE", &format!("/keys/{id}"), &Value::Null).status,
        200
    );
    assert!(stream.ends());
    wall.get("/yard").problem(401);
    server
        .post("/api/v1/session/display", &[], body.as_bytes())
        .problem(401);
}

#[test]
fn a_session_that_is_old_gets_another_secret_and_the_one_before_ends() {
    let (mut server, admin) = server_with_accounts("");
    server.stop();
    // The session has had its secret for an hour.
    let file = server.folder().join("data/access.db");
    let hour = 3_600_000;
    Connection::open(&file)
        .unwrap()
        .execute(
            "UPDATE sessions SET body = json_set(body, '$.rotated_at', (body ->> 'rotated_at') - ?1)",
            [hour],
        )
        .unwrap();
    server.start_again();
    let answer = admin.get("/session");
    let renewed = Somebody::of(&server, &answer);
    assert_ne!(renewed.proof, admin.proof);
    // Requests that are on the way with the old one are served.
    assert_eq!(admin.get("/accounts").status, 200);
    assert_eq!(renewed.get("/accounts").status, 200);
    assert_eq!(cookie_of(&renewed.get("/accounts")), "");
    server.stop();
    Connection::open(&file)
        .unwrap()
        .execute("UPDATE sessions SET body = json_set(body, '$.before[1]', 1)", [])
        .unwrap();
    server.start_again();
    admin.get("/accounts").problem(401);
    assert_eq!(renewed.get("/accounts").status, 200);
}

#[test]
fn a_session_that_nobody_uses_or_that_is_too_old_ends() {
    for (field, back) in [("used_at", 9 * 3_600_000_i64), ("created_at", 8 * 86_400_000)] {
        let (mut server, admin) = server_with_accounts("");
        server.stop();
        let statement =
            format!("UPDATE sessions SET body = json_set(body, '$.{field}', (body ->> '{field}') - ?1)");
        Connection::open(server.folder().join("data/access.db"))
            .unwrap()
            .execute(&statement, [back])
            .unwrap();
        server.start_again();
        admin.get("/accounts").problem(401);
        assert_eq!(sign_in(&server, "admin", PASSWORD).status, 200);
    }
}

#[test]
fn no_secret_stands_in_the_store_or_in_the_log() {
    let (mut server, admin) = server_with_accounts("");
    let (_, token) = admin.make_key(&json!({"name": "wall", "role": "display", "scenes": ["yard"]}));
    let link = first_link(&server);
    sign_in(&server, "admin", "a wrong and secret password");
    server.stop();
    let mut kept = Vec::new();
    for entry in fs::read_dir(server.folder().join("data")).unwrap() {
        kept.extend(fs::read(entry.unwrap().path()).unwrap_or_default());
    }
    let session = admin.proof.1.split_once('=').unwrap().1.to_owned();
    for secret in [
        PASSWORD,
        "a wrong and secret password",
        token.as_str(),
        session.as_str(),
        link.as_str(),
    ] {
        let found = kept.windows(secret.len()).any(|part| part == secret.as_bytes());
        assert!(!found, "a secret is kept as it is");
        let printed = server.log().matches(secret).count();
        assert_eq!(printed, usize::from(secret == link), "a secret is in the log");
    }
}

#[test]
fn the_audit_log_tells_what_was_done_and_is_verified_from_outside() {
    let (mut server, admin) = server_with_accounts("");
    let (_, sender) = admin.make_key(&json!({"name": "tos", "role": "sender", "sources": ["tos-pacific"]}));
    let at = at_site(now().plus(-60_000));
    let discharge = event(
        "1",
        "discharge",
        "CSU6097384",
        &at,
        json!({"source": "tos-pacific"}),
    );
    Somebody::with_key(&server, &sender).call("POST", "/feeds/events", &json!([discharge]));
    let (_, analyst) = admin.make_account("zhao", "analyst", &Value::Null);
    assert_eq!(analyst.get("/containers/CSU6097384").status, 200);
    assert_eq!(
        analyst
            .call_with("GET", "/stays", &[("accept", "text/csv")], b"")
            .status,
        200
    );
    let audit: Value = admin.get("/audit?who=zhao").ok();
    let deeds: Vec<(&str, &str)> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            (
                entry["action"].as_str().unwrap(),
                entry["subject"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        deeds,
        [
            ("exported", "/stays"),
            ("trail_viewed", "CSU6097384"),
            ("sign_in", "zhao"),
            ("link_used", "zhao"),
        ]
    );
    assert_eq!(audit["items"][0]["address"], "127.0.0.1");
    let data = server.folder().join("data");
    let data = data.to_str().unwrap();
    // Also while the server runs.
    let verified = run(&["audit", "verify", "--data", data]);
    assert!(verified.status.success(), "{verified:?}");
    let head = verified.stdout.trim().rsplit_once("head ").unwrap().1.to_owned();
    server.stop();
    let connection = Connection::open(server.folder().join("data/access.db")).unwrap();
    connection
        .execute_batch("DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_deleted;")
        .unwrap();
    connection
        .execute(
            "DELETE FROM audit WHERE sequence = (SELECT max(sequence) FROM audit)",
            [],
        )
        .unwrap();
    assert!(run(&["audit", "verify", "--data", data]).status.success());
    let cut = run(&["audit", "verify", "--data", data, "--head", &head]);
    assert!(!cut.status.success() && cut.stderr.contains("is gone"), "{cut:?}");
    connection
        .execute(
            "UPDATE audit SET body = replace(body, 'CSU6097384', 'CSU0000000')",
            [],
        )
        .unwrap();
    let changed = run(&["audit", "verify", "--data", data]);
    assert!(
        !changed.status.success() && changed.stderr.contains("was changed"),
        "{changed:?}"
    );
}

#[test]
fn whoever_runs_the_machine_makes_a_link_while_the_server_runs() {
    let (server, admin) = server_with_accounts("");
    let data = server.folder().join("data");
    let data = data.to_str().unwrap();
    let made = run(&[
        "access",
        "link",
        "--data",
        data,
        "--name",
        "admin",
        "--origin",
        "https://quaylight.example",
    ]);
    let link = made
        .stdout
        .trim()
        .strip_prefix("https://quaylight.example/welcome#")
        .expect("a link")
        .to_owned();
    let again = use_link(&server, &link, None);
    assert_eq!(again.get("/accounts").status, 200);
    admin.get("/accounts").problem(401);
    let missing = run(&["access", "link", "--data", data, "--name", "nobody"]);
    assert!(
        !missing.status.success() && missing.stderr.contains("account of this name"),
        "{missing:?}"
    );
}

#[test]
fn with_accounts_only_configured_names_and_pages_are_served() {
    let (server, _) = server_with_accounts(
        "origins = [\"https://quaylight.example\"]\nframe_ancestors = [\"https://portal.example\"]\n",
    );
    let ask = |host: &str| {
        server
            .call("GET", "/api/v1/session", &[("host", host)], b"")
            .unwrap()
            .status
    };
    assert_eq!(
        (ask("quaylight.example"), ask("127.0.0.1"), ask("evil.example")),
        (200, 200, 403)
    );
    let post = |origin: &str, site: &str| {
        let header = [("origin", origin), ("sec-fetch-site", site)];
        let body = json!({"name": "admin", "password": PASSWORD}).to_string();
        server
            .call("POST", "/api/v1/session", &header, body.as_bytes())
            .unwrap()
            .status
    };
    assert_eq!(post("https://quaylight.example", "same-origin"), 200);
    assert_eq!(post("https://evil.example", "cross-site"), 403);
    assert_eq!(post("https://evil.quaylight.example", "same-site"), 403);
    assert_eq!(post("null", "none"), 403);
    for path in ["/", "/api/v1/session", "/api/v1/nothing", "/healthz"] {
        let answer = server.get(path);
        let field = |name: &str| answer.field(name).unwrap_or_default().to_owned();
        assert_eq!(field("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(field("strict-transport-security"), "max-age=31536000", "{path}");
        assert!(
            field("content-security-policy").contains("default-src 'none'"),
            "{path}"
        );
        let framed = if path == "/" {
            "frame-ancestors https://portal.example"
        } else {
            "frame-ancestors 'none'"
        };
        assert!(
            field("content-security-policy").contains(framed),
            "{path}: {}",
            field("content-security-policy")
        );
        assert_eq!(field("referrer-policy"), "same-origin", "{path}");
        let kept: BTreeSet<_> = ["no-store", "no-cache"].into_iter().map(str::to_owned).collect();
        assert!(
            kept.contains(&field("cache-control")),
            "{path}: {}",
            field("cache-control")
        );
    }
}

#[test]
fn accounts_are_not_served_over_a_network_in_the_clear() {
    let folder = tests::program::empty_folder();
    let file = folder.path().join("quaylight.toml");
    fs::write(&file, ACCOUNTS).unwrap();
    let data = folder.path().join("data");
    let ended = run(&[
        "serve",
        "--config",
        file.to_str().unwrap(),
        "--data",
        data.to_str().unwrap(),
        "--listen",
        "0.0.0.0:0",
    ]);
    assert!(
        !ended.status.success() && ended.stderr.contains("in the clear"),
        "{ended:?}"
    );
}
