//! Holds JSON against the schemas of the description, more strictly than JSON Schema does: what is not described
//! is wrong too.

use serde_json::Value;
use shared::time::LocalTime;
use std::collections::BTreeSet;

/// What is wrong with a value under a schema of `document`: one line each, none when it fits.
pub fn misfits(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut check = Check {
        document,
        wrong: Vec::new(),
    };
    check.value(schema, value, "");
    check.wrong
}

/// The value that a `$ref` means, or the value itself.
pub fn resolve<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    match value["$ref"].as_str() {
        None => value,
        Some(reference) => {
            let pointer = reference
                .strip_prefix('#')
                .expect("references stay in the document");
            document
                .pointer(pointer)
                .unwrap_or_else(|| panic!("`{reference}` leads nowhere"))
        }
    }
}

struct Check<'d> {
    document: &'d Value,
    wrong: Vec<String>,
}

impl<'d> Check<'d> {
    fn say(&mut self, at: &str, what: impl std::fmt::Display) {
        self.wrong
            .push(format!("{}: {what}", if at.is_empty() { "/" } else { at }));
    }

    /// A value as a whole: everything in it must be described.
    fn value(&mut self, schema: &'d Value, value: &Value, at: &str) {
        let described = self.keywords(schema, value, at);
        for name in value.as_object().into_iter().flatten().map(|(name, _)| name) {
            if !described.contains(name) {
                self.say(at, format_args!("`{name}` is not described"));
            }
        }
    }

    /// What one schema says of a value. Answers the names of the fields that it describes.
    fn keywords(&mut self, schema: &'d Value, value: &Value, at: &str) -> BTreeSet<String> {
        let mut described = BTreeSet::new();
        for (keyword, says) in schema.as_object().expect("a schema is an object") {
            match keyword.as_str() {
                "$ref" => described.extend(self.keywords(resolve(self.document, schema), value, at)),
                "allOf" => {
                    for part in says.as_array().unwrap() {
                        described.extend(self.keywords(part, value, at));
                    }
                }
                "anyOf" => described.extend(self.any_of(says.as_array().unwrap(), value, at)),
                "properties" => {
                    for (name, part) in says.as_object().unwrap() {
                        described.insert(name.clone());
                        if let Some(field) = value.get(name) {
                            self.value(part, field, &format!("{at}/{name}"));
                        }
                    }
                }
                "additionalProperties" => {
                    let named = schema["properties"].as_object();
                    for (name, field) in value.as_object().into_iter().flatten() {
                        if *says == false || named.is_some_and(|named| named.contains_key(name)) {
                            continue;
                        }
                        described.insert(name.clone());
                        if says.is_object() {
                            self.value(says, field, &format!("{at}/{name}"));
                        }
                    }
                }
                "items" | "prefixItems" => {
                    // What `prefixItems` describes is none of `items`' business.
                    let first = schema["prefixItems"].as_array().map_or(0, Vec::len);
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        let part = match keyword == "items" {
                            true => Some(says).filter(|_| index >= first),
                            false => says.get(index),
                        };
                        match part {
                            Some(Value::Bool(false)) => {
                                self.say(at, format_args!("there is one more than {first}"));
                            }
                            Some(part) => self.value(part, item, &format!("{at}/{index}")),
                            None => {}
                        }
                    }
                }
                _ => self.plain(keyword, says, value, at),
            }
        }
        described
    }

    fn any_of(&mut self, branches: &'d [Value], value: &Value, at: &str) -> BTreeSet<String> {
        let mut described = BTreeSet::new();
        let mut fits = false;
        let mut closest: Option<Vec<String>> = None;
        for branch in branches {
            let mut own = Check {
                document: self.document,
                wrong: Vec::new(),
            };
            let names = own.keywords(branch, value, at);
            if own.wrong.is_empty() {
                fits = true;
                described.extend(names);
            } else if closest
                .as_ref()
                .is_none_or(|closest| own.wrong.len() < closest.len())
            {
                closest = Some(own.wrong);
            }
        }
        if !fits {
            self.say(at, "fits none of `anyOf`; closest:");
            self.wrong.extend(closest.unwrap_or_default());
        }
        described
    }

    fn plain(&mut self, keyword: &str, says: &Value, value: &Value, at: &str) {
        let number = value.as_f64().zip(says.as_f64());
        let count = |length: Option<usize>| length.zip(says.as_u64().and_then(|n| usize::try_from(n).ok()));
        let length = value.as_str().map(|text| text.chars().count());
        let fits = match keyword {
            "type" => match says {
                Value::Array(types) => types.iter().any(|name| has_type(value, name)),
                name => has_type(value, name),
            },
            "enum" => says.as_array().unwrap().contains(value),
            "const" => value == says,
            "minimum" => number.is_none_or(|(value, least)| value >= least),
            "maximum" => number.is_none_or(|(value, most)| value <= most),
            "minLength" => count(length).is_none_or(|(length, least)| length >= least),
            "maxLength" => count(length).is_none_or(|(length, most)| length <= most),
            "minItems" => count(value.as_array().map(Vec::len)).is_none_or(|(length, least)| length >= least),
            "maxItems" => count(value.as_array().map(Vec::len)).is_none_or(|(length, most)| length <= most),
            "format" => value.as_str().is_none_or(|text| has_format(text, says)),
            "required" => {
                for name in says.as_array().unwrap().iter().map(|name| name.as_str().unwrap()) {
                    if value.is_object() && value.get(name).is_none() {
                        self.say(at, format_args!("`{name}` is missing"));
                    }
                }
                true
            }
            "description" | "examples" | "default" | "contentEncoding" => true,
            unknown => panic!("`{unknown}` in a schema is nothing that this check can hold a value against"),
        };
        if !fits {
            self.say(at, format_args!("{value} does not fit `{keyword}`: {says}"));
        }
    }
}

fn has_type(value: &Value, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        unknown => panic!("`{unknown}` is no type"),
    }
}

fn has_format(text: &str, format: &Value) -> bool {
    match format.as_str().unwrap() {
        "date-time" => LocalTime::parse(text).is_ok(),
        "date" => text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok(),
        unknown => panic!("`{unknown}` is no format that this check knows"),
    }
}
