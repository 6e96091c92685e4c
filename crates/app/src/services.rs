//! Service accounts: made, changed and deleted by the people who administer their home. Nobody gives one,
//! or a token of one, what they or their token do not hold themselves; and raising or waking an account
//! gives its tokens back what they were made with, so that counts as giving too.

use rondo_domain::audit::{Entry, Event};
use rondo_domain::name::{Label, Reason, ServiceName};
use rondo_domain::token::{Chosen, Holder, Reach, ReachError, Token, Wish};
use rondo_domain::{
    Ceiling, Home, Permission, Permissions, PersonId, Principal, ServiceAccount, ServiceId,
};
use rondo_store::{Burial, Change, Tx, WriteTx};

use crate::refusal::{Invalid, Refusal};
use crate::tokens::NewToken;
use crate::{App, Ctx};

/// What an account is called among what may be missing.
const NOUN: &str = "service account";

/// A service account that is to be made.
#[derive(Debug, Clone)]
pub struct ServiceWish {
    /// What it is called.
    pub name: ServiceName,
    /// What it can do at most.
    pub ceiling: Permissions,
    /// The names of who answers for it; whoever makes it, where nobody is named.
    pub contacts: Vec<String>,
}

impl App {
    /// What `who` holds in a home, if they may look after its service accounts.
    ///
    /// # Errors
    /// If they may not.
    pub(crate) fn holds_home(&self, who: &Principal, home: Home) -> Result<Permissions, Refusal> {
        let access = match home {
            Home::Organization(org) => self.access_to_organization(who, org),
            Home::Project { project, .. } => {
                let project = self.memory.project_of(project).ok_or(Refusal::Hidden)?;
                self.access(who, Some(&project))
            }
        };
        access.check(Permission::ManageServices)?;
        Ok(access.granted)
    }

    /// The service accounts of a project; or those of an organization, and of each of its projects.
    ///
    /// # Errors
    /// If the principal may not look after them.
    pub fn services(&self, ctx: &Ctx, home: Home) -> Result<Vec<ServiceAccount>, Refusal> {
        self.holds_home(&ctx.who, home)?;
        let all = self.memory.services().into_iter();
        let own = all.filter(|account| is_within(account.home, home));
        Ok(own.map(|account| (*account).clone()).collect())
    }

    /// The one of them that has this id or this name.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is none.
    pub fn service(&self, ctx: &Ctx, home: Home, named: &str) -> Result<ServiceAccount, Refusal> {
        let mut all = self.services(ctx, home)?;
        let id = named.parse::<ServiceId>().ok();
        let by_id = all.iter().position(|account| Some(account.id) == id);
        let at = by_id.or_else(|| all.iter().position(|account| account.name.as_str() == named));
        let missing = || Refusal::Missing(NOUN, named.chars().take(80).collect());
        at.map(|at| all.swap_remove(at)).ok_or_else(missing)
    }

    /// Makes a service account.
    ///
    /// # Errors
    /// [`Refusal::Exists`] if the organization has one of this name; what the principal may not give.
    pub async fn create_service(
        &self,
        ctx: &Ctx,
        home: Home,
        wish: ServiceWish,
    ) -> Result<ServiceAccount, Refusal> {
        let held = self.holds_home(&ctx.who, home)?;
        let ceiling = Ceiling::new(wish.ceiling)?;
        requires(wish.ceiling, held)?;
        let account = &ServiceAccount {
            id: ServiceId::from_entropy(self.world.entropy()),
            name: wish.name,
            home,
            ceiling,
            contacts: self.contacts(ctx, home, &wish.contacts).await?,
            created_at: ctx.at,
            disabled_at: None,
            deleted_at: None,
        };
        let entry = &entry(Event::ServiceCreate, account).with(format_args!(
            "{}: {}",
            account.name,
            words(wish.ceiling)
        ));
        let by = &ctx.by();
        self.store
            .write(|mut tx| async move {
                let inserted = tx.insert_service(account, &by.actor).await;
                inserted.map_err(|error| taken(error, &account.name))?;
                tx.announce(&Change::Service(account.id.to_string())).await?;
                Ok::<_, Refusal>(tx.commit(by, entry.clone()).await?)
            })
            .await?;
        self.memory.catch_up(&self.store).await?;
        Ok(account.clone())
    }

    /// Changes what an account can do at most. What is taken away is gone from every token of it when this
    /// has returned; what is added comes to those tokens alone that were made with it.
    ///
    /// # Errors
    /// What the principal may not give.
    pub async fn change_ceiling(
        &self,
        ctx: &Ctx,
        account: &ServiceAccount,
        rights: Permissions,
    ) -> Result<(), Refusal> {
        let held = self.holds_home(&ctx.who, account.home)?;
        let own = &self.reach_of(&ctx.who)?;
        let ceiling = Ceiling::new(rights)?;
        self.change_service(ctx, account.id, |mut tx, account| async move {
            if account.ceiling == ceiling {
                return Ok((tx, None));
            }
            let added = rights.except(account.ceiling.rights());
            requires(added, held)?;
            gives(&tx.tokens_of_service(account.id).await?, added, own)?;
            tx.set_service_ceiling(account.id, ceiling).await?;
            Ok((tx, Some(entry(Event::ServiceCeiling, &account).with(words(rights)))))
        })
        .await
    }

    /// Gives an account another name. What it did before is shown under it too; the audit log has both.
    ///
    /// # Errors
    /// [`Refusal::Exists`] if the organization has another one of this name.
    pub async fn rename_service(
        &self,
        ctx: &Ctx,
        account: &ServiceAccount,
        name: &ServiceName,
    ) -> Result<(), Refusal> {
        self.holds_home(&ctx.who, account.home)?;
        self.change_service(ctx, account.id, |mut tx, account| async move {
            if account.name == *name {
                return Ok((tx, None));
            }
            let renamed = tx.set_service_name(account.id, name).await;
            renamed.map_err(|error| taken(error, name))?;
            let names = format!("{} -> {name}", account.name);
            Ok((tx, Some(entry(Event::ServiceRename, &account).with(names))))
        })
        .await
    }

    /// Says who answers for an account.
    ///
    /// # Errors
    /// [`Refusal::Missing`] for a name that no member of the organization has.
    pub async fn change_contacts(
        &self,
        ctx: &Ctx,
        account: &ServiceAccount,
        names: &[String],
    ) -> Result<(), Refusal> {
        self.holds_home(&ctx.who, account.home)?;
        if names.is_empty() {
            let why =
                "contacts: a service account has at least one, so that somebody answers for it";
            return Err(Refusal::Invalid(Invalid::Request(why.to_owned())));
        }
        let contacts = &self.contacts(ctx, account.home, names).await?;
        self.change_service(ctx, account.id, |mut tx, account| async move {
            tx.set_service_contacts(account.id, contacts).await?;
            let ids: Vec<_> = contacts.iter().map(ToString::to_string).collect();
            Ok((tx, Some(entry(Event::ServiceContacts, &account).with(ids.join(" ")))))
        })
        .await
    }

    /// Disables an account: none of its tokens opens anything, from when this has returned until it is
    /// enabled.
    ///
    /// # Errors
    /// If the principal may not.
    pub async fn disable_service(
        &self,
        ctx: &Ctx,
        account: &ServiceAccount,
    ) -> Result<(), Refusal> {
        self.holds_home(&ctx.who, account.home)?;
        let at = ctx.at;
        self.change_service(ctx, account.id, |mut tx, account| async move {
            if account.disabled_at.is_some() {
                return Ok((tx, None));
            }
            tx.set_service_disabled(account.id, Some(at)).await?;
            Ok((tx, Some(entry(Event::ServiceDisable, &account))))
        })
        .await
    }

    /// Enables a disabled account: its tokens open what they opened before, and no more.
    ///
    /// # Errors
    /// What the principal may not give.
    pub async fn enable_service(&self, ctx: &Ctx, account: &ServiceAccount) -> Result<(), Refusal> {
        let held = self.holds_home(&ctx.who, account.home)?;
        let own = &self.reach_of(&ctx.who)?;
        self.change_service(ctx, account.id, |mut tx, account| async move {
            if account.disabled_at.is_none() {
                return Ok((tx, None));
            }
            requires(account.ceiling.rights(), held)?;
            let tokens = tx.tokens_of_service(account.id).await?;
            gives(&tokens, account.ceiling.rights(), own)?;
            tx.set_service_disabled(account.id, None).await?;
            Ok((tx, Some(entry(Event::ServiceEnable, &account))))
        })
        .await
    }

    /// Deletes an account, and every token of it: when this has returned, no request that begins is
    /// accepted with any.
    ///
    /// # Errors
    /// If the principal may not.
    pub async fn delete_service(
        &self,
        ctx: &Ctx,
        account: &ServiceAccount,
        reason: Option<Reason>,
    ) -> Result<(), Refusal> {
        self.holds_home(&ctx.who, account.home)?;
        let burial = &Burial { at: ctx.at, by: ctx.by().actor, reason };
        self.change_service(ctx, account.id, |mut tx, account| async move {
            let tokens = tx.delete_service(account.id, burial).await?;
            let detail = format!("{}, with {tokens} tokens", account.name);
            Ok((tx, Some(entry(Event::ServiceDelete, &account).with(detail))))
        })
        .await
    }

    /// Makes a token of an account. Where its rights are not said, it has those of the ceiling as it is
    /// now: raising that later does not come to the token.
    ///
    /// # Errors
    /// If the wish goes beyond the account, or beyond the principal; [`Refusal::Exists`] if it came before.
    pub async fn create_service_token(
        &self,
        ctx: &Ctx,
        account: &ServiceAccount,
        label: Label,
        wish: Wish,
    ) -> Result<NewToken, Refusal> {
        let held = self.holds_home(&ctx.who, account.home)?;
        let rights = wish.rights.unwrap_or(account.ceiling.rights());
        if let Some(permission) = rights.beyond(account.ceiling.rights()) {
            return Err(ReachError::Ceiling(permission).into());
        }
        requires(rights, held)?;
        let own = self.reach_of_maker(&ctx.who)?;
        let seen = |slug: &_| {
            let project = self.memory.project(slug)?;
            self.access(&ctx.who, Some(&project)).visible.then_some(project)
        };
        for slug in wish.projects.iter().flatten() {
            if seen(slug).is_some_and(|project| !account.home.holds(&project.target())) {
                return Err(ReachError::Home(slug.clone()).into());
            }
        }
        let key = wish.key.clone();
        let wish = Wish { rights: Some(rights), ..wish };
        let find = |slug: &_| seen(slug).map(|project| project.id);
        let reach = match account.home.project() {
            None => wish.within(&own, ctx.at, find)?,
            // Whoever looks after a project's account reaches the project, whatever else they do.
            Some(project) => {
                let here = Chosen::only(vec![project]).unwrap_or_default();
                wish.within(&Reach { projects: here, ..own }, ctx.at, find)?
            }
        };
        self.create_token(ctx, Holder::Service(account.id), (label, key), reach).await
    }

    /// Loads an account as it is now, lets `act` change it, and has every process hear of it. What `act`
    /// answers with an entry is committed; without one nothing had to change.
    async fn change_service<Act, Work>(
        &self,
        ctx: &Ctx,
        id: ServiceId,
        act: Act,
    ) -> Result<(), Refusal>
    where
        Act: Fn(WriteTx, ServiceAccount) -> Work,
        Work: Future<Output = Result<(WriteTx, Option<Entry>), Refusal>>,
    {
        let (by, act) = (&ctx.by(), &act);
        self.store
            .write(|mut tx| async move {
                let account = tx.service(id).await?.filter(|own| own.deleted_at.is_none());
                let account = account.ok_or_else(|| Refusal::Missing(NOUN, id.to_string()))?;
                let (mut tx, Some(entry)) = act(tx, account).await? else {
                    return Ok::<_, Refusal>(());
                };
                tx.announce(&Change::Service(id.to_string())).await?;
                Ok(tx.commit(by, entry).await?)
            })
            .await?;
        self.memory.follow(&self.store).await;
        Ok(())
    }

    /// People by name: members of the organization, or whoever asks. Nobody else is told of.
    async fn contacts(
        &self,
        ctx: &Ctx,
        home: Home,
        names: &[String],
    ) -> Result<Vec<PersonId>, Refusal> {
        let own = ctx.actor().and_then(|actor| self.memory.person(actor.person()?));
        let mut contacts = Vec::new();
        for name in names {
            let id = match &own {
                Some(own) if own.name.as_str() == name => own.id,
                _ => self.member(home.org(), name).await?,
            };
            if !contacts.contains(&id) {
                contacts.push(id);
            }
        }
        match own {
            Some(own) if contacts.is_empty() => Ok(vec![own.id]),
            None if contacts.is_empty() => Err(Refusal::Invalid(Invalid::Request(
                "contacts: name somebody who answers for the account".to_owned(),
            ))),
            _ => Ok(contacts),
        }
    }

    /// Whether a contact still answers for an account: they are not disabled, and have a part in its
    /// organization or administer the server.
    pub fn is_answering(&self, account: &ServiceAccount, contact: PersonId) -> bool {
        self.memory.person(contact).is_some_and(|person| {
            let part = person.admin || self.memory.role(contact, account.home.org()).is_some();
            person.disabled_at.is_none() && part
        })
    }

    /// Who is told of an account's tokens: its contacts, or the organization's admins where none of these
    /// is left.
    pub(crate) async fn answering(
        &self,
        tx: &mut Tx,
        account: &ServiceAccount,
    ) -> Result<Vec<PersonId>, rondo_store::Error> {
        let contacts = account.contacts.iter().copied();
        let left: Vec<_> = contacts.filter(|id| self.is_answering(account, *id)).collect();
        match left.is_empty() {
            true => tx.admins_of(account.home.org()).await,
            false => Ok(left),
        }
    }
}

/// Why a name could not be given.
fn taken(error: rondo_store::Error, name: &ServiceName) -> Refusal {
    match error {
        rondo_store::Error::Exists => Refusal::Exists(NOUN, name.to_string()),
        other => other.into(),
    }
}

/// Whether an account of one home is told of in a list of the other.
fn is_within(own: Home, of: Home) -> bool {
    own == of || of == Home::Organization(own.org())
}

/// That all of these rights are held.
fn requires(rights: Permissions, held: Permissions) -> Result<(), Refusal> {
    match rights.beyond(held) {
        Some(permission) => Err(Refusal::Lacks(permission)),
        None => Ok(()),
    }
}

/// That whoever has this reach may give rights to these tokens, as far as they were made with them.
fn gives(tokens: &[Token], rights: Permissions, own: &Reach) -> Result<(), Refusal> {
    for token in tokens {
        let given = token.reach.rights.shared(rights);
        if given != Permissions::NONE {
            let gained = Reach { rights: given, ..token.reach.clone() };
            gained.within(own).map_err(Refusal::Beyond)?;
        }
    }
    Ok(())
}

fn entry(event: Event, account: &ServiceAccount) -> Entry {
    Entry { project: account.home.project(), ..Entry::new(event, account.id) }
}

fn words(rights: Permissions) -> String {
    rights.iter().map(Permission::word).collect::<Vec<_>>().join(" ")
}
