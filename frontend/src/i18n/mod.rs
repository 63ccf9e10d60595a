//! What the page says, in English and Chinese. The texts are files beside the page, one a language, so that nobody
//! fetches the language that is not read. A test holds both against the words there are.

/// The words of the release desk.
pub mod desk;
/// Numbers, durations and times as people read them.
pub mod format;
/// Amounts of money.
pub mod money;
/// The words of the domain: nodes, kinds, states and the like.
pub mod terms;
/// The texts of the languages.
pub mod texts;
/// The words of the page.
mod words;

pub use words::Word;

/// The languages of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Chinese, in simplified characters.
    Chinese,
}

impl Language {
    /// Both, in the order in which they are offered.
    pub const ALL: [Language; 2] = [Language::English, Language::Chinese];

    /// The code in the address.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Chinese => "zh",
        }
    }

    /// The code for the document, which also chooses the right shapes of Chinese characters.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Chinese => "zh-CN",
        }
    }

    /// Its name in itself.
    pub fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Chinese => "中文",
        }
    }

    /// The language of a code such as `zh` or `zh-Hans-CN`.
    pub fn of(code: &str) -> Option<Language> {
        let code = code.to_ascii_lowercase();
        Language::ALL
            .into_iter()
            .find(|language| code.starts_with(language.code()))
    }

    /// One of two texts.
    pub fn choose<T>(self, english: T, chinese: T) -> T {
        match self {
            Language::English => english,
            Language::Chinese => chinese,
        }
    }

    /// A word of the page; nothing until the texts of the language are here.
    pub fn say(self, word: Word) -> &'static str {
        texts::text(self, word)
    }

    /// A sentence of the page with `{}` filled in.
    pub fn fill(self, word: Word, value: impl std::fmt::Display) -> String {
        self.say(word).replacen("{}", &value.to_string(), 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_languages_are_understood() {
        assert_eq!(Language::of("zh-Hans-CN"), Some(Language::Chinese));
        assert_eq!(Language::of("EN-gb"), Some(Language::English));
        assert_eq!(Language::of("fr"), None);
    }

    #[test]
    fn both_languages_have_every_word_with_the_same_gaps() {
        for word in Word::ALL {
            let (english, chinese) = (Language::English.say(*word), Language::Chinese.say(*word));
            assert!(!english.is_empty() && !chinese.is_empty(), "{word:?}");
            assert!(
                english.is_ascii() || english.contains(['“', '…', 'é', '✓']),
                "{word:?}: {english}"
            );
            assert_eq!(
                english.matches("{}").count(),
                chinese.matches("{}").count(),
                "{word:?}"
            );
        }
    }

    /// All that the page's own source says, but for the list of words itself.
    fn sources(folder: &std::path::Path, into: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, into);
            } else if path.extension().is_some_and(|is| is == "rs") && !path.ends_with("i18n/words.rs") {
                into.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn every_word_is_said_somewhere() {
        let mut said = String::new();
        sources(
            &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut said,
        );
        let is_said = |word: &Word| {
            let name = format!("Word::{word:?}");
            said.match_indices(&name).any(|(at, _)| {
                let next = said[at + name.len()..].chars().next();
                !next.is_some_and(|next| next.is_alphanumeric() || next == '_')
            })
        };
        let unsaid: Vec<_> = Word::ALL.iter().filter(|word| !is_said(word)).collect();
        assert!(unsaid.is_empty(), "{unsaid:?}");
    }
}
