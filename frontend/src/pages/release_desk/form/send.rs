//! Handing in, saving, and what the server says to it.

use super::summary::{go_to, is_right};
use super::{Desk, Sheet, body, fields};
use crate::address::{Page, encode};
use crate::client::{CallError, Whatever, get, read, refused, send_whatever, text as call, understood};
use crate::components::kept::{remember, remembered};
use crate::components::planted::find;
use crate::components::reactive::spawn;
use crate::i18n::{Word, format};
use crate::pages::release_desk::Conflict;
use gloo_net::http::Method;
use leptos::prelude::*;
use shared::release_desk::form::tidied;
use shared::wire::release_desk::{Application, ApplicationAnswer, ApplicationState, DeskParty};
use web_sys::HtmlInputElement;

/// Whether nothing is wrong with its fields.
pub fn ready(sheet: &Sheet) -> bool {
    fields::errors(sheet).is_empty() && !sheet.form.containers.is_empty()
}

/// What is to be sent of what was asked and answered: the containers that were not taken, and with what is wrong with
/// each at its new place.
fn keep_refused(sheet: &mut Sheet, sent: &[String], answer: &ApplicationAnswer) {
    let mut left = Vec::new();
    let mut errors = Vec::new();
    for error in &answer.errors {
        let Some(number) = error
            .index
            .and_then(|index| sent.get(usize::try_from(index).ok()?))
        else {
            errors.push(error.clone());
            continue;
        };
        let at = left.iter().position(|own| own == number).unwrap_or_else(|| {
            left.push(number.clone());
            left.len() - 1
        });
        let mut error = error.clone();
        error.index = Some(at as u64);
        errors.push(error);
    }
    if answer.items.is_empty() {
        // Nothing was taken: the list stays as it is, and so do the places in it.
        sheet.errors = answer.errors.clone();
        return;
    }
    sheet.text = left.join("\n");
    sheet.form.containers = left;
    sheet.errors = errors;
    for item in &answer.items {
        if !sheet.taken.iter().any(|taken| taken.id == item.id) {
            sheet.taken.push(item.clone());
        }
    }
    sheet.request = body::new_request();
}

impl Desk {
    /// Looks whether it can be handed in, and asks once more.
    pub fn check(self) {
        if self.sending.get_untracked() {
            return;
        }
        self.failed.set(None);
        self.change(|sheet| sheet.checked = true);
        let (right, first) = self.sheet.peek(|sheet| {
            let errors = fields::errors(sheet);
            let first = errors.first().map(|error| error.field.clone());
            (is_right(self.context, sheet), first)
        });
        if right {
            self.asking.set(true);
        } else {
            go_to(first.as_deref().unwrap_or("containers"));
        }
    }

    /// Sends it: to be handed in, or to be kept as a draft.
    pub fn send(self, apply: bool) {
        if self.sending.get_untracked() {
            return;
        }
        let root = document().document_element();
        let by = match self.context.session.has_accounts() {
            true => None,
            false => {
                let field = root.and_then(|root| find::<HtmlInputElement>(&root, ".apply-form [name=by]"));
                Some(field.map_or_else(remembered, |field| field.value().trim().to_owned()))
            }
        };
        remember(by.as_deref());
        if by.is_some() {
            self.context.desk.act_for(DeskParty::Enterprise);
        }
        let (method, path, body, sent) = self.sheet.peek(|sheet| {
            let mut form = tidied(&sheet.form);
            if sheet.filled.iter().any(|filled| filled == "closing_at") {
                // What the server knows it learns anew when it changes.
                form.closing_at = None;
            }
            let body = body::request(sheet, &form, apply, by.as_deref());
            let path = "/release-desk/applications";
            match sheet.id() {
                Some(id) => (
                    Method::PUT,
                    [path, "/", &encode(id)].concat(),
                    body,
                    form.containers,
                ),
                None => (Method::POST, path.to_owned(), body, form.containers),
            }
        });
        self.failed.set(None);
        self.sending.set(true);
        spawn(async move {
            let answer = send_whatever(method, path, body).await;
            let _ = self.sending.try_set(false);
            self.answered(apply, &sent, answer);
        });
    }

    fn answered(self, apply: bool, sent: &[String], answer: Result<Whatever, CallError>) {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return drop(self.failed.try_set(Some(error))),
        };
        if answer.status == 409
            && let Ok(Conflict(Some(there))) = read(&answer.text)
        {
            // Somebody changed it meanwhile: what was typed stays, and what is sent next is about what is there now.
            let is_form = matches!(
                there.item.state,
                ApplicationState::Draft | ApplicationState::Returned
            );
            self.change(|sheet| sheet.draft = Some((there.item.id, there.item.version)));
            if let Some(again) = self.again.filter(|_| !is_form) {
                // Nothing can be handed in any more: it is shown as it is.
                again.try_run(());
            }
            return drop(self.failed.try_set(Some(CallError::Status(409))));
        }
        let told: Result<ApplicationAnswer, CallError> = match answer.status {
            200 | 201 | 207 | 422 => understood(&answer.text),
            _ => Err(refused(&answer)),
        };
        match told {
            Ok(told) if told.errors.is_empty() && !told.items.is_empty() => self.done(apply, &told),
            Ok(told) => {
                let offset = self.offset();
                self.change(|sheet| {
                    keep_refused(sheet, sent, &told);
                    fields::fill_in(sheet, offset);
                });
                if !told.items.is_empty() {
                    self.renew_version();
                }
                self.rewrite.update(|times| *times += 1);
                let first = told.errors.first().map(|error| error.field.clone());
                go_to(first.as_deref().unwrap_or("containers"));
            }
            Err(error) => {
                // A refusal of another shape, with what the server says of it.
                let error = match answer.status {
                    422 => refused(&answer),
                    _ => error,
                };
                let _ = self.failed.try_set(Some(error));
            }
        }
    }

    /// A draft of which some boxes were taken stays one for the rest, and counts on.
    fn renew_version(self) {
        let Some(id) = self.sheet.peek(|sheet| sheet.id().map(str::to_owned)) else {
            return;
        };
        spawn(async move {
            let path = ["/release-desk/applications/", &encode(&id)].concat();
            if let Ok(there) = get::<Application>(path).await {
                self.change(|sheet| sheet.draft = Some((id, there.item.version)));
            }
        });
    }

    fn done(self, apply: bool, told: &ApplicationAnswer) {
        let context = self.context;
        let address = context.address;
        let before = self.sheet.peek(|sheet| sheet.id().map(str::to_owned));
        body::forget(context.session, before.as_deref());
        let Some(first) = told.items.first() else {
            return;
        };
        if !apply {
            let at = context
                .live
                .time()
                .map(|now| format::hour_minute(untrack(|| context.sites.local(now))));
            let words = context.fill(Word::ApplySaved, at.unwrap_or_default());
            let _ = self.saved.try_set(Some(words));
            let (id, version) = (first.id.clone(), first.version);
            let is_new = before.is_none();
            // Kept under its new address, with whatever was typed meanwhile.
            self.change(|sheet| sheet.draft = Some((id, version)));
            if is_new {
                // Its own address, in place of that of a new one.
                let href = address.link(&Page::Application(first.id.clone()), &[]);
                address.go_in_place(&href);
            }
            return;
        }
        // What stood at this address as a draft is no form any more.
        if let Some(again) = self.again {
            again.try_run(());
        }
        let href = match told.items.len() + self.sheet.peek(|sheet| sheet.taken.len()) {
            1 => address.link(&Page::Application(first.id.clone()), &[]),
            _ => address.link(&Page::ReleaseDesk, &[("queue", "mine")]),
        };
        address.go(&href);
    }

    /// Deletes the draft, once that was said twice.
    pub fn delete(self) {
        let context = self.context;
        let sure = window().confirm_with_message(context.say(Word::ApplyDeleteSure));
        let Some(id) = self.sheet.peek(|sheet| sheet.id().map(str::to_owned)) else {
            return;
        };
        if sure != Ok(true) {
            return;
        }
        let path = ["/release-desk/applications/", &encode(&id)].concat();
        spawn(async move {
            match call(Method::DELETE, path, None).await {
                Ok(_) => {
                    body::forget(context.session, Some(&id));
                    let href = context.address.link(&Page::ReleaseDesk, &[("queue", "mine")]);
                    context.address.go(&href);
                }
                Err(error) => drop(self.failed.try_set(Some(error))),
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::wire::release_desk::FieldError;

    fn error(index: u64, code: &str) -> FieldError {
        FieldError {
            field: "containers".to_owned(),
            index: Some(index),
            code: code.to_owned(),
            message: String::new(),
        }
    }

    #[test]
    fn what_was_not_taken_is_marked_where_it_stands() {
        let sent = ["A".to_owned(), "B".to_owned(), "C".to_owned()];
        let mut sheet = Sheet {
            text: "A B C".to_owned(),
            ..Sheet::default()
        };
        sheet.form.containers = sent.to_vec();
        let answer = ApplicationAnswer {
            items: Vec::new(),
            errors: vec![error(2, "already_applied")],
            epoch: String::new(),
            sequence: 0,
        };
        keep_refused(&mut sheet, &sent, &answer);
        assert_eq!((sheet.form.containers.len(), sheet.text.as_str()), (3, "A B C"));
        assert_eq!(sheet.errors[0].index, Some(2));
    }
}
