//! The whole product, from outside: real `rondo` processes on fresh data folders, real HTTP, real
//! git, real bubblewrap, SQLite and PostgreSQL, real Chromium.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "what a test needs and does not get fails it, and what it leaves out it says"
)]

mod access;
mod acme;
mod api;
mod artifacts;
mod audit;
mod browser;
mod builds;
mod client;
mod clients;
mod command;
mod config;
mod confinement;
mod contract;
mod crash;
mod credentials;
mod demo;
mod docs;
mod document;
mod download;
mod embedded;
mod expiry;
mod forgery;
mod found;
mod governed_services;
mod harness;
mod idle;
mod keyring;
mod language;
mod large_files;
mod leak;
mod ledger;
mod limits;
mod login;
mod mishaps;
mod narrowed;
mod negotiation;
mod notices;
mod once;
mod open_files;
mod orb_places;
mod orbs;
mod organization_tokens;
mod output_link;
mod own_token;
mod policy;
mod race;
mod revocation;
mod rotation;
mod scanners;
mod service_accounts;
mod serving;
mod session;
mod sign_in;
mod ssh;
mod stopping;
mod sweep;
mod token_command;
mod tokens;
mod v2;
mod whole;
