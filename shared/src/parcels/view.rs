//! One parcel as a person sees it: what each document says of each field that is compared, and what happened.

use super::amount::Fen;
use super::document::Person;
use super::names;
use super::papers::Papers;
use super::parcel::{ActKind, Parcel};
use super::reasons::Reasons;
use super::versions::Versions;
use crate::time::Time;
use crate::wire::parcels::{ComparedField, DocumentKind, ParcelReason, ParcelState};
use smol_str::SmolStr;
use std::fmt::Write as _;

/// The fields of the papers that count, each with what every document says of it; fields of which nobody says anything
/// are left out.
pub fn compared(parcel: &Parcel) -> Vec<ComparedField> {
    let papers = Papers::of(parcel.documents());
    let reasons = parcel.verdict().map_or(Reasons::NONE, |verdict| verdict.reasons);
    let order = papers.order;
    let (payment, logistics, list) = (papers.payment, papers.logistics, papers.list);
    let mut fields = Fields {
        reasons,
        fields: Vec::with_capacity(17),
    };
    let number = |versions: &Versions| {
        let content = versions.content()?;
        let identity = versions.identity();
        // Of several orders it matters whose they are.
        let said = match identity.kind {
            DocumentKind::Order if papers.orders > 1 => format!("{} · {}", content.order, identity.source),
            _ => content.order.to_string(),
        };
        (!versions.is_withdrawn()).then_some((identity.kind, said))
    };
    let mut numbers: Vec<_> = parcel.documents().iter().filter_map(number).collect();
    numbers.sort();
    fields.push("order", numbers, &[ParcelReason::OrderDoubled]);

    let buyer = order.map(|order| &order.paper.buyer);
    let payer = payment.map(|payment| &payment.paper.payer);
    let listed = list.map(|list| &list.paper.buyer);
    let consignee = logistics.and_then(|logistics| logistics.paper.consignee.as_ref());
    let name = |person: &Person| person.name.to_string();
    let identity = |person: &Person| person.identity.map(|hash| hash.short());
    let buyers = [
        (DocumentKind::Order, buyer),
        (DocumentKind::Logistics, consignee),
        (DocumentKind::List, listed),
    ];
    let payers = [(DocumentKind::Order, buyer), (DocumentKind::Payment, payer)];
    let names_of = |all: &[(DocumentKind, Option<&Person>)]| {
        all.iter()
            .filter_map(|(kind, person)| Some((*kind, name((*person)?))))
            .collect::<Vec<_>>()
    };
    let identities_of = |all: &[(DocumentKind, Option<&Person>)]| {
        all.iter()
            .filter_map(|(kind, person)| Some((*kind, identity((*person)?)?)))
            .collect::<Vec<_>>()
    };
    fields.push("buyer_name", names_of(&buyers), &[ParcelReason::BuyerNameDiffers]);
    let differ = [ParcelReason::BuyerIdentityDiffers, ParcelReason::OverYearLimit];
    fields.push("buyer_identity", identities_of(&buyers), &differ);
    // One reason for both, shown at the field that differs.
    let (same_name, same_identity) = match (buyer, payer) {
        (Some(buyer), Some(payer)) => (
            names::agree(&buyer.name, &payer.name),
            buyer.has_identity_of(payer),
        ),
        _ => (true, true),
    };
    let payer_differs = |same: bool| {
        if same {
            &[][..]
        } else {
            &[ParcelReason::PayerDiffers][..]
        }
    };
    fields.push("payer_name", names_of(&payers), payer_differs(same_name));
    fields.push(
        "payer_identity",
        identities_of(&payers),
        payer_differs(same_identity),
    );

    let mut amounts = Vec::new();
    if let Some(order) = order {
        amounts.push((DocumentKind::Order, order.paper.due().to_string()));
    }
    if let Some(payment) = payment {
        amounts.push((DocumentKind::Payment, payment.paper.amount.0.to_string()));
    }
    fields.push("amount_fen", amounts, &[ParcelReason::AmountDiffers]);
    if let Some(order) = order.map(|order| order.paper) {
        let limits = [ParcelReason::OverOrderLimit, ParcelReason::FullTax];
        let amounts: [(&str, Fen, &[ParcelReason]); 6] = [
            ("value_fen", order.value(), &limits),
            ("goods_fen", order.goods, &[]),
            ("freight_fen", order.freight, &[]),
            ("insurance_fen", order.insurance, &[]),
            ("tax_fen", order.tax, &[]),
            ("discount_fen", order.discount, &[]),
        ];
        for (field, amount, reasons) in amounts {
            fields.push(field, vec![(DocumentKind::Order, amount.0.to_string())], reasons);
        }
    }

    let mut modes = Vec::new();
    modes.extend(order.map(|own| (DocumentKind::Order, own.paper.mode.to_string())));
    modes.extend(list.and_then(|own| Some((DocumentKind::List, own.paper.mode?.to_string()))));
    fields.push("mode", modes, &[ParcelReason::ModeDiffers]);

    let named = |own: Option<&SmolStr>, other: Option<&SmolStr>, kind: DocumentKind| {
        let mut values = Vec::new();
        values.extend(own.map(|own| (kind, own.to_string())));
        values.extend(other.map(|other| (DocumentKind::List, other.to_string())));
        let differs = matches!((own, other), (Some(own), Some(other)) if own != other);
        let reasons: &[ParcelReason] = if differs {
            &[ParcelReason::OrderDiffers]
        } else {
            &[]
        };
        (values, reasons)
    };
    let own = logistics.map(|own| &own.paper.waybill);
    let other = list.and_then(|list| list.paper.waybill.as_ref());
    let (values, differ) = named(own, other, DocumentKind::Logistics);
    fields.push("waybill", values, differ);
    let own = payment.map(|own| &own.identity.id);
    let other = list.and_then(|list| list.paper.payment.as_ref());
    let (values, differ) = named(own, other, DocumentKind::Payment);
    fields.push("payment", values, differ);

    let contents = [
        (DocumentKind::Order, order.map(|own| own.content)),
        (DocumentKind::Payment, payment.map(|own| own.content)),
        (DocumentKind::Logistics, logistics.map(|own| own.content)),
        (DocumentKind::List, list.map(|own| own.content)),
    ];
    let enterprises = contents.iter().filter_map(|(kind, content)| {
        let enterprise = content.as_ref()?.enterprise.as_ref()?;
        Some((*kind, enterprise.to_string()))
    });
    fields.push(
        "enterprise",
        enterprises.collect(),
        &[ParcelReason::EnterpriseUnregistered],
    );
    if let Some(order) = order
        .map(|order| order.paper)
        .filter(|order| !order.items.is_empty())
    {
        let mut items = String::new();
        for item in &order.items {
            let gap = if items.is_empty() { "" } else { ", " };
            // Writing to a text cannot fail.
            let _ = write!(items, "{gap}{} × {}", item.name, item.quantity);
        }
        fields.push("items", vec![(DocumentKind::Order, items)], &[]);
    }
    fields.fields
}

struct Fields {
    reasons: Reasons,
    fields: Vec<ComparedField>,
}

impl Fields {
    /// Adds a field, marked with the first of the reasons that the parcel has.
    fn push(&mut self, field: &str, values: Vec<(DocumentKind, String)>, reasons: &[ParcelReason]) {
        if !values.is_empty() {
            self.fields.push(ComparedField {
                field: field.to_owned(),
                values,
                reason: reasons
                    .iter()
                    .copied()
                    .find(|reason| self.reasons.contains(*reason)),
            });
        }
    }
}

/// What happened to a parcel at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// When this server knew.
    pub at: Time,
    /// What.
    pub what: What,
}

/// What can happen to a parcel, as [`ParcelStep`](crate::wire::parcels::ParcelStep) names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A document came for the first time.
    Document(DocumentKind),
    /// Another version of it came, in force or not.
    Correction(DocumentKind),
    /// Its withdrawal came.
    Withdrawal(DocumentKind),
    /// It came to another state or to other reasons.
    State(ParcelState, Reasons),
    /// An officer acted.
    Act {
        /// What he did.
        kind: ActKind,
        /// Who.
        by: SmolStr,
        /// Why.
        remark: SmolStr,
    },
}

impl What {
    /// The name that travels.
    pub fn name(&self) -> &'static str {
        match self {
            What::Document(_) => "document",
            What::Correction(_) => "correction",
            What::Withdrawal(_) => "withdrawal",
            What::State(..) => "state",
            What::Act { kind, .. } => kind.name(),
        }
    }
}

impl ActKind {
    /// The name that travels.
    pub fn name(self) -> &'static str {
        match self {
            ActKind::Release => "release",
            ActKind::Return => "return",
        }
    }
}

/// Everything that happened to a parcel, oldest first; of one moment documents stand before acts, and these before the
/// states that follow from them.
pub fn history(parcel: &Parcel) -> Vec<Happened> {
    let mut all = Vec::new();
    for document in parcel.documents() {
        let kind = document.identity().kind;
        let mut versions: Vec<_> = document.all().collect();
        versions.sort_by_key(|version| version.recorded_at);
        for (place, version) in versions.into_iter().enumerate() {
            let what = if version.document.withdrawn {
                What::Withdrawal(kind)
            } else if place == 0 {
                What::Document(kind)
            } else {
                What::Correction(kind)
            };
            all.push(Happened {
                at: version.recorded_at,
                what,
            });
        }
    }
    for act in parcel.acts() {
        all.push(Happened {
            at: act.at,
            what: What::Act {
                kind: act.kind,
                by: act.by.clone(),
                remark: act.remark.clone(),
            },
        });
    }
    for turn in parcel.turns() {
        all.push(Happened {
            at: turn.at,
            what: What::State(turn.state, turn.reasons),
        });
    }
    // Stable, so that what was pushed first stands first in one moment.
    all.sort_by_key(|own| own.at);
    all
}
