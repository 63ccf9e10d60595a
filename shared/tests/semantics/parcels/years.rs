//! A buyer's year against the plainest count.

use super::book::{Book, at, document, order_of, payment_of, person, plain_order};
use proptest::prelude::*;
use shared::parcels::{
    BuyersYear, Document, Fen, Logistics, Paper, ParcelReason, ParcelRules, ParcelState, Payment, YearEntry,
};
use shared::time::Time;
use smol_str::SmolStr;
use std::collections::BTreeMap;

const LIMIT: Fen = Fen(10);

/// Which orders are over, and what counts.
fn plain(entries: &BTreeMap<u8, YearEntry>) -> (Vec<SmolStr>, u64) {
    let mut sorted: Vec<&YearEntry> = entries.values().collect();
    sorted.sort_by_key(|entry| (entry.at, entry.order.clone()));
    let (mut over, mut total) = (Vec::new(), 0);
    for entry in sorted {
        if total + entry.value.0 > LIMIT.0 {
            over.push(entry.order.clone());
        } else {
            total += entry.value.0;
        }
    }
    over.sort();
    (over, total)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_year_is_that_of_the_plainest_count_and_says_whose_verdict_changes(
        // An order and either its new time and value, or that it goes.
        steps in prop::collection::vec((0_u8..12, prop::option::weighted(0.75, (0_i64..6, 0_u64..8))), 1..40),
    ) {
        let mut year = BuyersYear::default();
        let mut entries: BTreeMap<u8, YearEntry> = BTreeMap::new();
        for (number, step) in steps {
            let (before, _) = plain(&entries);
            let own = SmolStr::from(number.to_string());
            let mut said: Vec<SmolStr> = Vec::new();
            if let Some(entry) = entries.remove(&number) {
                said.extend(year.remove(&entry, LIMIT));
            }
            if let Some((at, value)) = step {
                let entry = YearEntry { at: Time(at), order: own.clone(), value: Fen(value) };
                let (over, others) = year.insert(entry.clone(), LIMIT);
                said.extend(others);
                entries.insert(number, entry.clone());
                prop_assert_eq!(over, plain(&entries).0.contains(&own));
                prop_assert_eq!(year.standing(&entry).unwrap().over, over);
            }
            let (after, total) = plain(&entries);
            // One that was taken out and put in may change twice; what is said changed then is asked again, no more.
            for order in entries.values().map(|entry| &entry.order).filter(|order| **order != own) {
                if before.contains(order) != after.contains(order) {
                    prop_assert!(said.contains(order), "{} turned and nobody said so", order);
                }
            }
            prop_assert_eq!(year.total(), Fen(total));
            prop_assert_eq!(year.counted(), entries.len() - after.len());
            prop_assert_eq!(&year, &BuyersYear::new(entries.values().cloned(), LIMIT));
        }
    }
}

/// The three papers and no list of an order of a buyer, placed at a second, of so many fen.
fn papers(order: &str, second: i64, fen: u64) -> [Document; 3] {
    let mut of = plain_order();
    (of.goods, of.freight, of.tax, of.discount) = (Fen(fen), Fen(0), Fen(0), Fen(0));
    let payment = Payment {
        payer: person("Li Lei", 1),
        amount: Fen(fen),
    };
    let logistics = Logistics {
        waybill: order.into(),
        consignee: None,
        weight: None,
    };
    [
        document("platform", order, order, at(second), Paper::Order(Box::new(of))),
        document("bank", order, order, at(second), Paper::Payment(payment)),
        document("post", order, order, at(second), Paper::Logistics(logistics)),
    ]
}

fn over(book: &Book, order: &str) -> bool {
    let verdict = book.parcels.get(order).unwrap().verdict().unwrap();
    verdict.reasons.contains(ParcelReason::OverYearLimit)
}

fn thousand() -> Book {
    Book {
        rules: ParcelRules {
            year_limit: Fen(100_000),
            ..ParcelRules::default()
        },
        ..Book::default()
    }
}

#[test]
fn an_order_that_comes_late_changes_the_verdict_of_those_placed_behind_it() {
    let mut book = thousand();
    for document in papers("B", 20, 60_000) {
        book.receive(document, at(100));
    }
    assert!(!over(&book, "B"));
    for document in papers("A", 10, 60_000) {
        book.receive(document, at(110));
    }
    assert!(!over(&book, "A") && over(&book, "B"));
    assert_eq!(book.parcels["B"].verdict().unwrap().state, ParcelState::Held);
    // What is over does not count for later ones.
    for document in papers("C", 30, 40_000) {
        book.receive(document, at(120));
    }
    assert!(!over(&book, "C"));
    // The first goes: the second is good again, and the third too.
    let mut withdrawn = papers("A", 10, 60_000)[0].clone();
    (withdrawn.withdrawn, withdrawn.content) = (true, None);
    book.receive(withdrawn, at(130));
    assert!(!over(&book, "B") && !over(&book, "C"));
    assert_eq!(book.parcels["B"].verdict().unwrap().state, ParcelState::Matched);
}

#[test]
fn a_correction_that_makes_an_order_cheaper_gives_room_to_later_ones() {
    let mut book = thousand();
    let all = [papers("A", 10, 60_000), papers("B", 20, 60_000)];
    for document in all.into_iter().flatten() {
        book.receive(document, at(100));
    }
    assert!(over(&book, "B"));
    let [mut order, mut payment, _] = papers("A", 10, 60_000);
    order_of(&mut order).goods = Fen(40_000);
    payment_of(&mut payment).amount = Fen(40_000);
    for mut correction in [order, payment] {
        correction.updated_at = Some(at(110));
        book.receive(correction, at(110));
    }
    assert!(!over(&book, "B"));
}
