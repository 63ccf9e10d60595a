//! What the colours mean, with how many boxes have each.

use crate::components::markup::{Markup, fill, join, shown, text};
use crate::components::shell::say;
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
    let mut entries = Vec::new();
    for (class, count) in count(yard, by) {
        let gaps = [
            text(class.token()),
            text(words(context, class)),
            text(&format::whole(count)),
        ];
        entries.push(fill(
            "<li><span class=\"swatch\" data-class=\"{}\"></span>{} <strong>{}</strong></li>",
            &gaps,
        ));
    }
    if yard.elsewhere > 0 {
        let words = context.fill(Word::BoxesElsewhere, format::whole(yard.elsewhere));
        entries.push(fill("<li>{}</li>", &[text(&words)]));
    }
    let gaps = [say(context.language, Word::ColourBy), join(&entries)];
    fill("<ul class=\"legend\" aria-label=\"{}\">{}</ul>", &gaps)
}

/// Boxes of each class, far halves of long ones left out; of the empty class the slots.
pub fn count(yard: &Yard, by: ColourBy) -> Vec<(Class, u64)> {
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

/// What a class is called.
pub fn words(context: Context, class: Class) -> &'static str {
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
