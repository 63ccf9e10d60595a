//! What the parts of a trail share: the box, the stay that is shown, its alarms, and the moment as of which it is shown.

use crate::client::calls;
use crate::components::markup::Markup;
use crate::components::reactive::{changed_text, effect};
use crate::context::Context;
use crate::live::{Answer, Followed, Message, Topic, watch};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use shared::time::{LocalTime, MINUTE, Time};
use shared::wire::List;
use shared::wire::alarm::Alarm;
use shared::wire::container::Container;
use shared::wire::stay::Stay;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

/// After a change the trail is asked for again, but not for every message of a burst.
const SETTLE: Duration = Duration::from_millis(250);
/// What moves no box and rings no alarm, such as a declaration, is only told by figures that changed; those of a whole
/// port change all the time, so that they are followed at this pace.
const SLOW: Duration = Duration::from_secs(10);

/// A trail that is followed.
pub type Trail = Followed<Answer<Container>>;

/// What the parts share. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Room {
    /// What surrounds the page.
    pub context: Context,
    /// The box, as it is shown.
    pub trail: Trail,
    /// Its alarms, all that are not withdrawn.
    pub alarms: Followed<Answer<List<Alarm>>>,
    /// As of which moment it is shown; `None` is now.
    pub known: Memo<Option<String>>,
    /// The stay that is shown.
    pub chosen: Memo<Option<String>>,
    /// What counts as now for all that goes on; to the minute, so that pictures stand still in between.
    pub now: RwSignal<Option<Time>>,
    /// How wide a picture may be.
    pub width: RwSignal<Option<f64>>,
}

/// The stay that the address names, else the newest.
pub fn named<'a>(container: &'a Container, name: Option<&str>) -> Option<&'a Stay> {
    let found = container.stays.iter().find(|stay| Some(stay.id.as_str()) == name);
    found.or_else(|| container.stays.first())
}

impl Room {
    /// A room around a trail.
    pub fn new(
        context: Context,
        trail: Trail,
        alarms: Followed<Answer<List<Alarm>>>,
        known: Memo<Option<String>>,
        width: RwSignal<Option<f64>>,
    ) -> Room {
        let name = context.address.parameter("stay");
        let chosen = changed_text(move || {
            let name = name.get();
            trail.with(|trail| Some(named(&trail?.0, name.as_deref())?.id.clone()))
        });
        let now = RwSignal::new(None);
        effect(move || {
            let moment = match known.get() {
                Some(known) => LocalTime::parse(&known).ok().map(|known| known.at),
                None => context
                    .live
                    .now
                    .get()
                    .map(|now| Time(now.0.div_euclid(MINUTE) * MINUTE)),
            };
            if now.get_untracked() != moment {
                now.set(moment);
            }
        });
        Room {
            context,
            trail,
            alarms,
            known,
            chosen,
            now,
            width,
        }
    }

    /// Markup of the box and the stay that is shown; nothing while there is none. Tracked.
    #[inline(never)]
    pub fn of_stay(self, show: &dyn Fn(&Container, &Stay) -> Markup) -> Markup {
        let chosen = self.chosen.get();
        self.trail.with(|trail| {
            let stay = trail.and_then(|trail| Some((&trail.0, named(&trail.0, chosen.as_deref())?)));
            stay.map_or_else(Markup::default, |(container, stay)| show(container, stay))
        })
    }

    /// As of which moment, read.
    pub fn known_time(self) -> Option<Time> {
        self.known
            .get()
            .and_then(|known| LocalTime::parse(&known).ok())
            .map(|known| known.at)
    }
}

/// Asks again when a message tells of a box, or its slot becomes empty.
pub fn follow_changes(context: Context, trail: Trail, also: Option<Followed<Answer<List<Alarm>>>>) {
    let pending: Rc<Cell<Option<TimeoutHandle>>> = Rc::default();
    let slow: Rc<RefCell<bool>> = Rc::default();
    let topics = [Topic::Alarms, Topic::Yard, Topic::Figures];
    watch(context.live, &topics, move |message| {
        let concerned = trail.with_untracked(|data| match (data, message) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(data), Some(message)) => concerns(&data.0, message),
        });
        if concerned {
            let reload = move || {
                trail.reload();
                if let Some(also) = also {
                    also.reload();
                }
            };
            let again = set_timeout_with_handle(reload, SETTLE).ok();
            if let Some(before) = pending.replace(again) {
                before.clear();
            }
        } else if matches!(message, Some(Message::Figures(_))) && !slow.replace(true) {
            let slow = slow.clone();
            let reload = move || {
                slow.replace(false);
                trail.reload();
            };
            set_timeout(reload, SLOW);
        }
    });
}

fn concerns(container: &Container, message: &Message) -> bool {
    match message {
        Message::Alarm(alarm) => alarm.container.as_ref() == Some(&container.container),
        Message::Yard(change) => {
            let slot = container.stays.first().and_then(|stay| stay.slot.as_ref());
            change
                .placed
                .iter()
                .any(|placed| placed.container == container.container)
                || slot.is_some_and(|slot| change.gone.contains(slot))
        }
        Message::Figures(_) | Message::Feed(_) | Message::Parcels(_) | Message::Application(_) => false,
    }
}

/// A trail, now or as it was known at a moment.
pub fn call(number: &str, known: Option<&str>) -> String {
    match known {
        Some(known) => calls::container_then(number, known),
        None => calls::container(number),
    }
}
