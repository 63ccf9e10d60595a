//! What is found, as items of a list: each is a link.

use crate::address::Page;
use crate::components::markup::{Markup, fill, nothing, text};
use crate::components::number::unverified;
use crate::context::Context;
use crate::i18n::Word;
use crate::i18n::terms::found_field;
use shared::wire::container::Found;

/// Something to go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub markup: Markup,
}

const ITEM: &str = "<span class=\"kind\">{}</span> <strong>{}</strong> <span class=\"more\">{}</span>";

/// Pages whose name has the text in it.
pub fn pages(context: Context, wanted: &str) -> Vec<Item> {
    const PAGES: [(Page, Word); 12] = [
        (Page::Overview, Word::Overview),
        (Page::Yard, Word::Yard),
        (Page::Alarms, Word::Alarms),
        (Page::AlarmRules, Word::AlarmRules),
        (Page::AlarmPerformance, Word::AlarmPerformance),
        (Page::Clearance, Word::Clearance),
        (Page::Throughput, Word::Throughput),
        (Page::Stays, Word::Stays),
        (Page::Feeds, Word::Feeds),
        (Page::WallSetup, Word::Wall),
        (Page::Account, Word::OwnAccount),
        (Page::Access, Word::Access),
    ];
    let wanted = wanted.to_ascii_lowercase();
    let mut items = Vec::new();
    for (page, word) in &PAGES {
        let name = context.say(*word);
        if context.sees(page) && name.to_ascii_lowercase().contains(&wanted) {
            items.push(Item {
                href: context.address.link(page, &[]),
                markup: fill(ITEM, &[text(context.say(Word::PageKind)), text(name), nothing()]),
            });
        }
    }
    items
}

/// What the server found: containers lead to their trails, slots to the map.
pub fn found(context: Context, found: &[Found]) -> Vec<Item> {
    let mut items = Vec::new();
    for one in found {
        let number = Page::Container(one.container.clone());
        let is_slot = one.field == "slot";
        let href = if is_slot {
            context.address.link(&Page::Yard, &[("slot", &one.text)])
        } else {
            context.address.link(&number, &[])
        };
        let mut more = if one.field == "container" {
            nothing()
        } else {
            text(&one.container)
        };
        if !one.verified {
            more = more.then(unverified(context));
        }
        if let Some(status) = one.status {
            more = more.then(text(context.term(status)));
        }
        let kind = found_field(context.language, &one.field);
        items.push(Item {
            href,
            markup: fill(ITEM, &[text(&kind), text(&one.text), more]),
        });
    }
    items
}

/// The page with all that is found.
pub fn all(context: Context, wanted: &str) -> Item {
    let words = context.fill(Word::AllResults, wanted);
    Item {
        href: context.address.link(&Page::Containers, &[("q", wanted)]),
        markup: fill("<span class=\"kind\"></span> {}", &[text(&words)]),
    }
}
