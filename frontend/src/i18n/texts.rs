//! The texts of the languages: fetched when a language is first asked for, kept as long as the page is open.

use super::{Language, Word};
use crate::client::{CallError, file};
use leptos::prelude::document;
use std::sync::OnceLock;

/// The texts of each language, in the order of the words.
static TEXTS: [OnceLock<Vec<&'static str>>; Language::ALL.len()] = [const { OnceLock::new() }; 2];

/// What a word says; nothing until the texts are here.
#[inline(never)]
pub fn text(language: Language, word: Word) -> &'static str {
    #[cfg(test)]
    take_from_sources(language);
    let texts = TEXTS[language as usize].get();
    texts
        .and_then(|texts| texts.get(word as usize))
        .copied()
        .unwrap_or_default()
}

/// Whether the texts of a language are here.
pub fn are_here(language: Language) -> bool {
    TEXTS[language as usize].get().is_some()
}

/// Fetches the texts of a language. The document says where they are: their name changes with what they say.
pub async fn fetch(language: Language) -> Result<(), CallError> {
    let root = document().document_element();
    let name = root.and_then(|root| root.get_attribute(&format!("data-words-{}", language.code())));
    let text = file(name.unwrap_or_default()).await?;
    if take(language, text) {
        Ok(())
    } else {
        // A proxy that answers with a page of its own, for one.
        Err(CallError::Shape(
            "these are not the words of this page".to_owned(),
        ))
    }
}

/// Keeps the texts for good; hands back whether they are those of this page.
fn take(language: Language, text: String) -> bool {
    if text.lines().count() != Word::ALL.len() {
        return false;
    }
    TEXTS[language as usize].get_or_init(|| lines(text.leak()).collect());
    true
}

/// What stands in each line. In the sources, which `trunk serve` serves, the word stands before it; the build leaves
/// that out.
fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines()
        .map(|line| line.split_once('\t').map_or(line, |(_, text)| text))
}

#[cfg(test)]
const SOURCES: [&str; 2] = [include_str!("en.txt"), include_str!("zh.txt")];

#[cfg(test)]
fn take_from_sources(language: Language) {
    assert!(take(language, SOURCES[language as usize].to_owned()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_files_have_the_words_in_their_order_and_none_is_empty() {
        let words: Vec<_> = Word::ALL.iter().map(|word| format!("{word:?}")).collect();
        for source in SOURCES {
            let (named, texts): (Vec<_>, Vec<_>) =
                source.lines().map(|line| line.split_once('\t').unwrap()).unzip();
            assert_eq!(named, words);
            let untidy: Vec<_> = texts
                .iter()
                .filter(|text| text.is_empty() || text.trim() != **text || text.contains('\t'))
                .collect();
            assert!(untidy.is_empty(), "{untidy:?}");
        }
    }

    #[test]
    fn texts_are_read_with_and_without_the_words_before_them() {
        assert_eq!(lines("Yes\tJa\nNo\tNein\n").collect::<Vec<_>>(), ["Ja", "Nein"]);
        assert_eq!(lines("Ja\nNein").collect::<Vec<_>>(), ["Ja", "Nein"]);
    }

    #[test]
    fn what_is_not_the_words_is_not_taken() {
        assert!(!take(Language::English, "<!doctype html>\n<p>Sign in".to_owned()));
    }
}
