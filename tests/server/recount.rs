//! Figures recounted in SQL over the stays of the simulated port, by every group and bucket: a second way to the same
//! figures, that shares nothing with the first but what a stay is.
//!
//! A day of history; thirty, and every combination of groups in every bucket, with `QUAYLIGHT_LONG` in the environment.

use rusqlite::{Connection, Row, params};
use serde_json::Value;
use shared::event::{Classifier, Node};
use shared::stay::StayFlag;
use shared::time::{DAY, Time};
use shared::wire::List;
use shared::wire::figures::{ClearanceRow, Declaration, Figures, Group, ThroughputRow};
use shared::wire::parcels::{ParcelFigures, ParcelItem};
use shared::wire::stay::Stay;
use std::collections::BTreeMap;
use tests::program::Server;
use tests::wait::until;

/// Where the simulated port's history ends, at the port.
const END: &str = "2024-04-02T00:00:00+08:00";
const TARGET: i64 = 24 * 60;
const GROUPS: [&str; 4] = ["direction", "cargo", "mode", "channel"];

const TABLES: &str = "
    CREATE TABLE stays(
        id TEXT PRIMARY KEY, direction TEXT, cargo TEXT, mode TEXT, channel TEXT, clock INTEGER, released INTEGER,
        seconds INTEGER, half_teu INTEGER, empty INTEGER, ended INTEGER, dwell INTEGER, advance INTEGER,
        substituted INTEGER);
    CREATE TABLE segments(stay TEXT, name TEXT, seconds INTEGER);
    CREATE TABLE moves(stay TEXT, node TEXT, at INTEGER);
    CREATE TABLE declarations(
        number TEXT, direction TEXT, cargo TEXT, mode TEXT, channel TEXT, clock INTEGER, released INTEGER,
        seconds INTEGER);
";

fn is_long() -> bool {
    std::env::var_os("QUAYLIGHT_LONG").is_some()
}

fn days() -> i64 {
    if is_long() { 30 } else { 1 }
}

/// Every stay that figures count, read from the list into tables of its own; nothing when something changed meanwhile.
fn tables(server: &Server) -> Option<Connection> {
    let before = sequence(server);
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch("PRAGMA temp_store = MEMORY").unwrap();
    connection.execute_batch(TABLES).unwrap();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/stays?by=began&limit=1000{cursor}");
        let page: List<Stay> = server.get(&path).ok();
        let transaction = connection.unchecked_transaction().unwrap();
        page.items.iter().for_each(|stay| insert(&transaction, stay));
        transaction.commit().unwrap();
        match page.next {
            Some(next) => cursor = format!("&cursor={}", next.replace('+', "%2B")),
            None => break,
        }
    }
    declarations(server, &connection);
    (sequence(server) == before).then_some(connection)
}

fn sequence(server: &Server) -> u64 {
    let list: List<Value> = server.get("/api/v1/alarms?limit=1").ok();
    list.sequence
}

fn insert(connection: &Connection, stay: &Stay) {
    if [StayFlag::OutOfOrder, StayFlag::PapersOnly]
        .iter()
        .any(|flag| stay.flags.contains(flag))
    {
        return;
    }
    let actual = || {
        stay.nodes
            .iter()
            .filter(|node| node.classifier == Classifier::Actual)
    };
    let times = |node: Node| actual().filter(move |own| own.node == node).map(|own| own.at.at);
    let arrived = stay
        .segments
        .iter()
        .find(|segment| segment.name.name() == "unloading")
        .map(|segment| segment.from.at);
    let direction = stay.direction.map(shared::event::Direction::name);
    let clock = match direction {
        Some("import") => arrived.or(times(Node::Discharge).min()),
        Some("export") => times(Node::Declare).min(),
        _ => None,
    };
    let released = times(Node::Release)
        .max()
        .filter(|_| stay.clearance_seconds.is_some());
    let seconds = clock
        .zip(released)
        .map(|(clock, released)| released.seconds_since(clock).max(0));
    assert_eq!(seconds.map(i64::unsigned_abs), stay.clearance_seconds, "{stay:?}");
    let stood = || {
        actual()
            .filter(|node| matches!(node.node, Node::Stack | Node::Shift))
            .map(|node| node.at.at)
    };
    let came = [Node::GateIn, Node::RailIn, Node::Discharge]
        .into_iter()
        .flat_map(times);
    let entered = stood().min().or(came.min());
    let ended = stay.ended_at.map(|ended| ended.at);
    let dwell = ended
        .zip(entered)
        .map(|(ended, entered)| ended.seconds_since(entered).max(0));
    let time = |at: Option<Time>| at.map(|at| at.0);
    connection
        .execute(
            "INSERT INTO stays VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            params![
                stay.id,
                direction.unwrap_or("unknown"),
                stay.cargo.name(),
                stay.mode.name(),
                stay.channel.name(),
                time(clock),
                time(released.filter(|_| clock.is_some())),
                seconds,
                stay.teu.map(|teu| (teu * 2.0) as i64),
                stay.empty == Some(true),
                time(ended),
                dwell,
                stay.flags.contains(&StayFlag::Advance),
                stay.flags.contains(&StayFlag::StartSubstituted),
            ],
        )
        .unwrap();
    for segment in &stay.segments {
        let values = params![stay.id, segment.name.name(), segment.seconds.cast_signed()];
        connection
            .execute("INSERT INTO segments VALUES (?1, ?2, ?3)", values)
            .unwrap();
    }
    for node in actual() {
        let name = serde_json::to_value(node.node).unwrap();
        let values = params![stay.id, name.as_str(), node.at.at.0];
        connection
            .execute("INSERT INTO moves VALUES (?1, ?2, ?3)", values)
            .unwrap();
    }
}

/// Declarations come from their own list; that their times are those of their boxes is tested where they are made.
fn declarations(server: &Server, connection: &Connection) {
    let all: Vec<Declaration> = server.list("/api/v1/stays", "unit=declaration&by=declared&limit=1000");
    {
        for own in all {
            let values = params![
                own.declaration,
                own.direction.map_or("unknown", shared::event::Direction::name),
                own.cargo.name(),
                own.mode.name(),
                own.channel.name(),
                own.declared_at.at.0,
                own.released_at.map(|at| at.at.0),
                own.clearance_seconds.map(u64::cast_signed)
            ];
            connection
                .execute(
                    "INSERT INTO declarations VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                    values,
                )
                .unwrap();
        }
    }
}

/// A question: the period, the form in which SQL writes a bucket, and the groups.
struct Asked<'a> {
    from: i64,
    to: i64,
    form: &'a str,
    groups: &'a [&'a str],
}

impl Asked<'_> {
    fn key(&self, column: &str) -> String {
        let bucket = match self.form {
            "" => "''".to_owned(),
            form => format!("strftime('{form}', {column} / 1000 + 28800, 'unixepoch')"),
        };
        let groups: String = self
            .groups
            .iter()
            .map(|group| format!(" || ',' || {group}"))
            .collect();
        format!("{bucket}{groups}")
    }
}

type Summed = BTreeMap<String, Summary>;

/// What SQL says of some durations.
#[derive(Debug, Default, PartialEq)]
struct Summary {
    count: i64,
    seconds: i64,
    squares: i64,
    minutes: [i64; 8],
    within: i64,
    outliers: i64,
}

impl Summary {
    fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.seconds as f64 / self.count as f64)
    }

    fn deviation(&self) -> Option<f64> {
        let spread = i128::from(self.count) * i128::from(self.squares) - i128::from(self.seconds).pow(2);
        (self.count > 0).then(|| (spread as f64).sqrt() / self.count as f64)
    }

    fn minute(&self, place: usize) -> Option<u64> {
        (self.count > 0).then(|| self.minutes[place].unsigned_abs() * 60)
    }
}

/// Every quantity of durations that a query gives as `key` and `seconds`.
fn summaries(connection: &Connection, durations: &str) -> Summed {
    // Percentile p is the minute of the first place that is at least the share p of all.
    let percentile = |percent: u32| {
        format!(
            "(SELECT minute FROM ranked r WHERE r.key = sums.key AND r.place = (sums.n * {percent} + 99) / 100)"
        )
    };
    let [p25, p50, p75, p90, p95, p99] = [25, 50, 75, 90, 95, 99].map(percentile);
    connection
        .execute_batch(&format!(
            "DROP TABLE IF EXISTS ranked;
             CREATE TEMP TABLE ranked AS
                 SELECT key, seconds, seconds / 60 AS minute,
                        row_number() OVER (PARTITION BY key ORDER BY seconds / 60) AS place FROM ({durations});
             CREATE INDEX temp.ranked_place ON ranked(key, place);
             CREATE INDEX temp.ranked_minute ON ranked(key, minute);"
        ))
        .unwrap_or_else(|error| panic!("{error}\n{durations}"));
    let sql = format!(
        "WITH first AS (SELECT key, count(*) AS n, sum(seconds) AS s, sum(seconds * seconds) AS squares,
                               min(minute) AS least, max(minute) AS most, sum(minute <= {TARGET}) AS within
                        FROM ranked GROUP BY key),
              second AS (SELECT *, {p25} AS q1, {p75} AS q3 FROM first AS sums)
         SELECT key, n, s, squares, within, least, q1, {p50}, q3, {p90}, {p95}, {p99}, most,
                (SELECT count(*) FROM ranked r WHERE r.key = sums.key AND r.minute > q3 + 3 * (q3 - q1))
         FROM second AS sums"
    );
    let mut select = connection
        .prepare(&sql)
        .unwrap_or_else(|error| panic!("{error}\n{sql}"));
    let read = |row: &Row<'_>| -> rusqlite::Result<(String, Summary)> {
        let mut minutes = [0; 8];
        for (place, minute) in minutes.iter_mut().enumerate() {
            *minute = row.get(5 + place)?;
        }
        let summary = Summary {
            count: row.get(1)?,
            seconds: row.get(2)?,
            squares: row.get(3)?,
            within: row.get(4)?,
            minutes,
            outliers: row.get(13)?,
        };
        Ok((row.get(0)?, summary))
    };
    let rows = select.query_map([], read).unwrap();
    rows.map(Result::unwrap).collect()
}

/// Numbers by key.
fn counts(connection: &Connection, sql: &str) -> BTreeMap<String, i64> {
    let mut select = connection
        .prepare(sql)
        .unwrap_or_else(|error| panic!("{error}\n{sql}"));
    let rows = select.query_map([], |row| {
        Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?.unwrap_or(0)))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

fn key_of(
    bucket: Option<shared::time::LocalTime>,
    form: &str,
    group: Option<&Group>,
    groups: &[&str],
) -> String {
    let text = bucket.map_or_else(String::new, |at| at.to_string());
    let length = match form {
        "%Y" => 4,
        "%Y-%m" => 7,
        "%Y-%m-%d" => 10,
        "" => 0,
        _ => 13,
    };
    let mut key = text[..length].to_owned();
    for name in groups {
        let value = match group {
            Some(Group::One(value)) => value.clone(),
            Some(Group::Several(values)) => values[*name].clone(),
            None => String::new(),
        };
        key.push(',');
        key.push_str(&value);
    }
    key
}

fn clearance_agrees(connection: &Connection, server: &Server, asked: &Asked<'_>, query: &str, unit: &str) {
    let figures: Figures<ClearanceRow> = server
        .get(&format!("/api/v1/figures/clearance?{query}&unit={unit}"))
        .ok();
    let table = if unit == "stay" { "stays" } else { "declarations" };
    let within = format!("released >= {} AND released < {}", asked.from, asked.to);
    let key = asked.key("released");
    let mut overall = summaries(
        connection,
        &format!("SELECT {key} AS key, seconds FROM {table} WHERE {within} AND seconds IS NOT NULL"),
    );
    let clocks = asked.key("clock");
    let mut open = counts(
        connection,
        &format!(
            "SELECT {clocks} AS key, count(*) FROM {table} WHERE clock >= {from} AND clock < {to}
               AND (released IS NULL OR released >= {to}) GROUP BY key",
            from = asked.from,
            to = asked.to
        ),
    );
    let segments: BTreeMap<&str, Summed> = if unit == "stay" {
        [
            "unloading",
            "preparation",
            "clearance",
            "pick_up",
            "after_release",
            "departure",
        ]
        .into_iter()
        .map(|name| {
            let durations = format!(
                "SELECT {key} AS key, g.seconds FROM stays JOIN segments g ON g.stay = stays.id
                     WHERE {within} AND stays.seconds IS NOT NULL AND g.name = '{name}'"
            );
            (name, summaries(connection, &durations))
        })
        .collect()
    } else {
        BTreeMap::new()
    };
    let flags = |column: &str| {
        let sql = format!("SELECT {key} AS key, sum({column}) FROM stays WHERE {within} GROUP BY key");
        if unit == "stay" {
            counts(connection, &sql)
        } else {
            BTreeMap::new()
        }
    };
    let (advance, substituted) = (flags("advance"), flags("substituted"));
    for row in &figures.rows {
        let key = key_of(row.bucket, asked.form, row.group.as_ref(), asked.groups);
        let own = overall.remove(&key).unwrap_or_default();
        let said = (
            row.stays,
            row.open,
            row.mean_seconds,
            row.sd_seconds,
            row.outliers,
        );
        let counted = (
            own.count.unsigned_abs(),
            open.remove(&key).unwrap_or(0).unsigned_abs(),
            own.mean(),
            own.deviation(),
            own.outliers.unsigned_abs(),
        );
        assert_eq!(said, counted, "{query} {unit} {key}");
        let percentiles = [
            row.min_seconds,
            row.median_seconds,
            row.p75_seconds,
            row.p90_seconds,
            row.p95_seconds,
            row.p99_seconds,
            row.max_seconds,
        ];
        assert_eq!(
            percentiles,
            [0, 2, 3, 4, 5, 6, 7].map(|place| own.minute(place)),
            "{query} {unit} {key}"
        );
        let share = (own.count > 0).then(|| own.within as f64 / own.count as f64);
        assert_eq!(row.within_target, share, "{query} {unit} {key}");
        if unit == "stay" {
            let flagged = |of: &BTreeMap<String, i64>| of.get(&key).copied().unwrap_or(0).unsigned_abs();
            assert_eq!(
                (row.advance, row.start_substituted),
                (flagged(&advance), flagged(&substituted))
            );
        }
        for (name, summed) in &segments {
            let said = row.segments.iter().find(|segment| segment.name.name() == *name);
            let said = said.map(|own| (own.stays, own.mean_seconds, own.median_seconds, own.p90_seconds));
            let counted = summed
                .get(&key)
                .map(|own| (own.count.unsigned_abs(), own.mean(), own.minute(2), own.minute(4)));
            assert_eq!(said, counted, "{query} {name} {key}");
        }
    }
    assert!(
        overall.is_empty() && open.is_empty(),
        "no row for {overall:?} {open:?}"
    );
}

/// Every field: only with its name there is a row also where nothing moved over the quay.
const THROUGHPUT: &str = "moves,teu,discharged_teu,loaded_teu,transshipped_teu,unsized,discharged,loaded,transshipped,empty,\
    empty_share,gate_in,gate_out,rail_in,rail_out,yard_moves,land_teu,direct,stacked,mode_unknown,direct_share,dwell";

fn throughput_agrees(connection: &Connection, server: &Server, asked: &Asked<'_>, query: &str) {
    let figures: Figures<ThroughputRow> = server
        .get(&format!("/api/v1/figures/throughput?{query}&fields={THROUGHPUT}"))
        .ok();
    let key = asked.key("at");
    let moves = |what: &str, nodes: &str| {
        counts(
            connection,
            &format!(
                "SELECT {key} AS key, {what} FROM moves JOIN stays ON stays.id = moves.stay
                 WHERE at >= {} AND at < {} AND node IN ({nodes}) GROUP BY key",
                asked.from, asked.to
            ),
        )
    };
    let quay = "'discharge', 'load'";
    let land = "'gate_in', 'gate_out', 'rail_in', 'rail_out'";
    let counted = [
        moves("count(*)", quay),
        moves("sum(half_teu)", "'discharge'"),
        moves("sum(half_teu)", "'load'"),
        moves(
            "sum(CASE WHEN direction = 'transshipment' THEN half_teu END)",
            quay,
        ),
        moves("sum(half_teu IS NULL)", quay),
        moves("sum(empty)", quay),
        moves("count(*)", "'gate_in'"),
        moves("count(*)", "'gate_out'"),
        moves("count(*)", "'rail_in'"),
        moves("count(*)", "'rail_out'"),
        moves("sum(half_teu)", land),
        moves("count(*)", "'stack', 'shift'"),
    ];
    let left = asked.key("ended");
    let within = format!("ended >= {} AND ended < {}", asked.from, asked.to);
    let of_mode = |mode: &str| {
        counts(
            connection,
            &format!(
                "SELECT {left} AS key, count(*) FROM stays WHERE {within} AND mode = '{mode}' GROUP BY key"
            ),
        )
    };
    let modes = [of_mode("direct"), of_mode("stacked"), of_mode("unknown")];
    let dwell = summaries(
        connection,
        &format!("SELECT {left} AS key, dwell AS seconds FROM stays WHERE {within} AND dwell IS NOT NULL"),
    );
    let mut expected: std::collections::BTreeSet<String> =
        counted.iter().flat_map(BTreeMap::keys).cloned().collect();
    expected.extend(modes.iter().flat_map(BTreeMap::keys).cloned());
    for row in &figures.rows {
        let key = key_of(row.bucket, asked.form, row.group.as_ref(), asked.groups);
        let halves = |teu: f64| (teu * 2.0) as u64;
        let said = [
            row.moves,
            halves(row.discharged_teu),
            halves(row.loaded_teu),
            halves(row.transshipped_teu),
            row.without_size,
            row.empty,
            row.gate_in,
            row.gate_out,
            row.rail_in,
            row.rail_out,
            halves(row.land_teu),
            row.yard_moves,
        ];
        let of = |counts: &BTreeMap<String, i64>| counts.get(&key).copied().unwrap_or(0).unsigned_abs();
        assert_eq!(
            said.to_vec(),
            counted.iter().map(of).collect::<Vec<_>>(),
            "{query} {key}"
        );
        assert_eq!(
            [row.direct, row.stacked, row.mode_unknown].to_vec(),
            modes.iter().map(of).collect::<Vec<_>>()
        );
        assert!((row.teu - row.discharged_teu - row.loaded_teu).abs() < f64::EPSILON);
        let own = dwell.get(&key);
        let said = (
            row.dwell.stays,
            row.dwell.mean_seconds,
            row.dwell.median_seconds,
            row.dwell.p90_seconds,
        );
        let stood = own.map_or((0, None, None, None), |own| {
            (own.count.unsigned_abs(), own.mean(), own.minute(2), own.minute(4))
        });
        assert_eq!(said, stood, "{query} {key}");
        expected.remove(&key);
    }
    assert!(expected.is_empty(), "no row for {expected:?}");
}

/// Figures of parcels by every dimension, each held against the list that its row leads to.
fn parcels_agree(server: &Server, from: &str, to: &str) {
    let mut released = 0;
    for group in ["", "platform", "mode", "park", "reason", "platform,park,reason"] {
        let group = if group.is_empty() {
            String::new()
        } else {
            format!("&group={group}")
        };
        let figures: ParcelFigures = server
            .get(&format!("/api/v1/figures/parcels?from={from}&to={to}{group}"))
            .ok();
        for row in &figures.rows {
            let mut listed: Vec<ParcelItem> = Vec::new();
            let mut next = None;
            loop {
                let cursor = next.map_or(String::new(), |next: String| format!("&cursor={next}"));
                let page: List<ParcelItem> = server
                    .get(&format!("/api/v1{}&limit=1000{cursor}", row.href))
                    .ok();
                listed.extend(page.items);
                next = page.next;
                if next.is_none() {
                    break;
                }
            }
            assert_eq!(listed.len() as u64, row.released, "{}", row.href);
            let value: u64 = listed.iter().filter_map(|own| own.value_fen).sum();
            assert_eq!(value, row.released_fen, "{}", row.href);
            let mut seconds: Vec<u64> = listed.iter().filter_map(|own| own.seconds).collect();
            seconds.sort_unstable();
            let percentile = |percent: usize| {
                (1..=seconds.len())
                    .find(|place| place * 100 >= percent * seconds.len())
                    .map(|place| seconds[place - 1])
            };
            let said = [
                row.median_seconds,
                row.p95_seconds,
                row.p99_seconds,
                row.max_seconds,
            ];
            assert_eq!(said, [50, 95, 99, 100].map(percentile), "{}", row.href);
            released += row.released;
        }
    }
    assert!(released > 500, "only {released} simulated parcels were released");
}

#[test]
fn sql_over_the_stays_of_the_simulated_port_gives_every_figure_again() {
    let days = days();
    let server = Server::with_arguments(&[
        "--demo",
        "--demo-start",
        END,
        "--demo-days",
        &days.to_string(),
        // The present all but stands still, so that list and figures are of one moment.
        "--demo-speed",
        "0.001",
    ]);
    until("the history is there", || {
        let sites: Value = server.value("/api/v1/sites");
        let done = &sites["items"][0]["history"];
        (done.is_null() || *done == 1.0).then_some(())
    });
    let connection = until("a list of one moment", || tables(&server));
    let stays: i64 = connection
        .query_row(
            "SELECT count(*) FROM stays WHERE seconds IS NOT NULL",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert!(stays > 1_000, "there are only {stays} released stays");
    connection
        .execute_batch(
            "CREATE INDEX released ON stays(released); CREATE INDEX segment ON segments(stay, name)",
        )
        .unwrap();

    let to = Time::parse(END).unwrap();
    let from = to.plus(-days * DAY);
    let local = |at: Time| {
        shared::time::LocalTime {
            at,
            offset_seconds: 28_800,
        }
        .to_string()
        .replace('+', "%2B")
    };
    parcels_agree(&server, &local(from), &local(to));
    let forms = [
        ("", ""),
        ("hour", "%Y-%m-%dT%H"),
        ("day", "%Y-%m-%d"),
        ("month", "%Y-%m"),
        ("year", "%Y"),
    ];
    for (bucket, form) in forms {
        for chosen in 0..16_u32 {
            // All combinations of groups in every bucket take minutes: the short form has each group in each bucket,
            // and all combinations by day.
            if !is_long() && bucket != "day" && chosen.count_ones() > 1 && chosen != 15 {
                continue;
            }
            let groups: Vec<&str> = GROUPS
                .iter()
                .enumerate()
                .filter(|(place, _)| chosen >> place & 1 == 1)
                .map(|(_, group)| *group)
                .collect();
            let asked = Asked {
                from: from.0,
                to: to.0,
                form,
                groups: &groups,
            };
            let mut query = format!("from={}&to={}", local(from), local(to));
            if !bucket.is_empty() {
                query.push_str(&format!("&bucket={bucket}"));
            }
            if !groups.is_empty() {
                query.push_str(&format!("&group={}", groups.join(",")));
            }
            clearance_agrees(&connection, &server, &asked, &query, "stay");
            clearance_agrees(&connection, &server, &asked, &query, "declaration");
            throughput_agrees(&connection, &server, &asked, &query);
        }
    }
}
