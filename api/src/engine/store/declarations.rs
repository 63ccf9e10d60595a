//! Declarations, and lists of them.

use super::super::declarations::DeclarationKey;
use super::sealed::{seal, unseal};
use super::{Store, StoreError};
use rusqlite::{OptionalExtension, Transaction, params};
use shared::figures::DeclarationRecord;
use shared::time::Time;
use smol_str::SmolStr;

/// Which of a declaration's times a list goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclarationColumn {
    /// Its last release.
    Released,
    /// Its first `declare`.
    Declared,
}

impl Store {
    /// A declaration.
    pub fn declaration(
        &self,
        (site, number): &DeclarationKey,
    ) -> Result<Option<DeclarationRecord>, StoreError> {
        let connection = self.reading();
        let mut select =
            connection.prepare_cached("SELECT record FROM declarations WHERE site = ?1 AND number = ?2")?;
        let record: Option<Vec<u8>> = select
            .query_row(params![*site as i64, number.as_str()], |row| row.get(0))
            .optional()?;
        record.map(|record| unseal(&record)).transpose()
    }

    /// Declarations of a site in a period, the newest first, then by number, behind one of them, until told to stop.
    /// `dimensions` are the numbers of the combinations that count; all when empty.
    pub fn declarations(
        &self,
        site: usize,
        column: DeclarationColumn,
        (from, to): (Time, Time),
        dimensions: &[u8],
        behind: Option<&(Time, SmolStr)>,
        each: &mut dyn FnMut(SmolStr, DeclarationRecord) -> bool,
    ) -> Result<(), StoreError> {
        let connection = self.reading();
        let column = match column {
            DeclarationColumn::Released => "released",
            DeclarationColumn::Declared => "declared",
        };
        let counts = match dimensions {
            [] => String::new(),
            some => {
                let numbers: Vec<String> = some.iter().map(u8::to_string).collect();
                format!("AND dimensions IN ({})", numbers.join(","))
            }
        };
        // The period ends at the one that the list goes on behind, so that nothing before it is read again.
        let (last, number) = match behind {
            Some((at, number)) => (at.0.min(to.0.saturating_sub(1)), Some(number.as_str())),
            None => (to.0.saturating_sub(1), None),
        };
        let mut select = connection.prepare_cached(&format!(
            "SELECT number, record FROM declarations
             WHERE site = ?1 AND {column} >= ?2 AND {column} <= ?3 {counts}
               AND (?4 IS NULL OR {column} < ?5 OR number > ?4)
             ORDER BY {column} DESC, number"
        ))?;
        let behind_at = behind.map_or(0, |(at, _)| at.0);
        let mut rows = select.query(params![site as i64, from.0, last, number, behind_at])?;
        while let Some(row) = rows.next()? {
            let number = SmolStr::new(row.get_ref(0)?.as_str().unwrap_or_default());
            let record = unseal(row.get_ref(1)?.as_blob().unwrap_or_default())?;
            if !each(number, record) {
                break;
            }
        }
        Ok(())
    }
}

/// Writes declarations that changed.
pub(super) fn write(
    transaction: &Transaction<'_>,
    declarations: &[(DeclarationKey, DeclarationRecord)],
) -> Result<(), StoreError> {
    let mut put =
        transaction.prepare("INSERT OR REPLACE INTO declarations VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for ((site, number), record) in declarations {
        let time = |at: Option<Time>| at.map(|at| at.0);
        // One that nobody was seen to declare is in no figure, and so in no list.
        let released = record.released_at().filter(|_| record.declared_at().is_some());
        put.execute(params![
            *site as i64,
            number.as_str(),
            time(record.declared_at()),
            time(released),
            record.dimensions().code(),
            seal(record)?
        ])?;
    }
    Ok(())
}
