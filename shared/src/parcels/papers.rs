//! The papers of a parcel that count: of each kind one, whatever came first.

use super::document::{Content, DocumentIdentity, List, Logistics, Order, Paper, Payment};
use super::reasons::Kinds;
use super::versions::Versions;
use crate::time::Time;
use crate::wire::parcels::DocumentKind;

/// One paper that counts.
#[derive(Debug)]
pub struct Found<'a, T> {
    /// Who says it, and under which number.
    pub identity: &'a DocumentIdentity,
    /// What every document says.
    pub content: &'a Content,
    /// What its kind says.
    pub paper: &'a T,
    /// Whether it was taken back: then it stands here only to say what it was.
    pub withdrawn: bool,
}

impl<T> Clone for Found<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Found<'_, T> {}

impl<T> Found<'_, T> {
    /// When it was issued, unless it was taken back.
    fn stands_since(&self) -> Option<Time> {
        (!self.withdrawn).then_some(self.content.at)
    }
}

/// The papers of a parcel that count.
///
/// Of several orders the first by time, source and id counts (the others make the order doubled). Of several lists,
/// payments and waybills the last counts, but the payment and the waybill that the list names come before others. What
/// was taken back counts only where nothing of its kind stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct Papers<'a> {
    /// The order.
    pub order: Option<Found<'a, Order>>,
    /// The payment.
    pub payment: Option<Found<'a, Payment>>,
    /// The waybill.
    pub logistics: Option<Found<'a, Logistics>>,
    /// The declaration list.
    pub list: Option<Found<'a, List>>,
    /// How many orders stand.
    pub orders: usize,
}

/// Whether a candidate takes the place of what was found: what stands before what does not, then by `key`.
fn better<'a, T, K: Ord>(
    found: Option<&Found<'a, T>>,
    candidate: &Found<'a, T>,
    key: impl Fn(&Found<'a, T>) -> K,
) -> bool {
    found.is_none_or(|found| match (found.withdrawn, candidate.withdrawn) {
        (false, true) => false,
        (true, false) => true,
        _ => key(candidate) > key(found),
    })
}

fn last<'a, T>(found: &Found<'a, T>) -> (Time, &'a DocumentIdentity) {
    (found.content.at, found.identity)
}

impl<'a> Papers<'a> {
    /// Finds them among all documents of a parcel.
    pub fn of(documents: &'a [Versions]) -> Papers<'a> {
        let mut papers = Papers::default();
        for versions in documents {
            let Some(content) = versions.content() else {
                continue;
            };
            let identity = versions.identity();
            let withdrawn = versions.is_withdrawn();
            match &content.paper {
                Paper::Order(paper) => {
                    papers.orders += usize::from(!withdrawn);
                    let found = Found {
                        identity,
                        content,
                        paper: &**paper,
                        withdrawn,
                    };
                    if better(papers.order.as_ref(), &found, |own| std::cmp::Reverse(last(own))) {
                        papers.order = Some(found);
                    }
                }
                Paper::List(paper) => {
                    let found = Found {
                        identity,
                        content,
                        paper: &**paper,
                        withdrawn,
                    };
                    if better(papers.list.as_ref(), &found, last) {
                        papers.list = Some(found);
                    }
                }
                Paper::Payment(_) | Paper::Logistics(_) => {}
            }
        }
        // Only now it is known which of them the list names.
        let list = papers.list.map(|list| list.paper);
        let payment = list.and_then(|list| list.payment.as_ref());
        let waybill = list.and_then(|list| list.waybill.as_ref());
        for versions in documents {
            let Some(content) = versions.content() else {
                continue;
            };
            let identity = versions.identity();
            let withdrawn = versions.is_withdrawn();
            match &content.paper {
                Paper::Payment(paper) => {
                    let found = Found {
                        identity,
                        content,
                        paper,
                        withdrawn,
                    };
                    let key = |own: &Found<'a, Payment>| (payment == Some(&own.identity.id), last(own));
                    if better(papers.payment.as_ref(), &found, key) {
                        papers.payment = Some(found);
                    }
                }
                Paper::Logistics(paper) => {
                    let found = Found {
                        identity,
                        content,
                        paper,
                        withdrawn,
                    };
                    let key = |own: &Found<'a, Logistics>| (waybill == Some(&own.paper.waybill), last(own));
                    if better(papers.logistics.as_ref(), &found, key) {
                        papers.logistics = Some(found);
                    }
                }
                Paper::Order(_) | Paper::List(_) => {}
            }
        }
        papers
    }

    /// The order, if it stands.
    pub fn standing_order(&self) -> Option<&Found<'a, Order>> {
        self.order.as_ref().filter(|order| !order.withdrawn)
    }

    /// Whether there was an order and it was taken back.
    pub fn is_order_withdrawn(&self) -> bool {
        self.order.is_some_and(|order| order.withdrawn)
    }

    /// Whether there was a list and it was taken back.
    pub fn is_list_withdrawn(&self) -> bool {
        self.list.is_some_and(|list| list.withdrawn)
    }

    /// Which kinds do not stand.
    pub fn missing(&self) -> Kinds {
        let mut missing = Kinds::NONE;
        for (kind, stands) in [
            (DocumentKind::Order, self.order.is_some_and(|own| !own.withdrawn)),
            (
                DocumentKind::Payment,
                self.payment.is_some_and(|own| !own.withdrawn),
            ),
            (
                DocumentKind::Logistics,
                self.logistics.is_some_and(|own| !own.withdrawn),
            ),
            (DocumentKind::List, self.list.is_some_and(|own| !own.withdrawn)),
        ] {
            if !stands {
                missing.insert(kind);
            }
        }
        missing
    }

    /// When the parcel was received (`domain.md` §6): with the list, or with the last of the three papers when that is
    /// later. A list that was taken back was received all the same.
    pub fn received_at(&self) -> Option<Time> {
        let papers = self.order?.stands_since()?;
        let papers = papers.max(self.payment?.stands_since()?);
        let papers = papers.max(self.logistics?.stands_since()?);
        Some(papers.max(self.list?.content.at))
    }
}
