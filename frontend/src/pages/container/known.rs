//! What was known when: the switch to a past moment at which something was recorded.

use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::{Word, format};
use shared::time::LocalTime;
use shared::wire::container::Container;
use shared::wire::stay::Version;

/// A moment at which something was recorded, and what.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// When.
    pub at: LocalTime,
    /// The names of what was recorded.
    pub what: Vec<&'static str>,
}

/// The moments of a box, the earliest first.
pub fn moments(context: Context, container: &Container) -> Vec<Moment> {
    let mut moments: Vec<Moment> = Vec::new();
    for stay in &container.stays {
        for node in &stay.nodes {
            record(&mut moments, context.term(node.node), &node.versions);
        }
    }
    for mention in container.notes.iter().chain(&container.elsewhere) {
        record(&mut moments, context.term(mention.node), &mention.versions);
    }
    // What stands in no trail any more was known once.
    for event in &container.events {
        for version in &event.versions {
            let known = moments
                .iter()
                .any(|moment| moment.at.at == version.recorded_at.at);
            if !known {
                moments.push(Moment {
                    at: version.recorded_at,
                    what: Vec::new(),
                });
            }
        }
    }
    moments.sort_by_key(|moment| moment.at.at);
    moments
}

fn record(moments: &mut Vec<Moment>, what: &'static str, versions: &[Version]) {
    for version in versions {
        let at = version.recorded_at;
        match moments.iter_mut().find(|moment| moment.at.at == at.at) {
            Some(moment) if moment.what.contains(&what) => {}
            Some(moment) => moment.what.push(what),
            None => moments.push(Moment { at, what: vec![what] }),
        }
    }
}

/// The moments before and behind one; without one it is now.
fn beside(moments: &[Moment], known: Option<LocalTime>) -> (Option<LocalTime>, Option<LocalTime>) {
    match known {
        None => {
            // The latest moment shows what is shown now.
            let before = moments.len().checked_sub(2).and_then(|index| moments.get(index));
            (before.map(|moment| moment.at), None)
        }
        Some(known) => {
            let before = moments.iter().rev().find(|moment| moment.at.at < known.at);
            let behind = moments.iter().find(|moment| moment.at.at > known.at);
            (before.map(|moment| moment.at), behind.map(|moment| moment.at))
        }
    }
}

/// The switch, and a banner while it shows a past moment.
pub fn switch(context: Context, container: &Container, known: Option<&str>) -> Markup {
    let moments = moments(context, container);
    let at = known.and_then(|known| LocalTime::parse(known).ok());
    if moments.len() < 2 && known.is_none() {
        return nothing();
    }
    let mut options = vec![option("", known.is_none(), context.say(Word::KnownNow))];
    let listed = at.is_some_and(|at| moments.iter().any(|moment| moment.at.at == at.at));
    if let Some(at) = at.filter(|_| !listed) {
        options.push(option(&at.to_string(), true, &format::stamp(at)));
    }
    for moment in moments.iter().rev() {
        let names = moment.what.join(context.language.choose(", ", "、"));
        let mut words = format::stamp(moment.at);
        if !names.is_empty() {
            words = [words, names].join(" · ");
        }
        let chosen = at.is_some_and(|at| at.at == moment.at.at);
        options.push(option(&moment.at.to_string(), chosen, &words));
    }
    let (before, behind) = beside(&moments, at);
    let step = |word: Word, name: &str, to: Option<LocalTime>, now: bool| {
        let to = to.map(|to| to.to_string());
        if to.is_none() && !now {
            return fill(
                "<button type=\"button\" disabled>{}</button>",
                &[say(context.language, word)],
            );
        }
        let href = context.address.link_with("known", to.as_deref());
        let gaps = [text(&href), text(name), say(context.language, word)];
        fill("<a class=\"button\" href=\"{}\" data-do=\"{}\">{}</a>", &gaps)
    };
    let gaps = [
        say(context.language, Word::KnownThen),
        join(&options),
        step(Word::KnownBefore, "known-before", before, false),
        step(Word::KnownBehind, "known-behind", behind, known.is_some()),
    ];
    let switch = fill(
        "<div class=\"known-switch\"><label><span>{}</span><select data-do=\"known\">{}</select></label>{}{}</div>",
        &gaps,
    );
    let banner = match known {
        None => nothing(),
        Some(known) => {
            let words = at.map_or_else(|| known.to_owned(), format::stamp);
            let href = context.address.link_with("known", None);
            let gaps = [
                text(&context.fill(Word::KnownBanner, words)),
                text(&href),
                say(context.language, Word::BackToNow),
            ];
            fill(
                "<p class=\"known-banner\" role=\"status\"><strong>{}</strong> <a href=\"{}\">{}</a></p>",
                &gaps,
            )
        }
    };
    join(&[switch, banner])
}

fn option(value: &str, chosen: bool, words: &str) -> Markup {
    let chosen = text(if chosen { "selected" } else { "" });
    fill(
        "<option value=\"{}\" {}>{}</option>",
        &[text(value), chosen, text(words)],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(recorded: &str) -> Version {
        let recorded_at = LocalTime::parse(recorded).unwrap();
        Version {
            updated_at: None,
            at: Some(recorded_at),
            retracted: false,
            recorded_at,
            holds: true,
        }
    }

    fn some() -> Vec<Moment> {
        let mut moments = Vec::new();
        record(
            &mut moments,
            "Discharge",
            &[
                version("2022-02-23T13:00:00+08:00"),
                version("2022-02-23T15:00:00+08:00"),
            ],
        );
        record(
            &mut moments,
            "Stacked",
            &[
                version("2022-02-23T14:00:00+08:00"),
                version("2022-02-23T15:00:00+08:00"),
            ],
        );
        moments.sort_by_key(|moment| moment.at.at);
        moments
    }

    #[test]
    fn what_was_recorded_together_is_one_moment() {
        let moments = some();
        assert_eq!(moments.len(), 3);
        assert_eq!(moments[2].what, ["Discharge", "Stacked"]);
    }

    #[test]
    fn one_steps_from_moment_to_moment_and_back_to_now() {
        let moments = some();
        assert_eq!(beside(&moments, None), (Some(moments[1].at), None));
        assert_eq!(
            beside(&moments, Some(moments[1].at)),
            (Some(moments[0].at), Some(moments[2].at))
        );
        assert_eq!(beside(&moments, Some(moments[0].at)).0, None);
        assert_eq!(beside(&moments, Some(moments[2].at)).1, None);
        let between = LocalTime::parse("2022-02-23T14:30:00+08:00").unwrap();
        assert_eq!(
            beside(&moments, Some(between)),
            (Some(moments[1].at), Some(moments[2].at))
        );
    }
}
