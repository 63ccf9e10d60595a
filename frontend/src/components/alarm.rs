//! What an alarm says in words, wherever it is shown: its kind in short, what is wrong, and its state.

use crate::context::Context;
use crate::i18n::terms::Term;
use crate::i18n::{Language, Word, format};
use shared::alarm::{Kind, State};
use shared::wire::alarm::{Alarm, AlarmNode};

/// A kind in a few words, for tabs and tables.
pub fn short(language: Language, kind: Kind) -> &'static str {
    match kind {
        Kind::Overtime => language.say(Word::Overtime),
        Kind::IllegalStorage => language.say(Word::IllegalStorage),
        other => other.in_language(language),
    }
}

/// What is wrong, in short, from the fields of an alarm.
pub fn what(context: Context, alarm: &Alarm) -> String {
    let language = context.language;
    let duration = |seconds: u64| format::duration_or_dash(language, Some(seconds));
    let limit = alarm
        .limit_seconds
        .map(|seconds| format!("{} {}", context.say(Word::Limit), duration(seconds)));
    let mut parts: Vec<String> = Vec::new();
    match alarm.kind {
        Kind::IllegalStorage => {
            parts.extend(
                alarm
                    .reasons
                    .iter()
                    .map(|reason| context.term(*reason).to_owned()),
            );
        }
        Kind::ReeferTemperature => parts.extend(temperature(context, alarm)),
        Kind::ClockWrong => parts.extend(alarm.ahead_seconds.map(|ahead| format!("+{}", duration(ahead)))),
        Kind::ParcelOvertime => {
            parts.extend(alarm.park.clone());
            parts.extend(
                alarm
                    .parcels
                    .map(|parcels| context.fill(Word::ParcelsLate, parcels)),
            );
        }
        Kind::ParcelMismatchRate => {
            if let (Some(rate), Some(usual)) = (alarm.mismatch_rate, alarm.usual_rate) {
                parts.push([&format::percent(rate), " > ", &format::percent(usual)].concat());
            }
        }
        Kind::TwoPlaces | Kind::SlotTaken => {}
        _ => parts.extend(nodes(context, alarm)),
    }
    if alarm.kind != Kind::IllegalStorage {
        parts.extend(limit.filter(|_| alarm.limit_seconds != Some(0)));
    }
    for other in alarm.others.iter().take(3) {
        let same = Some(&other.container) == alarm.container.as_ref();
        let named = (!same).then_some(other.container.as_str());
        let place = other.slot.as_deref().or(other.site.as_deref());
        let words: Vec<&str> = named.into_iter().chain(place).collect();
        parts.push(words.join(" "));
    }
    parts.join(language.choose(" · ", " · "))
}

/// What a reefer is set to, what was measured, and what is allowed.
pub fn temperature(context: Context, alarm: &Alarm) -> Option<String> {
    let it = alarm.temperature?;
    let words = context.fill(Word::TemperatureIs, format::thousandths(it.measured));
    let words = words.replacen("{}", &format::thousandths(it.set), 1);
    Some(words.replacen("{}", &format::thousandths(it.band), 1))
}

fn nodes(context: Context, alarm: &Alarm) -> Option<String> {
    let name = |node: &AlarmNode| context.term(node.node);
    let took = |from: &AlarmNode, to: &AlarmNode| Some(to.at?.at.seconds_since(from.at?.at));
    match (&alarm.previous, &alarm.current) {
        (Some(from), Some(to)) => {
            let took = took(from, to).map_or_else(
                || context.say(Word::Awaited).to_owned(),
                |seconds| format::duration(context.language, seconds),
            );
            Some(format!("{} → {} {took}", name(from), name(to)))
        }
        (Some(one), None) | (None, Some(one)) => Some(name(one).to_owned()),
        (None, None) => None,
    }
}

/// The states that hold, in words.
pub fn state_words(context: Context, alarm: &Alarm) -> String {
    let states = [
        (alarm.withdrawn_at.is_some(), State::Withdrawn),
        (alarm.active, State::Active),
        (!alarm.active, State::Cleared),
        (alarm.acknowledged, State::Acknowledged),
        (!alarm.acknowledged, State::Unacknowledged),
        (alarm.closed, State::Closed),
        (alarm.shelved_until.is_some(), State::Shelved),
        (alarm.suppressed, State::Suppressed),
        (alarm.out_of_service, State::OutOfService),
    ];
    let holding = states
        .into_iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, state)| context.term(state));
    holding
        .collect::<Vec<_>>()
        .join(context.language.choose(", ", "、"))
}
