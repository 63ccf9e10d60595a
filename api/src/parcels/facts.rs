//! What filters of lists look at in a parcel, and what they ask for.

use serde::{Deserialize, Serialize};
use shared::parcels::cells::Names;
use shared::parcels::{DocumentKind, Kinds, ParcelMode, ParcelReason, ParcelState, Reasons};
use smol_str::SmolStr;

/// What filters look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// How far it is.
    pub state: ParcelState,
    /// Reasons and marks.
    pub reasons: Reasons,
    /// Every reason that ever held it.
    pub was_held: Reasons,
    /// What it waits for.
    pub missing: Kinds,
    /// How it comes in.
    pub mode: Option<ParcelMode>,
    /// The platform, by its number among the names.
    pub platform: u32,
    /// The park, likewise.
    pub park: u32,
    /// Seconds from receipt to release.
    pub seconds: Option<u64>,
}

impl Facts {
    /// State, reasons, what is missing and the mode in one number.
    pub fn packed(&self) -> i64 {
        let mode = self.mode.map_or(0, |mode| mode as i64 + 1);
        i64::from(self.was_held.0) << 40
            | i64::from(self.reasons.0) << 16
            | i64::from(self.missing.0) << 8
            | mode << 4
            | self.state as i64
    }

    /// What was packed; none when that was never written.
    pub fn unpacked(packed: i64, platform: u32, park: u32, seconds: Option<u64>) -> Option<Facts> {
        let bits = packed.cast_unsigned();
        let place = |shift: u32| usize::try_from(bits >> shift & 0xf).unwrap_or(usize::MAX);
        let mode = match place(4) {
            0 => None,
            one => Some(*ParcelMode::ALL.get(one - 1)?),
        };
        Some(Facts {
            state: *ParcelState::ALL.get(place(0))?,
            reasons: Reasons((bits >> 16 & 0xffff) as u16),
            was_held: Reasons((bits >> 40 & 0xffff) as u16),
            missing: Kinds((bits >> 8 & 0xff) as u8),
            mode,
            platform,
            park,
            seconds,
        })
    }
}

/// Which parcels are wanted; an empty list of a dimension lets all through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// How far they are.
    pub states: Vec<ParcelState>,
    /// Reasons, of which a parcel has one now; `None` stands for one that has none.
    pub reasons: Vec<Option<ParcelReason>>,
    /// Those that were held at some time, for one of these reasons where there are any.
    pub was_held: Option<Vec<ParcelReason>>,
    /// What they wait for.
    pub missing: Vec<DocumentKind>,
    /// Platforms; `None` stands for a parcel that names none.
    pub platforms: Vec<Option<SmolStr>>,
    /// Modes.
    pub modes: Vec<Option<ParcelMode>>,
    /// Parks.
    pub parks: Vec<Option<SmolStr>>,
    /// Only those that were received and are not decided.
    pub queued: bool,
    /// Released after so many seconds or more …
    pub min_seconds: Option<u64>,
    /// … and so many or fewer.
    pub max_seconds: Option<u64>,
}

/// The same in the numbers of the names.
#[derive(Clone, Debug)]
pub struct Test {
    wanted: Wanted,
    platforms: Vec<u32>,
    parks: Vec<u32>,
    none: bool,
}

impl Test {
    /// What is wanted, in the numbers that names have now.
    pub fn new(wanted: Wanted, names: &Names) -> Test {
        let numbers = |wanted: &[Option<SmolStr>]| -> Vec<u32> {
            let number = |name: &Option<SmolStr>| match name {
                Some(name) => names.find(name),
                None => Some(0),
            };
            wanted.iter().filter_map(number).collect()
        };
        let (platforms, parks) = (numbers(&wanted.platforms), numbers(&wanted.parks));
        // Names that nobody ever had let nothing through.
        let none = (platforms.is_empty() && !wanted.platforms.is_empty())
            || (parks.is_empty() && !wanted.parks.is_empty());
        Test {
            wanted,
            platforms,
            parks,
            none,
        }
    }

    /// Whether a parcel is wanted; `received`: whether it was received.
    pub fn takes(&self, own: &Facts, received: bool) -> bool {
        fn any<T: PartialEq>(wanted: &[T], own: &T) -> bool {
            wanted.is_empty() || wanted.contains(own)
        }
        let wanted = &self.wanted;
        let has = |reason: &Option<ParcelReason>| match reason {
            Some(reason) => own.reasons.contains(*reason),
            None => own.reasons.is_empty(),
        };
        let held = |reasons: &Vec<ParcelReason>| match reasons.is_empty() {
            true => !own.was_held.is_empty(),
            false => reasons.iter().any(|reason| own.was_held.contains(*reason)),
        };
        let decided = matches!(
            own.state,
            ParcelState::Released | ParcelState::Returned | ParcelState::Withdrawn
        );
        !self.none
            && any(&wanted.states, &own.state)
            && (wanted.reasons.is_empty() || wanted.reasons.iter().any(has))
            && wanted.was_held.as_ref().is_none_or(held)
            && (wanted.missing.is_empty() || wanted.missing.iter().any(|kind| own.missing.contains(*kind)))
            && any(&self.platforms, &own.platform)
            && any(&self.parks, &own.park)
            && any(&wanted.modes, &own.mode)
            && (!wanted.queued || (received && !decided))
            && wanted
                .min_seconds
                .is_none_or(|least| own.seconds.is_some_and(|own| own >= least))
            && wanted
                .max_seconds
                .is_none_or(|most| own.seconds.is_some_and(|own| own <= most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_the_same_when_they_are_unpacked() {
        for state in ParcelState::ALL.iter().copied() {
            for mode in [None, Some(ParcelMode::Bonded), Some(ParcelMode::DirectMail)] {
                let facts = Facts {
                    state,
                    reasons: Reasons(0x0fff),
                    was_held: Reasons(0x0a5a),
                    missing: Kinds(0b1010),
                    mode,
                    platform: 7,
                    park: 0,
                    seconds: Some(3),
                };
                assert_eq!(Facts::unpacked(facts.packed(), 7, 0, Some(3)), Some(facts));
            }
        }
        assert_eq!(Facts::unpacked(15, 0, 0, None), None);
    }
}
