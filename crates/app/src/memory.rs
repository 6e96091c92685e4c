//! What is answered from memory: people with their roles, service accounts, projects, how branches stand, and the tokens
//! that were shown to this process. A token comes in when it is shown first: starting costs nothing for
//! those that nobody uses.
//!
//! It is true because every change of these is announced in the transaction that makes it, and
//! applied here by [`Memory::catch_up`] before the change is answered. Other processes on the same
//! database announce too: what is in memory is trusted for [`MEMORY_TRUST`] milliseconds from the
//! moment a look at the announcements *began*, since that look saw every commit before it. After
//! that the next request looks again. If the database does not answer, nothing is trusted.
//!
//! The check of a token is in [`token`], what policies leave of it in [`policy`], which ids nobody has in [`sieve`]; what
//! never changes, files of ended jobs, in [`files`].

mod files;
mod policy;
mod sieve;
mod token;

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use bytes::Bytes;
use crossbeam_queue::ArrayQueue;
use rondo_domain::limits::MEMORY_TRUST;
use rondo_domain::token::{Holder, TokenId};
use rondo_domain::{
    Actor, OrgId, Person, PersonId, Project, ProjectId, Role, ServiceAccount, ServiceId, Slug, Vcs,
};
use rondo_store::{Change, Error, Revocation, Store, Tx};
use tokio::sync::Mutex;

use crate::derived::Derived;

pub use files::Content;
use files::Files;
pub(crate) use policy::Terms;
use sieve::Sieve;
use token::{DeadToken, TokenEntry};

/// [`MEMORY_TRUST`] in microseconds.
const TRUST: u64 = MEMORY_TRUST * 1000;

/// What comes in here as a key is an id or a name that this server gave: none that a stranger can choose, so a
/// quick hash is good enough.
type Map<K, V> = papaya::HashMap<K, V, foldhash::fast::RandomState>;

struct PersonEntry {
    person: Person,
    roles: Vec<(OrgId, Role)>,
    /// What they follow.
    follows: Vec<ProjectId>,
    /// What is answered about them again and again, once it was made.
    answer: OnceLock<Bytes>,
}

impl PersonEntry {
    fn new(person: Person, roles: Vec<(OrgId, Role)>, follows: Vec<ProjectId>) -> Arc<Self> {
        Arc::new(Self { person, roles, follows, answer: OnceLock::new() })
    }
}

/// What is answered from memory.
pub struct Memory {
    started: Instant,
    trusted_until: AtomicU64,
    /// When a look at the announcements failed last.
    failed_at: AtomicU64,
    /// The number of the newest change that is in here. Whoever holds it may change the maps.
    known: Mutex<i64>,
    tokens: Map<TokenId, TokenEntry>,
    /// Deleted tokens that were shown again.
    dead: Map<TokenId, DeadToken>,
    /// Which ids may be those of stored tokens.
    sieve: Sieve,
    /// What came in during an earlier epoch is read anew before it is believed.
    epoch: AtomicU32,
    /// Tokens that are deleted by what is true of them, until they are all moved.
    revocations: Map<i64, Revocation>,
    /// Whether there are such.
    revoking: AtomicBool,
    /// Whether successors that were not used yet came in.
    coming: AtomicBool,
    /// What organizations ask of tokens.
    policies: Map<OrgId, Arc<Terms>>,
    /// Whether any does.
    governed: AtomicBool,
    people: Map<PersonId, Arc<PersonEntry>>,
    /// Service accounts; also those that are gone, for their names.
    services: Map<ServiceId, Arc<ServiceAccount>>,
    projects: Map<Slug, Arc<Project>>,
    slugs: Map<ProjectId, Slug>,
    derived: Map<ProjectId, Arc<Derived>>,
    /// Bytes of what is kept in [`Self::derived`].
    room_taken: Arc<AtomicUsize>,
    /// Files of ended jobs: true for ever, whoever changes what.
    pub(crate) files: Files,
    /// Tokens whose last use is to be written down.
    used: ArrayQueue<TokenId>,
}

/// The parts of a slug, where they stand for it. They need not be those of any.
#[derive(Hash)]
pub(crate) struct SlugParts<'a> {
    pub(crate) vcs: Vcs,
    pub(crate) org: &'a str,
    pub(crate) repo: &'a str,
}

impl papaya::Equivalent<Slug> for SlugParts<'_> {
    fn equivalent(&self, slug: &Slug) -> bool {
        (self.vcs, self.org, self.repo) == (slug.vcs, slug.org(), slug.repo())
    }
}

impl Memory {
    pub(crate) async fn load(store: &Store) -> Result<Self, Error> {
        let memory = Self {
            started: Instant::now(),
            trusted_until: AtomicU64::new(0),
            failed_at: AtomicU64::new(0),
            known: Mutex::new(0),
            tokens: Map::default(),
            dead: Map::default(),
            sieve: Sieve::default(),
            epoch: AtomicU32::new(0),
            revocations: Map::default(),
            revoking: AtomicBool::new(false),
            coming: AtomicBool::new(false),
            policies: Map::default(),
            governed: AtomicBool::new(false),
            people: Map::default(),
            services: Map::default(),
            projects: Map::default(),
            slugs: Map::default(),
            derived: Map::default(),
            room_taken: Arc::default(),
            files: Files::default(),
            used: ArrayQueue::new(16_384),
        };
        let mut known = memory.known.lock().await;
        memory.load_all(store, &mut known).await?;
        drop(known);
        Ok(memory)
    }

    async fn load_all(&self, store: &Store, known: &mut i64) -> Result<(), Error> {
        let begun = self.elapsed();
        let mut tx = store.read().await?;
        let newest = tx.newest_change().await?;
        let (people, projects) = (tx.people().await?, tx.projects().await?);
        let services = tx.services().await?;
        let (memberships, follows) = (tx.memberships().await?, tx.follows().await?);
        for revocation in tx.revocations().await? {
            self.put_revocation(revocation);
        }
        self.load_policies(&mut tx).await?;
        self.begin_epoch();
        self.sieve.forget();
        self.derived.pin().clear();
        // Before people: answers about them name projects.
        for project in projects {
            self.put_project(project);
        }
        for person in people {
            let roles = memberships.iter().filter(|m| m.person == person.id);
            let roles = roles.map(|m| (m.org, m.role)).collect();
            let follows = follows.iter().filter(|(who, _)| *who == person.id);
            let follows = follows.map(|(_, project)| *project).collect();
            self.people.pin().insert(person.id, PersonEntry::new(person, roles, follows));
        }
        for service in services {
            self.services.pin().insert(service.id, Arc::new(service));
        }
        *known = newest;
        self.trusted_until.store(begun + TRUST, Ordering::Release);
        Ok(())
    }

    /// Microseconds since this memory began.
    fn elapsed(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn put_project(&self, project: Project) {
        self.slugs.pin().insert(project.id, project.slug.clone());
        self.projects.pin().insert(project.slug.clone(), Arc::new(project));
    }

    /// What is answered about people names projects. An answer that is being made meanwhile is kept where nobody
    /// finds it.
    fn forget_answers(&self) {
        let people = self.people.pin();
        for (id, entry) in &people {
            let (person, roles) = (entry.person.clone(), entry.roles.clone());
            people.insert(*id, PersonEntry::new(person, roles, entry.follows.clone()));
        }
    }

    /// Makes sure that memory may be trusted for a request that begins now.
    ///
    /// # Errors
    /// If it may not and the database does not answer.
    pub(crate) async fn trust(&self, store: &Store) -> Result<(), Error> {
        if self.elapsed() < self.trusted_until.load(Ordering::Acquire) {
            return Ok(());
        }
        // Seldom, and large: whoever asks should not be so large too.
        Box::pin(self.trust_again(store)).await
    }

    async fn trust_again(&self, store: &Store) -> Result<(), Error> {
        let arrived = self.elapsed();
        let mut known = self.known.lock().await;
        // Another request may have looked while this one waited.
        if self.elapsed() < self.trusted_until.load(Ordering::Acquire) {
            return Ok(());
        }
        self.try_look(store, &mut known, arrived).await
    }

    /// [`Self::look`] for somebody who arrived at a moment and waited for their turn.
    async fn try_look(&self, store: &Store, known: &mut i64, arrived: u64) -> Result<(), Error> {
        // Where the database is away, each look takes seconds: those who wait do not queue for it.
        if self.failed_at.load(Ordering::Acquire) > arrived {
            return Err(Error::Unavailable("it did not answer a moment ago".to_owned()));
        }
        let looked = self.look(store, known).await;
        if looked.is_err() {
            self.failed_at.store(self.elapsed(), Ordering::Release);
        }
        looked
    }

    /// Applies every change that was committed before this call.
    ///
    /// # Errors
    /// If the database does not answer: then nothing in memory is trusted until it does.
    pub(crate) async fn catch_up(&self, store: &Store) -> Result<(), Error> {
        let mut known = self.known.lock().await;
        let looked = self.look(store, &mut known).await;
        if looked.is_err() {
            self.trusted_until.store(0, Ordering::Release);
        }
        looked
    }

    /// [`Self::catch_up`] after a change that is durable, so that its answer is not lost where memory
    /// cannot follow: then memory is not trusted until the database answers.
    pub(crate) async fn follow(&self, store: &Store) {
        if let Err(error) = self.catch_up(store).await {
            tracing::warn!(%error, "memory could not follow a change; it is not trusted for now");
        }
    }

    async fn look(&self, store: &Store, known: &mut i64) -> Result<(), Error> {
        let begun = self.elapsed();
        let mut tx = store.read().await?;
        let Some(changes) = tx.changes_after(*known).await? else {
            drop(tx);
            return self.load_all(store, known).await;
        };
        for (number, change) in changes {
            self.apply(&mut tx, change).await?;
            *known = number;
        }
        self.trusted_until.store(begun + TRUST, Ordering::Release);
        Ok(())
    }

    async fn apply(&self, tx: &mut Tx, change: Change) -> Result<(), Error> {
        match change {
            Change::Token(id) => {
                let id: TokenId = subject(&id)?;
                self.sieve.add(id);
                if self.holds(id) {
                    self.read_token(tx, id).await?;
                }
            }
            Change::Revocation(number) => {
                let number = number.parse().map_err(|_| Error::Corrupt("change"))?;
                match tx.revocation(number).await? {
                    Some((revocation, false)) => self.put_revocation(revocation),
                    Some((revocation, true)) => self.end_revocation(revocation.number),
                    None => return Err(Error::Corrupt("change")),
                }
            }
            Change::Person(id) => {
                let id = subject(&id)?;
                let memberships = tx.memberships_of(id).await?;
                let roles = memberships.into_iter().map(|m| (m.org, m.role)).collect();
                let follows = tx.followed(id).await?;
                match tx.person(id).await? {
                    Some(person) => {
                        self.people.pin().insert(id, PersonEntry::new(person, roles, follows));
                    }
                    None => {
                        self.people.pin().remove(&id);
                    }
                }
                // Answers name people.
                self.derived.pin().clear();
            }
            Change::Service(id) => {
                let id: ServiceId = subject(&id)?;
                let service = tx.service(id).await?.ok_or(Error::Corrupt("change"))?;
                let gone = service.deleted_at.is_some();
                let name = service.name.clone();
                let known = self.services.pin().insert(id, Arc::new(service)).cloned();
                if known.is_some_and(|known| known.name != name) {
                    // Answers name accounts.
                    self.derived.pin().clear();
                }
                if gone {
                    // After the account: what is shown from here on is looked up, and found dead.
                    self.forget_tokens_of(id);
                }
            }
            Change::Project(id) => {
                let id = subject(&id)?;
                if let Some(project) = tx.project(id).await? {
                    self.put_project(project);
                    self.forget_answers();
                }
                self.derived.pin().remove(&id);
            }
            Change::Policy(id) => self.read_policy(tx, subject(&id)?).await?,
            Change::Standing(id) => {
                let id: ProjectId = subject(&id)?;
                self.derived.pin().remove(&id);
            }
        }
        Ok(())
    }

    /// The person of this id.
    pub fn person(&self, id: PersonId) -> Option<Person> {
        self.people.pin().get(&id).map(|entry| entry.person.clone())
    }

    /// The projects that a person follows.
    pub fn followed(&self, id: PersonId) -> Vec<ProjectId> {
        self.people.pin().get(&id).map_or_else(Vec::new, |entry| entry.follows.clone())
    }

    /// What is answered about a person again and again: made by `make`, of the person and what they follow, and
    /// kept until they, what they follow or a project changes. None if there is no such person.
    pub(crate) fn answer_about(
        &self,
        id: PersonId,
        make: impl FnOnce(&Person, &[ProjectId]) -> Bytes,
    ) -> Option<Bytes> {
        // Taken before anything that `make` looks at.
        let entry = self.people.pin().get(&id).cloned()?;
        Some(entry.answer.get_or_init(|| make(&entry.person, &entry.follows)).clone())
    }

    /// A person's part in an organization.
    pub fn role(&self, person: PersonId, org: OrgId) -> Option<Role> {
        let people = self.people.pin();
        let entry = people.get(&person)?;
        entry.roles.iter().find(|(own, _)| *own == org).map(|(_, role)| *role)
    }

    /// Whether a person has a part in an organization, as its member or as an administrator of the server.
    pub(crate) fn is_in(&self, person: PersonId, org: OrgId) -> bool {
        let people = self.people.pin();
        people.get(&person).is_some_and(|entry| {
            entry.person.admin || entry.roles.iter().any(|(own, _)| *own == org)
        })
    }

    /// Whether a person has a part in this organization and in no other.
    pub(crate) fn is_only_in(&self, person: PersonId, org: OrgId) -> bool {
        let people = self.people.pin();
        people.get(&person).is_some_and(|entry| {
            !entry.person.admin
                && !entry.roles.is_empty()
                && entry.roles.iter().all(|(own, _)| *own == org)
        })
    }

    /// The service account of this id.
    pub fn service(&self, id: ServiceId) -> Option<Arc<ServiceAccount>> {
        self.services.pin().get(&id).filter(|service| service.deleted_at.is_none()).cloned()
    }

    /// All service accounts, by name.
    pub fn services(&self) -> Vec<Arc<ServiceAccount>> {
        let services = self.services.pin();
        let alive = services.values().filter(|service| service.deleted_at.is_none());
        let mut alive: Vec<_> = alive.cloned().collect();
        alive.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        alive
    }

    /// What a service account is called, or was.
    pub fn service_name(&self, id: ServiceId) -> Option<String> {
        self.services.pin().get(&id).map(|service| service.name.to_string())
    }

    /// Whether a service account has this id or name, or had it when it was deleted.
    pub(crate) fn knows_service(&self, named: &str) -> bool {
        let services = self.services.pin();
        services.values().any(|own| own.name.as_str() == named || own.id.to_string() == named)
    }

    /// What somebody is called.
    pub fn name_of(&self, actor: Actor) -> Option<String> {
        match actor {
            Actor::Person(id) => self.person(id).map(|person| person.name.to_string()),
            Actor::Service(id) => self.service_name(id),
        }
    }

    /// The project that a token belongs to, by itself or by its service account.
    pub(crate) fn project_of_holder(&self, holder: Holder) -> Option<ProjectId> {
        match holder {
            Holder::Person(_) => None,
            Holder::Project(project, _) => Some(project),
            Holder::Service(id) => self.service(id)?.home.project(),
        }
    }

    /// The project of this name.
    pub fn project(&self, slug: &Slug) -> Option<Arc<Project>> {
        self.projects.pin().get(slug).cloned()
    }

    /// The project of the name that has these parts. Parts that no name has find none.
    pub(crate) fn project_named(&self, parts: &SlugParts<'_>) -> Option<Arc<Project>> {
        self.projects.pin().get(parts).cloned()
    }

    /// The project of this id.
    pub fn project_of(&self, id: ProjectId) -> Option<Arc<Project>> {
        let slug = self.slugs.pin().get(&id).cloned()?;
        self.project(&slug)
    }

    /// All projects, by name.
    pub fn projects(&self) -> Vec<Arc<Project>> {
        let mut projects: Vec<_> = self.projects.pin().values().cloned().collect();
        projects.sort_by(|a, b| a.slug.cmp(&b.slug));
        projects
    }

    /// What is made of a project's builds.
    pub(crate) fn derived(&self, project: ProjectId) -> Arc<Derived> {
        let derived = self.derived.pin();
        let new = || Arc::new(Derived::new(Arc::clone(&self.room_taken)));
        Arc::clone(derived.get_or_insert_with(project, new))
    }
}

fn subject<T: std::str::FromStr>(id: &str) -> Result<T, Error> {
    id.parse().map_err(|_| Error::Corrupt("change"))
}
