//! The tables of the store.

/// The shape of the store; another one is thrown away and made anew from the journal.
pub(super) const SHAPE: &str = "15";

/// Every table with its indexes. `listed` has an entry for each time by which a stay is listed; `part` packs site,
/// time, status and dimensions (`lists/part.rs`). With the lengths beside them a filter reads nothing else. `stood` has
/// an entry for each spell of each stay (`spells.rs`).
pub(super) const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS containers(
        id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, open INTEGER NOT NULL, stays BLOB NOT NULL,
        spells BLOB NOT NULL, record BLOB NOT NULL);
    CREATE INDEX IF NOT EXISTS containers_open ON containers(id) WHERE open = 1;
    CREATE TABLE IF NOT EXISTS identities(
        fingerprint BLOB PRIMARY KEY, subject TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS loose(fingerprint BLOB PRIMARY KEY, versions BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS listed(
        part INTEGER NOT NULL, at INTEGER NOT NULL, id TEXT NOT NULL, later INTEGER, overall INTEGER,
        unloading INTEGER, preparation INTEGER, clearance INTEGER, pick_up INTEGER, after_release INTEGER,
        departure INTEGER, PRIMARY KEY(part, at DESC, id)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS stood(
        part INTEGER NOT NULL, at INTEGER NOT NULL, container TEXT NOT NULL, stay INTEGER NOT NULL, until INTEGER,
        slot TEXT NOT NULL, since INTEGER NOT NULL, state INTEGER NOT NULL, size_type TEXT,
        PRIMARY KEY(part, at, container, stay)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS course(
        site INTEGER NOT NULL, hour INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY(site, hour)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS kept(
        id INTEGER PRIMARY KEY, number TEXT NOT NULL, last INTEGER NOT NULL, body BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS loads(
        term TEXT NOT NULL, at INTEGER NOT NULL, container TEXT NOT NULL, PRIMARY KEY(term, at, container)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS terms(
        term TEXT NOT NULL, container TEXT NOT NULL, PRIMARY KEY(term, container)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS cells(
        site INTEGER NOT NULL, hour INTEGER NOT NULL, cells BLOB NOT NULL, PRIMARY KEY(site, hour)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS declarations(
        site INTEGER NOT NULL, number TEXT NOT NULL, declared INTEGER, released INTEGER, dimensions INTEGER NOT NULL,
        record BLOB NOT NULL, PRIMARY KEY(site, number)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS declarations_released
        ON declarations(site, released DESC, number, dimensions) WHERE released IS NOT NULL;
    CREATE INDEX IF NOT EXISTS declarations_declared
        ON declarations(site, declared DESC, number, dimensions) WHERE declared IS NOT NULL;
    CREATE TABLE IF NOT EXISTS alarms(id TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS problems(sequence INTEGER PRIMARY KEY, problem BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS messages(
        row INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, about BLOB NOT NULL, frame BLOB NOT NULL);
";
