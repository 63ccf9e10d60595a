//! What a checkpoint writes, in one commit.

use super::super::changes::Message;
use super::super::container::ContainerRecord;
use super::super::course::CourseHour;
use super::super::declarations::DeclarationKey;
use super::super::identity::{Fingerprint, Subject};
use super::super::problems::ProblemState;
use super::super::site::Reported;
use super::super::sources::SourceState;
use super::lists::ListWriter;
use super::sealed::{seal, with_sum};
use super::spells::{SpellWriter, StaySpells};
use super::{StayRow, Store, StoreError, open};
use rusqlite::params;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use shared::alarm::condition::{ConditionKey, ConditionState};
use shared::alarm::lifecycle::AlarmRecord;
use shared::call::CallBook;
use shared::event::versions::Versions;
use shared::figures::DeclarationRecord;
use shared::figures::cells::HourCells;
use shared::time::Time;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One container as a checkpoint writes it.
#[derive(Debug)]
pub struct ContainerToWrite {
    /// Its events.
    pub record: Arc<ContainerRecord>,
    /// Whether anything is still to come.
    pub open: bool,
    /// Its stays.
    pub rows: Vec<StayRow>,
    /// Where its stays stood, with their alarms.
    pub spells: Vec<StaySpells>,
    /// On what it depends, and by what it is found.
    pub terms: Vec<SmolStr>,
    /// What is kept of its stays for trials of rules, and when the last of them ended.
    pub kept: (Arc<[u8]>, Time),
}

/// The site and the minute of an hour, with its cells; without, when everything in it was taken back.
pub type CellsToWrite = (usize, i32, Option<HourCells>);

/// What a checkpoint writes.
#[derive(Debug)]
pub struct Checkpoint {
    /// The line up to which it holds.
    pub sequence: u64,
    /// Small things that are written as a whole.
    pub whole: Whole,
    /// Containers that changed.
    pub containers: Vec<ContainerToWrite>,
    /// New identities.
    pub identities: Arc<FxHashMap<Fingerprint, Subject>>,
    /// Identities without a container that changed, or (none) went to a container.
    pub loose: Vec<(Fingerprint, Option<Versions>)>,
    /// Cells that changed.
    pub cells: Vec<CellsToWrite>,
    /// Hours of the course of the yards that changed, with the site.
    pub course: Vec<(usize, i64, CourseHour)>,
    /// Declarations that changed.
    pub declarations: Vec<(DeclarationKey, DeclarationRecord)>,
    /// Alarms that changed.
    pub alarms: Vec<Arc<AlarmRecord>>,
    /// Problems that changed.
    pub problems: Vec<(u64, ProblemState)>,
    /// Messages that are not in the store yet.
    pub messages: Vec<Message>,
    /// The sequence up to which messages are no longer held.
    pub forgotten: u64,
}

/// Small things that are written as a whole.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Whole {
    /// The engine's clock.
    pub now: Time,
    /// The calls of all sites.
    pub calls: CallBook,
    /// What was reported by day, of each site.
    pub reported_days: Vec<FxHashMap<(Reported, i64), u32>>,
    /// The blocks of the course of each yard.
    pub course_blocks: Vec<Vec<SmolStr>>,
    /// How many containers are open, and alarms and problems there are: a damaged page may lose some.
    pub counts: [u64; 3],
    /// Who sends.
    pub sources: BTreeMap<String, SourceState>,
    /// What other books said of themselves.
    pub conditions: Vec<(ConditionKey, ConditionState)>,
    /// Rules and layouts, as JSON.
    pub regimes: String,
}

impl Store {
    /// Writes a checkpoint in one commit.
    pub fn write(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        let mut connection = open(&self.path)?;
        let transaction = connection.transaction()?;
        write_containers(&transaction, &checkpoint.containers)?;
        {
            let mut identities: Vec<_> = checkpoint.identities.iter().collect();
            identities.sort_unstable_by_key(|(fingerprint, _)| **fingerprint);
            let mut insert = transaction.prepare("INSERT OR REPLACE INTO identities VALUES (?1, ?2)")?;
            for (fingerprint, subject) in identities {
                insert.execute(params![fingerprint.0.to_be_bytes(), subject.as_str()])?;
            }
            let mut put = transaction.prepare("INSERT OR REPLACE INTO loose VALUES (?1, ?2)")?;
            let mut drop = transaction.prepare("DELETE FROM loose WHERE fingerprint = ?1")?;
            for (fingerprint, versions) in &checkpoint.loose {
                let key = fingerprint.0.to_be_bytes();
                match versions {
                    Some(versions) => put.execute(params![key, seal(versions)?])?,
                    None => drop.execute([key])?,
                };
            }
            let mut put = transaction.prepare("INSERT OR REPLACE INTO cells VALUES (?1, ?2, ?3)")?;
            let mut drop = transaction.prepare("DELETE FROM cells WHERE site = ?1 AND hour = ?2")?;
            for (site, hour, cells) in &checkpoint.cells {
                match cells {
                    Some(cells) => put.execute(params![*site as i64, hour, seal(&(site, hour, cells))?])?,
                    None => drop.execute(params![*site as i64, hour])?,
                };
            }
            let mut put = transaction.prepare("INSERT OR REPLACE INTO course VALUES (?1, ?2, ?3)")?;
            for (site, hour, of_hour) in &checkpoint.course {
                put.execute(params![*site as i64, hour, seal(&(site, hour, of_hour))?])?;
            }
            super::declarations::write(&transaction, &checkpoint.declarations)?;
            let mut put = transaction.prepare("INSERT OR REPLACE INTO alarms VALUES (?1, ?2)")?;
            for record in &checkpoint.alarms {
                put.execute(params![record.occurrence.id.as_str(), seal(&**record)?])?;
            }
            let mut put = transaction.prepare("INSERT OR REPLACE INTO problems VALUES (?1, ?2)")?;
            for (sequence, problem) in &checkpoint.problems {
                let json = serde_json::to_vec(problem).unwrap_or_default();
                put.execute(params![sequence.cast_signed(), with_sum(json)])?;
            }
            let mut put =
                transaction.prepare("INSERT INTO messages(sequence, about, frame) VALUES (?1, ?2, ?3)")?;
            for message in &checkpoint.messages {
                let frame = with_sum(message.frame.to_vec());
                // What decides who is told has a checksum, too.
                let about = seal(&(message.topic, &message.of))?;
                put.execute(params![message.sequence.cast_signed(), about, frame])?;
            }
            transaction.execute(
                "DELETE FROM messages WHERE sequence <= ?1",
                [checkpoint.forgotten.cast_signed()],
            )?;
            let mut put = transaction.prepare("INSERT OR REPLACE INTO meta VALUES (?1, ?2)")?;
            put.execute(params!["whole", seal(&checkpoint.whole)?])?;
            put.execute(params!["sequence", checkpoint.sequence.cast_signed()])?;
            put.execute(params!["forgotten", checkpoint.forgotten.cast_signed()])?;
        }
        transaction.commit()?;
        Ok(())
    }
}

fn write_containers(
    transaction: &rusqlite::Transaction<'_>,
    containers: &[ContainerToWrite],
) -> Result<(), StoreError> {
    let mut put = transaction.prepare(
        "INSERT INTO containers(number, open, stays, spells, record) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT(number) DO UPDATE SET open = excluded.open, stays = excluded.stays, spells = excluded.spells,
            record = excluded.record
         RETURNING id",
    )?;
    let mut keep = transaction.prepare("INSERT OR REPLACE INTO kept VALUES (?1, ?2, ?3, ?4)")?;
    let mut lists = ListWriter::new(transaction)?;
    let mut spells = SpellWriter::new(transaction)?;
    let mut term = transaction.prepare("INSERT OR IGNORE INTO terms VALUES (?1, ?2)")?;
    for container in containers {
        let number = container.record.number.as_str();
        lists.change(number, &container.rows)?;
        spells.change(&container.record.number.text(), &container.spells)?;
        let row = params![
            number,
            container.open,
            seal(&container.rows)?,
            seal(&container.spells)?,
            seal(&*container.record)?
        ];
        let id: i64 = put.query_row(row, |row| row.get(0))?;
        let (body, last) = &container.kept;
        keep.execute(params![id, number, last.0, with_sum(body.to_vec())])?;
        for text in &container.terms {
            term.execute(params![text.as_str(), number])?;
        }
    }
    lists.write()?;
    spells.write()?;
    Ok(())
}
