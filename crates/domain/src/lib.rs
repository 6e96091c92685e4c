//! The nouns and rules of Rondo: ids, slugs, tokens, rights, the states of a build, audit entries.
//!
//! A line in here touches its arguments only. There is no clock (`now` is a parameter), no
//! randomness (entropy is a parameter), no disk, network, JSON, SQL or runtime.

pub mod audit;
pub mod device;
pub mod email;
pub mod git_url;
pub mod id;
pub mod limits;
pub mod name;
pub mod permission;
pub mod person;
pub mod policy;
pub mod principal;
pub mod project;
pub mod rate;
pub mod role;
pub mod run;
pub mod sealed;
pub mod service;
pub mod slug;
pub mod ssh;
pub mod time;
pub mod token;
pub mod variable;

pub use email::{Email, EmailError};
pub use git_url::GitUrl;
pub use id::{
    ArtifactId, JobId, OrgId, PersonId, PipelineId, ProjectId, ServiceId, SessionId, WorkflowId,
};
pub use permission::{Permission, Permissions};
pub use person::{LinkPurpose, Membership, Organization, Person, Session};
pub use principal::{Access, Principal, Refused};
pub use project::{MaskedVariable, Project};
pub use rate::{Rate, RateError};
pub use role::Role;
pub use sealed::SecretValue;
pub use service::{Actor, Ceiling, CeilingError, Home, ServiceAccount};
pub use slug::{Slug, Vcs};
pub use ssh::{CheckoutKey, CheckoutKeyKind, HostKey, KeyHost, PublicHalf, SshHost, SshKey};
pub use time::Millis;
