//! Events: what a message says happened, with identity, versions and retraction (`semantics.md` §1).

/// The JSON of a native event: reading with positions, and the canonical form.
pub mod json;
/// The nodes of a container's passage, in their order.
pub mod node;
/// Versions of one identity, and which of them holds.
pub mod versions;

use crate::container::ContainerNumber;
use crate::time::Time;
pub use node::Node;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Who says it and under which name: two events with the same identity are versions of one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// The sender's name.
    pub source: SmolStr,
    /// The sender's own name for this event.
    pub id: SmolStr,
}

/// One version of one event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Who says it, and under which name.
    pub identity: Identity,
    /// When the sender last changed it; none counts as earliest.
    pub updated_at: Option<Time>,
    /// Voids the identity.
    pub retracted: bool,
    /// What happened; a retraction needs none.
    pub content: Option<Content>,
}

/// What an event says happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// When it happened, or is expected to.
    pub at: Time,
    /// The sender gave a date without a time: shown in the trail, neither begins nor ends a segment or limit.
    pub date_only: bool,
    /// What happened.
    pub node: Node,
    /// Whether it happened, is expected, or is planned.
    pub classifier: Classifier,
    /// The container number as sent; vessel events and notes may have none.
    pub container: Option<SmolStr>,
    /// What else is stated. A field that is absent says nothing and is not in the list; a stated "no" is.
    /// At most one of each kind, in the order of [`Attribute`].
    pub attributes: Vec<Attribute>,
}

/// Whether something happened, is expected, or is planned. Only [`Classifier::Actual`] moves anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Classifier {
    /// It happened.
    #[default]
    Actual,
    /// It is expected.
    Estimated,
    /// It is planned.
    Planned,
}

/// Which way a container passes through the port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Off a vessel, out by land (进口).
    Import,
    /// In by land, onto a vessel (出口).
    Export,
    /// Off one vessel, onto another (中转).
    Transshipment,
    /// Between ports of the country.
    Domestic,
}

/// How a container comes or goes by land.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// By road.
    Truck,
    /// By rail.
    Rail,
    /// By inland vessel.
    Barge,
}

/// What an inspection or a scan found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// Nothing wrong.
    Clear,
    /// Something to look into.
    Suspect,
}

/// Dangerous goods in a container.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DangerousGoods {
    /// IMDG class or division, such as `3` or `5.1`; none when the sender does not say.
    #[serde(default)]
    pub class: Option<SmolStr>,
    /// UN number, four digits.
    #[serde(default)]
    pub un: Option<SmolStr>,
}

/// One thing that an event states. `None`, an empty list and `false` say no.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Attribute {
    /// The configured site. Resolved at intake: after it an event of ours always has one.
    Site(SmolStr),
    /// UN/LOCODE of the place.
    Location(Option<SmolStr>),
    /// The facility within the place.
    Facility(Option<SmolStr>),
    /// Which way it passes.
    Direction(Option<Direction>),
    /// Bill of lading.
    BillOfLading(Option<SmolStr>),
    /// Voyage number.
    Voyage(Option<SmolStr>),
    /// IMO number of the vessel, seven digits.
    VesselImo(Option<SmolStr>),
    /// Name of the vessel.
    VesselName(Option<SmolStr>),
    /// ISO size type.
    SizeType(Option<SmolStr>),
    /// Whether the box is empty.
    Empty(bool),
    /// Slot address as sent.
    Slot(Option<SmolStr>),
    /// Dangerous goods; an empty list says there are none.
    Dangerous(Vec<DangerousGoods>),
    /// Whether it needs cooling.
    Refrigerated(bool),
    /// Set or measured temperature, in thousandths of a degree Celsius.
    TemperatureMillicelsius(Option<i64>),
    /// Customs declaration number.
    Declaration(Option<SmolStr>),
    /// Seal number.
    Seal(Option<SmolStr>),
    /// Gross weight in grams.
    WeightGrams(Option<i64>),
    /// Land transport.
    Transport(Option<Transport>),
    /// What an inspection or a scan found.
    Result(Option<Finding>),
    /// Free remark.
    Remark(Option<SmolStr>),
    /// What the feed understood and the domain has no field for: a JSON object, compact, keys sorted.
    Detail(Box<str>),
}

impl Attribute {
    /// Place in the fixed order of attributes; one event states each kind at most once.
    pub fn kind(&self) -> u8 {
        match self {
            Attribute::Site(_) => 0,
            Attribute::Location(_) => 1,
            Attribute::Facility(_) => 2,
            Attribute::Direction(_) => 3,
            Attribute::BillOfLading(_) => 4,
            Attribute::Voyage(_) => 5,
            Attribute::VesselImo(_) => 6,
            Attribute::VesselName(_) => 7,
            Attribute::SizeType(_) => 8,
            Attribute::Empty(_) => 9,
            Attribute::Slot(_) => 10,
            Attribute::Dangerous(_) => 11,
            Attribute::Refrigerated(_) => 12,
            Attribute::TemperatureMillicelsius(_) => 13,
            Attribute::Declaration(_) => 14,
            Attribute::Seal(_) => 15,
            Attribute::WeightGrams(_) => 16,
            Attribute::Transport(_) => 17,
            Attribute::Result(_) => 18,
            Attribute::Remark(_) => 19,
            Attribute::Detail(_) => 20,
        }
    }
}

impl Event {
    /// An actual event that states nothing but its node, time and container.
    pub fn actual(source: &str, id: &str, node: Node, at: Time, container: Option<&str>) -> Event {
        Event {
            identity: Identity {
                source: source.into(),
                id: id.into(),
            },
            updated_at: None,
            retracted: false,
            content: Some(Content {
                at,
                date_only: false,
                node,
                classifier: Classifier::Actual,
                container: container.map(SmolStr::new),
                attributes: Vec::new(),
            }),
        }
    }

    /// The same with one more statement.
    #[must_use]
    pub fn stating(mut self, attribute: Attribute) -> Event {
        if let Some(content) = &mut self.content {
            content.state(attribute);
        }
        self
    }

    /// The container that it speaks of, in the form in which numbers are compared.
    pub fn container(&self) -> Option<ContainerNumber> {
        ContainerNumber::parse(self.content.as_ref()?.container.as_deref()?).ok()
    }
}

macro_rules! text_attributes {
    ($($(#[$doc:meta])* $name:ident => $variant:ident),+ $(,)?) => {
        impl Content {
            $($(#[$doc])* ///
            /// The outer `None` says nothing, the inner says no.
            pub fn $name(&self) -> Option<Option<&SmolStr>> {
                self.attributes.iter().find_map(|a| match a {
                    Attribute::$variant(value) => Some(value.as_ref()),
                    _ => None,
                })
            })+
        }
    };
}

text_attributes! {
    /// UN/LOCODE of the place.
    location => Location,
    /// Facility within the place.
    facility => Facility,
    /// Bill of lading.
    bill_of_lading => BillOfLading,
    /// Voyage number.
    voyage => Voyage,
    /// IMO number of the vessel.
    vessel_imo => VesselImo,
    /// Name of the vessel.
    vessel_name => VesselName,
    /// ISO size type.
    size_type => SizeType,
    /// Slot address as sent.
    slot => Slot,
    /// Customs declaration number.
    declaration => Declaration,
}

impl Content {
    /// States an attribute, in place of what was stated of the same kind.
    pub fn state(&mut self, attribute: Attribute) {
        let kind = attribute.kind();
        match self.attributes.binary_search_by_key(&kind, Attribute::kind) {
            Ok(at) => self.attributes[at] = attribute,
            Err(at) => self.attributes.insert(at, attribute),
        }
    }

    /// The configured site; none when the event is of elsewhere, or was not yet taken in.
    pub fn site(&self) -> Option<&SmolStr> {
        self.attributes.iter().find_map(|a| match a {
            Attribute::Site(site) => Some(site),
            _ => None,
        })
    }

    /// Whether it happened, at a known time of day.
    pub fn is_actual(&self) -> bool {
        self.classifier == Classifier::Actual
    }
}
