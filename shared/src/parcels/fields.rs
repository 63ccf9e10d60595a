//! The fields of a document as they stand in JSON, the rules that they obey, and the canonical form: fields by name,
//! times in UTC, amounts in quotes without needless zeros. Reading the canonical form gives the same document, so the
//! journal keeps it.

use super::amount::{Fen, Thousandths};
use super::document::{
    Content, Document, DocumentIdentity, Item, List, Logistics, Order, Paper, Payment, Person,
};
use super::identity::HashedIdentity;
use crate::time::Time;
use crate::wire::feeds::ProblemCode;
use crate::wire::parcels::{DocumentKind, ParcelMode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smol_str::SmolStr;

/// The longest number or code (order, waybill, enterprise, platform, park), in bytes.
pub const LONGEST_NUMBER: usize = 64;
/// The longest name of a person or of an item, in bytes.
pub const LONGEST_NAME: usize = 256;
/// The longest remark, in bytes.
pub const LONGEST_REMARK: usize = 4_096;
/// The most items of an order.
pub const MOST_ITEMS: usize = 256;

/// Why fields are no document, and which of them is meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FieldError {
    /// Stable code.
    pub code: ProblemCode,
    /// The field, with `/` before that of a person or an item: `buyer/identity`, `items/3/name`.
    pub field: String,
    /// What is wrong and what is expected.
    pub message: String,
}

/// The fields of any document. Those that another kind has say nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Fields {
    /// Payment: what was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Fen>,
    /// When it was issued.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "moment")]
    pub at: Option<Time>,
    /// Order, list: who bought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer: Option<PersonFields>,
    /// Logistics: who is to get it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consignee: Option<PersonFields>,
    /// Order: what is taken off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Fen>,
    /// Who made it, by its customs code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enterprise: Option<SmolStr>,
    /// Order: freight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freight: Option<Fen>,
    /// Order: price of the goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goods: Option<Fen>,
    /// Its number at the sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<SmolStr>,
    /// Order: insurance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insurance: Option<Fen>,
    /// Order: what it consists of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemFields>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<DocumentKind>,
    /// List: its number, where it is not said as `id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<SmolStr>,
    /// Order, list: how it comes in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<ParcelMode>,
    /// The order's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<SmolStr>,
    /// Order, list: the park that it leaves through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub park: Option<SmolStr>,
    /// Payment: who paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer: Option<PersonFields>,
    /// List: the payment that it speaks of; payment: its number, where it is not said as `id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<SmolStr>,
    /// Order: the platform that sold it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<SmolStr>,
    /// What the sender remarks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<SmolStr>,
    /// The configured site: resolved before it becomes a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SmolStr>,
    /// The sender's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SmolStr>,
    /// Order: tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Fen>,
    /// When this version was made.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "moment")]
    pub updated_at: Option<Time>,
    /// Logistics, list: the waybill's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waybill: Option<SmolStr>,
    /// Logistics: its weight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_kg: Option<Thousandths>,
    /// Takes the document back.
    #[serde(default, skip_serializing_if = "is_false")]
    pub withdrawn: bool,
}

/// The fields of a person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PersonFields {
    /// The number had a wrong check digit.
    #[serde(default, skip_serializing_if = "is_false")]
    pub flawed: bool,
    /// The hash of the identity number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<HashedIdentity>,
    /// What kind of number it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_type: Option<SmolStr>,
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<SmolStr>,
}

/// The fields of an item.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ItemFields {
    /// Customs tariff number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hs: Option<SmolStr>,
    /// Cannot be divided.
    #[serde(default, skip_serializing_if = "is_false")]
    pub indivisible: bool,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<SmolStr>,
    /// How many; one, where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Thousandths>,
    /// Their value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Fen>,
}

fn is_false(value: &bool) -> bool {
    !*value
}

/// Times as they travel: RFC 3339, in UTC.
mod moment {
    use super::{Deserialize, Deserializer, Serialize, Serializer, SmolStr, Time};
    use crate::time::LocalTime;
    use serde::de::Error as _;

    pub fn serialize<S: Serializer>(at: &Option<Time>, serializer: S) -> Result<S::Ok, S::Error> {
        at.map(Time::utc).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Time>, D::Error> {
        let Some(text) = Option::<SmolStr>::deserialize(deserializer)? else {
            return Ok(None);
        };
        let time = LocalTime::parse(&text).map_err(D::Error::custom)?;
        Ok(Some(time.at))
    }
}

/// A document cannot be read back from the journal.
#[derive(Debug, thiserror::Error)]
pub enum CanonicalError {
    /// It is no JSON of this shape.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A field is missing or wrong.
    #[error("`{}`: {}", .0.field, .0.message)]
    Field(#[from] FieldError),
}

impl Document {
    /// The canonical JSON: by it versions are compared, and the journal keeps it.
    pub fn canonical(&self) -> String {
        // Texts, numbers and lists of these: nothing in it can fail to be written.
        serde_json::to_string(&Fields::from(self)).unwrap_or_default()
    }

    /// Reads [`Document::canonical`] again.
    pub fn from_canonical(json: &str) -> Result<Document, CanonicalError> {
        Ok(serde_json::from_str::<Fields>(json)?.into_document()?)
    }
}

impl From<&Document> for Fields {
    fn from(document: &Document) -> Fields {
        let identity = &document.identity;
        let mut fields = Fields {
            source: Some(identity.source.clone()),
            kind: Some(identity.kind),
            id: Some(identity.id.clone()),
            updated_at: document.updated_at,
            withdrawn: document.withdrawn,
            ..Fields::default()
        };
        let Some(content) = &document.content else {
            return fields;
        };
        fields.at = Some(content.at);
        fields.site = Some(content.site.clone());
        fields.order = Some(content.order.clone());
        fields.enterprise.clone_from(&content.enterprise);
        fields.remark.clone_from(&content.remark);
        // Zero is what is not said.
        let said = |amount: Fen| (amount != Fen(0)).then_some(amount);
        match &content.paper {
            Paper::Order(order) => {
                fields.platform = Some(order.platform.clone());
                fields.mode = Some(order.mode);
                fields.park.clone_from(&order.park);
                fields.buyer = Some(PersonFields::from(&order.buyer));
                fields.goods = Some(order.goods);
                fields.freight = said(order.freight);
                fields.insurance = said(order.insurance);
                fields.tax = said(order.tax);
                fields.discount = said(order.discount);
                fields.items = order.items.iter().map(ItemFields::from).collect();
            }
            Paper::Payment(payment) => {
                fields.payer = Some(PersonFields::from(&payment.payer));
                fields.amount = Some(payment.amount);
            }
            Paper::Logistics(logistics) => {
                fields.waybill = Some(logistics.waybill.clone());
                fields.consignee = logistics.consignee.as_ref().map(PersonFields::from);
                fields.weight_kg = logistics.weight;
            }
            Paper::List(list) => {
                fields.waybill.clone_from(&list.waybill);
                fields.payment.clone_from(&list.payment);
                fields.mode = list.mode;
                fields.park.clone_from(&list.park);
                fields.buyer = Some(PersonFields::from(&list.buyer));
            }
        }
        fields
    }
}

impl From<&Person> for PersonFields {
    fn from(person: &Person) -> PersonFields {
        PersonFields {
            flawed: person.flawed,
            identity: person.identity,
            identity_type: person.identity_type.clone(),
            name: Some(person.name.clone()),
        }
    }
}

impl From<&Item> for ItemFields {
    fn from(item: &Item) -> ItemFields {
        ItemFields {
            hs: item.hs.clone(),
            indivisible: item.indivisible,
            name: Some(item.name.clone()),
            quantity: Some(item.quantity),
            value: Some(item.value),
        }
    }
}

fn missing(field: impl Into<String>) -> FieldError {
    let field = field.into();
    FieldError {
        code: ProblemCode::Missing,
        message: format!("`{field}` must be there and is not"),
        field,
    }
}

/// A text of at most so many bytes; a blank one is none.
fn text(field: &str, value: Option<SmolStr>, longest: usize) -> Result<Option<SmolStr>, FieldError> {
    let Some(value) = value else { return Ok(None) };
    let trimmed = value.trim();
    if trimmed.len() > longest {
        return Err(FieldError {
            code: ProblemCode::TooLarge,
            field: field.to_owned(),
            message: format!(
                "`{field}` has {} bytes; at most {longest} are taken",
                trimmed.len()
            ),
        });
    }
    match trimmed.len() {
        0 => Ok(None),
        all if all == value.len() => Ok(Some(value)),
        _ => Ok(Some(SmolStr::new(trimmed))),
    }
}

fn number(field: &str, value: Option<SmolStr>) -> Result<Option<SmolStr>, FieldError> {
    text(field, value, LONGEST_NUMBER)
}

fn needed(field: &str, value: Option<SmolStr>) -> Result<SmolStr, FieldError> {
    number(field, value)?.ok_or_else(|| missing(field))
}

impl Fields {
    /// The document that these fields are. `kind`, `source` and `id` must be there; unless it is withdrawn also `at`,
    /// `site` (which the reader fills in where one site is configured), and what its kind needs.
    pub fn into_document(mut self) -> Result<Document, FieldError> {
        let kind = self.kind.ok_or_else(|| missing("kind"))?;
        let own = match kind {
            DocumentKind::Order => &self.order,
            DocumentKind::Payment => &self.payment,
            DocumentKind::Logistics => &self.waybill,
            DocumentKind::List => &self.list,
        };
        // The number that the document has anyway stands for its id, and the other way round.
        let id = self.id.take().or_else(|| own.clone());
        let identity = DocumentIdentity {
            source: needed("source", self.source.take())?,
            kind,
            id: needed("id", id)?,
        };
        let (updated_at, withdrawn) = (self.updated_at, self.withdrawn);
        // A withdrawal of which something is missing says no more than that.
        let content = match self.into_content(&identity) {
            Ok(content) => Some(content),
            Err(error) if withdrawn && error.code == ProblemCode::Missing => None,
            Err(error) => return Err(error),
        };
        Ok(Document {
            identity,
            updated_at,
            withdrawn,
            content,
        })
    }

    fn into_content(self, identity: &DocumentIdentity) -> Result<Content, FieldError> {
        let order = match (number("order", self.order)?, identity.kind) {
            (Some(order), _) => order,
            (None, DocumentKind::Order) => identity.id.clone(),
            (None, _) => return Err(missing("order")),
        };
        let paper = match identity.kind {
            DocumentKind::Order => Paper::Order(Box::new(Order {
                platform: needed("platform", self.platform)?,
                mode: self.mode.ok_or_else(|| missing("mode"))?,
                park: number("park", self.park)?,
                buyer: identified("buyer", self.buyer)?,
                goods: self.goods.ok_or_else(|| missing("goods"))?,
                freight: self.freight.unwrap_or_default(),
                insurance: self.insurance.unwrap_or_default(),
                tax: self.tax.unwrap_or_default(),
                discount: self.discount.unwrap_or_default(),
                items: items(self.items)?,
            })),
            DocumentKind::Payment => Paper::Payment(Payment {
                payer: identified("payer", self.payer)?,
                amount: self.amount.ok_or_else(|| missing("amount"))?,
            }),
            DocumentKind::Logistics => Paper::Logistics(Logistics {
                waybill: number("waybill", self.waybill)?.unwrap_or_else(|| identity.id.clone()),
                consignee: self
                    .consignee
                    .map(|consignee| person("consignee", consignee))
                    .transpose()?,
                weight: self.weight_kg,
            }),
            DocumentKind::List => Paper::List(Box::new(List {
                waybill: number("waybill", self.waybill)?,
                payment: number("payment", self.payment)?,
                mode: self.mode,
                park: number("park", self.park)?,
                buyer: identified("buyer", self.buyer)?,
            })),
        };
        Ok(Content {
            at: self.at.ok_or_else(|| missing("at"))?,
            site: needed("site", self.site)?,
            order,
            enterprise: number("enterprise", self.enterprise)?,
            remark: text("remark", self.remark, LONGEST_REMARK)?,
            paper,
        })
    }
}

fn person(field: &str, fields: PersonFields) -> Result<Person, FieldError> {
    let name = format!("{field}/name");
    Ok(Person {
        name: text(&name, fields.name, LONGEST_NAME)?.ok_or_else(|| missing(name))?,
        identity: fields.identity,
        identity_type: number(&format!("{field}/identity_type"), fields.identity_type)?,
        flawed: fields.flawed,
    })
}

fn identified(field: &str, fields: Option<PersonFields>) -> Result<Person, FieldError> {
    let person = person(field, fields.ok_or_else(|| missing(field))?)?;
    match person.identity {
        Some(_) => Ok(person),
        None => Err(missing(format!("{field}/identity"))),
    }
}

fn items(all: Vec<ItemFields>) -> Result<Vec<Item>, FieldError> {
    if all.len() > MOST_ITEMS {
        return Err(FieldError {
            code: ProblemCode::TooLarge,
            field: "items".to_owned(),
            message: format!("`items` lists {}; at most {MOST_ITEMS} are taken", all.len()),
        });
    }
    let item = |(place, fields): (usize, ItemFields)| {
        let name = format!("items/{place}/name");
        Ok(Item {
            name: text(&name, fields.name, LONGEST_NAME)?.ok_or_else(|| missing(name))?,
            quantity: fields.quantity.unwrap_or(Thousandths(1_000)),
            value: fields.value.unwrap_or_default(),
            hs: number(&format!("items/{place}/hs"), fields.hs)?,
            indivisible: fields.indivisible,
        })
    };
    all.into_iter().enumerate().map(item).collect()
}
