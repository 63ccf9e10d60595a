//! One figure: what it is, what it was, and where it leads.

use crate::components::markup::{Markup, all, nothing, tag, text};
use crate::context::Context;
use crate::i18n::Word;
use crate::i18n::format::{self, Unit};

/// One figure with what it is, and where it leads.
pub struct Headline {
    /// Its name for whoever reads the page by program.
    pub name: &'static str,
    /// What it is.
    pub title: String,
    /// What kind of figure it is.
    pub unit: Unit,
    /// The figure; `None` where nothing was counted.
    pub value: Option<f64>,
    /// What it was, where that is known: in which words it is said, and the figure.
    pub before: Option<(Word, f64)>,
    /// What else belongs to it.
    pub notes: Vec<String>,
    /// The page's address behind it.
    pub href: String,
    /// Whether it is abnormal.
    pub abnormal: bool,
    /// Its recent course, or nothing.
    pub course: Markup,
    /// What stands in place of the figure where there is none.
    pub none: Word,
}

impl Headline {
    /// As a card that is a link.
    pub fn show(self, context: Context) -> Markup {
        let language = context.language;
        let class = if self.value.is_none() {
            "figure-value none"
        } else {
            "figure-value"
        };
        let value = self.value.map(|value| self.unit.words(language, value));
        let value = value.unwrap_or_else(|| context.say(self.none).to_owned());
        let before = self.before.map_or_else(nothing, |(word, before)| {
            let was = context.fill(word, self.unit.words(language, before));
            let change = self.value.map_or_else(nothing, |value| {
                let words = self.unit.difference(language, before, value);
                tag("span", &[("class", "change")], text(&words))
            });
            tag("span", &[("data-before", "")], text(&was)).then(change)
        });
        let notes = all(self.notes.iter().map(|note| tag("span", &[], text(note))));
        let parts = [
            tag("span", &[("class", "figure-title")], text(&self.title)),
            tag("span", &[("class", class)], text(&value)),
            self.course,
            tag("span", &[("class", "figure-notes")], all([before, notes])),
        ];
        let abnormal = self.abnormal.to_string();
        let attributes = [
            ("class", "figure"),
            ("href", &self.href),
            ("data-figure", self.name),
            ("data-abnormal", &abnormal),
        ];
        tag("div", &[], tag("a", &attributes, all(parts)))
    }
}

/// `1,180 of 1,204`.
pub fn of_all(context: Context, count: u64, all: u64) -> String {
    let words = context.fill(Word::OfAll, format::whole(count));
    words.replacen("{}", &format::whole(all), 1)
}
