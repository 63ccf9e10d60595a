//! The nodes of a stay as a table for other programs.

use crate::context::Context;
use crate::i18n::Word;
use shared::wire::container::Container;
use shared::wire::stay::Stay;

/// Marks the text as UTF-8 for spreadsheets that would take it for something else.
const MARK: &str = "\u{feff}";

/// The nodes of a stay, one a line, what is expected as well. Times are as they travel, with their offset.
pub fn nodes(context: Context, container: &Container, stay: &Stay) -> String {
    let head = [
        Word::ContainerNumber,
        Word::Site,
        Word::Stays,
        Word::Node,
        Word::Classifier,
        Word::At,
        Word::SecondsBefore,
        Word::Slot,
        Word::Source,
        Word::MessageId,
        Word::ReportsColumn,
        Word::RuleVersions,
        Word::BillOfLading,
        Word::Declarations,
    ];
    let mut text = String::from(MARK);
    line(&mut text, &head.map(|word| context.say(word)));
    let declarations = stay.declarations.join(" ");
    let mut before: Option<i64> = None;
    for node in &stay.nodes {
        let actual = node.classifier == shared::event::Classifier::Actual;
        let at = match node.date_only {
            true => crate::i18n::format::date(node.at),
            false => node.at.to_string(),
        };
        let passed = before.filter(|_| actual);
        let passed = passed.map_or_else(String::new, |before| {
            ((node.at.at.0 - before) / 1_000).to_string()
        });
        if actual {
            before = Some(node.at.at.0);
        }
        let cells = [
            container.container.as_str(),
            &stay.site,
            &stay.id,
            context.term(node.node),
            context.term(node.classifier),
            &at,
            &passed,
            node.slot.as_deref().unwrap_or_default(),
            &node.source,
            &node.id,
            &node.reports.len().to_string(),
            &node.versions.len().to_string(),
            stay.bill_of_lading.as_deref().unwrap_or_default(),
            &declarations,
        ];
        line(&mut text, &cells);
    }
    text
}

fn line(text: &mut String, cells: &[&str]) {
    for (index, one) in cells.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        cell(text, one);
    }
    text.push_str("\r\n");
}

/// One cell. What a spreadsheet would take for a formula has an apostrophe before it; a number stays one.
fn cell(text: &mut String, cell: &str) {
    const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
    const QUOTED: [char; 4] = [',', '"', '\n', '\r'];
    let is_number = cell
        .strip_prefix('-')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    let guard = cell.starts_with(FORMULA) && !is_number;
    let quoted = cell.contains(QUOTED) || cell.trim() != cell;
    if quoted {
        text.push('"');
    }
    if guard {
        text.push('\'');
    }
    for letter in cell.chars() {
        if letter == '"' {
            text.push('"');
        }
        text.push(letter);
    }
    if quoted {
        text.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(cells: &[&str]) -> String {
        let mut text = String::new();
        line(&mut text, cells);
        text
    }

    #[test]
    fn what_would_part_cells_is_quoted() {
        assert_eq!(
            written(&["a,b", "say \"no\"", "two\nlines", "plain"]),
            "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",plain\r\n"
        );
    }

    #[test]
    fn what_a_spreadsheet_would_run_is_text() {
        assert_eq!(
            written(&["=1+1", "@SUM(A1)", "+86", "＝1", "\tx"]),
            "'=1+1,'@SUM(A1),'+86,'＝1,\"'\tx\"\r\n"
        );
        assert_eq!(written(&["-3600", "-3600+A1"]), "-3600,'-3600+A1\r\n");
    }
}
