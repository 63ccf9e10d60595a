//! New urgent alarms take the screen for a moment. Those that come while others have it join them.

use crate::components::bell::waits;
use shared::alarm::Priority;
use shared::wire::alarm::Alarm;
use std::collections::VecDeque;

/// Those that come one after the other hold the screen for so many moments at most.
const LONGEST: f64 = 4.0;
/// So many are remembered: what was shown once is not new again.
const REMEMBERED: usize = 500;
/// What the server has known for longer than this many milliseconds is not new.
const NEW_MS: i64 = 120_000;

/// The alarms that have the screen, the newest first.
#[derive(Clone, Debug, Default)]
pub struct Takeover {
    /// They.
    pub alarms: Vec<Alarm>,
    begun: f64,
    until: f64,
    known: VecDeque<String>,
    // Since when the connection stands, on the browser's steady clock.
    live_since: Option<f64>,
}

impl Takeover {
    /// Whether alarms have the screen.
    pub fn has_screen(&self) -> bool {
        !self.alarms.is_empty()
    }

    /// The connection stands, or does not. Nothing is shown otherwise for that.
    pub fn connected(&mut self, live: bool, now: f64) -> bool {
        match (live, self.live_since) {
            (true, None) => self.live_since = Some(now),
            (false, _) => self.live_since = None,
            _ => {}
        }
        false
    }

    /// Hears of an alarm; `known_for` is how many milliseconds the server has known it. `begins` says that it rings now, and
    /// not merely changed. Hands back whether anything is shown otherwise.
    pub fn hear(&mut self, alarm: &Alarm, begins: bool, known_for: i64, (moment, now): (f64, f64)) -> bool {
        if let Some(place) = self.alarms.iter().position(|shown| shown.id == alarm.id) {
            if waits(alarm) {
                self.alarms[place] = alarm.clone();
            } else {
                // Somebody has seen it, or it is over.
                self.alarms.remove(place);
            }
            return true;
        }
        if !begins || alarm.priority != Priority::High || self.known.contains(&alarm.id) {
            return false;
        }
        self.known.push_back(alarm.id.clone());
        if self.known.len() > REMEMBERED {
            self.known.pop_front();
        }
        // What the server has known for longer than the connection stands was missed, and is brought by it now.
        let missed = |since: f64| known_for as f64 > now - since;
        if moment <= 0.0 || self.live_since.is_none_or(missed) || known_for > NEW_MS {
            return false;
        }
        if self.alarms.is_empty() {
            self.begun = now;
        }
        self.until = (now + moment).min(self.begun + moment * LONGEST);
        self.alarms.insert(0, alarm.clone());
        true
    }

    /// Gives the screen back once the moment is over; hands back whether it did.
    pub fn beat(&mut self, now: f64) -> bool {
        let over = self.has_screen() && now >= self.until;
        if over {
            self.alarms.clear();
        }
        over
    }

    /// Gives it back at once.
    pub fn end(&mut self) {
        self.alarms.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const MOMENT: f64 = 15_000.0;

    fn alarm(id: &str, priority: &str) -> Alarm {
        let at = "2022-02-23T13:14:15+08:00";
        let alarm = json!({
            "id": id, "tag": id, "rule": "slot_taken", "kind": "slot_taken", "priority": priority, "site": "A",
            "stay": null, "container": "CSU6097384", "container_verified": false, "direction": null,
            "bill_of_lading": null, "voyage": null, "vessel_name": null, "dangerous": false, "refrigerated": false,
            "previous": null, "current": null, "limit_seconds": null, "reasons": [], "entered_at": null, "slot": null,
            "block": null, "raised_at": at, "cleared_at": null, "recorded_at": at, "withdrawn_at": null,
            "active": true, "acknowledged": false, "shelved_until": null, "suppressed": false, "explanation": null,
            "closed": false, "history": [], "sequence": 1,
        });
        serde_json::from_value(alarm).unwrap()
    }

    fn live() -> Takeover {
        let mut takeover = Takeover::default();
        takeover.connected(true, 0.0);
        takeover
    }

    #[test]
    fn an_urgent_alarm_takes_the_screen_and_gives_it_back() {
        let mut takeover = live();
        assert!(takeover.hear(&alarm("a", "high"), true, 0, (MOMENT, 10_000.0)));
        assert!(!takeover.beat(24_000.0) && takeover.has_screen());
        assert!(takeover.beat(25_000.0) && !takeover.has_screen());
        // The same is not new again.
        assert!(!takeover.hear(&alarm("a", "high"), true, 0, (MOMENT, 30_000.0)));
    }

    #[test]
    fn what_is_not_urgent_or_did_not_begin_now_takes_nothing() {
        let mut takeover = live();
        assert!(!takeover.hear(&alarm("a", "medium"), true, 0, (MOMENT, 10_000.0)));
        assert!(!takeover.hear(&alarm("b", "high"), false, 0, (MOMENT, 10_000.0)));
        assert!(!takeover.hear(&alarm("c", "high"), true, 0, (0.0, 10_000.0)));
    }

    #[test]
    fn several_are_grouped_and_hold_it_a_little_longer() {
        let mut takeover = live();
        for (index, second) in [10.0, 20.0, 30.0, 40.0, 50.0, 60.0].into_iter().enumerate() {
            takeover.hear(
                &alarm(&index.to_string(), "high"),
                true,
                0,
                (MOMENT, second * 1_000.0),
            );
            takeover.beat(second * 1_000.0);
        }
        assert_eq!(takeover.alarms.len(), 6);
        assert_eq!(takeover.alarms[0].id, "5");
        // Four moments from the first, whatever came since.
        assert!(takeover.beat(70_000.0));
    }

    #[test]
    fn what_a_resumed_connection_brings_is_not_new() {
        let mut takeover = live();
        takeover.connected(false, 60_000.0);
        takeover.connected(true, 90_000.0);
        assert!(!takeover.hear(&alarm("a", "high"), true, 20_000, (MOMENT, 90_100.0)));
        assert!(!takeover.hear(&alarm("a", "high"), true, 20_000, (MOMENT, 99_000.0)));
        assert!(!takeover.hear(&alarm("b", "high"), true, 600_000, (MOMENT, 99_000.0)));
        assert!(takeover.hear(&alarm("c", "high"), true, 1_000, (MOMENT, 99_000.0)));
    }

    #[test]
    fn what_rings_just_after_the_connection_is_there_again_is_new() {
        let mut takeover = live();
        takeover.connected(false, 60_000.0);
        takeover.connected(true, 90_000.0);
        assert!(takeover.hear(&alarm("a", "high"), true, 50, (MOMENT, 90_200.0)));
        assert!(!takeover.hear(&alarm("b", "high"), true, 400, (MOMENT, 90_200.0)));
    }

    #[test]
    fn one_that_is_answered_leaves_at_once() {
        let mut takeover = live();
        takeover.hear(&alarm("a", "high"), true, 0, (MOMENT, 10_000.0));
        let answered = Alarm {
            acknowledged: true,
            ..alarm("a", "high")
        };
        assert!(takeover.hear(&answered, false, 3_000, (MOMENT, 13_000.0)));
        assert!(!takeover.has_screen());
    }
}
