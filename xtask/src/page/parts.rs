//! Which parts the page comes in, and which of them each address needs. What no part holds comes at once.

/// A part of the page's code, fetched when an address needs it.
pub struct Part {
    /// What its file is called.
    pub name: &'static str,
    /// What belongs to it: modules of the page's crate, and crates that only it uses.
    pub holds: &'static [&'static str],
    /// By which functions the rest of the page enters it. All others of it are its own.
    pub entries: &'static [&'static str],
}

/// All parts. What two of them need stands in one that both can name.
pub const PARTS: &[Part] = &[
    Part {
        name: "charts",
        holds: &["frontend::charts", "plotters", "plotters_backend"],
        entries: &[],
    },
    Part {
        name: "map",
        holds: &["frontend::yard_map"],
        entries: &[],
    },
    Part {
        name: "figures",
        holds: &["frontend::pages::figures"],
        entries: &[],
    },
    Part {
        name: "today",
        holds: &["frontend::pages::figures::today"],
        entries: &[],
    },
    Part {
        name: "reports",
        holds: &[
            "frontend::pages::overview",
            "frontend::pages::clearance",
            "frontend::pages::throughput",
        ],
        entries: &[
            "frontend::pages::overview::overview",
            "frontend::pages::clearance::clearance",
            "frontend::pages::throughput::throughput",
        ],
    },
    Part {
        name: "yard",
        holds: &["frontend::pages::yard"],
        entries: &["frontend::pages::yard::yard"],
    },
    Part {
        name: "alarms",
        holds: &["frontend::pages::alarms"],
        entries: &["frontend::pages::alarms::alarms"],
    },
    Part {
        name: "duty",
        holds: &[
            "frontend::pages::alarms::head",
            "frontend::pages::alarms::query",
            "frontend::pages::alarms::words",
        ],
        entries: &[],
    },
    Part {
        name: "rules",
        holds: &[
            "frontend::pages::alarms::rules",
            "frontend::pages::alarms::performance",
        ],
        entries: &[
            "frontend::pages::alarms::rules::rules",
            "frontend::pages::alarms::performance::performance",
        ],
    },
    Part {
        name: "trail",
        holds: &["frontend::pages::container"],
        entries: &["frontend::pages::container::trail"],
    },
    Part {
        name: "wall",
        holds: &["frontend::pages::wall"],
        entries: &["frontend::pages::wall::wall"],
    },
    Part {
        name: "plan",
        holds: &["frontend::pages::wall::plan"],
        entries: &[],
    },
    Part {
        name: "setup",
        holds: &["frontend::pages::wall::setup"],
        entries: &["frontend::pages::wall::setup::setup"],
    },
    Part {
        name: "door",
        holds: &["frontend::pages::door"],
        entries: &[
            "frontend::pages::door::sign_in",
            "frontend::pages::door::welcome",
            "frontend::pages::door::account",
        ],
    },
    Part {
        name: "access",
        holds: &["frontend::pages::access"],
        entries: &["frontend::pages::access::access"],
    },
    Part {
        name: "parcels",
        holds: &[
            "frontend::pages::parcels",
            "shared::wire::parcels::ParcelFigures",
            "shared::wire::parcels::ParcelRow",
        ],
        entries: &["frontend::pages::parcels::parcels"],
    },
    Part {
        name: "parcel",
        holds: &[
            "frontend::pages::parcels::one",
            "frontend::pages::parcels::documents",
            "frontend::pages::parcels::act",
            "frontend::pages::parcels::history",
            "shared::wire::parcels::Parcel",
            "shared::wire::parcels::ParcelDocument",
            "shared::wire::parcels::ParcelStep",
            "shared::wire::parcels::ComparedField",
            "shared::wire::parcels::BuyersYear",
        ],
        entries: &["frontend::pages::parcels::one::one"],
    },
    Part {
        name: "codes",
        holds: &[
            "frontend::pages::parcels::words",
            "shared::wire::parcels::ParcelItem",
        ],
        entries: &[],
    },
    Part {
        name: "peak",
        holds: &["frontend::pages::parcels::now", "shared::wire::parcels"],
        entries: &[],
    },
    Part {
        name: "slots",
        holds: &["frontend::charts::slots"],
        entries: &[],
    },
    Part {
        name: "lists",
        holds: &[
            "frontend::pages::stays",
            "frontend::pages::search",
            "frontend::pages::feeds",
        ],
        entries: &[
            "frontend::pages::stays::stays",
            "frontend::pages::stays::stay_by_id",
            "frontend::pages::search::search",
            "frontend::pages::feeds::feeds",
        ],
    },
    Part {
        name: "patched",
        holds: &["frontend::components::patched"],
        entries: &[],
    },
    Part {
        name: "desk",
        holds: &["frontend::pages::release_desk"],
        entries: &[
            "frontend::pages::release_desk::desk",
            "frontend::pages::release_desk::application::application",
            "frontend::pages::release_desk::form::new_application",
        ],
    },
];

/// Which parts the addresses need: those that begin with a path, the longest that fits. `/` is itself only, and another that
/// ends with a slash is what lies below.
pub const NEEDS: &[(&str, &[&str])] = &[
    ("/", &["charts", "slots", "figures", "today", "reports"]),
    ("/clearance", &["charts", "slots", "figures", "today", "reports"]),
    ("/throughput", &["charts", "slots", "figures", "today", "reports"]),
    ("/yard", &["map", "yard"]),
    ("/alarms", &["duty", "alarms"]),
    (
        "/alarms/rules",
        &["charts", "slots", "figures", "today", "duty", "rules"],
    ),
    (
        "/alarms/performance",
        &["charts", "slots", "figures", "today", "duty", "rules"],
    ),
    ("/containers", &["lists"]),
    ("/containers/", &["map", "duty", "trail"]),
    ("/stays", &["lists"]),
    ("/feeds", &["lists"]),
    ("/wall", &["slots", "today", "map", "plan", "peak", "wall"]),
    ("/wall/setup", &["plan", "door", "access", "setup"]),
    ("/sign-in", &["door"]),
    ("/welcome", &["door"]),
    ("/account", &["door"]),
    ("/access", &["door", "access"]),
    (
        "/parcels",
        &[
            "charts", "slots", "figures", "today", "peak", "codes", "patched", "parcels",
        ],
    ),
    ("/parcels/", &["peak", "codes", "patched", "parcel"]),
    ("/release-desk", &["patched", "desk"]),
];

/// The part whose code is in a file of the built page, by its path.
pub fn part_of(path: &str) -> Option<&'static str> {
    let (name, _) = path
        .strip_suffix(".wasm")?
        .trim_start_matches('/')
        .rsplit_once('-')?;
    PARTS.iter().map(|part| part.name).find(|part| *part == name)
}

/// Whether wherever one part is here another is too, so that the first may call the second.
pub fn comes_with(part: usize, other: usize) -> bool {
    let (part, other) = (PARTS[part].name, PARTS[other].name);
    NEEDS
        .iter()
        .all(|(_, parts)| !parts.contains(&part) || parts.contains(&other))
}

/// The part that holds a function by its name (without hashes), where its name speaks of just one.
///
/// A name speaks of everything that the function was made for: a closure of one page handed to a list of another
/// would name both.
pub fn of_name(name: &str) -> Option<usize> {
    let mut found: Option<usize> = None;
    let paths = name.split(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == ':'));
    for path in paths.map(|path| path.trim_matches(':')) {
        let Some(part) = of_path(path) else {
            // The page itself, beside a part: something that the part hands to it.
            continue;
        };
        match found {
            Some(other) if other != part && comes_with(other, part) => {}
            Some(other) if other != part && comes_with(part, other) => found = Some(part),
            Some(other) if other != part => return None,
            _ => found = Some(part),
        }
    }
    found
}

fn of_path(path: &str) -> Option<usize> {
    let holds = |module: &&str| {
        path.strip_prefix(*module)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let longest = |part: &Part| {
        part.holds
            .iter()
            .filter(|module| holds(module))
            .map(|module| module.len())
            .max()
    };
    (0..PARTS.len())
        .filter_map(|part| Some((longest(&PARTS[part])?, part)))
        .max()
        .map(|(_, part)| part)
}

/// Whether the rest of the page enters a part by a function.
pub fn is_entry(name: &str) -> bool {
    PARTS.iter().any(|part| part.entries.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::{NEEDS, PARTS, comes_with, of_name, part_of};

    fn part(name: &str) -> Option<&'static str> {
        of_name(name).map(|part| PARTS[part].name)
    }

    #[test]
    fn a_name_leads_to_the_deepest_part_that_it_speaks_of() {
        assert_eq!(part("frontend::pages::alarms::desk::draw"), Some("alarms"));
        assert_eq!(
            part("<frontend::pages::alarms::rules::Edit as core::Drop>::drop"),
            Some("rules")
        );
        assert_eq!(
            part("core::ptr::drop_in_place::<frontend::charts::plot::Plot>"),
            Some("charts")
        );
        assert_eq!(part("frontend::live::hear"), None);
        assert_eq!(part("frontend::charts_of_another::f"), None);
    }

    #[test]
    fn a_name_of_two_parts_belongs_to_the_one_that_brings_the_other() {
        assert_eq!(
            part("f::<frontend::pages::yard::A, frontend::yard_map::B>"),
            Some("yard")
        );
        assert_eq!(
            part("f::<frontend::yard_map::B, frontend::pages::yard::A>"),
            Some("yard")
        );
        assert_eq!(
            part("f::<frontend::pages::yard::A, frontend::pages::feeds::B>"),
            None
        );
    }

    #[test]
    fn a_file_is_of_a_part_by_its_name() {
        assert_eq!(part_of("/yard-0123456789abcdef.wasm"), Some("yard"));
        assert_eq!(part_of("/frontend-0123456789abcdef_bg.wasm"), None);
        assert_eq!(part_of("/yard-0123456789abcdef.css"), None);
    }

    #[test]
    fn every_part_is_needed_somewhere_and_every_need_is_a_part() {
        for part in PARTS {
            assert!(
                NEEDS.iter().any(|(_, parts)| parts.contains(&part.name)),
                "{}",
                part.name
            );
        }
        for name in NEEDS.iter().flat_map(|(_, parts)| *parts) {
            assert!(PARTS.iter().any(|part| part.name == *name), "{name}");
        }
        assert!((0..PARTS.len()).all(|part| comes_with(part, part)));
    }
}
