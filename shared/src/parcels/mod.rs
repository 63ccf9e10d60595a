//! Cross-border parcels (`domain.md` §6, row S9): an order, a payment, a waybill and a declaration list, sent by four
//! parties in any order, become one parcel that is released the moment they agree, or held with reasons.
//!
//! What a parcel is follows from the set of its documents, the acts of officers, and the buyer's year; nothing depends
//! on the order of arrival. Only what is itself an act of this server depends on its clock: when a parcel came to its
//! state, and whether it was ever held.

/// Amounts and quantities, read exactly.
pub mod amount;
/// Cells of hours and days.
pub mod cells;
/// What one parcel adds to the figures.
pub mod contribution;
/// The course of a day, and its peak.
pub mod course;
/// What a document says.
pub mod document;
/// The fields of a document, and the rules that they obey.
pub mod fields;
/// Identity numbers and their hashes.
pub mod identity;
/// When names agree.
pub mod names;
/// The papers of a parcel that count.
pub mod papers;
/// One parcel: its documents, the acts on it, and how it stands.
pub mod parcel;
/// What is open now.
pub mod queue;
/// Sets of reasons and of documents.
pub mod reasons;
/// Rows of figures.
pub mod rows;
/// Limits and tolerances.
pub mod rules;
/// How often the documents of a sender do not agree.
pub mod shares;
/// Whether documents agree.
pub mod verdict;
/// Versions of one document.
pub mod versions;
/// One parcel as a person sees it.
pub mod view;
/// What a buyer bought in a year.
pub mod year;

pub use amount::{Fen, Thousandths};
pub use cells::ParcelCells;

pub use contribution::Contribution;
pub use document::{
    Content, Document, DocumentIdentity, Item, List, Logistics, Order, Paper, Payment, Person,
};
pub use fields::{FieldError, Fields};
pub use identity::HashedIdentity;
pub use parcel::{ActKind, OfficersAct, Parcel};
pub use reasons::{Kinds, Reasons};
pub use rules::ParcelRules;
pub use verdict::{Verdict, decide};
pub use versions::{Arrival, Versions};
pub use year::{BuyersYear, YearEntry, YearKey};

pub use crate::wire::parcels::{DocumentKind, ParcelMode, ParcelReason, ParcelState};
