//! What the colours mean, with how many boxes have each.

use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::live::Followed;
use crate::yard_map::palette::{Class, ColourBy};
use crate::yard_map::states::Yard;
use leptos::prelude::*;
use shared::yard::SlotState;

/// The legend.
#[component]
pub fn Legend(
    /// The yard.
    yard: Followed<Yard>,
    /// What colours mean.
    by: Memo<ColourBy>,
) -> impl IntoView {
    let context = context();
    let counts = Memo::new(move |_| {
        let by = by.get();
        yard.data
            .with(|yard| yard.as_ref().map(|yard| count(yard, by)).unwrap_or_default())
    });
    let elsewhere = Memo::new(move |_| {
        yard.data
            .with(|yard| yard.as_ref().map_or(0, |yard| yard.elsewhere))
    });
    view! {
        <ul class="legend" aria-label=context.say(Word::ColourBy)>
            {move || {
                let entries = counts.get().into_iter().map(|(class, count)| view! {
                    <li>
                        <span class="swatch" data-class=class.token()></span>
                        {words(context, class)} " " <strong>{format::whole(count)}</strong>
                    </li>
                });
                entries.collect_view()
            }}
            {move || (elsewhere.get() > 0).then(|| view! {
                <li>{context.fill(Word::BoxesElsewhere, format::whole(elsewhere.get()))}</li>
            })}
        </ul>
    }
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
