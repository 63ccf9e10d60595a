//! Puts reports into the formats in which real senders speak.

/// DCSA Track & Trace, 2.2 and 3.0.0.
pub(super) mod dcsa;
/// EDIFACT interchanges with CODECO and COARRI.
pub(super) mod edifact;
/// Native events.
pub(super) mod native;
/// Times and numbers as text.
pub(super) mod text;
