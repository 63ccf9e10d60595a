//! Alarms of the system itself: about senders, and about what other books say of themselves.

use super::state::State;
use crate::journal::Due;
use shared::alarm::condition::ConditionKey;
use shared::alarm::lifecycle::AlarmRecord;
use shared::event::Event;
use shared::time::Time;
use smol_str::SmolStr;
use std::sync::Arc;

impl State {
    /// The site that a sender speaks of: the one whose configuration names it, else the first. And whether it is named,
    /// so that its silence matters.
    fn site_of_source(&self, source: &str) -> (usize, bool) {
        let named = self
            .sites
            .iter()
            .position(|site| site.site.sources.iter().any(|own| own == source));
        (named.unwrap_or(0), named.is_some())
    }

    /// Notes that an event came.
    pub(super) fn hear(&mut self, event: &Event, now: Time) {
        let source = event.identity.source.as_str();
        let (site, _) = self.site_of_source(source);
        let Some(rules) = self
            .sites
            .get(site)
            .map(|site| Arc::clone(&site.rules.newest().rules))
        else {
            return;
        };
        let actual = event
            .content
            .as_ref()
            .filter(|content| content.is_actual() && !event.retracted && !content.date_only);
        let ahead = actual.map_or(0, |content| content.at.0 - now.0);
        if let Some(state) = self.sources.get_mut(source)
            && state.punctuality.hear(&rules, now, ahead)
        {
            self.heard.insert(source.into());
        }
    }

    /// Brings the alarms about the senders that spoke in line.
    pub(super) fn judge_heard(&mut self) {
        for source in std::mem::take(&mut self.heard) {
            self.judge_source(&source);
        }
    }

    /// Brings the alarms about a sender in line.
    pub(super) fn judge_source(&mut self, source: &str) {
        let (site, watched) = self.site_of_source(source);
        let (Some(state), Some(site)) = (self.sources.get(source), self.sites.get(site)) else {
            return;
        };
        let rules = Arc::clone(&site.rules.newest().rules);
        let judgement = state
            .punctuality
            .judge(source, &site.site.code, watched, &rules, self.now);
        let look_at = judgement.next_deadline;
        let records: Vec<AlarmRecord> = judgement
            .occurrences
            .iter()
            .filter_map(|occurrence| self.alarms.get(&occurrence.id))
            .map(|record| (**record).clone())
            .collect();
        if let Some(state) = self.sources.get_mut(source) {
            state.look_at = look_at;
        }
        self.reconcile(records, judgement);
    }

    /// Brings the alarms about what another book said in line.
    pub(super) fn judge_condition(&mut self, key: &ConditionKey) {
        let (Some(state), Some(site)) = (self.conditions.get(key), self.site(&key.site)) else {
            return;
        };
        let rules = Arc::clone(&site.rules.newest().rules);
        let judgement = state.judge(key, &rules, self.now);
        let look_at = judgement.next_deadline;
        let known = judgement
            .occurrences
            .iter()
            .filter_map(|occurrence| self.alarms.get(&occurrence.id));
        let records: Vec<AlarmRecord> = known.map(|record| (**record).clone()).collect();
        if let Some(state) = self.conditions.get_mut(key) {
            state.look_at = look_at;
        }
        self.reconcile(records, judgement);
    }

    /// What other books said is wrong, with since when.
    pub fn open_conditions(&self) -> impl Iterator<Item = (&ConditionKey, Time)> {
        let all = self.conditions.iter();
        all.filter_map(|(key, state)| Some((key, state.open()?)))
    }

    /// The next moment at which passing time alone changes the alarms about what another book said.
    pub(super) fn next_condition(&self) -> Option<(Time, Due)> {
        let looks = self.conditions.iter();
        let looks = looks.filter_map(|(key, state)| Some((state.look_at?, key)));
        looks.min().map(|(at, key)| (at, Due::Condition(key.clone())))
    }

    /// The next moment at which passing time alone changes the alarms about a sender.
    pub(super) fn next_source(&self) -> Option<(Time, Due)> {
        let looks = self
            .sources
            .iter()
            .filter_map(|(name, state)| Some((state.look_at?, name)));
        looks
            .min()
            .map(|(at, name)| (at, Due::Source(SmolStr::new(name))))
    }
}
