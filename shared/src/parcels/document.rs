//! What a document says. Identity numbers in these types are hashes already.

use super::amount::{Fen, Thousandths};
use super::identity::HashedIdentity;
use super::names;
use crate::time::Time;
use crate::wire::parcels::{DocumentKind, ParcelMode};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Who says it, what it is, and under which number: two documents with the same identity are versions of one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DocumentIdentity {
    /// The sender's name.
    pub source: SmolStr,
    /// Which kind.
    pub kind: DocumentKind,
    /// Its number at the sender.
    pub id: SmolStr,
}

/// One version of one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Who says it, what it is, and under which number.
    pub identity: DocumentIdentity,
    /// When the sender last changed it; none counts as earliest.
    pub updated_at: Option<Time>,
    /// Takes the document back.
    pub withdrawn: bool,
    /// What it says; a withdrawal needs nothing.
    pub content: Option<Content>,
}

/// What a document says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// When it was issued. A correction has the time of the first.
    pub at: Time,
    /// The configured site.
    pub site: SmolStr,
    /// The order's number, by which the documents of a parcel belong together.
    pub order: SmolStr,
    /// Who made it, by its customs code.
    pub enterprise: Option<SmolStr>,
    /// What the sender remarks.
    pub remark: Option<SmolStr>,
    /// What only its kind has.
    pub paper: Paper,
}

/// What only one kind of document says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Paper {
    /// 订单.
    Order(Box<Order>),
    /// 支付单.
    Payment(Payment),
    /// 运单.
    Logistics(Logistics),
    /// 清单.
    List(Box<List>),
}

/// A person as a document names him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Name as sent.
    pub name: SmolStr,
    /// The hash of the identity number; only a consignee may have none.
    pub identity: Option<HashedIdentity>,
    /// What kind of number it is, as sent.
    pub identity_type: Option<SmolStr>,
    /// The number had 18 places and a wrong check digit.
    pub flawed: bool,
}

impl Person {
    /// Whether both names say the same person.
    pub fn has_name_of(&self, other: &Person) -> bool {
        names::agree(&self.name, &other.name)
    }

    /// Whether the identity numbers are the same, or one of them is not stated.
    pub fn has_identity_of(&self, other: &Person) -> bool {
        match (self.identity, other.identity) {
            (Some(own), Some(other)) => own == other,
            _ => true,
        }
    }
}

/// What was ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The platform that sold it.
    pub platform: SmolStr,
    /// How it comes in.
    pub mode: ParcelMode,
    /// The park that it leaves through.
    pub park: Option<SmolStr>,
    /// Who bought it.
    pub buyer: Person,
    /// Price of the goods.
    pub goods: Fen,
    /// Freight.
    pub freight: Fen,
    /// Insurance.
    pub insurance: Fen,
    /// Tax.
    pub tax: Fen,
    /// What is taken off.
    pub discount: Fen,
    /// What it consists of, as far as stated.
    pub items: Vec<Item>,
}

impl Order {
    /// What the limits count: goods, freight and insurance less the discount.
    pub fn value(&self) -> Fen {
        Fen((self.goods.0 + self.freight.0 + self.insurance.0).saturating_sub(self.discount.0))
    }

    /// What has to be paid, in fen; below zero when the discount is more than everything else.
    pub fn due(&self) -> i64 {
        // Each amount is at most `amount::MOST`, so four of them are far from the ends.
        let sum = self.goods.0 + self.freight.0 + self.insurance.0 + self.tax.0;
        sum.cast_signed() - self.discount.0.cast_signed()
    }

    /// Whether it is a single thing that cannot be divided.
    pub fn is_single_indivisible(&self) -> bool {
        matches!(self.items.as_slice(), [item] if item.indivisible && item.quantity == Thousandths(1_000))
    }
}

/// One item of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What it is.
    pub name: SmolStr,
    /// How many.
    pub quantity: Thousandths,
    /// Their value.
    pub value: Fen,
    /// Customs tariff number.
    pub hs: Option<SmolStr>,
    /// Cannot be divided (不可分割).
    pub indivisible: bool,
}

/// What was paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Who paid.
    pub payer: Person,
    /// How much.
    pub amount: Fen,
}

/// What is carried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logistics {
    /// The waybill's number.
    pub waybill: SmolStr,
    /// Who is to get it.
    pub consignee: Option<Person>,
    /// Its weight in thousandths of a kilogram.
    pub weight: Option<Thousandths>,
}

/// What is declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// The waybill that it speaks of.
    pub waybill: Option<SmolStr>,
    /// The payment that it speaks of.
    pub payment: Option<SmolStr>,
    /// How it comes in.
    pub mode: Option<ParcelMode>,
    /// The park that it leaves through.
    pub park: Option<SmolStr>,
    /// Who bought it.
    pub buyer: Person,
}

impl Paper {
    /// Which kind of document says it.
    pub fn kind(&self) -> DocumentKind {
        match self {
            Paper::Order(_) => DocumentKind::Order,
            Paper::Payment(_) => DocumentKind::Payment,
            Paper::Logistics(_) => DocumentKind::Logistics,
            Paper::List(_) => DocumentKind::List,
        }
    }
}
