//! `quaylight serve`.

use crate::serving::log::Format;
use clap::Args;
use shared::time::Time;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The fastest demo: a year in five minutes.
const FASTEST: f64 = 100_000.0;

/// The options of `quaylight serve`.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct Serve {
    /// The configuration, such as quaylight.toml; without one, one site with a built-in layout
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where the journal is kept
    #[arg(long, value_name = "DIR", default_value = super::DATA)]
    pub data: PathBuf,
    /// Where to listen
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080", value_parser = listen)]
    pub listen: SocketAddr,
    /// How the log is written, on standard error; RUST_LOG=debug tells every call
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub log: Format,
    /// Run a simulated port; every page says that the data is simulated
    #[arg(long)]
    pub demo: bool,
    /// How many times faster than real time the simulated port runs
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = speed, requires = "demo")]
    pub demo_speed: f64,
    /// When the simulated port begins to run live, such as 2024-05-01T08:00:00+08:00; its history lies before
    #[arg(long, value_name = "TIME", value_parser = Time::parse, requires = "demo")]
    pub demo_start: Option<Time>,
    /// Begin the simulated port anew instead of going on where it stopped
    #[arg(long, requires = "demo")]
    pub demo_fresh: bool,
    /// How many days of history a new demo begins with
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=366), requires = "demo")]
    pub demo_days: u16,
    /// Let the simulated port live through a day of sales: 650,000 parcels by half past four; without --demo-start it
    /// begins on its eve
    #[arg(long, requires = "demo")]
    pub demo_peak: bool,
}

fn listen(text: &str) -> Result<SocketAddr, String> {
    let with_address = text
        .strip_prefix("localhost:")
        .map(|port| format!("127.0.0.1:{port}"));
    with_address
        .as_deref()
        .unwrap_or(text)
        .parse()
        .map_err(|_| "write an address and a port such as 127.0.0.1:8080 or [::1]:8080".to_owned())
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(speed) if speed > 0.0 && speed <= FASTEST => Ok(speed),
        _ => Err(format!("write a number above 0 and up to {FASTEST}")),
    }
}
