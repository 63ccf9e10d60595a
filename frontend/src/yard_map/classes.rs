//! What the classes of a legend are called, and how many boxes each has.

use super::palette::{Class, ColourBy};
use crate::context::Context;
use crate::i18n::Word;
use shared::yard::SlotState;

/// How many boxes each class has, by how often each state byte is there; far halves of long ones are left out. Of the
/// empty class the slots.
pub fn count(histogram: &[u32; 256], by: ColourBy) -> Vec<(Class, u64)> {
    let mut counts: Vec<(Class, u64)> = Class::legend(by).into_iter().map(|class| (class, 0)).collect();
    for (byte, number) in (0..=u8::MAX).zip(histogram.iter()) {
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

/// A class in words.
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
