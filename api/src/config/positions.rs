//! `[[position]]`: operator positions, which answer alarms and for which alarm performance is measured (ISA-18.2 §16).

use super::sites::bilingual;
use super::toml_value::{Complaints, Entry, Section};
use shared::alarm::Kind;
use shared::alarm::occurrence::Occurrence;
use shared::wire::rules::Position;
use shared::wire::site::Name;
use smol_str::SmolStr;

const KEYS: [&str; 5] = ["code", "name", "kinds", "blocks", "site"];

/// Operator positions, in the order in which they are asked whether an alarm is theirs.
#[derive(Clone, Debug, PartialEq)]
pub struct Positions(Vec<Duty>);

/// One operator position and what it answers.
#[derive(Clone, Debug, PartialEq)]
struct Duty {
    position: Position,
    /// Kinds; none named means any.
    kinds: Vec<Kind>,
    /// Blocks; none named means any, and alarms without one.
    blocks: Vec<SmolStr>,
    /// The site; none named means any.
    site: Option<SmolStr>,
}

impl Default for Positions {
    /// One position that answers everything.
    fn default() -> Positions {
        Positions(vec![Duty::of_all()])
    }
}

impl Duty {
    fn of_all() -> Duty {
        Duty {
            position: Position {
                code: "control_room".to_owned(),
                name: Name {
                    en: "Control room".to_owned(),
                    zh: "控制室".to_owned(),
                },
            },
            kinds: Vec::new(),
            blocks: Vec::new(),
            site: None,
        }
    }

    fn answers(&self, alarm: &Occurrence) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&alarm.kind))
            && (self.blocks.is_empty()
                || alarm
                    .block
                    .as_ref()
                    .is_some_and(|block| self.blocks.contains(block)))
            && self.site.as_ref().is_none_or(|site| *site == alarm.about.site)
    }
}

impl Positions {
    /// The code of the position that answers an alarm: the first whose duty it is, else the last.
    pub fn of(&self, alarm: &Occurrence) -> &str {
        let first = self.0.iter().find(|duty| duty.answers(alarm));
        first
            .or(self.0.last())
            .map_or("", |duty| duty.position.code.as_str())
    }

    /// Every position.
    pub fn all(&self) -> impl Iterator<Item = &Position> {
        self.0.iter().map(|duty| &duty.position)
    }
}

/// Reads the positions. When none of them answers everything, one that does comes behind them: no alarm is nobody's.
pub(super) fn read(entry: &Entry<'_, '_>, complaints: &mut Complaints) -> Positions {
    let mut duties: Vec<Duty> = Vec::new();
    for section in entry.some_sections(&KEYS, complaints) {
        let Some(duty) = duty(&section, complaints) else {
            continue;
        };
        if duties
            .iter()
            .any(|other| other.position.code == duty.position.code)
        {
            let reason = format!("`position.code` is `{}` a second time", duty.position.code);
            complaints.at(section.at, reason);
        }
        duties.push(duty);
    }
    let of_all = |duty: &Duty| duty.kinds.is_empty() && duty.blocks.is_empty() && duty.site.is_none();
    if !duties.iter().any(of_all) {
        duties.push(Duty::of_all());
    }
    Positions(duties)
}

fn duty(section: &Section<'_, '_>, complaints: &mut Complaints) -> Option<Duty> {
    let code = section.need("code", complaints)?.text(complaints)?.to_owned();
    let name = match section.get("name") {
        Some(entry) => bilingual(&entry, complaints)?,
        None => Name {
            en: code.clone(),
            zh: code.clone(),
        },
    };
    let kinds = match section.get("kinds") {
        None => Vec::new(),
        Some(entry) => {
            let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
            let kinds = entry.list(complaints).into_iter();
            kinds
                .filter_map(|entry| entry.choice(Kind::from_name, &names, complaints))
                .collect()
        }
    };
    let blocks = section
        .get("blocks")
        .map(|entry| entry.texts(|_| Ok(()), complaints))
        .unwrap_or_default();
    let site = section
        .get("site")
        .and_then(|entry| entry.text(complaints))
        .map(SmolStr::from);
    Some(Duty {
        position: Position { code, name },
        kinds,
        blocks,
        site,
    })
}
