//! What a simulated week must hold to.

mod feeds;
mod folded;
mod ledger;

use super::{Message, Mishaps, Port, Settings};
use ledger::{Ledger, Told};
use shared::container::ContainerNumber;
use shared::size_type::SizeType;
use shared::time::{DAY, HOUR, MINUTE, Time};
use shared::yard::builtin;
use std::collections::{BTreeMap, HashMap};

fn start() -> Time {
    Time::parse("2026-03-01T00:00:00+08:00").unwrap()
}

/// A small port that soon stands as full as it is going to.
fn small() -> Settings {
    Settings {
        warm_up: 14 * DAY,
        ..Settings::scaled(0.1)
    }
}

fn messages(port: &mut Port, count: usize) -> Vec<Message> {
    (0..count).map(|_| port.next_message().unwrap()).collect()
}

/// The times between two nodes of the stays, in minutes and in order.
fn between(stays: &[Vec<&Told>], from: &str, to: &str, direction: &str) -> Vec<i64> {
    let mut minutes: Vec<i64> = stays
        .iter()
        .filter(|stay| {
            stay.iter()
                .any(|told| told.direction.as_deref() == Some(direction))
        })
        .filter_map(|stay| {
            let at = |node: &str| stay.iter().find(|told| told.node == node).map(|told| told.at);
            Some((at(to)?.0 - at(from)?.0) / MINUTE)
        })
        .collect();
    minutes.sort_unstable();
    minutes
}

fn share_over(minutes: &[i64], limit: i64) -> f64 {
    minutes.iter().filter(|minutes| **minutes > limit).count() as f64 / minutes.len().max(1) as f64
}

/// Parts what holds into stays, by container.
fn stays<'a>(held: &[&'a Told]) -> Vec<Vec<&'a Told>> {
    let mut open: BTreeMap<&str, Vec<&Told>> = BTreeMap::new();
    let mut stays = Vec::new();
    for told in held {
        open.entry(told.container.as_str()).or_default().push(told);
        if matches!(told.node.as_str(), "gate_out" | "load") {
            stays.extend(open.remove(told.container.as_str()));
        }
    }
    stays.extend(open.into_values());
    stays
}

#[test]
fn the_same_seed_and_start_give_the_same_messages() {
    let layout = builtin::layout();
    let mut one = Port::with_settings(11, start(), &layout, small());
    let mut same = Port::with_settings(11, start(), &layout, small());
    let mut other = Port::with_settings(12, start(), &layout, small());
    let told = messages(&mut one, 200);
    assert_eq!(told, messages(&mut same, 200));
    assert_ne!(told, messages(&mut other, 200));
}

#[test]
fn a_stored_port_goes_on_where_it_was() {
    let settings = Settings {
        history: DAY,
        ..small()
    };
    let mut port = Port::with_settings(5, start(), &builtin::layout(), settings);
    // Once in the history, once in the live part.
    for count in [60, 400] {
        messages(&mut port, count);
        let stored = postcard::to_stdvec(&port).unwrap();
        let mut restored: Port = postcard::from_bytes(&stored).unwrap();
        assert_eq!(restored.sent(), port.sent());
        assert_eq!(messages(&mut port.clone(), 300), messages(&mut restored, 300));
    }
    assert!(port.ready.is_empty() || port.now >= port.live_from());
}

#[test]
fn it_hands_over_the_same_however_it_is_asked() {
    let mut one = Port::with_settings(3, start(), &builtin::layout(), small());
    let mut other = one.clone();
    let mut pushed = Vec::new();
    for minutes in (0..3_000).step_by(7) {
        one.advance_to(start().plus(minutes * MINUTE), &mut |message| {
            pushed.push(message);
        });
    }
    assert_eq!(pushed, messages(&mut other, pushed.len()));
    assert!(pushed.len() > 50);
    assert!(other.next_message().unwrap().at > start().plus(2_990 * MINUTE));
}

#[test]
fn nothing_impossible_happens_in_a_week() {
    let layout = builtin::layout();
    let mut ledger = Ledger::default();
    let mut port = Port::with_settings(2, start(), &layout, small());
    port.advance_to(start().plus(7 * DAY), &mut |message| ledger.take(&message));

    let mut calls = std::collections::BTreeSet::new();
    for told in ledger
        .held()
        .into_iter()
        .filter(|told| told.node == "vessel_arrival")
    {
        assert!(calls.insert(told.call.clone()), "{:?} arrives twice", told.call);
    }
    assert!(!calls.is_empty());

    // Of what is told late some is still to come.
    let until = start().plus(7 * DAY - 13 * HOUR);
    let held: Vec<&Told> = ledger.held().into_iter().filter(|told| told.at < until).collect();
    no_slot_is_taken_twice(&layout, &held);

    let stays = stays(&held);
    let mut unverified = 0;
    for stay in &stays {
        let nodes: Vec<&str> = stay.iter().map(|told| told.node.as_str()).collect();
        let begin = nodes
            .iter()
            .position(|node| matches!(*node, "discharge" | "gate_in"));
        let end = nodes.iter().position(|node| matches!(*node, "gate_out" | "load"));
        let Some(begin) = begin else {
            assert!(end.is_none(), "{nodes:?} ends what never began");
            continue;
        };
        let handled = nodes
            .iter()
            .position(|node| matches!(*node, "stack" | "shift" | "scan"));
        assert!(handled.is_none_or(|handled| handled > begin), "{nodes:?}");
        assert!(end.is_none_or(|end| end > begin), "{nodes:?}");
        assert!(
            nodes
                .iter()
                .filter(|node| **node == "discharge" || **node == "gate_in")
                .count()
                == 1
        );
        let full = !stay[begin].empty && stay[begin].direction.as_deref() != Some("transshipment");
        if full && end.is_some() {
            assert!(nodes.contains(&"release"), "{nodes:?} leaves unreleased");
        }
        unverified += usize::from(
            !ContainerNumber::parse(&stay[begin].container)
                .unwrap()
                .is_verified(),
        );
    }
    let share = unverified as f64 / stays.len() as f64;
    assert!((0.002..0.03).contains(&share), "{share} unverified");
}

fn no_slot_is_taken_twice(layout: &shared::yard::Layout, held: &[&Told]) {
    let mut bytes: Vec<Option<&str>> = vec![None; layout.slots()];
    let mut stands: HashMap<&str, Vec<usize>> = HashMap::new();
    let (mut long, mut wrong, mut checked) = (HashMap::new(), 0, 0);
    let mut cargo: HashMap<&str, (bool, bool, bool)> = HashMap::new();
    // EDIFACT gives minutes, so a box may seem to have left up to one too early.
    let mut left_at: Vec<Time> = vec![Time(0); layout.slots()];
    for told in held {
        let container = told.container.as_str();
        if let Some(size) = &told.size_type {
            long.insert(container, SizeType(size).is_long());
            cargo.insert(container, (told.dangerous, told.refrigerated, told.empty));
        }
        let left = matches!(told.node.as_str(), "gate_out" | "load");
        if told.slot.is_none() && !left {
            continue;
        }
        for byte in stands.remove(container).unwrap_or_default() {
            bytes[byte] = None;
            left_at[byte] = told.at;
        }
        let Some(address) = &told.slot else { continue };
        let (block, slot) = layout.find(address).expect("a slot of the layout");
        let index = layout.index(&slot).unwrap();
        let taken: Vec<usize> = [Some(index.near), index.far].into_iter().flatten().collect();
        if let Some(long) = long.get(container) {
            assert_eq!(taken.len() == 2, *long, "{address} for {container}");
        }
        for byte in &taken {
            assert_eq!(
                bytes[*byte],
                None,
                "{address} at {}, for {container}",
                told.at.utc()
            );
            // What stood below before the start may have left before it, and is not told of.
            let grounded = slot.tier == 1
                || bytes[byte - 1].is_some()
                || told.at < start()
                || left_at[byte - 1].plus(MINUTE) > told.at;
            assert!(grounded, "{address} floats at {}, for {container}", told.at.utc());
            bytes[*byte] = Some(container);
        }
        let (dangerous, refrigerated, empty) = cargo.get(container).copied().unwrap_or_default();
        let designation = &block.designation;
        let legal = (!dangerous || designation.cargo.contains(&shared::stay::Cargo::Dangerous))
            && (!refrigerated || designation.power)
            && (!empty || designation.cargo == [shared::stay::Cargo::Empty]);
        wrong += usize::from(!legal);
        checked += usize::from(dangerous || refrigerated);
        stands.insert(container, taken);
    }
    println!("{wrong} of {checked} times a dangerous or refrigerated box was put where it must not stand");
    assert!(
        checked > 30 && wrong * 10 < checked,
        "{wrong} of {checked} stand wrongly"
    );
}

#[test]
fn without_mishaps_every_message_is_right_at_once() {
    let settings = Settings {
        mishaps: Mishaps::NONE,
        ..small()
    };
    let mut ledger = Ledger::default();
    let mut port = Port::with_settings(4, start(), &builtin::layout(), settings);
    port.advance_to(start().plus(3 * DAY), &mut |message| ledger.take(&message));
    let wrong = ledger.broken + ledger.repeated + ledger.corrected + ledger.retracted;
    assert_eq!(wrong, 0);
}

/// Prints what a month is like, and holds it to what a real port is like. Minutes in a debug build, so:
/// `cargo test --release -p api demo -- --ignored --nocapture`.
#[test]
#[ignore = "at full traffic; for a release build"]
fn a_month_at_full_traffic_is_like_that_of_a_real_port() {
    /// Days that are read.
    const READ: i64 = 14;
    let layout = builtin::layout();
    let clock = std::time::Instant::now();
    let mut port = Port::with_settings(1, start(), &layout, Settings::default());
    let at_first = port.standing();
    println!("warm-up {:?}, {at_first} boxes stand", clock.elapsed());

    let (clock, mut events) = (std::time::Instant::now(), 0);
    let mut again = port.clone();
    again.advance_to(start().plus(30 * DAY), &mut |message| {
        events += message.events as usize;
    });
    let seconds = clock.elapsed().as_secs_f64();
    println!(
        "{events} events in {seconds:.2} s, {:.0} a second",
        events as f64 / seconds
    );
    let clock = std::time::Instant::now();
    let stored = postcard::to_stdvec(&again).unwrap();
    println!(
        "stored in {} bytes, {:?}; {} boxes stand",
        stored.len(),
        clock.elapsed(),
        again.standing()
    );

    let mut ledger = Ledger::default();
    let mut first = 0;
    port.advance_to(start(), &mut |message| first += message.events);
    let mut ledger_port = Port::with_settings(1, start(), &layout, Settings::default());
    ledger_port.advance_to(start().plus(READ * DAY), &mut |message| ledger.take(&message));
    println!(
        "{first} of them before the start; {} messages, {} MB, {:?}",
        ledger.messages,
        ledger.bytes / 1_000_000,
        ledger.events
    );
    println!(
        "broken {}, repeated {}, corrected {}, retracted {}, late {}, carriers' moves {}",
        ledger.broken, ledger.repeated, ledger.corrected, ledger.retracted, ledger.late, ledger.carrier_moves
    );
    let all = ledger.held();
    let held: Vec<&Told> = all
        .iter()
        .copied()
        .filter(|told| told.at < start().plus(READ * DAY - 13 * HOUR))
        .collect();
    let stays = stays(&held);

    let since = start();
    let days = READ as f64 - 13.0 / 24.0;
    let count = |node: &str| {
        held.iter()
            .filter(|told| told.node == node && told.at >= since)
            .count() as f64
            / days
    };
    for node in shared::event::Node::ALL {
        println!("{:>22} {:8.1} a day", node.name(), count(node.name()));
    }
    let half_teu: f64 = held
        .iter()
        .filter(|told| matches!(told.node.as_str(), "discharge") && told.at >= since)
        .filter_map(|told| SizeType(told.size_type.as_deref()?).half_teu())
        .map(f64::from)
        .sum();
    let teu_discharged = half_teu / 2.0 / days;
    println!("{teu_discharged:.0} TEU discharged a day");

    let recent: Vec<Vec<&Told>> = stays
        .iter()
        .filter(|stay| {
            stay.iter()
                .any(|told| matches!(told.node.as_str(), "discharge" | "gate_in") && told.at >= since)
        })
        .cloned()
        .collect();
    let median = |minutes: &[i64]| minutes.get(minutes.len() / 2).copied().unwrap_or_default();
    for (from, to, direction, limit) in [
        ("discharge", "stack", "import", 60),
        ("gate_in", "stack", "export", 60),
        ("declare", "release", "import", 24 * 60),
        ("declare", "release", "export", 24 * 60),
        ("discharge", "release", "import", 24 * 60),
        ("release", "gate_out", "import", 7 * 24 * 60),
        ("release", "load", "export", 7 * 24 * 60),
        ("gate_in", "load", "export", 7 * 24 * 60),
        ("discharge", "gate_out", "import", 7 * 24 * 60),
        ("select_for_scan", "scan", "import", 12 * 60),
        ("select_for_inspection", "inspection_start", "import", 24 * 60),
        ("inspection_start", "inspection_end", "import", 8 * 60),
    ] {
        let minutes = between(&recent, from, to, direction);
        let over = share_over(&minutes, limit);
        println!(
            "{direction:>7} {from:>22} → {to:<16} {:6.1} h median, {:5.2} % over the limit, {:.1} a day",
            median(&minutes) as f64 / 60.0,
            over * 100.0,
            over * minutes.len() as f64 / days,
        );
    }
    for direction in ["import", "export", "transshipment"] {
        let shifts = recent
            .iter()
            .filter(|stay| {
                stay.iter()
                    .any(|told| told.direction.as_deref() == Some(direction))
            })
            .map(|stay| stay.iter().filter(|told| told.node == "shift").count())
            .sum::<usize>();
        println!("{direction}: {:.0} shifts a day", shifts as f64 / days);
    }
    let open = |direction: Option<&str>| {
        stays
            .iter()
            .filter(|stay| {
                !stay
                    .iter()
                    .any(|told| matches!(told.node.as_str(), "gate_out" | "load"))
            })
            .filter_map(|stay| stay.iter().find(|told| told.node == "stack"))
            .filter(|stack| stack.direction.as_deref() == direction)
            .count()
    };
    for direction in [Some("import"), Some("export"), Some("transshipment"), None] {
        println!("{direction:?}: {} stand", open(direction));
    }
    let arrivals: HashMap<_, Time> = held
        .iter()
        .filter(|told| told.node == "vessel_arrival")
        .filter_map(|told| Some((told.call.clone()?, told.at)))
        .collect();
    let mut clearance: Vec<i64> = recent
        .iter()
        .filter(|stay| {
            stay.iter()
                .any(|told| told.direction.as_deref() == Some("import"))
        })
        .filter_map(|stay| {
            let call = stay.iter().find(|told| told.node == "discharge")?.call.as_ref()?;
            let released = stay.iter().find(|told| told.node == "release")?.at;
            Some(((released.0 - arrivals.get(call)?.0) / MINUTE).max(0))
        })
        .collect();
    clearance.sort_unstable();
    let mean = clearance.iter().sum::<i64>() as f64 / clearance.len() as f64 / 60.0;
    let (half, zero) = (median(&clearance) as f64 / 60.0, 1.0 - share_over(&clearance, 0));
    println!("import arrival → release {half:.1} h median, {mean:.1} mean, {zero:.3} ahead");
    assert!((24.0..36.0).contains(&half));
    let direct = recent
        .iter()
        .filter(|stay| {
            stay.iter()
                .any(|told| matches!(told.node.as_str(), "gate_out" | "load"))
        })
        .filter(|stay| !stay.iter().any(|told| told.node == "stack"))
        .count() as f64;
    println!("{:.1} direct a day", direct / days);
    no_slot_is_taken_twice(&layout, &held);

    for standing in [at_first, again.standing()] {
        assert!((50_000..66_000).contains(&standing), "{standing}");
    }
    assert!(events < 1_550_000);
    assert!((4_500.0..6_800.0).contains(&teu_discharged));
    let export = between(&recent, "declare", "release", "export");
    assert!((30..120).contains(&median(&export)));
    assert!(share_over(&export, 24 * 60) < 0.02);
    for (from, to) in [("discharge", "stack"), ("gate_in", "stack")] {
        for direction in ["import", "export"] {
            let over = share_over(&between(&recent, from, to, direction), 60);
            assert!(over < 0.012, "{from} → {to} {over}");
        }
    }
}
