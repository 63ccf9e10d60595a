//! The containers of a form: a list that was pasted in whatever shape, one line with its own state for each.

use super::{Filling, Sheet};
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::Word;
use crate::i18n::desk::error_words;
use shared::container::{Check, ContainerNumber};
use shared::release_desk::MOST_CONTAINERS;
use shared::wire::release_desk::DeskFill;

/// The numbers of a text, whatever stands between them, each once. A number that was written in groups, such as
/// `CSQU 305438-3`, is put together again.
pub fn numbers(text: &str) -> Vec<String> {
    let is_between = |c: char| c.is_whitespace() || ",;，；、|/\"'()[]".contains(c);
    let words: Vec<&str> = text.split(is_between).filter(|word| !word.is_empty()).collect();
    let mut found: Vec<String> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let mut number = plain(words[at]);
        at += 1;
        let is_owner =
            (3..=4).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_uppercase());
        while is_owner || is_begun(&number) {
            let Some(next) = words.get(at).map(|next| plain(next)) else {
                break;
            };
            let digits = !next.is_empty() && next.bytes().all(|byte| byte.is_ascii_digit());
            if !digits || number.len() + next.len() > 11 {
                break;
            }
            number.push_str(&next);
            at += 1;
            if number.len() == 11 {
                break;
            }
        }
        if !number.is_empty() && !found.contains(&number) {
            found.push(number);
        }
    }
    found
}

/// Four letters and some of the digits.
fn is_begun(number: &str) -> bool {
    let bytes = number.as_bytes();
    (5..11).contains(&bytes.len())
        && bytes.iter().take(4).all(u8::is_ascii_uppercase)
        && bytes.iter().skip(4).all(u8::is_ascii_digit)
}

/// In the form in which numbers are compared, as far as it is one.
fn plain(word: &str) -> String {
    ContainerNumber::parse(word)
        .map_or_else(|_| word.trim_matches('-').to_owned(), |number| number.to_string())
}

/// What a line says.
struct Line {
    level: &'static str,
    words: String,
}

/// Whether the port has seen a box.
fn is_known(filling: Option<&Filling>) -> bool {
    let Some(Filling::Here(fill)) = filling else {
        return false;
    };
    !fill.errors.iter().any(|error| error.code == "unknown") && knows(fill)
}

fn knows(fill: &DeskFill) -> bool {
    let mut checks = fill.checks.iter();
    checks.any(|check| check.known.is_some() && check.field != "vessel_here")
}

fn line(context: Context, sheet: &Sheet, index: usize, number: &str) -> Line {
    let language = context.language;
    let filling = sheet.fills.get(number);
    let known = is_known(filling);
    let sent = sheet
        .errors
        .iter()
        .find(|error| error.field == "containers" && error.index == Some(index as u64));
    let wrong = |words: String| Line {
        level: "wrong",
        words,
    };
    if let Some(error) = sent {
        return wrong(error_words(language, &error.code, &error.message));
    }
    match ContainerNumber::parse(number).map(|number| number.check()) {
        Err(_) => return wrong(context.say(Word::BoxNoNumber).to_owned()),
        Ok(Check::WrongDigit { expected }) if !known => {
            return wrong(context.fill(Word::BoxCheckDigit, expected));
        }
        Ok(Check::OtherForm) if !known && !matches!(filling, Some(Filling::Asked) | None) => {
            return wrong(context.say(Word::BoxNoNumber).to_owned());
        }
        Ok(_) => {}
    }
    match filling {
        None | Some(Filling::Asked) => Line {
            level: "asked",
            words: context.say(Word::BoxAsked).to_owned(),
        },
        Some(Filling::Failed) => Line {
            level: "unknown",
            words: context.say(Word::BoxNotAsked).to_owned(),
        },
        Some(Filling::Here(fill)) => match fill.errors.first() {
            Some(error) if error.code == "unknown" => Line {
                level: "unknown",
                words: context.say(Word::BoxUnknown).to_owned(),
            },
            Some(error) if error.field == "containers" || error.field == "container" => {
                wrong(error_words(language, &error.code, &error.message))
            }
            _ if known => Line {
                level: "good",
                words: context.say(Word::BoxKnown).to_owned(),
            },
            _ => Line {
                level: "unknown",
                words: context.say(Word::BoxUnknown).to_owned(),
            },
        },
    }
}

/// How many lines would be refused, as far as is known.
pub fn wrong_lines(context: Context, sheet: &Sheet) -> usize {
    let numbers = sheet.form.containers.iter().enumerate();
    let lines = numbers.map(|(index, number)| line(context, sheet, index, number));
    lines.filter(|line| line.level == "wrong").count()
}

/// The lines.
pub fn lines(context: Context, sheet: &Sheet) -> Markup {
    const LINE: &str = "<li data-container=\"{}\" data-level=\"{}\"><span class=\"container-number\">{}</span>\
                        <span class=\"box-state\">{}</span><span class=\"quiet\">{}</span>\
                        <button type=\"button\" data-do=\"drop {}\" aria-label=\"{}\">×</button></li>";
    let mut lines = Vec::new();
    for (index, number) in sheet.form.containers.iter().enumerate() {
        let line = line(context, sheet, index, number);
        let about = match sheet.fills.get(number) {
            Some(Filling::Here(fill)) => about(fill),
            _ => String::new(),
        };
        let gaps = [
            text(number),
            text(line.level),
            text(number),
            text(&line.words),
            text(&about),
            text(number),
            text(&[context.say(Word::BoxTakeOut), " ", number].concat()),
        ];
        lines.push(fill(LINE, &gaps));
    }
    let too_many = match sheet.form.containers.len() > MOST_CONTAINERS {
        true => fill(
            "<p class=\"field-error\">{}</p>",
            &[text(&context.fill(Word::BoxesTooMany, MOST_CONTAINERS))],
        ),
        false => nothing(),
    };
    if lines.is_empty() {
        return fill(
            "<p class=\"quiet\">{}</p>",
            &[say(context.language, Word::BoxesNone)],
        );
    }
    fill("<ul class=\"box-lines\">{}</ul>{}", &[join(&lines), too_many])
}

/// The box in a few words: its vessel and voyage.
fn about(fill: &DeskFill) -> String {
    let parts = [
        &fill.form.vessel_name,
        &fill.form.voyage,
        &fill.form.bill_of_lading,
    ];
    let mut about = String::new();
    for part in parts {
        if !part.is_empty() {
            if !about.is_empty() {
                about.push_str(" · ");
            }
            about.push_str(part);
        }
    }
    about
}

/// The text without one of its numbers.
pub fn without(text: &str, number: &str) -> String {
    let mut left = numbers(text);
    left.retain(|own| own != number);
    left.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_whatever_stands_between_its_numbers() {
        let all = ["CSQU3054383", "MSKU0000010", "TGHU7654321"];
        for text in [
            "CSQU3054383 MSKU0000010 TGHU7654321",
            "csqu3054383, MSKU0000010; TGHU7654321",
            "CSQU305438-3\tMSKU000001-0\r\nTGHU765432-1\n",
            "CSQU 305438 3\nMSKU 0000010\nTGHU 765432-1",
            "CSQU3054383、MSKU0000010，TGHU7654321；CSQU3054383",
            "| CSQU3054383 | MSKU0000010 |\n| TGHU7654321 |",
        ] {
            assert_eq!(numbers(text), all, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_kept_to_be_shown_as_one() {
        assert_eq!(numbers("CSU6097384 箱"), ["CSU6097384", "箱"]);
        assert_eq!(numbers("CSQU30543"), ["CSQU30543"]);
        assert!(numbers(" \n ,; ").is_empty());
        // A number that is whole takes nothing of the next.
        assert_eq!(numbers("CSQU3054383 12"), ["CSQU3054383", "12"]);
    }

    #[test]
    fn a_number_is_taken_out_and_the_rest_stays() {
        assert_eq!(without("CSQU3054383, MSKU0000010", "CSQU3054383"), "MSKU0000010");
    }
}
