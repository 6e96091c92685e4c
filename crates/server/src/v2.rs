//! API v2: requests to domain values, and back to `wire`'s JSON. Only what CircleCI's own command asks
//! for when it checks a config, and what tokens learn of themselves, is here yet.

pub(crate) mod config;
pub(crate) mod found;
pub(crate) mod me;
pub(crate) mod organization;
pub(crate) mod policy;
pub(crate) mod revocation;
pub(crate) mod service;
pub(crate) mod service_token;
pub(crate) mod shape;
pub(crate) mod token_self;
