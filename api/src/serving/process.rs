//! What `/metrics` tells of the process, by the names that Prometheus has for it in every program.

use super::metrics;
use procfs::process::{LimitValue, Process};
use procfs::{ProcResult, WithCurrentSystemInfo as _};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};

/// In the text format of Prometheus; empty where the system does not tell.
pub fn text() -> String {
    registry()
        .map(|registry| metrics::text(&registry))
        .unwrap_or_default()
}

fn registry() -> ProcResult<Registry> {
    let process = Process::myself()?;
    let stat = process.stat()?;
    let files = process.limits()?.max_open_files.soft_limit;
    let mut registry = Registry::default();
    registry.register_with_unit(
        "process_cpu",
        "Time of processors that was used",
        Unit::Seconds,
        ConstCounter::new((stat.utime + stat.stime) as f64 / procfs::ticks_per_second() as f64),
    );
    let started =
        procfs::boot_time_secs()? as f64 + stat.starttime as f64 / procfs::ticks_per_second() as f64;
    let most_files = match files {
        LimitValue::Value(files) => files,
        LimitValue::Unlimited => u64::MAX,
    };
    registry.register(
        "process_start_time_seconds",
        "When it was started, since 1970",
        ConstGauge::new(started),
    );
    for (name, help, value) in [
        (
            "process_resident_memory_bytes",
            "Memory that it holds",
            stat.rss_bytes().get(),
        ),
        (
            "process_virtual_memory_bytes",
            "Addresses that it holds",
            stat.vsize,
        ),
        (
            "process_open_fds",
            "Files that are open, connections among them",
            process.fd_count()? as u64,
        ),
        ("process_max_fds", "Files that may be open", most_files),
        ("process_threads", "Threads", stat.num_threads.unsigned_abs()),
    ] {
        registry.register(name, help, ConstGauge::new(value));
    }
    Ok(registry)
}
