//! The alarm rules as they travel, and what a change of them would have done.

use crate::alarm::{Kind, Priority};
use crate::rules::Rules;
use crate::time::LocalTime;
use crate::wire::site::Name;
use serde::{Deserialize, Serialize};

/// The rules of a site, with their versions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RulesAnswer {
    /// The site.
    pub site: String,
    /// The rules in force now, or at the moment that was asked for.
    pub rules: Rules,
    /// Number of their version, from 1.
    pub version: u64,
    /// Every version, newest first.
    pub versions: Vec<RulesVersion>,
    /// Who answers which alarms.
    pub positions: Vec<Position>,
    /// The epoch.
    pub epoch: String,
    /// The change for which it holds.
    pub sequence: u64,
}

/// One version of the rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RulesVersion {
    /// Its number, from 1.
    pub version: u64,
    /// From when it holds; `null` for the first, which holds for all time before the second.
    pub valid_from: Option<LocalTime>,
    /// Who changed them in the page; `null` for those of the configuration file.
    pub by: Option<String>,
    /// Why.
    pub remark: Option<String>,
    /// Whether it came from the configuration file.
    pub configured: bool,
}

/// An operator position: who answers which alarms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Name,
}

/// Body of a change of the rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulesRequest {
    /// The site; the first configured one when it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// The rules from now on.
    pub rules: Rules,
    /// The version that the person saw; answered with 409 when there is a newer one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_version: Option<u64>,
    /// Who, until there are accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

/// Body of a trial: what would other rules have raised in a period?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialRequest {
    /// The site; the first configured one when it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// The rules that are tried.
    pub rules: Rules,
    /// The beginning of the period; 30 days before now when it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<LocalTime>,
    /// Its end; now when it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<LocalTime>,
}

/// What today's rules and other ones raise over the same stays. Both are run over the period as if they had always
/// held, so that they differ by the rules alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrialAnswer {
    /// The site.
    pub site: String,
    /// The beginning of the period.
    pub from: LocalTime,
    /// Its end.
    pub to: LocalTime,
    /// How many stays were judged.
    pub stays: u64,
    /// Today's rules.
    pub today: TrialCounts,
    /// The rules that are tried.
    pub tried: TrialCounts,
    /// By rule, those that differ first.
    pub rules: Vec<TrialRule>,
    /// How many only the rules that are tried raise.
    pub added: u64,
    /// How many only today's rules raise.
    pub dropped: u64,
    /// Of those that only the rules that are tried raise, the newest 200.
    pub added_alarms: Vec<TrialAlarm>,
    /// Of those that only today's rules raise, the newest 200.
    pub dropped_alarms: Vec<TrialAlarm>,
    /// By the site's day: its beginning, today's number, the tried number.
    pub days: Vec<(LocalTime, u64, u64)>,
    /// The epoch.
    pub epoch: String,
    /// The change for which it holds.
    pub sequence: u64,
}

/// What rules raise over a period, and what that means for who has to answer it (`domain.md` §7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrialCounts {
    /// All.
    pub alarms: u64,
    /// High ones.
    pub high: u64,
    /// Medium ones.
    pub medium: u64,
    /// Low ones.
    pub low: u64,
    /// The most within ten minutes of the wall clock.
    pub most_in_ten_minutes: u64,
    /// Windows of ten minutes with over ten.
    pub windows_over_ten: u64,
}

/// One rule in a trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrialRule {
    /// The rule's name.
    pub rule: String,
    /// What it is about.
    pub kind: Kind,
    /// What today's rules raise.
    pub today: u64,
    /// What the rules that are tried raise.
    pub tried: u64,
}

/// An alarm that a trial raises.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrialAlarm {
    /// What is wrong.
    pub kind: Kind,
    /// How urgent.
    pub priority: Priority,
    /// The rule.
    pub rule: String,
    /// The container.
    pub container: String,
    /// Its stay.
    pub stay: String,
    /// The limit, where there is one.
    pub limit_seconds: Option<u64>,
    /// When it would have been raised.
    pub raised_at: LocalTime,
    /// When it would have ended.
    pub cleared_at: Option<LocalTime>,
    /// The slot.
    pub slot: Option<String>,
}
