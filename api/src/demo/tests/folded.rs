//! What the port tells folds into stays in which nothing is odd, with about as many alarms as intended.

use super::super::{Format, Mishaps, Port, Settings};
use super::{small, start};
use crate::config::Site;
use crate::feeds::{Context, EdifactSettings, dcsa, edifact, native};
use crate::intake::{Sender, admit};
use shared::alarm::Kind;
use shared::alarm::judge::judge;
use shared::alarm::watched::{Around as Besides, Watched};
use shared::call::{Call, Vessel};
use shared::container::ContainerNumber;
use shared::event::Event;
use shared::event::node::Part;
use shared::rules::{Regime, RuleBook, Rules};
use shared::stay::StayFlag;
use shared::stay::fold::{Held, Surroundings, fold};
use shared::time::{DAY, HOUR, Time};
use shared::yard::{Layout, builtin};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;

struct Around(Arc<Layout>);

impl Surroundings for Around {
    fn sources(&self) -> &[SmolStr] {
        &[]
    }
    fn call(&self, _: &str, _: Vessel<'_>, _: Time) -> Option<Call> {
        None
    }
    fn stacking_tells(&self, _: Time) -> bool {
        true
    }
    fn layout(&self, _: Time) -> &Layout {
        &self.0
    }
}

#[test]
fn stays_fold_without_oddities_and_with_few_alarms() {
    let days = 8;
    let settings = Settings {
        mishaps: Mishaps::NONE,
        ..small()
    };
    let sites = [Site::default()];
    let layout = Arc::clone(&sites[0].layout);
    let mut port = Port::with_settings(21, start(), &builtin::layout(), settings);
    let mut containers: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    port.advance_to(start().plus(days * DAY), &mut |message| {
        let context = Context {
            source: message.source.as_deref(),
            sites: &sites,
            edifact: &EdifactSettings::default(),
        };
        let reading = match message.format {
            Format::Events => native::read(&message.body, &context),
            Format::Dcsa => dcsa::read(&message.body, &context),
            Format::Edifact => edifact::read(&message.body, &context),
        };
        for read in reading.events {
            let event = admit(read, &sites, &Sender::anybody(), message.at, &mut Vec::new()).unwrap();
            let content = event.content.as_ref().unwrap();
            let folds = !matches!(content.node.part(), Part::Vessel | Part::Note);
            if let Some(container) = content.container.clone().filter(|_| folds) {
                containers.entry(container.to_string()).or_default().push(event);
            }
        }
    });

    // What happened in the last hours may still be under way in another batch.
    let now = start().plus(days * DAY - 8 * HOUR);
    let rules = RuleBook::new(Regime {
        valid_from: start(),
        rules: Arc::new(Rules::default()),
        layout: Arc::clone(&layout),
    });
    let around = Around(layout);
    let (mut flags, mut alarms) = (BTreeMap::new(), BTreeMap::new());
    let mut stays = 0;
    for (number, events) in &containers {
        let mut held: Vec<Held<'_>> = events
            .iter()
            .map(|event| Held {
                identity: &event.identity,
                content: event.content.as_ref().unwrap(),
                conflict: false,
            })
            .filter(|held| held.content.at < now)
            .collect();
        held.sort_by(Held::order);
        let number = ContainerNumber::parse(number).unwrap();
        for stay in fold("CNTXG-TPCT", &number, &held, &[], &around) {
            stays += 1;
            for flag in &stay.flags {
                let (count, example) = flags.entry(*flag).or_insert((0, number.clone()));
                *count += 1;
                *example = number.clone();
            }
            for alarm in judge(&Watched::of(&stay, &held, Besides::default()), &rules, now).occurrences {
                if alarm.raised_at >= start() {
                    let ends = alarm.current.map(|(node, _)| node);
                    *alarms
                        .entry((alarm.kind, alarm.previous.map(|(node, _)| node), ends))
                        .or_insert(0) += 1;
                }
            }
        }
    }
    println!("{stays} stays, {flags:?}, {alarms:?}");
    for odd in [
        StayFlag::BeginMissing,
        StayFlag::EndMissing,
        StayFlag::Repeated,
        StayFlag::OutOfOrder,
        StayFlag::SizeDiffers,
        StayFlag::DirectionDiffers,
        StayFlag::BillDiffers,
        StayFlag::UnknownSlot,
        StayFlag::SizeMissing,
    ] {
        assert_eq!(flags.get(&odd), None, "{odd:?}");
    }
    // A tenth of the traffic: a tenth of what is intended for the whole port.
    let count = |kind: Kind| -> i64 {
        alarms
            .iter()
            .filter(|((other, ..), _)| *other == kind)
            .map(|(_, n)| n)
            .sum()
    };
    let overtime = count(Kind::Overtime) as f64 / days as f64 * 10.0;
    assert!(
        (20.0..200.0).contains(&overtime),
        "{overtime} overtime alarms a day"
    );
    let illegal = count(Kind::IllegalStorage) as f64 / days as f64 * 10.0;
    assert!(
        (0.5..25.0).contains(&illegal),
        "{illegal} illegal-storage alarms a day"
    );
}
