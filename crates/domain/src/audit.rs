//! What is written down of every change and every refused use. An entry holds ids and names, never
//! a value.

pub mod chain;

use std::fmt;

use crate::id::ProjectId;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What happened.
    pub event: Event,
    /// To what: an id, a slug or a name.
    pub subject: String,
    /// What else to know, in words, such as a scope or a label.
    pub detail: String,
    /// The project that it is about.
    pub project: Option<ProjectId>,
}

impl Entry {
    /// An entry without further detail.
    pub fn new(event: Event, subject: impl fmt::Display) -> Self {
        Self { event, subject: subject.to_string(), detail: String::new(), project: None }
    }

    /// The same with a detail.
    pub fn with(self, detail: impl fmt::Display) -> Self {
        Self { detail: detail.to_string(), ..self }
    }

    /// The same about a project.
    pub fn of(self, project: ProjectId) -> Self {
        Self { project: Some(project), ..self }
    }
}

macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident => $word:literal),* $(,)?) => {
        /// What can happen.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Event { $($(#[$doc])* $variant),* }

        impl Event {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stable word in the store.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// What a word stands for.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

events! {
    /// A personal token was made.
    PersonalTokenCreate => "token.personal.create",
    /// A personal token was deleted.
    PersonalTokenDelete => "token.personal.delete",
    /// A project token was made.
    ProjectTokenCreate => "token.project.create",
    /// A project token was deleted.
    ProjectTokenDelete => "token.project.delete",
    /// A token was disabled: it opens nothing until it is enabled.
    TokenDisable => "token.disable",
    /// A disabled token was enabled.
    TokenEnable => "token.enable",
    /// A token ends sooner than it did.
    TokenShorten => "token.shorten",
    /// Somebody handed in what they took for a token; if it was one, it was deleted.
    TokenFound => "token.found",
    /// A token was rotated: it has a successor.
    TokenRotate => "token.rotate",
    /// A successor was used first: the end of its predecessor begins.
    TokenTakeUp => "token.rotate.take-up",
    /// A rotation was undone: the successor is deleted.
    TokenRotateUndo => "token.rotate.undo",
    /// A rotation is over: the predecessor is deleted.
    TokenRotateEnd => "token.rotate.end",
    /// Many tokens were deleted at once.
    TokensRevoke => "token.revoke",
    /// A service account was made.
    ServiceCreate => "service.create",
    /// What a service account can do at most was changed.
    ServiceCeiling => "service.ceiling",
    /// Who answers for a service account was changed.
    ServiceContacts => "service.contacts",
    /// A service account was given another name.
    ServiceRename => "service.rename",
    /// A service account was disabled: nothing of it opens anything.
    ServiceDisable => "service.disable",
    /// A disabled service account was enabled.
    ServiceEnable => "service.enable",
    /// A service account was deleted, and its tokens with it.
    ServiceDelete => "service.delete",
    /// A token of a service account was made.
    ServiceTokenCreate => "token.service.create",
    /// A token of a service account was deleted.
    ServiceTokenDelete => "token.service.delete",
    /// A person was added.
    PersonCreate => "person.create",
    /// A person was disabled: nothing of theirs opens anything.
    PersonDisable => "person.disable",
    /// A disabled person was enabled.
    PersonEnable => "person.enable",
    /// A person's password was changed.
    PersonPassword => "person.password",
    /// A person's part in an organization was changed.
    PersonRole => "person.role",
    /// Where a person gets mail was changed.
    PersonMailbox => "person.mailbox",
    /// A person signed in.
    SignIn => "session.create",
    /// A sign-in was refused.
    SignInRefused => "session.refuse",
    /// A session was ended.
    SignOut => "session.end",
    /// A one-time link was made.
    LinkCreate => "link.create",
    /// A person let a command sign in as them.
    DeviceAllow => "device.allow",
    /// A person refused a command that wanted to sign in.
    DeviceDeny => "device.deny",
    /// A project was added.
    ProjectCreate => "project.create",
    /// A project's settings were changed.
    ProjectChange => "project.change",
    /// A person follows a project.
    Follow => "project.follow",
    /// A person no longer follows a project.
    Unfollow => "project.unfollow",
    /// A variable was set.
    VariableSet => "variable.set",
    /// A variable was deleted.
    VariableDelete => "variable.delete",
    /// A checkout key was made.
    CheckoutKeyCreate => "checkout-key.create",
    /// A checkout key was deleted.
    CheckoutKeyDelete => "checkout-key.delete",
    /// An SSH key was added to a project.
    SshKeyAdd => "ssh-key.add",
    /// An SSH key was taken from a project.
    SshKeyDelete => "ssh-key.delete",
    /// A host's keys became known.
    KnownHostAdd => "known-host.add",
    /// A host is no longer known.
    KnownHostRemove => "known-host.remove",
    /// A build was triggered.
    Trigger => "build.trigger",
    /// A build was run again.
    Retry => "build.retry",
    /// A build was cancelled.
    Cancel => "build.cancel",
    /// An organization's policy was changed.
    PolicyChange => "policy.change",
    /// A token's rights to change something in an organization were approved.
    ApprovalGrant => "approval.grant",
    /// They were refused, or the approval was taken back.
    ApprovalRefuse => "approval.refuse",
    /// A known principal was refused.
    Refuse => "access.refuse",
    /// An orb was imported.
    OrbImport => "orb.import",
    /// An imported orb was removed.
    OrbRemove => "orb.remove",
    /// More refusals within a minute than are written down one by one; the subject says how many.
    RefuseMany => "access.refuse.more",
    /// The key outside the database was rotated.
    PepperRotate => "pepper.rotate",
}
