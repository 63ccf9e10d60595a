//! Writes the few bodies that the page sends. serde's writer would do it too, and bring more than all of them need.

use shared::alarm::Action;
use shared::time::LocalTime;
use shared::wire::alarm::{ActionRequest, ActionsRequest};
use std::fmt::Write as _;

/// The body of an action on an alarm.
pub fn action(request: &ActionRequest) -> String {
    let mut body = String::from("{");
    reasons(&mut body, &request.remark, request.until, &request.by);
    sequence(&mut body, request.if_sequence);
    body.push('}');
    body
}

/// The body of an action on many.
pub fn actions(request: &ActionsRequest) -> String {
    let mut body = String::from("{");
    text(&mut body, "action", name(request.action));
    reasons(&mut body, &request.remark, request.until, &request.by);
    member(&mut body, "alarms");
    body.push('[');
    for acted in &request.alarms {
        body.push_str(if body.ends_with('[') { "{" } else { ",{" });
        text(&mut body, "id", &acted.id);
        sequence(&mut body, acted.if_sequence);
        body.push('}');
    }
    body.push_str("]}");
    body
}

/// What a member of a body is.
#[derive(Clone, Copy, Debug)]
pub enum Member<'a> {
    /// A text.
    Text(&'a str),
    /// Texts.
    Texts(&'a [String]),
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Whole(u64),
    /// A whole number.
    Number(u64),
    /// What is written already.
    Written(&'a str),
    /// Nothing.
    Null,
}

/// A body of these members.
pub fn object(members: &[(&str, Member<'_>)]) -> String {
    let mut body = String::from("{");
    for (name, value) in members {
        member(&mut body, name);
        match value {
            Member::Text(text) => quote(&mut body, text),
            Member::Texts(texts) => {
                body.push('[');
                for text in *texts {
                    if !body.ends_with('[') {
                        body.push(',');
                    }
                    quote(&mut body, text);
                }
                body.push(']');
            }
            Member::Number(number) => body.push_str(&number.to_string()),
            Member::Written(written) => body.push_str(written),
            Member::Flag(yes) => body.push_str(if *yes { "true" } else { "false" }),
            Member::Whole(number) => body.push_str(&number.to_string()),
            Member::Null => body.push_str("null"),
        }
    }
    body.push('}');
    body
}

/// What a person says with an action.
fn reasons(body: &mut String, remark: &Option<String>, until: Option<LocalTime>, by: &Option<String>) {
    let until = until.map(|until| until.to_string());
    for (name, value) in [("remark", remark), ("until", &until), ("by", by)] {
        if let Some(value) = value {
            text(body, name, value);
        }
    }
}

fn sequence(body: &mut String, sequence: Option<u64>) {
    if let Some(sequence) = sequence {
        member(body, "if_sequence");
        body.push_str(&sequence.to_string());
    }
}

fn text(body: &mut String, name: &str, value: &str) {
    member(body, name);
    quote(body, value);
}

fn member(body: &mut String, name: &str) {
    if !body.ends_with('{') {
        body.push(',');
    }
    quote(body, name);
    body.push(':');
}

/// A text in quotes.
#[inline(never)]
fn quote(body: &mut String, text: &str) {
    body.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => body.extend(['\\', letter]),
            control if control < ' ' => {
                let _ = write!(body, "\\u{:04x}", u32::from(control));
            }
            letter => body.push(letter),
        }
    }
    body.push('"');
}

/// As an action travels. Those that only the system does are refused by the server, as they should be.
fn name(action: Action) -> &'static str {
    match action {
        Action::Acknowledge => "acknowledge",
        Action::Explain => "explain",
        Action::Return => "return",
        Action::Close => "close",
        Action::Shelve => "shelve",
        Action::Unshelve => "unshelve",
        Action::Suppress => "suppress",
        Action::Unsuppress => "unsuppress",
        Action::TakeOutOfService => "take_out_of_service",
        Action::ReturnToService => "return_to_service",
        Action::Raise => "raise",
        Action::Clear => "clear",
        Action::Resume => "resume",
        Action::Withdraw => "withdraw",
        Action::Reinstate => "reinstate",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, from_str, to_value};
    use shared::wire::alarm::Acted;

    const ODD: &str = "“查验”\n\"\\ \u{1}\t\u{7f}\u{1f6a2}{[,";

    fn until() -> Option<LocalTime> {
        LocalTime::parse("2022-02-23T13:14:15.25+08:00").ok()
    }

    #[test]
    fn an_action_is_written_as_serde_writes_it() {
        for request in [
            ActionRequest::default(),
            ActionRequest {
                if_sequence: Some(u64::MAX),
                ..ActionRequest::default()
            },
            ActionRequest {
                remark: Some(ODD.to_owned()),
                until: until(),
                if_sequence: Some(0),
                by: Some("{".to_owned()),
            },
        ] {
            let written: Value = from_str(&action(&request)).unwrap();
            assert_eq!(written, to_value(&request).unwrap());
        }
    }

    #[test]
    fn an_action_on_many_is_written_as_serde_writes_it() {
        let acted = |id: &str, if_sequence| Acted {
            id: id.to_owned(),
            if_sequence,
        };
        for alarms in [
            vec![],
            vec![acted("a", None)],
            vec![acted("[", Some(7)), acted(ODD, None), acted("", Some(0))],
        ] {
            for (remark, until) in [(None, None), (Some(ODD.to_owned()), until())] {
                let request = ActionsRequest {
                    action: Action::Shelve,
                    alarms: alarms.clone(),
                    by: remark.clone(),
                    remark,
                    until,
                };
                let written: Value = from_str(&actions(&request)).unwrap();
                assert_eq!(written, to_value(&request).unwrap());
            }
        }
    }

    #[test]
    fn a_body_is_written_as_serde_writes_it() {
        let texts = [ODD.to_owned(), "[".to_owned(), String::new()];
        let members = [
            ("name", Member::Text(ODD)),
            ("sites", Member::Texts(&texts)),
            ("none", Member::Texts(&[])),
            ("disabled", Member::Flag(true)),
            ("scenes", Member::Null),
        ];
        let written: Value = from_str(&object(&members)).unwrap();
        let expected =
            serde_json::json!({"name": ODD, "sites": texts, "none": [], "disabled": true, "scenes": null});
        assert_eq!(written, expected);
        assert_eq!(object(&[]), "{}");
    }

    #[test]
    fn actions_have_the_names_by_which_serde_knows_them() {
        for action in [
            Action::Acknowledge,
            Action::Explain,
            Action::Return,
            Action::Close,
            Action::Shelve,
            Action::Unshelve,
            Action::Suppress,
            Action::Unsuppress,
            Action::TakeOutOfService,
            Action::ReturnToService,
            Action::Raise,
            Action::Clear,
            Action::Resume,
            Action::Withdraw,
            Action::Reinstate,
        ] {
            assert_eq!(to_value(action).unwrap(), name(action));
        }
    }
}
