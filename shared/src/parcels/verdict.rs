//! Whether the documents of a parcel agree (`domain.md` §6), and how far it is. A function of its documents, the acts
//! on it, and whether its order lies over the buyer's year.

use super::amount::Fen;
use super::papers::Papers;
use super::parcel::{ActKind, OfficersAct};
use super::reasons::{Kinds, Reasons};
use super::rules::ParcelRules;
use super::versions::Versions;
use crate::time::Time;
use crate::wire::parcels::{DocumentKind, ParcelMode, ParcelReason, ParcelState};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// How a parcel stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// How far it is.
    pub state: ParcelState,
    /// Why it is held, and what marks it. For what an officer let go or sent back: why he had to look at it.
    pub reasons: Reasons,
    /// Which documents are missing; none unless it waits or has matched.
    pub missing: Kinds,
    /// The site: that of the order, else of any document.
    pub site: SmolStr,
    /// The platform.
    pub platform: Option<SmolStr>,
    /// How it comes in: as the order says, else the list.
    pub mode: Option<ParcelMode>,
    /// The park that it leaves through: as the list says, else the order.
    pub park: Option<SmolStr>,
    /// The waybill.
    pub waybill: Option<SmolStr>,
    /// What the limits count.
    pub value: Option<Fen>,
    /// When its first document was issued.
    pub first_at: Time,
    /// When it was received; `None` while one of the four has never been there.
    pub received_at: Option<Time>,
}

/// Reasons that follow from what lies outside of the documents: what comes up later does not undo an officer's act.
const FROM_OUTSIDE: Reasons =
    Reasons::of(ParcelReason::OverYearLimit).with(Reasons::of(ParcelReason::EnterpriseUnregistered));

/// Decides. `over_year`: the order lies over the buyer's year ([`super::year`]).
pub fn decide(documents: &[Versions], acts: &[OfficersAct], over_year: bool, rules: &ParcelRules) -> Verdict {
    let papers = Papers::of(documents);
    let missing = papers.missing();
    let act = OfficersAct::in_force(acts, documents);
    let kind = act.map(|act| act.kind);
    let order_withdrawn = papers.is_order_withdrawn();
    let complete = missing.both(Kinds::PAPERS).is_empty();
    let mut reasons = match complete {
        true => reasons(&papers, over_year, rules),
        false => Reasons::NONE,
    };
    let mut held = reasons.holding();
    if let Some(act) = act.filter(|act| act.kind == ActKind::Release) {
        let waived = held.both(act.reasons.with(FROM_OUTSIDE));
        if !waived.is_empty() {
            reasons.insert(ParcelReason::ByOfficer);
        }
        held = held.without(waived);
    }
    let state = if order_withdrawn {
        ParcelState::Withdrawn
    } else if is_returned(&papers, kind) {
        ParcelState::Returned
    } else if !complete {
        ParcelState::Waiting
    } else if !held.is_empty() {
        ParcelState::Held
    } else if !missing.is_empty() {
        ParcelState::Matched
    } else {
        ParcelState::Released
    };
    if state == ParcelState::Held {
        // What an officer let go is not what holds it now, so nothing marks it as let go.
        reasons = reasons.without(Reasons::of(ParcelReason::ByOfficer));
    }
    let (order, list) = (
        papers.order.map(|own| own.paper),
        papers.list.map(|own| own.paper),
    );
    let contents = || documents.iter().filter_map(Versions::content);
    let first = || {
        let all = documents.iter();
        let all = all.filter_map(|own| Some((own.content()?, own.identity())));
        // Of several of one moment the same counts, whichever came first.
        all.min_by_key(|(own, identity)| (own.at, *identity))
            .map(|(own, _)| own)
    };
    let any = papers.order.map(|own| own.content).or_else(first);
    let waits = matches!(state, ParcelState::Waiting | ParcelState::Matched);
    Verdict {
        state,
        reasons,
        missing: if waits { missing } else { Kinds::NONE },
        site: any.map(|own| own.site.clone()).unwrap_or_default(),
        platform: order.map(|order| order.platform.clone()),
        mode: order.map(|order| order.mode).or(list.and_then(|list| list.mode)),
        park: list
            .and_then(|list| list.park.clone())
            .or_else(|| order.and_then(|order| order.park.clone())),
        waybill: papers
            .logistics
            .map(|own| own.paper.waybill.clone())
            .or_else(|| list.and_then(|list| list.waybill.clone())),
        value: order.map(|order| order.value()),
        first_at: contents().map(|own| own.at).min().unwrap_or_default(),
        received_at: papers.received_at(),
    }
}

/// Whether it went back: an officer said so, or its list was taken back while the order stands.
pub(super) fn is_returned(papers: &Papers<'_>, act: Option<ActKind>) -> bool {
    let stands = papers.standing_order().is_some();
    act == Some(ActKind::Return) || (stands && papers.is_list_withdrawn())
}

/// What does not agree, once the three papers are there, and that it passes at full tax.
fn reasons(papers: &Papers<'_>, over_year: bool, rules: &ParcelRules) -> Reasons {
    let mut reasons = Reasons::NONE;
    let (Some(order), Some(payment), Some(logistics)) = (papers.order, papers.payment, papers.logistics)
    else {
        return reasons;
    };
    let mut unless = |agrees: bool, reason: ParcelReason| {
        if !agrees {
            reasons.insert(reason);
        }
    };
    let list = papers.list.filter(|list| !list.withdrawn);
    let buyer = &order.paper.buyer;
    unless(papers.orders < 2, ParcelReason::OrderDoubled);
    for other in [
        list.map(|list| &list.paper.buyer),
        logistics.paper.consignee.as_ref(),
    ]
    .into_iter()
    .flatten()
    {
        unless(buyer.has_name_of(other), ParcelReason::BuyerNameDiffers);
        unless(buyer.has_identity_of(other), ParcelReason::BuyerIdentityDiffers);
    }
    let payer = &payment.paper.payer;
    unless(
        buyer.has_name_of(payer) && buyer.has_identity_of(payer),
        ParcelReason::PayerDiffers,
    );
    unless(
        rules.is_paid(payment.paper.amount, order.paper.due()),
        ParcelReason::AmountDiffers,
    );
    if let Some(list) = list {
        let named = |named: &Option<SmolStr>, own: &SmolStr| named.as_ref().is_none_or(|named| named == own);
        unless(
            named(&list.paper.payment, &payment.identity.id)
                && named(&list.paper.waybill, &logistics.paper.waybill),
            ParcelReason::OrderDiffers,
        );
        unless(
            list.paper.mode.is_none_or(|mode| mode == order.paper.mode),
            ParcelReason::ModeDiffers,
        );
    }
    unless(!over_year, ParcelReason::OverYearLimit);
    let value = order.paper.value();
    if value > rules.order_limit {
        let passes = order.paper.is_single_indivisible() && !over_year && value <= rules.year_limit;
        unless(
            false,
            if passes {
                ParcelReason::FullTax
            } else {
                ParcelReason::OverOrderLimit
            },
        );
    }
    let stated = [
        Some(order.content),
        Some(payment.content),
        Some(logistics.content),
        list.map(|list| list.content),
    ];
    let registered = stated.into_iter().flatten().all(|content| {
        // Only of the order it is asked that it names who made it.
        let silent = content.enterprise.is_none() && content.paper.kind() != DocumentKind::Order;
        silent || rules.is_registered(content.enterprise.as_deref())
    });
    unless(registered, ParcelReason::EnterpriseUnregistered);
    reasons
}
