//! The time line: nodes, segments and limits of a stay to scale, as a picture. The list beside it says the same in
//! words, and both carry the same numbers.

use super::clocks::Clock;
use super::scale::Scale;
use crate::components::markup::{Markup, fill, join, text};
use crate::context::Context;
use crate::i18n::terms::Term;
use crate::i18n::{Word, format};
use shared::event::Classifier;
use shared::stay::SegmentName;
use shared::time::{LocalTime, SECOND, Time};
use shared::wire::figures::Usual;
use shared::wire::stay::{Stay, StayNode};

/// Room at both ends for half a number.
const MARGIN: f64 = 14.0;
/// Height of a line of names.
const LANE: f64 = 32.0;
/// Lines of names at most; what finds no room has its number only.
const LANES: usize = 3;
/// Width of a number, with the room around it.
const PILL: f64 = 23.0;
/// Height of a bar with the room around it.
const BAR: f64 = 27.0;
/// Width of a letter, as a share of its height: narrow ones and those of Chinese.
const NARROW: f64 = 0.57;

/// What is drawn.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    /// The stay.
    pub stay: &'a Stay,
    /// Its steps with a limit.
    pub clocks: &'a [Clock],
    /// What is usual of it, where that is known.
    pub usual: Option<&'a Usual>,
    /// Until when a stay goes on that is not over.
    pub now: Option<Time>,
    /// What counts as the beginning of time: that of the epoch, or of the stay.
    pub zero: i64,
}

impl Line<'_> {
    /// Whether something goes on.
    fn goes_on(&self) -> Option<Time> {
        self.now.filter(|_| self.stay.ended_at.is_none())
    }

    fn moment(&self, at: Time) -> i64 {
        at.0 - self.zero
    }

    /// The moments that the scale has to show.
    pub fn moments(&self) -> Vec<i64> {
        let mut moments = Vec::new();
        for node in &self.stay.nodes {
            moments.push(self.moment(node.at.at));
        }
        for segment in &self.stay.segments {
            if segment.to.at > segment.from.at {
                moments.push(self.moment(segment.from.at));
                moments.push(self.moment(segment.to.at));
            }
        }
        let now = self.goes_on();
        for clock in self.clocks {
            if clock.over(now.unwrap_or(clock.began.at)).is_some() {
                moments.push(self.moment(clock.due()));
            }
        }
        moments.extend(now.map(|now| self.moment(now)));
        moments
    }
}

/// A bar below the axis.
struct Bar {
    from: i64,
    to: i64,
    class: &'static str,
    words: String,
    // From when on it is over its limit.
    over: Option<i64>,
    // Where the limit, or the median and nine of ten of others, stand.
    limit: Option<i64>,
    usual: Option<(i64, i64)>,
}

/// The picture of one stay on a scale that may be shared with another.
pub fn draw(context: Context, line: Line<'_>, scale: &Scale, width: f64, label: &str) -> Markup {
    let x = |moment: i64| MARGIN + scale.x(moment);
    let mut parts = Vec::new();
    let pills = pills(context, line, scale, width);
    let lanes = pills
        .iter()
        .filter_map(|pill| pill.lane)
        .max()
        .map_or(0, |lane| lane + 1);
    let row = lanes as f64 * LANE + 14.0;
    let axis = row + 30.0;
    let (bars, steps) = bars(context, line);
    let below = axis + 40.0;
    let (bars, height) = place(bars, scale, below, width);
    let (steps, height) = place(steps, scale, height, width);
    let (from, to) = scale.ends().unwrap_or_default();
    let own = ends(line).unwrap_or((from, to));
    parts.push(cuts(context, scale, own, axis, height));
    parts.push(ticks(line, scale, axis, height, width));
    parts.push(rule("axis", x(own.0), axis, x(own.1), axis));
    if let Some(now) = line.goes_on() {
        parts.push(rule(
            "now",
            x(line.moment(now)),
            axis - 12.0,
            x(line.moment(now)),
            height,
        ));
    }
    parts.push(expected(context, line, scale, axis));
    for pill in &pills {
        parts.push(pill.draw(row, axis));
    }
    parts.extend(bars);
    parts.extend(steps);
    let gaps = [number(width), number(height + 4.0), text(label), join(&parts)];
    fill(
        "<svg class=\"line\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">{}</svg>",
        &gaps,
    )
}

/// The first and the last moment of a line's own.
fn ends(line: Line<'_>) -> Option<(i64, i64)> {
    let moments = line.moments();
    Some((*moments.iter().min()?, *moments.iter().max()?))
}

/// A coordinate; tenths are more than enough.
pub fn number(value: f64) -> Markup {
    text(&tenths(value))
}

/// A number with at most one digit behind the point.
pub fn tenths(value: f64) -> String {
    let all = (value * 10.0).round() as i64;
    match all % 10 {
        0 => (all / 10).to_string(),
        _ => format!(
            "{}{}.{}",
            if all < 0 { "-" } else { "" },
            all.abs() / 10,
            all.abs() % 10
        ),
    }
}

/// A straight line.
fn rule(class: &str, from_x: f64, from_y: f64, to_x: f64, to_y: f64) -> Markup {
    let [x1, y1, x2, y2] = [from_x, from_y, to_x, to_y].map(number);
    fill(
        "<line class=\"{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>",
        &[text(class), x1, y1, x2, y2],
    )
}

fn rectangle(class: &str, from: f64, y: f64, to: f64, height: f64) -> Markup {
    let gaps = [
        text(class),
        number(from),
        number(y),
        number((to - from).max(1.0)),
        number(height),
    ];
    fill(
        "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
        &gaps,
    )
}

fn words(class: &str, x: f64, y: f64, said: &str) -> Markup {
    fill(
        "<text class=\"{}\" x=\"{}\" y=\"{}\">{}</text>",
        &[text(class), number(x), number(y), text(said)],
    )
}

/// About how wide a text is in letters of a height.
pub fn wide(said: &str, height: f64) -> f64 {
    let mut letters = 0.0;
    for letter in said.chars() {
        letters += if letter.is_ascii() || letter == '−' {
            NARROW
        } else {
            1.0
        };
    }
    letters * height
}

/// Waits that are drawn shorter, with how long they were.
fn cuts(context: Context, scale: &Scale, own: (i64, i64), axis: f64, height: f64) -> Markup {
    let mut parts = Vec::new();
    // Of two lines on one scale each breaks only where it goes on.
    for cut in scale.cuts.iter().filter(|cut| cut.to > own.0 && cut.from < own.1) {
        let (from, to) = (MARGIN + scale.x(cut.from), MARGIN + scale.x(cut.to));
        let middle = (from + to) / 2.0;
        let said = format::duration(context.language, (cut.to - cut.from) / SECOND);
        parts.push(rectangle(
            "cut",
            middle - 4.0,
            axis - 8.0,
            middle + 4.0,
            height - axis + 8.0,
        ));
        for side in [-4.0, 4.0] {
            parts.push(rule(
                "break",
                middle + side - 3.0,
                axis + 7.0,
                middle + side + 3.0,
                axis - 7.0,
            ));
        }
        if wide(&said, 11.0) < to - from - 4.0 {
            parts.push(words("wait", middle, axis - 10.0, &said));
        }
    }
    join(&parts)
}

/// Round moments: clock and date of the site, or time since the common beginning.
fn ticks(line: Line<'_>, scale: &Scale, axis: f64, height: f64, width: f64) -> Markup {
    let local = line.stay.began_at.or(line.stay.nodes.first().map(|node| node.at));
    let offset = local.map_or(0, |time| time.offset_seconds);
    let shift = if line.zero == 0 {
        i64::from(offset) * SECOND
    } else {
        0
    };
    let (mut parts, mut day, mut free) = (Vec::new(), String::new(), f64::MIN);
    for tick in scale.ticks(64.0, shift) {
        let x = MARGIN + scale.x(tick);
        parts.push(rule("tick", x, axis + 4.0, x, height));
        let said = if line.zero == 0 {
            let local = LocalTime {
                at: Time(tick),
                offset_seconds: offset,
            };
            let date = format::date(local).get(5..).unwrap_or_default().to_owned();
            // The day is named once, where it begins.
            match date == day {
                true => format::hour_minute(local),
                false => {
                    day = date;
                    [&day, " ", &format::hour_minute(local)].concat()
                }
            }
        } else {
            since(tick)
        };
        let half = wide(&said, 11.0) / 2.0;
        if x - half > free && x + half < width {
            parts.push(words("tick-words", x, axis + 18.0, &said));
            free = x + half + 6.0;
        }
    }
    join(&parts)
}

/// A time since the beginning, in hours and minutes.
fn since(milliseconds: i64) -> String {
    let minutes = milliseconds.abs() / 60_000;
    let sign = if milliseconds < 0 { "−" } else { "+" };
    format!("{sign}{}:{:02}", minutes / 60, minutes % 60)
}

/// What is expected and planned, on a line of its own below the axis.
fn expected(context: Context, line: Line<'_>, scale: &Scale, axis: f64) -> Markup {
    let mut parts = Vec::new();
    for node in &line.stay.nodes {
        if node.classifier == Classifier::Actual {
            continue;
        }
        let name = match node.classifier {
            Classifier::Planned => "planned",
            _ => "estimated",
        };
        let gaps = [
            text(name),
            number(MARGIN + scale.x(line.moment(node.at.at))),
            number(axis + 28.0),
            text(&hover(context, node)),
        ];
        parts.push(fill(
            "<path class=\"expected\" data-classifier=\"{}\" transform=\"translate({} {})\" d=\"M0-6 6 0 0 6-6 0z\">\
             <title>{}</title></path>",
            &gaps,
        ));
    }
    join(&parts)
}

fn hover(context: Context, node: &StayNode) -> String {
    let name = context.term(node.node);
    match node.classifier {
        Classifier::Actual => [name, &format::stamp(node.at)].join(" · "),
        expected => [name, context.term(expected), &format::stamp(node.at)].join(" · "),
    }
}

/// Numbers of nodes that stand together because there is no room between them.
struct Pill {
    first: usize,
    last: usize,
    // Where the nodes stand on the axis.
    points: Vec<f64>,
    x: f64,
    name: String,
    at: String,
    title: String,
    lane: Option<usize>,
    // Where the middle of its name stands.
    middle: f64,
    late: bool,
}

fn pills(context: Context, line: Line<'_>, scale: &Scale, width: f64) -> Vec<Pill> {
    let now = line.goes_on();
    let mut pills: Vec<Pill> = Vec::new();
    let mut number = 0;
    for node in &line.stay.nodes {
        if node.classifier != Classifier::Actual {
            continue;
        }
        number += 1;
        let point = MARGIN + scale.x(line.moment(node.at.at));
        let late = line
            .clocks
            .iter()
            .any(|clock| clock.ended == Some(node.at) && clock.over(now.unwrap_or(node.at.at)).is_some());
        pills.push(Pill {
            first: number,
            last: number,
            points: vec![point],
            x: point,
            name: context.term(node.node).to_owned(),
            at: format::stamp(node.at).get(5..16).unwrap_or_default().to_owned(),
            title: hover(context, node),
            lane: None,
            middle: point,
            late,
        });
    }
    crowd(&mut pills, width);
    name(&mut pills, width);
    pills
}

/// Gives every number a place of its own, as near to its moment as the others allow; where there is no room for all, the
/// nearest share one.
fn crowd(pills: &mut Vec<Pill>, width: f64) {
    let needed = |pills: &[Pill]| pills.iter().map(Pill::width).sum::<f64>();
    while pills.len() > 1 && needed(pills) > width - 4.0 {
        let mut nearest = (f64::MAX, 0);
        for index in 1..pills.len() {
            let between = pills[index].points[0] - pills[index - 1].points[pills[index - 1].points.len() - 1];
            // Groups grow slowly, so that no single one holds them all.
            let size = (pills[index].points.len() + pills[index - 1].points.len()) as f64;
            if between + size * 8.0 < nearest.0 {
                nearest = (between + size * 8.0, index);
            }
        }
        let taken = pills.remove(nearest.1);
        let into = &mut pills[nearest.1 - 1];
        into.last = taken.last;
        into.points.extend(taken.points);
        into.title = [into.title.as_str(), &taken.title].join("\n");
        into.x = into.points.iter().sum::<f64>() / into.points.len() as f64;
        into.late |= taken.late;
        into.name.clear();
    }
    let mut free = 2.0;
    for pill in pills.iter_mut() {
        let half = pill.width() / 2.0;
        pill.x = pill.x.max(free + half);
        free = pill.x + half;
    }
    let mut free = width - 2.0;
    for pill in pills.iter_mut().rev() {
        let half = pill.width() / 2.0;
        pill.x = pill.x.min(free - half);
        free = pill.x - half;
    }
}

/// Gives names a line each that they fit on: those that begin and end the stay first, then the others.
fn name(pills: &mut [Pill], width: f64) {
    let mut order: Vec<usize> = Vec::new();
    let last = pills.len().saturating_sub(1);
    for index in 0..pills.len() {
        match index == last {
            true => order.insert(0, index),
            false => order.push(index),
        }
    }
    let mut taken: Vec<(usize, f64, f64)> = Vec::new();
    for index in order {
        let pill = &pills[index];
        if pill.name.is_empty() {
            continue;
        }
        let (from, to) = pill.span(width);
        let stem = pill.x;
        let fits = |lane: usize| {
            taken.iter().all(|(other, low, high)| {
                // Neither over a name of the same line, nor with its stem through one of a lower line.
                let beside = to + 6.0 < *low || from - 6.0 > *high;
                let through = *other < lane && stem > low - 2.0 && stem < high + 2.0;
                if *other == lane { beside } else { !through }
            })
        };
        let lane = (0..LANES).find(|lane| {
            let stems = pills.iter().enumerate().all(|(other, pill)| {
                let over = pill.lane.is_some_and(|upper| upper > *lane);
                other == index || !over || pill.x < from - 2.0 || pill.x > to + 2.0
            });
            stems && fits(*lane)
        });
        if let Some(lane) = lane {
            taken.push((lane, from, to));
            pills[index].lane = Some(lane);
            pills[index].middle = (from + to) / 2.0;
        }
    }
}

impl Pill {
    fn label(&self) -> String {
        match self.first == self.last {
            true => self.first.to_string(),
            false => format!("{}–{}", self.first, self.last),
        }
    }

    fn width(&self) -> f64 {
        match self.first == self.last {
            true => PILL,
            false => 14.0 + wide(&self.label(), 11.0),
        }
    }

    /// From where to where its name reaches.
    fn span(&self, width: f64) -> (f64, f64) {
        let half = wide(&self.name, 12.0).max(wide(&self.at, 11.0)) / 2.0;
        let middle = self.x.max(half).min(width - half);
        (middle - half, middle + half)
    }

    fn draw(&self, row: f64, axis: f64) -> Markup {
        let mut parts = Vec::new();
        for point in &self.points {
            parts.push(rule("stem", self.x, row + 10.0, *point, axis));
            let dot = fill(
                "<circle class=\"dot\" cx=\"{}\" cy=\"{}\" r=\"3\"/>",
                &[number(*point), number(axis)],
            );
            parts.push(dot);
        }
        if let Some(lane) = self.lane {
            let base = row - 16.0 - lane as f64 * LANE;
            if lane > 0 {
                parts.push(rule("stem", self.x, row - 10.0, self.x, base + 3.0));
            }
            parts.push(words("name", self.middle, base - 12.0, &self.name));
            parts.push(words("at", self.middle, base, &self.at));
        }
        let half = self.width() / 2.0 - 1.5;
        let gaps = [
            number(self.x - half),
            number(row - 10.0),
            number(half * 2.0),
            number(self.x),
            number(row + 4.0),
            text(&self.label()),
        ];
        let pill = "<rect class=\"pill\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"20\" rx=\"10\"/>\
                    <text class=\"pill-words\" x=\"{}\" y=\"{}\">{}</text>";
        parts.push(fill(pill, &gaps));
        let gaps = [
            text(&self.first.to_string()),
            text(if self.late { "late" } else { "" }),
            text(&self.title),
            join(&parts),
        ];
        fill(
            "<g class=\"node-mark\" data-go=\"{}\" data-late=\"{}\"><title>{}</title>{}</g>",
            &gaps,
        )
    }
}

/// Segments, and steps with a limit.
fn bars(context: Context, line: Line<'_>) -> (Vec<Bar>, Vec<Bar>) {
    let language = context.language;
    let duration = |seconds: i64| format::duration(language, seconds);
    let now = line.goes_on();
    let (mut segments, mut steps) = (Vec::new(), Vec::new());
    let usual_of = |name: SegmentName| {
        let of = line
            .usual?
            .segments
            .iter()
            .find(|usual| usual.name == name.name())?;
        Some((of.median_seconds?, of.p90_seconds?, of.percentile))
    };
    let mut segment = |name: SegmentName, from: Time, to: Time, seconds: i64| {
        let from = line.moment(from);
        let usual = usual_of(name);
        let mut words = [name.in_language(language), &duration(seconds)].join(" ");
        if let Some(share) = usual.and_then(|usual| usual.2) {
            words = [words, context.fill(Word::PlaceOf, format::percent(share))].join(" · ");
        }
        let at =
            |seconds: u64| from.saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX / SECOND) * SECOND);
        segments.push(Bar {
            from,
            to: line.moment(to),
            class: "segment",
            words,
            over: None,
            limit: None,
            usual: usual.map(|(median, most, _)| (at(median), at(most))),
        });
    };
    for one in &line.stay.segments {
        if one.to.at > one.from.at {
            segment(
                one.name,
                one.from.at,
                one.to.at,
                one.to.at.seconds_since(one.from.at),
            );
        }
    }
    if let (Some(now), Some(usual)) = (now, line.usual) {
        for open in &usual.segments {
            if let (Some(began), None, Some(name)) =
                (open.began_at, open.seconds, SegmentName::from_name(&open.name))
            {
                segment(
                    name,
                    began.at,
                    now.max(began.at),
                    now.seconds_since(began.at).max(0),
                );
            }
        }
    }
    for clock in line.clocks {
        let until = now.unwrap_or(clock.began.at);
        let Some(end) = clock.ended.map(|ended| ended.at).or(now) else {
            continue;
        };
        let over = clock.over(until);
        let limit = format::duration_or_dash(language, Some(clock.limit_seconds));
        let verdict = match over {
            Some(over) => ["! ", &context.fill(Word::LimitOver, duration(over))].concat(),
            None => [context.say(Word::Limit), &limit].join(" "),
        };
        let name = [context.term(clock.from), context.term(clock.to)].join(" → ");
        steps.push(Bar {
            from: line.moment(clock.began.at),
            to: line.moment(end),
            class: if over.is_some() { "step late" } else { "step" },
            words: [
                name,
                " ".to_owned(),
                duration(clock.seconds(until)),
                " · ".to_owned(),
                verdict,
            ]
            .concat(),
            over: over.map(|_| line.moment(clock.due())),
            limit: Some(line.moment(clock.due())),
            usual: None,
        });
    }
    (segments, steps)
}

/// Puts bars below each other where they would lie over one another, and says where the last ends.
fn place(bars: Vec<Bar>, scale: &Scale, top: f64, width: f64) -> (Vec<Markup>, f64) {
    let mut lanes: Vec<f64> = Vec::new();
    let mut parts = Vec::new();
    let end = scale.ends().map_or(0, |(_, last)| last);
    for bar in bars {
        let (from, to) = (MARGIN + scale.x(bar.from), MARGIN + scale.x(bar.to));
        let limit = bar.limit.filter(|limit| *limit <= end);
        let limit = limit.map(|limit| MARGIN + scale.x(limit));
        // Words stand in the bar, behind it and its limit, or before it. Where all find no room, the first may; without
        // room for those only the pointer tells them.
        let short = bar.words.split(" · ").next().unwrap_or_default();
        let mut found = None;
        for said in [bar.words.as_str(), short] {
            let room = wide(said, 11.5) + 10.0;
            let behind = limit
                .filter(|limit| *limit < to + room)
                .map_or(to, |limit| limit.max(to));
            let place = if room < to - from {
                Some((from, to, from + 5.0, "in"))
            } else if behind + room < width {
                Some((from, behind + room, behind + 5.0, "behind"))
            } else if from - room > 0.0 {
                Some((from - room, to, from - 5.0, "before"))
            } else {
                None
            };
            if let Some(place) = place {
                found = Some((said, place));
                break;
            }
        }
        let (left, right) = found.map_or((from, to), |(_, (left, right, ..))| (left, right));
        let lane = lanes.iter().position(|free| *free < left).unwrap_or(lanes.len());
        match lanes.get_mut(lane) {
            Some(free) => *free = right + 4.0,
            None => lanes.push(right + 4.0),
        }
        let y = top + lane as f64 * BAR;
        let mut inner = vec![rectangle("length", from, y, to, 18.0)];
        if let Some(over) = bar.over {
            inner.push(rectangle("over", MARGIN + scale.x(over), y, to, 18.0));
        }
        if let Some(x) = limit {
            inner.push(rule("limit", x, y - 2.0, x, y + 20.0));
        }
        if let Some((median, most)) = bar.usual {
            let (median, most) = (MARGIN + scale.x(median.min(end)), MARGIN + scale.x(most.min(end)));
            inner.push(rule("usual", from, y + 21.0, most, y + 21.0));
            inner.push(rule("median", median, y + 18.5, median, y + 23.5));
        }
        if let Some((said, (_, _, x, place))) = found {
            let class = ["bar-words ", place].concat();
            inner.push(words(&class, x, y + 13.0, said));
        }
        let gaps = [text(bar.class), text(&bar.words), join(&inner)];
        parts.push(fill("<g class=\"{}\"><title>{}</title>{}</g>", &gaps));
    }
    (parts, top + lanes.len() as f64 * BAR)
}

/// What the scale does, in words.
pub fn scale_words(context: Context, scale: &Scale) -> Markup {
    if scale.cuts.is_empty() {
        return text(context.say(Word::ScaleIsWhole));
    }
    let longest = format::duration(context.language, scale.longest / SECOND);
    text(&context.fill(Word::ScaleIsCut, longest))
}

/// How wide a picture may be.
pub fn drawn(width: f64) -> f64 {
    (width - 2.0 * MARGIN).max(100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pill(number: usize, x: f64, name: &str) -> Pill {
        Pill {
            first: number,
            last: number,
            points: vec![x],
            x,
            name: name.to_owned(),
            at: String::new(),
            title: String::new(),
            lane: None,
            middle: x,
            late: false,
        }
    }

    #[test]
    fn numbers_of_one_moment_stand_beside_each_other() {
        let mut pills: Vec<Pill> = (1..=4).map(|n| pill(n, 100.0, "")).collect();
        crowd(&mut pills, 400.0);
        assert_eq!(pills.len(), 4);
        for pair in pills.windows(2) {
            assert!(pair[1].x - pair[0].x >= PILL - 1e-9);
        }
    }

    #[test]
    fn numbers_stay_within_the_picture() {
        let mut pills: Vec<Pill> = (1..=6).map(|n| pill(n, 395.0, "")).collect();
        crowd(&mut pills, 400.0);
        assert!(
            pills
                .iter()
                .all(|pill| pill.x - PILL / 2.0 >= 0.0 && pill.x + PILL / 2.0 <= 400.0)
        );
    }

    #[test]
    fn where_there_is_no_room_the_nearest_share_a_number() {
        let mut pills: Vec<Pill> = (1..=30).map(|n| pill(n, n as f64 * 10.0, "")).collect();
        crowd(&mut pills, 320.0);
        assert!(pills.len() < 15);
        assert_eq!((pills[0].first, pills[pills.len() - 1].last), (1, 30));
        for pair in pills.windows(2) {
            assert_eq!(pair[0].last + 1, pair[1].first);
        }
    }

    #[test]
    fn names_never_lie_over_each_other() {
        let mut pills: Vec<Pill> = (1..=8)
            .map(|n| pill(n, 20.0 + n as f64 * 40.0, "Selected for inspection"))
            .collect();
        name(&mut pills, 400.0);
        let named: Vec<&Pill> = pills.iter().filter(|pill| pill.lane.is_some()).collect();
        assert!(named.len() >= 3);
        for (index, one) in named.iter().enumerate() {
            for other in &named[index + 1..] {
                let (a, b) = (one.span(400.0), other.span(400.0));
                assert!(one.lane != other.lane || a.1 < b.0 || b.1 < a.0);
            }
        }
    }

    #[test]
    fn coordinates_have_one_digit() {
        assert_eq!(tenths(12.04), "12");
        assert_eq!(tenths(-0.26), "-0.3");
        assert_eq!(tenths(7.25), "7.3");
    }
}
