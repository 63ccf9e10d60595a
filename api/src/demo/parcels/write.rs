//! The documents of a parcel as their senders write them: one JSON object a line.

use super::names::{Buyer, CARRIERS, DECLARANTS, PAYERS, UNREGISTERED};
use super::settings::OFFSET;
use super::story::{Mismatch, Piece, Story};
use shared::parcels::{DocumentKind, Fen};
use shared::time::{LocalTime, SECOND, Time};
use std::fmt::Write as _;

/// What is written goes to a text, which cannot fail.
macro_rules! put {
    ($($what:tt)*) => { let _ = write!($($what)*); };
}

impl Story {
    /// The order's number.
    pub fn order(&self) -> String {
        format!("{}{:012}", self.platform.prefix, self.number)
    }

    fn payment(&self) -> String {
        format!("P{:013}", self.number)
    }

    fn waybill(&self) -> String {
        format!("{}{:011}", CARRIERS[self.carrier].2, self.number)
    }

    /// Writes what arrives at a moment, with the end of its line. An act writes nothing.
    pub fn write(&self, piece: Piece, at: Time, text: &mut String) {
        match piece {
            Piece::First(kind) => self.document(kind, None, text),
            Piece::Right(kind) => self.document(kind, Some(at), text),
            Piece::Broken(kind) => {
                let begins = text.len();
                self.document(kind, None, text);
                // Cut off in the middle; every letter in front of it is ASCII.
                text.truncate(begins + 40);
                text.push('\n');
            }
            Piece::Withdrawn(kind) => {
                let id = self.id(kind);
                self.begin(kind, self.source(kind), &id, text);
                put!(text, ",\"withdrawn\":true,\"updated_at\":\"{}\"}}\n", local(at));
            }
            Piece::Second { withdrawn } => {
                let id = format!("{}-2", self.order());
                self.begin(DocumentKind::Order, self.platform.source, &id, text);
                if withdrawn {
                    put!(text, ",\"withdrawn\":true,\"updated_at\":\"{}\"}}\n", local(at));
                } else {
                    self.order_fields(true, self.issued[0].plus(20 * SECOND), text);
                }
            }
            Piece::Act { .. } => {}
        }
    }

    fn id(&self, kind: DocumentKind) -> String {
        match kind {
            DocumentKind::Order => self.order(),
            DocumentKind::Payment => self.payment(),
            DocumentKind::Logistics => self.waybill(),
            DocumentKind::List => format!("L{:013}", self.number),
        }
    }

    fn begin(&self, kind: DocumentKind, source: &str, id: &str, text: &mut String) {
        put!(
            text,
            "{{\"kind\":\"{kind}\",\"source\":\"{source}\",\"id\":\"{id}\",\"site\":\"{}\"",
            super::super::SITE
        );
    }

    fn document(&self, kind: DocumentKind, right_at: Option<Time>, text: &mut String) {
        let right = right_at.is_some();
        self.begin(kind, self.source(kind), &self.id(kind), text);
        if let Some(at) = right_at {
            put!(text, ",\"updated_at\":\"{}\"", local(at));
        }
        let at = self.issued[kind as usize];
        match kind {
            DocumentKind::Order => self.order_fields(right, at, text),
            DocumentKind::Payment => {
                let enterprise = PAYERS[self.payer].1;
                self.common(at, enterprise, text);
                let payer = if self.is_wrong(Mismatch::Payer, right) {
                    &self.other
                } else {
                    &self.buyer
                };
                person("payer", payer, text);
                let due = self.price + self.freight + self.tax - self.discount;
                // A voucher that the platform knows and the bank does not.
                let paid = if self.is_wrong(Mismatch::Amount, right) {
                    due * 4 / 5 - 150
                } else {
                    due
                };
                put!(text, ",\"amount\":{}}}\n", yuan(paid));
            }
            DocumentKind::Logistics => {
                self.common(at, CARRIERS[self.carrier].1, text);
                put!(
                    text,
                    ",\"waybill\":\"{}\",\"consignee\":{{\"name\":\"{}\"}},\"weight_kg\":{}.{}}}\n",
                    self.waybill(),
                    self.buyer.name,
                    self.quantity,
                    self.number % 10
                );
            }
            DocumentKind::List => self.list_fields(right, at, text),
        }
    }

    fn common(&self, at: Time, enterprise: &str, text: &mut String) {
        put!(
            text,
            ",\"at\":\"{}\",\"order\":\"{}\",\"enterprise\":\"{enterprise}\"",
            local(at),
            self.order()
        );
    }

    fn order_fields(&self, right: bool, at: Time, text: &mut String) {
        let unregistered = self.is_wrong(Mismatch::Unregistered, right);
        let enterprise = if unregistered {
            UNREGISTERED
        } else {
            self.platform.enterprise
        };
        self.common(at, enterprise, text);
        put!(
            text,
            ",\"platform\":\"{}\",\"mode\":\"{}\",\"park\":\"{}\"",
            self.platform.name,
            self.mode,
            self.park
        );
        person("buyer", &self.buyer, text);
        put!(
            text,
            ",\"currency\":\"CNY\",\"goods\":{},\"freight\":{},\"tax\":{},\"discount\":{}",
            yuan(self.price),
            yuan(self.freight),
            yuan(self.tax),
            yuan(self.discount)
        );
        let precious = self.mismatch == Some(Mismatch::Precious);
        put!(
            text,
            ",\"items\":[{{\"name\":\"{}\",\"quantity\":{},\"value\":{},\"hs\":\"{}\"{}}}]}}\n",
            self.goods.0,
            self.quantity,
            yuan(self.price),
            self.goods.1,
            if precious { ",\"indivisible\":true" } else { "" }
        );
    }

    fn list_fields(&self, right: bool, at: Time, text: &mut String) {
        self.common(at, DECLARANTS[self.declarant()].1, text);
        let payment = match self.is_wrong(Mismatch::OtherPayment, right) {
            true => format!("P{:013}", self.number + 1),
            false => self.payment(),
        };
        let mode = match (self.is_wrong(Mismatch::Mode, right), self.mode.name()) {
            (true, "1210") => "9610",
            (true, _) => "1210",
            (false, mode) => mode,
        };
        put!(
            text,
            ",\"list\":\"L{:013}\",\"waybill\":\"{}\",\"payment\":\"{payment}\",\"mode\":\"{mode}\",\"park\":\"{}\"",
            self.number,
            self.waybill(),
            self.park
        );
        let confused = Buyer {
            name: match self.is_wrong(Mismatch::BuyerName, right) {
                true => self.other.name.clone(),
                false => self.buyer.name.clone(),
            },
            identity: match self.is_wrong(Mismatch::BuyerIdentity, right) {
                true => self.other.identity.clone(),
                false => self.buyer.identity.clone(),
            },
        };
        person("buyer", &confused, text);
        text.push_str("}\n");
    }
}

fn person(field: &str, who: &Buyer, text: &mut String) {
    put!(
        text,
        ",\"{field}\":{{\"name\":\"{}\",\"identity\":\"{}\"}}",
        who.name,
        who.identity
    );
}

/// As senders write amounts.
fn yuan(fen: i64) -> Fen {
    Fen(u64::try_from(fen).unwrap_or(0))
}

fn local(at: Time) -> LocalTime {
    LocalTime {
        at,
        offset_seconds: (OFFSET / SECOND) as i32,
    }
}
