//! A port in a few words: what it was told, and what follows.

use serde_json::{Value, json};
use shared::alarm::Kind;
use shared::alarm::judge::{Judgement, judge};
use shared::alarm::occurrence::Occurrence;
use shared::alarm::watched::{Around as Besides, Watched};
use shared::call::{Call, CallBook, Vessel};
use shared::container::ContainerNumber;
use shared::event::node::Part;
use shared::event::versions::{Arrival, Versions};
use shared::event::{Event, Identity, Node, json as native};
use shared::figures::contribution::contribution;
use shared::figures::rows::{Query, Row, rows};
use shared::figures::{
    By, Calendar, CellChange, Cells, Count, DeclarationPart, DeclarationRecord, Filter, Hour, Memo, Series,
    Summary, Unit,
};
use shared::rules::{OvertimeRule, Regime, RuleBook, Rules, overtime};
use shared::stay::fold::{Held, Surroundings};
use shared::stay::release::DeclarationTimes;
use shared::stay::{SegmentName, Stay, StayFlag, fold};
use shared::time::{DAY, HOUR, Time};
use shared::yard::{Layout, builtin};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// The site of every event that names no other.
pub const SITE: &str = "CNTXG-TPCT";
/// The container of every event that names no other.
pub const BOX: &str = "CSQU3054383";

/// A moment at the port: `13:14` or `13:14:15` of the first day, `2d 13:14` of the second day after it, or a
/// whole RFC 3339 time.
pub fn at(clock: &str) -> Time {
    if let Ok(time) = Time::parse(clock) {
        return time;
    }
    let (day, clock) = match clock.split_once("d ") {
        Some((day, clock)) => (day.parse::<i64>().unwrap(), clock),
        None => (0, clock),
    };
    let seconds = if clock.len() == 5 { ":00" } else { "" };
    let first = Time::parse(&format!("2022-02-23T{clock}{seconds}+08:00")).unwrap();
    first.plus(day * DAY)
}

/// The JSON of a native event.
pub fn event(source: &str, id: &str, node: &str, clock: &str, more: Value) -> Value {
    let mut event = json!({
        "source": source, "id": id, "node": node, "at": at(clock).utc().to_string(), "site": SITE,
    });
    if !node.starts_with("vessel") && node != "note" {
        event["container"] = BOX.into();
    }
    for (field, value) in more.as_object().unwrap() {
        event[field] = value.clone();
    }
    event
}

/// Events, one a line: source, id, node, moment, and what else they state.
#[macro_export]
macro_rules! events {
    ($($source:ident $id:tt $node:ident $clock:literal $({ $($more:tt)* })?;)*) => {
        vec![$($crate::port::event(
            stringify!($source),
            stringify!($id),
            stringify!($node),
            $clock,
            serde_json::json!({ $($($more)*)? }),
        )),*]
    };
}

/// A port, what it was told, and its rules.
pub struct Port {
    told: BTreeMap<Identity, Versions>,
    sources: Vec<SmolStr>,
    stacking_reported: bool,
    others_stacked: BTreeSet<i64>,
    rules: RuleBook,
}

/// A port that was told these events.
pub fn told(events: Vec<Value>) -> Port {
    let mut port = Port {
        told: BTreeMap::new(),
        sources: Vec::new(),
        stacking_reported: true,
        others_stacked: BTreeSet::new(),
        rules: RuleBook::new(regime(Time(i64::MIN), overtime::defaults())),
    };
    for event in events {
        port.hear(event);
    }
    port
}

/// Rules from a moment on, in the built-in layout with the default storage rules.
pub fn regime(valid_from: Time, overtime: Vec<OvertimeRule>) -> Regime {
    let rules = Rules {
        overtime,
        ..Rules::default()
    };
    Regime {
        valid_from,
        rules: Arc::new(rules),
        layout: Arc::new(builtin::layout()),
    }
}

/// What folding needs of the port.
struct Around<'a> {
    port: &'a Port,
    calls: CallBook,
    days: BTreeSet<i64>,
}

fn day_of(at: Time) -> i64 {
    (at.0 + 8 * HOUR).div_euclid(DAY)
}

impl Surroundings for Around<'_> {
    fn sources(&self) -> &[SmolStr] {
        &self.port.sources
    }

    fn call(&self, voyage: &str, vessel: Vessel<'_>, near: Time) -> Option<Call> {
        self.calls.find(SITE, voyage, vessel, near, &self.port.sources)
    }

    fn stacking_tells(&self, began_at: Time) -> bool {
        self.port.stacking_reported && self.days.contains(&day_of(began_at))
    }

    fn layout(&self, at: Time) -> &Layout {
        &self.port.rules.at(at).layout
    }
}

impl Port {
    /// Takes one more event. `None` says that its identity is new.
    pub fn hear(&mut self, event: Value) -> Option<Arrival> {
        let event = native::read(&event.to_string()).unwrap().event;
        match self.told.get_mut(&event.identity) {
            Some(versions) => Some(versions.add(event, Time(0))),
            None => {
                self.told
                    .insert(event.identity.clone(), Versions::new(event, Time(0)));
                None
            }
        }
    }

    /// The sources whose time counts, best first.
    pub fn sources(mut self, sources: &[&str]) -> Port {
        self.sources = sources.iter().map(SmolStr::new).collect();
        self
    }

    /// Other boxes were stacked on the day of this moment.
    pub fn where_others_were_stacked(mut self, clock: &str) -> Port {
        self.others_stacked.insert(day_of(at(clock)));
        self
    }

    /// The feeds do not report stacking.
    pub fn without_stacking_feeds(mut self) -> Port {
        self.stacking_reported = false;
        self
    }

    /// The first version of the rules.
    pub fn under(mut self, overtime: Vec<OvertimeRule>) -> Port {
        self.rules = RuleBook::new(regime(Time(i64::MIN), overtime));
        self
    }

    /// Another version of the rules.
    pub fn under_from(mut self, regime: Regime) -> Port {
        self.rules.add(regime);
        self
    }

    /// The version of an identity that holds.
    pub fn holding(&self, source: &str, id: &str) -> &Event {
        let identity = Identity {
            source: source.into(),
            id: id.into(),
        };
        &self.told[&identity].holding().event
    }

    /// All versions of an identity.
    pub fn versions(&self, source: &str, id: &str) -> &Versions {
        let identity = Identity {
            source: source.into(),
            id: id.into(),
        };
        &self.told[&identity]
    }

    fn standing(&self) -> impl Iterator<Item = (&Versions, &Event)> {
        let holding = self
            .told
            .values()
            .map(|versions| (versions, &versions.holding().event));
        holding.filter(|(_, event)| !event.retracted)
    }

    fn around(&self) -> Around<'_> {
        let mut calls = CallBook::default();
        let mut days = self.others_stacked.clone();
        for (_, event) in self.standing() {
            calls.insert(event);
            let content = event.content.as_ref().unwrap();
            if content.node.is_stacking() && content.is_actual() {
                days.insert(day_of(content.at));
            }
        }
        Around {
            port: self,
            calls,
            days,
        }
    }

    /// Folds one container, and hands out its stays with the events that they were folded from.
    fn folded<T>(
        &self,
        container: &ContainerNumber,
        use_it: impl FnOnce(&[Stay], &[Held<'_>], &[Held<'_>]) -> T,
    ) -> T {
        let (mut actual, mut expected) = (Vec::new(), Vec::new());
        for (versions, event) in self.standing() {
            let content = event.content.as_ref().unwrap();
            let folds = !matches!(content.node.part(), Part::Vessel | Part::Note);
            if !folds || event.container().as_ref() != Some(container) {
                continue;
            }
            let held = Held {
                identity: &event.identity,
                content,
                conflict: versions.has_conflict(),
            };
            if content.is_actual() {
                actual.push(held);
            } else {
                expected.push(held);
            }
        }
        actual.sort_by(Held::order);
        expected.sort_by(Held::order);
        let stays = fold(SITE, container, &actual, &expected, &self.around());
        use_it(&stays, &actual, &expected)
    }

    fn containers(&self) -> BTreeSet<ContainerNumber> {
        self.standing()
            .filter_map(|(_, event)| event.container())
            .collect()
    }

    /// The stays of all containers, by container, then by time.
    pub fn stays(&self) -> Vec<Stay> {
        let of = |container: &ContainerNumber| self.folded(container, |stays, _, _| stays.to_vec());
        self.containers().iter().flat_map(of).collect()
    }

    /// The only stay.
    pub fn stay(&self) -> Stay {
        let mut stays = self.stays();
        assert_eq!(stays.len(), 1, "there are {} stays: {stays:#?}", stays.len());
        stays.remove(0)
    }

    /// The expectations of the only stay: node and moment.
    pub fn expectations(&self) -> Vec<(Node, Time)> {
        let container = self.containers().into_iter().next().unwrap();
        self.folded(&container, |stays, _, expected| {
            let of_first = stays[0].expectations.iter();
            of_first
                .map(|index| (expected[*index].content.node, expected[*index].content.at))
                .collect()
        })
    }

    /// Who reported each node of the only stay.
    pub fn reports(&self, node: Node) -> Vec<Vec<(String, Time)>> {
        let container = self.containers().into_iter().next().unwrap();
        self.folded(&container, |stays, events, _| {
            let nodes = stays[0].nodes.iter().filter(|at| at.node == node);
            let report = |index: &usize| {
                (
                    events[*index].identity.source.to_string(),
                    events[*index].content.at,
                )
            };
            nodes
                .map(|node| node.reports.iter().map(report).collect())
                .collect()
        })
    }

    /// What the alarms of all containers are at a moment, and when passing time brings the next.
    pub fn judged(&self, now: Time) -> Judgement {
        self.judged_around(Besides::default(), now)
    }

    /// The same with something around every stay.
    pub fn judged_around(&self, around: Besides, now: Time) -> Judgement {
        let mut all = Judgement::default();
        self.each_watched_around(around, |watched, rules| all.join(judge(watched, rules, now)));
        all
    }

    /// Hands out every stay as alarm rules look at it.
    pub fn each_watched(&self, take: impl FnMut(&Watched<'_>, &RuleBook)) {
        self.each_watched_around(Besides::default(), take);
    }

    fn each_watched_around(&self, around: Besides, mut take: impl FnMut(&Watched<'_>, &RuleBook)) {
        for container in self.containers() {
            self.folded(&container, |stays, events, _| {
                for stay in stays {
                    take(&Watched::of(stay, events, around), &self.rules);
                }
            });
        }
    }

    /// The first stay as alarm rules look at it.
    pub fn with_watched<T>(&self, mut use_it: impl FnMut(&Watched<'_>, &RuleBook) -> T) -> T {
        let mut used = None;
        self.each_watched(|watched, rules| {
            if used.is_none() {
                used = Some(use_it(watched, rules));
            }
        });
        used.unwrap()
    }

    /// The alarms at a moment.
    pub fn alarms(&self, clock: &str) -> Vec<Occurrence> {
        self.judged(at(clock)).occurrences
    }

    /// The alarms of a kind at a moment.
    pub fn alarms_of(&self, kind: Kind, clock: &str) -> Vec<Occurrence> {
        let mut alarms = self.alarms(clock);
        alarms.retain(|alarm| alarm.kind == kind);
        alarms
    }

    /// The only alarm at a moment.
    pub fn alarm(&self, clock: &str) -> Occurrence {
        let mut alarms = self.alarms(clock);
        assert_eq!(alarms.len(), 1, "there are {} alarms: {alarms:#?}", alarms.len());
        alarms.remove(0)
    }

    /// Everything that stays and declarations add to the figures.
    pub fn changes(&self) -> Vec<CellChange> {
        let mut changes = Vec::new();
        let mut declarations: BTreeMap<SmolStr, DeclarationRecord> = BTreeMap::new();
        for stay in self.stays() {
            changes.extend(contribution(&stay, &hour_of).changes);
            for (number, part) in declared(&stay) {
                let record = declarations.entry(number).or_default();
                let others = record
                    .parts()
                    .iter()
                    .filter(|other| other.container == part.container);
                let parts: Vec<_> = others.cloned().chain([part.clone()]).collect();
                record.replace(&part.container, parts);
            }
        }
        for record in declarations.values() {
            changes.extend(record.changes(&hour_of));
        }
        changes
    }

    /// The figures of all stays and declarations.
    pub fn cells(&self) -> Cells {
        let mut cells = Cells::default();
        cells.add(&self.changes());
        cells
    }

    /// The rows of a query over all stays.
    pub fn rows(&self, query: &Query<'_>) -> Vec<Row> {
        rows(&self.cells(), &Mutex::new(Memo::new(24 * 3_600)), query, &China)
    }

    /// One row of all stays over a period.
    pub fn row(&self, from: &str, to: &str) -> Row {
        let found = self.rows(&query(at(from), at(to)));
        found.into_iter().next().unwrap_or_default()
    }

    /// One row of all stays, whenever they were.
    pub fn figures(&self) -> Row {
        self.row("2000-01-01T00:00:00+08:00", "2100-01-01T00:00:00+08:00")
    }

    /// Rows by a grouping, whenever the stays were.
    pub fn figures_by(&self, by: By) -> BTreeMap<&'static str, Row> {
        let period = query(at("2000-01-01T00:00:00+08:00"), at("2100-01-01T00:00:00+08:00"));
        let found = self.rows(&Query {
            groups: &[by],
            ..period
        });
        found.into_iter().map(|row| (row.group[0], row)).collect()
    }
}

/// What a stay says of its declarations.
pub fn declared(stay: &Stay) -> Vec<(SmolStr, DeclarationPart)> {
    let named = |declaration: &DeclarationTimes| {
        let part = DeclarationPart {
            container: stay.container.clone(),
            stay: stay.id.clone(),
            dimensions: contribution(stay, &hour_of).dimensions,
            declared: declaration.declared,
            released: declaration.released,
        };
        Some((declaration.number.clone()?, part))
    };
    let declarations = stay.declared.declarations();
    if stay.is_counted() {
        declarations.iter().filter_map(named).collect()
    } else {
        Vec::new()
    }
}

/// Overall clearance in one row over a period, held against 24 hours.
pub fn query(from: Time, to: Time) -> Query<'static> {
    static ALL: Filter = Filter {
        direction: Vec::new(),
        cargo: Vec::new(),
        mode: Vec::new(),
        channel: Vec::new(),
    };
    Query {
        from,
        to,
        bucket: None,
        groups: &[],
        filter: &ALL,
        unit: Unit::Stay,
        series: &[Series::Overall],
    }
}

/// How many of something a row counts.
pub fn count(row: &Row, of: Count) -> u64 {
    row.counts.of(of)
}

/// Whether a row counts nothing but that boxes came and went.
pub fn counts_nothing(row: &Row) -> bool {
    let mut counts = row.counts;
    for standing in [Count::Begun, Count::Gone] {
        counts.subtract(standing, u32::try_from(counts.of(standing)).unwrap());
    }
    counts.is_empty() && row.open == 0 && clearance(row).count == 0
}

/// The overall clearance of a row.
pub fn clearance(row: &Row) -> Summary {
    row.summaries.first().copied().unwrap_or_default()
}

/// The calendar of a port in China.
pub struct China;

/// Eight hours in milliseconds.
const EAST: i64 = 8 * HOUR;

impl Calendar for China {
    fn day_begins(&self, day: i32) -> Time {
        Time(i64::from(day) * DAY - EAST)
    }

    fn day_of(&self, at: Time) -> i32 {
        i32::try_from((at.0 + EAST).div_euclid(DAY)).unwrap()
    }

    fn hour_of_day(&self, at: Time) -> u8 {
        u8::try_from((at.0 + EAST).rem_euclid(DAY) / HOUR).unwrap()
    }

    fn next_hour(&self, at: Time) -> Time {
        at.plus(HOUR)
    }
}

fn hour_of(at: Time) -> Hour {
    Hour::new(Time(at.0 - at.0.rem_euclid(HOUR)), i64::from(China.day_of(at)))
}

/// Whether a stay is flagged.
pub fn is_flagged(stay: &Stay, flag: StayFlag) -> bool {
    stay.flags.contains(&flag)
}

/// Seconds of a segment.
pub fn segment(stay: &Stay, name: SegmentName) -> Option<u64> {
    stay.segments
        .iter()
        .find(|segment| segment.name == name)
        .map(|segment| segment.seconds)
}

/// When a node of a stay happened, each time.
pub fn times(stay: &Stay, node: Node) -> Vec<Time> {
    stay.nodes
        .iter()
        .filter(|at| at.node == node)
        .map(|at| at.at)
        .collect()
}

/// Hours and minutes in seconds.
pub fn seconds(hours: u64, minutes: u64) -> u64 {
    hours * 3_600 + minutes * 60
}
