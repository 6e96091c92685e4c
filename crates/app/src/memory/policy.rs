//! The policies of organizations in memory, and what they leave of a token. Where no organization has
//! one, that is known from one flag.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rondo_domain::policy::{Governed, Manner, Rules, Ruling};
use rondo_domain::token::{Token, TokenId};
use rondo_domain::{OrgId, Organization, Principal};
use rondo_store::{Approval, Error, PolicyRow, Tx};

use super::Memory;
use super::token::TokenEntry;

/// An organization's policy, and what its admins said of tokens.
pub(crate) struct Terms {
    pub(crate) organization: Organization,
    pub(crate) rules: Rules,
    said: HashMap<TokenId, Approval>,
}

impl Terms {
    /// A policy that is not set, with nothing said of any token.
    pub(crate) fn new(organization: Organization, rules: Rules) -> Self {
        Self { organization, rules, said: HashMap::new() }
    }

    /// What was said of a token.
    pub(crate) fn said_of(&self, id: TokenId) -> Option<&Approval> {
        self.said.get(&id)
    }

    /// A token, as this policy sees it.
    pub(crate) fn governed<'t>(&self, token: &'t Token) -> Governed<'t> {
        Governed {
            holder: token.holder,
            reach: &token.reach,
            created_at: token.created_at,
            approved: self.approved(token.id),
        }
    }

    fn approved(&self, id: TokenId) -> bool {
        self.said.get(&id).is_some_and(|said| said.granted)
    }
}

impl Memory {
    /// Puts in all policies in place of those that are known.
    pub(super) async fn load_policies(&self, tx: &mut Tx) -> Result<(), Error> {
        let rows = tx.policies().await?;
        let governed: Vec<_> = rows.iter().map(|row| row.organization.id).collect();
        for row in rows {
            self.put_policy(tx, row).await?;
        }
        // Afterwards: requests are answered meanwhile, and none may see a policy missing that stands.
        self.policies.pin().retain(|org, _| governed.contains(org));
        self.note_governed();
        Ok(())
    }

    /// Puts in what the database knows of an organization's policy.
    pub(super) async fn read_policy(&self, tx: &mut Tx, org: OrgId) -> Result<(), Error> {
        if let Some(row) = tx.policy(org).await? {
            self.put_policy(tx, row).await?;
        }
        self.note_governed();
        Ok(())
    }

    async fn put_policy(&self, tx: &mut Tx, row: PolicyRow) -> Result<(), Error> {
        let PolicyRow { organization, rules, .. } = row;
        let org = organization.id;
        if rules == Rules::default() {
            self.policies.pin().remove(&org);
            return Ok(());
        }
        let said = tx.approvals(org).await?.into_iter().collect();
        self.policies.pin().insert(org, Arc::new(Terms { organization, rules, said }));
        Ok(())
    }

    fn note_governed(&self) {
        self.governed.store(!self.policies.pin().is_empty(), Ordering::Release);
    }

    /// The policy of an organization, if it asks anything.
    pub(crate) fn terms(&self, org: OrgId) -> Option<Arc<Terms>> {
        self.policies.pin().get(&org).cloned()
    }

    /// Every policy that asks anything, by organization.
    pub(crate) fn all_terms(&self) -> Vec<Arc<Terms>> {
        let mut all: Vec<_> = self.policies.pin().values().cloned().collect();
        all.sort_by(|a, b| {
            let key =
                |terms: &Terms| (terms.organization.vcs.short(), terms.organization.name.clone());
            key(a).cmp(&key(b))
        });
        all
    }

    /// What an organization's policy leaves of what a principal shows there. Whoever shows no token is
    /// not governed.
    pub(crate) fn ruling(&self, who: &Principal, org: OrgId) -> Ruling {
        if !self.governed.load(Ordering::Acquire) {
            return Ruling::FREE;
        }
        let Some(id) = who.token() else { return Ruling::FREE };
        match self.tokens.pin().get(&id) {
            Some(entry) => self.ruling_of(id, entry, org, who.manner()),
            // It is gone since it was checked, and opens nothing.
            None => Ruling::FREE,
        }
    }

    pub(super) fn ruling_of(
        &self,
        id: TokenId,
        entry: &TokenEntry,
        org: OrgId,
        manner: Manner,
    ) -> Ruling {
        if !self.governed.load(Ordering::Acquire) {
            return Ruling::FREE;
        }
        let policies = self.policies.pin();
        let Some(terms) = policies.get(&org) else { return Ruling::FREE };
        terms.rules.judge(&self.case(id, entry).governed(terms.approved(id)), Some(manner))
    }
}
