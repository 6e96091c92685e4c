//! What the life of a token costs where a million others are: starting the server, making one and
//! deleting it (durable, on SQLite), and stopping all of them at once. HTTP is not in it.

use std::io::Write;
use std::time::{Duration, Instant};

use crate::filled::{Failure, Filled, NOW};
use rondo_app::{Ctx, Preview, Source, TokenList};
use rondo_domain::principal::{Access, Credential, Principal};
use rondo_domain::token::{Predicate, Presented, Wish};
use rondo_domain::{Permissions, PersonId};
use tokio::runtime::Runtime;

const CASES: [usize; 3] = [10, 100_000, 1_000_000];
/// Tokens that are made and deleted, one after the other.
const LIVES: usize = 200;

pub(crate) fn print(runtime: &Runtime) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    let head = "| tokens | start, ms | make, p50 and p99, ms | delete, p50 and p99, ms \
                | count them, ms | stopped all after, ms |";
    writeln!(out, "{head}\n|---|---|---|---|---|---|")?;
    for stored in CASES {
        let filled = runtime.block_on(Filled::with(stored))?;
        let start = milliseconds(filled.started);
        let (made, deleted) = runtime.block_on(lives(&filled))?;
        let (counted, stopped) = runtime.block_on(stop_all(&filled))?;
        let (made, deleted) = (percentiles(made), percentiles(deleted));
        writeln!(
            out,
            "| {stored} | {start:.1} | {} | {} | {:.1} | {:.1} |",
            made,
            deleted,
            milliseconds(counted),
            milliseconds(stopped)
        )?;
    }
    Ok(())
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The middle one and the hundredth from above.
fn percentiles(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    format!("{:.1}, {:.1}", milliseconds(at(0.5)), milliseconds(at(0.99)))
}

fn owner(person: PersonId) -> Ctx {
    let who = Principal::Person { id: person, admin: true, by: Credential::Console };
    let access = Access::of(&who, None, None, Permissions::EVERY);
    Ctx { who, access, ..Ctx::console(NOW) }
}

/// Makes and deletes tokens.
async fn lives(filled: &Filled) -> Result<(Vec<Duration>, Vec<Duration>), Failure> {
    let ctx = owner(filled.person);
    let (mut made, mut deleted) = (Vec::new(), Vec::new());
    let failed = |refusal| format!("{refusal:?}");
    for _ in 0..LIVES {
        let begun = Instant::now();
        let label = "bench".parse()?;
        let new = filled.app.create_personal_token(&ctx, label, Wish::default()).await;
        made.push(begun.elapsed());
        let id = new.map_err(failed)?.token.id;
        let begun = Instant::now();
        filled.app.delete_token(&ctx, TokenList::Own, id, None).await.map_err(failed)?;
        deleted.push(begun.elapsed());
    }
    Ok((made, deleted))
}

/// Stops every token, as a preview counted them: how long counting took, and how long it was from the order
/// to the first refusal of one.
async fn stop_all(filled: &Filled) -> Result<(Duration, Duration), Failure> {
    let ctx = Ctx::console(NOW);
    let every = Predicate::made_by(NOW);
    let begun = Instant::now();
    let preview = filled.app.tokens_hit_by(&ctx, &every).await;
    let Preview { count, word, .. } = preview.map_err(|refusal| format!("{refusal:?}"))?;
    let counted = begun.elapsed();
    let (app, text) = (std::sync::Arc::clone(&filled.app), filled.texts[0].clone());
    let shown = Presented::parse(&text).ok_or("the text was minted")?;
    let known = app.identify(&shown, None, Source::of(None), NOW).await;
    assert!(matches!(known, Ok(Ok(_))), "it is good before");
    let begun = Instant::now();
    let stopping = {
        let app = std::sync::Arc::clone(&app);
        tokio::spawn(
            async move { app.revoke_tokens(&ctx, (&every, count), Some(&word), None).await },
        )
    };
    while app.memory().check(&shown, &filled.pepper, None, NOW).is_ok() {
        tokio::task::yield_now().await;
    }
    let stopped = begun.elapsed();
    stopping.await?.map_err(|refusal| format!("{refusal:?}"))?;
    Ok((counted, stopped))
}
