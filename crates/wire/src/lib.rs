//! The JSON that crosses the network: API v1.1 and v2, the runner protocol, OAuth, failures, and the small typed
//! client of both. It knows field names and nothing else: no rule, no store, no clock. Renaming a
//! domain field cannot change what a client sees, because nothing here is a domain type.

pub mod audit;
pub mod client;
pub mod failure;
pub mod oauth;
pub mod outgoing;
pub mod runner;
pub mod v1;
pub mod v2;
pub mod webhook;

pub use client::{Client, Credential};
pub use failure::Failure;
