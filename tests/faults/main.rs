//! What is left when the server dies while messages come, when its disk is full, and of its backups.

/// Backups, made and brought back.
#[cfg(test)]
mod backup;
/// A disk without room.
#[cfg(test)]
mod full;
/// Signal 9.
#[cfg(test)]
mod kill;
