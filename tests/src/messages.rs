use serde_json::{Value, json};
use shared::container::{Check, ContainerNumber};
use shared::time::{LocalTime, Time};
use std::time::{SystemTime, UNIX_EPOCH};

/// The sender of [`event`].
pub const SOURCE: &str = "tos-pacific";

/// A native event of [`SOURCE`], with what `more` states besides; a null in `more` is sent as one.
#[track_caller]
pub fn event(id: &str, node: &str, container: &str, at: &str, more: Value) -> Value {
    let mut event = json!({"id": id, "source": SOURCE, "node": node, "container": container, "at": at});
    with(&mut event, more);
    event
}

/// Puts fields into an event, in place of what it had.
#[track_caller]
pub fn with(event: &mut Value, more: Value) {
    match (event.as_object_mut(), more) {
        (Some(event), Value::Object(more)) => event.extend(more),
        (_, Value::Null) => {}
        (_, other) => panic!("{other} is no fields of an event"),
    }
}

/// The `n`th of a row of ISO 6346 numbers with the right check digit.
#[track_caller]
pub fn container(n: u32) -> String {
    let stem = format!("QLTU{n:06}");
    let number = ContainerNumber::parse(&format!("{stem}0")).unwrap_or_else(|error| panic!("{error}"));
    match number.check() {
        Check::Verified => format!("{stem}0"),
        Check::WrongDigit { expected } => format!("{stem}{expected}"),
        Check::OtherForm => panic!("{stem} is no beginning of a container number"),
    }
}

/// The present moment.
pub fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// A moment as it travels at the site, eight hours east.
pub fn at_site(time: Time) -> String {
    LocalTime {
        at: time,
        offset_seconds: 8 * 3_600,
    }
    .to_string()
}

/// The documents of a parcel that all agree: order, payment, waybill and list, issued at a moment.
pub fn parcel(order: &str, at: &str) -> [Value; 4] {
    let person = json!({"name": "王小明", "identity": "11010519491231002X"});
    let document = |kind: &str, source: &str, more: Value| {
        let mut document = json!({"kind": kind, "source": source, "id": format!("{kind}-{order}"), "at": at, "order": order});
        with(&mut document, more);
        document
    };
    [
        document(
            "order",
            "platform-a",
            json!({"platform": "Platform A", "mode": "1210", "park": "Xiasha", "buyer": person, "goods": "299.00",
                "freight": "0", "tax": "27.21", "discount": "20.00"}),
        ),
        document("payment", "pay-b", json!({"payer": person, "amount": "306.21"})),
        document(
            "logistics",
            "carrier-c",
            json!({"waybill": format!("W-{order}"), "consignee": {"name": "王小明"}}),
        ),
        document(
            "list",
            "declarant-d",
            json!({"mode": "1210", "park": "Xiasha", "buyer": person, "waybill": format!("W-{order}"),
                "payment": format!("payment-{order}")}),
        ),
    ]
}
