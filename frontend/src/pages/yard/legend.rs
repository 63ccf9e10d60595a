//! What the colours mean, with how many boxes have each. A click shows only those.

use super::looks::Looks;
use crate::components::markup::{Markup, fill, heard, join, nothing, text};
use crate::components::planted::pressed;
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::Followed;
use crate::yard_map::classes::{count, words};
use crate::yard_map::palette::{Class, ColourBy, Only};
use crate::yard_map::states::Yard;
use leptos::prelude::*;
use shared::yard::Block;

/// The legend of a yard under what the colours mean.
pub fn legend(context: Context, yard: Followed<Yard>, looks: Looks) -> AnyView {
    let by = context.address.parameter("colour");
    let only = context.address.parameter("only");
    let markup = move || {
        let by = ColourBy::of(by.get().as_deref());
        let only = Only::of(only.get().as_deref());
        let entries = yard.with(|yard| yard.map(|yard| entries(context, yard, by, &only)));
        let heat = if by == ColourBy::Moves {
            heat(context, yard, looks)
        } else {
            nothing()
        };
        join(&[entries.unwrap_or_default(), heat])
    };
    let hear = move |event: web_sys::Event| {
        if let Some(token) = pressed(&event) {
            let only = Only::of(only.get_untracked().as_deref()).toggled(&token);
            context.address.replace(&[("only", only.as_deref())]);
        }
    };
    heard("", markup, &["click"], Box::new(hear))
}

fn entries(context: Context, yard: &Yard, by: ColourBy, only: &Only) -> Markup {
    const ENTRY: &str = "<li><button type=\"button\" data-do=\"{}\" aria-pressed=\"{}\" class=\"{}\">\
                         <span class=\"swatch\" data-class=\"{}\"></span>{} <strong>{}</strong></button></li>";
    let mut entries = Vec::new();
    for (class, count) in count(&yard.histogram, by) {
        let token = text(class.token());
        let (words, count) = (text(words(context, class)), text(&format::whole(count)));
        if class == Class::Empty {
            let gaps = [token, words, count];
            entries.push(fill(
                "<li><span class=\"swatch\" data-class=\"{}\"></span>{} <strong>{}</strong></li>",
                &gaps,
            ));
            continue;
        }
        let pressed = text(if only.names(class) { "true" } else { "false" });
        let faint = text(if only.has(class) { "" } else { "faint" });
        entries.push(fill(ENTRY, &[token.clone(), pressed, faint, token, words, count]));
    }
    if yard.elsewhere > 0 {
        let words = context.fill(Word::BoxesElsewhere, format::whole(yard.elsewhere));
        entries.push(fill("<li>{}</li>", &[text(&words)]));
    }
    let gaps = [say(context.language, Word::ShowOnly), join(&entries)];
    fill("<ul class=\"legend\" aria-label=\"{}\">{}</ul>", &gaps)
}

/// The blocks in which most was moved.
fn heat(context: Context, yard: Followed<Yard>, looks: Looks) -> Markup {
    let names = yard.with(|yard| {
        let blocks = yard.map(|yard| yard.layout.blocks()).unwrap_or_default();
        looks.heat.look(|heat| most(heat, blocks))
    });
    let mut links = Vec::new();
    for name in names {
        let href = context.address.link_with("block", Some(&name));
        links.push(fill("<a href=\"{}\">{}</a> ", &[text(&href), text(&name)]));
    }
    let words = if links.is_empty() {
        Word::NothingMoved
    } else {
        Word::MostMoved
    };
    let gaps = [say(context.language, words), join(&links)];
    fill("<p class=\"hot\"><span class=\"scale\"></span>{} {}</p>", &gaps)
}

/// The names of the blocks in which most was moved, most first.
fn most(heat: &[f64], blocks: &[Block]) -> Vec<String> {
    const MOST: usize = 5;
    let mut left = heat.to_vec();
    let mut names = Vec::new();
    while names.len() < MOST {
        let mut hottest = (0.0, None);
        for (index, share) in left.iter().enumerate() {
            if *share > hottest.0 {
                hottest = (*share, Some(index));
            }
        }
        let Some((index, block)) = hottest.1.and_then(|index| Some((index, blocks.get(index)?))) else {
            break;
        };
        left[index] = 0.0;
        names.push(block.name.to_string());
    }
    names
}
