//! How long the worst texts that we know take, and how much memory: the limits are 2 s and 500 MB, and what is
//! beyond them fails.

#[path = "../tests/bounded_work/hostile.rs"]
mod hostile;

use std::fs;
use std::io::Write;
use std::time::Instant;

use rondo_plan::{OrbReference, Trigger, compile_with};

const MILLISECONDS: f64 = 2_000.0;
const MEGABYTES: u64 = 500;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "| what | text, KB | ms | peak, MB |\n|---|---|---|---|")?;
    let mut beyond = Vec::new();
    let kinds = [
        hostile::brackets,
        hostile::aliases,
        hostile::calls,
        hostile::workflows,
        hostile::templates,
        hostile::matrices,
        hostile::orbs,
        hostile::groups,
        hostile::expressions,
        hostile::recursion,
    ];
    for hostile in kinds.into_iter().flat_map(|kind| kind()) {
        let hostile::Hostile { what, source, orb, .. } = &hostile;
        // From here on the peak is this text's.
        fs::write("/proc/self/clear_refs", "5")?;
        #[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
        let start = Instant::now();
        let orbs = |_: &OrbReference| Ok(orb.clone());
        let compiled = compile_with(source, &Trigger::branch("main"), &orbs);
        let took = start.elapsed().as_secs_f64() * 1_000.0;
        let peak = peak()?;
        assert_eq!(compiled.plan.is_none(), hostile.reason.is_some(), "{what}");
        writeln!(out, "| {what} | {} | {took:.0} | {peak} |", source.len() / 1024)?;
        if took > MILLISECONDS || peak > MEGABYTES {
            beyond.push(*what);
        }
    }
    assert!(beyond.is_empty(), "beyond the limits: {beyond:?}");
    Ok(())
}

/// In MB.
fn peak() -> std::io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    number.map(|kb| kb / 1024).ok_or_else(|| std::io::Error::other("no VmHWM"))
}
