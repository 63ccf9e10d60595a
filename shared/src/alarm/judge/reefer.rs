//! Reefers: without power, and outside their temperature band.

use super::{Finding, Judge};
use crate::alarm::Kind;
use crate::alarm::delay::{Delays, Wrong, join};
use crate::alarm::occurrence::{Detail, Temperature};
use crate::event::Node;
use smol_str::SmolStr;

impl Judge<'_> {
    /// It stands in the yard and is not plugged in: from its plug-out; and from its stacking, where the site's feeds
    /// tell of plug-ins at all.
    pub(super) fn power(&mut self) {
        let stay = self.stay;
        if !stay.refrigerated {
            return;
        }
        let mut found: Vec<(Wrong, usize)> = Vec::new();
        let (mut stands, mut powered) = (false, false);
        let mut since: Option<usize> = None;
        for (index, step) in stay.steps.iter().enumerate() {
            if step.date_only || stay.ended_at.is_some_and(|ended| step.at > ended) {
                continue;
            }
            match step.node {
                Node::PlugIn => {
                    powered = true;
                    if let Some(from) = since.take() {
                        let wrong = Wrong {
                            from: stay.steps[from].at,
                            until: Some(step.at),
                        };
                        found.push((wrong, from));
                    }
                }
                Node::PlugOut => {
                    powered = false;
                    if stands && since.is_none() {
                        since = Some(index);
                    }
                }
                node if node.is_stacking() => {
                    if !stands && !powered && stay.around.plugging_tells {
                        since = Some(index);
                    }
                    stands = true;
                }
                _ => {}
            }
        }
        if let Some(from) = since {
            let wrong = Wrong {
                from: stay.steps[from].at,
                until: stay.ended_at,
            };
            found.push((wrong, from));
        }
        self.raise_each(Kind::ReeferPower, "reefer_power", Node::PlugIn, found, |_| {
            Detail::default()
        });
    }

    /// Measured too far from what it is set to: what it is set to is the last temperature that anything but a
    /// measurement stated.
    pub(super) fn temperature(&mut self) {
        let stay = self.stay;
        if !stay.refrigerated || !stay.steps.iter().any(|step| step.node == Node::Measure) {
            return;
        }
        let mut set: Option<i64> = None;
        let mut found: Vec<(Wrong, (usize, Temperature))> = Vec::new();
        let mut open = false;
        for (index, step) in stay.steps.iter().enumerate() {
            if step.date_only || stay.ended_at.is_some_and(|ended| step.at > ended) {
                continue;
            }
            let (Some(value), measured) = (step.temperature, step.node == Node::Measure) else {
                continue;
            };
            if !measured {
                set = Some(value);
                continue;
            }
            let Some(set) = set else { continue };
            let band = i64::from(self.rules.at(step.at).rules.reefer_band_millicelsius);
            let outside = (value - set).abs() > band;
            let temperature = Temperature {
                set,
                measured: value,
                band,
            };
            let farther = |worst: &Temperature| (value - set).abs() > (worst.measured - worst.set).abs();
            match (open, outside, found.last_mut()) {
                (true, true, Some((_, (_, worst)))) if farther(worst) => *worst = temperature,
                (true, false, Some((wrong, _))) => wrong.until = Some(step.at),
                (false, true, _) => {
                    let wrong = Wrong {
                        from: step.at,
                        until: None,
                    };
                    found.push((wrong, (index, temperature)));
                }
                _ => {}
            }
            open = outside;
        }
        if let Some((wrong, _)) = found.last_mut().filter(|(wrong, _)| wrong.until.is_none()) {
            wrong.until = stay.ended_at;
        }
        let mut temperatures: Vec<(usize, Temperature)> = Vec::with_capacity(found.len());
        let found = found.into_iter().map(|(wrong, (index, temperature))| {
            temperatures.push((index, temperature));
            (wrong, index)
        });
        let found: Vec<(Wrong, usize)> = found.collect();
        self.raise_each(
            Kind::ReeferTemperature,
            "reefer_temperature",
            Node::Measure,
            found,
            |index| Detail {
                temperature: temperatures
                    .iter()
                    .find(|(own, _)| *own == index)
                    .map(|(_, temperature)| *temperature),
                ..Detail::default()
            },
        );
    }

    /// Raises each of some times in which a reefer was not well.
    fn raise_each(
        &mut self,
        kind: Kind,
        name: &'static str,
        awaited: Node,
        found: Vec<(Wrong, usize)>,
        detail: impl Fn(usize) -> Detail,
    ) {
        let stay = self.stay;
        let Some((first, _)) = found.first() else {
            return;
        };
        let has_limit = crate::rules::kind::has_limit(kind);
        let delays_at = |at| {
            let rule = self.rules.at(at).rules.kind(kind);
            match has_limit {
                true => (rule, Delays::behind_limit(&rule)),
                false => (rule, Delays::of(&rule)),
            }
        };
        // What is joined was begun under one version of the rules as a rule; the first decides.
        let joined = join(found.clone(), delays_at(first.from).1);
        for (wrong, index) in joined {
            let (rule, delays) = delays_at(wrong.from);
            let slot = self.slot_at(index);
            let ended = wrong.until.and_then(|until| {
                let mut steps = stay.steps.iter().rev();
                steps.find(|step| step.at == until)
            });
            self.raise(wrong, delays, || Finding {
                rule: SmolStr::new_static(name),
                kind,
                priority: rule.priority,
                began_by: &stay.steps[index],
                current: Some(ended.map_or((awaited, None), |end| (end.node, Some(end.at)))),
                limit_seconds: Some(if has_limit {
                    rule.limit_seconds
                } else {
                    rule.on_delay_seconds
                }),
                slot,
                detail: detail(index),
            });
        }
    }
}
