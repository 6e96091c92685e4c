//! API tokens: what one looks like, what it may do, and how a shown one is checked.
//!
//! Nothing in here changes a token. There is no setter and no update; a token is made and it is
//! deleted.

mod id;
mod kind;
mod pepper;
mod record;
mod scope;
mod secret;

pub use id::TokenId;
pub use kind::TokenKind;
pub use pepper::{Digest, Pepper};
pub use record::{Holder, Token};
pub use scope::{Scope, UnknownScope};
pub use secret::{Presented, Secret};
