//! Whether the time of the answer tells if a text that somebody handed in was a token: values of tokens and made-up ones
//! in turns, each from an address of its own. HTTP is not in it.

use std::io::Write;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use crate::filled::{Chance, Failure, Filled, NOW};
use rondo_app::{Address, Ctx};
use rondo_domain::Principal;
use rondo_domain::token::{Secret, TokenKind};
use tokio::runtime::Runtime;

const TOKENS: usize = 10_000;
/// Texts of each kind.
const TEXTS: usize = 100;

pub(crate) fn print(runtime: &Runtime) -> Result<(), Failure> {
    let filled = runtime.block_on(Filled::with(TOKENS))?;
    let (tokens, made_up) = runtime.block_on(hand_in(&filled))?;
    let mut out = std::io::stdout();
    writeln!(out, "| handed in | p50, ms | p10 to p90, ms |\n|---|---|---|")?;
    for (what, times) in [("a token", &tokens), ("made up", &made_up)] {
        let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1000.0;
        writeln!(out, "| {what} | {:.2} | {:.2} to {:.2} |", at(50), at(10), at(90))?;
    }
    let pairs = tokens.iter().flat_map(|token| made_up.iter().map(move |other| token > other));
    let right = pairs.filter(|slower| *slower).count() * 100 / (TEXTS * TEXTS);
    Ok(writeln!(
        out,
        "Who takes the slower one of two for the token is right {right} times in 100."
    )?)
}

/// How long each answer took, in order: of tokens, and of made-up ones.
async fn hand_in(filled: &Filled) -> Result<(Vec<Duration>, Vec<Duration>), Failure> {
    let mut chance = Chance(0x2545_f491_4f6c_dd1d);
    let (mut tokens, mut made_up) = (Vec::new(), Vec::new());
    let mut address = 0;
    for token in &filled.texts[..TEXTS] {
        let other = Secret::mint(TokenKind::Personal, &chance.bytes());
        for (times, text) in [(&mut tokens, token.as_str()), (&mut made_up, other.expose())] {
            address += 1;
            let address = Address(Some(Ipv4Addr::from_bits(address).into()));
            let ctx = Ctx { who: Principal::Anyone, address, ..Ctx::console(NOW) };
            let begun = Instant::now();
            let taken = filled.app.hand_in(&ctx, text).await;
            times.push(begun.elapsed());
            taken.map_err(|refusal| format!("{refusal:?}"))?;
        }
    }
    tokens.sort();
    made_up.sort();
    Ok((tokens, made_up))
}
