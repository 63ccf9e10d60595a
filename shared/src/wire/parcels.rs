//! Cross-border parcels: what is known of one, of all of them now, and of a period. Amounts are whole fen (CNY 0.01),
//! durations seconds, times in the site's zone.

use super::figures::Group;
use crate::time::LocalTime;
use serde::{Deserialize, Serialize};

codes! {
    /// A document of a parcel.
    DocumentKind {
        /// 订单, from the platform.
        Order "order",
        /// 支付单, from who took the money.
        Payment "payment",
        /// 运单, from the carrier.
        Logistics "logistics",
        /// 清单, from the declarant: the list that starts the clock.
        List "list",
    }
}

codes! {
    /// How far a parcel is.
    ParcelState {
        /// A document is missing.
        Waiting "waiting",
        /// The three papers agree; the list is missing.
        Matched "matched",
        /// Something does not agree.
        Held "held",
        /// Everything agrees, or an officer let it go.
        Released "released",
        /// An officer sent it back, or its list was withdrawn.
        Returned "returned",
        /// Its order was withdrawn.
        Withdrawn "withdrawn",
    }
}

codes! {
    /// Why a parcel is held; the last ones only mark it.
    ParcelReason {
        /// The list names a payment or a waybill that belongs to another order.
        OrderDiffers "order_differs",
        /// Two orders have the same number.
        OrderDoubled "order_doubled",
        /// The buyer's name is not the same everywhere.
        BuyerNameDiffers "buyer_name_differs",
        /// The buyer's identity number is not the same everywhere.
        BuyerIdentityDiffers "buyer_identity_differs",
        /// Somebody else paid.
        PayerDiffers "payer_differs",
        /// What was paid is not goods, freight and tax without the discount, beyond the tolerance.
        AmountDiffers "amount_differs",
        /// Over what one order may be.
        OverOrderLimit "over_order_limit",
        /// Over what a buyer may buy in a year.
        OverYearLimit "over_year_limit",
        /// An enterprise that is not registered.
        EnterpriseUnregistered "enterprise_unregistered",
        /// Order and list name other modes.
        ModeDiffers "mode_differs",
        /// Marks a single indivisible item over the limit of one order, within the year's: it passes at full tax.
        FullTax "full_tax",
        /// Marks what an officer let go although something did not agree.
        ByOfficer "by_officer",
    }
}

codes! {
    /// How a parcel comes in.
    ParcelMode {
        /// 1210: bonded.
        Bonded "1210",
        /// 9610: direct mail.
        DirectMail "9610",
    }
}

/// One parcel, as lists have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelItem {
    /// The order's number, by which its documents belong together.
    pub order: String,
    /// The site.
    pub site: String,
    /// How far it is.
    pub state: ParcelState,
    /// Why it is held, and what marks it; sorted.
    pub reasons: Vec<ParcelReason>,
    /// Which documents are missing; empty unless it waits or has matched.
    pub missing: Vec<DocumentKind>,
    /// The platform.
    pub platform: Option<String>,
    /// Customs mode.
    pub mode: Option<ParcelMode>,
    /// The park that it leaves through.
    pub park: Option<String>,
    /// The waybill.
    pub waybill: Option<String>,
    /// Goods, freight and insurance without the discount, in fen: what the limits count.
    pub value_fen: Option<u64>,
    /// When its first document was issued.
    pub first_at: LocalTime,
    /// When it was received: the list, or the last of the three papers when that is later.
    pub received_at: Option<LocalTime>,
    /// When it was decided as it stands: released, returned or withdrawn.
    pub decided_at: Option<LocalTime>,
    /// Seconds from receipt to release, rounded down.
    pub seconds: Option<u64>,
}

/// One parcel with its documents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parcel {
    /// As lists have it.
    #[serde(flatten)]
    pub item: ParcelItem,
    /// Its documents, in the order of [`DocumentKind`].
    pub documents: Vec<ParcelDocument>,
    /// The fields that are compared, each with what every document says of it.
    pub fields: Vec<ComparedField>,
    /// The buyer's year, as far as it is known who the buyer is.
    pub year: Option<BuyersYear>,
    /// What happened to it, oldest first.
    pub history: Vec<ParcelStep>,
    /// The epoch of the parcels' journal.
    pub epoch: String,
    /// The change up to which this answer holds.
    pub sequence: u64,
}

/// The version of a document that holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelDocument {
    /// Which.
    pub kind: DocumentKind,
    /// Who sent it.
    pub source: String,
    /// Its number at the sender.
    pub id: String,
    /// When it was issued.
    pub at: LocalTime,
    /// When this version was made, if it is not the first.
    pub updated_at: Option<LocalTime>,
    /// When this server first knew this version.
    pub recorded_at: LocalTime,
    /// How many versions there were.
    pub versions: u32,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
    /// The enterprise that made it, by its customs code.
    pub enterprise: Option<String>,
}

/// One field across the documents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedField {
    /// Its name: `order buyer_name buyer_identity payer_name payer_identity amount_fen value_fen goods_fen freight_fen
    /// insurance_fen tax_fen discount_fen mode waybill payment enterprise items`.
    pub field: String,
    /// What each document says, by its kind. An identity number is shown as the first eight letters of its keyed hash.
    pub values: Vec<(DocumentKind, String)>,
    /// Why it does not agree; none where it does.
    pub reason: Option<ParcelReason>,
}

/// What a buyer bought in a calendar year of the site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BuyersYear {
    /// The year.
    pub year: i32,
    /// The total with this order, in fen, in the order in which they were placed.
    pub with_this_fen: u64,
    /// The total of the year so far, in fen.
    pub total_fen: u64,
    /// What a year may be, in fen.
    pub limit_fen: u64,
    /// How many orders count.
    pub orders: u64,
}

/// One thing that happened to a parcel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelStep {
    /// When this server knew.
    pub at: LocalTime,
    /// What: `document correction withdrawal state release return`.
    pub what: String,
    /// The document that came.
    pub document: Option<DocumentKind>,
    /// The state from then on, where it changed.
    pub state: Option<ParcelState>,
    /// The reasons from then on, where the state changed.
    pub reasons: Vec<ParcelReason>,
    /// Who, where it was a person.
    pub by: Option<String>,
    /// Why.
    pub remark: Option<String>,
}

/// `POST /parcels/{order}/release` and `…/return`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelAct {
    /// Why; must not be empty.
    pub remark: String,
    /// Who, while access is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The sequence of the answer that the person saw; a parcel that changed behind it answers 409.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_sequence: Option<u64>,
}

/// `GET /parcels/now`, and each message of the stream's topic `parcels`, event `parcels`: the whole of it, at most once
/// a second and site, so that a reader needs no other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelsNow {
    /// The site.
    pub site: String,
    /// The engine's clock.
    pub at: LocalTime,
    /// The beginning of the site's day.
    pub since: LocalTime,
    /// Of the day: parcels received, released and returned.
    pub received: u64,
    /// Released since the day began.
    pub released: u64,
    /// Returned since the day began.
    pub returned: u64,
    /// Value of those released, in fen.
    pub released_fen: u64,
    /// Released in the last whole second, minute and hour.
    pub rate_second: u64,
    /// Released in the last 60 whole seconds.
    pub rate_minute: u64,
    /// Released in the last 3600 whole seconds.
    pub rate_hour: u64,
    /// The most that were released in a second of the day, and when.
    pub peak_second: u64,
    /// When that was.
    pub peak_at: Option<LocalTime>,
    /// Of those released today: share within the target.
    pub within_target: Option<f64>,
    /// The target, in seconds.
    pub target_seconds: u64,
    /// Percentiles of receipt → release today, in seconds.
    pub median_seconds: Option<u64>,
    /// 95th percentile.
    pub p95_seconds: Option<u64>,
    /// 99th percentile.
    pub p99_seconds: Option<u64>,
    /// Received and not decided, whenever they came.
    pub queue: u64,
    /// When the oldest of those was received.
    pub oldest_at: Option<LocalTime>,
    /// Of those, over the target.
    pub late: u64,
    /// Waiting for documents: how many lack which.
    pub missing: Vec<(DocumentKind, u64)>,
    /// Held, by reason; one parcel can have several.
    pub held: Vec<(ParcelReason, u64)>,
    /// All that are held.
    pub held_parcels: u64,
    /// By platform, today: the largest first, at most 12.
    pub platforms: Vec<ParcelShare>,
    /// By mode.
    pub modes: Vec<ParcelShare>,
    /// By park.
    pub parks: Vec<ParcelShare>,
    /// Senders, the longest silent first.
    pub parties: Vec<ParcelParty>,
    /// Cumulative releases of the day in steps of five minutes, and of the day it is held against.
    pub course: Vec<u64>,
    /// The day that it is held against: the one with most releases before today.
    pub against: Option<PeakDay>,
    /// The epoch of the parcels' journal.
    pub epoch: String,
    /// The change up to which this holds.
    pub sequence: u64,
}

/// What one value of a dimension has of the day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelShare {
    /// The value.
    pub name: String,
    /// Released today.
    pub released: u64,
    /// Their value, in fen.
    pub released_fen: u64,
    /// Received and not decided.
    pub queue: u64,
    /// Share within the target.
    pub within_target: Option<f64>,
}

/// One sender of documents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelParty {
    /// Its name.
    pub source: String,
    /// What it sends.
    pub kinds: Vec<DocumentKind>,
    /// Documents of the day.
    pub documents: u64,
    /// Of the decided parcels of the last hour in which one of its documents was: how many did not agree, as a share.
    pub mismatch_rate: Option<f64>,
    /// What is usual: the share over the last 30 days before today.
    pub usual_rate: Option<f64>,
    /// When it was heard last, by this server's clock.
    pub heard_at: LocalTime,
    /// Whether it is silent for longer than is allowed.
    pub silent: bool,
}

/// A day that others are held against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeakDay {
    /// Its date.
    pub date: String,
    /// Cumulative releases in steps of five minutes, all of the day.
    pub course: Vec<u64>,
    /// Released at the same time of that day.
    pub by_now: u64,
    /// Released in all of that day.
    pub released: u64,
}

/// `GET /figures/parcels?from&to&bucket&group=platform,mode,park,reason`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelFigures {
    /// From (inclusive).
    pub from: LocalTime,
    /// To (exclusive).
    pub to: LocalTime,
    /// `hour day month year`, if one was asked for.
    pub bucket: Option<String>,
    /// By which dimensions.
    pub group: Vec<String>,
    /// The target, in seconds.
    pub target_seconds: u64,
    /// The rows.
    pub rows: Vec<ParcelRow>,
    /// The epoch of the parcels' journal.
    pub epoch: String,
    /// The change up to which this holds.
    pub sequence: u64,
}

/// One row of figures. Parcels count in the bucket in which they were released, `received` in that of their receipt.
/// Durations are exact to the second; percentiles are the smallest second that the share does not exceed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelRow {
    /// When the bucket begins.
    pub bucket: Option<LocalTime>,
    /// By dimension the value; as everywhere a text for one, an object for several.
    pub group: Option<Group>,
    /// Received.
    pub received: u64,
    /// Released.
    pub released: u64,
    /// Their value, in fen.
    pub released_fen: u64,
    /// Returned.
    pub returned: u64,
    /// Held at some time.
    pub held: u64,
    /// Received in the bucket and not decided at its end, or now.
    pub open: u64,
    /// Mean.
    pub mean_seconds: Option<f64>,
    /// Median.
    pub median_seconds: Option<u64>,
    /// 95th percentile.
    pub p95_seconds: Option<u64>,
    /// 99th percentile.
    pub p99_seconds: Option<u64>,
    /// Longest.
    pub max_seconds: Option<u64>,
    /// Share within the target.
    pub within_target: Option<f64>,
    /// `/parcels?…`, whose items are exactly those released.
    pub href: String,
}
