//! Parts that change, each of one kind of closure. A view, an effect or a listener with a closure type of its
//! own is a program of its own in the wasm; boxed ones share one.

use leptos::ev::{Event, MouseEvent};
use leptos::prelude::*;
use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;

/// A closure that is run again and again. As `Box<dyn Fn…>` each would also bring code that runs it once and drops
/// it: the table of such a box leads there, so that nothing can take it out, though nothing calls it.
pub trait Make<T> {
    /// Runs it.
    fn make(&self) -> T;
}

impl<T, F: Fn() -> T> Make<T> for F {
    fn make(&self) -> T {
        self()
    }
}

/// The same for one that changes something of its own.
trait Run {
    fn run(&mut self);
}

impl<F: FnMut()> Run for F {
    fn run(&mut self) {
        self();
    }
}

/// Runs now, and again whenever something changes that it looked at.
pub fn effect(run: impl FnMut() + 'static) {
    run_boxed(Box::new(run));
}

#[inline(never)]
fn run_boxed(mut run: Box<dyn Run>) {
    Effect::new(move |_| run.run());
}

/// A part of the page that is made anew when something changes that it looked at.
pub fn changing(view: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    view_boxed(Box::new(view))
}

#[inline(never)]
fn view_boxed(view: Box<dyn Make<AnyView> + Send>) -> AnyView {
    (move || view.make()).into_any()
}

/// Whether something holds, told only when that changes.
pub fn whether(holds: impl Fn() -> bool + Send + Sync + 'static) -> Memo<bool> {
    whether_boxed(Box::new(holds))
}

#[inline(never)]
fn whether_boxed(holds: Box<dyn Make<bool> + Send + Sync>) -> Memo<bool> {
    Memo::new(move |_| holds.make())
}

/// A text, told only when it changes.
pub fn changed_text(text: impl Fn() -> Option<String> + Send + Sync + 'static) -> Memo<Option<String>> {
    changed_boxed(Box::new(text))
}

#[inline(never)]
fn changed_boxed(text: Box<dyn Make<Option<String>> + Send + Sync>) -> Memo<Option<String>> {
    Memo::new(move |_| text.make())
}

/// A value that several parts share: one kind of signal, whatever it is. Cheap to copy.
pub struct Shared<T: 'static> {
    value: StoredValue<Rc<RefCell<T>>, LocalStorage>,
    version: RwSignal<u32>,
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Shared<T> {}

impl<T> Shared<T> {
    /// Shares a value.
    pub fn new(value: T) -> Shared<T> {
        Shared {
            value: StoredValue::new_local(Rc::new(RefCell::new(value))),
            version: RwSignal::new(0),
        }
    }

    /// Looks at it; tracked.
    pub fn look<R>(self, look: impl FnOnce(&T) -> R) -> R {
        self.version.track();
        self.peek(look)
    }

    /// Looks at it once.
    pub fn peek<R>(self, look: impl FnOnce(&T) -> R) -> R {
        let value = self.value.get_value();
        let value = value.borrow();
        look(&value)
    }

    /// Changes it; hands back whether it is there still.
    pub fn change(self, change: impl FnOnce(&mut T)) -> bool {
        let Some(value) = self.value.try_get_value() else {
            return false;
        };
        change(&mut value.borrow_mut());
        changed(self.version);
        true
    }

    /// Changes it, and tells those who look at it only where the change says so.
    pub fn alter(self, change: impl FnOnce(&mut T) -> bool) {
        if let Some(value) = self.value.try_get_value() {
            let told = change(&mut value.borrow_mut());
            if told {
                changed(self.version);
            }
        }
    }

    /// Tracks it without looking.
    pub fn track(self) {
        self.version.track();
    }
}

#[inline(never)]
fn changed(version: RwSignal<u32>) {
    let _ = version.try_update(|version| *version = version.wrapping_add(1));
}

/// Does something that takes time.
pub fn spawn(task: impl Future<Output = ()> + 'static) {
    spawn_boxed(Box::pin(task));
}

#[inline(never)]
fn spawn_boxed(task: Pin<Box<dyn Future<Output = ()>>>) {
    leptos::task::spawn_local(task);
}

/// What a button does.
pub type Click = Box<dyn FnMut(MouseEvent)>;

/// What is done on a click, whatever was clicked.
pub fn on_click(mut act: impl FnMut() + 'static) -> Click {
    Box::new(move |_| act())
}

/// A button.
#[inline(never)]
pub fn button(class: &'static str, label: &'static str, words: &'static str, click: Click) -> AnyView {
    // Words that stand on the button name it; a sign on it needs a name of its own.
    let label = (!label.is_empty()).then_some(label);
    view! { <button type="button" class=class aria-label=label on:click=click>{words}</button> }.into_any()
}

/// A part that can be opened; what is in it is made when it is.
pub fn opening(summary: String, inner: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    opening_boxed(summary, Box::new(inner))
}

#[inline(never)]
fn opening_boxed(summary: String, inner: Box<dyn Make<AnyView> + Send>) -> AnyView {
    let open = RwSignal::new(false);
    let toggle = move |event: Event| open.set(event_target::<web_sys::Element>(&event).has_attribute("open"));
    let inner = changing(move || if open.get() { inner.make() } else { ().into_any() });
    view! { <details on:toggle=toggle><summary>{summary}</summary>{inner}</details> }.into_any()
}
