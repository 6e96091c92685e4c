//! A server's state with many tokens in it, for the benches beside this folder.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rondo_app::{App, OrbPlaces, Policy, RateLimits, World};
use rondo_domain::token::{Holder, Pepper, Reach, Secret, Token, TokenKind};
use rondo_domain::{Millis, Person, PersonId};
use rondo_store::{Folder, Store, TokenRow};

pub(crate) const NOW: Millis = Millis(1_700_000_000_000);

pub(crate) type Failure = Box<dyn std::error::Error>;

/// A server's state with tokens in it.
pub(crate) struct Filled {
    pub(crate) app: Arc<App>,
    pub(crate) pepper: Pepper,
    pub(crate) texts: Arc<[String]>,
    /// Whose they are.
    pub(crate) person: PersonId,
    /// How long the server took to start.
    pub(crate) started: Duration,
    _folder: tempfile::TempDir,
}

impl Filled {
    pub(crate) async fn with(count: usize) -> Result<Self, Failure> {
        let temporary = tempfile::tempdir()?;
        let folder = Folder::open(temporary.path())?;
        let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
        let pepper = Pepper::new(1, &chance.bytes());
        let store = Store::open_file(&folder.database()).await?;
        let (person, texts) = fill(&store, &pepper, count, &mut chance).await?;
        store.close().await;
        let begun = Instant::now();
        let store = Store::open_file(&folder.database()).await?;
        let app = open(store, &folder, pepper.clone(), &mut chance).await?;
        let started = begun.elapsed();
        Ok(Self { app, pepper, texts: texts.into(), person, started, _folder: temporary })
    }
}

/// Stores so many tokens of one person; who that is, and their texts.
async fn fill(
    store: &Store,
    pepper: &Pepper,
    count: usize,
    chance: &mut Chance,
) -> Result<(PersonId, Vec<String>), Failure> {
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
    Ok((person.id, minted.iter().map(|secret| secret.expose().to_owned()).collect()))
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
    let next = AtomicU64::new(0);
    let world = World::new(
        || NOW,
        move |buffer| {
            let number = next.fetch_add(1, Ordering::Relaxed).to_le_bytes();
            for (byte, own) in buffer.iter_mut().zip(number.iter().cycle()) {
                *byte = *own;
            }
        },
    );
    let policy = Policy {
        url: "http://127.0.0.1".to_owned(),
        local_repositories: Vec::new(),
        url_templates: std::collections::BTreeMap::new(),
        orbs: OrbPlaces::default(),
        trusted_proxies: Vec::new(),
        tombstone_days: 90,
        rates: RateLimits::default(),
        idle: Duration::from_secs(75),
        runner: "bench".to_owned(),
    };
    let seal = folder.seal_key(chance.bytes())?;
    Ok(App::new(store, folder.blobs(), (pepper, seal), world, policy).await?)
}

/// A generator that gives every run the same tokens. They open nothing anywhere.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 >> 32) as u8
        })
    }
}
