#!/bin/sh
# Stands between cargo and the compiler for the project's own crates (RUSTC_WORKSPACE_WRAPPER, set by
# `cargo xtask fuzz`): they count what was reached, so that libFuzzer can go after what was not. It is what cargo-fuzz
# adds, without a sanitizer, and works with the stable compiler. Build scripts run by themselves and stay as they are.
case " $* " in
  *" build_script_build "* | *" - "*) exec "$@" ;;
esac
exec "$@" --cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
  -Cllvm-args=-sanitizer-coverage-trace-compares
