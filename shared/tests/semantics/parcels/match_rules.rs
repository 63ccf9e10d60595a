//! When documents match, sentence by sentence.

use super::book::{
    Book, at, document, four, kinds, list_of, logistics_of, order_of, payment_of, person, plain_order,
    withdrawal,
};
use shared::parcels::{
    ActKind, Document, DocumentKind, Fen, Item, Paper, Parcel, ParcelMode, ParcelReason, ParcelRules,
    ParcelState, Thousandths,
};
use smol_str::SmolStr;

fn told(documents: impl IntoIterator<Item = Document>) -> Book {
    told_by(ParcelRules::default(), documents)
}

fn told_by(rules: ParcelRules, documents: impl IntoIterator<Item = Document>) -> Book {
    let mut book = Book {
        rules,
        ..Book::default()
    };
    for document in documents {
        book.receive(document, at(200));
    }
    book
}

fn stands(book: &Book) -> (ParcelState, Vec<ParcelReason>) {
    let verdict = first(book).verdict().unwrap();
    (verdict.state, verdict.reasons.iter().collect())
}

fn first(book: &Book) -> &Parcel {
    book.parcels.get("O1").unwrap()
}

/// What the four documents are with a change in them.
fn changed(change: impl FnOnce(&mut [Document; 4])) -> (ParcelState, Vec<ParcelReason>) {
    let mut four = four();
    change(&mut four);
    stands(&told(four))
}

fn held(reason: ParcelReason) -> (ParcelState, Vec<ParcelReason>) {
    (ParcelState::Held, vec![reason])
}

const RELEASED: (ParcelState, Vec<ParcelReason>) = (ParcelState::Released, Vec::new());

#[test]
fn four_documents_that_agree_are_released_and_the_clock_runs_from_the_list() {
    let book = told(four());
    assert_eq!(stands(&book), RELEASED);
    let parcel = first(&book);
    let verdict = parcel.verdict().unwrap();
    assert_eq!(
        (verdict.received_at, parcel.decided_at()),
        (Some(at(180)), Some(at(200)))
    );
    assert_eq!((parcel.seconds(), verdict.value), (Some(20), Some(Fen(10_600))));
    assert_eq!(verdict.waybill.as_deref(), Some("W1"));
}

#[test]
fn the_clock_runs_from_the_last_paper_when_it_is_later_than_the_list() {
    let mut four = four();
    four[1].content.as_mut().unwrap().at = at(190);
    assert_eq!(first(&told(four)).seconds(), Some(10));
}

#[test]
fn a_document_of_the_future_is_decided_no_sooner_than_it_was_received() {
    let mut four = four();
    four[3].content.as_mut().unwrap().at = at(500);
    let book = told(four);
    assert_eq!(
        (first(&book).decided_at(), first(&book).seconds()),
        (Some(at(500)), Some(0))
    );
}

#[test]
fn a_parcel_waits_for_what_is_missing_and_has_matched_without_the_list() {
    let four = four();
    let waits = told([four[0].clone(), four[3].clone()]);
    assert_eq!(stands(&waits), (ParcelState::Waiting, Vec::new()));
    assert_eq!(
        kinds(first(&waits)),
        [DocumentKind::Payment, DocumentKind::Logistics]
    );
    let matched = told(four[..3].to_vec());
    assert_eq!(stands(&matched), (ParcelState::Matched, Vec::new()));
    assert_eq!(kinds(first(&matched)), [DocumentKind::List]);
}

#[test]
fn names_and_identity_numbers_of_the_buyer_agree_between_order_list_and_what_logistics_states() {
    let other = || person("Han Mei", 1);
    let same_name = || person("li  LEI ", 2);
    assert_eq!(
        changed(|four| list_of(&mut four[3]).buyer = other()),
        held(ParcelReason::BuyerNameDiffers)
    );
    assert_eq!(
        changed(|four| logistics_of(&mut four[2]).consignee = Some(other())),
        held(ParcelReason::BuyerNameDiffers)
    );
    assert_eq!(
        changed(|four| list_of(&mut four[3]).buyer = same_name()),
        held(ParcelReason::BuyerIdentityDiffers)
    );
    // A waybill without a consignee, or without his number, says nothing.
    assert_eq!(
        changed(|four| logistics_of(&mut four[2]).consignee = None),
        RELEASED
    );
    let silent = |four: &mut [Document; 4]| {
        logistics_of(&mut four[2]).consignee.as_mut().unwrap().identity = None;
    };
    assert_eq!(changed(silent), RELEASED);
}

#[test]
fn the_payer_is_the_buyer_by_name_and_number() {
    for payer in [person("Han Mei", 1), person("Li Lei", 2)] {
        assert_eq!(
            changed(|four| payment_of(&mut four[1]).payer = payer),
            held(ParcelReason::PayerDiffers)
        );
    }
}

#[test]
fn what_was_paid_is_what_was_due_within_the_tolerance() {
    // Due are 115.00, of which 5 % are 5.75.
    for (paid, agrees) in [(12_075, true), (12_076, false), (10_925, true), (10_924, false)] {
        let stands = changed(|four| payment_of(&mut four[1]).amount = Fen(paid));
        let expected = if agrees {
            RELEASED
        } else {
            held(ParcelReason::AmountDiffers)
        };
        assert_eq!(stands, expected, "{paid}");
    }
}

#[test]
fn an_order_over_its_limit_is_held_unless_it_is_one_thing_that_cannot_be_divided() {
    let item = |quantity, indivisible| Item {
        name: "watch".into(),
        quantity: Thousandths(quantity),
        value: Fen(500_001),
        hs: None,
        indivisible,
    };
    let of = |goods: u64, items: Vec<Item>| {
        changed(|four| {
            let order = order_of(&mut four[0]);
            (order.goods, order.freight, order.discount, order.items) = (Fen(goods), Fen(0), Fen(0), items);
            payment_of(&mut four[1]).amount = Fen(goods + 900);
        })
    };
    let over = || held(ParcelReason::OverOrderLimit);
    assert_eq!(of(500_000, vec![]), RELEASED);
    assert_eq!(of(500_001, vec![]), over());
    assert_eq!(of(500_001, vec![item(1_000, false)]), over());
    assert_eq!(of(500_001, vec![item(2_000, true)]), over());
    assert_eq!(of(500_001, vec![item(1_000, true), item(1_000, true)]), over());
    let full_tax = (ParcelState::Released, vec![ParcelReason::FullTax]);
    assert_eq!(of(500_001, vec![item(1_000, true)]), full_tax);
    // Over the year it passes at no tax.
    let both = vec![ParcelReason::OverOrderLimit, ParcelReason::OverYearLimit];
    assert_eq!(of(2_600_001, vec![item(1_000, true)]), (ParcelState::Held, both));
}

#[test]
fn a_list_names_the_payment_and_the_waybill_of_its_order() {
    let name = |payment: &'static str, waybill: &'static str| {
        changed(|four| {
            let list = list_of(&mut four[3]);
            (list.payment, list.waybill) = (Some(payment.into()), Some(waybill.into()));
        })
    };
    assert_eq!(name("P2", "W1"), held(ParcelReason::OrderDiffers));
    assert_eq!(name("P1", "W2"), held(ParcelReason::OrderDiffers));
    let nothing = changed(|four| {
        let list = list_of(&mut four[3]);
        (list.payment, list.waybill) = (None, None);
    });
    assert_eq!(nothing, RELEASED);
}

#[test]
fn of_several_payments_the_one_that_the_list_names_counts() {
    let mut other = four()[1].clone();
    other.identity.id = "P0".into();
    other.content.as_mut().unwrap().at = at(190);
    payment_of(&mut other).amount = Fen(1);
    let book = told(four().into_iter().chain([other]));
    assert_eq!(stands(&book), RELEASED);
}

#[test]
fn two_orders_with_one_number_are_held_until_one_is_withdrawn() {
    let second = document(
        "elsewhere",
        "X1",
        "O1",
        at(5),
        Paper::Order(Box::new(plain_order())),
    );
    let mut book = told(four().into_iter().chain([second.clone()]));
    assert_eq!(stands(&book), held(ParcelReason::OrderDoubled));
    book.receive(withdrawal(&second, Some(at(250))), at(250));
    assert_eq!(stands(&book), RELEASED);
    assert_eq!(first(&book).seconds(), Some(70));
}

#[test]
fn order_and_list_name_one_mode() {
    let differs = changed(|four| list_of(&mut four[3]).mode = Some(ParcelMode::DirectMail));
    assert_eq!(differs, held(ParcelReason::ModeDiffers));
    assert_eq!(
        changed(|four| list_of(&mut four[3]).mode = Some(ParcelMode::Bonded)),
        RELEASED
    );
}

#[test]
fn with_a_register_every_enterprise_that_is_named_is_in_it_and_an_order_names_one() {
    let rules = || ParcelRules {
        enterprises: Some([SmolStr::new("3301E0001")].into_iter().collect()),
        ..ParcelRules::default()
    };
    let with = |order: Option<&str>, payment: Option<&str>| {
        let mut four = four();
        four[0].content.as_mut().unwrap().enterprise = order.map(SmolStr::new);
        four[1].content.as_mut().unwrap().enterprise = payment.map(SmolStr::new);
        stands(&told_by(rules(), four))
    };
    let unregistered = || held(ParcelReason::EnterpriseUnregistered);
    assert_eq!(with(Some("3301E0001"), None), RELEASED);
    assert_eq!(with(Some("3301E0001"), Some("3301E0002")), unregistered());
    assert_eq!(with(None, None), unregistered());
}

#[test]
fn a_list_that_is_withdrawn_returns_the_parcel_and_an_order_withdraws_it() {
    let mut book = told(four());
    book.receive(withdrawal(&four()[3], None), at(300));
    assert_eq!(stands(&book).0, ParcelState::Returned);
    assert_eq!(first(&book).decided_at(), Some(at(300)));
    assert_eq!(first(&book).verdict().unwrap().received_at, Some(at(180)));
    book.receive(withdrawal(&four()[0], None), at(400));
    assert_eq!(stands(&book).0, ParcelState::Withdrawn);
    assert_eq!(first(&book).verdict().unwrap().received_at, None);
}

#[test]
fn a_withdrawal_may_come_before_its_document() {
    let mut book = told([withdrawal(&four()[0], None)]);
    assert!(book.parcels.is_empty());
    book.receive(four()[0].clone(), at(201));
    assert_eq!(stands(&book).0, ParcelState::Withdrawn);
}

#[test]
fn a_released_parcel_whose_documents_then_disagree_is_held_again_and_history_shows_both() {
    let mut book = told(four());
    let mut correction = four()[1].clone();
    correction.updated_at = Some(at(300));
    payment_of(&mut correction).amount = Fen(1);
    book.receive(correction, at(300));
    assert_eq!(stands(&book), held(ParcelReason::AmountDiffers));
    let states: Vec<_> = first(&book).turns().iter().map(|turn| turn.state).collect();
    let (waiting, matched) = (ParcelState::Waiting, ParcelState::Matched);
    assert_eq!(
        states,
        [waiting, matched, ParcelState::Released, ParcelState::Held]
    );
}

#[test]
fn a_correction_may_give_a_document_to_another_order() {
    let mut wrong = four()[1].clone();
    wrong.content.as_mut().unwrap().order = "O2".into();
    let [order, payment, logistics, list] = four();
    let mut book = told([order, wrong, logistics, list]);
    assert_eq!(stands(&book).0, ParcelState::Waiting);
    assert!(book.parcels.contains_key("O2"));
    let right = Document {
        updated_at: Some(at(210)),
        ..payment
    };
    book.receive(right, at(210));
    assert_eq!(stands(&book), RELEASED);
    assert!(!book.parcels.contains_key("O2"));
}

#[test]
fn what_an_officer_lets_go_is_released_and_marked_and_holds_until_a_document_changes() {
    let mut four = four();
    payment_of(&mut four[1]).amount = Fen(1);
    let payment = four[1].clone();
    let mut book = told(four);
    book.act("O1", ActKind::Release, at(300));
    let marked = vec![ParcelReason::AmountDiffers, ParcelReason::ByOfficer];
    assert_eq!(stands(&book), (ParcelState::Released, marked));
    assert_eq!(first(&book).seconds(), Some(120));
    // The same again changes nothing.
    book.receive(payment.clone(), at(310));
    assert_eq!(stands(&book).0, ParcelState::Released);
    let mut correction = payment;
    correction.updated_at = Some(at(320));
    payment_of(&mut correction).amount = Fen(2);
    book.receive(correction, at(320));
    assert_eq!(stands(&book), held(ParcelReason::AmountDiffers));
}

#[test]
fn a_list_that_comes_after_an_officer_let_go_is_held_against_the_rest_all_the_same() {
    let mut four = four();
    payment_of(&mut four[1]).amount = Fen(1);
    let [order, payment, logistics, list] = four;
    let mut other = list.clone();
    list_of(&mut other).buyer = person("Han Mei", 1);
    let let_go = || {
        let mut book = told([order.clone(), payment.clone(), logistics.clone()]);
        assert_eq!(stands(&book).0, ParcelState::Held);
        book.act("O1", ActKind::Release, at(300));
        assert_eq!(stands(&book).0, ParcelState::Matched);
        book
    };
    let mut book = let_go();
    book.receive(list, at(310));
    assert_eq!(stands(&book).0, ParcelState::Released);
    let mut book = let_go();
    book.receive(other, at(310));
    let both = vec![ParcelReason::BuyerNameDiffers, ParcelReason::AmountDiffers];
    assert_eq!(stands(&book), (ParcelState::Held, both));
}

#[test]
fn what_an_officer_sends_back_is_returned_and_leaves_the_buyers_year() {
    let mut book = told(four());
    assert_eq!(book.years.len(), 1);
    book.act("O1", ActKind::Return, at(300));
    assert_eq!(stands(&book).0, ParcelState::Returned);
    assert!(book.years.is_empty());
}
