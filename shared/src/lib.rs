//! The domain of Quaylight: what is supervised, and what the server and the page say to each other.
//!
//! No I/O, no clock, no async, no global state. Time is always an argument. The meaning of every type is
//! fixed in `ARCHITECTURE.md` ("What the words mean"); the comments name the clause they follow.

/// Who may do what.
pub mod access;
/// Alarms: their shape, how they follow from a stay and the rules, and what people do with them.
pub mod alarm;
/// Vessel calls: a vessel's arrival and departure, to which stays refer.
pub mod call;
/// Container numbers as sent, as compared, and the ISO 6346 check digit.
pub mod container;
/// Events: what a message says happened, with identity, versions and retraction.
pub mod event;
/// Figures: exact histograms that add and subtract, and the rows computed from them.
pub mod figures;
/// Cross-border parcels: documents, whether they agree, and what parcels add up to.
pub mod parcels;
/// Places: UN/LOCODEs and the sites they mean.
pub mod place;
/// The release desk.
pub mod release_desk;
/// Rules: overtime limits and storage rules, in versions with a beginning.
pub mod rules;
/// ISO size types and TEU.
pub mod size_type;
/// Stays: one passage of one container through the port, folded from its events.
pub mod stay;
/// Time as an argument: milliseconds since 1970, and the form in which it travels.
pub mod time;
/// What travels between server and page.
pub mod wire;
/// The yard: slots, blocks, designations, and the state byte of a slot.
pub mod yard;
