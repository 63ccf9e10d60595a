//! What happened so far, who did it and why, and the instruction on its way to the terminal.

use crate::components::markup::{Markup, fact, fill, join, nothing, optional_fact, text};
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::desk::field_words;
use crate::i18n::{Word, format};
use shared::wire::release_desk::{Application, ApplicationState, DeskStep};

/// Every step, the latest first: what holds now is what is looked for.
pub fn steps(context: Context, there: &Application) -> Markup {
    let mut items = Vec::new();
    for step in there.steps.iter().rev() {
        items.push(one(context, step));
    }
    let gaps = [say(context.language, Word::DeskSteps), join(&items)];
    fill(
        "<section class=\"card\"><h2>{}</h2><ol class=\"desk-steps\">{}</ol></section>",
        &gaps,
    )
}

fn one(context: Context, step: &DeskStep) -> Markup {
    const STEP: &str = "<li data-action=\"{}\" data-party=\"{}\"><p><strong>{}</strong> <span class=\"quiet\">{} · {}</span></p>\
                        <p class=\"quiet\"><time>{}</time> → {}</p>{}{}</li>";
    let remark = match step.remark.as_deref() {
        Some(remark) if !remark.is_empty() => fill("<q>{}</q>", &[text(remark)]),
        _ => nothing(),
    };
    let mut corrections = Vec::new();
    for (field, before, after) in &step.corrections {
        let gaps = [
            text(&field_words(context.language, field)),
            text(if before.is_empty() { "—" } else { before }),
            text(if after.is_empty() { "—" } else { after }),
        ];
        corrections.push(fill("<li>{}: <del>{}</del> → <ins>{}</ins></li>", &gaps));
    }
    let corrections = match corrections.is_empty() {
        true => nothing(),
        false => fill("<ul class=\"desk-corrected\">{}</ul>", &[join(&corrections)]),
    };
    let gaps = [
        text(step.action.name()),
        text(step.party.name()),
        text(context.term(step.action)),
        text(&step.by),
        text(context.term(step.party)),
        text(&format::stamp(step.at)),
        text(context.term(step.state)),
        remark,
        corrections,
    ];
    fill(STEP, &gaps)
}

/// The instruction, once there is one.
pub fn instruction(context: Context, there: &Application) -> Markup {
    let Some(instruction) = &there.instruction else {
        return nothing();
    };
    let word = match instruction.state.as_str() {
        "waiting" => Word::InstructionWaiting,
        "delivered" => Word::InstructionDelivered,
        "confirmed" => Word::InstructionConfirmed,
        "rejected" => Word::InstructionRejected,
        _ => Word::InstructionCancelled,
    };
    let open = there.item.state == ApplicationState::Approved;
    let next = instruction.next_attempt_at.filter(|_| open).map(format::stamp);
    let attempts = (instruction.attempts > 0).then(|| format::whole(u64::from(instruction.attempts)));
    let by = [
        &instruction.approved_by,
        " · ",
        &format::stamp(instruction.approved_at),
    ]
    .concat();
    let confirmed = instruction.confirmed_at.map(format::stamp);
    let facts = [
        fact(context, Word::InstructionNumber, text(&instruction.id)),
        fact(context, Word::State, text(context.say(word))),
        fact(context, Word::DidApprove, text(&by)),
        optional_fact(context, Word::InstructionAttempts, attempts.as_deref()),
        optional_fact(
            context,
            Word::InstructionError,
            instruction.last_error.as_deref().filter(|_| open),
        ),
        optional_fact(context, Word::InstructionNext, next.as_deref()),
        optional_fact(context, Word::InstructionConfirmed, confirmed.as_deref()),
    ];
    let gaps = [
        text(&instruction.state),
        say(context.language, Word::NodeLoadingInstruction),
        join(&facts),
    ];
    fill(
        "<section class=\"card desk-instruction\" data-instruction=\"{}\"><h2>{}</h2><dl class=\"facts\">{}</dl></section>",
        &gaps,
    )
}
