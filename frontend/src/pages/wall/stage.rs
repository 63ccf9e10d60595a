//! The stage: the scenes lie upon each other, one of them is seen, and new urgent alarms come before all of them.

use super::awake::{keep_awake, member};
use super::frame::{foot, head, over};
use super::plan::{Plan, Scene};
use super::rotation::Rotation;
use super::scenes;
use super::shift;
use super::sizes::{Screen, type_size};
use super::takeover::Takeover;
use super::version;
use crate::client::calls;
use crate::components::bell::{begins, is_making_history};
use crate::components::block::{block, block_of};
use crate::components::markup::fill;
use crate::components::planted::find;
use crate::components::reactive::{Shared, changed_text, effect, whether};
use crate::components::shell::{part_with, written};
use crate::context::Context;
use crate::i18n::format;
use crate::live::{Answer, Connection, Followed, Message, Topic, ask, steady_ms, watch};
use crate::pages::figures::today::{OverviewData, follow_overview};
use leptos::leptos_dom::helpers::set_interval_with_handle;
use leptos::prelude::*;
use leptos::{ev, html::Div};
use shared::access::Right;
use shared::yard::Layout;
use std::sync::Arc;
use std::time::Duration;
use web_sys::HtmlElement;

/// How often the wall looks at its clock.
const BEAT: Duration = Duration::from_secs(1);
/// Every so many beats it looks whether there is another page.
const VERSION: u32 = 600;
/// Every so many beats what did not come is asked for again, whatever was wrong with it.
const WATCHED: u32 = 60;
/// Seconds of the clock of the site after which what depends on the day is asked for again.
const MOMENT: i64 = 300;
/// From when to when it is day on a wall that follows the day.
const DAY: std::ops::Range<u8> = 7..19;
/// So many letters side by side, with the edges, are wide.
const WIDE: f64 = 45.2;
/// Height of a capital in a font of size one, where the browser does not say.
const CAP: f64 = 0.7;
/// The size in which the browser is asked for it.
const PROBED: f64 = 1_000.0;

/// What the scenes share. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Stage {
    /// What surrounds it.
    pub context: Context,
    /// What the address asks for.
    pub plan: StoredValue<Plan>,
    /// Which scene is seen.
    pub rotation: Shared<Rotation>,
    /// The alarms that have the screen.
    pub takeover: Shared<Takeover>,
    /// Counts how often sizes or colours changed.
    pub resized: RwSignal<u32>,
    // Of the type in pixels of the page, and how many of it are side by side.
    size: StoredValue<(f64, f64)>,
    /// The minute at the site, told when it changes: ages are shown in minutes.
    pub minute: Memo<Option<String>>,
    /// The same every five minutes.
    pub moment: Memo<Option<String>>,
    /// The layout of the port.
    pub layout: Followed<Answer<Arc<Layout>>>,
    /// The figures of today.
    pub overview: Followed<OverviewData>,
}

/// The wall of an address.
pub fn stage(context: Context, plan: Plan) -> AnyView {
    let now = steady_ms();
    let every = move |seconds: i64| {
        let now = context.live.now.get()?;
        Some((now.0 / (seconds * 1_000)).to_string())
    };
    let query = context.call();
    let scenes = plan.scenes.clone();
    let stage = Stage {
        context,
        rotation: Shared::new(Rotation::new(scenes.len(), plan.every * 1_000.0, now)),
        plan: StoredValue::new(plan),
        takeover: Shared::new(Takeover::default()),
        resized: RwSignal::new(0),
        size: StoredValue::new((16.0, 60.0)),
        minute: changed_text(move || every(60)),
        moment: changed_text(move || every(MOMENT)),
        layout: ask(move || match context.may(Right::Yard) {
            true => calls::layout(&query),
            false => String::new(),
        }),
        overview: follow_overview(context),
    };
    let frame = NodeRef::<Div>::new();
    stage.fit_type(frame);
    stage.follow_day();
    stage.hear_alarms();
    stage.hear_keys();
    stage.beat(frame);
    keep_awake(stage);

    let mut layers = Vec::new();
    for (index, scene) in scenes.into_iter().enumerate() {
        layers.push(stage.layer(index, scene));
    }
    layers.push(scenes::takeover::takeover(stage));
    layers.push(over(stage));
    let parts = vec![
        written("contents", fill("<i class=\"wall-cap\"></i>", &[])),
        head(stage),
        block("wall-stage", layers),
        foot(stage),
    ];
    let wall = block_of("wall", Some("wall"), frame, parts);
    part_with(
        "main",
        "wall-page",
        [("id", Some("main")), ("role", None)],
        vec![wall],
    )
}

impl Stage {
    /// One scene, seen or not. All are there all the time, so that the next one has its data before it is seen.
    fn layer(self, index: usize, scene: Scene) -> AnyView {
        let node = NodeRef::<Div>::new();
        let seen = whether(move || self.rotation.look(|rotation| rotation.at == index));
        effect(move || {
            let seen = if seen.get() { "true" } else { "false" };
            if let Some(node) = node.get() {
                // A plain name is always taken.
                let _ = node.set_attribute("data-seen", seen);
            }
        });
        let inner = match scene {
            Scene::Yard => scenes::yard::yard(self, seen),
            Scene::Alarms => scenes::alarms::alarms(self),
            Scene::Clearance => scenes::clearance::clearance(self),
            Scene::Throughput => scenes::throughput::throughput(self),
            Scene::Number(figure) => scenes::number::number(self, figure),
            Scene::Feeds => scenes::feeds::feeds(self),
            Scene::Parcels => scenes::parcels::parcels(self),
            Scene::ReleaseDesk => scenes::release_desk::release_desk(self),
        };
        block_of("scene", Some(scene.name()), node, vec![inner])
    }

    /// The size of the type in pixels of the page.
    pub fn type_size(self) -> f64 {
        self.size.get_value().0
    }

    /// Whether there is room to write in one line what else takes several; the style sheet asks the same of its own.
    pub fn is_wide(self) -> bool {
        self.size.get_value().1 >= WIDE
    }

    /// Sets the size of the type, now and when the window has another size.
    fn fit_type(self, frame: NodeRef<Div>) {
        let fit = move || {
            if let Some(frame) = frame.get_untracked() {
                let (size, _) = self.plan.with_value(|plan| measured(plan, &frame));
                set(&frame, "--wall-type", &pixels(size));
                self.size
                    .set_value((size, f64::from(frame.client_width()) / size));
                self.resized.update(|times| *times = times.wrapping_add(1));
            }
        };
        effect(move || {
            if frame.get().is_some() {
                fit();
            }
        });
        let resized = window_event_listener(ev::resize, move |_| fit());
        on_cleanup(move || resized.remove());
    }

    /// Light by day and dark by night, where the address asks for that.
    fn follow_day(self) {
        let query = self.context.address.query_now();
        if query.get("theme") != Some("day-night") {
            return;
        }
        let day = whether(move || {
            self.minute.with(|_| ());
            let now = self.context.live.now.get_untracked();
            let clock = now.map(|now| format::hour_minute(self.context.sites.local(now)));
            let hour = clock.and_then(|clock| clock.get(..2)?.parse::<u8>().ok());
            hour.is_none_or(|hour| DAY.contains(&hour))
        });
        effect(move || {
            let theme = if day.get() { "light" } else { "dark" };
            if let Some(root) = document().document_element() {
                // A plain name is always taken.
                let _ = root.set_attribute("data-theme", theme);
            }
            self.resized.update(|times| *times = times.wrapping_add(1));
        });
    }

    fn hear_alarms(self) {
        let context = self.context;
        let moment = self.plan.with_value(|plan| plan.takeover * 1_000.0);
        let site = context.address.parameter("site");
        effect(move || {
            let live = context.live.connection.get() == Connection::Live;
            self.takeover
                .alter(|takeover| takeover.connected(live, steady_ms()));
        });
        watch(context.live, &[Topic::Alarms], move |message| {
            let Some(Message::Alarm(alarm)) = message else {
                return;
            };
            let elsewhere = site.get_untracked().is_some_and(|site| site != alarm.site);
            if elsewhere || is_making_history(context.sites, &alarm.site) {
                return;
            }
            let known_for = context
                .live
                .time()
                .map_or(0, |now| now.0 - alarm.recorded_at.at.0);
            let times = (moment, steady_ms());
            self.takeover
                .alter(|takeover| takeover.hear(alarm, begins(alarm), known_for, times));
        });
    }

    /// Whoever plugs in a keyboard can let a scene stand and step through all.
    fn hear_keys(self) {
        let keys = window_event_listener(ev::keydown, move |event| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            let now = steady_ms();
            let turn = |by| {
                self.takeover.change(Takeover::end);
                self.rotation.change(|rotation| rotation.turn(by, now));
            };
            match event.key().as_str() {
                " " => drop(self.rotation.change(|rotation| rotation.stand(now))),
                "ArrowRight" | "ArrowDown" => turn(1),
                "ArrowLeft" | "ArrowUp" => turn(-1),
                "f" | "F" => fill_screen(),
                _ => return,
            }
            event.prevent_default();
        });
        on_cleanup(move || keys.remove());
    }

    /// Everything that comes with time, by one timer.
    fn beat(self, frame: NodeRef<Div>) {
        let beats = StoredValue::new(0_u32);
        let live = StoredValue::new(true);
        let beat = move || {
            let Some(count) = beats.try_update_value(|beats| {
                *beats = beats.wrapping_add(1);
                *beats
            }) else {
                return;
            };
            let now = steady_ms();
            if self.takeover.peek(Takeover::has_screen) {
                self.takeover.alter(|takeover| takeover.beat(now));
                self.rotation.alter(|rotation| rotation.hold(now));
            } else {
                self.rotation.alter(|rotation| rotation.beat(now));
            }
            let is_live = self.context.live.connection.get_untracked() == Connection::Live;
            let came_back = is_live && !live.get_value();
            live.set_value(is_live);
            if came_back || count % VERSION == 0 {
                version::look();
            }
            if count % WATCHED == 0 {
                self.ask_again();
                if let Some(frame) = frame.get_untracked() {
                    let (x, y) = shift::place(i64::from(count / WATCHED));
                    set(&frame, "--shift-x", &x.to_string());
                    set(&frame, "--shift-y", &y.to_string());
                }
            }
        };
        match set_interval_with_handle(beat, BEAT) {
            Ok(handle) => on_cleanup(move || handle.clear()),
            Err(error) => leptos::logging::warn!("the wall has no clock: {error:?}"),
        }
    }

    /// What did not come, or holds for another day, is asked for again: nobody is there to do it.
    fn ask_again(self) {
        for core in [self.layout.core(), self.overview.core()] {
            if core.is_wanting() {
                core.reload();
            }
        }
        let today = self
            .overview
            .with_untracked(|data| Some(format::date(data?.0.today)));
        let now = self.context.live.now.get_untracked();
        let day = now.map(|now| untrack(|| format::date(self.context.sites.local(now))));
        if day > today && today.is_some() {
            self.overview.reload();
        }
    }
}

/// The size of the type in pixels of the page and whether that is enough, for a part of the page that fills its window.
pub fn measured(plan: &Plan, frame: &HtmlElement) -> (f64, bool) {
    let window = (f64::from(frame.client_width()), f64::from(frame.client_height()));
    type_size(
        screen_of(plan, window).smallest(plan.distance, cap_of(frame)),
        window,
    )
}

/// The screen; a window is never larger.
pub fn screen_of(plan: &Plan, (width, height): (f64, f64)) -> Screen {
    let screen = member(&window(), "screen");
    let length = |name: &str| {
        let length = screen.as_ref().and_then(|screen| member(screen, name)?.as_f64());
        length.unwrap_or_default()
    };
    Screen {
        width: length("width").max(width),
        height: length("height").max(height),
        inches: plan.screen,
        scale: plan.scale,
    }
}

/// Height of a capital in the page's font at size one, as the browser knows it.
pub fn cap_of(frame: &HtmlElement) -> f64 {
    let probe = find::<HtmlElement>(frame, ".wall-cap");
    let height = probe.map_or(0.0, |probe| probe.get_bounding_client_rect().height() / PROBED);
    if (0.4..1.0).contains(&height) { height } else { CAP }
}

/// Sets a property of the wall's style sheet.
pub fn set(element: &HtmlElement, name: &str, value: &str) {
    // A plain name is always taken.
    let _ = element.style().set_property(name, value);
}

/// A length as a style sheet reads it, never less than it is.
pub fn pixels(length: f64) -> String {
    let tenths = (length * 10.0).ceil() as u32;
    [&(tenths / 10).to_string(), ".", &(tenths % 10).to_string(), "px"].concat()
}

/// The whole screen, or no longer. A browser that refuses stays as it is.
fn fill_screen() {
    let document = document();
    if document.fullscreen_element().is_some() {
        document.exit_fullscreen();
    } else if let Some(root) = document.document_element() {
        let _ = root.request_fullscreen();
    }
}
