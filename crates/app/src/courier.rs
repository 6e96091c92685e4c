//! The ways to people: mail to one of them, and a call of the operator's webhook. How either is sent is
//! not known here: whoever builds the server says so, and a server that was told of no way tells nobody.

use std::pin::Pin;
use std::sync::Arc;

use rondo_domain::name::PersonName;
use rondo_domain::token::{Holder, TokenId};
use rondo_domain::{Email, Home, Millis, ServiceId};

use crate::App;
use crate::endings::Ending;

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Of tokens that end soon; the first ends first.
    Ending(Vec<Ending>),
    /// Of tokens that were deleted, many at once, or since nobody used them.
    Revoked(Revoked),
    /// That mail goes elsewhere from now on; where it went until now.
    Moved,
}

/// Tokens that were deleted, as their people are told of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// When.
    pub at: Millis,
    /// By whom: a person's name, or the audit log's word.
    pub by: String,
    /// Why, if that was said.
    pub reason: Option<String>,
    /// The policy that they were deleted by, since nobody used them; none: it was an order.
    pub unused: Option<Unused>,
    /// How many they are.
    pub count: i64,
    /// The oldest of them.
    pub tokens: Vec<Gone>,
}

/// Why a token that nobody uses is deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unused {
    /// Whose policy asks for it, such as `gh/acme`.
    pub organization: String,
    /// After so many days without a use.
    pub days: i64,
}

/// A token that was deleted. Its value is nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Which.
    pub id: TokenId,
    /// What it was called.
    pub label: String,
    /// Whose it was.
    pub whose: Whose,
}

/// Whose a token is, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whose {
    /// The person, of a personal one.
    pub owner: Option<String>,
    /// The project, of a project's.
    pub project: Option<String>,
    /// The service account, of a service account's.
    pub service: Option<WhoseService>,
}

/// The service account that a token is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhoseService {
    /// Which.
    pub id: ServiceId,
    /// What it is called, or was.
    pub name: String,
    /// Where it belongs: a project's slug, or an organization such as `gh/acme`; none: it is gone, or it is
    /// of an organization without a project.
    pub home: Option<String>,
}

/// A mail to one person.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Whom.
    pub person: PersonName,
    /// Where it goes.
    pub address: Email,
    /// What it says.
    pub news: News,
}

/// A call of the webhook.
#[derive(Debug, Clone)]
pub struct Call {
    /// A word that is this call's alone.
    pub id: String,
    /// When it is sent.
    pub at: Millis,
    /// What it says.
    pub news: News,
}

type Sent = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;
/// Sends mail; answers in words why it could not be sent.
pub(crate) type Mail = dyn Fn(Letter) -> Sent + Send + Sync;
/// Calls the webhook; answers in words why it could not be.
pub(crate) type Webhook = dyn Fn(Call) -> Sent + Send + Sync;

/// The ways to people.
#[derive(Clone, Default)]
pub struct Courier {
    pub(crate) mail: Option<Arc<Mail>>,
    pub(crate) webhook: Option<Arc<Webhook>>,
}

impl Courier {
    /// The same with a way to send mail; it answers in words why something could not be sent.
    #[must_use]
    pub fn mailing<F>(self, mail: impl Fn(Letter) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        let mail = move |letter| -> Sent { Box::pin(mail(letter)) };
        Self { mail: Some(Arc::new(mail)), ..self }
    }

    /// The same with a webhook.
    #[must_use]
    pub fn calling<F>(self, call: impl Fn(Call) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        let call = move |told| -> Sent { Box::pin(call(told)) };
        Self { webhook: Some(Arc::new(call)), ..self }
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.mail.is_none() && self.webhook.is_none()
    }
}

impl App {
    /// Whether this server can send mail.
    pub fn sends_mail(&self) -> bool {
        self.world.courier().mail.is_some()
    }

    /// A call that says this.
    pub(crate) fn call(&self, news: News) -> Call {
        let id = crate::world::hex(&self.world.entropy::<16>());
        Call { id, at: self.world.now(), news }
    }

    /// What a home is called, as far as memory can tell.
    fn home_of(&self, home: Home) -> Option<String> {
        match home {
            Home::Project { project, .. } => {
                Some(self.memory.project_of(project)?.slug.to_string())
            }
            Home::Organization(org) => {
                let projects = self.memory.projects();
                let slug = &projects.iter().find(|project| project.org == org)?.slug;
                Some(format!("{}/{}", slug.vcs.short(), slug.org()))
            }
        }
    }

    /// Whose a token is, by name; nobody, where it is of something that is gone.
    pub(crate) fn whose(&self, holder: Holder) -> Whose {
        match holder {
            Holder::Person(owner) => {
                let owner = self.memory.person(owner).map(|person| person.name.to_string());
                Whose { owner, ..Whose::default() }
            }
            Holder::Project(project, _) => {
                let project = self.memory.project_of(project).map(|p| p.slug.to_string());
                Whose { project, ..Whose::default() }
            }
            Holder::Service(id) => {
                let name = self.memory.service_name(id).unwrap_or_else(|| id.to_string());
                let home = self.memory.service(id).and_then(|account| self.home_of(account.home));
                Whose { service: Some(WhoseService { id, name, home }), ..Whose::default() }
            }
        }
    }
}
