//! What begins with a text.

use super::StoreError;
use rusqlite::{Connection, params};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// The end of everything that begins with a text.
fn end(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}

/// Container numbers.
pub fn numbers(connection: &Connection, prefix: &str, most: usize) -> Result<Vec<String>, StoreError> {
    let mut select = connection.prepare_cached(
        "SELECT number FROM containers WHERE number >= ?1 AND number < ?2 ORDER BY number LIMIT ?3",
    )?;
    let rows = select.query_map(params![prefix, end(prefix), most as i64], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Vessels that were loaded, by their terms.
pub fn loads(connection: &Connection, prefix: &str) -> Result<BTreeSet<SmolStr>, StoreError> {
    let mut select =
        connection.prepare_cached("SELECT DISTINCT term FROM loads WHERE term >= ?1 AND term < ?2")?;
    let rows = select.query_map(params![prefix, end(prefix)], |row| row.get::<_, String>(0))?;
    let terms: Result<Vec<String>, _> = rows.collect();
    Ok(terms?.into_iter().map(SmolStr::from).collect())
}

/// Terms with their containers.
pub fn terms(
    connection: &Connection,
    prefix: &str,
    most: usize,
) -> Result<Vec<(String, String)>, StoreError> {
    let mut select = connection.prepare_cached(
        "SELECT term, container FROM terms WHERE term >= ?1 AND term < ?2 ORDER BY term LIMIT ?3",
    )?;
    let rows = select.query_map(params![prefix, end(prefix), most as i64], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
