//! Signing in at an identity provider, with a real one on loopback.

use serde_json::{Value, json};
use std::fs;
use tests::access::{Somebody, sign_in};
use tests::program::Server;
use tests::provider::{Provider, Visitor};

/// A server, and a provider that knows under which address browsers reach it.
fn start() -> (Server, Provider, String) {
    let mut provider = None;
    let server = Server::configured_by(|authority, folder| {
        let origin = format!("http://{authority}");
        let started = Provider::start(&origin);
        fs::write(folder.join("secret"), "a secret of two\n").unwrap();
        let toml = format!(
            "[access]\nmode = \"accounts\"\norigins = [\"{origin}\"]\n[access.oidc]\n\
             name = {{ en = \"Port ID\", zh = \"港口认证\" }}\nissuer = \"{}\"\nclient_id = \"quaylight\"\n\
             client_secret_file = \"secret\"\nscopes = [\"profile\", \"groups\"]\n\
             [[access.oidc.grant]]\nvalue = \"administrators\"\nrole = \"administrator\"\n\
             [[access.oidc.grant]]\nvalue = \"officers\"\nrole = \"officer\"\nsites = [\"CNTXG-TPCT\"]\n",
            started.issuer()
        );
        provider = Some(started);
        toml
    });
    let origin = format!("http://{}", server.authority());
    (server, provider.expect("it was started"), origin)
}

/// Signs in as somebody at the provider; answers where that ended.
fn sign_in_at_provider(origin: &str, name: &str, to: &str) -> (Visitor, String) {
    let mut visitor = Visitor::default();
    let (form, _) = visitor.go(&format!("{origin}/api/v1/session/provider?to={to}"), None);
    assert!(form.contains("/interaction/"), "{form}");
    let (consent, _) = visitor.go(&form, Some(&format!("prompt=login&login={name}&password=any")));
    assert!(consent.contains("/interaction/"), "{consent}");
    let (end, _) = visitor.go(&consent, Some("prompt=consent"));
    (visitor, end)
}

#[test]
fn what_the_provider_says_of_somebody_gives_role_and_sites_here() {
    let (server, _provider, origin) = start();
    // Administrators come from the provider, so that no link has to be printed.
    assert!(!server.log().contains("/welcome#"), "{}", server.log());
    let (visitor, end) = sign_in_at_provider(&origin, "wang", "/alarms");
    assert_eq!(end, format!("{origin}/alarms"));
    let wang = Somebody {
        proof: ("cookie".to_owned(), visitor.cookies()),
        ..Somebody::with_key(&server, "")
    };
    let session: Value = wang.get("/session").ok();
    assert_eq!(
        (
            &session["account"]["name"],
            &session["account"]["full_name"],
            &session["account"]["role"],
            &session["sites"]
        ),
        (
            &json!("wang"),
            &json!("wang by name"),
            &json!("officer"),
            &json!(["CNTXG-TPCT"])
        )
    );
    assert_eq!(session["provider"], json!({"en": "Port ID", "zh": "港口认证"}));
    wang.get("/accounts").problem(403);
    // Whoever the provider speaks for has no password here.
    sign_in(&server, "wang", "").problem(401);

    let (visitor, _) = sign_in_at_provider(&origin, "li", "/");
    let li = Somebody {
        proof: ("cookie".to_owned(), visitor.cookies()),
        ..wang.clone()
    };
    let accounts: Value = li.get("/accounts").ok();
    let account = accounts["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|own| own["name"] == "wang")
        .unwrap();
    let path = format!("/accounts/{}", account["id"].as_str().unwrap());
    li.call("POST", &format!("{path}/link"), &Value::Null)
        .problem(400);
    let shut = json!({"name": "wang", "full_name": "wang", "role": "officer", "sites": ["CNTXG-TPCT"], "disabled": true});
    assert_eq!(li.call("PUT", &path, &shut).status, 200);
    wang.get("/alarms").problem(401);
    let (_, end) = sign_in_at_provider(&origin, "wang", "/alarms");
    assert_eq!(end, format!("{origin}/sign-in?problem=shut"));
}

#[test]
fn whom_the_provider_knows_and_nothing_is_granted_does_not_come_in() {
    let (server, _provider, origin) = start();
    let (visitor, end) = sign_in_at_provider(&origin, "guest", "/");
    assert_eq!(end, format!("{origin}/sign-in?problem=no_role"));
    assert!(!visitor.cookies().contains("quaylight="), "{}", visitor.cookies());
    server.get("/api/v1/alarms").problem(401);
}

#[test]
fn nobody_ends_a_sign_in_that_another_began_and_none_is_ended_twice() {
    let (_server, _provider, origin) = start();
    let mut begun = Visitor::default();
    let (form, _) = begun.go(
        &format!("{origin}/api/v1/session/provider?to=//evil.example"),
        None,
    );
    assert!(form.contains("/interaction/"), "{form}");
    // Another browser comes with an answer that was made up, and with none of the cookies.
    for query in ["code=made-up&state=made-up", "state=x", "error=access_denied"] {
        let address = format!("{origin}/api/v1/session/provider/callback?{query}");
        let (end, _) = Visitor::default().go(&address, None);
        assert_eq!(end, format!("{origin}/sign-in?problem=begin_again"));
    }
    // The one who began it is led into the page, and nowhere else.
    let (consent, _) = begun.go(&form, Some("prompt=login&login=wang&password=any"));
    let (end, _) = begun.go(&consent, Some("prompt=consent"));
    assert_eq!(end, format!("{origin}/"));
}

#[test]
fn a_provider_that_is_away_keeps_nobody_else_out() {
    let (server, provider, origin) = start();
    // Nobody has asked it before, so what it said is not known.
    drop(provider);
    let (end, _) = Visitor::default().go(&format!("{origin}/api/v1/session/provider"), None);
    assert_eq!(end, format!("{origin}/sign-in?problem=provider"));
    assert_eq!(server.get("/readyz").status, 200);
    assert_eq!(server.get("/api/v1/session").status, 200);
}
