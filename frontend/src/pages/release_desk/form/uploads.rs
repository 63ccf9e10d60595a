//! The files of a form: chosen or dropped, sent at once, each with its progress.

use super::Desk;
use crate::address::encode;
use crate::client::CallError;
use crate::components::markup::{Markup, fill, heard, join, nothing, text};
use crate::components::planted::pressed;
use crate::components::shell::say;
use crate::i18n::Word;
use crate::pages::release_desk::files::{self, Told};
use leptos::prelude::*;
use shared::wire::release_desk::DeskFile;

/// A file that is going up, or could not.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Which it is.
    pub number: u64,
    /// Its name.
    pub name: String,
    /// How much of it has gone up, in thousandths.
    pub progress: u32,
    /// Why it was not taken.
    pub wrong: Option<String>,
}

/// The files.
pub fn uploads(desk: Desk) -> AnyView {
    let context = desk.context;
    let hear = move |event: web_sys::Event| {
        if event.type_() == "click" {
            desk.out(pressed(&event).as_deref().unwrap_or_default());
            return;
        }
        for file in files::taken(&event) {
            desk.upload(&file);
        }
    };
    let markup = move || {
        let gaps = [
            say(context.language, Word::DeskFiles),
            files::place(context),
            desk.markup(),
        ];
        fill("<h2>{}</h2>{}{}", &gaps)
    };
    heard(
        "card",
        markup,
        &["click", "change", "dragenter", "dragover", "dragleave", "drop"],
        Box::new(hear),
    )
}

impl Desk {
    fn markup(self) -> Markup {
        const GOING: &str = "<li data-upload=\"{}\"><span>{}</span><progress max=\"1000\" value=\"{}\" aria-label=\"{}\"></progress></li>";
        const WRONG: &str = "<li data-upload=\"{}\" class=\"wrong\"><span>{}</span><span class=\"field-error\">{}</span>\
                             <button type=\"button\" data-do=\"forget {}\" aria-label=\"{}\">×</button></li>";
        let context = self.context;
        self.sheet.look(|sheet| {
            let mut items = Vec::new();
            for upload in &sheet.uploads {
                let number = text(&upload.number.to_string());
                let name = text(&upload.name);
                items.push(match &upload.wrong {
                    None => fill(
                        GOING,
                        &[number, name.clone(), text(&upload.progress.to_string()), name],
                    ),
                    Some(wrong) => fill(
                        WRONG,
                        &[
                            number.clone(),
                            name,
                            text(wrong),
                            number,
                            say(context.language, Word::Close),
                        ],
                    ),
                });
            }
            let there = files::listed(context, &sheet.files, true);
            let going = match items.is_empty() {
                true => nothing(),
                false => fill("<ul class=\"desk-files\">{}</ul>", &[join(&items)]),
            };
            join(&[there, going])
        })
    }

    /// Takes a file out again.
    fn out(self, pressed: &str) {
        if let Some(id) = pressed.strip_prefix("detach ") {
            self.change(|sheet| sheet.files.retain(|file| file.id != id));
        }
        let number: Option<u64> = pressed
            .strip_prefix("forget ")
            .and_then(|number| number.parse().ok());
        if let Some(number) = number {
            self.change(|sheet| {
                let is_other = |upload: &Upload| upload.number != number;
                sheet.uploads.retain(is_other);
            });
        }
    }

    fn upload(self, file: &web_sys::File) {
        let context = self.context;
        let name = file.name();
        let wrong = self.sheet.peek(|sheet| {
            let going = sheet
                .uploads
                .iter()
                .filter(|upload| upload.wrong.is_none())
                .count();
            files::wrong(&name, file.size(), sheet.files.len() + going)
        });
        let number = self
            .sheet
            .peek(|sheet| sheet.uploads.last().map_or(1, |last| last.number + 1));
        self.sheet.change(|sheet| {
            sheet.uploads.push(Upload {
                number,
                name: name.clone(),
                progress: 0,
                wrong: wrong.map(|word| context.say(word).to_owned()),
            });
        });
        if wrong.is_some() {
            return;
        }
        let told = Told {
            progress: Box::new(move |share| {
                self.sheet.change(|sheet| {
                    if let Some(upload) = sheet.uploads.iter_mut().find(|upload| upload.number == number) {
                        upload.progress = (share * 1_000.0) as u32;
                    }
                });
            }),
            done: Box::new(move |answer: Result<DeskFile, CallError>| self.uploaded(number, answer)),
        };
        let path = ["/release-desk/files?name=", &encode(&name), &files::who(context)].concat();
        files::send(file, &path, told);
    }

    fn uploaded(self, number: u64, answer: Result<DeskFile, CallError>) {
        let language = self.context.language;
        self.change(|sheet| match answer {
            Ok(file) => {
                sheet.uploads.retain(|upload| upload.number != number);
                if !sheet.files.iter().any(|own| own.id == file.id) {
                    sheet.files.push(file);
                }
            }
            Err(error) => {
                let (words, detail) = error.words(language);
                let words = [words, detail.unwrap_or_default()].join(" ");
                if let Some(upload) = sheet.uploads.iter_mut().find(|upload| upload.number == number) {
                    upload.wrong = Some(words);
                }
            }
        });
    }
}
