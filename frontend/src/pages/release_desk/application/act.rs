//! What a person does with an application: exactly what the answer lists, one small form for what has to be said. What was
//! typed stays until it was taken.

use super::super::Conflict;
use super::Case;
use super::facts::corrections;
use crate::address::Page;
use crate::address::encode;
use crate::client::{CallError, Member, Whatever, object, read, refused, send_whatever};
use crate::components::kept::{remember, remembered};
use crate::components::markup::{Markup, fill, heard, join, nothing, text};
use crate::components::planted::{find, listen, planted, pressed};
use crate::components::reactive::{changing, effect, spawn};
use crate::components::shell::say;
use crate::components::states::{failed, failed_words};
use crate::i18n::Word;
use crate::i18n::desk::button_word;
use gloo_net::http::Method;
use leptos::prelude::*;
use shared::wire::release_desk::{Application, ApplicationAction, ApplicationState, DeskParty};
use web_sys::{HtmlElement, HtmlInputElement, HtmlTextAreaElement};

/// What was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Act(pub ApplicationAction);

/// The keys, with what they do.
pub const KEYS: [super::super::keys::Key; 6] = [
    ("a", Word::KeyApprove),
    ("r", Word::KeyReturn),
    ("q", Word::KeyAsk),
    ("c", Word::DoCorrect),
    ("x", Word::KeyRefuse),
    ("n", Word::DeskNext),
];

/// The action of a key, of those that may be done.
pub fn of_key(key: &str, offered: &[ApplicationAction]) -> Option<ApplicationAction> {
    use ApplicationAction::{
        Agree, Answer, Approve, Ask, Confirm, Correct, Refuse, Reject, Return, Withdraw,
    };
    let meant: &[ApplicationAction] = match key {
        "a" => &[Approve, Agree, Confirm],
        "r" => &[Return, Reject],
        "q" => &[Ask, Answer],
        "c" => &[Correct],
        "x" => &[Refuse, Withdraw],
        _ => return None,
    };
    meant.iter().copied().find(|action| offered.contains(action))
}

/// Whether it must be said why.
fn needs_remark(action: ApplicationAction) -> bool {
    use ApplicationAction::{Answer, Ask, Correct, Refuse, Reject, Return};
    matches!(action, Correct | Return | Ask | Answer | Refuse | Reject)
}

/// What goes on as it should.
fn is_good(action: ApplicationAction) -> bool {
    use ApplicationAction::{Agree, Answer, Approve, Confirm};
    matches!(action, Agree | Answer | Approve | Confirm)
}

/// For whom somebody acts who does this.
fn party(action: ApplicationAction, state: ApplicationState) -> DeskParty {
    use ApplicationAction::{Agree, Approve, Ask, Confirm, Correct, Refuse, Reject, Return};
    match action {
        Agree | Correct | Confirm | Reject => DeskParty::Terminal,
        Return if state == ApplicationState::Proofreading => DeskParty::Terminal,
        Return | Approve | Ask | Refuse => DeskParty::Customs,
        _ => DeskParty::Enterprise,
    }
}

/// The buttons, what came of the last, and the form of the one that was chosen.
pub fn actions(case: Case) -> AnyView {
    let context = case.context;
    let hear = move |event: web_sys::Event| {
        let action = pressed(&event).and_then(|name| ApplicationAction::from_name(&name));
        if let Some(action) = action {
            case.choose(action);
        }
    };
    let buttons = heard(
        "contents",
        move || case.look(|there| buttons(case, there)),
        &["click"],
        Box::new(hear),
    );
    let wrong = changing(move || match case.failed.get() {
        Some(error) if error.status() == Some(409) => {
            let words = context.say(Word::DeskChanged).to_owned();
            failed_words(context, words, String::new(), None)
        }
        Some(error) => failed(&error, None),
        None => ().into_any(),
    });
    let form = changing(move || match case.chosen.get() {
        Some(Act(action)) => form(case, action),
        None => ().into_any(),
    });
    vec![buttons, wrong, form].into_any()
}

fn buttons(case: Case, there: &Application) -> Markup {
    let context = case.context;
    let chosen = case.chosen.get();
    let mut buttons = Vec::new();
    for action in &there.actions {
        let Some(word) = button_word(*action) else {
            continue;
        };
        let class = if is_good(*action) { "primary" } else { "" };
        let pressed = if chosen == Some(Act(*action)) {
            "true"
        } else {
            "false"
        };
        let gaps = [
            text(class),
            text(action.name()),
            text(action.name()),
            text(pressed),
            say(context.language, word),
        ];
        buttons.push(fill(
            "<button type=\"button\" class=\"{}\" data-do=\"{}\" data-action=\"{}\" aria-expanded=\"{}\">{}</button>",
            &gaps,
        ));
    }
    if there.actions.contains(&ApplicationAction::Save) {
        let page = Page::Application(there.item.id.clone());
        let href = context.address.link(&page, &[("view", "form")]);
        let gaps = [text(&href), say(context.language, Word::DeskChange)];
        buttons.push(fill(
            "<a class=\"button primary\" data-action=\"save\" href=\"{}\">{}</a>",
            &gaps,
        ));
    }
    if buttons.is_empty() {
        return nothing();
    }
    let gaps = [say(context.language, Word::ActionColumn), join(&buttons)];
    fill(
        "<div class=\"actions desk-actions\" role=\"group\" aria-label=\"{}\">{}</div>",
        &gaps,
    )
}

fn form(case: Case, action: ApplicationAction) -> AnyView {
    const FORM: &str = "<form class=\"act desk-act\" data-form=\"{}\">{}{}<label class=\"wide\"><span>{}</span>\
                        <textarea name=\"remark\" rows=\"2\" maxlength=\"2000\" {}>{}</textarea></label>\
                        <div class=\"buttons\"><button type=\"submit\" class=\"primary\">{}</button>\
                        <button type=\"button\" data-do=\"cancel\">{}</button></div></form>";
    let context = case.context;
    let language = context.language;
    let Some(word) = button_word(action) else {
        return ().into_any();
    };
    let by = match context.session.has_accounts() {
        true => nothing(),
        false => fill(
            "<label><span>{}</span><input name=\"by\" autocomplete=\"name\" required value=\"{}\"></label>",
            &[say(language, Word::By), text(&remembered())],
        ),
    };
    let hint = match action {
        ApplicationAction::Correct => fill(
            "<p class=\"wide quiet\">{}</p>",
            &[say(language, Word::DeskCorrectHint)],
        ),
        _ => nothing(),
    };
    let needs = needs_remark(action);
    let why = match action {
        ApplicationAction::Ask => Word::DeskQuestion,
        ApplicationAction::Answer => Word::DeskAnswer,
        _ if needs => Word::RemarkNeeded,
        _ => Word::Remark,
    };
    let gaps = [
        text(action.name()),
        hint,
        by,
        say(language, why),
        text(if needs { "required" } else { "" }),
        text(&case.remark.get_value()),
        say(language, word),
        say(language, Word::Cancel),
    ];
    let ready = move |part: HtmlElement| {
        let asked = part.clone();
        let hear = move |event: web_sys::Event| {
            if event.type_() == "submit" {
                event.prevent_default();
                case.send(action, &asked);
            } else if event.type_() == "input" {
                if let Some(area) = find::<HtmlTextAreaElement>(&asked, "textarea") {
                    case.remark.set_value(area.value());
                }
            } else if pressed(&event).as_deref() == Some("cancel") {
                case.leave();
            }
        };
        listen(&part, &["submit", "click", "input"], Box::new(hear));
        let first = match action {
            // What is right already needs no word.
            action if !needs_remark(action) && context.session.has_accounts() => "[type=submit]",
            ApplicationAction::Correct => "textarea",
            _ => "input[value=\"\"], textarea",
        };
        if let Some(first) = find::<HtmlElement>(&part, first) {
            // What cannot be focused is not in sight; nothing is lost.
            let _ = first.focus();
        }
        effect(move || {
            let offered = case.look(|there| there.actions.contains(&action));
            let sending = case.sending.get();
            if let Some(button) = find::<HtmlElement>(&part, "[type=submit]") {
                let _ = button.toggle_attribute_with_force("disabled", sending || !offered);
                let word = if sending { Word::Sending } else { word };
                button.set_text_content(Some(context.say(word)));
            }
        });
    };
    planted("contents", fill(FORM, &gaps), Box::new(ready))
}

impl Case {
    /// Opens the form of an action.
    pub fn choose(self, action: ApplicationAction) {
        if self.sending.get_untracked() || button_word(action).is_none() {
            return;
        }
        self.failed.set(None);
        if self.chosen.get_untracked() != Some(Act(action)) {
            self.chosen.set(Some(Act(action)));
        }
    }

    fn leave(self) {
        self.failed.set(None);
        self.chosen.set(None);
        self.fixes.change(|fixes| fixes.clear());
        self.remark.set_value(String::new());
    }

    fn send(self, action: ApplicationAction, form: &HtmlElement) {
        let context = self.context;
        if self.sending.get_untracked() {
            return;
        }
        let version = self
            .there
            .peek(|there| there.as_ref().map(|there| (there.item.version, there.item.state)));
        let Some((version, state)) = version else {
            return;
        };
        let remark = find::<HtmlTextAreaElement>(form, "textarea").map(|area| area.value());
        let remark = remark.unwrap_or_default().trim().to_owned();
        let by = find::<HtmlInputElement>(form, "[name=by]").map(|input| input.value().trim().to_owned());
        remember(by.as_deref());
        let party = party(action, state);
        if by.is_some() {
            context.desk.act_for(party);
        }
        let fixes = match action {
            ApplicationAction::Correct => corrections(self),
            _ => Vec::new(),
        };
        let body = body(&remark, &fixes, by.as_deref(), party, version);
        let path = format!(
            "/release-desk/applications/{}/{}",
            encode(&self.id.get_value()),
            action.name()
        );
        self.sending.set(true);
        spawn(async move {
            let answer = send_whatever(Method::POST, path, body).await;
            // The page may have been left meanwhile.
            let _ = self.sending.try_set(false);
            self.answered(answer);
        });
    }

    fn answered(self, answer: Result<Whatever, CallError>) {
        let taken = answer.and_then(|answer| match answer.status {
            200..=299 => Ok(answer),
            // As it is now, where the answer says so; what was typed stays.
            409 => {
                match read::<Conflict>(&answer.text) {
                    Ok(Conflict(Some(there))) => drop(self.there.change(|known| *known = Some(there))),
                    _ => drop(self.again.try_run(())),
                }
                Err(CallError::Status(409))
            }
            _ => Err(refused(&answer)),
        });
        match taken {
            Ok(answer) => {
                if let Ok(there) = read::<Application>(&answer.text) {
                    self.there.change(|known| *known = Some(there));
                }
                let _ = self.failed.try_set(None);
                let _ = self.chosen.try_set(None);
                self.fixes.change(|fixes| fixes.clear());
                let _ = self.remark.try_set_value(String::new());
                self.again.try_run(());
            }
            Err(error) => {
                let _ = self.failed.try_set(Some(error));
            }
        }
    }
}

/// The body of an act.
fn body(
    remark: &str,
    fixes: &[(String, String)],
    by: Option<&str>,
    party: DeskParty,
    version: u64,
) -> String {
    let mut pairs = String::from("[");
    for (field, value) in fixes {
        if pairs.len() > 1 {
            pairs.push(',');
        }
        // The two texts of a pair.
        let pair = object(&[("", Member::Texts(&[field.clone(), value.clone()]))]);
        pairs.push_str(pair.trim_start_matches("{\"\":").trim_end_matches('}'));
    }
    pairs.push(']');
    let mut members = vec![
        ("remark", Member::Text(remark)),
        ("corrections", Member::Written(&pairs)),
        ("if_version", Member::Number(version)),
    ];
    if let Some(by) = by {
        members.push(("by", Member::Text(by)));
        members.push(("party", Member::Text(party.name())));
    }
    object(&members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::wire::release_desk::DeskAct;

    #[test]
    fn an_act_is_written_as_serde_reads_it() {
        let fixes = vec![
            ("voyage".to_owned(), "“2}\"018".to_owned()),
            ("district".to_owned(), "0202}".to_owned()),
        ];
        let act: DeskAct =
            serde_json::from_str(&body("why?\n", &fixes, Some("Lin"), DeskParty::Terminal, 7)).unwrap();
        assert_eq!(
            act,
            DeskAct {
                remark: "why?\n".to_owned(),
                corrections: fixes,
                by: Some("Lin".to_owned()),
                party: Some(DeskParty::Terminal),
                if_version: Some(7),
            }
        );
        let bare: DeskAct = serde_json::from_str(&body("", &[], None, DeskParty::Customs, 0)).unwrap();
        assert_eq!((bare.by, bare.party, bare.corrections), (None, None, vec![]));
    }

    #[test]
    fn a_key_does_what_may_be_done_and_nothing_else() {
        use ApplicationAction::{Approve, Ask, Confirm, Refuse, Reject, Return};
        let review = [Approve, Ask, Return, Refuse];
        assert_eq!(of_key("a", &review), Some(Approve));
        assert_eq!(of_key("r", &review), Some(Return));
        assert_eq!(of_key("x", &review), Some(Refuse));
        assert_eq!(of_key("a", &[Confirm, Reject]), Some(Confirm));
        assert_eq!(of_key("r", &[Confirm, Reject]), Some(Reject));
        assert_eq!(of_key("c", &review), None);
        assert_eq!(of_key("z", &review), None);
    }

    #[test]
    fn who_acts_follows_from_what_is_done() {
        use ApplicationAction::{Answer, Approve, Confirm, Return};
        let of = party;
        assert_eq!(of(Return, ApplicationState::Proofreading), DeskParty::Terminal);
        assert_eq!(of(Return, ApplicationState::Reviewing), DeskParty::Customs);
        assert_eq!(of(Approve, ApplicationState::Reviewing), DeskParty::Customs);
        assert_eq!(of(Confirm, ApplicationState::Approved), DeskParty::Terminal);
        assert_eq!(of(Answer, ApplicationState::Asked), DeskParty::Enterprise);
    }
}
