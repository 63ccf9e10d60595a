//! The alarms of `domain.md` §2 on the screen that customs knows, live, and through a crash of the server.

use crate::look::{LIVE, Row, columns, rows, url, wait_for_container};
use serde_json::{Value, json};
use tests::browser::Browser;
use tests::messages::{container, event};
use tests::program::Server;
use tests::senders::{Senders, check};

/// The four rows of the two screens, told as native events.
fn the_four() -> Vec<Value> {
    let overtime = json!({"direction": "import", "bill_of_lading": "MDXU714336", "voyage": "2018"});
    let mut events = vec![
        event(
            "1",
            "discharge",
            "CSU6097384",
            "2022-02-23T13:14:15+08:00",
            overtime,
        ),
        event(
            "2",
            "stack",
            "CSU6097384",
            "2022-02-23T14:37:43+08:00",
            json!({"slot": "G120101.1", "size_type": "22G1"}),
        ),
    ];
    for (number, refrigerated, entered, slot) in [
        ("CPFLU6104739", true, "2022-02-23T12:40:11+08:00", "G124405.1"),
        ("TJBM76733660", true, "2022-02-22T08:38:43+08:00", "G120401.1"),
        ("CPFLU1911999", false, "2022-02-23T20:11:23+08:00", "G155701.5"),
    ] {
        let more = json!({"direction": "import", "dangerous": [{"class": "3", "un": "1993"}],
            "refrigerated": refrigerated, "slot": slot});
        events.push(event(&format!("{number}-stack"), "stack", number, entered, more));
    }
    events
}

fn row(cells: &[(&str, &str)]) -> Row {
    cells
        .iter()
        .map(|(column, text)| ((*column).to_owned(), (*text).to_owned()))
        .collect()
}

/// An event that makes one more overtime alarm at once.
fn one_more(n: u32) -> Value {
    event(
        &format!("more-{n}"),
        "discharge",
        &container(n),
        "2022-02-24T08:00:00+08:00",
        json!({"direction": "import"}),
    )
}

/// Marks the window, so that a reload shows.
fn mark(browser: &Browser) {
    browser.run("window.notReloaded = true");
}

fn is_marked(browser: &Browser) -> bool {
    browser.run("return window.notReloaded === true") == json!(true)
}

#[test]
fn the_four_known_alarms_stand_in_their_columns_in_chinese_and_a_further_one_comes_by_itself() {
    let server = Server::start();
    let answer = server.send(&the_four());
    assert_eq!(answer.accepted, 5);
    let browser = Browser::start();
    browser.open(&url(&server, "/alarms?lang=zh"));
    wait_for_container(&browser, "overtime", "CSU6097384");
    wait_for_container(&browser, "illegal_storage", "TJBM76733660");
    browser.until("the page to be live", LIVE);

    assert_eq!(
        columns(&browser, "overtime"),
        [
            "number",
            "direction",
            "bill_of_lading",
            "voyage",
            "container",
            "previous_node",
            "previous_at",
            "current_node",
            "current_at",
            "content",
            "raised_at",
        ]
    );
    assert_eq!(
        rows(&browser, "overtime"),
        [row(&[
            ("number", "1"),
            ("direction", "进口"),
            ("bill_of_lading", "MDXU714336"),
            ("voyage", "2018"),
            ("container", "CSU6097384"),
            ("previous_node", "卸船"),
            ("previous_at", "2022-02-23 13:14:15"),
            ("current_node", "堆存"),
            ("current_at", "2022-02-23 14:37:43"),
            ("content", "作业时间超长报警"),
            // The moment at which the limit of an hour passed.
            ("raised_at", "2022-02-23 14:14:15"),
        ])]
    );

    assert_eq!(
        columns(&browser, "illegal_storage"),
        [
            "number",
            "direction",
            "container",
            "dangerous",
            "refrigerated",
            "entered_at",
            "slot",
            "content",
            "raised_at",
            "explanation",
            "action",
        ]
    );
    let expected = [
        ("1", "CPFLU1911999", "否", "2022-02-23 20:11:23", "G155701.5"),
        ("2", "CPFLU6104739", "是", "2022-02-23 12:40:11", "G124405.1"),
        ("3", "TJBM76733660", "是", "2022-02-22 08:38:43", "G120401.1"),
    ];
    let mut found = rows(&browser, "illegal_storage");
    for row in &mut found {
        let action = row.remove("action").unwrap();
        assert!(!action.is_empty(), "there is nothing to do in {row:?}");
    }
    assert_eq!(
        found,
        expected.map(|(number, container, refrigerated, entered, slot)| row(&[
            ("number", number),
            ("direction", "进口"),
            ("container", container),
            ("dangerous", "是"),
            ("refrigerated", refrigerated),
            ("entered_at", entered),
            ("slot", slot),
            ("content", "不在码头堆存区域内，箱子在码头进行堆存"),
            // The moment of stacking.
            ("raised_at", entered),
            ("explanation", "未报"),
        ]))
    );
    assert_eq!(
        browser.run("return document.documentElement.lang"),
        json!("zh-CN")
    );

    mark(&browser);
    server.send(&[one_more(1)]);
    wait_for_container(&browser, "overtime", &container(1));
    assert!(is_marked(&browser), "the page was loaded again");
    let overtime = rows(&browser, "overtime");
    assert_eq!(
        (overtime.len(), overtime[0]["container"].as_str()),
        (2, container(1).as_str())
    );
    assert_eq!(
        (overtime[0]["raised_at"].as_str(), overtime[1]["number"].as_str()),
        ("2022-02-24 09:00:00", "2")
    );
    assert_eq!(browser.errors(), []);
}

#[test]
fn an_alarm_that_is_explained_and_closed_is_so_on_an_open_page() {
    let server = Server::start();
    server.send(&the_four());
    let browser = Browser::start();
    browser.open(&url(&server, "/alarms?lang=zh"));
    wait_for_container(&browser, "illegal_storage", "TJBM76733660");
    browser.until("the page to be live", LIVE);
    mark(&browser);
    let alarm = server.alarms("q=TJBM76733660").remove(0).id;
    let shown = |what: &str| {
        format!(
            "return document.querySelector('tr[data-alarm=\"{alarm}\"] td[data-column=\"explanation\"]')?.innerText.trim() {what}"
        )
    };
    let explained = server.act(
        &alarm,
        "explain",
        &json!({"remark": "危险品堆场已满", "by": "码头"}),
    );
    assert_eq!(explained.status, 200, "{}", explained.text());
    browser.until("the explanation", &shown("=== '危险品堆场已满'"));
    assert_eq!(
        server.act(&alarm, "close", &json!({"remark": "已处理"})).status,
        200
    );
    browser.until("the closed alarm to leave the list", &shown("=== undefined"));
    assert!(is_marked(&browser), "the page was loaded again");
}

#[test]
fn the_open_page_goes_on_by_itself_when_the_server_is_killed_in_the_middle_of_sending() {
    let mut server = Server::start();
    server.send(&the_four());
    let browser = Browser::start();
    browser.open(&url(&server, "/alarms?lang=zh"));
    wait_for_container(&browser, "overtime", "CSU6097384");
    browser.until("the page to be live", LIVE);
    mark(&browser);

    let senders = Senders::start(&server, 1);
    senders.wait_for(20);
    server.kill();
    let sent = senders.end();
    browser.until(
        "the page to say that it is cut off",
        "return document.querySelector('[data-connection=\"live\"]') === null",
    );
    server.start_again();
    check(&server, &sent);

    // What comes while the page has not come back yet is not missed either.
    server.send(&[one_more(900_001)]);
    wait_for_container(&browser, "overtime", &container(900_001));
    browser.until("the page to be live again", LIVE);
    server.send(&[one_more(900_002)]);
    wait_for_container(&browser, "overtime", &container(900_002));
    assert!(is_marked(&browser), "the page was loaded again");
    // Each once, the old ones still, and nothing that is not there: the page shows what the server has.
    let shown: Vec<String> = rows(&browser, "overtime")
        .into_iter()
        .map(|row| row["container"].clone())
        .collect();
    let alarms = server.alarms("kind=overtime&state=active,unacknowledged");
    let expected: Vec<String> = alarms.into_iter().filter_map(|alarm| alarm.container).collect();
    assert_eq!(shown, expected);
    for known in ["CSU6097384", &container(900_001), &container(900_002)] {
        assert!(
            shown.iter().any(|own| own == known),
            "{known} is not among {shown:?}"
        );
    }
}
