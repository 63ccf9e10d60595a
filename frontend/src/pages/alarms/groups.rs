//! Alarms that have something in common, each group one line: nine boxes of one ship are one thing to see to.

use super::columns::columns;
use super::query::{Shape, asked, listings, priority_name};
use super::room::{GAP_MS, Room};
use super::words::rule_words;
use crate::address::Query;
use crate::client::{CallError, calls, get, understood};
use crate::components::alarm::short;
use crate::components::markup::{Markup, all, cell, fill, heard, join, nothing, number, table_of, text};
use crate::components::planted::pressed;
use crate::components::reactive::{Shared, changing, spawn, whether};
use crate::components::states::{empty, failed, loading};
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::{Fresh, Topic};
use leptos::prelude::*;
use shared::access::Right;
use shared::alarm::{Kind, Priority};
use shared::wire::List;
use shared::wire::alarm::{Alarm, AlarmGroup, AlarmSummary};

/// So many of an open group are shown; the list has the rest.
const MEMBERS: &str = "100";

/// What is shown: the groups, and the alarms of those that are open, by their address.
#[derive(Clone, Copy)]
struct Shown {
    room: Room,
    summary: Shared<Option<AlarmSummary>>,
    open: Shared<Vec<(String, Vec<Alarm>)>>,
}

/// The groups of an address.
pub fn groups(room: Room) -> AnyView {
    let context = room.context;
    let query = context.address.query_now();
    let kinds = match query.get("kind") {
        None | Some("all") => None,
        Some(_) => listings(&query)
            .remove(0)
            .query(&query)
            .get("kind")
            .map(str::to_owned),
    };
    let asked = asked(&query)
        .with("kind", kinds.as_deref())
        .with("group", query.get("group"));
    let names: Vec<String> = query
        .get("group")
        .unwrap_or_default()
        .split(',')
        .map(str::to_owned)
        .collect();
    let shown = Shown {
        room,
        summary: Shared::new(None),
        open: Shared::new(Vec::new()),
    };
    let path = move || calls::alarm_summary(&asked);
    let take = move |answer: &str| {
        let answer: AlarmSummary = understood(answer)?;
        // What is open is asked for again with it, and goes with its group.
        let groups = answer.groups.iter().flatten();
        let hrefs: Vec<String> = groups.map(|group| group.href.clone()).collect();
        let mut fetch = Vec::new();
        shown.open.change(|open| {
            open.retain(|(href, _)| hrefs.contains(href));
            for (href, _) in open {
                fetch.push(href.clone());
            }
        });
        for href in fetch {
            shown.fetch(href);
        }
        shown.summary.change(|summary| *summary = Some(answer));
        Ok(())
    };
    let fresh = Fresh::new(GAP_MS, Box::new(path), Box::new(take));
    fresh.follow(context.live, Topic::Alarms, |_| true);
    fresh.want_in(0.0);
    let error = fresh.error;
    let wrong = changing(move || match error.get() {
        Some(error) => failed(&error, None),
        None => ().into_any(),
    });
    let there = whether(move || shown.summary.look(Option::is_some));
    let table = changing(move || {
        if !there.get() {
            return loading();
        }
        let names = names.clone();
        let hear = move |event: web_sys::Event| {
            let Some(what) = pressed(&event) else {
                return;
            };
            if let Some(href) = what.strip_prefix("open ") {
                shown.toggle(href);
            } else if let Some(href) = what.strip_prefix("acknowledge ") {
                room.acknowledge_all(query_of(href));
            }
        };
        heard("", move || table(shown, &names), &["click"], Box::new(hear))
    });
    view! { <section class="alarm-groups">{wrong}{table}</section> }.into_any()
}

fn query_of(href: &str) -> Query {
    Query::parse(href.split_once('?').map_or("", |(_, query)| query))
}

impl Shown {
    fn toggle(self, href: &str) {
        let mut fetch = false;
        self.open
            .change(|open| match open.iter().position(|(own, _)| own == href) {
                Some(place) => drop(open.remove(place)),
                None => {
                    open.push((href.to_owned(), Vec::new()));
                    fetch = true;
                }
            });
        if fetch {
            self.fetch(href.to_owned());
        }
    }

    fn fetch(self, href: String) {
        spawn(async move {
            let query = query_of(&href).with("limit", Some(MEMBERS));
            let answer: Result<List<Alarm>, CallError> = get(calls::alarms(&query)).await;
            // What did not come is asked for again with the next change of the groups.
            if let Ok(answer) = answer {
                self.open.change(|open| {
                    for (own, members) in open {
                        if *own == href {
                            *members = answer.items;
                            return;
                        }
                    }
                });
            }
        });
    }
}

fn table(shown: Shown, names: &[String]) -> Markup {
    let context = shown.room.context;
    shown.summary.look(|summary| {
        let Some(summary) = summary else {
            return nothing();
        };
        let groups = summary.groups.as_deref().unwrap_or_default();
        if groups.is_empty() {
            return empty(context.say(Word::NoAlarms));
        }
        let columns = [
            (Word::GroupPicker, false),
            (Word::AlarmCountColumn, true),
            (Word::HighColumn, true),
            (Word::Unseen, true),
            (Word::ActiveColumn, true),
            (Word::FirstRaised, false),
            (Word::LastRaised, false),
            (Word::ActionColumn, false),
        ];
        let heads: Vec<(String, bool)> = columns
            .iter()
            .map(|(word, is_number)| (context.say(*word).to_owned(), *is_number))
            .collect();
        let rows = shown
            .open
            .look(|open| all(groups.iter().map(|group| row(context, names, group, open))));
        let table = table_of(context.say(Word::GroupsOfAlarms), &heads, rows);
        let more = if summary.group_count > groups.len() as u64 {
            let words = context.fill(Word::MoreGroups, format::whole(summary.group_count));
            fill("<p class=\"quiet\">{}</p>", &[text(&words)])
        } else {
            nothing()
        };
        join(&[table, more])
    })
}

/// What a group has in common.
fn key_words(context: Context, names: &[String], key: &[Option<String>]) -> String {
    let words = names
        .iter()
        .zip(key)
        .map(|(name, value)| match (name.as_str(), value) {
            ("kind", Some(value)) => Kind::from_name(value)
                .map_or_else(|| value.clone(), |kind| short(context.language, kind).to_owned()),
            ("rule", Some(value)) => rule_words(context.language, value),
            (_, Some(value)) => value.clone(),
            ("vessel", None) => context.say(Word::WithoutVessel).to_owned(),
            (_, None) => context.say(Word::WithoutBlock).to_owned(),
        });
    words.collect::<Vec<_>>().join(" · ")
}

fn row(context: Context, names: &[String], group: &AlarmGroup, open: &[(String, Vec<Alarm>)]) -> Markup {
    let open = open.iter().find(|(href, _)| *href == group.href);
    let open = open.map(|(_, alarms)| alarms);
    let priority = if group.high > 0 {
        Priority::High
    } else if group.medium > 0 {
        Priority::Medium
    } else {
        Priority::Low
    };
    let words = key_words(context, names, &group.key);
    let expanded = if open.is_some() { "true" } else { "false" };
    let acknowledge = if group.unacknowledged == 0 || !context.may(Right::Act) {
        nothing()
    } else {
        fill(
            "<button type=\"button\" data-do=\"acknowledge {}\">{}</button>",
            &[text(&group.href), text(context.say(Word::AcknowledgeAll))],
        )
    };
    let list = super::head::listed(context, &group.href, context.say(Word::AsList));
    let whole = |count: u64| number(&format::whole(count));
    let flag = |yes: bool| text(if yes { "true" } else { "false" });
    let gaps = [
        text(&words),
        text(priority_name(priority)),
        flag(group.active > 0),
        flag(group.unacknowledged == 0),
        text(&group.href),
        text(expanded),
        text(&words),
        whole(group.count),
        whole(group.high),
        whole(group.unacknowledged),
        whole(group.active),
        cell(text(&format::stamp(group.first_raised_at))),
        cell(text(&format::stamp(group.last_raised_at))),
        list,
        acknowledge,
        open.map_or_else(nothing, |alarms| members(context, group, alarms)),
    ];
    fill(
        "<tr class=\"group\" data-group=\"{}\" data-priority=\"{}\" data-active=\"{}\" data-acknowledged=\"{}\"><td>\
         <button type=\"button\" class=\"fold\" data-do=\"open {}\" aria-expanded=\"{}\">\
         <span class=\"alarm-content\">{}</span></button></td>{}{}{}{}{}{}\
         <td data-column=\"action\">{} {}</td></tr>{}",
        &gaps,
    )
}

/// The alarms of an open group.
fn members(context: Context, group: &AlarmGroup, alarms: &[Alarm]) -> Markup {
    let columns = columns(Shape::Mixed);
    let heads: Vec<(String, bool)> = columns
        .iter()
        .map(|column| (context.say(column.word).to_owned(), false))
        .collect();
    let flag = |yes: bool| text(if yes { "true" } else { "false" });
    let mut rows = Vec::new();
    for alarm in alarms {
        let mut cells = Vec::new();
        for column in columns {
            let gaps = [text(column.name), (column.cell)(context, alarm)];
            cells.push(fill("<td data-column=\"{}\">{}</td>", &gaps));
        }
        rows.push(fill(
            "<tr data-member=\"{}\" data-priority=\"{}\" data-active=\"{}\" data-acknowledged=\"{}\">{}</tr>",
            &[
                text(&alarm.id),
                text(priority_name(alarm.priority)),
                flag(alarm.active),
                flag(alarm.acknowledged),
                join(&cells),
            ],
        ));
    }
    let inner = if alarms.is_empty() {
        text(context.say(Word::Loading))
    } else {
        let rest = if group.count > alarms.len() as u64 {
            let all_of = context.fill(Word::AllOfGroup, format::whole(group.count));
            super::head::listed(context, &group.href, &all_of)
        } else {
            nothing()
        };
        join(&[table_of(context.say(Word::Alarms), &heads, join(&rows)), rest])
    };
    fill("<tr class=\"members\"><td colspan=\"8\">{}</td></tr>", &[inner])
}
