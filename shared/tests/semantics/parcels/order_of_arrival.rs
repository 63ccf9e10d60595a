//! In whatever order documents arrive, late, twice, corrected or withdrawn: state, reasons, totals, and figures are
//! those of the perfect order. Equal, not close.

use super::book::{Book, at, document, hour_of, person, plain_order, withdrawal};
use crate::port::China;
use proptest::prelude::*;
use shared::figures::rows::Bucket;
use shared::parcels::contribution::Contribution;
use shared::parcels::rows::{By, Filter, NONE, Query, Row, rows};
use shared::parcels::{
    ActKind, Document, Fen, List, Logistics, Paper, ParcelCells, ParcelMode, ParcelRules, ParcelState,
    Payment,
};
use shared::time::{HOUR, Time};
use smol_str::{SmolStr, format_smolstr};
use std::collections::BTreeMap;

const ORDERS: [&str; 4] = ["A", "B", "C", "D"];
const TARGET: u64 = 600;

fn rules() -> ParcelRules {
    ParcelRules {
        order_limit: Fen(900),
        year_limit: Fen(1_500),
        ..ParcelRules::default()
    }
}

prop_compose! {
    /// A small world, in which buyers, amounts and numbers meet often.
    fn any_document()(
        kind in 0_u8..4,
        id in 0_u8..6,
        order in prop::sample::select(ORDERS.to_vec()),
        // Some orders lie in the year before.
        minute in prop_oneof![9 => 0_i64..240, 1 => Just(-320 * 24 * 60)],
        buyer in prop::sample::select(vec![("Li Lei", 1), ("li lei", 1), ("Han Mei", 2)]),
        goods in prop::sample::select(vec![400_u64, 500, 700, 1_000]),
        platform in prop::sample::select(vec!["Seagull", "Lantern"]),
        park in prop::option::of(prop::sample::select(vec!["P1", "P2"])),
        direct in any::<bool>(),
        named in prop::option::weighted(0.3, 0_u8..6),
        updated in prop::option::weighted(0.6, 0_i64..4),
        withdrawn in prop::bool::weighted(0.1),
        silent in any::<bool>(),
    ) -> Document {
        let person = person(buyer.0, buyer.1);
        let mode = if direct { ParcelMode::DirectMail } else { ParcelMode::Bonded };
        let park: Option<SmolStr> = park.map(SmolStr::new);
        let named = named.map(|named| format_smolstr!("{named}"));
        let paper = match kind {
            0 => {
                let mut order = plain_order();
                (order.buyer, order.goods, order.mode, order.park) = (person, Fen(goods), mode, park);
                (order.platform, order.freight, order.tax, order.discount) =
                    (platform.into(), Fen(0), Fen(0), Fen(0));
                Paper::Order(Box::new(order))
            }
            1 => Paper::Payment(Payment { payer: person, amount: Fen(goods) }),
            2 => Paper::Logistics(Logistics {
                waybill: format_smolstr!("{id}"),
                consignee: (!silent).then_some(person),
                weight: None,
            }),
            _ => Paper::List(Box::new(List {
                waybill: None,
                payment: named,
                mode: direct.then_some(mode),
                park,
                buyer: person,
            })),
        };
        let mut document = document("s", &id.to_string(), order, at(minute * 60), paper);
        document.updated_at = updated.map(Time);
        if withdrawn {
            let content = document.content.take();
            document = withdrawal(&document, document.updated_at);
            document.content = content.filter(|_| !silent);
        }
        document
    }
}

/// Later than anything was issued, and the same for every arrival: when a parcel was decided is this server's act.
const NOW: i64 = 5 * 3_600;

fn told(documents: impl IntoIterator<Item = Document>) -> Book {
    let mut book = Book {
        rules: rules(),
        ..Book::default()
    };
    for document in documents {
        book.receive(document, at(NOW));
    }
    book
}

/// Everything that is to be the same. Whether a parcel was ever held is a fact of what this server saw, as is when.
fn meaning(book: &Book) -> impl PartialEq + std::fmt::Debug + use<> {
    let mut contributions: Vec<Contribution> = book.parcels.values().filter_map(Contribution::of).collect();
    for own in &mut contributions {
        own.was_held = shared::parcels::Reasons::NONE;
        own.judged_at = None;
        own.sources.clear();
    }
    let mut figures = figures(&book.cells, &[By::Platform, By::Mode, By::Park, By::Reason]);
    for row in &mut figures {
        row.held = 0;
    }
    figures.retain(|row| row.received + row.released + row.returned > 0);
    let years: Vec<_> = book
        .years
        .iter()
        .map(|(key, year)| (*key, year.clone()))
        .collect();
    (
        contributions,
        figures,
        years,
        book.queue.clone(),
        book.course.clone(),
    )
}

fn query<'a>(groups: &'a [By], filter: &'a Filter) -> Query<'a> {
    Query {
        from: at(-370 * 24 * 3_600),
        to: at(48 * 3_600),
        bucket: Some(Bucket::Hour),
        groups,
        filter,
        target_seconds: TARGET,
        now: at(NOW),
    }
}

fn figures(cells: &ParcelCells, groups: &[By]) -> Vec<Row> {
    rows(cells, &query(groups, &Filter::default()), &China)
}

/// Figures as a list of the parcels gives them.
fn by_hand(book: &Book, groups: &[By], bucket: impl Fn(Time) -> Time) -> Vec<Row> {
    let all: Vec<Contribution> = book.parcels.values().filter_map(Contribution::of).collect();
    let mut rows: BTreeMap<(Time, Vec<SmolStr>), (Row, Vec<u64>)> = BTreeMap::new();
    for own in &all {
        let mut reasons: Vec<&str> = own.reasons.iter().map(|reason| reason.name()).collect();
        if reasons.is_empty() {
            reasons.push(NONE);
        }
        let mut held: Vec<&str> = own.was_held.iter().map(|reason| reason.name()).collect();
        if !groups.contains(&By::Reason) {
            reasons = vec![NONE];
            held.truncate(1);
        }
        let group = |reason: &str| -> Vec<SmolStr> {
            let text = |text: Option<&SmolStr>| text.cloned().unwrap_or(NONE.into());
            let value = |by: &By| match by {
                By::Platform => text(own.platform.as_ref()),
                By::Mode => own.mode.map_or(NONE, |mode| mode.name()).into(),
                By::Park => text(own.park.as_ref()),
                By::Reason => reason.into(),
            };
            groups.iter().map(value).collect()
        };
        if let Some(received) = own.received_at {
            for reason in &reasons {
                let (row, _) = rows.entry((bucket(received), group(reason))).or_default();
                row.received += 1;
                // Every bucket but the last has ended before anything was decided in it or behind it.
                let ends = bucket(received).plus(HOUR);
                let decided = own.decided_at.filter(|decided| ends > at(NOW) || *decided < ends);
                row.open += u64::from(decided.is_none());
            }
            for reason in &held {
                let (row, _) = rows.entry((bucket(received), group(reason))).or_default();
                row.held += 1;
            }
        }
        if let Some(decided) = own.decided_at.filter(|_| own.state != ParcelState::Withdrawn) {
            for reason in &reasons {
                let (row, seconds) = rows.entry((bucket(decided), group(reason))).or_default();
                if own.state == ParcelState::Returned {
                    row.returned += 1;
                } else {
                    row.released += 1;
                    row.released_fen += own.value.0;
                    seconds.push(own.seconds.unwrap());
                }
            }
        }
    }
    let finish = |((begins, group), (mut row, mut seconds)): ((Time, Vec<SmolStr>), (Row, Vec<u64>))| {
        (row.bucket, row.group) = (Some(begins), group);
        seconds.sort_unstable();
        let count = seconds.len();
        let at_percent = |percent: usize| {
            let place = (1..=count).find(|place| place * 100 >= percent * count);
            place.map_or(0, |place| seconds[place - 1])
        };
        row.durations.count = count as u64;
        row.durations.sum = seconds.iter().map(|own| u128::from(*own)).sum();
        row.durations.median = at_percent(50);
        row.durations.p95 = at_percent(95);
        row.durations.p99 = at_percent(99);
        row.durations.max = seconds.last().copied().unwrap_or(0);
        row.durations.within = seconds.iter().filter(|own| **own <= TARGET).count() as u64;
        row
    };
    rows.into_iter().map(finish).collect()
}

fn cases() -> u32 {
    if std::env::var_os("QUAYLIGHT_LONG").is_some() {
        4_000
    } else {
        96
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_order_of_arrival_everything_is_as_in_the_perfect_order(
        (documents, shuffled) in prop::collection::vec(any_document(), 1..40)
            .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        repeats in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        act in prop::option::of((prop::sample::select(ORDERS.to_vec()), any::<bool>())),
    ) {
        let mut book = told(documents.clone());
        // What counts, each once, the plainest first.
        let perfect: BTreeMap<_, _> = book.parcels.values()
            .flat_map(|parcel| parcel.documents())
            .map(|versions| {
                let mut holding = versions.holding().document.clone();
                holding.content = versions.content().cloned();
                (holding.identity.clone(), holding)
            })
            .collect();
        let mut other = told(shuffled);
        prop_assert_eq!(meaning(&book), meaning(&other));
        prop_assert_eq!(meaning(&book), meaning(&told(perfect.into_values())));

        if let Some((order, release)) = act {
            let kind = if release { ActKind::Release } else { ActKind::Return };
            book.act(order, kind, at(NOW));
            other.act(order, kind, at(NOW));
        }
        // Repeats and older versions change nothing, also behind an act.
        let acted = meaning(&book);
        for index in repeats {
            book.receive(index.get(&documents).clone(), at(NOW));
        }
        prop_assert_eq!(meaning(&book), meaning(&other));
        prop_assert_eq!(meaning(&book), acted);

        for groups in [&[][..], &[By::Platform], &[By::Reason], &[By::Park, By::Mode, By::Reason]] {
            prop_assert_eq!(figures(&book.cells, groups), by_hand(&book, groups, |at| hour_of(at).begins()));
        }
        for parcel in book.parcels.values() {
            for version in parcel.documents().iter().flat_map(|versions| versions.all()) {
                let canonical = version.document.canonical();
                prop_assert_eq!(&Document::from_canonical(&canonical).unwrap(), &version.document);
            }
            let kept = postcard::to_allocvec(parcel).unwrap();
            prop_assert_eq!(&postcard::from_bytes::<shared::parcels::Parcel>(&kept).unwrap(), parcel);
        }
        let (first, last) = book.cells.reach().unwrap_or((0, 0));
        let hours = book.cells.hours(first, last + 1).map(|(hour, _)| hour.minute);
        let kept = hours.map(|minute| (minute, book.cells.of_hour(minute).unwrap().clone()));
        prop_assert_eq!(&ParcelCells::from_hours(book.cells.names().clone(), kept), &book.cells);

        book.take_back_all();
        prop_assert!(book.cells.reach().is_none() && book.cells.days(i32::MIN, i32::MAX).next().is_none());
        prop_assert_eq!(book.queue, Default::default());
        prop_assert_eq!(book.course, Default::default());
        prop_assert_eq!(book.shares.last_hour("s", at(NOW)).judged, 0);
    }

    #[test]
    fn days_and_parts_of_days_add_up_to_their_hours(
        documents in prop::collection::vec(any_document(), 1..40), from in 0_i64..30, hours in 0_i64..60,
    ) {
        let book = told(documents);
        let filter = Filter::default();
        let of = |bucket| Query {
            from: at((from - 12) * 3_600), to: at((from - 12 + hours) * 3_600), bucket, ..query(&[], &filter)
        };
        let hours = rows(&book.cells, &of(Some(Bucket::Hour)), &China);
        for bucket in [None, Some(Bucket::Day), Some(Bucket::Month), Some(Bucket::Year)] {
            let wide = rows(&book.cells, &of(bucket), &China);
            let sum = |rows: &[Row]| {
                rows.iter().fold((0, 0, 0, 0, 0), |sum, row| (
                    sum.0 + row.received, sum.1 + row.released, sum.2 + row.returned, sum.3 + row.held,
                    sum.4 + row.durations.sum,
                ))
            };
            prop_assert_eq!(sum(&wide), sum(&hours));
        }
    }
}
