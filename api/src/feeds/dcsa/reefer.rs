//! The temperature that a reefer event states.

use super::fields::Fields;
use crate::feeds::decimal::{millicelsius, scaled};
use serde_json::Value;
use shared::event::{Attribute, Node};
use shared::wire::feeds::FlagCode;

const RETURN_AIR: &[&str] = &["reeferDetails/returnAirTemperatureMeasurement/temperatureValue"];
const SUPPLY_AIR: &[&str] = &["reeferDetails/supplyAirTemperatureMeasurement/temperatureValue"];
const SETPOINT: &[&str] = &["reeferDetails/internalSetpointTemperature"];
const PROBES: &[&str] = &["reeferDetails/temperatureProbeMeasurements"];

/// Of a measurement the return air, which is what the goods have; else the warmest probe, for that one rots
/// first; else the supply air; else what it is set to. Of an adjustment what it is set to.
pub fn temperature(fields: &mut Fields<'_>, node: Node) -> Option<Attribute> {
    let value = if node == Node::Measure {
        number(fields, RETURN_AIR)
            .or_else(|| warmest_probe(fields))
            .or_else(|| number(fields, SUPPLY_AIR))
            .or_else(|| number(fields, SETPOINT))?
    } else {
        number(fields, SETPOINT)?
    };
    let Some((unit, _)) = fields.code(&["reeferDetails/temperatureUnit"]) else {
        let field = fields.place("reeferDetails/temperatureUnit");
        let message = "the temperature was left out: its unit is missing, CEL or FAH";
        fields.flag(FlagCode::FieldIgnored, &field, message);
        return None;
    };
    let celsius = millicelsius(value, &unit);
    if celsius.is_none() {
        let field = fields.place("reeferDetails/temperatureUnit");
        let message =
            "the temperature was left out: the unit is neither CEL nor FAH, or no box is that cold or hot";
        fields.flag(FlagCode::FieldIgnored, &field, message);
    }
    celsius.map(|value| Attribute::TemperatureMillicelsius(Some(value)))
}

fn number(fields: &Fields<'_>, paths: &[&str]) -> Option<i64> {
    thousandths(fields.find(paths)?.value)
}

fn warmest_probe(fields: &Fields<'_>) -> Option<i64> {
    let probes = fields.find(PROBES)?;
    let values = probes.value.as_array()?.iter();
    values
        .filter_map(|probe| thousandths(probe.get("measuredTemperatureValue")?))
        .max()
}

fn thousandths(value: &Value) -> Option<i64> {
    scaled(&super::fields::plain(value)?, 3)
}
