//! What may stand in a block, as it is written.

use crate::event::Direction;
use crate::stay::Cargo;
use crate::yard::Designation;
use crate::yard::layout::is_imdg_class;
use serde_json::Value;
use smol_str::SmolStr;

/// Reads a designation. What goes wrong is given to `misfit` with the property's name. A property that is
/// misspelt would let stand what must not, so unknown ones are refused.
pub fn read(value: Option<&Value>, misfit: &mut impl FnMut(&str, String)) -> Designation {
    let mut designation = Designation::default();
    let properties = match value {
        None | Some(Value::Null) => return designation,
        Some(Value::Object(properties)) => properties,
        Some(_) => {
            misfit("designation", "must be an object".to_owned());
            return designation;
        }
    };
    for (key, value) in properties {
        let name = format!("designation.{key}");
        let done = match key.as_str() {
            "cargo" => names(value, Cargo::from_name, "general, reefer, dangerous or empty")
                .map(|cargo| designation.cargo = cargo),
            "direction" => names(
                value,
                Direction::from_name,
                "import, export, transshipment or domestic",
            )
            .map(|direction| designation.direction = direction),
            "classes" => names(
                value,
                |class| is_imdg_class(class).then(|| SmolStr::new(class)),
                "an IMDG class or division such as 3 or 5.1",
            )
            .map(|classes| designation.classes = classes),
            "power" => boolean(value).map(|power| designation.power = power),
            "inspection" => boolean(value).map(|inspection| designation.inspection = inspection),
            _ => Err("is unknown; there are cargo, classes, power, direction and inspection".to_owned()),
        };
        if let Err(reason) = done {
            misfit(&name, reason);
        }
    }
    designation
}

fn names<T: PartialEq>(
    value: &Value,
    read: impl Fn(&str) -> Option<T>,
    known: &str,
) -> Result<Vec<T>, String> {
    let items = value.as_array().ok_or("must be a list of texts")?;
    let mut found = Vec::with_capacity(items.len());
    for item in items {
        let name = item.as_str().ok_or("must be a list of texts")?;
        let item = read(name).ok_or_else(|| format!("has `{name}`, which is not {known}"))?;
        if !found.contains(&item) {
            found.push(item);
        }
    }
    Ok(found)
}

fn boolean(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| "must be true or false".to_owned())
}
