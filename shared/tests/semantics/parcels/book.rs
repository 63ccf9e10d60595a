//! The plainest book of parcels: everything in maps, each document settled as it comes.

use crate::port::China;
use shared::figures::{Calendar, Hour};
use shared::parcels::contribution::Contribution;
use shared::parcels::course::Course;
use shared::parcels::queue::Queue;
use shared::parcels::shares::Shares;
use shared::parcels::{
    ActKind, BuyersYear, Content, Document, DocumentIdentity, DocumentKind, Fen, HashedIdentity, List,
    Logistics, Order, Paper, Parcel, ParcelCells, ParcelMode, ParcelRules, Payment, Person, Versions,
    YearEntry, YearKey,
};
use shared::time::Time;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// 2026-11-11T00:00 at the site, as [`China`] has it.
pub const DAY: Time = Time(1_794_326_400_000);

pub fn at(seconds: i64) -> Time {
    DAY.plus(seconds * 1_000)
}

pub fn hour_of(at: Time) -> Hour {
    let begins = Time(at.hour() * shared::time::HOUR);
    Hour::new(begins, i64::from(China.day_of(at)))
}

pub fn year_of(at: Time) -> i32 {
    shared::figures::hour::month_of(China.day_of(at)).div_euclid(12)
}

#[derive(Debug, Default)]
pub struct Book {
    pub rules: ParcelRules,
    pub parcels: BTreeMap<SmolStr, Parcel>,
    pub years: BTreeMap<YearKey, BuyersYear>,
    pub cells: ParcelCells,
    pub queue: Queue,
    pub course: Course,
    pub shares: Shares,
    pub entries: BTreeMap<SmolStr, (YearKey, YearEntry)>,
    pub places: BTreeMap<DocumentIdentity, SmolStr>,
    pub apart: BTreeMap<DocumentIdentity, Versions>,
}

impl Book {
    pub fn receive(&mut self, document: Document, now: Time) {
        let identity = document.identity.clone();
        let mut affected = BTreeSet::new();
        if let Some(order) = self.places.get(&identity).cloned() {
            let before = self.contribution(&order);
            let parcel = self.parcels.get_mut(&order).unwrap();
            parcel.receive(document, now);
            let moved = parcel.document(&identity).unwrap().order().cloned();
            if moved.as_ref() != Some(&order) {
                let versions = parcel.take(&identity).unwrap();
                self.place(versions, &mut affected);
            }
            affected.insert(order.clone());
            self.settle_after(order, before, now);
        } else {
            let versions = match self.apart.remove(&identity) {
                Some(mut versions) => {
                    versions.add(document, now);
                    versions
                }
                None => Versions::new(document, now),
            };
            self.place(versions, &mut affected);
        }
        for order in affected {
            let before = self.contribution(&order);
            self.settle_after(order, before, now);
        }
    }

    fn place(&mut self, versions: Versions, affected: &mut BTreeSet<SmolStr>) {
        let identity = versions.identity().clone();
        match versions.order().cloned() {
            Some(order) => {
                self.places.insert(identity, order.clone());
                let parcel = self.parcels.entry(order.clone());
                parcel
                    .or_insert_with(|| Parcel::new(order.clone()))
                    .give(versions);
                affected.insert(order);
            }
            None => {
                self.apart.insert(identity, versions);
            }
        }
    }

    pub fn act(&mut self, order: &str, kind: ActKind, now: Time) {
        let before = self.contribution(order);
        let Some(parcel) = self.parcels.get_mut(order) else {
            return;
        };
        parcel.act(now, kind, "officer".into(), "looked at".into());
        self.settle_after(order.into(), before, now);
    }

    fn contribution(&self, order: &str) -> Option<Contribution> {
        self.parcels.get(order).and_then(Contribution::of)
    }

    /// Settles a parcel of which `before` was counted, and those whose place in the year changed with it.
    fn settle_after(&mut self, order: SmolStr, before: Option<Contribution>, now: Time) {
        let entry = self
            .parcels
            .get(&order)
            .and_then(|parcel| parcel.year_entry(year_of));
        let mut others: Vec<SmolStr> = Vec::new();
        if self.entries.get(&order) != entry.as_ref() {
            if let Some((key, entry)) = self.entries.remove(&order) {
                let year = self.years.get_mut(&key).unwrap();
                others.extend(year.remove(&entry, self.rules.year_limit));
                if year.is_empty() {
                    self.years.remove(&key);
                }
            }
            if let Some((key, entry)) = entry {
                let year = self.years.entry(key).or_default();
                others.extend(year.insert(entry.clone(), self.rules.year_limit).1);
                self.entries.insert(order.clone(), (key, entry));
            }
        }
        self.settle(&order, before, now);
        for other in others.into_iter().filter(|other| *other != order) {
            let before = self.contribution(&other);
            self.settle(&other, before, now);
        }
    }

    fn settle(&mut self, order: &SmolStr, before: Option<Contribution>, now: Time) {
        let over = self.entries.get(order).is_some_and(|(key, entry)| {
            let standing = self.years.get(key).and_then(|year| year.standing(entry));
            standing.is_some_and(|standing| standing.over)
        });
        let Some(parcel) = self.parcels.get_mut(order) else {
            return;
        };
        if parcel.is_empty() {
            self.parcels.remove(order);
        } else {
            parcel.settle(now, over, &self.rules);
        }
        let after = self.contribution(order);
        self.count(before.as_ref(), after.as_ref());
    }

    fn count(&mut self, before: Option<&Contribution>, after: Option<&Contribution>) {
        self.cells.replace(before, after, &hour_of);
        self.queue.replace(before, after);
        self.course.replace(before, after);
        self.shares.replace(before, after);
    }

    /// Takes back what every parcel adds.
    pub fn take_back_all(&mut self) {
        for order in self.parcels.keys().cloned().collect::<Vec<_>>() {
            let before = self.contribution(&order);
            self.count(before.as_ref(), None);
        }
    }
}

// What is told.

pub fn person(name: &str, identity: u8) -> Person {
    Person {
        name: name.into(),
        identity: Some(HashedIdentity([identity; 16])),
        identity_type: None,
        flawed: false,
    }
}

pub fn document(source: &str, id: &str, order: &str, at: Time, paper: Paper) -> Document {
    Document {
        identity: DocumentIdentity {
            source: source.into(),
            kind: paper.kind(),
            id: id.into(),
        },
        updated_at: None,
        withdrawn: false,
        content: Some(Content {
            at,
            site: "hz".into(),
            order: order.into(),
            enterprise: None,
            remark: None,
            paper,
        }),
    }
}

/// An order of 100 yuan of goods, 10 of freight, 9 of tax, 4 off.
pub fn plain_order() -> Order {
    Order {
        platform: "Seagull".into(),
        mode: ParcelMode::Bonded,
        park: Some("P1".into()),
        buyer: person("Li Lei", 1),
        goods: Fen(10_000),
        freight: Fen(1_000),
        insurance: Fen(0),
        tax: Fen(900),
        discount: Fen(400),
        items: Vec::new(),
    }
}

pub fn plain_list() -> List {
    List {
        waybill: Some("W1".into()),
        payment: Some("P1".into()),
        mode: None,
        park: None,
        buyer: person("Li Lei", 1),
    }
}

/// The four documents of the order `O1` that agree, issued one minute after the other.
pub fn four() -> [Document; 4] {
    let order = document(
        "platform",
        "O1",
        "O1",
        at(0),
        Paper::Order(Box::new(plain_order())),
    );
    let payment = Payment {
        payer: person("Li Lei", 1),
        amount: Fen(11_500),
    };
    let payment = document("bank", "P1", "O1", at(60), Paper::Payment(payment));
    let logistics = Logistics {
        waybill: "W1".into(),
        consignee: Some(person("Li Lei", 1)),
        weight: None,
    };
    let logistics = document("post", "W1", "O1", at(120), Paper::Logistics(logistics));
    let list = document(
        "declarant",
        "L1",
        "O1",
        at(180),
        Paper::List(Box::new(plain_list())),
    );
    [order, payment, logistics, list]
}

pub fn order_of(document: &mut Document) -> &mut Order {
    match &mut document.content.as_mut().unwrap().paper {
        Paper::Order(order) => order,
        _ => panic!("an order"),
    }
}

pub fn payment_of(document: &mut Document) -> &mut Payment {
    match &mut document.content.as_mut().unwrap().paper {
        Paper::Payment(payment) => payment,
        _ => panic!("a payment"),
    }
}

pub fn logistics_of(document: &mut Document) -> &mut Logistics {
    match &mut document.content.as_mut().unwrap().paper {
        Paper::Logistics(logistics) => logistics,
        _ => panic!("a waybill"),
    }
}

pub fn list_of(document: &mut Document) -> &mut List {
    match &mut document.content.as_mut().unwrap().paper {
        Paper::List(list) => list,
        _ => panic!("a list"),
    }
}

pub fn withdrawal(of: &Document, updated_at: Option<Time>) -> Document {
    Document {
        identity: of.identity.clone(),
        updated_at,
        withdrawn: true,
        content: None,
    }
}

pub fn kinds(parcel: &Parcel) -> Vec<DocumentKind> {
    parcel.verdict().unwrap().missing.iter().collect()
}
