//! Policies of organizations: reading and setting them, and what they mean for the tokens that there are.
//! What a policy finds wrong is decided by the domain, at every use; here it is asked ahead.

use std::net::IpAddr;
use std::sync::Arc;

use rondo_domain::audit::{Entry, Event};
use rondo_domain::policy::{Breach, Governed, Rules, RulesError};
use rondo_domain::token::{Holder, Reach, Scope, Token};
use rondo_domain::{Millis, OrgId, Organization, Permission, ProjectId, ServiceId};
use rondo_store::{Approval, Change, PolicyRow, TokenQuery};

use crate::memory::Terms;
use crate::refusal::Refusal;
use crate::{App, Ctx};

const DAY: i64 = 24 * 3600 * 1000;
/// Tokens that are read at a time.
const STRIDE: u32 = 1000;

/// A policy as somebody wants it.
#[derive(Debug, Clone, Default)]
pub struct PolicyWish {
    /// The version that they saw.
    pub version: i64,
    /// What it asks. Since when approvals are needed is not theirs to say.
    pub rules: Rules,
    /// Tokens made from now on take a second admin's approval; those since an earlier moment, where that was
    /// so before.
    pub approval: bool,
    /// The networks may leave out the address of who asks.
    pub confirmed: bool,
}

/// What a policy would mean for the tokens that there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PolicyPreview {
    /// The tokens of the organization.
    pub tokens: u64,
    /// Those that would open nothing there, however they are used.
    pub stopped: u64,
    /// Those that would be deleted soon, since nobody uses them.
    pub idle: u64,
}

/// What the policy of an organization means for a token.
#[derive(Debug, Clone)]
pub struct PolicyStop {
    /// The organization, as people write it.
    pub organization: String,
    /// What is wrong.
    pub breach: Breach,
    /// What its admins said of the token, if they did.
    pub said: Option<Approval>,
}

impl App {
    /// The policy of an organization and its version; without one, the rules that ask nothing.
    ///
    /// # Errors
    /// If the principal does not administer it.
    pub async fn organization_policy(
        &self,
        ctx: &Ctx,
        org: &Organization,
    ) -> Result<(i64, Rules), Refusal> {
        ctx.require(Permission::ManageTokens)?;
        let row = self.store.read().await?.policy(org.id).await?;
        Ok(row.map_or((0, Rules::default()), |row| (row.version, row.rules)))
    }

    /// Sets the policy of an organization. When this has returned, it counts for every request that
    /// begins.
    ///
    /// # Errors
    /// If the principal does not administer it; what is wrong with the rules; [`Refusal::Outdated`] if
    /// somebody changed it since.
    pub async fn set_policy(
        &self,
        ctx: &Ctx,
        org: &Organization,
        wish: PolicyWish,
    ) -> Result<(i64, Rules), Refusal> {
        ctx.require(Permission::ManageTokens)?;
        let (by, wish) = (&ctx.by(), &wish);
        wish.rules.clone().checked()?;
        if let Some(own) = self.left_out(ctx, wish) {
            return Err(RulesError::Outside(own).into());
        }
        let set = self
            .store
            .write(|mut tx| async move {
                let known = tx.policy(org.id).await?;
                let rules = wish.rules_after(known.as_ref().map(|row| &row.rules), ctx.at);
                let row = PolicyRow { organization: org.clone(), version: wish.version + 1, rules };
                if !tx.set_policy(&row).await? {
                    return Err(Refusal::Outdated("policy"));
                }
                tx.announce(&Change::Policy(org.id.to_string())).await?;
                tx.commit(by, Entry::new(Event::PolicyChange, org).with(&row.rules)).await?;
                Ok((row.version, row.rules))
            })
            .await?;
        self.memory.follow(&self.store).await;
        Ok(set)
    }

    /// The address of who asks, if the wish leaves it out and that was not confirmed.
    pub fn left_out(&self, ctx: &Ctx, wish: &PolicyWish) -> Option<IpAddr> {
        let list = wish.rules.networks.listed().filter(|_| !wish.confirmed)?;
        let own = ctx.address.0?;
        let inside = list.iter().any(|network| network.contains(own));
        (!inside).then_some(own)
    }

    /// What a policy would mean for the tokens that there are. What only some uses of a token break is
    /// not foretold.
    ///
    /// # Errors
    /// If the principal does not administer the organization; what is wrong with the rules.
    pub async fn preview_policy(
        &self,
        ctx: &Ctx,
        org: &Organization,
        wish: &PolicyWish,
    ) -> Result<PolicyPreview, Refusal> {
        let (_, known) = self.organization_policy(ctx, org).await?;
        let rules = wish.rules_after(Some(&known), ctx.at).checked()?;
        let terms = Terms::new(org.clone(), rules);
        let mut preview = PolicyPreview::default();
        let all = TokenQuery { admins: true, ..TokenQuery::default() };
        self.each_token(org.id, all, |token| {
            if !matches!(token.holder, Holder::Project(_, Scope::Job)) {
                preview.tokens += 1;
                let ruling = terms.rules.judge(&terms.governed(&token), None);
                preview.stopped += u64::from(ruling.stop().is_some());
                preview.idle += u64::from(self.is_idle(&terms, &token, ctx.at));
            }
            true
        })
        .await?;
        Ok(preview)
    }

    /// Shows each token of an organization that a query leaves, the newest first, until it is enough.
    pub(crate) async fn each_token(
        &self,
        org: OrgId,
        mut query: TokenQuery<'_>,
        mut show: impl FnMut(Token) -> bool,
    ) -> Result<(), Refusal> {
        loop {
            let page = self.store.read().await?.tokens_of_organization(org, query, STRIDE).await?;
            let full = page.len() == STRIDE as usize;
            query.before = page.last().map(|token| (token.created_at, token.id));
            for mut token in page {
                self.memory.note_last_use(&mut token);
                if !show(token) {
                    return Ok(());
                }
            }
            if !full {
                return Ok(());
            }
        }
    }

    /// Whether a policy deletes a token for not being used. Only one that opens nothing outside of the
    /// organization is: a project's, or a personal one whose chosen projects are all there, or whose
    /// owner belongs to no other organization and does not administer the server.
    pub(crate) fn is_idle(&self, terms: &Terms, token: &Token, now: Millis) -> bool {
        self.idle_life(terms, token).is_some_and(|(_, end)| now >= end)
    }

    /// Since when such a token was not used, and when it is deleted if that stays so; none: it never is.
    pub(crate) fn idle_life(&self, terms: &Terms, token: &Token) -> Option<(Millis, Millis)> {
        let days = terms.rules.idle_days?;
        let org = terms.organization.id;
        let last = token.last_used_at.map_or(token.created_at, |used| used.max(token.created_at));
        let home = match token.holder {
            Holder::Project(_, Scope::Job) => false,
            Holder::Project(project, _) => self.org_of(project) == Some(org),
            Holder::Person(owner) => match token.reach.projects.listed() {
                Some(list) => list.iter().all(|project| self.org_of(*project) == Some(org)),
                None => self.memory.is_only_in(owner, org),
            },
            Holder::Service(id) => self.home_org(id) == Some(org),
        };
        home.then(|| (last, last.plus(days * DAY)))
    }

    fn home_org(&self, account: ServiceId) -> Option<OrgId> {
        self.memory.service(account).map(|account| account.home.org())
    }

    fn org_of(&self, project: ProjectId) -> Option<OrgId> {
        self.memory.project_of(project).map(|project| project.org)
    }

    /// The policies that govern the tokens of a person: those of the organizations that they belong to, by
    /// name.
    pub fn policies_for(&self, ctx: &Ctx) -> Vec<(String, Rules)> {
        let Some(person) = ctx.who.person() else { return Vec::new() };
        let own = self.memory.all_terms().into_iter();
        let own = own.filter(|terms| self.memory.is_in(person, terms.organization.id));
        own.map(|terms| (terms.organization.to_string(), terms.rules.clone())).collect()
    }

    /// What the policies that a person's new token of this reach would concern mean for it.
    pub fn policy_foresight(&self, ctx: &Ctx, reach: &Reach) -> Vec<(String, Breach)> {
        let Some(person) = ctx.who.person() else { return Vec::new() };
        let holder = Holder::Person(person);
        let stop = |terms: Arc<Terms>| {
            let token = Governed { holder, reach, created_at: ctx.at, approved: false };
            let breach = terms.rules.judge(&token, None).breach?;
            let concerned = self.reaches(terms.organization.id, holder, reach);
            concerned.then(|| (terms.organization.to_string(), breach))
        };
        self.memory.all_terms().into_iter().filter_map(stop).collect()
    }

    /// The policy of an organization, if there is one: of which organization, and what it asks.
    pub fn policy_for(&self, org: OrgId) -> Option<(String, Rules)> {
        let terms = self.memory.terms(org)?;
        Some((terms.organization.to_string(), terms.rules.clone()))
    }

    /// What the policies of all organizations that a token concerns mean for it, however it is used.
    pub fn policy_stops(&self, token: &Token) -> Vec<PolicyStop> {
        let stop = |terms: Arc<Terms>| {
            let breach = terms.rules.judge(&terms.governed(token), None).breach?;
            let stop = PolicyStop {
                organization: terms.organization.to_string(),
                breach,
                said: terms.said_of(token.id).cloned(),
            };
            self.concerns(terms.organization.id, token).then_some(stop)
        };
        self.memory.all_terms().into_iter().filter_map(stop).collect()
    }

    /// Whether a token could open anything in an organization, if no policy stopped it.
    pub(crate) fn concerns(&self, org: OrgId, token: &Token) -> bool {
        self.reaches(org, token.holder, &token.reach)
    }

    fn reaches(&self, org: OrgId, holder: Holder, reach: &Reach) -> bool {
        match holder {
            Holder::Project(project, _) => self.org_of(project) == Some(org),
            Holder::Service(id) => self.home_org(id) == Some(org),
            Holder::Person(owner) => {
                let listed = reach.projects.listed();
                let reaches =
                    |list: &[_]| list.iter().any(|project| self.org_of(*project) == Some(org));
                self.memory.is_in(owner, org) && listed.is_none_or(reaches)
            }
        }
    }

    /// That a new token will open something: not every organization that it reaches stops it. A token of
    /// all of a person's projects always may be made: it is stopped where a policy says so.
    ///
    /// # Errors
    /// [`Refusal::Policy`]
    pub(crate) fn require_use(&self, token: &Token) -> Result<(), Refusal> {
        let organizations: Vec<_> = match token.holder {
            Holder::Project(project, _) => vec![self.org_of(project)],
            Holder::Service(id) => vec![self.home_org(id)],
            Holder::Person(_) => {
                let listed = token.reach.projects.listed().unwrap_or_default();
                listed.iter().map(|project| self.org_of(*project)).collect()
            }
        };
        let mut found = None;
        for organization in organizations {
            let terms = organization.and_then(|org| self.memory.terms(org));
            let stop = terms.as_ref().and_then(|terms| {
                let breach = terms.rules.judge(&terms.governed(token), None).stop()?;
                Some((terms.organization.to_string(), breach))
            });
            match stop {
                None => return Ok(()),
                Some((organization, breach)) => {
                    found = found.or(Some(Refusal::Policy(Some(organization), breach)));
                }
            }
        }
        found.map_or(Ok(()), Err)
    }
}

impl PolicyWish {
    /// The rules that it comes to. Who turns approvals on begins now; who leaves them on changes nothing.
    fn rules_after(&self, known: Option<&Rules>, now: Millis) -> Rules {
        let since = known.and_then(|rules| rules.approval_since).unwrap_or(now);
        Rules { approval_since: self.approval.then_some(since), ..self.rules.clone() }
    }
}
