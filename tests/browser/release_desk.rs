//! Four people in four browsers take an application from its form to the instruction that the terminal confirmed, and
//! nobody loads a page again.

use crate::access::{begun, call, person, sender};
use crate::look::LIVE;
use serde_json::{Value, json};
use tests::browser::Browser;
use tests::browser::keys::ENTER;
use tests::messages::{at_site, container, event, now};

/// Whoever loads the page again loses it.
const MARK: &str = "window.hereSince = 'the beginning'";

/// Puts texts into fields, as typing does.
const FILL: &str = "
    for (const [name, value] of Object.entries(FIELDS)) {
        const field = document.querySelector(`main [name=\"${name}\"]`);
        if (!field) return false;
        field.value = value;
        for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, {bubbles: true}));
    }
    return true;";

/// Chooses a file, as somebody does in the browser's own dialog.
const CHOOSE: &str = "
    const field = document.querySelector('.drop input[type=file]');
    if (!field) return false;
    const chosen = new DataTransfer();
    chosen.items.add(new File(['%PDF-1.7\\narrival report\\n%%EOF\\n'], 'arrival report.pdf', {type: 'application/pdf'}));
    field.files = chosen.files;
    field.dispatchEvent(new Event('change', {bubbles: true}));
    return true;";

#[track_caller]
fn click(browser: &Browser, selector: &str) {
    let script = format!(
        "const part = document.querySelector('{selector}'); if (!part || part.disabled) return false; part.click(); return true"
    );
    browser.until(&format!("{selector} to be clicked"), &script);
}

#[track_caller]
fn wait(browser: &Browser, selector: &str) {
    browser.until(
        &format!("{selector} to be there"),
        &format!("return document.querySelector('{selector}') !== null"),
    );
}

/// Writes into fields that are there.
#[track_caller]
fn fill(browser: &Browser, fields: &Value) {
    browser.until(
        "the fields to be there",
        &FILL.replace("FIELDS", &fields.to_string()),
    );
}

/// Does something that has to be said with a remark.
#[track_caller]
fn act(browser: &Browser, action: &str, remark: &str) {
    click(browser, &format!("[data-action={action}]"));
    wait(browser, &format!("[data-form={action}] textarea"));
    fill(browser, &json!({"remark": remark}));
    click(browser, &format!("[data-form={action}] [type=submit]"));
}

/// Waits until the application that is shown is in a state.
#[track_caller]
fn shows(browser: &Browser, state: &str) {
    wait(browser, &format!(".desk-title [data-state={state}]"));
}

/// Goes to the desk by its link, and waits until it is live.
#[track_caller]
fn to_the_desk(browser: &Browser) {
    click(browser, "nav a[href^=\"/release-desk\"]");
    wait(browser, ".desk-queues");
    browser.until("the desk to be live", LIVE);
    browser.run(MARK);
}

#[test]
fn four_people_take_an_application_from_form_to_confirmed_instruction_and_nobody_loads_a_page_again() {
    let (server, root) = begun();
    let send = sender(&server, &root);
    let number = container(21);
    let at = |hours: i64| at_site(now().plus(-hours * 3_600_000));
    let paper = json!({"declaration": "020220240000123456"});
    send(&[
        event(
            "g",
            "gate_in",
            &number,
            &at(9),
            json!({"direction": "export", "size_type": "22G1", "voyage": "041W", "vessel_name": "Bohai Pioneer",
                "vessel_imo": "9321483", "bill_of_lading": "MDXU714336"}),
        ),
        event("a", "arrival_report", &number, &at(8), json!({})),
        event("s", "stack", &number, &at(7), json!({"slot": "E120101.1"})),
        event("c", "declare", &number, &at(6), paper.clone()),
        event("r", "release", &number, &at(1), paper),
    ]);
    let people = [
        ("acme", "enterprise"),
        ("tpct", "terminal"),
        ("lin", "officer"),
        ("dock", "terminal"),
    ];
    let [acme, tpct, lin, dock] = people.map(|(name, role)| person(&server, &root, name, role));

    // An enterprise has nothing but the desk, and begins there.
    acme.until(
        "the enterprise to be led to the desk",
        "return location.pathname === '/release-desk' && document.querySelector('.desk-queues') !== null",
    );
    acme.run(MARK);
    for browser in [&tpct, &lin, &dock] {
        to_the_desk(browser);
        wait(browser, "main .empty");
    }

    // The form fills itself in from what is known of the box.
    click(&acme, "[data-do=new]");
    wait(&acme, "#apply-containers");
    acme.run("document.querySelector('#apply-containers').focus()");
    acme.type_text(&number);
    wait(&acme, &format!("[data-container={number}][data-level=good]"));
    acme.until(
        "the voyage to be filled in and marked",
        "return document.querySelector('#apply-voyage').value === '041W' \
         && document.querySelector('[data-filled=voyage]').textContent !== ''",
    );
    // Handed in too early it says beside the fields what is missing.
    click(&acme, "[data-do=apply]");
    acme.until(
        "what is missing to be said beside its field",
        "return ['reason', 'bill_of_lading', 'declaration'].every(name => \
           document.querySelector(`[data-error=${name}]`).textContent !== '')",
    );
    fill(
        &acme,
        &json!({"reason": "message_lost", "bill_of_lading": "MDXU714336", "declaration": "020220240000123456",
            "remark": "Sent on Monday, never arrived."}),
    );
    acme.until("the chooser of files", CHOOSE);
    wait(&acme, ".desk-files [data-file]");
    click(&acme, "[data-do=apply]");
    click(&acme, "dialog[open] [data-do=go]");
    shows(&acme, "proofreading");
    let path = acme.run("return location.pathname");
    let id = path.as_str().unwrap().rsplit('/').next().unwrap().to_owned();

    // Both of the terminal are called, customs is not yet.
    for browser in [&tpct, &dock] {
        wait(browser, &format!(".desk-table [data-application=\"{id}\"]"));
        wait(
            browser,
            &format!(".toast[data-application=\"{id}\"][data-turn=true]"),
        );
        wait(browser, ".desk-badge");
    }
    assert_eq!(
        lin.run("return document.querySelectorAll('.desk-table [data-application]').length"),
        json!(0)
    );

    // The terminal corrects in place, and says why.
    click(&tpct, &format!(".desk-table [data-application=\"{id}\"] a.open"));
    shows(&tpct, "proofreading");
    wait(&tpct, "[data-field=bill_of_lading] [data-verdict=agrees]");
    click(&tpct, "[data-action=correct]");
    wait(&tpct, "[name=fix-vessel_name]");
    fill(&tpct, &json!({"fix-vessel_name": "BOHAI PIONEER"}));
    act(&tpct, "correct", "As in our berth plan.");
    shows(&tpct, "reviewing");
    shows(&acme, "reviewing");

    // Customs is called by a notice, asks, is answered, and approves by one key.
    click(&lin, &format!(".toast[data-application=\"{id}\"] a"));
    shows(&lin, "reviewing");
    act(&lin, "ask", "Which message was it?");
    shows(&acme, "asked");
    act(&acme, "answer", "The CUSRES of Monday.");
    shows(&lin, "reviewing");
    lin.run("document.activeElement?.blur()");
    lin.press(&['a']);
    wait(&lin, "[data-form=approve] [type=submit]:focus");
    lin.press(&[ENTER]);
    shows(&lin, "approved");

    // The other at the terminal confirms.
    wait(
        &dock,
        &format!(".desk-table [data-application=\"{id}\"][data-state=approved]"),
    );
    click(&dock, &format!(".desk-table [data-application=\"{id}\"] a.open"));
    click(&dock, "[data-action=confirm]");
    click(&dock, "[data-form=confirm] [type=submit]");
    for browser in [&acme, &tpct, &lin, &dock] {
        shows(browser, "confirmed");
        assert_eq!(
            browser.run("return window.hereSince ?? null"),
            json!("the beginning")
        );
        assert_eq!(browser.errors_but_refusals(), Vec::<String>::new());
    }

    // All see the same steps, and the port knows the instruction.
    let steps = acme.run(
        "return [...document.querySelectorAll('.desk-steps [data-action]')].map(step => step.dataset.action).reverse()",
    );
    let told = |browser: &Browser| {
        browser.until(
            "the steps to be the same for all",
            &format!(
                "return JSON.stringify([...document.querySelectorAll('.desk-steps [data-action]')]\
                 .map(step => step.dataset.action).reverse()) === '{steps}'"
            ),
        );
    };
    for browser in [&tpct, &lin, &dock] {
        told(browser);
    }
    let steps: Vec<String> = serde_json::from_value(steps).unwrap();
    let decided: Vec<&str> = steps
        .iter()
        .map(String::as_str)
        .filter(|step| !["save", "attach"].contains(step))
        .collect();
    assert_eq!(
        decided,
        ["apply", "correct", "ask", "answer", "approve", "confirm"]
    );
    let known = tests::wait::until("the port to know the instruction", || {
        let known = call(&root, "GET", &format!("/containers/{number}"), Value::Null);
        let nodes = known["stays"][0]["nodes"].as_array()?.clone();
        nodes
            .into_iter()
            .find(|node| node["node"] == "loading_instruction")
    });
    assert_eq!(known["source"], json!("release-desk"));
}
