//! API v1.1, and v1 with GitHub implied: requests to domain values, and back to `wire`'s JSON.

pub(crate) mod absent;
pub(crate) mod artifact;
pub(crate) mod body;
pub(crate) mod branch;
pub(crate) mod build;
pub(crate) mod build_shape;
pub(crate) mod checkout_key;
pub(crate) mod envvar;
mod fields;
mod kept;
pub(crate) mod me;
pub(crate) mod openapi;
pub(crate) mod output;
pub(crate) mod project;
pub(crate) mod project_token;
pub(crate) mod rotation;
pub(crate) mod settings;
pub(crate) mod shape;
pub(crate) mod ssh_key;
pub(crate) mod test;
pub(crate) mod token_self;
pub(crate) mod trigger;
pub(crate) mod usage;
pub(crate) mod user_token;
pub(crate) mod wish;
