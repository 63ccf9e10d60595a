//! What the colours mean, with how many boxes have each.

use crate::components::markup::{Markup, all, nothing, shown, tag, text};
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::Followed;
use crate::yard_map::palette::{Class, ColourBy};
use crate::yard_map::states::Yard;
use leptos::prelude::*;
use shared::yard::SlotState;

/// The legend of a yard under what the colours mean.
pub fn legend(context: Context, yard: Followed<Yard>) -> AnyView {
    let by = context.address.parameter("colour");
    shown("", move || {
        let by = ColourBy::of(by.get().as_deref());
        yard.with(|yard| yard.map(|yard| entries(context, yard, by)).unwrap_or_default())
    })
}

fn entries(context: Context, yard: &Yard, by: ColourBy) -> Markup {
    let entries = count(yard, by).into_iter().map(|(class, count)| {
        let swatch = tag(
            "span",
            &[("class", "swatch"), ("data-class", class.token())],
            nothing(),
        );
        let figure = tag("strong", &[], text(&format::whole(count)));
        tag("li", &[], all([swatch, text(words(context, class)).then(figure)]))
    });
    let elsewhere = match yard.elsewhere {
        0 => nothing(),
        boxes => tag(
            "li",
            &[],
            text(&context.fill(Word::BoxesElsewhere, format::whole(boxes))),
        ),
    };
    let list = all([all(entries), elsewhere]);
    tag(
        "ul",
        &[("class", "legend"), ("aria-label", context.say(Word::ColourBy))],
        list,
    )
}

/// Boxes of each class, far halves of long ones left out; of the empty class the slots.
fn count(yard: &Yard, by: ColourBy) -> Vec<(Class, u64)> {
    let mut counts: Vec<(Class, u64)> = Class::legend(by).into_iter().map(|class| (class, 0)).collect();
    for (byte, number) in (0..=u8::MAX).zip(yard.histogram.iter()) {
        let state = SlotState(byte);
        if *number == 0 || state.is_far_half() {
            continue;
        }
        let class = Class::of(by, state);
        if let Some((_, count)) = counts.iter_mut().find(|(other, _)| *other == class) {
            *count += u64::from(*number);
        }
    }
    counts
}

fn words(context: Context, class: Class) -> &'static str {
    match class {
        Class::Empty => context.say(Word::EmptySlot),
        Class::Cargo(cargo) => context.term(cargo),
        Class::Released(true) => context.say(Word::Released),
        Class::Released(false) => context.say(Word::NotReleased),
        Class::Direction(Some(direction)) => context.term(direction),
        Class::Direction(None) => context.say(Word::Unknown),
        Class::Calm => context.say(Word::WithoutAlarm),
        Class::Alarm => context.say(Word::WithAlarm),
    }
}
