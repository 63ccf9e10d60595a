//! Files as proof: what is taken, told before anything is sent, and how it goes up, with its progress.

use crate::address::encode;
use crate::client::{CallError, Read, understood};
use crate::components::kept::remembered;
use crate::components::markup::{Markup, fill, join, text};
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::{Word, format};
use leptos::prelude::*;
use shared::wire::Problem;
use shared::wire::release_desk::DeskFile;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DragEvent, Event, File, FileList, HtmlInputElement, ProgressEvent, XmlHttpRequest};

/// The most that a file may have, as the server has it.
pub const MOST_BYTES: f64 = 10.0 * 1_024.0 * 1_024.0;
/// The most files of an application.
pub const MOST_FILES: usize = 20;
/// What a chooser offers.
pub const ACCEPT: &str = ".pdf,.png,.jpg,.jpeg,application/pdf,image/png,image/jpeg";

/// Why a file is not taken, as far as the page knows by itself.
pub fn wrong(name: &str, size: f64, there: usize) -> Option<Word> {
    let name = name.to_ascii_lowercase();
    let known = [".pdf", ".png", ".jpg", ".jpeg"]
        .iter()
        .any(|end| name.ends_with(end));
    if !known {
        Some(Word::FileKindWrong)
    } else if size > MOST_BYTES {
        Some(Word::FileTooLarge)
    } else if size <= 0.0 {
        Some(Word::FileEmpty)
    } else if there >= MOST_FILES {
        Some(Word::FilesTooMany)
    } else {
        None
    }
}

/// Bytes in words.
pub fn size_words(bytes: f64) -> String {
    let kilobytes = bytes / 1_024.0;
    match kilobytes {
        ..1_000.0 => [&format::decimal(kilobytes.max(0.1)), " KB"].concat(),
        _ => [&format::decimal(kilobytes / 1_024.0), " MB"].concat(),
    }
}

/// Who sends, as a parameter of a call that has no body for it; nothing where accounts say it.
pub fn who(context: Context) -> String {
    match context.session.has_accounts() {
        true => String::new(),
        false => ["&by=", &encode(&remembered())].concat(),
    }
}

/// The place where files are chosen and dropped.
pub fn place(context: Context) -> Markup {
    let gaps = [
        say(context.language, Word::FilesChoose),
        text(ACCEPT),
        say(context.language, Word::FilesLimits),
    ];
    fill(
        "<div class=\"drop\" data-part=\"drop\"><label class=\"button\"><span>{}</span>\
         <input type=\"file\" multiple accept=\"{}\" class=\"unseen\"></label><p class=\"quiet\">{}</p></div>",
        &gaps,
    )
}

/// The files of an event of such a place: chosen or dropped. Dragging over it says that they may be dropped there.
pub fn taken(event: &Event) -> Vec<File> {
    match event.type_().as_str() {
        "dragover" | "dragenter" => {
            event.prevent_default();
            mark(event, true);
            Vec::new()
        }
        "dragleave" => {
            mark(event, false);
            Vec::new()
        }
        "drop" => {
            event.prevent_default();
            mark(event, false);
            let files = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer);
            files
                .and_then(|data| data.files())
                .map(|files| list(&files))
                .unwrap_or_default()
        }
        "change" => {
            let input = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            let Some(input) = input.filter(|input| input.type_() == "file") else {
                return Vec::new();
            };
            let files = input.files().map(|files| list(&files)).unwrap_or_default();
            // The same file can be chosen again.
            input.set_value("");
            files
        }
        _ => Vec::new(),
    }
}

fn mark(event: &Event, over: bool) {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    if let Some(place) = target.and_then(|target| target.closest("[data-part=drop]").ok().flatten()) {
        // A plain name is always taken.
        let _ = place.set_attribute("data-over", if over { "true" } else { "false" });
    }
}

fn list(files: &FileList) -> Vec<File> {
    (0..files.length())
        .filter_map(|index| files.item(index))
        .collect()
}

/// What an upload tells: how much of it has gone up, from 0 to 1, and what became of it.
pub struct Told<T> {
    /// The share that has gone up.
    pub progress: Box<dyn Fn(f64)>,
    /// The answer.
    pub done: Box<dyn Fn(Result<T, CallError>)>,
}

/// Sends a file to a call. A fetch does not tell how much of a body has gone up; this can.
pub fn send<T: Read + 'static>(file: &File, path: &str, told: Told<T>) {
    let done = told.done;
    let taken = move |answer: Result<String, CallError>| done(answer.and_then(|text| understood(&text)));
    if let Err(error) = begin(file, path, told.progress, Rc::new(taken)) {
        leptos::logging::warn!("a file could not be sent: {error:?}");
    }
}

/// The listeners of an upload; they go when it has ended.
type Listeners = Rc<RefCell<Vec<Closure<dyn Fn(ProgressEvent)>>>>;

fn begin(
    file: &File,
    path: &str,
    progress: Box<dyn Fn(f64)>,
    done: Rc<dyn Fn(Result<String, CallError>)>,
) -> Result<(), JsValue> {
    let request = XmlHttpRequest::new()?;
    request.open("POST", &["/api/v1", path].concat())?;
    request.set_request_header("accept", "application/json")?;
    request.set_request_header("content-type", "application/octet-stream")?;
    let kept: Listeners = Rc::default();
    let moved = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
        if event.length_computable() && event.total() > 0.0 {
            progress(event.loaded() / event.total());
        }
    });
    request
        .upload()?
        .set_onprogress(Some(moved.as_ref().unchecked_ref()));
    let (asked, held) = (request.clone(), kept.clone());
    let ended = Closure::<dyn Fn(ProgressEvent)>::new(move |_| {
        done(answer(&asked));
        // Deferred: this very listener is among them.
        let held = held.clone();
        set_timeout(move || held.borrow_mut().clear(), std::time::Duration::ZERO);
    });
    request.set_onloadend(Some(ended.as_ref().unchecked_ref()));
    kept.borrow_mut().extend([moved, ended]);
    request.send_with_opt_blob(Some(file))
}

fn answer(request: &XmlHttpRequest) -> Result<String, CallError> {
    let status = request.status().unwrap_or(0);
    let text = request.response_text().ok().flatten().unwrap_or_default();
    match status {
        0 => Err(CallError::Network("the connection was lost".to_owned())),
        200..=299 => Ok(text),
        status => Err(match crate::client::read::<Problem>(&text) {
            Ok(problem) => CallError::Problem(Box::new(problem)),
            Err(_) => CallError::Status(status),
        }),
    }
}

/// The files of an application, each with its way to be looked at, and to be taken out where that may be done.
pub fn listed(context: Context, files: &[DeskFile], may_detach: bool) -> Markup {
    const FILE: &str = "<li data-file=\"{}\"><a href=\"/api/v1/release-desk/files/{}\" download=\"{}\">{}</a>\
                        <span class=\"quiet\">{} · {} · {}</span>{}</li>";
    let mut items = Vec::new();
    for file in files {
        let detach = match may_detach {
            true => fill(
                "<button type=\"button\" data-do=\"detach {}\" aria-label=\"{}\">×</button>",
                &[
                    text(&file.id),
                    text(&[context.say(Word::FileTakeOut), " ", &file.name].concat()),
                ],
            ),
            false => crate::components::markup::nothing(),
        };
        let gaps = [
            text(&file.id),
            text(&file.id),
            text(&file.name),
            text(&file.name),
            text(&size_words(file.size as f64)),
            text(&file.by),
            text(&format::stamp(file.at)),
            detach,
        ];
        items.push(fill(FILE, &gaps));
    }
    fill("<ul class=\"desk-files\">{}</ul>", &[join(&items)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_would_not_take_is_told_before_it_is_sent() {
        assert_eq!(wrong("proof.PDF", 1_024.0, 0), None);
        assert_eq!(wrong("proof.docx", 1_024.0, 0), Some(Word::FileKindWrong));
        assert_eq!(wrong("proof.png", MOST_BYTES + 1.0, 0), Some(Word::FileTooLarge));
        assert_eq!(wrong("proof.jpg", 0.0, 0), Some(Word::FileEmpty));
        assert_eq!(wrong("proof.jpeg", 1.0, MOST_FILES), Some(Word::FilesTooMany));
    }

    #[test]
    fn sizes_are_in_the_unit_that_says_something() {
        assert_eq!(size_words(10.0), "0.1 KB");
        assert_eq!(size_words(20_480.0), "20 KB");
        assert_eq!(size_words(MOST_BYTES), "10 MB");
    }
}
