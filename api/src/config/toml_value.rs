//! Values of a TOML document with their place, read one by one, so that several mistakes are told at once.

use super::duration;
use shared::parcels::Fen;
use std::ops::RangeInclusive;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What is wrong so far, each with the byte where it stands.
#[derive(Debug, Default)]
pub struct Complaints(pub Vec<(usize, String)>);

impl Complaints {
    /// Something is wrong at a byte.
    pub fn at(&mut self, offset: usize, reason: impl Into<String>) {
        self.0.push((offset, reason.into()));
    }
}

/// A table with the names that it may have.
#[derive(Clone, Debug)]
pub struct Section<'t, 'i> {
    table: &'t DeTable<'i>,
    /// Where it begins.
    pub at: usize,
    path: String,
}

/// One value.
#[derive(Clone, Debug)]
pub struct Entry<'t, 'i> {
    value: &'t DeValue<'i>,
    /// Where it stands.
    pub at: usize,
    /// Its name with those of the tables around it, such as `site.code`.
    pub path: String,
}

impl<'t, 'i> Section<'t, 'i> {
    /// The document as a whole.
    pub fn root(table: &'t DeTable<'i>, known: &[&str], complaints: &mut Complaints) -> Section<'t, 'i> {
        Section::new(table, 0, String::new(), known, complaints)
    }

    fn new(
        table: &'t DeTable<'i>,
        at: usize,
        path: String,
        known: &[&str],
        complaints: &mut Complaints,
    ) -> Section<'t, 'i> {
        let section = Section { table, at, path };
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let path = section.path_of(name);
                let there_are = known.join(", ");
                complaints.at(
                    key.span().start,
                    format!("`{path}` is unknown; there are {there_are}"),
                );
            }
        }
        section
    }

    /// The value of a name, if it is there.
    pub fn get(&self, name: &str) -> Option<Entry<'t, 'i>> {
        let value = self.table.get(name)?;
        Some(Entry::new(value, self.path_of(name)))
    }

    /// The value of a name that must be there.
    pub fn need(&self, name: &str, complaints: &mut Complaints) -> Option<Entry<'t, 'i>> {
        let entry = self.get(name);
        if entry.is_none() {
            complaints.at(self.at, format!("`{}` is missing", self.path_of(name)));
        }
        entry
    }

    /// Every name with its value and the place of the name, in a table whose names are free.
    pub fn entries(&self) -> Vec<(&'t str, usize, Entry<'t, 'i>)> {
        self.table
            .iter()
            .map(|(key, value)| {
                let name = key.get_ref().as_ref();
                (name, key.span().start, Entry::new(value, self.path_of(name)))
            })
            .collect()
    }

    fn path_of(&self, name: &str) -> String {
        match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }
}

impl<'t, 'i> Entry<'t, 'i> {
    fn new(value: &'t Spanned<DeValue<'i>>, path: String) -> Entry<'t, 'i> {
        Entry {
            value: value.get_ref(),
            at: value.span().start,
            path,
        }
    }

    /// Complains about this value: its name, then the reason.
    pub fn refuse(&self, reason: &str, complaints: &mut Complaints) {
        complaints.at(self.at, format!("`{}` {reason}", self.path));
    }

    fn expect<T>(&self, value: Option<T>, wanted: &str, complaints: &mut Complaints) -> Option<T> {
        if value.is_none() {
            let found = self.value.type_str();
            self.refuse(
                &format!("must be {wanted}, not a value of type {found}"),
                complaints,
            );
        }
        value
    }

    /// Whether it is a table.
    pub fn is_table(&self) -> bool {
        self.value.is_table()
    }

    /// A text that is not empty.
    pub fn text(&self, complaints: &mut Complaints) -> Option<&'t str> {
        let text = match self.value {
            DeValue::String(text) => Some(text.as_ref()),
            _ => None,
        };
        let text = self.expect(text, "a text", complaints)?;
        if text.trim().is_empty() {
            self.refuse("is empty", complaints);
            return None;
        }
        Some(text)
    }

    /// True or false.
    pub fn boolean(&self, complaints: &mut Complaints) -> Option<bool> {
        self.expect(self.value.as_bool(), "true or false", complaints)
    }

    /// A whole number within a range.
    pub fn whole(&self, range: RangeInclusive<u64>, complaints: &mut Complaints) -> Option<u64> {
        let number = self.expect(self.value.as_integer(), "a whole number", complaints)?;
        match u64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) if range.contains(&number) => Some(number),
            _ => {
                let (low, high) = range.into_inner();
                self.refuse(
                    &format!("is {number}; it must be from {low} to {high}"),
                    complaints,
                );
                None
            }
        }
    }

    /// A duration longer than nothing, in seconds.
    pub fn duration(&self, complaints: &mut Complaints) -> Option<u64> {
        let seconds = self.delay(complaints)?;
        if seconds == 0 {
            self.refuse("must be longer than nothing", complaints);
        }
        (seconds > 0).then_some(seconds)
    }

    /// A duration, which may be nothing, in seconds.
    pub fn delay(&self, complaints: &mut Complaints) -> Option<u64> {
        let wanted = "a duration in quotes such as \"60m\", \"24h\" or \"7d\"";
        let text = self.expect(self.value.as_str(), wanted, complaints)?;
        match duration::read(text) {
            Ok(seconds) => Some(seconds),
            Err(error) => {
                self.refuse(&format!("is wrong: {error}"), complaints);
                None
            }
        }
    }

    /// A number from nothing to a highest, in thousandths.
    pub fn thousandths(&self, highest: u32, complaints: &mut Complaints) -> Option<u32> {
        let float = self.value.as_float().map(|float| float.as_str());
        let text = float.or_else(|| self.value.as_integer().map(|whole| whole.as_str()));
        let text = self.expect(text, "a number", complaints)?;
        let number = text.replace('_', "").parse::<f64>().ok();
        match number.filter(|number| (0.0..=f64::from(highest)).contains(number)) {
            // Within 0 and a few hundred, so every thousandth has its number.
            Some(number) => Some((number * 1_000.0).round() as u32),
            None => {
                self.refuse(&format!("is {text}; it must be from 0 to {highest}"), complaints);
                None
            }
        }
    }

    /// An amount of money in yuan with at most two decimals, as a number or a text, in fen.
    pub fn amount(&self, complaints: &mut Complaints) -> Option<Fen> {
        let float = self.value.as_float().map(|float| float.as_str());
        let number = float.or_else(|| self.value.as_integer().map(|whole| whole.as_str()));
        let text = self.expect(
            number.or_else(|| self.value.as_str()),
            "an amount in yuan",
            complaints,
        )?;
        match Fen::parse(&text.replace('_', "")) {
            Ok(amount) => Some(amount),
            Err(error) => {
                self.refuse(&format!("is wrong: {error}"), complaints);
                None
            }
        }
    }

    /// One of some names.
    pub fn choice<T>(
        &self,
        read: impl Fn(&str) -> Option<T>,
        known: &[&str],
        complaints: &mut Complaints,
    ) -> Option<T> {
        let name = self.text(complaints)?;
        let choice = read(name);
        if choice.is_none() {
            let known = known.join(", ");
            self.refuse(&format!("is `{name}`; it must be one of {known}"), complaints);
        }
        choice
    }

    /// The values of a list.
    pub fn list(&self, complaints: &mut Complaints) -> Vec<Entry<'t, 'i>> {
        let Some(items) = self.expect(self.value.as_array(), "a list", complaints) else {
            return Vec::new();
        };
        items
            .iter()
            .map(|item| Entry::new(item, self.path.clone()))
            .collect()
    }

    /// A list of texts; one that `check` has a reason against is left out with that complaint, and so is one
    /// that stands there twice.
    pub fn texts<T: From<&'t str> + PartialEq>(
        &self,
        check: impl Fn(&str) -> Result<(), &'static str>,
        complaints: &mut Complaints,
    ) -> Vec<T> {
        let mut texts = Vec::new();
        for item in self.list(complaints) {
            let Some(text) = item.text(complaints) else {
                continue;
            };
            if let Err(reason) = check(text) {
                item.refuse(&format!("has `{text}`, which {reason}"), complaints);
                continue;
            }
            let value = T::from(text);
            if texts.contains(&value) {
                item.refuse(&format!("has `{text}` twice"), complaints);
            } else {
                texts.push(value);
            }
        }
        texts
    }

    /// A table with fixed names.
    pub fn section(&self, known: &[&str], complaints: &mut Complaints) -> Option<Section<'t, 'i>> {
        let wanted = format!("a table, written [{}] or {{ … }}", self.path);
        let table = self.expect(self.value.as_table(), &wanted, complaints)?;
        Some(Section::new(table, self.at, self.path.clone(), known, complaints))
    }

    /// A table whose names are free.
    pub fn open_section(&self, complaints: &mut Complaints) -> Option<Section<'t, 'i>> {
        let wanted = format!("a table, written [{}] or {{ … }}", self.path);
        let table = self.expect(self.value.as_table(), &wanted, complaints)?;
        Some(Section {
            table,
            at: self.at,
            path: self.path.clone(),
        })
    }

    /// As [`Entry::sections`], and at least one: an empty list might mean none at all, or the default.
    pub fn some_sections(&self, known: &[&str], complaints: &mut Complaints) -> Vec<Section<'t, 'i>> {
        if self.value.as_array().is_some_and(|items| items.is_empty()) {
            self.refuse("is empty; leave it out for the default", complaints);
        }
        self.sections(known, complaints)
    }

    /// Tables with fixed names, one after the other.
    pub fn sections(&self, known: &[&str], complaints: &mut Complaints) -> Vec<Section<'t, 'i>> {
        let wanted = format!("a list of tables, each written [[{}]]", self.path);
        let Some(items) = self.expect(self.value.as_array(), &wanted, complaints) else {
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| Entry::new(item, self.path.clone()).section(known, complaints))
            .collect()
    }
}
