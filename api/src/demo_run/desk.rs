//! Lets the people of a simulated port work at the release desk, through the same steps as anybody.

use crate::access::Caller;
use crate::demo::clerks::{Clerks, Deed};
use crate::release_desk::view::Eye;
use crate::release_desk::{Desk, DeskError, Handed};
use crate::routes::App;
use shared::alarm::Kind;
use shared::release_desk::{Application, is_open};
use shared::time::{DAY, Time};
use shared::wire::release_desk::{
    ApplicationAction, ApplicationForm, ApplicationKind, ApplicationReason, ApplicationRequest, DeskAct,
};
use smol_str::SmolStr;
use std::sync::Arc;

/// So many boxes whose instruction is missing are looked at.
const LOOKED_AT: usize = 20;
/// Whoever missed it for longer has given up.
const MISSED_FOR: i64 = DAY;

/// Lets them do what is due.
pub(super) async fn work(app: &App, clerks: &mut Clerks, now: Time) {
    let Some(desk) = app.desk.as_deref().filter(|_| now >= clerks.next_at()) else {
        return;
    };
    let missing = match clerks.look(now) {
        true => missing(app, now),
        false => Vec::new(),
    };
    let open = open_ones(desk);
    let deeds = clerks.work(now, &missing, &open);
    if deeds.is_empty() {
        return;
    }
    for deed in deeds {
        // Others work there as well, and the port goes on: what does not fit any more is left alone.
        if let Err(error) = done(desk, deed, now).await {
            tracing::debug!(%error, "somebody at the simulated desk came too late");
        }
    }
    // Whoever is next sees it at once.
    clerks.see(now, &open_ones(desk));
}

fn open_ones(desk: &Desk) -> Vec<Arc<Application>> {
    let book = desk.book();
    book.live().filter(|live| is_open(live.state)).cloned().collect()
}

/// Boxes with an active alarm about their instruction, the oldest in front.
fn missing(app: &App, now: Time) -> Vec<SmolStr> {
    let state = app.engine.state();
    let recent = state.alarms.newest(None);
    let recent = recent.take_while(|alarm| alarm.occurrence.raised_at.plus(MISSED_FOR) > now);
    let boxes = recent.filter_map(|alarm| {
        let occurrence = &alarm.occurrence;
        let is_missing = occurrence.kind == Kind::InstructionMissing && alarm.is_active();
        let container = occurrence.about.container.as_ref()?;
        is_missing.then(|| SmolStr::new(container.text()))
    });
    let mut boxes: Vec<_> = boxes.collect();
    boxes.reverse();
    boxes.truncate(LOOKED_AT);
    boxes
}

async fn done(desk: &Desk, deed: Deed, now: Time) -> Result<(), DeskError> {
    // A demo is open to this machine, and whoever is there has every part.
    let Some(eye) = Eye::of(&Caller::anybody(None)) else {
        return Ok(());
    };
    match deed {
        Deed::Apply {
            container,
            enterprise,
            reason,
        } => {
            let handed = Handed {
                request: application(&container, reason),
                eye,
                enterprise: enterprise.into(),
                id: None,
                all_or_none: false,
            };
            hand_in(desk, handed, now).await
        }
        Deed::Act {
            id,
            by,
            action: ApplicationAction::Apply,
            ..
        } => {
            let Some(present) = desk.book().get(&id) else {
                return Ok(());
            };
            let handed = Handed {
                request: ApplicationRequest {
                    form: present.form.clone(),
                    apply: true,
                    ..ApplicationRequest::default()
                },
                eye,
                enterprise: by,
                id: Some(id.to_string()),
                all_or_none: false,
            };
            hand_in(desk, handed, now).await
        }
        Deed::Act {
            id,
            party,
            by,
            action,
            remark,
        } => {
            let act = DeskAct {
                remark: remark.to_owned(),
                ..DeskAct::default()
            };
            let acted = desk.write(move |desk| {
                desk.tell_time(now);
                desk.act(&eye, &id, (party, &by), action, &act)
            });
            acted.await.map(drop)
        }
    }
}

fn application(container: &str, reason: ApplicationReason) -> ApplicationRequest {
    ApplicationRequest {
        form: ApplicationForm {
            kind: Some(ApplicationKind::MissingInstruction),
            reason: Some(reason),
            containers: vec![container.to_owned()],
            ..ApplicationForm::default()
        },
        apply: true,
        ..ApplicationRequest::default()
    }
}

async fn hand_in(desk: &Desk, handed: Handed, now: Time) -> Result<(), DeskError> {
    let handed_in = desk.write(move |desk| {
        desk.tell_time(now);
        desk.hand_in(&handed)
    });
    let handed_in = handed_in.await?;
    for error in handed_in.errors {
        tracing::debug!(field = %error.field, message = %error.message, "an application of the simulated port is not complete");
    }
    Ok(())
}
