//! Elements whose size is followed.

use leptos::logging::warn;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, ResizeObserver};

/// Follows the size of an element until it is dropped.
pub struct Sized {
    observer: ResizeObserver,
    _closure: Closure<dyn FnMut()>,
}

impl Sized {
    /// Tells of each other size, and of the first.
    pub fn follow(element: &Element, tell: impl FnMut() + 'static) -> Option<Sized> {
        let closure = Closure::<dyn FnMut()>::new(tell);
        match ResizeObserver::new(closure.as_ref().unchecked_ref()) {
            Ok(observer) => {
                observer.observe(element);
                Some(Sized {
                    observer,
                    _closure: closure,
                })
            }
            Err(error) => {
                warn!("this browser cannot follow sizes: {error:?}");
                None
            }
        }
    }
}

impl Drop for Sized {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
