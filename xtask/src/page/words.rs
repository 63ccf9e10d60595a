//! The words of the page, a file for each language, as the browser fetches them: only what is said, under a name that
//! changes with it.

use std::fs;

use sha2::{Digest, Sha256};

use super::pack::hex;
use crate::error::Error;
use crate::project::Project;

/// The languages of the page, by the names of their files.
const LANGUAGES: [&str; 2] = ["en", "zh"];

/// How the paths of the files begin.
const BEGIN: &str = "/words-";

/// Whether a file of the page holds the words of a language. A browser fetches one of them.
pub fn are_words(path: &str) -> bool {
    path.starts_with(BEGIN)
}

/// Writes the words of each language as they travel, and tells the document where they are.
pub fn name(project: &Project) -> Result<(), Error> {
    let built = project.page();
    let index = built.join("index.html");
    let mut html = fs::read_to_string(&index).map_err(Error::file(&index))?;
    for language in LANGUAGES {
        let source = built.join(format!("{language}.txt"));
        let text = fs::read_to_string(&source).map_err(Error::file(&source))?;
        let said = said(&text).ok_or_else(|| {
            Error::Wrong(format!(
                "{language}.txt has a line that is not a word, a tab and what it says"
            ))
        })?;
        let path = path(language, &said);
        html = told(&html, language, &path).ok_or_else(|| {
            Error::Wrong(format!(
                "the built index.html does not say where {language}.txt is"
            ))
        })?;
        let file = built.join(path.trim_start_matches('/'));
        fs::write(&file, said).map_err(Error::file(&file))?;
        fs::remove_file(&source).map_err(Error::file(&source))?;
    }
    fs::write(&index, html).map_err(Error::file(&index))
}

/// The texts without the words that they are for: those are in the page, in the same order.
fn said(text: &str) -> Option<String> {
    let said: Option<Vec<&str>> = text
        .lines()
        .map(|line| line.split_once('\t').map(|(_, said)| said))
        .collect();
    Some(said?.join("\n"))
}

fn path(language: &str, said: &str) -> String {
    let hash = hex(&Sha256::digest(said));
    format!("{BEGIN}{language}-{}.txt", &hash[..16])
}

/// The document with another path for the words of a language.
fn told(html: &str, language: &str, path: &str) -> Option<String> {
    let attribute = |path: &str| format!("data-words-{language}=\"{path}\"");
    let before = attribute(&format!("/{language}.txt"));
    html.contains(&before)
        .then(|| html.replacen(&before, &attribute(path), 1))
}

#[cfg(test)]
mod tests {
    use super::{are_words, path, said, told};

    #[test]
    fn only_what_is_said_travels() {
        assert_eq!(said("Yes\tJa\nNo\tNein\n").unwrap(), "Ja\nNein");
        assert!(said("Yes\tJa\nNein\n").is_none());
    }

    #[test]
    fn the_name_changes_with_what_is_said() {
        assert_eq!(path("en", "Yes"), path("en", "Yes"));
        assert_ne!(path("en", "Yes"), path("en", "Yes."));
        assert!(are_words(&path("en", "Yes")) && !are_words("/frontend-0123.js"));
    }

    #[test]
    fn the_document_says_where_the_words_are() {
        let html = "<html lang=\"en\" data-words-en=\"/en.txt\" data-words-zh=\"/zh.txt\">";
        assert_eq!(
            told(html, "zh", "/words-zh-0.txt").unwrap(),
            "<html lang=\"en\" data-words-en=\"/en.txt\" data-words-zh=\"/words-zh-0.txt\">"
        );
        assert!(told("<html lang=\"en\">", "zh", "/words-zh-0.txt").is_none());
    }
}
