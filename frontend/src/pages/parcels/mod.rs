//! `/parcels`: made for a peak night. What is released now and what is stuck, the same over time, the list behind every
//! figure, and one parcel with its documents side by side.

/// Releasing a parcel or sending it back.
mod act;
/// The lists behind the figures of now.
mod behind;
/// The day against the last peak day.
mod curve;
/// Documents side by side.
mod documents;
/// Figures of a period.
mod figures;
/// By platform, mode and park, and who sends.
mod groups;
/// What happened to a parcel.
mod history;
/// The list.
mod list;
/// What is live.
mod night;
/// Parcels as they are now.
pub mod now;
/// One parcel.
pub mod one;
/// What the address asks a list for.
mod query;
/// What waits, and why.
mod stuck;
/// What codes say.
mod words;

use crate::address::{Page, Query};
use crate::components::markup::{Markup, fill, join, text};
use crate::components::reactive::{changed_text, changing};
use crate::context::{Context, context};
use crate::i18n::Word;
use leptos::prelude::*;
use shared::access::Right;

/// One of the views of the page, by its name in the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    Now,
    Period,
    List,
}

impl View {
    fn name(self) -> &'static str {
        match self {
            View::Now => "",
            View::Period => "period",
            View::List => "list",
        }
    }

    /// The view of an address: one by name, else the list where something is asked of it, as the lists behind figures
    /// do.
    fn of(query: &Query) -> View {
        match query.get("view") {
            Some("period") => View::Period,
            Some("list") => View::List,
            _ if query.iter().any(|(name, _)| query::FILTERS.contains(&name)) => View::List,
            _ => View::Now,
        }
    }
}

/// Parcels.
#[inline(never)]
pub fn parcels() -> AnyView {
    let context = context();
    // Told only when another view is asked for: a filter leaves what is there in its place.
    let view = changed_text(move || Some(View::of(&context.address.query()).name().to_owned()));
    changing(move || match view.get().as_deref() {
        Some("period") => figures::figures(context),
        Some("list") if !context.may(Right::Stays) => super::not_allowed::not_allowed(context),
        Some("list") => list::list(context),
        _ => night::night(context),
    })
}

/// The title of a view, with the ways to the others.
fn head(context: Context, here: View) -> Markup {
    let views = [
        (View::Now, Word::Now),
        (View::Period, Word::ParcelsPeriod),
        (View::List, Word::AlarmList),
    ];
    let mut links = Vec::new();
    for (view, word) in views {
        if view == View::List && !context.may(Right::Stays) {
            continue;
        }
        let parameters = [("view", view.name())];
        let parameters: &[(&str, &str)] = if view == View::Now { &[] } else { &parameters };
        let href = context.address.link(&Page::Parcels, parameters);
        let current = if view == here { "page" } else { "false" };
        let gaps = [text(&href), text(current), text(context.say(word))];
        links.push(fill("<a href=\"{}\" aria-current=\"{}\">{}</a>", &gaps));
    }
    let gaps = [
        text(context.say(Word::Parcels)),
        text(context.say(Word::Parcels)),
        join(&links),
    ];
    fill(
        "<h1>{}</h1><nav class=\"choice\" aria-label=\"{}\">{}</nav>",
        &gaps,
    )
}

/// A link to a list, or the words alone for whoever may not see it.
fn listed(context: Context, href: &str, words: &str) -> Markup {
    match context.may(Right::Stays) {
        true => crate::components::markup::link(href, text(words)),
        false => text(words),
    }
}

/// The same as a cell of a table.
fn listed_number(context: Context, href: &str, words: &str) -> Markup {
    fill("<td class=\"number\">{}</td>", &[listed(context, href, words)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_behind_a_figure_is_a_list() {
        let view = |query: &str| View::of(&Query::parse(query));
        assert_eq!(view("?site=A&lang=zh&theme=dark"), View::Now);
        assert_eq!(view("?hide=peak"), View::Now);
        assert_eq!(view("?from=2026-11-11&to=2026-11-12&by=release"), View::List);
        assert_eq!(view("?missing=payment"), View::List);
        assert_eq!(view("?view=list"), View::List);
        assert_eq!(view("?view=period&from=2026-11-01&mode=1210"), View::Period);
    }
}
