//! `/alarms/rules`: what raises an alarm, in versions; a change is tried on the past before it rings.

/// Changing rules.
mod edit;
/// What other rules would have raised.
mod trial;

use super::head::head;
use super::query::PRIORITIES;
use super::words::{advice, rule_words};
use crate::address::{Page, Query};
use crate::client::{CallError, Mistakes, Read, member, members, text as call, understood};
use crate::components::alarm::short;
use crate::components::kept::{remember, remembered};
use crate::components::markup::{
    Markup, cell, fill, head_cell, heard, join, link, mark, nothing, row, row_head, table, text,
};
use crate::components::planted::pressed;
use crate::components::planted::{find, listen, planted};
use crate::components::reactive::{Shared, changing, effect, spawn};
use crate::components::shell::written;
use crate::components::states::{failed, failed_words, framed};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::live::{Answer, Followed, ask};
use edit::{Edits, Field, body, changed};
use gloo_net::http::Method;
use leptos::prelude::*;
use serde_json::Value;
use shared::access::Right;
use shared::alarm::Kind;
use shared::rules::kind::has_limit;
use shared::time::{DAY, LocalTime};
use shared::wire::rules::{Position, RulesVersion, TrialAnswer};
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

/// What is under way.
struct Work {
    edits: Edits,
    // How many days are tried.
    days: i64,
    // In which words something is under way.
    busy: Option<Word>,
    saved: Option<u64>,
}

/// Where rules are worked on. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Bench {
    context: Context,
    rules: Followed<Answer<RulesNow>>,
    work: Shared<Work>,
    trial: Shared<Option<Trial>>,
    error: RwSignal<Option<CallError>>,
}

/// The rules.
#[inline(never)]
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
        work: Shared::new(Work {
            edits: Edits::new(),
            days: 30,
            busy: None,
            saved: None,
        }),
        trial: Shared::new(None),
        error: RwSignal::new(None),
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
    let trial = changing(move || match bench.trial.look(Option::clone) {
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

const LIMIT: (&str, Word, Field) = ("limit_seconds", Word::Limit, Field::Duration);
const ON_DELAY: (&str, Word, Field) = ("on_delay_seconds", Word::OnDelay, Field::Duration);
const OFF_DELAY: (&str, Word, Field) = ("off_delay_seconds", Word::OffDelay, Field::Duration);
const PRIORITY: (&str, Word, Field) = ("priority", Word::Priority, Field::Priority);
const IN_SERVICE: (&str, Word, Field) = ("in_service", Word::InService, Field::Flag);

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
            rules: self.work.peek(|work| changed(&now.rules, &work.edits)),
            was: &now.rules,
            locked,
        };
        let parts = join(&[
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
        let version = text(&now.version.to_string());
        fill(
            "<div><h2 data-version=\"{}\">{}</h2><p class=\"quiet\">{}</p></div>",
            &[version, text(&words), hint],
        )
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
        self.error.set(None);
        self.work.change(|work| {
            work.saved = None;
            if same {
                work.edits.remove(&pointer);
            } else {
                work.edits.insert(pointer, value);
            }
        });
    }

    /// What was changed, and the way to try it.
    fn bar(self) -> AnyView {
        let context = self.context;
        let markup = move || {
            let (count, saved, busy, chosen) = self
                .work
                .look(|work| (work.edits.len(), work.saved, work.busy, work.days));
            let saved = saved.map_or_else(nothing, |version| {
                let words = context.fill(Word::RulesSaved, version);
                fill("<p role=\"status\">{}</p>", &[text(&words)])
            });
            if count == 0 {
                return saved;
            }
            let mut periods = Vec::new();
            for days in [7_i64, 30, 90] {
                let words = context.fill(Word::LastDays, days);
                let selected = if days == chosen { "selected" } else { "" };
                let gaps = [text(&days.to_string()), text(selected), text(&words)];
                periods.push(fill("<option value=\"{}\" {}>{}</option>", &gaps));
            }
            let gaps = [
                text(&context.fill(Word::RulesEdited, format::whole(count as u64))),
                text(context.say(Word::PeriodPicker)),
                join(&periods),
                text(if busy.is_some() { "disabled" } else { "" }),
                text(context.say(busy.unwrap_or(Word::TryRules))),
                text(context.say(Word::Discard)),
            ];
            fill(
                "<div class=\"bulk-bar\"><strong>{}</strong><select name=\"days\" aria-label=\"{}\">{}</select>\
                 <button type=\"button\" class=\"primary\" data-do=\"try\" {}>{}</button>\
                 <button type=\"button\" data-do=\"discard\">{}</button></div>",
                &gaps,
            )
        };
        let hear = move |event: web_sys::Event| {
            if event.type_() == "change" {
                let target = event.target();
                let select = target.and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
                if let Some(days) = select.and_then(|select| select.value().parse().ok()) {
                    self.work.change(|work| work.days = days);
                }
                return;
            }
            match pressed(&event).as_deref() {
                Some("try") => self.attempt(),
                Some("discard") => {
                    self.work.change(|work| work.edits = Edits::new());
                    self.trial.change(|trial| *trial = None);
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
        self.rules.with_untracked(|rules| {
            let rules = &rules?.0;
            let edited = self.work.peek(|work| changed(&rules.rules, &work.edits));
            Some((rules.site.clone(), rules.version, edited))
        })
    }

    /// Tries the rules on the past.
    fn attempt(self) {
        let (Some((site, _, rules)), false) = (self.rules_now(), self.work.peek(|work| work.busy.is_some()))
        else {
            return;
        };
        let (days, edits) = self.work.peek(|work| (work.days, work.edits.clone()));
        let from = self.context.live.time().map(|now| {
            let at = now.plus(-days * DAY);
            let local = self.context.sites.local(at);
            LocalTime { at, ..local }.to_string()
        });
        let body = body(&rules, &[("site", Some(&site)), ("from", from.as_deref())], None);
        self.work.change(|work| work.busy = Some(Word::Trying));
        spawn(async move {
            let answer = call(Method::POST, "/rules/try".to_owned(), Some(body)).await;
            self.work.change(|work| work.busy = None);
            match answer.and_then(|answer| understood::<TrialAnswer>(&answer)) {
                Ok(answer) => {
                    let _ = self.error.try_set(None);
                    let answer = Arc::new(answer);
                    self.trial.change(|trial| *trial = Some(Trial { edits, answer }));
                }
                Err(error) => {
                    let _ = self.error.try_set(Some(error));
                }
            }
        });
    }

    /// Puts the rules in force.
    fn save(self, by: String, remark: String) {
        let (Some((site, version, rules)), false) =
            (self.rules_now(), self.work.peek(|work| work.busy.is_some()))
        else {
            return;
        };
        remember(Some(&by).filter(|by| !by.is_empty()).map(String::as_str));
        let texts = [
            ("site", Some(site.as_str())),
            (
                "by",
                Some(by.as_str()).filter(|_| !self.context.session.has_accounts()),
            ),
            ("remark", Some(remark.as_str())),
        ];
        let body = body(&rules, &texts, Some(version));
        self.work.change(|work| work.busy = Some(Word::Sending));
        spawn(async move {
            let answer = call(Method::PUT, "/rules".to_owned(), Some(body)).await;
            self.work.change(|work| work.busy = None);
            match answer.and_then(|answer| understood::<RulesNow>(&answer)) {
                Ok(answer) => {
                    let _ = self.error.try_set(None);
                    self.trial.change(|trial| *trial = None);
                    self.work.change(|work| {
                        work.edits = Edits::new();
                        work.saved = Some(answer.version);
                    });
                    self.rules.update(|rules| rules.0 = answer);
                }
                Err(error) => {
                    // What somebody else changed meanwhile is fetched, and what was typed here stays.
                    if error.status() == Some(409) {
                        self.trial.change(|trial| *trial = None);
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
    if !context.may(Right::ChangeRules) {
        let words = text(context.say(Word::RulesNotYours));
        return written("contents", fill("<p class=\"quiet\">{}</p>", &[words]));
    }
    // With accounts it is known who changes them.
    let by = if context.session.has_accounts() {
        nothing()
    } else {
        const BY: &str =
            "<label><span>{}</span><input name=\"by\" autocomplete=\"name\" value=\"{}\"></label>";
        fill(BY, &[text(context.say(Word::By)), text(&remembered())])
    };
    let gaps = [
        by,
        text(context.say(Word::RemarkNeeded)),
        text(context.say(Word::SaveRules)),
    ];
    let form = fill(
        "<form class=\"act\" data-form=\"rules\">{}<label class=\"wide\"><span>{}</span><textarea name=\"remark\" rows=\"2\" required></textarea></label>\
         <div class=\"buttons\"><button type=\"submit\" class=\"primary\">{}</button></div></form>",
        &gaps,
    );
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
        let title = if value == was {
            String::new()
        } else {
            context.fill(Word::Was, field.words(context.language, was))
        };
        let mut gaps = vec![
            text(pointer),
            text(field_name(field)),
            text(if value == was { "false" } else { "true" }),
            text(label),
            text(&title),
            text(if self.locked { "disabled" } else { "" }),
        ];
        const COMMON: &str =
            "data-pointer=\"{}\" data-field=\"{}\" data-changed=\"{}\" aria-label=\"{}\" title=\"{}\" {}";
        let common = fill(COMMON, &gaps);
        gaps.clear();
        gaps.push(common);
        match field {
            Field::Priority => {
                let mut choices = Vec::new();
                for (priority, name) in PRIORITIES {
                    let selected = if name == words { "selected" } else { "" };
                    let gaps = [text(name), text(selected), text(context.term(priority))];
                    choices.push(fill("<option value=\"{}\" {}>{}</option>", &gaps));
                }
                gaps.push(join(&choices));
                fill("<select {}>{}</select>", &gaps)
            }
            Field::Flag => {
                gaps.push(text(if words == "true" { "checked" } else { "" }));
                fill("<input type=\"checkbox\" {} {}>", &gaps)
            }
            _ => {
                gaps.push(text(&words));
                fill("<input spellcheck=\"false\" {} value=\"{}\">", &gaps)
            }
        }
    }

    fn overtime(&self) -> Markup {
        let context = self.context;
        let mut rows = Vec::new();
        let rules = self.rules.get("overtime").and_then(Value::as_array);
        for (index, rule) in rules.into_iter().flatten().enumerate() {
            let mut name = "overtime".to_owned();
            for part in ["from", "to", "direction", "cargo", "mode"] {
                if let Some(part) = rule.get(part).and_then(Value::as_str) {
                    name.push(':');
                    name.push_str(part);
                }
            }
            let name = rule_words(context.language, &name);
            let place = format!("/overtime/{index}");
            let mut cells = vec![row_head(&name)];
            cells.extend(self.inputs(&place, &name, &[LIMIT, PRIORITY, IN_SERVICE]));
            rows.push(row(&cells));
        }
        let columns = [Word::Rule, Word::Limit, Word::Priority, Word::InService];
        let hint = advice(context.language, Kind::Overtime);
        card(context, "overtime", Word::Overtime, hint, &columns, &rows)
    }

    /// Cells with fields for members of one place.
    fn inputs(&self, place: &str, name: &str, members: &[(&str, Word, Field)]) -> Vec<Markup> {
        let mut cells = Vec::new();
        for (member, word, field) in members {
            let label = format!("{name}: {}", self.context.say(*word));
            cells.push(cell(self.input(&format!("{place}/{member}"), *field, &label)));
        }
        cells
    }

    fn kinds(&self) -> Markup {
        let context = self.context;
        let mut rows = Vec::new();
        for kind in Kind::ALL {
            let place = format!("/kinds/{}", kind.name());
            if kind == Kind::Overtime || self.rules.pointer(&place).is_none() {
                continue;
            }
            let name = short(context.language, kind);
            let gaps = [text(name), text(advice(context.language, kind))];
            let head = "<th scope=\"row\" class=\"wrap\">{}<div class=\"quiet\">{}</div></th>";
            let mut cells = vec![fill(head, &gaps)];
            if has_limit(kind) {
                cells.extend(self.inputs(&place, name, &[LIMIT]));
            } else if kind == Kind::ReeferTemperature {
                let label = format!("{name}: {}", context.say(Word::BandDegrees));
                let field = self.input("/reefer_band_millicelsius", Field::Degrees, &label);
                cells.push(fill("<td>± {} °C</td>", &[field]));
            } else {
                cells.push(cell(text("—")));
            }
            let rest = [ON_DELAY, OFF_DELAY, PRIORITY, IN_SERVICE];
            cells.extend(self.inputs(&place, name, &rest));
            rows.push(row(&cells));
        }
        let columns = [
            Word::KindFilter,
            Word::Limit,
            Word::OnDelay,
            Word::OffDelay,
            Word::Priority,
            Word::InService,
        ];
        card(context, "kinds", Word::OtherKinds, "", &columns, &rows)
    }

    fn storage(&self) -> Markup {
        let context = self.context;
        let mut rows = Vec::new();
        for (name, word, field) in STORAGE {
            let input = self.input(&format!("/storage/{name}"), field, context.say(word));
            rows.push(row(&[row_head(context.say(word)), cell(input)]));
        }
        let columns = [Word::Rule, Word::ValueColumn];
        card(context, "storage", Word::StorageRules, "", &columns, &rows)
    }

    fn suppressions(&self) -> Markup {
        let context = self.context;
        let mut rows = Vec::new();
        let rules = self.rules.get("suppress").and_then(Value::as_array);
        for one in rules.into_iter().flatten() {
            let word = |name: &str| {
                let value = one.get(name).and_then(Value::as_str).unwrap_or_default();
                rule_words(context.language, value)
            };
            rows.push(row(&[row_head(&word("rule")), cell(text(&word("during")))]));
        }
        let columns = [Word::Suppressed, Word::SuppressedDuring];
        let hint = context.say(Word::SuppressionsHint);
        card(context, "suppressions", Word::Suppressions, hint, &columns, &rows)
    }
}

#[inline(never)]
fn card(context: Context, name: &str, title: Word, hint: &str, columns: &[Word], rows: &[Markup]) -> Markup {
    let mut heads = Vec::new();
    for word in columns {
        heads.push((*word, false));
    }
    let gaps = [
        text(name),
        text(context.say(title)),
        text(hint),
        table(context, title, &heads, join(rows)),
    ];
    fill(
        "<section class=\"card\" data-part=\"{}\"><h3>{}</h3><p class=\"quiet\">{}</p>{}</section>",
        &gaps,
    )
}

/// Every version: from when, by whom and why.
fn versions(context: Context, now: &RulesNow) -> Markup {
    let mut rows = Vec::new();
    for version in &now.versions {
        let number = version.version.to_string();
        let href = context.address.link_with("version", Some(&number));
        let name = link(&href, text(&number));
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
        let remark = text(version.remark.as_deref().unwrap_or("—"));
        rows.push(row(&[
            head_cell(name),
            cell(text(&from)),
            cell(text(who)),
            fill("<td class=\"wrap\">{}</td>", &[remark]),
        ]));
    }
    let columns = [
        Word::VersionColumn,
        Word::ValidFrom,
        Word::ChangedBy,
        Word::Remark,
    ];
    card(context, "versions", Word::RuleVersions, "", &columns, &rows)
}

fn positions(context: Context, positions: &[Position]) -> Markup {
    let mut rows = Vec::new();
    for position in positions {
        let name = context.language.choose(&position.name.en, &position.name.zh);
        let href = context
            .address
            .link(&Page::Alarms, &[("position", &position.code)]);
        rows.push(row(&[row_head(&position.code), cell(link(&href, text(name)))]));
    }
    let columns = [Word::CodeColumn, Word::OperatorPosition];
    card(context, "positions", Word::OperatorPositions, "", &columns, &rows)
}
