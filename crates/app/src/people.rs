//! People: added, disabled and given roles by the server's administrators.

use rondo_domain::audit::{Entry, Event};
use rondo_domain::name::PersonName;
use rondo_domain::{OrgId, Organization, Permission, Person, PersonId, Role, Vcs};
use rondo_store::Change;

use crate::refusal::Refusal;
use crate::{App, Ctx};

/// A change of somebody's part in an organization.
#[derive(Debug, Clone)]
pub struct RoleChange {
    /// Whose.
    pub person: PersonName,
    /// Where the organization's repositories live.
    pub vcs: Vcs,
    /// The organization's name.
    pub org: String,
    /// The new part; none: no part any more.
    pub role: Option<Role>,
}

impl App {
    /// Everybody, by name.
    ///
    /// # Errors
    /// If the principal does not administer the server.
    pub async fn people(&self, ctx: &Ctx) -> Result<Vec<Person>, Refusal> {
        ctx.require(Permission::ManageServer)?;
        Ok(self.store.read().await?.people().await?)
    }

    /// The person of this name.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is none.
    pub async fn person_named(&self, ctx: &Ctx, name: &PersonName) -> Result<Person, Refusal> {
        ctx.require(Permission::ManageServer)?;
        let person = self.store.read().await?.person_named(name).await?;
        person.ok_or_else(|| Refusal::Missing("person", name.to_string()))
    }

    /// Adds a person.
    ///
    /// # Errors
    /// [`Refusal::Exists`] if the name is taken; [`Refusal::Invalid`] for a bad password.
    pub async fn add_person(
        &self,
        ctx: &Ctx,
        name: PersonName,
        password: String,
        admin: bool,
    ) -> Result<Person, Refusal> {
        ctx.require(Permission::ManageServer)?;
        let hash = &self.passwords.hash(password, self.world.entropy()).await?;
        let person = &Person {
            id: PersonId::from_entropy(self.world.entropy()),
            name,
            admin,
            disabled_at: None,
            created_at: ctx.at,
        };
        let detail = if admin { "admin" } else { "" };
        let (by, entry) = (&ctx.by(), &Entry::new(Event::PersonCreate, person.id).with(detail));
        self.store
            .write(|mut tx| async move {
                tx.insert_person(person, hash).await.map_err(|error| match error {
                    rondo_store::Error::Exists => {
                        Refusal::Exists("person", person.name.to_string())
                    }
                    other => other.into(),
                })?;
                // Somebody administers the server now: the link for the first one is void.
                if person.admin {
                    tx.delete_setup_links().await?;
                }
                tx.announce(&Change::Person(person.id.to_string())).await?;
                Ok::<_, Refusal>(tx.commit(by, entry.clone()).await?)
            })
            .await?;
        self.memory.catch_up(&self.store).await?;
        Ok(person.clone())
    }

    /// Disables a person, or enables them again. Their sessions end; their tokens open nothing
    /// while they are disabled.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is no such person.
    pub async fn set_disabled(
        &self,
        ctx: &Ctx,
        name: &PersonName,
        disabled: bool,
    ) -> Result<(), Refusal> {
        let person = &self.person_named(ctx, name).await?;
        let event = if disabled { Event::PersonDisable } else { Event::PersonEnable };
        let (by, entry, at) = (&ctx.by(), &Entry::new(event, person.id), ctx.at);
        self.store
            .write(|mut tx| async move {
                tx.set_disabled(person.id, disabled.then_some(at)).await?;
                if disabled {
                    tx.delete_sessions_of(person.id, None).await?;
                }
                tx.announce(&Change::Person(person.id.to_string())).await?;
                tx.commit(by, entry.clone()).await
            })
            .await
            .map_err(Refusal::from)?;
        Ok(self.memory.catch_up(&self.store).await?)
    }

    /// Changes a person's part in an organization, making the organization if it is new.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is no such person.
    pub async fn set_role(&self, ctx: &Ctx, change: &RoleChange) -> Result<(), Refusal> {
        let person = &self.person_named(ctx, &change.person).await?;
        rondo_domain::Slug::new(change.vcs, &change.org, "any")?;
        let new = OrgId::from_entropy(self.world.entropy());
        let word = change.role.map_or("none", Role::word);
        let detail = format!("{}/{} {word}", change.vcs.short(), change.org);
        let (by, entry) = (&ctx.by(), &Entry::new(Event::PersonRole, person.id).with(detail));
        self.store
            .write(|mut tx| async move {
                let org = match tx.organization(change.vcs, &change.org).await? {
                    Some(org) => org.id,
                    None => {
                        let name = change.org.clone();
                        tx.insert_organization(&Organization { id: new, vcs: change.vcs, name })
                            .await?;
                        new
                    }
                };
                tx.set_role(person.id, org, change.role).await?;
                tx.announce(&Change::Person(person.id.to_string())).await?;
                tx.commit(by, entry.clone()).await
            })
            .await
            .map_err(Refusal::from)?;
        Ok(self.memory.catch_up(&self.store).await?)
    }
}
