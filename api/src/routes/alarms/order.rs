//! In which order alarms are listed. Every order goes on by raised time, newest first, then by id, so that each alarm
//! has one place.

use super::filter::vessel_of;
use crate::routes::error::ApiError;
use crate::routes::params::Params;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shared::alarm::Priority;
use shared::alarm::lifecycle::AlarmRecord;
use shared::time::Time;
use smol_str::SmolStr;
use std::cmp::Ordering;

/// By what alarms are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// When they were raised.
    Raised,
    /// When this server first knew.
    Recorded,
    /// How urgent they are.
    Priority,
    /// Their kind.
    Kind,
    /// Their block.
    Block,
    /// Their vessel.
    Vessel,
    /// Their container.
    Container,
    /// Their slot.
    Slot,
    /// When the box came into the yard.
    Entered,
    /// When they were cleared.
    Cleared,
}

const SORTS: [(Sort, &str); 10] = [
    (Sort::Raised, "raised"),
    (Sort::Recorded, "recorded"),
    (Sort::Priority, "priority"),
    (Sort::Kind, "kind"),
    (Sort::Block, "block"),
    (Sort::Vessel, "vessel"),
    (Sort::Container, "container"),
    (Sort::Slot, "slot"),
    (Sort::Entered, "entered"),
    (Sort::Cleared, "cleared"),
];

/// In which order alarms are listed.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    sort: Sort,
    ascending: bool,
}

/// The place of an alarm in an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    key: Option<SmolStr>,
    raised: Time,
    id: SmolStr,
}

impl Order {
    /// Reads `sort` and `order`. Times and priorities begin with the newest and the most urgent, texts with A.
    pub fn of(params: &Params) -> Result<Order, ApiError> {
        let all = SORTS.map(|(sort, _)| sort);
        let name = |sort: Sort| {
            SORTS
                .iter()
                .find(|(own, _)| *own == sort)
                .map_or("", |(_, name)| name)
        };
        let sort = params.one_of("sort", &all, name)?.unwrap_or(Sort::Raised);
        let newest_first = matches!(
            sort,
            Sort::Raised | Sort::Recorded | Sort::Priority | Sort::Entered | Sort::Cleared
        );
        let ascending = params
            .one_of("order", &[true, false], |up| if up { "asc" } else { "desc" })?
            .unwrap_or(!newest_first);
        Ok(Order { sort, ascending })
    }

    /// Whether it is the order in which alarms are kept.
    pub fn is_kept(self) -> bool {
        self.sort == Sort::Raised && !self.ascending
    }

    /// The place of an alarm.
    pub fn place(self, record: &AlarmRecord) -> Place {
        let occurrence = &record.occurrence;
        let time =
            |at: Option<Time>| at.map(|at| SmolStr::from(format!("{:020}", i128::from(at.0) + (1 << 62))));
        let key = match self.sort {
            Sort::Raised => None,
            Sort::Recorded => time(Some(record.recorded_at)),
            Sort::Priority => Some(SmolStr::new_static(match occurrence.priority {
                Priority::Low => "1",
                Priority::Medium => "2",
                Priority::High => "3",
            })),
            Sort::Kind => Some(SmolStr::new_static(occurrence.kind.name())),
            Sort::Block => occurrence.block.clone(),
            Sort::Vessel => vessel_of(record).cloned(),
            Sort::Container => occurrence
                .about
                .container
                .as_ref()
                .map(|container| container.text()),
            Sort::Slot => occurrence.slot.clone(),
            Sort::Entered => time(occurrence.about.entered_at),
            Sort::Cleared => time(occurrence.cleared_at),
        };
        Place {
            key,
            raised: occurrence.raised_at,
            id: occurrence.id.clone(),
        }
    }

    /// Which of two places comes first. What has no value comes last, whichever way.
    pub fn compare(self, a: &Place, b: &Place) -> Ordering {
        let keys = match (&a.key, &b.key) {
            (Some(a), Some(b)) if self.ascending => a.cmp(b),
            (Some(a), Some(b)) => b.cmp(a),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        let raised = match self.ascending && self.sort == Sort::Raised {
            true => a.raised.cmp(&b.raised),
            false => b.raised.cmp(&a.raised),
        };
        keys.then(raised).then_with(|| a.id.cmp(&b.id))
    }
}

impl Place {
    /// As a cursor.
    pub fn cursor(&self) -> String {
        let key = self.key.as_ref().map(|key| URL_SAFE_NO_PAD.encode(key.as_str()));
        format!("{}.{}.{}", self.raised.0, key.as_deref().unwrap_or("-"), self.id)
    }

    /// Of a cursor.
    pub fn of_cursor(text: &str) -> Result<Place, ApiError> {
        let read = || -> Option<Place> {
            let (raised, rest) = text.split_once('.')?;
            let (key, id) = rest.split_once('.')?;
            let key = match key {
                "-" => None,
                key => Some(String::from_utf8(URL_SAFE_NO_PAD.decode(key).ok()?).ok()?.into()),
            };
            Some(Place {
                key,
                raised: Time(raised.parse().ok()?),
                id: id.into(),
            })
        };
        read().ok_or_else(|| ApiError::parameter("cursor", format!("`{text}` is no cursor")))
    }

    /// The time and id behind which the kept order goes on.
    pub fn kept(self) -> (Time, SmolStr) {
        (self.raised, self.id)
    }
}
