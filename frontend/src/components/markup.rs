//! Text that becomes a part of the page as it stands: tables, facts, timelines.
//!
//! A table of text and links needs none of what a view can do, and as views every shape of row would be a
//! program of its own in the wasm: hundreds of kilobytes. So such parts are written as one text, in which
//! everything that is not ours is escaped by construction: there is no way to put text in but through
//! [`text`] and the attributes of [`tag`].

use super::planted::{Hear, find, listen};
use super::reactive::{changed_text, effect};
use crate::context::Context;
use crate::i18n::Word;
use leptos::html::Div;
use leptos::prelude::*;
use web_sys::HtmlElement;

/// A part of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markup(String);

/// Text.
#[inline(never)]
pub fn text(text: &str) -> Markup {
    let mut escaped = String::with_capacity(text.len());
    escape(text, &mut escaped);
    Markup(escaped)
}

/// Nothing.
pub fn nothing() -> Markup {
    Markup::default()
}

/// An element. Names of elements and attributes are ours, values need not be.
#[inline(never)]
pub fn tag(name: &'static str, attributes: &[(&'static str, &str)], inner: Markup) -> Markup {
    let mut markup = String::with_capacity(inner.0.len() + 32);
    markup.push('<');
    markup.push_str(name);
    for (name, value) in attributes {
        markup.push(' ');
        markup.push_str(name);
        markup.push_str("=\"");
        escape(value, &mut markup);
        markup.push('"');
    }
    markup.push('>');
    markup.push_str(&inner.0);
    markup.push_str("</");
    markup.push_str(name);
    markup.push('>');
    Markup(markup)
}

/// A link of ours.
pub fn link(href: &str, inner: Markup) -> Markup {
    tag("a", &[("href", href)], inner)
}

/// Parts behind each other.
pub fn all(parts: impl IntoIterator<Item = Markup>) -> Markup {
    let mut all = Markup::default();
    for part in parts {
        all.push(part);
    }
    all
}

/// The same of parts that are all there: one program, however many they are.
#[inline(never)]
pub fn join(parts: &[Markup]) -> Markup {
    let mut all = String::new();
    for part in parts {
        all.push_str(&part.0);
    }
    Markup(all)
}

/// A pattern of ours with its gaps (`{}`) filled in order. What fills them is markup, and so escaped: it may stand as
/// text and inside the quotes of an attribute.
#[inline(never)]
pub fn fill(pattern: &'static str, gaps: &[Markup]) -> Markup {
    let mut filled = String::with_capacity(pattern.len() * 2);
    let mut gaps = gaps.iter();
    let mut parts = pattern.split("{}");
    filled.push_str(parts.next().unwrap_or_default());
    for part in parts {
        if let Some(gap) = gaps.next() {
            filled.push_str(&gap.0);
        }
        filled.push_str(part);
    }
    Markup(filled)
}

impl Markup {
    #[inline(never)]
    fn push(&mut self, part: Markup) {
        self.0.push_str(&part.0);
    }

    /// As it stands.
    pub fn into_string(self) -> String {
        self.0
    }

    /// With a blank and more behind it.
    #[must_use]
    #[inline(never)]
    pub fn then(mut self, more: Markup) -> Markup {
        if !more.0.is_empty() {
            self.0.push(' ');
            self.0.push_str(&more.0);
        }
        self
    }
}

fn escape(text: &str, into: &mut String) {
    for character in text.chars() {
        match character {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            other => into.push(other),
        }
    }
}

/// Options of a choice: values and their words.
pub fn options(options: &[(String, String)]) -> Markup {
    all(options
        .iter()
        .map(|(value, words)| tag("option", &[("value", value)], text(words))))
}

/// A bar of a scale from 0 to 1, from one place to another.
pub fn bar(from: f64, to: f64) -> Markup {
    let thousandths = |share: f64| ((share.clamp(0.0, 1.0) * 1_000.0) as u32).to_string();
    let attributes = [
        ("x", thousandths(from)),
        ("width", thousandths(to - from)),
        ("height", "1".to_owned()),
    ];
    let attributes = attributes.each_ref().map(|(name, value)| (*name, value.as_str()));
    let frame = [
        ("class", "bar-of"),
        ("viewBox", "0 0 1000 1"),
        ("preserveAspectRatio", "none"),
        ("aria-hidden", "true"),
    ];
    tag("svg", &frame, tag("rect", &attributes, nothing()))
}

/// A cell of text.
#[inline(never)]
pub fn cell(inner: Markup) -> Markup {
    tag("td", &[], inner)
}

/// A cell of a number or a duration, aligned at its end.
#[inline(never)]
pub fn number(figure: &str) -> Markup {
    tag("td", &[("class", "number")], text(figure))
}

/// A row of cells.
#[inline(never)]
pub fn row(cells: &[Markup]) -> Markup {
    tag("tr", &[], join(cells))
}

/// The head of a row that is more than text.
#[inline(never)]
pub fn head_cell(inner: Markup) -> Markup {
    tag("th", &[("scope", "row")], inner)
}

/// A cell of a number that leads somewhere.
#[inline(never)]
pub fn linked_number(href: &str, figure: &str) -> Markup {
    tag("td", &[("class", "number")], link(href, text(figure)))
}

/// The head of a row.
#[inline(never)]
pub fn row_head(words: &str) -> Markup {
    tag("th", &[("scope", "row")], text(words))
}

/// A table that can be scrolled sideways. A column is its words and whether it holds numbers.
#[inline(never)]
pub fn table(context: Context, label: Word, columns: &[(Word, bool)], rows: Markup) -> Markup {
    let heads: Vec<(String, bool)> = columns
        .iter()
        .map(|(word, is_number)| (context.say(*word).to_owned(), *is_number))
        .collect();
    table_of(context.say(label), &heads, rows)
}

/// The same with heads that are more than a word.
pub fn table_of(label: &str, columns: &[(String, bool)], rows: Markup) -> Markup {
    let heads = all(columns.iter().map(|(words, is_number)| {
        let class = if *is_number { "number" } else { "" };
        tag("th", &[("scope", "col"), ("class", class)], text(words))
    }));
    let table = tag(
        "table",
        &[("class", "data")],
        all([tag("thead", &[], tag("tr", &[], heads)), tag("tbody", &[], rows)]),
    );
    tag(
        "div",
        &[
            ("class", "scroll"),
            ("tabindex", "0"),
            ("role", "region"),
            ("aria-label", label),
        ],
        table,
    )
}

/// A fact with its name.
pub fn fact(context: Context, word: Word, value: Markup) -> Markup {
    tag(
        "div",
        &[],
        all([tag("dt", &[], text(context.say(word))), tag("dd", &[], value)]),
    )
}

/// A fact that may not be known.
pub fn optional_fact(context: Context, word: Word, value: Option<&str>) -> Markup {
    value.map_or_else(nothing, |value| fact(context, word, text(value)))
}

/// A word in a frame.
pub fn mark(words: &str, odd: bool) -> Markup {
    tag(
        "span",
        &[("class", if odd { "mark odd" } else { "mark" })],
        text(words),
    )
}

/// Shows markup, and keeps the keyboard where it was when the markup changes under it. What was opened or closed stays
/// so: a `details` with a `data-key` is the same part after the change.
pub fn shown(class: &'static str, markup: impl Fn() -> Markup + Send + Sync + 'static) -> AnyView {
    shown_text(class, changed_text(move || Some(markup().0)), None)
}

/// The same, and hears what happens in it.
pub fn heard(
    class: &'static str,
    markup: impl Fn() -> Markup + Send + Sync + 'static,
    events: &'static [&'static str],
    hear: Hear,
) -> AnyView {
    shown_text(
        class,
        changed_text(move || Some(markup().0)),
        Some((events, hear)),
    )
}

#[inline(never)]
fn shown_text(
    class: &'static str,
    markup: Memo<Option<String>>,
    mut heard: Option<(&'static [&'static str], Hear)>,
) -> AnyView {
    let node = NodeRef::<Div>::new();
    effect(move || {
        let Some(node) = node.get() else {
            return;
        };
        let focused = focused_part(&node);
        let before = turned(&node, None);
        markup.with(|markup| node.set_inner_html(markup.as_deref().unwrap_or_default()));
        turned(&node, Some(&before));
        let again = focused
            .iter()
            .find_map(|selector| find::<HtmlElement>(&node, selector));
        if let Some(part) = again {
            // What cannot be focused only means that the keyboard begins anew.
            let _ = part.focus();
        }
    });
    // Apart from the above: what an effect made goes when it runs again.
    effect(move || {
        if let Some(node) = node.get()
            && let Some((events, hear)) = heard.take()
        {
            listen(&node, events, hear);
        }
    });
    view! { <div class=class node_ref=node></div> }.into_any()
}

/// Which parts are open, by their keys; or makes them so.
fn turned(node: &web_sys::Element, before: Option<&[(String, bool)]>) -> Vec<(String, bool)> {
    let mut turned = Vec::new();
    let parts = node.get_elements_by_tag_name("details");
    for index in 0..parts.length() {
        let Some(part) = parts.item(index) else {
            continue;
        };
        let Some(key) = part.get_attribute("data-key") else {
            continue;
        };
        let open = part.has_attribute("open");
        let was = before.and_then(|before| before.iter().find(|(other, _)| *other == key));
        // A plain name is always taken.
        match was {
            Some((_, true)) if !open => drop(part.set_attribute("open", "")),
            Some((_, false)) if open => drop(part.remove_attribute("open")),
            _ => {}
        }
        turned.push((key, open));
    }
    turned
}

/// How the part that has the keyboard is found again: the first of these that is there.
fn focused_part(node: &web_sys::Element) -> Vec<String> {
    let focused = document()
        .active_element()
        .filter(|focused| node.contains(Some(focused)));
    let Some(focused) = focused else {
        return Vec::new();
    };
    let named = |part: &web_sys::Element, name: &str| {
        let value = part.get_attribute(name)?;
        Some(["[", name, "=\"", &value.replace('"', "\\\""), "\"]"].concat())
    };
    let mut selectors = Vec::new();
    for name in ["href", "data-do", "id"] {
        selectors.extend(named(&focused, name));
    }
    // A summary is found by the part that it opens.
    let around = focused.parent_element();
    let key = around.and_then(|around| named(&around, "data-key"));
    selectors.extend(key.map(|key| [&key, " > summary"].concat()));
    selectors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_in_order_and_stay_escaped() {
        let markup = fill("<a href=\"{}\">{}</a>{}", &[text("/\"x"), text("<b>")]);
        assert_eq!(markup.into_string(), "<a href=\"/&quot;x\">&lt;b&gt;</a>");
    }

    #[test]
    fn whatever_is_sent_stays_text() {
        let sent = "<img src=x onerror='alert(1)'>\"&";
        let markup = tag("td", &[("title", sent)], text(sent)).into_string();
        assert_eq!(markup.matches('<').count(), 2);
        assert_eq!(markup.matches('"').count(), 2);
        assert!(!markup.contains('\''));
        assert!(markup.contains("&lt;img") && markup.contains("&amp;"));
    }
}
