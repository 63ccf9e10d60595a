//! Sites: where they are, in which zone, and how their yard is laid out.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use shared::time::{LocalTime, Time};
use shared::wire::site::Name;
use shared::yard::{Layout, builtin};
use smol_str::SmolStr;
use std::sync::Arc;

/// One configured site.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its code, such as `CNTXG-TPCT`.
    pub code: SmolStr,
    /// Its name in both languages.
    pub name: Name,
    /// The UN/LOCODEs that mean it.
    pub locations: Vec<SmolStr>,
    /// Its time zone.
    pub zone: TimeZone,
    /// The zone's IANA name.
    pub zone_name: String,
    /// Its yard.
    pub layout: Arc<Layout>,
    /// Whether its feeds report stacking, so that a missing stacking node says something.
    pub stacking_reported: bool,
    /// Whose time counts for a node that several report, best first.
    pub sources: Vec<SmolStr>,
}

impl Site {
    /// A moment in the site's zone, as it travels.
    pub fn local(&self, at: Time) -> LocalTime {
        let offset_seconds =
            Timestamp::from_millisecond(at.0).map_or(0, |stamp| self.zone.to_offset(stamp).seconds());
        LocalTime { at, offset_seconds }
    }

    /// A wall-clock time at the site as a moment. In the hour that a clock set back runs through twice, the
    /// first; in the hour that a clock set forward leaves out, as if it had not been set.
    pub fn at_wall_clock(&self, wall: DateTime) -> Option<Time> {
        let zoned = self.zone.to_ambiguous_zoned(wall).compatible().ok()?;
        Some(Time(zoned.timestamp().as_millisecond()))
    }
}

impl Default for Site {
    /// The site that a program without configuration supervises: the Pacific terminal in Tianjin's Dongjiang
    /// port area, with the built-in layout.
    fn default() -> Site {
        let (zone, zone_name) = china();
        Site {
            code: "CNTXG-TPCT".into(),
            name: Name {
                en: "Dongjiang, Pacific terminal".to_owned(),
                zh: "东疆港区太平洋码头".to_owned(),
            },
            locations: ["CNTXG", "CNTSN", "CNTJP", "CNTGU"]
                .map(SmolStr::new_static)
                .to_vec(),
            zone,
            zone_name,
            layout: Arc::new(builtin::layout()),
            stacking_reported: true,
            sources: vec!["tos-pacific".into()],
        }
    }
}

/// The zone of a site that names none.
pub fn china() -> (TimeZone, String) {
    const NAME: &str = "Asia/Shanghai";
    // The zones are built into the program, and China has kept one offset since 1991.
    let zone = TimeZone::get(NAME).unwrap_or_else(|_| TimeZone::fixed(jiff::tz::offset(8)));
    (zone, NAME.to_owned())
}

/// The site that a UN/LOCODE means.
pub fn site_at<'a>(sites: &'a [Site], location: &str) -> Option<&'a Site> {
    sites
        .iter()
        .find(|site| site.locations.iter().any(|own| own == location))
}
