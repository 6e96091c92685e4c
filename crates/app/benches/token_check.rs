//! How long it takes to find out whose a shown token is: beside HMAC-SHA-256 alone over the same
//! texts, in turns. With 10 tokens; with 1,000,000 of which 10 are in use; and with 1,000,000 that
//! are all used in turn, so that none is in the processor's caches. HTTP is not in it.

use std::hint::black_box;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use rondo_app::{App, Memory, OrbPlaces, Policy, RateLimits, Source, World};
use rondo_domain::token::{Holder, Pepper, Presented, Reach, Secret, Token, TokenKind};
use rondo_domain::{Millis, Person, PersonId};
use rondo_store::{Folder, Store, TokenRow};

/// How many tokens are stored, and how many of them are used.
const CASES: [(usize, &[usize]); 2] = [(10, &[10]), (1_000_000, &[10, 1_000_000])];
const ROUNDS: usize = 7;
/// Checks of one round.
const CHECKS: usize = 1_000_000;
const NOW: Millis = Millis(1_700_000_000_000);

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut out = std::io::stdout();
    let head = "| tokens | in use | check, ns | HMAC alone, ns | check : HMAC | bytes each |";
    writeln!(out, "{head}\n|---|---|---|---|---|---|")?;
    for (stored, cases) in CASES {
        let filled = runtime.block_on(Filled::with(stored))?;
        for used in cases {
            let before = resident()?;
            runtime.block_on(filled.show(*used))?;
            let bytes = resident()?.saturating_sub(before) / *used as u64;
            let (check, hmac, ratio) = filled.measure(*used);
            writeln!(out, "| {stored} | {used} | {check:.0} | {hmac:.0} | {ratio:.2} | {bytes} |")?;
        }
    }
    Ok(())
}

/// A server's state with tokens in it.
struct Filled {
    app: Arc<App>,
    pepper: Pepper,
    texts: Vec<String>,
    _folder: tempfile::TempDir,
}

impl Filled {
    async fn with(count: usize) -> Result<Self, Failure> {
        let temporary = tempfile::tempdir()?;
        let folder = Folder::open(temporary.path())?;
        let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
        let pepper = Pepper::new(1, &chance.bytes());
        let store = Store::open_file(&folder.database()).await?;
        let texts = fill(&store, &pepper, count, &mut chance).await?;
        let app = open(store, &folder, pepper.clone(), &mut chance).await?;
        Ok(Self { app, pepper, texts, _folder: temporary })
    }

    /// Shows the server each of these tokens once, many at a time: memory knows those it was shown.
    async fn show(&self, used: usize) -> Result<(), Failure> {
        let next = Arc::new(AtomicUsize::new(0));
        let texts = Arc::new(self.texts[..used].to_vec());
        let showing: Vec<_> = (0..64)
            .map(|_| {
                let (app, next, texts) =
                    (Arc::clone(&self.app), Arc::clone(&next), Arc::clone(&texts));
                tokio::spawn(async move {
                    while let Some(text) = texts.get(next.fetch_add(1, Ordering::Relaxed)) {
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
    fn measure(&self, used: usize) -> (f64, f64, f64) {
        let texts = &self.texts[..used];
        let mut rounds = Vec::new();
        for _ in 0..=ROUNDS {
            let hmac = nanoseconds(texts, |text| {
                black_box(self.pepper.digest(text.as_bytes()));
            });
            let check =
                nanoseconds(texts, |text| is_accepted(self.app.memory(), text, &self.pepper));
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

/// Stores so many tokens of one person; their texts.
async fn fill(
    store: &Store,
    pepper: &Pepper,
    count: usize,
    chance: &mut Chance,
) -> Result<Vec<String>, Failure> {
    let person = Person {
        id: PersonId::from_entropy(chance.bytes()),
        name: "mika".parse()?,
        admin: false,
        disabled_at: None,
        created_at: NOW,
    };
    let minted: Vec<_> =
        (0..count).map(|_| Secret::mint(TokenKind::Personal, &chance.bytes())).collect();
    let (owner, secrets) = (&person, &minted);
    store
        .write(|mut tx| async move {
            tx.insert_person(owner, "").await?;
            for secret in secrets {
                tx.insert_token(&row(secret, owner.id, pepper), "bench").await?;
            }
            tx.commit_progress().await
        })
        .await?;
    Ok(minted.iter().map(|secret| secret.expose().to_owned()).collect())
}

fn row(secret: &Secret, owner: PersonId, pepper: &Pepper) -> TokenRow {
    let label = "bench".parse().expect("a plain word is a label");
    TokenRow {
        token: Token {
            id: secret.id(),
            holder: Holder::Person(owner),
            label,
            reach: Reach::WHOLE,
            created_at: NOW,
            last_used_at: None,
            disabled_at: None,
            rotation: None,
        },
        pepper: pepper.version,
        digest: secret.digest(pepper),
    }
}

async fn open(
    store: Store,
    folder: &Folder,
    pepper: Pepper,
    chance: &mut Chance,
) -> Result<Arc<App>, Failure> {
    let world = World::new(|| NOW, |buffer| buffer.fill(7));
    let policy = Policy {
        url: "http://127.0.0.1".to_owned(),
        local_repositories: Vec::new(),
        url_templates: std::collections::BTreeMap::new(),
        orbs: OrbPlaces::default(),
        trusted_proxies: Vec::new(),
        tombstone_days: 90,
        rates: RateLimits::default(),
        runner: "bench".to_owned(),
    };
    let seal = folder.seal_key(chance.bytes())?;
    Ok(App::new(store, folder.blobs(), (pepper, seal), world, policy).await?)
}

/// A generator that gives every run the same tokens. They open nothing anywhere.
struct Chance(u64);

impl Chance {
    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 >> 32) as u8
        })
    }
}
