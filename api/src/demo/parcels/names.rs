//! Platforms, senders, parks and people of the simulated world, all of them invented. Identity numbers begin with 99,
//! which is no region: nobody has one of them.

use super::super::dice::Dice;
use shared::parcels::{ParcelMode, identity};
use shared::time::civil;
use smol_str::{SmolStr, format_smolstr};

/// A platform.
#[derive(Debug)]
pub(super) struct Platform {
    pub name: &'static str,
    /// As which it sends.
    pub source: &'static str,
    /// Before the numbers of its orders.
    pub prefix: &'static str,
    /// Its customs code.
    pub enterprise: &'static str,
    /// How it mostly sells.
    pub mode: ParcelMode,
}

macro_rules! platforms {
    ($($name:literal $source:literal $prefix:literal $enterprise:literal $mode:ident,)+) => {
        pub(super) const PLATFORMS: &[Platform] = &[$(Platform {
            name: $name, source: $source, prefix: $prefix, enterprise: $enterprise, mode: ParcelMode::$mode,
        }),+];
    };
}

platforms! {
    "Seagull Mall" "seagull-mall" "SG" "9900W60001" Bonded,
    "Lantern Market" "lantern-market" "LM" "9900W60002" Bonded,
    "Plum Court" "plum-court" "PC" "9900W60003" Bonded,
    "Jade Basket" "jade-basket" "JB" "9900W60004" DirectMail,
    "Moon Bridge" "moon-bridge" "MB" "9900W60005" Bonded,
    "Tea Horse" "tea-horse" "TH" "9900W60006" DirectMail,
    "North Pier" "north-pier" "NP" "9900W60007" Bonded,
    "Ninefold" "ninefold" "NF" "9900W60008" DirectMail,
}

/// How much of the trade each of them has.
pub(super) const PLATFORM_WEIGHTS: [usize; 8] = [34, 22, 14, 10, 8, 6, 4, 2];

/// Who takes the money: source and customs code.
pub(super) const PAYERS: [(&str, &str); 3] = [
    ("lotus-pay", "9900P70001"),
    ("heron-pay", "9900P70002"),
    ("copper-coin", "9900P70003"),
];
pub(super) const PAYER_WEIGHTS: [usize; 3] = [55, 33, 12];

/// Who carries: source, customs code, and what stands before the numbers of waybills.
pub(super) const CARRIERS: [(&str, &str, &str); 4] = [
    ("swallow-express", "9900L80001", "SW"),
    ("grey-goose", "9900L80002", "GG"),
    ("harbour-post", "9900L80003", "HP"),
    ("six-wheels", "9900L80004", "SX"),
];
pub(super) const CARRIER_WEIGHTS: [usize; 4] = [40, 28, 20, 12];

/// Who declares: source and customs code.
pub(super) const DECLARANTS: [(&str, &str); 2] = [
    ("bonded-declarants", "9900D90001"),
    ("mail-declarants", "9900D90002"),
];

/// Parks of bonded goods, with how much each has, and of direct mail.
pub(super) const BONDED_PARKS: [&str; 3] = ["Harbour Bonded Park", "Airport Bonded Park", "Rail Bonded Park"];
pub(super) const BONDED_WEIGHTS: [usize; 3] = [52, 31, 17];
pub(super) const MAIL_PARK: &str = "Mail Centre East";

/// A code that stands in no register.
pub(super) const UNREGISTERED: &str = "9900W69999";

/// What is sold, with its tariff number.
pub(super) const GOODS: [(&str, &str); 12] = [
    ("infant formula", "1901101000"),
    ("face cream", "3304990039"),
    ("vitamin tablets", "2106909090"),
    ("nappies", "9619001100"),
    ("lipstick", "3304100093"),
    ("coffee beans", "0901210000"),
    ("olive oil", "1509200000"),
    ("shampoo", "3305100090"),
    ("headphones", "8518300000"),
    ("running shoes", "6404110000"),
    ("thermos flask", "9617001100"),
    ("electric toothbrush", "8509809000"),
];

/// What costs more than one order may, and cannot be divided.
pub(super) const PRECIOUS: [(&str, &str); 3] = [
    ("wrist watch", "9102190000"),
    ("leather handbag", "4202210090"),
    ("camera body", "8525891900"),
];

/// The codes of everybody who may send: the register of the demo.
pub fn register() -> Vec<SmolStr> {
    let platforms = PLATFORMS.iter().map(|own| own.enterprise);
    let payers = PAYERS.iter().map(|own| own.1);
    let carriers = CARRIERS.iter().map(|own| own.1);
    let declarants = DECLARANTS.iter().map(|own| own.1);
    let all = platforms.chain(payers).chain(carriers).chain(declarants);
    all.map(SmolStr::new_static).collect()
}

const FAMILY: [&str; 20] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何",
    "林", "高", "罗",
];
const GIVEN: [&str; 24] = [
    "晓", "雨", "思", "子", "佳", "明", "文", "志", "海", "春", "雪", "云", "梓", "一", "嘉", "欣", "宇",
    "晨", "若", "安", "可", "乐", "宁", "和",
];

/// A person who buys.
#[derive(Clone, Debug)]
pub(super) struct Buyer {
    pub name: String,
    pub identity: SmolStr,
}

/// The days on which people were born, from 1960 on.
const BIRTHDAYS: u64 = 16_000;

/// The buyer with a number; always the same.
pub(super) fn buyer(number: u64) -> Buyer {
    let mut dice = Dice::new(number ^ 0x6275_7965_7273);
    let mut name = (*dice.pick(&FAMILY)).to_owned();
    for _ in 0..dice.between(1, 2) {
        name.push_str(dice.pick::<&str>(&GIVEN));
    }
    let (year, month, day) = civil::date(civil::days(1960, 1, 1) + (number % BIRTHDAYS) as i64);
    let place = number / BIRTHDAYS % 1_000;
    let first = format!("990001{year:04}{month:02}{day:02}{place:03}");
    let digit = match identity::check(&format!("{first}0")) {
        Ok(()) => '0',
        Err(wrong) => wrong.expected,
    };
    // One in a thousand writes his number wrongly, and everywhere the same.
    let digit = match (dice.chance(0.001), digit) {
        (false, digit) => digit,
        (true, '3') => '4',
        (true, _) => '3',
    };
    Buyer {
        name,
        identity: format_smolstr!("{first}{digit}"),
    }
}
