//! The tokens in memory: what is known of each, and the check of a shown one. It takes no lock that a
//! writer can hold, allocates nothing, and writes nothing but the time of last use.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use rondo_domain::principal::{Credential, Target};
use rondo_domain::token::{
    BadToken, Case, Digest, Holder, Owner, Pepper, Presented, Reach, Stop, TokenId, decide,
};
use rondo_domain::{Access, Millis, Permission, Permissions, Principal, ProjectId};
use rondo_store::TokenRow;

use super::Memory;

/// A million of these are held: what is rare stands in boxes of its own, inside the reach.
pub(super) struct TokenEntry {
    holder: Holder,
    digest: Digest,
    reach: Reach,
    /// Milliseconds since 1970; 0: never.
    last_used: AtomicI64,
    /// A note of its last use waits to be written.
    noted: AtomicBool,
    /// It was seen to be at its end. A clock that is moved back does not bring it back.
    over: AtomicBool,
    disabled: bool,
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
        let entry = tokens.get(&shown.id).ok_or(BadToken::Unknown)?;
        if entry.holder.kind() != shown.kind || !entry.digest.matches(&shown.digest(pepper)) {
            return Err(BadToken::Unknown);
        }
        let who = self.case(shown.id, entry).admit(peer, entry.latest(now))?;
        entry.last_used.fetch_max(now.0, Ordering::Relaxed);
        if !entry.noted.load(Ordering::Relaxed) && !entry.noted.swap(true, Ordering::Relaxed) {
            // Where the queue is full the next use asks for a note again.
            entry.noted.store(self.used.push(shown.id).is_ok(), Ordering::Relaxed);
        }
        Ok(who)
    }

    /// Whether a token of this id is in memory.
    pub(crate) fn knows(&self, id: TokenId) -> bool {
        self.tokens.pin().contains_key(&id)
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

    /// What a token is narrowed to.
    pub fn reach(&self, id: TokenId) -> Option<Reach> {
        self.tokens.pin().get(&id).map(|entry| entry.reach.clone())
    }

    /// Whether a principal that was accepted earlier still would be: its token is there and good, its
    /// person is not disabled. The address is the one that was judged then.
    pub(crate) fn still_good(&self, who: &Principal, now: Millis) -> bool {
        let token = who.token().is_none_or(|token| {
            let tokens = self.tokens.pin();
            tokens
                .get(&token)
                .is_some_and(|entry| !entry.disabled && !entry.reach.is_over(entry.latest(now)))
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
