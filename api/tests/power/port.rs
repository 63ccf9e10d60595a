//! A small port, what it sends, and what becomes of it.

use crate::feeding::taken;
use api::clock::Clock;
use api::config::{Configuration, Site};
use api::engine::container::ContainerRecord;
use api::engine::problems::ProblemEntry;
use api::engine::{Engine, StartError, Submission};
use api::journal::sqlite::SqliteJournal;
use api::journal::{Entry, Format, Journal as _};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::Rng as _;
use serde_json::json;
use shared::container::ContainerNumber;
use shared::event::json as native;
use shared::time::{MINUTE, Time};
use shared::wire::feeds::{ProblemCode, Remark};
use shared::yard::{Layout, SlotPattern, builtin};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// 2022-02-20, midnight at the port.
const START: Time = Time(1_645_286_400_000);
/// Nothing that is waited for takes as long as this, however busy the machine is.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// Boxes are known by these numbers.
const BOXES: u32 = 24;
/// What happens to a box.
const NODES: [&str; 7] = [
    "discharge",
    "stack",
    "declare",
    "select_for_scan",
    "shift",
    "release",
    "gate_out",
];

/// One site with a small yard.
pub fn configuration() -> Arc<Configuration> {
    let built_in = builtin::layout();
    let blocks = built_in.blocks().iter();
    let blocks = blocks
        .filter(|block| ["G01", "D01"].contains(&block.name.as_str()))
        .cloned()
        .collect();
    let layout = Arc::new(Layout::new(SlotPattern::default(), blocks, Vec::new()));
    Arc::new(Configuration {
        sites: vec![Site {
            layout,
            ..Site::default()
        }],
        ..Configuration::default()
    })
}

/// Opens a directory at a moment.
pub fn start(folder: &Path, now: Time) -> Result<Engine, StartError> {
    Engine::start(
        folder,
        configuration(),
        Clock::simulated(now),
        true,
        &mut |_, _| {},
    )
}

/// A number below another.
pub fn below(random: &mut Pcg64Mcg, end: u64) -> u64 {
    random.next_u64() % end
}

/// Everything that was sent, and what the server said that it has.
#[derive(Debug)]
pub struct Sender {
    pub random: Pcg64Mcg,
    pub now: Time,
    next: u64,
    /// Canonical JSON of each event, by its id.
    sent: BTreeMap<String, String>,
    acknowledged: BTreeSet<String>,
    /// Raw texts of problems.
    problems: BTreeSet<String>,
    acknowledged_problems: BTreeSet<String>,
    /// The last epoch and sequence that were answered.
    epoch: String,
    sequence: u64,
}

impl Sender {
    pub fn new(seed: u64) -> Sender {
        Sender {
            random: Pcg64Mcg::new(u128::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)),
            now: START,
            next: 0,
            sent: BTreeMap::new(),
            acknowledged: BTreeSet::new(),
            problems: BTreeSet::new(),
            acknowledged_problems: BTreeSet::new(),
            epoch: String::new(),
            sequence: 0,
        }
    }

    /// How much the server said that it has.
    pub fn acknowledged(&self) -> usize {
        self.acknowledged.len()
    }

    /// Sends some events, now and then with something that nobody understands or what was sent before. Answers whether
    /// they were taken.
    pub fn send(&mut self, engine: &Engine) -> bool {
        let random = &mut self.random;
        // Some are larger than a page, and some than many.
        let remark = "x".repeat(match below(random, 8) {
            0 => below(random, 4_000) as usize,
            _ => below(random, 60) as usize,
        });
        let mut events = Vec::new();
        let mut ids = Vec::new();
        let most = [3, 12, 60][below(random, 3) as usize];
        for _ in 0..=below(random, most) {
            let id = match below(random, 12) {
                0 if self.next > 0 => below(random, self.next),
                _ => {
                    self.next += 1;
                    self.next - 1
                }
            }
            .to_string();
            if let Some(sent) = self.sent.get(&id) {
                events.push(serde_json::from_str(sent).unwrap());
            } else {
                let node = NODES[below(random, NODES.len() as u64) as usize];
                let row = 1 + below(random, 6);
                let at = self.now.plus(-(below(random, 90) as i64) * MINUTE);
                let event = json!({"id": id, "source": "tos", "site": "CNTXG-TPCT", "node": node, "at": at.utc().to_string(),
                    "container": format!("BOX{}", below(random, u64::from(BOXES))), "direction": "import",
                    "size_type": "22G1", "slot": format!("G0101{row:02}.1"), "remark": remark});
                let canonical = native::canonical(&native::read(&event.to_string()).unwrap().event);
                self.sent.insert(id.clone(), canonical);
                events.push(event);
            }
            ids.push(id);
        }
        let mut problems = Vec::new();
        let mut raws = Vec::new();
        if below(random, 4) == 0 {
            let raw = format!("nobody understands {}", random.next_u64());
            self.problems.insert(raw.clone());
            problems.push(ProblemEntry {
                format: Format::Events,
                source: Some("tos".to_owned()),
                remark: Remark {
                    index: Some(0),
                    pointer: None,
                    offset: None,
                    segment: None,
                    code: ProblemCode::Time,
                    message: "no time".to_owned(),
                },
                raw: raw.clone(),
            });
            raws.push(raw);
        }
        self.now = self.now.plus(below(&mut self.random, 40) as i64 * MINUTE);
        let submission = Submission {
            events: taken(events),
            problems,
            clock: Some(self.now),
            ..Submission::default()
        };
        let Ok(receipt) = engine.enqueue(submission) else {
            return false;
        };
        match receipt.blocking_recv() {
            Ok(Ok(receipt)) => {
                self.acknowledged.extend(ids);
                self.acknowledged_problems.extend(raws);
                self.epoch.clone_from(&engine.state().epoch);
                self.sequence = receipt.sequence;
                true
            }
            _ => false,
        }
    }

    /// Holds a directory against what was sent, and its state against what its lines add up to. The directory is left as
    /// it is. Answers what is wrong.
    pub fn check(&self, folder: &Path) -> Result<(), String> {
        let (whole, alone) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        copy(folder, whole.path(), "");
        let found = look(whole.path(), self.now)?;
        self.hold(&lines(whole.path())?)?;
        if !found.starts_with(&self.epoch) {
            return Err(format!("the epoch {} was answered and is lost", self.epoch));
        }
        // Behind the first look, since a directory without a line has no epoch yet.
        copy(whole.path(), alone.path(), "journal");
        let expected = look(alone.path(), self.now)?;
        difference(&expected, &found)
    }

    /// Holds lines against what was sent.
    fn hold(&self, lines: &[Entry]) -> Result<(), String> {
        if (lines.len() as u64) < self.sequence {
            return Err(format!(
                "{} was acknowledged, and there are {} lines",
                self.sequence,
                lines.len()
            ));
        }
        let mut there = BTreeSet::new();
        let mut problems = BTreeSet::new();
        for line in lines {
            match line {
                Entry::Event(_, json) => {
                    let event = native::read(json).map_err(|error| format!("{error:?}"))?.event;
                    let id = event.identity.id.to_string();
                    if self.sent.get(&id) != Some(json) {
                        return Err(format!("nobody sent {json}"));
                    }
                    if !there.insert(id.clone()) {
                        return Err(format!("event {id} is there twice"));
                    }
                }
                Entry::Problem(json) => {
                    let problem: ProblemEntry =
                        serde_json::from_str(json).map_err(|error| error.to_string())?;
                    if !self.problems.contains(&problem.raw) {
                        return Err(format!("nobody sent {}", problem.raw));
                    }
                    if !problems.insert(problem.raw.clone()) {
                        return Err(format!("{} is there twice", problem.raw));
                    }
                }
                _ => {}
            }
        }
        if let Some(lost) = self.acknowledged.iter().find(|id| !there.contains(*id)) {
            return Err(format!("event {lost} was acknowledged and is lost"));
        }
        let lost = self
            .acknowledged_problems
            .iter()
            .find(|raw| !problems.contains(*raw));
        match lost {
            Some(lost) => Err(format!("a problem was acknowledged and is lost: {lost}")),
            None => Ok(()),
        }
    }
}

/// Copies the files of a folder whose names begin so.
pub fn copy(from: &Path, to: &Path, beginning: &str) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name().to_str().unwrap().starts_with(beginning) {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// What the lines of a directory's journal say.
pub fn lines(folder: &Path) -> Result<Vec<Entry>, String> {
    let mut lines = Vec::new();
    let journal = SqliteJournal::open(&folder.join("journal.db")).map_err(|error| error.to_string())?;
    journal
        .replay(0, &mut |record| lines.push(record.entry))
        .map_err(|error| error.to_string())?;
    Ok(lines)
}

/// The state that a start finds in a directory.
fn look(folder: &Path, now: Time) -> Result<String, String> {
    let engine = start(folder, now).map_err(|error| error.to_string())?;
    rung(&engine, now);
    let seen = seen(&engine);
    engine.stop();
    seen
}

/// Waits until every deadline before a moment has rung.
pub fn rung(engine: &Engine, now: Time) {
    // The engine looks at the clock after whatever it does; otherwise twice a second.
    let submission = Submission {
        clock: Some(now),
        ..Submission::default()
    };
    if let Ok(receipt) = engine.enqueue(submission) {
        let _ = receipt.blocking_recv();
    }
    until("every deadline to ring", || {
        let state = engine.state();
        state.next_deadline().is_none_or(|(next, _)| next > now)
    });
}

/// Waits until something is so.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Everything that follows from the lines.
pub fn seen(engine: &Engine) -> Result<String, String> {
    let state = engine.state();
    let mut seen = format!("{} {} {:?}\n", state.epoch, state.sequence, state.now);
    for number in (0..BOXES).map(|n| ContainerNumber::parse(&format!("BOX{n}")).unwrap()) {
        let in_memory = state.containers.get(&number).map(|entry| (*entry.record).clone());
        let record = match in_memory {
            Some(record) => Some(record),
            None => state
                .stored_container(&number)
                .map_err(|error| error.to_string())?,
        };
        let record = record.unwrap_or_else(|| ContainerRecord::new(number.clone()));
        let stays =
            json!({"stays": state.stays_of(&record), "mentions": state.mentions_of(&record, &|_| true)});
        writeln!(seen, "{number:?} {stays:#}").unwrap();
    }
    for alarm in state.alarms.newest(None) {
        writeln!(seen, "{alarm:#?}").unwrap();
    }
    for site in &state.sites {
        let taken: Vec<_> = site
            .yard
            .states()
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte != 0)
            .collect();
        writeln!(seen, "{:?}\n{taken:?} {}", site.cells, site.boxes).unwrap();
    }
    writeln!(seen, "{:#?}\n{:?}", state.problems, state.regimes.len()).unwrap();
    for (source, state) in &state.sources {
        writeln!(seen, "{source} {} {}", state.events, state.problems).unwrap();
    }
    Ok(seen)
}

/// The first lines that differ.
fn difference(expected: &str, found: &str) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    let same = expected
        .lines()
        .zip(found.lines())
        .take_while(|(a, b)| a == b)
        .count();
    let around = |text: &str| {
        let lines: Vec<&str> = text.lines().skip(same.saturating_sub(10)).take(16).collect();
        lines.join("\n")
    };
    Err(format!(
        "the lines add up to\n{}\nand the state is\n{}",
        around(expected),
        around(found)
    ))
}
