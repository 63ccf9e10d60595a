//! Who may see what, in the browser: from the first link in a server's log to a wall whose token is revoked.

use crate::look::{LIVE, url};
use serde_json::{Value, json};
use shared::wire::alarm::Alarm;
use tests::browser::Browser;
use tests::http::Answer;
use tests::messages::{at_site, container, event, now};
use tests::program::Server;
use tests::wait::until;

const ACCOUNTS: &str = "[access]\nmode = \"accounts\"\nlock_after = 3\nlock_for = \"10m\"\n";
const SECRET: &str = "harbour lantern eleven geese";
const OTHER: &str = "seven quiet cranes at dusk";

/// Puts texts into the fields of a form and sends it.
const SEND: &str = "
    const form = document.querySelector(`[data-form=\"${arguments[0]}\"]`);
    if (!form || form.hasAttribute('data-busy')) return false;
    for (const [name, value] of Object.entries(arguments[1])) {
        const field = form.querySelector(`[name=\"${name}\"]`);
        if (field.tagName === 'SELECT' || field.type !== 'checkbox') field.value = value;
        for (const mark of form.querySelectorAll(`[name=\"${name}\"][type=checkbox]`)) mark.checked = value.includes(mark.value);
    }
    form.querySelector('[type=submit]').click();
    return true;";

/// The text of what is wrong in a form.
const WRONG: &str = "return [...document.querySelectorAll('.field-error, .form-error')]\
                     .map(place => place.innerText.trim()).filter(words => words).join(' ') || false";

const IN: &str = "return document.querySelector('.account-name') !== null && document.querySelector('[data-connection=\"live\"]') !== null";
const AT_DOOR: &str =
    "return location.pathname === '/sign-in' && document.querySelector('[data-form=\"sign-in\"]') !== null";

#[track_caller]
fn send(browser: &Browser, form: &str, fields: Value) {
    browser.until(
        &format!("the form {form}"),
        &format!("return document.querySelector('[data-form=\"{form}\"]') !== null"),
    );
    assert_eq!(
        browser.run_with(SEND, &[json!(form), fields]),
        json!(true),
        "the form {form}"
    );
}

/// The link of a new server, as it stands in its log.
#[track_caller]
fn first_link(server: &Server) -> String {
    until("the first link to stand in the log", || {
        let log = server.log();
        let link = log
            .split(char::is_whitespace)
            .find(|word| word.contains("/welcome#"))?;
        Some(link.trim_end_matches(['.', ',', '"']).to_owned())
    })
}

/// A server with accounts, and a browser in which its administrator has signed in.
#[track_caller]
pub fn begun() -> (Server, Browser) {
    let server = Server::configured(ACCOUNTS);
    let browser = Browser::start();
    let link = first_link(&server);
    let secret = link.split_once('#').unwrap().1;
    browser.open(&url(&server, &format!("/welcome?lang=en#{secret}")));
    send(
        &browser,
        "welcome",
        json!({"name": "root", "full_name": "Ada Root", "password": SECRET}),
    );
    browser.until("the administrator to be in", IN);
    (server, browser)
}

/// A call by the session of a browser: the page's own way, so that the cookie is the browser's.
#[track_caller]
pub fn call(browser: &Browser, method: &str, path: &str, body: Value) -> Value {
    let answer = browser.run_later(
        "const [method, path, body, done] = arguments; \
         fetch('/api/v1' + path, {method, headers: {'content-type': 'application/json'}, \
           body: body === null ? undefined : JSON.stringify(body)})\
         .then(async answer => { const text = await answer.text(); \
           done({status: answer.status, body: text ? JSON.parse(text) : null}) }, error => done(String(error)))",
        &[json!(method), json!(path), body],
    );
    assert!(
        answer["status"].as_u64().is_some_and(|status| status < 300),
        "{method} {path}: {answer}"
    );
    answer["body"].clone()
}

/// The first site.
#[track_caller]
fn sites(administrator: &Browser) -> String {
    let sites = call(administrator, "GET", "/sites", Value::Null);
    sites["items"][0]["code"].as_str().unwrap().to_owned()
}

/// The secret of the link of an account that the administrator makes.
#[track_caller]
pub fn link(administrator: &Browser, name: &str, role: &str) -> String {
    let made = call(
        administrator,
        "POST",
        "/accounts",
        json!({"name": name, "full_name": format!("{name} of {role}"), "role": role,
            "sites": if role == "terminal" { json!([sites(administrator)]) } else { Value::Null }}),
    );
    made["link"]
        .as_str()
        .unwrap()
        .split_once('#')
        .unwrap()
        .1
        .to_owned()
}

/// An account of a role, and a browser in which its person has signed in.
#[track_caller]
pub fn person(server: &Server, administrator: &Browser, name: &str, role: &str) -> Browser {
    let secret = link(administrator, name, role);
    let browser = Browser::start();
    browser.open(&url(server, &format!("/welcome?lang=en#{secret}")));
    send(&browser, "welcome", json!({"password": OTHER}));
    browser.until("the person to be in", IN);
    browser
}

/// A sender's key, and what is needed to send with it.
#[track_caller]
pub fn sender(server: &Server, administrator: &Browser) -> impl Fn(&[Value]) -> Answer {
    let made = call(
        administrator,
        "POST",
        "/keys",
        json!({"name": "terminal", "role": "sender", "sources": [tests::messages::SOURCE]}),
    );
    let bearer = format!("Bearer {}", made["secret"].as_str().unwrap());
    let client = tests::http::Client::new(server.authority());
    move |events| {
        let header = [("authorization", bearer.as_str())];
        let answer = client.post(
            "/api/v1/feeds/events",
            &header,
            Value::from(events).to_string().as_bytes(),
        );
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer
    }
}

/// A box with an alarm of the highest priority, by a sender that was given a key.
#[track_caller]
fn box_with_alarm(server: &Server, administrator: &Browser) -> (String, String) {
    let send = sender(server, administrator);
    let number = container(7);
    let at = |hours: i64| at_site(now().plus(-hours * 3_600_000));
    let goods =
        json!({"direction": "import", "size_type": "22G1", "dangerous": [{"class": "3", "un": "1993"}]});
    send(&[
        event("d", "discharge", &number, &at(50), goods),
        event("s", "stack", &number, &at(48), json!({"slot": "G120101.1"})),
    ]);
    let listed = call(administrator, "GET", &format!("/alarms?q={number}"), Value::Null);
    let alarms: Vec<Alarm> = serde_json::from_value(listed["items"].clone()).unwrap();
    (number, alarms.first().expect("the box has no alarm").id.clone())
}

#[test]
fn from_the_first_link_to_an_officer_who_acts_by_the_name_of_the_account() {
    let (server, root) = begun();
    // The cookie is kept from scripts and from other sites.
    assert_eq!(root.run("return document.cookie"), json!(""));
    let cookies = root.cookies();
    let cookie = cookies.iter().find(|cookie| {
        cookie["name"]
            .as_str()
            .is_some_and(|name| name.contains("quaylight"))
    });
    let cookie = cookie.unwrap_or_else(|| panic!("no cookie of ours: {cookies:?}"));
    assert_eq!(
        (&cookie["httpOnly"], &cookie["secure"], &cookie["sameSite"]),
        (&json!(true), &json!(true), &json!("Lax"))
    );
    let (_, alarm) = box_with_alarm(&server, &root);

    // The administrator makes an officer; the link is shown once.
    root.open(&url(&server, "/access?lang=en"));
    root.until(
        "the button for a new account",
        "const button = document.querySelector('[data-do=new]'); button?.click(); return button !== null",
    );
    send(
        &root,
        "account",
        json!({"name": "lin", "full_name": "Officer Lin", "role": "officer"}),
    );
    let link = root.until(
        "the link",
        "return document.querySelector('[data-part=secret]')?.value",
    );
    let link = link.as_str().unwrap().to_owned();
    assert!(link.starts_with(&url(&server, "/welcome#")), "{link}");

    // The officer chooses a password: what is short or soon guessed is said at the field.
    let lin = Browser::start();
    lin.open(&link.replace("/welcome#", "/welcome?lang=en#"));
    send(&lin, "welcome", json!({"password": "short"}));
    let said = lin.until("the short one to be refused", WRONG);
    assert!(said.as_str().unwrap().contains("at least 15"), "{said}");
    send(&lin, "welcome", json!({"password": "passwordpassword"}));
    lin.until(
        "the common one to be refused",
        "return document.querySelector('[data-error=password]')?.innerText.includes('guessed')",
    );
    send(&lin, "welcome", json!({"password": OTHER}));
    lin.until("the officer to be in", IN);
    lin.open(&link.replace("/welcome#", "/welcome?lang=en#"));
    lin.until(
        "the link to be used up",
        "return document.querySelector('main .failed')?.innerText.includes('used up')",
    );

    // Acts, without being asked for a name, and stands in the history by the account's.
    lin.open(&url(&server, &format!("/alarms?lang=en&alarm={alarm}")));
    lin.until("the page to be live", LIVE);
    lin.until(
        "the action",
        "const button = document.querySelector('dialog [data-action=acknowledge]'); button?.click(); return button !== null",
    );
    lin.until(
        "the form",
        "return document.querySelector('dialog [data-form=acknowledge]') !== null",
    );
    assert_eq!(
        lin.run("return document.querySelector('dialog [name=by]') === null"),
        json!(true)
    );
    lin.run("document.querySelector('dialog [data-form=acknowledge] [type=submit]').click()");
    lin.until(
        "the history to name the account",
        "return document.querySelector('dialog .history-list')?.innerText.includes('Acknowledged · lin')",
    );
    // Rules are there to be tried, and saving them is not offered.
    lin.open(&url(&server, "/alarms/rules?lang=en"));
    lin.until(
        "the rules",
        "return document.querySelector('.rules-sheet input') !== null",
    );
    lin.run(
        "const field = [...document.querySelectorAll('.rules-sheet input')].find(field => field.value === '10 d' || / d$| h$/.test(field.value)); \
         field.value = '90 min'; field.dispatchEvent(new Event('change', {bubbles: true}))",
    );
    lin.until(
        "the rules to be tried",
        "const button = document.querySelector('.bulk-bar [data-do=try]'); button?.click(); return button !== null",
    );
    lin.until(
        "what became of it",
        "return document.body.innerText.includes('Only an administrator puts rules in force')",
    );
    assert_eq!(
        lin.run("return document.querySelector('[data-form=rules]') === null"),
        json!(true)
    );
    // Managing is not offered, and not there.
    assert_eq!(
        lin.run("return document.querySelector('a[href^=\"/access\"]') === null"),
        json!(true)
    );
    lin.open(&url(&server, "/access?lang=en"));
    lin.until(
        "the page to say that it is not for officers",
        "return document.querySelector('.not-allowed')?.innerText.includes('Officer')",
    );

    // The audit log has all of it in words.
    root.open(&url(&server, "/access?lang=en&view=audit&action=alarm_action"));
    root.until(
        "the action in the audit log",
        "return [...document.querySelectorAll('tr[data-deed=alarm_action]')].some(row => row.innerText.includes('lin'))",
    );
    assert_eq!(lin.errors_but_refusals(), [] as [String; 0]);
}

#[test]
fn wrong_passwords_lock_and_say_so_and_signing_in_leads_back() {
    let (server, root) = begun();
    let browser = Browser::start();
    browser.open(&url(&server, "/alarms?lang=en&kind=overtime"));
    browser.until("the sign-in", AT_DOOR);
    let known = browser.run(
        "return ['name', 'password'].map(name => document.querySelector(`[data-form=sign-in] [name=${name}]`).autocomplete)",
    );
    assert_eq!(known, json!(["username", "current-password"]));
    send(
        &browser,
        "sign-in",
        json!({"name": "root", "password": "not this one at all"}),
    );
    browser.until(
        "the password to be refused",
        "return document.querySelector('[data-error=password]')?.innerText && !document.querySelector('[data-busy]')",
    );
    // The rest of the tries are somebody else's.
    until("the lock", || {
        (tests::access::sign_in(&server, "root", "nor this one").status == 429).then_some(())
    });
    send(&browser, "sign-in", json!({"name": "root", "password": SECRET}));
    let said = browser.until(
        "the lock to be told",
        "const words = document.querySelector('[data-error=password]')?.innerText; return words?.includes('too many') && words",
    );
    assert!(said.as_str().unwrap().contains("min"), "{said}");
    // By keyboard alone, in a browser that was not refused before, once the lock is over: with a name of its own.
    let lee = person(&server, &root, "lee", "viewer");
    lee.open(&url(&server, "/alarms?lang=en&kind=overtime"));
    lee.until("the page to be live", LIVE);
    lee.run("document.querySelector('[data-do=sign-out]').click()");
    lee.until("the sign-in", AT_DOOR);
    lee.open(&url(&server, "/throughput?lang=en&period=7"));
    lee.until("the sign-in", AT_DOOR);
    lee.until(
        "the name to have the keyboard",
        "return document.activeElement?.name === 'name'",
    );
    lee.type_text("lee");
    lee.press(&[tests::browser::keys::TAB]);
    lee.type_text(OTHER);
    lee.press(&[tests::browser::keys::ENTER]);
    lee.until(
        "to come back",
        "return location.pathname === '/throughput' && location.search.includes('period=7')",
    );
    lee.until("the page to be live", LIVE);
}

#[test]
fn a_session_that_ends_elsewhere_ends_the_stream_and_leads_to_the_sign_in_but_keeps_what_was_typed() {
    let (server, root) = begun();
    let (number, alarm) = box_with_alarm(&server, &root);
    let lin = person(&server, &root, "lin", "officer");
    let accounts = call(&root, "GET", "/accounts", Value::Null);
    let lins = accounts["items"].as_array().unwrap();
    let id = lins.iter().find(|own| own["name"] == "lin").unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    lin.open(&url(&server, &format!("/alarms?lang=en&alarm={alarm}")));
    lin.until("the page to be live", LIVE);
    lin.until(
        "the action",
        "const button = document.querySelector('dialog [data-action=close]'); button?.click(); return button !== null",
    );
    lin.until(
        "the form to be filled",
        "const area = document.querySelector('dialog [data-form=close] textarea'); if (area) area.value = 'half a sent'; return area !== null",
    );
    call(&root, "DELETE", &format!("/accounts/{id}/sessions"), Value::Null);
    lin.until(
        "the page to say that it is signed out",
        "return document.querySelector('.banners')?.innerText.includes('signed out')",
    );
    let kept = lin.run("return [document.querySelector('dialog textarea')?.value, document.querySelector('[data-connection=live]')]");
    assert_eq!(kept, json!(["half a sent", null]));
    // Signed in again in another tab, it goes on where it was.
    lin.run_later(
        "const [name, password, done] = arguments; fetch('/api/v1/session', {method: 'POST', headers: {'content-type': 'application/json'}, \
         body: JSON.stringify({name, password})}).then(answer => done(answer.status))",
        &[json!("lin"), json!(OTHER)],
    );
    lin.until("the page to be live", LIVE);
    assert_eq!(
        lin.run("return document.querySelector('dialog textarea')?.value"),
        json!("half a sent")
    );
    // With nothing typed the way leads to the sign-in.
    lin.open(&url(&server, "/yard?lang=en"));
    lin.until("the page to be live", LIVE);
    call(&root, "DELETE", &format!("/accounts/{id}/sessions"), Value::Null);
    lin.until("the sign-in", AT_DOOR);
    assert_eq!(
        lin.run("return new URLSearchParams(location.search).get('to')"),
        json!("/yard?lang=en")
    );
    assert_eq!(
        lin.run(&format!("return document.body.innerText.includes('{number}')")),
        json!(false)
    );
}

#[test]
fn what_a_role_may_not_is_not_offered() {
    let (server, root) = begun();
    let (number, alarm) = box_with_alarm(&server, &root);
    let viewer = person(&server, &root, "vera", "viewer");
    for address in [
        "/",
        "/yard?slot=G120101.1",
        "/alarms",
        "/clearance",
        "/throughput",
        "/stays",
        "/feeds",
        "/wall/setup",
    ] {
        let sign = if address.contains('?') { '&' } else { '?' };
        viewer.open(&url(&server, &format!("{address}{sign}lang=en")));
        viewer.until("the page to be live", LIVE);
        viewer.until(
            "the page to have what it asked for",
            "return document.querySelector('main .loading') === null",
        );
        let offered = viewer.run(
            "return [...document.querySelectorAll('a[href^=\"/containers\"], a[href^=\"/alarms/rules\"], a[href^=\"/access\"], \
             [data-do=csv], [data-do=export], [role=search], [data-form], main .failed')].filter(part => part.checkVisibility())\
             .map(part => part.outerHTML.slice(0, 120))",
        );
        assert_eq!(offered, json!([]), "{address}");
    }
    viewer.open(&url(&server, &format!("/alarms?lang=en&alarm={alarm}")));
    viewer.until(
        "the alarm",
        &format!("return document.querySelector('dialog')?.innerText.includes('{number}')"),
    );
    let offered = viewer.run(
        "return document.querySelectorAll('dialog [data-action], dialog .facts a[href^=\"/containers\"]').length + \
         [...document.querySelectorAll('.pick')].filter(part => part.checkVisibility()).length",
    );
    assert_eq!(offered, json!(0));
    viewer.open(&url(&server, &format!("/containers/{number}?lang=en")));
    viewer.until(
        "the trail to be refused in words",
        "return document.querySelector('.not-allowed')?.innerText.includes('Viewer')",
    );
    assert_eq!(viewer.errors_but_refusals(), [] as [String; 0]);

    // A terminal explains, and nothing else.
    let terminal = person(&server, &root, "tina", "terminal");
    terminal.open(&url(&server, "/alarms?lang=en"));
    terminal.until(
        "alarms to pick",
        "const pick = document.querySelector('tr[data-alarm] [data-pick=one]'); pick?.click(); return pick !== null",
    );
    terminal.until(
        "what can be done with them",
        "return document.querySelector('.bulk-bar') !== null",
    );
    let offered = terminal
        .run("return [...document.querySelectorAll('.bulk-bar [data-do]')].map(button => button.dataset.do)");
    assert_eq!(offered, json!(["explain", "clear"]));
    terminal.open(&url(&server, &format!("/containers/{number}?lang=en")));
    terminal.until("the trail", "return document.querySelector('.trail-head') !== null && document.querySelector('main .loading') === null");
    assert_eq!(
        terminal.run("return document.querySelector('main .failed, [data-do=csv]')"),
        Value::Null
    );
    assert_eq!(terminal.errors_but_refusals(), [] as [String; 0]);
}

#[test]
fn a_walls_token_shows_its_scene_alone_outlives_a_restart_and_ends_when_it_is_revoked() {
    let (mut server, root) = begun();
    box_with_alarm(&server, &root);
    let mut kept = None;
    for scene in ["yard", "alarms", "clearance", "throughput", "number", "feeds"] {
        let made = call(
            &root,
            "POST",
            "/keys",
            json!({"name": format!("wall of {scene}"), "role": "display", "scenes": [scene]}),
        );
        let secret = made["secret"].as_str().unwrap().to_owned();
        let wall = Browser::start();
        wall.open(&url(
            &server,
            &format!("/wall?scenes={scene}&lang=en#display={secret}"),
        ));
        wall.until("the wall to be live", LIVE);
        wall.until(
            "the scene",
            &format!(
                "return document.querySelector('.scene[data-part=\"{scene}\"][data-seen=true]')?.innerText.trim() && \
                 !document.querySelector('.wall-wait')"
            ),
        );
        assert_eq!(
            wall.run("return document.querySelector('.wall-trouble')"),
            Value::Null,
            "{scene}"
        );
        assert_eq!(
            wall.errors(),
            [],
            "{scene}: a wall with this scene alone asks for nothing that is refused"
        );
        if scene == "alarms" {
            kept = Some((wall, made["key"]["id"].as_str().unwrap().to_owned(), secret));
        }
    }
    let (wall, id, secret) = kept.unwrap();
    // More than its token has it does not show.
    wall.open(&url(
        &server,
        &format!("/wall?scenes=yard,alarms&lang=en#display={secret}"),
    ));
    wall.until("the wall to be live", LIVE);
    assert_eq!(
        wall.run("return [...document.querySelectorAll('.scene[data-part]')].map(scene => scene.dataset.part).filter(part => part !== 'takeover')"),
        json!(["alarms"])
    );
    // A restart of the server.
    server.stop();
    wall.until(
        "the wall to be cut off",
        "return document.querySelector('[data-connection=lost]') !== null",
    );
    server.start_again();
    wall.until("the wall to be live again", LIVE);
    assert_eq!(
        wall.run("return location.hash"),
        json!(format!("#display={secret}"))
    );
    // The browser of the wall is started again: a load of the same address.
    wall.run("location.reload()");
    wall.until("the wall to be live again", LIVE);

    call(&root, "DELETE", &format!("/keys/{id}"), Value::Null);
    wall.until(
        "the wall to say that its token was revoked",
        "return document.querySelector('.wall-closed')?.innerText.includes('revoked')",
    );
    let size =
        wall.run("return parseFloat(getComputedStyle(document.querySelector('.wall-closed-what')).fontSize)");
    assert!(size.as_f64().is_some_and(|size| size > 40.0), "{size}");
    // Another token in its address is taken without a hand on it.
    let made = call(
        &root,
        "POST",
        "/keys",
        json!({"name": "wall again", "role": "display", "scenes": ["alarms"]}),
    );
    let secret = made["secret"].as_str().unwrap();
    wall.run(&format!("location.hash = 'display={secret}'"));
    wall.until("the wall to be live again", LIVE);
    wall.until(
        "the scene",
        "return document.querySelector('.scene[data-part=alarms]') !== null",
    );
}

#[test]
fn an_administrator_makes_and_revokes_a_walls_token_in_the_page() {
    let (server, root) = begun();
    root.open(&url(&server, "/access?lang=en&view=keys"));
    root.until(
        "the button for a wall",
        "const button = document.querySelector('main [data-do=display]'); button?.click(); return button !== null",
    );
    send(
        &root,
        "key",
        json!({"name": "control room", "scenes": ["feeds", "alarms"]}),
    );
    let address = root.until(
        "the address",
        "return document.querySelector('[data-part=secret]')?.value",
    );
    let address = address.as_str().unwrap().to_owned();
    assert!(
        address.starts_with(&url(
            &server,
            "/wall?scenes=alarms,feeds&lang=en#display=ql_display_"
        )),
        "{address}"
    );
    root.run("document.querySelector('.secret [data-do=close]').click()");
    // Asked first.
    root.until(
        "the key in the list",
        "const button = document.querySelector('[data-do^=\"ask \"]'); button?.click(); return button !== null",
    );
    root.until(
        "the question",
        "return document.activeElement?.dataset.do?.startsWith('no ')",
    );
    root.run("document.querySelector('[data-do^=\"yes \"]').click()");
    root.until(
        "the key to be revoked",
        "return document.querySelector('tr.revoked')?.innerText.includes('Revoked')",
    );

    // The set-up of a wall makes a token for the wall that is set up.
    root.open(&url(&server, "/wall/setup?lang=en&scenes=yard,number&every=30"));
    send(&root, "key", json!({"name": "hall"}));
    let address = root.until(
        "the address",
        "return document.querySelector('.wall-token [data-part=secret]')?.value",
    );
    let address = address.as_str().unwrap();
    assert!(
        address.contains("/wall?lang=en&scenes=yard,number&every=30#display=ql_display_"),
        "{address}"
    );
    let keys = call(&root, "GET", "/keys", Value::Null);
    let hall = keys["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["name"] == "hall")
        .unwrap();
    assert_eq!(hall["scenes"], json!(["yard", "number"]));
    // A password is changed where the present one is known.
    root.open(&url(&server, "/account?lang=en"));
    send(&root, "password", json!({"present": "wrong", "password": OTHER}));
    root.until(
        "the present one to be refused",
        "return document.querySelector('[data-error=present]')?.innerText.includes('not your present')",
    );
    send(&root, "password", json!({"present": SECRET, "password": OTHER}));
    root.until(
        "the change",
        "return document.querySelector('.done')?.innerText.includes('changed')",
    );
}
