//! The tokens in memory: what is known of each, and the check of a shown one. It takes no lock that a
//! writer can hold, allocates nothing, and writes nothing but the time of last use.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use rondo_domain::policy::{Manner, Ruling};
use rondo_domain::principal::{Credential, Target};
use rondo_domain::token::{
    BadToken, Case, Chosen, Digest, Holder, Owner, Pepper, Presented, Reach, Stop, Suspect, Token,
    TokenId, decide,
};
use rondo_domain::{Access, Millis, Permission, Permissions, Principal, ProjectId, ServiceId};
use rondo_store::{Error, Revocation, Store, TokenRow, Tx};

use super::Memory;

/// How many deleted tokens are remembered.
const DEAD: usize = 65_536;

/// A million of these may be held: what is rare stands in a box of its own.
pub(super) struct TokenEntry {
    holder: Holder,
    digest: Digest,
    created_at: Millis,
    /// Milliseconds since 1970; 0: never.
    last_used: AtomicI64,
    /// A note of its last use waits to be written.
    noted: AtomicBool,
    /// When it was read from the database.
    epoch: u32,
    rare: Option<Box<Rare>>,
}

/// What the map allocates for each.
const _: () = assert!(size_of::<(TokenId, TokenEntry)>() <= 96, "a million tokens take their room");

/// What is true of few tokens.
struct Rare {
    /// What it is narrowed to.
    reach: Reach,
    /// Its part in a rotation.
    turn: Option<Turn>,
    disabled: bool,
    /// It was seen to be at its end. A clock that is moved back does not bring it back.
    over: AtomicBool,
}

impl Rare {
    /// None where nothing of this is true of a token.
    fn of(token: Token) -> Option<Box<Self>> {
        let (turn, disabled) = (Turn::of(&token), token.disabled_at.is_some());
        let is_plain = turn.is_none() && !disabled && token.reach == Reach::WHOLE;
        let over = AtomicBool::new(false);
        (!is_plain).then(|| Box::new(Self { reach: token.reach, turn, disabled, over }))
    }

    /// When its successor takes over, if it has one.
    fn rotated_at(&self) -> Option<Millis> {
        match self.turn {
            Some(Turn::Leaving(at)) => Some(at),
            _ => None,
        }
    }

    /// When it ends, if that is known.
    fn end(&self) -> Option<Millis> {
        self.reach.expires_at.into_iter().chain(self.rotated_at()).min()
    }

    /// What was over stays over, unless its end was put off.
    fn follow(&self, old: &Self) {
        if let (true, Some(end), Some(before)) =
            (old.over.load(Ordering::Relaxed), self.end(), old.end())
        {
            self.over.store(end <= before, Ordering::Relaxed);
        }
    }
}

/// A token's part in a rotation.
enum Turn {
    /// Its successor takes over at this moment.
    Leaving(Millis),
    /// It is a successor that was not used yet.
    Coming,
}

impl Turn {
    fn of(token: &Token) -> Option<Self> {
        match (token.leaving(), token.coming()) {
            (Some(rotation), _) => Some(Self::Leaving(rotation.end())),
            (_, Some(rotation)) if rotation.taken_up_at.is_none() => Some(Self::Coming),
            _ => None,
        }
    }
}

/// A deleted token: enough to tell who holds its value.
pub(super) struct DeadToken {
    digest: Digest,
    at: Millis,
}

impl TokenEntry {
    /// What it is narrowed to.
    pub(super) fn reach(&self) -> &Reach {
        static WHOLE: Reach = Reach::WHOLE;
        self.rare.as_ref().map_or(&WHOLE, |rare| &rare.reach)
    }

    /// When its successor takes over, if it has one.
    fn rotated_at(&self) -> Option<Millis> {
        self.rare.as_ref()?.rotated_at()
    }

    /// When it ends, if that is known.
    fn end(&self) -> Option<Millis> {
        self.rare.as_ref()?.end()
    }

    fn is_disabled(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.disabled)
    }

    /// Whether it is a successor that was not used yet.
    fn is_coming(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| matches!(rare.turn, Some(Turn::Coming)))
    }

    /// The moment to judge it at: now, or its end where that was reached before.
    fn latest(&self, now: Millis) -> Millis {
        let Some(rare) = &self.rare else { return now };
        let Some(end) = rare.end() else { return now };
        if now >= end {
            rare.over.store(true, Ordering::Relaxed);
        }
        if rare.over.load(Ordering::Relaxed) { now.max(end) } else { now }
    }

    /// Where it is about a network, which tokens were seen there was settled with the order: the check
    /// of a token knows no addresses, and uses that come later must not change what was counted.
    fn is_hit_by(&self, id: TokenId, revocation: &Revocation) -> bool {
        revocation.predicate.hits(&Suspect {
            id,
            holder: &self.holder,
            reach: self.reach(),
            created_at: self.created_at,
            used: self.last_used.load(Ordering::Relaxed) != 0,
            seen: revocation.seen.as_ref().is_some_and(|seen| seen.contains(&id)),
        })
    }
}

impl Memory {
    /// Reads a token that was shown and that memory does not know: one that another process made a
    /// moment ago, or that nobody used since this one began. Whether it is there, or was.
    ///
    /// # Errors
    /// If the database does not answer.
    pub(crate) async fn fetch_token(&self, store: &Store, id: TokenId) -> Result<bool, Error> {
        if self.is_nobodys(store, id).await? {
            return Ok(false);
        }
        // Whoever holds this may change the maps: what is read now is not older than what is known.
        let mut known = self.known.lock().await;
        if self.knows(id) {
            return Ok(true);
        }
        let holder = self.read_token(&mut store.read().await?, id).await?;
        // Its owner may be as new as the token.
        let is_new = match holder {
            Some(Holder::Person(owner)) => self.person(owner).is_none(),
            Some(Holder::Service(owner)) => self.service(owner).is_none(),
            Some(Holder::Project(..)) | None => false,
        };
        if is_new {
            self.look(store, &mut known).await?;
        }
        Ok(holder.is_some() || self.knows(id))
    }

    /// Puts in what the database knows of a token; whose it is, if it is there.
    pub(super) async fn read_token(
        &self,
        tx: &mut Tx,
        id: TokenId,
    ) -> Result<Option<Holder>, Error> {
        if let Some(row) = tx.token(id).await? {
            let holder = row.token.holder;
            self.dead.pin().remove(&id);
            self.put_token(row);
            return Ok(Some(holder));
        }
        let tombstone = tx.tombstone(id).await?;
        let dead = self.dead.pin();
        if dead.len() >= DEAD {
            dead.clear();
        }
        if let Some((tombstone, digest)) = tombstone {
            dead.insert(id, DeadToken { digest, at: tombstone.deleted_at });
        }
        self.tokens.pin().remove(&id);
        Ok(None)
    }

    /// From now on no token is believed before it is read anew. What is not in the database yet, the
    /// time of its last use, stays.
    pub(super) fn begin_epoch(&self) {
        self.epoch.fetch_add(1, Ordering::Release);
        self.dead.pin().clear();
    }

    fn is_fresh(&self, entry: &TokenEntry) -> bool {
        entry.epoch == self.epoch.load(Ordering::Acquire)
    }

    fn put_token(&self, row: TokenRow) {
        let used = row.token.last_used_at.map_or(0, |at| at.0);
        let pinned = self.tokens.pin();
        let known = pinned.get(&row.token.id);
        let used = known.map_or(used, |known| known.last_used.load(Ordering::Relaxed).max(used));
        let id = row.token.id;
        let entry = TokenEntry {
            holder: row.token.holder,
            digest: row.digest,
            created_at: row.token.created_at,
            last_used: AtomicI64::new(used),
            noted: AtomicBool::new(false),
            epoch: self.epoch.load(Ordering::Acquire),
            rare: Rare::of(row.token),
        };
        if entry.is_coming() {
            self.coming.store(true, Ordering::Release);
        }
        if let (Some(rare), Some(old)) = (&entry.rare, known.and_then(|known| known.rare.as_ref()))
        {
            rare.follow(old);
        }
        pinned.insert(id, entry);
    }

    /// Checks a token that is shown in a manner against memory alone.
    ///
    /// # Errors
    /// Why it opens nothing.
    pub fn check(
        &self,
        shown: &Presented<'_>,
        pepper: &Pepper,
        manner: impl Into<Manner>,
        now: Millis,
    ) -> Result<Principal, BadToken> {
        let tokens = self.tokens.pin();
        let entry = tokens.get(&shown.id).filter(|entry| self.is_fresh(entry));
        let Some(entry) = entry else { return Err(self.of_dead(shown, pepper)) };
        if entry.holder.kind() != shown.kind || !entry.digest.matches(&shown.digest(pepper)) {
            return Err(BadToken::Unknown);
        }
        if let Some(at) = self.revoked(shown.id, entry) {
            return Err(BadToken::Deleted(at));
        }
        let who = self.case(shown.id, entry).admit(manner.into(), entry.latest(now))?;
        // In busy times another use of the same millisecond wrote it already: then nothing is taken
        // from the other cores.
        if entry.last_used.load(Ordering::Relaxed) < now.0 {
            entry.last_used.fetch_max(now.0, Ordering::Relaxed);
        }
        if !entry.noted.load(Ordering::Relaxed) && !entry.noted.swap(true, Ordering::Relaxed) {
            // Where the queue is full the next use asks for a note again.
            entry.noted.store(self.used.push(shown.id).is_ok(), Ordering::Relaxed);
        }
        Ok(who)
    }

    /// What is told to who shows a token that is not there.
    fn of_dead(&self, shown: &Presented<'_>, pepper: &Pepper) -> BadToken {
        match self.dead.pin().get(&shown.id) {
            Some(dead) if dead.digest.matches(&shown.digest(pepper)) => BadToken::Deleted(dead.at),
            _ => BadToken::Unknown,
        }
    }

    /// When a token was deleted by what is true of it, if it was and is not moved yet.
    fn revoked(&self, id: TokenId, entry: &TokenEntry) -> Option<Millis> {
        if !self.revoking.load(Ordering::Acquire) {
            return None;
        }
        let revocations = self.revocations.pin();
        let hits = |revocation: &&Revocation| entry.is_hit_by(id, revocation);
        revocations.values().find(hits).map(|revocation| revocation.at)
    }

    pub(super) fn put_revocation(&self, revocation: Revocation) {
        self.revocations.pin().insert(revocation.number, revocation);
        self.revoking.store(true, Ordering::Release);
    }

    /// Its tokens are all moved to their tombstones: which they were, the database knows.
    pub(super) fn end_revocation(&self, number: i64) {
        self.begin_epoch();
        let revocations = self.revocations.pin();
        revocations.remove(&number);
        self.revoking.store(!revocations.is_empty(), Ordering::Release);
    }

    /// The account is gone and so are its tokens: what became of each, the database knows.
    pub(super) fn forget_tokens_of(&self, id: ServiceId) {
        self.tokens.pin().retain(|_, entry| entry.holder != Holder::Service(id));
    }

    /// Forgets the tokens that were deleted before a moment.
    pub(crate) fn forget_dead(&self, before: Millis) {
        self.dead.pin().retain(|_, dead| dead.at >= before);
    }

    /// Whether memory can say what a token of this id is, or was.
    pub(crate) fn knows(&self, id: TokenId) -> bool {
        let alive = self.tokens.pin().get(&id).is_some_and(|entry| self.is_fresh(entry));
        alive || self.dead.pin().contains_key(&id)
    }

    /// Whether a token of this id was ever shown to this process.
    pub(super) fn holds(&self, id: TokenId) -> bool {
        self.tokens.pin().contains_key(&id) || self.dead.pin().contains_key(&id)
    }

    pub(super) fn case<'a>(&self, id: TokenId, entry: &'a TokenEntry) -> Case<'a> {
        let owner = match entry.holder {
            Holder::Project(..) => None,
            Holder::Person(owner) => self.people.pin().get(&owner).map(|entry| Owner::Person {
                admin: entry.person.admin,
                disabled: entry.person.disabled_at.is_some(),
            }),
            Holder::Service(owner) => {
                let services = self.services.pin();
                let alive = services.get(&owner).filter(|account| account.deleted_at.is_none());
                alive.map(|account| Owner::Service {
                    home: account.home,
                    ceiling: account.ceiling,
                    disabled: account.disabled_at.is_some(),
                })
            }
        };
        Case {
            id,
            holder: entry.holder,
            reach: entry.reach(),
            created_at: entry.created_at,
            disabled: entry.is_disabled(),
            rotated_at: entry.rotated_at(),
            owner,
        }
    }

    /// What stops a token at something, or what it may do there: the same decision as the guard's.
    /// `role` is its owner's part in the target's organization. None if memory does not know it.
    pub fn decide(
        &self,
        id: TokenId,
        asked: (Option<&Target>, Permission),
        manner: Manner,
        now: Millis,
    ) -> Option<Result<Access, Stop>> {
        let tokens = self.tokens.pin();
        let entry = tokens.get(&id).filter(|entry| self.is_fresh(entry))?;
        let role = match (entry.holder, asked.0) {
            (Holder::Person(owner), Some(target)) => self.role(owner, target.org),
            _ => None,
        };
        let ruling = asked.0.map(|target| self.ruling_of(id, entry, target.org, manner));
        let (ruling, at) = (ruling.unwrap_or(Ruling::FREE), entry.latest(now));
        Some(decide(&self.case(id, entry), role, asked, (manner, at), ruling))
    }

    /// The rights that the credential can carry on a project, or on the server where none is named;
    /// none if its token is gone since it was checked.
    pub(crate) fn ceiling(
        &self,
        who: &Principal,
        project: Option<ProjectId>,
    ) -> Option<Permissions> {
        match who.token() {
            None => Some(Permissions::EVERY),
            Some(id) => self.tokens.pin().get(&id).map(|entry| entry.reach().ceiling(project)),
        }
    }

    /// Whose a token is that was checked.
    pub(crate) fn holder(&self, id: TokenId) -> Option<Holder> {
        self.tokens.pin().get(&id).map(|entry| entry.holder)
    }

    /// When a token ends.
    pub fn end(&self, id: TokenId) -> Option<Millis> {
        self.tokens.pin().get(&id)?.end()
    }

    /// Whether a token that was checked reaches whatever project its holder does.
    pub(crate) fn reaches_all(&self, id: TokenId) -> bool {
        let tokens = self.tokens.pin();
        tokens.get(&id).is_some_and(|entry| entry.reach().projects == Chosen::All)
    }

    /// What a token is narrowed to that was checked.
    pub fn reach(&self, id: TokenId) -> Option<Reach> {
        self.tokens.pin().get(&id).map(|entry| entry.reach().clone())
    }

    /// Whether a principal that was accepted earlier still would be: its token is there and good, whom
    /// it acts as is not disabled. The address is the one that was judged then.
    pub(crate) fn still_good(&self, who: &Principal, now: Millis) -> bool {
        let token = who.token().is_none_or(|token| {
            let tokens = self.tokens.pin();
            tokens.get(&token).is_some_and(|entry| {
                let at = entry.latest(now);
                self.is_fresh(entry)
                    && !entry.is_disabled()
                    && !entry.reach().is_over(at)
                    && entry.rotated_at().is_none_or(|end| at < end)
                    && self.revoked(token, entry).is_none()
            })
        });
        let owner = match who {
            Principal::Person { by: Credential::Console, .. } => true,
            // What was granted below a higher ceiling is judged anew.
            Principal::Service { id, ceiling, .. } => self.service(*id).is_some_and(|account| {
                account.disabled_at.is_none() && account.ceiling == *ceiling
            }),
            // So is what was granted to an administrator who is none any more.
            Principal::Person { id, admin, .. } => self
                .person(*id)
                .is_some_and(|person| person.disabled_at.is_none() && (person.admin || !admin)),
            Principal::Anyone | Principal::Project { .. } | Principal::Runner => true,
        };
        token && owner
    }

    /// Whether a token is a successor that was not used yet.
    pub(crate) fn is_coming(&self, id: TokenId) -> bool {
        self.coming.load(Ordering::Acquire)
            && self.tokens.pin().get(&id).is_some_and(TokenEntry::is_coming)
    }

    /// Puts in when a token was used last, which memory knows before the database does.
    pub(crate) fn note_last_use(&self, token: &mut Token) {
        token.last_used_at = self.last_used(token.id).or(token.last_used_at);
    }

    /// When a token was used last.
    pub fn last_used(&self, id: TokenId) -> Option<Millis> {
        let tokens = self.tokens.pin();
        let used = tokens.get(&id)?.last_used.load(Ordering::Relaxed);
        (used != 0).then_some(Millis(used))
    }

    /// The tokens whose last use is not written down yet, with that time.
    pub(crate) fn take_used(&self) -> Vec<(TokenId, Millis)> {
        let mut used = Vec::new();
        while let Some(id) = self.used.pop() {
            let tokens = self.tokens.pin();
            let Some(entry) = tokens.get(&id) else { continue };
            // Before the time is read: a use in between is noted again.
            entry.noted.store(false, Ordering::SeqCst);
            used.push((id, Millis(entry.last_used.load(Ordering::SeqCst))));
        }
        used
    }
}
