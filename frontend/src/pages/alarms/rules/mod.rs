//! `/alarms/rules`: what raises an alarm, in versions; a change is tried on the past before it rings.

/// Changing rules.
mod edit;
/// What other rules would have raised.
mod trial;

use super::actions::{pressed, remember, remembered};
use super::head;
use super::words::{advice, rule_words, short};
use crate::address::{Page, Query};
use crate::client::{CallError, Mistakes, Read, member, members, text as call, understood};
use crate::components::markup::{Markup, all, cell, heard, link, mark, nothing, row_head, table, tag, text};
use crate::components::planted::{find, listen, planted};
use crate::components::reactive::{changing, effect, spawn};
use crate::components::states::{failed, failed_words, framed};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::live::{Answer, Followed, ask};
use edit::{Edits, Field, body, changed};
use gloo_net::http::Method;
use leptos::prelude::*;
use serde_json::Value;
use shared::alarm::{Kind, Priority};
use shared::rules::kind::has_limit;
use shared::time::{DAY, LocalTime};
use shared::wire::rules::{Position, RulesVersion, TrialAnswer};
use std::collections::BTreeMap;
use std::sync::Arc;
use trial::Trial;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

/// The rules of a site, as the page has them: as the server wrote them.
struct RulesNow {
    site: String,
    rules: Value,
    version: u64,
    versions: Vec<RulesVersion>,
    positions: Vec<Position>,
}

impl Read for RulesNow {
    fn read(value: &Value, mistakes: &Mistakes) -> RulesNow {
        let members = members(value, mistakes);
        RulesNow {
            site: member(members, "site", mistakes),
            rules: member(members, "rules", mistakes),
            version: member(members, "version", mistakes),
            versions: member(members, "versions", mistakes),
            positions: member(members, "positions", mistakes),
        }
    }
}

/// Where rules are worked on. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Bench {
    context: Context,
    rules: Followed<Answer<RulesNow>>,
    edits: RwSignal<Edits>,
    trial: RwSignal<Option<Trial>>,
    // How many days are tried.
    days: RwSignal<i64>,
    busy: RwSignal<bool>,
    error: RwSignal<Option<CallError>>,
    saved: RwSignal<Option<u64>>,
}

/// The rules.
pub fn rules() -> AnyView {
    let context = context();
    let site = context.address.parameter("site");
    let version = context.address.parameter("version");
    let path = move || {
        let query = Query::default().with("site", site.get().as_deref());
        format!("/rules{}", query.with("version", version.get().as_deref()))
    };
    let bench = Bench {
        context,
        rules: ask(path),
        edits: RwSignal::new(Edits::new()),
        trial: RwSignal::new(None),
        days: RwSignal::new(30),
        busy: RwSignal::new(false),
        error: RwSignal::new(None),
        saved: RwSignal::new(None),
    };
    let content = move || {
        // The fields are made anew with another answer, and keep what was typed.
        changing(move || {
            bench
                .rules
                .with(|rules| rules.map_or_else(|| ().into_any(), |rules| bench.page(&rules.0)))
        })
    };
    let wrong = changing(move || match bench.error.get() {
        Some(error) if error.status() == Some(409) => {
            let words = context.say(Word::RulesChanged).to_owned();
            failed_words(context, words, String::new(), None)
        }
        Some(error) => failed(&error, None),
        None => ().into_any(),
    });
    let trial = changing(move || match bench.trial.get() {
        Some(trial) => trial::show(bench, trial),
        None => ().into_any(),
    });
    view! {
        <section class="page rules">
            {head(context, Page::AlarmRules)}
            {framed(bench.rules.core(), content)}
            {bench.bar()}
            {wrong}
            {trial}
        </section>
    }
    .into_any()
}

/// A value of the storage rules: its name, its word, and what it is.
const STORAGE: [(&str, Word, Field); 13] = [
    ("forbidden_classes", Word::ForbiddenClasses, Field::Texts),
    ("forbidden_un", Word::ForbiddenUn, Field::Texts),
    ("limited_classes", Word::LimitedClasses, Field::Texts),
    ("limited_seconds", Word::LimitedTime, Field::Duration),
    ("limited_boxes", Word::LimitedBoxes, Field::Count),
    ("low_classes", Word::LowClasses, Field::Texts),
    ("low_tiers", Word::LowTiers, Field::Count),
    ("dangerous_tiers", Word::DangerousTiers, Field::Count),
    ("except_class_8_and_9", Word::ExceptEightNine, Field::Flag),
    ("segregation_level", Word::SegregationLevel, Field::Count),
    ("lithium_un", Word::LithiumUn, Field::Texts),
    ("lithium_apart_from", Word::LithiumApart, Field::Texts),
    ("reefer_priority", Word::ReeferPriority, Field::Priority),
];

impl Bench {
    fn page(self, now: &RulesNow) -> AnyView {
        let newest = now.versions.first().map(|version| version.version);
        let locked = newest.is_some_and(|newest| newest != now.version);
        let sheet = Sheet {
            context: self.context,
            rules: changed(&now.rules, &self.edits.get_untracked()),
            was: &now.rules,
            locked,
        };
        let parts = all([
            self.about(now, locked),
            sheet.overtime(),
            sheet.kinds(),
            sheet.storage(),
            sheet.suppressions(),
            versions(self.context, now),
            positions(self.context, &now.positions),
        ]);
        let base = now.rules.clone();
        let ready = move |part: HtmlElement| {
            let base = base.clone();
            let hear = move |event: web_sys::Event| {
                let target = event.target();
                if let Some(target) = target.and_then(|target| target.dyn_into::<Element>().ok()) {
                    self.typed(&target, &base);
                }
            };
            listen(&part, &["change"], Box::new(hear));
            // What the server finds wrong is marked where it stands.
            effect(move || {
                let wrong = self.error.with(|error| match error {
                    Some(CallError::Problem(problem)) => problem.parameter.clone(),
                    _ => None,
                });
                if let Some(field) = wrong.and_then(|wrong| field_at(&part, &wrong)) {
                    let _ = field.set_attribute("aria-invalid", "true");
                    let _ = field.focus();
                }
            });
        };
        planted("rules-sheet", parts, Box::new(ready))
    }

    fn about(self, now: &RulesNow, locked: bool) -> Markup {
        let context = self.context;
        let words = context.fill(Word::VersionOf, now.version);
        let hint = if locked {
            let href = context.address.link_with("version", None);
            let back = link(&href, text(context.say(Word::VersionNewest)));
            text(context.say(Word::VersionOld)).then(back)
        } else {
            text(context.say(Word::RulesHint))
        };
        let parts = [
            tag("h2", &[("data-version", &now.version.to_string())], text(&words)),
            tag("p", &[("class", "quiet")], hint),
        ];
        all(parts)
    }

    /// Takes what was typed into a field.
    fn typed(self, target: &Element, base: &Value) {
        let Some(pointer) = target.get_attribute("data-pointer") else {
            return;
        };
        let field = field_of(&target.get_attribute("data-field").unwrap_or_default());
        let typed = match (
            target.dyn_ref::<HtmlInputElement>(),
            target.dyn_ref::<HtmlSelectElement>(),
        ) {
            (Some(input), _) if field == Field::Flag => input.checked().to_string(),
            (Some(input), _) => input.value(),
            (None, Some(select)) => select.value(),
            (None, None) => return,
        };
        let value = field.value(&typed);
        let set = |name: &str, yes: bool| {
            // Names are ours and always good.
            let _ = target.set_attribute(name, if yes { "true" } else { "false" });
        };
        set("aria-invalid", value.is_none());
        let Some(value) = value else {
            return;
        };
        if let Some(input) = target
            .dyn_ref::<HtmlInputElement>()
            .filter(|_| field != Field::Flag)
        {
            input.set_value(&field.words(self.context.language, &value));
        }
        let same = base.pointer(&pointer) == Some(&value);
        set("data-changed", !same);
        self.saved.set(None);
        self.error.set(None);
        self.edits.update(|edits| {
            if same {
                edits.remove(&pointer);
            } else {
                edits.insert(pointer, value);
            }
        });
    }

    /// What was changed, and the way to try it.
    fn bar(self) -> AnyView {
        let context = self.context;
        let markup = move || {
            let count = self.edits.with(BTreeMap::len);
            let saved = self.saved.get().map_or_else(nothing, |version| {
                let words = context.fill(Word::RulesSaved, version);
                tag("p", &[("role", "status")], text(&words))
            });
            if count == 0 {
                return saved;
            }
            let busy = self.busy.get();
            let chosen = self.days.get();
            let periods = [7, 30, 90].map(|days: i64| {
                let words = context.fill(Word::LastDays, days);
                let days_text = days.to_string();
                let mut attributes = vec![("value", days_text.as_str())];
                if days == chosen {
                    attributes.push(("selected", ""));
                }
                tag("option", &attributes, text(&words))
            });
            let label = [("name", "days"), ("aria-label", context.say(Word::PeriodPicker))];
            let mut tries = vec![("type", "button"), ("class", "primary"), ("data-do", "try")];
            if busy {
                tries.push(("disabled", ""));
            }
            let word = if busy { Word::Trying } else { Word::TryRules };
            let discard = [("type", "button"), ("data-do", "discard")];
            let inner = [
                tag(
                    "strong",
                    &[],
                    text(&context.fill(Word::RulesEdited, format::whole(count as u64))),
                ),
                tag("select", &label, all(periods)),
                tag("button", &tries, text(context.say(word))),
                tag("button", &discard, text(context.say(Word::Discard))),
            ];
            tag("div", &[("class", "bulk-bar")], all(inner))
        };
        let hear = move |event: web_sys::Event| {
            if event.type_() == "change" {
                let target = event.target();
                let select = target.and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
                if let Some(days) = select.and_then(|select| select.value().parse().ok()) {
                    self.days.set(days);
                }
                return;
            }
            match pressed(&event).as_deref() {
                Some("try") => self.attempt(),
                Some("discard") => {
                    self.edits.set(Edits::new());
                    self.trial.set(None);
                    self.error.set(None);
                    // The fields are made anew.
                    self.rules.reload();
                }
                _ => {}
            }
        };
        heard("bulk", markup, &["click", "change"], Box::new(hear))
    }

    fn rules_now(self) -> Option<(String, u64, Value)> {
        let edits = self.edits.get_untracked();
        self.rules.with_untracked(|rules| {
            let rules = &rules?.0;
            Some((rules.site.clone(), rules.version, changed(&rules.rules, &edits)))
        })
    }

    /// Tries the rules on the past.
    fn attempt(self) {
        let (Some((site, _, rules)), false) = (self.rules_now(), self.busy.get_untracked()) else {
            return;
        };
        let days = self.days.get_untracked();
        let from = self.context.live.time().map(|now| {
            let at = now.plus(-days * DAY);
            let local = self.context.sites.local(at);
            LocalTime { at, ..local }.to_string()
        });
        let body = body(&rules, &[("site", Some(&site)), ("from", from.as_deref())], None);
        let edits = self.edits.get_untracked();
        self.busy.set(true);
        spawn(async move {
            let answer = call(Method::POST, "/rules/try".to_owned(), Some(body)).await;
            let _ = self.busy.try_set(false);
            match answer.and_then(|answer| understood::<TrialAnswer>(&answer)) {
                Ok(answer) => {
                    let _ = self.error.try_set(None);
                    let answer = Arc::new(answer);
                    let _ = self.trial.try_set(Some(Trial { edits, answer }));
                }
                Err(error) => {
                    let _ = self.error.try_set(Some(error));
                }
            }
        });
    }

    /// Puts the rules in force.
    fn save(self, by: String, remark: String) {
        let (Some((site, version, rules)), false) = (self.rules_now(), self.busy.get_untracked()) else {
            return;
        };
        remember(Some(&by).filter(|by| !by.is_empty()).map(String::as_str));
        let texts = [
            ("site", Some(site.as_str())),
            ("by", Some(by.as_str())),
            ("remark", Some(remark.as_str())),
        ];
        let body = body(&rules, &texts, Some(version));
        self.busy.set(true);
        spawn(async move {
            let answer = call(Method::PUT, "/rules".to_owned(), Some(body)).await;
            let _ = self.busy.try_set(false);
            match answer.and_then(|answer| understood::<RulesNow>(&answer)) {
                Ok(answer) => {
                    let _ = self.error.try_set(None);
                    let _ = self.trial.try_set(None);
                    let _ = self.edits.try_set(Edits::new());
                    let _ = self.saved.try_set(Some(answer.version));
                    self.rules.update(|rules| rules.0 = answer);
                }
                Err(error) => {
                    // What somebody else changed meanwhile is fetched, and what was typed here stays.
                    if error.status() == Some(409) {
                        let _ = self.trial.try_set(None);
                        self.rules.reload();
                    }
                    let _ = self.error.try_set(Some(error));
                }
            }
        });
    }
}

/// The form that puts tried rules in force.
fn form(bench: Bench) -> AnyView {
    let context = bench.context;
    let name = remembered();
    let name = [("name", "by"), ("autocomplete", "name"), ("value", &name)];
    let remark = [("name", "remark"), ("rows", "2"), ("required", "")];
    let field = |word: Word, class: &str, input| {
        let parts = [tag("span", &[], text(context.say(word))), input];
        tag("label", &[("class", class)], all(parts))
    };
    let button = [("type", "submit"), ("class", "primary")];
    let fields = [
        field(Word::By, "", tag("input", &name, nothing())),
        field(Word::RemarkNeeded, "wide", tag("textarea", &remark, nothing())),
        tag(
            "div",
            &[("class", "buttons")],
            tag("button", &button, text(context.say(Word::SaveRules))),
        ),
    ];
    let form = tag("form", &[("class", "act"), ("data-form", "rules")], all(fields));
    let ready = move |form: HtmlElement| {
        let asked = form.clone();
        let hear = move |event: web_sys::Event| {
            event.prevent_default();
            let by = find::<HtmlInputElement>(&asked, "[name=by]").map(|input| input.value());
            let remark = find::<HtmlTextAreaElement>(&asked, "textarea").map(|area| area.value());
            bench.save(
                by.unwrap_or_default().trim().to_owned(),
                remark.unwrap_or_default().trim().to_owned(),
            );
        };
        listen(&form, &["submit"], Box::new(hear));
    };
    planted("contents", form, Box::new(ready))
}

fn field_at(part: &HtmlElement, pointer: &str) -> Option<HtmlElement> {
    // A place inside a list of texts is typed in the field of the list.
    let mut pointer = pointer;
    loop {
        let found = find::<HtmlElement>(part, &format!("[data-pointer=\"{pointer}\"]"));
        if found.is_some() {
            return found;
        }
        pointer = pointer.rsplit_once('/').map(|(before, _)| before)?;
    }
}

fn field_of(name: &str) -> Field {
    match name {
        "duration" => Field::Duration,
        "degrees" => Field::Degrees,
        "priority" => Field::Priority,
        "flag" => Field::Flag,
        "texts" => Field::Texts,
        _ => Field::Count,
    }
}

fn field_name(field: Field) -> &'static str {
    match field {
        Field::Duration => "duration",
        Field::Count => "count",
        Field::Degrees => "degrees",
        Field::Priority => "priority",
        Field::Flag => "flag",
        Field::Texts => "texts",
    }
}

/// The tables of some rules.
struct Sheet<'a> {
    context: Context,
    rules: Value,
    was: &'a Value,
    locked: bool,
}

impl Sheet<'_> {
    /// A field for the value at a place.
    fn input(&self, pointer: &str, field: Field, label: &str) -> Markup {
        let context = self.context;
        let value = self.rules.pointer(pointer).unwrap_or(&Value::Null);
        let was = self.was.pointer(pointer).unwrap_or(&Value::Null);
        let words = field.words(context.language, value);
        let was_words = context.fill(Word::Was, field.words(context.language, was));
        let changed = if value == was { "false" } else { "true" };
        let mut attributes = vec![
            ("data-pointer", pointer),
            ("data-field", field_name(field)),
            ("data-changed", changed),
            ("aria-label", label),
        ];
        if self.locked {
            attributes.push(("disabled", ""));
        }
        if value != was {
            attributes.push(("title", &was_words));
        }
        match field {
            Field::Priority => {
                let choices = [Priority::High, Priority::Medium, Priority::Low].map(|priority| {
                    let name = super::query::priority_name(priority);
                    let mut attributes = vec![("value", name)];
                    if name == words {
                        attributes.push(("selected", ""));
                    }
                    tag("option", &attributes, text(context.term(priority)))
                });
                tag("select", &attributes, all(choices))
            }
            Field::Flag => {
                attributes.push(("type", "checkbox"));
                if value == &Value::Bool(true) {
                    attributes.push(("checked", ""));
                }
                tag("input", &attributes, nothing())
            }
            _ => {
                attributes.extend([("value", words.as_str()), ("spellcheck", "false")]);
                tag("input", &attributes, nothing())
            }
        }
    }

    fn overtime(&self) -> Markup {
        let context = self.context;
        let rules = self.rules.get("overtime").and_then(Value::as_array);
        let rows = rules.into_iter().flatten().enumerate().map(|(index, rule)| {
            let parts = ["from", "to", "direction", "cargo", "mode"];
            let parts = parts.into_iter().filter_map(|name| rule.get(name)?.as_str());
            let name = parts.fold("overtime".to_owned(), |name, part| format!("{name}:{part}"));
            let name = rule_words(context.language, &name);
            let input = |member: &str, field, word: Word| {
                let label = format!("{name}: {}", context.say(word));
                cell(self.input(&format!("/overtime/{index}/{member}"), field, &label))
            };
            let cells = [
                row_head(&name),
                input("limit_seconds", Field::Duration, Word::Limit),
                input("priority", Field::Priority, Word::Priority),
                input("in_service", Field::Flag, Word::InService),
            ];
            tag("tr", &[], all(cells))
        });
        let columns = [
            (Word::Rule, false),
            (Word::Limit, false),
            (Word::Priority, false),
            (Word::InService, false),
        ];
        let hint = advice(context.language, Kind::Overtime);
        let table = table(context, Word::Overtime, &columns, all(rows));
        card(context, "overtime", Word::Overtime, hint, table)
    }

    fn kinds(&self) -> Markup {
        let context = self.context;
        let kinds = Kind::ALL.into_iter().filter(|kind| {
            let pointer = format!("/kinds/{}", kind.name());
            *kind != Kind::Overtime && self.rules.pointer(&pointer).is_some()
        });
        let rows = kinds.map(|kind| {
            let name = short(context.language, kind);
            let input = |member: &str, field, word: Word| {
                let label = format!("{name}: {}", context.say(word));
                cell(self.input(&format!("/kinds/{}/{member}", kind.name()), field, &label))
            };
            let limit = if has_limit(kind) {
                input("limit_seconds", Field::Duration, Word::Limit)
            } else if kind == Kind::ReeferTemperature {
                let label = format!("{name}: {}", context.say(Word::BandDegrees));
                let field = self.input("/reefer_band_millicelsius", Field::Degrees, &label);
                cell(text("±").then(field).then(text("°C")))
            } else {
                cell(text("—"))
            };
            let words = [
                text(name),
                tag("div", &[("class", "quiet")], text(advice(context.language, kind))),
            ];
            let cells = [
                tag("th", &[("scope", "row"), ("class", "wrap")], all(words)),
                limit,
                input("on_delay_seconds", Field::Duration, Word::OnDelay),
                input("off_delay_seconds", Field::Duration, Word::OffDelay),
                input("priority", Field::Priority, Word::Priority),
                input("in_service", Field::Flag, Word::InService),
            ];
            tag("tr", &[], all(cells))
        });
        let columns = [
            (Word::KindFilter, false),
            (Word::Limit, false),
            (Word::OnDelay, false),
            (Word::OffDelay, false),
            (Word::Priority, false),
            (Word::InService, false),
        ];
        let table = table(context, Word::OtherAlarms, &columns, all(rows));
        card(context, "kinds", Word::OtherKinds, "", table)
    }

    fn storage(&self) -> Markup {
        let context = self.context;
        let rows = STORAGE.map(|(name, word, field)| {
            let input = self.input(&format!("/storage/{name}"), field, context.say(word));
            tag("tr", &[], all([row_head(context.say(word)), cell(input)]))
        });
        let columns = [(Word::Rule, false), (Word::ValueColumn, false)];
        let table = table(context, Word::StorageRules, &columns, all(rows));
        card(context, "storage", Word::StorageRules, "", table)
    }

    fn suppressions(&self) -> Markup {
        let context = self.context;
        let rules = self.rules.get("suppress").and_then(Value::as_array);
        let rows = rules.into_iter().flatten().map(|one| {
            let word = |name: &str| {
                let value = one.get(name).and_then(Value::as_str).unwrap_or_default();
                rule_words(context.language, value)
            };
            tag(
                "tr",
                &[],
                all([row_head(&word("rule")), cell(text(&word("during")))]),
            )
        });
        let columns = [(Word::Suppressed, false), (Word::SuppressedDuring, false)];
        let table = table(context, Word::Suppressions, &columns, all(rows));
        card(
            context,
            "suppressions",
            Word::Suppressions,
            context.say(Word::SuppressionsHint),
            table,
        )
    }
}

fn card(context: Context, name: &str, title: Word, hint: &str, table: Markup) -> Markup {
    let hint = match hint {
        "" => nothing(),
        hint => tag("p", &[("class", "quiet")], text(hint)),
    };
    let parts = [tag("h3", &[], text(context.say(title))), hint, table];
    tag("section", &[("class", "card"), ("data-part", name)], all(parts))
}

/// Every version: from when, by whom and why.
fn versions(context: Context, now: &RulesNow) -> Markup {
    let rows = now.versions.iter().map(|version| {
        let number_text = version.version.to_string();
        let name = link(
            &context.address.link_with("version", Some(&number_text)),
            text(&number_text),
        );
        let name = if version.version == now.version {
            name.then(mark(context.say(Word::ShownHere), false))
        } else {
            name
        };
        let who = match (&version.by, version.configured) {
            (Some(by), _) => by.as_str(),
            (None, true) => context.say(Word::FromConfiguration),
            (None, false) => "—",
        };
        let from = version
            .valid_from
            .map_or_else(|| context.say(Word::FromBeginning).to_owned(), format::stamp);
        let remark = version.remark.as_deref().unwrap_or("—");
        let cells = [
            tag("th", &[("scope", "row")], name),
            cell(text(&from)),
            cell(text(who)),
            tag("td", &[("class", "wrap")], text(remark)),
        ];
        tag("tr", &[], all(cells))
    });
    let columns = [
        (Word::VersionColumn, false),
        (Word::ValidFrom, false),
        (Word::ChangedBy, false),
        (Word::Remark, false),
    ];
    let table = table(context, Word::RuleVersions, &columns, all(rows));
    card(context, "versions", Word::RuleVersions, "", table)
}

fn positions(context: Context, positions: &[Position]) -> Markup {
    let rows = positions.iter().map(|position| {
        let name = context.language.choose(&position.name.en, &position.name.zh);
        let href = context
            .address
            .link(&Page::Alarms, &[("position", &position.code)]);
        let cells = [row_head(&position.code), cell(link(&href, text(name)))];
        tag("tr", &[], all(cells))
    });
    let columns = [(Word::CodeColumn, false), (Word::OperatorPosition, false)];
    let table = table(context, Word::OperatorPositions, &columns, all(rows));
    card(context, "positions", Word::OperatorPositions, "", table)
}
