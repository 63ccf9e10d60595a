//! What stands in a region of the map.

use super::looks::{Looks, Region};
use crate::components::markup::{Markup, fill, heard, join, nothing, text};
use crate::components::planted::pressed;
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::Followed;
use crate::yard_map::classes::{count, words};
use crate::yard_map::palette::{Class, ColourBy};
use crate::yard_map::plan::{Bounds, Place};
use crate::yard_map::states::Yard;
use leptos::prelude::*;
use shared::yard::SlotState;

/// The counts of the region, as long as there is one.
pub fn region_counts(context: Context, yard: Followed<Yard>, looks: Looks) -> AnyView {
    let markup = move || match looks.region() {
        Some(region) => yard.with(|yard| yard.map(|yard| counts(context, yard, region)).unwrap_or_default()),
        None => nothing(),
    };
    let hear = move |event: web_sys::Event| {
        if pressed(&event).is_some() {
            looks.set_region(None);
        }
    };
    heard("contents", markup, &["click"], Box::new(hear))
}

fn counts(context: Context, yard: &Yard, region: Region) -> Markup {
    const GROUP: &str = "<div><dt>{}</dt><dd>{}</dd></div>";
    let states = within(yard, region);
    let (mut boxes, mut taken, mut alarms) = (0, 0, 0);
    for (byte, number) in (0..=u8::MAX).zip(states.iter()) {
        let state = SlotState(byte);
        let number = u64::from(*number);
        taken += if state.is_taken() { number } else { 0 };
        if state.is_taken() && !state.is_far_half() {
            boxes += number;
            alarms += if state.has_alarm() { number } else { 0 };
        }
    }
    let mut groups = vec![
        fill(
            GROUP,
            &[say(context.language, Word::Boxes), text(&format::whole(boxes))],
        ),
        fill(
            GROUP,
            &[
                say(context.language, Word::SlotsTaken),
                text(&format::whole(taken)),
            ],
        ),
        fill(
            GROUP,
            &[
                say(context.language, Word::WithAlarm),
                text(&format::whole(alarms)),
            ],
        ),
    ];
    // Here a box with an alarm is counted under its kind as any other.
    let mut calm = Box::new([0_u32; 256]);
    for (byte, number) in (0..=u8::MAX).zip(states.iter()) {
        calm[usize::from(SlotState(byte).with_alarm(false).0)] += number;
    }
    for (by, word) in [
        (ColourBy::Cargo, Word::ByCargo),
        (ColourBy::Direction, Word::ByDirection),
        (ColourBy::Released, Word::ByReleased),
    ] {
        let mut parts = Vec::new();
        for (class, count) in count(&calm, by) {
            if count > 0 && !matches!(class, Class::Empty | Class::Alarm) {
                let gaps = [text(words(context, class)), text(&format::whole(count))];
                parts.push(fill("<span>{} <strong>{}</strong></span> ", &gaps));
            }
        }
        groups.push(fill(GROUP, &[say(context.language, word), join(&parts)]));
    }
    let gaps = [
        say(context.language, Word::InRegion),
        say(context.language, Word::ClearRegion),
        join(&groups),
    ];
    fill(
        "<section class=\"card region\" role=\"status\"><header><h2>{}</h2>\
         <button type=\"button\" data-do=\"clear\">{}</button></header><dl class=\"facts\">{}</dl></section>",
        &gaps,
    )
}

/// How often each state byte stands in a region; a slot lies where its middle is.
fn within(yard: &Yard, (one, other): Region) -> Box<[u32; 256]> {
    let mut histogram = Box::new([0; 256]);
    let region = Bounds::around([one, other]);
    let inside = |(x, y): (f64, f64)| {
        (region.low.0..=region.high.0).contains(&x) && (region.low.1..=region.high.1).contains(&y)
    };
    for block in yard.layout.blocks() {
        let Some(place) = Place::of(block) else {
            continue;
        };
        let bounds = place.bounds();
        let apart = bounds.high.0 < region.low.0
            || bounds.low.0 > region.high.0
            || bounds.high.1 < region.low.1
            || bounds.low.1 > region.high.1;
        let from = yard.layout.offset(&block.name).unwrap_or(0);
        let Some(states) = yard.states.get(from..from + block.slots()).filter(|_| !apart) else {
            continue;
        };
        let rows = usize::from(block.rows.max(1));
        let share = |at: usize, of: u16| (at as f64 + 0.5) / f64::from(of.max(1));
        for (stack, tiers) in states.chunks_exact(usize::from(block.tiers.max(1))).enumerate() {
            let middle = place.point(share(stack / rows, block.bays), share(stack % rows, block.rows));
            if inside(middle) {
                for state in tiers {
                    histogram[usize::from(*state)] += 1;
                }
            }
        }
    }
    histogram
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Position;
    use shared::stay::Cargo;
    use shared::yard::{Block, Designation, Layout, SlotPattern};
    use std::sync::Arc;

    #[test]
    fn a_slot_counts_where_its_middle_is() {
        let block = Block {
            name: "G01".into(),
            bays: 4,
            rows: 2,
            tiers: 2,
            designation: Designation::default(),
            outline: vec![(0.0, 0.0), (40.0, 0.0), (40.0, 10.0), (0.0, 10.0)],
        };
        let layout = Arc::new(Layout::new(SlotPattern::default(), vec![block], Vec::new()));
        let position = Position {
            epoch: String::new(),
            sequence: 0,
        };
        let mut yard = Yard::empty(layout, position);
        let state = SlotState::of(Cargo::Reefer, false, None, false);
        // The first and the last bay, both tiers of the first row.
        for index in [0, 1, 12] {
            yard.set(index, state);
        }
        let taken = |region| within(&yard, region)[usize::from(state.0)];
        assert_eq!(taken(((-1.0, -1.0), (41.0, 11.0))), 3);
        assert_eq!(taken(((6.0, 3.0), (0.0, 0.0))), 2);
        assert_eq!(taken(((0.0, 0.0), (4.0, 11.0))), 0);
        assert_eq!(taken(((100.0, 0.0), (200.0, 10.0))), 0);
    }
}
