//! The tokens in memory: what is known of each, and the check of a shown one. It takes no lock that a
//! writer can hold, allocates nothing, and writes nothing but the time of last use.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use rondo_domain::principal::{Credential, Target};
use rondo_domain::token::{
    BadToken, Case, Digest, Holder, Owner, Pepper, Predicate, Presented, Reach, Stop, TokenId,
    decide,
};
use rondo_domain::{Access, Millis, Permission, Permissions, Principal, ProjectId};
use rondo_store::{Error, Revocation, TokenRow, Tx};

use super::Memory;

/// A million of these are held: what is rare stands in boxes of its own, inside the reach.
pub(super) struct TokenEntry {
    holder: Holder,
    digest: Digest,
    reach: Reach,
    created_at: Millis,
    /// Milliseconds since 1970; 0: never.
    last_used: AtomicI64,
    /// A note of its last use waits to be written.
    noted: AtomicBool,
    /// It was seen to be at its end. A clock that is moved back does not bring it back.
    over: AtomicBool,
    disabled: bool,
}

/// A deleted token: enough to tell who holds its value.
pub(super) struct DeadToken {
    pub(super) digest: Digest,
    pub(super) at: Millis,
}

impl TokenEntry {
    /// The moment to judge it at: now, or its end where that was reached before.
    fn latest(&self, now: Millis) -> Millis {
        let Some(end) = self.reach.expires_at else { return now };
        if now >= end {
            self.over.store(true, Ordering::Relaxed);
        }
        if self.over.load(Ordering::Relaxed) { now.max(end) } else { now }
    }

    fn is_hit_by(&self, predicate: &Predicate) -> bool {
        let used = self.last_used.load(Ordering::Relaxed) != 0;
        predicate.hits(&self.holder, &self.reach, self.created_at, used)
    }
}

impl Memory {
    pub(super) fn put_token(&self, row: TokenRow) {
        let used = row.token.last_used_at.map_or(0, |at| at.0);
        let pinned = self.tokens.pin();
        let known = pinned.get(&row.token.id);
        let used = known.map_or(used, |known| known.last_used.load(Ordering::Relaxed).max(used));
        let over = known.is_some_and(|known| known.over.load(Ordering::Relaxed));
        let entry = TokenEntry {
            holder: row.token.holder,
            digest: row.digest,
            reach: row.token.reach,
            created_at: row.token.created_at,
            last_used: AtomicI64::new(used),
            noted: AtomicBool::new(false),
            over: AtomicBool::new(over),
            disabled: row.token.disabled_at.is_some(),
        };
        pinned.insert(row.token.id, entry);
    }

    /// Checks a token that is shown from an address against memory alone.
    ///
    /// # Errors
    /// Why it opens nothing.
    pub fn check(
        &self,
        shown: &Presented<'_>,
        pepper: &Pepper,
        peer: Option<IpAddr>,
        now: Millis,
    ) -> Result<Principal, BadToken> {
        let tokens = self.tokens.pin();
        let Some(entry) = tokens.get(&shown.id) else { return Err(self.of_dead(shown, pepper)) };
        if entry.holder.kind() != shown.kind || !entry.digest.matches(&shown.digest(pepper)) {
            return Err(BadToken::Unknown);
        }
        if let Some(at) = self.revoked(entry) {
            return Err(BadToken::Deleted(at));
        }
        let who = self.case(shown.id, entry).admit(peer, entry.latest(now))?;
        entry.last_used.fetch_max(now.0, Ordering::Relaxed);
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
    fn revoked(&self, entry: &TokenEntry) -> Option<Millis> {
        if !self.revoking.load(Ordering::Acquire) {
            return None;
        }
        let revocations = self.revocations.pin();
        let hits = |revocation: &&Revocation| entry.is_hit_by(&revocation.predicate);
        revocations.values().find(hits).map(|revocation| revocation.at)
    }

    pub(super) fn put_revocation(&self, revocation: Revocation) {
        self.revocations.pin().insert(revocation.number, revocation);
        self.revoking.store(true, Ordering::Release);
    }

    /// Its tokens are all moved to their tombstones: here too, before it is forgotten. Which they were
    /// the predicate says; but what was used is known in the database a little later than here, and a
    /// clock may have been moved back since: then the database says which are left.
    pub(super) async fn end_revocation(
        &self,
        tx: &mut Tx,
        revocation: &Revocation,
    ) -> Result<(), Error> {
        let predicate = &revocation.predicate;
        let exact = !predicate.never_used && tx.hit_by(predicate).await?.0 == 0;
        let left: HashSet<_> = match exact {
            true => HashSet::new(),
            false => tx.tokens().await?.iter().map(|row| row.token.id).collect(),
        };
        let hit: Vec<_> = {
            let tokens = self.tokens.pin();
            let gone = |(id, entry): &(&TokenId, &TokenEntry)| match exact {
                true => entry.is_hit_by(predicate),
                false => !left.contains(*id),
            };
            tokens.iter().filter(gone).map(|(id, _)| *id).collect()
        };
        let (tokens, dead) = (self.tokens.pin(), self.dead.pin());
        for id in hit {
            if let Some(entry) = tokens.get(&id) {
                dead.insert(id, DeadToken { digest: entry.digest, at: revocation.at });
            }
            tokens.remove(&id);
        }
        let revocations = self.revocations.pin();
        revocations.remove(&revocation.number);
        self.revoking.store(!revocations.is_empty(), Ordering::Release);
        Ok(())
    }

    /// Forgets the tokens that were deleted before a moment.
    pub(crate) fn forget_dead(&self, before: Millis) {
        self.dead.pin().retain(|_, dead| dead.at >= before);
    }

    /// Whether a token of this id is, or was, in memory.
    pub(crate) fn knows(&self, id: TokenId) -> bool {
        self.tokens.pin().contains_key(&id) || self.dead.pin().contains_key(&id)
    }

    fn case<'a>(&self, id: TokenId, entry: &'a TokenEntry) -> Case<'a> {
        let owner = match entry.holder {
            Holder::Project(..) => None,
            Holder::Person(owner) => self.people.pin().get(&owner).map(|entry| Owner {
                admin: entry.person.admin,
                disabled: entry.person.disabled_at.is_some(),
            }),
        };
        let (holder, reach, disabled) = (entry.holder, &entry.reach, entry.disabled);
        Case { id, holder, reach, disabled, owner }
    }

    /// What stops a token at something, or what it may do there: the same decision as the guard's.
    /// `role` is its owner's part in the target's organization. None if no such token is there.
    pub fn decide(
        &self,
        id: TokenId,
        asked: (Option<&Target>, Permission),
        peer: Option<IpAddr>,
        now: Millis,
    ) -> Option<Result<Access, Stop>> {
        let tokens = self.tokens.pin();
        let entry = tokens.get(&id)?;
        let role = match (entry.holder, asked.0) {
            (Holder::Person(owner), Some(target)) => self.role(owner, target.org),
            _ => None,
        };
        Some(decide(&self.case(id, entry), role, asked, peer, entry.latest(now)))
    }

    /// The rights that the credential can carry on a project, or on the server where none is named;
    /// none if its token is gone meanwhile.
    pub(crate) fn ceiling(
        &self,
        who: &Principal,
        project: Option<ProjectId>,
    ) -> Option<Permissions> {
        match who.token() {
            None => Some(Permissions::EVERY),
            Some(id) => self.tokens.pin().get(&id).map(|entry| entry.reach.ceiling(project)),
        }
    }

    /// When a token ends.
    pub fn end(&self, id: TokenId) -> Option<Millis> {
        self.tokens.pin().get(&id)?.reach.expires_at
    }

    /// What a token is narrowed to.
    pub fn reach(&self, id: TokenId) -> Option<Reach> {
        self.tokens.pin().get(&id).map(|entry| entry.reach.clone())
    }

    /// Whether a principal that was accepted earlier still would be: its token is there and good, its
    /// person is not disabled. The address is the one that was judged then.
    pub(crate) fn still_good(&self, who: &Principal, now: Millis) -> bool {
        let token = who.token().is_none_or(|token| {
            let tokens = self.tokens.pin();
            tokens.get(&token).is_some_and(|entry| {
                !entry.disabled
                    && !entry.reach.is_over(entry.latest(now))
                    && self.revoked(entry).is_none()
            })
        });
        let person = match who {
            Principal::Person { by: Credential::Console, .. } => true,
            Principal::Person { id, .. } => {
                self.person(*id).is_some_and(|p| p.disabled_at.is_none())
            }
            _ => true,
        };
        token && person
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
