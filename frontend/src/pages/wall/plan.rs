//! What the address asks a wall to show. All of it stands there, so that a wall needs no hand.

use crate::address::Query;
use crate::context::Context;
use crate::i18n::Word;
use shared::access::Right;

/// Bounds of a number in the address, and what holds without one.
type Range = (f64, f64, f64);

const EVERY: Range = (5.0, 3_600.0, 20.0);
const DISTANCE: Range = (0.5, 50.0, 8.0);
const SCREEN: Range = (5.0, 400.0, 65.0);
const SCALE: Range = (0.3, 3.0, 1.0);
const TAKEOVER: Range = (0.0, 120.0, 15.0);
const OLD: Range = (30.0, 86_400.0, 600.0);

/// Something that fills the screen for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// The map of the port.
    Yard,
    /// The alarms that wait.
    Alarms,
    /// How long clearance takes.
    Clearance,
    /// What goes over the quay.
    Throughput,
    /// One figure.
    Number(Figure),
    /// Who sends.
    Feeds,
    /// Cross-border parcels.
    Parcels,
    /// What waits at the release desk.
    ReleaseDesk,
}

/// A figure that can stand alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Share of all released within the target.
    WithinTarget,
    /// Of imports.
    WithinImport,
    /// Of exports.
    WithinExport,
    /// Median of import clearance.
    ClearanceImport,
    /// Median of export clearance.
    ClearanceExport,
    /// TEU over the quay.
    TeuToday,
    /// Open alarms.
    OpenAlarms,
    /// Boxes in the yard.
    BoxesStanding,
}

impl Figure {
    /// All, by their names in the address.
    pub const ALL: [(Figure, &'static str); 8] = [
        (Figure::WithinTarget, "within_target"),
        (Figure::WithinImport, "within_target_import"),
        (Figure::WithinExport, "within_target_export"),
        (Figure::ClearanceImport, "clearance_import"),
        (Figure::ClearanceExport, "clearance_export"),
        (Figure::TeuToday, "teu_today"),
        (Figure::OpenAlarms, "open_alarms"),
        (Figure::BoxesStanding, "boxes_standing"),
    ];

    fn of(name: Option<&str>) -> Option<Figure> {
        let found = Figure::ALL.iter().find(|(_, own)| Some(*own) == name);
        found.map(|(figure, _)| *figure)
    }

    /// Its name in the address.
    pub fn name(self) -> &'static str {
        let found = Figure::ALL.iter().find(|(figure, _)| *figure == self);
        found.map_or("", |(_, name)| name)
    }
}

impl Scene {
    /// Its name in the address, without the figure of a number.
    pub fn name(self) -> &'static str {
        match self {
            Scene::Yard => "yard",
            Scene::Alarms => "alarms",
            Scene::Clearance => "clearance",
            Scene::Throughput => "throughput",
            Scene::Number(_) => "number",
            Scene::Feeds => "feeds",
            Scene::Parcels => "parcels",
            Scene::ReleaseDesk => "release_desk",
        }
    }

    /// The right that it shows something by (`shared::access::Scene::right`).
    fn right(self) -> Right {
        match self {
            Scene::Yard => Right::Yard,
            Scene::Alarms => Right::Alarms,
            Scene::Feeds => Right::Feeds,
            _ => Right::Figures,
        }
    }

    /// A scene by its name; a number without one of its own shows `figure`.
    fn of(name: &str, figure: Figure) -> Option<Scene> {
        let (name, own) = name
            .split_once(':')
            .map_or((name, None), |(name, own)| (name, Some(own)));
        Some(match name {
            "yard" => Scene::Yard,
            "alarms" => Scene::Alarms,
            "clearance" => Scene::Clearance,
            "throughput" => Scene::Throughput,
            "number" => Scene::Number(Figure::of(own).unwrap_or(figure)),
            "feeds" => Scene::Feeds,
            "parcels" => Scene::Parcels,
            "release_desk" => Scene::ReleaseDesk,
            _ => return None,
        })
    }
}

/// What the address asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The scenes, in their order; at least one.
    pub scenes: Vec<Scene>,
    /// Seconds for each.
    pub every: f64,
    /// Metres to the farthest viewer.
    pub distance: f64,
    /// Inches of the screen's diagonal.
    pub screen: f64,
    /// What a ruler showed.
    pub scale: f64,
    /// Seconds for which a new urgent alarm takes the screen; none for never.
    pub takeover: f64,
    /// Seconds from which data is old although the connection stands.
    pub old: f64,
    /// Whether this year stands beside today, and not this month.
    pub year: bool,
}

impl Plan {
    /// Leaves what whoever looks may see: what a token names, where the address names nothing, and of what it names only
    /// that. There may be nothing left.
    #[must_use]
    pub fn seen_by(mut self, query: &Query, token: Option<&[String]>, may: &dyn Fn(Right) -> bool) -> Plan {
        let named = ["scenes", "scene", "figure"]
            .iter()
            .any(|name| query.get(name).is_some());
        if let (Some(token), false) = (token, named) {
            self.scenes.clear();
            for name in token {
                self.scenes.extend(Scene::of(name, Figure::WithinTarget));
            }
        }
        let fits = |scene: &Scene| {
            let named = |token: &[String]| token.iter().any(|name| name == scene.name());
            token.is_none_or(named) && may(scene.right())
        };
        self.scenes.retain(fits);
        self
    }

    /// Reads an address. What it does not say, or says wrongly, is as usual: a wall shows something in any case.
    pub fn read(query: &Query) -> Plan {
        let number = |name: &str, (low, high, usual): Range| {
            let value = query.get(name).and_then(decimal).unwrap_or(usual);
            value.max(low).min(high)
        };
        let figure = Figure::of(query.get("figure")).unwrap_or(Figure::WithinTarget);
        let mut scenes = Vec::new();
        let alone = query.get("figure").map(|_| "number");
        let named = query.get("scenes").or_else(|| query.get("scene")).or(alone);
        for name in named.unwrap_or_default().split(',') {
            scenes.extend(Scene::of(name, figure));
        }
        if scenes.is_empty() {
            scenes = vec![Scene::Yard, Scene::Alarms, Scene::Clearance, Scene::Throughput];
        }
        let takeover = match query.get("takeover") {
            Some("off") => 0.0,
            _ => number("takeover", TAKEOVER),
        };
        Plan {
            scenes,
            every: number("every", EVERY),
            distance: number("distance", DISTANCE),
            screen: number("screen", SCREEN),
            scale: number("scale", SCALE),
            takeover,
            old: number("old", OLD),
            year: query.get("period") == Some("year"),
        }
    }
}

/// What is above a scene. A figure says itself what it is; above it is what it belongs to.
pub fn title(context: Context, scene: Scene) -> &'static str {
    context.say(match scene {
        Scene::Yard | Scene::Number(Figure::BoxesStanding) => Word::Yard,
        Scene::Alarms | Scene::Number(Figure::OpenAlarms) => Word::Alarms,
        Scene::Throughput | Scene::Number(Figure::TeuToday) => Word::Throughput,
        Scene::Clearance | Scene::Number(_) => Word::Clearance,
        Scene::Feeds => Word::Feeds,
        Scene::Parcels => Word::Parcels,
        Scene::ReleaseDesk => Word::ReleaseDesk,
    })
}

/// Whether the address has a name at all, with a value or without.
pub fn has(query: &Query, name: &str) -> bool {
    query.iter().any(|(own, _)| own == name)
}

/// Reads a plain number such as `8` or `1.05`. The table with which any number is read would be 10 KB.
fn decimal(text: &str) -> Option<f64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.len() > 4 || whole.len() > 6 || text.starts_with(['+', '-']) || part.starts_with(['+', '-']) {
        return None;
    }
    let whole: u32 = whole.parse().ok()?;
    let (mut value, mut digit) = (f64::from(whole), 1.0);
    for letter in part.chars() {
        digit /= 10.0;
        value += f64::from(letter.to_digit(10)?) * digit;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::access::Scene as Kind;

    fn read(address: &str) -> Plan {
        Plan::read(&Query::parse(address))
    }

    #[test]
    fn the_address_chooses_scenes_and_their_time() {
        let plan =
            read("?scenes=alarms,yard&every=30&distance=3.5&screen=98&scale=1.05&takeover=20&period=year");
        assert_eq!(plan.scenes, [Scene::Alarms, Scene::Yard]);
        assert_eq!((plan.every, plan.distance, plan.screen), (30.0, 3.5, 98.0));
        assert!((plan.scale - 1.05).abs() < 1e-9 && plan.takeover == 20.0 && plan.year);
    }

    #[test]
    fn what_is_wrong_or_missing_is_as_usual() {
        let plan = read("?scenes=nothing,&every=often&distance=-3&screen=1");
        assert_eq!(plan.scenes.len(), 4);
        assert_eq!((plan.every, plan.distance, plan.screen), (20.0, 8.0, 5.0));
        assert_eq!(read("").scenes, plan.scenes);
        assert_eq!(read("every=1").every, 5.0);
        assert_eq!(read("takeover=off").takeover, 0.0);
    }

    #[test]
    fn a_number_has_a_figure_of_its_own_or_that_of_the_address() {
        let plan = read("?scenes=number:teu_today,number&figure=open_alarms");
        let number = |figure| Scene::Number(figure);
        assert_eq!(
            plan.scenes,
            [number(Figure::TeuToday), number(Figure::OpenAlarms)]
        );
        assert_eq!(
            read("figure=clearance_export").scenes,
            [number(Figure::ClearanceExport)]
        );
        assert_eq!(read("scene=number").scenes, [number(Figure::WithinTarget)]);
    }

    #[test]
    fn a_token_shows_its_scenes_and_no_others() {
        let seen = |address: &str, token: &[Kind]| {
            let query = Query::parse(address);
            let may = |right| token.iter().any(|kind| kind.right() == right);
            let names: Vec<String> = token.iter().map(|kind| kind.name().to_owned()).collect();
            Plan::read(&query).seen_by(&query, Some(&names), &may).scenes
        };
        assert_eq!(seen("", &[Kind::Feeds]), [Scene::Feeds]);
        assert_eq!(seen("scenes=yard,alarms", &[Kind::Alarms]), [Scene::Alarms]);
        // The same right is not the same scene.
        assert_eq!(seen("scenes=clearance", &[Kind::Throughput]), []);
        let number = [Scene::Number(Figure::TeuToday)];
        assert_eq!(seen("figure=teu_today", &[Kind::Number]), number);
        let query = Query::parse("scenes=yard,feeds");
        let plan = Plan::read(&query).seen_by(&query, None, &|right| right == Right::Yard);
        assert_eq!(plan.scenes, [Scene::Yard]);
    }

    #[test]
    fn scenes_have_the_names_and_rights_that_tokens_have() {
        for kind in Kind::ALL {
            let scene = Scene::of(kind.name(), Figure::WithinTarget).unwrap();
            assert_eq!((scene.name(), scene.right()), (kind.name(), kind.right()));
        }
    }

    #[test]
    fn every_figure_is_found_by_its_name() {
        for (figure, name) in Figure::ALL {
            assert_eq!(Figure::of(Some(name)), Some(figure));
            assert_eq!(figure.name(), name);
        }
    }

    #[test]
    fn a_name_without_a_value_is_there() {
        assert!(has(&Query::parse("?calibrate"), "calibrate"));
        assert!(!has(&Query::parse("?calibrated=1"), "calibrate"));
    }

    #[test]
    fn plain_numbers_are_read_and_nothing_else() {
        assert_eq!(decimal("12"), Some(12.0));
        assert_eq!(decimal("0.5"), Some(0.5));
        for wrong in ["", "1e3", "-1", "+1", "1.-5", "a", "1.2.3", "99999999"] {
            assert_eq!(decimal(wrong), None, "{wrong}");
        }
    }
}
