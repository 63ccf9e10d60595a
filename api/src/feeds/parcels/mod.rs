//! Documents of parcels: orders, payments, waybills and declaration lists as a JSON array, or one object a line. Identity
//! numbers are hashed while they are read, and nothing behind this reader ever holds one.

/// The fields of an object, each still in JSON.
mod object;
/// Identity numbers out of what is kept.
pub mod redact;

use super::{Position, ReadProblem, elements};
use crate::config::Site;
use crate::intake::Sender;
use crate::parcels::key::IdentityKey;
use object::Object;
use shared::parcels::{Document, FieldError};
use shared::time::{DAY, Time};
use shared::wire::feeds::{FlagCode, ProblemCode, Remark};

/// The first moment that a document may have: 2000-01-01T00:00Z.
const EARLIEST: Time = Time(946_684_800_000);

/// What a reader of documents may know beside the bytes.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The `?source=` of the call: whose documents they are that name nobody.
    pub source: Option<&'a str>,
    /// The configured sites.
    pub sites: &'a [Site],
    /// Whose documents are taken.
    pub sender: &'a Sender,
    /// Hashes identity numbers.
    pub key: &'a IdentityKey,
    /// The engine's clock.
    pub now: Time,
}

/// One document with its place in the message.
#[derive(Debug)]
pub struct ReadDocument {
    /// The document.
    pub document: Document,
    /// Its canonical JSON.
    pub json: String,
    /// Where it stands.
    pub position: Position,
}

/// What a reader made of one message.
#[derive(Debug, Default)]
pub struct Reading {
    /// The documents, in the order of the message.
    pub documents: Vec<ReadDocument>,
    /// What was not understood.
    pub problems: Vec<ReadProblem>,
    /// What is odd.
    pub flags: Vec<Remark<FlagCode>>,
}

/// Reads a body. Complete documents before a place where the JSON breaks are taken.
pub fn read(body: &[u8], context: &Context<'_>) -> Reading {
    let mut documents = Vec::new();
    let mut flags = Vec::new();
    let mut each = |raw: &str, position: Position, problems: &mut Vec<ReadProblem>| match element(
        raw, &position, context, &mut flags,
    ) {
        Ok(document) => documents.push(ReadDocument {
            json: document.canonical(),
            document,
            position,
        }),
        Err(error) => problems.push(ReadProblem {
            remark: position.remark(error.code, &error.field, error.message),
            raw: position.offset..position.end,
            source: elements::sender(raw).or_else(|| context.source.map(str::to_owned)),
        }),
    };
    let mut problems = elements::read(body, &mut each);
    for problem in &mut problems {
        clean(&mut problem.remark, context.key);
    }
    for flag in &mut flags {
        clean(flag, context.key);
    }
    Reading {
        documents,
        problems,
        flags,
    }
}

/// What is told may quote what was sent.
fn clean<C>(remark: &mut Remark<C>, key: &IdentityKey) {
    remark.message = redact::raw(&remark.message, false, key);
    if let Some(pointer) = &mut remark.pointer {
        *pointer = redact::raw(pointer, false, key);
    }
}

fn element(
    raw: &str,
    position: &Position,
    context: &Context<'_>,
    flags: &mut Vec<Remark<FlagCode>>,
) -> Result<Document, FieldError> {
    let object = Object::read(raw)?;
    let mut noted = Vec::new();
    let mut flag = |code: FlagCode, field: &str, message: String| {
        noted.push(position.remark(code, field, message));
    };
    let mut fields = object.fields(context.key, &mut flag)?;
    if fields.source.is_none() {
        fields.source = context.source.map(Into::into);
    }
    if fields.site.is_none()
        && let [only] = context.sites
    {
        fields.site = Some(only.code.clone());
    }
    let several = fields.site.is_none();
    let document = fields
        .into_document()
        .map_err(|error| match (several, error.field.as_str()) {
            (true, "site") => FieldError {
                code: ProblemCode::SiteMissing,
                message: "several sites are configured and the document names none: state `site`".to_owned(),
                ..error
            },
            _ => error,
        })?;
    admit(&document, context, &mut flag)?;
    flags.append(&mut noted);
    Ok(document)
}

/// Holds a document against the configuration, the key that it came with, and the clock.
fn admit(
    document: &Document,
    context: &Context<'_>,
    flag: &mut dyn FnMut(FlagCode, &str, String),
) -> Result<(), FieldError> {
    let refuse = |code: ProblemCode, field: &str, message: String| FieldError {
        code,
        field: field.to_owned(),
        message,
    };
    let source = document.identity.source.as_str();
    context
        .sender
        .check_source(source)
        .map_err(|message| refuse(ProblemCode::SourceRefused, "source", message))?;
    let Some(content) = &document.content else {
        return Ok(());
    };
    if !context.sites.iter().any(|site| site.code == content.site) {
        let known: Vec<&str> = context.sites.iter().map(|site| site.code.as_str()).collect();
        let message = format!(
            "the site `{}` is not configured; configured are {}",
            content.site,
            known.join(", ")
        );
        return Err(refuse(ProblemCode::UnknownSite, "site", message));
    }
    context
        .sender
        .check_site(Some(content.site.as_str()))
        .map_err(|message| refuse(ProblemCode::SiteRefused, "site", message))?;
    let clock = || format!("the clock, which is {}", context.now.utc());
    if content.at < EARLIEST {
        let message = "the time lies before the year 2000".to_owned();
        return Err(refuse(ProblemCode::TimeRange, "at", message));
    }
    if content.at > context.now.plus(DAY) {
        let message = format!("the time lies more than 24 hours ahead of {}", clock());
        return Err(refuse(ProblemCode::TimeRange, "at", message));
    }
    if content.at > context.now && !document.withdrawn {
        flag(
            FlagCode::Future,
            "at",
            format!("the time lies ahead of {}", clock()),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use shared::parcels::{DocumentKind, Paper};

    const NUMBER: &str = "11010519491231002X";

    fn reading(body: &[u8]) -> Reading {
        let key = IdentityKey::new(b"a key for tests");
        let context = Context {
            source: None,
            sites: &[Site::default()],
            sender: &Sender::anybody(),
            key: &key,
            now: Time(1_700_000_000_000),
        };
        read(body, &context)
    }

    fn order() -> String {
        format!(
            r#"{{"kind":"order","source":"mall","id":"A1","at":"2023-11-11T00:00:01+08:00","platform":"mall","mode":"1210","park":"XS","buyer":{{"name":"Zhang San","identity":"{NUMBER}"}},"goods":1.15,"freight":"10","tax":0.5e1,"items":[{{"name":"tea","quantity":1.5,"value":1.15}}],"currency":"CNY"}}"#
        )
    }

    #[test]
    fn an_order_is_read_to_the_fen_and_its_number_is_hashed() {
        let reading = reading(format!("[{}]", order()).as_bytes());
        assert!(
            reading.problems.is_empty() && reading.flags.is_empty(),
            "{reading:?}"
        );
        let read = &reading.documents[0];
        assert_eq!(read.document.identity.kind, DocumentKind::Order);
        let content = read.document.content.as_ref().unwrap();
        assert_eq!(
            (content.order.as_str(), content.site.as_str()),
            ("A1", "CNTXG-TPCT")
        );
        let Paper::Order(order) = &content.paper else {
            panic!("{content:?}")
        };
        assert_eq!((order.goods.0, order.freight.0, order.tax.0), (115, 1_000, 500));
        assert_eq!(order.items[0].quantity.0, 1_500);
        assert!(!read.json.contains(NUMBER));
        assert_eq!(Document::from_canonical(&read.json).unwrap(), read.document);
    }

    #[test]
    fn a_wrong_field_is_named_and_a_wrong_check_digit_only_flagged() {
        let wrong = order().replace("1.15,\"freight\"", "1.155,\"freight\"");
        let reading_of_wrong = reading(wrong.as_bytes());
        let remark = &reading_of_wrong.problems[0].remark;
        assert_eq!(
            (remark.code, remark.pointer.as_deref()),
            (ProblemCode::Invalid, Some("/0/goods"))
        );
        let flawed = order().replace(NUMBER, "110105194912310021");
        let reading_of_flawed = reading(flawed.as_bytes());
        let flag = &reading_of_flawed.flags[0];
        assert_eq!(
            (flag.code, flag.pointer.as_deref()),
            (FlagCode::CheckDigit, Some("/0/buyer/identity"))
        );
        assert!(!flag.message.contains("110105194912310021"));
        assert_eq!(reading_of_flawed.documents.len(), 1);
    }

    #[test]
    fn what_is_told_of_a_document_never_quotes_an_identity_number() {
        let quoting = order().replace(
            "\"goods\":1.15",
            &format!("\"goods\":\"{NUMBER}\",\"{NUMBER}\":1"),
        );
        let reading = reading(quoting.as_bytes());
        let told = format!("{:?}", reading.problems);
        assert!(!told.contains(NUMBER), "{told}");
    }

    #[test]
    fn what_was_kept_of_a_document_can_be_sent_again() {
        let key = IdentityKey::new(b"a key for tests");
        let kept = redact::raw(&order(), true, &key);
        let (first, again) = (reading(order().as_bytes()), reading(kept.as_bytes()));
        assert_eq!(first.documents[0].document, again.documents[0].document);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = reading(&body);
        }

        #[test]
        fn no_value_makes_the_reader_panic(value in "null|true|\\[\\]|\\{\\}|-?[0-9.eE]{1,12}|\"\\PC{0,8}\"") {
            for field in ["kind", "at", "buyer", "goods", "items", "withdrawn", "order", "mode"] {
                let body = format!(r#"{{"kind":"order","source":"s","id":"1","{field}":{value}}}"#);
                let _ = reading(body.as_bytes());
            }
        }
    }
}
