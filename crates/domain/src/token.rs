//! API tokens: what one looks like, what it may do, and how a shown one is checked.
//!
//! Nothing in here widens a token. There is no setter and no update; a token is made, it may be
//! stopped for a while, and it is deleted.

mod decision;
mod expiry;
mod id;
mod kind;
mod network;
mod notice;
mod pepper;
mod predicate;
mod preset;
mod reach;
mod record;
mod rotation;
mod scope;
mod secret;
mod tombstone;
mod usage;
mod wish;

pub use decision::{BadToken, Case, Owner, Stop, decide};
pub use expiry::{NOTICE_DAYS, days_left, days_left_if_near, notice_due};
pub use id::TokenId;
pub use kind::TokenKind;
pub use network::{Network, NetworkError};
pub use notice::Notice;
pub use pepper::{Digest, Pepper};
pub use predicate::{Predicate, Suspect};
pub use preset::Preset;
pub use reach::{Beyond, Chosen, Reach};
pub use record::{Holder, Token};
pub use rotation::{Overlap, OverlapError, Rotation};
pub use scope::{Scope, UnknownScope};
pub use secret::{Presented, Secret};
pub use tombstone::Tombstone;
pub use usage::{Days, MissedToken, Rehearsal, Usage, UseClient, UseCount, network_of};
pub use wish::{ReachError, Wish};
