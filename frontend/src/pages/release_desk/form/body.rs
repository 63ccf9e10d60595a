//! What the form sends, and what the browser keeps of it while it is being filled: nothing that was typed is lost.

use super::Sheet;
use crate::client::{Member, Mistakes, Read, member, members, object, read};
use crate::session::Session;
use leptos::prelude::window;
use serde_json::Value;
use shared::wire::release_desk::{ApplicationForm, DeskFile};

/// A form as it travels.
pub fn form(form: &ApplicationForm) -> String {
    let closing = form.closing_at.map(|at| at.to_string());
    let optional = |text: Option<&'static str>| text.map_or(Member::Null, Member::Text);
    object(&[
        ("kind", optional(form.kind.map(|kind| kind.name()))),
        ("reason", optional(form.reason.map(|reason| reason.name()))),
        ("site", Member::Text(&form.site)),
        ("containers", Member::Texts(&form.containers)),
        ("bill_of_lading", Member::Text(&form.bill_of_lading)),
        ("vessel_name", Member::Text(&form.vessel_name)),
        ("vessel_imo", Member::Text(&form.vessel_imo)),
        ("voyage", Member::Text(&form.voyage)),
        ("declaration", Member::Text(&form.declaration)),
        ("district", Member::Text(&form.district)),
        ("loading_place", Member::Text(&form.loading_place)),
        (
            "closing_at",
            closing.as_deref().map_or(Member::Null, Member::Text),
        ),
        ("remark", Member::Text(&form.remark)),
    ])
}

/// What is sent: to be handed in, or to be kept as a draft.
pub fn request(sheet: &Sheet, sent: &ApplicationForm, apply: bool, by: Option<&str>) -> String {
    let written = form(sent);
    let mut files = Vec::new();
    for file in &sheet.files {
        files.push(file.id.clone());
    }
    let mut members = vec![
        ("form", Member::Written(&written)),
        ("apply", Member::Flag(apply)),
        ("files", Member::Texts(&files)),
    ];
    if let Some((_, version)) = &sheet.draft {
        members.push(("if_version", Member::Number(*version)));
    } else {
        members.push(("request", Member::Text(&sheet.request)));
    }
    if let Some(by) = by {
        members.push(("by", Member::Text(by)));
    }
    object(&members)
}

/// What the browser keeps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kept {
    /// The form.
    pub form: ApplicationForm,
    /// The containers as they were typed.
    pub text: String,
    /// Which fields were typed into.
    pub typed: Vec<String>,
    /// The files that went up already.
    pub files: Vec<DeskFile>,
    /// The name of the request.
    pub request: String,
    /// The version of the draft that it was about; 0 of one that is new.
    pub version: u64,
}

impl Read for Kept {
    fn read(value: &Value, mistakes: &Mistakes) -> Kept {
        let own = members(value, mistakes);
        Kept {
            form: member(own, "form", mistakes),
            text: member(own, "text", mistakes),
            typed: member(own, "typed", mistakes),
            files: member(own, "files", mistakes),
            request: member(own, "request", mistakes),
            version: member(own, "version", mistakes),
        }
    }
}

fn file(file: &DeskFile) -> String {
    let at = file.at.to_string();
    object(&[
        ("id", Member::Text(&file.id)),
        ("name", Member::Text(&file.name)),
        ("media_type", Member::Text(&file.media_type)),
        ("size", Member::Number(file.size)),
        ("at", Member::Text(&at)),
        ("by", Member::Text(&file.by)),
    ])
}

/// As the browser keeps it.
pub fn written(kept: &Kept) -> String {
    let mut files = String::from("[");
    for one in &kept.files {
        if files.len() > 1 {
            files.push(',');
        }
        files.push_str(&file(one));
    }
    files.push(']');
    object(&[
        ("form", Member::Written(&form(&kept.form))),
        ("text", Member::Text(&kept.text)),
        ("typed", Member::Texts(&kept.typed)),
        ("files", Member::Written(&files)),
        ("request", Member::Text(&kept.request)),
        ("version", Member::Number(kept.version)),
    ])
}

/// For as long as the tab is open; a browser that keeps nothing only means that a reload begins anew.
fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

// Whoever signs in next at this tab finds nothing of it.
fn key(session: Session, draft: Option<&str>) -> String {
    let name = session.peek(|told| Some(told?.account.as_ref()?.name.clone()));
    [
        "quaylight.application.",
        &name.unwrap_or_default(),
        ".",
        draft.unwrap_or("new"),
    ]
    .concat()
}

/// What was kept of a form.
pub fn kept(session: Session, draft: Option<&str>) -> Option<Kept> {
    let text = storage()?.get_item(&key(session, draft)).ok()??;
    read(&text).ok()
}

/// Keeps what a form says.
pub fn keep(session: Session, draft: Option<&str>, kept: &Kept) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(&key(session, draft), &written(kept));
    }
}

/// Forgets it: the server has it now.
pub fn forget(session: Session, draft: Option<&str>) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&key(session, draft));
    }
}

/// A name that no other request has.
pub fn new_request() -> String {
    let part = || ((js_sys::Math::random() * 4_294_967_296.0) as u32).to_string();
    [part(), part(), part(), part()].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::time::LocalTime;
    use shared::wire::release_desk::{ApplicationKind, ApplicationReason, ApplicationRequest};

    fn filled() -> ApplicationForm {
        ApplicationForm {
            kind: Some(ApplicationKind::SecondProcessing),
            reason: Some(ApplicationReason::ImoDiffers),
            site: "CNTXG".to_owned(),
            containers: vec!["CSQU3054383".to_owned(), "MSKU0000010".to_owned()],
            bill_of_lading: "\"B/L\"".to_owned(),
            vessel_name: "东疆\n".to_owned(),
            closing_at: LocalTime::parse("2022-02-23T13:14:00+08:00").ok(),
            ..ApplicationForm::default()
        }
    }

    #[test]
    fn what_is_sent_is_read_by_serde_as_it_was_meant() {
        let sheet = Sheet {
            request: "one".to_owned(),
            ..Sheet::default()
        };
        for form in [ApplicationForm::default(), filled()] {
            let read: ApplicationRequest =
                serde_json::from_str(&request(&sheet, &form, true, Some("Acme"))).unwrap();
            assert_eq!(read.form, form);
            assert!(read.apply);
            assert_eq!(
                (read.by.as_deref(), read.request.as_deref(), read.if_version),
                (Some("Acme"), Some("one"), None)
            );
        }
        let draft = Sheet {
            draft: Some(("RD-1".to_owned(), 7)),
            ..Sheet::default()
        };
        let read: ApplicationRequest =
            serde_json::from_str(&request(&draft, &filled(), false, None)).unwrap();
        assert_eq!(
            (read.apply, read.if_version, read.request),
            (false, Some(7), None)
        );
    }

    #[test]
    fn what_is_kept_is_read_as_it_was() {
        let one = DeskFile {
            id: "00".to_owned(),
            name: "运抵.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            size: 7,
            at: LocalTime::parse("2022-02-23T13:14:00+08:00").unwrap(),
            by: "Acme".to_owned(),
        };
        let kept = Kept {
            form: filled(),
            text: "CSQU3054383\n???".to_owned(),
            typed: vec!["voyage".to_owned()],
            files: vec![one.clone(), one],
            request: "r".to_owned(),
            version: 7,
        };
        assert_eq!(read::<Kept>(&written(&kept)).unwrap(), kept);
    }
}
