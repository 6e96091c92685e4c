//! Any text as a config, with any text as the orb that it names. What must hold is in
//! `tests/fuzzed/holds.rs`, and the ordinary tests hold it over the kept corpus as well.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| rondo_plan_fuzz::config(bytes));
