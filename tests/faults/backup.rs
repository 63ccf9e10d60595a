//! Backups of a server that runs, brought back and checked from outside.

use serde_json::Value;
use std::fs;
use std::path::Path;
use tests::access::{ACCOUNTS, PASSWORD, server_with_accounts, sign_in};
use tests::messages::{container, event};
use tests::program::{Ended, Server, empty_folder, run};
use tests::senders::{Senders, check};
use tests::stream::Stream;

fn quaylight(command: &str, arguments: &[&Path]) -> Ended {
    let mut line = vec![command.to_owned()];
    line.extend(arguments.iter().map(|argument| argument.display().to_string()));
    let line: Vec<&str> = line.iter().map(String::as_str).collect();
    run(&line)
}

#[track_caller]
fn good(ended: &Ended) {
    assert!(ended.status.success(), "{ended:?}");
}

fn data(folder: &Path) -> std::path::PathBuf {
    folder.join("data")
}

#[test]
fn a_backup_that_is_made_while_messages_come_has_everything_acknowledged_before_it_began() {
    let mut server = Server::start();
    let first = Senders::start(&server, 0);
    first.wait_for(30);
    let before = first.end();
    let folder = empty_folder();
    let (backup, restored) = (folder.path().join("backup"), folder.path().join("restored"));
    let senders = Senders::start(&server, 1);
    senders.wait_for(5);
    let flag = Path::new("--data");
    good(&quaylight("backup", &[flag, &data(server.folder()), &backup]));
    // A data directory is checked while a server runs on it, as a backup is.
    good(&quaylight("verify", &[flag, &data(server.folder())]));
    let more = senders.end();
    good(&quaylight("verify", &[flag, &backup]));
    good(&quaylight("restore", &[&backup, flag, &restored]));
    good(&quaylight("verify", &[flag, &restored]));

    let epoch = server.value("/api/v1/alarms")["epoch"].clone();
    let position = server.value("/api/v1/alarms")["sequence"].as_u64().unwrap_or(0);
    let second = Server::on_data(&restored);
    let answer = second.value("/api/v1/alarms");
    assert_ne!(
        answer["epoch"], epoch,
        "a page would take another future for its own"
    );
    // Whoever reads on from the other epoch is told to begin anew.
    let since = format!("{}:{position}", epoch.as_str().unwrap_or_default());
    let mut stream = Stream::open(&second, &format!("topics=alarms&since={since}"));
    stream.until("a reset", |message| (message.event == "reset").then_some(()));
    // Everything from before is there once. Of what came meanwhile, what is sent again is there once as well.
    check(&second, &before);
    let sent: Vec<_> = before
        .into_iter()
        .chain(more.into_iter().map(tests::senders::Message::unsure))
        .collect();
    check(&second, &sent);
    check(&server, &sent);
    let figures = |server: &Server| -> Vec<Value> {
        ["clearance", "throughput"]
            .iter()
            .map(|kind| server.value(&format!("/api/v1/figures/{kind}?bucket=day"))["rows"].clone())
            .collect()
    };
    assert_eq!(figures(&second), figures(&server));
    assert!(server.stop().success());
}

#[test]
fn a_backup_is_never_written_over_anything_nor_restored_into_anything() {
    let mut server = Server::start();
    server.send(&[event(
        "1",
        "discharge",
        &container(1),
        "2022-02-23T10:00:00+08:00",
        Value::Null,
    )]);
    let folder = empty_folder();
    let backup = folder.path().join("backup");
    let flag = Path::new("--data");
    let own = data(server.folder());
    good(&quaylight("backup", &[flag, &own, &backup]));
    let again = quaylight("backup", &[flag, &own, &backup]);
    assert!(
        !again.status.success() && again.stderr.contains("exists already"),
        "{again:?}"
    );
    let into = quaylight("restore", &[&backup, flag, &own]);
    assert!(
        !into.status.success() && into.stderr.contains("in use"),
        "{into:?}"
    );
    assert!(server.stop().success());
    let into = quaylight("restore", &[&backup, flag, &own]);
    assert!(
        !into.status.success() && into.stderr.contains("holds data already"),
        "{into:?}"
    );
    let nothing = quaylight("backup", &[flag, folder.path(), &folder.path().join("other")]);
    assert!(
        !nothing.status.success() && nothing.stderr.contains("holds no journal"),
        "{nothing:?}"
    );
    let left: Vec<_> = fs::read_dir(folder.path())
        .map(Iterator::count)
        .into_iter()
        .collect();
    assert_eq!(left, [1], "something was left of a backup that failed");
}

#[test]
fn verify_finds_a_changed_byte_and_names_the_line() {
    let mut server = Server::start();
    let events: Vec<Value> = (0..200)
        .map(|n| {
            event(
                &n.to_string(),
                "discharge",
                &container(n),
                "2022-02-23T10:00:00+08:00",
                Value::Null,
            )
        })
        .collect();
    server.send(&events);
    assert!(server.stop().success());
    let folder = empty_folder();
    let backup = folder.path().join("backup");
    let flag = Path::new("--data");
    let own = data(server.folder());
    good(&quaylight("backup", &[flag, &own, &backup]));
    let change = |file: &Path| {
        let mut bytes = fs::read(file).unwrap_or_default();
        let text = container(150);
        let places: Vec<usize> = bytes
            .windows(text.len())
            .enumerate()
            .filter(|(_, found)| *found == text.as_bytes())
            .map(|(place, _)| place)
            .collect();
        assert!(!places.is_empty(), "{text} is not in {}", file.display());
        for place in places {
            bytes[place + 9] ^= 1;
        }
        fs::write(file, bytes).unwrap_or_else(|error| panic!("{error}"));
    };
    change(&backup.join("journal.db"));
    let said = quaylight("verify", &[flag, &backup]);
    assert!(
        !said.status.success() && said.stderr.contains("SHA-256"),
        "{said:?}"
    );
    let refused = quaylight("restore", &[&backup, flag, &folder.path().join("new")]);
    assert!(!refused.status.success(), "{refused:?}");
    change(&own.join("journal.db"));
    let said = quaylight("verify", &[flag, &own]);
    assert!(!said.status.success(), "{said:?}");
    // The first line holds the rules.
    assert!(
        said.stderr.contains("line 152 ") && said.stderr.contains("checksum"),
        "{said:?}"
    );
    // Nor does a damaged file become a backup.
    let copied = quaylight("backup", &[flag, &own, &folder.path().join("other")]);
    assert!(
        !copied.status.success() && copied.stderr.contains("line 152 "),
        "{copied:?}"
    );
}

#[test]
fn accounts_and_the_audit_log_are_in_a_backup() {
    let (server, admin) = server_with_accounts("");
    admin.make_account("wang", "officer", &Value::Null);
    let folder = empty_folder();
    let (backup, restored) = (folder.path().join("backup"), folder.path().join("restored"));
    let flag = Path::new("--data");
    good(&quaylight("backup", &[flag, &data(server.folder()), &backup]));
    good(&quaylight("restore", &[&backup, flag, &restored]));
    good(&quaylight("audit", &[Path::new("verify"), flag, &backup]));
    let file = folder.path().join("quaylight.toml");
    fs::write(&file, ACCOUNTS).unwrap();
    let second = Server::on_data_with(&restored, &["--config", &file.display().to_string()]);
    assert_eq!(sign_in(&second, "wang", PASSWORD).status, 200);
    assert!(!second.log().contains("/welcome#"), "{}", second.log());
    good(&quaylight("audit", &[Path::new("verify"), flag, &restored]));
}
