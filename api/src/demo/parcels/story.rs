//! The story of one parcel: what was bought, what goes wrong with it, and when which of its documents arrives. It
//! follows from seed, number and moment alone, so that only the moments need to be remembered.

use super::super::dice::Dice;
use super::names::{
    BONDED_PARKS, BONDED_WEIGHTS, Buyer, CARRIER_WEIGHTS, CARRIERS, GOODS, MAIL_PARK, PAYER_WEIGHTS, PAYERS,
    PLATFORM_WEIGHTS, PLATFORMS, PRECIOUS, Platform, buyer,
};
use super::settings::{ParcelSettings, day_begins};
use serde::{Deserialize, Serialize};
use shared::parcels::{ActKind, DocumentKind, ParcelMode};
use shared::time::{HOUR, MINUTE, SECOND, Time};

/// Something that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Piece {
    /// A document as it was first sent.
    First(DocumentKind),
    /// A document that nobody can read; the right one follows.
    Broken(DocumentKind),
    /// A document that puts right what was wrong.
    Right(DocumentKind),
    /// A document is taken back.
    Withdrawn(DocumentKind),
    /// A second order with the same number, and that it is taken back.
    Second { withdrawn: bool },
    /// An officer lets it go or sends it back.
    Act { release: bool },
}

impl Piece {
    /// What an act is, for those that are one.
    pub fn act(self) -> Option<ActKind> {
        match self {
            Piece::Act { release: true } => Some(ActKind::Release),
            Piece::Act { release: false } => Some(ActKind::Return),
            _ => None,
        }
    }
}

/// What does not agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mismatch {
    BuyerName,
    BuyerIdentity,
    Payer,
    Amount,
    OrderLimit,
    Precious,
    Mode,
    OtherPayment,
    Doubled,
    Unregistered,
}

/// How often each of them happens, in ten thousandths.
const MISMATCHES: [(Mismatch, i64); 10] = [
    (Mismatch::BuyerName, 30),
    (Mismatch::BuyerIdentity, 22),
    (Mismatch::Payer, 40),
    (Mismatch::Amount, 38),
    (Mismatch::OrderLimit, 12),
    (Mismatch::Precious, 10),
    (Mismatch::Mode, 6),
    (Mismatch::OtherPayment, 10),
    (Mismatch::Doubled, 5),
    (Mismatch::Unregistered, 7),
];

/// Parcels of a few buyers who buy for others until their year is full, in ten thousandths, and how many they are.
const HEAVY: (i64, u64) = (25, 12);
/// All other buyers.
const BUYERS: u64 = 900_000;

/// What was bought, and how it is told.
#[derive(Debug)]
pub(super) struct Story {
    pub number: u64,
    pub placed: Time,
    pub platform: &'static Platform,
    pub payer: usize,
    pub carrier: usize,
    pub mode: ParcelMode,
    pub park: &'static str,
    pub buyer: Buyer,
    /// Somebody else, where two persons are confused.
    pub other: Buyer,
    pub goods: (&'static str, &'static str),
    pub quantity: i64,
    /// In fen.
    pub price: i64,
    pub freight: i64,
    pub tax: i64,
    pub discount: i64,
    pub mismatch: Option<Mismatch>,
    /// When order, payment, waybill and list were issued.
    pub issued: [Time; 4],
    /// When what was wrong is put right.
    pub right_at: Option<Time>,
    dice: Dice,
    peak: bool,
}

impl Story {
    /// The story of a parcel of a day that has a number of its own.
    pub fn of(seed: u64, settings: &ParcelSettings, number: u64, placed: Time) -> Story {
        let mut dice = Dice::new(seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let day = day_begins(placed);
        let peak = settings.peaks.iter().any(|peak| peak.0 == day);
        let platform = &PLATFORMS[dice.weighted(&PLATFORM_WEIGHTS)];
        let payer = dice.weighted(&PAYER_WEIGHTS);
        let carrier = dice.weighted(&CARRIER_WEIGHTS);
        let mode = match dice.chance(0.93) {
            true => platform.mode,
            false if platform.mode == ParcelMode::Bonded => ParcelMode::DirectMail,
            false => ParcelMode::Bonded,
        };
        let park = match mode {
            ParcelMode::Bonded => BONDED_PARKS[dice.weighted(&BONDED_WEIGHTS)],
            ParcelMode::DirectMail => MAIL_PARK,
        };
        let mismatch = mismatch(&mut dice, settings.mishaps, peak, platform, placed.0 - day.0);
        let heavy = dice.between(0, 9_999) < HEAVY.0;
        let who = match heavy {
            true => dice.below(HEAVY.1 as usize) as u64,
            false => HEAVY.1 + dice.below(BUYERS as usize) as u64,
        };
        let other = HEAVY.1 + dice.below(BUYERS as usize) as u64;
        let goods = match mismatch {
            Some(Mismatch::Precious) => *dice.pick(&PRECIOUS),
            _ => *dice.pick(&GOODS),
        };
        let price = match mismatch {
            Some(Mismatch::Precious | Mismatch::OrderLimit) => dice.between(520_000, 1_100_000),
            _ if heavy => dice.between(60_000, 420_000),
            _ => price(&mut dice),
        };
        let freight = if dice.chance(0.4) {
            dice.between(6, 20) * 100
        } else {
            0
        };
        let discount = if dice.chance(0.3) {
            price / dice.between(8, 20)
        } else {
            0
        };
        // The tax of cross-border retail is 70 % of a value added tax of 13 %.
        let tax = (price + freight - discount) * 91 / 1_000;
        let quantity = if price < 60_000 { dice.between(1, 4) } else { 1 };

        let paid = placed.plus(seconds(&mut dice, 2, 40));
        let handed = paid.plus(seconds(&mut dice, 2, if peak { 240 } else { 90 }));
        let listed = paid.max(handed).plus(seconds(&mut dice, 3, 90));
        let mut story = Story {
            number,
            placed,
            platform,
            payer,
            carrier,
            mode,
            park,
            buyer: buyer(who),
            other: buyer(other),
            goods,
            quantity,
            price,
            freight,
            tax,
            discount,
            mismatch,
            issued: [placed, paid, handed, listed],
            right_at: None,
            dice,
            peak,
        };
        let puts_right = !matches!(mismatch, None | Some(Mismatch::Precious | Mismatch::OrderLimit));
        if puts_right && story.dice.chance(0.55) {
            let wait = story.dice.between(3 * 60, 40 * 60) * SECOND;
            story.right_at = Some(listed.plus(wait));
        }
        story
    }

    /// What arrives when, in no order.
    pub fn pieces(&mut self, mishaps: f64) -> Vec<(Time, Piece)> {
        let mut pieces = Vec::with_capacity(6);
        let issued = self.issued;
        let [_, _, _, listed] = issued;
        for (kind, at) in DocumentKind::ALL.iter().copied().zip(issued) {
            let mut arrives = at.plus(self.delay(kind));
            if self.dice.chance(0.0006 * mishaps) && kind != DocumentKind::Order {
                // It never comes: somebody has to ask for it.
                continue;
            }
            if self.dice.chance(0.0002 * mishaps) {
                pieces.push((arrives, Piece::Broken(kind)));
                arrives = arrives.plus(self.dice.between(2, 15) * MINUTE);
            }
            pieces.push((arrives, Piece::First(kind)));
            if self.dice.chance(0.0015 * mishaps) {
                pieces.push((arrives.plus(seconds(&mut self.dice, 5, 600)), Piece::First(kind)));
            }
        }
        if self.mismatch == Some(Mismatch::Doubled) {
            pieces.push((issued[0].plus(40 * SECOND), Piece::Second { withdrawn: false }));
        }
        let looked_at = listed.plus(self.dice.between(6, 75) * MINUTE);
        match (self.mismatch, self.right_at) {
            (Some(Mismatch::Doubled), Some(at)) => pieces.push((at, Piece::Second { withdrawn: true })),
            (Some(mismatch), Some(at)) => pieces.push((at, Piece::Right(mismatch.told_by()))),
            // Somebody looks at what nobody puts right; one in eight is left for the next day.
            (Some(mismatch), None) if mismatch != Mismatch::Precious && self.dice.chance(0.88) => {
                let release = self.dice.chance(if mismatch == Mismatch::OrderLimit {
                    0.1
                } else {
                    0.6
                });
                pieces.push((looked_at, Piece::Act { release }));
            }
            _ => {}
        }
        if self.dice.chance(0.003 * mishaps) {
            // The buyer thinks better of it: before it is complete, or within two hours.
            let wait = match self.dice.chance(0.3) {
                true => seconds(&mut self.dice, 10, 60),
                false => seconds(&mut self.dice, 600, 7_200),
            };
            pieces.push((issued[0].plus(wait), Piece::Withdrawn(DocumentKind::Order)));
        } else if self.dice.chance(0.0006 * mishaps) {
            let wait = seconds(&mut self.dice, 300, 5_400);
            pieces.push((listed.plus(wait), Piece::Withdrawn(DocumentKind::List)));
        }
        pieces
    }

    /// How long a document is on its way, in milliseconds.
    fn delay(&mut self, kind: DocumentKind) -> i64 {
        let quick = self.dice.between(250, 3_500);
        let late = match self.dice.between(0, 9_999) {
            0..=24 => self.dice.between(5 * 60, 40 * 60) * SECOND,
            25..=99 => self.dice.between(60, 420) * SECOND,
            100..=599 => self.dice.between(8, 70) * SECOND,
            _ => 0,
        };
        // In the first minutes of a peak day carriers and banks answer slowly, and less so as the rush goes on.
        let since = self.placed.0 - day_begins(self.placed).0;
        let rush = match kind {
            DocumentKind::Payment | DocumentKind::Logistics if self.peak && since < HOUR => {
                let most = (HOUR - since) / 20;
                self.dice.between(0, most)
            }
            _ => 0,
        };
        quick + late + rush
    }

    /// Who sends a kind of document.
    pub fn source(&self, kind: DocumentKind) -> &'static str {
        match kind {
            DocumentKind::Order => self.platform.source,
            DocumentKind::Payment => PAYERS[self.payer].0,
            DocumentKind::Logistics => CARRIERS[self.carrier].0,
            DocumentKind::List => super::names::DECLARANTS[self.declarant()].0,
        }
    }

    /// Which of the declarants.
    pub fn declarant(&self) -> usize {
        usize::from(self.mode == ParcelMode::DirectMail)
    }

    /// Whether something is wrong in a document as it is first sent.
    pub fn is_wrong(&self, mismatch: Mismatch, right: bool) -> bool {
        self.mismatch == Some(mismatch) && !right
    }
}

impl Mismatch {
    /// The document that is wrong.
    fn told_by(self) -> DocumentKind {
        match self {
            Mismatch::Payer | Mismatch::Amount => DocumentKind::Payment,
            Mismatch::BuyerName | Mismatch::BuyerIdentity | Mismatch::Mode | Mismatch::OtherPayment => {
                DocumentKind::List
            }
            Mismatch::OrderLimit | Mismatch::Precious | Mismatch::Doubled | Mismatch::Unregistered => {
                DocumentKind::Order
            }
        }
    }
}

fn mismatch(dice: &mut Dice, mishaps: f64, peak: bool, platform: &Platform, since: i64) -> Option<Mismatch> {
    let mut place = dice.between(0, 9_999);
    // Early in the afternoon of a peak day one platform sends the wrong payer for an hour.
    let spell = peak && platform.prefix == "PC" && (13 * HOUR..14 * HOUR).contains(&since);
    for (mismatch, share) in MISMATCHES {
        let share = (share as f64 * mishaps) as i64;
        let share = if spell && mismatch == Mismatch::Payer {
            share * 12
        } else {
            share
        };
        if place < share {
            return Some(mismatch);
        }
        place -= share;
    }
    None
}

/// What a parcel costs, in fen: CNY 139 on the average, as the 650,000 of Hangzhou were worth CNY 90.19 million.
fn price(dice: &mut Dice) -> i64 {
    let place = dice.between(0, 9_999);
    const PRICES: [(i64, i64); 7] = [
        (0, 1_500),
        (2_500, 5_000),
        (5_000, 9_200),
        (7_500, 16_000),
        (9_000, 29_000),
        (9_800, 62_000),
        (10_000, 190_000),
    ];
    let between = PRICES.windows(2).find_map(|pair| {
        let [(from, low), (to, high)] = pair else {
            return None;
        };
        (place < *to).then(|| low + (high - low) * (place - from) / (to - from))
    });
    between.unwrap_or(9_900) / 10 * 10
}

fn seconds(dice: &mut Dice, low: i64, high: i64) -> i64 {
    dice.between(low, high) * SECOND
}
