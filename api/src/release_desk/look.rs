//! What the port's own events say of an application, in one look-up: the stay of its box, its vessel, its papers, each
//! with who said it and when.

use crate::engine::site::SiteState;
use crate::engine::state::State;
use crate::engine::store::StoreError;
use shared::alarm::Kind;
use shared::call::Vessel;
use shared::container::ContainerNumber;
use shared::event::{Attribute, Content, Direction, Node};
use shared::release_desk::SOURCE;
use shared::release_desk::form::{is_district, wrong_at};
use shared::stay::fold::Held;
use shared::stay::{Status, Stay};
use shared::time::Time;
use shared::wire::release_desk::{ApplicationForm, ApplicationKind, CheckVerdict, DeskCheck, FieldError};
use smol_str::SmolStr;

/// A stay that ended so long ago is another one, unless papers say that it is meant: the box comes again.
const OVER_AFTER: i64 = 7 * shared::time::DAY;

/// What events say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Looked {
    /// Field by field.
    pub checks: Vec<DeskCheck>,
    /// The form as events would fill it.
    pub known: ApplicationForm,
    /// Whether the box was ever seen.
    pub seen: bool,
    /// Which way the box passes.
    pub direction: Option<Direction>,
    /// When the vessel closes.
    pub closing_at: Option<Time>,
    /// The stay.
    pub stay: Option<SmolStr>,
    /// The open alarm about its missing instruction.
    pub alarm: Option<SmolStr>,
    /// When the vessel left.
    pub sailed_at: Option<Time>,
    /// The last instruction that did not come from this desk: when, and who said so.
    pub instructed: Option<(Time, SmolStr)>,
    /// When the box was loaded, and on which voyage.
    pub loaded: Option<(Time, Option<SmolStr>)>,
}

/// What somebody said.
#[derive(Clone, Debug)]
struct Said {
    text: String,
    at: Option<Time>,
    source: Option<SmolStr>,
}

/// Looks at the box of a form at its site. `own` is the application that the form is of: its own instruction says nothing.
pub fn look(
    state: &State,
    site: &SiteState,
    (form, own): (&ApplicationForm, Option<&str>),
    now: Time,
) -> Result<Looked, StoreError> {
    let number = form
        .containers
        .first()
        .and_then(|text| ContainerNumber::parse(text).ok());
    let Some(number) = number else {
        return Ok(Looked::default());
    };
    let record = match state.containers.get(&number) {
        Some(entry) => Some(std::sync::Arc::clone(&entry.record)),
        None => state.stored_container(&number)?.map(std::sync::Arc::new),
    };
    let mut looked = None;
    if let Some(record) = &record {
        let mut best = None;
        state.each_stay(record, |index, stay, events| {
            let same_site = state.sites[index].site.code == site.site.code;
            let is_over =
                stay.status == Status::Left && stay.ended_at.is_none_or(|at| at.plus(OVER_AFTER) < now);
            let fits = stay.declarations.iter().any(|own| alike(own, &form.declaration))
                || stay
                    .bill_of_lading
                    .as_ref()
                    .is_some_and(|own| alike(own, &form.bill_of_lading));
            // The stay that the papers mean, else the one that goes on, else the last.
            let rank = (fits, stay.status != Status::Left, stay.began_at);
            if same_site && (fits || !is_over) && best.is_none_or(|best| best <= rank) {
                best = Some(rank);
                looked = Some(of_stay(state, site, stay, events, (form, own), now));
            }
        });
    }
    Ok(looked.unwrap_or_else(|| Looker::new(state, site, None, &[], form, now).look()))
}

fn of_stay(
    state: &State,
    site: &SiteState,
    stay: &Stay,
    events: &[Held<'_>],
    (form, own): (&ApplicationForm, Option<&str>),
    now: Time,
) -> Looked {
    let mut looker = Looker::new(state, site, Some(stay), events, form, now);
    if let Some(own) = own {
        looker.events.retain(|held| !is_of(held, own));
    }
    looker.look()
}

/// Whether an event is the instruction of an application: it only says again what was applied for.
fn is_of(held: &Held<'_>, application: &str) -> bool {
    let number = held.identity.id.strip_prefix(application);
    held.identity.source == SOURCE && number.is_some_and(|number| number.starts_with('-'))
}

/// Texts that are the same whatever their case and blanks.
fn alike(a: &str, b: &str) -> bool {
    let mut a = a.split_whitespace();
    let mut b = b.split_whitespace();
    let mut some = false;
    loop {
        match (a.next(), b.next()) {
            (Some(a), Some(b)) if a.eq_ignore_ascii_case(b) => some = true,
            (None, None) => return some,
            _ => return false,
        }
    }
}

struct Looker<'a> {
    state: &'a State,
    site: &'a SiteState,
    stay: Option<&'a Stay>,
    /// Every report of the stay, in order.
    events: Vec<&'a Held<'a>>,
    form: &'a ApplicationForm,
    now: Time,
    looked: Looked,
}

impl<'a> Looker<'a> {
    fn new(
        state: &'a State,
        site: &'a SiteState,
        stay: Option<&'a Stay>,
        events: &'a [Held<'a>],
        form: &'a ApplicationForm,
        now: Time,
    ) -> Looker<'a> {
        let reports = stay
            .into_iter()
            .flat_map(|stay| &stay.nodes)
            .flat_map(|node| &node.reports);
        let mut members: Vec<&Held<'_>> = reports.filter_map(|report| events.get(*report)).collect();
        members.sort_by(|a, b| a.order(b));
        Looker {
            state,
            site,
            stay,
            events: members,
            form,
            now,
            looked: Looked::default(),
        }
    }

    fn look(mut self) -> Looked {
        self.looked.seen = self.stay.is_some();
        self.looked.direction = self.stay.and_then(|stay| stay.direction);
        self.looked.stay = self.stay.map(|stay| stay.id.clone());
        self.looked.alarm = self.stay.and_then(|stay| self.alarm(stay));
        self.container();
        self.stated(
            "bill_of_lading",
            &self.form.bill_of_lading,
            Content::bill_of_lading,
        );
        self.stated("voyage", &self.form.voyage, Content::voyage);
        self.stated("vessel_name", &self.form.vessel_name, Content::vessel_name);
        self.stated("vessel_imo", &self.form.vessel_imo, Content::vessel_imo);
        self.declaration();
        self.district();
        self.loading_place();
        self.released();
        self.arrival_report();
        self.hold();
        self.in_yard();
        self.instruction();
        self.vessel();
        self.loaded();
        self.looked
    }

    fn alarm(&self, stay: &Stay) -> Option<SmolStr> {
        let mut alarms = self.state.alarms.of(&stay.container);
        let found = alarms.find(|alarm| {
            alarm.occurrence.kind == Kind::InstructionMissing
                && alarm.is_active()
                && alarm.withdrawn_at.is_none()
                && alarm.occurrence.about.stay.as_ref() == Some(&stay.id)
        });
        found.map(|alarm| alarm.occurrence.id.clone())
    }

    fn check(&mut self, field: &str, applied: &str, known: Option<Said>, verdict: CheckVerdict) {
        let at = known.as_ref().and_then(|known| known.at);
        self.looked.checks.push(DeskCheck {
            field: field.to_owned(),
            applied: (!applied.is_empty()).then(|| applied.to_owned()),
            at: at.map(|at| self.site.site.local(at)),
            source: known
                .as_ref()
                .and_then(|known| known.source.as_ref())
                .map(ToString::to_string),
            known: known.map(|known| known.text),
            verdict,
        });
    }

    /// The last report that says something.
    fn last(&self, says: impl Fn(&Content) -> Option<String>) -> Option<Said> {
        self.events.iter().rev().find_map(|held| {
            Some(Said {
                text: says(held.content)?,
                at: Some(held.content.at),
                source: Some(held.identity.source.clone()),
            })
        })
    }

    /// The last report of some nodes.
    fn node(&self, nodes: &[Node]) -> Option<Said> {
        self.last(|content| {
            nodes
                .contains(&content.node)
                .then(|| content.node.name().to_owned())
        })
    }

    fn stated(&mut self, field: &str, applied: &str, says: impl Fn(&Content) -> Option<Option<&SmolStr>>) {
        let known = self.last(|content| says(content)?.map(ToString::to_string));
        if let Some(known) = &known {
            // These are fields of the form.
            let _ = shared::release_desk::form::set_field(&mut self.looked.known, field, &known.text);
        }
        let verdict = match &known {
            Some(known) if !applied.is_empty() => agree(alike(&known.text, applied)),
            _ => CheckVerdict::Unknown,
        };
        self.check(field, applied, known, verdict);
    }

    fn container(&mut self) {
        let applied = self.form.containers.first().map_or("", String::as_str);
        let known = self.stay.map(|stay| {
            let first = self.events.first();
            Said {
                text: stay.container.to_string(),
                at: first.map(|held| held.content.at),
                source: first.map(|held| held.identity.source.clone()),
            }
        });
        let verdict = match self.looked.direction {
            _ if known.is_none() => CheckVerdict::Unknown,
            Some(Direction::Import) => CheckVerdict::Differs,
            _ => CheckVerdict::Agrees,
        };
        self.check("container", applied, known, verdict);
    }

    fn declaration(&mut self) {
        let applied = &self.form.declaration;
        let own = self.last(|content| {
            let declaration = content.declaration()?.filter(|own| alike(own, applied))?;
            Some(declaration.to_string())
        });
        let known = own.or_else(|| self.last(|content| content.declaration()?.map(ToString::to_string)));
        if let Some(known) = &known {
            self.looked.known.declaration.clone_from(&known.text);
        }
        let verdict = match &known {
            Some(known) if !applied.is_empty() => agree(alike(&known.text, applied)),
            _ => CheckVerdict::Unknown,
        };
        self.check("declaration", applied, known, verdict);
    }

    /// What a report says of the district, else the first four digits of the declaration's eighteen: the district in which
    /// it was made (GACC notice 2018 No. 60, on how declarations are filled in).
    fn district(&mut self) {
        let told = self.last(|content| {
            let detail = content.attributes.iter().find_map(|attribute| match attribute {
                Attribute::Detail(json) => serde_json::from_str::<serde_json::Value>(json).ok(),
                _ => None,
            })?;
            let district = detail
                .get("customs_district")
                .or_else(|| detail.get("district"))?;
            district.as_str().map(str::to_owned)
        });
        let known = told.or_else(|| {
            self.last(|content| {
                let declaration = content.declaration()??;
                let all_digits = declaration.len() == 18 && declaration.bytes().all(|b| b.is_ascii_digit());
                let district = declaration.get(..4).filter(|_| all_digits)?;
                is_district(district).then(|| district.to_owned())
            })
        });
        if let Some(known) = &known {
            self.looked.known.district.clone_from(&known.text);
        }
        let applied = &self.form.district;
        let verdict = match &known {
            Some(known) if !applied.is_empty() => agree(alike(&known.text, applied)),
            _ => CheckVerdict::Unknown,
        };
        self.check("district", applied, known, verdict);
    }

    /// A site may be meant by several UN/LOCODEs; any of them is right.
    fn loading_place(&mut self) {
        let applied = &self.form.loading_place;
        let places = &self.site.site.locations;
        let told = self.last(|content| {
            let location = content.location()??;
            places.contains(location).then(|| location.to_string())
        });
        let known = told.or_else(|| {
            let first = places.first()?;
            Some(Said {
                text: first.to_string(),
                at: None,
                source: None,
            })
        });
        if let Some(known) = &known {
            self.looked.known.loading_place.clone_from(&known.text);
        }
        let verdict = match applied.is_empty() || known.is_none() {
            true => CheckVerdict::Unknown,
            false => agree(places.iter().any(|place| place == applied.as_str())),
        };
        self.check("loading_place", applied, known, verdict);
    }

    fn released(&mut self) {
        let known = self.node(&[Node::Release]);
        let verdict = match self.stay {
            None => CheckVerdict::Unknown,
            Some(stay) => agree(stay.released_at.is_some()),
        };
        self.check("released", "", known, verdict);
    }

    fn arrival_report(&mut self) {
        let known = self.node(&[Node::ArrivalReport]);
        let verdict = match (&known, self.stay) {
            (Some(_), _) => CheckVerdict::Agrees,
            (None, Some(_)) => CheckVerdict::Differs,
            (None, None) => CheckVerdict::Unknown,
        };
        self.check("arrival_report", "", known, verdict);
    }

    /// Whether customs hold the box: the last of holds and releases was a hold.
    fn hold(&mut self) {
        let last = self.node(&[Node::Hold, Node::Release]);
        let held = last.filter(|last| last.text == Node::Hold.name());
        let verdict = match (self.stay, &held) {
            (None, _) => CheckVerdict::Unknown,
            (Some(_), held) => agree(held.is_none()),
        };
        self.check("hold", "", held, verdict);
    }

    fn in_yard(&mut self) {
        let here = self
            .stay
            .filter(|stay| matches!(stay.status, Status::InYard | Status::Released));
        let known = here.and_then(|stay| {
            let brought = self.node(&[Node::Stack, Node::Shift, Node::GateIn, Node::RailIn]);
            let slot = stay.slot.as_ref().map(|placement| placement.slot.to_string());
            brought.map(|said| Said {
                text: slot.unwrap_or_else(|| said.text.clone()),
                ..said
            })
        });
        let verdict = match self.stay {
            None => CheckVerdict::Unknown,
            Some(_) => agree(here.is_some()),
        };
        self.check("in_yard", "", known, verdict);
    }

    fn instruction(&mut self) {
        let mut told = self
            .events
            .iter()
            .rev()
            .filter(|held| held.content.node == Node::LoadingInstruction);
        let other = told.find(|held| held.identity.source != SOURCE);
        self.looked.instructed = other.map(|held| (held.content.at, held.identity.source.clone()));
        let known = self.node(&[Node::LoadingInstruction]);
        let missing = self
            .form
            .kind
            .is_none_or(|kind| kind == ApplicationKind::MissingInstruction);
        // One that is missing must not be there; one that is to be given again must.
        let verdict = match (self.stay, &known) {
            (None, _) => CheckVerdict::Unknown,
            (Some(_), known) => agree(known.is_none() == missing),
        };
        self.check("loading_instruction", "", known, verdict);
    }

    fn vessel(&mut self) {
        let text = |own: &'a str, known: Option<&'a SmolStr>| match own {
            "" => known.map(SmolStr::as_str),
            own => Some(own),
        };
        let stay = self.stay;
        let form = self.form;
        let voyage = text(&form.voyage, stay.and_then(|stay| stay.voyage.as_ref()));
        let vessel = Vessel {
            imo: text(&form.vessel_imo, stay.and_then(|stay| stay.vessel_imo.as_ref())),
            name: text(&form.vessel_name, stay.and_then(|stay| stay.vessel_name.as_ref())),
        };
        let (site, sources) = (&self.site.site, &self.site.site.sources);
        let came = stay.and_then(|stay| stay.began_at);
        let call = voyage.and_then(|voyage| {
            self.state
                .calls
                .find(&site.code, voyage, vessel, self.now, sources)
        });
        // A call that was over before the box came is another one.
        let call = call.filter(|call| match (call.departure, came) {
            (Some(left), Some(came)) => left > came,
            _ => true,
        });
        let expected = voyage.and_then(|voyage| {
            let near = came.unwrap_or(self.now.plus(-shared::time::DAY));
            self.state
                .calls
                .expected_departure(&site.code, voyage, vessel, near, sources)
        });
        let closes = expected.map(|leaves| leaves.plus(-self.site.closes_before));
        self.looked.closing_at = form.closing_at.map(|own| own.at).or(closes);
        self.looked.known.closing_at = closes.map(|at| site.local(at));
        self.looked.sailed_at = call
            .as_ref()
            .and_then(|call| call.departure)
            .filter(|left| *left <= self.now);
        let said = |text: &str, at: Option<Time>| Said {
            text: text.to_owned(),
            at,
            source: None,
        };
        let (known, verdict) = match (&call, expected) {
            (Some(call), _) if self.looked.sailed_at.is_some() => (
                Some(said("vessel_departure", call.departure)),
                CheckVerdict::Differs,
            ),
            (Some(call), _) => (Some(said("vessel_arrival", call.arrival)), CheckVerdict::Agrees),
            (None, Some(leaves)) => (
                Some(said("expected_departure", Some(leaves))),
                CheckVerdict::Agrees,
            ),
            (None, None) => (None, CheckVerdict::Unknown),
        };
        self.check("vessel_here", "", known, verdict);
    }

    fn loaded(&mut self) {
        let stay = self.stay;
        let load = stay.and_then(|stay| stay.nodes.iter().rev().find(|node| node.node == Node::Load));
        self.looked.loaded = load.map(|load| (load.at, stay.and_then(|stay| stay.voyage.clone())));
    }
}

fn agree(yes: bool) -> CheckVerdict {
    if yes {
        CheckVerdict::Agrees
    } else {
        CheckVerdict::Differs
    }
}

/// What is about something that happened, and not about what papers say.
const HAPPENED: [&str; 7] = [
    "container",
    "released",
    "arrival_report",
    "hold",
    "in_yard",
    "loading_instruction",
    "vessel_here",
];

impl Looked {
    /// How many checks differ.
    pub fn differs(&self) -> u32 {
        let differ = self
            .checks
            .iter()
            .filter(|check| check.verdict == CheckVerdict::Differs);
        u32::try_from(differ.count()).unwrap_or(u32::MAX)
    }

    /// Whether everything agrees: what happened, and each field that says something.
    pub fn all_agree(&self) -> bool {
        let agrees = |check: &DeskCheck| match check.verdict {
            CheckVerdict::Agrees => true,
            CheckVerdict::Differs => false,
            CheckVerdict::Unknown => check.applied.is_none() && !HAPPENED.contains(&check.field.as_str()),
        };
        self.seen && self.checks.iter().all(agrees)
    }

    /// What speaks against an application for the box, which is the `index`th of its form.
    pub fn against(&self, form: &ApplicationForm, index: usize, now: Time) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if matches!(self.direction, Some(Direction::Import)) {
            errors.push(wrong_at(
                index,
                "not_export",
                "this is an import box; no vessel loads it",
            ));
        }
        if self.loaded.is_some() {
            errors.push(wrong_at(index, "already_loaded", "this box is loaded already"));
        }
        let missing = form.kind == Some(ApplicationKind::MissingInstruction);
        if let Some((_, source)) = self.instructed.as_ref().filter(|_| missing) {
            let message =
                format!("`{source}` has sent the instruction for this box already; nothing is missing");
            errors.push(wrong_at(index, "already_instructed", message));
        }
        if self.sailed_at.is_some() {
            errors.push(wrong_at(
                index,
                "sailed",
                "the vessel of this voyage has left; name the one that takes the box",
            ));
        }
        if form.closing_at.is_some_and(|closing| closing.at < now) {
            let mut error = wrong_at(
                index,
                "closed",
                "this closing time is over; give the one that holds now",
            );
            error.field = "closing_at".to_owned();
            errors.push(error);
        }
        errors
    }

    /// Fills in what a form leaves open.
    pub fn fill(&self, form: &mut ApplicationForm) {
        let fill = |own: &mut String, known: &String| {
            if own.is_empty() {
                own.clone_from(known);
            }
        };
        fill(&mut form.bill_of_lading, &self.known.bill_of_lading);
        fill(&mut form.voyage, &self.known.voyage);
        fill(&mut form.declaration, &self.known.declaration);
        fill(&mut form.district, &self.known.district);
        fill(&mut form.loading_place, &self.known.loading_place);
        // A name and a number that belong to two vessels would be worse than none.
        if form.vessel_name.is_empty() && form.vessel_imo.is_empty() {
            form.vessel_name.clone_from(&self.known.vessel_name);
            form.vessel_imo.clone_from(&self.known.vessel_imo);
        }
    }

    /// Whether a form names the bill of lading or the declaration of its box: whoever does has the papers in hand.
    pub fn is_known_to(&self, form: &ApplicationForm) -> bool {
        alike(&self.known.bill_of_lading, &form.bill_of_lading)
            || alike(&self.known.declaration, &form.declaration)
    }

    /// Without what the papers of a box say, for an enterprise that has not shown that they are its own: anybody can read
    /// the number of a box off its door.
    #[must_use]
    pub fn guarded(mut self, form: &ApplicationForm) -> Looked {
        if self.is_known_to(form) {
            return self;
        }
        for check in &mut self.checks {
            if ["bill_of_lading", "declaration", "district"].contains(&check.field.as_str()) {
                check.known = None;
                check.at = None;
                check.source = None;
            }
        }
        self.known.bill_of_lading.clear();
        self.known.declaration.clear();
        self.known.district.clear();
        self
    }
}
