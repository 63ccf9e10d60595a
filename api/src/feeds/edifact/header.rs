//! What stands in a message before its first equipment, and holds for all of them.

use super::moment::{self, Moment};
use super::place::Place;
use super::scan::Parts;
use edifact_rs::Segment;
use serde_json::{Map, Value};
use shared::container::ContainerNumber;
use shared::event::{DangerousGoods, Transport};
use smol_str::SmolStr;
use std::collections::HashMap;

/// Bytes that a text with a field of its own may have.
pub const LONGEST: usize = 512;

/// Places, goods of one item and of one container, that are kept of a header.
const MOST: usize = 50;
/// Bytes of detail that a header may give to each of its equipment.
const MAX_DETAIL: usize = 4 * 1024;

/// What a message is for (BGM 1225).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Function {
    /// It says something new.
    #[default]
    Original,
    /// It voids what the document said (1 cancellation, 3 deletion).
    Retracts,
    /// It changes what the document said of the equipment that it names (4).
    Changes,
    /// It replaces all that the document said (5).
    Replaces,
}

impl Function {
    fn of(code: Option<&str>) -> Function {
        match code {
            Some("1" | "3") => Function::Retracts,
            Some("4") => Function::Changes,
            Some("5") => Function::Replaces,
            _ => Function::Original,
        }
    }
}

/// The header of one message.
#[derive(Debug, Default)]
pub struct Header {
    /// BGM 1001.
    pub code: Option<SmolStr>,
    /// BGM 1004.
    pub document: Option<SmolStr>,
    /// BGM 1225.
    pub function: Function,
    /// First byte of BGM.
    pub bgm_offset: Option<usize>,
    /// When it was prepared (DTM 137).
    pub prepared: Option<Moment>,
    /// When everything in it happened (DTM 7 or 203), where the equipment does not say.
    pub happened: Vec<(SmolStr, Moment)>,
    /// Voyage number.
    pub voyage: Option<SmolStr>,
    /// IMO number.
    pub imo: Option<SmolStr>,
    /// Name of the vessel.
    pub vessel: Option<SmolStr>,
    /// How the containers come or go by land.
    pub transport: Option<Transport>,
    /// Its places.
    pub places: Vec<Place>,
    /// Bill of lading for all.
    pub bill: Option<SmolStr>,
    /// Declaration for all.
    pub declaration: Option<SmolStr>,
    /// Dangerous goods that goods items ahead of the equipment put into a container.
    pub goods: HashMap<SmolStr, Vec<DangerousGoods>>,
    /// What has no field: call sign, parties, other references.
    pub detail: Map<String, Value>,
    /// There was more of it than is kept.
    pub too_long: bool,
}

impl Header {
    /// Reads it.
    pub fn of(segments: &[Segment<'_>]) -> Header {
        let mut header = Header::default();
        let mut item = GoodsItem::default();
        for segment in segments {
            match segment.tag.as_ref() {
                "BGM" => header.bgm(segment),
                "DTM" => header.dtm(segment),
                "TDT" => header.tdt(segment),
                "LOC" if header.places.len() < MOST => header.places.extend(Place::of(segment)),
                "RFF" => header.rff(segment),
                "NAD" => put(
                    &mut header.detail,
                    "parties",
                    segment.part(0, 0),
                    segment.part(1, 0),
                ),
                "GID" => std::mem::take(&mut item).link(&mut header.goods),
                "SGP" => item.containers.extend(segment.part(0, 0).map(compared)),
                "DGS" if item.goods.len() < MOST => item.goods.extend(dangerous(segment)),
                _ => {}
            }
        }
        item.link(&mut header.goods);
        if serde_json::to_string(&header.detail).map_or(0, |text| text.len()) > MAX_DETAIL {
            header.detail.clear();
            header.too_long = true;
        }
        header
    }

    fn bgm(&mut self, segment: &Segment<'_>) {
        self.code = segment.part(0, 0).and_then(short);
        self.document = segment.part(1, 0).and_then(short);
        self.function = Function::of(segment.part(2, 0));
        self.bgm_offset = Some(segment.starts());
    }

    fn dtm(&mut self, segment: &Segment<'_>) {
        let Ok(Some(moment)) = moment::of_dtm(segment) else {
            return;
        };
        match segment.part(0, 0) {
            Some("137") => self.prepared = Some(moment),
            Some(qualifier @ ("7" | "203")) if self.happened.len() < MOST => {
                self.happened.push((qualifier.into(), moment));
            }
            _ => {}
        }
    }

    /// The vessel is the main carriage (20), or whatever goes by sea; anything else is how it comes or goes by
    /// land.
    fn tdt(&mut self, segment: &Segment<'_>) {
        let mode = mode(segment);
        if mode.is_some() && segment.part(0, 0) != Some("20") {
            self.transport = mode;
            return;
        }
        self.voyage = segment.part(1, 0).and_then(short).or(self.voyage.take());
        if let Some(means) = segment.part(7, 0) {
            match imo(means, segment.part(7, 1), segment.part(7, 2)) {
                Some(imo) => self.imo = Some(imo),
                None => put(
                    &mut self.detail,
                    "vessel",
                    segment.part(7, 1).or(Some("id")),
                    Some(means),
                ),
            }
        }
        self.vessel = segment.part(7, 3).and_then(short).or(self.vessel.take());
    }

    fn rff(&mut self, segment: &Segment<'_>) {
        let value = segment.part(0, 1).and_then(short);
        match (segment.part(0, 0), value) {
            (Some("VON"), Some(value)) => self.voyage = self.voyage.take().or(Some(value)),
            (Some("BM" | "MB"), Some(value)) => self.bill = self.bill.take().or(Some(value)),
            (Some("ABT" | "AAE"), Some(value)) => self.declaration = self.declaration.take().or(Some(value)),
            (qualifier, Some(value)) => put(&mut self.detail, "references", qualifier, Some(&value)),
            (_, None) => {}
        }
    }
}

/// A goods item ahead of the equipment: its containers (SGP) and its dangerous goods (DGS).
#[derive(Default)]
struct GoodsItem {
    containers: Vec<SmolStr>,
    goods: Vec<DangerousGoods>,
}

impl GoodsItem {
    fn link(self, into: &mut HashMap<SmolStr, Vec<DangerousGoods>>) {
        if self.goods.is_empty() {
            return;
        }
        for container in self.containers {
            let goods = into.entry(container).or_default();
            if goods.len() < MOST {
                goods.extend_from_slice(&self.goods);
            }
        }
    }
}

/// A container number in the form in which numbers are compared, or as it is.
pub fn compared(number: &str) -> SmolStr {
    ContainerNumber::parse(number).map_or_else(|_| SmolStr::new(number), |number| number.text())
}

/// A text that is short enough for a field of its own.
pub fn short(text: &str) -> Option<SmolStr> {
    (text.len() <= LONGEST).then(|| SmolStr::new(text))
}

/// Keeps `value` under `group` and `key`; a second value of one key makes a list.
pub fn put(detail: &mut Map<String, Value>, group: &str, key: Option<&str>, value: Option<&str>) {
    let Some(value) = value else { return };
    let members = detail
        .entry(group.to_owned())
        .or_insert_with(|| Value::Object(Map::new()));
    let Value::Object(members) = members else { return };
    match members.get_mut(key.unwrap_or_default()) {
        None => {
            members.insert(key.unwrap_or_default().to_owned(), Value::from(value));
        }
        Some(Value::Array(values)) => values.push(Value::from(value)),
        Some(first) => *first = Value::Array(vec![first.take(), Value::from(value)]),
    }
}

/// Dangerous goods of a DGS: class and UN number, each where it is stated. The number has four digits.
pub fn dangerous(segment: &Segment<'_>) -> Option<DangerousGoods> {
    let class = segment.part(1, 0).and_then(short);
    let un = segment
        .part(2, 0)
        .filter(|un| un.len() <= 4 && un.bytes().all(|b| b.is_ascii_digit()))
        .map(|un| SmolStr::new(format!("{un:0>4}")));
    (class.is_some() || un.is_some()).then_some(DangerousGoods { class, un })
}

/// The mode of a TDT by land or inland water (UN/EDIFACT 8067).
pub fn mode(segment: &Segment<'_>) -> Option<Transport> {
    match segment.part(2, 0) {
        Some("2") => Some(Transport::Rail),
        Some("3") => Some(Transport::Truck),
        Some("8") => Some(Transport::Barge),
        _ => None,
    }
}

/// An IMO number: seven digits that are no call sign (list 103).
fn imo(means: &str, list: Option<&str>, agency: Option<&str>) -> Option<SmolStr> {
    let digits = means.strip_prefix("IMO").unwrap_or(means).trim();
    let is_number = digits.len() == 7 && digits.bytes().all(|b| b.is_ascii_digit());
    let is_list = matches!(list, Some("146") | None) || agency == Some("11");
    (is_number && is_list && list != Some("103")).then(|| SmolStr::new(digits))
}
