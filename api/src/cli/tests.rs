use super::*;
use clap::CommandFactory;
use clap::error::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn parse(line: &str) -> Result<Command, clap::Error> {
    Cli::try_parse_from(line.split(' ')).map(|cli| cli.command)
}

fn refused(line: &str) -> ErrorKind {
    parse(line).unwrap_err().kind()
}

fn serve(line: &str) -> Serve {
    match parse(line).unwrap() {
        Command::Serve(serve) => serve,
        other => panic!("{other:?}"),
    }
}

fn import(line: &str) -> Import {
    match parse(line).unwrap() {
        Command::Import(import) => import,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_definitions_agree_with_themselves() {
    Cli::command().debug_assert();
}

#[test]
fn serve_has_its_defaults() {
    let plain = serve("quaylight serve");
    assert_eq!(plain.config, None);
    assert_eq!(plain.data, Path::new("data"));
    assert_eq!(plain.listen.to_string(), "127.0.0.1:8080");
    assert!(!plain.demo && !plain.demo_fresh && !plain.demo_peak);
    assert_eq!((plain.demo_speed, plain.demo_start), (1.0, None));
}

#[test]
fn serve_takes_every_option() {
    let all = serve(
        "quaylight serve --config q.toml --data q --listen [::1]:99 --demo --demo-speed 60 --demo-start \
         2024-05-01T08:00:00+08:00 --demo-fresh --demo-peak",
    );
    assert_eq!(all.config, Some(PathBuf::from("q.toml")));
    assert_eq!(all.listen.to_string(), "[::1]:99");
    assert_eq!(all.demo_speed, 60.0);
    assert_eq!(all.demo_start.map(|time| time.0), Some(1_714_521_600_000));
    assert!(all.demo && all.demo_fresh && all.demo_peak);
    assert_eq!(
        serve("quaylight serve --listen localhost:1").listen.to_string(),
        "127.0.0.1:1"
    );
}

#[test]
fn serve_refuses_what_cannot_be() {
    for line in [
        "quaylight serve --listen 8080",
        "quaylight serve --demo --demo-speed 0",
        "quaylight serve --demo --demo-speed NaN",
        "quaylight serve --demo --demo-speed inf",
        "quaylight serve --demo --demo-start 2024-05-01",
    ] {
        assert_eq!(refused(line), ErrorKind::ValueValidation, "{line}");
    }
    for line in [
        "quaylight serve --demo-speed 2",
        "quaylight serve --demo-start 2024-05-01T08:00:00+08:00",
        "quaylight serve --demo-fresh",
        "quaylight serve --demo-peak",
    ] {
        assert_eq!(refused(line), ErrorKind::MissingRequiredArgument, "{line}");
    }
}

#[test]
fn import_goes_into_a_directory_or_to_a_server() {
    let into = import("quaylight import --data d --format edifact a.edi -");
    assert_eq!(into.target(), Target::Data(Path::new("d")));
    assert_eq!(into.format, Format::Edifact);
    assert_eq!(into.files, [PathBuf::from("a.edi"), PathBuf::from("-")]);
    assert!(import::is_standard_input(&into.files[1]));
    let to = import("quaylight import --url http://localhost:8080 --format dcsa a.json");
    assert_eq!(to.target(), Target::Url("http://localhost:8080"));
    let plain = import("quaylight import --format events a.json");
    assert_eq!(plain.target(), Target::Data(Path::new("data")));
}

#[test]
fn import_refuses_what_cannot_be() {
    assert_eq!(
        refused("quaylight import --data d --url u --format events a"),
        ErrorKind::ArgumentConflict
    );
    assert_eq!(
        refused("quaylight import --format xml a"),
        ErrorKind::InvalidValue
    );
    for line in ["quaylight import a", "quaylight import --format events"] {
        assert_eq!(refused(line), ErrorKind::MissingRequiredArgument, "{line}");
    }
}

#[test]
fn check_fails_on_a_wrong_configuration_and_sums_up_a_good_one() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("quaylight.toml");
    let code = |text: &str| {
        std::fs::write(&config, text).unwrap();
        let check = Check {
            config: config.clone(),
        };
        format!("{:?}", check.run())
    };
    assert_eq!(
        code("[clearance]\ntarget = \"12h\"\n"),
        format!("{:?}", ExitCode::SUCCESS)
    );
    assert_eq!(code("colour = 1\n"), format!("{:?}", ExitCode::FAILURE));
    assert_eq!(
        check::summary(&crate::config::Configuration::default()),
        "good: CNTXG-TPCT with 180 blocks and 186128 slots; 8 overtime limits; target 24h, 5 baselines; access open"
    );
    assert_eq!(refused("quaylight check"), ErrorKind::MissingRequiredArgument);
}

#[test]
fn layouts_are_converted() {
    assert!(matches!(
        parse("quaylight layout convert list.json"),
        Ok(Command::Layout(_))
    ));
    let layout = Layout {
        command: layout::LayoutCommand::Convert {
            file: PathBuf::from("no/such/list.json"),
        },
    };
    assert_eq!(format!("{:?}", layout.run()), format!("{:?}", ExitCode::FAILURE));
}

#[test]
fn copies_name_the_directory_and_the_backup() {
    assert!(matches!(
        parse("quaylight backup --data d to"),
        Ok(Command::Backup(Backup { data, to })) if data == Path::new("d") && to == Path::new("to")
    ));
    assert!(matches!(
        parse("quaylight restore from"),
        Ok(Command::Restore(Restore { data, from })) if data == Path::new("data") && from == Path::new("from")
    ));
    assert!(matches!(
        parse("quaylight verify --data d"),
        Ok(Command::Verify(Verify { data })) if data == Path::new("d")
    ));
    for line in ["quaylight backup", "quaylight restore --data d"] {
        assert_eq!(refused(line), ErrorKind::MissingRequiredArgument, "{line}");
    }
}
