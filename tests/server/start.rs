//! How the program starts, and how it says that it can't.

use std::fs;
use std::net::TcpListener;
use tests::program::{Ended, Server, empty_folder, free_port, run};

/// Ends that are refusals: not 0, one sentence on stderr that holds these words, and no panic.
#[track_caller]
fn refuses(ended: &Ended, words: &[&str]) {
    assert!(
        !ended.status.success() && ended.status.code().is_some(),
        "{ended:?}"
    );
    for word in words {
        assert!(
            ended.stderr.contains(word),
            "`{word}` is not in: {}",
            ended.stderr
        );
    }
    for wrong in ["panicked", "RUST_BACKTRACE", "unwrap", "Os {"] {
        assert!(!ended.stderr.contains(wrong), "{}", ended.stderr);
    }
    assert!(!ended.stdout.contains("Quaylight is at"), "{}", ended.stdout);
}

fn serve(data: &str, more: &[&str]) -> Ended {
    let listen = format!("127.0.0.1:{}", free_port());
    let mut arguments = vec!["serve", "--data", data, "--listen", &listen];
    arguments.extend(more);
    run(&arguments)
}

#[test]
fn a_wrong_configuration_is_refused_with_line_and_reason() {
    let folder = empty_folder();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    for (text, words) in [
        ("[[site]]\ncode = \"X\"\ncolour = \"red\"\n", ["3", "colour"]),
        ("[clearance]\ntarget = \"a while\"\n", ["2", "target"]),
        (
            "[[overtime]]\nfrom = \"teleport\"\nto = \"stack\"\nlimit = \"60m\"\n",
            ["2", "teleport"],
        ),
        ("[clearance\n", ["1", "TOML"]),
        ("[access]\nmode = \"members\"\n", ["2", "accounts"]),
    ] {
        let file = folder.path().join("quaylight.toml");
        fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        let ended = serve(data, &["--config", file]);
        refuses(&ended, &words);
        refuses(&ended, &["quaylight.toml"]);
        let checked = run(&["check", "--config", file]);
        refuses(&checked, &[]);
        let said = format!("{}{}", checked.stdout, checked.stderr);
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
    }
    let ended = serve(data, &["--config", "nowhere.toml"]);
    refuses(&ended, &["nowhere.toml"]);
    assert!(!std::path::Path::new(data).exists(), "nothing was begun");
}

#[test]
fn a_port_in_use_is_told_with_what_to_do() {
    let folder = empty_folder();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = run(&[
        "serve",
        "--data",
        folder.path().to_str().unwrap(),
        "--listen",
        &address,
    ]);
    refuses(&ended, &[&address, "--listen"]);
}

#[test]
fn a_data_directory_that_cannot_be_written_is_told_with_what_to_do() {
    let folder = empty_folder();
    let file = folder.path().join("file");
    fs::write(&file, "not a directory").unwrap();
    let file = file.to_str().unwrap();
    refuses(&serve(file, &[]), &[file, "--data"]);
    refuses(&serve(&format!("{file}/below"), &[]), &[file, "--data"]);
    refuses(&serve(file, &["--demo"]), &[file]);
    refuses(&serve("/proc/quaylight", &[]), &["/proc/quaylight", "--data"]);
}

#[test]
fn a_directory_has_one_server_at_a_time() {
    let server = Server::start();
    let data = server.folder().join("data");
    let ended = serve(data.to_str().unwrap(), &[]);
    refuses(&ended, &["in use", "--data"]);
    assert_eq!(server.get("/readyz").status, 200);
}

#[test]
fn a_journal_that_is_none_is_told() {
    let folder = empty_folder();
    fs::write(
        folder.path().join("journal.db"),
        "this is no journal, and longer than a header of one ".repeat(100),
    )
    .unwrap();
    refuses(&serve(folder.path().to_str().unwrap(), &[]), &["journal"]);
}

#[test]
fn real_and_simulated_data_are_kept_apart() {
    // A demo leaves its own directory below the given one …
    let mut demo = Server::with_arguments(&["--demo"]);
    let sites: shared::wire::List<shared::wire::site::Site> = demo.get("/api/v1/sites").ok();
    assert!(sites.items[0].simulated);
    let data = demo.folder().join("data");
    demo.kill();
    // … which a real server refuses,
    let ended = serve(data.join("demo").to_str().unwrap(), &[]);
    refuses(&ended, &["simulated", "--data"]);
    // and a demo refuses a real one.
    let folder = empty_folder();
    let real = folder.path().join("demo");
    let server = Server::on_data(&real);
    drop(server);
    refuses(
        &serve(folder.path().to_str().unwrap(), &["--demo"]),
        &["real data", "--data"],
    );
}

#[test]
fn with_open_access_only_this_machine_is_served() {
    let folder = empty_folder();
    let data = folder.path().join("data");
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8080"] {
        let ended = run(&["serve", "--data", data.to_str().unwrap(), "--listen", address]);
        refuses(&ended, &[address, "127.0.0.1"]);
    }
    refuses(&run(&["serve", "--listen", "here"]), &["127.0.0.1:8080"]);
    refuses(&run(&["serve", "--demo-speed", "2"]), &["--demo"]);
    refuses(&run(&["fly"]), &["fly"]);
}

#[test]
fn a_restart_gives_the_same_state() {
    use serde_json::json;
    use tests::messages::{container, event};
    let mut server = Server::start();
    let events: Vec<_> = (0..200)
        .map(|n| {
            let more = json!({"slot": format!("G{:02}{:02}01.1", 10 + n / 40, n % 40 * 2 + 1), "dangerous": if n % 9 == 0 { json!([{"class": "3"}]) } else { json!(null) }});
            event(&n.to_string(), "stack", &container(n), "2022-02-23T13:14:15+08:00", more)
        })
        .collect();
    server.feed("events", serde_json::Value::from(events).to_string());
    server.feed("events", "nonsense");
    let calls = [
        "/api/v1/alarms?limit=1000",
        "/api/v1/yard",
        "/api/v1/stays?limit=1000",
        "/api/v1/figures/clearance",
        "/api/v1/figures/throughput",
        "/api/v1/feeds/problems",
        "/api/v1/figures/overview",
        "/api/v1/containers?q=QLTU&limit=1000",
        "/api/v1/feeds",
    ];
    let state = |server: &Server| calls.map(|call| (call, server.value(call)));
    let before = state(&server);
    server.kill();
    server.start_again();
    assert_eq!(state(&server), before);
    assert!(server.stop().success());
    server.start_again();
    assert_eq!(state(&server), before);
}
