//! The audit log: what was done, by whom and from where.

use crate::address::Query;
use crate::client::{CallError, get};
use crate::components::markup::{Markup, fill, heard, join, nothing, options, table, text};
use crate::components::planted::{find, listen, planted, pressed};
use crate::components::reactive::{changing, effect, spawn};
use crate::components::shell::say;
use crate::components::states::{empty, framed};
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::ask;
use leptos::prelude::*;
use shared::wire::List;
use shared::wire::access::AuditEntry;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, HtmlSelectElement};

/// So many entries at once.
const PAGE: &str = "200";
/// What a filter is asked by.
const FILTERS: [&str; 5] = ["who", "action", "from", "to", "q"];
/// What can be done, by the names that travel.
const DEEDS: [(&str, Word); 20] = [
    ("sign_in", Word::DeedSignIn),
    ("sign_in_refused", Word::DeedSignInRefused),
    ("locked", Word::DeedLocked),
    ("sign_out", Word::DeedSignOut),
    ("sessions_ended", Word::DeedSessionsEnded),
    ("password_changed", Word::DeedPasswordChanged),
    ("link_made", Word::DeedLinkMade),
    ("link_used", Word::DeedLinkUsed),
    ("account_made", Word::DeedAccountMade),
    ("account_changed", Word::DeedAccountChanged),
    ("key_made", Word::DeedKeyMade),
    ("key_revoked", Word::DeedKeyRevoked),
    ("trail_viewed", Word::DeedTrailViewed),
    ("exported", Word::DeedExported),
    ("alarm_action", Word::DeedAlarmAction),
    ("rules_changed", Word::DeedRulesChanged),
    ("problem_settled", Word::DeedProblemSettled),
    ("desk_action", Word::DeedDeskAction),
    ("audit_read", Word::DeedAuditRead),
    ("parcel_decided", Word::DeedParcelDecided),
];
const COLUMNS: [(Word, bool); 6] = [
    (Word::AuditNumber, true),
    (Word::AuditAt, false),
    (Word::AuditWho, false),
    (Word::AuditAction, false),
    (Word::AuditSubject, false),
    (Word::AuditAddress, false),
];
const INPUT: &str =
    "<label><span>{}</span><input name=\"{}\" type=\"{}\" value=\"{}\" spellcheck=\"false\"></label>";

/// The view of the audit log.
pub fn audit(context: Context) -> AnyView {
    let asked = Memo::new(move |_| context.address.query().only(|name| FILTERS.contains(&name)));
    let list = changing(move || list(context, asked.get()));
    vec![filters(context), list].into_any()
}

fn filters(context: Context) -> AnyView {
    let input = |word: Word, name: &str, kind: &str| {
        let gaps = [say(context.language, word), text(name), text(kind), nothing()];
        fill(INPUT, &gaps)
    };
    let mut deeds = vec![(String::new(), context.say(Word::All).to_owned())];
    for (name, word) in DEEDS {
        deeds.push((name.to_owned(), context.say(word).to_owned()));
    }
    let gaps = [
        input(Word::AuditWho, "who", "text"),
        say(context.language, Word::AuditAction),
        options(&deeds),
        input(Word::AuditFrom, "from", "date"),
        input(Word::AuditTo, "to", "date"),
        input(Word::Search, "q", "search"),
    ];
    let markup = fill(
        "{}<label><span>{}</span><select name=\"action\">{}</select></label>{}{}{}",
        &gaps,
    );
    let ready = move |part: HtmlElement| {
        let hear = move |event: web_sys::Event| {
            let Some(target) = event.target() else {
                return;
            };
            let (name, value) = if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
                (input.name(), input.value())
            } else if let Some(select) = target.dyn_ref::<HtmlSelectElement>() {
                (select.get_attribute("name").unwrap_or_default(), select.value())
            } else {
                return;
            };
            context.address.set(&[(&name, Some(value.trim()))]);
        };
        listen(&part, &["change"], Box::new(hear));
        effect(move || {
            let query = context.address.query();
            for name in FILTERS {
                let selector = ["[name=", name, "]"].concat();
                let value = query.get(name).unwrap_or_default();
                if let Some(input) = find::<HtmlInputElement>(&part, &selector) {
                    input.set_value(value);
                } else if let Some(select) = find::<HtmlSelectElement>(&part, &selector) {
                    select.set_value(value);
                }
            }
        });
    };
    planted("filters", markup, Box::new(ready))
}

/// The day behind the last that is wanted: the server's period ends before its end.
fn call(query: &Query, cursor: Option<&str>) -> String {
    let to = query
        .get("to")
        .map(|to| crate::address::period::date(crate::address::period::day(to) + 1));
    let query = query
        .clone()
        .with("to", to.as_deref())
        .with("limit", Some(PAGE))
        .with("cursor", cursor);
    format!("/audit{query}")
}

fn list(context: Context, query: Query) -> AnyView {
    let first = call(&query, None);
    let fetched = ask::<List<AuditEntry>>(move || first.clone());
    let more = move || {
        let next = fetched.with_untracked(|list| list.and_then(|list| list.0.next.clone()));
        let path = call(&query, next.as_deref());
        spawn(async move {
            let answer: Result<List<AuditEntry>, CallError> = get(path).await;
            match answer {
                Ok(answer) => fetched.update(|list| {
                    list.0.items.extend(answer.items);
                    list.0.next = answer.next;
                }),
                Err(error) => drop(fetched.core().error.try_set(Some(error))),
            }
        });
    };
    let markup = move || {
        fetched.with(|list| {
            let Some(list) = list else {
                return nothing();
            };
            if list.0.items.is_empty() {
                return empty(context.say(Word::NoEntries));
            }
            let mut rows = Vec::new();
            for entry in &list.0.items {
                rows.push(row(context, entry));
            }
            let hidden = if list.0.next.is_some() { "" } else { "hidden" };
            let foot = [text(hidden), say(context.language, Word::More)];
            let foot = fill(
                "<button type=\"button\" class=\"more\" data-do=\"more\" {}>{}</button>",
                &foot,
            );
            join(&[table(context, Word::AuditLog, &COLUMNS, join(&rows)), foot])
        })
    };
    let hear = move |event: web_sys::Event| {
        if pressed(&event).as_deref() == Some("more") {
            more();
        }
    };
    // Two parts of the page: the list comes anew when more came, and what hears is there once.
    let shown = heard("contents", markup, &["click"], Box::new(hear));
    let state = framed(fetched.core(), || ().into_any());
    vec![state, shown].into_any()
}

fn row(context: Context, entry: &AuditEntry) -> Markup {
    let deed = DEEDS.iter().find(|(name, _)| *name == entry.action);
    let deed = deed.map_or(entry.action.as_str(), |(_, word)| context.say(*word));
    let who = entry.who.as_deref().unwrap_or("—");
    let role = entry.role.map(|role| context.term(role));
    let role = role.map_or_else(nothing, |role| {
        fill(" <span class=\"quiet\">{}</span>", &[text(role)])
    });
    let detail = entry.detail.as_deref();
    let detail = detail.map_or_else(nothing, |detail| {
        fill(" <span class=\"quiet\">{}</span>", &[text(detail)])
    });
    let gaps = [
        text(&entry.sequence.to_string()),
        text(&entry.action),
        text(&entry.hash),
        text(&entry.sequence.to_string()),
        text(&format::stamp(entry.at)),
        text(who),
        role,
        text(deed),
        text(&entry.subject),
        detail,
        text(entry.address.as_deref().unwrap_or("—")),
    ];
    fill(
        "<tr data-entry=\"{}\" data-deed=\"{}\"><td class=\"number\" title=\"{}\">{}</td><td>{}</td><th scope=\"row\">{}{}</th><td>{}</td>\
         <td class=\"wrap\">{}{}</td><td>{}</td></tr>",
        &gaps,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_counts() {
        let query = Query::parse("from=2022-02-01&to=2022-02-28&who=chen");
        assert_eq!(
            call(&query, Some("7")),
            "/audit?from=2022-02-01&to=2022-03-01&who=chen&limit=200&cursor=7"
        );
    }
}
