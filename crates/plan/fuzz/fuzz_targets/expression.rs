//! Any text as an expression: bare in a workflow's `when`, and between `<<` and `>>` in a string.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| rondo_plan_fuzz::expression(bytes));
