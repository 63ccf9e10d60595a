//! One figure: what it is, what it was, and where it leads.

use crate::components::markup::{Markup, fill, join, text};
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

const CARD: &str = "<div><a class=\"figure\" href=\"{}\" data-figure=\"{}\" data-abnormal=\"{}\">\
                    <span class=\"figure-title\">{}</span><span class=\"figure-value{}\">{}</span>{}\
                    <span class=\"figure-notes\">{}</span></a></div>";

impl Headline {
    /// As a card that is a link.
    #[inline(never)]
    pub fn show(self, context: Context) -> Markup {
        let language = context.language;
        let (none, value) = match self.value {
            Some(value) => ("", self.unit.words(language, value)),
            None => (" none", context.say(self.none).to_owned()),
        };
        let mut notes = Vec::new();
        if let Some((word, before)) = self.before {
            let was = context.fill(word, self.unit.words(language, before));
            notes.push(fill("<span data-before=\"\">{}</span>", &[text(&was)]));
            if let Some(value) = self.value {
                let words = self.unit.difference(language, before, value);
                notes.push(fill(" <span class=\"change\">{}</span>", &[text(&words)]));
            }
        }
        for note in &self.notes {
            notes.push(fill("<span>{}</span>", &[text(note)]));
        }
        let gaps = [
            text(&self.href),
            text(self.name),
            text(if self.abnormal { "true" } else { "false" }),
            text(&self.title),
            text(none),
            text(&value),
            self.course,
            join(&notes),
        ];
        fill(CARD, &gaps)
    }
}

/// `1,180 of 1,204`.
pub fn of_all(context: Context, count: u64, all: u64) -> String {
    let words = context.fill(Word::OfAll, format::whole(count));
    words.replacen("{}", &format::whole(all), 1)
}
