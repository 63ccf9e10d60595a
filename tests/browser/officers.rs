//! Two officers, in two browsers, act on one alarm in the same moment.

use crate::look::{LIVE, url};
use serde_json::{Value, json};
use shared::alarm::Action;
use shared::wire::alarm::Alarm;
use std::sync::Barrier;
use tests::browser::Browser;
use tests::messages::{container, event};
use tests::program::Server;

/// A browser in which an officer has filled the form of an action on an alarm, and only has to send it.
fn ready(server: &Server, alarm: &str, action: &str, officer: &str) -> Browser {
    let browser = Browser::start();
    browser.open(&url(server, &format!("/alarms?lang=en&alarm={alarm}")));
    browser.until("the page to be live", LIVE);
    browser.until(
        "the actions",
        &format!(
            "const button = document.querySelector('dialog [data-action=\"{action}\"]'); button?.click(); return button !== null"
        ),
    );
    browser.until(
        "the form",
        &format!(
            "const form = document.querySelector('dialog [data-form=\"{action}\"]'); if (!form) return false; \
             form.querySelector('[name=by]').value = '{officer}'; \
             form.querySelector('textarea').value = 'seen by {officer}'; return true"
        ),
    );
    browser
}

/// What the officer sees: whether the alarm is told to have changed, what was written, and the history.
fn seen(browser: &Browser) -> Value {
    browser.run(
        "return {refused: document.querySelector('dialog .failed, dialog [role=alert]') !== null, \
         written: document.querySelector('dialog textarea')?.value ?? null, \
         history: document.querySelectorAll('dialog .history-list li').length}",
    )
}

#[test]
fn of_two_officers_in_the_same_moment_one_acts_and_the_other_is_told_and_loses_nothing() {
    let server = Server::start();
    for (n, action) in [(1, "acknowledge"), (2, "close")] {
        let more = json!({"direction": "import"});
        let discharged = event(
            &format!("d{n}"),
            "discharge",
            &container(n),
            "2022-02-23T13:14:15+08:00",
            more,
        );
        server.send(&[discharged]);
        let alarm = server.alarms(&format!("q={}", container(n))).remove(0).id;
        let browsers = [
            ready(&server, &alarm, action, "Officer Lin"),
            ready(&server, &alarm, action, "Officer Wu"),
        ];
        let together = Barrier::new(2);
        std::thread::scope(|scope| {
            for browser in &browsers {
                scope.spawn(|| {
                    together.wait();
                    browser.run("document.querySelector('dialog form [type=submit]').click()");
                });
            }
        });
        let done: Alarm = tests::wait::until("one of them to have acted", || {
            let alarm: Alarm = server.get(&format!("/api/v1/alarms/{alarm}")).ok();
            (alarm.acknowledged || alarm.closed).then_some(alarm)
        });
        let whose: Vec<_> = done
            .history
            .iter()
            .filter(|line| matches!(line.action, Action::Acknowledge | Action::Close))
            .collect();
        assert_eq!(whose.len(), 1, "{:?}", done.history);
        let by = whose[0].by.clone().unwrap();
        let [lin, wu] = &browsers;
        let (first, second, other) = match by.as_str() {
            "Officer Lin" => (lin, wu, "Officer Wu"),
            "Officer Wu" => (wu, lin, "Officer Lin"),
            stranger => panic!("{stranger} acted"),
        };
        // Both see the same history in the end.
        let lines = done.history.len();
        for browser in [first, second] {
            browser.until(
                "the history to be that of the server",
                &format!("return document.querySelectorAll('dialog .history-list li').length === {lines}"),
            );
        }
        second.until(
            "the second to be told that the alarm changed",
            "return document.querySelector('dialog .failed, dialog [role=alert]') !== null",
        );
        let told = seen(second);
        assert_eq!(
            (&told["refused"], told["written"].as_str()),
            (&json!(true), Some(format!("seen by {other}").as_str())),
            "what was written is still there"
        );
        assert_eq!(seen(first)["refused"], json!(false));
    }
}
