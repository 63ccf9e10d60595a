//! How the state looks from outside: domain types become what travels.

use super::container::ContainerRecord;
use super::site::Around;
use super::state::State;
use crate::config::{Positions, Site};
use shared::alarm::lifecycle::AlarmRecord;
use shared::container::ContainerNumber;
use shared::event::versions::Versions;
use shared::event::{Attribute, Classifier, Content, Identity, Node};
use shared::size_type;
use shared::stay::fold::{Held, stay_id};
use shared::stay::{Stay, StayFlag, fold};
use shared::time::Time;
use shared::wire;

/// An alarm as it travels.
pub fn alarm(record: &AlarmRecord, site: &Site, positions: &Positions) -> wire::alarm::Alarm {
    let occurrence = &record.occurrence;
    let about = &occurrence.about;
    let local = |at: Time| site.local(at);
    let text = |text: &Option<smol_str::SmolStr>| text.as_ref().map(ToString::to_string);
    let node = |(node, at): (Node, Option<Time>)| wire::alarm::AlarmNode {
        node,
        at: at.map(local),
    };
    let detail = &occurrence.detail;
    let degrees = |thousandths: i64| thousandths as f64 / 1_000.0;
    wire::alarm::Alarm {
        id: occurrence.id.to_string(),
        tag: record.tag().to_string(),
        rule: occurrence.rule.to_string(),
        kind: occurrence.kind,
        priority: occurrence.priority,
        site: about.site.to_string(),
        stay: text(&about.stay),
        container: about.container.as_ref().map(ToString::to_string),
        container_verified: about
            .container
            .as_ref()
            .is_some_and(|container| container.is_verified()),
        direction: about.direction,
        bill_of_lading: text(&about.bill_of_lading),
        voyage: text(&about.voyage),
        vessel_name: text(&about.vessel_name),
        dangerous: about.dangerous,
        refrigerated: about.refrigerated,
        previous: occurrence.previous.map(|(at_node, at)| node((at_node, Some(at)))),
        current: occurrence.current.map(node),
        limit_seconds: occurrence.limit_seconds,
        reasons: detail.reasons.clone(),
        others: detail
            .others
            .iter()
            .map(|other| wire::alarm::Other {
                container: other.container.to_string(),
                stay: other.stay.to_string(),
                site: text(&other.site),
                slot: text(&other.slot),
                source: text(&other.source),
            })
            .collect(),
        temperature: detail.temperature.map(|temperature| wire::alarm::Temperature {
            set: degrees(temperature.set),
            measured: degrees(temperature.measured),
            band: degrees(temperature.band),
        }),
        source: text(&detail.source),
        ahead_seconds: detail.ahead_seconds,
        park: text(&detail.park),
        parcels: detail.parcels,
        mismatch_rate: detail.mismatches.map(|(share, _)| f64::from(share) / 1_000.0),
        usual_rate: detail.mismatches.map(|(_, usual)| f64::from(usual) / 1_000.0),
        position: positions.of(occurrence).to_owned(),
        entered_at: about.entered_at.map(local),
        slot: text(&occurrence.slot),
        block: text(&occurrence.block),
        raised_at: local(occurrence.raised_at),
        cleared_at: occurrence.cleared_at.map(local),
        recorded_at: local(record.recorded_at),
        withdrawn_at: record.withdrawn_at.map(local),
        active: record.is_active(),
        acknowledged: record.acknowledged,
        shelved_until: record.shelved_until.map(local),
        suppressed: record.suppressed,
        out_of_service: record.out_of_service,
        explanation: record
            .explanation
            .as_ref()
            .map(|explanation| wire::alarm::Explained {
                text: explanation.text.clone(),
                at: local(explanation.at),
                by: explanation.by.clone(),
                state: explanation.state,
            }),
        closed: record.closed,
        history: record
            .history
            .iter()
            .map(|line| wire::alarm::HistoryEntry {
                at: local(line.at),
                by: line.by.clone(),
                action: line.action,
                remark: line.remark.clone(),
            })
            .collect(),
        sequence: record.sequence,
    }
}

impl State {
    /// A container's stays at every site, newest first.
    pub fn stays_of(&self, record: &ContainerRecord) -> Vec<wire::stay::Stay> {
        let mut stays = Vec::new();
        for site in &self.sites {
            let sorted = record.at_site(&site.site.code);
            let around = Around {
                state: site,
                calls: &self.calls,
            };
            let folded = fold(
                &site.site.code,
                &record.number,
                &sorted.actual,
                &sorted.expected,
                &around,
            );
            for stay in folded {
                let began = stay.nodes.first().map(|node| node.at);
                stays.push((
                    began,
                    self.stay(&stay, record, &sorted.actual, &sorted.expected, &site.site),
                ));
            }
        }
        stays.sort_by_key(|(began, _)| std::cmp::Reverse(*began));
        stays.into_iter().map(|(_, stay)| stay).collect()
    }

    fn stay(
        &self,
        stay: &Stay,
        record: &ContainerRecord,
        events: &[Held<'_>],
        expectations: &[Held<'_>],
        site: &Site,
    ) -> wire::stay::Stay {
        let local = |at: Time| site.local(at);
        let text = |text: &Option<smol_str::SmolStr>| text.as_ref().map(ToString::to_string);
        let mut nodes: Vec<(Time, wire::stay::StayNode)> = Vec::new();
        for node in &stay.nodes {
            let told_by = events[node.told_by].identity;
            let report = |report: &usize| wire::stay::Report {
                source: events[*report].identity.source.to_string(),
                id: events[*report].identity.id.to_string(),
                at: local(events[*report].content.at),
            };
            nodes.push((
                node.at,
                wire::stay::StayNode {
                    node: node.node,
                    at: local(node.at),
                    date_only: node.date_only,
                    classifier: Classifier::Actual,
                    slot: text(&node.slot),
                    source: told_by.source.to_string(),
                    id: told_by.id.to_string(),
                    reports: node.reports.iter().map(report).collect(),
                    versions: versions(record, told_by, site),
                },
            ));
        }
        for index in &stay.expectations {
            let held = &expectations[*index];
            nodes.push((
                held.content.at,
                wire::stay::StayNode {
                    node: held.content.node,
                    at: local(held.content.at),
                    date_only: held.content.date_only,
                    classifier: held.content.classifier,
                    slot: held.content.slot().flatten().map(ToString::to_string),
                    source: held.identity.source.to_string(),
                    id: held.identity.id.to_string(),
                    reports: vec![wire::stay::Report {
                        source: held.identity.source.to_string(),
                        id: held.identity.id.to_string(),
                        at: local(held.content.at),
                    }],
                    versions: versions(record, held.identity, site),
                },
            ));
        }
        nodes.sort_by_key(|(at, node)| (*at, node.classifier, node.node));
        let mut alarms: Vec<_> = self
            .alarms
            .of(&stay.container)
            .map(|alarm| (&alarm.occurrence, alarm.withdrawn_at))
            .filter(|(alarm, withdrawn)| withdrawn.is_none() && alarm.about.stay.as_ref() == Some(&stay.id))
            .map(|(alarm, _)| (alarm.raised_at, alarm.id.to_string()))
            .collect();
        // Not in the order in which this server came to know of them.
        alarms.sort();
        let papers_only = stay.flags.contains(&StayFlag::PapersOnly);
        wire::stay::Stay {
            id: stay.id.to_string(),
            site: stay.site.to_string(),
            container: stay.container.to_string(),
            container_verified: stay.container.is_verified(),
            direction: stay.direction,
            cargo: stay.cargo,
            mode: stay.mode,
            channel: stay.channel,
            size_type: text(&stay.size_type),
            teu: stay.half_teu().map(|halves| size_type::teu(i64::from(halves))),
            empty: stay.empty,
            bill_of_lading: text(&stay.bill_of_lading),
            voyage: text(&stay.voyage),
            vessel_imo: text(&stay.vessel_imo),
            vessel_name: text(&stay.vessel_name),
            declarations: stay.declarations.iter().map(ToString::to_string).collect(),
            dangerous: stay.dangerous.clone(),
            refrigerated: stay.refrigerated,
            status: stay.status,
            slot: stay.slot.as_ref().map(|placement| placement.slot.to_string()),
            began_at: stay.began_at.filter(|_| !papers_only).map(local),
            ended_at: stay.ended_at.map(local),
            clearance_seconds: stay.clearance.and_then(|clearance| clearance.seconds),
            flags: stay.flags.iter().copied().collect(),
            nodes: nodes.into_iter().map(|(_, node)| node).collect(),
            segments: stay
                .segments
                .iter()
                .map(|segment| wire::stay::Segment {
                    name: segment.name,
                    from: local(segment.from),
                    to: local(segment.to),
                    seconds: segment.seconds,
                })
                .collect(),
            alarms: alarms.into_iter().map(|(_, id)| id).collect(),
        }
    }

    /// Gives stays that were folded from what was known at a moment the alarms that this server knew of then and had not
    /// withdrawn. An alarm belongs to a stay that has another beginning by now as it did to the one before.
    pub fn alarms_known_at(&self, record: &ContainerRecord, stays: &mut [wire::stay::Stay], at: Time) {
        let today = self.stays_of(record);
        let known: Vec<_> = self
            .alarms
            .of(&record.number)
            .filter(|alarm| alarm.recorded_at <= at && !alarm.was_withdrawn_at(at))
            .collect();
        for stay in stays {
            let led_to = today.iter().find(|own| has_been(own, &stay.id, &record.number));
            let mut of_stay: Vec<_> = known
                .iter()
                .map(|alarm| &alarm.occurrence)
                .filter(|alarm| {
                    let about = alarm.about.stay.as_deref();
                    about == Some(&stay.id) || about.is_some() && about == led_to.map(|own| own.id.as_str())
                })
                .map(|alarm| (alarm.raised_at, alarm.id.to_string()))
                .collect();
            of_stay.sort();
            stay.alarms = of_stay.into_iter().map(|(_, id)| id).collect();
        }
    }

    /// What was told of a container outside any stay: of other ports, and notes of ours; newest first.
    pub fn mentions_of(
        &self,
        record: &ContainerRecord,
        sees: &dyn Fn(&str) -> bool,
    ) -> (Vec<wire::container::Mention>, Vec<wire::container::Mention>) {
        let (mut elsewhere, mut notes) = (Vec::new(), Vec::new());
        let Some(default) = self.sites.first() else {
            return (elsewhere, notes);
        };
        let shown: std::collections::BTreeSet<Identity> = self
            .stays_of(record)
            .iter()
            .flat_map(|stay| &stay.nodes)
            .map(|node| Identity {
                source: node.source.as_str().into(),
                id: node.id.as_str().into(),
            })
            .collect();
        for (versions, event) in record.holding() {
            let Some(content) = &event.content else { continue };
            let site = content.site().and_then(|code| self.site(code));
            if site.is_some_and(|site| !sees(&site.site.code)) {
                continue;
            }
            let list = match site {
                None => &mut elsewhere,
                // Notes, and expectations that no stay is near to.
                Some(_) if content.node == Node::Note || !content.is_actual() => &mut notes,
                Some(_) => continue,
            };
            if site.is_some() && shown.contains(&event.identity) {
                continue;
            }
            list.push(mention(
                versions,
                content,
                site.map_or(&default.site, |site| &site.site),
            ));
        }
        for list in [&mut elsewhere, &mut notes] {
            list.sort_by(|a: &wire::container::Mention, b| {
                (b.at.at, &a.source, &a.id).cmp(&(a.at.at, &b.source, &b.id))
            });
        }
        (elsewhere, notes)
    }
}

/// Whether a stay has, or had with another beginning, an address.
pub fn has_been(stay: &wire::stay::Stay, id: &str, number: &ContainerNumber) -> bool {
    let reports = stay.nodes.iter().flat_map(|node| &node.reports);
    stay.id == id
        || reports.into_iter().any(|report| {
            let identity = Identity {
                source: report.source.as_str().into(),
                id: report.id.as_str().into(),
            };
            stay_id(&stay.site, number, &identity) == id
        })
}

fn mention(held: &Versions, content: &Content, site: &Site) -> wire::container::Mention {
    let identity = &held.holding().event.identity;
    let text = |text: Option<Option<&smol_str::SmolStr>>| text.flatten().map(ToString::to_string);
    let detail = content.attributes.iter().find_map(|attribute| match attribute {
        Attribute::Detail(json) => serde_json::from_str(json).ok(),
        _ => None,
    });
    wire::container::Mention {
        node: content.node,
        at: site.local(content.at),
        classifier: content.classifier,
        location: text(content.location()),
        facility: text(content.facility()),
        source: identity.source.to_string(),
        id: identity.id.to_string(),
        detail,
        versions: all_versions(held, site),
    }
}

fn versions(record: &ContainerRecord, identity: &Identity, site: &Site) -> Vec<wire::stay::Version> {
    let held = record
        .identities
        .iter()
        .find(|versions| versions.holding().event.identity == *identity);
    held.map(|versions| all_versions(versions, site))
        .unwrap_or_default()
}

fn all_versions(held: &Versions, site: &Site) -> Vec<wire::stay::Version> {
    let last = held.all().len() - 1;
    held.all()
        .iter()
        .enumerate()
        .map(|(index, version)| wire::stay::Version {
            updated_at: version.event.updated_at.map(|at| site.local(at)),
            at: version
                .event
                .content
                .as_ref()
                .map(|content| site.local(content.at)),
            retracted: version.event.retracted,
            recorded_at: site.local(version.recorded_at),
            holds: index == last,
        })
        .collect()
}
