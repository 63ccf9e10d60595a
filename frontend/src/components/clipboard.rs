//! Putting a text where it can be pasted from.

use js_sys::{Function, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};

/// Copies a text, where the browser lets a page do that; hands back whether it was asked to. What stands in a field can be
/// marked and copied by hand anywhere.
pub fn copy(words: &str) -> bool {
    let member = |of: &JsValue, name: &str| {
        let member = Reflect::get(of, &JsValue::from_str(name)).ok()?;
        (!member.is_undefined() && !member.is_null()).then_some(member)
    };
    let board = member(&window().navigator(), "clipboard");
    let write = board.as_ref().and_then(|board| member(board, "writeText"));
    let write = write.and_then(|write| write.dyn_into::<Function>().ok());
    let asked = board.zip(write);
    asked.is_some_and(|(board, write)| write.call1(&board, &JsValue::from_str(words)).is_ok())
}
