//! Keeps the display awake, where the browser can. What it offers for that is not among the interfaces that are
//! generated without unstable features, so it is called by name.

use super::stage::Stage;
use crate::components::reactive::effect;
use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// Holds the lock for as long as the wall is there. It is lost whenever the page is hidden, so each minute it is asked
/// for anew; that costs nothing while it holds.
pub fn keep_awake(stage: Stage) {
    let held = StoredValue::new_local(None::<JsValue>);
    let refused = StoredValue::new_local(Closure::<dyn FnMut(JsValue)>::new(|_| ()));
    let granted = StoredValue::new_local(Closure::<dyn FnMut(JsValue)>::new(move |lock: JsValue| {
        // A lock that comes when the wall is gone ends with it.
        if let Some(held) = held.try_update_value(|held| held.replace(lock)).flatten() {
            release(&held);
        }
    }));
    effect(move || {
        stage.minute.with(|_| ());
        let still = held.with_value(|held| {
            let released = held.as_ref().and_then(|lock| member(lock, "released"));
            released.and_then(|released| released.as_bool()) == Some(false)
        });
        if still || document().hidden() {
            return;
        }
        let asked = ask();
        if let Some(asked) = asked {
            granted.with_value(|granted| {
                refused.with_value(|refused| {
                    let _ = asked.then(granted).catch(refused);
                });
            });
        }
    });
    on_cleanup(move || {
        if let Some(lock) = held.try_update_value(Option::take).flatten() {
            release(&lock);
        }
    });
}

fn ask() -> Option<Promise> {
    let keeper = member(&window().navigator(), "wakeLock")?;
    let request: Function = member(&keeper, "request")?.dyn_into().ok()?;
    let asked = request.call1(&keeper, &JsValue::from_str("screen")).ok()?;
    asked.dyn_into().ok()
}

fn release(lock: &JsValue) {
    if let Some(release) = member(lock, "release").and_then(|release| release.dyn_into::<Function>().ok()) {
        // Its promise is always kept.
        let _ = release.call0(lock);
    }
}

/// A member of a thing of the browser, where it has it.
pub fn member(thing: &JsValue, name: &str) -> Option<JsValue> {
    let member = Reflect::get(thing, &JsValue::from_str(name)).ok()?;
    (!member.is_undefined() && !member.is_null()).then_some(member)
}
