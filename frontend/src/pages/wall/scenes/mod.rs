//! What a scene shows. Each writes its markup from what it follows; what there is no room for is left out.

/// The alarms that wait.
pub mod alarms;
/// How long clearance takes.
pub mod clearance;
/// Who sends.
pub mod feeds;
/// One figure.
pub mod number;
/// The port as a drawing of lines.
mod outline;
/// Cross-border parcels.
pub mod parcels;
/// What waits at the release desk.
pub mod release_desk;
/// New urgent alarms, before everything else.
pub mod takeover;
/// What goes over the quay.
pub mod throughput;
/// The map of the port.
pub mod yard;

use crate::components::markup::{Markup, fill, join, text};
use crate::i18n::{Language, format};

/// A figure with what it is; its number says when it is left out, and 0 that it never is.
fn fact(label: &str, value: &str, drop: usize) -> Markup {
    let gaps = [text(&drop.to_string()), text(label), figured(value)];
    fill(
        "<div class=\"wall-fact\" data-drop=\"{}\"><dt>{}</dt><dd>{}</dd></div>",
        &gaps,
    )
}

/// A figure in words, its digits and its units apart: units are read once, digits again and again.
fn figured(words: &str) -> Markup {
    let mut parts = Vec::new();
    let is_digit = |letter: char| letter.is_ascii_digit() || ".,:−+±—".contains(letter);
    let mut rest = words;
    while let Some(first) = rest.chars().next() {
        let digits = is_digit(first);
        let end = rest
            .find(|letter| is_digit(letter) != digits)
            .unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        parts.push(if digits {
            text(part)
        } else {
            fill("<small>{}</small>", &[text(part)])
        });
        rest = after;
    }
    join(&parts)
}

/// A duration as it is published, in hours; under one hour in minutes.
fn hours(language: Language, seconds: Option<u64>) -> String {
    match seconds {
        Some(seconds) if seconds >= 3_600 => {
            format::decimal(seconds as f64 / 3_600.0) + language.choose(" h", " 小时")
        }
        other => format::duration_or_dash(language, other),
    }
}

/// What was before, with the change from it in percent where that says something.
fn before(before: f64, now: f64) -> String {
    let was = format::decimal(before);
    let change = (now - before) / before.max(1e-9) * 100.0;
    if change.abs() >= 1_000.0 {
        return was;
    }
    let sign = if change.round() > 0.0 { "+" } else { "" };
    [&was, " (", sign, &format::decimal(change.round()), " %)"].concat()
}

/// Facts below each other.
fn facts(facts: &[Markup]) -> Markup {
    fill("<dl class=\"wall-facts\">{}</dl>", &[join(facts)])
}

#[cfg(test)]
mod tests {
    use super::{before, figured, hours};
    use crate::i18n::Language;

    #[test]
    fn digits_and_units_are_told_apart() {
        let parts = |words: &str| figured(words).into_string();
        assert_eq!(parts("44 h 5 min"), "44<small> h </small>5<small> min</small>");
        assert_eq!(parts("24.2 %"), "24.2<small> %</small>");
        assert_eq!(parts("1,204"), "1,204");
        assert_eq!(parts("(+5 %)"), "<small>(</small>+5<small> %)</small>");
        assert_eq!(parts("3 天 2 小时"), "3<small> 天 </small>2<small> 小时</small>");
    }

    #[test]
    fn durations_are_in_hours_as_they_are_published() {
        assert_eq!(hours(Language::English, Some(350_604)), "97.4 h");
        assert_eq!(hours(Language::Chinese, Some(86_400)), "24 小时");
        assert_eq!(hours(Language::English, Some(3_540)), "59 min");
        assert_eq!(hours(Language::English, None), "—");
    }

    #[test]
    fn a_change_is_in_percent_unless_that_says_nothing() {
        assert_eq!(before(100.0, 112.4), "100 (+12 %)");
        assert_eq!(before(200.0, 190.0), "200 (−5 %)");
        assert_eq!(before(100.0, 100.0), "100 (0 %)");
        assert_eq!(before(2_846.0, 102_048.0), "2,846");
    }
}
