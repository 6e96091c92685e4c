//! How long it takes to find out whose a shown token is: beside HMAC-SHA-256 alone over the same
//! texts, in turns. With 10 tokens; with 1,000,000 of which 10 are in use; and with 1,000,000 that
//! are all used in turn, so that none is in the processor's caches. HTTP is not in it.

use std::hint::black_box;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::filled::{Failure, Filled, NOW};
use rondo_app::{Memory, Source};
use rondo_domain::token::{Pepper, Presented};
use tokio::runtime::Runtime;

/// How many tokens are stored, and how many of them are used.
const CASES: [(usize, &[usize]); 2] = [(10, &[10]), (1_000_000, &[10, 1_000_000])];
const ROUNDS: usize = 7;
/// Checks of one round.
const CHECKS: usize = 1_000_000;

pub(crate) fn print(runtime: &Runtime) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    let head =
        "| tokens | in use | check, ns | HMAC alone, ns | check : HMAC | memory for those, MB |";
    writeln!(out, "{head}\n|---|---|---|---|---|---|")?;
    for (stored, cases) in CASES {
        let filled = runtime.block_on(Filled::with(stored))?;
        for used in cases {
            let before = resident()?;
            runtime.block_on(show(&filled, *used))?;
            let memory = resident()?.saturating_sub(before) as f64 / 1e6;
            let (check, hmac, ratio) = measure(&filled, *used);
            writeln!(
                out,
                "| {stored} | {used} | {check:.0} | {hmac:.0} | {ratio:.2} | {memory:.0} |"
            )?;
        }
    }
    Ok(())
}

/// Shows the server each of these tokens once, many at a time: memory knows those it was shown.
async fn show(filled: &Filled, used: usize) -> Result<(), Failure> {
    let next = Arc::new(AtomicUsize::new(0));
    let texts = Arc::clone(&filled.texts);
    let showing: Vec<_> = (0..64)
        .map(|_| {
            let (app, next, texts) =
                (Arc::clone(&filled.app), Arc::clone(&next), Arc::clone(&texts));
            tokio::spawn(async move {
                while let Some(text) = texts[..used].get(next.fetch_add(1, Ordering::Relaxed)) {
                    let shown = Presented::parse(text).expect("the text was minted");
                    let known = app.identify(&shown, None, Source::of(None), NOW).await;
                    assert!(matches!(known, Ok(Ok(_))), "{:?} is refused", shown.id);
                }
            })
        })
        .collect();
    for one in showing {
        one.await?;
    }
    Ok(())
}

/// The medians of nanoseconds a check, nanoseconds an HMAC, and their ratio.
fn measure(filled: &Filled, used: usize) -> (f64, f64, f64) {
    let texts = &filled.texts[..used];
    let mut rounds = Vec::new();
    for _ in 0..=ROUNDS {
        let hmac = nanoseconds(texts, |text| {
            black_box(filled.pepper.digest(text.as_bytes()));
        });
        let check =
            nanoseconds(texts, |text| is_accepted(filled.app.memory(), text, &filled.pepper));
        rounds.push((check, hmac, check / hmac));
    }
    // The first round warms up.
    rounds.remove(0);
    (
        median(rounds.iter().map(|round| round.0)),
        median(rounds.iter().map(|round| round.1)),
        median(rounds.iter().map(|round| round.2)),
    )
}

/// Bytes of this process that lie in memory now.
fn resident() -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
    let kilobytes: u64 = line.split_whitespace().nth(1).ok_or("no number")?.parse()?;
    Ok(kilobytes * 1024)
}

fn is_accepted(memory: &Memory, text: &str, pepper: &Pepper) {
    let shown = Presented::parse(text).expect("the text was minted");
    let who = memory.check(&shown, pepper, None, NOW);
    assert!(black_box(who).is_ok(), "{:?} is refused", shown.id);
}

/// The texts come in the order of their making, which is no order of ids, and so of memory.
fn nanoseconds(texts: &[String], mut act: impl FnMut(&str)) -> f64 {
    let begun = Instant::now();
    for text in texts.iter().cycle().take(CHECKS) {
        act(black_box(text));
    }
    begun.elapsed().as_secs_f64() * 1e9 / CHECKS as f64
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
