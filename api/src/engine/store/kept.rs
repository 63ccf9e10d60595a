//! Reading what the store keeps of stays so that rules can be tried on them.

use super::{Store, StoreError, open};
use rusqlite::Connection;
use shared::time::Time;

/// What is done with a container and with what is kept of its stays.
pub type Take<'t> = dyn FnMut(&str, &[u8]) -> Result<(), StoreError> + 't;

/// Reads the store as it was when the reader was made.
#[derive(Debug)]
pub struct KeptReader {
    connection: Connection,
}

impl Store {
    /// A reader of what is kept of stays, as it is now.
    pub fn kept_reader(&self) -> Result<KeptReader, StoreError> {
        let connection = open(&self.path)?;
        connection.execute_batch("BEGIN")?;
        // The moment is that of the first look at a table.
        connection.query_row(
            "SELECT count(*) FROM (SELECT 1 FROM kept LIMIT 1)",
            [],
            |_| Ok(()),
        )?;
        Ok(KeptReader { connection })
    }
}

impl KeptReader {
    /// Hands out the container and what is kept of its stays, of one of so many parts, for those that have not all ended
    /// before a moment.
    pub fn each(&self, part: usize, parts: usize, from: Time, take: &mut Take<'_>) -> Result<(), StoreError> {
        let (least, most): (Option<i64>, Option<i64>) =
            self.connection
                .query_row("SELECT min(id), max(id) FROM kept", [], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?;
        let (Some(least), Some(most)) = (least, most) else {
            return Ok(());
        };
        let border = |part: usize| {
            let (part, parts) = (part as i64, parts as i64);
            least + (most - least + 1) * part / parts
        };
        let mut select = self
            .connection
            .prepare("SELECT number, body FROM kept WHERE id >= ?1 AND id < ?2 AND last >= ?3")?;
        let mut rows = select.query((border(part), border(part + 1), from.0))?;
        while let Some(row) = rows.next()? {
            let number = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            let body = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
            take(number, super::sealed::without_sum(body)?)?;
        }
        Ok(())
    }
}
