//! Two stays against each other, from a common beginning.

use super::clocks::Clock;
use crate::components::markup::{Markup, fill, join, row_head, table_of, text};
use crate::context::Context;
use crate::i18n::{Word, format};
use shared::event::Classifier;
use shared::time::Time;
use shared::wire::container::Container;
use shared::wire::stay::Stay;

/// Something that can be held against the same of another stay.
#[derive(Clone, Debug, PartialEq)]
struct Quantity {
    name: String,
    seconds: i64,
}

/// One line of a comparison.
#[derive(Clone, Debug, PartialEq)]
struct Against {
    name: String,
    first: Option<i64>,
    second: Option<i64>,
}

/// The stay of another box that is held against one: the one that was asked for, else the newest of the same direction,
/// else the newest.
pub fn other<'a>(container: &'a Container, asked: Option<&str>, to: &Stay) -> Option<&'a Stay> {
    let stays = &container.stays;
    let named = stays.iter().find(|stay| Some(stay.id.as_str()) == asked);
    let same = || {
        let fits = |stay: &&Stay| stay.direction == to.direction && stay.id != to.id;
        stays.iter().find(fits)
    };
    named
        .or_else(same)
        .or_else(|| stays.iter().find(|stay| stay.id != to.id))
}

/// When the time of a stay begins.
pub fn zero(stay: &Stay) -> Time {
    let first = || stay.nodes.iter().map(|node| node.at).min_by_key(|at| at.at);
    stay.began_at.or_else(first).map_or(Time(0), |at| at.at)
}

/// Every name of both, in the order of the first, the second's own where they come in its order.
fn join_by_name(first: Vec<Quantity>, second: Vec<Quantity>) -> Vec<Against> {
    let mut rows: Vec<Against> = Vec::new();
    for one in first {
        rows.push(Against {
            name: one.name,
            first: Some(one.seconds),
            second: None,
        });
    }
    let mut place = 0;
    for one in second {
        match rows.iter().position(|row| row.name == one.name) {
            Some(found) => {
                rows[found].second = Some(one.seconds);
                place = found + 1;
            }
            None => {
                let row = Against {
                    name: one.name,
                    first: None,
                    second: Some(one.seconds),
                };
                rows.insert(place, row);
                place += 1;
            }
        }
    }
    rows
}

/// Segments, and how long all of it took.
fn segments(context: Context, stay: &Stay) -> Vec<Quantity> {
    let mut all = Vec::new();
    let whole = |seconds: u64| i64::try_from(seconds).unwrap_or(i64::MAX);
    for segment in &stay.segments {
        all.push(Quantity {
            name: context.term(segment.name).to_owned(),
            seconds: whole(segment.seconds),
        });
    }
    if let Some(seconds) = stay.clearance_seconds {
        all.push(Quantity {
            name: context.say(Word::ClearanceTime).to_owned(),
            seconds: whole(seconds),
        });
    }
    if let (Some(began), Some(ended)) = (stay.began_at, stay.ended_at) {
        all.push(Quantity {
            name: context.say(Word::WholeStay).to_owned(),
            seconds: ended.at.seconds_since(began.at),
        });
    }
    all
}

fn steps(context: Context, clocks: &[Clock]) -> Vec<Quantity> {
    let mut all: Vec<Quantity> = Vec::new();
    for clock in clocks.iter().filter(|clock| clock.ended.is_some()) {
        all.push(Quantity {
            name: [context.term(clock.from), context.term(clock.to)].join(" → "),
            seconds: clock.seconds(clock.began.at),
        });
    }
    counted(&mut all);
    all
}

/// Nodes by how long after the beginning they came.
fn nodes(context: Context, stay: &Stay) -> Vec<Quantity> {
    let zero = zero(stay);
    let mut all = Vec::new();
    for node in stay
        .nodes
        .iter()
        .filter(|node| node.classifier == Classifier::Actual)
    {
        all.push(Quantity {
            name: context.term(node.node).to_owned(),
            seconds: node.at.at.seconds_since(zero),
        });
    }
    counted(&mut all);
    all
}

/// What comes again is told from the first by its number.
fn counted(all: &mut [Quantity]) {
    for index in (1..all.len()).rev() {
        let before = all[..index]
            .iter()
            .filter(|one| one.name == all[index].name)
            .count();
        if before > 0 {
            all[index].name = format!("{} ({})", all[index].name, before + 1);
        }
    }
}

/// The differences in tables.
pub fn tables(context: Context, first: (&Stay, &[Clock]), second: (&Stay, &[Clock])) -> Markup {
    let heads = [&first.0.container, &second.0.container];
    let parts = [
        (
            Word::Segments,
            segments(context, first.0),
            segments(context, second.0),
        ),
        (
            Word::StepsWithLimits,
            steps(context, first.1),
            steps(context, second.1),
        ),
        (
            Word::SinceBegin,
            nodes(context, first.0),
            nodes(context, second.0),
        ),
    ];
    let mut tables = Vec::new();
    for (word, ours, theirs) in parts {
        let rows = join_by_name(ours, theirs);
        if !rows.is_empty() {
            tables.push(table(context, word, heads, &rows));
        }
    }
    fill("<div class=\"differences\">{}</div>", &[join(&tables)])
}

fn table(context: Context, label: Word, heads: [&String; 2], rows: &[Against]) -> Markup {
    let columns = [
        (context.say(label).to_owned(), false),
        (heads[0].clone(), true),
        (heads[1].clone(), true),
        (context.say(Word::Difference).to_owned(), false),
    ];
    let mut lines = Vec::new();
    for row in rows {
        let told = |seconds: Option<i64>| {
            text(&seconds.map_or_else(
                || "—".to_owned(),
                |seconds| format::duration(context.language, seconds),
            ))
        };
        let gaps = [
            row_head(&row.name),
            told(row.first),
            told(row.second),
            text(sign(row)),
            text(&difference(context, row, heads)),
        ];
        lines.push(fill(
            "<tr>{}<td class=\"number\">{}</td><td class=\"number\">{}</td><td data-sign=\"{}\">{}</td></tr>",
            &gaps,
        ));
    }
    table_of(context.say(label), &columns, join(&lines))
}

fn sign(row: &Against) -> &'static str {
    match (row.first, row.second) {
        (Some(first), Some(second)) if (second - first).abs() < 60 => "same",
        (Some(first), Some(second)) if second > first => "longer",
        (Some(_), Some(_)) => "shorter",
        _ => "only",
    }
}

/// How the second differs from the first, in words.
fn difference(context: Context, row: &Against, heads: [&String; 2]) -> String {
    let (first, second) = match (row.first, row.second) {
        (Some(first), Some(second)) => (first, second),
        (Some(_), None) => return context.fill(Word::OnlyOf, heads[0]),
        (None, _) => return context.fill(Word::OnlyOf, heads[1]),
    };
    let by = format::duration(context.language, (second - first).abs());
    match sign(row) {
        "same" => context.say(Word::SameTime).to_owned(),
        "longer" => context.fill(Word::LongerBy, by),
        _ => context.fill(Word::ShorterBy, by),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{node, stay};
    use super::*;

    fn quantities(names: &[(&str, i64)]) -> Vec<Quantity> {
        let quantity = |(name, seconds): &(&str, i64)| Quantity {
            name: (*name).to_owned(),
            seconds: *seconds,
        };
        names.iter().map(quantity).collect()
    }

    #[test]
    fn what_only_one_of_them_has_stands_in_its_place() {
        let first = quantities(&[("discharge", 0), ("stack", 10), ("gate out", 90)]);
        let second = quantities(&[("discharge", 0), ("stack", 20), ("scan", 30), ("gate out", 70)]);
        let rows = join_by_name(first, second);
        let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["discharge", "stack", "scan", "gate out"]);
        assert_eq!((rows[2].first, rows[2].second), (None, Some(30)));
        assert_eq!(
            rows.iter().map(sign).collect::<Vec<_>>(),
            ["same", "same", "only", "same"]
        );
    }

    #[test]
    fn what_comes_again_is_held_against_what_came_again() {
        let mut all = quantities(&[("stack", 1), ("scan", 2), ("stack", 3), ("stack", 4)]);
        counted(&mut all);
        let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["stack", "scan", "stack (2)", "stack (3)"]);
    }

    #[test]
    fn a_stay_is_held_against_the_newest_of_its_direction_and_never_against_itself() {
        let mut ours = stay(vec![node("discharge", 0)]);
        ours.id = "ours".to_owned();
        let mut export = stay(vec![node("gate_in", 900)]);
        (export.id, export.direction) = ("export".to_owned(), Some(shared::event::Direction::Export));
        let mut import = stay(vec![node("discharge", 500)]);
        import.id = "import".to_owned();
        let container = Container {
            container: "C".to_owned(),
            verified: true,
            stays: vec![export, import, ours.clone()],
            elsewhere: Vec::new(),
            notes: Vec::new(),
            events: Vec::new(),
            epoch: String::new(),
            sequence: 0,
        };
        assert_eq!(other(&container, None, &ours).unwrap().id, "import");
        assert_eq!(other(&container, Some("export"), &ours).unwrap().id, "export");
        let only = Container {
            stays: vec![ours.clone()],
            ..container
        };
        assert_eq!(other(&only, None, &ours), None);
    }
}
